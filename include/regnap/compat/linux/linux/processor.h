/* SPDX-License-Identifier: MIT */
#ifndef NAP_COMPAT_LINUX_PROCESSOR_H
#define NAP_COMPAT_LINUX_PROCESSOR_H

#include <asm/processor.h>

#endif
