/* SPDX-License-Identifier: MIT */
/* Endpoints that cache translations themselves (ATS) and ask for pages (PRI). What they cache
 * outlives the SMMU's power and goes past its tables, so it is invalidated by command and never
 * left out.
 *
 * Source: docs/smmuv3-facts.md 9.6 and 10 (ATC_INV, EATS); PCI Express Base Specification, "ATS
 * Extended Capability", "Page Request Extended Capability". */
#include <errno.h>
#include <string.h>

#include "arm-smmu-v3.h"

/* 16-bit registers of the function; where its capabilities are would be read from a bus. */
#define ATS_CONTROL    0x106u
#define PRI_CONTROL    0x114u
#define PRI_STATUS     0x116u
#define PRI_ALLOCATION 0x11cu /* 32 bits */

#define ATS_ENABLE  (UINT32_C(1) << 15)
#define PRI_ENABLE  (UINT32_C(1) << 0)
#define PRI_RESET   (UINT32_C(1) << 1)
#define PRI_FLAGS   UINT32_C(3) /* write 1 to clear */
#define PRI_CREDITS 4u

#define read16(address)         ((uint32_t)smmuv3_read_at((address), 2, __FILE__, __LINE__))
#define write16(address, value) smmuv3_write_at((address), 2, (value), __FILE__, __LINE__)

bool smmuv3_is_endpoint(const struct nap_device *device)
{
    return strcmp(device->model, "pcie-endpoint") == 0;
}

static bool has_ats(const struct smmuv3_master *own)
{
    return own->endpoint != NULL && (own->smmu->idr0 & IDR0_ATS) != 0;
}

bool smmuv3_uses_ats(const struct smmuv3_master *own)
{
    return has_ats(own);
}

static void pri_on(const struct smmuv3_master *own)
{
    nap_addr regs = own->endpoint->regs;

    if ((own->smmu->idr0 & IDR0_PRI) == 0)
        return;
    write16(regs + PRI_CONTROL, PRI_RESET);
    write16(regs + PRI_STATUS, PRI_FLAGS);
    smmuv3_writel(regs + PRI_ALLOCATION, PRI_CREDITS);
    write16(regs + PRI_CONTROL, PRI_ENABLE);
}

static int atc_command(const struct smmuv3_master *own, nap_addr address, unsigned size)
{
    struct smmuv3_cmd cmd = {
        {CMD_ATC_INV | (uint64_t)own->endpoint->line << 32, address | size}};

    return smmuv3_command(own->smmu, own->endpoint->line, &cmd, 1);
}

/* Not between the first step of suspend and the last of resume: nobody would answer. A unit
 * that does not finish the command would not finish a later invalidation either, so the
 * endpoint does not go on without ATS as if nothing were wrong. */
int smmuv3_ats_on(struct smmuv3_master *own)
{
    int ret;

    if (!has_ats(own) || own->smmu->quiet || own->ats || !nap_device_powered(own->endpoint))
        return 0;
    ret = atc_command(own, 0, ATC_ALL);
    if (ret != 0)
        return ret;
    pri_on(own);
    write16(own->endpoint->regs + ATS_CONTROL, ATS_ENABLE);
    (void)read16(own->endpoint->regs + ATS_CONTROL); /* it has arrived */
    own->ats = true;
    return 0;
}

/* An endpoint forgets what it has cached when ATS goes off. */
void smmuv3_ats_reset(struct smmuv3_master *own)
{
    if (own->ats && nap_device_powered(own->endpoint)) {
        write16(own->endpoint->regs + PRI_CONTROL, 0);
        write16(own->endpoint->regs + ATS_CONTROL, 0);
    }
    own->ats = false;
}

/* It stops asking before it is told to forget. */
int smmuv3_ats_off(struct smmuv3_master *own)
{
    int ret;

    if (!own->ats)
        return 0;
    smmuv3_ats_reset(own);
    ret = atc_command(own, 0, ATC_ALL);
    own->ats = ret != 0;
    return ret;
}

/* The smallest span of a command that holds the range: a power of two of pages, aligned. */
int smmuv3_atc_invalidate(struct smmuv3_master *own, nap_addr iova, uint64_t size_bytes)
{
    uint64_t first = iova / SMMU_PAGE_BYTES, last = (iova + size_bytes - 1) / SMMU_PAGE_BYTES;
    unsigned size = 0;

    if (!own->ats || (smmuv3_form()->atc_left_out && own->smmu->asleep))
        return 0;
    if (!own->smmu->asleep && smmuv3_is_off(own->smmu)) {
        smmuv3_ats_reset(own);
        return 0;
    }
    while (first >> size != last >> size)
        size++;
    return atc_command(own, (first >> size << size) * SMMU_PAGE_BYTES, size);
}
