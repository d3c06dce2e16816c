/* SPDX-License-Identifier: MIT */
/* Registers of a GICv2 distributor with one security state, and the states of an interrupt that
 * they show. */
#include "v2_rig.h"

/* --- what is there --- */

static void words_beyond_the_lines_read_0_and_ignore_writes(void **state)
{
    static const uint32_t beyond[] = {
        GICD_IGROUPR + 12,    GICD_ISENABLER + 12, GICD_ISPENDR + 12, GICD_ISACTIVER + 12,
        GICD_IPRIORITYR + 96, GICD_ITARGETSR + 96, GICD_ICFGR + 24};
    const struct rig *r = *state;

    for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        set_dist(r, beyond[i], UINT32_MAX);
        assert_int_equal(dist(r, beyond[i]), 0);
        set_dist(r, beyond[i] - 4, UINT32_MAX); /* the last that is there */
        assert_int_not_equal(dist(r, beyond[i] - 4), 0);
    }
}

/* 1020 to 1023 are special: TYPER of the most lines ends four short. */
static void the_last_word_has_28_interrupts(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.registers = "{GICD_TYPER: 0x3f}"});
    set_dist(r, GICD_ISENABLER + 124, UINT32_MAX);
    assert_int_equal(dist(r, GICD_ISENABLER + 124), 0x0fffffff);
    set_dist(r, GICD_ICFGR + 252, UINT32_MAX);
    assert_int_equal(dist(r, GICD_ICFGR + 252), 0x00aaaaaa);
}

static void sgis_are_always_enabled_unless_software_enables_them(void **state)
{
    struct rig *r = *state;

    assert_int_equal(dist(r, GICD_ISENABLER), 0xffff);
    set_dist(r, GICD_ICENABLER, UINT32_MAX);
    assert_int_equal(dist(r, GICD_ICENABLER), 0xffff);
    rig_again(r, &(struct rig_options){.switch_id = "G01", .switch_value = 1});
    assert_int_equal(dist(r, GICD_ISENABLER), 0);
    set_dist(r, GICD_ISENABLER, 0x8001);
    assert_int_equal(dist(r, GICD_ICENABLER), 0x8001);
}

static void five_bits_of_priority_are_there(void **state)
{
    const struct rig *r = *state;

    set_dist(r, GICD_IPRIORITYR + 40, 0xff7f0701);
    assert_int_equal(dist(r, GICD_IPRIORITYR + 40), 0xf8780000);
}

static void bytes_are_written_by_themselves(void **state)
{
    const struct rig *r = *state;

    set_dist(r, GICD_IPRIORITYR + 40, 0x10203040);
    set_dist_byte(r, GICD_IPRIORITYR + 42, 0x88);
    assert_int_equal(dist(r, GICD_IPRIORITYR + 40), 0x10883040);
    set_dist_byte(r, GICD_ITARGETSR + 41, 0xff);
    assert_int_equal(dist(r, GICD_ITARGETSR + 40), 0x00000300);
    assert_int_equal(dist_byte(r, GICD_ITARGETSR + 41), 3);
}

/* The document promises bytes and words. */
static void half_words_are_refused(void **state)
{
    const struct rig *r = *state;

    nap_bus_write(r->m, DIST + GICD_IPRIORITYR + 40, 2, 0xf0f0, RIG_HERE);
    assert_int_equal(dist(r, GICD_IPRIORITYR + 40), 0);
    nap_bus_write(r->m, DIST + GICD_ISENABLER + 4, 1, 0xff, RIG_HERE);
    assert_int_equal(dist(r, GICD_ISENABLER + 4), 0);
}

static void targets_of_private_interrupts_are_the_cpu_that_reads(void **state)
{
    struct rig *r = *state;

    for (unsigned cpu = 0; cpu < 2; cpu++) {
        run_on(r, cpu);
        set_dist(r, GICD_ITARGETSR + 28, UINT32_MAX);
        assert_int_equal(dist(r, GICD_ITARGETSR), 0x01010101u << cpu);
        assert_int_equal(dist(r, GICD_ITARGETSR + 28), 0x01010101u << cpu);
    }
    rig_again(r, &(struct rig_options){.registers = "{GICD_TYPER: 0x2}"});
    assert_int_equal(dist(r, GICD_ITARGETSR), 0); /* one interface: RAZ */
    set_dist(r, GICD_ITARGETSR + 40, UINT32_MAX);
    assert_int_equal(dist(r, GICD_ITARGETSR + 40), 0);
}

