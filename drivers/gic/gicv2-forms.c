/* SPDX-License-Identifier: MIT */
/* The GICv2 forms: `corrected`, what was posted or is in use, and `corrected` with one thing
 * done in another way, for the hazard catalogue, as its entry in hazards/ tells, and for
 * gic-ipmmu-resume, as docs/gic.md does. */
#include "../drivers.h"
#include "gic.h"

#define GICV2_COMMON(probe_fn)                                                                 \
    .abi = NAP_DRIVER_ABI, .name = "gicv2", .compatible = gicv2_compatible,                    \
    .probe = (probe_fn), .cpu_up = gicv2_cpu_up, .cpu_down = gicv2_cpu_down,                   \
    .irq_entry = gicv2_irq_entry, .irq_deactivate = gicv2_irq_deactivate,                      \
    .irq_send = gicv2_irq_send, .resume = gic_resume_phases

#define FORM(storage, symbol, phases, down, up, ...)                                           \
    static int probe_##symbol(struct nap_device *device)                                       \
    {                                                                                          \
        static const struct gic_form form = {__VA_ARGS__};                                     \
                                                                                               \
        return gicv2_probe(device, &form);                                                     \
    }                                                                                          \
    storage const struct nap_driver nap_driver_gicv2_##symbol = {                              \
        GICV2_COMMON(probe_##symbol),                                                          \
        .suspend = (phases),                                                                   \
        .n_suspend = (down),                                                                   \
        .n_resume = (up),                                                                      \
    }
#define VARIANT(symbol, down, up, ...) FORM(, symbol, gic_suspend_phases, down, up, __VA_ARGS__)
#define MISTAKE(symbol, ...)           FORM(static, symbol, gic_suspend_phases, 5, 15, __VA_ARGS__)

VARIANT(corrected, 5, 15, .order = GICV2_CORRECTED);
VARIANT(xen, 5, 12, .order = GICV2_XEN);
VARIANT(xen_v9, 5, 12, .order = GICV2_XEN_V9);
VARIANT(upstream, 1, 9, .order = GICV2_LINUX);

FORM(static, saved_live, gic_open_phases, 6, 15, .order = GICV2_LIVE);
MISTAKE(off_always, .off_always = true);
MISTAKE(reserved_ids, .reserved_ids = true);
MISTAKE(enable_first, .order = GICV2_ENABLE_FIRST);
MISTAKE(active_lost, .active_lost = true);
MISTAKE(active_refused, .active_refused = true);
MISTAKE(transient_ignored, .transient_ignored = true);
MISTAKE(enables_forced, .enables_forced = true);
MISTAKE(record_unheard, .record_late = true, .record_unheard = true);
MISTAKE(record_late, .record_late = true);
MISTAKE(bypass_lost, .bypass_lost = true);
MISTAKE(private_lost, .private_lost = true);
MISTAKE(spis_off, .spis_off = true);
MISTAKE(edges_forced, .edges_forced = true);
FORM(static, nobody, gic_suspend_phases, 5, 0, .order = GICV2_NOBODY);

/* --- by name --- */

#define NAMED(variant, symbol, about)                                                          \
    {                                                                                          \
        "gicv2", variant, about, &nap_driver_gicv2_##symbol                                    \
    }

const struct nap_builtin_driver nap_gicv2_drivers[] = {
    NAMED("corrected", corrected, "off, then all of it: configuration, state, enables, on"),
    NAMED("xen", xen, "the Xen series: no pending state, triggers before enables"),
    NAMED("xen-v9", xen_v9, "the Xen series up to its revision 9: enables before triggers"),
    NAMED("linux", upstream, "upstream Linux's notifier: default priorities, no pending state"),
    {NULL, NULL, NULL, NULL},
};

const struct nap_builtin_driver nap_gicv2_mistakes[] = {
    NAMED("saved-live", saved_live, "copies while it still forwards"),
    NAMED("off-always", off_always, "turns forwarding off, whichever way a wake-up takes"),
    NAMED("reserved-ids", reserved_ids, "goes on to INTID 1023"),
    NAMED("enable-first", enable_first, "restores enables before triggers"),
    NAMED("active-lost", active_lost, "clears active interrupts and sets none"),
    NAMED("active-refused", active_refused, "asserts that none is active"),
    NAMED("transient-ignored", transient_ignored, "neither priorities nor SGIs in flight"),
    NAMED("enables-forced", enables_forced, "sets enables beside what it has saved"),
    NAMED("record-late", record_late, "right: allocates in suspend, and hears if it cannot"),
    NAMED("record-unheard", record_unheard, "allocates in suspend, and sleeps without"),
    NAMED("bypass-lost", bypass_lost, "writes 0 to the interface to turn it off"),
    NAMED("private-lost", private_lost, "saves what is banked of the boot CPU alone"),
    NAMED("spis-off", spis_off, "enables no SPI again"),
    NAMED("edges-forced", edges_forced, "makes every SPI edge-triggered"),
    NAMED("nobody", nobody, "leaves it to firmware to restore"),
    {NULL, NULL, NULL, NULL},
};
