/* SPDX-License-Identifier: MIT */
/* The command line. One table says which command takes which option; help comes from it. */
#include "cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define FOR_LIST    (1u << COMMAND_LIST)
#define FOR_RUN     (1u << COMMAND_RUN)
#define FOR_EXPLORE (1u << COMMAND_EXPLORE)
#define FOR_REPLAY  (1u << COMMAND_REPLAY)
#define FOR_HAZARDS (1u << COMMAND_HAZARDS)
#define FOR_REGS    (1u << COMMAND_REGS)
#define FOR_DIFF    (1u << COMMAND_DIFF)
#define FOR_SEARCH  (FOR_EXPLORE | FOR_DIFF)
#define FOR_BOTH    (FOR_RUN | FOR_SEARCH)
#define FOR_ALL     ((1u << COMMANDS) - 1)
#define AGAIN       (1u << COMMANDS) /* may be given more than once */

/* --- values --- */

static int take_name(const char *option, const char *value, const char *const *names,
                     unsigned *out)
{
    char list[256];
    size_t at = 0;

    for (unsigned i = 0; names[i]; i++) {
        if (strcmp(value, names[i]) == 0) {
            *out = i;
            return EXIT_CLEAN;
        }
        append(list, sizeof list, &at, "%s%s", i ? ", " : "", names[i]);
    }
    return complain("--%s: found '%s', expected one of: %s", option, value, list);
}

static int take_number(const char *option, const char *value, uint64_t min, uint64_t max,
                       uint64_t *out)
{
    char *end;
    bool digits = *value >= '0' && *value <= '9';

    errno = 0;
    *out = strtoull(value, &end, 0);
    if (digits && !errno && !*end && *out >= min && *out <= max)
        return EXIT_CLEAN;
    return complain("--%s: found '%s', expected a number from %llu to %llu", option, value,
                    (unsigned long long)min, (unsigned long long)max);
}

static int take_kind(const char *name, size_t length, uint32_t *mask)
{
    char text[64] = "", all[128];
    int kind = -1;

    if (length < sizeof text) {
        memcpy(text, name, length);
        text[length] = 0;
        kind = nap_choice_kind_find(text);
    }
    if (kind >= 0) {
        *mask |= NAP_CHOICE_BIT(kind);
        return EXIT_CLEAN;
    }
    vary_text(UINT32_MAX, all, sizeof all);
    return complain("--vary: found '%.*s', expected a list of: %s; or none", (int)length, name,
                    all);
}

static int take_vary(const char *value, uint32_t *mask)
{
    int status = EXIT_CLEAN;

    *mask = 0;
    if (strcmp(value, "none") == 0)
        return EXIT_CLEAN;
    for (const char *at = value; !status;) {
        size_t length = strcspn(at, ",");
        status = take_kind(at, length, mask);
        if (!at[length])
            break;
        at += length + 1;
    }
    return status;
}

static int take_assignment(const char *option, const char *value, const char **list,
                           unsigned *n, unsigned max)
{
    const char *equals = strchr(value, '=');

    if (!equals || equals == value || !equals[1])
        return complain("--%s: found '%s', expected %s", option, value,
                        strcmp(option, "set") == 0 ? "KEY=VALUE, as probe-order=any"
                                                   : "ID=VALUE, as P02=fault");
    if (*n == max)
        return complain("--%s: found more than %u of them, expected at most %u", option, max,
                        max);
    list[(*n)++] = value;
    return EXIT_CLEAN;
}

/* --- one function per option --- */

static int take_soc(struct options *o, const char *value)
{
    o->soc = value;
    return EXIT_CLEAN;
}

static int take_file(const char *option, const char *value, const char **list, unsigned *n,
                     unsigned max)
{
    if (!*value)
        return complain("--%s: found nothing, expected a file name", option);
    if (*n == max)
        return complain("--%s: found more than %u of them, expected at most %u", option, max,
                        max);
    list[(*n)++] = value;
    return EXIT_CLEAN;
}

static int take_model(struct options *o, const char *value)
{
    return take_file("model", value, o->models, &o->n_models, OPTION_MODELS_MAX);
}

static int take_block(struct options *o, const char *value)
{
    return take_file("block", value, o->blocks, &o->n_blocks, OPTION_BLOCKS_MAX);
}

static int take_scenario(struct options *o, const char *value)
{
    o->scenario_file = value;
    return EXIT_CLEAN;
}

static int take_variant(struct options *o, const char *value)
{
    o->variant = value;
    return EXIT_CLEAN;
}

static int take_driver(struct options *o, const char *value)
{
    o->driver = value;
    return *value ? EXIT_CLEAN : complain("--driver: found nothing, expected a file name");
}

