/* SPDX-License-Identifier: MIT */
/* Virtual interface control of a GICv2, Arm IHI 0048B, 5.3: list registers, and the status that
 * follows from them. No guest runs: nothing takes a virtual interrupt, and the maintenance
 * interrupt is not driven. */
#include "v2.h"

#define STATE(lr) ((lr)&V2_GICH_LR_State)
#define PENDING   (UINT64_C(1) << 28)
#define EOI       (UINT64_C(1) << 19) /* without HW: tell when it has ended */

static uint64_t own(const struct nap_machine *m, unsigned device, unsigned first,
                    unsigned index)
{
    return nap_reg_get(m, device, nap_bank_slot(m, device, first + index, nap_cpu(m)));
}

static unsigned list_registers(const struct nap_machine *m, unsigned device)
{
    return 1 + (unsigned)(nap_reg_get(m, device, V2_SLOT_GICH_VTR) & V2_GICH_VTR_ListRegs);
}

/* --- list registers --- */

uint64_t v2_lr_stored(struct nap_machine *m, unsigned device, unsigned slot, uint64_t written,
                      uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return v2_index(m, device, V2_REG_GICH_LR, slot) < list_registers(m, device) ? now : 0;
}

void v2_hcr_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                    uint64_t now)
{
    (void)index;
    if (~was & now & V2_GICH_HCR_En)
        nap_unmodelled(m, device, "the virtual CPU interface (GICV) and its interrupts");
}

/* --- status --- */

static bool ended(uint64_t lr)
{
    return STATE(lr) == 0 && !(lr & V2_GICH_LR_HW) && (lr & EOI);
}

/* Of the word @index: list registers for which @is holds. */
static uint64_t those(const struct nap_machine *m, unsigned device, unsigned index,
                      bool (*is)(uint64_t lr))
{
    unsigned n = list_registers(m, device);
    uint64_t bits = 0;

    for (unsigned i = 32 * index; i < n && i < 32 * (index + 1); i++)
        if (is(own(m, device, V2_SLOT_GICH_LR, i)))
            bits |= UINT64_C(1) << i % 32;
    return bits;
}

static bool is_free(uint64_t lr)
{
    return STATE(lr) == 0 && !ended(lr);
}

static bool holds_one(uint64_t lr)
{
    return STATE(lr) != 0;
}

static bool is_pending(uint64_t lr)
{
    return (lr & PENDING) != 0;
}

uint64_t v2_eisr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)value;
    return those(m, device, index, ended);
}

uint64_t v2_elrsr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    (void)value;
    return those(m, device, index, is_free);
}

static unsigned count(const struct nap_machine *m, unsigned device, bool (*is)(uint64_t lr))
{
    return (unsigned)(__builtin_popcountll(those(m, device, 0, is)) +
                      __builtin_popcountll(those(m, device, 1, is)));
}

/* "GICH_MISR": what holds and is asked for by HCR. */
uint64_t v2_misr_read(struct nap_machine *m, unsigned device, unsigned index, uint64_t value)
{
    uint64_t hcr = own(m, device, V2_SLOT_GICH_HCR, 0);
    uint64_t vmcr = own(m, device, V2_SLOT_GICH_VMCR, 0), misr = 0;
    bool group0 = vmcr & V2_GICH_VMCR_VMGrp0En, group1 = vmcr & V2_GICH_VMCR_VMGrp1En;

    (void)index;
    (void)value;
    if (count(m, device, ended))
        misr |= V2_GICH_MISR_EOI;
    if ((hcr & V2_GICH_HCR_UIE) && count(m, device, holds_one) <= 1)
        misr |= V2_GICH_MISR_U;
    if ((hcr & V2_GICH_HCR_LRENPIE) && (hcr & V2_GICH_HCR_EOICount))
        misr |= V2_GICH_MISR_LRENP;
    if ((hcr & V2_GICH_HCR_NPIE) && count(m, device, is_pending) == 0)
        misr |= V2_GICH_MISR_NP;
    if (hcr & (group0 ? V2_GICH_HCR_VGrp0EIE : V2_GICH_HCR_VGrp0DIE))
        misr |= group0 ? V2_GICH_MISR_VGrp0E : V2_GICH_MISR_VGrp0D;
    if (hcr & (group1 ? V2_GICH_HCR_VGrp1EIE : V2_GICH_HCR_VGrp1DIE))
        misr |= group1 ? V2_GICH_MISR_VGrp1E : V2_GICH_MISR_VGrp1D;
    return misr;
}
