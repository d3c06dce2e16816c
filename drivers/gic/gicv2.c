/* SPDX-License-Identifier: MIT */
/* Bringing a GICv2 up: the distributor once, by the CPU that boots; what is banked by each CPU
 * itself. And taking interrupts.
 *
 * Source: Arm IHI 0048, "Initialization" of distributor and CPU interface, "Priority drop and
 * interrupt deactivation". */
#include <errno.h>
#include <string.h>

#include "gicv2.h"

const char *const gicv2_compatible[] = {"gicv2", NULL};

/* --- the distributor, once --- */

static void size_up(struct gic_driver *driver)
{
    uint32_t typer = gicd_read(GICD_TYPER);
    uint32_t intids = GICD_TYPER_LINES(typer);

    if (intids > GIC_SPIS_END && !driver->form.reserved_ids)
        intids = GIC_SPIS_END;
    driver->intids = intids;
    driver->cpus = GICD_TYPER_CPUS(typer);
    driver->shared = (struct gic_bank){
        .regs = driver->dist, .first = GIC_PRIVATE, .n = intids - GIC_PRIVATE};
    for (uint32_t cpu = 0; cpu < driver->cpus; cpu++)
        driver->cpu[cpu].own = (struct gic_bank){.regs = driver->dist,
                                                 .n = GIC_PRIVATE,
                                                 .unlatched = (1u << GIC_SGIS) - 1u,
                                                 .fixed = 1};
}

static void set_up_spis(const struct gic_driver *driver)
{
    const struct gic_bank *shared = &driver->shared;

    gicd_write(GICD_CTLR, 0);
    gic_clear(shared, GIC_ENABLE);
    gic_clear(shared, GIC_ACTIVE);
    gic_fill(shared, GIC_TRIGGER, 0);
    gic_fill(shared, GIC_PRIORITY, GIC_PRIORITY_DEFAULT * UINT32_C(0x01010101));
    gic_fill(shared, GIC_TARGET, UINT32_C(0x01010101));
}

/* As request_irq() would have it: off, then what it is like, then on. */
static void use(const struct nap_interrupt *irq)
{
    uint32_t intid = irq->intid, word = 4u * (intid / 32u), byte = intid & ~3u;
    uint32_t trigger = irq->edge ? 2u : 0u, half = 4u * (intid / 16u);
    nap_addr dist = gic()->dist;

    if (intid >= GIC_PRIVATE) {
        gic_set_bits(dist + GICD_ICFGR + half, intid % 16u * 2u, 3u, trigger);
        gic_set_bits(dist + GICD_ITARGETSR + byte, intid % 4u * 8u, 0xffu, 1u << irq->cpu);
    }
    if (intid == gic()->group1)
        gic_set_bits(gic()->dist + GICD_IGROUPR + word, intid % 32u, 1u, 1u);
    gic_set_bits(gic()->dist + GICD_IPRIORITYR + byte, intid % 4u * 8u, 0xffu, irq->priority);
    gicd_write(GICD_ISENABLER + word, UINT32_C(1) << intid % 32u);
}

/* --- what is banked, by each CPU --- */

static uint32_t priority_words(void)
{
    uint32_t bits;

    gicc_write(GICC_PMR, 0xff);
    bits = (uint32_t)__builtin_popcount(gicc_read(GICC_PMR));
    return bits <= 5u ? 1u : 1u << (bits - 5u);
}

static void set_up_own(const struct gic_cpu *cpu)
{
    gic_clear(&cpu->own, GIC_ENABLE);
    gic_clear(&cpu->own, GIC_ACTIVE);
    gic_fill(&cpu->own, GIC_PRIORITY, GIC_PRIORITY_DEFAULT * UINT32_C(0x01010101));
}

static void set_up_interface(const struct gic_driver *driver)
{
    uint32_t mode = driver->split ? GICC_CTLR_EOIMODE : 0;

    if (driver->group1 != 0)
        mode |= GICC_CTLR_ACKCTL;
    gicc_write(GICC_PMR, GICC_PMR_ALL);
    gicc_write(GICC_BPR, 0);
    for (uint32_t i = 0; i < driver->priority_words; i++)
        gicc_write(GICC_APR + 4u * i, 0);
    gicc_write(GICC_CTLR, GICC_CTLR_BYPASSES | mode | 1u);
}

