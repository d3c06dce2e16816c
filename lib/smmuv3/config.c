/* SPDX-License-Identifier: MIT */
/* Configuration of a stream: stream table, context descriptors, and what makes either illegal.
 * Arm IHI 0070, "Stream table lookup", "Configuration and Translation lookup", "Validity of
 * STE", "Validity of CD". */
#include "lookup.h"

#include <string.h>

/* --- what the ID registers say --- */

static uint64_t idr0(const struct nap_machine *m, unsigned device)
{
    return nap_reg_get(m, device, SMMU_SLOT_IDR0);
}

static uint64_t idr3(const struct nap_machine *m, unsigned device)
{
    return nap_reg_get(m, device, SMMU_SLOT_IDR3);
}

static uint64_t idr5(const struct nap_machine *m, unsigned device)
{
    return nap_reg_get(m, device, SMMU_SLOT_IDR5);
}

static unsigned ssid_bits(const struct nap_machine *m, unsigned device)
{
    return (unsigned)((nap_reg_get(m, device, SMMU_SLOT_IDR1) & SMMU_IDR1_SSIDSIZE) >>
                      SMMU_IDR1_SSIDSIZE_SHIFT);
}

#define STALL_MODEL_NONE   1u
#define STALL_MODEL_FORCED 2u

static unsigned stall_model(uint64_t id)
{
    return (unsigned)((id & SMMU_IDR0_STALL_MODEL) >> SMMU_IDR0_STALL_MODEL_SHIFT);
}

#define TTF_32 1u
#define TTF_64 2u

static unsigned ttf(uint64_t id)
{
    return (unsigned)((id & SMMU_IDR0_TTF) >> SMMU_IDR0_TTF_SHIFT);
}

static unsigned httu(uint64_t id)
{
    return (unsigned)((id & SMMU_IDR0_HTTU) >> SMMU_IDR0_HTTU_SHIFT);
}

/* TTENDIAN 2: little only, 3: big only. */
static bool endian_illegal(uint64_t id, bool big)
{
    unsigned ttendian = (unsigned)((id & SMMU_IDR0_TTENDIAN) >> SMMU_IDR0_TTENDIAN_SHIFT);

    return (ttendian == 2 && big) || (ttendian == 3 && !big);
}

static unsigned granule_of(const struct nap_machine *m, unsigned device, unsigned log2)
{
    uint64_t has = log2 == 12   ? SMMU_IDR5_GRAN4K
                   : log2 == 14 ? SMMU_IDR5_GRAN16K
                                : SMMU_IDR5_GRAN64K;

    return idr5(m, device) & has ? log2 : 0;
}

unsigned smmu_granule(const struct nap_machine *m, unsigned device, unsigned tg0)
{
    static const uint8_t log2[] = {12, 16, 14};

    return tg0 > 2 ? 0 : granule_of(m, device, log2[tg0]);
}

unsigned smmu_granule_1(const struct nap_machine *m, unsigned device, unsigned tg1)
{
    static const uint8_t log2[] = {0, 14, 12, 16};

    return tg1 == 0 ? 0 : granule_of(m, device, log2[tg1]);
}

unsigned smmu_least_granule(const struct nap_machine *m, unsigned device)
{
    return granule_of(m, device, 12) ? 12 : granule_of(m, device, 14) ? 14 : 16;
}

unsigned smmu_ias_bits(const struct nap_machine *m, unsigned device)
{
    unsigned formats = ttf(idr0(m, device));
    unsigned by_32 = formats & TTF_32 ? 40 : 0;
    unsigned by_64 = formats & TTF_64 ? smmu_oas_bits(m, device) : 0;

    return by_32 > by_64 ? by_32 : by_64;
}

