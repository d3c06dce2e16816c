/* SPDX-License-Identifier: MIT */
/* Identification registers that no SMMU has together: features that need each other, and
 * reserved values. Arm IHI 0070, "SMMU_IDR0", "SMMU_IDR1", "SMMU_IDR5", "Version 3.2". */
#include "smmuv3.h"

/* A field of the reset value. */
static uint64_t field(const uint64_t *resets, unsigned reg, uint64_t mask)
{
    return (resets[reg] & mask) / (mask & -mask);
}

#define IDR0(name) field(resets, SMMU_REG_IDR0, SMMU_IDR0_##name)
#define IDR1(name) field(resets, SMMU_REG_IDR1, SMMU_IDR1_##name)
#define IDR5(name) field(resets, SMMU_REG_IDR5, SMMU_IDR5_##name)

#define STALL_MODEL_NONE 1u

static const char *of_stages(const uint64_t *resets)
{
    bool both = IDR0(S1P) && IDR0(S2P);

    if (!IDR0(S1P) && !IDR0(S2P))
        return "IDR0.S1P and S2P are 0, expected one of the stages at least";
    if (IDR0(TTF) == 0)
        return "IDR0.TTF is 0, which is reserved";
    if (IDR0(Hyp) && !both)
        return "IDR0.Hyp is 1, expected S1P and S2P with it";
    if (IDR0(VMW) && !IDR0(S2P))
        return "IDR0.VMW is 1, expected S2P with it";
    if (both && !IDR0(Hyp) && field(resets, SMMU_REG_AIDR, SMMU_AIDR_ArchMinorRev) >= 2)
        return "IDR0.Hyp is 0, expected 1 from SMMUv3.2 on with both stages";
    return NULL;
}

static const char *of_tables(const uint64_t *resets)
{
    if (IDR0(ST_LEVEL) > 1)
        return "IDR0.ST_LEVEL is 2 or 3, which are reserved";
    if (IDR0(ST_LEVEL) == 0 && IDR1(SIDSIZE) >= 7)
        return "IDR0.ST_LEVEL is 0, expected two levels with IDR1.SIDSIZE of 7 or more";
    if (IDR1(SIDSIZE) > 32)
        return "IDR1.SIDSIZE is more than 32";
    if (IDR1(SSIDSIZE) > 20)
        return "IDR1.SSIDSIZE is more than 20";
    return NULL;
}

static const char *of_stalls_and_ats(const uint64_t *resets)
{
    if (IDR0(STALL_MODEL) == 3)
        return "IDR0.STALL_MODEL is 3, which is reserved";
    if (IDR0(STALL_MODEL) != STALL_MODEL_NONE && IDR5(STALL_MAX) == 0)
        return "IDR5.STALL_MAX is 0, expected 1 or more where IDR0.STALL_MODEL has stalls";
    if (IDR0(PRI) && !IDR0(ATS))
        return "IDR0.PRI is 1, expected ATS with it";
    if (IDR0(ATSRECERR) && !IDR0(ATS))
        return "IDR0.ATSRECERR is 1, expected ATS with it";
    return NULL;
}

static const char *of_queues(const uint64_t *resets)
{
    if (IDR1(CMDQS) > SMMU_QUEUE_LOG2_MAX || IDR1(EVENTQS) > SMMU_QUEUE_LOG2_MAX)
        return "IDR1.CMDQS or EVENTQS is more than 19";
    if (IDR0(PRI) && IDR1(PRIQS) > SMMU_QUEUE_LOG2_MAX)
        return "IDR1.PRIQS is more than 19";
    if (IDR1(ECMDQ) && !(IDR0(MSI) && IDR0(COHACC)))
        return "IDR1.ECMDQ is 1, expected IDR0.MSI and COHACC with it";
    if (IDR1(ECMDQ) && IDR1(QUEUES_PRESET))
        return "IDR1.ECMDQ and QUEUES_PRESET are 1, expected one of them at most";
    return NULL;
}

const char *smmu_contradiction(const uint64_t *resets)
{
    static const char *(*const of[])(const uint64_t *resets) = {of_stages, of_tables,
                                                                of_stalls_and_ats, of_queues};
    const char *what = NULL;

    for (unsigned i = 0; !what && i < sizeof of / sizeof of[0]; i++)
        what = of[i](resets);
    return what;
}
