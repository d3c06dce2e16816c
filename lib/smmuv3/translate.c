/* SPDX-License-Identifier: MIT */
/* A transaction's way: SMMUEN, STE, CD, TLB, walks; what ends it, and what is recorded. One
 * function serves probes and DMA: a probe follows every way that cached copies leave open and
 * changes nothing, DMA goes the way that uses all of them. Arm IHI 0070, "Configuration and
 * Translation lookup", "Fault models, recording and reporting", "ATS Interface". */
#include "tbu.h"

#include <assert.h>
#include <string.h>

/* --- configuration --- */

static unsigned ssid_bits(const struct smmu_path *p)
{
    return (unsigned)((nap_reg_get(p->m, p->device, SMMU_SLOT_IDR1) & SMMU_IDR1_SSIDSIZE) >>
                      SMMU_IDR1_SSIDSIZE_SHIFT);
}

/* Which CD, and whether stage 1 takes part at all: "Substreams", S1DSS. */
static bool pick_cd(struct smmu_path *p, uint32_t *index)
{
    unsigned max = STE_S1CDMAX(p->ste), dss = STE_S1DSS(p->ste);

    *index = 0;
    if (!p->stage_1)
        return !p->ssv || smmu_path_fault(p, SMMU_C_BAD_SUBSTREAMID, "stage 1 is off");
    if (max == 0 || ssid_bits(p) == 0)
        return !p->ssv || smmu_path_fault(p, SMMU_C_BAD_SUBSTREAMID, "substreams are off");
    if (p->ssv) {
        if (p->ssid >> max != 0)
            return smmu_path_fault(p, SMMU_C_BAD_SUBSTREAMID, "the CD table has no such CD");
        if (p->ssid == 0 && dss == 2)
            return smmu_path_fault(p, SMMU_F_STREAM_DISABLED, "CD 0 is for other traffic");
        *index = p->ssid;
        return true;
    }
    if (dss == 1)
        p->stage_1 = false;
    else if (dss != 2)
        return smmu_path_fault(p, SMMU_F_STREAM_DISABLED, "traffic needs a SubstreamID");
    return true;
}

/* Overrides of privilege and instruction, which ATOS does not know; writes are always data. */
static void override_access(struct smmu_path *p)
{
    if (p->walk_only)
        return;
    if (p->ste->privcfg >= 2)
        p->privileged = p->ste->privcfg == 3;
    if (p->ste->instcfg >= 2)
        p->instruction = p->ste->instcfg == 3;
    if (p->rw == NAP_WRITE && !p->grants)
        p->instruction = false;
}

static bool out_of_range(struct smmu_path *p, unsigned bits)
{
    if (bits >= 64 || p->va >> bits == 0)
        return true;
    p->fault.stage = 1;
    p->fault.class = SMMU_CLASS_IN;
    p->fault.always_aborts = true;
    return smmu_path_fault(p, SMMU_F_ADDR_SIZE, "the address is beyond the address size");
}

/* With HTTU 3: descriptors of tables have an access flag too, which nobody sets here. */
static void tell_unmodelled(struct smmu_path *p)
{
    bool first = p->stage_1 && smmu_bit(p->cd->dw[1], 3);
    bool second = p->stage_2 && smmu_bit(p->ste->dw[2], 59);

    if (!(first || second) ||
        (nap_reg_get(p->m, p->device, SMMU_SLOT_IDR0) & SMMU_IDR0_HTTU) != SMMU_IDR0_HTTU)
        return;
    if (first)
        nap_unmodelled(p->change, p->device, "CD.HAFT");
    if (second)
        nap_unmodelled(p->change, p->device, "STE.S2HAFT");
}

bool smmu_configure(struct smmu_path *p)
{
    unsigned config;
    uint32_t index;

    p->by = NAP_BY_PORT;
    if (!smmu_find_ste(p))
        return false;
    config = STE_CONFIG(p->ste);
    override_access(p);
    if (!(config & STE_BYPASS))
        return smmu_path_fault(p, 0, "the STE aborts all traffic");
    p->stage_1 = (config & STE_S1_BIT) != 0;
    p->stage_2 = (config & STE_S2_BIT) != 0;
    p->world = p->ste->world;
    p->vmid = p->ste->vmid;
    if (!pick_cd(p, &index))
        return false;
    if (!p->stage_1)
        return true;
    p->by = NAP_BY_CONTEXT;
    if (!smmu_find_cd(p, index))
        return false;
    p->asid = p->world == SMMU_WORLD_EL2 ? 0 : CD_ASID(p->cd);
    p->aset = p->world != SMMU_WORLD_EL2 && CD_ASET(p->cd);
    if (p->change)
        tell_unmodelled(p);
    return true;
}

