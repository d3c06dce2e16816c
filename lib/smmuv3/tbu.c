/* SPDX-License-Identifier: MIT */
/* Translation buffer units (TBU): a TLB at the masters, in front of the SMMU proper.
 * Invalidations reach those that have power; what one holds once its connection begins anew is
 * switch T01. The architecture knows no TBU; Arm 101542, MMU-700 Technical Reference Manual,
 * "DTI overview". */
#include "tbu.h"

#include <string.h>

#include "smmuv3-tbu-model.h"

/* Marks devices of this block. */
static const char tbu_marker = 0;

static const struct nap_smmu_tbu *tbu_state(const struct nap_machine *m, unsigned tbu)
{
    return nap_block_state(m, tbu);
}

static struct nap_smmu_tbu *open_tbu(struct nap_machine *m, unsigned tbu)
{
    struct nap_smmu_tbu *u = nap_block_state_mut(m, tbu);

    nap_touch(m, u, sizeof *u);
    nap_probe_changed(m, tbu);
    return u;
}

static bool is_tbu(const struct nap_machine *m, unsigned device, unsigned smmu)
{
    return device != smmu && nap_upstream(m, device) == smmu &&
           nap_block_data(m, device) == &tbu_marker;
}

int smmu_tbu_among(const struct nap_machine *m, unsigned smmu, uint32_t sid)
{
    for (unsigned i = 0; i < nap_device_count(m); i++)
        if (is_tbu(m, i, smmu) && sid - nap_device_line(m, i) < SMMU_TBU_STREAMS)
            return (int)i;
    return -1;
}

/* --- lookup and filling --- */

static uint32_t ssid_of(const struct nap_transaction *t)
{
    return t->has_substream ? t->substream : NAP_SUBSTREAM_NONE;
}

/* Which bit of the permissions the access needs, under the overrides that came with the entry.
 */
static uint8_t need_of(const struct smmu_tbu_entry *u, const struct nap_transaction *t,
                       bool *privileged)
{
    bool instruction = u->instcfg >= 2 ? u->instcfg == 3 : t->instruction;

    *privileged = u->privcfg >= 2 ? u->privcfg == 3 : t->privileged;
    return nap_vmsa_need(t->rw, *privileged, instruction);
}

static uint8_t perms_of(const struct smmu_tlb_entry *e)
{
    return e->stage == 3 ? e->perms & e->s2_perms : e->perms;
}

static struct nap_outcome outcome_of(const struct smmu_tbu_entry *u,
                                     const struct nap_transaction *t, bool privileged)
{
    uint8_t perms = perms_of(&u->e), shift = privileged ? 0 : 3;
    nap_addr low = t->iova & ((UINT64_C(1) << u->e.size_log2) - 1);

    return (struct nap_outcome){
        .kind = NAP_OUTCOME_TRANSLATED,
        .by = NAP_BY_TLB,
        .context = (uint32_t)u->e.vmid << 16 | u->e.asid,
        .readable = ((unsigned)perms >> shift & NAP_VMSA_PR) != 0,
        .writable = ((unsigned)perms >> shift & NAP_VMSA_PW) != 0,
        .executable = ((unsigned)perms >> shift & NAP_VMSA_PX) != 0,
        .privileged_only = privileged,
        .attributes = u->attributes,
        .pa = (u->e.output << 12) + low,
        .why = u->e.foreign ? "answered by a TBU entry that a power cut has left garbled"
                            : "answered by the TBU",
    };
}

static bool covers(const struct smmu_tbu_entry *u, const struct nap_transaction *t)
{
    return u->sid == t->port && u->ssid == ssid_of(t) &&
           (u->e.address ^ t->iova >> 12) >> (u->e.size_log2 - 12u) == 0;
}

