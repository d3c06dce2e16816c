/* SPDX-License-Identifier: MIT */
/* The rules there are: those of blocks, then those of every machine. */
#include "judge.h"

#include <string.h>

/* Blocks of one family share a table of rules: it counts once. */
static bool seen(const struct nap_block *const *blocks, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (blocks[i]->rules == blocks[index]->rules)
            return true;
    return false;
}

const struct nap_rule *nap_rule_at(const struct nap_block *const *blocks, unsigned index)
{
    for (unsigned i = 0; blocks[i]; i++) {
        if (seen(blocks, i))
            continue;
        if (index < blocks[i]->n_rules)
            return &blocks[i]->rules[index];
        index -= blocks[i]->n_rules;
    }
    if (index < nap_n_protocol_rules)
        return &nap_protocol_rules[index];
    index -= nap_n_protocol_rules;
    return index < nap_n_outcome_rules ? &nap_outcome_rules[index] : NULL;
}

const struct nap_rule *nap_rule_find(const struct nap_block *const *blocks, const char *id)
{
    const struct nap_rule *rule;

    for (unsigned i = 0; (rule = nap_rule_at(blocks, i)); i++)
        if (strcmp(rule->id, id) == 0)
            return rule;
    return NULL;
}
