/* SPDX-License-Identifier: MIT */
/* State of interrupts, in the registers that hold it: latch, input, active, enable, trigger,
 * group and priority, and what acknowledging and deactivating do to them. Arm IHI 0048B, 3.2.4
 * and IHI 0069, "Interrupt handling state machine". */
#include "gic.h"

#define WORD_BITS 32u

static unsigned slot_of(uint16_t first, unsigned word)
{
    return first + word;
}

static uint32_t word_of(const struct nap_machine *m, const struct gic_bank *bank,
                        uint16_t first, unsigned word)
{
    return (uint32_t)nap_reg_get(m, bank->device, slot_of(first, word));
}

uint32_t gic_word_mask(const struct gic_bank *bank, unsigned word)
{
    uint32_t left = bank->count - word * WORD_BITS;

    return left >= WORD_BITS ? UINT32_MAX : (1u << left) - 1;
}

/* --- looking --- */

/* The 16 fields of two bits whose upper bit says edge, as 16 bits. */
static uint32_t upper_bits(uint32_t fields)
{
    fields = fields >> 1 & 0x55555555u;
    fields = (fields | fields >> 1) & 0x33333333u;
    fields = (fields | fields >> 2) & 0x0f0f0f0fu;
    fields = (fields | fields >> 4) & 0x00ff00ffu;
    return (fields | fields >> 8) & 0x0000ffffu;
}

/* SGIs are edges, whatever their fields are. */
static uint32_t sgis(const struct gic_bank *bank, unsigned word)
{
    return bank->first == 0 && word == 0 ? (1u << GIC_N_SGIS) - 1 : 0;
}

uint32_t gic_edge(const struct nap_machine *m, const struct gic_bank *bank, unsigned word)
{
    return upper_bits(word_of(m, bank, bank->icfgr, 2 * word)) |
           upper_bits(word_of(m, bank, bank->icfgr, 2 * word + 1)) << 16 | sgis(bank, word);
}

uint32_t gic_enabled(const struct nap_machine *m, const struct gic_bank *bank, unsigned word)
{
    uint32_t enabled = word_of(m, bank, bank->isenabler, word);

    if (word == 0)
        enabled |= bank->enabled_always;
    return bank->enabled_too ? enabled | bank->enabled_too[word] : enabled;
}

uint32_t gic_active(const struct nap_machine *m, const struct gic_bank *bank, unsigned word)
{
    return word_of(m, bank, bank->isactiver, word);
}

uint32_t gic_lines(const struct nap_machine *m, const struct gic_bank *bank, unsigned word)
{
    uint32_t high =
        nap_lines(m, bank->first + word * WORD_BITS, bank->cpu == GIC_NO_CPU ? 0 : bank->cpu);

    return high & gic_word_mask(bank, word);
}

uint32_t gic_pending(const struct nap_machine *m, const struct gic_bank *bank, unsigned word)
{
    uint32_t latch = word_of(m, bank, bank->ispendr, word);
    uint32_t high = gic_lines(m, bank, word) & ~latch;

    return high ? latch | (high & ~gic_edge(m, bank, word)) : latch;
}

uint32_t gic_in_groups(const struct nap_machine *m, const struct gic_bank *bank, unsigned word,
                       unsigned groups)
{
    uint32_t group = word_of(m, bank, bank->igroupr, word);
    uint32_t modifier =
        bank->igrpmodr == GIC_NO_SLOT ? 0 : word_of(m, bank, bank->igrpmodr, word);
    uint32_t in = 0;

    if (groups & GIC_GROUP_BIT(GIC_GROUP_0))
        in |= ~group & ~modifier;
    if (groups & GIC_GROUP_BIT(GIC_GROUP_1))
        in |= group;
    if (groups & GIC_GROUP_BIT(GIC_GROUP_1_SECURE))
        in |= ~group & modifier;
    return in & gic_word_mask(bank, word);
}