/* What an entry does not permit is asked of the SMMU. */
bool smmu_tbu_answer(const struct nap_machine *m, unsigned tbu, const struct nap_transaction *t,
                     unsigned *from, struct nap_outcome *out)
{
    const struct nap_smmu_tbu *s = tbu_state(m, tbu);

    for (; !s->unsettled && *from < s->n; ++*from) {
        const struct smmu_tbu_entry *u = &s->tlb[*from];
        bool privileged;
        if (!covers(u, t) || !(perms_of(&u->e) & need_of(u, t, &privileged)))
            continue;
        *out = outcome_of(u, t, privileged);
        ++*from;
        return true;
    }
    return false;
}

static bool same_tag(const struct smmu_tbu_entry *a, const struct smmu_tbu_entry *b)
{
    return a->sid == b->sid && a->ssid == b->ssid && a->e.address == b->e.address &&
           a->e.size_log2 == b->e.size_log2;
}

static void drop(struct nap_smmu_tbu *s, unsigned at)
{
    s->n--;
    memmove(&s->tlb[at], &s->tlb[at + 1], (s->n - at) * sizeof s->tlb[0]);
    memset(&s->tlb[s->n], 0, sizeof s->tlb[0]);
    if (s->n == 0)
        s->unsettled = 0;
}

void smmu_tbu_fill(struct nap_machine *m, unsigned tbu, const struct smmu_path *p)
{
    struct smmu_tbu_entry u = {.sid = p->sid,
                               .ssid = p->ssv ? p->ssid : NAP_SUBSTREAM_NONE,
                               .attributes = p->attributes,
                               .privcfg = p->ste->privcfg,
                               .instcfg = p->ste->instcfg,
                               .e = p->entry};
    struct nap_smmu_tbu *s = open_tbu(m, tbu);
    unsigned at = 0;

    if (smmu_e0pd(p)) /* the CD is not looked at again */
        u.e.perms &= NAP_VMSA_PR | NAP_VMSA_PW | NAP_VMSA_PX;
    for (unsigned i = 0; i < s->n; i++)
        if (same_tag(&s->tlb[i], &u))
            drop(s, i--);
    if (s->n == SMMU_TBU_ENTRIES_MAX) {
        nap_unmodelled(m, tbu, "TLB replacement");
        return;
    }
    while (at < s->n && memcmp(&s->tlb[at], &u, sizeof u) < 0)
        at++;
    memmove(&s->tlb[at + 1], &s->tlb[at], (s->n - at) * sizeof u);
    s->tlb[at] = u;
    s->n++;
}

/* --- invalidation --- */

static bool drops(const struct nap_machine *m, unsigned smmu, const struct smmu_inv *inv,
                  const struct smmu_tbu_entry *u)
{
    uint32_t cd = u->ssid == NAP_SUBSTREAM_NONE ? 0 : u->ssid;

    return inv->kind == SMMU_INV_TLB ? smmu_inv_drops_translation(m, smmu, inv, &u->e)
                                     : smmu_inv_drops_configuration(inv, u->sid, cd);
}

static bool matters_in(const struct nap_machine *m, unsigned smmu, unsigned tbu,
                       const struct smmu_inv *inv)
{
    const struct nap_smmu_tbu *s = tbu_state(m, tbu);

    for (unsigned i = 0; i < s->n; i++)
        if (drops(m, smmu, inv, &s->tlb[i]))
            return true;
    return false;
}

static bool connected(const struct nap_machine *m, unsigned device, unsigned smmu)
{
    return is_tbu(m, device, smmu) && nap_device_on(m, device);
}

bool smmu_tbus_matter(const struct nap_machine *m, unsigned smmu, const struct smmu_inv *inv)
{
    for (unsigned i = 0; smmu_has_tbus(m, smmu) && i < nap_device_count(m); i++)
        if (connected(m, i, smmu) && matters_in(m, smmu, i, inv))
            return true;
    return false;
}

const struct smmu_tlb_entry *smmu_tbus_entry(const struct nap_machine *m, unsigned smmu,
                                             unsigned number)
{
    for (unsigned i = 0; smmu_has_tbus(m, smmu) && i < nap_device_count(m); i++) {
        if (!connected(m, i, smmu) || tbu_state(m, i)->unsettled)
            continue;
        if (number < tbu_state(m, i)->n)
            return &tbu_state(m, i)->tlb[number].e;
        number -= tbu_state(m, i)->n;
    }
    return NULL;
}