/* Reserved codes count as the largest size of the version. */
unsigned smmu_output_bits(const struct nap_machine *m, unsigned device, unsigned ps)
{
    static const uint8_t bits[] = {32, 36, 40, 42, 44, 48, 52, 56};
    unsigned most = smmu_minor(m, device) == 0 ? 48 : smmu_minor(m, device) < 4 ? 52 : 56;
    unsigned size = bits[ps & 7], oas = smmu_oas_bits(m, device);

    if (size > most)
        size = most;
    return size < oas ? size : oas;
}

uint64_t smmu_address_mask(const struct nap_machine *m, unsigned device)
{
    unsigned minor = smmu_minor(m, device);

    return (UINT64_C(1) << (minor == 0 ? 48 : minor < 4 ? 52 : 56)) - 1;
}

static bool beyond(uint64_t address, unsigned bits)
{
    return bits < 64 && address >> bits != 0;
}

/* --- reading structures --- */

/* Double words from memory, little-endian whatever ENDI says. */
static bool read_dwords(const struct smmu_path *p, nap_addr address, uint64_t *dw, unsigned n)
{
    return nap_probe_mem(p->m, address, dw, n * sizeof *dw, p->footprint);
}

static uint64_t table_register(struct smmu_path *p, unsigned slot)
{
    unsigned marks = nap_reg_marks(p->m, p->device, slot);

    p->undetermined |= (marks & NAP_MARK_UNDETERMINED) != 0;
    p->unwritten |= (marks & NAP_MARK_WRITTEN) == 0;
    return nap_probe_reg(p->m, p->device, slot, p->footprint);
}

/* --- validity of an STE --- */

/* STRW counts for stage 1 alone, where there is an EL2. */
static bool strw_unused(uint64_t id, unsigned config)
{
    return !(id & SMMU_IDR0_S1P) || !(id & SMMU_IDR0_Hyp) || (config & STE_S2_BIT) ||
           config == STE_BYPASS;
}

/* Checked by a DPT: of EL1 alone. Whether S2S counts is switch S22. */
static bool eats_dpt_illegal(const struct nap_machine *m, unsigned device, uint64_t id,
                             const struct smmu_ste *ste)
{
    unsigned config = STE_CONFIG(ste);

    if (!(idr3(m, device) & SMMU_IDR3_DPT))
        return false;
    if (!strw_unused(id, config) && smmu_bits(ste->dw[1], 31, 30) != 0)
        return true;
    return (config & STE_S2_BIT) && STE_S2S(ste) &&
           nap_switch(m, device, SMMU_SWITCH_S22) == SMMU_S22_ILLEGAL;
}

static bool eats_illegal(const struct nap_machine *m, unsigned device, uint64_t id,
                         const struct smmu_ste *ste)
{
    unsigned config = STE_CONFIG(ste);

    if (!(id & SMMU_IDR0_ATS) || (config & 3) == 0)
        return false;
    if (STE_EATS(ste) == 2)
        return config != 7 || STE_S2S(ste) || (id & SMMU_IDR0_NS1ATS);
    if (STE_EATS(ste) == 3)
        return eats_dpt_illegal(m, device, id, ste);
    /* In SMMUv3.0 it is open whether S2S counts without stage 2: it does not. */
    return STE_EATS(ste) == 1 && STE_S2S(ste) && (config & STE_S2_BIT);
}

/* Switch S23: a pointer beyond the intermediate address size may instead fault when used. */
static bool context_pointer_illegal(const struct nap_machine *m, unsigned device,
                                    const struct smmu_ste *ste)
{
    nap_addr pointer = ste->dw[0] & smmu_address_mask(m, device) & ~UINT64_C(0x3f);

    if (STE_CONFIG(ste) & STE_S2_BIT)
        return beyond(pointer, smmu_ias_bits(m, device)) &&
               nap_switch(m, device, SMMU_SWITCH_S23) == SMMU_S23_C_BAD_STE;
    return beyond(pointer, smmu_oas_bits(m, device));
}

