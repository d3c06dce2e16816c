/* SPDX-License-Identifier: MIT */
/* What a choice that is not 0 means here, in words for people. */
#include "runner.h"

#include "events.h"
#include "sleep.h"

#include <stdio.h>

static void client_means(const struct nap_runner *r, unsigned client, char *out, size_t bytes)
{
    const struct nap_scenario_client *c = &r->config->scenario->clients[client];

    snprintf(out, bytes, "%.40s: %s", c->name, nap_op_name(c->ops[r->pos->calls[client]].kind));
}

void nap_runner_means(void *runner, const struct nap_choice *choice, char *out, size_t bytes)
{
    const struct nap_runner *r = runner;

    out[0] = 0;
    if (nap_runner_break_means(r, choice, out, bytes) ||
        nap_runner_lane_means(r, choice, out, bytes) ||
        nap_runner_traffic_means(r, choice, out, bytes) ||
        nap_runner_interrupt_means(r, choice, out, bytes))
        return;
    if (choice->kind == NAP_CHOOSE_ORDER && choice->value < r->n_eligible)
        snprintf(out, bytes, "%s next", nap_device_name(r->m, r->eligible[choice->value]));
    else if (choice->kind == NAP_CHOOSE_RESET)
        snprintf(out, bytes, "profile hostile");
    else if (choice->kind == NAP_CHOOSE_QUEUE_FILL)
        snprintf(out, bytes, "%u commands", r->config->scenario->fills[choice->value]);
    else if (choice->kind == NAP_CHOOSE_LATENCY)
        snprintf(out, bytes, choice->value == 1 ? "late" : "never");
    else if (choice->kind == NAP_CHOOSE_FAIL)
        snprintf(out, bytes, "fails");
    else if (choice->kind == NAP_CHOOSE_ABORT)
        snprintf(out, bytes, "abandoned here");
    else if (choice->kind == NAP_CHOOSE_LOSS)
        snprintf(out, bytes, "power stays on");
    else if (choice->kind == NAP_CHOOSE_API && choice->value <= r->n_callers)
        client_means(r, r->callers[choice->value - 1], out, bytes);
    else if (choice->kind == NAP_CHOOSE_HANDLER)
        snprintf(out, bytes, "taken later");
    else if (choice->kind == NAP_CHOOSE_POST)
        snprintf(out, bytes, "held back");
    else if (choice->kind == NAP_CHOOSE_IDLE)
        snprintf(out, bytes, "it goes off here");
    else if (choice->kind == NAP_CHOOSE_RETAIN && (choice->instance & 0xffff) == NAP_NO_SLOT)
        snprintf(out, bytes, choice->value == 1 ? "kept" : "kept, with one foreign entry");
    else if (choice->kind == NAP_CHOOSE_RETAIN)
        snprintf(out, bytes, "not the reset value");
}
