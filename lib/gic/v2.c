/* SPDX-License-Identifier: MIT */
/* A GICv2: its devices, its inputs, power, and which register does what. The document is Arm
 * IHI 0048B; registers are models/gicv2.yaml. */
#include "v2.h"

#include <string.h>

/* --- the devices of one GIC --- */

unsigned v2_distributor(const struct nap_machine *m, unsigned device)
{
    return nap_upstream(m, device);
}

static bool is(const struct nap_machine *m, unsigned device, unsigned variant)
{
    return nap_device_model(m, device) == &nap_model_gicv2 &&
           nap_device_variant(m, device) == variant;
}

int v2_interface(const struct nap_machine *m, unsigned distributor)
{
    int device = -1;

    do
        device = nap_device_next_behind(m, distributor, device);
    while (device >= 0 && !is(m, (unsigned)device, V2_VARIANT_CPU_INTERFACE));
    return device;
}

/* --- what CPUs are shown --- */

static void show(struct nap_machine *m, const struct gic_bank *shared, unsigned cpu)
{
    nap_signal_set(m, cpu, nap_device_on(m, shared->device) ? v2_signals(m, shared, cpu) : 0);
}

void v2_update_cpu(struct nap_machine *m, unsigned distributor, unsigned cpu)
{
    struct gic_bank shared;

    if (nap_controller(m) != (int)distributor || cpu >= v2_cpus(m, distributor))
        return;
    shared = v2_shared(m, distributor);
    show(m, &shared, cpu);
}

/* SPIs are looked at once for all CPUs. */
void v2_update(struct nap_machine *m, unsigned distributor)
{
    struct gic_bank shared = v2_shared(m, distributor);
    uint32_t ready[32];

    if (nap_controller(m) != (int)distributor)
        return;
    if (nap_device_on(m, distributor) && v2_forwarded(m, distributor)) {
        for (unsigned word = 0; 32 * word < shared.count; word++)
            ready[word] = gic_ready(m, &shared, word);
        shared.ready = ready;
    }
    for (unsigned cpu = 0; cpu < v2_cpus(m, distributor); cpu++)
        show(m, &shared, cpu);
}

/* --- inputs --- */

static bool has_input(const struct nap_machine *m, unsigned device, uint32_t intid,
                      unsigned cpu)
{
    return is(m, device, V2_VARIANT_DISTRIBUTOR) && intid < v2_lines(m, device) &&
           (intid >= NAP_LINE_SPI_FIRST || cpu < v2_cpus(m, device));
}

/* Without power nothing is noticed: a pulse is one that only other wake logic can have seen. */
static void line(struct nap_machine *m, unsigned device, uint32_t intid, unsigned cpu,
                 bool level)
{
    struct gic_bank bank = intid < 32 ? v2_private(m, device, cpu) : v2_shared(m, device);

    if (intid >= v2_lines(m, device))
        return;
    if (!nap_device_on(m, device)) {
        gic_unheard(m, device, intid, cpu, level);
        return;
    }
    if (!gic_input(m, &bank, intid - bank.first, level))
        return;
    if (intid < 32)
        v2_update_cpu(m, device, cpu);
    else
        v2_update(m, device);
}

/* --- power --- */

static void lose_pending(struct nap_machine *m, unsigned distributor)
{
    struct gic_bank bank;

    for (unsigned cpu = 0; cpu < v2_cpus(m, distributor); cpu++) {
        bank = v2_private(m, distributor, cpu);
        gic_lost(m, &bank);
    }
    bank = v2_shared(m, distributor);
    gic_lost(m, &bank);
}

/* For rules, which see the machine without its power. */
static void note_interface(struct nap_machine *m, unsigned device)
{
    struct v2_interface_state *s = nap_block_state_mut(m, device);
    unsigned n = v2_cpus(m, v2_distributor(m, device));

    nap_touch(m, s, sizeof *s);
    s->off_valid = 1;
    s->off_enabled = 0;
    for (unsigned cpu = 0; cpu < n; cpu++) {
        uint64_t ctlr =
            nap_reg_get(m, device, nap_bank_slot(m, device, V2_SLOT_GICC_CTLR, cpu));
        s->off_running[cpu] = v2_running(m, device, cpu);
        if (ctlr & (V2_GICC_CTLR_EnableGrp0 | V2_GICC_CTLR_EnableGrp1))
            s->off_enabled |= (uint8_t)(1u << cpu);
    }
}

