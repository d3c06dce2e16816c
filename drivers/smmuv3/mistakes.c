/* SPDX-License-Identifier: MIT */
/* Forms of the driver for the hazard catalogue: `converged` with one thing done in another way,
 * each in the way that its entry in hazards/ tells. */
#include "../drivers.h"
#include "arm-smmu-v3.h"

#define MISTAKE(symbol, ...)                                                                   \
    static int probe_##symbol(struct nap_device *device)                                       \
    {                                                                                          \
        static const struct smmuv3_form form = {__VA_ARGS__};                                  \
                                                                                               \
        return smmuv3_probe(device, &form);                                                    \
    }                                                                                          \
    static const struct nap_driver driver_##symbol = {                                         \
        SMMUV3_COMMON(probe_##symbol),                                                         \
        SMMUV3_PHASES,                                                                         \
    }

/* aborting */
MISTAKE(gbpa_unheard, .gbpa_unheard = true);
MISTAKE(abort_after_disable, .abort_after_disable = true);
MISTAKE(no_abort, .no_abort = true);
MISTAKE(no_abort_at_wake, .no_abort_at_wake = true, .always_sleeps = true);
MISTAKE(trusts_reset, .trusts_reset = true);
MISTAKE(always_sleeps, .always_sleeps = true);

/* draining */
MISTAKE(drain_crossing, .drain_crossing = true);
MISTAKE(drain_shadow, .drain_shadow = true);
MISTAKE(drain_one, .drain_one = true, .no_disable = true);
MISTAKE(drain_unheard, .drain_unheard = true);
MISTAKE(drain_consumed, .drain_consumed = true, .atc_left_out = true);
MISTAKE(drain_other_sign, .drain_other_sign = true);
MISTAKE(outputs_left, .outputs_left = true, .no_disable = true);
MISTAKE(answers_lost, .answers_lost = true);

/* invalidation and its gate */
MISTAKE(no_invalidate, .no_invalidate = true);
MISTAKE(no_cfgi_all, .no_cfgi_all = true);
MISTAKE(atc_left_out, .atc_left_out = true);
MISTAKE(gate_early, .gate_early = true);
MISTAKE(gate_leaks, .gate_leaks = true);
MISTAKE(no_gate, .no_gate = true);
MISTAKE(enable_first, .enable_first = true);
MISTAKE(tables_late, .tables_late = true);

/* failures and indices */
MISTAKE(record_late, .record_late = true);
MISTAKE(no_rollback, .record_late = true, .no_rollback = true);
MISTAKE(rollback_one, .record_late = true, .rollback_one = true);
MISTAKE(resume_unheard, .resume_unheard = true);
MISTAKE(stale_shadow, .stale_shadow = true);
MISTAKE(ecmdq_from_zero, .ecmdq_from_zero = true);

/* registers and handlers */
MISTAKE(query_reads, .query_reads = true);
MISTAKE(threads_unasked, .threads_unasked = true);
MISTAKE(gerror_unasked, .gerror_unasked = true, .irqs_left_on = true, .threads_unasked = true);
MISTAKE(handler_wakes, .handler_wakes = true, .threads_unasked = true);
MISTAKE(irqs_left_on, .irqs_left_on = true);
MISTAKE(msi_lost, .msi_lost = true);
MISTAKE(msi_freed, .msi_freed = true);
MISTAKE(setup_writes, .setup_writes = true);
MISTAKE(setup_twice, .setup_twice = true);

/* what is held */
MISTAKE(probe_leaks, .probe_leaks = true);
MISTAKE(reference_kept, .reference_kept = true);
MISTAKE(commands_kept, .commands_kept = true);
MISTAKE(negative_is_active, .negative_is_active = true);
MISTAKE(block_may_fail, .block_may_fail = true);
MISTAKE(attach_wakes, .attach_wakes = true);
MISTAKE(nesting_unasked, .nesting_unasked = true);
MISTAKE(remove_unasked, .remove_unasked = true);
MISTAKE(pm_early, .pm_early = true);
MISTAKE(not_held, .not_held = true);
MISTAKE(hold_unheard, .hold_unheard = true);

/* --- the gate opens when all is done --- */

static int probe_gate_late(struct nap_device *device)
{
    static const struct smmuv3_form form = {.gate_late = true};

    return smmuv3_probe(device, &form);
}

static int open_gate(struct nap_device *device)
{
    smmuv3_gate(smmuv3_of(device), false);
    return 0;
}

#define WALK(phase, function)                                                                  \
    {                                                                                          \
        .name = (phase), .kind = NAP_PHASE_WALK, .filter = smmuv3_serves, .each = (function)   \
    }

static const struct nap_phase late_resume[] = {
    WALK("wake", smmuv3_wake),     WALK("clear", smmuv3_clear),   WALK("build", smmuv3_build),
    WALK("forget", smmuv3_forget), WALK("listen", smmuv3_listen), WALK("speak", smmuv3_speak),
    WALK("serve", smmuv3_serve),   WALK("open", open_gate),
};