static bool ste_stage_1_illegal(const struct nap_machine *m, unsigned device, uint64_t id,
                                const struct smmu_ste *ste)
{
    unsigned most = ssid_bits(m, device), fmt = STE_S1FMT(ste);

    if (smmu_bit(ste->dw[1], 27) && stall_model(id) != 0) /* S1STALLD */
        return true;
    if (most != 0 && STE_S1CDMAX(ste) > most)
        return true;
    if (most != 0 && STE_S1CDMAX(ste) != 0 && !(id & SMMU_IDR0_CD2L) && (fmt == 1 || fmt == 2))
        return true;
    return context_pointer_illegal(m, device, ste);
}

/* "S2T0SZ": SMMUv3.0 limits it by the intermediate address size alone. */
static bool s2t0sz_illegal(const struct nap_machine *m, unsigned device,
                           const struct smmu_ste *ste, unsigned granule, bool ds)
{
    unsigned sz = (unsigned)smmu_bits(ste->dw[2], 37, 32);
    unsigned least = 64 - smmu_ias_bits(m, device);
    unsigned most = !(idr3(m, device) & SMMU_IDR3_STT) ? 39 : granule == 16 ? 47 : 48;
    unsigned floor = granule == 16 || ds ? 12 : 16;

    if (smmu_minor(m, device) > 0 && least < floor)
        least = floor;
    if (sz >= least && sz <= most)
        return false;
    return smmu_minor(m, device) > 0 ||
           nap_switch(m, device, SMMU_SWITCH_S21) == SMMU_S21_FAULT;
}

static bool ste_hardware_updates_illegal(uint64_t id, const struct smmu_ste *ste, bool lpae)
{
    bool ha = smmu_bit(ste->dw[2], 56), hd = smmu_bit(ste->dw[2], 55);
    bool haft = smmu_bit(ste->dw[2], 59);

    return ((ha || hd) && (lpae || httu(id) == 0)) || (hd && httu(id) == 1) ||
           (haft && !ha && httu(id) == 3);
}

static bool ste_stage_2_illegal(const struct nap_machine *m, unsigned device, uint64_t id,
                                const struct smmu_ste *ste)
{
    bool lpae = !smmu_bit(ste->dw[2], 51);
    bool ds = (idr5(m, device) & SMMU_IDR5_DS) && smmu_bit(ste->dw[3], 3);
    unsigned granule =
        lpae ? 12 : smmu_granule(m, device, (unsigned)smmu_bits(ste->dw[2], 47, 46));
    unsigned out =
        lpae ? 40 : smmu_output_bits(m, device, (unsigned)smmu_bits(ste->dw[2], 50, 48));
    struct nap_vmsa_stage stage;

    if (lpae && (idr3(m, device) & SMMU_IDR3_FWB) && STE_S2FWB(ste))
        return true;
    if ((STE_S2S(ste) && stall_model(id) == STALL_MODEL_NONE) ||
        (!STE_S2S(ste) && stall_model(id) == STALL_MODEL_FORCED))
        return true;
    if (!(ttf(id) & (lpae ? TTF_32 : TTF_64)) || ste_hardware_updates_illegal(id, ste, lpae) ||
        granule == 0)
        return true;
    if (out > 48 && granule != 16 && !ds)
        out = 48;
    if (beyond(ste->dw[3] & smmu_address_mask(m, device) & ~UINT64_C(0xf), out) ||
        (!lpae && s2t0sz_illegal(m, device, ste, granule, ds)))
        return true;
    smmu_stage_2(m, device, ste, &stage);
    return !nap_vmsa_stage_fits(&stage) || endian_illegal(id, smmu_bit(ste->dw[2], 52));
}

static bool s2vmid_illegal(uint64_t id, const struct smmu_ste *ste)
{
    unsigned config = STE_CONFIG(ste);
    bool el1 = strw_unused(id, config) || smmu_bits(ste->dw[1], 31, 30) == 0;

    return (id & SMMU_IDR0_S2P) && config != STE_BYPASS && el1 && !(id & SMMU_IDR0_VMID16) &&
           smmu_bits(ste->dw[2], 15, 8) != 0;
}

