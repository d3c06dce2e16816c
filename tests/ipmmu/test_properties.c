/* SPDX-License-Identifier: MIT */
/* What holds in every state of the IPMMU: asking changes nothing, and what happens is among
 * what was announced. States come from random accesses, traffic and power cuts with fixed
 * seeds. */
#include "rig.h"

#define SEEDS 60
#define STEPS 120

/* xorshift64*: any decent source will do, as long as it is the same everywhere. */
static uint32_t random_below(uint64_t *seed, uint32_t n)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return (uint32_t)((*seed * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n;
}

#define PICK(seed, ...)                                                                        \
    ((uint32_t[]){__VA_ARGS__})[random_below(seed, sizeof((uint32_t[]){__VA_ARGS__}) /         \
                                                       sizeof(uint32_t))]

struct random_choices {
    uint64_t seed;
};

static uint32_t choose_randomly(void *context, const struct nap_choice *choice)
{
    struct random_choices *c = context;

    return random_below(&c->seed, choice->fault);
}

/* --- a world small enough that things meet --- */

static const nap_addr caches[] = {DS0, DS1};
static const unsigned ports[] = {3, 16, 32, 47};
static const nap_addr iovas[] = {0x50000000, 0x50001000, 0x50200000,  0x50201000,
                                 0x40000000, 0x90000000, 0x150000000, 0x10000000000};

struct world {
    struct rig *r;
    uint64_t seed;
    nap_addr trees[4]; /* two of each format */
};

static void build(struct world *w)
{
    struct rig *r = w->r;

    for (unsigned t = 0; t < 4; t++) {
        uint64_t leaf = t < 2 ? S2_RW : S1_RW, ro = t < 2 ? S2_RO : S1_RO;
        uint64_t table = t < 2 ? S2_TABLE : S1_TABLE;
        w->trees[t] = rig_table(r, 2);
        rig_map(r, w->trees[t], 0x50000000, 0x58000000 + t * 0x1000000, BLOCK, leaf, table);
        rig_map(r, w->trees[t], 0x50201000, 0x58203000 + t * 0x1000000, PAGE, ro, table);
        rig_map(r, w->trees[t], 0x80000000, 0x600000000, HUGE, leaf, table);
    }
}

static void write_table(struct world *w)
{
    unsigned t = random_below(&w->seed, 4);
    uint64_t leaf = t < 2 ? S2_RW : S1_RW, table = t < 2 ? S2_TABLE : S1_TABLE;
    nap_addr entry = w->trees[t] + 8, leaves = rig_get(w->r, entry) & UINT64_C(0xfffffff000);

    if (random_below(&w->seed, 2))
        rig_put(w->r, leaves + 8 * (0x50000000 >> 21 & 511), 0);
    if (random_below(&w->seed, 2))
        rig_map(w->r, w->trees[t], 0x50001000, 0x58001000, PAGE, leaf, table);
    else
        rig_map(w->r, w->trees[t], 0x50000000, 0x5a000000, BLOCK, leaf, table);
}

static void write_root(struct world *w)
{
    struct rig *r = w->r;
    uint64_t *s = &w->seed;
    unsigned n = random_below(s, 3);

    switch (random_below(s, 6)) {
    case 0:
        rig_base(r, n, w->trees[random_below(s, 4)]);
        break;
    case 1:
        rig_write(r, MM, IMTTBCR(n),
                  PICK(s, XEN_IMTTBCR, XEN_IMTTBCR, LINUX_IMTTBCR, LINUX_IMTTBCR, 0xc000005c, 0,
                       0xffffffff));
        break;
    case 2:
        rig_write(r, MM, IMSAUXCTLR, PICK(s, 0, S2PTE));
        break;
    case 3:
        rig_write(r, MM, IMSCTLR, PICK(s, 0, 0, 0, 0, USE_SECGRP));
        break;
    default:
        rig_write(r, MM, IMCTR(n),
                  PICK(s, XEN_IMCTR, XEN_IMCTR, LINUX_IMCTR, LINUX_IMCTR, XEN_IMCTR | FLUSH, 0,
                       FLUSH));
        break;
    }
}

static void write_cache(struct world *w)
{
    struct rig *r = w->r;
    uint64_t *s = &w->seed;
    nap_addr cache = caches[random_below(s, 2)];
    unsigned port = ports[random_below(s, 4)], n = random_below(s, 3);

    switch (random_below(s, 8)) {
    case 0:
        rig_write(r, cache, IMSCTLR, PICK(s, 0, 0, 0, 0, 0, USE_SECGRP, DISCACHE));
        break;
    case 1:
    case 2:
        rig_write(r, cache, IMCTR(n), PICK(s, MMUEN, MMUEN, MMUEN, MMUEN | FLUSH, 0));
        break;
    case 3:
        rig_write(r, cache, IMUASID(port), PICK(s, 0, 0, 1, 0x100));
        break;
    default:
        rig_write(
            r, cache, IMUCTR(port),
            PICK(s, MMUEN, MMUEN, MMUEN, MMUEN | FLUSH, 0, FIXADDEN | FIXADD(1u) | MMUEN) |
                TTSEL(PICK(s, 0, 1, 1, 2, 2, 8)));
        break;
    }
}

static void one_step(struct world *w)
{
    struct rig *r = w->r;
    uint64_t *s = &w->seed;

    switch (random_below(s, 12)) {
    case 0:
        write_table(w);
        break;
    case 1:
        if (random_below(s, 6) == 0)
            rig_power_cycle(r);
        break;
    case 2:
    case 3:
    case 4:
        write_root(w);
        break;
    case 5:
        (void)rig_read(r, MM, IMCTR(random_below(s, 3)));
        (void)rig_read(r, DS1, IMUCTR(32));
        break;
    case 6:
    case 7:
    case 8:
        write_cache(w);
        break;
    default:
        nap_dma(r->m, random_below(s, 2) ? r->ds1 : r->ds0, ports[random_below(s, 4)],
                iovas[random_below(s, 8)], random_below(s, 2) ? NAP_WRITE : NAP_READ);
        break;
    }
}

static void random_world(struct world *w, struct rig *r, uint64_t seed)
{
    const struct nap_model *model = nap_device_model(r->m, r->mm);
    struct rig_options o = {.n_switches = 4};

    w->r = r;
    w->seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    o.policy = random_below(&w->seed, 2) ? NAP_POLICY_LAZY : NAP_POLICY_EAGER;
    o.profile = random_below(&w->seed, 2) ? NAP_PROFILE_HOSTILE : NAP_PROFILE_ZERO;
    for (unsigned i = 0; i < 4; i++) {
        const struct nap_switch *sw =
            &model->switches[random_below(&w->seed, model->n_switches)];
        o.sw[i].id = sw->id;
        o.sw[i].value = random_below(&w->seed, sw->n_values);
    }
    rig_again(r, &o);
    build(w);
}

/* --- asking changes nothing --- */

#define REGIONS                                                                                \
    3 /* state, evidence, RAM: the whole value but driver RAM, which is empty here */

static const enum nap_region regions[REGIONS] = {NAP_REGION_STATE, NAP_REGION_EVIDENCE,
                                                 NAP_REGION_RAM};

static size_t region_bytes(const struct nap_machine *m, enum nap_region region)
{
    return region == NAP_REGION_RAM ? m->ev->n_ram_pages * (size_t)NAP_PAGE_BYTES
                                    : m->arena.used[region];
}

static void copy_machine(const struct nap_machine *m, uint8_t *copy)
{
    for (unsigned i = 0; i < REGIONS; i++) {
        memcpy(copy, m->arena.base + nap_region_start(regions[i]), region_bytes(m, regions[i]));
        copy += region_bytes(m, regions[i]);
    }
}

static void assert_same_machine(const struct nap_machine *m, const uint8_t *copy)
{
    for (unsigned i = 0; i < REGIONS; i++) {
        assert_memory_equal(copy, m->arena.base + nap_region_start(regions[i]),
                            region_bytes(m, regions[i]));
        copy += region_bytes(m, regions[i]);
    }
}

static void probe_everything(const struct rig *r)
{
    struct nap_footprint f;

    for (unsigned d = 0; d < 2; d++)
        for (unsigned p = 0; p < 4; p++)
            for (unsigned a = 0; a < 8; a++) {
                struct nap_outcomes out;
                f.n = f.n_pages = 0;
                nap_probe(r->m, d ? r->ds1 : r->ds0, ports[p], iovas[a], &out, &f);
                assert_true(out.n >= 1);
                assert_true(f.n >= 1 && f.n <= NAP_FOOTPRINT_MAX);
            }
}

static void a_probe_changes_no_byte_of_the_machine(void **state)
{
    static uint8_t copy[NAP_STATE_BYTES + NAP_EVIDENCE_BYTES + (1u << 20)];
    struct rig *r = *state;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct random_choices choices = {seed + 77};
        struct world w;
        random_world(&w, r, seed);
        if (seed % 3)
            nap_set_chooser(r->m, choose_randomly, &choices, RETAIN | LATENCY);
        for (unsigned i = 0; i < STEPS; i++) {
            struct nap_hash128 before, after;
            one_step(&w);
            if (i % 20)
                continue;
            before = nap_state_key(r->m);
            copy_machine(r->m, copy);
            probe_everything(r);
            assert_same_machine(r->m, copy);
            after = nap_state_key(r->m);
            assert_memory_equal(&before, &after, sizeof before);
            after = nap_state_key_full(r->m);
            assert_memory_equal(&before, &after, sizeof before);
        }
    }
}

