/* SPDX-License-Identifier: MIT */
/* Memory attributes: encodings, and how two stages combine. Arm DDI 0487, "Combining stage 1
 * and stage 2 memory type attributes" and "Stage 2 memory type and Cacheability attributes when
 * FEAT_S2FWB is enabled". */
#include "attributes.h"

#define CACHEABLE_NC 1u
#define CACHEABLE_WT 2u
#define CACHEABLE_WB 3u

bool nap_vmsa_is_device(uint16_t attributes)
{
    return (attributes & 0xf0) == 0;
}

/* Arm IHI 0070, "MAIR1": what reserved encodings behave as. */
static uint8_t defined_mair(uint8_t mair)
{
    if (nap_vmsa_is_device(mair))
        return mair & 0x0c;
    return (mair & 0x0f) == 0 ? mair | 0x03 : mair;
}

uint16_t nap_vmsa_attributes(uint8_t mair, uint8_t sh)
{
    mair = defined_mair(mair);
    if (nap_vmsa_is_device(mair) || mair == NAP_VMSA_NC)
        sh = NAP_VMSA_OSH;
    else if (sh == 1)
        sh = NAP_VMSA_NSH;
    return (uint16_t)(mair | sh << 8);
}

uint8_t nap_vmsa_memattr(uint8_t memattr)
{
    static const uint8_t nibbles[] = {0, 0x4, 0xb, 0xf}; /* -, NC, WT RAWA, WB RAWA */
    unsigned outer = memattr >> 2 & 3, inner = memattr & 3;

    if (outer == 0)
        return (uint8_t)(inner << 2); /* a device */
    if (inner == 0)
        return 0;
    return (uint8_t)(nibbles[outer] << 4 | nibbles[inner]);
}

/* Of one half of a MAIR byte of normal memory. */
static unsigned cacheability(unsigned nibble)
{
    if (nibble == 4)
        return CACHEABLE_NC;
    return (nibble & 4) != 0 ? CACHEABLE_WB : CACHEABLE_WT;
}

/* Weakens the half @nibble to @limit; hints stay. */
static unsigned weaken(unsigned nibble, unsigned limit)
{
    if (limit == CACHEABLE_NC)
        return 4;
    if (limit == CACHEABLE_WT && cacheability(nibble) == CACHEABLE_WB)
        return nibble & ~4u; /* 11RW to 10RW, transient 01RW to 00RW */
    return nibble;
}

static uint8_t stronger_sh(unsigned a, unsigned b)
{
    if (a == NAP_VMSA_OSH || b == NAP_VMSA_OSH)
        return NAP_VMSA_OSH;
    return a == NAP_VMSA_ISH || b == NAP_VMSA_ISH ? NAP_VMSA_ISH : NAP_VMSA_NSH;
}

/* nGnRnE is the strongest, and the lowest number. */
static uint8_t stronger_device(unsigned a, unsigned b)
{
    return (uint8_t)((a < b ? a : b) & 0x0c);
}

uint16_t nap_vmsa_combine(uint16_t first, uint8_t memattr, uint8_t sh)
{
    uint8_t second = nap_vmsa_memattr(memattr);
    uint8_t mair = (uint8_t)first;
    bool devices = nap_vmsa_is_device(first), device = nap_vmsa_is_device(second);

    if (devices && device)
        mair = stronger_device(first & 0xffu, second);
    else if (device)
        mair = second;
    else if (!devices)
        mair = (uint8_t)(weaken(mair >> 4, cacheability(second >> 4)) << 4 |
                         weaken(mair & 15u, cacheability(second & 15u)));
    return nap_vmsa_attributes(mair, stronger_sh(first >> 8 & 3u, sh));
}

uint16_t nap_vmsa_force(uint16_t first, uint8_t memattr, uint8_t sh)
{
    bool device = nap_vmsa_is_device(first);
    uint8_t mair = (uint8_t)first;

    switch (memattr & 7) {
    case 7: /* as stage 1 has it */
        break;
    case 6: /* write-back; hints of stage 1 where it has some */
        if (device || mair == NAP_VMSA_NC)
            mair = NAP_VMSA_WB;
        else
            mair = (uint8_t)(((mair >> 4) == 4 ? 0xfu : (mair >> 4) | 4u) << 4 |
                             ((mair & 15u) == 4 ? 0xfu : (mair & 15u) | 4u));
        break;
    case 5:
        if (!device)
            mair = NAP_VMSA_NC;
        break;
    case 4: /* reserved: the strongest */
        mair = 0;
        break;
    default: /* a device, with what stage 1 asks for at least */
        mair = (uint8_t)((memattr & 3) << 2);
        if (device)
            mair = stronger_device(first & 0xffu, mair);
        break;
    }
    return nap_vmsa_attributes(mair, stronger_sh(first >> 8 & 3u, sh));
}
