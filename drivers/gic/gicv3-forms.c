/* SPDX-License-Identifier: MIT */
/* The GICv3 and ITS forms: `corrected`, what was posted or is in use, and for the hazard
 * catalogue `corrected` with one thing done in another way, as its entry in hazards/ tells. */
#include "../drivers.h"
#include "gic.h"

#define GICV3_COMMON(probe_fn)                                                                 \
    .abi = NAP_DRIVER_ABI, .name = "gicv3", .compatible = gicv3_compatible,                    \
    .probe = (probe_fn), .cpu_up = gicv3_cpu_up, .cpu_down = gicv3_cpu_down,                   \
    .irq_entry = gicv3_irq_entry, .irq_deactivate = gicv3_irq_deactivate,                      \
    .irq_send = gicv3_irq_send, .suspend = gic_suspend_phases

#define FORM(storage, symbol, phases, down, up, ...)                                           \
    static int probe_##symbol(struct nap_device *device)                                       \
    {                                                                                          \
        static const struct gic_form form = {__VA_ARGS__};                                     \
                                                                                               \
        return gicv3_probe(device, &form);                                                     \
    }                                                                                          \
    storage const struct nap_driver nap_driver_gicv3_##symbol = {                              \
        GICV3_COMMON(probe_##symbol),                                                          \
        .resume = (phases),                                                                    \
        .n_suspend = (down),                                                                   \
        .n_resume = (up),                                                                      \
    }
#define VARIANT(symbol, down, up, ...) FORM(, symbol, gic_resume_phases, down, up, __VA_ARGS__)
#define MISTAKE(symbol, ...)                                                                   \
    FORM(static, symbol, gic_resume_phases, 8, 26, .order = GICV3_CORRECTED, __VA_ARGS__)

VARIANT(corrected, 8, 26, .order = GICV3_CORRECTED);
VARIANT(xen, 8, 24, .order = GICV3_XEN, .pending_zeroed = true, .flush_lost = true);
VARIANT(xen_v9, 8, 22, .order = GICV3_XEN_V9, .pending_zeroed = true, .flush_lost = true,
        .transient_ignored = true, .rollback_interface_first = true);
VARIANT(upstream, 4, 8, .order = GICV3_LINUX, .its_rewritten = true);
VARIANT(firmware, 7, 19, .order = GICV3_FIRMWARE, .transient_ignored = true);

MISTAKE(wake_polled_once, .wake_polled_once = true);
MISTAKE(sleep_unasked, .sleep_unasked = true);
MISTAKE(awake_refused, .awake_refused = true);
MISTAKE(quiescent_unasked, .quiescent_unasked = true);
MISTAKE(reset_refused, .reset_refused = true);
MISTAKE(extended_overlaps, .extended_overlaps = true);
MISTAKE(extended_short, .extended_short = true);
MISTAKE(wrong_frame, .wrong_frame = true);
MISTAKE(extended_group_lost, .extended_group_lost = true);
FORM(static, enabled, gic_resume_phases, 8, 25, .order = GICV3_ENABLED);
MISTAKE(disable_unheard, .disable_unheard = true);
MISTAKE(transient_ignored, .transient_ignored = true);
MISTAKE(record_late, .record_late = true);
MISTAKE(interface_first, .record_late = true, .rollback_interface_first = true);
MISTAKE(no_rollback, .record_late = true, .no_rollback = true);
MISTAKE(tables_unasked, .tables_unasked = true);
MISTAKE(tables_anew, .tables_anew = true);
MISTAKE(sre_lost, .sre_lost = true);
MISTAKE(distributor_lost, .distributor_lost = true);
MISTAKE(twice, .twice = true);
MISTAKE(active_lost, .active_lost = true);
MISTAKE(pending_lost, .pending_lost = true);
MISTAKE(private_lost, .private_lost = true);
MISTAKE(pending_zeroed, .pending_zeroed = true);
MISTAKE(flush_lost, .flush_lost = true);

MISTAKE(writer_kept, .writer_kept = true);
MISTAKE(queue_cached, .queue_cached = true);
MISTAKE(queue_uncleaned, .queue_cached = true, .queue_uncleaned = true);
MISTAKE(itt_late, .itt_late = true);
MISTAKE(lpis_told, .lpis_masked = true);
MISTAKE(lpis_untold, .lpis_masked = true, .lpis_untold = true);
MISTAKE(remapped, .remapped = true);
MISTAKE(its_lost, .its_lost = true);
MISTAKE(its_unasked, .its_unasked = true);
MISTAKE(its_rewritten, .its_rewritten = true);
MISTAKE(quiescent_written, .quiescent_written = true);
MISTAKE(collections_lost, .collections_lost = true);
FORM(static, its_first, gic_resume_phases, 8, 26, .order = GICV3_ITS_FIRST);

