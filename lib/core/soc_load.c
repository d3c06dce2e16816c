/* SPDX-License-Identifier: MIT */
/* models/soc/NAME.yaml to struct nap_soc. A domain's parent and a device's upstream stand above
 * it in the file, so neither can form a loop. */
#include <regnap/machine.h>
#include <regnap/soc.h>

#include "core/canon.h"
#include "core/yaml.h"

#include <stdio.h>
#include <stdlib.h>

#define WHAT_BYTES       (NAP_NAME_MAX + 32)
#define PORT_MAX         0xffffu      /* highest port number of a device */
#define ADDRESS_MAX      (1ull << 52) /* first address beyond physical memory */
#define DEVICE_BYTES_MAX (1u << 24)
#define PAGE_BYTES       0x1000u /* RAM and windows of devices come in these */
#define MSI_BYTES        4u      /* of the doorbell */

struct loader {
    struct nap_soc *soc;
    const struct nap_yaml *y;
    struct nap_error *error;
};

/* Each table of a machine starts its elements with a name of NAP_NAME_MAX bytes. */
struct table {
    const char *what;
    const char *names;
    size_t stride_bytes;
    uint32_t count;
};

static struct table domain_table(const struct nap_soc *soc)
{
    return (struct table){"domain", soc->domains[0].name, sizeof(soc->domains[0]),
                          soc->n_domains};
}

static struct table device_table(const struct nap_soc *soc)
{
    return (struct table){"device", soc->devices[0].name, sizeof(soc->devices[0]),
                          soc->n_devices};
}

static struct table master_table(const struct nap_soc *soc)
{
    return (struct table){"master", soc->masters[0].name, sizeof(soc->masters[0]),
                          soc->n_masters};
}

static struct table cpu_table(const struct nap_soc *soc)
{
    return (struct table){"CPU", soc->cpus[0].name, sizeof(soc->cpus[0]), soc->n_cpus};
}

static uint32_t find(struct table table, const char *name)
{
    for (uint32_t i = 0; i < table.count; i++)
        if (strcmp(table.names + i * table.stride_bytes, name) == 0)
            return i;
    return NAP_SOC_NONE;
}

static enum nap_err read_word(struct loader *l, nap_node map, const char *what, const char *key,
                              char *out)
{
    const char *text;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    if (!err)
        err = nap_yaml_name(l->y, n, key, &text, l->error);
    if (!err)
        memcpy(out, text, strlen(text) + 1);
    return err;
}

/* Checks the keys of @map and reads its name, new in @table. */
static enum nap_err begin(struct loader *l, nap_node map, struct table table,
                          const char *const *keys, char *name, char what[WHAT_BYTES])
{
    const char *text = nap_yaml_text(l->y, nap_yaml_find(l->y, map, "name"));
    enum nap_err err;

    (void)snprintf(what, WHAT_BYTES, "%s %.*s", table.what, NAP_NAME_MAX, *text ? text : "?");
    err = nap_yaml_check_map(l->y, map, what, keys, l->error);
    if (!err)
        err = read_word(l, map, what, "name", name);
    if (!err && find(table, name) != NAP_SOC_NONE)
        err = nap_yaml_fail(l->y, map, l->error, "found %s twice, expected each once", what);
    return err;
}

/* The element of @table that @n names. */
static enum nap_err resolve(struct loader *l, nap_node n, const char *key, struct table table,
                            uint32_t *out)
{
    const char *name;
    enum nap_err err = nap_yaml_name(l->y, n, key, &name, l->error);

    if (err)
        return err;
    *out = find(table, name);
    if (*out == NAP_SOC_NONE)
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s' as %s, expected a %s that stands above", name, key,
                             table.what);
    return NAP_OK;
}

static enum nap_err need_resolved(struct loader *l, nap_node map, const char *what,
                                  const char *key, struct table table, uint32_t *out)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    return err ? err : resolve(l, n, key, table, out);
}

static enum nap_err maybe_resolved(struct loader *l, nap_node map, const char *key,
                                   struct table table, uint32_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, key);

    *out = NAP_SOC_NONE;
    return n ? resolve(l, n, key, table, out) : NAP_OK;
}

/* Optional number; @fallback if absent. */
static enum nap_err maybe_number(struct loader *l, nap_node map, const char *key, uint64_t min,
                                 uint64_t max, uint32_t fallback, uint32_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, key);
    uint64_t value = fallback;
    enum nap_err err = n ? nap_yaml_u64(l->y, n, key, min, max, &value, l->error) : NAP_OK;

    *out = (uint32_t)value;
    return err;
}