/* In the order of the document's SteIllegal(). */
static bool ste_illegal(const struct nap_machine *m, unsigned device,
                        const struct smmu_ste *ste)
{
    uint64_t id = idr0(m, device);
    unsigned config = STE_CONFIG(ste);

    if (!smmu_bit(ste->dw[0], 0))
        return true;
    if (!(config & STE_BYPASS))
        return false;
    if (((config & STE_S1_BIT) && !(id & SMMU_IDR0_S1P)) ||
        ((config & STE_S2_BIT) && !(id & SMMU_IDR0_S2P)) || eats_illegal(m, device, id, ste))
        return true;
    if (!strw_unused(id, config) && smmu_bit(ste->dw[1], 30))
        return true;
    return ((config & STE_S1_BIT) && ste_stage_1_illegal(m, device, id, ste)) ||
           ((config & STE_S2_BIT) && ste_stage_2_illegal(m, device, id, ste)) ||
           s2vmid_illegal(id, ste);
}

static enum smmu_world world_of(struct smmu_path *p, uint64_t id, const struct smmu_ste *ste)
{
    if (strw_unused(id, STE_CONFIG(ste)) || smmu_bits(ste->dw[1], 31, 30) != 2)
        return SMMU_WORLD_EL1;
    if (p->change)
        nap_reg_settle(p->change, p->device, SMMU_SLOT_CR2);
    return table_register(p, SMMU_SLOT_CR2) & SMMU_CR2_E2H ? SMMU_WORLD_EL2_E2H
                                                           : SMMU_WORLD_EL2;
}

static bool overrides_access(const struct nap_machine *m, unsigned device)
{
    return (nap_reg_get(m, device, SMMU_SLOT_IDR1) & SMMU_IDR1_ATTR_PERMS_OVR) != 0;
}

/* What follows from the content of @ste. */
static void derive(struct smmu_path *p, struct smmu_ste *ste)
{
    uint64_t id = idr0(p->m, p->device);

    ste->illegal = ste_illegal(p->m, p->device, ste);
    ste->atschk = smmu_atschk(p->m, p->device, p->footprint);
    ste->world = (uint8_t)world_of(p, id, ste);
    if ((id & SMMU_IDR0_S2P) && ste->world == SMMU_WORLD_EL1)
        ste->vmid = (uint16_t)smmu_bits(ste->dw[2], 15, 0);
    if (overrides_access(p->m, p->device)) {
        ste->privcfg = (uint8_t)smmu_bits(ste->dw[1], 49, 48);
        ste->instcfg = (uint8_t)smmu_bits(ste->dw[1], 51, 50);
    }
}

/* Split-stage needs ATSCHK; a granule protection by DPT is not there, so 3 is 0. */
unsigned smmu_eats(const struct nap_machine *m, unsigned device, const struct smmu_ste *ste,
                   bool atschk)
{
    unsigned eats = STE_EATS(ste);

    if (!(idr0(m, device) & SMMU_IDR0_ATS) || (STE_CONFIG(ste) & 3) == 0 || eats == 3)
        return 0;
    return eats == 2 && !atschk ? 0 : eats;
}

/* --- the stream table --- */

struct table {
    nap_addr base;
    unsigned log2, literal_log2; /* StreamIDs, capped at what the SMMU takes, and as written */
    unsigned split;              /* 0: linear */
};

static struct table stream_table(struct smmu_path *p)
{
    uint64_t base = table_register(p, SMMU_SLOT_STRTAB_BASE);
    uint64_t cfg = table_register(p, SMMU_SLOT_STRTAB_BASE_CFG);
    unsigned literal = (unsigned)(cfg & SMMU_STRTAB_BASE_CFG_LOG2SIZE);
    unsigned most = smmu_sid_bits(p->m, p->device), aligned;
    struct table t = {.literal_log2 = literal, .log2 = literal < most ? literal : most};
    bool two = (idr0(p->m, p->device) & SMMU_IDR0_ST_LEVEL) &&
               (cfg & SMMU_STRTAB_BASE_CFG_FMT) >> SMMU_STRTAB_BASE_CFG_FMT_SHIFT == 1;

