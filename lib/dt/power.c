/* SPDX-License-Identifier: MIT */
/* `power-domains` as domains of the machine. A tree names domains by provider and number only.
 * That the always-on domain of a Renesas SYSC is the parent of its others is argued: its area
 * never loses power, and the SYSC that switches the others lives in it. Domains inside domains
 * (A2 areas in A3 areas) are not in the tree, so they stand side by side here. */
#include "dt/dt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Numbers of the always-on domain, by the power headers beside the renesas,rcar-sysc binding.
 * The first front that fits counts. */
static const struct {
    const char *front;
    uint32_t always_on;
} syscs[] = {
    {"renesas,r8a779a", 64}, /* V3U */
    {"renesas,r8a779f", 64}, /* S4 */
    {"renesas,r8a779g", 64}, /* V4H */
    {"renesas,r8a779h", 64}, /* V4M */
    {"renesas,r8a7", 32},    /* R-Car Gen2 and Gen3, RZ/G1 and RZ/G2 */
};

static bool is_sysc(const struct nap_dt *dt, uint32_t node, uint32_t *always_on)
{
    static const char back[] = "-sysc";
    struct nap_dt_strings strings = nap_dt_compatible(dt, node);
    const char *compatible;

    while ((compatible = nap_dt_next(&strings))) {
        size_t length = strlen(compatible), n_back = strlen(back);

        if (length < n_back || strcmp(compatible + length - n_back, back) != 0)
            continue;
        for (size_t s = 0; s < sizeof(syscs) / sizeof(syscs[0]); s++) {
            if (strncmp(compatible, syscs[s].front, strlen(syscs[s].front)) != 0)
                continue;
            *always_on = syscs[s].always_on;
            return true;
        }
    }
    return false;
}

/* The domain of that provider and number, made if it is new. */
static enum nap_err get_domain(struct nap_dt *dt, uint32_t user, uint32_t provider,
                               uint32_t number, uint32_t parent, const char *name,
                               uint32_t *out)
{
    struct nap_soc *soc = dt->soc;
    struct nap_soc_domain *domain = &soc->domains[soc->n_domains];

    for (*out = 0; *out < soc->n_domains; ++*out)
        if (dt->domains[*out].provider == provider && dt->domains[*out].number == number)
            return NAP_OK;
    if (soc->n_domains == NAP_SOC_DOMAINS_MAX)
        return nap_dt_fail(dt, NAP_ERR_NOSPACE, user, "power-domains",
                           "found more than %d power domains, expected at most that many",
                           NAP_SOC_DOMAINS_MAX);
    (void)snprintf(domain->name, sizeof(domain->name), "%s", name);
    nap_dt_make_unique(domain->name, soc->domains[0].name, sizeof(*domain), soc->n_domains);
    domain->parent = parent;
    dt->domains[soc->n_domains].provider = provider;
    dt->domains[soc->n_domains].number = number;
    soc->n_domains++;
    return NAP_OK;
}

/* One always-on domain, of a SYSC and of all that name no domain. */
static enum nap_err get_always_on(struct nap_dt *dt, uint32_t user, uint32_t *out)
{
    return get_domain(dt, user, NAP_DT_NONE, 0, NAP_SOC_NONE, "always_on", out);
}

static enum nap_err get_sysc_domain(struct nap_dt *dt, uint32_t user, uint32_t provider,
                                    uint32_t number, uint32_t always_on, uint32_t *out)
{
    char name[NAP_NAME_MAX];
    uint32_t parent;
    enum nap_err err = get_always_on(dt, user, &parent);

    *out = parent;
    if (err || number == always_on)
        return err;
    (void)snprintf(name, sizeof(name), "pd%" PRIu32, number);
    return get_domain(dt, user, provider, number, parent, name, out);
}

/* Any other provider: named after its node, and numbered if it has several domains. */
static enum nap_err get_other_domain(struct nap_dt *dt, uint32_t user,
                                     const struct nap_dt_specifier *at, uint32_t *out)
{
    uint32_t number = nap_dt_cell(at->args, 0);
    struct nap_soc_node provider;
    char name[NAP_NAME_MAX], numbered[NAP_NAME_MAX];
    enum nap_err err = nap_dt_soc_node(dt, at->target, &provider);

    if (err)
        return err;
    nap_dt_name(dt, &provider, name);
    if (at->args.n)
        (void)snprintf(numbered, sizeof(numbered), "%.50s.%" PRIu32, name, number);
    else
        (void)snprintf(numbered, sizeof(numbered), "%s", name);
    return get_domain(dt, user, at->target, number, NAP_SOC_NONE, numbered, out);
}

/* Where a node is in several domains, the first one counts; the others must still be sound. */
enum nap_err nap_dt_domain(struct nap_dt *dt, uint32_t node, uint32_t *out)
{
    struct nap_dt_specifier first = {0}, next;
    struct nap_dt_cells list;
    uint32_t at = 0, always_on;
    enum nap_err err = nap_dt_cells(dt, node, "power-domains", &list);

    if (!err && list.n == 0)
        return get_always_on(dt, node, out);
    while (!err && at < list.n) {
        bool is_first = at == 0;

        err = nap_dt_specifier(dt, node, "power-domains", NAP_DT_POWER_CELLS, list, &at, &next);
        if (is_first)
            first = next;
    }
    if (err)
        return err;
    if (is_sysc(dt, first.target, &always_on) && first.args.n == 1)
        return get_sysc_domain(dt, node, first.target, nap_dt_cell(first.args, 0), always_on,
                               out);
    return get_other_domain(dt, node, &first, out);
}
