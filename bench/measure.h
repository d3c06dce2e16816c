/* SPDX-License-Identifier: MIT */
/* Measuring in processor time, which other load disturbs least: the median of several batches,
 * printed beside its ratio to a volatile store of the same run, so that machines can be
 * compared. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define REPEATS  9
#define BATCH_NS 20e6 /* one measurement lasts about this long */

static inline double now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static inline int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Does something @n times. */
typedef void work_fn(void *context, unsigned long n);

/* Nanoseconds for one of it: median over batches long enough to be timed. */
static inline double measure(work_fn *work, void *context)
{
    double samples[REPEATS];
    unsigned long n = 1;
    double spent = 0;

    while (spent < BATCH_NS) {
        double start = now_ns();
        work(context, n);
        spent = now_ns() - start;
        if (spent < BATCH_NS)
            n = spent < BATCH_NS / 16 ? n * 8 : n * 2;
    }
    for (unsigned i = 0; i < REPEATS; i++) {
        double start = now_ns();
        work(context, n);
        samples[i] = (now_ns() - start) / (double)n;
    }
    qsort(samples, REPEATS, sizeof *samples, compare);
    return samples[REPEATS / 2];
}

/* --- report ---------------------------------------------------------------------------------
 */

static double store_ns;

static inline void heading(void)
{
    printf("%-44s %12s %10s   %s\n", "", "measured", "stores", "budget");
}

static inline void line(const char *what, double ns, const char *budget)
{
    printf("%-44s %9.2f ns %10.1f   %s\n", what, ns, ns / store_ns, budget);
}

static inline void volatile_stores(void *context, unsigned long n)
{
    volatile uint32_t *cell = context;

    for (unsigned long i = 0; i < n; i++)
        *cell = (uint32_t)i;
}

#endif