    if (two) {
        t.split =
            (unsigned)((cfg & SMMU_STRTAB_BASE_CFG_SPLIT) >> SMMU_STRTAB_BASE_CFG_SPLIT_SHIFT);
        if (t.split != 8 && t.split != 10)
            t.split = 6;
        aligned = literal > t.split + 3 ? literal - t.split + 3 : 6;
    } else {
        aligned = literal + 6;
    }
    t.base = base & smmu_address_mask(p->m, p->device) & ~UINT64_C(0x3f);
    t.base &= aligned >= 64 ? 0 : ~((UINT64_C(1) << aligned) - 1);
    return t;
}

static bool fetch_l1std(struct smmu_path *p, const struct table *t, struct smmu_l1std *out)
{
    uint32_t index = p->sid >> t->split;
    const struct smmu_l1std *held =
        p->cached & SMMU_CACHED_L1STD ? smmu_cached_l1std(p->s, p->sid) : NULL;

    if (held) {
        p->used |= SMMU_CACHED_L1STD;
        *out = *held;
        return true;
    }
    *out = (struct smmu_l1std){.index = index, .split = t->split};
    if (!read_dwords(p, t->base + (nap_addr)index * 8, &out->dw, 1)) {
        p->fault.fetch = t->base + (nap_addr)index * 8;
        return smmu_path_fault(p, SMMU_F_STE_FETCH,
                               "the stream table's first level is no memory");
    }
    if (p->change)
        smmu_fill_l1std(p->change, p->device, out);
    return true;
}

/* Where the STE lies; "Stream table lookup". */
static bool ste_address(struct smmu_path *p, nap_addr *address)
{
    struct table t = stream_table(p);
    struct smmu_l1std l1std;
    unsigned span;
    uint32_t index;

    if (p->undetermined)
        return smmu_path_fault(p, 0,
                               "the stream table is where nobody has put it since power-on");
    if (beyond(p->sid, t.log2))
        return smmu_path_fault(p, SMMU_C_BAD_STREAMID,
                               "the StreamID is beyond the stream table");
    if (t.split == 0) {
        *address = t.base + (nap_addr)p->sid * 64;
        return true;
    }
    if (!fetch_l1std(p, &t, &l1std))
        return false;
    span = (unsigned)smmu_bits(l1std.dw, 4, 0);
    index = p->sid & ((UINT32_C(1) << t.split) - 1);
    if (span == 0 || span > 11 || span > t.split + 1 || index >> (span - 1) != 0)
        return smmu_path_fault(p, SMMU_C_BAD_STREAMID, "the stream table has no entry there");
    *address =
        l1std.dw & smmu_address_mask(p->m, p->device) & ~((UINT64_C(1) << (span - 1 + 6)) - 1);
    *address += (nap_addr)index * 64;
    return true;
}

static bool fetch_ste(struct smmu_path *p, struct smmu_ste *out)
{
    nap_addr address;

    *out = (struct smmu_ste){.sid = p->sid};
    if (!ste_address(p, &address))
        return false;
    if (!read_dwords(p, address, out->dw, 8)) {
        p->fault.fetch = address;
        return smmu_path_fault(p, SMMU_F_STE_FETCH, "the STE is no memory");
    }
    derive(p, out);
    return true;
}

/* The stream's own copy, or that of a neighbour which hardware takes to be the same: a hint,
 * and here always followed. It lets no stream in that is beyond the table. */