static enum nap_err need_number(struct loader *l, nap_node map, const char *what,
                                const char *key, uint64_t min, uint64_t max, uint64_t *out)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    return err ? err : nap_yaml_u64(l->y, n, key, min, max, out, l->error);
}

/* --- domains --- */

static enum nap_err read_domain(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"name", "parent", NULL};
    struct nap_soc_domain *domain = &l->soc->domains[l->soc->n_domains];
    char what[WHAT_BYTES];
    enum nap_err err = begin(l, map, domain_table(l->soc), keys, domain->name, what);

    if (!err)
        err = maybe_resolved(l, map, "parent", domain_table(l->soc), &domain->parent);
    l->soc->n_domains++;
    return err;
}

/* --- CPUs --- */

static enum nap_err check_affinity(struct loader *l, nap_node map,
                                   const struct nap_soc_cpu *cpu)
{
    for (const struct nap_soc_cpu *other = l->soc->cpus; other < cpu; other++)
        if (other->affinity == cpu->affinity)
            return nap_yaml_fail(l->y, map, l->error,
                                 "found affinity 0x%x of CPU %s, which CPU %s has, expected "
                                 "another",
                                 cpu->affinity, cpu->name, other->name);
    return NAP_OK;
}

static enum nap_err read_cpu(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"name", "domain", "affinity", NULL};
    uint32_t index = l->soc->n_cpus;
    struct nap_soc_cpu *cpu = &l->soc->cpus[index];
    char what[WHAT_BYTES];
    enum nap_err err = begin(l, map, cpu_table(l->soc), keys, cpu->name, what);

    if (!err)
        err = maybe_resolved(l, map, "domain", domain_table(l->soc), &cpu->domain);
    if (!err)
        err = maybe_number(l, map, "affinity", 0, UINT32_MAX, index, &cpu->affinity);
    if (!err)
        err = check_affinity(l, map, cpu);
    l->soc->n_cpus++;
    return err;
}

/* Their number; or a list, where more is to be said of them. */
static enum nap_err read_cpus(struct loader *l, nap_node root)
{
    nap_node n = nap_yaml_find(l->y, root, "cpus");
    unsigned count = nap_yaml_count(l->y, n);
    enum nap_err err = NAP_OK;

    if (!n || !nap_yaml_is_list(l->y, n)) {
        err = maybe_number(l, root, "cpus", 1, NAP_SOC_CPUS_MAX, 1, &l->soc->n_cpus);
        for (uint32_t i = 0; i < NAP_SOC_CPUS_MAX; i++)
            l->soc->cpus[i] = (struct nap_soc_cpu){"", NAP_SOC_NONE, i};
        return err;
    }
    if (count < 1 || count > NAP_SOC_CPUS_MAX)
        return nap_yaml_fail(l->y, n, l->error, "found %u cpus, expected 1 to %d", count,
                             NAP_SOC_CPUS_MAX);
    for (unsigned i = 0; i < count && !err; i++)
        err = read_cpu(l, nap_yaml_item(l->y, n, i));
    return err;
}

/* --- devices --- */

static bool overlap(nap_addr a, uint64_t a_bytes, nap_addr b, uint64_t b_bytes)
{
    return a < b + b_bytes && b < a + a_bytes;
}

/* Size and place of a device or a RAM bank, in multiples of @grain. */
static enum nap_err read_range(struct loader *l, nap_node map, const char *what, uint64_t grain,
                               uint64_t max_bytes, nap_addr *base, uint64_t *bytes)
{
    enum nap_err err = need_number(l, map, what, "base", 0, ADDRESS_MAX - 1, base);

    if (!err)
        err = need_number(l, map, what, "size", 1, max_bytes, bytes);
    if (err)
        return err;
    if (*base % grain != 0 || *bytes % grain != 0)
        return nap_yaml_fail(l->y, map, l->error,
                             "found base 0x%llx and size 0x%llx of %s, expected multiples of "
                             "0x%llx",
                             (unsigned long long)*base, (unsigned long long)*bytes, what,
                             (unsigned long long)grain);
    if (*bytes > ADDRESS_MAX - *base)
        return nap_yaml_fail(l->y, map, l->error,
                             "found the end of %s beyond 0x%llx, expected it below", what,
                             (unsigned long long)ADDRESS_MAX);
    return NAP_OK;
}

