/* SPDX-License-Identifier: MIT */
/* scenarios/NAME.yaml to struct nap_scenario. Names of machines, masters, power domains and
 * driver variants are resolved by whoever runs it; all else is checked here. The operations are
 * checked in order against what those above them have done. */
#include <regnap/choose.h>
#include <regnap/os.h>
#include <regnap/scenario.h>

#include "core/printable.h"
#include "core/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define PAGE_BYTES UINT64_C(0x1000)
#define PA_LIMIT   (UINT64_C(1) << 40) /* of the second-stage tables, lib/os/p2m.c */
#define POWER_MAX  (sizeof(((struct nap_scenario_op *)0)->power) / NAP_NAME_MAX)
#define WHAT_BYTES (NAP_NAME_MAX + 32)
/* Each operation and each call adds at most 1. */
#define RANGES_MAX (NAP_SCENARIO_MAPPINGS_MAX + NAP_SCENARIO_OPS_MAX + NAP_SCENARIO_CALLS_MAX)

/* Input addresses [iova, end). */
struct range {
    nap_addr iova, end;
};

/* A domain as the operations read so far leave it. */
struct guest {
    enum { NEVER_ATTACHED, ATTACHED, DETACHED } state;
    bool apart; /* a master of it is blocked or bypasses */
    uint32_t n_ranges;
    struct range ranges[RANGES_MAX]; /* mapped, or mapped once it is attached */
};

struct loader {
    struct nap_scenario *s;
    const struct nap_yaml *y;
    struct nap_error *error;
    bool probed;
    bool asleep;      /* between suspend and resume */
    bool fills;       /* an operation `fill` was read */
    nap_node planned; /* an operation `raise-asleep` that no suspend has come after; 0: none */
    struct guest guests[NAP_SCENARIO_DOMAINS_MAX];
    /* Clients: */
    bool slept;                                       /* an operation lets them in */
    struct guest at_sleep[NAP_SCENARIO_DOMAINS_MAX];  /* the domains there */
    const char *changed_by[NAP_SCENARIO_DOMAINS_MAX]; /* from there on; NULL: nobody */
    unsigned changed_line[NAP_SCENARIO_DOMAINS_MAX];
};

typedef char name_text[NAP_NAME_MAX];

/* Whether @name is one of @n names of NAP_NAME_MAX bytes each. */
static bool contains(const char *names, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(names + (size_t)i * NAP_NAME_MAX, name) == 0)
            return true;
    return false;
}

static enum nap_err read_word(struct loader *l, nap_node map, const char *what, const char *key,
                              name_text out)
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

/* Checks that @list is a list of @min to @max elements. */
static enum nap_err check_count(struct loader *l, nap_node list, const char *what, unsigned min,
                                unsigned max)
{
    enum nap_err err = nap_yaml_check_list(l->y, list, what, l->error);
    unsigned count = nap_yaml_count(l->y, list);

    if (!err && (count < min || count > max))
        err = nap_yaml_fail(l->y, list, l->error, "found %u %s, expected %u to %u", count, what,
                            min, max);
    return err;
}

/* At least one name, each once; @out has room for @max. */
static enum nap_err read_names(struct loader *l, nap_node list, const char *what, unsigned max,
                               name_text *out, uint32_t *n)
{
    enum nap_err err = check_count(l, list, what, 1, max);

    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        nap_node item = nap_yaml_item(l->y, list, i);
        const char *text;

        err = nap_yaml_name(l->y, item, what, &text, l->error);
        if (err)
            return err;
        if (contains(out[0], *n, text))
            return nap_yaml_fail(l->y, item, l->error,
                                 "found '%s' twice in %s, expected each once", text, what);
        memcpy(out[(*n)++], text, strlen(text) + 1);
    }
    return err;
}

static enum nap_err need_names(struct loader *l, nap_node map, const char *what,
                               const char *key, unsigned max, name_text *out, uint32_t *n)
{
    nap_node list;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &list, l->error);

    return err ? err : read_names(l, list, key, max, out, n);
}

/* Each element of the list @key goes to @read. */
static enum nap_err read_list(struct loader *l, const char *key, unsigned min, unsigned max,
                              enum nap_err (*read)(struct loader *l, nap_node n))
{
    nap_node list;
    enum nap_err err =
        nap_yaml_need(l->y, nap_yaml_root(l->y), "a scenario", key, &list, l->error);

    if (!err)
        err = check_count(l, list, key, min, max);
    for (unsigned i = 0; !err && i < nap_yaml_count(l->y, list); i++)
        err = read(l, nap_yaml_item(l->y, list, i));
    return err;
}

/* --- mappings --- */

static enum nap_err need_number(struct loader *l, nap_node map, const char *what,
                                const char *key, uint64_t max, uint64_t *out)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    if (!err)
        err = nap_yaml_u64(l->y, n, key, 0, max, out, l->error);
    if (!err && *out % PAGE_BYTES != 0)
        err = nap_yaml_fail(l->y, n, l->error, "found %s as %s, expected a multiple of 0x1000",
                            nap_yaml_text(l->y, n), key);
    return err;
}

/* Checks that @size_bytes from @first end at @limit or below. */
static enum nap_err check_end(struct loader *l, nap_node map, const char *key, uint64_t first,
                              uint64_t size_bytes, uint64_t limit)
{
    if (size_bytes <= limit - first)
        return NAP_OK;
    return nap_yaml_fail(l->y, map, l->error,
                         "found the end of %s 0x%llx with size 0x%llx beyond 0x%llx, expected "
                         "it within",
                         key, (unsigned long long)first, (unsigned long long)size_bytes,
                         (unsigned long long)limit);
}

/* Input addresses of a mapping, or of what is unmapped. */
static enum nap_err read_range(struct loader *l, nap_node map, const char *what,
                               const struct nap_scenario_domain *domain,
                               struct nap_scenario_mapping *out)
{
    uint64_t limit = UINT64_C(1) << domain->ipa_bits;
    enum nap_err err = need_number(l, map, what, "iova", limit - 1, &out->iova);

    if (!err)
        err = need_number(l, map, what, "size", limit, &out->size_bytes);
    if (!err && out->size_bytes == 0)
        err = nap_yaml_fail(l->y, map, l->error, "found %s of 0 bytes, expected 0x1000 or more",
                            what);
    return err ? err : check_end(l, map, "iova", out->iova, out->size_bytes, limit);
}

/* The whole mapping; its keys are already checked. */
static enum nap_err read_mapping(struct loader *l, nap_node map,
                                 const struct nap_scenario_domain *domain,
                                 struct nap_scenario_mapping *out)
{
    static const char *const names[] = {"r", "w", "rw", NULL};
    static const unsigned prots[] = {NAP_PROT_READ, NAP_PROT_WRITE,
                                     NAP_PROT_READ | NAP_PROT_WRITE};
    unsigned access = 0;
    nap_node n = 0;
    enum nap_err err = read_range(l, map, "a mapping", domain, out);