/* --- translation --- */

bool smmu_e0pd(const struct smmu_path *p)
{
    unsigned half = (unsigned)(p->va >> 55 & 1);

    return p->stage_1 && smmu_bit(p->cd->dw[1 + half], 2) && p->world != SMMU_WORLD_EL2 &&
           CD_AA64(p->cd) && (nap_reg_get(p->m, p->device, SMMU_SLOT_IDR3) & SMMU_IDR3_E0PD);
}

/* No stage translates: Config 100 is checked against the output size, a skipped stage 1 against
 * the intermediate one, and cut to the output size. To ATS and ATOS it is of the smallest size.
 */
static bool bypass(struct smmu_path *p)
{
    unsigned oas = smmu_oas_bits(p->m, p->device);
    bool whole = STE_CONFIG(p->ste) == STE_BYPASS;

    p->by = NAP_BY_PORT;
    if (!out_of_range(p, whole ? oas : smmu_ias_bits(p->m, p->device)))
        return false;
    p->ipa = p->va;
    p->pa = oas >= 64 ? p->va : p->va & ((UINT64_C(1) << oas) - 1);
    p->size_log2 = (uint8_t)smmu_least_granule(p->m, p->device);
    p->perms = p->clean_perms = NAP_VMSA_ALL;
    p->attributes = smmu_incoming(p->m, p->device, p->ste);
    return true;
}

static bool translate(struct smmu_path *p)
{
    if (!p->stage_1 && (!p->stage_2 || p->first_alone))
        return bypass(p);
    if (!p->stage_1 && !out_of_range(p, smmu_ias_bits(p->m, p->device)))
        return false;
    if (!p->privileged && smmu_e0pd(p)) {
        p->fault.stage = 1;
        p->fault.class = SMMU_CLASS_IN;
        return smmu_path_fault(p, SMMU_F_TRANSLATION, "E0PD keeps unprivileged accesses out");
    }
    return smmu_walk(p);
}

bool smmu_translate(struct smmu_path *p)
{
    return smmu_configure(p) && translate(p);
}

/* --- outcomes --- */

static struct nap_outcome ends(enum nap_outcome_kind kind, enum nap_outcome_by by,
                               uint8_t event, const char *why)
{
    return (struct nap_outcome){
        .kind = kind, .by = by, .context = UINT32_MAX, .event = event, .why = why};
}

/* Those of the access's level, at the places of the privileged ones. */
static unsigned at_level(const struct smmu_path *p, uint8_t perms)
{
    return p->privileged ? perms : perms >> 3;
}

static const char *why_passed(const struct smmu_path *p)
{
    if (p->foreign)
        return "answered by a TLB entry that a power cut has left garbled";
    if (p->ste->foreign)
        return "configured by a cached STE that a power cut has left garbled";
    if (p->by == NAP_BY_TLB)
        return "answered by the TLB";
    if (p->used & SMMU_CACHED_TABLE)
        return "walked from a table whose address is cached";
    return p->used & (SMMU_CACHED_STE | SMMU_CACHED_L1STD | SMMU_CACHED_CD | SMMU_CACHED_L1CD)
               ? "walked as cached configuration says"
               : "walked the tables of the stream";
}

/* Behind a TBU the SMMU's own TLB is the one further upstream. */
static enum nap_outcome_by decided_by(const struct smmu_path *p)
{
    return p->for_tbu && p->by == NAP_BY_TLB ? NAP_BY_SHARED_TLB : p->by;
}

static struct nap_outcome passes(const struct smmu_path *p)
{
    bool translated = p->stage_1 || p->stage_2;
    unsigned perms = at_level(p, p->clean_perms);

    return (struct nap_outcome){
        .kind = translated ? NAP_OUTCOME_TRANSLATED : NAP_OUTCOME_BYPASS,
        .by = decided_by(p),
        .context =
            translated ? (uint32_t)p->vmid << 16 | (p->stage_1 ? p->asid : 0u) : UINT32_MAX,
        .readable = (perms & NAP_VMSA_PR) != 0,
        .writable = (perms & NAP_VMSA_PW) != 0,
        .executable = (perms & NAP_VMSA_PX) != 0,
        .privileged_only = p->privileged,
        .unwritten = p->unwritten,
        .attributes = p->attributes,
        .pa = p->pa,
        .why = translated ? why_passed(p) : "the STE bypasses",
    };
}

