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

/* --- whether they can judge at all --- */

static bool family_has(const struct nap_block *const *blocks, const struct nap_block *block,
                       const char *reg)
{
    for (unsigned i = 0; blocks[i]; i++)
        if (blocks[i]->rules == block->rules && nap_model_reg(blocks[i]->model, reg) >= 0)
            return true;
    return false;
}

static enum nap_err check_registers(const struct nap_block *const *blocks,
                                    const struct nap_block *block, struct nap_error *error)
{
    for (unsigned i = 0; i < block->n_rules; i++) {
        const struct nap_rule *rule = &block->rules[i];

        if (rule->reg && !family_has(blocks, block, rule->reg))
            return nap_fail(error, NAP_ERR_UNKNOWN,
                            "rule '%s' of the block of model %s watches register '%s', "
                            "expected one that the model has",
                            rule->id, block->model->name, rule->reg);
    }
    return NAP_OK;
}

static enum nap_err check_ids(const struct nap_block *const *blocks, struct nap_error *error)
{
    const struct nap_rule *rule, *other;

    for (unsigned i = 0; (rule = nap_rule_at(blocks, i)); i++)
        for (unsigned k = 0; k < i; k++) {
            other = nap_rule_at(blocks, k);
            if (strcmp(rule->id, other->id) == 0)
                return nap_fail(error, NAP_ERR_ARG,
                                "there are two rules '%s' (\"%s\" and \"%s\"), expected each "
                                "id once",
                                rule->id, other->about, rule->about);
        }
    return NAP_OK;
}

enum nap_err nap_rules_check(const struct nap_block *const *blocks, struct nap_error *error)
{
    enum nap_err err = check_ids(blocks, error);

    for (unsigned i = 0; blocks[i] && !err; i++)
        err = check_registers(blocks, blocks[i], error);
    return err;
}
