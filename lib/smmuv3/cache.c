/* SPDX-License-Identifier: MIT */
/* Configuration caches and TLB: filling, what a power cut leaves. Arm IHI 0070, "Caching", "TLB
 * tagging". */
#include "tbu.h"

#include <string.h>

/* --- lists in the order of their tags --- */

static int order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int order_ste(const void *a, const void *b)
{
    return order(((const struct smmu_ste *)a)->sid, ((const struct smmu_ste *)b)->sid);
}

static int order_cd(const void *a, const void *b)
{
    const struct smmu_cd *x = a, *y = b;
    int by_sid = order(x->sid, y->sid);

    return by_sid ? by_sid : order(x->ssid, y->ssid);
}

static int order_l1std(const void *a, const void *b)
{
    const struct smmu_l1std *x = a, *y = b;
    int by_split = order(x->split, y->split);

    return by_split ? by_split : order(x->index, y->index);
}

static int order_l1cd(const void *a, const void *b)
{
    const struct smmu_l1cd *x = a, *y = b;
    int by_sid = order(x->sid, y->sid);

    return by_sid ? by_sid : order(x->index, y->index);
}

static uint64_t tag_of(const struct smmu_tlb_entry *e)
{
    return (uint64_t)e->world << 48 | (uint64_t)e->vmid << 32 |
           (uint64_t)(e->stage == 2) << 31 | (uint64_t)e->global << 30 |
           (uint64_t)e->aset << 29 | (uint64_t)e->asid;
}

static int order_tlb(const void *a, const void *b)
{
    const struct smmu_tlb_entry *x = a, *y = b;

    if (tag_of(x) != tag_of(y))
        return order(tag_of(x), tag_of(y));
    if (x->address != y->address)
        return order(x->address, y->address);
    return order(x->size_log2, y->size_log2);
}

static uint64_t tag_of_table(const struct smmu_table *e)
{
    return (uint64_t)e->world << 40 | (uint64_t)e->vmid << 24 | (uint64_t)e->stage << 16 |
           (uint64_t)e->asid;
}

static int order_table(const void *a, const void *b)
{
    const struct smmu_table *x = a, *y = b;

    if (tag_of_table(x) != tag_of_table(y))
        return order(tag_of_table(x), tag_of_table(y));
    if (x->address != y->address)
        return order(x->address, y->address);
    return order(x->size_log2, y->size_log2);
}

/* One list of struct nap_smmuv3. */
struct list {
    uint32_t *n;
    uint8_t *items;
    size_t bytes; /* of one */
    uint32_t max;
    int (*order)(const void *a, const void *b);
};

/* Puts @item where it belongs, in place of one with its tag. A full list takes no more. */
static void put(struct nap_machine *m, unsigned device, const struct list *l, const void *item,
                const char *full)
{
    uint32_t at = 0;
    int found = 1;

    while (at < *l->n && (found = l->order(l->items + at * l->bytes, item)) < 0)
        at++;
    if (at < *l->n && found == 0) {
        if (memcmp(l->items + at * l->bytes, item, l->bytes) == 0)
            return;
    } else {
        if (*l->n == l->max) {
            nap_unmodelled(m, device, full);
            return;
        }
        nap_touch(m, l->items + at * l->bytes, (*l->n + 1 - at) * l->bytes);
        memmove(l->items + (at + 1) * l->bytes, l->items + at * l->bytes,
                (*l->n - at) * l->bytes);
        nap_touch(m, l->n, sizeof *l->n);
        ++*l->n;
    }
    nap_touch(m, l->items + at * l->bytes, l->bytes);
    memcpy(l->items + at * l->bytes, item, l->bytes);
    nap_probe_changed(m, device);
}

static struct nap_smmuv3 *open_for_fill(struct nap_machine *m, unsigned device)
{
    if (smmu_of(m, device)->unsettled)
        smmu_caches_usable(m, device); /* a fresh entry must not be taken for a kept one */
    return nap_block_state_mut(m, device);
}

void smmu_fill_ste(struct nap_machine *m, unsigned device, const struct smmu_ste *ste)
{
    struct nap_smmuv3 *s = open_for_fill(m, device);
    struct list l = {&s->n_ste, (uint8_t *)s->ste, sizeof *ste, SMMU_STES_MAX, order_ste};

    put(m, device, &l, ste, "replacement of cached STEs");
}

void smmu_fill_cd(struct nap_machine *m, unsigned device, const struct smmu_cd *cd)
{
    struct nap_smmuv3 *s = open_for_fill(m, device);
    struct list l = {&s->n_cd, (uint8_t *)s->cd, sizeof *cd, SMMU_CDS_MAX, order_cd};

    put(m, device, &l, cd, "replacement of cached CDs");
}

