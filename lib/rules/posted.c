/* SPDX-License-Identifier: MIT */
/* A call has returned success while a register write of the driver is on its way. Whether that
 * matters in this machine is tried out: the writes land, apart from the run, and every judged
 * port is asked again. */
#include "judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Steps at which something has been promised, and what. Suspend and device_off promise that
 * power may go: what they posted to a unit without power is lost and can do no harm, so they
 * are asked when it has gone, about the units that have not. */
static const char *promise(const struct nap_event *e)
{
    static const struct {
        const char *label, *text;
    } ends[] = {{NAP_LABEL_RESUMED, "resume has returned success"},
                {NAP_LABEL_AWAKE, "units are awake again"},
                {NAP_LABEL_POWER_OFF, "power has gone"},
                {NAP_LABEL_ATTACHED, "attach or detach has returned success"},
                {NAP_LABEL_MAPPED, "map has returned success"},
                {NAP_LABEL_UNMAPPED, "unmap has returned success"}};

    for (size_t i = 0; e->label && i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(e->label, ends[i].label) == 0)
            return ends[i].text;
    return NULL;
}

/* --- trying out ------------------------------------------------------------------------------
 */

static uint64_t answer(const struct nap_judge *j, const struct nap_group *g, nap_addr iova)
{
    struct nap_outcomes out;
    uint64_t sum;

    nap_probe(j->m, g->device, g->port, iova, &out, NULL);
    sum = out.n;
    for (unsigned i = 0; i < out.n; i++) /* a set: in whatever order */
        sum += nap_outcome_amount(&out.list[i]);
    return sum;
}

struct answers {
    uint64_t list[NAP_JUDGE_GROUPS];
};

static bool is_judged(const struct nap_judge *j, unsigned group)
{
    struct nap_truth truth;

    nap_truth_of(j->m, j->groups[group].device, j->groups[group].port, j->addresses[0], &truth);
    return truth.judged;
}

static void ask_all(const struct nap_judge *j, struct answers *answers)
{
    for (unsigned g = 0; g < j->n_groups; g++) {
        answers->list[g] = 0;
        for (unsigned a = 0; a < j->n_addresses && is_judged(j, g); a++)
            answers->list[g] =
                answers->list[g] * 31 + answer(j, &j->groups[g], j->addresses[a]);
    }
}

/* The first group that answers otherwise than @before, or -1. */
static int first_other(const struct nap_judge *j, const struct answers *before)
{
    struct answers now;

    ask_all(j, &now);
    for (unsigned g = 0; g < j->n_groups; g++)
        if (now.list[g] != before->list[g])
            return (int)g;
    return -1;
}

/* What a trial may change beside the arena. */
struct apart {
    nap_trace_sink *trace;
    nap_chooser *chooser;
    enum nap_policy policy;
    struct nap_source source;
    bool any_marked;
    uint64_t marked[NAP_JUDGE_GROUPS / 64 * 2 + 1];
    unsigned n_unmodelled, unmodelled_unlisted;
    struct nap_unmodelled_use unmodelled[NAP_UNMODELLED_MAX];
    unsigned mark;
};

static void begin(struct nap_judge *j, struct apart *a)
{
    struct nap_machine *m = j->m;

    a->trace = m->trace;
    a->chooser = m->chooser;
    a->policy = m->policy;
    a->source = m->source;
    a->any_marked = m->any_marked;
    memcpy(a->marked, m->marked, m->watch_words * sizeof *m->marked);
    a->n_unmodelled = m->n_unmodelled;
    a->unmodelled_unlisted = m->unmodelled_unlisted;
    memcpy(a->unmodelled, m->unmodelled, m->n_unmodelled * sizeof *m->unmodelled);
    nap_watch_none(m);
    a->mark = nap_mark(m);
    m->trace = NULL;
    m->chooser = NULL;
    m->policy = NAP_POLICY_EAGER;
    j->off = true;
}

static void end(struct nap_judge *j, const struct apart *a)
{
    struct nap_machine *m = j->m;

    j->off = false;
    nap_rewind(m, a->mark);
    nap_unmark(m);
    m->trace = a->trace;
    m->chooser = a->chooser;
    m->policy = a->policy;
    m->source = a->source;
    m->any_marked = a->any_marked;
    memcpy(m->marked, a->marked, m->watch_words * sizeof *m->marked);
    m->n_unmodelled = a->n_unmodelled;
    m->unmodelled_unlisted = a->unmodelled_unlisted;
    memcpy(m->unmodelled, a->unmodelled, a->n_unmodelled * sizeof *a->unmodelled);
}

/* The first of the posted writes whose landing changes an answer, and whose; else the first. */
struct trial {
    struct nap_post post;
    struct nap_post_evidence evidence;
    int group; /* -1: none changes */
};

static struct trial try_out(struct nap_judge *j)
{
    struct nap_machine *m = j->m;
    struct trial t = {m->st->posts[0], m->ev->posts[0], -1};
    struct answers *before = malloc(sizeof *before);
    struct apart *apart = malloc(sizeof *apart);

    if (!before || !apart)
        abort();
    ask_all(j, before);
    begin(j, apart);
    while (m->st->n_posts && t.group < 0) {
        struct trial next = {m->st->posts[0], m->ev->posts[0], -1};
        nap_post_land_first(m);
        next.group = first_other(j, before);
        if (next.group >= 0)
            t = next;
    }
    end(j, apart);
    free(before);
    free(apart);
    return t;
}

/* --- the verdict
 * ------------------------------------------------------------------------------
 */

static void passed_text(const struct nap_post_evidence *ev, char *out, size_t bytes)
{
    bool inner = ev->passed && (ev->passed[4] == 'I' || ev->passed[4] == 'N');
    char line[160] = "";

    out[0] = 0;
    if (!ev->passed)
        return;
    if (ev->passed_at.file)
        snprintf(line, sizeof line, " at %s:%d", ev->passed_at.file, ev->passed_at.line);
    snprintf(out, bytes, "; %s%s since then %s", ev->passed, line,
             inner ? "orders nothing for a device" : "has seen an early acknowledgement only");
}

void nap_posted_write(const struct nap_machine *m, const struct nap_event *e,
                      struct nap_report *report)
{
    const char *promised = promise(e);
    char name[NAP_NAME_MAX * 2], passed[200];
    struct nap_event at = *e;
    struct nap_report here = *report;
    struct trial t;

    if (m->st->n_posts == 0 || !promised)
        return;
    t = try_out(report->judge);
    at.issued = t.evidence.issued;
    at.source = t.evidence.source;
    here.event = &at;
    nap_register_name(m, t.post.device, t.post.slot, name, sizeof name);
    passed_text(&t.evidence, passed, sizeof passed);
    if (t.group >= 0) {
        const struct nap_group *g = &report->judge->groups[t.group];
        nap_violation(&here, t.post.device, t.post.slot, UINT32_MAX,
                      "%s while the write of 0x%" PRIx64
                      " to %s is on its way; where traffic of %s at %s port %u goes changes "
                      "when it lands%s",
                      promised, t.post.value, name, m->soc->masters[g->master].name,
                      nap_device_name(m, g->device), g->port, passed);
    } else {
        nap_note(&here, t.post.device, t.post.slot, UINT32_MAX,
                 "%s while the write of 0x%" PRIx64
                 " to %s is on its way; no traffic goes elsewhere when it lands%s",
                 promised, t.post.value, name, passed);
    }
}
