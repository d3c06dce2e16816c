/* SPDX-License-Identifier: MIT */
/* regnap list: what there is. */
#include "cli.h"

#include <regnap/block.h>
#include <regnap/hazard.h>
#include <regnap/rule.h>

#include <inttypes.h>
#include <string.h>

/* JSON needs none: each object tells its type. */
static void heading(const struct options *o, const char *line)
{
    if (!o->json)
        printf("%s\n", line);
}

static int list_socs(const struct options *o)
{
    const char *name;
    int status = EXIT_CLEAN;

    heading(o, "machines (--soc)");
    for (unsigned i = 0; (name = nap_builtin_soc_name(i)) && !status; i++) {
        struct nap_soc *soc;
        status = soc_open(name, &soc);
        if (!status && o->json)
            status = json_soc(soc);
        else if (!status)
            printf("  %-20s %s: %u device%s, %u master%s\n", soc->name, soc->title,
                   soc->n_devices, text_plural(soc->n_devices), soc->n_masters,
                   text_plural(soc->n_masters));
        nap_soc_free(soc);
    }
    return status;
}

static void ports_of(const struct nap_soc *soc, unsigned device, char *out, size_t bytes)
{
    size_t at = 0;

    out[0] = 0;
    for (uint32_t m = 0; m < soc->n_masters; m++) {
        for (uint32_t p = 0; p < soc->masters[m].n_ports; p++) {
            const struct nap_soc_ports *r = &soc->masters[m].ports[p];
            if (r->device != device)
                continue;
            append(out, bytes, &at, "%s%s %u", at ? ", " : "", soc->masters[m].name, r->first);
            if (r->count > 1)
                append(out, bytes, &at, "-%u", r->first + r->count - 1);
        }
    }
}

/* Widths that every row of a machine fits, at least those of the built-in ones. */
struct widths {
    int name, model, variant, power;
};

static void widen(int *width, const char *text)
{
    int length = (int)strlen(text);

    if (*width < length)
        *width = length;
}

static struct widths widths_of(const struct nap_soc *soc)
{
    struct widths w = {6, 12, 7, 10};

    for (uint32_t i = 0; i < soc->n_devices; i++) {
        widen(&w.name, soc->devices[i].name);
        widen(&w.model, soc->devices[i].model);
        widen(&w.variant, soc->devices[i].variant);
        widen(&w.power, soc->domains[soc->devices[i].domain].name);
    }
    return w;
}

/* Where its registers are: an address, or a CPU. */
static void place_of(const struct nap_soc *soc, const struct nap_soc_device *d, char *out,
                     size_t bytes)
{
    const char *cpu = soc->cpus[d->cpu].name;

    if (d->size_bytes)
        (void)snprintf(out, bytes, "0x%llx", (unsigned long long)d->base);
    else if (*cpu)
        (void)snprintf(out, bytes, "%s", cpu);
    else
        (void)snprintf(out, bytes, "CPU %u", d->cpu);
}

/* A row has no blanks at its end, so its last column is not padded. */
static void device_row(const struct nap_soc *soc, uint32_t device, struct widths w)
{
    const struct nap_soc_device *d = &soc->devices[device];
    const char *power = soc->domains[d->domain].name;
    char ports[2048], place[NAP_NAME_MAX];

    ports_of(soc, device, ports, sizeof ports);
    place_of(soc, d, place, sizeof place);
    printf("  %-*s %-*s %-*s %-11s %s", w.name, d->name, w.model, d->model, w.variant,
           d->variant, place, power);
    if (ports[0] || d->node.disabled)
        printf("%*s %s", w.power - (int)strlen(power), "", ports);
    if (d->node.disabled)
        printf("%s(disabled)", ports[0] ? " " : "");
    printf("\n");
}

