/* SPDX-License-Identifier: MIT */
/* Building a machine from its description, and asking what it is made of. */
#include "core.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct nap_block *find_block(const struct nap_machine_config *config,
                                          const char *model)
{
    for (size_t i = 0; config->blocks[i]; i++)
        if (strcmp(config->blocks[i]->model->name, model) == 0)
            return config->blocks[i];
    return NULL;
}

/* All of them, used or not: they are searched by the names of their models. */
static enum nap_err check_blocks(const struct nap_machine_config *config,
                                 struct nap_error *error)
{
    for (size_t i = 0; config->blocks[i]; i++) {
        const struct nap_block *block = config->blocks[i];
        const char *name, *lacks;
        if (block->abi != NAP_BLOCK_ABI) /* it may have nothing else where it is expected */
            return nap_fail(error, NAP_ERR_ARG, "block number %zu has ABI %u, expected %u", i,
                            block->abi, NAP_BLOCK_ABI);
        name = block->model ? block->model->name : "(none)";
        lacks = nap_block_lacks(block);
        if (lacks)
            return nap_fail(error, NAP_ERR_ARG,
                            "the block of model %s: %s is NULL, expected it set", name, lacks);
    }
    return NAP_OK;
}

bool nap_switch_is_decided(const struct nap_kind *kind, const struct nap_switch *sw)
{
    return sw->decided_by &&
           (kind->resets[sw->decided_by - 1] & sw->decided_mask) >= sw->decided_from;
}

static enum nap_err add_kind(struct nap_machine *m, const struct nap_block *block,
                             unsigned variant, uint64_t *resets)
{
    const struct nap_model *model = block->model;
    unsigned k = m->n_kinds++;

    m->kinds[k] = (struct nap_kind){
        .block = block, .variant = variant, .resets = resets, .switches = m->switch_value[k]};
    for (uint32_t s = 0; s < model->n_switches; s++)
        if (nap_switch_is_decided(&m->kinds[k], &model->switches[s]))
            m->switch_value[k][s] = (uint8_t)model->switches[s].decided_value;
    return NAP_OK;
}

/* The kind that device @i is of; @resets is owned by it, or freed. */
static enum nap_err find_kind(struct nap_machine *m, uint32_t i, const struct nap_block *block,
                              unsigned variant, uint64_t *resets)
{
    size_t bytes = block->model->n_regs * sizeof *resets;
    unsigned k = 0;

    while (k < m->n_kinds && (m->kinds[k].block != block || m->kinds[k].variant != variant ||
                              memcmp(m->kinds[k].resets, resets, bytes) != 0))
        k++;
    m->devices[i].kind = &m->kinds[k];
    if (k == m->n_kinds)
        return add_kind(m, block, variant, resets);
    free(resets);
    return NAP_OK;
}

static enum nap_err allocate(struct nap_machine *m, struct nap_dev *d, struct nap_error *error)
{
    unsigned n = d->kind->n_slots;

    d->regs = nap_arena_alloc(m, NAP_REGION_STATE, n * sizeof *d->regs);
    d->marks = nap_arena_alloc(m, NAP_REGION_STATE, n);
    d->lost = nap_arena_alloc(m, NAP_REGION_STATE, n * sizeof *d->lost);
    d->golden = nap_arena_alloc(m, NAP_REGION_STATE, n * sizeof *d->golden);
    d->golden_marks = nap_arena_alloc(m, NAP_REGION_STATE, n);
    d->state = nap_arena_alloc(m, NAP_REGION_STATE, d->kind->block->state_bytes + 1);
    if (!d->regs || !d->marks || !d->lost || !d->golden || !d->golden_marks || !d->state)
        return nap_fail(error, NAP_ERR_NOSPACE, "machine %s does not fit %u bytes of state",
                        m->soc->name, NAP_STATE_BYTES);
    return NAP_OK;
}

/* A page of the bus belongs to one device, and a register that lies outside its window could
 * never be reached. */
