/* SPDX-License-Identifier: MIT */
/* Writable data of every kind: zeroed, with a value, and pointers that loading relocates.
 * probe() changes all of it, the other functions tell what is there. */
#include "object.h"

static int calls;
static int even = 10, odd = 20;
static int *turn = &even;
static char *const never_changes = (char *)&calls;

static int count(struct nap_device *device)
{
    (void)device;
    calls++;
    *turn += 1;
    turn = turn == &even ? &odd : &even;
    return never_changes == (char *)&calls ? calls : -1;
}

static int tell_even(struct nap_domain *domain, struct nap_master *master)
{
    (void)domain;
    (void)master;
    return even;
}

static int tell_odd(struct nap_domain *domain, struct nap_master *master)
{
    (void)domain;
    (void)master;
    return odd;
}

static int tell_turn(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    (void)domain;
    (void)iova;
    (void)size_bytes;
    return turn == &even ? 0 : turn == &odd ? 1 : -1;
}

/* Changes its data, then goes no further. */
static int stop(void)
{
    calls += 100;
    nap_panic("stopped on purpose", __FILE__, __LINE__);
}

static const struct nap_phase stops[] = {
    {.name = "stop", .kind = NAP_PHASE_STEP, .step = stop},
};

NAP_EXPORT const struct nap_driver nap_driver = {
    .abi = NAP_DRIVER_ABI,
    .name = "counter",
    .probe = count,
    .attach = tell_even,
    .detach = tell_odd,
    .map = answer_map,
    .unmap = tell_turn,
    .suspend = stops,
    .n_suspend = 1,
};