    if (!err)
        err = need_number(l, map, "a mapping", "pa", PA_LIMIT - 1, &out->pa);
    if (!err)
        err = check_end(l, map, "pa", out->pa, out->size_bytes, PA_LIMIT);
    if (!err)
        err = nap_yaml_need(l->y, map, "a mapping", "access", &n, l->error);
    if (!err)
        err = nap_yaml_enum(l->y, n, "access", names, &access, l->error);
    out->prot = prots[access];
    return err;
}

static void put_range(struct guest *guest, nap_addr iova, nap_addr end)
{
    if (iova < end)
        guest->ranges[guest->n_ranges++] = (struct range){iova, end};
}

/* Notes that @mapping is there, where nothing may be. */
static enum nap_err add_range(struct loader *l, nap_node map, uint32_t domain,
                              const struct nap_scenario_mapping *mapping)
{
    struct guest *guest = &l->guests[domain];
    nap_addr end = mapping->iova + mapping->size_bytes;

    for (uint32_t i = 0; i < guest->n_ranges; i++)
        if (mapping->iova < guest->ranges[i].end && guest->ranges[i].iova < end)
            return nap_yaml_fail(l->y, map, l->error,
                                 "mapping at iova 0x%llx overlaps the one at 0x%llx in domain "
                                 "%s, expected separate addresses",
                                 (unsigned long long)mapping->iova,
                                 (unsigned long long)guest->ranges[i].iova,
                                 l->s->domains[domain].name);
    put_range(guest, mapping->iova, end);
    return NAP_OK;
}

/* Takes @hole out of the mapping that it lies in. */
static enum nap_err cut_range(struct loader *l, nap_node map, uint32_t domain,
                              const struct nap_scenario_mapping *hole)
{
    struct guest *guest = &l->guests[domain];
    nap_addr hole_end = hole->iova + hole->size_bytes;

    for (uint32_t i = 0; i < guest->n_ranges; i++) {
        struct range was = guest->ranges[i];

        if (hole->iova < was.iova || hole_end > was.end)
            continue;
        guest->ranges[i] = guest->ranges[--guest->n_ranges];
        put_range(guest, was.iova, hole->iova);
        put_range(guest, hole_end, was.end);
        return NAP_OK;
    }
    return nap_yaml_fail(l->y, map, l->error,
                         "found unmap of 0x%llx bytes at iova 0x%llx in domain %s, expected a "
                         "part of one of its mappings",
                         (unsigned long long)hole->size_bytes, (unsigned long long)hole->iova,
                         l->s->domains[domain].name);
}

/* --- domains --- */

static enum nap_err check_master(struct loader *l, nap_node n, const char *name,
                                 const struct nap_scenario_domain *domain)
{
    if (contains(domain->masters[0], domain->n_masters, name))
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s' twice in masters, expected each once", name);
    for (uint32_t d = 0; d < l->s->n_domains; d++) {
        const struct nap_scenario_domain *other = &l->s->domains[d];

        if (contains(other->masters[0], other->n_masters, name))
            return nap_yaml_fail(l->y, n, l->error,
                                 "found master %s in domain %s, which domain %s has, "
                                 "expected each master in one domain",
                                 name, domain->name, other->name);
    }
    return NAP_OK;
}

static enum nap_err read_master(struct loader *l, nap_node n,
                                struct nap_scenario_domain *domain)
{
    const char *name;
    enum nap_err err = nap_yaml_name(l->y, n, "masters", &name, l->error);

    if (!err)
        err = check_master(l, n, name, domain);
    if (!err && domain->n_masters == NAP_SCENARIO_MASTERS_MAX)
        err = nap_yaml_fail(l->y, n, l->error, "found more than %d masters, expected 1 to %d",
                            NAP_SCENARIO_MASTERS_MAX, NAP_SCENARIO_MASTERS_MAX);
    if (!err)
        memcpy(domain->masters[domain->n_masters++], name, strlen(name) + 1);
    return err;
}

/* The first that a machine has; `none` as the last: or nobody. */
static enum nap_err read_alternatives(struct loader *l, nap_node list,
                                      struct nap_scenario_domain *domain)
{
    unsigned count = nap_yaml_count(l->y, list);
    nap_node last = count ? nap_yaml_item(l->y, list, count - 1) : 0;
    bool optional = strcmp(nap_yaml_text(l->y, last), "none") == 0;
    uint32_t first = domain->n_masters;
    enum nap_err err = NAP_OK;

    if (count - optional < 1 || count < 2)
        return nap_yaml_fail(l->y, list, l->error,
                             "found %u masters to choose from, expected at least 2", count);
    for (unsigned i = 0; i < count - optional && !err; i++)
        err = read_master(l, nap_yaml_item(l->y, list, i), domain);
    for (uint32_t i = first + 1; i < domain->n_masters; i++)
        domain->alternatives |= 1u << i;
    if (optional)
        domain->optional |= 1u << first;
    return err;
}

static enum nap_err read_masters(struct loader *l, nap_node map, const char *what,
                                 struct nap_scenario_domain *domain)
{
    nap_node list;
    enum nap_err err = nap_yaml_need(l->y, map, what, "masters", &list, l->error);

    if (!err)
        err = check_count(l, list, "masters", 1, NAP_SCENARIO_MASTERS_MAX);
    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        nap_node n = nap_yaml_item(l->y, list, i);

        err = nap_yaml_is_list(l->y, n) ? read_alternatives(l, n, domain)
                                        : read_master(l, n, domain);
    }
    return err;
}

static enum nap_err read_mappings(struct loader *l, nap_node list,
                                  struct nap_scenario_domain *domain)
{
    static const char *const keys[] = {"iova", "pa", "size", "access", NULL};
    enum nap_err err = check_count(l, list, "mappings", 0, NAP_SCENARIO_MAPPINGS_MAX);

    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        struct nap_scenario_mapping *mapping = &domain->mappings[domain->n_mappings++];
        nap_node map = nap_yaml_item(l->y, list, i);

        err = nap_yaml_check_map(l->y, map, "a mapping", keys, l->error);
        if (!err)
            err = read_mapping(l, map, domain, mapping);
        if (!err)
            err = add_range(l, map, l->s->n_domains, mapping);
    }
    return err;
}

/* Name, new, input address size, and whether it is sensitive. */
static enum nap_err begin_domain(struct loader *l, nap_node map,
                                 struct nap_scenario_domain *domain, const char *what)
{
    nap_node n = nap_yaml_find(l->y, map, "ipa-bits");
    nap_node sensitive = nap_yaml_find(l->y, map, "sensitive");
    static const char *const truths[] = {"false", "true", NULL};
    unsigned truth = 0;
    uint64_t ipa_bits = 40;
    enum nap_err err = read_word(l, map, what, "name", domain->name);

    for (uint32_t i = 0; i < l->s->n_domains && !err; i++)
        if (strcmp(l->s->domains[i].name, domain->name) == 0)
            err =
                nap_yaml_fail(l->y, map, l->error, "found %s twice, expected each once", what);
    if (!err && n)
        err = nap_yaml_u64(l->y, n, "ipa-bits", 31, 40, &ipa_bits, l->error);
    domain->ipa_bits = (unsigned)ipa_bits;
    if (!err && sensitive)
        err = nap_yaml_enum(l->y, sensitive, "sensitive", truths, &truth, l->error);
    domain->sensitive = truth != 0;
    return err;
}