static enum nap_err check_place(struct loader *l, nap_node map, const char *what, nap_addr base,
                                uint64_t bytes)
{
    const struct nap_soc *soc = l->soc;

    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (overlap(base, bytes, soc->devices[i].base, soc->devices[i].size_bytes))
            return nap_yaml_fail(l->y, map, l->error,
                                 "%s at 0x%llx overlaps device %s at 0x%llx, expected separate "
                                 "addresses",
                                 what, (unsigned long long)base, soc->devices[i].name,
                                 (unsigned long long)soc->devices[i].base);
    for (uint32_t i = 0; i < soc->n_ram; i++)
        if (overlap(base, bytes, soc->ram[i].base, soc->ram[i].size_bytes))
            return nap_yaml_fail(l->y, map, l->error,
                                 "%s at 0x%llx overlaps the RAM bank at 0x%llx, expected "
                                 "separate addresses",
                                 what, (unsigned long long)base,
                                 (unsigned long long)soc->ram[i].base);
    return NAP_OK;
}

static enum nap_err check_line(struct loader *l, nap_node map,
                               const struct nap_soc_device *device)
{
    for (uint32_t i = 0; i < l->soc->n_devices; i++) {
        const struct nap_soc_device *other = &l->soc->devices[i];

        if (device->line != NAP_SOC_NONE && device->line == other->line &&
            device->upstream == other->upstream)
            return nap_yaml_fail(l->y, map, l->error,
                                 "found line %u of device %s, which device %s has, expected "
                                 "another",
                                 device->line, device->name, other->name);
    }
    return NAP_OK;
}

static enum nap_err read_window(struct loader *l, nap_node map, const char *what,
                                struct nap_soc_device *device)
{
    nap_node cpu = nap_yaml_find(l->y, map, "cpu"), base = nap_yaml_find(l->y, map, "base");
    uint64_t bytes = 0;
    enum nap_err err;

    if (cpu && (base || nap_yaml_find(l->y, map, "size")))
        return nap_yaml_fail(l->y, cpu, l->error,
                             "found 'cpu' beside 'base' or 'size' in %s, expected either: a "
                             "device of system registers has no address",
                             what);
    if (cpu)
        return maybe_number(l, map, "cpu", 0, l->soc->n_cpus - 1, 0, &device->cpu);
    err = read_range(l, map, what, PAGE_BYTES, DEVICE_BYTES_MAX, &device->base, &bytes);

    device->size_bytes = (uint32_t)bytes;
    return err ? err : check_place(l, map, what, device->base, bytes);
}

static enum nap_err read_reset(struct loader *l, nap_node key, nap_node value,
                               struct nap_soc_reset *reset)
{
    const char *name;
    enum nap_err err = nap_yaml_name(l->y, key, "a register", &name, l->error);

    if (err)
        return err;
    memcpy(reset->name, name, strlen(name) + 1);
    reset->line = nap_yaml_line(l->y, key);
    return nap_yaml_u64(l->y, value, name, 0, UINT64_MAX, &reset->value, l->error);
}

/* What this one resets to, beyond its model: nap_soc_resets() has the model. */
static enum nap_err read_resets(struct loader *l, nap_node map, const char *what,
                                struct nap_soc_device *device)
{
    nap_node preset = nap_yaml_find(l->y, map, "preset");
    nap_node registers = nap_yaml_find(l->y, map, "registers");
    unsigned count = nap_yaml_count(l->y, registers);
    enum nap_err err = preset ? read_word(l, map, what, "preset", device->preset) : NAP_OK;

    device->preset_line = preset ? nap_yaml_line(l->y, preset) : 0;
    if (err || !registers)
        return err;
    if (!nap_yaml_is_map(l->y, registers) || count > NAP_SOC_RESETS_MAX)
        return nap_yaml_fail(l->y, registers, l->error,
                             "found %u registers of %s, expected a map of up to %d", count,
                             what, NAP_SOC_RESETS_MAX);
    device->n_resets = count;
    for (unsigned i = 0; i < count && !err; i++)
        err = read_reset(l, nap_yaml_key(l->y, registers, i),
                         nap_yaml_value(l->y, registers, i), &device->resets[i]);
    return err;
}