/* DMA makes it definite; to a probe what is not known stays so. */
static uint64_t cr2(struct smmu_path *p)
{
    if (p->change) {
        nap_reg_settle(p->change, p->device, SMMU_SLOT_CR2);
    } else if (nap_reg_marks(p->m, p->device, SMMU_SLOT_CR2) & NAP_MARK_UNDETERMINED) {
        p->undetermined = true;
        p->fault.why = "CR2 has not been written since power-on";
    }
    return nap_probe_reg(p->m, p->device, SMMU_SLOT_CR2, p->footprint);
}

static bool is_translation_fault(uint8_t event)
{
    return event >= SMMU_F_TRANSLATION && event <= SMMU_F_PERMISSION;
}

/* "Fault configuration (A, R, S bits)"; at stage 2 a transaction that does not stall is
 * aborted. */
static struct nap_outcome ends_in_fault(struct smmu_path *p)
{
    const struct smmu_fault *f = &p->fault;
    struct nap_outcome o;
    bool stage_1 = f->stage == 1;
    bool quiet =
        !p->undetermined && f->event == SMMU_C_BAD_STREAMID && !(cr2(p) & SMMU_CR2_RECINVSID);

    if (p->undetermined)
        return ends(NAP_OUTCOME_UNDETERMINED, decided_by(p), 0, f->why);
    if (!is_translation_fault(f->event) || f->always_aborts) {
        return ends(NAP_OUTCOME_FAULT, decided_by(p), quiet ? 0 : f->event, f->why);
    }
    if (stage_1 ? CD_S(p->cd) : STE_S2S(p->ste))
        return ends(NAP_OUTCOME_STALL, decided_by(p), f->event, f->why);
    o = ends(NAP_OUTCOME_FAULT, decided_by(p),
             (stage_1 ? CD_R(p->cd) : STE_S2R(p->ste)) ? f->event : 0, f->why);
    if (stage_1 && !CD_A(p->cd)) {
        o.silent = true;
        o.why = "reads give 0, writes are lost (CD.A)";
    }
    return o;
}

static struct nap_outcome faults(struct smmu_path *p)
{
    struct nap_outcome o = ends_in_fault(p);

    o.unwritten = p->unwritten;
    return o;
}

static struct nap_outcome untranslated(struct smmu_path *p)
{
    return smmu_translate(p) ? passes(p) : faults(p);
}

/* --- ATS translation requests, "Responses to ATS Translation Requests" --- */

/* The response Unsupported Request. */
static struct nap_outcome refuses_ats(struct smmu_path *p, const char *why)
{
    smmu_path_fault(p, SMMU_F_BAD_ATS_TREQ, why);
    return ends(NAP_OUTCOME_FAULT, NAP_BY_PORT, p->fault.event, why);
}

/* CR2.REC_CFG_ATS, where there is an event and the SMMU has the field. */
static bool extended(struct smmu_path *p)
{
    return !p->undetermined && p->fault.event != 0 &&
           (nap_reg_get(p->m, p->device, SMMU_SLOT_IDR0) & SMMU_IDR0_ATSRECERR) &&
           (cr2(p) & SMMU_CR2_REC_CFG_ATS);
}

uint8_t smmu_extended_event(struct smmu_path *p)
{
    bool recorded =
        extended(p) && (p->fault.event != SMMU_C_BAD_STREAMID || (cr2(p) & SMMU_CR2_RECINVSID));

    return recorded ? p->fault.event : 0;
}

/* The response Completer Abort. */
static struct nap_outcome aborts_ats(struct smmu_path *p)
{
    uint8_t event = smmu_extended_event(p);

    if (p->undetermined)
        return ends(NAP_OUTCOME_UNDETERMINED, NAP_BY_PORT, 0, p->fault.why);
    return ends(NAP_OUTCOME_FAULT, NAP_BY_PORT, event, p->fault.why);
}

/* Success with R and W clear: nothing can be reached there now. */
static struct nap_outcome no_right(const struct smmu_path *p, const char *why)
{
    return ends(NAP_OUTCOME_TRANSLATED, decided_by(p), 0, why);
}