static void left_out_rows(const struct nap_soc *soc)
{
    uint32_t n =
        soc->n_left_out < NAP_SOC_LEFT_OUT_MAX ? soc->n_left_out : NAP_SOC_LEFT_OUT_MAX;

    if (soc->n_left_out)
        printf("\nin the device tree and not in the machine: %u nodes\n", soc->n_left_out);
    for (uint32_t i = 0; i < n; i++)
        printf("  %s (%s): %s\n", soc->left_out[i].path,
               soc->left_out[i].compatible[0] ? soc->left_out[i].compatible
                                              : "names no compatible",
               soc->left_out[i].why);
    if (soc->n_left_out > n)
        printf("  and %u more\n", soc->n_left_out - n);
}

static void print_devices(const struct nap_soc *soc)
{
    struct widths w = widths_of(soc);

    printf("devices of %s (regnap regs DEVICE)\n", soc->name);
    if (soc->controller)
        printf("  interrupts go to %s, which has %u CPU%s\n",
               soc->devices[soc->controller - 1].name, soc->n_cpus, text_plural(soc->n_cpus));
    printf("  %-*s %-*s %-*s %-11s %-*s %s\n", w.name, "name", w.model, "model", w.variant,
           "variant", "base", w.power, "power", "masters and their ports");
    for (uint32_t i = 0; i < soc->n_devices; i++)
        device_row(soc, i, w);
    left_out_rows(soc);
}

static int list_devices(const struct options *o)
{
    struct nap_soc *soc;
    int status = soc_open(o->soc, &soc);

    if (status)
        return status;
    if (o->json)
        status = json_machine(soc);
    else
        print_devices(soc);
    nap_soc_free(soc);
    return status;
}

static void scenario_row(const struct nap_scenario *s)
{
    char vary[128];

    vary_text(s->vary, vary, sizeof vary);
    printf("  %-18s %s\n", s->name, s->title);
    printf("  %-18s driver %s, %s%s, %s%s, varies %s\n", "", s->driver,
           s->n_socs ? "first machine " : "needs --soc", s->socs[0],
           s->n_variants ? "first variant " : "needs --driver", s->variants[0], vary);
}

static int list_scenarios(const struct options *o)
{
    struct nap_error error = {0};
    int status = EXIT_CLEAN;
    const char *name;

    heading(o, "scenarios");
    for (unsigned i = 0; (name = nap_builtin_scenario_name(i)) && !status; i++) {
        struct nap_scenario *s;
        enum nap_err err = nap_builtin_scenario(name, &s, &error);
        if (err)
            return complain_error(err, &error);
        if (o->json)
            status = json_scenario(s);
        else
            scenario_row(s);
        nap_scenario_free(s);
    }
    return status;
}

static int list_variants(const struct options *o)
{
    struct nap_builtin_variant v;
    bool told = false;
    int status = EXIT_CLEAN;

    heading(o, "variants of driver logic (--variant)");
    for (unsigned i = 0; nap_builtin_driver(i, &v) && !status; i++) {
        if (v.catalogue && !told) {
            told = true;
            heading(o, "  for the hazard catalogue, most of them wrong:");
        }
        if (o->json)
            status = json_variant(&v);
        else
            printf("  %-6s %-17s %s\n", v.name, v.variant, v.about);
    }
    return status;
}

static int list_rules(const struct options *o)
{
    const struct nap_rule *rule;
    int status = EXIT_CLEAN;

    heading(o, "rules");
    for (unsigned i = 0; (rule = nap_rule_at(all_blocks(), i)) && !status; i++) {
        if (o->json) {
            status = json_rule(rule);
            continue;
        }
        printf("  %-32s %s\n", rule->id, rule->classes);
        text_wrapped(6, rule->about);
    }
    return status;
}

/* "AIDR.ArchMinorRev 2 and later: ignored". Switches of the bus have no model. */
static void decided_row(const struct nap_model *model, const struct nap_switch *sw)
{
    const struct nap_reg *reg =
        model && sw->decided_by ? &model->regs[sw->decided_by - 1] : NULL;
    char field[NAP_NAME_MAX];

    if (!reg)
        return;
    nap_field_names(reg, sw->decided_mask, field, sizeof field);
    printf("      %s.%s %" PRIu64 " and later: %s\n", reg->name, field,
           sw->decided_from >> __builtin_ctzll(sw->decided_mask),
           sw->values[sw->decided_value]);
}