static enum nap_err read_device(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"name",      "model",    "variant", "base", "size",
                                       "domain",    "upstream", "line",    "irq",  "preset",
                                       "registers", "cpu",      NULL};
    struct nap_soc *soc = l->soc;
    struct nap_soc_device *device = &soc->devices[soc->n_devices];
    char what[WHAT_BYTES];
    enum nap_err err = begin(l, map, device_table(soc), keys, device->name, what);

    if (!err)
        err = read_word(l, map, what, "model", device->model);
    if (!err)
        err = read_word(l, map, what, "variant", device->variant);
    if (!err)
        err = read_window(l, map, what, device);
    if (!err)
        err = need_resolved(l, map, what, "domain", domain_table(soc), &device->domain);
    if (!err)
        err = maybe_resolved(l, map, "upstream", device_table(soc), &device->upstream);
    if (!err)
        err = maybe_number(l, map, "line", 0, 0xffff, NAP_SOC_NONE, &device->line);
    if (!err)
        err = check_line(l, map, device);
    if (!err)
        err = maybe_number(l, map, "irq", 0, 0xffff, NAP_SOC_NONE, &device->irq);
    if (!err)
        err = read_resets(l, map, what, device);
    soc->n_devices++;
    return err;
}

/* --- masters --- */

static enum nap_err check_ports_free(struct loader *l, nap_node map, const char *what,
                                     const struct nap_soc_ports *ports,
                                     const struct nap_soc_master *master)
{
    for (uint32_t i = 0; i < master->n_ports; i++) {
        const struct nap_soc_ports *other = &master->ports[i];

        if (other->device == ports->device &&
            overlap(ports->first, ports->count, other->first, other->count))
            return nap_yaml_fail(l->y, map, l->error,
                                 "found ports %u to %u of device %s at %s, expected none of %u "
                                 "to %u, which master %s has",
                                 ports->first, ports->first + ports->count - 1,
                                 l->soc->devices[ports->device].name, what, other->first,
                                 other->first + other->count - 1, master->name);
    }
    return NAP_OK;
}

static enum nap_err read_ports(struct loader *l, nap_node map, const char *what,
                               struct nap_soc_master *master)
{
    static const char *const keys[] = {"device", "first", "count", NULL};
    struct nap_soc_ports *ports = &master->ports[master->n_ports];
    uint64_t first = 0;
    enum nap_err err = nap_yaml_check_map(l->y, map, "ports", keys, l->error);

    if (!err)
        err = need_resolved(l, map, what, "device", device_table(l->soc), &ports->device);
    if (!err)
        err = need_number(l, map, what, "first", 0, PORT_MAX, &first);
    ports->first = (uint32_t)first;
    if (!err)
        err = maybe_number(l, map, "count", 1, PORT_MAX + 1 - first, 1, &ports->count);
    for (uint32_t i = 0; i <= l->soc->n_masters && !err; i++)
        err = check_ports_free(l, map, what, ports, &l->soc->masters[i]);
    master->n_ports++;
    return err;
}

static enum nap_err read_master(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"name", "domain", "ports", "autonomous", NULL};
    static const char *const flags[] = {"false", "true", NULL};
    nap_node autonomous = nap_yaml_find(l->y, map, "autonomous");
    unsigned flag = 0;
    struct nap_soc_master *master = &l->soc->masters[l->soc->n_masters];
    char what[WHAT_BYTES];
    nap_node list = 0;
    enum nap_err err = begin(l, map, master_table(l->soc), keys, master->name, what);

    if (!err)
        err = need_resolved(l, map, what, "domain", domain_table(l->soc), &master->domain);
    if (!err && autonomous)
        err = nap_yaml_enum(l->y, autonomous, "autonomous", flags, &flag, l->error);
    master->autonomous = flag != 0;
    if (!err)
        err = nap_yaml_need(l->y, map, what, "ports", &list, l->error);
    if (!err)
        err = nap_yaml_check_list(l->y, list, "ports", l->error);
    if (!err &&
        (nap_yaml_count(l->y, list) < 1 || nap_yaml_count(l->y, list) > NAP_SOC_PORTS_MAX))
        err =
            nap_yaml_fail(l->y, list, l->error, "found %u port ranges of %s, expected 1 to %d",
                          nap_yaml_count(l->y, list), what, NAP_SOC_PORTS_MAX);
    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++)
        err = read_ports(l, nap_yaml_item(l->y, list, i), what, master);
    l->soc->n_masters++;
    return err;
}

/* --- RAM --- */