static void power_going(struct nap_machine *m, unsigned device)
{
    if (is(m, device, V2_VARIANT_DISTRIBUTOR))
        lose_pending(m, device);
    if (is(m, device, V2_VARIANT_CPU_INTERFACE))
        note_interface(m, device);
}

static void power_off(struct nap_machine *m, unsigned device)
{
    if (is(m, device, V2_VARIANT_CPU_INTERFACE)) {
        struct v2_interface_state *s = nap_block_state_mut(m, device);

        nap_touch(m, s, offsetof(struct v2_interface_state, off_valid));
        memset(s, 0, offsetof(struct v2_interface_state, off_valid));
    }
    v2_update(m, v2_distributor(m, device));
}

/* Triggers of SGIs, and those of PPIs that are fixed, are wired and never unknown. */
static void define_triggers(struct nap_machine *m, unsigned device)
{
    bool fixed = nap_switch(m, device, V2_SWITCH_G02) == V2_G02_LEVEL;

    for (unsigned cpu = 0; cpu < nap_cpu_count(m); cpu++)
        for (unsigned word = 0; word <= fixed; word++)
            nap_reg_define(m, device, v2_slot(m, device, V2_REG_GICD_ICFGR, cpu, word), 0);
}

/* Level-sensitive inputs that are still high are pending again. */
static void power_on(struct nap_machine *m, unsigned device)
{
    if (is(m, device, V2_VARIANT_DISTRIBUTOR))
        define_triggers(m, device);
    if (is(m, device, V2_VARIANT_CPU_INTERFACE)) {
        struct v2_interface_state *s = nap_block_state_mut(m, device);

        nap_touch(m, s, sizeof *s);
        memset(s, 0, sizeof *s);
    }
    v2_update(m, v2_distributor(m, device));
}

static enum nap_unpowered unpowered(const struct nap_machine *m, unsigned device)
{
    static const enum nap_unpowered meets[] = {
        [V2_G07_ONES] = NAP_UNPOWERED_ONES,
        [V2_G07_ZEROS] = NAP_UNPOWERED_ZEROS,
        [V2_G07_ABORT] = NAP_UNPOWERED_ABORT,
    };

    return meets[nap_switch(m, device, V2_SWITCH_G07)];
}

static bool posted(const struct nap_machine *m, unsigned device)
{
    return nap_switch(m, device, V2_SWITCH_G08) == V2_G08_FIFO;
}

/* What a Non-secure write means is not what the register holds. */
static bool notices_same(const struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t value)
{
    (void)slot;
    (void)value;
    return v2_has_security(m, v2_distributor(m, device));
}

/* --- the tables --- */

static nap_on_write *const on_write[V2_REG_COUNT] = {
    [V2_REG_GICD_CTLR] = v2_ctlr_written,
    [V2_REG_GICD_IGROUPR] = v2_bitmap_written,
    [V2_REG_GICD_ISENABLER] = v2_bitmap_written,
    [V2_REG_GICD_ISPENDR] = v2_ispendr_written,
    [V2_REG_GICD_ISACTIVER] = v2_isactiver_written,
    [V2_REG_GICD_IPRIORITYR] = v2_bytes_written,
    [V2_REG_GICD_ITARGETSR] = v2_bytes_written,
    [V2_REG_GICD_ICFGR] = v2_icfgr_written,
    [V2_REG_GICD_SGIR] = v2_sgir_written,
    [V2_REG_GICD_SPENDSGIR] = v2_spendsgir_written,
    [V2_REG_GICC_CTLR] = v2_interface_written,
    [V2_REG_GICC_PMR] = v2_interface_written,
    [V2_REG_GICC_BPR] = v2_interface_written,
    [V2_REG_GICC_ABPR] = v2_interface_written,
    [V2_REG_GICC_EOIR] = v2_eoir_written,
    [V2_REG_GICC_AEOIR] = v2_aeoir_written,
    [V2_REG_GICC_DIR] = v2_dir_written,
    [V2_REG_GICC_APR] = v2_apr_written,
    [V2_REG_GICC_NSAPR] = v2_apr_written,
    [V2_REG_GICH_HCR] = v2_hcr_written,
};

