/* SPDX-License-Identifier: MIT */
/* Private to lib/: the rule engine of one machine. */
#ifndef NAP_JUDGE_H
#define NAP_JUDGE_H

#include "../core/core.h"

#include <regnap/allow.h>

#include "findings.h"

#define NAP_RULES_MAX       63  /* one bit each beside NAP_PROTOCOL_BROKEN */
#define NAP_JUDGE_ADDRESSES 452 /* addresses probed at each port */
#define NAP_JUDGE_GROUPS    192

/* One port of one judged master, probed at every address of the scenario. */
struct nap_group {
    uint32_t master, device, port;
};

/* Decision state of a group: hashed. */
struct nap_group_state {
    uint8_t wrong;    /* enum nap_wrong */
    uint8_t power_up; /* wrong in the same way since power-on */
    uint8_t
        reported; /* rule under which it has been reported: index into rules, plus 1; 0 none */
};

enum nap_wrong {
    NAP_RIGHT,
    NAP_WRONG_BYPASS,    /* untranslated */
    NAP_WRONG_WALK,      /* translated otherwise than the ground truth says */
    NAP_WRONG_STALE,     /* so, by a TLB entry */
    NAP_WRONG_UNWRITTEN, /* from registers nobody has written since power-on */
};

/* Evidence of a group. */
struct nap_group_evidence {
    nap_step from; /* obligation open since; 0 none */
    nap_step opened_step;
    uint32_t outcome;
    uint32_t opened_device, opened_slot;
    int32_t opened_line;
    const char *opened_file, *opened_via;
    struct nap_finding_probe probe; /* what is wrong, as last seen */
};

#define NAP_ANSWERS 64 /* bits of a word */

/* That of all ports which a device treats in one way, of masters of one domain. */
struct nap_answer {
    uint64_t treatment;
    uint32_t device, domain;
};

/* What is known of them: evidence. */
struct nap_known_answers {
    uint64_t right;                      /* bit by answer: nothing is wrong with it */
    uint8_t relied_on[NAP_JUDGE_GROUPS]; /* which is the group's; NAP_ANSWERS: its own */
};

struct nap_judge {
    struct nap_machine *m;
    struct nap_findings *findings;
    const struct nap_allow_list *allow; /* NULL: none */
    bool strict;                        /* --strict-protocol */
    bool check_incremental;             /* --check-incremental */
    bool mismatch;                      /* an incremental answer differed: our own fault */
    bool off;                           /* looks at nothing (twin) */
    unsigned n_rules;
    const struct nap_rule *rules[NAP_RULES_MAX];
    uint64_t rules_off;                    /* those that do not judge */
    uint64_t by_step[NAP_STEP_KINDS];      /* rules that look at steps of that kind */
    uint64_t of_machine;                   /* rules of every machine: whatever the device */
    uint64_t of_register;                  /* rules that name a register */
    uint64_t of_kind[NAP_SOC_DEVICES_MAX]; /* rules of the block of that kind */
    unsigned n_addresses;
    nap_addr addresses[NAP_JUDGE_ADDRESSES];
    unsigned n_groups;
    struct nap_group groups[NAP_JUDGE_GROUPS];
    struct nap_group_state *state;       /* in the arena, hashed */
    struct nap_group_evidence *evidence; /* in the arena, not hashed */
    struct nap_known_answers *known;     /* so too */
    unsigned n_answers;
    struct nap_answer answers[NAP_ANSWERS]; /* that there have ever been */
};

struct nap_report {
    struct nap_judge *judge;
    const struct nap_rule *rule;
    const struct nap_event *event;
};

/**
 * nap_judge_create - watch a machine
 * @masters:   masters to judge, @n_masters of them
 * @addresses: input addresses probed at each of their ports
 *
 * Call before nap_machine starts to run. NAP_ERR_NOSPACE, NAP_ERR_NOMEM.
 */