void smmu_fill_l1std(struct nap_machine *m, unsigned device, const struct smmu_l1std *l1std)
{
    struct nap_smmuv3 *s = open_for_fill(m, device);
    struct list l = {&s->n_l1std, (uint8_t *)s->l1std, sizeof *l1std, SMMU_L1STDS_MAX,
                     order_l1std};

    put(m, device, &l, l1std, "replacement of cached L1STDs");
}

void smmu_fill_l1cd(struct nap_machine *m, unsigned device, const struct smmu_l1cd *l1cd)
{
    struct nap_smmuv3 *s = open_for_fill(m, device);
    struct list l = {&s->n_l1cd, (uint8_t *)s->l1cd, sizeof *l1cd, SMMU_L1CDS_MAX, order_l1cd};

    put(m, device, &l, l1cd, "replacement of cached L1CDs");
}

void smmu_fill_tlb(struct nap_machine *m, unsigned device, const struct smmu_tlb_entry *entry)
{
    struct nap_smmuv3 *s = open_for_fill(m, device);
    struct list l = {&s->n_tlb, (uint8_t *)s->tlb, sizeof *entry, SMMU_TLB_MAX, order_tlb};

    put(m, device, &l, entry, "TLB replacement");
}

void smmu_fill_table(struct nap_machine *m, unsigned device, const struct smmu_table *entry)
{
    struct nap_smmuv3 *s = open_for_fill(m, device);
    struct list l = {&s->n_table, (uint8_t *)s->table, sizeof *entry, SMMU_TABLES_MAX,
                     order_table};

    put(m, device, &l, entry, "replacement of cached table pointers");
}

/* --- power --- */

static struct nap_smmuv3 *open_all(struct nap_machine *m, unsigned device)
{
    struct nap_smmuv3 *s = nap_block_state_mut(m, device);

    nap_touch(m, s, offsetof(struct nap_smmuv3, prg));
    nap_probe_changed(m, device);
    return s;
}

static void drop_config(struct nap_smmuv3 *s)
{
    memset(s->ste, 0, sizeof s->ste);
    memset(s->cd, 0, sizeof s->cd);
    memset(s->l1std, 0, sizeof s->l1std);
    memset(s->l1cd, 0, sizeof s->l1cd);
    memset(s->ste_donor, 0, sizeof s->ste_donor);
    s->n_ste = s->n_cd = s->n_l1std = s->n_l1cd = 0;
    s->unsettled &= ~SMMU_UNSETTLED_CONFIG;
}

static void drop_tlb(struct nap_smmuv3 *s)
{
    memset(s->tlb, 0, sizeof s->tlb);
    memset(s->tlb_donor, 0, sizeof s->tlb_donor);
    s->n_tlb = 0;
    memset(s->table, 0, sizeof s->table);
    s->n_table = 0;
    s->unsettled &= ~SMMU_UNSETTLED_TLB;
}

static bool same_domain(const struct smmu_tlb_donor *d, const struct smmu_tlb_entry *e)
{
    return d->world == e->world && d->vmid == e->vmid && d->asid == e->asid;
}

static void note_tlb_donors(struct nap_smmuv3 *s)
{
    unsigned n = 0;

    memset(s->tlb_donor, 0, sizeof s->tlb_donor);
    for (unsigned i = 0; i < s->n_tlb && n < 2; i++) {
        const struct smmu_tlb_entry *e = &s->tlb[i];
        if (n == 1 && same_domain(&s->tlb_donor[0], e))
            continue;
        s->tlb_donor[n++] = (struct smmu_tlb_donor){.output = e->output,
                                                    .vmid = e->vmid,
                                                    .asid = e->asid,
                                                    .world = e->world,
                                                    .valid = 1};
    }
}

static void note_ste_donors(struct nap_smmuv3 *s)
{
    unsigned n = 0;

    memset(s->ste_donor, 0, sizeof s->ste_donor);
    for (unsigned i = 0; i < s->n_ste && n < 2; i++) {
        const struct smmu_ste *e = &s->ste[i];
        if (n == 1 && memcmp(s->ste_donor[0].ste.dw, e->dw, sizeof e->dw) == 0)
            continue;
        s->ste_donor[n++] = (struct smmu_ste_donor){.valid = 1, .ste = *e};
    }
}

/* Nothing is left to choose. */
static void forget_donors(struct nap_smmuv3 *s)
{
    memset(s->tlb_donor, 0, sizeof s->tlb_donor);
    memset(s->ste_donor, 0, sizeof s->ste_donor);
}

