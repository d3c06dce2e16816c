/* SPDX-License-Identifier: MIT */
/* Private to lib/scenario/: what the comparison after resume works with. twin.h is what others
 * call. */
#ifndef NAP_EQUIVALENCE_H
#define NAP_EQUIVALENCE_H

#include "runner.h"

/* All probes twice; nine observations of each master; interrupts and masters once. */
#define NAP_SUITE_MAX                                                                          \
    (2 * NAP_JUDGE_GROUPS * NAP_JUDGE_ADDRESSES + 9 * NAP_SOC_MASTERS_MAX + 4 +                \
     2 * NAP_SCENARIO_INTERRUPTS_MAX)

/* One observation of the suite. */
struct nap_observation {
    const char *what;
    uint32_t device, port; /* UINT32_MAX: none */
    uint64_t address;
    uint64_t result; /* packed outcome, or a call's result */
    uint64_t pa;
};

struct nap_suite {
    unsigned n;
    struct nap_observation list[NAP_SUITE_MAX];
};

/* How the twin fares after the calls that a run has made by then: what the suite shows of it,
 * and up to which operation, without which of them, and with which calls of clients. */
struct nap_view {
    uint64_t skipped;
    uint32_t op;
    uint8_t calls[NAP_SCENARIO_CLIENTS_MAX];
    unsigned n;
    struct nap_observation *list;
    struct nap_hash128 outlook; /* outlook.c: of what is to come */
    bool has_outlook;
};

/* Free: no end state so far needs its content. */
enum nap_golden_need { NAP_GOLDEN_UNTRIED, NAP_GOLDEN_FREE, NAP_GOLDEN_NEEDED };

/* A register that software had written by suspend entry, with the bits that must come back. */
struct nap_golden {
    uint32_t device, slot;
    uint64_t value, equal, behaviour, relation;
    enum nap_golden_need need;
    const struct nap_observation *blamed; /* what goes another way because of it, or NULL */
};

struct nap_twin {
    struct nap_snapshot *entry; /* machine at suspend entry */
    struct nap_hash128 key;     /* of that machine */
    unsigned n_views, view_room;
    struct nap_view *views;
    const struct nap_view *view; /* the run's */
    struct nap_suite suite;
    unsigned n_golden, golden_room;
    struct nap_golden *golden;
    unsigned n_blamings;
    bool settled;             /* the suite needed a register marked free */
    struct nap_visited alike; /* end states, free registers undetermined, that went like it */
};

struct nap_golden_difference {
    unsigned device, slot;
    uint64_t golden, now;
    bool undetermined;    /* its content is unknown, so that `now` is not a value */
    bool written;         /* all the same: a guard has left open what became of a write */
    bool behaviour;       /* only fields that need to behave alike, not to be equal */
    const char *relation; /* that does not hold, or NULL */
};

/* The twin of the last sleep. */
static inline struct nap_twin *nap_twin_of(const struct nap_runner *r)
{
    return r->twins[r->pos->slept - 1];
}

/* suite.c: everything the suite does is undone; choices, rules, the search and the trace do not
 * see it. With @now it is the twin that goes through it, after what the run has called by then.
 */
void nap_suite_apart(struct nap_runner *r, const struct nap_position *now, struct nap_suite *s);
/* First observation in which the machine and its twin differ, or NULL. */
const struct nap_observation *nap_twin_apart(const struct nap_twin *t);
bool nap_suite_tells_of_lines(const struct nap_observation *o);

/* golden.c */
void nap_twin_keep_golden(struct nap_twin *t, const struct nap_machine *m);
bool nap_twin_differs(const struct nap_runner *r, const struct nap_golden *g,
                      struct nap_golden_difference *out);

/* alike.c: first observation in which the machine differs from its twin, or NULL; without a
 * suite where another end state has told. */
const struct nap_observation *nap_twin_observe(struct nap_runner *r);
void nap_twin_forget_alike(struct nap_twin *t);

/* blame.c: what is said of registers that differ; @o: of nap_twin_observe(). */
void nap_twin_report(struct nap_runner *r, const struct nap_observation *o);

/* outlook.c: how the twin fares at @now, whose operations count only where they call. */
struct nap_view *nap_twin_view(struct nap_runner *r, const struct nap_position *now);
void nap_twin_forget_views(struct nap_twin *t);

#endif
