/* SPDX-License-Identifier: MIT */
/* What a call that fails must have left as it was: the memory it holds, and what the traffic of
 * every judged port meets. Registers count by what they do: a table base that stays behind in a
 * context which is off again harms nobody. Of a driver object memory is not judged: what it
 * asks for itself and what the runtime of its headers keeps for an OS are not told apart. */
#include "runner.h"

#include <stdlib.h>

struct nap_undo {
    uint64_t n_allocs;
    uint64_t answers[NAP_JUDGE_GROUPS][NAP_JUDGE_ADDRESSES];
};

static uint64_t mixed(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15) + (sum >> 29);
}

static uint64_t answer(const struct nap_runner *r, unsigned group, unsigned address)
{
    const struct nap_judge *j = r->judge;
    struct nap_outcomes out;
    uint64_t sum = 0;

    nap_probe(r->m, j->groups[group].device, j->groups[group].port, j->addresses[address], &out,
              NULL);
    for (unsigned i = 0; i < out.n; i++) {
        const struct nap_outcome *o = &out.list[i];
        sum = mixed(sum, (uint64_t)o->kind | (uint64_t)o->readable << 8 |
                             (uint64_t)o->writable << 9 | (uint64_t)o->context << 16);
        sum = mixed(sum, o->pa);
    }
    return sum;
}

/* Without faults an error is no verdict but a scenario that cannot be run. */
static bool is_judged(const struct nap_runner *r)
{
    return r->config->faults != 0 && !r->judge->off;
}

void nap_undo_keep(struct nap_runner *r)
{
    if (!is_judged(r))
        return;
    if (!r->undo)
        r->undo = calloc(1, sizeof *r->undo);
    if (!r->undo)
        abort();
    r->undo->n_allocs = r->m->st->os.n_allocs;
    for (unsigned g = 0; g < r->judge->n_groups; g++)
        for (unsigned a = 0; a < r->judge->n_addresses; a++)
            r->undo->answers[g][a] = answer(r, g, a);
}

static void check_answers(struct nap_runner *r, const char *call, int result)
{
    const struct nap_judge *j = r->judge;

    for (unsigned g = 0; g < j->n_groups; g++) {
        for (unsigned a = 0; a < j->n_addresses; a++) {
            if (answer(r, g, a) == r->undo->answers[g][a])
                continue;
            nap_runner_violation(
                r, "api-undo", j->groups[g].device, j->groups[g].port,
                "%s returned %d, and %s port %u at 0x%llx fares otherwise than before", call,
                result, nap_device_name(r->m, j->groups[g].device), j->groups[g].port,
                (unsigned long long)j->addresses[a]);
            return;
        }
    }
}

void nap_undo_check(struct nap_runner *r, const char *call, int result)
{
    uint64_t now = r->m->st->os.n_allocs;

    /* Hardware that does not answer cannot be brought back either. */
    if (!is_judged(r) || result == 0 || r->m->st->hardware_faults || r->m->st->stuck)
        return;
    if (!r->config->object && now != r->undo->n_allocs)
        nap_runner_violation(r, "api-undo", UINT32_MAX, UINT32_MAX,
                             "%s returned %d, and the driver holds %lld allocations more than "
                             "before",
                             call, result, (long long)(now - r->undo->n_allocs));
    check_answers(r, call, result);
}
