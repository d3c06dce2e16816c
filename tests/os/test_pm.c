/* SPDX-License-Identifier: MIT */
/* lib/os/pm.c: references, and what they wake. The machine's driver is in this file. */
#include "as_driver.h"

#include "os/os.h"

#include <errno.h>

static char calls[256];
static int answer_on, answer_off;

static void note(const char *what, const struct nap_device *d)
{
    size_t at = strlen(calls);

    (void)snprintf(calls + at, sizeof calls - at, "%s:%s%s ", what, d->name,
                   nap_device_powered(d) ? "" : "?");
}

static int device_on(struct nap_device *d)
{
    note("on", d);
    return answer_on;
}

static int device_off(struct nap_device *d)
{
    note("off", d);
    return answer_off;
}

static const struct nap_driver driver = {
    .abi = NAP_DRIVER_ABI, .name = "here", .device_off = device_off, .device_on = device_on};

static struct nap_device devices[3];

static int pm_setup(void **state)
{
    struct nap_machine *m = odd_machine();

    m->driver = &driver;
    for (unsigned i = 0; i < 3; i++) {
        devices[i] = (struct nap_device){.index = i};
        (void)strcpy(devices[i].name, nap_device_name(m, i));
    }
    calls[0] = 0;
    answer_on = answer_off = 0;
    *state = m;
    return 0;
}

static unsigned usage(const struct nap_machine *m, unsigned device)
{
    return m->st->os.devices[device].usage;
}

/* As the runner leaves a device that nobody held. */
static void put_to_sleep(struct nap_machine *m, unsigned device)
{
    nap_pm_begins(m, device);
    nap_pm_ended(m, device, true, 0);
    nap_pm_cut(m, nap_pm_domains_to_cut(m, device), true);
}

/* Device c is alone in domain apart. */
static void c_is_asleep(struct nap_machine *m)
{
    nap_pm_enable(&devices[DEV_C]);
    put_to_sleep(m, DEV_C);
    assert_false(nap_device_on(m, DEV_C));
}

DRIVER_TEST(a_reference_of_a_device_that_is_on_only_counts)
{
    assert_int_equal(nap_pm_get(&devices[DEV_C]), 0);
    assert_int_equal(nap_pm_get(&devices[DEV_C]), 0);
    assert_int_equal(usage(context, DEV_C), 2);
    nap_pm_put(&devices[DEV_C]);
    assert_int_equal(usage(context, DEV_C), 1);
    assert_string_equal(calls, "");
    return 0;
}

DRIVER_TEST(a_reference_wakes_a_device_within_the_call)
{
    struct nap_machine *m = context;
    struct recorder r;

    c_is_asleep(m);
    assert_true(nap_pm_asleep(&devices[DEV_C]));
    record(m, &r);
    assert_int_equal(nap_pm_get(&devices[DEV_C]), 0);
    stop_recording(m);

    assert_string_equal(calls, "on:c ");
    assert_true(nap_device_on(m, DEV_C));
    assert_false(nap_pm_asleep(&devices[DEV_C]));
    assert_int_equal(m->st->os.domains_down, 0);
    assert_int_equal(r.n, 7);
    assert_non_null(strstr(r.text[0], "os         pm get of c: 0 -> 1  "));
    assert_non_null(strstr(r.text[1], "os         pm wake of c: 0 -> 1  "));
    assert_string_equal(r.list[2].label, "units wake");
    assert_int_equal(r.list[3].kind, NAP_STEP_POWER);
    assert_int_equal(r.list[4].kind, NAP_STEP_CALL);
    assert_string_equal(r.list[5].label, "device_on");
    assert_string_equal(r.list[6].label, NAP_LABEL_AWAKE);
    return 0;
}

/* b lies in leaf, below mid with a, below root. */
DRIVER_TEST(the_domains_above_come_on_as_well)
{
    struct nap_machine *m = context;

    nap_pm_enable(&devices[DEV_A]);
    nap_pm_enable(&devices[DEV_B]);
    put_to_sleep(m, DEV_B);
    put_to_sleep(m, DEV_A);
    assert_int_equal(m->st->domains_on & (BIT(DOMAIN_MID) | BIT(DOMAIN_LEAF)), 0);
    assert_int_equal(nap_pm_get(&devices[DEV_B]), 0);
    assert_string_equal(calls, "on:b ");
    assert_true(nap_device_on(m, DEV_A));
    assert_true(nap_pm_asleep(&devices[DEV_A])); /* its driver has not been told */
    assert_int_equal(nap_pm_get(&devices[DEV_A]), 0);
    assert_string_equal(calls, "on:b on:a ");
    return 0;
}

DRIVER_TEST(a_domain_stays_on_while_a_device_in_or_below_it_is_awake)
{
    struct nap_machine *m = context;

    nap_pm_enable(&devices[DEV_A]);
    put_to_sleep(m, DEV_A);
    assert_true(nap_device_on(m, DEV_A));
    nap_pm_enable(&devices[DEV_B]);
    put_to_sleep(m, DEV_B);
    assert_int_equal(m->st->domains_on & BIT(DOMAIN_LEAF), 0);
    return 0;
}

DRIVER_TEST(where_the_driver_cannot_wake_it_the_device_is_off_again)
{
    struct nap_machine *m = context;

    c_is_asleep(m);
    answer_on = -ETIMEDOUT;
    assert_int_equal(nap_pm_get(&devices[DEV_C]), -ETIMEDOUT);
    assert_int_equal(usage(m, DEV_C), 0);
    assert_false(nap_device_on(m, DEV_C));
    assert_true(nap_pm_asleep(&devices[DEV_C]));
    assert_int_equal(m->st->asleep, NAP_AWAKE);
    return 0;
}