static const struct smmu_ste *held_ste(struct smmu_path *p)
{
    const struct smmu_ste *held;

    if (!(p->cached & SMMU_CACHED_STE))
        return NULL;
    held = smmu_cached_ste(p->s, p->sid);
    if (held)
        return held;
    held = smmu_cached_neighbour(p->s, p->sid);
    return held && !beyond(p->sid, stream_table(p).log2) ? held : NULL;
}

/* A probe finds what difference a cached copy makes: none where memory has the same, by the
 * first level that is cached and by that in memory. */
static bool same_in_memory(const struct smmu_path *p, const struct smmu_ste *held)
{
    static const unsigned without[] = {SMMU_CACHED_STE, SMMU_CACHED_STE | SMMU_CACHED_L1STD};

    for (unsigned i = 0; i < 2; i++) {
        struct smmu_path look = *p;
        struct smmu_ste fresh;
        look.cached = p->cached & ~without[i];
        look.used = 0;
        if (!fetch_ste(&look, &fresh) || look.undetermined || look.unwritten)
            return false;
        fresh.sid = held->sid;
        if (memcmp(&fresh, held, sizeof fresh) != 0)
            return false;
        if (!(look.used & SMMU_CACHED_L1STD))
            return true;
    }
    return true;
}

bool smmu_find_ste(struct smmu_path *p)
{
    const struct smmu_ste *held = held_ste(p);

    if (held) {
        p->ste = held;
        if (p->change || !same_in_memory(p, held))
            p->used |= SMMU_CACHED_STE;
    } else {
        p->ste = &p->fetched_ste;
        if (!fetch_ste(p, &p->fetched_ste))
            return false;
        if (p->change && !p->undetermined)
            smmu_fill_ste(p->change, p->device, p->ste);
    }
    return p->ste->illegal ? smmu_path_fault(p, SMMU_C_BAD_STE, "the STE is not valid") : true;
}

/* --- validity of a CD --- */

bool smmu_half_off(const struct smmu_cd *cd, enum smmu_world world, unsigned half)
{
    if (world == SMMU_WORLD_EL2)
        return half == 1;
    return smmu_bit(cd->dw[0], half == 0 ? 14 : 30);
}

static bool cd_ds(const struct nap_machine *m, unsigned device, const struct smmu_cd *cd)
{
    return (idr5(m, device) & SMMU_IDR5_DS) && smmu_bit(cd->dw[2], 58);
}

unsigned smmu_least_txsz(const struct nap_machine *m, unsigned device, unsigned granule,
                         bool ds)
{
    return (idr5(m, device) & SMMU_IDR5_VAX) && (granule == 16 || ds) ? 12 : 16;
}

static bool txsz_illegal(const struct nap_machine *m, unsigned device, unsigned sz,
                         unsigned granule, bool ds)
{
    unsigned most = !(idr3(m, device) & SMMU_IDR3_STT) ? 39 : granule == 16 ? 47 : 48;

    if (sz >= smmu_least_txsz(m, device, granule, ds) && sz <= most)
        return false;
    return smmu_minor(m, device) > 0 ||
           nap_switch(m, device, SMMU_SWITCH_S21) == SMMU_S21_FAULT;
}

static bool half_illegal(const struct nap_machine *m, unsigned device, const struct smmu_cd *cd,
                         unsigned half)
{
    bool lpae = !CD_AA64(cd), ds = cd_ds(m, device, cd);
    unsigned tg = (unsigned)smmu_bits(cd->dw[0], half ? 23 : 7, half ? 22 : 6);
    unsigned sz = (unsigned)smmu_bits(cd->dw[0], half ? 21 : 5, half ? 16 : 0);
    unsigned granule = lpae   ? 12
                       : half ? smmu_granule_1(m, device, tg)
                              : smmu_granule(m, device, tg);
    unsigned out =
        lpae ? 40 : smmu_output_bits(m, device, (unsigned)smmu_bits(cd->dw[0], 34, 32));
    nap_addr ttb = cd->dw[1 + half] & smmu_address_mask(m, device) & ~UINT64_C(0xf);

    if (granule == 0 || (!lpae && txsz_illegal(m, device, sz, granule, ds)))
        return true;
    if (out > 48 && granule != 16 && !ds)
        out = 48;
    return beyond(ttb, out);
}

