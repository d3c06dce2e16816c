/* SPDX-License-Identifier: MIT */
/* A search over one scenario: distinct violations, each with its shortest story. */
#include "session.h"

#include "../core/grow.h"
#include "../os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct hunt {
    const struct nap_explore_config *config;
    struct nap_explore_result *result;
    struct nap_session *session;
    unsigned room;
    struct nap_visited runs; /* random: choice lists seen */
    uint64_t *accesses;      /* of complete executions, a bounded sample */
    unsigned n_accesses;
};

#define ACCESS_SAMPLE 4096

static struct nap_explored_violation *known(struct nap_explore_result *r,
                                            const struct nap_finding *f)
{
    for (unsigned i = 0; i < r->n_violations; i++)
        if (nap_same_violation(&r->violations[i].finding, f))
            return &r->violations[i];
    return NULL;
}

static struct nap_explored_violation *add(struct hunt *h, const struct nap_finding *f)
{
    struct nap_explore_result *r = h->result;
    struct nap_explored_violation *v;

    r->violations = nap_grow(r->violations, r->n_violations, &h->room, sizeof *r->violations);
    v = &r->violations[r->n_violations++];
    memset(v, 0, sizeof *v);
    v->finding = *f;
    return v;
}

static void found(void *context, const struct nap_path *path)
{
    struct hunt *h = context;
    const struct nap_findings *f = &h->session->runner->findings;

    for (unsigned i = 0; i < f->n_violations; i++) {
        struct nap_explored_violation *v = known(h->result, &f->violations[i]);
        if (!v) {
            v = add(h, &f->violations[i]);
            nap_path_keyed(h->session->runner->m, path, &v->choices);
            v->choices_before = v->choices.n;
        }
        v->count++;
    }
    for (unsigned i = 0; i < f->n_notes; i++)
        nap_findings_note(&h->result->notes, &f->notes[i]);
    for (unsigned i = 0; i < f->n_allowed; i++)
        nap_findings_allowed(&h->result->notes, f->allowed[i].entry, &f->allowed[i].finding);
}

/* The machine keeps what was used on any edge of the search, or in any of its random runs. */
static void gather_unmodelled(struct hunt *h)
{
    struct nap_explore_result *r = h->result;
    const struct nap_machine *m = h->session->runner->m;

    r->unmodelled_unlisted = m->unmodelled_unlisted;
    for (; r->n_unmodelled < m->n_unmodelled; r->n_unmodelled++)
        nap_session_unmodelled(h->session, r->n_unmodelled, r->unmodelled[r->n_unmodelled],
                               sizeof r->unmodelled[0]);
}

