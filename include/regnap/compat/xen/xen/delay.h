/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_DELAY_H
#define REGNAP_XEN_DELAY_H

#include <xen/types.h>

void udelay(unsigned long microseconds);

static inline void mdelay(unsigned long milliseconds)
{
    udelay(milliseconds * 1000);
}

#endif
