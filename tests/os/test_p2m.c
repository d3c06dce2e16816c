/* SPDX-License-Identifier: MIT */
/* What nap_p2m_* writes is judged by walking it. RAM is a page array in this file, so the test
 * links lib/os/p2m.c and lib/vmsa/walk.c alone. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <regnap/os.h>

#include "../../lib/os/os.h"
#include "vmsa.h"

#define RAM_BASE  UINT64_C(0x40001000) /* odd page: a 40-bit root needs aligning */
#define RAM_PAGES 16u
#define PAGE      UINT64_C(0x1000)
#define BLOCK     UINT64_C(0x200000)
#define RW        (NAP_PROT_READ | NAP_PROT_WRITE)

static struct {
    uint64_t words[RAM_PAGES * 512];
    unsigned used_pages;
    unsigned limit_pages;
    unsigned writes;
} ram;

nap_addr nap_ram_alloc(uint64_t size_bytes)
{
    unsigned pages = (unsigned)(size_bytes / PAGE);
    nap_addr at = RAM_BASE + ram.used_pages * PAGE;

    if (ram.used_pages + pages > ram.limit_pages)
        return 0;
    ram.used_pages += pages;
    return at;
}

static nap_addr high_root; /* what nap_ram_alloc_high() hands out */

nap_addr nap_ram_alloc_high(uint64_t size_bytes)
{
    (void)size_bytes;
    return high_root;
}

uint64_t nap_table_read(nap_addr pa)
{
    assert_in_range(pa, RAM_BASE, RAM_BASE + RAM_PAGES * PAGE - 8);
    return ram.words[(pa - RAM_BASE) / 8];
}

void nap_table_write(nap_addr pa, uint64_t value)
{
    assert_in_range(pa, RAM_BASE, RAM_BASE + RAM_PAGES * PAGE - 8);
    ram.words[(pa - RAM_BASE) / 8] = value;
    ram.writes++;
}

static bool fetch(const void *context, nap_addr pa, uint64_t *desc)
{
    (void)context;
    *desc = nap_table_read(pa);
    return true;
}

static struct nap_vmsa_result walk(const struct nap_domain *domain, nap_addr ipa)
{
    struct nap_vmsa_config config = {NAP_VMSA_S2_64, domain->p2m_root, domain->ipa_bits, 1};
    struct nap_vmsa_result result;

    nap_vmsa_walk(&config, ipa, fetch, NULL, &result);
    return result;
}

static struct nap_domain fresh_domain(unsigned ipa_bits)
{
    struct nap_domain domain = {.name = "guest1", .ipa_bits = ipa_bits};

    memset(&ram, 0, sizeof(ram));
    ram.limit_pages = RAM_PAGES;
    assert_int_equal(nap_p2m_init(&domain), 0);
    return domain;
}

static void assert_maps(const struct nap_domain *domain, nap_addr ipa, nap_addr pa,
                        unsigned size_log2)
{
    struct nap_vmsa_result result = walk(domain, ipa);

    assert_int_equal(result.end, NAP_VMSA_OK);
    assert_int_equal(result.pa, pa);
    assert_int_equal(result.size_log2, size_log2);
}

static void assert_unmapped(const struct nap_domain *domain, nap_addr ipa)
{
    assert_int_equal(walk(domain, ipa).end, NAP_VMSA_TRANSLATION_FAULT);
}

static nap_addr root_of(uint32_t index, nap_addr high)
{
    struct nap_domain domain = {.name = "guest", .index = index, .ipa_bits = 40};

    memset(&ram, 0, sizeof(ram));
    ram.limit_pages = RAM_PAGES;
    high_root = high;
    assert_int_equal(nap_p2m_init(&domain), 0);
    high_root = 0;
    return domain.p2m_root;
}

static void every_second_root_is_above_4_gib_where_there_is_ram(void **state)
{
    (void)state;
    assert_int_equal(root_of(0, UINT64_C(0x720001000)), UINT64_C(0x40002000));
    assert_int_equal(root_of(1, UINT64_C(0x720001000)), UINT64_C(0x720002000));
    assert_int_equal(root_of(2, UINT64_C(0x720001000)), UINT64_C(0x40002000));
    assert_int_equal(root_of(3, UINT64_C(0x720001000)), UINT64_C(0x720002000));
    assert_int_equal(root_of(1, 0), UINT64_C(0x40002000));
}

