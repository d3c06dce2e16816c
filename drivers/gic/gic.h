/* SPDX-License-Identifier: MIT */
/* Private to the GIC driver logic: registers as a driver names them, banks of interrupts,
 * tables of steps, and the calls between its files. This code is under test, so it keeps its
 * own table of offsets, as a real driver does, and shares nothing with the models.
 *
 * Source: Arm IHI 0048, "Distributor register map", "CPU interface register map"; Arm IHI 0069,
 * "The GIC Distributor register map" and the chapters like it. */
#ifndef GIC_DRIVER_H
#define GIC_DRIVER_H

#include <regnap/driver.h>

#define GIC_CPUS_MAX 8u

/* --- distributor, in bytes from the base of its frame --- */

#define GICD_CTLR       0x0000u
#define GICD_TYPER      0x0004u
#define GICD_IGROUPR    0x0080u
#define GICD_ISENABLER  0x0100u
#define GICD_ICENABLER  0x0180u
#define GICD_ISPENDR    0x0200u
#define GICD_ICPENDR    0x0280u
#define GICD_ISACTIVER  0x0300u
#define GICD_ICACTIVER  0x0380u
#define GICD_IPRIORITYR 0x0400u
#define GICD_ITARGETSR  0x0800u
#define GICD_ICFGR      0x0c00u
#define GICD_IGRPMODR   0x0d00u
#define GICD_NSACR      0x0e00u
#define GICD_SGIR       0x0f00u
#define GICD_CPENDSGIR  0x0f10u
#define GICD_SPENDSGIR  0x0f20u
#define GICD_IROUTER    0x6000u /* of INTID 0, which has none */

#define GICD_TYPER_LINES(v)  (32u * (((v)&0x1fu) + 1u))
#define GICD_TYPER_CPUS(v)   ((((v) >> 5) & 0x7u) + 1u)
#define GICD_TYPER_SECURITY  (UINT32_C(1) << 10)
#define GICD_CTLR_GROUP0     (UINT32_C(1) << 0)
#define GICD_CTLR_GROUP1     (UINT32_C(1) << 1)
#define GIC_SPIS_END         1020u /* the first INTID that no SPI can have */
#define GIC_PRIVATE          32u   /* SGIs and PPIs */
#define GIC_SGIS             16u
#define GIC_SPECIAL          1020u
#define GIC_PRIORITY_DEFAULT 0xa0u

/* --- banks: INTIDs whose registers lie side by side --- */

/* What a distributor, or a redistributor, holds of each INTID. */
enum gic_class {
    GIC_GROUP,
    GIC_MODIFIER,
    GIC_ENABLE,
    GIC_PENDING,
    GIC_ACTIVE,
    GIC_PRIORITY,
    GIC_TRIGGER,
    GIC_TARGET, /* GICv2 */
    GIC_ROUTE,  /* GICv3 */
    GIC_CLASSES
};

struct gic_bank {
    nap_addr regs;      /* the frame */
    uint32_t first;     /* number within the frame's registers of its first INTID */
    uint32_t n;         /* INTIDs; 0: there is no such bank */
    uint32_t spaced;    /* not 0: the registers of the extended range */
    uint32_t unlatched; /* of the first word: INTIDs that ISPENDR does not make pending */
    uint32_t fixed;     /* of the first registers of triggers: how many are read-only (SGIs) */
    /* As suspend has read it, one array per class; NULL where the bank keeps none. Routes have
     * theirs. */
    uint32_t *image[GIC_CLASSES];
    uint64_t *routes;
};

/* Classes of which a bank keeps an image. */
#define GIC_KEEPS_PRIVATE                                                                      \
    (1u << GIC_GROUP | 1u << GIC_MODIFIER | 1u << GIC_ENABLE | 1u << GIC_PENDING |             \
     1u << GIC_ACTIVE | 1u << GIC_PRIORITY | 1u << GIC_TRIGGER)
#define GICV2_KEEPS (GIC_KEEPS_PRIVATE | 1u << GIC_TARGET)
#define GICV3_KEEPS (GIC_KEEPS_PRIVATE | 1u << GIC_ROUTE)

