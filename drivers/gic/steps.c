/* SPDX-License-Identifier: MIT */
/* Suspend and resume are tables of steps; each step is a phase of its own, so that the machine
 * is looked at between any two. Parameter driver.swap=N lets steps N and N + 1 of resume, from
 * 1, change places. */
#include "gic.h"

static const struct gic_sequence *sequence(void)
{
    enum gic_order order = gic_form()->order;

    return order < GICV3_CORRECTED ? &gicv2_sequences[order] : &gicv3_sequences[order];
}

static bool applies(enum gic_when when)
{
    switch (when) {
    case GIC_DISTRIBUTOR:
        return gic()->kept && !gic_form()->distributor_lost;
    case GIC_FORWARDING:
        return gic()->stopped;
    case GIC_OWN:
        return gic()->cpu[0].kept;
    case GIC_INTERFACE:
        return gic()->cpu[0].saved;
    case GIC_ITS:
        return gic()->its.kept;
    case GIC_ALWAYS:
        break;
    }
    return true;
}

static int run(const struct gic_steps *steps, uint32_t k)
{
    const struct gic_step *step;

    if (k >= steps->n || !applies(steps->step[k].when))
        return 0;
    step = &steps->step[k];
    nap_log("%s", step->name);
    if (step->run != NULL)
        return step->run();
    return step->of_cpu != NULL ? step->of_cpu(&gic()->cpu[0]) : step->of_its(&gic()->its);
}

/* The place whose step is taken at @k. */
static uint32_t swapped(uint32_t k)
{
    uint32_t first = gic()->swap;

    if (first == 0 || (k != first - 1 && k != first))
        return k;
    return k == first ? first - 1 : first;
}

/* Everything is back in service before the error is told, by resume, which must be right on
 * hardware that has lost nothing. Where that fails too, hardware does not answer, and what
 * comes after would be wrong. */
static void resume_all(void)
{
    int ret = 0;

    if (gic_form()->rollback_interface_first && sequence()->resume.n != 0)
        (void)run(&sequence()->resume, sequence()->resume.n - 1);
    for (uint32_t k = 0; k < sequence()->resume.n && ret == 0; k++)
        ret = run(&sequence()->resume, swapped(k));
}

int gic_suspend_step(uint32_t k)
{
    int ret = run(&sequence()->suspend, k);

    if (ret != 0 && !gic_form()->no_rollback)
        resume_all();
    return ret;
}

int gic_resume_step(uint32_t k)
{
    return run(&sequence()->resume, swapped(k));
}

/* --- as phases --- */

#define EACH_STEP(X)                                                                           \
    X(0)                                                                                       \
    X(1)                                                                                       \
    X(2)                                                                                       \
    X(3)                                                                                       \
    X(4)                                                                                       \
    X(5)                                                                                       \
    X(6)                                                                                       \
    X(7)                                                                                       \
    X(8)                                                                                       \
    X(9)                                                                                       \
    X(10)                                                                                      \
    X(11)                                                                                      \
    X(12)                                                                                      \
    X(13)                                                                                      \
    X(14)                                                                                      \
    X(15)                                                                                      \
    X(16)                                                                                      \
    X(17)                                                                                      \
    X(18)                                                                                      \
    X(19)                                                                                      \
    X(20)                                                                                      \
    X(21)                                                                                      \
    X(22)                                                                                      \
    X(23)                                                                                      \
    X(24)                                                                                      \
    X(25)                                                                                      \
    X(26)                                                                                      \
    X(27)                                                                                      \
    X(28)                                                                                      \
    X(29)                                                                                      \
    X(30)                                                                                      \
    X(31)

#define STEP_CALLS(k)                                                                          \
    static int suspend_##k(void)                                                               \
    {                                                                                          \
        return gic_suspend_step(k);                                                            \
    }                                                                                          \
    static int resume_##k(void)                                                                \
    {                                                                                          \
        return gic_resume_step(k);                                                             \
    }

EACH_STEP(STEP_CALLS)

#define SUSPEND_PHASE(k)                                                                       \
    {.name = "save " #k, .kind = NAP_PHASE_STEP, .step = suspend_##k, .irqs_off = true},
#define OPEN_PHASE(k) {.name = "save " #k, .kind = NAP_PHASE_STEP, .step = suspend_##k},
#define OPEN_RESUME_PHASE(k)                                                                   \
    {.name = "restore " #k, .kind = NAP_PHASE_STEP, .step = resume_##k},
#define RESUME_PHASE(k)                                                                        \
    {.name = "restore " #k, .kind = NAP_PHASE_STEP, .step = resume_##k, .irqs_off = true},

const struct nap_phase gic_suspend_phases[GIC_STEPS_MAX] = {EACH_STEP(SUSPEND_PHASE)};
const struct nap_phase gic_open_phases[GIC_STEPS_MAX] = {EACH_STEP(OPEN_PHASE)};
const struct nap_phase gic_open_resume_phases[GIC_STEPS_MAX] = {EACH_STEP(OPEN_RESUME_PHASE)};
const struct nap_phase gic_resume_phases[GIC_STEPS_MAX] = {EACH_STEP(RESUME_PHASE)};
