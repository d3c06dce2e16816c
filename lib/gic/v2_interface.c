/* SPDX-License-Identifier: MIT */
/* Registers of the CPU interface of a GICv2, Arm IHI 0048B, 4.4, and which view of them a
 * Non-secure access has. What IAR takes and EOIR ends is v2_deliver.c's. */
#include "v2_interface.h"

/* --- active priorities --- */

void v2_active_priorities(const struct nap_machine *m, unsigned device, unsigned cpu,
                          uint32_t out[V2_APRS])
{
    for (unsigned i = 0; i < V2_APRS; i++)
        out[i] = v2_of_cpu(m, device, V2_SLOT_GICC_APR + i, cpu) |
                 v2_of_cpu(m, device, V2_SLOT_GICC_NSAPR + i, cpu);
}

uint8_t v2_running(const struct nap_machine *m, unsigned interface, unsigned cpu)
{
    uint32_t apr[V2_APRS];

    v2_active_priorities(m, interface, cpu, apr);
    return gic_running(apr, V2_APRS, v2_min_bpr(m, interface));
}

static bool has_security(const struct nap_machine *m, unsigned device)
{
    return v2_has_security(m, v2_distributor(m, device));
}

/* --- "GICC_CTLR": the Secure copy holds both --- */

#define NS_FROM_SECURE                                                                         \
    (V2_GICC_CTLR_EnableGrp1 | V2_GICC_CTLR_FIQBypDisGrp1 | V2_GICC_CTLR_IRQBypDisGrp1 |       \
     V2_GICC_CTLR_EOImodeNS)

static uint32_t nonsecure_ctlr(uint32_t ctlr)
{
    return (ctlr & V2_GICC_CTLR_EnableGrp1 ? 1u << 0 : 0) |
           (ctlr & V2_GICC_CTLR_FIQBypDisGrp1 ? 1u << 5 : 0) |
           (ctlr & V2_GICC_CTLR_IRQBypDisGrp1 ? 1u << 6 : 0) |
           (ctlr & V2_GICC_CTLR_EOImodeNS ? 1u << 9 : 0);
}

static uint64_t from_nonsecure(uint64_t written)
{
    return (written & 1u << 0 ? V2_GICC_CTLR_EnableGrp1 : 0) |
           (written & 1u << 5 ? V2_GICC_CTLR_FIQBypDisGrp1 : 0) |
           (written & 1u << 6 ? V2_GICC_CTLR_IRQBypDisGrp1 : 0) |
           (written & 1u << 9 ? V2_GICC_CTLR_EOImodeNS : 0);
}

uint64_t v2_cctlr_stored(struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)lanes;
    if (v2_is_nonsecure(m, device))
        return (nap_reg_get(m, device, slot) & ~(uint64_t)NS_FROM_SECURE) |
               from_nonsecure(written);
    return has_security(m, device) ? now : now & ~(uint64_t)V2_GICC_CTLR_EOImodeNS;
}

uint64_t v2_cctlr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    return v2_is_nonsecure(m, device) ? nonsecure_ctlr((uint32_t)value) : value;
}

void v2_interface_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                          uint64_t now)
{
    (void)index;
    if (was != now)
        v2_update_cpu(m, v2_distributor(m, device), nap_cpu(m));
}

/* --- "GICC_PMR", "GICC_RPR": priorities as Non-secure software numbers them --- */

static uint64_t nonsecure_priority(uint64_t priority)
{
    return priority & 0x80 ? priority << 1 & 0xff : 0;
}

/* A Non-secure write moves PMR only within the lower half of the priorities. */
uint64_t v2_pmr_stored(struct nap_machine *m, unsigned device, unsigned slot, uint64_t written,
                       uint64_t lanes, uint64_t now)
{
    uint64_t was = nap_reg_get(m, device, slot);
    uint8_t mask = v2_priority_mask(m, v2_distributor(m, device));

    (void)lanes;
    if (!v2_is_nonsecure(m, device))
        return now & mask;
    return was & 0x80 ? (0x80 | (written & 0xff) >> 1) & mask : was;
}

uint64_t v2_pmr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    return v2_is_nonsecure(m, device) ? nonsecure_priority(value) : value;
}

uint64_t v2_rpr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    uint8_t running = v2_running(m, device, nap_cpu(m));

    (void)index;
    (void)value;
    if (running == GIC_IDLE || !v2_is_nonsecure(m, device))
        return running;
    return nonsecure_priority(running);
}

/* --- "GICC_BPR", "GICC_ABPR" --- */

static uint64_t at_least(uint64_t value, uint64_t minimum)
{
    return value < minimum ? minimum : value;
}

static void set_abpr(struct nap_machine *m, unsigned device, uint64_t written)
{
    uint64_t minimum = nap_reg_reset(m, device, V2_SLOT_GICC_ABPR);

    nap_reg_set(m, device, v2_slot_of(m, device, V2_SLOT_GICC_ABPR, nap_cpu(m)),
                at_least(written & V2_GICC_ABPR_Binary_point, minimum));
}

static bool common(const struct nap_machine *m, unsigned device)
{
    return (v2_own(m, device, V2_SLOT_GICC_CTLR) & V2_GICC_CTLR_CBPR) != 0;
}

