/* SPDX-License-Identifier: MIT */
/* From a member to what holds it. */
#ifndef NAP_COMPAT_LINUX_CONTAINER_OF_H
#define NAP_COMPAT_LINUX_CONTAINER_OF_H

#include <linux/compiler.h>

#include <stddef.h>

#define container_of(p, type, member)                                                          \
    ({                                                                                         \
        const __typeof__(((type *)0)->member) *nap_member = (p);                               \
        (type *)((char *)(unsigned long)nap_member - offsetof(type, member));                  \
    })
#define typeof_member(type, member) __typeof__(((type *)0)->member)
#define sizeof_field(type, member)  sizeof(((type *)0)->member)

#endif
