/* SPDX-License-Identifier: MIT */
/* Simulated time, in nanoseconds. It passes in udelay(), and a little at each look at the
 * clock, so that a wait for a deadline comes to its end. */
#ifndef REGNAP_XEN_TIME_H
#define REGNAP_XEN_TIME_H

#include <xen/types.h>

typedef int64_t s_time_t;

#define PRI_stime PRId64

s_time_t get_s_time(void);

#define NOW()           get_s_time()
#define SECONDS(n)      ((s_time_t)((n)*1000000000ULL))
#define MILLISECS(n)    ((s_time_t)((n)*1000000ULL))
#define MICROSECS(n)    ((s_time_t)((n)*1000ULL))
#define STIME_MAX       INT64_MAX
#define STIME_DELTA_MAX ((s_time_t)(UINT64_MAX >> 2))

#endif