/* --- what happens was announced --- */

static bool announced(const struct nap_outcomes *out, const struct nap_outcome *o,
                      enum nap_rw rw)
{
    for (unsigned i = 0; i < out->n; i++) {
        const struct nap_outcome *p = &out->list[i];
        bool permitted = rw == NAP_WRITE ? p->writable : p->readable;
        if (p->by != o->by)
            continue;
        if (p->kind == o->kind && (p->kind != NAP_OUTCOME_TRANSLATED ||
                                   (p->pa == o->pa && permitted && p->context == o->context &&
                                    p->attributes == o->attributes &&
                                    p->suspect == o->suspect && p->unwritten == o->unwritten)))
            return true;
        if (p->kind == NAP_OUTCOME_TRANSLATED && o->kind == NAP_OUTCOME_FAULT && !permitted)
            return true;
    }
    return false;
}

static void every_access_ends_as_some_probe_outcome_says(void **state)
{
    struct rig *r = *state;
    unsigned ends[NAP_OUTCOME_UNDETERMINED + 1][NAP_BY_WALK + 1] = {{0}};

    for (uint64_t seed = 0; seed < SEEDS * 4; seed++) {
        struct random_choices choices = {seed + 77};
        struct world w;
        random_world(&w, r, seed);
        if (seed % 3)
            nap_set_chooser(r->m, choose_randomly, &choices, RETAIN | LATENCY);
        for (unsigned i = 0; i < STEPS; i++) {
            unsigned device = random_below(&w.seed, 2) ? r->ds1 : r->ds0;
            unsigned port = ports[random_below(&w.seed, 4)];
            nap_addr iova = iovas[random_below(&w.seed, 8)];
            enum nap_rw rw = random_below(&w.seed, 2) ? NAP_WRITE : NAP_READ;
            struct nap_outcomes out;
            struct nap_outcome o;
            one_step(&w);
            out = rig_probe(r, device, port, iova);
            o = nap_dma(r->m, device, port, iova, rw);
            assert_true(announced(&out, &o, rw));
            ends[o.kind][o.by]++;
        }
    }
    /* The worlds are rich enough: every kind of end has been seen. */
    assert_true(ends[NAP_OUTCOME_TRANSLATED][NAP_BY_TLB] > 0);
    assert_true(ends[NAP_OUTCOME_TRANSLATED][NAP_BY_SHARED_TLB] > 0);
    assert_true(ends[NAP_OUTCOME_TRANSLATED][NAP_BY_WALK] > 0);
    assert_true(ends[NAP_OUTCOME_BYPASS][NAP_BY_PORT] > 0);
    assert_true(ends[NAP_OUTCOME_BYPASS][NAP_BY_CONTEXT] > 0);
    assert_true(ends[NAP_OUTCOME_FAULT][NAP_BY_PORT] > 0);
    assert_true(ends[NAP_OUTCOME_FAULT][NAP_BY_CONTEXT] > 0);
    assert_true(ends[NAP_OUTCOME_FAULT][NAP_BY_TLB] > 0);
    assert_true(ends[NAP_OUTCOME_FAULT][NAP_BY_WALK] > 0);
    assert_true(ends[NAP_OUTCOME_STALL][NAP_BY_CONTEXT] > 0);
    assert_true(ends[NAP_OUTCOME_UNDETERMINED][NAP_BY_CONTEXT] > 0);
    assert_true(ends[NAP_OUTCOME_UNDETERMINED][NAP_BY_WALK] > 0);
}