enum nap_err nap_judge_create(struct nap_machine *m, const unsigned *masters,
                              unsigned n_masters, const nap_addr *addresses,
                              unsigned n_addresses, struct nap_findings *findings,
                              struct nap_judge **out, struct nap_error *error);
void nap_judge_destroy(struct nap_judge *judge);
/* That rule judges no more; nothing happens if the machine has none of that id. Obligations are
 * kept whatever judges. */
void nap_judge_turn_off(struct nap_judge *judge, const char *id);
/* Whether the machine has the rule and it judges. */
bool nap_judge_judges(const struct nap_judge *judge, const char *id);
/* Into the findings, if its rule judges; among the allowed ones if the allow list covers it. */
void nap_judge_violation(struct nap_judge *judge, const struct nap_finding *finding);
/* The run is over: obligations still open are listed as open. */
void nap_judge_end(struct nap_judge *judge);
/* The rule of that id, or NULL. */
const struct nap_rule *nap_judge_rule(const struct nap_judge *judge, const char *id);

/* outcome.c: what is wrong with one outcome. */
enum nap_wrong nap_outcome_wrong(const struct nap_outcome *outcome,
                                 const struct nap_truth *truth);
/* A number for what the outcome means to the traffic: kind, place, permissions, attributes and
 * deciding context. Who answers is left out: a walk does what a TLB did that agreed with it. */
uint64_t nap_outcome_amount(const struct nap_outcome *outcome);
/* Who is to be marked when something changes that an answer depends on. */
struct nap_watcher {
    unsigned bit;                       /* that of a group is its number */
    const struct nap_footprint *except; /* somebody else watches these registers; or NULL */
};

/* The first thing wrong at the group's port now; NAP_RIGHT if there is none. @watcher may be
 * NULL. */
enum nap_wrong nap_group_judge(const struct nap_judge *judge, unsigned group,
                               const struct nap_watcher *watcher,
                               struct nap_finding_probe *first);
void nap_group_watch(const struct nap_judge *judge, const struct nap_watcher *watcher,
                     const struct nap_footprint *footprint);

/* answers.c: as nap_group_judge(), by what is known of ports like it. */
enum nap_wrong nap_answer_judge(struct nap_judge *judge, unsigned group,
                                struct nap_finding_probe *first);
/* Answers that are marked are no longer known: instead, groups that rely on them are marked. */
void nap_answers_mark(struct nap_judge *judge);

/* table.c: each rule of the blocks has an id of its own, and names a register that one of the
 * models of its family has: NAP_ERR_ARG, NAP_ERR_UNKNOWN. */
enum nap_err nap_rules_check(const struct nap_block *const *blocks, struct nap_error *error);

/* allow.c: the first entry that covers the violation, or -1. @list may be NULL. */
int nap_allow_find(const struct nap_allow_list *list, const struct nap_machine *m,
                   const struct nap_finding *finding);

/* protocol.c, outcome.c: rules of every machine. */
extern const struct nap_rule nap_protocol_rules[];
extern const unsigned nap_n_protocol_rules;
/* posted.c: the check of rule posted-write */
void nap_posted_write(const struct nap_machine *m, const struct nap_event *event,
                      struct nap_report *report);
/* os.c: the checks of rules after-remove, interrupt-lost, os-balance and os-wake */
void nap_interrupt_lost(const struct nap_machine *m, const struct nap_event *event,
                        struct nap_report *report);
void nap_os_balance(const struct nap_machine *m, const struct nap_event *event,
                    struct nap_report *report);
void nap_after_remove(const struct nap_machine *m, const struct nap_event *event,
                      struct nap_report *report);
void nap_interrupt_conserved(const struct nap_machine *m, const struct nap_event *event,
                             struct nap_report *report);
void nap_os_wake(const struct nap_machine *m, const struct nap_event *event,
                 struct nap_report *report);
extern const struct nap_rule nap_outcome_rules[];
extern const unsigned nap_n_outcome_rules;

#endif