static void triggers_of_sgis_are_edges_and_ppis_are_software_s(void **state)
{
    struct rig *r = *state;

    set_dist(r, GICD_ICFGR, 0);
    assert_int_equal(dist(r, GICD_ICFGR), 0xaaaaaaaa);
    set_dist(r, GICD_ICFGR + 4, UINT32_MAX);
    assert_int_equal(dist(r, GICD_ICFGR + 4), 0xaaaaaaaa);
    rig_again(r, &(struct rig_options){.switch_id = "G02", .switch_value = 1});
    set_dist(r, GICD_ICFGR + 4, UINT32_MAX);
    assert_int_equal(dist(r, GICD_ICFGR + 4), 0);
}

static void the_first_words_are_each_cpu_s_own(void **state)
{
    static const uint32_t own[] = {GICD_IGROUPR, GICD_ISACTIVER, GICD_IPRIORITYR + 28,
                                   GICD_ICFGR + 4, GICD_SPENDSGIR + 12};
    const struct rig *r = *state;

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        run_on(r, 1);
        set_dist(r, own[i], UINT32_MAX);
        assert_int_not_equal(dist(r, own[i]), 0);
        run_on(r, 0);
        assert_int_equal(dist(r, own[i]), 0);
    }
    set_dist(r, GICD_IGROUPR + 4, 0x12345678);
    run_on(r, 1);
    assert_int_equal(dist(r, GICD_IGROUPR + 4), 0x12345678);
}

/* --- states of an interrupt --- */

static void a_level_is_pending_as_long_as_it_is_high(void **state)
{
    const struct rig *r = *state;

    nap_line_set(r->m, SPI, 0, true);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), SPI_BIT);
    set_dist(r, GICD_ICPENDR + 4, SPI_BIT);
    assert_int_equal(dist(r, GICD_ICPENDR + 4), SPI_BIT);
    nap_line_set(r->m, SPI, 0, false);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), 0);
}

/* 4.3.7: it stays so after the line has dropped, even if it was high at the write. */
static void a_level_made_pending_by_software_stays_so(void **state)
{
    const struct rig *r = *state;

    nap_line_set(r->m, SPI, 0, true);
    set_dist(r, GICD_ISPENDR + 4, SPI_BIT);
    nap_line_set(r->m, SPI, 0, false);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), SPI_BIT);
    set_dist(r, GICD_ICPENDR + 4, SPI_BIT);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), 0);
}

static void an_edge_is_latched_also_while_disabled(void **state)
{
    const struct rig *r = *state;

    spi_is_edge(r);
    nap_line_set(r->m, SPI, 0, true);
    nap_line_set(r->m, SPI, 0, false);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), SPI_BIT);
    set_dist(r, GICD_ICPENDR + 4, SPI_BIT);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), 0);
    nap_line_set(r->m, SPI, 0, true);
    set_dist(r, GICD_ICPENDR + 4, SPI_BIT);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), 0); /* high, and no edge since */
}

static void a_ppi_is_pending_at_its_cpu_alone(void **state)
{
    const struct rig *r = *state;

    nap_line_set(r->m, PPI, 1, true);
    assert_int_equal(dist(r, GICD_ISPENDR), 0);
    run_on(r, 1);
    assert_int_equal(dist(r, GICD_ISPENDR), PPI_BIT);
}

static void an_input_beyond_the_lines_is_nobody_s(void **state)
{
    const struct rig *r = *state;

    nap_line_set(r->m, 96, 0, true);
    assert_int_equal(dist(r, GICD_ISPENDR + 12), 0);
    assert_int_equal(nap_signals(r->m, 0), 0);
}

/* --- a change of trigger while it matters (G03) --- */