static int take_set(struct options *o, const char *value)
{
    return take_assignment("set", value, o->set, &o->n_set, OPTION_SETS_MAX);
}

static int take_switch(struct options *o, const char *value)
{
    return take_assignment("switch", value, o->switches, &o->n_switches, OPTION_SWITCHES_MAX);
}

static int take_masters(struct options *o, const char *value)
{
    static const char *const names[] = {"held", "live", NULL};
    unsigned index = 0;
    int status = take_name("masters", value, names, &index);

    o->masters_live = index == 1;
    return status;
}

static int take_policy(struct options *o, const char *value)
{
    static const char *const names[] = {"eager", "lazy", "random", NULL};
    unsigned index = 0;
    int status = take_name("policy", value, names, &index);

    o->policy = index == 1 ? NAP_POLICY_LAZY : NAP_POLICY_EAGER;
    o->policy_random = index == 2;
    return status;
}

static int take_profile(struct options *o, const char *value)
{
    static const char *const names[] = {"zero", "hostile", NULL};
    unsigned index = 0;
    int status = take_name("profile", value, names, &index);

    o->profile = index == 1 ? NAP_PROFILE_HOSTILE : NAP_PROFILE_ZERO;
    return status;
}

static int take_strategy(struct options *o, const char *value)
{
    static const char *const names[] = {"exhaustive", "random", NULL};
    unsigned index = 0;
    int status = take_name("strategy", value, names, &index);

    o->strategy = index == 1 ? NAP_STRATEGY_RANDOM : NAP_STRATEGY_EXHAUSTIVE;
    return status;
}

static int take_seed(struct options *o, const char *value)
{
    o->seed_given = true;
    return take_number("seed", value, 1, UINT64_MAX, &o->seed);
}

static int take_kinds(struct options *o, const char *value)
{
    o->vary_given = true;
    return take_vary(value, &o->vary);
}

static int take_faults(struct options *o, const char *value)
{
    uint64_t number = 0;
    int status = take_number("faults", value, 0, 100, &number);

    o->faults = (unsigned)number;
    return status;
}

static int take_budget(struct options *o, const char *value)
{
    int status = take_number("budget", value, 0, UINT64_MAX, &o->budget);

    o->budget_given = true;
    if (o->budget == 0)
        o->budget = UINT64_MAX;
    return status;
}

static int take_out(struct options *o, const char *value)
{
    o->out = value;
    return *value ? EXIT_CLEAN : complain("--out: found nothing, expected a directory");
}

static int take_trace(struct options *o, const char *value)
{
    o->trace = value;
    return *value ? EXIT_CLEAN : complain("--trace: found nothing, expected a file name");
}

static int take_check_incremental(struct options *o, const char *value)
{
    (void)value;
    o->check_incremental = true;
    return EXIT_CLEAN;
}

static int take_strict_protocol(struct options *o, const char *value)
{
    (void)value;
    o->strict_protocol = true;
    return EXIT_CLEAN;
}

static int take_require_proof(struct options *o, const char *value)
{
    (void)value;
    o->require_proof = true;
    return EXIT_CLEAN;
}

static int take_mail(struct options *o, const char *value)
{
    (void)value;
    o->mail = true;
    return EXIT_CLEAN;
}

static int take_run(struct options *o, const char *value)
{
    (void)value;
    o->run = true;
    return EXIT_CLEAN;
}

static int take_hazard(struct options *o, const char *value)
{
    o->hazard_file = value;
    return *value ? EXIT_CLEAN : complain("--hazard: found nothing, expected a file name");
}

static int take_json(struct options *o, const char *value)
{
    (void)value;
    o->json = true;
    return EXIT_CLEAN;
}

static int take_rules(struct options *o, const char *value)
{
    o->rules = value;
    return *value ? EXIT_CLEAN
                  : complain("--rules: found nothing, expected a list of rules, as "
                             "dma-isolation,dma-freshness");
}

static int take_no_rule(struct options *o, const char *value)
{
    if (o->n_no_rules == OPTION_RULES_MAX)
        return complain("--no-rule: found more than %d of them, expected at most %d",
                        OPTION_RULES_MAX, OPTION_RULES_MAX);
    o->no_rules[o->n_no_rules++] = value;
    return EXIT_CLEAN;
}

static int take_allow(struct options *o, const char *value)
{
    o->allow = value;
    return *value ? EXIT_CLEAN : complain("--allow: found nothing, expected a file name");
}

static int take_help(struct options *o, const char *value)
{
    (void)value;
    o->help = true;
    return EXIT_CLEAN;
}