static void root_of_40_bits_is_two_pages_aligned_to_8_kib(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(domain.p2m_root, UINT64_C(0x40002000));
    assert_int_equal(nap_p2m_map(&domain, UINT64_C(0xfffffff000), PAGE, PAGE, RW), 0);
    assert_int_equal(ram.words[(0x2000 + 0x1ff8 - 0x1000) / 8] & 3, 3); /* last of 1024 */
}

static void root_of_32_bits_is_one_page(void **state)
{
    struct nap_domain domain = fresh_domain(32);

    (void)state;
    assert_int_equal(ram.used_pages, 1);
    assert_int_equal(nap_p2m_map(&domain, UINT64_C(0xfffff000), PAGE, PAGE, RW), 0);
    assert_maps(&domain, UINT64_C(0xfffff004), PAGE + 4, 12);
}

static void init_refuses_sizes_that_level_1_cannot_start(void **state)
{
    struct nap_domain domain = {.ipa_bits = 30};

    (void)state;
    assert_int_equal(nap_p2m_init(&domain), -EINVAL);
    domain.ipa_bits = 41;
    assert_int_equal(nap_p2m_init(&domain), -EINVAL);
    assert_int_equal(domain.p2m_root, 0);
}

static void init_without_memory_is_enomem(void **state)
{
    struct nap_domain domain = {.ipa_bits = 40};

    (void)state;
    memset(&ram, 0, sizeof(ram));
    ram.limit_pages = 1;
    assert_int_equal(nap_p2m_init(&domain), -ENOMEM);
    assert_int_equal(domain.p2m_root, 0);
}

static void mapped_pages_walk_to_their_pa(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, 0x80000000, 0x123000, 2 * PAGE, RW), 0);
    assert_maps(&domain, UINT64_C(0x80000010), 0x123010, 12);
    assert_maps(&domain, UINT64_C(0x80001ffc), 0x124ffc, 12);
    assert_unmapped(&domain, UINT64_C(0x80002000));
}

static void a_page_is_normal_write_back_inner_shareable_with_af(void **state)
{
    struct nap_domain domain = fresh_domain(40);
    struct nap_vmsa_result result;

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, 0, 0x5000, PAGE, RW), 0);
    result = walk(&domain, 0);
    assert_int_equal(nap_table_read(result.fetched[2]), 0x57ff);
    assert_int_equal(result.attributes, 0xf);
    assert_int_equal(result.shareability, 3);
    assert_true(result.access_flag);
}

static void permissions_are_those_asked_for(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, 0, 0x5000, PAGE, NAP_PROT_READ), 0);
    assert_int_equal(nap_p2m_map(&domain, PAGE, 0x6000, PAGE, NAP_PROT_WRITE), 0);
    assert_int_equal(nap_p2m_map(&domain, 2 * PAGE, 0x7000, PAGE, RW), 0);
    assert_true(walk(&domain, 0).readable && !walk(&domain, 0).writable);
    assert_true(!walk(&domain, PAGE).readable && walk(&domain, PAGE).writable);
    assert_true(walk(&domain, 2 * PAGE).readable && walk(&domain, 2 * PAGE).writable);
}

static void aligned_2_mib_become_a_block(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, BLOCK - PAGE, 4 * BLOCK - PAGE, BLOCK + 2 * PAGE, RW),
                     0);
    assert_maps(&domain, BLOCK - PAGE, 4 * BLOCK - PAGE, 12);
    assert_maps(&domain, BLOCK + 0x12345, 4 * BLOCK + 0x12345, 21);
    assert_maps(&domain, 2 * BLOCK, 5 * BLOCK, 12);
}

static void blocks_need_an_aligned_pa_too(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, BLOCK, BLOCK + PAGE, BLOCK, RW), 0);
    assert_maps(&domain, BLOCK, BLOCK + PAGE, 12);
    assert_maps(&domain, 2 * BLOCK - 1, 2 * BLOCK + PAGE - 1, 12);
}