/* 0 or -ENOMEM. */
int gic_bank_keep(struct gic_bank *bank, unsigned classes);
/* Registers of that class, which are words; of GIC_ROUTE double words. */
uint32_t gic_bank_words(const struct gic_bank *bank, enum gic_class class);
/* The bits of word @i of a bitmap that are INTIDs of the bank. */
uint32_t gic_bank_mask(const struct gic_bank *bank, uint32_t i);
/* The INTIDs of word @i whose trigger, in the image, is an edge. */
uint32_t gic_bank_edges(const struct gic_bank *bank, uint32_t i);

/* Registers to image; image to registers; one value to all registers of the class. Bitmaps that
 * are set by one register and cleared by another take the first in restore and fill, the second
 * in clear, which writes ones for all INTIDs. Each names the line that calls it. */
#define gic_save(bank, class)       gic_save_at((bank), (class), __FILE__, __LINE__)
#define gic_restore(bank, class)    gic_restore_at((bank), (class), __FILE__, __LINE__)
#define gic_clear(bank, class)      gic_clear_at((bank), (class), __FILE__, __LINE__)
#define gic_fill(bank, class, word) gic_fill_at((bank), (class), (word), __FILE__, __LINE__)
/* The image, but for what is level: that comes back with its line. */
#define gic_restore_edges(bank) gic_restore_edges_at((bank), __FILE__, __LINE__)
void gic_save_at(const struct gic_bank *bank, enum gic_class class, const char *file, int line);
void gic_restore_at(const struct gic_bank *bank, enum gic_class class, const char *file,
                    int line);
void gic_clear_at(const struct gic_bank *bank, enum gic_class class, const char *file,
                  int line);
void gic_fill_at(const struct gic_bank *bank, enum gic_class class, uint32_t word,
                 const char *file, int line);
void gic_restore_edges_at(const struct gic_bank *bank, const char *file, int line);

/* --- registers: each access names its own line --- */

static inline uint64_t gic_read_at(nap_addr address, unsigned bytes, const char *file, int line)
{
    uint64_t value = nap_seam_read(address, bytes, file, line);

    nap_seam_fence(NAP_DMB_OSHLD, file, line);
    return value;
}

static inline void gic_write_at(nap_addr address, unsigned bytes, uint64_t value,
                                const char *file, int line)
{
    nap_seam_fence(NAP_DMB_OSHST, file, line);
    nap_seam_write(address, bytes, value, file, line);
}

#define gic_readl(address)         ((uint32_t)gic_read_at((address), 4, __FILE__, __LINE__))
#define gic_writel(address, value) gic_write_at((address), 4, (value), __FILE__, __LINE__)
#define gicd_read(reg)             gic_readl(gic()->dist + (reg))
#define gicd_write(reg, value)     gic_writel(gic()->dist + (reg), (value))

/* --- forms --- */

/* Which tables of steps a form runs. */
enum gic_order {
    GICV2_CORRECTED,
    GICV2_LIVE,         /* copies first, and stops forwarding then */
    GICV2_ENABLE_FIRST, /* and then triggers */
    GICV2_XEN_V9,
    GICV2_XEN,
    GICV2_LINUX,
    GICV2_NOBODY, /* nobody restores anything */
    GICV3_CORRECTED,
    GICV3_XEN_V9,
    GICV3_XEN,
    GICV3_LINUX,
    GICV3_FIRMWARE,
    GICV3_ENABLED,         /* configures what is enabled */
    GICV3_INTERFACE_FIRST, /* signals before the state of interrupts is restored */
    GICV3_ITS_FIRST,       /* starts the ITS before its tables are there */
    GIC_ORDERS
};

/* In what a form differs from `corrected` of its version, where all of it is false. What each
 * does stands where it is asked; what comes of it, in hazards/. */