bool smmu_tbus_empty(const struct nap_machine *m, unsigned smmu)
{
    for (unsigned i = 0; smmu_has_tbus(m, smmu) && i < nap_device_count(m); i++)
        if (is_tbu(m, i, smmu) && tbu_state(m, i)->n)
            return false;
    return true;
}

void smmu_tbus_invalidate(struct nap_machine *m, unsigned smmu, const struct smmu_inv *inv)
{
    for (unsigned i = 0; smmu_has_tbus(m, smmu) && i < nap_device_count(m); i++) {
        struct nap_smmu_tbu *s;
        if (!connected(m, i, smmu) || !matters_in(m, smmu, i, inv))
            continue;
        s = open_tbu(m, i);
        for (unsigned at = 0; at < s->n;)
            if (drops(m, smmu, inv, &s->tlb[at]))
                drop(s, at);
            else
                at++;
    }
}

/* --- power --- */

/* Switch T01. */
static void connect(struct nap_machine *m, unsigned tbu)
{
    unsigned t01 = nap_switch(m, tbu, SMMU_TBU_SWITCH_T01);
    struct nap_smmu_tbu *s;

    if (tbu_state(m, tbu)->n == 0 || t01 == SMMU_TBU_T01_KEPT)
        return;
    s = open_tbu(m, tbu);
    if (t01 == SMMU_TBU_T01_UNSETTLED && nap_varied(m, NAP_CHOOSE_RETAIN))
        s->unsettled = 1;
    else
        memset(s, 0, sizeof *s);
}

static void settle(struct nap_machine *m, unsigned tbu)
{
    uint32_t chosen = nap_choose(m, NAP_CHOOSE_RETAIN, "TBU content after power loss",
                                 nap_instance_of(tbu, NAP_NO_SLOT), 2);
    struct nap_smmu_tbu *s = open_tbu(m, tbu);

    s->unsettled = 0;
    if (chosen == 0)
        memset(s, 0, sizeof *s);
}

static bool usable(const struct nap_machine *m, unsigned smmu)
{
    return nap_device_on(m, smmu) && smmu_enabled(m, smmu, NULL) != 1;
}

void smmu_tbus_connect(struct nap_machine *m, unsigned smmu)
{
    for (unsigned i = 0; smmu_has_tbus(m, smmu) && i < nap_device_count(m); i++)
        if (connected(m, i, smmu))
            connect(m, i);
}

void smmu_tbus_usable(struct nap_machine *m, unsigned smmu)
{
    for (unsigned i = 0; smmu_has_tbus(m, smmu) && i < nap_device_count(m); i++)
        if (connected(m, i, smmu) && tbu_state(m, i)->unsettled)
            settle(m, i);
}

/* Switch T03. */
bool smmu_tbus_hold_sync(const struct nap_machine *m, unsigned smmu)
{
    for (unsigned i = 0; smmu_has_tbus(m, smmu) && i < nap_device_count(m); i++)
        if (is_tbu(m, i, smmu) && !nap_device_on(m, i) &&
            nap_switch(m, i, SMMU_TBU_SWITCH_T03) == SMMU_TBU_T03_WAITS)
            return true;
    return false;
}

static void power_off(struct nap_machine *m, unsigned device)
{
    nap_probe_changed(m, device);
}

static void power_on(struct nap_machine *m, unsigned device)
{
    nap_probe_changed(m, device);
    connect(m, device);
    if (tbu_state(m, device)->unsettled && usable(m, nap_upstream(m, device)))
        settle(m, device);
    smmu_commands_go_on(m, nap_upstream(m, device));
}

const struct nap_block nap_smmu_tbu_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_smmuv3_tbu,
    .data = &tbu_marker,
    .state_bytes = sizeof(struct nap_smmu_tbu),
    .power_off = power_off,
    .power_on = power_on,
};