static void partly_unmapped_block_is_split_and_the_rest_stays(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, BLOCK, 8 * BLOCK, BLOCK, NAP_PROT_READ), 0);
    assert_int_equal(nap_p2m_unmap(&domain, BLOCK + 5 * PAGE, PAGE), 0);
    assert_unmapped(&domain, BLOCK + 5 * PAGE);
    assert_maps(&domain, BLOCK + 4 * PAGE, 8 * BLOCK + 4 * PAGE, 12);
    assert_maps(&domain, BLOCK + 6 * PAGE + 7, 8 * BLOCK + 6 * PAGE + 7, 12);
    assert_maps(&domain, 2 * BLOCK - PAGE, 9 * BLOCK - PAGE, 12);
    assert_true(walk(&domain, BLOCK).readable && !walk(&domain, BLOCK).writable);
}

static void wholly_unmapped_block_needs_no_table(void **state)
{
    struct nap_domain domain = fresh_domain(40);
    unsigned used;

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, BLOCK, 8 * BLOCK, 2 * BLOCK, RW), 0);
    used = ram.used_pages;
    assert_int_equal(nap_p2m_unmap(&domain, BLOCK, BLOCK), 0);
    assert_int_equal(ram.used_pages, used);
    assert_unmapped(&domain, BLOCK);
    assert_maps(&domain, 2 * BLOCK, 9 * BLOCK, 21);
}

static void unmap_of_what_is_not_mapped_writes_nothing(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_unmap(&domain, 3 * PAGE, 3 * BLOCK), 0);
    assert_int_equal(ram.writes, 0);
    assert_int_equal(ram.used_pages, 3);
}

static void a_page_over_a_block_splits_the_block(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, BLOCK, 8 * BLOCK, BLOCK, RW), 0);
    assert_int_equal(nap_p2m_map(&domain, BLOCK + PAGE, 0x9000, PAGE, RW), 0);
    assert_maps(&domain, BLOCK, 8 * BLOCK, 12);
    assert_maps(&domain, BLOCK + PAGE, 0x9000, 12);
}

static void a_block_over_pages_keeps_the_table(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, BLOCK, 0x9000, PAGE, RW), 0);
    assert_int_equal(nap_p2m_map(&domain, BLOCK, 8 * BLOCK, BLOCK, RW), 0);
    assert_maps(&domain, BLOCK, 8 * BLOCK, 12);
    assert_maps(&domain, 2 * BLOCK - 1, 9 * BLOCK - 1, 12);
}

static void map_without_memory_changes_no_translation(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, BLOCK - PAGE, 0x3000, PAGE, RW), 0);
    ram.limit_pages = ram.used_pages; /* BLOCK would need a level 3 table of its own */
    assert_int_equal(nap_p2m_map(&domain, BLOCK - PAGE, 0x7000, 2 * PAGE, RW), -ENOMEM);
    assert_maps(&domain, BLOCK - PAGE, 0x3000, 12);
    assert_unmapped(&domain, BLOCK);
    assert_int_equal(nap_p2m_map(&domain, UINT64_C(1) << 30, 0, PAGE, RW), -ENOMEM);
}

static void unmap_without_memory_changes_no_translation(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, BLOCK, 8 * BLOCK, BLOCK, RW), 0);
    ram.limit_pages = ram.used_pages;
    assert_int_equal(nap_p2m_unmap(&domain, BLOCK, PAGE), -ENOMEM);
    assert_maps(&domain, BLOCK, 8 * BLOCK, 21);
}

