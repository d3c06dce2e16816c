/* SPDX-License-Identifier: MIT */
/* lib/rules/protocol.c, the rules that need only registers; whole calls and runs are in
 * test_runs.c. */
#include "judged.h"

#include "seam/seam.h"

#define UNPOWERED "unpowered-access"
#define PROTOCOL  "register-protocol"

static void a3vp_off(struct judged *j)
{
    nap_power_off(j->r.m, 1u << nap_domain_find(j->r.m, "a3vp"));
}

/* --- unpowered-access --- */

static void a_read_of_a_unit_without_power_fires(void **state)
{
    struct judged *j = *state;

    a3vp_off(j);
    (void)rig_read(&j->r, VP0, IMCTR(1));
    assert_int_equal(broken(j, UNPOWERED), 1);
    assert_string_equal(finding(j, UNPOWERED)->message,
                        "read of IMCTR[1] (0xfe990040) while vp0 is off: it reads as ones");
    assert_int_equal(finding(j, UNPOWERED)->device, j->r.vp0);
    assert_int_not_equal(finding(j, UNPOWERED)->slot, NAP_NO_SLOT);
}

static void a_write_to_a_unit_without_power_fires(void **state)
{
    struct judged *j = *state;

    a3vp_off(j);
    rig_write(&j->r, VP0, IMCTR(1), 0);
    assert_int_equal(broken(j, UNPOWERED), 1);
    assert_string_equal(finding(j, UNPOWERED)->message,
                        "write of IMCTR[1] (0xfe990040) while vp0 is off: the write is lost");
}

static void p19(struct judged *j, uint32_t value)
{
    judged_again(j, &(struct rig_options){.sw = {{"P19", value}}, .n_switches = 1});
    a3vp_off(j);
}

static void what_a_read_without_power_shows_is_told(void **state)
{
    struct judged *j = *state;

    p19(j, IPMMU_P19_ZEROS);
    assert_int_equal(rig_read(&j->r, VP0, IMCTR(1)), 0);
    assert_string_equal(finding(j, UNPOWERED)->message,
                        "read of IMCTR[1] (0xfe990040) while vp0 is off: it reads as 0");
}

/* A machine of its own: two CPUs whose interfaces have power of their own. */
static void system_registers_are_named_by_their_encoding(void **state)
{
    struct nap_findings findings = {0};
    struct nap_soc *soc;
    struct nap_machine *m;
    struct nap_judge *judge;
    const struct nap_source nowhere = {NULL, 0, NULL};

    (void)state;
    assert_int_equal(nap_builtin_soc("gicv3-its", &soc, NULL), NAP_OK);
    assert_int_equal(
        nap_machine_create(
            &(struct nap_machine_config){.soc = soc, .blocks = nap_builtin_blocks(), .slot = 1},
            &m, NULL),
        NAP_OK);
    assert_int_equal(nap_judge_create(m, NULL, 0, NULL, 0, &findings, &judge, NULL), NAP_OK);
    (void)nap_bus_sysreg_read(m, NAP_SYSREG(3, 0, 12, 12, 6), nowhere); /* no access by SRE */
    (void)nap_bus_sysreg_read(m, NAP_SYSREG(3, 7, 15, 15, 7), nowhere);
    nap_power_off(m, 1u << nap_cpu_domain(m, 0));
    (void)nap_bus_sysreg_read(m, NAP_SYSREG(3, 0, 4, 6, 0), nowhere);
    assert_int_equal(findings.n_violations, 3);
    assert_string_equal(findings.violations[0].message,
                        "read of system register S3_0_C12_C12_6 by cpu0 is UNDEFINED: "
                        "icc0.ICC_IGRPEN0_EL1 does not allow it now");
    assert_string_equal(findings.violations[1].message,
                        "read of system register S3_7_C15_C15_7 by cpu0 is UNDEFINED: no "
                        "device of this CPU has it");
    assert_string_equal(findings.violations[2].message,
                        "read of ICC_PMR_EL1 (S3_0_C4_C6_0) while icc0 is off: it reads as "
                        "ones");
    nap_judge_destroy(judge);
    nap_machine_destroy(m);
    nap_findings_free(&findings);
    nap_soc_free(soc);
}

static int read_vp0(void *context)
{
    (void)context;
    (void)nap_seam_read(VP0 + IMCTR(1), 4, "driver.c", 12);
    return 0;
}

static void an_aborted_access_fires_and_ends_the_call(void **state)
{
    struct judged *j = *state;

    p19(j, IPMMU_P19_ABORT);
    assert_int_equal(nap_seam_call(j->r.m, "resume", read_vp0, NULL), NAP_SEAM_STUCK);
    assert_string_equal(
        finding(j, UNPOWERED)->message,
        "read of IMCTR[1] (0xfe990040) while vp0 is off: the access is aborted");
    assert_string_equal(
        finding(j, "driver-panic")->message,
        "a driver call was ended: an access to a unit without power was aborted");
    assert_int_equal(finding(j, "driver-panic")->source.line, 12);
}