uint8_t gic_priority(const struct nap_machine *m, const struct gic_bank *bank, unsigned n)
{
    return (uint8_t)(word_of(m, bank, bank->ipriorityr, n / 4) >> 8 * (n % 4));
}

enum gic_group gic_group(const struct nap_machine *m, const struct gic_bank *bank, unsigned n)
{
    uint32_t bit = 1u << n % WORD_BITS;

    if (gic_in_groups(m, bank, n / WORD_BITS, GIC_GROUP_BIT(GIC_GROUP_1)) & bit)
        return GIC_GROUP_1;
    return gic_in_groups(m, bank, n / WORD_BITS, GIC_GROUP_BIT(GIC_GROUP_1_SECURE)) & bit
               ? GIC_GROUP_1_SECURE
               : GIC_GROUP_0;
}

/* --- content that is undetermined --- */

static void settle_word(struct nap_machine *m, const struct gic_bank *bank, uint16_t first,
                        unsigned word)
{
    if (first != GIC_NO_SLOT)
        nap_reg_settle(m, bank->device, slot_of(first, word));
}

void gic_settle(struct nap_machine *m, const struct gic_bank *bank, unsigned word)
{
    if (!nap_varied(m, NAP_CHOOSE_RETAIN))
        return;
    settle_word(m, bank, bank->isenabler, word);
    settle_word(m, bank, bank->ispendr, word);
    settle_word(m, bank, bank->isactiver, word);
    if (gic_lines(m, bank, word)) {
        settle_word(m, bank, bank->icfgr, 2 * word);
        settle_word(m, bank, bank->icfgr, 2 * word + 1);
    }
}

void gic_settle_candidates(struct nap_machine *m, const struct gic_bank *bank, unsigned word,
                           uint32_t candidates)
{
    if (!candidates || !nap_varied(m, NAP_CHOOSE_RETAIN))
        return;
    settle_word(m, bank, bank->igroupr, word);
    settle_word(m, bank, bank->igrpmodr, word);
    for (unsigned byte = 0; byte < WORD_BITS / 4; byte++)
        if (candidates >> 4 * byte & 0xfu)
            settle_word(m, bank, bank->ipriorityr, word * (WORD_BITS / 4) + byte);
}

static bool word_undetermined(const struct nap_machine *m, const struct gic_bank *bank,
                              uint16_t first, unsigned word)
{
    return first != GIC_NO_SLOT &&
           (nap_reg_marks(m, bank->device, slot_of(first, word)) & NAP_MARK_UNDETERMINED) != 0;
}

static bool registers_undetermined(const struct nap_machine *m, const struct gic_bank *bank,
                                   uint16_t first, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (word_undetermined(m, bank, first, i))
            return true;
    return false;
}

bool gic_determined(const struct nap_machine *m, const struct gic_bank *bank)
{
    unsigned words = (bank->count + WORD_BITS - 1) / WORD_BITS;

    return !nap_varied(m, NAP_CHOOSE_RETAIN) ||
           !(registers_undetermined(m, bank, bank->isenabler, words) ||
             registers_undetermined(m, bank, bank->ispendr, words) ||
             registers_undetermined(m, bank, bank->isactiver, words) ||
             registers_undetermined(m, bank, bank->icfgr, 2 * words) ||
             registers_undetermined(m, bank, bank->igroupr, words) ||
             registers_undetermined(m, bank, bank->igrpmodr, words) ||
             registers_undetermined(m, bank, bank->ipriorityr, words * WORD_BITS / 4));
}

/* --- moving --- */

/* Bits of a bitmap go up or down; true if any was the other way. */
static bool set_bits(struct nap_machine *m, const struct gic_bank *bank, uint16_t first,
                     unsigned word, uint32_t bits, bool up)
{
    unsigned slot = slot_of(first, word);
    uint32_t was, now;

    nap_reg_settle(m, bank->device, slot);
    was = (uint32_t)nap_reg_get(m, bank->device, slot);
    now = up ? was | bits : was & ~bits;
    if (now == was)
        return false;
    nap_reg_set(m, bank->device, slot, now);
    return true;
}