static enum nap_err read_domain(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"name",    "ipa-bits", "sensitive",
                                       "masters", "mappings", NULL};
    struct nap_scenario_domain *domain = &l->s->domains[l->s->n_domains];
    const char *name = nap_yaml_text(l->y, nap_yaml_find(l->y, map, "name"));
    nap_node list = 0;
    char what[WHAT_BYTES];
    enum nap_err err;

    (void)snprintf(what, sizeof(what), "domain %.*s", NAP_NAME_MAX, *name ? name : "?");
    err = nap_yaml_check_map(l->y, map, what, keys, l->error);
    if (!err)
        err = begin_domain(l, map, domain, what);
    domain->line = nap_yaml_line(l->y, nap_yaml_find(l->y, map, "masters"));
    if (!err)
        err = read_masters(l, map, what, domain);
    if (!err)
        err = nap_yaml_need(l->y, map, what, "mappings", &list, l->error);
    if (!err)
        err = read_mappings(l, list, domain);
    l->s->n_domains++;
    return err;
}

/* --- operations --- */

static const char *const op_names[] = {
    [NAP_OP_PROBE] = "probe",
    [NAP_OP_ATTACH] = "attach",
    [NAP_OP_DETACH] = "detach",
    [NAP_OP_MAP] = "map",
    [NAP_OP_UNMAP] = "unmap",
    [NAP_OP_BLOCK] = "block",
    [NAP_OP_BYPASS] = "bypass",
    [NAP_OP_FILL] = "fill",
    [NAP_OP_QUERY] = "query",
    [NAP_OP_PAGE_RESPONSE] = "page-response",
    [NAP_OP_REMOVE] = "remove",
    [NAP_OP_DMA] = "dma",
    [NAP_OP_SUSPEND] = "suspend",
    [NAP_OP_POWER_CYCLE] = "power-cycle",
    [NAP_OP_POWER_OFF] = "power-off",
    [NAP_OP_POWER_ON] = "power-on",
    [NAP_OP_RUNTIME_SUSPEND] = "runtime-suspend",
    [NAP_OP_RUNTIME_RESUME] = "runtime-resume",
    [NAP_OP_MSI_MOVE] = "msi-move",
    [NAP_OP_WRITE] = "write",
    [NAP_OP_RAISE] = "raise",
    [NAP_OP_RAISE_ASLEEP] = "raise-asleep",
    [NAP_OP_END_INTERRUPT] = "end-interrupt",
    [NAP_OP_RESUME] = "resume",
    NULL,
};

/* The domain that @n names, in the state the operation needs. */
static enum nap_err read_domain_ref(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    const char *name, *op_name = op_names[op->kind];
    bool attach = op->kind == NAP_OP_ATTACH;
    enum nap_err err = nap_yaml_name(l->y, n, "domain", &name, l->error);

    if (err)
        return err;
    while (op->domain < l->s->n_domains && strcmp(l->s->domains[op->domain].name, name) != 0)
        op->domain++;
    if (op->domain == l->s->n_domains)
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s' as domain, expected one of this scenario's domains",
                             name);
    if (attach && l->guests[op->domain].state == ATTACHED && !l->guests[op->domain].apart)
        return nap_yaml_fail(l->y, n, l->error,
                             "found attach of domain %s, which is attached here, expected it "
                             "once, or detach, block or bypass above it",
                             name);
    if (!attach && l->guests[op->domain].state != ATTACHED)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s of domain %s, which is not attached here, expected "
                             "attach above it",
                             op_name, name);
    return NAP_OK;
}

static enum nap_err read_attach(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    enum nap_err err = read_domain_ref(l, n, op);

    if (err)
        return err;
    l->guests[op->domain].state = ATTACHED;
    l->guests[op->domain].apart = false;
    return NAP_OK;
}

static enum nap_err read_detach(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    enum nap_err err = read_domain_ref(l, n, op);

    if (!err)
        l->guests[op->domain].state = DETACHED;
    return err;
}

static enum nap_err need_domain_ref(struct loader *l, nap_node map, struct nap_scenario_op *op)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, op_names[op->kind], "domain", &n, l->error);

    return err ? err : read_domain_ref(l, n, op);
}

static enum nap_err read_map(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"domain", "iova", "pa", "size", "access", NULL};
    enum nap_err err = nap_yaml_check_map(l->y, n, "map", keys, l->error);

    if (!err)
        err = need_domain_ref(l, n, op);
    if (!err)
        err = read_mapping(l, n, &l->s->domains[op->domain], &op->mapping);
    return err ? err : add_range(l, n, op->domain, &op->mapping);
}

static enum nap_err read_unmap(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"domain", "iova", "size", NULL};
    enum nap_err err = nap_yaml_check_map(l->y, n, "unmap", keys, l->error);

    if (!err)
        err = need_domain_ref(l, n, op);
    if (!err)
        err = read_range(l, n, "unmap", &l->s->domains[op->domain], &op->mapping);
    return err ? err : cut_range(l, n, op->domain, &op->mapping);
}

/* A master of a domain that is attached; op->domain is that domain. */
static enum nap_err read_master_ref(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    const char *name;
    enum nap_err err = nap_yaml_name(l->y, n, "master", &name, l->error);

    if (err)
        return err;
    memcpy(op->master, name, strlen(name) + 1);
    while (op->domain < l->s->n_domains && !contains(l->s->domains[op->domain].masters[0],
                                                     l->s->domains[op->domain].n_masters, name))
        op->domain++;
    if (op->domain == l->s->n_domains)
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s' as master, expected one of a domain of this scenario",
                             name);
    if (l->guests[op->domain].state != ATTACHED)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s of master %s, whose domain %s is not attached here, "
                             "expected attach above it",
                             op_names[op->kind], name, l->s->domains[op->domain].name);
    return NAP_OK;
}

static enum nap_err read_apart(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    enum nap_err err = read_master_ref(l, n, op);

    if (!err)
        l->guests[op->domain].apart = true;
    return err;
}

static enum nap_err read_page_response(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"master", "tag", "code", NULL};
    static const char *const codes[] = {"success", "invalid", "failure", NULL};
    nap_node master = 0, tag = 0, code = 0;
    unsigned number = 0;
    uint64_t value = 0;
    enum nap_err err = nap_yaml_check_map(l->y, n, "page-response", keys, l->error);

    if (!err)
        err = nap_yaml_need(l->y, n, "page-response", "master", &master, l->error);
    if (!err)
        err = read_master_ref(l, master, op);
    if (!err)
        err = nap_yaml_need(l->y, n, "page-response", "tag", &tag, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, tag, "tag", 0, UINT32_MAX, &value, l->error);
    if (!err)
        err = nap_yaml_need(l->y, n, "page-response", "code", &code, l->error);
    if (!err)
        err = nap_yaml_enum(l->y, code, "code", codes, &number, l->error);
    op->tag = (uint32_t)value;
    op->code = number;
    return err;
}

