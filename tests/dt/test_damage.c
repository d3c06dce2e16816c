/* SPDX-License-Identifier: MIT */
/* The board, damaged in many ways: each result is refused with a reason of one line, or it is a
 * machine that is sound in all its parts. The damage is the same in every run. */
#include "board.h"

#include "sound.h"

#include <regnap/machine.h>

struct random {
    uint64_t state;
};

/* splitmix64, so that no library decides which damage is tried. */
static uint64_t next(struct random *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static size_t below(struct random *r, size_t n)
{
    return (size_t)(next(r) % n);
}

struct tally {
    unsigned refused, accepted, created;
};

/* --- one damaged blob --- */

static void assert_one_line(const char *text)
{
    size_t length = strlen(text);

    assert_true(length > strlen("b.dtb: "));
    assert_null(strpbrk(text, "\n\r\t"));
}

static void assert_creates_or_refuses(const struct nap_soc *soc, struct tally *tally)
{
    struct nap_machine_config config = {.soc = soc, .blocks = nap_builtin_blocks()};
    struct nap_error error = {0};
    struct nap_machine *m;

    if (nap_machine_create(&config, &m, &error)) {
        assert_null(m);
        assert_one_line(error.text);
        return;
    }
    tally->created++;
    for (unsigned i = 0; i < nap_device_count(m); i++)
        assert_int_equal(nap_device_find(m, nap_device_name(m, i)), i);
    nap_machine_destroy(m);
}

static void judge(const void *blob, size_t bytes, struct tally *tally)
{
    struct nap_error error = {0};
    struct nap_soc *soc = NULL;
    char *own = malloc(bytes + 1); /* its own, so that a read beyond it is seen */
    enum nap_err err;

    assert_non_null(own);
    memcpy(own + 1, blob, bytes);
    err = nap_soc_load_tree(own + 1, bytes, "b.dtb", nap_builtin_blocks(), &soc, &error);
    free(own);
    if (err) {
        tally->refused++;
        assert_null(soc);
        assert_int_equal(error.code, err);
        assert_one_line(error.text);
        return;
    }
    tally->accepted++;
    if (sound(soc))
        fail_msg("accepted, but not: %s", sound(soc));
    assert_creates_or_refuses(soc, tally);
    nap_soc_free(soc);
}

static void tell(const char *what, const struct tally *tally, unsigned expected)
{
    print_message("%s: %u refused, %u accepted (%u machines)\n", what, tally->refused,
                  tally->accepted, tally->created);
    assert_int_equal(tally->refused + tally->accepted, expected);
}

/* --- kinds of damage --- */

static void packed_board(struct tree *t)
{
    board(t);
    ok(fdt_pack(t->blob));
}

static void flipped_bits(void **state)
{
    struct random r = {1};
    struct tally tally = {0};
    struct tree good, t;

    (void)state;
    packed_board(&good);
    for (unsigned i = 0; i < 1000; i++) {
        t = good;
        for (size_t n = 1 + below(&r, 4); n > 0; n--)
            t.blob[below(&r, fdt_totalsize(good.blob))] ^= (char)(1u << below(&r, 8));
        judge(t.blob, fdt_totalsize(good.blob), &tally);
    }
    tell("flipped bits", &tally, 1000);
    assert_true(tally.refused > 100 && tally.accepted > 100);
}

static void cells_with_absurd_values(void **state)
{
    static const uint32_t absurd[] = {0,          1,          2,          3,         9,
                                      0x30,       0x40,       0xffff,     0x10000,   0x7fffffff,
                                      0x80000000, 0xfffffffc, 0xffffffff, 0xd00dfeed};
    struct random r = {2};
    struct tally tally = {0};
    struct tree good, t;
    fdt32_t cell;

    (void)state;
    packed_board(&good);
    /* Each cell of header and structure block in turn, with one absurd value. */
    for (size_t at = 0; at + 4 <= fdt_totalsize(good.blob); at += 4) {
        t = good;
        cell = cpu_to_fdt32(absurd[below(&r, COUNT_OF(absurd))]);
        memcpy(t.blob + at, &cell, sizeof(cell));
        judge(t.blob, fdt_totalsize(good.blob), &tally);
    }
    tell("absurd cells", &tally, fdt_totalsize(good.blob) / 4);
}

static void every_header_field_with_every_absurd_value(void **state)
{
    static const uint32_t absurd[] = {0,          1,    3,          0x27,      0x28,
                                      0x29,       0x38, 0x1000,     0x200001,  0x7fffffff,
                                      0x80000000, 16,   0xfffffffc, 0xffffffff};
    struct tally tally = {0};
    struct tree good, t;
    fdt32_t cell;

    (void)state;
    packed_board(&good);
    for (size_t at = 0; at < 40; at += 4)
        for (size_t i = 0; i < COUNT_OF(absurd); i++) {
            t = good;
            cell = cpu_to_fdt32(absurd[i]);
            memcpy(t.blob + at, &cell, sizeof(cell));
            judge(t.blob, fdt_totalsize(good.blob), &tally);
        }
    tell("absurd headers", &tally, 140);
}

/* One property of one node gets another's value, some cells, or another length: well-formed
 * trees with wrong and cyclic references, widths and sizes. */
static void properties_with_wrong_values(void **state)
{
    static const char *const paths[] = {"/",
                                        "/memory@48000000",
                                        "/soc",
                                        "/soc/interrupt-controller@f1010000",
                                        "/soc/system-controller@e6180000",
                                        "/soc/clock-controller@e6150000",
                                        "/soc/iommu@e6740000",
                                        "/soc/iommu@e67b0000",
                                        "/soc/iommu@fe990000",
                                        "/soc/iommu@2b400000",
                                        "/soc/dma-controller@e6700000",
                                        "/soc/mmc@ee100000",
                                        "/soc/pcie@fe000000",
                                        "/soc/bus@d0000000",
                                        "/soc/bus@d0000000/usb@1000",
                                        "/display"};
    static const char *const properties[] = {
        "reg",           "ranges",      "#address-cells",     "#size-cells",
        "#iommu-cells",  "interrupts",  "#interrupt-cells",   "interrupt-parent",
        "iommus",        "iommu-map",   "iommu-map-mask",     "power-domains",
        "phandle",       "status",      "renesas,ipmmu-main", "#power-domain-cells",
        "linux,phandle", "device_type", "compatible",         "interrupts-extended"};
    static const uint32_t values[] = {0,      1,      GIC,  SYSC,       CPG,        MM,
                                      DS0,    VP0,    SMMU, 32,         47,         48,
                                      0x1000, 0xffff, 0x99, 0x7fffffff, 0xffffffff, 4};
    struct random r = {3};
    struct tally tally = {0};
    struct tree good, t;

    (void)state;
    board(&good);
    for (unsigned i = 0; i < 3000; i++) {
        uint32_t cells[12];
        size_t n = below(&r, COUNT_OF(cells) + 1);
        const char *path = paths[below(&r, COUNT_OF(paths))];
        const char *property = properties[below(&r, COUNT_OF(properties))];

        for (size_t c = 0; c < n; c++)
            cells[c] = values[below(&r, COUNT_OF(values))];
        t = good;
        if (below(&r, 8) == 0)
            set_bytes(&t, path, property, cells, n > 0 ? n * 4 - below(&r, 4) : 0);
        else
            set_cells(&t, path, property, cells, n);
        judge(t.blob, sizeof(t.blob), &tally);
    }
    tell("wrong properties", &tally, 3000);
    assert_true(tally.refused > 100 && tally.accepted > 100);
}

/* Every reference leads to every node, the node itself included. */
static void references_in_circles(void **state)
{
    static const uint32_t phandles[] = {GIC, SYSC, CPG, MM, DS0, VP0, SMMU, 0, 0x99};
    static const char *const users[] = {"/",
                                        "/soc",
                                        "/soc/iommu@e6740000",
                                        "/soc/iommu@e67b0000",
                                        "/soc/iommu@fe990000",
                                        "/soc/interrupt-controller@f1010000"};
    static const char *const properties[] = {"renesas,ipmmu-main", "interrupt-parent",
                                             "power-domains", "iommus", "interrupts-extended"};
    struct tally tally = {0};
    struct tree good, t;

    (void)state;
    board(&good);
    for (size_t u = 0; u < COUNT_OF(users); u++)
        for (size_t p = 0; p < COUNT_OF(properties); p++)
            for (size_t i = 0; i < COUNT_OF(phandles); i++) {
                t = good;
                SET(&t, users[u], properties[p], phandles[i], 5);
                judge(t.blob, sizeof(t.blob), &tally);
            }
    tell("circles", &tally, 270);
}

/* Random bytes behind a header that fits them. */
static void noise_in_a_good_frame(void **state)
{
    struct random r = {4};
    struct tally tally = {0};
    struct tree good, t;

    (void)state;
    packed_board(&good);
    for (unsigned i = 0; i < 300; i++) {
        size_t begin = 56 + below(&r, 400), n = 1 + below(&r, 200);

        t = good;
        for (size_t at = begin; at < begin + n; at++)
            t.blob[at] = (char)(i % 3 ? next(&r) : below(&r, 10));
        judge(t.blob, fdt_totalsize(good.blob), &tally);
    }
    tell("noise", &tally, 300);
}

/* As many properties and references as fit: what is asked for each reference must not depend on
 * how much its target holds. The time limit of the suite is the judge. */
static void long_lists_take_no_long_time(void **state)
{
    enum { BYTES = 2 << 20, MANY = 50000 };
    struct tally tally = {0};
    char *blob = malloc(BYTES);
    fdt32_t *list = calloc(MANY, 2 * sizeof(*list));

    (void)state;
    assert_non_null(blob);
    assert_non_null(list);
    for (uint32_t i = 0; i < MANY; i++)
        list[2 * i] = cpu_to_fdt32(1);
    ok(fdt_create(blob, BYTES));
    ok(fdt_finish_reservemap(blob));
    ok(fdt_begin_node(blob, ""));
    ok(fdt_begin_node(blob, "iommu@10000000"));
    for (unsigned i = 0; i < MANY; i++)
        ok(fdt_property(blob, "empty", NULL, 0));
    ok(fdt_property(blob, "compatible", "renesas,ipmmu-r8a7795", 22));
    ok(fdt_property(blob, "reg", "\0\0\0\0\x10\0\0\0\0\0\x10", 12));
    ok(fdt_property_u32(blob, "#iommu-cells", 1));
    ok(fdt_property_u32(blob, "#power-domain-cells", 0));
    ok(fdt_property_u32(blob, "phandle", 1));
    ok(fdt_end_node(blob));
    ok(fdt_begin_node(blob, "master"));
    ok(fdt_property(blob, "iommus", list, (int)(2 * MANY * sizeof(*list))));
    for (uint32_t i = 0; i < MANY; i++)
        list[i] = cpu_to_fdt32(1);
    ok(fdt_property(blob, "power-domains", list, (int)(MANY * sizeof(*list))));
    ok(fdt_end_node(blob));
    ok(fdt_end_node(blob));
    ok(fdt_finish(blob));
    judge(blob, fdt_totalsize(blob), &tally);
    tell("long lists", &tally, 1);
    assert_int_equal(tally.created, 1);
    free(list);
    free(blob);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flipped_bits),
        cmocka_unit_test(cells_with_absurd_values),
        cmocka_unit_test(every_header_field_with_every_absurd_value),
        cmocka_unit_test(properties_with_wrong_values),
        cmocka_unit_test(references_in_circles),
        cmocka_unit_test(noise_in_a_good_frame),
        cmocka_unit_test(long_lists_take_no_long_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
