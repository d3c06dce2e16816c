/* SPDX-License-Identifier: MIT */
/* Private to the command: what its files share. It uses the library's public headers only. */
#ifndef REGNAP_CLI_H
#define REGNAP_CLI_H

#include <regnap/builtin.h>
#include <regnap/run.h>

#include <stdio.h>

enum exit_status {
    EXIT_CLEAN = 0,
    EXIT_VIOLATION = 1,
    EXIT_INPUT = 2, /* bad usage, bad input, or the host refused a file or memory */
    EXIT_OURS = 3,  /* our own fault */
    EXIT_NO_PROOF = 4,
};

#define COLUMNS      96 /* of text for a terminal */
#define MAIL_COLUMNS 72

/* --- options.c --- */

enum command {
    COMMAND_LIST,
    COMMAND_RUN,
    COMMAND_EXPLORE,
    COMMAND_REPLAY,
    COMMAND_HAZARDS,
    COMMAND_REGS,
    COMMAND_DIFF,
    COMMANDS
};

#define OPTION_SETS_MAX     32
#define OPTION_SWITCHES_MAX 64
#define OPTION_MODELS_MAX   16
#define OPTION_BLOCKS_MAX   8
#define OPTION_RULES_MAX    128

/* The command line, checked as far as it goes without machine and scenario. */
struct options {
    const char *arg; /* the argument behind the command, or NULL */
    const char *extra, *third;
    char *const *words; /* the command's name and its options, as typed */
    char **ids;         /* of hazards */
    const char *hazard_file;
    const char *soc, *scenario_file, *variant, *driver, *out, *trace;
    const char *set[OPTION_SETS_MAX];
    const char *switches[OPTION_SWITCHES_MAX];
    const char *models[OPTION_MODELS_MAX]; /* files */
    const char *blocks[OPTION_BLOCKS_MAX]; /* files */
    const char *rules;                     /* comma list, or NULL for all */
    const char *no_rules[OPTION_RULES_MAX];
    const char *allow; /* file, or NULL */
    uint64_t seed, budget;
    unsigned n_words, n_ids, n_set, n_switches, n_models, n_blocks, n_no_rules, faults;
    uint32_t vary;
    enum nap_policy policy;
    enum nap_profile profile;
    enum nap_strategy strategy;
    bool seed_given, vary_given, budget_given;
    bool masters_live, policy_random;
    bool run, help, check_incremental, strict_protocol, require_proof, json, mail;
};

/* EXIT_CLEAN, or EXIT_INPUT after a message. argv[0] is the command's name. */
int options_parse(enum command command, int argc, char **argv, struct options *out);
/* The options that the command takes, one or two lines each. */
void options_help(enum command command);

/* --- blocks.c: kinds of devices --- */

/* Adds the user's own to those built in, from now to blocks_close(). EXIT_CLEAN, or another
 * status after a message; blocks_close() also then. */
int blocks_open(const struct options *options);
void blocks_close(void);
/* All of them, NULL-terminated. */
const struct nap_block *const *all_blocks(void);
/* Of all that the machine's devices are: models, and the code of block objects. */
struct nap_hash128 blocks_digest(const struct nap_soc *soc);

/* --- names.c: what findings mean, by machine description --- */

/* The model of a device, or NULL. */
const struct nap_model *model_of(const struct nap_soc *soc, unsigned device);
unsigned variant_of(const struct nap_soc *soc, unsigned device);
/* The register with that slot, its element in *@index; NULL if there is none. */
const struct nap_reg *register_of(const struct nap_model *model, unsigned slot,
                                  unsigned *index);
const char *device_text(const struct nap_soc *soc, unsigned device); /* "machine" for none */
/* "IMUCTR[32]" */
void register_text(const struct nap_soc *soc, unsigned device, unsigned slot, char *out,
                   size_t bytes);
/* "ds1.IMUCTR[32]", or what of it there is. */
void place_text(const struct nap_soc *soc, unsigned device, unsigned slot, char *out,
                size_t bytes);
/* "ds1.IMUCTR[32] at drivers/ipmmu/v9.c:41", "power on". */
void opened_text(const struct nap_soc *soc, const struct nap_obligation *o, char *out,
                 size_t bytes);
