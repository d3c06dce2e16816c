/* SPDX-License-Identifier: MIT */
#ifndef NAP_COMPAT_LINUX_ASM_IO_H
#define NAP_COMPAT_LINUX_ASM_IO_H

#include <linux/io.h>

#endif