struct gic_form {
    enum gic_order order;
    /* what is left out, or taken for granted */
    bool active_lost, active_refused, transient_ignored, pending_lost, private_lost;
    bool extended_group_lost, flush_lost, distributor_lost, sre_lost, its_lost;
    bool collections_lost, invalidation_lost;
    /* registers that are written with something else, or from somewhere else */
    bool enables_forced, bypass_lost, off_always, reserved_ids;
    bool spis_off, edges_forced;
    bool extended_overlaps, extended_short, wrong_frame, quiescent_written, writer_kept;
    bool pending_zeroed; /* GICR_PENDBASER.PTZ */
    /* waits and what is asked before */
    bool wake_polled_once, sleep_unasked, quiescent_unasked, awake_refused, reset_refused;
    bool tables_unasked, its_unasked, disable_unheard;
    /* memory */
    bool record_late, record_unheard, tables_anew, queue_cached, queue_uncleaned, itt_late;
    /* failures */
    bool no_rollback, rollback_interface_first, its_rewritten;
    bool twice, remapped;
    bool lpis_masked,
        lpis_untold; /* in suspend, by their configuration; with no INV after it */
};

/* --- steps --- */

struct gic_cpu;
struct gic_its;

/* What a step of resume is taken for. Where suspend has failed before it was read, there is
 * nothing to restore, and the content of the registers stands. */
enum gic_when {
    GIC_ALWAYS,
    GIC_DISTRIBUTOR, /* all of it, */
    GIC_FORWARDING,  /* its GICD_CTLR, */
    GIC_OWN,         /* SGIs and PPIs of the CPU that boots, of a GICv3 its redistributor, */
    GIC_INTERFACE,   /* its interface, */
    GIC_ITS          /* and the ITS have been read */
};

/* One of the three is there, for the driver, for the CPU that boots, or for the ITS: 0 or a
 * negative errno value. */
struct gic_step {
    const char *name;
    enum gic_when when;
    uint32_t reserved;
    int (*run)(void);
    int (*of_cpu)(struct gic_cpu *cpu);
    int (*of_its)(struct gic_its *its);
};

#define GIC_STEPS_MAX 32u

struct gic_steps {
    const struct gic_step *step;
    uint32_t n;
};

/* The tables of a form's order: what suspend does, and what resume does. */
struct gic_sequence {
    struct gic_steps suspend, resume;
};

#define GIC_STEPS(table)                                                                       \
    {                                                                                          \
        .step = (table), .n = sizeof(table) / sizeof((table)[0])                               \
    }

extern const struct gic_sequence gicv2_sequences[GIC_ORDERS];
extern const struct gic_sequence gicv3_sequences[GIC_ORDERS];

/* --- what the driver keeps --- */

#define GICV2_SGI_WORDS 4u

struct gic_cpu {
    struct gic_bank own; /* its SGIs and PPIs */
    /* Of its interface, as suspend has found it. */
    uint32_t ctlr, pmr, bpr, abpr;
    uint32_t group0, group1;        /* GICv3: enables */
    uint32_t sgis[GICV2_SGI_WORDS]; /* GICv2, pending by source: SPENDSGIR */
    /* GICv3: its redistributor. */
    nap_addr redist;
    uint64_t propbaser, pendbaser;
    uint32_t redist_ctlr;
    uint32_t number;   /* GICR_TYPER.Processor_Number */
    uint32_t affinity; /* Aff3.Aff2.Aff1.Aff0 */
    bool is_600;       /* a GIC-600: power, and sleep of all, in registers of its own */
    bool has_lpis;
    bool saved; /* suspend has read the interface, */
    bool kept;  /* and the redistributor */
    bool up;    /* it has been set up once */
    uint8_t reserved[7];
};

#define GITS_BASERS 8u

struct gic_its {
    nap_addr regs; /* 0: there is no ITS */
    nap_addr queue, itt;
    uint64_t cbaser, cwriter, baser[GITS_BASERS];
    uint32_t ctlr;
    uint32_t write;  /* offset in the queue of the next command */
    uint32_t held;   /* collections that the ITS keeps in itself */
    bool by_address; /* redistributors are named by their address */
    bool has_device;
    bool kept; /* suspend has read it */
    uint8_t reserved;
};

