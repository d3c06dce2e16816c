/* SPDX-License-Identifier: MIT */
/* Calls of the headers whose answers are known, made inside a driver object. What is wrong ends
 * the run with its line. */
#include "checks.h"

#include <xen/bitmap.h>
#include <xen/err.h>
#include <xen/iommu.h>
#include <xen/irq.h>
#include <xen/lib.h>
#include <xen/list.h>
#include <xen/spinlock.h>
#include <xen/time.h>
#include <xen/xmalloc.h>
#include <xen/xvmalloc.h>

#include <asm/atomic.h>
#include <asm/byteorder.h>
#include <asm/device.h>
#include <asm/io.h>

static void nodes(void)
{
    struct dt_device_node *mmc = dt_find_node_by_path("/bus/mmc@8100000"), *node;
    unsigned int n = 0;

    ASSERT(mmc && mmc == dt_find_node_by_path("/bus/mmc@8100000"));
    ASSERT(strcmp(mmc->name, "mmc") == 0 && strcmp(mmc->type, "<NULL>") == 0);
    ASSERT(strcmp(mmc->full_name, "/bus/mmc@8100000") == 0);
    ASSERT(strcmp(dt_get_parent(mmc)->full_name, "/bus") == 0);
    ASSERT(dt_get_parent(mmc)->parent == dt_host && !dt_host->parent);
    ASSERT(dev_to_dt(dt_to_dev(mmc)) == mmc && dev_is_dt(dt_to_dev(mmc)));
    ASSERT(!dt_find_node_by_path("/bus/nobody") && !dt_find_node_by_path("bus"));
    ASSERT(dt_find_node_by_name(NULL, "mmc") == mmc && !dt_find_node_by_name(mmc, "mmc"));
    ASSERT(dt_find_node_by_alias("disk") == dt_find_node_by_path("/bus/sata@8300000"));
    ASSERT(!dt_find_node_by_alias("tape") && !dt_find_node_by_phandle(0x7777));
    ASSERT(dt_find_node_by_type(NULL, "odd") == dt_find_node_by_path("/odd"));

    dt_for_each_child_node(dt_find_node_by_path("/bus"), node) n++;
    ASSERT(n == 9);
    n = 0;
    dt_for_each_device_node(dt_host, node) n +=
        dt_device_is_compatible(node, "RENESAS,ipmmu-r8a7795");
    ASSERT(n == 3);
}

static void matching(void)
{
    static const struct dt_device_match any_ipmmu[] = {
        DT_MATCH_PATH("/bus/iommu@570000"),
        DT_MATCH_COMPATIBLE("renesas,ipmmu-r8a7795"),
        {},
    };
    static const struct dt_device_match off[] = {DT_MATCH_NOT_AVAILABLE(), {}};
    struct dt_device_node *hc = dt_find_node_by_path("/bus/iommu@570000");
    struct dt_device_node *first = dt_find_matching_node(NULL, any_ipmmu);

    ASSERT(dt_match_node(any_ipmmu, hc) == &any_ipmmu[0]);
    ASSERT(dt_match_node(any_ipmmu, first) == &any_ipmmu[1]);
    ASSERT(dt_find_matching_node(first, any_ipmmu) == hc);
    ASSERT(!dt_match_node(any_ipmmu, dt_host) && !dt_match_node(NULL, dt_host));
    ASSERT(dt_find_matching_node(NULL, off) == dt_find_node_by_path("/odd"));
    ASSERT(dt_machine_is_compatible("renesas,r8a7795"));
    ASSERT(!dt_machine_is_compatible("renesas,r8a7796"));
}

static void properties(void)
{
    const struct dt_device_node *odd = dt_find_node_by_path("/odd");
    const char *s = NULL;
    uint32_t length = 0, numbers[3], one = 0;
    uint64_t wide = 0;

    ASSERT(dt_property_read_bool(odd, "empty") && !dt_property_read_bool(odd, "absent"));
    ASSERT(dt_find_property(odd, "numbers", &length) && length == 12);
    ASSERT(dt_property_read_u32(odd, "numbers", &one) && one == 0x11);
    ASSERT(dt_property_read_u64(odd, "numbers", &wide) && wide == 0x1100000022);
    ASSERT(dt_property_read_u32_array(odd, "numbers", numbers, 3) == 0 && numbers[2] == 0x33);
    ASSERT(dt_property_read_u32_array(odd, "numbers", numbers, 4) == -EOVERFLOW);
    ASSERT(dt_property_read_u32_array(odd, "empty", numbers, 1) == -ENODATA);
    ASSERT(dt_property_read_u32_array(odd, "absent", numbers, 1) == -EINVAL);
    ASSERT(!dt_property_read_u32(odd, "empty", &one));
    ASSERT(dt_property_read_string(odd, "words", &s) == 0 && strcmp(s, "two") == 0);
    ASSERT(dt_property_read_string(odd, "absent", &s) == -EINVAL);
    ASSERT(dt_property_read_string(odd, "empty", &s) == -ENODATA);
    ASSERT(dt_property_read_string(odd, "open", &s) == -EILSEQ);
    ASSERT(dt_property_match_string(odd, "words", "words") == 1);
    ASSERT(dt_property_match_string(odd, "words", "three") == -ENODATA);
    ASSERT(dt_read_number(dt_get_property(odd, "numbers", NULL), 2) == 0x1100000022);
}

