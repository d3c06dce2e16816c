/* SPDX-License-Identifier: MIT */
/* What a call that fails must have left as it was: the memory it holds, and what the traffic of
 * every judged port meets. Registers count by what they do: a table base that stays behind in a
 * context which is off again harms nobody. Of a driver object memory is not judged: what it
 * asks for itself and what the runtime of its headers keeps for an OS are not told apart.
 * Writes that are on their way land or are held before either look: else one that had not been
 * asked about would seem to have changed nothing. */
#include "calls.h"

#include "../os/os.h"

#include <stdlib.h>
#include <string.h>

/* What is kept goes port by port and address by address: how many answers there may be, and
 * what each of them amounts to. */
struct nap_undo {
    uint64_t n_allocs;
    struct nap_os_device devices[NAP_SOC_DEVICES_MAX];
    unsigned vectors[NAP_SOC_DEVICES_MAX];
    size_t n, room;
    uint64_t kept[];
};

static bool is_among(uint64_t answer, const uint64_t *answers, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        if (answers[i] == answer)
            return true;
    return false;
}

/* All answers that differ; returns how many. */
static unsigned ask(const struct nap_runner *r, unsigned group, unsigned address,
                    uint64_t answers[NAP_OUTCOMES_MAX])
{
    const struct nap_judge *j = r->judge;
    struct nap_outcomes out;
    unsigned n = 0;

    nap_probe(r->m, j->groups[group].device, j->groups[group].port, j->addresses[address], &out,
              NULL);
    for (unsigned i = 0; i < out.n; i++) {
        uint64_t answer = nap_outcome_amount(&out.list[i]);
        if (!is_among(answer, answers, n))
            answers[n++] = answer;
    }
    return n;
}

/* Awake and without faults an error is no verdict but a scenario that cannot be run. */
static bool is_judged(const struct nap_runner *r)
{
    return (r->config->faults != 0 || r->m->st->asleep) && !r->judge->off;
}

static void make_room(struct nap_runner *r, size_t n)
{
    size_t room = r->undo ? r->undo->room : 512;
    struct nap_undo *undo = r->undo;

    while (undo && undo->n + n > room)
        room *= 2;
    if (undo && room == undo->room)
        return;
    r->undo = realloc(undo, sizeof *undo + room * sizeof undo->kept[0]);
    if (!r->undo)
        abort();
    r->undo->room = room;
}

static void keep_answers(struct nap_runner *r, unsigned group, unsigned address)
{
    uint64_t answers[NAP_OUTCOMES_MAX];
    unsigned n = ask(r, group, address, answers);

    make_room(r, n + 1);
    r->undo->kept[r->undo->n++] = n;
    memcpy(&r->undo->kept[r->undo->n], answers, n * sizeof answers[0]);
    r->undo->n += n;
}

void nap_undo_keep_held(struct nap_runner *r)
{
    if (!is_judged(r))
        return;
    make_room(r, 0);
    r->undo->n = 0;
    r->undo->n_allocs = r->m->st->os.n_allocs;
    memcpy(r->undo->devices, r->m->st->os.devices, sizeof r->undo->devices);
    for (unsigned i = 0; i < r->m->n_devices; i++)
        r->undo->vectors[i] = nap_msi_count(r->m, i);
    nap_way_note(r->m, &r->undo->n_allocs, sizeof r->undo->n_allocs);
    nap_way_note(r->m, r->undo->devices, sizeof r->undo->devices);
    nap_way_note(r->m, r->undo->vectors, r->m->n_devices * sizeof r->undo->vectors[0]);
}

void nap_undo_keep(struct nap_runner *r)
{
    if (!is_judged(r))
        return;
    nap_post_notice(r->m);
    nap_undo_keep_held(r);
    for (unsigned g = 0; g < r->judge->n_groups; g++)
        for (unsigned a = 0; a < r->judge->n_addresses; a++)
            keep_answers(r, g, a);
    nap_way_note(r->m, r->undo->kept, r->undo->n * sizeof r->undo->kept[0]);
}

/* Fewer answers are no harm: what a TLB held may be gone. */
static bool is_as_before(const struct nap_runner *r, unsigned group, unsigned address,
                         const uint64_t *kept, uint64_t n_kept)
{
    uint64_t answers[NAP_OUTCOMES_MAX];
    unsigned n = ask(r, group, address, answers);

    for (unsigned i = 0; i < n; i++)
        if (!is_among(answers[i], kept, n_kept))
            return false;
    return true;
}

static void check_answers(struct nap_runner *r, const char *call, int result)
{
    const struct nap_judge *j = r->judge;
    const uint64_t *kept = r->undo->kept;

    for (unsigned g = 0; g < j->n_groups; g++) {
        for (unsigned a = 0; a < j->n_addresses; a++, kept += 1 + kept[0]) {
            if (is_as_before(r, g, a, kept + 1, kept[0]))
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

static void check_count(struct nap_runner *r, const char *call, int result, unsigned device,
                        const char *what, int more)
{
    if (more)
        nap_runner_violation(r, "os-balance", device, UINT32_MAX,
                             "%s returned %d, and holds %d %s of %s more than before", call,
                             result, more, what, nap_device_name(r->m, device));
}

static void check_references(struct nap_runner *r, const char *call, int result)
{
    for (unsigned i = 0; i < r->m->n_devices; i++) {
        const struct nap_os_device *now = &r->m->st->os.devices[i], *was = &r->undo->devices[i];

        check_count(r, call, result, i, "power references",
                    (int)nap_pm_held(now) - (int)nap_pm_held(was));
        check_count(r, call, result, i, "interrupts",
                    __builtin_popcount(now->irqs) - __builtin_popcount(was->irqs));
        check_count(r, call, result, i, "interrupt vectors",
                    (int)nap_msi_count(r->m, i) - (int)r->undo->vectors[i]);
    }
}

static void check_allocations(struct nap_runner *r, const char *call, int result)
{
    uint64_t now = r->m->st->os.n_allocs;

    if (!r->config->object && now != r->undo->n_allocs)
        nap_runner_violation(r, "api-undo", UINT32_MAX, UINT32_MAX,
                             "%s returned %d, and the driver holds %lld allocations more than "
                             "before",
                             call, result, (long long)(now - r->undo->n_allocs));
}

void nap_undo_check_held(struct nap_runner *r, const char *call, int result)
{
    if (!is_judged(r) || result == 0 || r->m->st->stuck)
        return;
    check_references(r, call, result);
    if (!r->m->st->hardware_faults)
        check_allocations(r, call, result);
}

void nap_undo_check(struct nap_runner *r, const char *call, int result)
{
    nap_undo_check_held(r, call, result);
    /* Hardware that does not answer cannot be brought back either. */
    if (!is_judged(r) || result == 0 || r->m->st->hardware_faults || r->m->st->stuck)
        return;
    nap_post_notice(r->m);
    check_answers(r, call, result);
}
