/* SPDX-License-Identifier: MIT */
/* Second-stage tables of a guest, as a hypervisor keeps them: VMSAv8-64 stage 2, 4 KiB granule,
 * start level 1 (Arm DDI 0487, "VMSAv8-64 descriptor formats"). The CPU and the IOMMU walk the
 * same tables. They live in simulated RAM; nothing is kept here.
 *
 * Every call works in two passes: the first makes all tables that the second will need, so a
 * call that runs out of memory changes no translation. */
#include "os.h"

#include <errno.h>

#define PAGE_BYTES  UINT64_C(0x1000)
#define BLOCK_BYTES UINT64_C(0x200000)
#define ENTRIES     512u
#define PA_LIMIT    (UINT64_C(1) << 40)

#define IPA_BITS_MIN 31u /* one bit for the start level */
#define IPA_BITS_MAX 40u /* two concatenated start-level tables */
#define START_SHIFT  30u
#define L2_SHIFT     21u
#define L3_SHIFT     12u

#define PTE_VALID     UINT64_C(0x001)
#define PTE_TABLE     UINT64_C(0x002) /* at level 3: page */
#define PTE_NORMAL_WB (UINT64_C(0xf) << 2)
#define PTE_READ      UINT64_C(0x040)
#define PTE_WRITE     UINT64_C(0x080)
#define PTE_INNER_SH  UINT64_C(0x300)
#define PTE_AF        UINT64_C(0x400)
#define PTE_ADDRESS   UINT64_C(0x000000fffffff000)

static uint64_t leaf(nap_addr pa, unsigned prot, uint64_t type)
{
    uint64_t pte = pa | PTE_AF | PTE_INNER_SH | PTE_NORMAL_WB | type | PTE_VALID;

    if ((prot & NAP_PROT_READ) != 0)
        pte |= PTE_READ;
    if ((prot & NAP_PROT_WRITE) != 0)
        pte |= PTE_WRITE;
    return pte;
}

static bool is_table(uint64_t pte)
{
    return (pte & (PTE_VALID | PTE_TABLE)) == (PTE_VALID | PTE_TABLE);
}

static nap_addr l1_slot(const struct nap_domain *domain, nap_addr ipa)
{
    return domain->p2m_root + (ipa >> START_SHIFT) * 8;
}

static nap_addr slot(nap_addr table, nap_addr ipa, unsigned shift)
{
    return table + (ipa >> shift) % ENTRIES * 8;
}

/* Address of the level 2 entry for @ipa, or 0 where there is no level 2 table. */
static nap_addr l2_slot(const struct nap_domain *domain, nap_addr ipa)
{
    uint64_t pte = nap_table_read(l1_slot(domain, ipa));

    return is_table(pte) ? slot(pte & PTE_ADDRESS, ipa, L2_SHIFT) : 0;
}

/* Address of the level 3 entry for @ipa under the level 2 entry @pte, which is a table. */
static nap_addr l3_slot(uint64_t pte, nap_addr ipa)
{
    return slot(pte & PTE_ADDRESS, ipa, L3_SHIFT);
}

/* Whether the whole 2 MiB block at @ipa lies in what is left of the range. */
static bool covers_block(nap_addr ipa, nap_addr end)
{
    return ipa % BLOCK_BYTES == 0 && end - ipa >= BLOCK_BYTES;
}

static nap_addr block_end(nap_addr ipa, nap_addr end)
{
    nap_addr next = (ipa | (BLOCK_BYTES - 1)) + 1;

    return next < end ? next : end;
}

static bool range_ok(const struct nap_domain *domain, nap_addr ipa, uint64_t size_bytes)
{
    uint64_t limit = UINT64_C(1) << domain->ipa_bits;

    return domain->p2m_root != 0 && size_bytes != 0 && (ipa | size_bytes) % PAGE_BYTES == 0 &&
           ipa < limit && size_bytes <= limit - ipa;
}

static int make_l2_table(struct nap_domain *domain, nap_addr ipa)
{
    nap_addr table;

    if (l2_slot(domain, ipa) != 0)
        return 0;
    table = nap_ram_alloc(PAGE_BYTES);
    if (table == 0)
        return -ENOMEM;
    nap_table_write(l1_slot(domain, ipa), table | PTE_TABLE | PTE_VALID);
    return 0;
}

/* Puts a level 3 table where level 2 has none. A block becomes 512 pages that translate as it
 * did; the table is complete before the entry points to it. */
static int make_l3_table(nap_addr l2)
{
    uint64_t block = nap_table_read(l2);
    nap_addr table;

    if (is_table(block))
        return 0;
    table = nap_ram_alloc(PAGE_BYTES);
    if (table == 0)
        return -ENOMEM;
    if ((block & PTE_VALID) != 0) {
        for (unsigned i = 0; i < ENTRIES; i++)
            nap_table_write(table + (nap_addr)i * 8, (block | PTE_TABLE) + i * PAGE_BYTES);
    }
    nap_table_write(l2, table | PTE_TABLE | PTE_VALID);
    return 0;
}

/* Every second guest has its root above 4 GiB, so that the upper half of a TTBR matters and
 * differs between guests. */
