/* SPDX-License-Identifier: MIT */
/* Renesas R-Car IPMMU-VMSA: caches with micro-TLB ports in front of one root that walks tables.
 * No manual is public; models/ipmmu-vmsa.yaml names the basis of every fact. What writes of
 * registers start, and what a flush that has ended does. */
#include "ipmmu.h"

void nap_ipmmu_port_written(struct nap_machine *m, unsigned device, unsigned index,
                            uint64_t was, uint64_t now)
{
    if (now & ~was & IPMMU_IMUCTR_FIXADDEN)
        nap_unmodelled(m, device, "IMUCTR.FIXADDEN");
    nap_ipmmu_port_usable(m, device, index);
}

#define STORAGE_ONLY (IPMMU_IMCTR_RTSEL | IPMMU_IMCTR_TREN | IPMMU_IMCTR_TRE | IPMMU_IMCTR_AFE)

void nap_ipmmu_context_written(struct nap_machine *m, unsigned device, unsigned index,
                               uint64_t was, uint64_t now)
{
    (void)index;
    if (now & ~was & STORAGE_ONLY)
        nap_unmodelled(m, device, "IMCTR.RTSEL/TREN/TRE/AFE");
    if (ipmmu_walks(m, device))
        nap_ipmmu_irq_update(m, device);
    nap_ipmmu_tlb_usable(m, device);
}

void nap_ipmmu_table_written(struct nap_machine *m, unsigned device, unsigned index,
                             uint64_t was, uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    nap_ipmmu_tlb_usable(m, device);
}

/* Switch P13: what becomes of a flush that is under way when FLUSH is written as 0. The bit is
 * the same in IMCTR and IMUCTR. */
uint64_t nap_ipmmu_flush_stored(struct nap_machine *m, unsigned device, unsigned slot,
                                uint64_t written, uint64_t lanes, uint64_t now)
{
    if (!(now & ~written & lanes & IPMMU_IMCTR_FLUSH) ||
        ipmmu_switch(m, device, IPMMU_SWITCH_P13) == IPMMU_P13_CONTINUES)
        return now;
    nap_work_notice(m, device, slot, IPMMU_IMCTR_FLUSH);
    nap_work_cancel(m, device, slot, IPMMU_IMCTR_FLUSH);
    return now & ~IPMMU_IMCTR_FLUSH;
}
_Static_assert(IPMMU_IMCTR_FLUSH == IPMMU_IMUCTR_FLUSH, "one function serves both");

/* Switch P17: the model has it that writing 0 clears. Where nothing is set, nothing differs. */
uint64_t nap_ipmmu_status_stored(struct nap_machine *m, unsigned device, unsigned slot,
                                 uint64_t written, uint64_t lanes, uint64_t now)
{
    uint64_t was = nap_reg_get(m, device, slot);

    (void)lanes; /* what is not written is 0 and clears nothing */
    if (was == 0 || ipmmu_switch(m, device, IPMMU_SWITCH_P17) == IPMMU_P17_STORE)
        return now;
    return was & ~written;
}

/* The fault address reads 0 once no flag is left. */
void nap_ipmmu_status_written(struct nap_machine *m, unsigned device, unsigned index,
                              uint64_t was, uint64_t now)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);
    (void)was;
    if (!(now & IPMMU_IMSTR_FLAGS)) {
        nap_reg_set(m, device, layout->imelar + index, 0);
        if (layout->imeuar != NAP_NO_SLOT)
            nap_reg_set(m, device, layout->imeuar + index, 0);
    }
    nap_ipmmu_irq_update(m, device);
}

/* Flush scope, switch P10; a context that is off is flushed like any other, P12. */
void nap_ipmmu_flush_done(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);
    unsigned context = slot - layout->imctr;

    (void)mask;
    if (slot >= layout->imuctr && slot < layout->imuctr + layout->ports) {
        nap_ipmmu_tlb_drop(m, device, UINT32_MAX, slot - layout->imuctr);
        return;
    }
    if (!(nap_reg_get(m, device, slot) & IPMMU_IMCTR_MMUEN))
        (void)ipmmu_switch(m, device, IPMMU_SWITCH_P12);
    nap_ipmmu_tlb_drop(m, device, context, UINT32_MAX);
    if (!ipmmu_is_root(m, device) ||
        ipmmu_switch(m, device, IPMMU_SWITCH_P10) != IPMMU_P10_ROOT_DROPS_CACHES)
        return;
    for (unsigned i = 0; i < nap_device_count(m); i++)
        if (i != device && nap_upstream(m, i) == device)
            nap_ipmmu_tlb_drop(m, i, context, UINT32_MAX);
}

/* A register that a read has settled may have been all that kept a TLB from use. */
void nap_ipmmu_settled(struct nap_machine *m, unsigned device, unsigned slot)
{
    (void)slot;
    nap_ipmmu_tlb_usable(m, device);
}

/* Switch P11: reads for which a late FLUSH shows 1. */
unsigned nap_ipmmu_flush_reads(const struct nap_machine *m, unsigned device)
{
    switch (ipmmu_switch(m, device, IPMMU_SWITCH_P11)) {
    case IPMMU_P11_0:
        return 0;
    case IPMMU_P11_20:
        return 20;
    default:
        return 3;
    }
}

/* Switch P19. */
enum nap_unpowered nap_ipmmu_unpowered(const struct nap_machine *m, unsigned device)
{
    static const enum nap_unpowered meets[] = {
        [IPMMU_P19_ONES] = NAP_UNPOWERED_ONES,
        [IPMMU_P19_ZEROS] = NAP_UNPOWERED_ZEROS,
        [IPMMU_P19_ABORT] = NAP_UNPOWERED_ABORT,
    };

    return meets[ipmmu_switch(m, device, IPMMU_SWITCH_P19)];
}

/* Switch P20. */
bool nap_ipmmu_posted(const struct nap_machine *m, unsigned device)
{
    return ipmmu_switch(m, device, IPMMU_SWITCH_P20) == IPMMU_P20_FIFO;
}

/* Of IMSTR under P17=w1c: flags that are set are cleared. All else is stored as it is. */
bool nap_ipmmu_notices_same(const struct nap_machine *m, unsigned device, unsigned slot,
                            uint64_t value)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, device);
    bool status = slot >= layout->imstr && slot - layout->imstr < layout->contexts;

    return status && (value & IPMMU_IMSTR_FLAGS) != 0;
}