/* A device; whether the machine has it, whoever runs the scenario finds out. */
static enum nap_err read_device(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    const char *name;
    enum nap_err err = nap_yaml_name(l->y, n, "device", &name, l->error);

    if (!err)
        memcpy(op->device, name, strlen(name) + 1);
    return err;
}

static enum nap_err read_fill(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    if (l->s->n_fills == 0)
        return nap_yaml_fail(l->y, n, l->error,
                             "found fill without queue-fill, expected `queue-fill: [N, ...]` "
                             "above the operations");
    l->fills = true;
    return read_device(l, n, op);
}

/* A domain, or one access: where, and which. */
static enum nap_err read_dma(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"domain", "iova", "access", NULL};
    static const char *const names[] = {"r", "w", NULL};
    unsigned access = 0;
    nap_node which = 0;
    uint64_t limit;
    enum nap_err err;

    if (!nap_yaml_is_map(l->y, n))
        return read_domain_ref(l, n, op);
    err = nap_yaml_check_map(l->y, n, "dma", keys, l->error);
    if (!err)
        err = need_domain_ref(l, n, op);
    if (err)
        return err;
    limit = UINT64_C(1) << l->s->domains[op->domain].ipa_bits;
    err = need_number(l, n, "dma", "iova", limit - 1, &op->mapping.iova);
    if (!err)
        err = nap_yaml_need(l->y, n, "dma", "access", &which, l->error);
    if (!err)
        err = nap_yaml_enum(l->y, which, "access", names, &access, l->error);
    op->mapping.prot = access ? NAP_PROT_WRITE : NAP_PROT_READ;
    return err;
}

static enum nap_err read_power(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    return read_names(l, n, "power domains", POWER_MAX, op->power, &op->n_power);
}

static enum nap_err read_msi_move(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"device", "output", NULL};
    enum nap_err err = nap_yaml_check_map(l->y, n, "msi-move", keys, l->error);

    if (!err)
        err = read_word(l, n, "msi-move", "device", op->device);
    if (!err)
        err = read_word(l, n, "msi-move", "output", op->output);
    return err;
}

/* Nobody runs while the system sleeps, and so nobody sends an SGI. */
static enum nap_err check_raise(struct loader *l, nap_node n, const struct nap_scenario_op *op)
{
    if (op->kind == NAP_OP_RAISE && l->asleep && l->s->interrupts[op->index].sgi)
        return nap_yaml_fail(l->y, n, l->error,
                             "found raise of an SGI between suspend and resume, expected "
                             "raise-asleep above suspend");
    if (op->kind == NAP_OP_RAISE_ASLEEP)
        l->planned = n;
    return NAP_OK;
}

/* An interrupt of the scenario by its INTID; of private ones the first of that INTID. */
static enum nap_err read_interrupt_ref(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    uint64_t intid = 0;
    enum nap_err err = nap_yaml_u64(l->y, n, "intid", 0, UINT32_MAX, &intid, l->error);

    for (op->index = 0; !err && op->index < l->s->n_interrupts; op->index++)
        if (l->s->interrupts[op->index].what.intid == intid)
            return check_raise(l, n, op);
    return err ? err
               : nap_yaml_fail(l->y, n, l->error,
                               "found %llu, expected the intid of one of the interrupts",
                               (unsigned long long)intid);
}

static enum nap_err read_write(struct loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"device", "register", "index", "value", NULL};
    nap_node at = nap_yaml_find(l->y, n, "index"), value = 0;
    uint64_t index = 0;
    enum nap_err err = nap_yaml_check_map(l->y, n, "write", keys, l->error);

    if (!err)
        err = read_word(l, n, "write", "device", op->device);
    if (!err)
        err = read_word(l, n, "write", "register", op->reg);
    if (!err && at)
        err = nap_yaml_u64(l->y, at, "index", 0, UINT16_MAX, &index, l->error);
    if (!err)
        err = nap_yaml_need(l->y, n, "write", "value", &value, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, value, "value", 0, UINT64_MAX, &op->value, l->error);
    op->index = (uint32_t)index;
    return err;
}

/* What each operation takes, and when it makes sense. Masters are held between suspend and
 * resume, so nothing is sent then; but a guest may come, go or change its mappings. */
static const struct {
    const char *form; /* with its argument; NULL if the bare word is right */
    enum nap_err (*read)(struct loader *l, nap_node n, struct nap_scenario_op *op);
    bool awake, asleep;
    bool client;  /* a client may call it */
    bool changes; /* what its domain maps, or has masters for */
} op_rules[] = {
    [NAP_OP_PROBE] = {NULL, NULL, .awake = true},
    [NAP_OP_ATTACH] = {"attach: DOMAIN", read_attach, true, true, true, true},
    [NAP_OP_DETACH] = {"detach: DOMAIN", read_detach, true, true, true, true},
    [NAP_OP_MAP] = {"map: {domain, iova, pa, size, access}", read_map, true, true, true, true},
    [NAP_OP_UNMAP] = {"unmap: {domain, iova, size}", read_unmap, true, true, true, true},
    [NAP_OP_BLOCK] = {"block: MASTER", read_apart, true, true, true, true},
    [NAP_OP_BYPASS] = {"bypass: MASTER", read_apart, true, true, true, true},
    [NAP_OP_FILL] = {"fill: DEVICE", read_fill, .awake = true, .client = true},
    [NAP_OP_QUERY] = {"query: DEVICE", read_device, true, true, true, false},
    [NAP_OP_PAGE_RESPONSE] = {"page-response: {master, tag, code}", read_page_response, true,
                              true, true, false},
    [NAP_OP_REMOVE] = {"remove: DEVICE", read_device, .awake = true},
    [NAP_OP_DMA] = {"dma: DOMAIN", read_dma, .awake = true, .client = true},
    [NAP_OP_SUSPEND] = {NULL, NULL, .awake = true},
    [NAP_OP_POWER_CYCLE] = {NULL, read_power, true, true, false, false},
    [NAP_OP_POWER_OFF] = {NULL, read_power, true, true, false, false},
    [NAP_OP_POWER_ON] = {NULL, read_power, true, true, false, false},
    [NAP_OP_RUNTIME_SUSPEND] = {"runtime-suspend: [DOMAIN]", read_power, .awake = true},
    [NAP_OP_RUNTIME_RESUME] = {"runtime-resume: [DOMAIN]", read_power, .awake = true},
    [NAP_OP_MSI_MOVE] = {"msi-move: {device, output}", read_msi_move, true, true, false, false},
    [NAP_OP_WRITE] = {"write: {device, register, value}", read_write, .asleep = true},
    [NAP_OP_RAISE] = {"raise: INTID", read_interrupt_ref, true, true, false, false},
    [NAP_OP_RAISE_ASLEEP] = {"raise-asleep: INTID", read_interrupt_ref, .awake = true},
    [NAP_OP_END_INTERRUPT] = {"end-interrupt: INTID", read_interrupt_ref, .awake = true},
    [NAP_OP_RESUME] = {NULL, NULL, .asleep = true},
};