struct gic_driver {
    struct gic_form form;
    nap_addr dist, cpuif;
    uint32_t intids; /* implemented */
    uint32_t cpus;
    uint32_t priority_words; /* of active priorities, by how many priority bits there are */
    uint32_t group1;         /* GICv2: an INTID of the group that is off; 0: none */
    uint32_t swap;           /* 1 + the first of two steps of resume that change places; or 0 */
    uint32_t ctlr;           /* the distributor's, as suspend has found it */
    bool split;              /* a handler drops the priority; deactivation is another write */
    bool stopped;            /* suspend has read ctlr */
    bool kept;               /* and all of the distributor */
    bool wakes;              /* the way of a wake-up leads through the distributor */
    bool one_state;          /* GICv3: there is one security state */
    uint8_t reserved[2];
    struct gic_bank shared, extended; /* SPIs; of GICv3 with them those from 4096 on */
    struct gic_cpu cpu[GIC_CPUS_MAX];
    struct gic_its its;
    nap_addr lpi_table; /* configuration of LPIs */
    nap_addr tables;    /* RAM that gic_table() has not given out yet */
    uint32_t tables_left;
    uint32_t id_bits; /* of INTIDs, 0: no LPIs */
};

static inline struct gic_driver *gic(void)
{
    return nap_driver_data();
}

static inline const struct gic_form *gic_form(void)
{
    return &gic()->form;
}

/* --- lines.c --- */

#define GIC_POLLS_MAX 100u /* ten microseconds apart */

/* Waits until (register & mask) == value. 0 or -ETIMEDOUT. */
int gic_poll_at(nap_addr address, uint32_t mask, uint32_t value, const char *file, int line);
#define gic_poll(address, mask, value)                                                         \
    gic_poll_at((address), (mask), (value), __FILE__, __LINE__)
/* A field of a register gets another value. */
#define gic_set_bits(reg, shift, mask, value)                                                  \
    gic_set_bits_at((reg), (shift), (mask), (value), __FILE__, __LINE__)
void gic_set_bits_at(nap_addr reg, uint32_t shift, uint32_t mask, uint32_t value,
                     const char *file, int line);
/* The driver's data, for the first device; NULL: there is no memory. */
struct gic_driver *gic_new(const struct gic_form *form);
/* Images of everything that suspend reads: 0 or -ENOMEM, and there are none. Forms with
 * `record_late` make those of SPIs in suspend. */
int gic_keep(void);
int gic_keep_shared(void);
void gic_forget_all(void);
/* The driver's data, of a probe that fails. */
void gic_free(void);

/* --- steps.c --- */

/* Step @k of the form's suspend, or resume; beyond the last one 0, and nothing is done. */
int gic_suspend_step(uint32_t k);
int gic_resume_step(uint32_t k);
extern const struct nap_phase gic_suspend_phases[GIC_STEPS_MAX];
/* The same with interrupts on. */
extern const struct nap_phase gic_open_phases[GIC_STEPS_MAX];
extern const struct nap_phase gic_open_resume_phases[GIC_STEPS_MAX];
extern const struct nap_phase gic_resume_phases[GIC_STEPS_MAX];

/* --- gicv2.c --- */

int gicv2_probe(struct nap_device *device, const struct gic_form *form);
int gicv2_cpu_down(unsigned cpu);
int gicv2_cpu_up(unsigned cpu);
void gicv2_irq_entry(unsigned cpu);
void gicv2_irq_deactivate(unsigned cpu, uint32_t intid);
int gicv2_irq_send(unsigned cpu, unsigned target, uint32_t intid);
extern const char *const gicv2_compatible[];

/* --- gicv3.c --- */

int gicv3_probe(struct nap_device *device, const struct gic_form *form);
int gicv3_cpu_down(unsigned cpu);
int gicv3_cpu_up(unsigned cpu);
void gicv3_irq_entry(unsigned cpu);
void gicv3_irq_deactivate(unsigned cpu, uint32_t intid);
int gicv3_irq_send(unsigned cpu, unsigned target, uint32_t intid);
extern const char *const gicv3_compatible[];

#endif