static void accesses_to_units_with_power_are_quiet(void **state)
{
    struct judged *j = *state;

    a3vp_off(j);
    (void)rig_read(&j->r, DS1, IMCTR(1));
    nap_power_on(j->r.m, 1u << nap_domain_find(j->r.m, "a3vp"));
    rig_write(&j->r, VP0, IMCTR(1), 0);
    assert_int_equal(broken(j, NULL), 0);
}

/* --- register-protocol --- */

static void assert_bad_access(struct judged *j, const char *message)
{
    assert_int_equal(broken(j, PROTOCOL), 1);
    assert_string_equal(finding(j, PROTOCOL)->message, message);
}

static void an_offset_without_a_register_fires(void **state)
{
    struct judged *j = *state;

    (void)rig_read(&j->r, DS1, 0xf00);
    assert_bad_access(j, "4-byte read of 0xe7740f00: ds1 has no register there for it (0xf00, "
                         "after IMUASID[47] at 0x6f8)");
}

static void a_register_of_the_other_side_fires(void **state)
{
    struct judged *j = *state;

    rig_write(&j->r, DS1, IMTTBCR(1), 0);
    assert_bad_access(j, "4-byte write of 0xe7740048: ds1 has no register there for it (0x48, "
                         "after IMCTR[1] at 0x40, before IMCTR[2] at 0x80)");
}

static void an_access_of_another_width_fires(void **state)
{
    struct judged *j = *state;

    (void)nap_bus_read(j->r.m, DS1 + IMCTR(1), 8, (struct nap_source){"x.c", 1, NULL});
    assert_bad_access(j, "8-byte read of 0xe7740040: ds1 has no register there for it (0x40, "
                         "not for IMCTR[1] at 0x40)");
}

static void an_address_where_nothing_is_fires(void **state)
{
    struct judged *j = *state;

    rig_write(&j->r, UINT64_C(0xe0000000), 0, 0);
    assert_bad_access(j,
                      "4-byte write of 0xe0000000: the machine has no register there for it");
    assert_int_equal(finding(j, PROTOCOL)->device, UINT32_MAX);
}

/* IMCTR of a cache has bits 2:0 only; Xen masks what it writes there. */
static void bits_that_a_unit_does_not_have_fire(void **state)
{
    struct judged *j = *state;

    rig_write(&j->r, DS1, IMCTR(1), XEN_IMCTR);
    assert_bad_access(j,
                      "write of 0x20000005 to bits that do not exist here (0x20000000): this "
                      "unit implements 0x7");
    assert_int_equal(finding(j, PROTOCOL)->slot, IPMMU_SLOT_IMCTR + 1);
}

static void bits_that_a_unit_has_are_quiet(void **state)
{
    struct judged *j = *state;

    rig_write(&j->r, DS1, IMCTR(1), 7);
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    rig_write(&j->r, MM, IMTTUBR0(1), 0xff);
    assert_int_equal(broken(j, NULL), 0);
}

static void memory_is_no_register(void **state)
{
    struct judged *j = *state;

    rig_write(&j->r, UINT64_C(0x48000000), 0, 0xffffffff);
    assert_int_equal(broken(j, NULL), 0);
}

/* --- what a driver's call left behind --- */

static void returns(struct judged *j, uint64_t value)
{
    struct nap_event e = nap_event_for(j->r.m, NAP_STEP_RETURN, UINT32_MAX, NAP_NO_SLOT);

    e.label = "resume";
    e.now = value;
    nap_step_done(j->r.m, &e);
}

