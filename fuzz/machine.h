/* SPDX-License-Identifier: MIT */
/* What the targets for machines share: what is done with a machine once it is loaded. */
#ifndef FUZZ_MACHINE_H
#define FUZZ_MACHINE_H

#include "fuzz.h"

#include <regnap/builtin.h>

static inline void fuzz_check_names(const struct nap_machine *m)
{
    const struct nap_soc *soc = nap_machine_soc(m);

    fuzz_require(nap_device_count(m) == soc->n_devices, "each device is there");
    for (uint32_t i = 0; i < soc->n_devices; i++)
        fuzz_require(nap_device_find(m, soc->devices[i].name) >= 0,
                     "a device is found by its name");
    for (uint32_t i = 0; i < soc->n_masters; i++)
        fuzz_require(nap_master_find(m, soc->masters[i].name) >= 0,
                     "a master is found by its name");
}

static inline void fuzz_sleep_and_wake(struct nap_machine *m)
{
    const struct nap_soc *soc = nap_machine_soc(m);

    nap_power_off(m, UINT32_MAX);
    for (uint32_t i = 0; i < soc->n_domains; i++)
        fuzz_require(!nap_domain_on(m, i), "all domains go off");
    nap_power_on(m, UINT32_MAX);
    for (uint32_t i = 0; i < soc->n_domains; i++)
        fuzz_require(nap_domain_on(m, i), "all domains come on");
}

static inline void fuzz_use_machine(struct nap_machine *m)
{
    struct nap_hash128 key = nap_state_key(m), digest = nap_digest(m);
    unsigned mark = nap_mark(m);

    fuzz_check_names(m);
    fuzz_sleep_and_wake(m);
    fuzz_require(fuzz_same(nap_state_key(m), nap_state_key_full(m)),
                 "the key of the state is what computing it anew gives");
    nap_rewind(m, mark);
    fuzz_require(fuzz_same(nap_state_key(m), key) && fuzz_same(nap_digest(m), digest),
                 "a machine goes back to its mark");
    nap_unmark(m);
}

/* Its models may be none of ours: then creating it is refused with a reason. */
static inline void fuzz_create_machine(const struct nap_soc *soc)
{
    struct nap_machine_config config = {.soc = soc, .blocks = nap_builtin_blocks()};
    struct nap_machine *m = NULL;
    struct nap_error error;
    enum nap_err err = nap_machine_create(&config, &m, &error);

    if (err) {
        fuzz_require(!m, "*out is NULL on failure");
        fuzz_check_error(err, &error);
        return;
    }
    fuzz_use_machine(m);
    nap_machine_destroy(m);
}

#endif