/* "Permission attributes granted in ATS Translation Completions". */
static struct nap_outcome grants(const struct smmu_path *p, const struct nap_transaction *t,
                                 nap_addr address)
{
    unsigned inst = p->ste->instcfg;
    unsigned perms = at_level(p, p->perms);
    bool r = (perms & NAP_VMSA_PR) != 0, x = (perms & NAP_VMSA_PX) != 0;
    bool asks_x = t->has_substream && t->instruction;
    struct nap_outcome o = passes(p);

    o.kind = NAP_OUTCOME_TRANSLATED;
    o.pa = address;
    o.size_log2 = p->size_log2;
    o.writable = (perms & NAP_VMSA_PW) != 0;
    o.readable = inst == 3 ? x : r;
    o.executable = asks_x && (inst == 2 ? r : inst == 3 ? x : r && x);
    return o.readable || o.writable ? o : no_right(p, "the page permits nothing");
}

/* Configuration that ends an ordinary transaction without a fault of translation: of the CD's
 * own address too. */
static struct nap_outcome ats_fails(struct smmu_path *p)
{
    return is_translation_fault(p->fault.event) ? no_right(p, p->fault.why) : aborts_ats(p);
}

static struct nap_outcome ats_request(struct smmu_path *p, const struct nap_transaction *t)
{
    unsigned eats;

    if (!t->has_substream)
        p->privileged = p->instruction = false;
    p->grants = true;
    if (!smmu_find_ste(p))
        return aborts_ats(p);
    if (!(STE_CONFIG(p->ste) & STE_BYPASS)) {
        p->fault.event = 0;
        return ends(NAP_OUTCOME_FAULT, NAP_BY_PORT, 0, "the STE aborts all traffic");
    }
    eats = smmu_eats(p->m, p->device, p->ste, p->ste->atschk != 0);
    if (eats == 0)
        return refuses_ats(p, "ATS is off for the stream");
    if (!smmu_translate(p))
        return ats_fails(p);
    return grants(p, t, eats == 2 ? p->ipa : p->pa);
}

/* --- translated traffic, "Handling of ATS Translated transactions" --- */

/* The address goes out as it came in; beyond the output size the transaction is aborted. */
static struct nap_outcome passes_as_it_is(const struct smmu_path *p, uint16_t attributes,
                                          const char *why)
{
    unsigned oas = smmu_oas_bits(p->m, p->device);

    if (oas < 64 && p->va >> oas != 0)
        return ends(NAP_OUTCOME_FAULT, NAP_BY_PORT, 0,
                    "the address is beyond the address size");
    return (struct nap_outcome){.kind = NAP_OUTCOME_BYPASS,
                                .by = NAP_BY_PORT,
                                .context = UINT32_MAX,
                                .readable = true,
                                .writable = true,
                                .executable = true,
                                .attributes = attributes,
                                .pa = p->va,
                                .why = why};
}

static struct nap_outcome passes_translated(const struct smmu_path *p)
{
    return passes_as_it_is(p, smmu_override(p->m, p->device, false, 0, 1, 0),
                           "the address is translated");
}

static struct nap_outcome forbids(struct smmu_path *p, const char *why)
{
    smmu_path_fault(p, SMMU_F_TRANSL_FORBIDDEN, why);
    return ends(NAP_OUTCOME_FAULT, NAP_BY_PORT, p->fault.event, why);
}

/* The address is one of stage 1's output: "Split-stage ATS". */
static struct nap_outcome second_half(struct smmu_path *p)
{
    override_access(p);
    p->world = p->ste->world;
    p->vmid = p->ste->vmid;
    p->stage_1 = false;
    p->stage_2 = true;
    return translate(p) ? passes(p) : faults(p);
}

static struct nap_outcome translated(struct smmu_path *p)
{
    unsigned eats;

    p->ssv = p->privileged = p->instruction = false;
    if (!smmu_atschk(p->m, p->device, p->footprint))
        return passes_translated(p);
    if (!smmu_find_ste(p)) {
        bool recorded = extended(p); /* RECINVSID does not count here */
        if (p->undetermined)
            return ends(NAP_OUTCOME_UNDETERMINED, NAP_BY_PORT, 0, p->fault.why);
        return ends(NAP_OUTCOME_FAULT, NAP_BY_PORT, recorded ? p->fault.event : 0,
                    p->fault.why);
    }
    if (!(STE_CONFIG(p->ste) & STE_BYPASS))
        return ends(NAP_OUTCOME_FAULT, NAP_BY_PORT, 0, "the STE aborts all traffic");
    eats = smmu_eats(p->m, p->device, p->ste, true);
    if (eats == 0)
        return forbids(p, "ATS is off for the stream");
    return eats == 2 ? second_half(p) : passes_translated(p);
}