/* --- the table --- */

static const struct row {
    const char *name;
    const char *value; /* NULL: takes none */
    unsigned commands;
    int (*take)(struct options *options, const char *value);
    const char *about;
} rows[] = {
    {"run", NULL, FOR_HAZARDS, take_run,
     "runs the buggy and the fixed form of each; without IDs all of them"},
    {"hazard", "FILE", FOR_HAZARDS, take_hazard, "an entry of your own (hazards/README.md)"},
    {"soc", "NAME|FILE", FOR_ALL & ~FOR_HAZARDS, take_soc,
     "machine: built in, a YAML file, or a board's device tree (.dtb)\n"
     "(default: the scenario's first, or the first there is)"},
    {"model", "FILE", (FOR_ALL & ~FOR_HAZARDS) | AGAIN, take_model,
     "registers of one more kind of device, as YAML (models/README.md);\n"
     "may be given again"},
    {"block", "FILE.so", (FOR_ALL & ~FOR_HAZARDS) | AGAIN, take_block,
     "one more kind of device with behaviour, as a shared object\n"
     "(examples/block); may be given again"},
    {"scenario", "FILE", FOR_BOTH | FOR_REPLAY, take_scenario,
     "a scenario of your own, instead of a built-in one"},
    {"variant", "V", FOR_RUN | FOR_EXPLORE | FOR_REPLAY, take_variant,
     "of the driver logic (default: the first, which we recommend)"},
    {"driver", "FILE.so", FOR_RUN | FOR_EXPLORE | FOR_REPLAY, take_driver,
     "a driver of your own, as a shared object (docs/porting.md)"},
    {"set", "KEY=VALUE", FOR_BOTH | AGAIN, take_set,
     "a parameter of the scenario: probe-order=root-first|any,\n"
     "driver.KEY=VALUE, which the driver understands, or\n"
     "beside.DRIVER=VARIANT of a driver beside it"},
    {"switch", "ID=VALUE", FOR_BOTH | AGAIN, take_switch,
     "undocumented hardware: see `regnap list switches`"},
    {"masters", "held|live", FOR_BOTH, take_masters,
     "held while asleep and resuming (default), or always live"},
    {"policy", "eager|lazy|random", FOR_BOTH, take_policy,
     "when hardware work that is not varied finishes (default eager)"},
    {"profile", "zero|hostile", FOR_BOTH, take_profile,
     "what unknown registers wake up with (default zero)"},
    {"seed", "N", FOR_BOTH, take_seed, "random choices from this seed (default 1)"},
    {"vary", "KINDS", FOR_BOTH, take_kinds,
     "order,latency,reset,retain,fail,abort,loss,handler,post,api,\n"
     "queue-fill,idle,irq, or none: the plainest run alone, which is\n"
     "quick (default the scenario's list; run without --seed and\n"
     "--policy random: none)"},
    {"strategy", "exhaustive|random", FOR_SEARCH, take_strategy,
     "how to search (default exhaustive)"},
    {"faults", "N", FOR_BOTH, take_faults,
     "faults allowed in one run, of hardware or of a varied kind `fail`\n"
     "(default 0)"},
    {"budget", "N", FOR_SEARCH, take_budget,
     "executions at most, 0: no limit (default 1000000; for a proof 0)"},
    {"require-proof", NULL, FOR_SEARCH, take_require_proof,
     "exit status 4 unless every run within the bounds was covered"},
    {"out", "DIR", FOR_BOTH | FOR_HAZARDS, take_out,
     "where counterexamples go (default of explore and diff:\nregnap-out; of others: nowhere)"},
    {"trace", "FILE", FOR_RUN | FOR_REPLAY, take_trace,
     "every step: text, JSON lines (.json) or binary records (.bin);\n"
     "-: on standard output, before the report"},
    {"check-incremental", NULL, FOR_BOTH | FOR_REPLAY, take_check_incremental,
     "compute every answer twice, incrementally and from nothing"},
    {"strict-protocol", NULL, FOR_BOTH, take_strict_protocol, "notes are violations"},
    {"rules", "LIST", FOR_BOTH | FOR_REPLAY, take_rules,
     "only these rules judge, as dma-isolation,dma-freshness"},
    {"no-rule", "ID", FOR_BOTH | FOR_REPLAY | AGAIN, take_no_rule,
     "this rule does not judge (may be given again)"},
    {"allow", "FILE", FOR_BOTH, take_allow,
     "violations that do not count, each with its reason\n(docs/suppressions.md)"},
    {"summary-mail", NULL, FOR_BOTH, take_mail,
     "72 columns of plain text, for a reply on a mailing list"},
    {"json", NULL, FOR_BOTH | FOR_REPLAY | FOR_LIST | FOR_HAZARDS, take_json,
     "one JSON object per line on stdout"},
    {"help", NULL, FOR_ALL, take_help, "this text"},
};