/* --- the oldest of several entries --- */

struct births {
    unsigned n, now;
    struct ipmmu_entry entry[IPMMU_TLB_MAX];
    unsigned born[IPMMU_TLB_MAX];
};

static bool same_tag(const struct ipmmu_entry *a, const struct ipmmu_entry *b)
{
    return a->page == b->page && a->size_log2 == b->size_log2 && a->context == b->context &&
           a->port == b->port && a->asid == b->asid;
}

/* Brings the times at which the entries of a unit came into being up to date. */
static void note_births(struct births *b, const struct nap_ipmmu *u)
{
    struct births was = *b;

    b->n = u->n_entries;
    b->now++;
    for (unsigned i = 0; i < u->n_entries; i++) {
        b->entry[i] = u->tlb[i];
        b->born[i] = b->now;
        for (unsigned k = 0; k < was.n; k++)
            if (same_tag(&was.entry[k], &u->tlb[i]))
                b->born[i] = was.born[k];
    }
}

/* What switch P16 leans on: of entries that answer one access the smaller is the older. */
static unsigned assert_smaller_is_older(const struct rig *r, unsigned device,
                                        const struct births *b)
{
    unsigned pairs = 0;

    for (unsigned i = 0; i < b->n; i++)
        for (unsigned k = 0; k < b->n; k++) {
            const struct ipmmu_entry *small = &b->entry[i], *large = &b->entry[k];
            if (small->size_log2 >= large->size_log2 || small->asid != large->asid ||
                !nap_ipmmu_entry_covers(large, (nap_addr)small->page << 12) ||
                !nap_ipmmu_entry_usable(r->m, device, small, large->port, large->context))
                continue;
            assert_true(b->born[i] < b->born[k]);
            pairs++;
        }
    return pairs;
}