static enum nap_err check_window(const struct nap_soc *soc, uint32_t i,
                                 const struct nap_kind *kind, struct nap_error *error)
{
    const struct nap_soc_device *s = &soc->devices[i];

    if (kind->sysregs != (s->size_bytes == 0))
        return nap_fail(error, NAP_ERR_RANGE,
                        "%s: device %s has %s, expected %s: its registers %s", soc->name,
                        s->name, kind->sysregs ? "a window" : "a CPU and no window",
                        kind->sysregs ? "a CPU" : "a window",
                        kind->sysregs ? "are system registers" : "have addresses");
    if (kind->sysregs && s->cpu != 0 && s->cpu >= soc->n_cpus)
        return nap_fail(error, NAP_ERR_RANGE, "%s: device %s has CPU %u, expected one below %u",
                        soc->name, s->name, s->cpu, soc->n_cpus);
    if (s->base % NAP_PAGE_BYTES != 0 || s->size_bytes % NAP_PAGE_BYTES != 0)
        return nap_fail(error, NAP_ERR_RANGE,
                        "%s: device %s has a window at 0x%" PRIx64 " with 0x%" PRIx32
                        " bytes, expected multiples of 0x%x",
                        soc->name, s->name, s->base, s->size_bytes, NAP_PAGE_BYTES);
    if (s->size_bytes < kind->window_bytes)
        return nap_fail(error, NAP_ERR_RANGE,
                        "%s: device %s has a window of 0x%" PRIx32
                        " bytes, expected at least the 0x%" PRIx32 " of model %s",
                        soc->name, s->name, s->size_bytes, kind->window_bytes,
                        kind->block->model->name);
    for (uint32_t k = 0; k < i; k++) {
        const struct nap_soc_device *other = &soc->devices[k];

        if (s->base < other->base + other->size_bytes && other->base < s->base + s->size_bytes)
            return nap_fail(error, NAP_ERR_RANGE,
                            "%s: the window of device %s at 0x%" PRIx64
                            " overlaps that of %s at 0x%" PRIx64
                            ", expected separate addresses",
                            soc->name, s->name, s->base, other->name, other->base);
    }
    return NAP_OK;
}

/* Reset values that no hardware has together. */
static enum nap_err check_resets(const struct nap_soc *soc, uint32_t i,
                                 const struct nap_block *block, const uint64_t *resets,
                                 struct nap_error *error)
{
    const char *what = block->contradiction ? block->contradiction(resets) : NULL;

    if (!what)
        return NAP_OK;
    return nap_fail(error, NAP_ERR_RANGE, "%s: reset values of device %s: %s", soc->name,
                    soc->devices[i].name, what);
}

/* What the device is: its block, its variant, and what its registers reset to. */
static enum nap_err identify(struct nap_machine *m, const struct nap_machine_config *config,
                             uint32_t i, struct nap_error *error)
{
    const struct nap_soc_device *s = &config->soc->devices[i];
    const struct nap_block *block = find_block(config, s->model);
    uint64_t *resets;
    enum nap_err err;
    int variant;

    if (!block)
        return nap_fail(error, NAP_ERR_UNKNOWN,
                        "%s: device %s has model '%s', which no block has", config->soc->name,
                        s->name, s->model);
    variant = nap_model_variant(block->model, s->variant);
    if (variant < 0)
        return nap_fail(error, NAP_ERR_UNKNOWN, "%s: device %s: model %s has no variant '%s'",
                        config->soc->name, s->name, s->model, s->variant);
    resets = calloc(block->model->n_regs, sizeof *resets);
    if (!resets)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for a machine");
    err = nap_soc_resets(config->soc, i, block->model, resets, error);
    if (!err)
        err = check_resets(config->soc, i, block, resets, error);
    if (!err)
        return find_kind(m, i, block, (unsigned)variant, resets);
    free(resets);
    return err;
}