static nap_addr alloc_root(const struct nap_domain *domain, uint64_t size_bytes)
{
    nap_addr high = domain->index % 2 != 0 ? nap_ram_alloc_high(size_bytes) : 0;

    return high != 0 ? high : nap_ram_alloc(size_bytes);
}

int nap_p2m_init(struct nap_domain *domain)
{
    uint64_t bytes;
    nap_addr root;

    if (domain->ipa_bits < IPA_BITS_MIN || domain->ipa_bits > IPA_BITS_MAX)
        return -EINVAL;
    bytes = UINT64_C(8) << (domain->ipa_bits - START_SHIFT);
    if (bytes < PAGE_BYTES)
        bytes = PAGE_BYTES;
    /* Concatenated tables are aligned to their whole size, RAM blocks to a page only. */
    root = alloc_root(domain, 2 * bytes - PAGE_BYTES);
    if (root == 0)
        return -ENOMEM;
    domain->p2m_root = (root + bytes - 1) & ~(bytes - 1);
    return 0;
}

/* A mapping uses a block where alignment allows and no level 3 table is in the way. */
static bool maps_block(nap_addr l2, nap_addr ipa, nap_addr pa, nap_addr end)
{
    return covers_block(ipa, end) && pa % BLOCK_BYTES == 0 && !is_table(nap_table_read(l2));
}

static int prepare_map(struct nap_domain *domain, nap_addr ipa, nap_addr pa, nap_addr end)
{
    for (nap_addr at = ipa; at < end; at = block_end(at, end)) {
        int ret = make_l2_table(domain, at);

        if (ret == 0 && !maps_block(l2_slot(domain, at), at, pa + (at - ipa), end))
            ret = make_l3_table(l2_slot(domain, at));
        if (ret != 0)
            return ret;
    }
    return 0;
}

int nap_p2m_map(struct nap_domain *domain, nap_addr ipa, nap_addr pa, uint64_t size_bytes,
                unsigned prot)
{
    nap_addr end = ipa + size_bytes;
    int ret;

    if (!range_ok(domain, ipa, size_bytes) || pa % PAGE_BYTES != 0 || pa >= PA_LIMIT ||
        size_bytes > PA_LIMIT - pa)
        return -EINVAL;
    if (prot == 0 || (prot & ~(NAP_PROT_READ | NAP_PROT_WRITE)) != 0)
        return -EINVAL;
    ret = prepare_map(domain, ipa, pa, end);
    if (ret != 0)
        return ret;

    while (ipa < end) {
        nap_addr l2 = l2_slot(domain, ipa);
        uint64_t step = PAGE_BYTES;

        if (maps_block(l2, ipa, pa, end)) {
            step = BLOCK_BYTES;
            nap_table_write(l2, leaf(pa, prot, 0));
        } else {
            nap_table_write(l3_slot(nap_table_read(l2), ipa), leaf(pa, prot, PTE_TABLE));
        }
        ipa += step;
        pa += step;
    }
    return 0;
}

/* Splits the blocks that [ipa, end) covers in part: only its first and last can be such. */
static int prepare_unmap(struct nap_domain *domain, nap_addr ipa, nap_addr end)
{
    for (nap_addr at = ipa; at < end; at = block_end(at, end)) {
        nap_addr l2 = l2_slot(domain, at);

        if (l2 != 0 && !covers_block(at, end) && (nap_table_read(l2) & PTE_VALID) != 0) {
            int ret = make_l3_table(l2);

            if (ret != 0)
                return ret;
        }
    }
    return 0;
}

int nap_p2m_unmap(struct nap_domain *domain, nap_addr ipa, uint64_t size_bytes)
{
    nap_addr end = ipa + size_bytes;
    int ret;

    if (!range_ok(domain, ipa, size_bytes))
        return -EINVAL;
    ret = prepare_unmap(domain, ipa, end);
    if (ret != 0)
        return ret;

    while (ipa < end) {
        nap_addr next = block_end(ipa, end);
        nap_addr l2 = l2_slot(domain, ipa);
        uint64_t pte = l2 != 0 ? nap_table_read(l2) : 0;

        if (is_table(pte)) {
            for (; ipa < next; ipa += PAGE_BYTES)
                nap_table_write(l3_slot(pte, ipa), 0);
        } else if ((pte & PTE_VALID) != 0) {
            nap_table_write(l2, 0);
        }
        ipa = next;
    }
    return 0;
}

bool nap_p2m_mapped(const struct nap_domain *domain, nap_addr ipa, uint64_t size_bytes)
{
    nap_addr end = ipa + size_bytes;

    if (!range_ok(domain, ipa, size_bytes))
        return false;
    while (ipa < end) {
        nap_addr next = block_end(ipa, end);
        nap_addr l2 = l2_slot(domain, ipa);
        uint64_t pte = l2 != 0 ? nap_table_read(l2) : 0;

        if ((pte & PTE_VALID) != 0 && !is_table(pte))
            return true;
        for (; is_table(pte) && ipa < next; ipa += PAGE_BYTES) {
            if ((nap_table_read(l3_slot(pte, ipa)) & PTE_VALID) != 0)
                return true;
        }
        ipa = next;
    }
    return false;
}
