/* SPDX-License-Identifier: MIT */
/* Bringing a GICv3 up: the distributor and the ITS once, by the CPU that boots; redistributor
 * and CPU interface by each CPU itself. And taking interrupts.
 *
 * Source: Arm IHI 0069, "Initialization" and the chapters that it names. */
#include <errno.h>
#include <string.h>

#include "gicv3.h"

const char *const gicv3_compatible[] = {"gicv3", "gicv3-redistributor", "gicv3-cpu-interface",
                                        "its", NULL};

/* --- the distributor, once --- */

static void size_up(struct gic_driver *driver)
{
    uint32_t typer = gicd_read(GICD_TYPER), intids = GICD_TYPER_LINES(typer);

    driver->intids = intids > GIC_SPIS_END ? GIC_SPIS_END : intids;
    driver->shared = (struct gic_bank){
        .regs = driver->dist, .first = GIC_PRIVATE, .n = driver->intids - GIC_PRIVATE};
    if ((typer & GICD_TYPER_ESPI) != 0)
        driver->extended =
            (struct gic_bank){.regs = driver->dist, .n = GICD_TYPER_ESPIS(typer), .spaced = 1};
    if ((typer & GICD_TYPER_LPIS) != 0)
        driver->id_bits = GICD_TYPER_IDBITS(typer) < 14u ? GICD_TYPER_IDBITS(typer) : 14u;
    driver->one_state = (gicd_read(GICD_CTLR) & GICD_CTLR_DS) != 0;
}

/* Group 1 all of them, where there are groups to choose. */
static void set_up_bank(const struct gic_bank *bank)
{
    gic_clear(bank, GIC_ENABLE);
    gic_clear(bank, GIC_ACTIVE);
    gic_fill(bank, GIC_GROUP, UINT32_MAX);
    gic_fill(bank, GIC_MODIFIER, 0);
    gic_fill(bank, GIC_TRIGGER, 0);
    gic_fill(bank, GIC_PRIORITY, GIC_PRIORITY_DEFAULT * UINT32_C(0x01010101));
}

static int set_up_distributor(const struct gic_driver *driver)
{
    int ret;

    gicd_write(GICD_CTLR, gicd_read(GICD_CTLR) & GICD_CTLR_ARE);
    ret = gicv3_dist_settled();
    gicd_write(GICD_CTLR, GICD_CTLR_ARE);
    if (ret == 0)
        ret = gicv3_dist_settled();
    set_up_bank(&driver->shared);
    set_up_bank(&driver->extended);
    return ret != 0 ? ret : gicv3_dist_settled();
}

/* In the frame of the distributor, or in that of a redistributor's SGIs and PPIs, as interrupt
 * @n of its registers. */
static void use_at(nap_addr frame, uint32_t n, const struct nap_interrupt *irq)
{
    uint32_t edge = irq->edge ? 2u : 0;

    if (n >= GIC_SGIS)
        gic_set_bits(frame + GICD_ICFGR + 4ul * (n / 16u), n % 16u * 2u, 3u, edge);
    gic_set_bits(frame + GICD_IPRIORITYR + (n & ~3u), n % 4u * 8u, 0xffu, irq->priority);
    gic_writel(frame + GICD_ISENABLER + 4ul * (n / 32u), UINT32_C(1) << n % 32u);
}

static uint64_t route_to(uint32_t cpu)
{
    uint32_t affinity = gic()->cpu[cpu].affinity;

    return (uint64_t)(affinity >> 24) << 32 | (affinity & 0xffffffu);
}

static void use_spi(const struct nap_interrupt *irq)
{
    nap_addr route = gic()->dist + GICD_IROUTER + 8ul * irq->intid;

    gic_write_at(route, 8, route_to(irq->cpu), __FILE__, __LINE__);
    use_at(gic()->dist, irq->intid, irq);
}

static void use_extended(const struct nap_interrupt *irq)
{
    nap_addr dist = gic()->dist;
    uint32_t n = irq->intid - GIC_ESPI_FIRST, edge = irq->edge ? 2u : 0;

    gic_write_at(dist + GICD_IROUTER_E + 8ul * n, 8, route_to(irq->cpu), __FILE__, __LINE__);
    gic_set_bits(dist + GICD_ICFGR_E + 4ul * (n / 16u), n % 16u * 2u, 3u, edge);
    gic_set_bits(dist + GICD_IPRIORITYR_E + (n & ~3u), n % 4u * 8u, 0xffu, irq->priority);
    gic_writel(dist + GICD_ISENABLER_E + 4ul * (n / 32u), UINT32_C(1) << n % 32u);
}

/* Those that all CPUs share. */
static void use_shared(void)
{
    for (uint32_t i = 0; i < nap_interrupts(); i++) {
        const struct nap_interrupt *irq = nap_interrupt(i);

        if (irq->intid >= GIC_PRIVATE && irq->intid < gic()->intids)
            use_spi(irq);
        else if (irq->intid >= GIC_ESPI_FIRST &&
                 irq->intid < GIC_ESPI_FIRST + gic()->extended.n)
            use_extended(irq);
    }
}