static bool cd_format_illegal(uint64_t id, const struct smmu_ste *ste, const struct smmu_cd *cd,
                              enum smmu_world world)
{
    if (!CD_AA64(cd))
        return !(ttf(id) & TTF_32) || world == SMMU_WORLD_EL2_E2H;
    return !(ttf(id) & TTF_64) || ((STE_CONFIG(ste) & STE_S2_BIT) && !smmu_bit(ste->dw[2], 51));
}

static bool cd_hardware_updates_illegal(uint64_t id, const struct smmu_cd *cd)
{
    bool hd = smmu_bit(cd->dw[0], 42), ha = smmu_bit(cd->dw[0], 43);
    bool haft = smmu_bit(cd->dw[1], 3);

    if (!CD_AA64(cd))
        return false;
    return ((ha || hd) && httu(id) == 0) || (hd && httu(id) == 1) ||
           (haft && !ha && httu(id) == 3);
}

/* In the order of the document's CdIllegal(). */
static bool cd_illegal(const struct nap_machine *m, unsigned device, const struct smmu_ste *ste,
                       const struct smmu_cd *cd, enum smmu_world world)
{
    uint64_t id = idr0(m, device);
    bool off_0 = smmu_half_off(cd, world, 0), off_1 = smmu_half_off(cd, world, 1);

    if (!smmu_bit(cd->dw[0], 31) || (smmu_bit(ste->dw[1], 27) && CD_S(cd)) ||
        ((id & SMMU_IDR0_TERM_MODEL) && !CD_A(cd)) ||
        (stall_model(id) == STALL_MODEL_NONE && CD_S(cd)) ||
        (stall_model(id) == STALL_MODEL_FORCED && !CD_S(cd)))
        return true;
    if ((!off_0 || !off_1) && endian_illegal(id, smmu_bit(cd->dw[0], 15)))
        return true;
    if (cd_format_illegal(id, ste, cd, world) || cd_hardware_updates_illegal(id, cd))
        return true;
    if (world != SMMU_WORLD_EL2 && !(id & SMMU_IDR0_ASID16) && CD_ASID(cd) >> 8 != 0)
        return true;
    return (!off_0 && half_illegal(m, device, cd, 0)) ||
           (!off_1 && half_illegal(m, device, cd, 1));
}

/* --- context descriptors --- */

static bool fetch_l1cd(struct smmu_path *p, nap_addr base, uint32_t index,
                       struct smmu_l1cd *out)
{
    const struct smmu_l1cd *held =
        p->cached & SMMU_CACHED_L1CD ? smmu_cached_l1cd(p->s, p->sid, index) : NULL;
    nap_addr address;

    if (held) {
        p->used |= SMMU_CACHED_L1CD;
        *out = *held;
        return true;
    }
    *out = (struct smmu_l1cd){.sid = p->sid, .index = index};
    if (!smmu_own_address(p, base + (nap_addr)index * 8, SMMU_CLASS_CD, false, &address))
        return false;
    if (!read_dwords(p, address, &out->dw, 1)) {
        p->fault.fetch = address;
        return smmu_path_fault(p, SMMU_F_CD_FETCH,
                               "the first level of the CD table is no memory");
    }
    if (p->change)
        smmu_fill_l1cd(p->change, p->device, out);
    return true;
}

