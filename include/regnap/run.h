/* SPDX-License-Identifier: MIT */
/* Running a scenario with driver logic on a machine, and searching its choices. Set-up reports
 * a lack of memory as NAP_ERR_NOMEM; once a run or search is under way, a lack of memory for
 * its findings, path or visited states ends the process with abort(): a verdict that may have
 * missed something is never given. */
#ifndef REGNAP_RUN_H
#define REGNAP_RUN_H

#include <regnap/allow.h>
#include <regnap/choose.h>
#include <regnap/driver.h>
#include <regnap/findings.h>
#include <regnap/machine.h>
#include <regnap/scenario.h>

/* What a run is made of. Everything pointed to outlives the run. */
struct nap_run_config {
    const struct nap_scenario *scenario;
    const struct nap_soc *soc;
    const struct nap_driver *driver;
    /* Those that the scenario has beside it, in its order: each for devices of its own. */
    const struct nap_driver *beside[NAP_SCENARIO_BESIDE_MAX];
    uint32_t n_beside;
    struct nap_driver_object *object; /* it comes from; NULL: built in */
    const char *variant;              /* for reports only */
    struct nap_hash128 model_digest;
    struct nap_hash128 driver_digest;
    const struct nap_block *const *blocks; /* NULL-terminated */
    bool masters_live;                     /* every master autonomous */
    enum nap_policy policy;
    enum nap_profile profile;
    bool random_policy; /* latency from the seed */
    uint64_t seed;
    uint32_t vary;   /* NAP_CHOICE_BIT mask */
    unsigned faults; /* hardware faults allowed in one run */
    bool strict_protocol;
    bool check_incremental;
    /* Driver calls that may be left at any access run again from their beginning for each, as
     * they do where they cannot have a stack of their own. Slower, the same verdicts. */
    bool rerun_calls;
    const char *const *rules_off; /* ids of rules that do not judge (obligations stay) */
    unsigned n_rules_off;
    const struct nap_allow_list *allow; /* violations that do not count; NULL: none */
    const struct nap_switch_setting *switches;
    unsigned n_switches;
    unsigned machine_slot;
    nap_trace_sink *trace; /* may be NULL */
    void *trace_context;
};

/* A choice of a run under the key that survives an edit of the driver. */
struct nap_keyed_choice {
    enum nap_choice_kind kind;
    char label[64];
    char instance[NAP_NAME_MAX * 2]; /* as "ds1.IMCTR[1]", or "" */
    uint32_t nth;                    /* counted from 0 among choices of the same key */
    uint32_t n, value;
    char means[64]; /* for people: "ds1 next" */
};

struct nap_choice_list {
    struct nap_keyed_choice *list;
    unsigned n, room;
};

/* --- one run --------------------------------------------------------------------------------
 */

struct nap_run_result {
    struct nap_findings findings;
    struct nap_choice_list choices; /* the non-zero ones */
    unsigned choices_asked;         /* all that had more than one outcome */
    unsigned choices_unplaced;      /* replay: recorded choices nobody asked for */
    struct nap_counters counters;
    struct nap_hash128 digest; /* of the trace and end state; portable */
    int suspend_result, resume_result;
    bool incremental_mismatch; /* our own fault */
    unsigned n_unasked;        /* parameters of the driver that it never asked for */
    const char *unasked[NAP_SCENARIO_PARAMETERS_MAX];
    unsigned n_unmodelled;
    struct {
        char what[96]; /* as "ds1 IMUCTR.FIXADDEN" */
        unsigned count;
    } unmodelled[NAP_UNMODELLED_MAX];
    unsigned unmodelled_unlisted; /* uses of more than there is room for */
    unsigned n_switches;          /* consulted, with the value in force */
    struct {
        const char *id;
        const char *value;
    } switches[64];
    /* By violation: switches it needs, and (switch, value) pairs it stands under. */
    struct nap_dependence *dependence;
};

/* Design 4.16: what a verdict does and does not depend on. */
struct nap_dependence {
    unsigned n_depends_on;
    const char *depends_on[32];
    unsigned n_holds_under;
    struct {
        const char *id;
        const char *value;
    } holds_under[64];
};

/* Once through the scenario. @choices are replayed by key, others are 0 (or random with
 * config->seed where @choices is NULL and config->seed is not 0). Free with
 * nap_run_result_free() also on failure. */
NAP_EXPORT enum nap_err nap_run(const struct nap_run_config *config,
                                const struct nap_choice_list *choices,
                                struct nap_run_result *result, struct nap_error *error);