FORM(static, open_resume, gic_open_resume_phases, 8, 26, .order = GICV3_INTERFACE_FIRST);

/* --- by name --- */

#define NAMED(variant, symbol, about)                                                          \
    {                                                                                          \
        "gicv3", variant, about, &nap_driver_gicv3_##symbol                                    \
    }

const struct nap_builtin_driver nap_gicv3_drivers[] = {
    NAMED("corrected", corrected,
          "off, SPIs, SGIs and PPIs, LPIs, on; then the ITS, the interface"),
    NAMED("xen", xen, "the Xen series: no pending state, pending LPIs are dropped"),
    NAMED("xen-v9", xen_v9, "the Xen series up to its revision 9: nothing is disabled before"),
    NAMED("linux", upstream, "upstream Linux: interface and ITS; firmware keeps all else"),
    NAMED("firmware", firmware, "as firmware restores: sets without clearing, levels latched"),
    {NULL, NULL, NULL, NULL},
};

const struct nap_builtin_driver nap_gicv3_mistakes[] = {
    NAMED("wake-polled-once", wake_polled_once,
          "reads once whether the redistributor is awake"),
    NAMED("sleep-unasked", sleep_unasked, "waits for sleep, whoever owns GICR_WAKER, for ever"),
    NAMED("awake-refused", awake_refused, "asserts that the redistributor is asleep"),
    NAMED("quiescent-unasked", quiescent_unasked,
          "waits for Quiescent where there are no LPIs"),
    NAMED("reset-refused", reset_refused, "asserts that the GIC has kept its power"),
    NAMED("extended-overlaps", extended_overlaps, "keeps extended SPIs in the place of others"),
    NAMED("extended-short", extended_short, "leaves the last extended SPIs out"),
    NAMED("wrong-frame", wrong_frame, "looks for tables of LPIs in the other frame"),
    NAMED("extended-group-lost", extended_group_lost, "leaves groups of extended SPIs out"),
    NAMED("enabled", enabled, "configures what is enabled already"),
    NAMED("disable-unheard", disable_unheard, "does not wait until SPIs are disabled"),
    NAMED("transient-ignored", transient_ignored, "does not ask for active priorities"),
    NAMED("record-late", record_late, "right: allocates in suspend, and hears if it cannot"),
    NAMED("interface-first", interface_first,
          "record-late that gives up by turning the interface on first"),
    NAMED("no-rollback", no_rollback,
          "record-late that leaves things as they are where suspend fails"),
    NAMED("tables-unasked", tables_unasked, "writes tables of LPIs that are enabled"),
    NAMED("tables-anew", tables_anew, "allocates a pending table in each resume"),
    NAMED("sre-lost", sre_lost, "takes the interface to be in reach"),
    NAMED("distributor-lost", distributor_lost, "leaves the distributor as it is"),
    NAMED("twice", twice, "sets SGIs and PPIs up twice"),
    NAMED("active-lost", active_lost, "clears active interrupts and sets none"),
    NAMED("pending-lost", pending_lost, "restores no pending state"),
    NAMED("private-lost", private_lost, "saves what is banked of the boot CPU alone"),
    NAMED("pending-zeroed", pending_zeroed, "says that no LPI is pending"),
    NAMED("flush-lost", flush_lost, "leaves pending LPIs in the redistributor"),
    NAMED("writer-kept", writer_kept, "restores the end of the queue"),
    NAMED("queue-cached", queue_cached, "right: commands lie in cached memory and are cleaned"),
    NAMED("queue-uncleaned", queue_uncleaned, "queue-cached that leaves commands in the cache"),
    NAMED("itt-late", itt_late, "leaves a new table's zeros in the cache, and they come later"),
    NAMED("lpis-told", lpis_told, "right: masks LPIs in its sleep, each with an INV"),
    NAMED("lpis-untold", lpis_untold, "lpis-told that edits their configuration alone"),
    NAMED("remapped", remapped, "maps events anew"),
    NAMED("its-lost", its_lost, "leaves an ITS to firmware that keeps no collections"),
    NAMED("its-unasked", its_unasked, "takes the ITS to be off"),
    NAMED("its-rewritten", its_rewritten, "turns on what has not become quiescent"),
    NAMED("quiescent-written", quiescent_written, "writes GITS_CTLR as it was read"),
    NAMED("collections-lost", collections_lost, "maps no collections again"),
    NAMED("its-first", its_first, "starts the ITS before its tables"),
    NAMED("open-resume", open_resume, "lets interrupts in, and restores their state then"),
    {NULL, NULL, NULL, NULL},
};