/* --- SMMUEN is 0, "Translation disabled" --- */

static struct nap_outcome by_gbpa(const struct smmu_path *p, uint32_t gbpa)
{
    unsigned memattr = (unsigned)(gbpa & SMMU_GBPA_MemAttr);
    unsigned sh = (unsigned)((gbpa & SMMU_GBPA_SHCFG) >> SMMU_GBPA_SHCFG_SHIFT);
    unsigned alloc = (unsigned)((gbpa & SMMU_GBPA_ALLOCCFG) >> SMMU_GBPA_ALLOCCFG_SHIFT);

    if (gbpa & SMMU_GBPA_ABORT)
        return ends(NAP_OUTCOME_FAULT, NAP_BY_PORT, 0, "GBPA.ABORT is set");
    return passes_as_it_is(
        p, smmu_override(p->m, p->device, (gbpa & SMMU_GBPA_MTCFG) != 0, memattr, sh, alloc),
        "translation is off");
}

/* Switch S28: what ATS sends is refused, and may be recorded. */
static struct nap_outcome refuses(struct smmu_path *p, const struct nap_transaction *t)
{
    bool recorded = nap_switch(p->m, p->device, SMMU_SWITCH_S28) == SMMU_S28_RECORDED;

    smmu_path_fault(
        p, t->traffic == NAP_TRANSLATED ? SMMU_F_TRANSL_FORBIDDEN : SMMU_F_BAD_ATS_TREQ,
        "translation is off");
    return ends(NAP_OUTCOME_FAULT, NAP_BY_PORT, recorded ? p->fault.event : 0, p->fault.why);
}

/* --- one transaction --- */

static void begin(struct smmu_path *p, const struct nap_machine *m, int tbu,
                  const struct nap_transaction *t, struct nap_footprint *footprint)
{
    p->m = m;
    p->change = NULL;
    p->footprint = footprint;
    p->s = smmu_of(m, t->device);
    p->device = t->device;
    p->sid = t->port;
    p->ssv = t->has_substream;
    p->ssid = t->has_substream ? t->substream : 0;
    p->privileged = t->privileged;
    p->instruction = t->instruction;
    p->speculative = p->grants = p->walk_only = p->first_alone = false;
    p->translated = t->traffic == NAP_TRANSLATED;
    p->for_tbu = tbu >= 0;
    p->va = t->iova;
    p->rw = t->rw;
    p->cached = SMMU_CACHED_ALL;
    p->pick = SMMU_PICK_ALL;
    memset(&p->used, 0, offsetof(struct smmu_path, ipa) - offsetof(struct smmu_path, used));
}

static struct nap_outcome arrives(struct smmu_path *p, const struct nap_transaction *t)
{
    switch (t->traffic) {
    case NAP_ATS_REQUEST:
        return ats_request(p, t);
    case NAP_TRANSLATED:
        return translated(p);
    case NAP_UNTRANSLATED:
        break;
    }
    return untranslated(p);
}

static const struct nap_outcome service_failure = {.kind = NAP_OUTCOME_FAULT,
                                                   .by = NAP_BY_PORT,
                                                   .context = UINT32_MAX,
                                                   .why =
                                                       "the SMMU is in service failure mode"};

/* --- probes --- */

static bool same(const struct nap_outcome *a, const struct nap_outcome *b)
{
    return a->kind == b->kind && a->by == b->by && a->pa == b->pa && a->context == b->context &&
           a->readable == b->readable && a->writable == b->writable &&
           a->executable == b->executable && a->event == b->event &&
           a->attributes == b->attributes && a->unwritten == b->unwritten &&
           a->silent == b->silent && a->size_log2 == b->size_log2;
}

static void add(struct nap_outcomes *out, struct nap_outcome o)
{
    for (unsigned i = 0; i < out->n; i++)
        if (same(&out->list[i], &o))
            return;
    assert(out->n < NAP_OUTCOMES_MAX);
    out->list[out->n++] = o;
}

static void add_disabled(const struct nap_machine *m, int tbu, const struct nap_transaction *t,
                         struct nap_outcomes *out, struct nap_footprint *footprint)
{
    struct smmu_path p;
    uint32_t gbpa[2];
    unsigned n;

