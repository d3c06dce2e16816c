/* SPDX-License-Identifier: MIT */
/* Code and data that Xen drops after boot. Here they stay. */
#ifndef REGNAP_XEN_INIT_H
#define REGNAP_XEN_INIT_H

#include <xen/compiler.h>

#define __init
#define __exit
#define __initdata
#define __initconst
#define __initconstrel
#define __hwdom_init
#define __hwdom_initdata

#endif