#define N_ROWS (sizeof rows / sizeof rows[0])

static void print_row(const struct row *row)
{
    const char *about = row->about;
    char left[64];

    snprintf(left, sizeof left, "--%s%s%s", row->name, row->value ? " " : "",
             row->value ? row->value : "");
    for (const char *end = about; *end; about = end + 1, left[0] = 0) {
        end = about + strcspn(about, "\n");
        printf("  %-28s %.*s\n", left, (int)(end - about), about);
    }
}

void options_help(enum command command)
{
    for (unsigned i = 0; i < N_ROWS; i++)
        if (rows[i].commands & 1u << command)
            print_row(&rows[i]);
}

static int unknown(enum command command, const char *word)
{
    const char *names[N_ROWS + 1];
    const char *close;
    char bare[64];
    unsigned n = 0;

    for (unsigned i = 0; i < N_ROWS; i++)
        if (rows[i].commands & 1u << command)
            names[n++] = rows[i].name;
    names[n] = NULL;
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(word, "="), word);
    close = nearest(bare + strspn(bare, "-"), names);
    return complain("unknown option '%s'%s%s%s; see --help for those there are", bare,
                    close ? ", did you mean --" : "", close ? close : "", close ? "?" : "");
}

/* getopt_long() takes any unambiguous beginning; a script that uses one breaks with the next
 * option we add. */
static bool spelled_out(const struct row *row, const char *word)
{
    size_t length = strlen(row->name);

    return strncmp(word, "--", 2) == 0 && strncmp(word + 2, row->name, length) == 0 &&
           (word[2 + length] == 0 || word[2 + length] == '=');
}

static const char *current_word(char **argv)
{
    return optarg && argv[optind - 1] == optarg ? argv[optind - 2] : argv[optind - 1];
}

/* A second value would take the place of the first, and nobody would know. */
static int take_row(const struct row *row, bool *given, struct options *o)
{
    if (*given && row->value && !(row->commands & AGAIN))
        return complain("--%s: found it twice, expected it once", row->name);
    *given = true;
    return row->take(o, optarg);
}

static int take_one(enum command command, char **argv, int found, bool *given,
                    struct options *o)
{
    const char *word = current_word(argv);

    if (found == 'h')
        return take_help(o, NULL);
    if (found >= 256 && spelled_out(&rows[found - 256], word))
        return take_row(&rows[found - 256], &given[found - 256], o);
    if (found == ':')
        return complain("option '%s' needs a value, found none", argv[optind - 1]);
    if (found == '?' && optopt >= 256)
        return complain("option '--%s' takes no value, found '%s'", rows[optopt - 256].name,
                        strchr(word, '=') ? strchr(word, '=') + 1 : "");
    if (found == '?' && optopt) {
        char flag[3] = {'-', (char)optopt, 0};
        return unknown(command, flag);
    }
    return unknown(command, word);
}

static int take_ids(int argc, char **argv, struct options *o)
{
    o->ids = argv + optind;
    o->n_ids = (unsigned)(argc - optind);
    return EXIT_CLEAN;
}

static int take_args(int argc, char **argv, struct options *o)
{
    if (optind < argc)
        o->arg = argv[optind++];
    if (optind < argc)
        o->extra = argv[optind++];
    if (optind < argc)
        o->third = argv[optind++];
    if (optind < argc)
        return complain("found one argument too many: '%s'", argv[optind]);
    return EXIT_CLEAN;
}

int options_parse(enum command command, int argc, char **argv, struct options *o)
{
    struct option table[N_ROWS + 1] = {{0}};
    bool given[N_ROWS] = {false};
    unsigned n = 0;
    int found, status;

    memset(o, 0, sizeof *o);
    o->seed = 1;
    for (unsigned i = 0; i < N_ROWS; i++)
        if (rows[i].commands & 1u << command)
            table[n++] =
                (struct option){rows[i].name, rows[i].value ? required_argument : no_argument,
                                NULL, 256 + (int)i};
    opterr = 0;
    while ((found = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        status = take_one(command, argv, found, given, o);
        if (status)
            return status;
    }
    o->words = argv;
    o->n_words = (unsigned)optind;
    if (o->json && o->mail)
        return complain("found both --json and --summary-mail, expected one of them");
    return command == COMMAND_HAZARDS ? take_ids(argc, argv, o) : take_args(argc, argv, o);
}
