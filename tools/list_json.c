/* SPDX-License-Identifier: MIT */
/* What there is as JSON, one object per line: design.md, "Command line". */
#include "json.h"

#include <regnap/block.h>
#include <regnap/rule.h>

static json_t *machine_json(const struct nap_soc *soc)
{
    json_t *o = part("machine"), *banks = json_array();

    put(o, "name", json_string(soc->name));
    put(o, "title", json_string(soc->title));
    put(o, "source", json_string(soc->source));
    for (uint32_t i = 0; i < soc->n_ram; i++) {
        json_t *bank = json_object();
        put(bank, "base", hex(soc->ram[i].base));
        put(bank, "size", hex(soc->ram[i].size_bytes));
        add(banks, bank);
    }
    put(o, "ram", banks);
    put(o, "msi", soc->msi ? hex(soc->msi) : json_null());
    put(o, "controller",
        soc->controller ? json_string(soc->devices[soc->controller - 1].name) : json_null());
    put(o, "left_out", number(soc->n_left_out));
    return o;
}

static json_t *domain_json(const struct nap_soc *soc, uint32_t domain)
{
    const struct nap_soc_domain *d = &soc->domains[domain];
    json_t *o = part("domain");

    put(o, "name", json_string(d->name));
    put(o, "parent",
        d->parent == NAP_SOC_NONE ? json_null() : json_string(soc->domains[d->parent].name));
    return o;
}

/* Of a machine that says more of them than their number. */
static json_t *cpu_json(const struct nap_soc *soc, uint32_t cpu)
{
    const struct nap_soc_cpu *c = &soc->cpus[cpu];
    json_t *o = part("cpu");

    put(o, "name", json_string(c->name));
    put(o, "domain",
        c->domain == NAP_SOC_NONE ? json_null() : json_string(soc->domains[c->domain].name));
    put(o, "affinity", hex(c->affinity));
    return o;
}

/* Null without a device tree. */
static void put_node(json_t *o, const struct nap_soc *soc, const struct nap_soc_node *node)
{
    put(o, "path", text(node->path));
    put(o, "linux_name", text(node->name));
    put(o, "disabled", soc->tree ? json_boolean(node->disabled) : json_null());
}

static json_t *maybe_number(uint32_t value)
{
    return value == NAP_SOC_NONE ? json_null() : number(value);
}

static json_t *soc_device_json(const struct nap_soc *soc, uint32_t device)
{
    const struct nap_soc_device *d = &soc->devices[device];
    json_t *o = part("device");

    put(o, "name", json_string(d->name));
    put(o, "model", json_string(d->model));
    put(o, "variant", json_string(d->variant));
    put(o, "base", d->size_bytes ? hex(d->base) : json_null());
    put(o, "size", d->size_bytes ? hex(d->size_bytes) : json_null());
    put(o, "cpu", d->size_bytes ? json_null() : number(d->cpu));
    put(o, "domain", json_string(soc->domains[d->domain].name));
    put(o, "upstream", device_json(soc, d->upstream));
    put(o, "line", maybe_number(d->line));
    put(o, "irq", maybe_number(d->irq));
    put_node(o, soc, &d->node);
    return o;
}

static json_t *soc_master_json(const struct nap_soc *soc, uint32_t master)
{
    const struct nap_soc_master *m = &soc->masters[master];
    json_t *o = part("master"), *list = json_array();

    put(o, "name", json_string(m->name));
    put(o, "domain", json_string(soc->domains[m->domain].name));
    for (uint32_t i = 0; i < m->n_ports; i++) {
        json_t *range = json_object();
        put(range, "device", device_json(soc, m->ports[i].device));
        put(range, "first", number(m->ports[i].first));
        put(range, "count", number(m->ports[i].count));
        add(list, range);
    }
    put(o, "ports", list);
    put_node(o, soc, &m->node);
    return o;
}

static json_t *left_out_json(const struct nap_soc_left_out *l)
{
    json_t *o = part("left-out");

    put(o, "path", json_string(l->path));
    put(o, "compatible", text(l->compatible));
    put(o, "why", json_string(l->why));
    return o;
}

int json_machine(const struct nap_soc *soc)
{
    int status = print(machine_json(soc));

    for (uint32_t i = 0; i < soc->n_domains && !status; i++)
        status = print(domain_json(soc, i));
    for (uint32_t i = 0; i < soc->n_cpus && soc->cpus[i].name[0] && !status; i++)
        status = print(cpu_json(soc, i));
    for (uint32_t i = 0; i < soc->n_devices && !status; i++)
        status = print(soc_device_json(soc, i));
    for (uint32_t i = 0; i < soc->n_masters && !status; i++)
        status = print(soc_master_json(soc, i));
    for (uint32_t i = 0; i < soc->n_left_out && i < NAP_SOC_LEFT_OUT_MAX && !status; i++)
        status = print(left_out_json(&soc->left_out[i]));
    return status;
}

/* --- the other topics: one kind of object each --- */

static json_t *names_json(const char *names, size_t stride_bytes, uint32_t n)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < n; i++)
        add(list, json_string(names + i * stride_bytes));
    return list;
}

int json_soc(const struct nap_soc *soc)
{
    json_t *o = part("soc");

    put(o, "name", json_string(soc->name));
    put(o, "title", json_string(soc->title));
    put(o, "source", json_string(soc->source));
    put(o, "devices", number(soc->n_devices));
    put(o, "masters", number(soc->n_masters));
    return print(o);
}

int json_scenario(const struct nap_scenario *s)
{
    json_t *o = part("scenario");

    put(o, "name", json_string(s->name));
    put(o, "title", json_string(s->title));
    put(o, "driver", json_string(s->driver));
    put(o, "socs", names_json(s->socs[0], sizeof s->socs[0], s->n_socs));
    put(o, "variants", names_json(s->variants[0], sizeof s->variants[0], s->n_variants));
    put(o, "vary", vary_json(s->vary));
    return print(o);
}

int json_variant(const struct nap_builtin_variant *v)
{
    json_t *o = part("variant");

    put(o, "driver", json_string(v->name));
    put(o, "name", json_string(v->variant));
    put(o, "about", json_string(v->about));
    put(o, "catalogue", json_boolean(v->catalogue));
    return print(o);
}

int json_rule(const struct nap_rule *rule)
{
    json_t *o = part("rule");

    put(o, "name", json_string(rule->id));
    put(o, "class", classes_json(rule->classes));
    put(o, "source", json_string(rule->source));
    put(o, "about", json_string(rule->about));
    return print(o);
}

int json_switch(const struct nap_model *model, const struct nap_switch *sw)
{
    json_t *o = part("switch"), *values = json_array();

    for (uint32_t v = 0; v < sw->n_values; v++)
        add(values, json_string(sw->values[v]));
    put(o, "name", json_string(sw->id));
    put(o, "model", model ? json_string(model->name) : json_null());
    put(o, "basis", json_string(basis_text(sw->basis)));
    put(o, "values", values);
    put(o, "about", json_string(sw->about));
    return print(o);
}
