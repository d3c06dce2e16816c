/* SPDX-License-Identifier: MIT */
/* What a driver says it binds to. */
#ifndef NAP_COMPAT_LINUX_MOD_DEVICETABLE_H
#define NAP_COMPAT_LINUX_MOD_DEVICETABLE_H

#include <linux/types.h>

struct of_device_id {
    char name[32];
    char type[32];
    char compatible[128];
    const void *data;
};

#endif