void closed_text(const struct nap_soc *soc, const struct nap_obligation *o, char *out,
                 size_t bytes);
/* The switch of that id in a model that the machine uses, or NULL. */
const struct nap_switch *switch_of(const struct nap_soc *soc, const char *id);
/* Whether the model of some device of the machine is @model. */
bool uses_model(const struct nap_soc *soc, const struct nap_model *model);
/* "order, latency" or "nothing". */
void vary_text(uint32_t vary, char *out, size_t bytes);
const char *probe_order_text(enum nap_probe_order order);
const char *strategy_text(enum nap_strategy strategy);
const char *basis_text(enum nap_basis basis);

/* Appends to text in a buffer; *at never passes the end. */
void append(char *out, size_t bytes, size_t *at, const char *format, ...) NAP_PRINTF(4, 5);
/* The name of the NULL-terminated list that looks most like @name, or NULL if none does. */
const char *nearest(const char *name, const char *const *list);

/* --- job.c: what a run is made of --- */

struct job {
    const char *driver_file, *scenario_file, *soc_file; /* as given, or NULL */
    const char *model_files[OPTION_MODELS_MAX];
    unsigned n_model_files;
    const char *block_files[OPTION_BLOCKS_MAX];
    unsigned n_block_files;
    struct nap_scenario *scenario;
    struct nap_soc *soc;
    struct nap_builtin_variant driver; /* or from an object, which is then: */
    struct nap_driver_object *object;
    struct nap_switch_setting switches[OPTION_SWITCHES_MAX];
    unsigned n_switches;
    const char *rules_off[OPTION_RULES_MAX];
    struct nap_allow_list *allow; /* NULL without --allow */
    struct nap_run_config config;
};

/* A machine by built-in name, by file, or NULL for the first built-in one; owned by the caller.
 */
int soc_open(const char *name, struct nap_soc **out);
/* EXIT_CLEAN, or another status after a message. job_close() also on failure. The job must not
 * move: its configuration points into it. */
int job_open(const struct options *options, const char *scenario, struct job *job);
void job_close(struct job *job);

/* --- select.c: which rules judge --- */

/* From --rules and --no-rule into the configuration of the job. EXIT_CLEAN, or EXIT_INPUT after
 * a message. */
int select_rules(const struct options *options, struct job *job);
/* Whether all rules judge. */
bool all_rules(const struct nap_run_config *config);
/* "rules off: a, b" or "only these rules judge: c", whichever is shorter. */
void rules_text(const struct nap_run_config *config, char *out, size_t bytes);

/* --- allow.c: violations that do not count --- */

/* The file of --allow into the configuration of the job. EXIT_CLEAN, or EXIT_INPUT after a
 * message. */
int allow_open(const struct options *options, struct job *job);
/* How many violations that entry covered; UINT32_MAX: all entries. */
uint64_t allow_count(const struct nap_findings *findings, unsigned entry);
/* ", but for 3 violations that allow.txt allows", or "". */
void allow_heading(const struct job *job, const struct nap_findings *findings, char *out,
                   size_t bytes);
/* What each entry covered, and the entries that covered nothing. Nothing without --allow. */
void text_allowed(const struct job *job, unsigned columns, const struct nap_findings *findings);

/* --- files.c --- */

/* A message on stderr, one line, "regnap: " in front. Returns EXIT_INPUT. */
int complain(const char *format, ...) NAP_PRINTF(1, 2);
/* The same for a failed library call; EXIT_OURS for NAP_ERR_INTERNAL. */
int complain_error(enum nap_err err, const struct nap_error *error);
/* Zeroed memory. A command that gets none says so and ends. */
void *need(size_t n, size_t bytes) __attribute__((returns_nonnull));
char *need_text(const char *text) __attribute__((returns_nonnull));
/* The whole file, malloc'ed; EXIT_INPUT after a message. */
int file_read(const char *path, char **text, size_t *bytes);
/* The line of a source file if it can be read from here, trimmed; false otherwise. */
bool source_line(const char *file, int line, char *out, size_t bytes);

/* A file that appears under its name when it is whole. */
struct output {
    FILE *file;
    char *path, *temporary; /* temporary NULL: written in place (a device, a pipe) */
};
int output_open(const char *path, struct output *out);
/* Puts the file under its name, or with @keep false throws it away. */
int output_close(struct output *out, bool keep);

