/* SPDX-License-Identifier: MIT */
/* Stage-1 tables of VMSAv8-64: 4 KiB granule, 39 bits, so that walks start at level 1; blocks
 * of 2 MiB where both addresses allow them.
 *
 * Source: docs/smmuv3-facts.md 11.5 (descriptors), 11.6 (permissions), 9.4 (changes). */
#include <errno.h>

#include "arm-smmu-v3.h"

#define ENTRIES  512u
#define L1_SHIFT 30u
#define L2_SHIFT 21u
#define L3_SHIFT 12u

#define PTE_VALID     UINT64_C(0x001)
#define PTE_TABLE     UINT64_C(0x003) /* at level 3: a page */
#define PTE_BLOCK     UINT64_C(0x001)
#define PTE_TYPE      UINT64_C(0x003)
#define PTE_USER      (UINT64_C(1) << 6)
#define PTE_READ_ONLY (UINT64_C(1) << 7)
#define PTE_INNER_SH  (UINT64_C(3) << 8)
#define PTE_AF        (UINT64_C(1) << 10)
#define PTE_NG        (UINT64_C(1) << 11)
#define PTE_XN        (UINT64_C(3) << 53)
#define PTE_ADDRESS   UINT64_C(0x0000fffffffff000)

static nap_addr slot(nap_addr table, nap_addr iova, unsigned shift)
{
    return table + (iova >> shift) % ENTRIES * 8;
}

/* The table that the entry at @at points to; 0 where it is not of that kind. */
static nap_addr table_at(nap_addr at)
{
    uint64_t pte = nap_ram_read64(at);

    return (pte & PTE_TYPE) == PTE_TABLE ? pte & PTE_ADDRESS : 0;
}

static nap_addr l2_slot(nap_addr root, nap_addr iova)
{
    nap_addr l2 = table_at(slot(root, iova, L1_SHIFT));

    return l2 != 0 ? slot(l2, iova, L2_SHIFT) : 0;
}

/* Whether the rest of the mapping at @iova goes into a block. */
static bool takes_block(nap_addr iova, nap_addr pa, nap_addr end)
{
    return (iova | pa) % SMMU_BLOCK_BYTES == 0 && end - iova >= SMMU_BLOCK_BYTES;
}

static int check_range(nap_addr iova, uint64_t size_bytes)
{
    nap_addr limit = UINT64_C(1) << SMMU_VA_BITS;

    if (size_bytes == 0 || (iova | size_bytes) % SMMU_PAGE_BYTES != 0 || iova >= limit ||
        size_bytes > limit - iova)
        return -EINVAL;
    return 0;
}

/* --- making room --- */

/* The table at @at, made where there is none. */
static int need_table(const struct smmuv3_domain *domain, nap_addr at, nap_addr *table)
{
    int ret;

    *table = table_at(at);
    if (*table != 0)
        return 0;
    *table = smmuv3_ram(SMMU_PAGE_BYTES, "table");
    if (*table == 0)
        return -ENOMEM;
    ret = smmuv3_domain_sees(domain, *table);
    if (ret == 0)
        nap_ram_write64(at, *table | PTE_TABLE);
    return ret;
}

static bool is_empty(nap_addr table)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        if ((nap_ram_read64(table + i * 8ull) & PTE_VALID) != 0)
            return false;
    }
    return true;
}

/* An entry for a block: free, or it points to a table that holds nothing and goes. */
static int room_for_block(nap_addr at, bool *broken)
{
    nap_addr l3 = table_at(at);

    if ((nap_ram_read64(at) & PTE_VALID) == 0)
        return 0;
    if (l3 == 0 || !is_empty(l3))
        return -EEXIST;
    nap_ram_write64(at, 0);
    *broken = true;
    return 0;
}

static int room_for_page(const struct smmuv3_domain *domain, nap_addr at, nap_addr iova)
{
    nap_addr l3;
    int ret;

    if ((nap_ram_read64(at) & PTE_TYPE) == PTE_BLOCK)
        return -EEXIST;
    ret = need_table(domain, at, &l3);
    if (ret == 0 && (nap_ram_read64(slot(l3, iova, L3_SHIFT)) & PTE_VALID) != 0)
        ret = -EEXIST;
    return ret;
}