static void a_trigger_that_changes_while_enabled_may_lose_or_make_the_interrupt(void **state)
{
    static const uint32_t pending_after[] = {SPI_BIT, 0, SPI_BIT};
    struct rig *r = *state;

    for (uint32_t value = 0; value < 3; value++) {
        rig_again(r, &(struct rig_options){.switch_id = "G03", .switch_value = value});
        set_dist(r, GICD_ISENABLER + 4, SPI_BIT);
        set_dist(r, GICD_ISPENDR + 4, SPI_BIT);
        spi_is_edge(r);
        assert_int_equal(dist(r, GICD_ISPENDR + 4), pending_after[value]);
    }
}

/* Pending by its line as it is written, and not by the trigger it gets. */
static void a_trigger_that_changes_under_a_high_line_is_by_switch(void **state)
{
    static const uint32_t pending_after[] = {SPI_BIT, 0, 0};
    struct rig *r = *state;

    for (uint32_t value = 0; value < 3; value++) {
        rig_again(r, &(struct rig_options){.switch_id = "G03", .switch_value = value});
        nap_line_set(r->m, SPI, 0, true);
        spi_is_edge(r);
        assert_int_equal(dist(r, GICD_ISPENDR + 4), pending_after[value]);
    }
}

static void a_trigger_that_changes_at_rest_makes_nothing(void **state)
{
    struct rig *r = *state;

    rig_again(r, &(struct rig_options){.switch_id = "G03", .switch_value = 0});
    spi_is_edge(r);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), 0);
}

/* --- SGIs --- */

static void sgis_are_pending_by_source(void **state)
{
    const struct rig *r = *state;

    run_on(r, 1);
    set_dist(r, GICD_SGIR, 0x00010003); /* SGI 3 to CPU 0 */
    run_on(r, 0);
    set_dist(r, GICD_SGIR, 0x00010003);
    assert_int_equal(dist(r, GICD_SPENDSGIR), 0x03000000);
    assert_int_equal(dist(r, GICD_ISPENDR), 0x8);
    set_dist_byte(r, GICD_CPENDSGIR + 3, 0x02);
    assert_int_equal(dist(r, GICD_CPENDSGIR), 0x01000000);
    assert_int_equal(dist(r, GICD_ISPENDR), 0x8);
    set_dist_byte(r, GICD_CPENDSGIR + 3, 0x01);
    assert_int_equal(dist(r, GICD_ISPENDR), 0);
    run_on(r, 1);
    assert_int_equal(dist(r, GICD_SPENDSGIR), 0);
}

static void pending_bits_of_sgis_are_read_only(void **state)
{
    const struct rig *r = *state;

    set_dist(r, GICD_ISPENDR, 0xffff);
    assert_int_equal(dist(r, GICD_ISPENDR), 0);
    set_dist_byte(r, GICD_SPENDSGIR + 5, 2);
    set_dist(r, GICD_ICPENDR, 0xffff);
    assert_int_equal(dist(r, GICD_ISPENDR), 0x20);
}

static void filters_of_sgir_name_the_cpus(void **state)
{
    static const struct {
        uint32_t written;
        uint32_t pending[2];
    } table[] = {
        {0x00030001, {2, 2}},                       /* list */
        {0x00000001, {0, 0}}, {0x00fc0001, {0, 0}}, /* CPUs that are not there */
        {0x01010001, {0, 2}},                       /* all but self */
        {0x02020001, {2, 0}},                       /* self */
        {0x03030001, {0, 0}},                       /* reserved */
    };
    struct rig *r = *state;

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        rig_again(r, &(struct rig_options){0});
        set_dist(r, GICD_SGIR, table[i].written);
        for (unsigned cpu = 0; cpu < 2; cpu++) {
            run_on(r, cpu);
            assert_int_equal(dist(r, GICD_ISPENDR), table[i].pending[cpu]);
        }
        assert_int_equal(dist(r, GICD_SGIR), 0);
    }
}

