/* SPDX-License-Identifier: MIT */
/* Crashes of driver objects become verdicts; addresses in the process are the same each time.
 */
#define _GNU_SOURCE
#include "cli.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#define STACK_BYTES ((size_t)1 << 20) /* rules and traces run on it */

/* Comes back only if it was not the driver. */
static void handle(int number, siginfo_t *info, void *context)
{
    (void)info;
    nap_driver_crashed(number, context);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

void crash_catch(void)
{
    /* A compiler's trap is one of the last two. */
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    static max_align_t room[STACK_BYTES / sizeof(max_align_t)]; /* as long as the process */
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room};

    action.sa_sigaction = handle;
    (void)sigemptyset(&action.sa_mask);
    if (sigaltstack(&stack, NULL) != 0)
        return;
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        (void)sigaction(numbers[i], &action, NULL);
}

/* A driver's data may hold addresses of itself, and what it writes or prints goes into digests.
 * Where the system does not allow it, all else works the same. */
void fixed_addresses(char **argv)
{
    int now = personality(0xffffffff);
    bool driver = false;

    if (argv[0] && argv[1] && strcmp(argv[1], "diff") == 0)
        driver = true; /* its arguments may be objects */
    for (char **word = argv; *word; word++)
        driver |= strcmp(*word, "--driver") == 0 || strncmp(*word, "--driver=", 9) == 0;
    if (!driver || now < 0 || (now & ADDR_NO_RANDOMIZE) ||
        personality((unsigned)now | ADDR_NO_RANDOMIZE) < 0)
        return;
    (void)execv("/proc/self/exe", argv);
}