int smmuv3_pgtable_prepare(const struct smmuv3_domain *domain, nap_addr iova, nap_addr pa,
                           uint64_t size_bytes, bool *broken)
{
    nap_addr end = iova + size_bytes;
    int ret = check_range(iova, size_bytes);

    if (pa % SMMU_PAGE_BYTES != 0)
        ret = -EINVAL;
    while (ret == 0 && iova < end) {
        bool block = takes_block(iova, pa, end);
        uint64_t step = block ? SMMU_BLOCK_BYTES : SMMU_PAGE_BYTES;
        nap_addr l2;

        ret = need_table(domain, slot(domain->root, iova, L1_SHIFT), &l2);
        if (ret != 0)
            break;
        ret = block ? room_for_block(slot(l2, iova, L2_SHIFT), broken)
                    : room_for_page(domain, slot(l2, iova, L2_SHIFT), iova);
        iova += step;
        pa += step;
    }
    return ret;
}

/* --- entries --- */

static uint64_t leaf(nap_addr pa, unsigned prot, uint64_t type)
{
    uint64_t pte = pa | PTE_USER | PTE_INNER_SH | PTE_AF | PTE_NG | PTE_XN | type;

    return (prot & NAP_PROT_WRITE) != 0 ? pte : pte | PTE_READ_ONLY;
}

void smmuv3_pgtable_map(nap_addr root, nap_addr iova, nap_addr pa, uint64_t size_bytes,
                        unsigned prot)
{
    nap_addr end = iova + size_bytes;

    while (iova < end) {
        nap_addr at = l2_slot(root, iova);
        bool block = takes_block(iova, pa, end);
        uint64_t step = block ? SMMU_BLOCK_BYTES : SMMU_PAGE_BYTES;

        if (block)
            nap_ram_write64(at, leaf(pa, prot, PTE_BLOCK));
        else
            nap_ram_write64(slot(table_at(at), iova, L3_SHIFT), leaf(pa, prot, PTE_TABLE));
        iova += step;
        pa += step;
    }
}

/* The entry that maps @iova, and where it ends; 0 if there is none. */
static nap_addr leaf_slot(nap_addr root, nap_addr iova, nap_addr *end)
{
    nap_addr at = l2_slot(root, iova), l3;

    *end = (iova | (SMMU_PAGE_BYTES - 1)) + 1;
    if (at == 0)
        return 0;
    if ((nap_ram_read64(at) & PTE_TYPE) == PTE_BLOCK) {
        *end = (iova | (SMMU_BLOCK_BYTES - 1)) + 1;
        return at;
    }
    l3 = table_at(at);
    if (l3 == 0 || (nap_ram_read64(slot(l3, iova, L3_SHIFT)) & PTE_VALID) == 0)
        return 0;
    return slot(l3, iova, L3_SHIFT);
}

bool smmuv3_pgtable_maps(nap_addr root, nap_addr iova)
{
    nap_addr end;

    return leaf_slot(root, iova, &end) != 0;
}

/* A part of a block stays where it is: to split it would take what remains away for a while. */
int smmuv3_pgtable_check(nap_addr root, nap_addr iova, uint64_t size_bytes)
{
    nap_addr end = iova + size_bytes, next;
    int ret = check_range(iova, size_bytes);

    while (ret == 0 && iova < end) {
        if (leaf_slot(root, iova, &next) == 0 || next > end ||
            (next - iova != SMMU_PAGE_BYTES && next - iova != SMMU_BLOCK_BYTES))
            ret = -EINVAL;
        iova = next;
    }
    return ret;
}

/* An entry that is not valid keeps the rest of what it said. */
void smmuv3_pgtable_unmap(nap_addr root, nap_addr iova, uint64_t size_bytes)
{
    nap_addr end = iova + size_bytes, next;

    while (iova < end) {
        nap_addr at = leaf_slot(root, iova, &next);

        if (at != 0)
            nap_ram_write64(at, nap_ram_read64(at) & ~PTE_VALID);
        iova = next;
    }
}

void smmuv3_pgtable_remap(nap_addr root, nap_addr iova, uint64_t size_bytes)
{
    nap_addr end = iova + size_bytes;

    while (iova < end) {
        nap_addr at = l2_slot(root, iova), l3 = at != 0 ? table_at(at) : 0;
        uint64_t step = l3 != 0 ? SMMU_PAGE_BYTES : SMMU_BLOCK_BYTES;

        if (l3 != 0)
            at = slot(l3, iova, L3_SHIFT);
        if (at != 0)
            nap_ram_write64(at, nap_ram_read64(at) | PTE_VALID);
        iova += step;
    }
}
