/* SPDX-License-Identifier: MIT */
/* Objects with one thing wrong each, chosen by a macro. */
#include "object.h"

#ifdef WRONG_NAMES
int wander(int);
int stray(void);
void *malloc(size_t);
int printf(const char *, ...);
int open(const char *, int, ...);
char *fdt_no_such_call(void);
extern int nap_nothing;
static void *volatile kept;
__attribute__((weak)) int may_be_absent(void);
#endif

#ifdef WRONG_WEAK
__attribute__((weak)) int may_be_absent(void);
extern __typeof__(nap_alloc) nap_alloc __attribute__((weak));
#endif

#ifdef WRONG_WEAK_ELSEWHERE
__attribute__((weak)) int getpid(void);
#endif

#ifdef WRONG_MANY_NAMES
#define DECLARE(n) int a_name_that_nobody_provides_##n(void);
#define CALL(n)    +a_name_that_nobody_provides_##n()
#define EACH(f)    f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11)
EACH(DECLARE)
#endif

#ifdef WRONG_TAKEN
NAP_EXPORT int index(int n);
NAP_EXPORT int nap_choice_kind_find(int n);
NAP_EXPORT int quite_its_own(int n);

int index(int n)
{
    return n + 1;
}

int nap_choice_kind_find(int n)
{
    return n + 2;
}

int quite_its_own(int n)
{
    return n + 3;
}
#endif

/* Nothing is wrong with these. bcmp() is what clang makes of memcmp(). */
#ifdef RIGHT_NAMES
int bcmp(const void *, const void *, size_t);
int snprintf(char *, size_t, const char *, ...);
unsigned long strtoul(const char *, char **, int);
#endif

#ifdef WRONG_THREAD
static _Thread_local int mine;
#endif

#ifdef WRONG_BIG
static char big[17u << 20]; /* an index that no compiler knows keeps it whole */
#endif

static int probe(struct nap_device *device)
{
    (void)device;
#if defined WRONG_NAMES
    return wander(printf("%d", 1)) + open("", 0) + stray() + ((kept = malloc(1)) != NULL) +
           (fdt_no_such_call() != NULL) + nap_nothing + (may_be_absent ? may_be_absent() : 0);
#elif defined WRONG_WEAK
    return (may_be_absent ? may_be_absent() : 100) + (nap_alloc ? 10 : 0);
#elif defined WRONG_WEAK_ELSEWHERE
    return getpid ? getpid() : 0;
#elif defined WRONG_MANY_NAMES
    return 0 EACH(CALL);
#elif defined WRONG_TAKEN
    return index(10) + nap_choice_kind_find(20) + quite_its_own(30);
#elif defined RIGHT_NAMES
    char text[32];
    (void)snprintf(text, sizeof text, "%p", (void *)device);
    return bcmp(text, device, 1) + (int)strtoul(text, NULL, 16);
#elif defined WRONG_THREAD
    return ++mine;
#elif defined WRONG_BIG
    return big[(uintptr_t)device % sizeof big]++;
#else
    return 0;
#endif
}

static int step(void)
{
    return 0;
}

static const struct nap_phase one[] = {{.name = "step", .kind = NAP_PHASE_STEP, .step = step}};

#ifdef WRONG_NO_DRIVER
#define DRIVER someone_else
#else
#define DRIVER nap_driver
#endif

NAP_EXPORT const struct nap_driver DRIVER = {
#ifdef WRONG_ABI
    .abi = NAP_DRIVER_ABI + 5,
#else
    .abi = NAP_DRIVER_ABI,
#endif
#ifndef LACKS_NAME
    .name = "wrong",
#endif
#ifndef LACKS_PROBE
    .probe = probe,
#endif
#ifndef LACKS_ATTACH
    .attach = answer_attach,
#endif
#ifndef LACKS_DETACH
    .detach = answer_attach,
#endif
#ifndef LACKS_MAP
    .map = answer_map,
#endif
#ifndef LACKS_UNMAP
    .unmap = answer_unmap,
#endif
#ifndef LACKS_SUSPEND
    .suspend = one,
#endif
    .n_suspend = 1,
#ifndef LACKS_RESUME
    .resume = one,
#endif
    .n_resume = 1,
};

#ifdef WRONG_PROGRAM
int main(void)
{
    return probe(NULL);
}
#endif
