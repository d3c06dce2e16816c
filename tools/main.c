/* SPDX-License-Identifier: MIT */
/* The command `regnap`: finds the subcommand, and says what there is. */
#include "cli.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *name, *usage, *about;
    int (*run)(const struct options *options);
    unsigned args_min, args_max;
    const char *arg; /* what the argument is, for messages */
} commands[COMMANDS] = {
    [COMMAND_LIST] = {"list", "list [socs|devices|scenarios|variants|rules|hazards|switches]",
                      "what there is", command_list, 0, 1, "what to list"},
    [COMMAND_RUN] = {"run", "run SCENARIO", "one run, exactly one verdict", command_run, 0, 1,
                     "a scenario"},
    [COMMAND_EXPLORE] = {"explore", "explore SCENARIO",
                         "search all runs; a counterexample file per distinct violation",
                         command_explore, 0, 1, "a scenario"},
    [COMMAND_REPLAY] = {"replay", "replay FILE", "a counterexample again, step by step",
                        command_replay, 1, 1, "a counterexample file"},
    [COMMAND_DIFF] =
        {"diff", "diff A B SCENARIO",
         "two variants or driver objects (.so): what B shows and does that A does not",
         command_diff, 2, 3, "two variants or driver objects and a scenario"},
    [COMMAND_HAZARDS] = {"hazards", "hazards [--run] [ID...]",
                         "the catalogue of known bugs, and whether the rules catch them",
                         command_hazards, 0, 0, "hazards"},
    [COMMAND_REGS] = {"regs", "regs DEVICE [REG[=VALUE]]",
                      "register reference, bit-field diagram, decoding", command_regs, 1, 2,
                      "a device or a model"},
};

static void help_all(void)
{
    printf(
        "regnap simulates, register by register, the blocks an Arm system puts to sleep and\n"
        "wakes up, runs backup and restore logic against them, and says what broke and why.\n"
        "\n"
        "usage: regnap COMMAND [OPTION...]\n"
        "\n");
    for (unsigned i = 0; i < COMMANDS; i++)
        printf("  %-9s %s\n", commands[i].name, commands[i].about);
    printf("\n"
           "regnap COMMAND --help tells its options; regnap --version the version.\n"
           "Exit status: 0 clean, 1 violation, 2 bad usage or input, 3 a fault of regnap,\n"
           "4 --require-proof not met.\n");
}

static void help_command(enum command command)
{
    printf("usage: regnap %s [OPTION...]\n\n%s\n\n", commands[command].usage,
           commands[command].about);
    options_help(command);
}

static int find_command(const char *name)
{
    const char *names[COMMANDS + 1] = {NULL};
    const char *close;

    for (int i = 0; i < COMMANDS; i++) {
        names[i] = commands[i].name;
        if (strcmp(name, names[i]) == 0)
            return i;
    }
    close = nearest(name, names);
    complain("unknown command '%s', expected one of: list, run, explore, replay, diff, "
             "hazards, regs%s%s%s",
             name, close ? "; did you mean '" : "", close ? close : "", close ? "'?" : "");
    return -1;
}

static int check_args(enum command command, const struct options *o)
{
    const char *const args[] = {o->arg, o->extra, o->third, NULL};
    unsigned n = 0;

    while (args[n])
        n++;
    if (n < commands[command].args_min)
        return complain("%s: found %s, expected %s: regnap %s", commands[command].name,
                        n ? "too few arguments" : "no argument", commands[command].arg,
                        commands[command].usage);
    if (n > commands[command].args_max)
        return complain("%s: found one argument too many, '%s', expected: regnap %s",
                        commands[command].name, args[commands[command].args_max],
                        commands[command].usage);
    return EXIT_CLEAN;
}

static int run_command(enum command command, int argc, char **argv)
{
    struct options options;
    int status = options_parse(command, argc, argv, &options);

    if (status)
        return status;
    if (options.help) {
        help_command(command);
        return EXIT_CLEAN;
    }
    status = check_args(command, &options);
    if (status)
        return status;
    status = blocks_open(&options);
    if (!status)
        status = commands[command].run(&options);
    blocks_close();
    return status;
}

/* What was to be read on stdout must have got there. */
static int flushed(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    return complain("standard output: %s", strerror(errno));
}

int main(int argc, char **argv)
{
    int command;

    fixed_addresses(argv);
    if (argc < 2)
        return complain("found no command, expected one of: list, run, explore, replay, diff, "
                        "hazards, regs "
                        "(see regnap --help)");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help_all();
        return flushed(EXIT_CLEAN);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("regnap %s\n", REGNAP_VERSION);
        return flushed(EXIT_CLEAN);
    }
    if (argv[1][0] == '-')
        return complain("unknown option '%s', expected a command, --help or --version",
                        argv[1]);
    command = find_command(argv[1]);
    if (command < 0)
        return EXIT_INPUT;
    return flushed(run_command((enum command)command, argc - 1, argv + 1));
}