static enum nap_err read_ram(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"base", "size", NULL};
    struct nap_soc_ram *ram = &l->soc->ram[l->soc->n_ram];
    enum nap_err err = nap_yaml_check_map(l->y, map, "a RAM bank", keys, l->error);

    if (!err)
        err = read_range(l, map, "a RAM bank", PAGE_BYTES, ADDRESS_MAX, &ram->base,
                         &ram->size_bytes);
    if (!err)
        err = check_place(l, map, "a RAM bank", ram->base, ram->size_bytes);
    l->soc->n_ram++;
    return err;
}

/* --- interrupt messages --- */

static enum nap_err read_msi(struct loader *l, nap_node root)
{
    nap_node n = nap_yaml_find(l->y, root, "msi");
    enum nap_err err;

    if (!n)
        return NAP_OK;
    err = nap_yaml_u64(l->y, n, "msi", MSI_BYTES, ADDRESS_MAX - MSI_BYTES, &l->soc->msi,
                       l->error);
    if (!err && l->soc->msi % MSI_BYTES != 0)
        err = nap_yaml_fail(l->y, n, l->error, "found 0x%llx as msi, expected a multiple of %u",
                            (unsigned long long)l->soc->msi, MSI_BYTES);
    return err ? err : check_place(l, n, "msi", l->soc->msi, MSI_BYTES);
}

/* --- the interrupt controller --- */

static enum nap_err check_irq(struct loader *l, nap_node n, const struct nap_soc_device *device)
{
    if (device->irq == NAP_SOC_NONE || nap_line_shared(device->irq))
        return NAP_OK;
    return nap_yaml_fail(l->y, n, l->error,
                         "found irq %u of device %s, expected the INTID of a shared input of "
                         "the controller: 32 to 1019 or 4096 to 5119",
                         device->irq, device->name);
}

static enum nap_err read_controller(struct loader *l, nap_node root)
{
    nap_node n = nap_yaml_find(l->y, root, "controller");
    uint32_t device = 0;
    enum nap_err err;

    if (!n)
        return NAP_OK;
    err = resolve(l, n, "controller", device_table(l->soc), &device);
    for (uint32_t i = 0; i < l->soc->n_devices && !err; i++)
        err = check_irq(l, n, &l->soc->devices[i]);
    l->soc->controller = 1 + device;
    return err;
}

/* --- the machine --- */

/* A list of the machine; each element goes to @read. */
struct section {
    const char *key;
    unsigned min, max;
    enum nap_err (*read)(struct loader *l, nap_node map);
};

static enum nap_err read_section(struct loader *l, const struct section *section)
{
    nap_node list = nap_yaml_find(l->y, nap_yaml_root(l->y), section->key);
    unsigned count = nap_yaml_count(l->y, list);
    enum nap_err err = NAP_OK;

    if (list)
        err = nap_yaml_check_list(l->y, list, section->key, l->error);
    else if (section->min > 0)
        err = nap_yaml_need(l->y, nap_yaml_root(l->y), "a machine", section->key, &list,
                            l->error);
    if (!err && (count < section->min || count > section->max))
        err = nap_yaml_fail(l->y, list, l->error, "found %u %s, expected %u to %u", count,
                            section->key, section->min, section->max);
    for (unsigned i = 0; i < count && !err; i++)
        err = section->read(l, nap_yaml_item(l->y, list, i));
    return err;
}

static enum nap_err read_soc(struct loader *l)
{
    static const char *const keys[] = {"soc",     "title",      "source", "domains",
                                       "devices", "masters",    "ram",    "cpus",
                                       "msi",     "controller", NULL};
    static const struct section domains = {"domains", 1, NAP_SOC_DOMAINS_MAX, read_domain};
    static const struct section sections[] = {
        {"devices", 1, NAP_SOC_DEVICES_MAX, read_device},
        {"masters", 0, NAP_SOC_MASTERS_MAX, read_master},
        {"ram", 0, NAP_SOC_RAM_MAX, read_ram},
    };
    struct nap_soc *soc = l->soc;
    nap_node root = nap_yaml_root(l->y);
    enum nap_err err = nap_yaml_check_map(l->y, root, "a machine", keys, l->error);

    if (!err)
        err = read_word(l, root, "a machine", "soc", soc->name);
    if (!err)
        err = nap_yaml_get_text(l->y, root, "title", soc->title, sizeof(soc->title), l->error);
    if (!err)
        err =
            nap_yaml_get_text(l->y, root, "source", soc->source, sizeof(soc->source), l->error);
    if (!err)
        err = read_section(l, &domains);
    if (!err)
        err = read_cpus(l, root);
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]) && !err; i++)
        err = read_section(l, &sections[i]);
    if (!err)
        err = read_controller(l, root);
    return err ? err : read_msi(l, root);
}