static enum nap_err check_order(struct loader *l, nap_node n, enum nap_op_kind kind)
{
    const char *name = op_names[kind];

    if (!l->probed && kind != NAP_OP_PROBE)
        return nap_yaml_fail(l->y, n, l->error, "found %s before probe, expected probe first",
                             name);
    if (l->probed && kind == NAP_OP_PROBE)
        return nap_yaml_fail(l->y, n, l->error, "found probe twice, expected once");
    if (l->asleep && !op_rules[kind].asleep)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s between suspend and resume, expected it outside", name);
    if (!l->asleep && !op_rules[kind].awake)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s without suspend above it, expected suspend first", name);
    l->probed = true;
    if (kind == NAP_OP_SUSPEND)
        l->planned = 0;
    if (kind == NAP_OP_SUSPEND || kind == NAP_OP_RESUME)
        l->asleep = kind == NAP_OP_SUSPEND;
    return NAP_OK;
}

static enum nap_err check_argument(struct loader *l, nap_node word, enum nap_op_kind kind,
                                   bool given)
{
    const char *name = op_names[kind];

    if (given && !op_rules[kind].read)
        return nap_yaml_fail(l->y, word, l->error,
                             "found '%s' with an argument, expected the word alone", name);
    if (given)
        return NAP_OK;
    if (op_rules[kind].form)
        return nap_yaml_fail(l->y, word, l->error,
                             "found '%s' without an argument, expected '%s'", name,
                             op_rules[kind].form);
    if (op_rules[kind].read == read_power && !l->asleep)
        return nap_yaml_fail(l->y, word, l->error,
                             "found '%s' of all power domains while the system is awake, "
                             "expected '%s: [DOMAIN]', or suspend above it",
                             name, name);
    return NAP_OK;
}

/* From the first operation on that takes power or sleeps, clients may call. */
static void let_clients_in(struct loader *l, enum nap_op_kind kind)
{
    if (l->slept || !nap_op_lets_clients_in(kind))
        return;
    l->slept = true;
    memcpy(l->at_sleep, l->guests, sizeof l->guests);
}

/* Who calls and who comes first is open, so that one alone may change a domain. */
static enum nap_err check_changes(struct loader *l, nap_node n,
                                  const struct nap_scenario_op *op, const char *who)
{
    const char **by = &l->changed_by[op->domain];

    if (!op_rules[op->kind].changes)
        return NAP_OK;
    if (*by && *by != who)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s of domain %s by %s, which line %u changes for %s, "
                             "expected one alone to change it from the first sleep on",
                             op_names[op->kind], l->s->domains[op->domain].name, who,
                             l->changed_line[op->domain], *by);
    *by = who;
    l->changed_line[op->domain] = nap_yaml_line(l->y, n);
    return NAP_OK;
}

static const char operations[] = "the operations";

/* @client: who calls it; NULL: it is one of the operations. */
static enum nap_err check_place(struct loader *l, nap_node word, enum nap_op_kind kind,
                                const char *client)
{
    if (client && !op_rules[kind].client)
        return nap_yaml_fail(l->y, word, l->error,
                             "found %s as a call of client %s, expected what a guest or user "
                             "space calls",
                             op_names[kind], client);
    if (client)
        return NAP_OK;
    let_clients_in(l, kind);
    return check_order(l, word, kind);
}

/* A word, or a map of one word to its argument. */
static enum nap_err read_op(struct loader *l, nap_node n, struct nap_scenario_op *op,
                            const char *client)
{
    nap_node word = nap_yaml_is_map(l->y, n) ? nap_yaml_key(l->y, n, 0) : n;
    nap_node argument = nap_yaml_value(l->y, n, 0);
    unsigned kind = 0;
    enum nap_err err;

    if (nap_yaml_is_map(l->y, n) && nap_yaml_count(l->y, n) != 1)
        return nap_yaml_fail(l->y, n, l->error, "found %u keys in an operation, expected one",
                             nap_yaml_count(l->y, n));
    err = nap_yaml_enum(l->y, word, "operation", op_names, &kind, l->error);
    if (err)
        return err;
    op->kind = (enum nap_op_kind)kind;
    op->line = nap_yaml_line(l->y, word);
    err = check_argument(l, word, op->kind, argument != 0);
    if (!err)
        err = check_place(l, word, op->kind, client);
    if (!err && argument)
        err = op_rules[kind].read(l, argument, op);
    if (!err && (client || l->slept))
        err = check_changes(l, word, op, client ? client : operations);
    return err;
}

static enum nap_err read_operation(struct loader *l, nap_node n)
{
    return read_op(l, n, &l->s->ops[l->s->n_ops++], NULL);
}

/* --- clients --- */

/* A client finds the domains as they are where clients are let in, and is alone in changing
 * those that it changes. */
static enum nap_err read_calls(struct loader *l, nap_node list,
                               struct nap_scenario_client *client)
{
    enum nap_err err = check_count(l, list, "ops", 1, NAP_SCENARIO_CALLS_MAX);

    memcpy(l->guests, l->at_sleep, sizeof l->guests);
    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++)
        err = read_op(l, nap_yaml_item(l->y, list, i), &client->ops[client->n_ops++],
                      client->name);
    return err;
}

static enum nap_err read_client(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"name", "ops", NULL};
    struct nap_scenario *s = l->s;
    struct nap_scenario_client *client = &s->clients[s->n_clients];
    nap_node list = 0;
    enum nap_err err = nap_yaml_check_map(l->y, map, "a client", keys, l->error);

    if (!err)
        err = read_word(l, map, "a client", "name", client->name);
    for (uint32_t i = 0; i < s->n_clients && !err; i++)
        if (strcmp(s->clients[i].name, client->name) == 0)
            err = nap_yaml_fail(l->y, map, l->error,
                                "found client %s twice, expected each once", client->name);
    if (!err)
        err = nap_yaml_need(l->y, map, "a client", "ops", &list, l->error);
    if (!err)
        err = read_calls(l, list, client);
    s->n_clients++;
    return err;
}

static enum nap_err read_clients(struct loader *l, nap_node list)
{
    if (!l->slept)
        return nap_yaml_fail(l->y, list, l->error,
                             "found clients in a scenario that never sleeps, expected suspend "
                             "or the like among the operations");
    return read_list(l, "clients", 1, NAP_SCENARIO_CLIENTS_MAX, read_client);
}

/* --- drivers beside the one under test --- */

static enum nap_err read_place(struct loader *l, nap_node map, const char *key,
                               const char *const *names, enum nap_driver_place fallback,
                               enum nap_driver_place *out)
{
    nap_node n = nap_yaml_find(l->y, map, key);
    unsigned place = fallback;
    enum nap_err err = n ? nap_yaml_enum(l->y, n, key, names, &place, l->error) : NAP_OK;

    *out = (enum nap_driver_place)place;
    return err;
}

