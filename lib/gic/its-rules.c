/* SPDX-License-Identifier: MIT */
/* What must hold of an ITS: how software goes about its registers, its queue and its power. */
#include "gic3.h"
#include "its.h"
#include "lpi.h"

#include <inttypes.h>
#include <string.h>

static bool written(const struct nap_machine *m, unsigned device, unsigned slot)
{
    return (nap_reg_marks(m, device, slot) & NAP_MARK_WRITTEN) != 0;
}

/* The write asks for Enabled, which was 0, whatever has become of that. */
static bool enables(const struct nap_event *e)
{
    return (e->written & ~e->was & ITS_GITS_CTLR_Enabled) != 0;
}

static bool enabled_now(const struct nap_event *e)
{
    return (e->now & ~e->was & ITS_GITS_CTLR_Enabled) != 0;
}

/* --- power --- */

static void check_off(const struct nap_machine *m, unsigned its, const struct its_at_off *off,
                      struct nap_report *report)
{
    const char *name = nap_device_name(m, its);

    if (off->enabled)
        nap_violation(report, its, ITS_SLOT_GITS_CTLR, UINT32_MAX,
                      "%s lost power while Enabled was 1", name);
    else if (!off->quiescent)
        nap_violation(report, its, ITS_SLOT_GITS_CTLR, UINT32_MAX,
                      "%s lost power while Quiescent was 0", name);
    else if (off->dirty)
        nap_violation(report, its, ITS_SLOT_GITS_CTLR, UINT32_MAX,
                      "%s lost power with %" PRIu32 " mappings that memory does not have: the "
                      "power sequence of the platform has not run",
                      name, off->dirty);
}

/* Power that is lost against everybody's will is nobody's fault. */
static void quiescent_at_off(const struct nap_machine *m, const struct nap_event *e,
                             struct nap_report *report)
{
    if (strcmp(e->label, NAP_LABEL_POWER_OFF) != 0)
        return;
    for (unsigned d = 0; d < nap_device_count(m); d++)
        if (nap_device_model(m, d) == &nap_model_its &&
            ((e->was & ~e->now) >> nap_machine_soc(m)->devices[d].domain & 1))
            check_off(m, d, &its_of(m, d)->at_off, report);
}

/* --- GITS_CTLR --- */

static void enable_when_quiescent(const struct nap_machine *m, const struct nap_event *e,
                                  struct nap_report *report)
{
    if (enables(e) && its_of(m, e->device)->untimely)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s: Enabled set while Quiescent was 0: unpredictable",
                      nap_device_name(m, e->device));
}

static void read_only(const struct nap_machine *m, const struct nap_event *e,
                      struct nap_report *report)
{
    if (e->written & ITS_GITS_CTLR_Quiescent)
        nap_violation(
            report, e->device, e->slot, UINT32_MAX,
            "%s: GITS_CTLR written with Quiescent 1, which is read-only: as read, not "
            "as it is to be",
            nap_device_name(m, e->device));
}

static void set_up(const struct nap_machine *m, const struct nap_event *e,
                   struct nap_report *report)
{
    static const uint16_t needed[] = {ITS_SLOT_GITS_CBASER, ITS_SLOT_GITS_CWRITER,
                                      ITS_SLOT_GITS_BASER0};

    if (!enabled_now(e))
        return;
    for (unsigned i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        char name[NAP_NAME_MAX * 2];
        if (written(m, e->device, needed[i]))
            continue;
        nap_register_name(m, e->device, needed[i], name, sizeof name);
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "Enabled set although %s has not been written since power-on", name);
        return;
    }
    if (!its_tables_valid(m, e->device))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s: Enabled set although a table it needs is not Valid: messages are "
                      "dropped",
                      nap_device_name(m, e->device));
}

static void replay(const struct nap_machine *m, const struct nap_event *e,
                   struct nap_report *report)
{
    bool asks = e->slot == ITS_SLOT_GITS_CWRITER && its_enabled(m, e->device);
    const struct nap_its *s = its_of(m, e->device);

