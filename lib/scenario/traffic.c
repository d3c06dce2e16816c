/* SPDX-License-Identifier: MIT */
/* Transactions of a scenario's masters that come when they like (kind `dma`): at quiet points,
 * and before accesses while a suspend or a resume is under way. A master sends only while it
 * may; what becomes of it is the machine's. */
#include "events.h"

#include "create.h"

#include <stdio.h>

#define ODDS 64u /* in random runs, before an access */

static const char at_quiet_point[] = "a transaction";
static const char at_access[] = "a transaction before an access";

static const struct nap_scenario_traffic *entry(const struct nap_runner *r, uint32_t index)
{
    return &r->config->scenario->traffic[index];
}

static unsigned master_of(const struct nap_runner *r, uint32_t index)
{
    return (unsigned)nap_master_find(r->m, entry(r, index)->master);
}

enum nap_err nap_runner_check_traffic(const struct nap_runner *r, struct nap_error *error)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t i = 0; i < s->n_traffic; i++) {
        int master = nap_master_find(r->m, entry(r, i)->master);
        if (master < 0 || !r->masters[master])
            return nap_fail_at(error, NAP_ERR_UNKNOWN, s->file, entry(r, i)->line,
                               "master '%s' is in no domain of the scenario",
                               entry(r, i)->master);
    }
    return NAP_OK;
}

static bool let_in(const struct nap_runner *r)
{
    const struct nap_scenario *s = r->config->scenario;

    for (uint32_t i = 0; i <= r->pos->op && i < s->n_ops; i++)
        if (nap_op_lets_clients_in(s->ops[i].kind))
            return true;
    return false;
}

static bool may_send(const struct nap_runner *r, uint32_t index)
{
    return r->pos->sent[index] < entry(r, index)->times &&
           nap_master_live(r->m, master_of(r, index));
}

static uint32_t list_senders(struct nap_runner *r)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < r->config->scenario->n_traffic; i++)
        if (may_send(r, i))
            r->senders[n++] = i;
    return n;
}

static void send(struct nap_runner *r, uint32_t index)
{
    const struct nap_scenario_traffic *t = entry(r, index);
    const struct nap_master *master = r->masters[master_of(r, index)];

    nap_touched(r->m, r->pos, sizeof *r->pos);
    r->pos->sent[index]++;
    (void)nap_dma(r->m, master->device->index, master->ids[0], t->iova,
                  t->write ? NAP_WRITE : NAP_READ);
}

bool nap_runner_sends(struct nap_runner *r)
{
    uint32_t n, chosen;

    if (!r->config->scenario->n_traffic || !nap_varied(r->m, NAP_CHOOSE_DMA) || !let_in(r))
        return false;
    n = list_senders(r);
    if (n == 0)
        return false;
    chosen = nap_choose(r->m, NAP_CHOOSE_DMA, at_quiet_point, NAP_NO_INSTANCE, n + 1);
    if (chosen == 0)
        return false;
    send(r, r->senders[chosen - 1]);
    if (!r->m->st->asleep && !r->m->st->stuck)
        nap_runner_offer_interrupts(r);
    return true;
}

bool nap_runner_asks_traffic(const struct nap_runner *r)
{
    if (!r->config->scenario->n_traffic || !nap_varied(r->m, NAP_CHOOSE_DMA))
        return false;
    for (uint32_t i = 0; i < r->config->scenario->n_traffic; i++)
        if (may_send(r, i))
            return true;
    return false;
}

void nap_runner_sends_at_access(struct nap_runner *r)
{
    uint32_t n = list_senders(r);
    uint32_t chosen =
        nap_choose_rare(r->m, NAP_CHOOSE_DMA, at_access, NAP_NO_INSTANCE, n + 1, ODDS);

    if (chosen)
        send(r, r->senders[chosen - 1]);
}

bool nap_runner_traffic_means(const struct nap_runner *r, const struct nap_choice *choice,
                              char *out, size_t bytes)
{
    const struct nap_scenario_traffic *t;

    if (choice->kind != NAP_CHOOSE_DMA)
        return false;
    if (choice->value == 0)
        return true;
    t = entry(r, r->senders[choice->value - 1]);
    snprintf(out, bytes, "%.40s %s 0x%llx", t->master, t->write ? "writes" : "reads",
             (unsigned long long)t->iova);
    return true;
}
