/* SPDX-License-Identifier: MIT */
/* Which interrupt a CPU is to be shown, and the arithmetic of priorities. Lower values are
 * higher priorities. Arm IHI 0048B, 3.3 and 3.6.4; IHI 0069, "Interrupt prioritization". */
#include "gic.h"

#define WORD_BITS 32u

static const struct gic_candidate none = {.priority = GIC_IDLE};

static bool comes_first(const struct gic_candidate *a, const struct gic_candidate *b)
{
    if (!a->found || !b->found)
        return a->found;
    return a->priority != b->priority ? a->priority < b->priority : a->intid < b->intid;
}

struct gic_candidate gic_better(struct gic_candidate a, struct gic_candidate b)
{
    return comes_first(&b, &a) ? b : a;
}

/* In most words nothing is pending. */
uint32_t gic_ready(struct nap_machine *m, const struct gic_bank *bank, unsigned word)
{
    uint32_t pending;

    gic_settle(m, bank, word);
    pending = gic_pending(m, bank, word);
    return pending ? pending & gic_enabled(m, bank, word) & ~gic_active(m, bank, word) &
                         gic_word_mask(bank, word)
                   : 0;
}

static struct gic_candidate best_of_word(struct nap_machine *m, const struct gic_bank *bank,
                                         unsigned word, uint32_t candidates,
                                         const struct gic_filter *filter)
{
    struct gic_candidate best = none;

    for (; candidates; candidates &= candidates - 1) {
        unsigned n = word * WORD_BITS + (unsigned)__builtin_ctz(candidates);
        uint8_t priority = gic_priority(m, bank, n);

        if (best.found && priority >= best.priority)
            continue;
        if (bank->cpu == GIC_NO_CPU && filter->routed &&
            !filter->routed(m, bank, n, filter->cpu))
            continue;
        best = (struct gic_candidate){.found = true,
                                      .priority = priority,
                                      .group = gic_group(m, bank, n),
                                      .intid = bank->first + n};
    }
    return best;
}

static struct gic_candidate best_of_bank(struct nap_machine *m, const struct gic_bank *bank,
                                         const struct gic_filter *filter)
{
    struct gic_candidate best = none;

    for (unsigned word = 0; word * WORD_BITS < bank->count; word++) {
        uint32_t candidates = bank->ready ? bank->ready[word] : gic_ready(m, bank, word);
        struct gic_candidate one;

        if (!candidates)
            continue;
        gic_settle_candidates(m, bank, word, candidates);
        candidates &= gic_in_groups(m, bank, word, filter->groups);
        one = best_of_word(m, bank, word, candidates, filter);
        best = gic_better(best, one);
    }
    return best;
}

struct gic_candidate gic_best(struct nap_machine *m, const struct gic_bank *banks,
                              unsigned n_banks, const struct gic_filter *filter)
{
    struct gic_candidate best = none;

    for (unsigned i = 0; i < n_banks && filter->groups; i++) {
        struct gic_candidate one;

        if (banks[i].cpu != GIC_NO_CPU && banks[i].cpu != filter->cpu)
            continue;
        one = best_of_bank(m, &banks[i], filter);
        one.bank = i;
        best = gic_better(best, one);
    }
    return best;
}

/* --- priorities --- */

uint8_t gic_group_mask(unsigned bpr, bool one_more)
{
    unsigned lowest = one_more ? bpr : bpr + 1;

    return (uint8_t)(lowest >= 8 ? 0 : 0xffu << lowest);
}

uint8_t gic_running(const uint32_t *apr, unsigned n, unsigned min_bpr)
{
    for (unsigned i = 0; i < n; i++)
        if (apr[i])
            return (uint8_t)((i * WORD_BITS + (unsigned)__builtin_ctz(apr[i]))
                             << (min_bpr + 1));
    return GIC_IDLE;
}

unsigned gic_apr_word(uint8_t group_priority, unsigned min_bpr)
{
    return ((unsigned)group_priority >> (min_bpr + 1)) / WORD_BITS;
}

uint32_t gic_apr_bit(uint8_t group_priority, unsigned min_bpr)
{
    return 1u << ((unsigned)group_priority >> (min_bpr + 1)) % WORD_BITS;
}

/* The running priority may have been taken with a finer binary point than there is now, so of
 * both only what that is now counts (GICC_BPR: with 7 nothing preempts). */
bool gic_preempts(const struct gic_candidate *c, uint8_t pmr, uint8_t group_mask,
                  uint8_t running)
{
    if (!c->found || c->priority >= pmr)
        return false;
    return running == GIC_IDLE || (c->priority & group_mask) < (running & group_mask);
}