/* Writes the counterexample into the directory (made if needed) and its name into @name; a file
 * that is there already is never changed. */
int counterexample_write(const char *directory, const struct nap_counterexample *c, char *name,
                         size_t bytes);
/* Everything but the finding and the choices comes from job and result. */
void counterexample_fill(const struct job *job, const struct nap_run_result *result,
                         const struct nap_finding *finding,
                         const struct nap_choice_list *choices, struct nap_counterexample *c);

/* --- crash.c --- */

/* From here on a crash of a driver object ends its call, and a rule reports it. */
void crash_catch(void);
/* With a driver object: starts the process again without address randomisation. */
void fixed_addresses(char **argv);

/* --- trace.c --- */

/* Text, or by the ending of the path JSON or binary records; on standard output what the report
 * is. */
struct trace {
    struct output output;
    enum { TRACE_TEXT, TRACE_JSON, TRACE_BINARY } format;
};
/* Does nothing where no trace is asked for. Sets the sink of @config. */
int trace_open(const struct options *o, struct nap_run_config *config, struct trace *trace);
int trace_close(struct trace *trace, bool keep);

/* The last steps before a moment that touched a device, its root, or the power. */
#define STEPS_SHOWN 15
struct steps {
    const struct nap_soc *soc;
    unsigned device;
    nap_step until;
    unsigned n; /* all that matched; the last STEPS_SHOWN are kept */
    char text[STEPS_SHOWN][COLUMNS * 3];
    unsigned times[STEPS_SHOWN];
};
/* Runs once more to collect them. */
int steps_collect(const struct job *job, const struct nap_choice_list *choices,
                  const struct nap_finding *finding, struct steps *steps);
void steps_print(const struct steps *steps);

/* --- moment.c --- */

#define MOMENT_PROBES_MAX 512

/* What DMA would have met where a violation came up, over all its occurrences. */
struct moment {
    unsigned n_writes; /* occurrences found */
    bool only_moving;  /* what moves no data is right for the rule */
    unsigned n;
    struct nap_finding_probe probes[MOMENT_PROBES_MAX];
};
/* Runs once more to look; falls back to the probes of the finding. */
int moment_collect(const struct job *job, const struct nap_choice_list *choices,
                   const struct nap_finding *finding, struct moment *moment);

/* --- text.c: for people --- */

/* Wrapped at COLUMNS, every line indented by @indent; "%s" is not interpreted. */
void text_wrapped(unsigned indent, const char *text);
/* Which rules judge, unless all do. */
void text_rules(const struct nap_run_config *config);
/* Drivers beside, a line each; nothing if there are none. @vary: kinds of choice. */
void text_beside(const struct nap_scenario *scenario, uint32_t vary);
/* "1 638 400" */
const char *text_number(uint64_t number, char out[32]);
/* The ending of a regular noun that so many are counted of: "" or "s". */
const char *text_plural(uint64_t number);
/* A violation with all that came up at the same step in the same place. */
int text_violation(const struct job *job, const struct nap_run_result *result, unsigned index,
                   const struct nap_choice_list *choices);
/* The same in short, for one more place where rules break that were told before. */
int text_violation_too(const struct job *job, const struct nap_run_result *result,
                       unsigned index, const struct nap_choice_list *choices);
/* Whether text_violation() of number @shown tells of that rule. */
bool text_told(const struct nap_run_result *result, unsigned shown,
               const struct nap_rule *rule);
/* One line: rule, register, driver line, count. */
void text_violation_short(const struct job *job, const struct nap_finding *finding,
                          uint64_t count);
/* What happens with that choice, in one line. */
void text_choice(const struct nap_keyed_choice *choice, char *out, size_t bytes);
void text_story(const struct nap_choice_list *choices);
/* How to replay the counterexample, with the files that the run was made of. */
void text_replay(const struct job *job, const char *counterexample);
void text_obligations(const struct job *job, const struct nap_findings *findings);
void text_notes(const struct job *job, const struct nap_findings *findings);
void text_unmodelled(const struct nap_run_result *result);

/* --- json.c: one object per line on stdout --- */

