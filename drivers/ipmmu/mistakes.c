/* SPDX-License-Identifier: MIT */
/* The forms of the hazard catalogue, by name. */
#include "mistakes.h"

#include "../drivers.h"

#define FORM(variant, symbol, about)                                                           \
    {                                                                                          \
        "ipmmu", variant, about, &nap_driver_ipmmu_##symbol                                    \
    }

const struct nap_builtin_driver nap_ipmmu_mistakes[] = {
    FORM("no-sync", no_sync, "waits for no flush"),
    FORM("sync-root-only", sync_root_only, "waits for the flush of roots, not of caches"),
    FORM("sync-unheard", sync_unheard, "ignores that a flush has not ended"),
    FORM("ports-first", ports_first, "turns ports on before contexts are back"),
    FORM("controls-last", controls_last, "sets the controls of a unit when all else is back"),
    FORM("no-flush", no_flush, "flushes nothing in resume"),
    FORM("ports-flush", ports_flush, "right: flushes roots by context and caches by port"),
    FORM("ports-no-flush", ports_no_flush, "ports-flush that does not flush ports"),
    FORM("first-cache-only", first_cache_only, "turns a context on on one of its caches"),
    FORM("no-imttubr", no_imttubr, "has no record of IMTTUBR0"),
    FORM("imttubr-zero", imttubr_zero, "takes IMTTUBR0 to be 0"),
    FORM("ttbr-swapped", ttbr_swapped, "writes IMTTLBR0 to IMTTUBR0 and the other way round"),
    FORM("port-forgotten", port_forgotten, "forgets the last port of each master"),
    FORM("record-too-short", record_too_short, "keeps as many bytes as there are contexts"),
    FORM("first-is-root", first_is_root, "takes the first unit of the list for the root"),
    FORM("no-handlers", no_handlers, "has neither suspend nor resume"),
    FORM("record-at-suspend", record_at_suspend,
         "right: suspend makes the records, and fails without"),
    FORM("record-unheard", record_unheard, "record-at-suspend that ignores a failure"),
    FORM("late-record", late_record, "makes the record of a master last, and undoes nothing"),
    FORM("optional-record", optional_record, "does without the record of a master"),
    FORM("unset-context", unset_context, "flushes context 0 when there is no context"),
    FORM("no-fence", no_fence, "has no barrier between a flush and the poll for it"),
    FORM("power-held", power_held, "right: turns the power of each unit on first"),
    FORM("flush-unasked", flush_unasked, "unmap flushes whether there is power or not"),
    FORM("resume-if-lost", resume_if_lost, "restores only if the root lost its controls"),
    FORM("trusts-firmware", trusts_firmware, "leaves ports alone that firmware has set"),
    FORM("masters-early", masters_early, "lets masters go before anything is restored"),
    FORM("one-guest-runs", one_guest_runs, "holds the masters of all guests but the last"),
    FORM("irq-asks-power", irq_asks_power, "right: the handler reads caches that have power"),
    FORM("irq-unasked", irq_unasked, "the handler reads caches without asking for power"),
    FORM("context-offset", context_offset, "looks for contexts from 8 on where 7 ends"),
    FORM("port-offset", port_offset, "looks for ports from 32 on in the window of the others"),
    FORM("control-offset", control_offset,
         "looks for IMSCTLR and IMSAUXCTLR where Gen3 has them"),
    {NULL, NULL, NULL, NULL},
};
