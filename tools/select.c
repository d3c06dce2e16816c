/* SPDX-License-Identifier: MIT */
/* Which rules judge: --rules names those that do, --no-rule those that do not. */
#include "cli.h"

#include <string.h>

static const struct nap_rule *rule_at(const struct job *job, unsigned i)
{
    return i < OPTION_RULES_MAX ? nap_rule_at(job->config.blocks, i) : NULL;
}

static int rule_unknown(const struct job *job, const char *option, const char *name,
                        size_t length)
{
    const char *names[OPTION_RULES_MAX + 1] = {NULL};
    const struct nap_rule *rule;
    char bare[64];
    const char *close;

    for (unsigned i = 0; (rule = rule_at(job, i)); i++)
        names[i] = rule->id;
    snprintf(bare, sizeof bare, "%.*s", (int)(length < sizeof bare ? length : sizeof bare - 1),
             name);
    close = nearest(bare, names);
    return complain("--%s: found '%s', expected a rule of `regnap list rules`%s%s%s", option,
                    bare, close ? "; did you mean '" : "", close ? close : "",
                    close ? "'?" : "");
}

/* The number of the rule of that name, or -1. */
static int rule_number(const struct job *job, const char *name, size_t length)
{
    const struct nap_rule *rule;

    for (unsigned i = 0; (rule = rule_at(job, i)); i++)
        if (strlen(rule->id) == length && memcmp(rule->id, name, length) == 0)
            return (int)i;
    return -1;
}

static int only_these(const struct job *job, const char *list, bool *on)
{
    memset(on, 0, OPTION_RULES_MAX * sizeof *on);
    for (const char *at = list;;) {
        size_t length = strcspn(at, ",");
        int number = rule_number(job, at, length);
        if (number < 0)
            return rule_unknown(job, "rules", at, length);
        if (on[number])
            return complain("--rules: found %.*s twice, expected each once", (int)length, at);
        on[number] = true;
        if (!at[length])
            return EXIT_CLEAN;
        at += length + 1;
    }
}

static int not_these(const struct job *job, const struct options *o, bool *on)
{
    for (unsigned i = 0; i < o->n_no_rules; i++) {
        int number = rule_number(job, o->no_rules[i], strlen(o->no_rules[i]));
        if (number < 0)
            return rule_unknown(job, "no-rule", o->no_rules[i], strlen(o->no_rules[i]));
        on[number] = false;
    }
    return EXIT_CLEAN;
}

int select_rules(const struct options *o, struct job *job)
{
    bool on[OPTION_RULES_MAX];
    const struct nap_rule *rule;
    unsigned n = 0, i;
    int status = EXIT_CLEAN;

    memset(on, 1, sizeof on);
    if (o->rules)
        status = only_these(job, o->rules, on);
    if (!status)
        status = not_these(job, o, on);
    for (i = 0; !status && (rule = rule_at(job, i)); i++)
        if (!on[i])
            job->rules_off[n++] = rule->id;
    if (!status && n == i)
        status = complain("found --rules and --no-rule that leave no rule, expected at least "
                          "one that judges");
    job->config.rules_off = job->rules_off;
    job->config.n_rules_off = n;
    return status;
}

bool all_rules(const struct nap_run_config *c)
{
    return c->n_rules_off == 0;
}

static bool is_off(const struct nap_run_config *c, const char *id)
{
    for (unsigned i = 0; i < c->n_rules_off; i++)
        if (strcmp(c->rules_off[i], id) == 0)
            return true;
    return false;
}

void rules_text(const struct nap_run_config *c, char *out, size_t bytes)
{
    const struct nap_rule *rule;
    unsigned n = 0;
    bool tell_off;
    size_t at = 0;

    while (nap_rule_at(c->blocks, n))
        n++;
    tell_off = c->n_rules_off <= n / 2;
    append(out, bytes, &at, "%s", tell_off ? "rules off:" : "only these rules judge:");
    for (unsigned i = 0, told = 0; (rule = nap_rule_at(c->blocks, i)); i++)
        if (is_off(c, rule->id) == tell_off)
            append(out, bytes, &at, "%s %s", told++ ? "," : "", rule->id);
}