static enum nap_err read_beside(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"driver", "variant", "suspend", "resume", NULL};
    static const char *const suspends[] = {
        [NAP_DRIVER_FIRST] = "first", [NAP_DRIVER_LAST] = "last", NULL};
    static const char *const resumes[] = {[NAP_DRIVER_FIRST] = "first",
                                          [NAP_DRIVER_LAST] = "last",
                                          [NAP_DRIVER_ANY] = "any",
                                          NULL};
    struct nap_scenario_driver *d = &l->s->beside[l->s->n_beside];
    enum nap_err err = nap_yaml_check_map(l->y, map, "a driver beside", keys, l->error);

    d->line = nap_yaml_line(l->y, map);
    if (!err)
        err = read_word(l, map, "a driver beside", "driver", d->name);
    if (!err)
        err = read_word(l, map, "a driver beside", "variant", d->variant);
    if (!err)
        err = read_place(l, map, "suspend", suspends, NAP_DRIVER_LAST, &d->suspends);
    if (!err)
        err = read_place(l, map, "resume", resumes, NAP_DRIVER_FIRST, &d->resumes);
    l->s->n_beside++;
    return err;
}

/* --- interrupts --- */

static enum nap_err maybe_number(struct loader *l, nap_node map, const char *key, uint64_t min,
                                 uint64_t max, uint32_t fallback, uint32_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, key);
    uint64_t value = fallback;
    enum nap_err err = n ? nap_yaml_u64(l->y, n, key, min, max, &value, l->error) : NAP_OK;

    *out = (uint32_t)value;
    return err;
}

static enum nap_err maybe_one_of(struct loader *l, nap_node map, const char *key,
                                 const char *const *names, bool *second)
{
    nap_node n = nap_yaml_find(l->y, map, key);
    unsigned index = *second;
    enum nap_err err = n ? nap_yaml_enum(l->y, n, key, names, &index, l->error) : NAP_OK;

    *second = index != 0;
    return err;
}

/* Who sends the messages of an LPI, and where to. */
static enum nap_err read_message(struct loader *l, nap_node map,
                                 struct nap_scenario_interrupt *i)
{
    static const char *const keys[] = {"device", "register", "sender", "event", NULL};
    enum nap_err err = nap_yaml_check_map(l->y, map, "message", keys, l->error);

    if (!err)
        err = read_word(l, map, "message", "device", i->device);
    if (!err)
        err = read_word(l, map, "message", "register", i->reg);
    if (!err)
        err = maybe_number(l, map, "sender", 0, UINT32_MAX - 1, 0, &i->what.sender);
    if (!err)
        err = maybe_number(l, map, "event", 0, UINT32_MAX, 0, &i->what.event);
    return err;
}

#define LPI_FIRST 8192u
#define INTID_MAX 0xffffffu /* ICC_IAR1_EL1, "INTID": 24 bits */

static bool is_the_same(const struct nap_scenario_interrupt *a,
                        const struct nap_scenario_interrupt *b)
{
    bool private = a->sgi || nap_line_private(a->what.intid);

    return a->what.intid == b->what.intid && (!private || a->what.cpu == b->what.cpu);
}

static bool has_message_of(const struct nap_scenario_interrupt *a,
                           const struct nap_scenario_interrupt *b)
{
    return strcmp(a->device, b->device) == 0 && strcmp(a->reg, b->reg) == 0 &&
           a->what.sender == b->what.sender && a->what.event == b->what.event;
}

/* What kind of interrupt an INTID has is the architecture's. */
static enum nap_err check_interrupt(struct loader *l, nap_node map,
                                    const struct nap_scenario_interrupt *i)
{
    uint32_t intid = i->what.intid;
    bool message = i->device[0] != '\0', sgi = intid < NAP_LINE_PPI_FIRST;
    const char *wrong = NULL;

    if (sgi && message)
        wrong = "an SGI with a message";
    else if (!sgi && !message && !nap_line_private(intid) && !nap_line_shared(intid))
        wrong = "no input of that INTID, and no message";
    else if (message && !nap_line_shared(intid) && intid < LPI_FIRST)
        wrong = "a message, and neither an SPI nor an LPI";
    else if (i->sgi != sgi)
        wrong = sgi ? "an SGI without from" : "from, and no SGI";
    else if ((sgi || message) && !i->what.edge)
        wrong = "a level that has no line";
    else if ((sgi || message) && i->what.wake)
        wrong = "wake of what has no line";
    for (const struct nap_scenario_interrupt *k = l->s->interrupts; !wrong && k < i; k++)
        if (is_the_same(k, i))
            wrong = "one that is listed above";
        else if (message && has_message_of(k, i))
            wrong = "a message that is listed above";
    if (!wrong)
        return NAP_OK;
    return nap_yaml_fail(l->y, map, l->error, "found interrupt %u: %s", intid, wrong);
}

static enum nap_err read_times(struct loader *l, nap_node map, uint32_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, "times");
    const char *text = n ? nap_yaml_text(l->y, n) : NULL;

    if (text && strcmp(text, "any") == 0) {
        *out = NAP_SCENARIO_RAISES_ANY;
        return NAP_OK;
    }
    return maybe_number(l, map, "times", 0, NAP_SCENARIO_RAISES_MAX, 1, out);
}

static enum nap_err read_interrupt(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"intid", "trigger", "cpu",  "priority", "owner",
                                       "wake",  "times",   "from", "message",  NULL};
    static const char *const triggers[] = {"level", "edge", NULL};
    static const char *const owners[] = {"os", "guest", NULL};
    static const char *const flags[] = {"false", "true", NULL};
    struct nap_scenario_interrupt *i = &l->s->interrupts[l->s->n_interrupts];
    nap_node message = nap_yaml_find(l->y, map, "message"), n = 0;
    uint32_t priority = 0xa0;
    uint64_t intid = 0;
    enum nap_err err = nap_yaml_check_map(l->y, map, "an interrupt", keys, l->error);

    i->line = nap_yaml_line(l->y, map);
    i->sgi = nap_yaml_find(l->y, map, "from") != 0;
    if (!err)
        err = nap_yaml_need(l->y, map, "an interrupt", "intid", &n, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, n, "intid", 0, INTID_MAX, &intid, l->error);
    i->what.intid = (uint32_t)intid;
    i->what.edge = intid < NAP_LINE_PPI_FIRST || message;
    if (!err)
        err = maybe_number(l, map, "cpu", 0, NAP_SOC_CPUS_MAX - 1, 0, &i->what.cpu);
    if (!err)
        err = maybe_number(l, map, "from", 0, NAP_SOC_CPUS_MAX - 1, 0, &i->what.from);
    if (!err)
        err = maybe_number(l, map, "priority", 0, 0xff, priority, &priority);
    i->what.priority = (uint8_t)priority;
    if (!err)
        err = read_times(l, map, &i->times);
    if (!err)
        err = maybe_one_of(l, map, "trigger", triggers, &i->what.edge);
    if (!err)
        err = maybe_one_of(l, map, "owner", owners, &i->what.guest);
    if (!err)
        err = maybe_one_of(l, map, "wake", flags, &i->what.wake);
    if (!err && message)
        err = read_message(l, message, i);
    if (!err)
        err = check_interrupt(l, map, i);
    l->s->n_interrupts++;
    return err;
}

/* --- traffic --- */