static enum nap_err add_device(struct nap_machine *m, uint32_t i, struct nap_error *error)
{
    const struct nap_soc_device *s = &m->soc->devices[i];
    struct nap_dev *d = &m->devices[i];
    enum nap_err err = check_window(m->soc, i, d->kind, error);

    if (err)
        return err;
    d->base = s->base;
    d->domain = s->domain;
    d->upstream = s->upstream == NAP_SOC_NONE ? i : s->upstream;
    d->line = s->line;
    d->cpu = d->kind->sysregs ? s->cpu : NAP_SOC_NONE;
    if (!nap_bus_claim(m, s->base, s->size_bytes, i))
        return nap_fail(error, NAP_ERR_NOSPACE, "%s: device windows exceed %u pages",
                        m->soc->name, NAP_BUS_TABLE / 2);
    return allocate(m, d, error);
}

static enum nap_err check_master(struct nap_machine *m, const struct nap_soc_master *master,
                                 struct nap_error *error)
{
    for (uint32_t i = 0; i < master->n_ports; i++) {
        const struct nap_soc_ports *p = &master->ports[i];
        unsigned n = m->devices[p->device].kind->block->n_ports;

        if (n == 0)
            return nap_fail(error, NAP_ERR_RANGE,
                            "%s: master %s is at device %s, which has no "
                            "ports",
                            m->soc->name, master->name, m->soc->devices[p->device].name);
        if ((uint64_t)p->first + p->count > n)
            return nap_fail(
                error, NAP_ERR_RANGE,
                "%s: master %s is at port %u of device %s, expected a port below %u",
                m->soc->name, master->name, p->first + p->count - 1,
                m->soc->devices[p->device].name, n);
    }
    return NAP_OK;
}

static enum nap_err bad_value(const struct nap_switch *sw,
                              const struct nap_switch_setting *setting, struct nap_error *error)
{
    return nap_fail(error, NAP_ERR_RANGE, "switch %s has %u values, found number %u", sw->id,
                    sw->n_values, setting->value);
}

static bool set_bus_switch(struct nap_machine *m, const struct nap_switch_setting *setting,
                           enum nap_err *err, struct nap_error *error)
{
    for (unsigned i = 0; i < NAP_BUS_SWITCHES; i++) {
        if (strcmp(nap_bus_switch(i)->id, setting->id) != 0)
            continue;
        if (setting->value >= nap_bus_switch(i)->n_values)
            *err = bad_value(nap_bus_switch(i), setting, error);
        else
            m->bus_switch[i] = (uint8_t)setting->value;
        return true;
    }
    return false;
}

/* Where the version of a device decides it, another value means nothing. */
static enum nap_err set_switch(struct nap_machine *m, const struct nap_switch_setting *setting,
                               struct nap_error *error)
{
    const struct nap_switch *decided = NULL;
    enum nap_err err = NAP_OK;
    bool found = false;

    if (set_bus_switch(m, setting, &err, error))
        return err;
    for (unsigned k = 0; k < m->n_kinds; k++) {
        const struct nap_model *model = m->kinds[k].block->model;
        int s = nap_model_switch(model, setting->id);
        if (s < 0)
            continue;
        if (setting->value >= model->switches[s].n_values)
            return bad_value(&model->switches[s], setting, error);
        if (nap_switch_is_decided(&m->kinds[k], &model->switches[s]) &&
            setting->value != model->switches[s].decided_value) {
            decided = &model->switches[s];
            continue;
        }
        m->switch_value[k][s] = (uint8_t)setting->value;
        found = true;
    }
    if (!found && decided)
        return nap_fail(error, NAP_ERR_RANGE,
                        "%s: switch %s is decided by the version of its devices, expected %s",
                        m->soc->name, setting->id, decided->values[decided->decided_value]);
    if (!found)
        return nap_fail(error, NAP_ERR_UNKNOWN, "no model of %s has a switch '%s'",
                        m->soc->name, setting->id);
    return NAP_OK;
}