static bool set_bit(struct nap_machine *m, const struct gic_bank *bank, uint16_t first,
                    unsigned n, bool up)
{
    return set_bits(m, bank, first, n / WORD_BITS, 1u << n % WORD_BITS, up);
}

static void tell(struct nap_machine *m, const struct gic_bank *bank, unsigned n, unsigned about,
                 const char *what)
{
    nap_interrupt_step(m, bank->device, bank->first + n, about, what);
}

static unsigned owner(const struct gic_bank *bank)
{
    return bank->cpu == GIC_NO_CPU ? NAP_ABOUT_NOBODY : bank->cpu;
}

void gic_latch(struct nap_machine *m, const struct gic_bank *bank, unsigned n, bool pending)
{
    if (set_bit(m, bank, bank->ispendr, n, pending))
        tell(m, bank, n, owner(bank),
             pending ? NAP_LABEL_INTERRUPT_LATCHED : NAP_LABEL_INTERRUPT_CLEARED);
}

bool gic_input(struct nap_machine *m, const struct gic_bank *bank, unsigned n, bool level)
{
    unsigned word = n / WORD_BITS;

    settle_word(m, bank, bank->icfgr, n / 16);
    if (!(gic_edge(m, bank, word) >> n % WORD_BITS & 1)) {
        if (level)
            tell(m, bank, n, owner(bank), NAP_LABEL_INTERRUPT_RAISED);
        return true;
    }
    if (!level)
        return false;
    tell(m, bank, n, owner(bank), NAP_LABEL_INTERRUPT_RAISED);
    gic_latch(m, bank, n, true);
    return true;
}

void gic_acknowledge(struct nap_machine *m, const struct gic_bank *bank, unsigned n,
                     unsigned cpu)
{
    (void)set_bit(m, bank, bank->ispendr, n, false);
    (void)set_bit(m, bank, bank->isactiver, n, true);
    tell(m, bank, n, cpu, NAP_LABEL_INTERRUPT_ACKNOWLEDGED);
}

bool gic_deactivate(struct nap_machine *m, const struct gic_bank *bank, unsigned n,
                    unsigned cpu)
{
    if (!set_bit(m, bank, bank->isactiver, n, false))
        return false;
    tell(m, bank, n, cpu, NAP_LABEL_INTERRUPT_DEACTIVATED);
    return true;
}

void gic_unheard(struct nap_machine *m, unsigned device, uint32_t intid, unsigned cpu,
                 bool level)
{
    if (level)
        nap_interrupt_step(m, device, intid, nap_line_private(intid) ? cpu : NAP_ABOUT_NOBODY,
                           NAP_LABEL_INTERRUPT_UNHEARD);
}

bool gic_restored(const struct nap_machine *m, unsigned device, unsigned slot)
{
    unsigned marks = nap_reg_marks(m, device, slot);
    uint64_t golden;

    if (!nap_golden(m, device, slot, &golden) || (marks & NAP_MARK_WRITTEN))
        return true;
    return !(marks & NAP_MARK_UNDETERMINED) && nap_reg_get(m, device, slot) == golden;
}

void gic_lost(struct nap_machine *m, const struct gic_bank *bank)
{
    for (unsigned word = 0; word * WORD_BITS < bank->count; word++) {
        uint32_t lost = word_of(m, bank, bank->ispendr, word);

        if (lost)
            lost &= ~(gic_lines(m, bank, word) & ~gic_edge(m, bank, word));
        for (; lost; lost &= lost - 1)
            tell(m, bank, word * WORD_BITS + (unsigned)__builtin_ctz(lost), owner(bank),
                 NAP_LABEL_INTERRUPT_LOST);
    }
}
