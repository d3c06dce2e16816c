/* SPDX-License-Identifier: MIT */
/* Identification registers that no SMMU has together: features that need each other, and
 * reserved values. Arm IHI 0070, "SMMU_IDR0", "SMMU_IDR1", "SMMU_IDR3", "SMMU_IDR5". */
#include "smmuv3.h"

/* A field of the reset value. */
static uint64_t field(const uint64_t *resets, unsigned reg, uint64_t mask)
{
    return (resets[reg] & mask) / (mask & -mask);
}

#define IDR0(name) field(resets, SMMU_REG_IDR0, SMMU_IDR0_##name)
#define IDR1(name) field(resets, SMMU_REG_IDR1, SMMU_IDR1_##name)
#define IDR3(name) field(resets, SMMU_REG_IDR3, SMMU_IDR3_##name)
#define IDR5(name) field(resets, SMMU_REG_IDR5, SMMU_IDR5_##name)
#define MINOR      field(resets, SMMU_REG_AIDR, SMMU_AIDR_ArchMinorRev)

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
    if (IDR0(TTENDIAN) == 1)
        return "IDR0.TTENDIAN is 1, which is reserved";
    if (IDR0(VATOS) && !(IDR0(ATOS) && both))
        return "IDR0.VATOS is 1, expected ATOS, S1P and S2P with it";
    if (both && !IDR0(Hyp) && MINOR >= 2)
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
    if (IDR0(STALL_MODEL) == STALL_MODEL_NONE && IDR5(STALL_MAX) != 0)
        return "IDR5.STALL_MAX is not 0, expected 0 where IDR0.STALL_MODEL has no stalls";
    if (IDR0(NS1ATS) && !(IDR0(ATS) && IDR0(S1P) && IDR0(S2P)))
        return "IDR0.NS1ATS is 1, expected ATS, S1P and S2P with it";
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
    if (IDR1(REL) && !IDR1(TABLES_PRESET) && !IDR1(QUEUES_PRESET))
        return "IDR1.REL is 1, expected TABLES_PRESET or QUEUES_PRESET with it";
    return NULL;
}

/* Addresses and granules. 56 bits are those of 128-bit descriptors. */
static const char *of_sizes(const uint64_t *resets)
{
    bool small = IDR5(GRAN4K) || IDR5(GRAN16K), d128 = IDR5(D128) != 0;
    bool large = IDR5(GRAN64K) || (IDR5(DS) && small);

    if (IDR5(VAX) == 3)
        return "IDR5.VAX is 3, which is reserved";
    if (MINOR == 0 && (IDR5(VAX) || IDR5(OAS) >= 6))
        return "IDR5 has addresses of more than 48 bits, expected none in SMMUv3.0";
    if ((IDR5(OAS) == 7 || IDR5(VAX) == 2) && !d128)
        return "IDR5 has addresses of 56 bits, expected D128 with them";
    if ((IDR5(OAS) == 6 && !large && !d128) || (IDR5(VAX) && !large))
        return "IDR5 has addresses of 52 bits, expected GRAN64K or DS with them";
    if (IDR5(DS) && !(small && IDR5(VAX)))
        return "IDR5.DS is 1, expected GRAN4K or GRAN16K and 52 bits of VAX with it";
    if ((IDR0(TTF) & 1) && !IDR5(GRAN4K))
        return "IDR5.GRAN4K is 0, expected 1 where IDR0.TTF has VMSAv8-32";
    return NULL;
}

/* What translates in one way or another, and what a stage or PRI needs. */
static const char *of_features(const uint64_t *resets)
{
    if (IDR3(BBML) == 3)
        return "IDR3.BBML is 3, which is reserved";
    if (IDR3(HAD) && !IDR0(S1P))
        return "IDR3.HAD is 1, expected S1P with it";
    if (IDR3(XNX) && MINOR == 0)
        return "IDR3.XNX is 1, expected 0 in SMMUv3.0";
    if (IDR3(PTWNNC) && !IDR0(S2P))
        return "IDR3.PTWNNC is 1, expected S2P with it";
    if (IDR3(PPS) && !(IDR0(PRI) && IDR1(SSIDSIZE)))
        return "IDR3.PPS is 1, expected IDR0.PRI and IDR1.SSIDSIZE with it";
    if (IDR3(PBHA) && !IDR3(HAD))
        return "IDR3.PBHA is 1, expected HAD with it";
    return NULL;
}

/* What is no option from a version on. */
static const char *of_version(const uint64_t *resets)
{
    if (MINOR >= 1 && IDR0(S1P) && !IDR3(HAD))
        return "IDR3.HAD is 0, expected 1 from SMMUv3.1 on with stage 1";
    if (MINOR >= 1 && IDR0(S2P) && !IDR3(XNX))
        return "IDR3.XNX is 0, expected 1 from SMMUv3.1 on with stage 2";
    if (MINOR >= 2 && !(IDR3(RIL) && IDR3(BBML)))
        return "IDR3.RIL or BBML is 0, expected them from SMMUv3.2 on";
    if (MINOR >= 2 && IDR0(S2P) && !IDR3(FWB))
        return "IDR3.FWB is 0, expected 1 from SMMUv3.2 on with stage 2";
    if (MINOR >= 3 && !IDR3(E0PD))
        return "IDR3.E0PD is 0, expected 1 from SMMUv3.3 on";
    if (MINOR >= 3 && IDR0(S2P) && !IDR3(PTWNNC))
        return "IDR3.PTWNNC is 0, expected 1 from SMMUv3.3 on with stage 2";
    return NULL;
}

const char *smmu_contradiction(const uint64_t *resets)
{
    static const char *(*const of[])(const uint64_t *resets) = {
        of_stages, of_tables, of_stalls_and_ats, of_queues, of_sizes, of_features, of_version};
    const char *what = NULL;

    for (unsigned i = 0; !what && i < sizeof of / sizeof of[0]; i++)
        what = of[i](resets);
    return what;
}