/* Features that a machine says it has, and that nothing stands behind. */
static void count_features(struct nap_machine *m, unsigned device)
{
    const struct nap_kind *kind = m->devices[device].kind;
    const struct nap_model *model = kind->block->model;

    for (uint32_t r = 0; r < model->n_regs; r++)
        for (uint32_t i = 0; model->regs[r].implementation && i < model->regs[r].n_fields; i++)
            if (model->regs[r].fields[i].unmodelled &&
                (kind->resets[r] & model->regs[r].fields[i].mask))
                nap_unmodelled(m, device, model->regs[r].fields[i].name);
}

static enum nap_err check_work(const struct nap_machine *m, struct nap_error *error)
{
    unsigned n = 0;

    for (unsigned i = 0; i < m->n_devices; i++)
        n += m->devices[i].kind->n_work;
    if (n > NAP_WORK_MAX)
        return nap_fail(error, NAP_ERR_NOSPACE,
                        "%s: its devices may have %u items of work under way at once, expected "
                        "at most %d",
                        m->soc->name, n, NAP_WORK_MAX);
    return NAP_OK;
}

/* The first power-on: reset values, nothing undetermined, no choices. */
static void first_power_on(struct nap_machine *m)
{
    for (unsigned i = 0; i < m->n_devices; i++)
        for (unsigned s = 0; s < m->devices[i].kind->n_slots; s++)
            m->devices[i].regs[s] = nap_reset_value(m, i, s, NAP_PROFILE_ZERO);
    m->st->domains_on = m->soc->n_domains == 32 ? UINT32_MAX : (1u << m->soc->n_domains) - 1;
    for (uint32_t i = 0; i < NAP_SOC_MASTERS_MAX; i++)
        m->st->ledger.domain[i] = m->st->ledger.pending[i] = NAP_NO_DOMAIN;
}

static enum nap_err build(struct nap_machine *m, const struct nap_machine_config *config,
                          struct nap_error *error)
{
    enum nap_err err = check_blocks(config, error);

    if (!err)
        err = nap_arena_create(m, error);
    if (err)
        return err;
    m->st = nap_arena_alloc(m, NAP_REGION_STATE, sizeof *m->st);
    m->ev = nap_arena_alloc(m, NAP_REGION_EVIDENCE, sizeof *m->ev);
    m->switch_read = calloc(NAP_SOC_DEVICES_MAX, sizeof *m->switch_read);
    if (!m->switch_read)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for a machine");
    for (uint32_t i = 0; i < config->soc->n_devices && !err; i++)
        err = identify(m, config, i, error);
    for (unsigned i = 0; i < config->n_switches && !err; i++)
        err = set_switch(m, &config->switches[i], error);
    for (unsigned k = 0; k < m->n_kinds && !err; k++)
        err = nap_kind_create(&m->kinds[k], m->soc->n_cpus ? m->soc->n_cpus : 1, error);
    for (uint32_t i = 0; i < config->soc->n_devices && !err; i++) {
        m->n_devices = i + 1;
        err = add_device(m, i, error);
    }
    if (!err)
        err = check_work(m, error);
    for (uint32_t i = 0; i < config->soc->n_masters && !err; i++)
        err = check_master(m, &config->soc->masters[i], error);
    if (!err)
        err = nap_sysregs_check(m, error);
    if (err)
        return err;
    for (unsigned i = 0; i < m->n_devices; i++)
        count_features(m, i);
    m->st->profile = config->profile;
    m->st->faults_left = config->faults;
    first_power_on(m);
    err = nap_lines_check(m, error);
    if (err)
        return err;
    nap_arena_ready(m);
    return NAP_OK;
}

enum nap_err nap_machine_create(const struct nap_machine_config *config,
                                struct nap_machine **out, struct nap_error *error)
{
    struct nap_machine *m;
    enum nap_err err;