static enum nap_err read_traffic(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"master", "iova", "access", "times", NULL};
    static const char *const accesses[] = {"r", "w", NULL};
    struct nap_scenario_traffic *t = &l->s->traffic[l->s->n_traffic];
    nap_node n = 0;
    enum nap_err err = nap_yaml_check_map(l->y, map, "a transaction", keys, l->error);

    t->line = nap_yaml_line(l->y, map);
    if (!err)
        err = read_word(l, map, "a transaction", "master", t->master);
    if (!err)
        err = nap_yaml_need(l->y, map, "a transaction", "iova", &n, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, n, "iova", 0, UINT64_MAX, &t->iova, l->error);
    if (!err)
        err = maybe_one_of(l, map, "access", accesses, &t->write);
    if (!err)
        err = maybe_number(l, map, "times", 1, NAP_SCENARIO_SENDS_MAX, 1, &t->times);
    l->s->n_traffic++;
    return err;
}

/* --- the scenario --- */

static const char *const probe_order_names[] = {
    [NAP_PROBE_ORDER_ROOT_FIRST] = "root-first",
    [NAP_PROBE_ORDER_ANY] = "any",
    NULL,
};

static const char *const break_off_names[] = {
    [NAP_BREAK_OFF_ANY_STEP] = "any-step",
    [NAP_BREAK_OFF_WHOLE] = "whole",
    NULL,
};

/* @text is shorter than a name. */
static bool is_printable(const char *text)
{
    char clean[NAP_NAME_MAX];

    memcpy(clean, text, strlen(text) + 1);
    nap_make_printable(clean);
    return strcmp(clean, text) == 0;
}

/* Sets driver.@key, over what it was. */
static enum nap_err set_driver_parameter(struct nap_scenario *s, const char *key,
                                         const char *value, struct nap_error *error)
{
    uint32_t i = 0;

    while (i < s->n_parameters && strcmp(s->parameters[i].key, key) != 0)
        i++;
    if (i == NAP_SCENARIO_PARAMETERS_MAX)
        return nap_fail(error, NAP_ERR_NOSPACE,
                        "found more than %d driver parameters, expected fewer",
                        NAP_SCENARIO_PARAMETERS_MAX);
    if (strlen(key) >= NAP_NAME_MAX || strlen(value) >= NAP_NAME_MAX || !*key || !*value)
        return nap_fail(error, NAP_ERR_RANGE,
                        "found driver.%.64s=%.64s, expected key and value of 1 to %d bytes",
                        key, value, NAP_NAME_MAX - 1);
    if (!is_printable(key) || !is_printable(value))
        return nap_fail(error, NAP_ERR_RANGE,
                        "found driver.%s=%s, expected printable text, so that a counterexample "
                        "can tell it",
                        key, value);
    if (i == s->n_parameters)
        s->n_parameters++;
    memcpy(s->parameters[i].key, key, strlen(key) + 1);
    memcpy(s->parameters[i].value, value, strlen(value) + 1);
    return NAP_OK;
}

static enum nap_err read_driver_parameters(struct loader *l, nap_node map)
{
    enum nap_err err =
        nap_yaml_is_map(l->y, map)
            ? NAP_OK
            : nap_yaml_fail(l->y, map, l->error, "found no map as driver, expected KEY: VALUE");

    for (unsigned i = 0; !err && i < nap_yaml_count(l->y, map); i++) {
        const char *key, *value;
        struct nap_error error;
        err = nap_yaml_name(l->y, nap_yaml_key(l->y, map, i), "a driver parameter", &key,
                            l->error);
        if (!err)
            err = nap_yaml_name(l->y, nap_yaml_value(l->y, map, i), key, &value, l->error);
        if (!err && set_driver_parameter(l->s, key, value, &error) != NAP_OK)
            err = nap_yaml_fail(l->y, map, l->error, "%s", error.text);
    }
    return err;
}

static enum nap_err read_parameters(struct loader *l, nap_node map)
{
    static const char *const keys[] = {"probe-order", "driver", NULL};
    nap_node n = nap_yaml_find(l->y, map, "probe-order");
    nap_node driver = nap_yaml_find(l->y, map, "driver");
    unsigned order = NAP_PROBE_ORDER_ROOT_FIRST;
    enum nap_err err = nap_yaml_check_map(l->y, map, "parameters", keys, l->error);

    if (!err && n)
        err = nap_yaml_enum(l->y, n, "probe-order", probe_order_names, &order, l->error);
    l->s->probe_order = (enum nap_probe_order)order;
    if (!err && driver)
        err = read_driver_parameters(l, driver);
    return err;
}

static enum nap_err read_vary(struct loader *l, nap_node list)
{
    const char *kinds[NAP_CHOOSE_KINDS + 1] = {NULL};
    enum nap_err err = check_count(l, list, "vary", 0, NAP_CHOOSE_KINDS);

    for (int k = 0; k < NAP_CHOOSE_KINDS; k++)
        kinds[k] = nap_choice_kind_name((enum nap_choice_kind)k);
    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        nap_node n = nap_yaml_item(l->y, list, i);
        unsigned kind = 0;

        err = nap_yaml_enum(l->y, n, "vary", kinds, &kind, l->error);
        if (!err && (l->s->vary & NAP_CHOICE_BIT(kind)))
            err = nap_yaml_fail(l->y, n, l->error,
                                "found '%s' twice in vary, expected each once", kinds[kind]);
        l->s->vary |= NAP_CHOICE_BIT(kind);
    }
    return err;
}

/* Numbers of commands, each once. */
static enum nap_err read_fills(struct loader *l, nap_node list)
{
    struct nap_scenario *s = l->s;
    enum nap_err err = check_count(l, list, "queue-fill", 1, NAP_SCENARIO_FILLS_MAX);

    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        nap_node n = nap_yaml_item(l->y, list, i);
        uint64_t value = 0;

        err = nap_yaml_u64(l->y, n, "queue-fill", 0, NAP_SCENARIO_FILL_MAX, &value, l->error);
        for (uint32_t k = 0; k < s->n_fills && !err; k++)
            if (s->fills[k] == value)
                err = nap_yaml_fail(l->y, n, l->error,
                                    "found %llu twice in queue-fill, expected each once",
                                    (unsigned long long)value);
        if (!err)
            s->fills[s->n_fills++] = (uint32_t)value;
    }
    return err;
}

/* What stands above domains and operations. */
static enum nap_err read_head(struct loader *l, nap_node root)
{
    struct nap_scenario *s = l->s;
    nap_node vary = 0, parameters = nap_yaml_find(l->y, root, "parameters");
    nap_node fills = nap_yaml_find(l->y, root, "queue-fill");
    nap_node breaks = nap_yaml_find(l->y, root, "break-off");
    unsigned break_off = NAP_BREAK_OFF_ANY_STEP;
    enum nap_err err = read_word(l, root, "a scenario", "scenario", s->name);

