/* SPDX-License-Identifier: MIT */
/* ICH_*: list registers and what is said of them. They are state that a hypervisor keeps for a
 * guest; the virtual CPU interface that a guest would see is not modelled, nor is the
 * maintenance interrupt. Arm IHI 0069, "Maintenance interrupts"; register descriptions of the
 * A-profile, issue 2024-12. */
#include "cpuif3.h"

#define LR_EOI (UINT64_C(1) << 41) /* of one without HW: tell when it ends */

#define STATE_PENDING UINT64_C(1)

static unsigned list_registers(const struct nap_machine *m, unsigned icc)
{
    return 1 +
           (unsigned)(nap_reg_get(m, icc, CPUIF_SLOT_ICH_VTR_EL2) & CPUIF_ICH_VTR_EL2_ListRegs);
}

static uint64_t lr_at(struct nap_machine *m, unsigned icc, unsigned i)
{
    nap_reg_settle(m, icc, CPUIF_SLOT_ICH_LR_EL2 + i);
    return nap_reg_get(m, icc, CPUIF_SLOT_ICH_LR_EL2 + i);
}

static uint64_t state_of(uint64_t lr)
{
    return (lr & CPUIF_ICH_LR_EL2_State) >> CPUIF_ICH_LR_EL2_State_SHIFT;
}

/* It is empty and says so: bit 41 is EOI only without HW. */
static bool tells_end(uint64_t lr)
{
    return !state_of(lr) && !(lr & CPUIF_ICH_LR_EL2_HW) && (lr & LR_EOI);
}

static uint64_t ended(struct nap_machine *m, unsigned icc)
{
    uint64_t bits = 0;

    for (unsigned i = 0; i < list_registers(m, icc); i++)
        bits |= (uint64_t)tells_end(lr_at(m, icc, i)) << i;
    return bits;
}

uint64_t ich3_eisr_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return ended(m, icc);
}

uint64_t ich3_elrsr_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    uint64_t bits = 0;

    (void)index;
    (void)value;
    for (unsigned i = 0; i < list_registers(m, icc); i++) {
        uint64_t lr = lr_at(m, icc, i);
        bits |= (uint64_t)(!state_of(lr) && !tells_end(lr)) << i;
    }
    return bits;
}

/* What of the list registers asks for a maintenance interrupt. */
static uint64_t of_lists(struct nap_machine *m, unsigned icc, uint64_t hcr)
{
    unsigned valid = 0, pending = 0;
    uint64_t misr = ended(m, icc) ? CPUIF_ICH_MISR_EL2_EOI : 0;

    for (unsigned i = 0; i < list_registers(m, icc); i++) {
        uint64_t state = state_of(lr_at(m, icc, i));
        valid += state != 0;
        pending += state == STATE_PENDING;
    }
    if ((hcr & CPUIF_ICH_HCR_EL2_UIE) && valid <= 1)
        misr |= CPUIF_ICH_MISR_EL2_U;
    if ((hcr & CPUIF_ICH_HCR_EL2_NPIE) && !pending)
        misr |= CPUIF_ICH_MISR_EL2_NP;
    if ((hcr & CPUIF_ICH_HCR_EL2_LRENPIE) && (hcr & CPUIF_ICH_HCR_EL2_EOIcount))
        misr |= CPUIF_ICH_MISR_EL2_LRENP;
    return misr;
}

static uint64_t of_enables(struct nap_machine *m, unsigned icc, uint64_t hcr)
{
    static const struct {
        uint64_t enabled, disabled, vmcr, e, d;
    } groups[] = {
        {CPUIF_ICH_HCR_EL2_VGrp0EIE, CPUIF_ICH_HCR_EL2_VGrp0DIE, CPUIF_ICH_VMCR_EL2_VENG0,
         CPUIF_ICH_MISR_EL2_VGrp0E, CPUIF_ICH_MISR_EL2_VGrp0D},
        {CPUIF_ICH_HCR_EL2_VGrp1EIE, CPUIF_ICH_HCR_EL2_VGrp1DIE, CPUIF_ICH_VMCR_EL2_VENG1,
         CPUIF_ICH_MISR_EL2_VGrp1E, CPUIF_ICH_MISR_EL2_VGrp1D},
    };
    uint64_t vmcr, misr = 0;

    nap_reg_settle(m, icc, CPUIF_SLOT_ICH_VMCR_EL2);
    vmcr = nap_reg_get(m, icc, CPUIF_SLOT_ICH_VMCR_EL2);
    for (unsigned i = 0; i < 2; i++) {
        if ((hcr & groups[i].enabled) && (vmcr & groups[i].vmcr))
            misr |= groups[i].e;
        if ((hcr & groups[i].disabled) && !(vmcr & groups[i].vmcr))
            misr |= groups[i].d;
    }
    return misr;
}

static uint64_t misr_of(struct nap_machine *m, unsigned icc)
{
    uint64_t hcr = nap_reg_get(m, icc, CPUIF_SLOT_ICH_HCR_EL2);

    if (!(hcr & CPUIF_ICH_HCR_EL2_En))
        return 0;
    return of_lists(m, icc, hcr) | of_enables(m, icc, hcr);
}

uint64_t ich3_misr_read(struct nap_machine *m, unsigned icc, unsigned index, uint64_t value)
{
    (void)index;
    (void)value;
    return misr_of(m, icc);
}

/* The registers are used to some end that is not here. */
void ich3_written(struct nap_machine *m, unsigned icc, unsigned index, uint64_t was,
                  uint64_t now)
{
    (void)index;
    (void)was;
    (void)now;
    if (!(nap_reg_get(m, icc, CPUIF_SLOT_ICH_HCR_EL2) & CPUIF_ICH_HCR_EL2_En))
        return;
    if (misr_of(m, icc))
        nap_unmodelled(m, icc, "the maintenance interrupt");
}
