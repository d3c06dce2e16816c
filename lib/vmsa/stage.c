/* SPDX-License-Identifier: MIT */
/* One stage of translation. All formats share one tree and one loop; they differ in the size of
 * a table, in where a descriptor keeps the upper address bits, and in what the bits of a leaf
 * mean. Arm DDI 0487, "Translation table descriptor formats". */
#include "stage.h"

#define DESC_VALID      (UINT64_C(1) << 0)
#define DESC_TABLE      (UINT64_C(1) << 1) /* at level 3: page */
#define DESC_SH_SHIFT   8
#define DESC_AF         (UINT64_C(1) << 10)
#define DESC_DBM        (UINT64_C(1) << 51)
#define DESC_CONTIGUOUS (UINT64_C(1) << 52)
#define DESC_XN         (UINT64_C(1) << 54)

#define S1_ATTRINDX_SHIFT 2
#define S1_NS             (UINT64_C(1) << 5)
#define S1_AP_UNPRIV      (UINT64_C(1) << 6) /* AP[1] */
#define S1_AP_READ_ONLY   (UINT64_C(1) << 7) /* AP[2] */
#define S1_NG             (UINT64_C(1) << 11)
#define S1_PXN            (UINT64_C(1) << 53)

#define TABLE_PXN       (UINT64_C(1) << 59)
#define TABLE_XN        (UINT64_C(1) << 60) /* UXNTable where there are two levels */
#define TABLE_AP_UNPRIV (UINT64_C(1) << 61) /* APTable[0]: no unprivileged access */
#define TABLE_AP_WRITE  (UINT64_C(1) << 62) /* APTable[1]: no write */
#define TABLE_NS        (UINT64_C(1) << 63)
#define TABLE_BITS      (UINT64_C(0x1f) << 59)

#define S2_MEMATTR_SHIFT 2
#define S2_READ          (UINT64_C(1) << 6) /* S2AP[0] */
#define S2_WRITE         (UINT64_C(1) << 7) /* S2AP[1] */
#define S2_XN_SHIFT      53

#define LAST_LEVEL  3
#define CONCAT_BITS 4u /* stage 2: up to 16 tables side by side at the start level */