    if (!asks && (e->slot != ITS_SLOT_GITS_CTLR || !enabled_now(e)))
        return;
    if (nap_asleep(m) && its_queue_runs_again(m, e->device))
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s: %s after a sleep with GITS_CREADR 0x%" PRIx32
                      " and GITS_CWRITER 0x%" PRIx32 ": commands of before it run again",
                      nap_device_name(m, e->device),
                      asks ? "asked for commands" : "Enabled set", s->creadr_then,
                      s->cwriter_then);
}

/* --- redistributors --- */

static bool goes_to(const struct nap_machine *m, unsigned its, enum its_kind kind,
                    uint32_t icid, unsigned rd)
{
    const struct its_cache *c = &its_of(m, its)->cache[kind];
    uint64_t mapping = kind == ITS_HELD ? 0 : its_in_memory(m, its, kind, icid);
    unsigned target;

    for (uint32_t i = 0; i < c->n; i++)
        if (c->line[i].key == icid)
            mapping = c->line[i].value;
    return mapping && its_target(m, its, mapping & ~ITS_VALID, &target) && target == rd;
}

/* Those an ICID can name. */
static uint32_t collections(const struct nap_machine *m, unsigned its)
{
    return its_typer(m, its, ITS_GITS_TYPER_CIL)
               ? 2u << its_typer(m, its, ITS_GITS_TYPER_CIDbits)
               : 1u << 16;
}

/* Of the CPU that enables the ITS: others come up later, with interrupts of their own. */
static void lpis_first(const struct nap_machine *m, const struct nap_event *e,
                       struct nap_report *report)
{
    int own = gic3_redistributor(m, nap_upstream(m, e->device), nap_cpu(m));
    unsigned rd = (unsigned)own;

    if (!enabled_now(e) || own < 0 ||
        ((const struct gic_lpis *)nap_block_state(m, rd))->enabled)
        return;
    for (uint32_t icid = 0; icid < collections(m, e->device); icid++)
        if (goes_to(m, e->device, its_collection_kind(m, e->device, icid), icid, rd)) {
            nap_violation(report, e->device, e->slot, UINT32_MAX,
                          "%s: Enabled set while %s, which collection %" PRIu32
                          " goes to, has EnableLPIs 0: its LPIs are lost",
                          nap_device_name(m, e->device), nap_device_name(m, rd), icid);
            return;
        }
}

/* --- commands --- */

static void command_error(const struct nap_machine *m, const struct nap_event *e,
                          struct nap_report *report)
{
    const struct nap_its *s = its_of(m, e->device);

    if (e->slot != ITS_SLOT_GITS_CREADR || s->error == ITS_OK)
        return;
    nap_violation(report, e->device, e->slot, UINT32_MAX,
                  "%s: command 0x%02" PRIx32 " at offset 0x%" PRIx32 " of the queue: %s",
                  nap_device_name(m, e->device), s->error_op, s->error_offset,
                  its_error_names[s->error]);
}

static void itt_zeroed(const struct nap_machine *m, const struct nap_event *e,
                       struct nap_report *report)
{
    uint32_t junk = its_of(m, e->device)->junk;

    if (e->slot == ITS_SLOT_GITS_CREADR && junk)
        nap_violation(report, e->device, e->slot, UINT32_MAX,
                      "%s: device %" PRIu32
                      " mapped to an ITT in which memory, as the ITS sees "
                      "it, has valid entries",
                      nap_device_name(m, e->device), junk - 1);
}

static void check_complete(const struct nap_machine *m, unsigned its, struct nap_report *report)
{
    const char *name = nap_device_name(m, its);
    uint64_t unsynced = its_of(m, its)->unsynced;

    if (nap_work_pending(m, its, ITS_SLOT_GITS_CREADR, ITS_GITS_CREADR_Offset))
        nap_violation(report, its, ITS_SLOT_GITS_CREADR, UINT32_MAX,
                      "%s: resume has returned while commands were left in the queue", name);
    else if (unsynced)
        for (unsigned rd = 0; rd < nap_device_count(m); rd++)
            if (unsynced >> rd & 1)
                nap_violation(report, its, ITS_SLOT_GITS_CWRITER, UINT32_MAX,
                              "%s: resume has returned and no SYNC has followed the commands "
                              "to %s",
                              name, nap_device_name(m, rd));
}

