/* SPDX-License-Identifier: MIT */
/* The domains of a scenario file, their masters and their mappings; and what operations map and
 * unmap since. */
#include "load.h"

#include <regnap/os.h>

#include <stdio.h>
#include <string.h>

#define WHAT_BYTES (NAP_NAME_MAX + 32)
#define PA_LIMIT   (UINT64_C(1) << 40) /* of the second-stage tables, lib/os/p2m.c */

/* --- mappings --- */

/* Checks that @size_bytes from @first end at @limit or below. */
static enum nap_err check_end(struct nap_loader *l, nap_node map, const char *key,
                              uint64_t first, uint64_t size_bytes, uint64_t limit)
{
    if (size_bytes <= limit - first)
        return NAP_OK;
    return nap_yaml_fail(l->y, map, l->error,
                         "found the end of %s 0x%llx with size 0x%llx beyond 0x%llx, expected "
                         "it within",
                         key, (unsigned long long)first, (unsigned long long)size_bytes,
                         (unsigned long long)limit);
}

enum nap_err nap_load_range(struct nap_loader *l, nap_node map, const char *what,
                            const struct nap_scenario_domain *domain,
                            struct nap_scenario_mapping *out)
{
    uint64_t limit = UINT64_C(1) << domain->ipa_bits;
    enum nap_err err = nap_load_page_number(l, map, what, "iova", limit - 1, &out->iova);

    if (!err)
        err = nap_load_page_number(l, map, what, "size", limit, &out->size_bytes);
    if (!err && out->size_bytes == 0)
        err = nap_yaml_fail(l->y, map, l->error, "found %s of 0 bytes, expected 0x1000 or more",
                            what);
    return err ? err : check_end(l, map, "iova", out->iova, out->size_bytes, limit);
}

enum nap_err nap_load_mapping(struct nap_loader *l, nap_node map,
                              const struct nap_scenario_domain *domain,
                              struct nap_scenario_mapping *out)
{
    static const char *const names[] = {"r", "w", "rw", NULL};
    static const unsigned prots[] = {NAP_PROT_READ, NAP_PROT_WRITE,
                                     NAP_PROT_READ | NAP_PROT_WRITE};
    unsigned access = 0;
    nap_node n = 0;
    enum nap_err err = nap_load_range(l, map, "a mapping", domain, out);

    if (!err)
        err = nap_load_page_number(l, map, "a mapping", "pa", PA_LIMIT - 1, &out->pa);
    if (!err)
        err = check_end(l, map, "pa", out->pa, out->size_bytes, PA_LIMIT);
    if (!err)
        err = nap_yaml_need(l->y, map, "a mapping", "access", &n, l->error);
    if (!err)
        err = nap_yaml_enum(l->y, n, "access", names, &access, l->error);
    out->prot = prots[access];
    return err;
}

static void put_range(struct nap_guest *guest, nap_addr iova, nap_addr end)
{
    if (iova < end)
        guest->ranges[guest->n_ranges++] = (struct nap_guest_range){iova, end};
}

enum nap_err nap_load_add_range(struct nap_loader *l, nap_node map, uint32_t domain,
                                const struct nap_scenario_mapping *mapping)
{
    struct nap_guest *guest = &l->guests[domain];
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

enum nap_err nap_load_cut_range(struct nap_loader *l, nap_node map, uint32_t domain,
                                const struct nap_scenario_mapping *hole)
{
    struct nap_guest *guest = &l->guests[domain];
    nap_addr hole_end = hole->iova + hole->size_bytes;

    for (uint32_t i = 0; i < guest->n_ranges; i++) {
        struct nap_guest_range was = guest->ranges[i];

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

static enum nap_err check_master(struct nap_loader *l, nap_node n, const char *name,
                                 const struct nap_scenario_domain *domain)
{
    if (nap_load_contains(domain->masters[0], domain->n_masters, name))
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s' twice in masters, expected each once", name);
    for (uint32_t d = 0; d < l->s->n_domains; d++) {
        const struct nap_scenario_domain *other = &l->s->domains[d];

        if (nap_load_contains(other->masters[0], other->n_masters, name))
            return nap_yaml_fail(l->y, n, l->error,
                                 "found master %s in domain %s, which domain %s has, "
                                 "expected each master in one domain",
                                 name, domain->name, other->name);
    }
    return NAP_OK;
}

static enum nap_err read_master(struct nap_loader *l, nap_node n,
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
static enum nap_err read_alternatives(struct nap_loader *l, nap_node list,
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

static enum nap_err read_masters(struct nap_loader *l, nap_node map, const char *what,
                                 struct nap_scenario_domain *domain)
{
    nap_node list;
    enum nap_err err = nap_yaml_need(l->y, map, what, "masters", &list, l->error);

    if (!err)
        err = nap_load_count(l, list, "masters", 1, NAP_SCENARIO_MASTERS_MAX);
    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        nap_node n = nap_yaml_item(l->y, list, i);

        err = nap_yaml_is_list(l->y, n) ? read_alternatives(l, n, domain)
                                        : read_master(l, n, domain);
    }
    return err;
}

static enum nap_err read_mappings(struct nap_loader *l, nap_node list,
                                  struct nap_scenario_domain *domain)
{
    static const char *const keys[] = {"iova", "pa", "size", "access", NULL};
    enum nap_err err = nap_load_count(l, list, "mappings", 0, NAP_SCENARIO_MAPPINGS_MAX);

    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        struct nap_scenario_mapping *mapping = &domain->mappings[domain->n_mappings++];
        nap_node map = nap_yaml_item(l->y, list, i);

        err = nap_yaml_check_map(l->y, map, "a mapping", keys, l->error);
        if (!err)
            err = nap_load_mapping(l, map, domain, mapping);
        if (!err)
            err = nap_load_add_range(l, map, l->s->n_domains, mapping);
    }
    return err;
}

/* Name, new, input address size, and whether it is sensitive. */
static enum nap_err begin_domain(struct nap_loader *l, nap_node map,
                                 struct nap_scenario_domain *domain, const char *what)
{
    nap_node n = nap_yaml_find(l->y, map, "ipa-bits");
    nap_node sensitive = nap_yaml_find(l->y, map, "sensitive");
    static const char *const truths[] = {"false", "true", NULL};
    unsigned truth = 0;
    uint64_t ipa_bits = 40;
    enum nap_err err = nap_load_word(l, map, what, "name", domain->name);

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

enum nap_err nap_load_domain(struct nap_loader *l, nap_node map)
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
