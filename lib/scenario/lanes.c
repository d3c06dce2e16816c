/* SPDX-License-Identifier: MIT */
/* Whose phase comes next. Drivers stand one behind the other in suspend and resume, or, where
 * the scenario leaves it open, a search takes their calls in any order that keeps each one's
 * own. Each such driver is a lane. */
#include "sleep.h"

#include "../os/os.h"

#include <stdio.h>
#include <string.h>

static const char whose[] = "drivers";

static bool is_open(const struct nap_parts *parts, uint32_t phase)
{
    return parts->n_lanes > 1 && phase >= parts->open_from && phase < parts->open_to;
}

static bool has_more(const struct nap_runner *r, const struct nap_parts *parts, uint32_t lane)
{
    return r->pos->lanes[lane].done < parts->lanes[lane].n;
}

/* The one that is under way, or the first that is left. */
static uint32_t lane_of(const struct nap_runner *r, const struct nap_parts *parts)
{
    uint32_t lane = r->pos->lane;

    if (has_more(r, parts, lane))
        return lane;
    lane = 0;
    while (!has_more(r, parts, lane))
        lane++;
    return lane;
}

const struct nap_part *nap_runner_part(const struct nap_runner *r,
                                       const struct nap_parts *parts)
{
    uint32_t lane;

    if (!is_open(parts, r->pos->phase))
        return &parts->list[r->pos->phase];
    lane = lane_of(r, parts);
    return &parts->list[parts->lanes[lane].first + r->pos->lanes[lane].done];
}

/* The lanes that may go on, the one that is under way first, so that a story changes lanes as
 * seldom as it can. */
static uint32_t list_lanes(struct nap_runner *r, const struct nap_parts *parts)
{
    uint32_t now = lane_of(r, parts), n = 0;

    r->lanes[n++] = now;
    for (uint32_t i = 0; i < parts->n_lanes; i++)
        if (i != now && has_more(r, parts, i))
            r->lanes[n++] = i;
    return n;
}

/* What the lane has come to in a walk is put aside. */
static void go_to_lane(struct nap_runner *r, uint32_t lane)
{
    struct nap_position *p = r->pos;
    struct nap_lane_position *from = &p->lanes[p->lane], *to = &p->lanes[lane];

    if (p->lane == lane)
        return;
    nap_touched(r->m, p, sizeof *p);
    from->walking = p->walking;
    from->remaining = p->remaining;
    p->walking = to->walking;
    p->remaining = to->remaining;
    to->walking = 0;
    to->remaining = 0;
    p->lane = lane;
}

void nap_runner_choose_lane(struct nap_runner *r, const struct nap_parts *parts)
{
    uint32_t n, chosen = 0;

    if (!is_open(parts, r->pos->phase))
        return;
    n = list_lanes(r, parts);
    r->parts = parts; /* whoever makes the choice may ask at once what it means */
    if (n > 1 && nap_varied(r->m, NAP_CHOOSE_ORDER))
        chosen = nap_choose(r->m, NAP_CHOOSE_ORDER, whose, NAP_NO_INSTANCE, n);
    go_to_lane(r, r->lanes[chosen]);
}

bool nap_runner_lane_means(const struct nap_runner *r, const struct nap_choice *choice,
                           char *out, size_t bytes)
{
    const struct nap_part *part;

    if (choice->kind != NAP_CHOOSE_ORDER || strcmp(choice->label, whose) != 0)
        return false;
    part = &r->parts->list[r->parts->lanes[r->lanes[choice->value]].first];
    snprintf(out, bytes, "%s next", nap_os_driver(r->m, part->driver)->name);
    return true;
}

void nap_runner_phase_over(struct nap_runner *r, const struct nap_parts *parts)
{
    struct nap_position *p = nap_position_open(r);

    if (is_open(parts, p->phase))
        p->lanes[p->lane].done++;
    p->walking = 0;
    p->phase++;
}

void nap_runner_phases_anew(struct nap_runner *r)
{
    struct nap_position *p = nap_position_open(r);

    p->phase = p->inside = p->walking = p->lane = 0;
    p->remaining = 0;
    memset(p->lanes, 0, sizeof p->lanes);
}

uint32_t nap_runner_phases_left(const struct nap_runner *r, const struct nap_parts *parts,
                                uint32_t driver)
{
    uint32_t left = 0;

    if (!is_open(parts, r->pos->phase)) {
        for (uint32_t i = r->pos->phase; i < parts->n; i++)
            left += parts->list[i].driver == driver && !nap_part_is_cpu(&parts->list[i]);
        return left;
    }
    for (uint32_t i = 0; i < parts->n_lanes; i++)
        if (parts->list[parts->lanes[i].first].driver == driver)
            return parts->lanes[i].n - r->pos->lanes[i].done;
    for (uint32_t i = parts->open_to; i < parts->n; i++)
        left += parts->list[i].driver == driver && !nap_part_is_cpu(&parts->list[i]);
    return left;
}

static bool masks(const struct nap_runner *r, const struct nap_part *part)
{
    return nap_os_driver(r->m, part->driver)->irqs_off || part->phase->irqs_off;
}

/* An OS that takes several drivers in turn masks the CPU's interrupts until none of them needs
 * it any more. */
bool nap_runner_masks(const struct nap_runner *r, const struct nap_parts *parts)
{
    if (!is_open(parts, r->pos->phase))
        return masks(r, &parts->list[r->pos->phase]);
    for (uint32_t i = 0; i < parts->n_lanes; i++)
        for (uint32_t k = r->pos->lanes[i].done; k < parts->lanes[i].n; k++)
            if (masks(r, &parts->list[parts->lanes[i].first + k]))
                return true;
    return false;
}