static void references(void)
{
    const struct dt_device_node *mmc = dt_find_node_by_path("/bus/mmc@8100000");
    const struct dt_device_node *odd = dt_find_node_by_path("/odd");
    struct dt_phandle_args args;

    ASSERT(dt_count_phandle_with_args(mmc, "iommus", "#iommu-cells") == 2);
    ASSERT(!dt_parse_phandle_with_args(mmc, "iommus", "#iommu-cells", 1, &args));
    ASSERT(args.args_count == 1 && args.args[0] == 4);
    ASSERT(args.np == dt_find_node_by_path("/bus/iommu@1740000"));
    ASSERT(dt_parse_phandle_with_args(mmc, "iommus", "#iommu-cells", 2, &args) == -ENOENT);
    ASSERT(dt_parse_phandle_with_args(mmc, "absent", "#iommu-cells", 0, &args) == -ENOENT);
    /* A handle that nothing has, and one without its cell. */
    ASSERT(dt_parse_phandle_with_args(odd, "dangling", "#iommu-cells", 0, &args) == -EINVAL);
    ASSERT(dt_parse_phandle_with_args(odd, "short", "#iommu-cells", 0, &args) == -EINVAL);
    ASSERT(dt_parse_phandle(odd, "dangling", 0) == NULL);
    ASSERT(dt_parse_phandle(odd, "short", 0) == dt_find_node_by_path("/bus/iommu@570000"));
}

static void addresses_and_interrupts(void)
{
    const struct dt_device_node *hc = dt_find_node_by_path("/bus/iommu@570000");
    const struct dt_device_node *root = dt_find_node_by_path("/bus/iommu@7b0000");
    const struct dt_device_node *odd = dt_find_node_by_path("/odd");
    uint64_t address, size;
    struct dt_irq irq;

    ASSERT(dt_device_get_address(hc, 0, &address, &size) == 0);
    ASSERT(address == 0xe6570000 && size == 0x1000 && dt_number_of_address(hc) == 1);
    ASSERT(dt_device_get_address(hc, 1, &address, &size) == -EINVAL);
    /* Two cells, above 4 GiB, directly below the root. */
    ASSERT(dt_device_get_address(odd, 1, &address, &size) == 0);
    ASSERT(address == 0x712345000 && size == 0x20000000000);
    ASSERT(dt_n_addr_cells(odd) == 2 && dt_n_addr_cells(hc) == 1);
    /* Beyond what the bus passes on. */
    ASSERT(dt_device_get_address(dt_find_node_by_path("/bus/far@1b000000"), 0, &address,
                                 NULL) == -EINVAL);

    ASSERT(dt_device_get_irq(root, 1, &irq) == 0 && irq.irq == 32 + 197);
    ASSERT(irq.type == DT_IRQ_TYPE_LEVEL_HIGH);
    ASSERT(dt_device_get_irq(root, 2, &irq) == -EINVAL && platform_get_irq(root, 2) == -1);
    ASSERT(platform_get_irq(odd, 0) == 16 + 9);
}

static void memory(void)
{
    struct flexible {
        unsigned int n;
        uint32_t list[];
    } *f = xzalloc_flex_struct(struct flexible, list, 2), *longer;
    unsigned char *bytes = xmalloc_bytes(3);
    uint64_t *page = _xmalloc(8, 4096);

    ASSERT(f && bytes && page && bytes[0] != 0 && (uintptr_t)page % 4096 == 0);
    f->list[1] = 7;
    longer = xrealloc_flex_struct(f, list, 100);
    ASSERT(longer && longer->list[1] == 7 && longer->n == 0);
    ASSERT(!xzalloc_array(uint64_t, ~0UL / 4));
    xfree(NULL);
    XFREE(bytes);
    ASSERT(!bytes);
    xfree(longer);
    xvfree(page);
}

static unsigned int handled;

static void handler(int irq, void *dev)
{
    handled += irq == 300 && dev;
}

