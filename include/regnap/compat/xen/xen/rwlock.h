/* SPDX-License-Identifier: MIT */
#ifndef REGNAP_XEN_RWLOCK_H
#define REGNAP_XEN_RWLOCK_H

#include <xen/spinlock.h>

#endif
