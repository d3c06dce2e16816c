/* SPDX-License-Identifier: MIT */
/* A violation is kept once per rule, unit and driver line; here all its occurrences are looked
 * at, so that a report can say which masters they concern. */
#include "cli.h"

#include <regnap/block.h>
#include <regnap/ledger.h>

#include <string.h>

struct look {
    const struct job *job;
    const struct nap_finding *finding;
    struct moment *moment;
    int port_offset; /* of the port behind an element of the register */
    unsigned first, count; /* slots of that register */
};

static void add_probe(struct moment *moment, const struct nap_finding_probe *probe)
{
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

static void look(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct look *l = context;
    const struct nap_finding *f = l->finding;
    const struct nap_scenario *s = l->job->scenario;

    if (e->kind != NAP_STEP_WRITE || e->device != f->device || e->step < f->effect ||
        e->slot - l->first >= l->count || e->source.line != f->source.line ||
        !e->source.file || strcmp(e->source.file, f->source.file) != 0)
        return;
    l->moment->n_writes++;
    for (uint32_t d = 0; d < s->n_domains; d++)
        for (uint32_t i = 0; i < s->domains[d].n_mappings; i++)
            if (!asked_before(s, d, i))
                ask(l->moment, m, e->device, (unsigned)((int)e->index + l->port_offset),
                    s->domains[d].mappings[i].iova);
}

static void of_the_first(const struct nap_finding *f, struct moment *moment)
{
    moment->n = 0;
    moment->n_writes = 1;
    for (unsigned i = 0; i < f->n_probes; i++)
        if (f->probes[i].expect_mapped)
            add_probe(moment, &f->probes[i]);
}

int moment_collect(const struct job *job, const struct nap_choice_list *choices,
                   const struct nap_finding *f, struct moment *moment)
{
    struct look l = {.job = job, .finding = f, .moment = moment};
    struct nap_run_config config = job->config;
    struct nap_run_result result;
    struct nap_error error = {0};
    const struct nap_reg *reg;
    unsigned index = 0;
    enum nap_err err;

    memset(moment, 0, sizeof *moment);
    reg = f->slot == NAP_NO_SLOT ? NULL
                                 : register_of(model_of(job->soc, f->device), f->slot, &index);
    if (!reg || f->port == UINT32_MAX || !f->source.file || f->count < 2) {
        of_the_first(f, moment);
        return EXIT_CLEAN;
    }
    l.first = reg->first_slot;
    l.count = reg->count;
    l.port_offset = (int)f->port - (int)index;
    config.trace = look;
    config.trace_context = &l;
    err = nap_run(&config, choices, &result, &error);
    nap_run_result_free(&result);
    if (!err && moment->n_writes != f->count)
        of_the_first(f, moment); /* not every such write was an occurrence */
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}