DRIVER_TEST(a_device_that_is_off_without_power_management_is_not_to_be_had)
{
    struct nap_machine *m = context;

    nap_power_off(m, BIT(DOMAIN_APART));
    assert_int_equal(nap_pm_get(&devices[DEV_C]), -EACCES);
    assert_int_equal(usage(m, DEV_C), 0);
    assert_string_equal(calls, "");
    return 0;
}

DRIVER_TEST(nothing_is_woken_while_the_system_sleeps)
{
    struct nap_machine *m = context;

    c_is_asleep(m);
    nap_set_asleep(m, true);
    assert_int_equal(nap_pm_get(&devices[DEV_C]), -EACCES);
    assert_int_equal(nap_pm_get(&devices[DEV_B]), 0); /* it is on */
    nap_set_asleep(m, false);
    assert_int_equal(nap_pm_get(&devices[DEV_C]), 0);
    return 0;
}

DRIVER_TEST(a_reference_if_active_never_wakes)
{
    struct nap_machine *m = context;

    assert_int_equal(nap_pm_get_if_active(&devices[DEV_C]), -EINVAL);
    nap_pm_enable(&devices[DEV_C]);
    assert_int_equal(nap_pm_get_if_active(&devices[DEV_C]), 1);
    assert_int_equal(usage(m, DEV_C), 1);
    nap_pm_put(&devices[DEV_C]);
    put_to_sleep(m, DEV_C);
    assert_int_equal(nap_pm_get_if_active(&devices[DEV_C]), 0);
    assert_int_equal(usage(m, DEV_C), 0);
    assert_string_equal(calls, "");
    return 0;
}

DRIVER_TEST(a_reference_may_fail_for_a_reason_of_the_os)
{
    struct script s = {{1}, 0, {{0}}};
    struct nap_machine *m = context;

    m->st->faults_left = 1;
    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_FAIL));
    assert_int_equal(nap_pm_get(&devices[DEV_C]), -EIO);
    assert_int_equal(usage(m, DEV_C), 0);
    assert_string_equal(s.asked[0].label, "pm get");
    nap_set_chooser(m, NULL, NULL, 0);
    return 0;
}

/* --- the last reference --- */

static void put_last(struct nap_machine *m, uint32_t chosen)
{
    struct script s = {{chosen}, 0, {{0}}};

    nap_pm_enable(&devices[DEV_C]);
    assert_int_equal(nap_pm_get(&devices[DEV_C]), 0);
    choose_by(m, &s, NAP_CHOICE_BIT(NAP_CHOOSE_IDLE));
    nap_pm_put(&devices[DEV_C]);
    nap_set_chooser(m, NULL, NULL, 0);
    assert_int_equal(s.n_asked, 1);
}

DRIVER_TEST(with_its_last_reference_a_device_may_go_off)
{
    put_last(context, 1);
    assert_string_equal(calls, "off:c ");
    assert_false(nap_device_on(context, DEV_C));
    return 0;
}

DRIVER_TEST(or_it_stays_on)
{
    put_last(context, 0);
    assert_string_equal(calls, "");
    assert_true(nap_device_on(context, DEV_C));
    return 0;
}

DRIVER_TEST(a_driver_that_is_busy_keeps_it_on)
{
    answer_off = -EBUSY;
    put_last(context, 1);
    assert_true(nap_device_on(context, DEV_C));
    assert_false(nap_pm_asleep(&devices[DEV_C]));
    return 0;
}

DRIVER_TEST(without_power_management_nothing_goes_off)
{
    struct script s = {{1}, 0, {{0}}};

    assert_int_equal(nap_pm_get(&devices[DEV_C]), 0);
    choose_by(context, &s, NAP_CHOICE_BIT(NAP_CHOOSE_IDLE));
    nap_pm_put(&devices[DEV_C]);
    nap_set_chooser(context, NULL, NULL, 0);
    assert_int_equal(s.n_asked, 0);
    return 0;
}

DRIVER_TEST(a_reference_that_nobody_holds_is_not_put_back)
{
    struct recorder r;

    record(context, &r);
    nap_pm_put(&devices[DEV_C]);
    stop_recording(context);
    assert_int_equal(usage(context, DEV_C), 0);
    assert_int_equal(r.list[0].index, NAP_OS_PM_PUT);
    assert_int_equal(r.list[0].was, 0);
    return 0;
}

#define PM_TEST(name) cmocka_unit_test_setup_teardown(name, pm_setup, machine_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PM_TEST(a_reference_of_a_device_that_is_on_only_counts),
        PM_TEST(a_reference_wakes_a_device_within_the_call),
        PM_TEST(the_domains_above_come_on_as_well),
        PM_TEST(a_domain_stays_on_while_a_device_in_or_below_it_is_awake),
        PM_TEST(where_the_driver_cannot_wake_it_the_device_is_off_again),
        PM_TEST(a_device_that_is_off_without_power_management_is_not_to_be_had),
        PM_TEST(nothing_is_woken_while_the_system_sleeps),
        PM_TEST(a_reference_if_active_never_wakes),
        PM_TEST(a_reference_may_fail_for_a_reason_of_the_os),
        PM_TEST(with_its_last_reference_a_device_may_go_off),
        PM_TEST(or_it_stays_on),
        PM_TEST(a_driver_that_is_busy_keeps_it_on),
        PM_TEST(without_power_management_nothing_goes_off),
        PM_TEST(a_reference_that_nobody_holds_is_not_put_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