static void an_sgi_sent_while_nothing_is_forwarded_may_be_lost(void **state)
{
    struct rig *r = *state;

    set_dist(r, GICD_SGIR, 0x00010001);
    assert_int_equal(dist(r, GICD_ISPENDR), 2);
    rig_again(r, &(struct rig_options){.switch_id = "G06", .switch_value = 1});
    set_dist(r, GICD_SGIR, 0x00010001);
    assert_int_equal(dist(r, GICD_ISPENDR), 0);
    set_dist(r, GICD_CTLR, GRP0);
    set_dist(r, GICD_SGIR, 0x00010001);
    assert_int_equal(dist(r, GICD_ISPENDR), 2);
}

/* --- power --- */

static void content_is_lost_with_power_and_levels_are_pending_again(void **state)
{
    const struct rig *r = *state;

    spi_on(r, 1, 0x80);
    set_dist(r, GICD_ISACTIVER + 4, 0x3);
    set_dist(r, GICD_SGIR, 0x00010001);
    nap_line_set(r->m, SPI, 0, true);
    nap_power_off(r->m, 1);
    nap_power_on(r->m, 1);
    assert_int_equal(dist(r, GICD_ISENABLER + 4), 0);
    assert_int_equal(dist(r, GICD_IPRIORITYR + 40), 0);
    assert_int_equal(dist(r, GICD_ITARGETSR + 40), 0);
    assert_int_equal(dist(r, GICD_ISACTIVER + 4), 0);
    assert_int_equal(dist(r, GICD_ISPENDR), 0);
    assert_int_equal(dist(r, GICD_ISPENDR + 4), SPI_BIT);
}

struct lives {
    unsigned n;
    struct {
        uint32_t intid, about;
        const char *what;
    } list[32];
};

static void note_life(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct lives *l = context;

    (void)m;
    if (e->kind != NAP_STEP_INTERRUPT || l->n == 32)
        return;
    l->list[l->n].intid = e->index;
    l->list[l->n].about = (uint32_t)e->now;
    l->list[l->n++].what = e->label;
}

static void what_is_latched_as_power_goes_is_told_as_lost(void **state)
{
    struct rig *r = *state;
    struct lives l = {0};

    spi_is_edge(r);
    nap_line_set(r->m, SPI, 0, true);
    nap_line_set(r->m, 41, 0, true); /* level, still high */
    set_dist(r, GICD_SGIR, 0x00020001);
    nap_set_trace(r->m, note_life, &l);
    nap_power_off(r->m, 1);
    assert_int_equal(l.n, 2);
    assert_int_equal(l.list[0].intid, 1);
    assert_int_equal(l.list[0].about, 1);
    assert_string_equal(l.list[0].what, NAP_LABEL_INTERRUPT_LOST);
    assert_int_equal(l.list[1].intid, SPI);
    assert_string_equal(l.list[1].what, NAP_LABEL_INTERRUPT_LOST);
}

/* What was pending has been told as lost when power went, and the device of a level may let go
 * of it: a fall says nothing. */
static void a_rise_without_power_is_told_as_not_heard(void **state)
{
    struct rig *r = *state;
    struct lives l = {0};

    nap_power_off(r->m, 1);
    nap_set_trace(r->m, note_life, &l);
    nap_line_set(r->m, SPI, 0, true);
    assert_int_equal(l.n, 2);
    assert_string_equal(l.list[1].what, NAP_LABEL_INTERRUPT_UNHEARD);
    nap_line_set(r->m, SPI, 0, false);
    assert_int_equal(l.n, 3);
    assert_string_equal(l.list[2].what, NAP_LABEL_INTERRUPT_LOW);
}

struct taken {
    uint32_t outcome;
    unsigned asked;
};

static uint32_t take(void *context, const struct nap_choice *choice)
{
    struct taken *t = context;

    t->asked++;
    return t->outcome < choice->n ? t->outcome : 0;
}