    begin(&p, m, tbu, t, footprint);
    if (t->traffic != NAP_UNTRANSLATED) {
        add(out, refuses(&p, t));
        return;
    }
    n = smmu_gbpa(m, t->device, footprint, gbpa);
    if (nap_reg_marks(m, t->device, SMMU_SLOT_GBPA) & NAP_MARK_UNDETERMINED) {
        add(out, ends(NAP_OUTCOME_UNDETERMINED, NAP_BY_PORT, 0,
                      "GBPA has not been written since power-on"));
        return;
    }
    for (unsigned i = 0; i < n; i++)
        add(out, by_gbpa(&p, gbpa[i]));
}

/* One way: without the copies @without. Returns those that answered. */
static unsigned add_way(const struct nap_machine *m, int tbu, const struct nap_transaction *t,
                        struct nap_outcomes *out, struct nap_footprint *footprint,
                        unsigned without)
{
    struct smmu_path p;
    unsigned used, hits;

    begin(&p, m, tbu, t, footprint);
    p.cached &= ~without;
    add(out, arrives(&p, t));
    used = p.used;
    hits = p.n_hits;
    for (unsigned i = 0; hits > 1 && i < hits; i++) {
        begin(&p, m, tbu, t, footprint);
        p.cached &= ~without;
        p.pick = i;
        add(out, arrives(&p, t));
    }
    return used;
}

/* Each kind of copy may have been given up by the time the transaction arrives. */
static void add_enabled(const struct nap_machine *m, int tbu, const struct nap_transaction *t,
                        struct nap_outcomes *out, struct nap_footprint *footprint)
{
    bool done[SMMU_CACHED_ALL + 1] = {true}; /* ways by what they go without */
    unsigned used = add_way(m, tbu, t, out, footprint, 0);

    for (unsigned without = 1; without <= used; without++) {
        if ((without & ~used) || done[without])
            continue;
        done[without] = true;
        unsigned more = add_way(m, tbu, t, out, footprint, without) & ~used;
        if (more) {
            used |= more;
            without = 0;
        }
    }
}

static const struct nap_outcome tbu_off = {.kind = NAP_OUTCOME_BUS_ERROR,
                                           .by = NAP_BY_PORT,
                                           .context = UINT32_MAX,
                                           .why = "the TBU is off"};

/* What a TBU holds may answer before the SMMU is asked. */
static void add_tbu(const struct nap_machine *m, unsigned tbu, const struct nap_transaction *t,
                    struct nap_outcomes *out, struct nap_footprint *footprint)
{
    struct nap_outcome o;
    unsigned from = 0;

    nap_probe_hidden(tbu, footprint);
    while (t->traffic == NAP_UNTRANSLATED && smmu_tbu_answer(m, tbu, t, &from, &o))
        add(out, o);
}

void smmu_probe(const struct nap_machine *m, const struct nap_transaction *t,
                struct nap_outcomes *out, struct nap_footprint *footprint)
{
    unsigned enabled = smmu_enabled(m, t->device, footprint);
    int tbu = smmu_tbu_of(m, t->device, t->port);

    nap_probe_hidden(t->device, footprint);
    if (tbu >= 0 && !nap_device_on(m, (unsigned)tbu)) {
        nap_probe_hidden((unsigned)tbu, footprint);
        add(out, tbu_off);
        return;
    }
    if (smmu_failed(m, t->device)) {
        add(out, service_failure);
        return;
    }
    if (enabled & 1)
        add_disabled(m, tbu, t, out, footprint);
    if ((enabled & 2) && tbu >= 0)
        add_tbu(m, (unsigned)tbu, t, out, footprint);
    if (enabled & 2)
        add_enabled(m, tbu, t, out, footprint);
}

/* --- DMA --- */

/* A transaction that arrives notices an Update that is under way: afterwards it is done, or
 * late, and the old value holds. */
static bool enabled_now(struct nap_machine *m, unsigned device)
{
    unsigned enabled = smmu_enabled(m, device, NULL);

    if (enabled != 3)
        return enabled == 2;
    nap_work_notice(m, device, SMMU_SLOT_CR0ACK, SMMU_CR0ACK_SMMUEN);
    return smmu_in_force(m, device, SMMU_CR0ACK_SMMUEN);
}