static void gave_up(struct judged *j)
{
    judged_again(j, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    (void)rig_read(&j->r, MM, IMCTR(1));
    (void)rig_read(&j->r, MM, IMCTR(1));
}

static void success_after_a_wait_that_saw_unfinished_work_fires(void **state)
{
    struct judged *j = *state;

    gave_up(j);
    returns(j, 0);
    assert_int_equal(broken(j, "silent-failure"), 1);
    assert_string_equal(
        finding(j, "silent-failure")->message,
        "resume returned success although its wait had last seen unfinished work");
    assert_int_equal(finding(j, "silent-failure")->device, j->r.mm);
    assert_int_equal(finding(j, "silent-failure")->slot, IPMMU_SLOT_IMCTR + 1);
}

static void an_error_after_such_a_wait_is_quiet(void **state)
{
    struct judged *j = *state;

    gave_up(j);
    returns(j, (uint64_t)(int64_t)-110);
    assert_int_equal(broken(j, NULL), 0);
}

static void a_wait_that_saw_the_end_is_quiet(void **state)
{
    struct judged *j = *state;

    gave_up(j);
    (void)rig_read(&j->r, MM, IMCTR(1));
    assert_int_equal(rig_read(&j->r, MM, IMCTR(1)), XEN_IMCTR);
    returns(j, 0);
    assert_int_equal(broken(j, NULL), 0);
}

/* One look is no wait: attach reads registers with unfinished work in them. */
static void a_single_look_at_unfinished_work_is_quiet(void **state)
{
    struct judged *j = *state;

    judged_again(j, &(struct rig_options){.policy = NAP_POLICY_LAZY});
    rig_write(&j->r, MM, IMCTR(1), XEN_IMCTR | FLUSH);
    (void)rig_read(&j->r, MM, IMCTR(1));
    returns(j, 0);
    assert_int_equal(broken(j, NULL), 0);
}

static void other_work_that_was_not_waited_for_is_not_named(void **state)
{
    struct judged *j = *state;

    gave_up(j);
    rig_write(&j->r, DS1, IMCTR(1), MMUEN | FLUSH);
    rig_write(&j->r, MM, IMCTR(0), FLUSH);
    returns(j, 0);
    assert_int_equal(finding(j, "silent-failure")->device, j->r.mm);
    assert_int_equal(finding(j, "silent-failure")->slot, IPMMU_SLOT_IMCTR + 1);
}

/* --- what the driver says of itself --- */

static int panics(void *context)
{
    (void)context;
    nap_panic("lock taken twice", "toy.c", 12);
}

static int warns(void *context)
{
    (void)context;
    nap_warn("odd state", "toy.c", 34);
    nap_warn("odd state", "toy.c", 34);
    nap_warn("odd state", "toy.c", 35);
    return 0;
}

static int only_logs(void *context)
{
    (void)context;
    nap_log("panic: warning");
    return 0;
}

static void an_assertion_that_fails_fires_with_its_line(void **state)
{
    struct judged *j = *state;
    const struct nap_finding *f;

    (void)nap_seam_call(j->r.m, "probe", panics, NULL);
    assert_int_equal(broken(j, NULL), 1);
    f = finding(j, "driver-panic");
    assert_string_equal(f->message, "a driver call was ended: lock taken twice");
    assert_string_equal(f->source.file, "toy.c");
    assert_int_equal(f->source.line, 12);
    assert_int_equal(f->device, UINT32_MAX);
    assert_int_equal(noted(j, NULL), 0);
}

static void warnings_are_notes_by_line(void **state)
{
    struct judged *j = *state;

    assert_int_equal(nap_seam_call(j->r.m, "probe", warns, NULL), 0);
    assert_int_equal(broken(j, NULL), 0);
    assert_int_equal(j->findings.n_notes, 2);
    assert_int_equal(noted(j, "driver-warning"), 3);
    assert_string_equal(j->findings.notes[0].message, "the driver warned: odd state");
    assert_string_equal(j->findings.notes[0].source.file, "toy.c");
    assert_int_equal(j->findings.notes[0].source.line, 34);
}

static void strict_protocol_makes_violations_of_warnings(void **state)
{
    struct judged *j = *state;

    j->judge->strict = true;
    (void)nap_seam_call(j->r.m, "probe", warns, NULL);
    assert_int_equal(broken(j, "driver-warning"), 3);
    assert_int_equal(noted(j, NULL), 0);
}

static void a_driver_that_only_logs_is_quiet(void **state)
{
    struct judged *j = *state;

    (void)nap_seam_call(j->r.m, "probe", only_logs, NULL);
    assert_int_equal(broken(j, NULL), 0);
    assert_int_equal(noted(j, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        judged_test(a_read_of_a_unit_without_power_fires),
        judged_test(a_write_to_a_unit_without_power_fires),
        judged_test(what_a_read_without_power_shows_is_told),
        cmocka_unit_test(system_registers_are_named_by_their_encoding),
        judged_test(an_aborted_access_fires_and_ends_the_call),
        judged_test(accesses_to_units_with_power_are_quiet),
        judged_test(an_offset_without_a_register_fires),
        judged_test(a_register_of_the_other_side_fires),
        judged_test(an_access_of_another_width_fires),
        judged_test(an_address_where_nothing_is_fires),
        judged_test(bits_that_a_unit_does_not_have_fire),
        judged_test(bits_that_a_unit_has_are_quiet),
        judged_test(memory_is_no_register),
        judged_test(success_after_a_wait_that_saw_unfinished_work_fires),
        judged_test(an_error_after_such_a_wait_is_quiet),
        judged_test(a_wait_that_saw_the_end_is_quiet),
        judged_test(a_single_look_at_unfinished_work_is_quiet),
        judged_test(other_work_that_was_not_waited_for_is_not_named),
        judged_test(an_assertion_that_fails_fires_with_its_line),
        judged_test(warnings_are_notes_by_line),
        judged_test(strict_protocol_makes_violations_of_warnings),
        judged_test(a_driver_that_only_logs_is_quiet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