enum nap_err nap_soc_load(const char *text, size_t bytes, const char *file,
                          struct nap_soc **out, struct nap_error *error)
{
    struct loader l = {.soc = calloc(1, sizeof(*l.soc)), .error = error};
    struct nap_yaml *y = NULL;
    enum nap_err err;

    *out = NULL;
    if (!l.soc)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for the machine in %s", file);
    (void)snprintf(l.soc->file, sizeof l.soc->file, "%s", file);
    err = nap_yaml_parse(text, bytes, file, &y, error);
    l.y = y;
    if (!err)
        err = read_soc(&l);
    nap_yaml_free(y);
    if (err)
        nap_soc_free(l.soc);
    else
        *out = l.soc;
    return err;
}

void nap_soc_free(struct nap_soc *soc)
{
    if (soc)
        free(soc->tree);
    free(soc);
}

/* --- digest --- */

static void digest_device(struct nap_canon *c, const struct nap_soc_device *device)
{
    nap_canon_text(c, device->name);
    nap_canon_text(c, device->model);
    nap_canon_text(c, device->variant);
    nap_canon_u64(c, device->base);
    nap_canon_u64(c, device->size_bytes);
    nap_canon_u64(c, device->domain);
    nap_canon_u64(c, device->upstream);
    nap_canon_u64(c, device->line);
    nap_canon_u64(c, device->irq);
    nap_canon_text(c, device->preset);
    nap_canon_u64(c, device->n_resets);
    for (uint32_t i = 0; i < device->n_resets; i++) {
        nap_canon_text(c, device->resets[i].name);
        nap_canon_u64(c, device->resets[i].value);
    }
}

static void digest_master(struct nap_canon *c, const struct nap_soc_master *master)
{
    nap_canon_text(c, master->name);
    nap_canon_u64(c, master->autonomous);
    nap_canon_u64(c, master->domain);
    nap_canon_u64(c, master->n_ports);
    for (uint32_t i = 0; i < master->n_ports; i++) {
        nap_canon_u64(c, master->ports[i].device);
        nap_canon_u64(c, master->ports[i].first);
        nap_canon_u64(c, master->ports[i].count);
    }
}

struct nap_hash128 nap_soc_digest(const struct nap_soc *soc)
{
    struct nap_canon c;

    nap_canon_begin(&c, "regnap-soc-3");
    nap_canon_text(&c, soc->name);
    nap_canon_text(&c, soc->title);
    nap_canon_text(&c, soc->source);
    nap_canon_u64(&c, soc->n_cpus ? soc->n_cpus : 1);
    nap_canon_u64(&c, soc->n_domains);
    for (uint32_t i = 0; i < soc->n_domains; i++) {
        nap_canon_text(&c, soc->domains[i].name);
        nap_canon_u64(&c, soc->domains[i].parent);
    }
    nap_canon_u64(&c, soc->n_devices);
    for (uint32_t i = 0; i < soc->n_devices; i++)
        digest_device(&c, &soc->devices[i]);
    nap_canon_u64(&c, soc->n_masters);
    for (uint32_t i = 0; i < soc->n_masters; i++)
        digest_master(&c, &soc->masters[i]);
    nap_canon_u64(&c, soc->n_ram);
    for (uint32_t i = 0; i < soc->n_ram; i++) {
        nap_canon_u64(&c, soc->ram[i].base);
        nap_canon_u64(&c, soc->ram[i].size_bytes);
    }
    /* A machine without any of what follows has no such part. */
    for (uint32_t i = 0; i < soc->n_cpus && soc->cpus[i].name[0]; i++) {
        nap_canon_text(&c, soc->cpus[i].name);
        nap_canon_u64(&c, soc->cpus[i].domain);
        nap_canon_u64(&c, soc->cpus[i].affinity);
    }
    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (soc->devices[i].size_bytes == 0)
            nap_canon_u64(&c, soc->devices[i].cpu);
    if (soc->controller) {
        nap_canon_text(&c, "controller");
        nap_canon_u64(&c, soc->controller);
    }
    if (soc->msi) {
        nap_canon_text(&c, "msi");
        nap_canon_u64(&c, soc->msi);
    }
    if (soc->tree)
        nap_canon_bytes(&c, soc->tree, soc->tree_bytes);
    return nap_canon_end(&c);
}