static void complete(void *context, const struct nap_path *path)
{
    struct hunt *h = context;
    XXH3_state_t x;
    XXH128_hash_t key;

    gather_unmodelled(h);
    if (h->n_accesses < ACCESS_SAMPLE)
        h->accesses[h->n_accesses++] = nap_counters(h->session->runner->m).accesses;
    if (h->config->strategy != NAP_STRATEGY_RANDOM)
        return;
    XXH3_128bits_reset(&x);
    for (unsigned i = 0; i < path->n; i++)
        XXH3_128bits_update(&x, &path->list[i].choice.value, sizeof(uint32_t));
    key = XXH3_128bits_digest(&x);
    (void)nap_visited_check(&h->runs, (struct nap_hash128){key.low64, key.high64}, 0);
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* --- orders --- */

/* Decimal numbers, least significant digit first. */
struct decimal {
    unsigned n;
    uint8_t digit[128];
};

static void times(struct decimal *d, unsigned by)
{
    unsigned carry = 0;

    for (unsigned i = 0; i < d->n || carry; i++) {
        if (i == d->n)
            d->digit[d->n++] = 0;
        carry += d->digit[i] * by;
        d->digit[i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
}

static void divided(struct decimal *d, unsigned by)
{
    unsigned rest = 0;

    for (unsigned i = d->n; i-- > 0;) {
        rest = rest * 10 + d->digit[i];
        d->digit[i] = (uint8_t)(rest / by);
        rest %= by;
    }
    while (d->n > 1 && d->digit[d->n - 1] == 0)
        d->n--;
}

static void decimal_text(const struct decimal *d, char *out, size_t bytes)
{
    size_t at = 0;

    for (unsigned i = d->n; i-- > 0 && at + 1 < bytes;)
        out[at++] = (char)('0' + d->digit[i]);
    out[at] = 0;
}

/* Devices of drivers beside are others' to order. */
static bool registers(const struct nap_machine *m, unsigned device)
{
    return !nap_os_left_out(m, device) && nap_os_driver_of(m, device) == 0;
}

/* Registration orders allowed. A root with its caches is a tree of height 2; the linear
 * extensions of a forest are n! divided by the product of all subtree sizes. */
static void count_orders(const struct hunt *h, char *out, size_t bytes)
{
    const struct nap_machine *m = h->session->runner->m;
    struct decimal d = {1, {1}};
    unsigned registered = 0;

    for (unsigned i = 0; i < m->n_devices; i++)
        if (registers(m, i))
            times(&d, ++registered);
    for (unsigned r = 0; r < m->n_devices; r++) {
        unsigned tree = 0;
        for (unsigned i = 0; i < m->n_devices; i++)
            tree += nap_upstream(m, i) == r && registers(m, i);
        if (tree > 1 && registers(m, r) &&
            h->config->run.scenario->probe_order == NAP_PROBE_ORDER_ROOT_FIRST)
            divided(&d, tree);
    }
    decimal_text(&d, out, bytes);
}

static void orders(const struct hunt *h, const struct nap_search *search)
{
    struct nap_explore_result *r = h->result;

    if (!(h->config->run.vary & NAP_CHOICE_BIT(NAP_CHOOSE_ORDER)))
        snprintf(r->orders_covered, sizeof r->orders_covered, "1");
    else if (!search->exhausted)
        snprintf(r->orders_covered, sizeof r->orders_covered, "%llu",
                 (unsigned long long)search->completed);
    else
        count_orders(h, r->orders_covered, sizeof r->orders_covered);
}

/* --- shrinking --- */

struct shrinking {
    struct nap_session *session;
    const struct nap_finding *wanted;
};

static bool still_fails(void *context, const struct nap_choice_list *choices)
{
    struct shrinking *s = context;
    const struct nap_findings *f = &s->session->runner->findings;

    nap_session_run(s->session, choices, 0);
    for (unsigned i = 0; i < f->n_violations; i++)
        if (nap_same_violation(&f->violations[i], s->wanted))
            return true;
    return false;
}

/* Lazy order lets every walk differ; a real list has one order. Tried are those that the walks
 * of the run went by. */
static bool needs_different_orders(struct hunt *h, struct nap_explored_violation *v)
{
    struct shrinking s = {h->session, &v->finding};
    unsigned rank[NAP_WALKS_MAX][NAP_SOC_DEVICES_MAX], n;
    bool ordered = false, there = false;

    for (unsigned i = 0; i < v->choices.n; i++)
        ordered |= v->choices.list[i].kind == NAP_CHOOSE_ORDER;
    if (!ordered)
        return false;
    nap_session_run(h->session, &v->choices, 0);
    n = h->session->runner->n_walks;
    for (unsigned i = 0; i < n && i < NAP_WALKS_MAX; i++)
        nap_session_order(h->session, i, rank[i]);
    for (unsigned i = 0; i < n && i < NAP_WALKS_MAX && !there; i++) {
        h->session->runner->forced_rank = rank[i];
        there = still_fails(&s, &v->choices);
    }
    h->session->runner->forced_rank = NULL;
    return !there;
}

/* --- a shorter story than shrinking finds: other choices may show the same violation --- */

#define SHORT_BUDGET UINT64_C(200000) /* executions */

struct shorter {
    struct nap_session *session;
    const struct nap_finding *wanted;
    struct nap_choice_list choices;
    struct nap_search *search;
};

static void found_shorter(void *context, const struct nap_path *path)
{
    struct shorter *s = context;
    const struct nap_findings *f = &s->session->runner->findings;

    for (unsigned i = 0; i < f->n_violations && !s->search->stop; i++) {
        if (!nap_same_violation(&f->violations[i], s->wanted))
            continue;
        nap_path_keyed(s->session->runner->m, path, &s->choices);
        s->search->stop = true;
    }
}

static void look_for_shorter(struct hunt *h, struct nap_explored_violation *v)
{
    struct shorter s = {.session = h->session, .wanted = &v->finding};
    struct nap_search search = {
        .subject = &h->session->subject,
        .varied = h->config->run.vary,
        .budget = SHORT_BUDGET,
        .nonzero_max = 2,
        .found = found_shorter,
        .context = &s,
    };

    if (v->choices.n <= search.nonzero_max)
        return;
    s.search = &search;
    nap_rewind(h->session->runner->m, h->session->start);
    nap_findings_clear(&h->session->runner->findings);
    nap_search_exhaustive(&search);
    if (search.stop)
        nap_choices_copy(&v->choices, &s.choices);
    nap_choices_free(&s.choices);
}

static enum nap_err shorten(struct hunt *h, struct nap_explored_violation *v,
                            struct nap_error *error)
{
    struct shrinking s = {h->session, &v->finding};
    struct nap_run_config c = h->config->run;
    enum nap_err err;

    nap_shrink(&v->choices, still_fails, &s);
    look_for_shorter(h, v);
    c.machine_slot++;
    c.trace = NULL;
    err = nap_run(&c, &v->choices, &v->result, error);
    if (err)
        return err;
    nap_choices_copy(&v->choices, &v->result.choices);
    v->choices_asked = v->result.choices_asked;
    for (unsigned i = 0; i < v->result.findings.n_violations; i++)
        if (nap_same_violation(&v->result.findings.violations[i], &v->finding))
            v->finding = v->result.findings.violations[i];
    v->needs_different_orders = needs_different_orders(h, v);
    return nap_run_dependence(&c, &v->choices, &v->result, error);
}

/* --- the search --- */

static int by_place(const void *a, const void *b)
{
    const struct nap_finding *x = &((const struct nap_explored_violation *)a)->finding;
    const struct nap_finding *y = &((const struct nap_explored_violation *)b)->finding;
    int c = strcmp(x->rule->id, y->rule->id);

    if (c)
        return c;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    c = strcmp(x->source.file ? x->source.file : "", y->source.file ? y->source.file : "");
    return c ? c : (x->source.line > y->source.line) - (x->source.line < y->source.line);
}

static void hunt_run(struct hunt *h)
{
    struct nap_explore_result *r = h->result;
    struct nap_session *s = h->session;
    struct nap_search search = {
        .subject = &s->subject,
        .varied = h->config->run.vary,
        .budget = h->config->budget,
        .check_keys = h->config->run.check_incremental,
        .found = found,
        .complete = complete,
        .context = h,
    };
    double n;

    if (h->config->strategy == NAP_STRATEGY_RANDOM)
        nap_search_random(&search, h->config->run.seed);
    else
        nap_search_exhaustive(&search);
    gather_unmodelled(h);
    r->executions = search.executions;
    r->exhausted = search.exhausted;
    r->circles = search.circles;
    r->slow = search.slow;
    r->distinct_states = search.distinct_states;
    r->distinct_runs = h->config->strategy == NAP_STRATEGY_RANDOM ? h->runs.used : 0;
    r->incremental_mismatch = search.key_mismatch || s->runner->judge->mismatch;
    r->units = s->runner->m->n_devices;
    n = (double)search.distinct_states;
    r->collision_bound = n * n / 2.658455991569832e36; /* n^2 / 2^121: 120 key bits are kept */
    orders(h, &search);
    qsort(h->accesses, h->n_accesses, sizeof *h->accesses, compare_u64);
    r->accesses_median = h->n_accesses ? h->accesses[h->n_accesses / 2] : 0;
}

enum nap_err nap_explore(const struct nap_explore_config *config,
                         struct nap_explore_result *result, struct nap_error *error)
{
    struct hunt h = {.config = config, .result = result};
    enum nap_err err;

    memset(result, 0, sizeof *result);
    err = nap_session_create(&config->run, &h.session, error);
    if (err)
        return err;
    h.accesses = calloc(ACCESS_SAMPLE, sizeof *h.accesses);
    if (!h.accesses)
        abort();
    nap_visited_init(&h.runs);
    hunt_run(&h);
    err = nap_session_failed(h.session, error);
    for (unsigned i = 0; i < result->n_violations && !err; i++)
        err = shorten(&h, &result->violations[i], error);
    if (result->n_violations)
        qsort(result->violations, result->n_violations, sizeof *result->violations, by_place);
    nap_visited_free(&h.runs);
    free(h.accesses);
    nap_session_destroy(h.session);
    return err;
}

void nap_explore_result_free(struct nap_explore_result *r)
{
    for (unsigned i = 0; i < r->n_violations; i++) {
        nap_choices_free(&r->violations[i].choices);
        nap_run_result_free(&r->violations[i].result);
    }
    free(r->violations);
    nap_findings_free(&r->notes);
    memset(r, 0, sizeof *r);
}
