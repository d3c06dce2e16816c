/* SPDX-License-Identifier: MIT */
/* A driver that looks for a register in the wrong place is told what it hit instead. Addresses
 * are typed from docs/ipmmu-facts.md 1.2 and 6, H32 to H34. */
#include "rig.h"

/* Nine guests of one master each: contexts 1 to 9. */
static const char nine_guests[] =
    "scenario: nine\ntitle: Nine guests\ndriver: ipmmu\nsocs: [rcar-v4h]\n"
    "variants: [recommended]\nvary: []\n"
    "domains:\n"
    "  - {name: g1, masters: [dmac0], mappings: []}\n"
    "  - {name: g2, masters: [dmac1], mappings: []}\n"
    "  - {name: g3, masters: [mmc0], mappings: []}\n"
    "  - {name: g4, masters: [avb0], mappings: []}\n"
    "  - {name: g5, masters: [avb1], mappings: []}\n"
    "  - {name: g6, masters: [avb2], mappings: []}\n"
    "  - {name: g7, masters: [fcpvd0], mappings: []}\n"
    "  - name: g8\n    masters: [fcpvd1]\n    mappings:\n"
    "      - {iova: 0x50000000, pa: 0x58000000, size: 0x200000, access: rw}\n"
    "  - {name: g9, masters: [fcpvx0], mappings: []}\n"
    "operations:\n  - probe\n  - attach: g1\n  - attach: g2\n  - attach: g3\n  - attach: g4\n"
    "  - attach: g5\n  - attach: g6\n  - attach: g7\n  - attach: g8\n  - attach: g9\n"
    "  - dma: g8\n  - suspend\n  - power-cycle\n  - resume\n";

static void open_on(struct rig *r, const char *soc, const char *variant)
{
    rig_open(r, variant);
    nap_soc_free(r->soc);
    assert_int_equal(nap_builtin_soc(soc, &r->soc, NULL), NAP_OK);
    r->config.soc = r->soc;
}

static void open_nine(struct rig *r, const char *variant)
{
    struct nap_error error = {0};

    open_on(r, "rcar-v4h", variant);
    nap_scenario_free(r->scenario);
    if (nap_scenario_load(nine_guests, sizeof(nine_guests) - 1, "nine.yaml", &r->scenario,
                          &error))
        fail_msg("%s", error.text);
    r->config.scenario = r->scenario;
}

/* Whether some violation of that rule says exactly that; @reg is the register it names, or NULL
 * for none. */
static bool says(const struct rig *r, const struct nap_findings *f, const char *rule,
                 const char *reg, const char *message)
{
    (void)r;
    for (unsigned i = 0; i < f->n_violations; i++) {
        const struct nap_finding *v = &f->violations[i];

        if (strcmp(v->rule->id, rule) == 0 && strcmp(v->message, message) == 0)
            return reg ? v->slot != NAP_NO_SLOT : v->slot == NAP_NO_SLOT;
    }
    for (unsigned i = 0; i < f->n_violations; i++)
        print_message("%s: %s\n", f->violations[i].rule->id, f->violations[i].message);
    return false;
}

static void the_right_form_is_clean_with_nine_guests(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_nine(&r, "recommended");
    rig_run(&r, NULL, &result);
    assert_int_equal(result.findings.n_violations, 0);
    nap_run_result_free(&result);
    rig_close(&r);
}

/* H32: 0x10000 + 8 * 0x1040 is 0x18200, the bank of context 8 is at 0x18800. */
static void a_context_looked_for_too_low_hits_nothing(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_nine(&r, "context-offset");
    rig_run(&r, NULL, &result);
    assert_true(
        says(&r, &result.findings, "register-protocol", NULL,
             "4-byte write of 0xeefd8210: mm has no register there for it (0x18210, after "
             "IMEUAR[7] at 0x171f4, before IMCTR[8] at 0x18800)"));
    assert_true(has_rule(result.findings.violations, result.findings.n_violations,
                         "ipmmu-root-before-utlb"));
    assert_true(
        has_rule(result.findings.violations, result.findings.n_violations, "dma-isolation"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* H33 on Gen3: 0x300 + 16 * 32 is IMSCTLR. The port stays off. */
static void a_port_looked_for_too_low_hits_imsctlr_on_gen3(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_on(&r, "rcar-h3", "port-offset");
    rig_run(&r, NULL, &result);
    assert_true(
        says(&r, &result.findings, "register-protocol", "IMSCTLR",
             "write of 0x11 to bits that do not exist here (0x11): this unit implements "
             "0xf0000000"));
    assert_true(
        says(&r, &result.findings, "register-protocol", NULL,
             "4-byte write of 0xe7740508: ds1 has no register there for it (0x508, after "
             "IMSCTLR at 0x500, before IMPFMCTR at 0x580)"));
    assert_true(
        has_rule(result.findings.violations, result.findings.n_violations, "dma-isolation"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* H33 on Gen4: between the windows there is nothing. */
static void a_port_looked_for_too_low_hits_nothing_on_gen4(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_on(&r, "rcar-v4h", "port-offset");
    rig_run(&r, NULL, &result);
    assert_true(
        says(&r, &result.findings, "register-protocol", NULL,
             "4-byte write of 0xeed03500: ds0 has no register there for it (0x3500, after "
             "IMUASID[31] at 0x34f8, before IMUCTR[32] at 0x3600)"));
    assert_true(
        has_rule(result.findings.violations, result.findings.n_violations, "dma-isolation"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* H34: IMSCTLR and IMSAUXCTLR at 0x500 and 0x504 of a Gen4 unit. */
static void controls_looked_for_at_their_gen3_place_hit_nothing(void **state)
{
    struct nap_run_result result;
    struct rig r;

    (void)state;
    open_on(&r, "rcar-s4", "control-offset");
    rig_run(&r, NULL, &result);
    assert_true(
        says(&r, &result.findings, "register-protocol", NULL,
             "4-byte write of 0xeefc0504: mm has no register there for it (0x504, before "
             "IMSCTLR at 0x1500)"));
    assert_true(
        says(&r, &result.findings, "register-protocol", NULL,
             "4-byte write of 0xeed00500: ds0 has no register there for it (0x500, before "
             "IMSCTLR at 0x1500)"));
    nap_run_result_free(&result);
    rig_close(&r);
}

/* On Gen3 the same two tables are right: no context from 8 on, and the controls are there. */
static void on_gen3_two_of_the_mistakes_are_none(void **state)
{
    static const char *const forms[] = {"context-offset", "control-offset"};

    (void)state;
    for (unsigned i = 0; i < COUNT_OF(forms); i++) {
        struct nap_run_result result;
        struct rig r;

        open_on(&r, "rcar-h3", forms[i]);
        rig_run(&r, NULL, &result);
        assert_int_equal(result.findings.n_violations, 0);
        nap_run_result_free(&result);
        rig_close(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_form_is_clean_with_nine_guests),
        cmocka_unit_test(a_context_looked_for_too_low_hits_nothing),
        cmocka_unit_test(a_port_looked_for_too_low_hits_imsctlr_on_gen3),
        cmocka_unit_test(a_port_looked_for_too_low_hits_nothing_on_gen4),
        cmocka_unit_test(controls_looked_for_at_their_gen3_place_hit_nothing),
        cmocka_unit_test(on_gen3_two_of_the_mistakes_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