/* A world in which nearly every access translates: two contexts in Xen's mode, two ports. */
static void busy_world(struct world *w, struct rig *r, uint64_t seed)
{
    random_world(w, r, seed);
    nap_set_policy(r->m, NAP_POLICY_EAGER);
    rig_write(r, MM, IMSAUXCTLR, S2PTE);
    for (unsigned n = 1; n < 3; n++) {
        rig_base(r, n, w->trees[n - 1]);
        rig_write(r, MM, IMTTBCR(n), XEN_IMTTBCR);
        rig_write(r, MM, IMCTR(n), XEN_IMCTR);
        rig_write(r, DS1, IMCTR(n), MMUEN);
    }
}

static void busy_step(struct world *w)
{
    uint64_t *s = &w->seed;
    unsigned port = PICK(s, 3, 32);

    switch (random_below(s, 16)) {
    case 0:
    case 1:
        write_table(w);
        break;
    case 2:
        rig_write(w->r, DS1, IMUASID(port), random_below(s, 2));
        break;
    case 3:
        rig_write(w->r, DS1, IMSCTLR, PICK(s, 0, 0, DISCACHE));
        break;
    case 4:
        rig_write(w->r, MM, IMCTR(random_below(s, 2) + 1),
                  PICK(s, XEN_IMCTR, XEN_IMCTR | FLUSH));
        break;
    case 5:
        rig_write(w->r, DS1, IMUCTR(port), TTSEL(random_below(s, 2) + 1) | MMUEN);
        break;
    default:
        nap_dma(w->r->m, w->r->ds1, port, iovas[random_below(s, 4)], NAP_READ);
        break;
    }
}

static void of_entries_for_one_access_the_smaller_is_the_older(void **state)
{
    struct rig *r = *state;
    unsigned pairs = 0;

    for (uint64_t seed = 0; seed < SEEDS * 4; seed++) {
        struct births births[3] = {{.n = 0}};
        const unsigned *units;
        struct world w;

        busy_world(&w, r, seed);
        units = (const unsigned[]){r->mm, r->ds0, r->ds1};
        for (unsigned i = 0; i < STEPS * 4; i++) {
            busy_step(&w);
            for (unsigned k = 0; k < 3; k++) {
                note_births(&births[k], ipmmu_of(r->m, units[k]));
                pairs += assert_smaller_is_older(r, units[k], &births[k]);
            }
        }
    }
    assert_true(pairs > 0);
}

/* The same accesses on a second machine give the same machine. */
static void the_same_accesses_give_the_same_state(void **state)
{
    struct rig *r = *state;

    for (uint64_t seed = 0; seed < 10; seed++) {
        struct nap_hash128 key[2];
        for (unsigned k = 0; k < 2; k++) {
            struct random_choices choices = {seed + 77};
            struct world w;
            random_world(&w, r, seed);
            nap_set_chooser(r->m, choose_randomly, &choices, RETAIN | LATENCY);
            for (unsigned i = 0; i < STEPS; i++)
                one_step(&w);
            key[k] = nap_state_key(r->m);
        }
        assert_memory_equal(&key[0], &key[1], sizeof key[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_probe_changes_no_byte_of_the_machine),
        rig_test(every_access_ends_as_some_probe_outcome_says),
        rig_test(of_entries_for_one_access_the_smaller_is_the_older),
        rig_test(the_same_accesses_give_the_same_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