static void complete(const struct nap_machine *m, const struct nap_event *e,
                     struct nap_report *report)
{
    if (strcmp(e->label, NAP_LABEL_RESUMED) != 0)
        return;
    for (unsigned d = 0; d < nap_device_count(m); d++)
        if (nap_device_model(m, d) == &nap_model_its && nap_device_on(m, d))
            check_complete(m, d, report);
}

/* --- the table --- */

#define IHI    "Arm IHI 0069, "
#define WRITES NAP_STEP_BIT(NAP_STEP_WRITE)

const struct nap_rule nap_its_rules[ITS_N_RULES] = {
    {
        .id = "its-quiescent-before-off",
        .classes = "O9 O15",
        .source =
            IHI "\"GITS_CTLR\": an ITS that is not quiescent cannot be powered down; what "
                "more a platform asks for is its own",
        .about = "An ITS loses power with Enabled 0, Quiescent 1 and all mappings in memory",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_POWER),
        .check = quiescent_at_off,
    },
    {
        .id = "its-enable-when-quiescent",
        .classes = "O4 O7",
        .source = IHI "\"GITS_CTLR\": Enabled 0 to 1 while Quiescent is 0 is UNPREDICTABLE",
        .about = "Enabled is set only while Quiescent is 1",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GITS_CTLR",
        .check = enable_when_quiescent,
    },
    {
        .id = "its-read-only-written",
        .classes = "O4",
        .source = IHI "\"GITS_CTLR\": Quiescent is read-only; the review of a suspend series "
                      "of Xen, version 8 (hazard its-readonly-bit-written)",
        .about = "GITS_CTLR is written without Quiescent, also where it was read before",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GITS_CTLR",
        .check = read_only,
    },
    {
        .id = "its-set-up-before-enable",
        .classes = "O8 O10 O13",
        .source = IHI "\"GITS_CBASER\", \"GITS_CWRITER\", \"GITS_BASER<n>\": unknown after a "
                      "reset, and messages are dropped where a table is not Valid",
        .about = "Enabled is set with queue and tables written since power-on, and Valid",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GITS_CTLR",
        .check = set_up,
    },
    {
        .id = "its-command-replay",
        .classes = "O10 O15",
        .source = IHI "\"GITS_CBASER\": a write of it sets GITS_CREADR to 0; a fix of the ITS "
                      "driver of Linux of 2020",
        .about =
            "In a resume no command of before the sleep is asked for again, by Enabled or by "
            "GITS_CWRITER",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .check = replay,
    },
    {
        .id = "its-enable-after-lpis",
        .classes = "O9",
        .source = IHI "\"GICR_CTLR\": with EnableLPIs 0 translations towards it are ignored",
        .about = "Enabled is set only after the redistributor of that CPU takes LPIs, if a "
                 "collection goes there",
        .family = NAP_RULE_CONDUCT,
        .on = WRITES,
        .reg = "GITS_CTLR",
        .check = lpis_first,
    },
    {
        .id = "its-command-error",
        .classes = "O10",
        .source = IHI "\"ITS commands\": what each of them checks",
        .about = "Every command is one that can be carried out",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_WORK),
        .check = command_error,
    },
    {
        .id = "its-itt-zeroed",
        .classes = "O15",
        .source =
            IHI "\"MAPD\": an ITT is all zero when a device is mapped to it; a fix of Xen "
                "that cleans new ones",
        .about = "A device that was not mapped gets an ITT that is zero, as the ITS sees it",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_WORK),
        .check = itt_zeroed,
    },
    {
        .id = "its-commands-complete",
        .classes = "O12 O6",
        .source = IHI "\"SYNC\": effects at a redistributor are there for sure after it",
        .about =
            "resume returns only after the queue is empty and a SYNC has followed what was "
            "sent to redistributors",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_MASTER),
        .check = complete,
    },
};