static uint64_t low_mask(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

static unsigned stride(unsigned granule_log2)
{
    return granule_log2 - 3;
}

/* Lowest input bit that selects an entry at @level. */
static unsigned level_shift(unsigned granule_log2, int level)
{
    return granule_log2 + (unsigned)(LAST_LEVEL - level) * stride(granule_log2);
}

int nap_vmsa_start_level(unsigned granule_log2, unsigned input_bits)
{
    unsigned bits = input_bits > granule_log2 ? input_bits - granule_log2 : 1;

    return LAST_LEVEL + 1 - (int)((bits + stride(granule_log2) - 1) / stride(granule_log2));
}

bool nap_vmsa_stage_fits(const struct nap_vmsa_stage *stage)
{
    unsigned most = stride(stage->granule_log2) + (stage->stage == 2 ? CONCAT_BITS : 0);
    unsigned shift;

    if (stage->start_level < -1 || stage->start_level > LAST_LEVEL)
        return false;
    shift = level_shift(stage->granule_log2, stage->start_level);
    return stage->input_bits > shift && stage->input_bits <= shift + most;
}

/* A table is aligned to its size, and to 64 bytes where outputs have 52 bits. */
static nap_addr start_entry(const struct nap_vmsa_stage *stage, nap_addr input)
{
    unsigned shift = level_shift(stage->granule_log2, stage->start_level);
    uint64_t bytes = UINT64_C(8) << (stage->input_bits - shift);

    if (stage->wide && stage->output_bits > 48 && bytes < 64)
        bytes = 64;
    return (stage->base & ~(bytes - 1)) + (input >> shift) * 8;
}

/* The address in a descriptor, of a table or of what a leaf maps, from bit @low up. */
static nap_addr desc_address(const struct nap_vmsa_stage *stage, uint64_t desc, unsigned low)
{
    nap_addr address = desc & low_mask(stage->address_bits) & ~low_mask(low);

    if (!stage->wide)
        return address;
    if (stage->granule_log2 == 16)
        return address | (desc >> 12 & 0xf) << 48;
    return address | (desc & (UINT64_C(3) << 48)) | (desc >> 8 & 3) << 50;
}

static bool block_allowed(const struct nap_vmsa_stage *stage, int level)
{
    int first = stage->granule_log2 == 12 ? 1 : 2;

    return level >= (stage->wide ? first - 1 : first);
}

/* What the table descriptors on the way have taken away, as their bits ored. */
static uint8_t s1_perms(const struct nap_vmsa_stage *stage, uint64_t desc, uint64_t tables)
{
    bool write = (desc & S1_AP_READ_ONLY) == 0 && (tables & TABLE_AP_WRITE) == 0;
    bool unpriv =
        stage->one_level || ((desc & S1_AP_UNPRIV) != 0 && (tables & TABLE_AP_UNPRIV) == 0);
    bool xn = (desc & DESC_XN) != 0 || (tables & TABLE_XN) != 0;
    bool pxn = (desc & S1_PXN) != 0 || (tables & TABLE_PXN) != 0;
    bool ux = !xn, px = !pxn && !(unpriv && write);
    bool priv = true;

    if (stage->one_level) {
        px = ux;
    } else if (stage->aarch32) {
        /* One XN for both, execution needs read permission, and what unprivileged accesses may
         * write is kept from privileged fetches by UWXN alone. */
        ux = ux && unpriv;
        px = !xn && !pxn && !(stage->uwxn && unpriv && write);
    }
    if (stage->wxn && write) {
        px = false;
        ux = ux && !unpriv;
    }
    if (stage->pan && !stage->one_level && (unpriv || (stage->epan && ux)))
        priv = false;
    return (uint8_t)((priv ? NAP_VMSA_PR : 0) | (priv && write ? NAP_VMSA_PW : 0) |
                     (px ? NAP_VMSA_PX : 0) | (unpriv ? NAP_VMSA_UR : 0) |
                     (unpriv && write ? NAP_VMSA_UW : 0) | (ux ? NAP_VMSA_UX : 0));
}

static uint8_t s2_perms(const struct nap_vmsa_stage *stage, uint64_t desc)
{
    static const uint8_t xnx[] = {NAP_VMSA_PX | NAP_VMSA_UX, NAP_VMSA_UX, 0, NAP_VMSA_PX};
    unsigned xn = (unsigned)(desc >> S2_XN_SHIFT & 3);
    unsigned perms = xnx[stage->xnx ? xn : xn & 2];

    if (stage->aarch32 && (desc & S2_READ) == 0)
        perms = 0;
    if ((desc & S2_READ) != 0)
        perms |= NAP_VMSA_PR | NAP_VMSA_UR;
    if ((desc & S2_WRITE) != 0)
        perms |= NAP_VMSA_PW | NAP_VMSA_UW;
    return (uint8_t)perms;
}

/* The descriptor marked dirty: a stage 1 leaf loses AP[2], a stage 2 leaf gains S2AP[1]. */
static uint64_t dirty(const struct nap_vmsa_stage *stage, uint64_t desc)
{
    if (!stage->keep_dirty || (desc & DESC_DBM) == 0)
        return desc;
    return stage->stage == 1 ? desc & ~S1_AP_READ_ONLY : desc | S2_WRITE;
}

uint64_t nap_vmsa_updated(const struct nap_vmsa_stage *stage, const struct nap_vmsa_leaf *leaf,
                          bool mark_dirty)
{
    uint64_t desc = leaf->descriptor;

    if (stage->keep_af)
        desc |= DESC_AF;
    return mark_dirty ? dirty(stage, desc) : desc;
}

/* Leaves of a contiguous set: 16 of 4 KiB tables, 128 pages or 32 blocks of 16, 32 of 64. */
static unsigned set_bits(unsigned granule_log2, int level)
{
    if (granule_log2 == 12)
        return level > 0 ? 4 : 0;
    if (granule_log2 == 14)
        return level == LAST_LEVEL ? 7 : level == 2 ? 5 : 0;
    return level >= 2 ? 5 : 0;
}

#define EXECUTE (NAP_VMSA_PX | NAP_VMSA_UX)

/* A leaf that may become dirty is as executable as one that is writable already: what may be
 * written is kept from execution before the first write too. */
static uint8_t clean_perms(uint8_t as_it_is, uint8_t dirty_perms)
{
    return (uint8_t)((as_it_is & ~EXECUTE) | (dirty_perms & EXECUTE));
}

static void read_leaf(const struct nap_vmsa_stage *stage, uint64_t desc, uint64_t tables,
                      struct nap_vmsa_leaf *out)
{
    bool sh_elsewhere = stage->wide && stage->granule_log2 != 16;

    out->sh = sh_elsewhere ? stage->sh : (uint8_t)(desc >> DESC_SH_SHIFT & 3);
    out->contiguous = (desc & DESC_CONTIGUOUS) != 0;
    out->set_log2 =
        (uint8_t)(out->size_log2 +
                  (out->contiguous ? set_bits(stage->granule_log2, out->level) : 0));
    out->af_update = stage->keep_af && (desc & DESC_AF) == 0;
    if (stage->stage == 1) {
        out->attributes = (uint8_t)(stage->mair >> (desc >> S1_ATTRINDX_SHIFT & 7) * 8 & 0xff);
        out->global = (desc & S1_NG) == 0;
        out->dirty_perms = s1_perms(stage, dirty(stage, desc), tables);
        out->perms = clean_perms(s1_perms(stage, desc, tables), out->dirty_perms);
    } else {
        out->attributes = (uint8_t)(desc >> S2_MEMATTR_SHIFT & 15);
        out->perms = s2_perms(stage, desc);
        out->dirty_perms = s2_perms(stage, dirty(stage, desc));
    }
}

/* A walk that must stay in non-secure memory meets NSTable and NS set. */
static bool secure_only(const struct nap_vmsa_stage *stage, uint64_t desc, uint64_t ns_bit)
{
    return stage->ns_required && (desc & ns_bit) == 0;
}

static enum nap_vmsa_fault fetch(const struct nap_vmsa_stage *stage, nap_vmsa_read *read,
                                 void *context, struct nap_vmsa_leaf *out)
{
    uint64_t desc;

    out->fetched = true;
    switch (read(context, out->entry, &desc)) {
    case NAP_VMSA_FETCH_ABORTED:
        return NAP_VMSA_FAULT_ABORT;
    case NAP_VMSA_FETCH_REFUSED:
        return NAP_VMSA_FAULT_REFUSED;
    case NAP_VMSA_FETCHED:
        break;
    }
    out->descriptor = stage->big_endian ? __builtin_bswap64(desc) : desc;
    return (out->descriptor & DESC_VALID) == 0 ? NAP_VMSA_FAULT_TRANSLATION : NAP_VMSA_NO_FAULT;
}

static enum nap_vmsa_fault leaf(const struct nap_vmsa_stage *stage, nap_addr input,
                                struct nap_vmsa_leaf *out)
{
    uint64_t desc = out->descriptor;
    unsigned size = level_shift(stage->granule_log2, out->level);

    if ((out->level == LAST_LEVEL) != ((desc & DESC_TABLE) != 0) ||
        !block_allowed(stage, out->level))
        return NAP_VMSA_FAULT_RESERVED;
    if (secure_only(stage, desc, S1_NS))
        return NAP_VMSA_FAULT_SECURE;
    out->size_log2 = (uint8_t)size;
    out->output = desc_address(stage, desc, size) | (input & low_mask(size));
    if ((out->output & ~low_mask(stage->output_bits)) != 0)
        return NAP_VMSA_FAULT_ADDRESS_SIZE;
    if ((desc & DESC_AF) == 0 && !stage->keep_af && !stage->af_ignored)
        return NAP_VMSA_FAULT_ACCESS_FLAG;
    read_leaf(stage, desc, out->tables, out);
    return NAP_VMSA_NO_FAULT;
}

void nap_vmsa_stage_walk(const struct nap_vmsa_stage *stage, nap_addr input,
                         nap_vmsa_read *read, void *context, struct nap_vmsa_leaf *out)
{
    uint64_t desc;
    nap_addr next;

    *out = (struct nap_vmsa_leaf){.fault = NAP_VMSA_FAULT_TRANSLATION,
                                  .level = stage->start_level,
                                  .tables = stage->flat ? 0 : stage->tables};
    if (!nap_vmsa_stage_fits(stage) || (input & ~low_mask(stage->input_bits)) != 0)
        return;
    out->entry = start_entry(stage, input);
    for (;; out->level++) {
        out->fault = fetch(stage, read, context, out);
        if (out->fault != NAP_VMSA_NO_FAULT)
            return;
        desc = out->descriptor;
        if (out->level == LAST_LEVEL || (desc & DESC_TABLE) == 0)
            break;
        if (secure_only(stage, desc, TABLE_NS)) {
            out->fault = NAP_VMSA_FAULT_SECURE;
            return;
        }
        if (stage->stage == 1 && !stage->flat)
            out->tables |= desc & TABLE_BITS;
        next = desc_address(stage, desc, stage->granule_log2);
        if ((next & ~low_mask(stage->output_bits)) != 0) {
            out->fault = NAP_VMSA_FAULT_ADDRESS_SIZE;
            return;
        }
        out->entry = next + (input >> level_shift(stage->granule_log2, out->level + 1) &
                             low_mask(stride(stage->granule_log2))) *
                                8;
    }
    out->fault = leaf(stage, input, out);
}

int nap_vmsa_pick_64(nap_addr va, const bool tbi[2], const uint8_t input_bits[2],
                     nap_addr *input)
{
    int half = (int)(va >> 55 & 1);
    nap_addr above = low_mask(tbi[half] ? 56 : 64) & ~low_mask(input_bits[half]);

    *input = va & low_mask(input_bits[half]);
    /* Bits of the range itself are free; all above repeat bit 55. */
    return (va & above) == (half ? above : 0) ? half : -1;
}

/* Arm DDI 0487, "Determining which TTBR to use": where both sizes are given, the ranges may
 * leave a hole. */
int nap_vmsa_pick_32(nap_addr va, unsigned t0sz, unsigned t1sz, nap_addr *input)
{
    bool low = t0sz == 0 || va >> (32 - t0sz) == 0;
    bool high = t1sz == 0 ? !low : va >> (32 - t1sz) == low_mask(t1sz);

    *input = va;
    if (va >> 32 != 0)
        return -1;
    if (high) {
        *input = va & low_mask(32 - t1sz);
        return 1;
    }
    return low ? 0 : -1;
}