/* ICFGR comes back unknown: it is asked for once a line is high, and not before. */
static void an_unknown_trigger_is_settled_when_a_line_needs_it(void **state)
{
    static const uint32_t pending[] = {SPI_BIT, 0}; /* as a level; as an edge of before */
    struct rig *r = *state;

    for (uint32_t outcome = 0; outcome < 2; outcome++) {
        struct taken t = {.outcome = outcome};

        rig_again(r, &(struct rig_options){0});
        nap_set_chooser(r->m, take, &t, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
        nap_power_off(r->m, 1);
        nap_power_on(r->m, 1);
        assert_int_equal(dist(r, GICD_ISPENDR + 4), 0);
        assert_int_equal(t.asked, 0);
        nap_power_off(r->m, 1);
        nap_line_set(r->m, SPI, 0, true);
        nap_power_on(r->m, 1);
        assert_int_equal(dist(r, GICD_ISPENDR + 4), pending[outcome]);
        assert_int_equal(t.asked, 2); /* both words of 16 */
    }
}

/* Those of SGIs are wired, and so are those of PPIs where they are fixed. */
static void triggers_that_are_wired_are_never_unknown(void **state)
{
    static const unsigned asked[] = {1, 0};
    struct rig *r = *state;

    for (uint32_t fixed = 0; fixed < 2; fixed++) {
        struct taken t = {.outcome = 1};

        rig_again(r, &(struct rig_options){.switch_id = "G02", .switch_value = fixed});
        nap_set_chooser(r->m, take, &t, NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
        nap_power_off(r->m, 1);
        nap_power_on(r->m, 1);
        run_on(r, 1);
        assert_int_equal(dist(r, GICD_ICFGR), 0xaaaaaaaa);
        set_dist(r, GICD_ICFGR, 0);
        assert_int_equal(t.asked, 0);
        assert_int_equal(dist(r, GICD_ICFGR + 4), fixed ? 0 : 0xaaaaaaaa);
        assert_int_equal(t.asked, asked[fixed]);
    }
}

static void an_access_without_power_reads_as_its_switch_says(void **state)
{
    static const uint32_t reads[] = {UINT32_MAX, 0, UINT32_MAX};
    struct rig *r = *state;

    for (uint32_t value = 0; value < 3; value++) {
        rig_again(r, &(struct rig_options){.switch_id = "G07", .switch_value = value});
        nap_power_off(r->m, 1);
        assert_int_equal(dist(r, GICD_TYPER), reads[value]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_beyond_the_lines_read_0_and_ignore_writes),
        TEST(the_last_word_has_28_interrupts),
        TEST(sgis_are_always_enabled_unless_software_enables_them),
        TEST(five_bits_of_priority_are_there),
        TEST(bytes_are_written_by_themselves),
        TEST(half_words_are_refused),
        TEST(targets_of_private_interrupts_are_the_cpu_that_reads),
        TEST(triggers_of_sgis_are_edges_and_ppis_are_software_s),
        TEST(the_first_words_are_each_cpu_s_own),
        TEST(a_level_is_pending_as_long_as_it_is_high),
        TEST(a_level_made_pending_by_software_stays_so),
        TEST(an_edge_is_latched_also_while_disabled),
        TEST(a_ppi_is_pending_at_its_cpu_alone),
        TEST(an_input_beyond_the_lines_is_nobody_s),
        TEST(a_trigger_that_changes_while_enabled_may_lose_or_make_the_interrupt),
        TEST(a_trigger_that_changes_under_a_high_line_is_by_switch),
        TEST(a_trigger_that_changes_at_rest_makes_nothing),
        TEST(sgis_are_pending_by_source),
        TEST(pending_bits_of_sgis_are_read_only),
        TEST(filters_of_sgir_name_the_cpus),
        TEST(an_sgi_sent_while_nothing_is_forwarded_may_be_lost),
        TEST(content_is_lost_with_power_and_levels_are_pending_again),
        TEST(what_is_latched_as_power_goes_is_told_as_lost),
        TEST(a_rise_without_power_is_told_as_not_heard),
        TEST(an_unknown_trigger_is_settled_when_a_line_needs_it),
        TEST(triggers_that_are_wired_are_never_unknown),
        TEST(an_access_without_power_reads_as_its_switch_says),
    };

    return cmocka_run_group_tests_name("gic-v2-distributor", tests, NULL, NULL);
}