static void switch_row(const struct nap_model *model, const struct nap_switch *sw)
{
    printf("  %s %-12s ", sw->id, basis_text(sw->basis));
    for (uint32_t v = 0; v < sw->n_values; v++)
        printf("%s%s", v ? " | " : "", sw->values[v]);
    printf("\n");
    text_wrapped(6, sw->about);
    decided_row(model, sw);
}

static bool same_switch(const struct nap_switch *a, const struct nap_switch *b)
{
    bool same = strcmp(a->id, b->id) == 0 && a->n_values == b->n_values;

    for (uint32_t v = 0; same && v < a->n_values; v++)
        same = strcmp(a->values[v], b->values[v]) == 0;
    return same;
}

static bool switch_listed(const struct nap_block *const *blocks, unsigned before,
                          const struct nap_switch *sw)
{
    for (unsigned b = 0; b < before; b++)
        for (uint32_t i = 0; i < blocks[b]->model->n_switches; i++)
            if (same_switch(&blocks[b]->model->switches[i], sw))
                return true;
    return false;
}

/* Models of one family have switches in common: people see those of the same values once,
 * programs with each model. */
static int list_model_switches(const struct options *o, const struct nap_block *const *blocks,
                               unsigned block)
{
    const struct nap_model *model = blocks[block]->model;
    int status = EXIT_CLEAN;

    for (uint32_t i = 0; i < model->n_switches && !status; i++)
        if (o->json)
            status = json_switch(model, &model->switches[i]);
        else if (!switch_listed(blocks, block, &model->switches[i]))
            switch_row(model, &model->switches[i]);
    return status;
}

static int list_switches(const struct options *o)
{
    const struct nap_block *const *blocks = all_blocks();
    int status = EXIT_CLEAN;

    heading(o, "switches for hardware that no document settles (--switch ID=VALUE); the first "
               "value is\nthe default");
    for (unsigned b = 0; blocks[b] && !status; b++)
        status = list_model_switches(o, blocks, b);
    for (unsigned i = 0; nap_bus_switch(i) && !status; i++)
        if (o->json)
            status = json_switch(NULL, nap_bus_switch(i));
        else
            switch_row(NULL, nap_bus_switch(i));
    return status;
}

static int list_hazards(const struct options *o)
{
    const char *name;
    int status = EXIT_CLEAN;

    heading(o, "hazards (regnap hazards ID)");
    for (unsigned i = 0; (name = nap_builtin_hazard_name(i)) && !status; i++) {
        struct nap_error error = {0};
        struct nap_hazard *h;
        enum nap_err err = nap_builtin_hazard(name, &h, &error);
        if (err)
            return complain_error(err, &error);
        if (o->json)
            status = json_hazard(h);
        else
            printf("  %-38s %s\n", h->id, h->title);
        nap_hazard_free(h);
    }
    return status;
}

static const struct {
    const char *name;
    int (*list)(const struct options *options);
} topics[] = {
    {"socs", list_socs},         {"devices", list_devices}, {"scenarios", list_scenarios},
    {"variants", list_variants}, {"rules", list_rules},     {"hazards", list_hazards},
    {"switches", list_switches},
};

#define N_TOPICS (sizeof topics / sizeof topics[0])

int command_list(const struct options *o)
{
    int status = EXIT_CLEAN;

    for (unsigned i = 0; i < N_TOPICS && o->arg; i++)
        if (strcmp(topics[i].name, o->arg) == 0)
            return topics[i].list(o);
    if (o->arg)
        return complain(
            "list: found '%s', expected one of: socs, devices, scenarios, variants, "
            "rules, hazards, switches",
            o->arg);
    for (unsigned i = 0; i < N_TOPICS && !status; i++) {
        if (i && !o->json)
            printf("\n");
        status = topics[i].list(o);
    }
    return status;
}