/* Fills result->dependence by runs with each consulted switch at each other value. */
NAP_EXPORT enum nap_err nap_run_dependence(const struct nap_run_config *config,
                                           const struct nap_choice_list *choices,
                                           struct nap_run_result *result,
                                           struct nap_error *error);
NAP_EXPORT void nap_run_result_free(struct nap_run_result *result);
/* Whether two violations are the same for counting: rule, device, file:line. */
NAP_EXPORT bool nap_same_violation(const struct nap_finding *a, const struct nap_finding *b);

/* --- a search -------------------------------------------------------------------------------
 */

enum nap_strategy { NAP_STRATEGY_EXHAUSTIVE, NAP_STRATEGY_RANDOM };

struct nap_explore_config {
    struct nap_run_config run;
    enum nap_strategy strategy;
    uint64_t budget; /* executions; UINT64_MAX for none */
};

/* One distinct violation of a search. */
struct nap_explored_violation {
    struct nap_finding finding;     /* of the shrunk run */
    uint64_t count;                 /* edges on which it came up */
    struct nap_choice_list choices; /* shrunk */
    unsigned choices_before;        /* non-zero choices when first met */
    unsigned choices_asked;         /* in the shrunk run */
    struct nap_run_result result;   /* the shrunk run, with dependence */
    bool needs_different_orders;    /* gone when all walks use one list order */
};

struct nap_explore_result {
    uint64_t executions;
    uint64_t distinct_states;
    uint64_t distinct_runs; /* random: distinct choice lists */
    bool exhausted;
    /* Why not all executions were run, other than for the budget: a driver call came to where
     * it had been before, and may go on like that for ever; the waits of a driver call may add
     * up to more than the minute of simulated time that a call may take. */
    bool circles, slow;
    char orders_covered[64]; /* decimal */
    double collision_bound;  /* probability that two states shared a key */
    bool incremental_mismatch;
    unsigned n_violations;
    struct nap_explored_violation *violations;
    /* Distinct notes and allowed violations met on any edge; only .notes and .allowed are used.
     */
    struct nap_findings notes;
    unsigned n_unmodelled;                   /* what some execution used that is not modelled */
    char unmodelled[NAP_UNMODELLED_MAX][96]; /* as nap_run_result has it */
    unsigned unmodelled_unlisted;            /* the same; 0: all that was used is listed */
    unsigned units;                          /* elements walked over, for orders_covered */
    uint64_t accesses_median;                /* register accesses of a complete execution */
};

NAP_EXPORT enum nap_err nap_explore(const struct nap_explore_config *config,
                                    struct nap_explore_result *result, struct nap_error *error);
NAP_EXPORT void nap_explore_result_free(struct nap_explore_result *result);

/* --- counterexample files --- */

#define NAP_COUNTEREXAMPLE_RULES_MAX 128

/* What a counterexample file holds. */
struct nap_counterexample {
    char scenario[NAP_NAME_MAX], variant[NAP_NAME_MAX], soc[NAP_NAME_MAX];
    char masters[8], policy[8], profile[8], probe_order[16];
    unsigned n_parameters; /* driver.KEY */
    struct nap_parameter parameters[NAP_SCENARIO_PARAMETERS_MAX];
    unsigned n_beside; /* drivers beside: name and variant */
    struct nap_parameter beside[NAP_SCENARIO_BESIDE_MAX];
    bool strict_protocol;
    unsigned n_rules_off; /* that did not judge */
    char rules_off[NAP_COUNTEREXAMPLE_RULES_MAX][64];
    unsigned faults;
    uint32_t vary;
    unsigned n_switches;
    struct {
        char id[16], value[32];
    } switches[32];
    struct nap_hash128 scenario_digest; /* of its text; 0 in a file that does not tell */
    struct nap_hash128 model_digest, driver_digest, run_digest;
    struct nap_choice_list choices;
    char rule[64], device[NAP_NAME_MAX], reg[NAP_NAME_MAX], file[256], message[320];
    int line;
};

/* Reads a counterexample from JSON text. Everything is checked before anything is built; errors
 * name file, line and what was expected. */
NAP_EXPORT enum nap_err nap_counterexample_load(const char *text, size_t bytes,
                                                const char *file,
                                                struct nap_counterexample **out,
                                                struct nap_error *error);
/* JSON text of a counterexample, stable byte for byte; malloc'ed, NULL when out of memory. */
NAP_EXPORT char *nap_counterexample_text(const struct nap_counterexample *c);
NAP_EXPORT void nap_counterexample_free(struct nap_counterexample *c);

/* "0123456789abcdef0123456789abcdef" */
NAP_EXPORT void nap_hash_text(struct nap_hash128 hash, char out[33]);

#endif