static nap_on_store *const on_store[V2_REG_COUNT] = {
    [V2_REG_GICD_CTLR] = v2_ctlr_stored,
    [V2_REG_GICD_IGROUPR] = v2_igroupr_stored,
    [V2_REG_GICD_ISENABLER] = v2_isenabler_stored,
    [V2_REG_GICD_ICENABLER] = v2_icenabler_stored,
    [V2_REG_GICD_ISPENDR] = v2_ispendr_stored,
    [V2_REG_GICD_ICPENDR] = v2_icpendr_stored,
    [V2_REG_GICD_ISACTIVER] = v2_isactiver_stored,
    [V2_REG_GICD_ICACTIVER] = v2_icactiver_stored,
    [V2_REG_GICD_IPRIORITYR] = v2_ipriorityr_stored,
    [V2_REG_GICD_ITARGETSR] = v2_itargetsr_stored,
    [V2_REG_GICD_ICFGR] = v2_icfgr_stored,
    [V2_REG_GICD_NSACR] = v2_nsacr_stored,
    [V2_REG_GICD_SPENDSGIR] = v2_spendsgir_stored,
    [V2_REG_GICD_CPENDSGIR] = v2_cpendsgir_stored,
    [V2_REG_GICC_CTLR] = v2_cctlr_stored,
    [V2_REG_GICC_PMR] = v2_pmr_stored,
    [V2_REG_GICC_BPR] = v2_bpr_stored,
    [V2_REG_GICC_ABPR] = v2_abpr_stored,
    [V2_REG_GICC_APR] = v2_apr_stored,
    [V2_REG_GICC_NSAPR] = v2_nsapr_stored,
    [V2_REG_GICH_LR] = v2_lr_stored,
};

static nap_on_read *const on_read[V2_REG_COUNT] = {
    [V2_REG_GICD_CTLR] = v2_ctlr_read,
    [V2_REG_GICD_IGROUPR] = v2_igroupr_read,
    [V2_REG_GICD_ISENABLER] = v2_enabler_read,
    [V2_REG_GICD_ICENABLER] = v2_enabler_read,
    [V2_REG_GICD_ISPENDR] = v2_pendr_read,
    [V2_REG_GICD_ICPENDR] = v2_pendr_read,
    [V2_REG_GICD_ISACTIVER] = v2_activer_read,
    [V2_REG_GICD_ICACTIVER] = v2_activer_read,
    [V2_REG_GICD_IPRIORITYR] = v2_ipriorityr_read,
    [V2_REG_GICD_ITARGETSR] = v2_itargetsr_read,
    [V2_REG_GICD_ICFGR] = v2_icfgr_read,
    [V2_REG_GICD_NSACR] = v2_nsacr_read,
    [V2_REG_GICD_SPENDSGIR] = v2_spendsgir_read,
    [V2_REG_GICD_CPENDSGIR] = v2_spendsgir_read,
    [V2_REG_GICC_CTLR] = v2_cctlr_read,
    [V2_REG_GICC_PMR] = v2_pmr_read,
    [V2_REG_GICC_BPR] = v2_bpr_read,
    [V2_REG_GICC_ABPR] = v2_abpr_read,
    [V2_REG_GICC_IAR] = v2_iar_read,
    [V2_REG_GICC_AIAR] = v2_aiar_read,
    [V2_REG_GICC_RPR] = v2_rpr_read,
    [V2_REG_GICC_HPPIR] = v2_hppir_read,
    [V2_REG_GICC_AHPPIR] = v2_ahppir_read,
    [V2_REG_GICC_APR] = v2_apr_read,
    [V2_REG_GICC_NSAPR] = v2_nsapr_read,
    [V2_REG_GICH_MISR] = v2_misr_read,
    [V2_REG_GICH_EISR] = v2_eisr_read,
    [V2_REG_GICH_ELRSR] = v2_elrsr_read,
};

const struct nap_block nap_gicv2_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_gicv2,
    .state_bytes = sizeof(struct v2_interface_state),
    .on_write = on_write,
    .on_store = on_store,
    .on_read = on_read,
    .power_going = power_going,
    .power_off = power_off,
    .power_on = power_on,
    .unpowered = unpowered,
    .posted = posted,
    .notices_same = notices_same,
    .line = line,
    .has_input = has_input,
    .rules = nap_gicv2_rules,
    .n_rules = V2_N_RULES,
};