/* L2Ptr beyond the sizes: in SMMUv3.0 it may also be truncated; here it never is. */
static bool leaf_table(struct smmu_path *p, nap_addr base, unsigned leaf_bits, uint32_t ssid,
                       nap_addr *table)
{
    struct smmu_l1cd l1cd;

    if (!fetch_l1cd(p, base, ssid >> leaf_bits, &l1cd))
        return false;
    *table =
        l1cd.dw & smmu_address_mask(p->m, p->device) & ~((UINT64_C(1) << (leaf_bits + 6)) - 1);
    if (!smmu_bit(l1cd.dw, 0) ||
        (!p->stage_2 && beyond(*table, smmu_oas_bits(p->m, p->device))))
        return smmu_path_fault(p, SMMU_C_BAD_SUBSTREAMID,
                               "there is no CD table for the SubstreamID");
    return true;
}

static bool cd_address(struct smmu_path *p, uint32_t ssid, nap_addr *address)
{
    nap_addr base = p->ste->dw[0] & smmu_address_mask(p->m, p->device) & ~UINT64_C(0x3f);
    unsigned max = STE_S1CDMAX(p->ste), fmt = STE_S1FMT(p->ste);
    unsigned leaf_bits = fmt == 1 ? 6 : 10;

    if (ssid_bits(p->m, p->device) == 0 || max == 0) {
        *address = base;
        return true;
    }
    if (fmt == 0 || fmt == 3) {
        *address = (base & ~((UINT64_C(1) << (max + 6)) - 1)) + (nap_addr)ssid * 64;
        return true;
    }
    if (max > leaf_bits)
        base &= ~((UINT64_C(1) << (max - leaf_bits + 3)) - 1) | ~UINT64_C(0x3f);
    if (!leaf_table(p, base, leaf_bits, ssid, address))
        return false;
    *address += (nap_addr)(ssid & ((UINT32_C(1) << leaf_bits) - 1)) * 64;
    return true;
}

static bool fetch_cd(struct smmu_path *p, uint32_t ssid, struct smmu_cd *out)
{
    nap_addr address;

    *out = (struct smmu_cd){.sid = p->sid, .ssid = ssid};
    if (!cd_address(p, ssid, &address) ||
        !smmu_own_address(p, address, SMMU_CLASS_CD, false, &address))
        return false;
    if (!read_dwords(p, address, out->dw, 8)) {
        p->fault.fetch = address;
        return smmu_path_fault(p, SMMU_F_CD_FETCH, "the CD is no memory");
    }
    out->illegal = cd_illegal(p->m, p->device, p->ste, out, (enum smmu_world)p->world);
    return true;
}

static bool same_cd_in_memory(const struct smmu_path *p, const struct smmu_cd *held)
{
    static const unsigned without[] = {SMMU_CACHED_CD, SMMU_CACHED_CD | SMMU_CACHED_L1CD |
                                                           SMMU_CACHED_S2 | SMMU_CACHED_TABLE};
    const unsigned on_the_way = SMMU_CACHED_L1CD | SMMU_CACHED_S2 | SMMU_CACHED_TABLE;

    for (unsigned i = 0; i < 2; i++) {
        struct smmu_path look = *p;
        struct smmu_cd fresh;
        look.cached = p->cached & ~without[i];
        look.used = 0;
        if (!fetch_cd(&look, held->ssid, &fresh) ||
            memcmp(fresh.dw, held->dw, sizeof fresh.dw) != 0)
            return false;
        if (!(look.used & on_the_way))
            return true;
    }
    return true;
}

bool smmu_find_cd(struct smmu_path *p, uint32_t ssid)
{
    const struct smmu_cd *held =
        p->cached & SMMU_CACHED_CD ? smmu_cached_cd(p->s, p->sid, ssid) : NULL;

    if (held) {
        p->cd = held;
        if (p->change || !same_cd_in_memory(p, held))
            p->used |= SMMU_CACHED_CD;
    } else {
        p->cd = &p->fetched_cd;
        if (!fetch_cd(p, ssid, &p->fetched_cd))
            return false;
        if (p->change)
            smmu_fill_cd(p->change, p->device, p->cd);
    }
    return p->cd->illegal ? smmu_path_fault(p, SMMU_C_BAD_CD, "the CD is not valid") : true;
}