static const struct nap_driver driver_gate_late = {
    SMMUV3_COMMON(probe_gate_late),
    .suspend = smmuv3_suspend_phases,
    .n_suspend = SMMUV3_N_SUSPEND,
    .resume = late_resume,
    .n_resume = 8,
};

/* --- by name --- */

#define FORM(variant, symbol, about)                                                           \
    {                                                                                          \
        "smmuv3", variant, about, &driver_##symbol                                             \
    }

const struct nap_builtin_driver nap_smmuv3_mistakes[] = {
    FORM("gbpa-unheard", gbpa_unheard, "writes GBPA and does not wait"),
    FORM("abort-after-disable", abort_after_disable, "sets GBPA.ABORT once SMMUEN is 0"),
    FORM("no-abort", no_abort, "disables and never aborts"),
    FORM("no-abort-at-wake", no_abort_at_wake, "trusts that GBPA is as suspend left it"),
    FORM("trusts-reset", trusts_reset, "takes registers to be as reset leaves them"),
    FORM("always-sleeps", always_sleeps, "sleeps whoever is attached and however it wakes"),
    FORM("drain-crossing", drain_crossing, "waits until CONS is past PROD"),
    FORM("drain-shadow", drain_shadow, "waits on the index that it keeps itself"),
    FORM("drain-one", drain_one, "drains the first queue"),
    FORM("drain-unheard", drain_unheard, "drains and ignores what came of it"),
    FORM("drain-consumed", drain_consumed,
         "takes what is consumed for complete, ATC invalidations too"),
    FORM("drain-other-sign", drain_other_sign,
         "waits for a sign that its CMD_SYNC does not give"),
    FORM("outputs-left", outputs_left,
         "leaves events, stalls and requests as they are, to the end"),
    FORM("answers-lost", answers_lost, "drops answers to page requests while it suspends"),
    FORM("no-invalidate", no_invalidate, "invalidates nothing in resume"),
    FORM("no-cfgi-all", no_cfgi_all, "invalidates TLBs in resume and no configuration"),
    FORM("atc-left-out", atc_left_out, "leaves ATC invalidations out with the others"),
    FORM("gate-early", gate_early, "closes the gate while it still translates"),
    FORM("gate-late", gate_late, "opens the gate when it translates already"),
    FORM("gate-leaks", gate_leaks, "writes its index word to PROD, gate and all"),
    FORM("no-gate", no_gate, "has no gate"),
    FORM("enable-first", enable_first, "invalidates once it is enabled"),
    FORM("tables-late", tables_late, "writes tables after the last invalidation"),
    FORM("record-late", record_late, "right: makes a record in the last step of suspend"),
    FORM("no-rollback", no_rollback, "record-late that leaves things as they are if it fails"),
    FORM("rollback-one", rollback_one,
         "record-late that brings back only the unit that failed"),
    FORM("resume-unheard", resume_unheard, "logs that resume has failed"),
    FORM("stale-shadow", stale_shadow, "restores indices that draining has not renewed"),
    FORM("ecmdq-from-zero", ecmdq_from_zero, "enables ECMDQs with index 0, going on elsewhere"),
    FORM("query-reads", query_reads, "reads ID registers whenever it is asked"),
    FORM("threads-unasked", threads_unasked, "handler threads do not ask for power"),
    FORM("gerror-unasked", gerror_unasked, "the hard handler does not ask for power"),
    FORM("handler-wakes", handler_wakes, "handler threads wake the unit"),
    FORM("irqs-left-on", irqs_left_on, "leaves IRQ_CTRL on in suspend"),
    FORM("msi-lost", msi_lost, "does not write messages again"),
    FORM("msi-freed", msi_freed, "gives vectors back in suspend, for good"),
    FORM("setup-writes", setup_writes, "writes IRQ_CTRL where it registers handlers"),
    FORM("setup-twice", setup_twice, "registers handlers in resume, too"),
    FORM("probe-leaks", probe_leaks, "keeps what it has when probe fails"),
    FORM("reference-kept", reference_kept, "keeps its power reference when attach fails"),
    FORM("commands-kept", commands_kept, "keeps its commands when there is no power"),
    FORM("negative-is-active", negative_is_active, "gives back what an error has not given"),
    FORM("block-may-fail", block_may_fail, "blocks a master only with power"),
    FORM("attach-wakes", attach_wakes, "wakes the unit to attach"),
    FORM("nesting-unasked", nesting_unasked, "suspends units that are off at run time"),
    FORM("remove-unasked", remove_unasked, "removes without power"),
    FORM("pm-early", pm_early, "lets run-time power management begin before reset"),
    FORM("not-held", not_held, "holds no power for user-owned devices"),
    FORM("hold-unheard", hold_unheard, "ignores that it got no power for them"),
    {NULL, NULL, NULL, NULL},
};