static void requests(void)
{
    int a, b;

    ASSERT(request_irq(300, 0, handler, "a", &a) == 0);
    ASSERT(request_irq(300, 0, handler, "b", &b) == -EBUSY);
    release_irq(300, &a);
    ASSERT(request_irq(300, IRQF_SHARED, handler, "a", &a) == 0);
    ASSERT(request_irq(300, IRQF_SHARED, handler, "b", &b) == 0);
    ASSERT(request_irq(300, IRQF_SHARED, handler, "b", &b) == -EBUSY);
    ASSERT(request_irq(301, IRQF_SHARED, handler, "b", NULL) == -EINVAL);
    release_irq(300, &a);
    release_irq(300, &b);
    release_irq(300, &b);
    ASSERT(handled == 0);
}

static void bits(void)
{
    DECLARE_BITMAP(map, 70);
    unsigned int bit, sum = 0;

    bitmap_zero(map, 70);
    set_bit(0, map);
    set_bit(69, map);
    ASSERT(!test_and_set_bit(65, map) && test_and_set_bit(65, map));
    for_each_set_bit(bit, map, 70) sum += bit;
    ASSERT(sum == 134 && bitmap_weight(map, 70) == 3);
    ASSERT(find_first_zero_bit(map, 70) == 1 && find_next_bit(map, 70, 66) == 69);
    ASSERT(find_first_zero_bit(map, 1) == 1 && find_next_bit(map, 65, 1) == 65);
    bitmap_fill(map, 70);
    ASSERT(bitmap_full(map, 70) && test_and_clear_bit(69, map) && !bitmap_full(map, 70));
    ASSERT(fls(0) == 0 && fls(0x80000000u) == 32 && ffs(0) == 0 && ffs(8) == 4 && flsl(1) == 1);
    ASSERT(GENMASK(7, 4) == 0xf0 && BIT(31, U) == 0x80000000u);
    ASSERT(MASK_EXTR(0x1230, 0xff0) == 0x23 && MASK_INSR(0x23, 0xff0) == 0x230);
}

struct item {
    int value;
    struct list_head at;
};

static void lists(void)
{
    LIST_HEAD(head);
    LIST_HEAD(other);
    struct item items[4] = {{1}, {2}, {3}, {4}}, *i, *next;
    int forward = 0, backward = 0;

    ASSERT(list_empty(&head) && !list_first_entry_or_null(&head, struct item, at));
    list_add(&items[1].at, &head);
    list_add(&items[0].at, &head);
    list_add_tail(&items[2].at, &head);
    list_add_tail(&items[3].at, &other);
    ASSERT(list_is_singular(&other) && !list_is_singular(&head));
    list_splice_init(&other, &head);
    list_move_tail(&items[3].at, &head);
    list_for_each_entry(i, &head, at) forward = forward * 10 + i->value;
    list_for_each_entry_reverse(i, &head, at) backward = backward * 10 + i->value;
    ASSERT(forward == 1234 && backward == 4321 && list_empty(&other));
    list_for_each_entry_safe(i, next, &head, at) list_del_init(&i->at);
    ASSERT(list_empty(&head) && list_empty(&items[2].at));
}

static void small_things(void)
{
    atomic_t count = ATOMIC_INIT(2);
    unsigned int word = 5;
    s_time_t start = NOW();
    spinlock_t lock = SPIN_LOCK_UNLOCKED;

    ASSERT(IS_ENABLED(CONFIG_SYSTEM_SUSPEND) && !IS_ENABLED(CONFIG_ACPI));
    ASSERT(min(3, -1) == -1 && max(3u, 4u) == 4u && min_t(uint8_t, 0x101, 2) == 1);
    ASSERT(IS_ERR(ERR_PTR(-ENODEV)) && PTR_ERR(ERR_PTR(-ENODEV)) == -ENODEV && !IS_ERR(&count));
    ASSERT(IS_ERR_OR_NULL(NULL) && PTR_RET(&count) == 0);
    ASSERT(!atomic_dec_and_test(&count) && atomic_dec_and_test(&count));
    ASSERT(cmpxchg(&word, 5u, 6u) == 5 && cmpxchg(&word, 5u, 7u) == 6 && xchg(&word, 1u) == 6);
    ASSERT(ROUNDUP(5, 4) == 8 && DIV_ROUND_UP(5, 4) == 2 && ARRAY_SIZE(((int[]){1, 2})) == 2);
    ASSERT(cpu_to_be32(0x11223344u) == 0x44332211u && le32_to_cpu(1) == 1);
    ASSERT(NOW() > start && NOW() - start < MILLISECS(1));
    ASSERT(spin_trylock(&lock) && !spin_trylock(&lock) && spin_is_locked(&lock));
    spin_unlock(&lock);
}

void check_headers(void)
{
    nodes();
    matching();
    properties();
    references();
    addresses_and_interrupts();
    memory();
    requests();
    bits();
    lists();
    small_things();
    printk("all checks hold\n");
}