/* What a run object tells beside the run; NULL members are left out. */
struct json_extra {
    const char *counterexample;
    const unsigned *choices_before;
    bool needs_different_orders; /* told with choices_before */
    const char *replayed;        /* file */
    const char *replay_result;   /* "same", "other", "gone", "differs" */
    bool same_digests;
    const struct nap_choice_list *unplaced; /* recorded choices that nobody asked for */
    const struct nap_choice_list *changed;  /* and that mean something else in this run */
};
/* @only: index of the one violation to show, or UINT32_MAX for all. */
int json_run(const char *type, const struct job *job, const struct nap_run_result *result,
             unsigned only, const struct json_extra *extra);
int json_summary(const struct job *job, const struct nap_explore_config *config,
                 const struct nap_explore_result *result, const char *verdict,
                 char *const *counterexamples);

/* A machine: one object for itself, then one per power domain, device, master and node of its
 * device tree that is left out. */
int json_machine(const struct nap_soc *soc);
/* One object each, for the topics of `list`. The first value of a switch is its default. */
struct nap_rule;
int json_soc(const struct nap_soc *soc);
int json_scenario(const struct nap_scenario *scenario);
int json_variant(const struct nap_builtin_variant *variant);
int json_rule(const struct nap_rule *rule);
/* @model is NULL for a switch of the bus. */
int json_switch(const struct nap_model *model, const struct nap_switch *sw);

/* --- mail.c: plain ASCII in 72 columns --- */

void mail_say(unsigned indent, const char *format, ...) NAP_PRINTF(2, 3);
/* What was run on what, with the command to run it again. */
void mail_head(const struct options *options, const struct job *job);
void mail_bounds(const struct job *job, const struct nap_run_config *config, uint64_t budget);

struct mail_violation {
    const struct nap_finding *finding;
    const struct nap_choice_list *choices;
};
/* Each rule at each line once, with the units it came up on and the first one's story. */
void mail_violations(const struct job *job, const struct mail_violation *list, unsigned n);
void mail_obligations(const struct job *job, const struct nap_findings *findings);
/* A list of what was used and is not modelled, "" for nothing. */
void mail_unmodelled(const char *list);

/* mail_summary.c */
int mail_run(const struct options *options, const struct job *job,
             const struct nap_run_result *result);
int mail_explore(const struct options *options, const struct job *job,
                 const struct nap_explore_config *config,
                 const struct nap_explore_result *result);
void mail_explored_unmodelled(const struct nap_explore_result *result);

/* --- explore.c: parts that other commands share --- */

/* What options of a search cannot go together. */
int explore_check(const struct options *options);
/* The search that the options ask for. Completes the configuration of @job. */
struct nap_explore_config explore_configure(const struct options *options, struct job *job);
/* "proved", "none-found" or "violation". */
const char *explore_verdict(const struct nap_explore_config *config,
                            const struct nap_explore_result *result);
/* The same as a sentence, with how much was searched. */
void explore_sentence(const struct job *job, const struct nap_explore_config *config,
                      const struct nap_explore_result *result, char *out, size_t bytes);
/* A counterexample file per violation; @names gets theirs, from need_text(). */
int explore_write(const struct options *options, const struct job *job,
                  const struct nap_explore_result *result, char **names);
/* The order in which to tell violations: causes before consequences. */
void explore_order(const struct nap_explore_result *result, unsigned *order);
/* Whether two violations came up by the same choices. */
bool same_story(const struct nap_choice_list *a, const struct nap_choice_list *b);
/* The violation among those of its shrunk run. */
unsigned explore_index(const struct nap_explored_violation *violation);
/* Violation objects, then the summary. @names NULL: no files were written. */
int explore_json(const struct job *job, const struct nap_explore_config *config,
                 const struct nap_explore_result *result, char *const *names);

/* --- hazards.c --- */

struct nap_hazard;
int json_hazard(const struct nap_hazard *hazard);

/* --- one file each --- */

int command_list(const struct options *options);
int command_run(const struct options *options);
int command_explore(const struct options *options);
int command_replay(const struct options *options);
int command_diff(const struct options *options);
int command_hazards(const struct options *options);
int command_regs(const struct options *options);

#endif