/* The shared ones, or the private ones of a CPU. */
static void use_all(uint32_t cpu, bool shared)
{
    for (uint32_t i = 0; i < nap_interrupts(); i++) {
        const struct nap_interrupt *irq = nap_interrupt(i);
        bool is_shared = irq->intid >= GIC_PRIVATE;

        if (irq->intid < gic()->intids && is_shared == shared && (shared || irq->cpu == cpu))
            use(irq);
    }
}

/* Its interrupts are off at the CPU. */
static int first_up(uint32_t cpu)
{
    struct gic_driver *driver = gic();

    set_up_own(&driver->cpu[cpu]);
    driver->priority_words = priority_words();
    use_all(cpu, false);
    set_up_interface(driver);
    driver->cpu[cpu].up = true;
    return 0;
}

/* --- probe --- */

/* The interface comes after the distributor that it belongs to. */
static int probe_interface(struct gic_driver *driver, const struct nap_device *device)
{
    driver->cpuif = device->regs;
    if (gic_keep() != 0)
        return -ENOMEM;
    first_up(0);
    gicd_write(GICD_CTLR, GICD_CTLR_GROUP0);
    return 0;
}

/* The parts are told by their names, as a device tree tells them by their order. */
int gicv2_probe(struct nap_device *device, const struct gic_form *form)
{
    struct gic_driver *driver = nap_driver_data();

    if (strcmp(device->name, "gicd") == 0) {
        driver = gic_new(form);
        if (driver == NULL)
            return -ENOMEM;
        driver->dist = device->regs;
        size_up(driver);
        set_up_spis(driver);
        use_all(0, true);
    } else if (strcmp(device->name, "gicc") == 0) {
        return driver != NULL ? probe_interface(driver, device) : NAP_EPROBE_DEFER;
    }
    return 0;
}

/* --- sleep of the CPUs that do not run the tables --- */

int gicv2_cpu_down(unsigned number)
{
    struct gic_cpu *cpu = &gic()->cpu[number];

    cpu->kept = false;
    if (gic_form()->private_lost)
        return 0;
    gicv2_interface_off(cpu);
    if (gicv2_interface_idle() != 0) {
        gicv2_interface_on(cpu);
        return -EBUSY;
    }
    gicv2_interface_save(cpu);
    gicv2_own_save(cpu);
    gicv2_sgis_save(cpu);
    cpu->kept = true;
    return 0;
}

int gicv2_cpu_up(unsigned number)
{
    struct gic_cpu *cpu = &gic()->cpu[number];

    if (!cpu->up)
        return first_up(number);
    if (!cpu->kept) {
        set_up_interface(gic());
        return 0;
    }
    gicv2_own_restore(cpu);
    gicv2_interface_priorities(cpu);
    gicv2_interface_on(cpu);
    return 0;
}

/* --- interrupts --- */

/* One for each call. A guest ends its interrupt itself; in the meantime it keeps none but its
 * own waiting, where the end is in two writes, of which this is the first. */
void gicv2_irq_entry(unsigned cpu)
{
    uint32_t iar = gicc_read(GICC_IAR);
    enum nap_irq_result result;

    (void)cpu;
    if (GICC_IAR_INTID(iar) >= GIC_SPECIAL)
        return;
    result = nap_irq_dispatch(GICC_IAR_INTID(iar));
    if (!gic()->split && result == NAP_IRQ_GUEST)
        return;
    gicc_write(GICC_EOIR, iar);
    if (gic()->split && result != NAP_IRQ_GUEST)
        gicc_write(GICC_DIR, iar);
}

void gicv2_irq_deactivate(unsigned cpu, uint32_t intid)
{
    (void)cpu;
    if (gic()->split)
        gicc_write(GICC_DIR, intid);
    else
        gicc_write(GICC_EOIR, intid);
}

int gicv2_irq_send(unsigned cpu, unsigned target, uint32_t intid)
{
    (void)cpu;
    nap_dsb();
    gicd_write(GICD_SGIR, UINT32_C(1) << (16u + target) | intid);
    return 0;
}