static void map_refuses_bad_arguments(void **state)
{
    struct nap_domain domain = fresh_domain(40);
    struct nap_domain no_tables = {.ipa_bits = 40};

    (void)state;
    assert_int_equal(nap_p2m_map(&domain, 0x800, 0, PAGE, RW), -EINVAL);
    assert_int_equal(nap_p2m_map(&domain, 0, 0x800, PAGE, RW), -EINVAL);
    assert_int_equal(nap_p2m_map(&domain, 0, 0, 0x800, RW), -EINVAL);
    assert_int_equal(nap_p2m_map(&domain, 0, 0, 0, RW), -EINVAL);
    assert_int_equal(nap_p2m_map(&domain, UINT64_C(1) << 40, 0, PAGE, RW), -EINVAL);
    assert_int_equal(nap_p2m_map(&domain, UINT64_C(0xfffffff000), 0, 2 * PAGE, RW), -EINVAL);
    assert_int_equal(nap_p2m_map(&domain, 0, UINT64_C(1) << 40, PAGE, RW), -EINVAL);
    assert_int_equal(nap_p2m_map(&domain, 0, UINT64_C(0xfffffff000), 2 * PAGE, RW), -EINVAL);
    assert_int_equal(nap_p2m_map(&domain, PAGE, 0, ~(PAGE - 1), RW), -EINVAL);
    assert_int_equal(nap_p2m_map(&domain, 0, 0, PAGE, 0), -EINVAL);
    assert_int_equal(nap_p2m_map(&domain, 0, 0, PAGE, 4), -EINVAL);
    assert_int_equal(nap_p2m_map(&no_tables, 0, 0, PAGE, RW), -EINVAL);
    assert_int_equal(ram.writes, 0);
}

static void unmap_refuses_bad_arguments(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_int_equal(nap_p2m_unmap(&domain, 0x800, PAGE), -EINVAL);
    assert_int_equal(nap_p2m_unmap(&domain, 0, 0x800), -EINVAL);
    assert_int_equal(nap_p2m_unmap(&domain, 0, 0), -EINVAL);
    assert_int_equal(nap_p2m_unmap(&domain, UINT64_C(0xfffffff000), 2 * PAGE), -EINVAL);
    assert_int_equal(ram.writes, 0);
}

static void mapped_tells_whether_any_page_is_valid(void **state)
{
    struct nap_domain domain = fresh_domain(40);

    (void)state;
    assert_false(nap_p2m_mapped(&domain, 0, 8 * BLOCK));
    assert_int_equal(nap_p2m_map(&domain, 3 * PAGE, 0, PAGE, RW), 0);
    assert_int_equal(nap_p2m_map(&domain, 4 * BLOCK, 0, BLOCK, RW), 0);
    assert_true(nap_p2m_mapped(&domain, 0, BLOCK));
    assert_true(nap_p2m_mapped(&domain, 3 * PAGE, PAGE));
    assert_false(nap_p2m_mapped(&domain, 4 * PAGE, 3 * BLOCK));
    assert_true(nap_p2m_mapped(&domain, 4 * BLOCK + PAGE, PAGE));
    assert_false(nap_p2m_mapped(&domain, 5 * BLOCK, BLOCK));
    assert_false(nap_p2m_mapped(&domain, 3 * PAGE, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_second_root_is_above_4_gib_where_there_is_ram),
        cmocka_unit_test(root_of_40_bits_is_two_pages_aligned_to_8_kib),
        cmocka_unit_test(root_of_32_bits_is_one_page),
        cmocka_unit_test(init_refuses_sizes_that_level_1_cannot_start),
        cmocka_unit_test(init_without_memory_is_enomem),
        cmocka_unit_test(mapped_pages_walk_to_their_pa),
        cmocka_unit_test(a_page_is_normal_write_back_inner_shareable_with_af),
        cmocka_unit_test(permissions_are_those_asked_for),
        cmocka_unit_test(aligned_2_mib_become_a_block),
        cmocka_unit_test(blocks_need_an_aligned_pa_too),
        cmocka_unit_test(partly_unmapped_block_is_split_and_the_rest_stays),
        cmocka_unit_test(wholly_unmapped_block_needs_no_table),
        cmocka_unit_test(unmap_of_what_is_not_mapped_writes_nothing),
        cmocka_unit_test(a_page_over_a_block_splits_the_block),
        cmocka_unit_test(a_block_over_pages_keeps_the_table),
        cmocka_unit_test(map_without_memory_changes_no_translation),
        cmocka_unit_test(unmap_without_memory_changes_no_translation),
        cmocka_unit_test(map_refuses_bad_arguments),
        cmocka_unit_test(unmap_refuses_bad_arguments),
        cmocka_unit_test(mapped_tells_whether_any_page_is_valid),
    };

    return cmocka_run_group_tests_name("p2m", tests, NULL, NULL);
}
