/* SPDX-License-Identifier: MIT */
/* Rules judge every step. A rule sees the machine (const: it may neither choose nor change
 * anything) and the event, and never learns which scenario or variant runs. */
#ifndef REGNAP_RULE_H
#define REGNAP_RULE_H

#include <regnap/trace.h>

struct nap_block;
struct nap_report; /* where a rule's findings go */

enum nap_rule_family {
    NAP_RULE_CONDUCT, /* judges what software did, when it took effect */
    NAP_RULE_OUTCOME, /* judges what a transaction would meet */
    NAP_RULE_STATE,   /* judges the machine after resume */
    NAP_RULE_LEDGER,  /* judges a call by what was asked for and what it holds */
};

struct nap_rule {
    const char *id;      /* no other rule of a block or a machine has it */
    const char *classes; /* O codes, space-separated, as "O1 O13" */
    const char *source;
    const char *about; /* one line */
    enum nap_rule_family family;
    /* NAP_STEP_BIT() mask of the steps it looks at. A rule of a block sees those of devices of
     * the block, and those that are of no device. */
    uint32_t on;
    /* And only those of this register, by its name in the block's model, so that models of one
     * family share their rules; one of them must have it. Aliases and every CPU's copy count.
     * NULL: of any register, and of none. */
    const char *reg;
    /* And of writes of @reg only those that leave one of these bits set. 0: all of them. */
    uint64_t leaves;
    /* NULL where the engine itself judges (outcome and state rules). */
    void (*check)(const struct nap_machine *m, const struct nap_event *event,
                  struct nap_report *report);
};

/* The rules of @blocks (NULL-terminated) and of every machine, in the order in which they are
 * told: by index, NULL after the last; or by id, NULL if there is none. */
NAP_EXPORT const struct nap_rule *nap_rule_at(const struct nap_block *const *blocks,
                                              unsigned index);
NAP_EXPORT const struct nap_rule *nap_rule_find(const struct nap_block *const *blocks,
                                                const char *id);

/* The event breaks the rule under check. @device and @slot (or NAP_NO_SLOT) name the register
 * at fault, @port the port whose traffic it concerns (or UINT32_MAX). */
NAP_EXPORT void nap_violation(struct nap_report *report, unsigned device, unsigned slot,
                              unsigned port, const char *format, ...) NAP_PRINTF(5, 6);
/* Worth knowing, not wrong in this machine (--strict-protocol makes it a violation). */
NAP_EXPORT void nap_note(struct nap_report *report, unsigned device, unsigned slot,
                         unsigned port, const char *format, ...) NAP_PRINTF(5, 6);

#endif