/* Transactions that were held are lost with the power. */
void smmu_caches_power_off(struct nap_machine *m, unsigned device)
{
    struct nap_smmuv3 *s = open_all(m, device);

    note_tlb_donors(s);
    note_ste_donors(s);
    memset(s->stall, 0, sizeof s->stall);
    s->n_stall = 0;
}

static bool holds_config(const struct nap_smmuv3 *s)
{
    return s->n_ste || s->n_cd || s->n_l1std || s->n_l1cd;
}

static bool holds_translations(const struct nap_smmuv3 *s)
{
    return s->n_tlb || s->n_table;
}

/* "Dormant state": a hint that follows the caches at once. Where nobody has found out yet what
 * a power cut has left there may be something. */
uint64_t smmu_statusr_read(struct nap_machine *m, unsigned device, unsigned index,
                           uint64_t value)
{
    const struct nap_smmuv3 *s = smmu_of(m, device);
    bool dormant = !holds_config(s) && !holds_translations(s) && smmu_tbus_empty(m, device);

    (void)index;
    return dormant ? value | SMMU_STATUSR_DORMANT : value;
}

/* Switch S12. */
void smmu_caches_power_on(struct nap_machine *m, unsigned device)
{
    unsigned s12 = nap_switch(m, device, SMMU_SWITCH_S12);
    struct nap_smmuv3 *s = open_all(m, device);

    smmu_tbus_connect(m, device);
    if (s12 == SMMU_S12_KEPT) {
        forget_donors(s);
        return;
    }
    if (s12 == SMMU_S12_UNSETTLED && nap_varied(m, NAP_CHOOSE_RETAIN)) {
        s->unsettled = (holds_translations(s) ? SMMU_UNSETTLED_TLB : 0) |
                       (holds_config(s) ? SMMU_UNSETTLED_CONFIG : 0);
        return;
    }
    drop_tlb(s);
    drop_config(s);
}

/* The output that a foreign first entry has: of the first domain that is not its own. */
static const struct smmu_tlb_donor *tlb_donor(const struct nap_smmuv3 *s)
{
    const struct smmu_tlb_donor *d = &s->tlb_donor[same_domain(&s->tlb_donor[0], &s->tlb[0])];

    return d->valid && d->output != s->tlb[0].output ? d : NULL;
}

static void settle_tlb(struct nap_machine *m, unsigned device)
{
    bool foreign = tlb_donor(smmu_of(m, device)) != NULL;
    uint32_t chosen = nap_choose(m, NAP_CHOOSE_RETAIN, "TLB content after power loss",
                                 nap_instance_of(device, NAP_NO_SLOT), foreign ? 3 : 2);
    struct nap_smmuv3 *s = open_all(m, device);

    s->unsettled &= ~SMMU_UNSETTLED_TLB;
    if (chosen == 0) {
        drop_tlb(s);
    } else if (chosen == 2) {
        s->tlb[0].output = tlb_donor(s)->output;
        s->tlb[0].foreign = 1;
    }
    memset(s->tlb_donor, 0, sizeof s->tlb_donor);
}

static const struct smmu_ste_donor *ste_donor(const struct nap_smmuv3 *s)
{
    const struct smmu_ste_donor *d;

    if (s->n_ste == 0)
        return NULL;
    d = &s->ste_donor[memcmp(s->ste_donor[0].ste.dw, s->ste[0].dw, sizeof s->ste[0].dw) == 0];
    return d->valid ? d : NULL;
}

static void settle_config(struct nap_machine *m, unsigned device)
{
    bool foreign = ste_donor(smmu_of(m, device)) != NULL;
    uint32_t chosen = nap_choose(m, NAP_CHOOSE_RETAIN, "cached configuration after power loss",
                                 nap_instance_of(device, NAP_NO_SLOT), foreign ? 3 : 2);
    struct nap_smmuv3 *s = open_all(m, device);

    s->unsettled &= ~SMMU_UNSETTLED_CONFIG;
    if (chosen == 0) {
        drop_config(s);
    } else if (chosen == 2) {
        uint32_t sid = s->ste[0].sid;
        s->ste[0] = ste_donor(s)->ste;
        s->ste[0].sid = sid;
        s->ste[0].foreign = 1;
    }
    memset(s->ste_donor, 0, sizeof s->ste_donor);
}

void smmu_caches_usable(struct nap_machine *m, unsigned device)
{
    if (smmu_of(m, device)->unsettled & SMMU_UNSETTLED_CONFIG)
        settle_config(m, device);
    if (smmu_of(m, device)->unsettled & SMMU_UNSETTLED_TLB)
        settle_tlb(m, device);
    smmu_tbus_usable(m, device);
}
