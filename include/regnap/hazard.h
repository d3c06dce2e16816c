/* SPDX-License-Identifier: MIT */
/* The catalogue: known bugs of backup and restore logic, each with a driver form that has it
 * and one that has not. `hazards/ID.yaml` says which rule must catch the first; running it
 * finds out whether the rules still do. */
#ifndef REGNAP_HAZARD_H
#define REGNAP_HAZARD_H

#include <regnap/builtin.h>
#include <regnap/run.h>

#define NAP_HAZARD_RULES_MAX    16
#define NAP_HAZARD_SETTINGS_MAX 8
#define NAP_HAZARD_TEXT_BYTES   640

/* What must show that the bug does harm, beside a rule about the driver's conduct. */
enum nap_hazard_shown {
    NAP_SHOWN_BY_RULE,   /* nothing: the rule itself is the harm (a hang, a lost error) */
    NAP_SHOWN_BY_PROBE,  /* traffic that arrives then goes where the ground truth forbids */
    NAP_SHOWN_BY_TWIN,   /* the machine goes another way than one that never slept */
    NAP_SHOWN_BY_LEDGER, /* it holds, or has touched, what does not belong to the caller */
};

/* One known bug. Texts are one line each, however long. */
struct nap_hazard {
    char file[256];
    char id[NAP_NAME_MAX];
    char block[NAP_NAME_MAX]; /* or "system" */
    char title[128];
    char source[NAP_HAZARD_TEXT_BYTES];
    char mechanism[NAP_HAZARD_TEXT_BYTES];
    char trigger[NAP_HAZARD_TEXT_BYTES];
    char consequence[NAP_HAZARD_TEXT_BYTES];
    char classes[64];                        /* O codes, space-separated */
    char not_covered[NAP_HAZARD_TEXT_BYTES]; /* the reason; "": it runs */
    bool quiet; /* a control: only its fixed form, which no rule may break */
    char rule[NAP_NAME_MAX];
    uint32_t n_also; /* rules that its consequences break */
    char also[NAP_HAZARD_RULES_MAX][NAP_NAME_MAX];
    enum nap_hazard_shown shown;
    char scenario[NAP_NAME_MAX];
    char soc[NAP_NAME_MAX]; /* a built-in machine; "": the scenario's first */
    char buggy[NAP_NAME_MAX], fixed[NAP_NAME_MAX]; /* variants of the scenario's driver */
    unsigned scenario_line, soc_line, buggy_line, fixed_line;
    uint32_t n_seen_in; /* other variants that have the bug too */
    char seen_in[NAP_HAZARD_RULES_MAX][NAP_NAME_MAX];
    unsigned seen_in_line;
    uint32_t n_set; /* parameters of the scenario, as --set */
    struct {
        char key[NAP_NAME_MAX], value[NAP_NAME_MAX];
        unsigned line;
    } set[NAP_HAZARD_SETTINGS_MAX];
    uint32_t n_switches;
    struct {
        char id[NAP_NAME_MAX], value[NAP_NAME_MAX];
        unsigned line;
    } switches[NAP_HAZARD_SETTINGS_MAX];
    uint32_t vary;   /* NAP_CHOICE_BIT mask */
    unsigned faults; /* of the buggy form; the fixed one gets one more */
    bool masters_live;
    enum nap_policy policy;
    enum nap_profile profile;
    uint64_t budget; /* executions of each form */
};

/* Reads one entry from YAML text; as nap_model_load(). Rules, scenario, variants and switches
 * are those that are built in. Free with nap_hazard_free(). */
NAP_EXPORT enum nap_err nap_hazard_load(const char *text, size_t bytes, const char *file,
                                        struct nap_hazard **out, struct nap_error *error);
NAP_EXPORT void nap_hazard_free(struct nap_hazard *hazard);

/* The built-in ones: names by index, NULL after the last; NAP_ERR_UNKNOWN says what is like it.
 */
NAP_EXPORT const char *nap_builtin_hazard_name(unsigned index);
NAP_EXPORT enum nap_err nap_builtin_hazard(const char *name, struct nap_hazard **out,
                                           struct nap_error *error);

/* "rule", "probe", "twin", "ledger" */
NAP_EXPORT const char *nap_hazard_shown_name(enum nap_hazard_shown shown);

/* --- running it --- */

/* One of the two forms, ready to explore. Points into itself and to the hazard. */
struct nap_hazard_form {
    struct nap_scenario *scenario;
    struct nap_soc *soc;
    struct nap_builtin_variant driver;
    struct nap_switch_setting switches[NAP_HAZARD_SETTINGS_MAX];
    struct nap_explore_config config;
};

/* Errors name the line of the hazard's file. Free with nap_hazard_form_free(). */
NAP_EXPORT enum nap_err nap_hazard_form(const struct nap_hazard *hazard, bool fixed,
                                        struct nap_hazard_form **out, struct nap_error *error);
/* The same of variant @index of `seen_in`, with what the buggy form gets. */
NAP_EXPORT enum nap_err nap_hazard_form_seen(const struct nap_hazard *hazard, uint32_t index,
                                             struct nap_hazard_form **out,
                                             struct nap_error *error);
NAP_EXPORT void nap_hazard_form_free(struct nap_hazard_form *form);

enum nap_hazard_status {
    NAP_HAZARD_NOT_COVERED,
    NAP_HAZARD_QUIET,  /* a control */
    NAP_HAZARD_MISSED, /* its reason says in which way */
    NAP_HAZARD_CAUGHT,
};

struct nap_hazard_result {
    enum nap_hazard_status status;
    bool fixed_clean; /* of a control: it is quiet */
    /* Of the fixed form's search. A clean form of which all runs were tried is proved clean. */
    uint64_t fixed_executions;
    bool fixed_exhausted;
    char reason[768]; /* why it is missed, not covered, or a false alarm; "" if all is well */
    /* The buggy form and its search; NULL and nothing for a control or what is not covered. */
    struct nap_hazard_form *form;
    struct nap_explore_result buggy;
    unsigned caught;   /* violation of `rule` among those, or UINT32_MAX */
    unsigned shown_in; /* the one whose story shows the harm: `caught` if that does */
};

/**
 * nap_hazard_run - whether the rules tell the buggy form from the fixed one
 *
 * With all rules on: the buggy form violates `rule`, and beside it none but those of `also`;
 * the shrunk story of that violation, run again, brings it again with the same digest; and what
 * `shown` names is in that same story, or else in one other, which replays as well. So does a
 * story of `rule` of each variant of `seen_in`. Anything else is NAP_HAZARD_MISSED. The fixed
 * form, same scenario and kinds of choice, one fault more, violates nothing.
 *
 * An error where an operation of the scenario is refused. Free with nap_hazard_result_free().
 */
NAP_EXPORT enum nap_err nap_hazard_run(const struct nap_hazard *hazard,
                                       struct nap_hazard_result *result,
                                       struct nap_error *error);
NAP_EXPORT void nap_hazard_result_free(struct nap_hazard_result *result);
/* "caught", "missed", "not-covered", "quiet" */
NAP_EXPORT const char *nap_hazard_status_name(enum nap_hazard_status status);

#endif
