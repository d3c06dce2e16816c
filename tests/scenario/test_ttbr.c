/* SPDX-License-Identifier: MIT */
/* A driver that does not bring both halves of a table base back (docs/ipmmu-facts.md 6, H31).
 * Where a machine has RAM above 4 GiB, the root of guest2 is there: in the upper half of the
 * topmost bank of the machine's description, which gives the values of IMTTUBR0 here. */
#include "rig.h"

#define ROOT  "ipmmu-root-before-utlb"
#define ALIKE "state-equivalence"
#define WRITE "register-protocol"

static const char *const high[] = {"rcar-h3", "rcar-v4h"};

static void open_on(struct rig *r, const char *soc, const char *variant)
{
    rig_open(r, variant);
    nap_soc_free(r->soc);
    assert_int_equal(nap_builtin_soc(soc, &r->soc, NULL), NAP_OK);
    r->config.soc = r->soc;
}

static void assert_breaks(const char *soc, const char *variant, const char *const *rules,
                          unsigned n)
{
    struct nap_run_result result;
    struct rig r;

    print_message("%s, %s\n", soc, variant);
    open_on(&r, soc, variant);
    rig_run(&r, NULL, &result);
    assert_violates_exactly(&result.findings, rules, n);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* The first violation of that rule. */
static void assert_begins(const char *soc, const char *variant, const char *rule,
                          const char *begin)
{
    struct nap_run_result result;
    struct rig r;
    unsigned i = 0;

    open_on(&r, soc, variant);
    rig_run(&r, NULL, &result);
    while (i < result.findings.n_violations &&
           strcmp(result.findings.violations[i].rule->id, rule) != 0)
        i++;
    assert_true(i < result.findings.n_violations);
    if (strncmp(result.findings.violations[i].message, begin, strlen(begin)) != 0)
        fail_msg("%s", result.findings.violations[i].message);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* RAM of H3 ends with 1 GiB at 0x7_0000_0000, that of V4H with 4 GiB at 0x6_0000_0000. */
static void an_upper_half_of_0_is_seen_by_where_the_walk_starts(void **state)
{
    static const char *const rules[] = {ALIKE};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(high); i++)
        assert_breaks(high[i], "imttubr-zero", rules, COUNT_OF(rules));
    assert_begins("rcar-h3", "imttubr-zero", ALIKE,
                  "mm.IMTTUBR0[2] is 0x0 after resume and was 0x7 at suspend entry; ");
    assert_begins("rcar-v4h", "imttubr-zero", ALIKE,
                  "mm.IMTTUBR0[2] is 0x0 after resume and was 0x6 at suspend entry; ");
}

/* M3-N, E3, D3, V3M, V3H and V4M have no RAM above 4 GiB: 0 is right there. */
static void without_ram_above_4_gib_an_upper_half_of_0_is_right(void **state)
{
    static const char *const low[] = {"rcar-m3n", "rcar-e3",  "rcar-d3",
                                      "rcar-v3m", "rcar-v3h", "rcar-v4m"};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(low); i++)
        assert_breaks(low[i], "imttubr-zero", NULL, 0);
}

static void an_upper_half_that_is_skipped_is_seen(void **state)
{
    static const char *const rules[] = {ROOT, "use-of-unwritten", ALIKE};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(high); i++)
        assert_breaks(high[i], "no-imttubr", rules, COUNT_OF(rules));
    assert_begins("rcar-h3", "no-imttubr", ALIKE,
                  "mm.IMTTUBR0[2] is 0x0 after resume and was 0x7 at suspend entry; ");
}

static void halves_that_are_swapped_are_seen(void **state)
{
    static const char *const rules[] = {WRITE, ALIKE};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(high); i++)
        assert_breaks(high[i], "ttbr-swapped", rules, COUNT_OF(rules));
    assert_begins("rcar-h3", "ttbr-swapped", WRITE,
                  "write of 0x64000000 to bits that do not exist here (0x64000000)");
}

static void whoever_restores_both_is_clean(void **state)
{
    static const char *const variants[] = {"recommended", "recommended-live",
                                           "recommended-hold", "two-pass-sync"};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(high) * COUNT_OF(variants); i++)
        assert_breaks(high[i / COUNT_OF(variants)], variants[i % COUNT_OF(variants)], NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upper_half_of_0_is_seen_by_where_the_walk_starts),
        cmocka_unit_test(without_ram_above_4_gib_an_upper_half_of_0_is_right),
        cmocka_unit_test(an_upper_half_that_is_skipped_is_seen),
        cmocka_unit_test(halves_that_are_swapped_are_seen),
        cmocka_unit_test(whoever_restores_both_is_clean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