    *out = NULL;
    if (config->slot >= NAP_MACHINE_SLOTS)
        return nap_fail(error, NAP_ERR_RANGE, "machine slot is %u, allowed 0 to %d",
                        config->slot, NAP_MACHINE_SLOTS - 1);
    m = calloc(1, sizeof *m);
    if (!m)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for a machine");
    m->soc = config->soc;
    m->slot = config->slot;
    m->policy = config->policy;
    m->parameters = config->parameters;
    m->n_parameters = config->n_parameters;
    m->arena.base = NULL;
    err = build(m, config, error);
    if (err) {
        nap_machine_destroy(m);
        return err;
    }
    *out = m;
    return NAP_OK;
}

void nap_machine_destroy(struct nap_machine *m)
{
    if (!m)
        return;
    for (unsigned i = 0; i < m->n_devices; i++)
        free(m->devices[i].watch);
    for (unsigned i = 0; i < m->n_kinds; i++)
        nap_kind_destroy(&m->kinds[i]);
    free(m->switch_read);
    free(m->marked);
    free(m->page_watch);
    free(m->page_tag);
    nap_arena_destroy(m);
    free(m);
}

/* --- what it is made of --- */

const struct nap_soc *nap_machine_soc(const struct nap_machine *m)
{
    return m->soc;
}

/* By its own name or by that of its node. */
static bool is_called(const char *own, const struct nap_soc_node *node, const char *name)
{
    return strcmp(own, name) == 0 || (node->name[0] && strcmp(node->name, name) == 0);
}

int nap_device_find(const struct nap_machine *m, const char *name)
{
    for (uint32_t i = 0; i < m->soc->n_devices; i++)
        if (is_called(m->soc->devices[i].name, &m->soc->devices[i].node, name))
            return (int)i;
    return -1;
}

int nap_master_find(const struct nap_machine *m, const char *name)
{
    for (uint32_t i = 0; i < m->soc->n_masters; i++)
        if (is_called(m->soc->masters[i].name, &m->soc->masters[i].node, name))
            return (int)i;
    return -1;
}

int nap_domain_find(const struct nap_machine *m, const char *name)
{
    for (uint32_t i = 0; i < m->soc->n_domains; i++)
        if (strcmp(m->soc->domains[i].name, name) == 0)
            return (int)i;
    return -1;
}

unsigned nap_device_count(const struct nap_machine *m)
{
    return m->n_devices;
}

const char *nap_device_name(const struct nap_machine *m, unsigned device)
{
    return m->soc->devices[device].name;
}

const struct nap_model *nap_device_model(const struct nap_machine *m, unsigned device)
{
    return m->devices[device].kind->block->model;
}

unsigned nap_device_variant(const struct nap_machine *m, unsigned device)
{
    return m->devices[device].kind->variant;
}

unsigned nap_upstream(const struct nap_machine *m, unsigned device)
{
    return m->devices[device].upstream;
}

unsigned nap_device_line(const struct nap_machine *m, unsigned device)
{
    return m->devices[device].line;
}

int nap_device_next_behind(const struct nap_machine *m, unsigned device, int after)
{
    for (unsigned i = (unsigned)(after + 1); i < m->n_devices; i++)
        if (i != device && m->devices[i].upstream == device)
            return (int)i;
    return -1;
}

uint32_t nap_device_cpu(const struct nap_machine *m, unsigned device)
{
    return m->devices[device].cpu;
}

unsigned nap_switch(const struct nap_machine *m, unsigned device, unsigned index)
{
    size_t kind = (size_t)(m->devices[device].kind - m->kinds);

    m->switch_read[kind] |= UINT64_C(1) << index;
    return m->switch_value[kind][index];
}

void nap_cpu_set(struct nap_machine *m, unsigned cpu)
{
    assert(cpu == 0 || cpu < m->soc->n_cpus);
    nap_touched(m, &m->st->cpu, sizeof m->st->cpu);
    m->st->cpu = cpu;
}

unsigned nap_cpu(const struct nap_machine *m)
{
    return m->st->cpu;
}