/* Non-secure software means ABPR, and with CBPR its write is ignored. */
uint64_t v2_bpr_stored(struct nap_machine *m, unsigned device, unsigned slot, uint64_t written,
                       uint64_t lanes, uint64_t now)
{
    (void)lanes;
    if (!v2_is_nonsecure(m, device))
        return at_least(now, v2_min_bpr(m, device));
    if (!common(m, device)) {
        set_abpr(m, device, written);
        v2_update_cpu(m, v2_distributor(m, device), nap_cpu(m));
    }
    return nap_reg_get(m, device, slot);
}

uint64_t v2_bpr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    if (!v2_is_nonsecure(m, device))
        return value;
    if (common(m, device))
        return value < 7 ? value + 1 : 7;
    return v2_own(m, device, V2_SLOT_GICC_ABPR);
}

uint64_t v2_abpr_stored(struct nap_machine *m, unsigned device, unsigned slot, uint64_t written,
                        uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    if (v2_is_nonsecure(m, device))
        return nap_reg_get(m, device, slot);
    return at_least(now, nap_reg_reset(m, device, V2_SLOT_GICC_ABPR));
}

uint64_t v2_abpr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    return v2_is_nonsecure(m, device) ? 0 : value;
}

/* --- "GICC_APRn", "GICC_NSAPRn" --- */

/* Levels of the lower half of the priorities, which are all that Non-secure software has, as it
 * numbers them: their words, and places within the first word where there are fewer. */
static unsigned half_levels(const struct nap_machine *m, unsigned device)
{
    return (V2_LEVELS_MAX >> v2_min_bpr(m, device)) / 2;
}

static uint64_t levels_of_word(const struct nap_machine *m, unsigned device, unsigned word)
{
    unsigned levels = 2 * half_levels(m, device);

    if (32 * word >= levels)
        return 0;
    return levels - 32 * word >= 32 ? UINT32_MAX : (UINT64_C(1) << levels % 32) - 1;
}

/* Where the Non-secure view's word lies in NSAPR; false if it has none. */
struct behind {
    unsigned slot, shift;
    uint64_t bits; /* of the view's word */
};

static bool behind_view(const struct nap_machine *m, unsigned device, unsigned index,
                        struct behind *out)
{
    unsigned half = half_levels(m, device), level = 32 * index + half;

    if (32 * index >= half)
        return false;
    out->slot = v2_slot_of(m, device, V2_SLOT_GICC_NSAPR + level / 32, nap_cpu(m));
    out->shift = level % 32;
    out->bits = half >= 32 ? UINT32_MAX : (UINT64_C(1) << half) - 1;
    return true;
}

static unsigned apr_index(const struct nap_machine *m, unsigned device, unsigned first,
                          unsigned slot)
{
    return slot - v2_slot_of(m, device, first, nap_cpu(m));
}

/* What software puts there has been taken by nobody that is known. */
static void forget_taken(struct nap_machine *m, unsigned device)
{
    struct v2_interface_state *s = nap_block_state_mut(m, device);
    uint32_t apr[V2_APRS];
    unsigned cpu = nap_cpu(m);

    v2_active_priorities(m, device, cpu, apr);
    nap_touch(m, s->taken[cpu], sizeof s->taken[cpu]);
    for (unsigned level = 0; level < V2_LEVELS_MAX; level++)
        if (!(apr[level / 32] >> level % 32 & 1))
            s->taken[cpu][level] = 0;
}

uint64_t v2_apr_stored(struct nap_machine *m, unsigned device, unsigned slot, uint64_t written,
                       uint64_t lanes, uint64_t now)
{
    unsigned index = apr_index(m, device, V2_SLOT_GICC_APR, slot);
    struct behind b;

    (void)lanes;
    if (!v2_is_nonsecure(m, device))
        return now & levels_of_word(m, device, index);
    if (behind_view(m, device, index, &b))
        nap_reg_set(m, device, b.slot,
                    (nap_reg_get(m, device, b.slot) & ~(b.bits << b.shift)) | (written & b.bits)
                                                                                  << b.shift);
    return nap_reg_get(m, device, slot);
}

uint64_t v2_apr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    struct behind b;

    if (!v2_is_nonsecure(m, device))
        return value;
    return behind_view(m, device, index, &b)
               ? nap_reg_get(m, device, b.slot) >> b.shift & b.bits
               : 0;
}

uint64_t v2_nsapr_stored(struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t written, uint64_t lanes, uint64_t now)
{
    unsigned index = apr_index(m, device, V2_SLOT_GICC_NSAPR, slot);

    (void)written;
    (void)lanes;
    if (v2_is_nonsecure(m, device))
        return nap_reg_get(m, device, slot);
    return now & levels_of_word(m, device, index);
}

uint64_t v2_nsapr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)index;
    return v2_is_nonsecure(m, device) ? 0 : value;
}

void v2_apr_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                    uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    if (v2_self(m, v2_distributor(m, device)))
        forget_taken(m, device);
    v2_update_cpu(m, v2_distributor(m, device), nap_cpu(m));
}