static uint32_t gbpa_now(struct nap_machine *m, unsigned device)
{
    uint32_t gbpa[2];

    nap_reg_settle(m, device, SMMU_SLOT_GBPA);
    if (smmu_gbpa(m, device, NULL, gbpa) == 2) {
        nap_work_notice(m, device, SMMU_SLOT_GBPA, SMMU_GBPA_Update);
        smmu_gbpa(m, device, NULL, gbpa);
    }
    return gbpa[0];
}

void smmu_report(struct nap_machine *m, const struct smmu_path *p, uint8_t event, bool mev)
{
    struct smmu_event e;

    if (event == 0)
        return;
    e = smmu_record(p, false, 0);
    if (!smmu_evtq_merges(m, p->device, &e, mev))
        smmu_evtq_put(m, p->device, &e);
}

/* Switch S13: hardware that fetches configuration and translations while it is off. */
static void prefetch_disabled(struct nap_machine *m, const struct nap_transaction *t)
{
    if (nap_switch(m, t->device, SMMU_SWITCH_S13) == SMMU_S13_VISIBLE)
        smmu_prefetch(m, t->device, t->port, t->has_substream, t->substream, true, t->iova);
}

static struct nap_outcome dma_disabled(struct nap_machine *m, int tbu,
                                       const struct nap_transaction *t)
{
    struct nap_outcome o;
    struct smmu_path p;

    begin(&p, m, tbu, t, NULL);
    if (t->traffic == NAP_UNTRANSLATED) {
        prefetch_disabled(m, t);
        return by_gbpa(&p, gbpa_now(m, t->device));
    }
    o = refuses(&p, t);
    smmu_report(m, &p, o.event, false); /* no STE is looked at, so none lets events merge */
    return o;
}

/* What a TBU that holds a translation makes of it; the SMMU is not asked. */
static bool tbu_answers(struct nap_machine *m, int tbu, const struct nap_transaction *t,
                        struct nap_outcome *o)
{
    unsigned from = 0;

    return tbu >= 0 && t->traffic == NAP_UNTRANSLATED &&
           smmu_tbu_answer(m, (unsigned)tbu, t, &from, o);
}

/* What comes of it beside the answer: a record, a transaction that is held, an entry of the
 * TBU. */
static void follow_up(struct nap_machine *m, int tbu, const struct nap_transaction *t,
                      const struct smmu_path *p, const struct nap_outcome *o)
{
    if (o->kind == NAP_OUTCOME_STALL)
        smmu_stall(m, t, p);
    else if (o->event != 0)
        smmu_report(m, p, o->event, STE_MEV(p->ste));
    if (tbu >= 0 && t->traffic == NAP_UNTRANSLATED && o->kind == NAP_OUTCOME_TRANSLATED &&
        !p->uncached)
        smmu_tbu_fill(m, (unsigned)tbu, p);
}

static struct nap_outcome dma_enabled(struct nap_machine *m, int tbu,
                                      const struct nap_transaction *t)
{
    struct nap_outcome o;
    struct smmu_path p;

    begin(&p, m, tbu, t, NULL);
    p.change = m;
    o = arrives(&p, t);
    if (o.kind == NAP_OUTCOME_STALL || o.event != 0 || tbu >= 0)
        follow_up(m, tbu, t, &p, &o);
    return o;
}

struct nap_outcome smmu_dma(struct nap_machine *m, const struct nap_transaction *t)
{
    int tbu = smmu_tbu_of(m, t->device, t->port);
    struct nap_outcome o;

    if (tbu >= 0 && !nap_device_on(m, (unsigned)tbu))
        return tbu_off;
    if (smmu_failed(m, t->device))
        return service_failure;
    if (!enabled_now(m, t->device))
        return dma_disabled(m, tbu, t);
    if (tbu_answers(m, tbu, t, &o))
        return o;
    return dma_enabled(m, tbu, t);
}

/* --- prefetch --- */

void smmu_prefetch(struct nap_machine *m, unsigned device, uint32_t sid, bool ssv,
                   uint32_t ssid, bool address, nap_addr va)
{
    struct nap_transaction t = {.device = device,
                                .port = sid,
                                .iova = va,
                                .has_substream = ssv,
                                .substream = ssv ? ssid : 0};
    struct smmu_path p;

    begin(&p, m, -1, &t, NULL);
    p.change = m;
    p.speculative = true;
    if (smmu_configure(&p) && address && !p.undetermined)
        translate(&p);
}