/* SGIs and PPIs of a CPU, with those of the extended range, whose registers follow. */
static void use_private(uint32_t cpu)
{
    const struct gic_cpu *own = &gic()->cpu[cpu];

    for (uint32_t i = 0; i < nap_interrupts(); i++) {
        const struct nap_interrupt *irq = nap_interrupt(i);
        uint32_t n = irq->intid >= GIC_EPPI_FIRST && irq->intid < GIC_EPPI_END
                         ? irq->intid - GIC_EPPI_FIRST + GIC_PRIVATE
                         : irq->intid;

        if (irq->cpu == cpu && n < own->own.n)
            use_at(own->redist + GICR_SGI_BASE, n, irq);
    }
}

/* --- each CPU, once --- */

static int start_lpis(struct gic_cpu *cpu)
{
    int ret;

    if (!cpu->has_lpis)
        return 0;
    ret = gicv3_redist_new_tables(cpu);
    if (ret == 0)
        ret = gicv3_redist_tables(cpu);
    return ret != 0 ? ret : gicv3_redist_lpis(cpu);
}

static int first_up(uint32_t number)
{
    struct gic_cpu *cpu = &gic()->cpu[number];
    int ret = gicv3_redist_power_on(cpu);

    if (ret == 0)
        ret = gicv3_redist_wake(cpu);
    if (ret != 0)
        return ret;
    set_up_bank(&cpu->own);
    ret = gicv3_redist_settled(cpu);
    use_private(number);
    if (ret == 0)
        ret = start_lpis(cpu);
    gicv3_interface_set_up(cpu);
    if (ret == 0 && gic()->its.regs != 0)
        ret = its_use(&gic()->its, number);
    cpu->up = true;
    return ret;
}

/* --- probe --- */

static int probe_distributor(struct nap_device *device, const struct gic_form *form)
{
    struct gic_driver *driver = gic_new(form);
    int ret = 0;

    if (driver == NULL)
        return -ENOMEM;
    driver->dist = device->regs;
    size_up(driver);
    if (driver->id_bits != 0) {
        driver->lpi_table = gic_table();
        ret = driver->lpi_table != 0 ? 0 : -ENOMEM;
    }
    if (ret == 0)
        ret = set_up_distributor(driver);
    if (ret != 0)
        gic_free();
    return ret;
}

static int probe_redistributor(struct gic_driver *driver, const struct nap_device *device)
{
    uint64_t typer = gic_read_at(device->regs + GICR_TYPER, 8, __FILE__, __LINE__);
    uint32_t ppis = GICR_TYPER_PPINUM(typer);
    struct gic_cpu *cpu;

    if (driver->cpus == GIC_CPUS_MAX)
        return -ENOSPC;
    cpu = &driver->cpu[driver->cpus++];
    cpu->redist = device->regs;
    cpu->number = GICR_TYPER_NUMBER(typer);
    cpu->affinity = GICR_TYPER_AFFINITY(typer);
    cpu->is_600 = GICR_IIDR_PRODUCT(gicr_read(cpu, GICR_IIDR)) == PRODUCT_GIC_600;
    cpu->has_lpis = (typer & GICR_TYPER_PLPIS) != 0 && driver->id_bits != 0;
    cpu->own = (struct gic_bank){.regs = device->regs + GICR_SGI_BASE,
                                 .n = GIC_PRIVATE + (ppis < 3u ? 32u * ppis : 0),
                                 .fixed = 1};
    return 0;
}

/* Of a form that counts places in the image in INTIDs: those of the extended SPIs begin where
 * the last word of the others does. */
static int overlap(struct gic_driver *driver)
{
    for (unsigned c = 0; c < GIC_CLASSES && driver->extended.n != 0; c++) {
        uint32_t words = gic_bank_words(&driver->shared, (enum gic_class)c);
        uint32_t more = gic_bank_words(&driver->extended, (enum gic_class)c);

        if (driver->extended.image[c] == NULL)
            continue;
        driver->shared.image[c] = nap_alloc((words + more) * sizeof(uint32_t));
        if (driver->shared.image[c] == NULL)
            return -ENOMEM;
        driver->extended.image[c] = driver->shared.image[c] + words - 1;
    }
    return 0;
}

/* All redistributors have been found by now, so SPIs can be routed. */
static int start(struct gic_driver *driver)
{
    int ret;

    if (driver->cpu[0].up)
        return 0;
    ret = gic_keep();
    if (driver->form.extended_overlaps && ret == 0)
        ret = overlap(driver);
    if (ret != 0)
        return ret;
    use_shared();
    if (driver->form.extended_short && driver->extended.n != 0)
        driver->extended.n -= 32u; /* from here on */
    ret = first_up(0);
    if (ret == 0) {
        gicd_write(GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GRPS);
        ret = gicv3_dist_settled();
    }
    if (ret != 0)
        gic_forget_all();
    return ret;
}