    if (!err)
        err = nap_yaml_get_text(l->y, root, "title", s->title, sizeof(s->title), l->error);
    if (!err)
        err = read_word(l, root, "a scenario", "driver", s->driver);
    if (!err && nap_yaml_find(l->y, root, "socs"))
        err = need_names(l, root, "a scenario", "socs", NAP_SCENARIO_SOCS_MAX, s->socs,
                         &s->n_socs);
    if (!err && nap_yaml_find(l->y, root, "variants"))
        err = need_names(l, root, "a scenario", "variants", NAP_SCENARIO_VARIANTS_MAX,
                         s->variants, &s->n_variants);
    if (!err && nap_yaml_find(l->y, root, "autonomous"))
        err = need_names(l, root, "a scenario", "autonomous", NAP_SCENARIO_MASTERS_MAX,
                         s->autonomous, &s->n_autonomous);
    s->autonomous_line = nap_yaml_line(l->y, nap_yaml_find(l->y, root, "autonomous"));
    if (!err && nap_yaml_find(l->y, root, "devices"))
        err = need_names(l, root, "a scenario", "devices", NAP_SCENARIO_DEVICES_MAX, s->devices,
                         &s->n_devices);
    s->devices_line = nap_yaml_line(l->y, nap_yaml_find(l->y, root, "devices"));
    if (!err)
        err = nap_yaml_need(l->y, root, "a scenario", "vary", &vary, l->error);
    if (!err)
        err = read_vary(l, vary);
    if (!err && parameters)
        err = read_parameters(l, parameters);
    if (!err && breaks)
        err = nap_yaml_enum(l->y, breaks, "break-off", break_off_names, &break_off, l->error);
    s->break_off = (enum nap_break_off)break_off;
    if (!err && fills)
        err = read_fills(l, fills);
    return err;
}

static enum nap_err read_scenario(struct loader *l)
{
    static const char *const keys[] = {
        "scenario",   "title",      "driver",  "socs",      "variants",   "vary",
        "parameters", "autonomous", "domains", "break-off", "queue-fill", "operations",
        "clients",    "interrupts", "beside",  "devices",   "traffic",    NULL};
    nap_node root = nap_yaml_root(l->y);
    nap_node clients = nap_yaml_find(l->y, root, "clients");
    enum nap_err err = nap_yaml_check_map(l->y, root, "a scenario", keys, l->error);

    if (!err)
        err = read_head(l, root);
    if (!err)
        err = read_list(l, "domains", 0, NAP_SCENARIO_DOMAINS_MAX, read_domain);
    if (!err && nap_yaml_find(l->y, root, "beside"))
        err = read_list(l, "beside", 1, NAP_SCENARIO_BESIDE_MAX, read_beside);
    if (!err && nap_yaml_find(l->y, root, "interrupts"))
        err = read_list(l, "interrupts", 1, NAP_SCENARIO_INTERRUPTS_MAX, read_interrupt);
    if (!err && nap_yaml_find(l->y, root, "traffic"))
        err = read_list(l, "traffic", 1, NAP_SCENARIO_TRAFFIC_MAX, read_traffic);
    if (!err)
        err = read_list(l, "operations", 1, NAP_SCENARIO_OPS_MAX, read_operation);
    if (!err && l->planned)
        err = nap_yaml_fail(l->y, l->planned, l->error,
                            "found raise-asleep without suspend below it, expected suspend");
    if (!err && clients)
        err = read_clients(l, clients);
    if (!err && l->s->n_fills && !l->fills)
        err = nap_yaml_fail(l->y, nap_yaml_find(l->y, root, "queue-fill"), l->error,
                            "found queue-fill, and no operation that fills, expected "
                            "`fill: DEVICE` among the operations");
    return err;
}

/* A name too long loses its front: the end says more. */
static void keep_file_name(struct nap_scenario *s, const char *file)
{
    size_t length = strlen(file), room = sizeof(s->file) - 1;

    if (length > room)
        file += length - room;
    memcpy(s->file, file, strlen(file) + 1);
}

enum nap_err nap_scenario_load(const char *text, size_t bytes, const char *file,
                               struct nap_scenario **out, struct nap_error *error)
{
    struct loader l = {.s = calloc(1, sizeof(*l.s)), .error = error};
    struct nap_yaml *y = NULL;
    XXH128_hash_t text_digest;
    enum nap_err err;

    *out = NULL;
    if (!l.s)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for the scenario in %s", file);
    err = nap_yaml_parse(text, bytes, file, &y, error);
    l.y = y;
    if (!err)
        err = read_scenario(&l);
    nap_yaml_free(y);
    keep_file_name(l.s, file);
    text_digest = XXH3_128bits(text, bytes);
    l.s->digest = (struct nap_hash128){text_digest.low64, text_digest.high64};
    if (err)
        nap_scenario_free(l.s);
    else
        *out = l.s;
    return err;
}

const char *nap_op_name(enum nap_op_kind kind)
{
    return op_names[kind];
}

bool nap_op_lets_clients_in(enum nap_op_kind kind)
{
    return kind == NAP_OP_SUSPEND || kind == NAP_OP_RUNTIME_SUSPEND ||
           kind == NAP_OP_POWER_OFF || kind == NAP_OP_POWER_CYCLE;
}

void nap_scenario_free(struct nap_scenario *scenario)
{
    free(scenario);
}

/* Which form a driver beside has; whether there is such a form is told where it is looked up.
 */
static enum nap_err set_beside(struct nap_scenario *s, const char *name, const char *variant,
                               struct nap_error *error)
{
    for (uint32_t i = 0; i < s->n_beside; i++) {
        if (strcmp(s->beside[i].name, name) != 0)
            continue;
        if (strlen(variant) >= NAP_NAME_MAX || !is_printable(variant))
            return nap_fail(error, NAP_ERR_RANGE,
                            "found beside.%s=%.64s, expected the name of a variant", name,
                            variant);
        memcpy(s->beside[i].variant, variant, strlen(variant) + 1);
        return NAP_OK;
    }
    return nap_fail(error, NAP_ERR_UNKNOWN, "scenario %s has no driver '%.64s' beside %s",
                    s->name, name, s->driver);
}

enum nap_err nap_scenario_set(struct nap_scenario *scenario, const char *key, const char *value,
                              struct nap_error *error)
{
    if (strncmp(key, "driver.", 7) == 0)
        return set_driver_parameter(scenario, key + 7, value, error);
    if (strncmp(key, "beside.", 7) == 0)
        return set_beside(scenario, key + 7, value, error);
    if (strcmp(key, "probe-order") != 0)
        return nap_fail(error, NAP_ERR_UNKNOWN,
                        "unknown parameter '%.64s', expected one of: probe-order, driver.KEY, "
                        "beside.DRIVER",
                        key);
    for (unsigned i = 0; probe_order_names[i]; i++)
        if (strcmp(probe_order_names[i], value) == 0) {
            scenario->probe_order = (enum nap_probe_order)i;
            return NAP_OK;
        }
    return nap_fail(
        error, NAP_ERR_UNKNOWN, "found '%.64s' as probe-order, expected one of: %s, %s", value,
        probe_order_names[NAP_PROBE_ORDER_ROOT_FIRST], probe_order_names[NAP_PROBE_ORDER_ANY]);
}
