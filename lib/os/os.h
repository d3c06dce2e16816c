/* SPDX-License-Identifier: MIT */
/* Private to lib/: the OS layer's side of driver calls. */
#ifndef NAP_OS_H
#define NAP_OS_H

#include "../core/core.h"

/* Objects for the driver, in driver RAM. NULL when it is used up. */
struct nap_device *nap_os_device(struct nap_machine *m, unsigned device);

/* nap_panic() with all that is known of the place. */
_Noreturn void nap_panic_at(const char *what, struct nap_source source);

/* As nap_ram_alloc(), from the topmost RAM bank above 4 GiB; 0 also where there is none. */
nap_addr nap_ram_alloc_high(uint64_t size_bytes);

/* The tables of the hypervisor, which is not under test: its stores are no steps. */
uint64_t nap_table_read(nap_addr pa);
void nap_table_write(nap_addr pa, uint64_t value);

/* Allocation in the driver RAM of @m. */
void *nap_os_alloc(struct nap_machine *m, size_t bytes);

#endif
