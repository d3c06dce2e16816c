/* SPDX-License-Identifier: MIT */
/* Files built into the library: `regnap-gen embed` writes one array per kind, for the machines
 * of models/soc/ and the scenarios. Whoever uses an array declares it extern. */
#ifndef NAP_CORE_EMBEDDED_H
#define NAP_CORE_EMBEDDED_H

#include <stddef.h>

struct nap_embedded_file {
    const char *name; /* NULL after the last file */
    const char *text; /* ends in NUL, which @bytes does not count */
    size_t bytes;
};

#endif
