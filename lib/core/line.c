/* SPDX-License-Identifier: MIT */
/* The wires around a simulated interrupt controller: its inputs, and what it shows the CPUs.
 * They lie outside it, so they outlive its power. */
#include "core.h"

#include <assert.h>

/* --- inputs of the controller --- */

int nap_controller(const struct nap_machine *m)
{
    return (int)m->soc->controller - 1;
}

/* The word that holds the level, and its bit. */
static uint64_t *line_word(const struct nap_machine *m, uint32_t intid, unsigned cpu,
                           uint64_t *bit)
{
    struct nap_inputs *inputs = &m->st->inputs;

    assert((nap_line_private(intid) || nap_line_shared(intid)) && cpu < NAP_SOC_CPUS_MAX);
    *bit = UINT64_C(1) << intid % 64;
    if (intid < NAP_LINE_SPI_FIRST)
        return &inputs->ppi[cpu];
    if (intid < NAP_LINE_SPI_END)
        return &inputs->spi[intid / 64];
    if (intid < NAP_LINE_EPPI_END) {
        *bit = UINT64_C(1) << (intid - NAP_LINE_EPPI_FIRST);
        return &inputs->eppi[cpu];
    }
    return &inputs->espi[(intid - NAP_LINE_ESPI_FIRST) / 64];
}

bool nap_line(const struct nap_machine *m, uint32_t intid, unsigned cpu)
{
    uint64_t bit;

    return (*line_word(m, intid, cpu, &bit) & bit) != 0;
}

uint32_t nap_lines(const struct nap_machine *m, uint32_t intid, unsigned cpu)
{
    uint64_t bit, *word;

    assert(intid % 32 == 0);
    if (intid == 0)
        return (uint32_t)m->st->inputs.ppi[cpu];
    word = line_word(m, intid, cpu, &bit);
    return (uint32_t)(*word >> __builtin_ctzll(bit));
}

void nap_interrupt_step(struct nap_machine *m, unsigned device, uint32_t intid, unsigned about,
                        const char *what)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_INTERRUPT, device, NAP_NO_SLOT);

    e.index = intid;
    e.now = about;
    e.label = what;
    nap_step_done(m, &e);
}

void nap_message_step(struct nap_machine *m, unsigned device, uint32_t intid,
                      uint32_t device_id, const char *what)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_INTERRUPT, device, NAP_NO_SLOT);

    e.index = intid;
    e.was = 1;
    e.now = device_id;
    e.label = what;
    nap_step_done(m, &e);
}

void nap_line_set(struct nap_machine *m, uint32_t intid, unsigned cpu, bool level)
{
    unsigned controller = (unsigned)nap_controller(m);
    const struct nap_block *block;
    uint64_t bit, *word = line_word(m, intid, cpu, &bit);

    assert(m->soc->controller && (cpu == 0 || nap_line_private(intid)));
    if (((*word & bit) != 0) == level)
        return;
    nap_touched(m, word, sizeof *word);
    *word ^= bit;
    nap_interrupt_step(m, controller, intid, nap_line_private(intid) ? cpu : NAP_ABOUT_NOBODY,
                       level ? NAP_LABEL_INTERRUPT_HIGH : NAP_LABEL_INTERRUPT_LOW);
    block = m->devices[controller].kind->block;
    if (block->line)
        block->line(m, controller, intid, cpu, level);
}

/* --- what the controller shows CPUs --- */

unsigned nap_signals(const struct nap_machine *m, unsigned cpu)
{
    assert(cpu < NAP_SOC_CPUS_MAX);
    return m->st->signals[cpu];
}

void nap_signal_set(struct nap_machine *m, unsigned cpu, unsigned signals)
{
    uint8_t *at = &m->st->signals[cpu];
    struct nap_event e;

    assert(m->soc->controller && cpu < NAP_SOC_CPUS_MAX);
    if (*at == signals)
        return;
    e = nap_event_for(m, NAP_STEP_SIGNAL, (unsigned)nap_controller(m), NAP_NO_SLOT);
    e.index = cpu;
    e.was = *at;
    e.now = signals;
    nap_touched(m, at, sizeof *at);
    *at = (uint8_t)signals;
    nap_step_done(m, &e);
}