unsigned nap_cpu_count(const struct nap_machine *m)
{
    return m->soc->n_cpus ? m->soc->n_cpus : 1;
}

/* A machine that says only how many CPUs it has says nothing of each. */
static const struct nap_soc_cpu *cpu_of(const struct nap_machine *m, unsigned cpu)
{
    assert(cpu < nap_cpu_count(m));
    return m->soc->cpus[cpu].name[0] ? &m->soc->cpus[cpu] : NULL;
}

uint32_t nap_cpu_domain(const struct nap_machine *m, unsigned cpu)
{
    const struct nap_soc_cpu *c = cpu_of(m, cpu);

    return c ? c->domain : NAP_SOC_NONE;
}

bool nap_cpu_on(const struct nap_machine *m, unsigned cpu)
{
    uint32_t domain = nap_cpu_domain(m, cpu);

    return domain == NAP_SOC_NONE || nap_domain_on(m, domain);
}

uint32_t nap_cpu_affinity(const struct nap_machine *m, unsigned cpu)
{
    const struct nap_soc_cpu *c = cpu_of(m, cpu);

    return c ? c->affinity : cpu;
}

int nap_cpu_at(const struct nap_machine *m, uint32_t affinity)
{
    for (unsigned i = 0; i < nap_cpu_count(m); i++)
        if (nap_cpu_affinity(m, i) == affinity)
            return (int)i;
    return -1;
}

void nap_secure_set(struct nap_machine *m, bool secure)
{
    if ((m->st->secure != 0) == secure)
        return;
    nap_touched(m, &m->st->secure, sizeof m->st->secure);
    m->st->secure = secure;
}

bool nap_secure(const struct nap_machine *m)
{
    return m->st->secure != 0;
}

void nap_set_profile(struct nap_machine *m, enum nap_profile profile)
{
    nap_touched(m, &m->st->profile, sizeof m->st->profile);
    m->st->profile = profile;
}

void nap_set_policy(struct nap_machine *m, enum nap_policy policy)
{
    m->policy = policy;
}

const void *nap_block_data(const struct nap_machine *m, unsigned device)
{
    return m->devices[device].kind->block->data;
}

const void *nap_block_state(const struct nap_machine *m, unsigned device)
{
    return m->devices[device].state;
}

void *nap_block_state_mut(struct nap_machine *m, unsigned device)
{
    return m->devices[device].state;
}

/* Devices that share an input of the controller are ORed. */
static void drive_input(struct nap_machine *m, uint32_t irq)
{
    bool level = false;

    if (!m->soc->controller || irq == NAP_SOC_NONE)
        return;
    for (unsigned i = 0; i < m->n_devices; i++)
        level |= m->soc->devices[i].irq == irq && nap_wire(m, i);
    nap_line_set(m, irq, 0, level);
}

void nap_wire_set(struct nap_machine *m, unsigned device, bool level)
{
    uint64_t bit = UINT64_C(1) << device;
    uint64_t now = level ? m->st->wires | bit : m->st->wires & ~bit;

    if (now == m->st->wires)
        return;
    nap_touched(m, &m->st->wires, sizeof m->st->wires);
    m->st->wires = now;
    drive_input(m, m->soc->devices[device].irq);
}

bool nap_wire(const struct nap_machine *m, unsigned device)
{
    return (m->st->wires & UINT64_C(1) << device) != 0;
}

struct nap_counters nap_counters(const struct nap_machine *m)
{
    return m->ev->counters;
}

void nap_unmodelled(struct nap_machine *m, unsigned device, const char *what)
{
    for (unsigned i = 0; i < m->n_unmodelled; i++) {
        if (m->unmodelled[i].device == device && m->unmodelled[i].what == what) {
            m->unmodelled[i].count++;
            return;
        }
    }
    if (m->n_unmodelled == NAP_UNMODELLED_MAX) {
        m->unmodelled_unlisted++;
        return;
    }
    m->unmodelled[m->n_unmodelled++] = (struct nap_unmodelled_use){what, device, 1};
}
