/* SPDX-License-Identifier: MIT */
/* A violation is kept once per rule, unit and driver line; here all its occurrences are looked
 * at, so that a report can say which masters they concern. */
#include "cli.h"

#include <regnap/block.h>
#include <regnap/ledger.h>
#include <regnap/rule.h>

#include <string.h>

struct look {
    const struct job *job;
    const struct nap_finding *finding;
    struct moment *moment;
    int port_offset;       /* of the port behind an element of the register */
    unsigned first, count; /* slots of that register */
};

/* What would have gone right needs no telling. Nor, where a rule judges outcomes, what moves no
 * data. */
static void add_probe(struct moment *moment, const struct nap_finding_probe *probe)
{
    const struct nap_outcome *o = &probe->outcome;

    if (o->kind == NAP_OUTCOME_TRANSLATED && o->pa == probe->expect_pa)
        return;
    if (moment->only_moving && (o->kind == NAP_OUTCOME_FAULT || o->kind == NAP_OUTCOME_STALL ||
                                o->kind == NAP_OUTCOME_BUS_ERROR))
        return;
    if (moment->n < MOMENT_PROBES_MAX)
        moment->probes[moment->n++] = *probe;
}

static void ask(struct moment *moment, const struct nap_machine *m, unsigned device,
                unsigned port, nap_addr iova)
{
    struct nap_outcomes outcomes;
    struct nap_truth truth;

    nap_truth_of(m, device, port, iova, &truth);
    if (!truth.judged || !truth.allowed[0].mapped)
        return;
    nap_probe(m, device, port, iova, &outcomes, NULL);
    for (unsigned i = 0; i < outcomes.n; i++)
        add_probe(moment, &(struct nap_finding_probe){
                              .master = truth.master,
                              .device = device,
                              .port = port,
                              .iova = iova,
                              .outcome = outcomes.list[i],
                              .expect_mapped = true,
                              .expect_pa = truth.allowed[0].pa,
                          });
}

static bool asked_before(const struct nap_scenario *s, uint32_t domain, uint32_t mapping)
{
    nap_addr iova = s->domains[domain].mappings[mapping].iova;

    for (uint32_t d = 0; d <= domain; d++)
        for (uint32_t i = 0; i < (d == domain ? mapping : s->domains[d].n_mappings); i++)
            if (s->domains[d].mappings[i].iova == iova)
                return true;
    return false;
}

static void ask_port(const struct look *l, const struct nap_machine *m, unsigned device,
                     unsigned port)
{
    const struct nap_scenario *s = l->job->scenario;

    for (uint32_t d = 0; d < s->n_domains; d++)
        for (uint32_t i = 0; i < s->domains[d].n_mappings; i++)
            if (!asked_before(s, d, i))
                ask(l->moment, m, device, port, s->domains[d].mappings[i].iova);
}

/* Every write from that line to that register of the unit. */
static void look_at_writes(void *context, const struct nap_machine *m,
                           const struct nap_event *e)
{
    struct look *l = context;
    const struct nap_finding *f = l->finding;

    if (e->kind != NAP_STEP_WRITE || e->device != f->device || e->step < f->effect ||
        e->slot - l->first >= l->count || e->source.line != f->source.line || !e->source.file ||
        strcmp(e->source.file, f->source.file) != 0)
        return;
    l->moment->n_writes++;
    ask_port(l, m, e->device, (unsigned)((int)e->index + l->port_offset));
}

/* Every port of the unit, at the step of an outcome rule. */
static void look_at_ports(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct look *l = context;
    const struct nap_soc *soc = l->job->soc;
    unsigned device = l->finding->probes[0].device;

    if (e->step != l->finding->effect)
        return;
    l->moment->n_writes = l->finding->count;
    for (uint32_t i = 0; i < soc->n_masters; i++)
        for (uint32_t p = 0; p < soc->masters[i].n_ports; p++)
            for (uint32_t k = 0; k < soc->masters[i].ports[p].count; k++)
                if (soc->masters[i].ports[p].device == device)
                    ask_port(l, m, device, soc->masters[i].ports[p].first + k);
}

static void of_the_first(const struct nap_finding *f, struct moment *moment)
{
    moment->n = 0;
    moment->n_writes = 1;
    for (unsigned i = 0; i < f->n_probes; i++)
        if (f->probes[i].expect_mapped)
            add_probe(moment, &f->probes[i]);
}

static bool by_writes(const struct job *job, const struct nap_finding *f, struct look *l)
{
    unsigned index = 0;
    const struct nap_reg *reg =
        f->slot == NAP_NO_SLOT ? NULL
                               : register_of(model_of(job->soc, f->device), f->slot, &index);

    if (!reg || f->port == UINT32_MAX || !f->source.file)
        return false;
    l->first = reg->first_slot;
    l->count = reg->count;
    l->port_offset = (int)f->port - (int)index;
    return true;
}

int moment_collect(const struct job *job, const struct nap_choice_list *choices,
                   const struct nap_finding *f, struct moment *moment)
{
    struct look l = {.job = job, .finding = f, .moment = moment};
    struct nap_run_config config = job->config;
    struct nap_run_result result;
    struct nap_error error = {0};
    enum nap_err err;

    memset(moment, 0, sizeof *moment);
    moment->only_moving = f->rule->family == NAP_RULE_OUTCOME;
    of_the_first(f, moment);
    if (f->count < 2)
        return EXIT_CLEAN;
    if (moment->only_moving && f->n_probes)
        config.trace = look_at_ports;
    else if (by_writes(job, f, &l))
        config.trace = look_at_writes;
    else
        return EXIT_CLEAN;
    moment->n = moment->n_writes = 0;
    config.trace_context = &l;
    err = nap_run(&config, choices, &result, &error);
    nap_run_result_free(&result);
    if (!err && moment->n_writes != f->count)
        of_the_first(f, moment); /* not every such write was an occurrence */
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}
