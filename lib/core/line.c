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

bool nap_line_exists(const struct nap_machine *m, uint32_t intid, unsigned cpu)
{
    int controller = nap_controller(m);
    const struct nap_block *block;

    if (controller < 0 || (!nap_line_private(intid) && !nap_line_shared(intid)))
        return false;
    block = m->devices[controller].kind->block;
    return !block->has_input || block->has_input(m, (unsigned)controller, intid, cpu);
}

static bool has_inputs(const struct nap_machine *m)
{
    uint32_t intid = NAP_LINE_PPI_FIRST;

    if (!m->devices[nap_controller(m)].kind->block->line)
        return false;
    while (intid < NAP_LINE_ESPI_END && !nap_line_exists(m, intid, 0))
        intid++;
    return intid < NAP_LINE_ESPI_END;
}

enum nap_err nap_lines_check(const struct nap_machine *m, struct nap_error *error)
{
    const struct nap_soc *soc = m->soc;

    if (!soc->controller)
        return NAP_OK;
    if (soc->controller > m->n_devices)
        return nap_fail(error, NAP_ERR_RANGE,
                        "%s: the controller is device number %u, expected one below %u",
                        soc->name, soc->controller - 1, m->n_devices);
    if (!has_inputs(m))
        return nap_fail(error, NAP_ERR_RANGE,
                        "%s: controller %s has no inputs, expected an interrupt controller",
                        soc->name, nap_device_name(m, soc->controller - 1));
    for (unsigned i = 0; i < m->n_devices; i++) {
        uint32_t irq = soc->devices[i].irq;

        if (irq != NAP_SOC_NONE && !(nap_line_shared(irq) && nap_line_exists(m, irq, 0)))
            return nap_fail(error, NAP_ERR_RANGE,
                            "%s: device %s has irq %u, expected a shared input that "
                            "controller %s has",
                            soc->name, nap_device_name(m, i), irq,
                            nap_device_name(m, soc->controller - 1));
    }
    return NAP_OK;
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