static int probe_its(struct gic_driver *driver, const struct nap_device *device)
{
    int ret;

    driver->its.regs = device->regs;
    ret = its_set_up(&driver->its);
    return ret != 0 ? ret : its_use(&driver->its, 0);
}

int gicv3_probe(struct nap_device *device, const struct gic_form *form)
{
    struct gic_driver *driver = nap_driver_data();

    if (strcmp(device->model, "gicv3") == 0)
        return probe_distributor(device, form);
    if (driver == NULL)
        return NAP_EPROBE_DEFER;
    if (strcmp(device->model, "gicv3-redistributor") == 0)
        return probe_redistributor(driver, device);
    if (strcmp(device->model, "gicv3-cpu-interface") == 0)
        return start(driver);
    return driver->cpu[0].up ? probe_its(driver, device) : NAP_EPROBE_DEFER;
}

/* --- sleep of the CPUs that do not run the tables --- */

/* SGIs that other CPUs have sent are where they go. */
static int all_arrived(void)
{
    int ret = 0;

    for (uint32_t i = 0; i < gic()->cpus && ret == 0; i++)
        ret = gicv3_redist_settled(&gic()->cpu[i]);
    return ret;
}

static int go_down(struct gic_cpu *cpu)
{
    int ret = gicv3_interface_idle();

    if (ret == 0) {
        gicv3_interface_save(cpu);
        ret = gicv3_redist_sleep(cpu);
    }
    if (ret == 0)
        ret = all_arrived();
    return ret == 0 ? gicv3_redist_save(cpu) : ret;
}

int gicv3_cpu_down(unsigned number)
{
    struct gic_cpu *cpu = &gic()->cpu[number];
    int ret;

    if (gic_form()->private_lost)
        return 0;
    gicv3_interface_off(cpu);
    ret = go_down(cpu);
    if (ret != 0 && gicv3_redist_wake(cpu) == 0)
        gicv3_interface_on(cpu);
    return ret;
}

static int restore_private(struct gic_cpu *cpu)
{
    int ret = gicv3_redist_power_on(cpu);

    if (ret == 0)
        ret = gicv3_redist_disable(cpu);
    if (ret != 0)
        return ret;
    gicv3_redist_configure(cpu);
    gicv3_redist_activate(cpu);
    gicv3_redist_enable(cpu);
    ret = gicv3_redist_tables(cpu);
    return ret == 0 ? gicv3_redist_lpis(cpu) : ret;
}

int gicv3_cpu_up(unsigned number)
{
    struct gic_cpu *cpu = &gic()->cpu[number];
    int ret;

    if (!cpu->up)
        return first_up(number);
    ret = restore_private(cpu);
    if (ret == 0)
        ret = gicv3_redist_wake(cpu);
    if (ret == 0 && gic()->its.regs != 0)
        ret = its_collections(&gic()->its, number);
    if (ret != 0)
        return ret;
    gicv3_interface_reach();
    gicv3_interface_priorities(cpu);
    gicv3_interface_on(cpu);
    return 0;
}

/* --- interrupts --- */

/* One for each call. A guest ends its interrupt itself; in the meantime it keeps none but its
 * own waiting, where the end is in two writes, of which this is the first. */
void gicv3_irq_entry(unsigned cpu)
{
    uint32_t intid = (uint32_t)icc_read(ICC_IAR1_EL1);
    enum nap_irq_result result;

    (void)cpu;
    if (intid >= GIC_SPECIAL && intid < GIC_SPECIAL + 4u)
        return;
    result = nap_irq_dispatch(intid);
    if (!gic()->split && result == NAP_IRQ_GUEST)
        return;
    icc_write(ICC_EOIR1_EL1, intid);
    nap_isb();
    if (gic()->split && intid < GIC_LPI_FIRST && result != NAP_IRQ_GUEST)
        icc_write(ICC_DIR_EL1, intid);
    nap_isb();
}

void gicv3_irq_deactivate(unsigned cpu, uint32_t intid)
{
    (void)cpu;
    if (gic()->split)
        icc_write(ICC_DIR_EL1, intid);
    else
        icc_write(ICC_EOIR1_EL1, intid);
    nap_isb();
}

int gicv3_irq_send(unsigned cpu, unsigned target, uint32_t intid)
{
    uint32_t affinity = gic()->cpu[target].affinity, aff0 = affinity & 0xffu;
    uint64_t to = (uint64_t)(affinity >> 24) << 48 | (uint64_t)(affinity >> 16 & 0xffu) << 32 |
                  (uint64_t)(affinity >> 8 & 0xffu) << 16;

    (void)cpu;
    to |= (uint64_t)(aff0 / 16u) << 44 | (uint64_t)intid << 24 | UINT64_C(1) << aff0 % 16u;
    nap_dsb();
    icc_write(ICC_SGI1R_EL1, to);
    nap_isb();
    return 0;
}
