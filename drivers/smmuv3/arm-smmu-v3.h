/* SPDX-License-Identifier: MIT */
/* Private to the SMMUv3 driver logic: registers and structures as a driver names them, its
 * data, and the calls between its files. This code is under test, so it keeps its own table of
 * offsets, as a real driver does, and shares nothing with the models.
 *
 * Source: Arm IHI 0070, sections as docs/smmuv3-facts.md gathers them: registers 1, handshakes
 * 2, errors 3, queues 4, commands 5, stream table and contexts 6, events 7, bring-up 12.3. */
#ifndef SMMUV3_DRIVER_H
#define SMMUV3_DRIVER_H

#include <regnap/driver.h>

#define SMMU_UNITS_MAX    8u
#define SMMU_ECMDQS_MAX   2u /* used of those that the hardware has */
#define SMMU_CMDQS_MAX    (1u + SMMU_ECMDQS_MAX)
#define SMMU_FAULTS_MAX   8u
#define SMMU_LINEAR_MAX   6u  /* log2 of StreamIDs: up to here the stream table has one level */
#define SMMU_SID_BITS_MAX 16u /* StreamIDs beyond are refused */
#define SMMU_SPLIT        8u

/* --- registers, in bytes from the base of the unit --- */

#define IDR0               0x000u
#define IDR1               0x004u
#define IDR3               0x00cu
#define IDR5               0x014u
#define IIDR               0x018u
#define AIDR               0x01cu
#define CR0                0x020u
#define CR0ACK             0x024u
#define CR1                0x028u
#define CR2                0x02cu
#define GBPA               0x044u
#define IRQ_CTRL           0x050u
#define IRQ_CTRLACK        0x054u
#define GERROR             0x060u
#define GERRORN            0x064u
#define GERROR_IRQ_CFG0    0x068u
#define STRTAB_BASE        0x080u
#define STRTAB_BASE_CFG    0x088u
#define CMDQ_BASE          0x090u
#define CMDQ_PROD          0x098u
#define CMDQ_CONS          0x09cu
#define EVENTQ_BASE        0x0a0u
#define EVENTQ_IRQ_CFG0    0x0b0u
#define PRIQ_BASE          0x0c0u
#define PRIQ_IRQ_CFG0      0x0d0u
#define IDR6               0x190u
#define CONTROL_PAGE_BASE0 0x4000u
#define EVENTQ_PROD        0x100a8u /* page 1 */
#define EVENTQ_CONS        0x100acu
#define PRIQ_PROD          0x100c8u
#define PRIQ_CONS          0x100ccu

/* From the first of each source's three registers. */
#define IRQ_CFG1 0x8u
#define IRQ_CFG2 0xcu

/* From the place of an ECMDQ in its control page. */
#define ECMDQ_BASE 0x0u
#define ECMDQ_PROD 0x8u
#define ECMDQ_CONS 0xcu

#define IDR0_S2P            (UINT32_C(1) << 0)
#define IDR0_S1P            (UINT32_C(1) << 1)
#define IDR0_TTF_AA64       (UINT32_C(1) << 3)
#define IDR0_BTM            (UINT32_C(1) << 5)
#define IDR0_COHACC         (UINT32_C(1) << 4)
#define IDR0_HYP            (UINT32_C(1) << 9)
#define IDR0_ATS            (UINT32_C(1) << 10)
#define IDR0_MSI            (UINT32_C(1) << 13)
#define IDR0_PRI            (UINT32_C(1) << 16)
#define IDR0_STALL_MODEL(v) (((v) >> 24) & 0x3u)
#define IDR0_TTENDIAN_BIG   UINT32_C(3)
#define IDR0_TTENDIAN(v)    (((v) >> 21) & 0x3u)
#define IDR0_ST_LEVEL(v)    (((v) >> 27) & 0x3u)
#define IDR1_SIDSIZE(v)     ((v)&0x3fu)
#define IDR1_PRIQS(v)       (((v) >> 11) & 0x1fu)
#define IDR1_EVENTQS(v)     (((v) >> 16) & 0x1fu)
#define IDR1_CMDQS(v)       (((v) >> 21) & 0x1fu)
#define IDR1_PRESETS        (UINT32_C(7) << 28) /* TABLES_PRESET, QUEUES_PRESET, REL */
#define IDR1_ECMDQ          (UINT32_C(1) << 31)
#define IDR3_RIL            (UINT32_C(1) << 10)
#define IDR5_OAS(v)         ((v)&0x7u)
#define IDR5_GRAN4K         (UINT32_C(1) << 4)
#define IDR6_LOG2NUMQ(v)    (((v) >> 16) & 0xfu)
#define STALL_MODEL_NONE    1u
#define STALL_MODEL_FORCED  2u

#define CR0_SMMUEN   (UINT32_C(1) << 0)
#define CR0_PRIQEN   (UINT32_C(1) << 1)
#define CR0_EVENTQEN (UINT32_C(1) << 2)
#define CR0_CMDQEN   (UINT32_C(1) << 3)
#define CR0_ATSCHK   (UINT32_C(1) << 4)
#define CR0_FIELDS   UINT32_C(0x1df) /* with VMW */

/* Inner shareable, write-back, for tables and for queues. */
#define CR1_WB_ISH UINT32_C(0xd75)

#define CR2_RECINVSID (UINT32_C(1) << 1)
#define CR2_PTM       (UINT32_C(1) << 2)

#define GBPA_SHCFG_INCOMING (UINT32_C(1) << 12)
#define GBPA_ABORT          (UINT32_C(1) << 20)
#define GBPA_UPDATE         (UINT32_C(1) << 31)

#define IRQ_GERROR (UINT32_C(1) << 0)
#define IRQ_PRIQ   (UINT32_C(1) << 1)
#define IRQ_EVENTQ (UINT32_C(1) << 2)
#define IRQ_FIELDS UINT32_C(7)

#define GERROR_CMDQ       (UINT32_C(1) << 0)
#define GERROR_EVENTQ_ABT (UINT32_C(1) << 2)
#define GERROR_PRIQ_ABT   (UINT32_C(1) << 3)
#define GERROR_SFM        (UINT32_C(1) << 8)

#define CERROR(cons)        (((cons) >> 24) & 0x7fu)
#define CERROR_ILL          1u
#define CERROR_ABT          2u
#define CERROR_ATC_INV_SYNC 3u
#define INDEX_MASK          UINT32_C(0xfffff) /* index and wrap of the largest queue */
#define OVFLG               (UINT32_C(1) << 31)
#define ECMDQ_EN            (UINT32_C(1) << 31)
#define ECMDQ_ERR           (UINT32_C(1) << 23)
#define ECMDQ_REASON(cons)  (((cons) >> 24) & 0x7u)
#define BASE_ALLOCATE       (UINT64_C(1) << 62) /* RA or WA */
#define STRTAB_CFG_2LVL     (UINT32_C(1) << 16)
#define MSI_DEVICE_NGNRE    UINT32_C(1)

/* --- commands --- */

#define CMD_PREFETCH_CONFIG 0x01u
#define CMD_CFGI_STE        0x03u
#define CMD_CFGI_ALL        0x04u
#define CMD_TLBI_NH_ASID    0x11u
#define CMD_TLBI_NH_VA      0x12u
#define CMD_TLBI_EL2_ALL    0x20u
#define CMD_TLBI_S12_VMALL  0x28u
#define CMD_TLBI_S2_IPA     0x2au
#define CMD_TLBI_NSNH_ALL   0x30u
#define CMD_ATC_INV         0x40u
#define CMD_PRI_RESP        0x41u
#define CMD_RESUME          0x44u
#define CMD_STALL_TERM      0x45u
#define CMD_SYNC            0x46u

#define ATC_ALL 52u /* log2 of 4 KiB pages: the whole address space */

struct smmuv3_cmd {
    uint64_t dw[2];
};

/* --- what the driver keeps --- */

/* In what a form differs from `converged`, where all of it is false. What each does stands
 * where it is asked; what comes of it, in hazards/. */
struct smmuv3_form {
    /* alternatives that reviewers proposed (alternatives.c) */
    bool no_drain;      /* relies on the invalidation of resume */
    bool no_disable;    /* translates until the power goes */
    bool msi_saved;     /* resume writes the messages that suspend has read */
    bool msi_realloc;   /* vectors are given back in suspend and allocated in resume */
    bool gate_at_map;   /* who builds commands asks, not who puts them in */
    bool firmware_flag; /* sleeps only where firmware promises that reset aborts */
    bool hold_masters;  /* masters are held by their reset lines while asleep */
    /* mistakes (mistakes.c): aborting */
    bool gbpa_unheard, abort_after_disable, no_abort, no_abort_at_wake, trusts_reset;
    bool always_sleeps;
    /* draining */
    bool drain_crossing, drain_shadow, drain_one, drain_unheard, drain_consumed;
    bool drain_other_sign;
    bool outputs_left, answers_lost;
    /* invalidation and its gate */
    bool no_invalidate, no_cfgi_all, atc_left_out, gate_late, gate_early, gate_leaks, no_gate;
    bool enable_first, tables_late;
    /* failures and indices */
    bool record_late, no_rollback, rollback_one, resume_unheard, stale_shadow, ecmdq_from_zero;
    /* registers and handlers */
    bool query_reads, threads_unasked, gerror_unasked, handler_wakes, irqs_left_on;
    bool msi_lost, msi_freed, setup_writes, setup_twice;
    /* what is held */
    bool probe_leaks, reference_kept, commands_kept, negative_is_active;
    bool block_may_fail, attach_wakes, nesting_unasked, remove_unasked, pm_early;
    bool not_held, hold_unheard;
};

struct smmuv3_queue {
    nap_addr entries; /* in RAM */
    nap_addr prod_reg, cons_reg;
    uint32_t log2;
    uint32_t entry_bytes;
    uint32_t prod; /* index and wrap; of a command queue also LLQ_GATE */
    uint32_t cons; /* as last seen */
};

/* Invalidations are left out: hardware is off or about to be, and whoever opens the gate again
 * invalidates everything after that. */
#define LLQ_GATE (UINT32_C(1) << 31)

struct smmuv3_cmdq {
    struct smmuv3_queue q;
    nap_addr page;   /* of an ECMDQ: its registers; 0: the SMMU's own queue */
    uint32_t owner;  /* index that has been made visible to hardware; behind prod while entries
                        are being written */
    uint32_t errack; /* of an ECMDQ: ECMDQ_ERR as acknowledged */
    uint32_t wiped;  /* index up to which entries are wiped */
    bool on;         /* of an ECMDQ: it has been enabled, and not been seen off since */
    uint8_t reserved[3];
};

/* A group of page requests, or a stalled transaction, that waits for an answer. */
struct smmuv3_fault {
    uint32_t sid, ssid;
    uint16_t tag; /* PRGIndex, or STAG */
    bool used, has_ssid, stall;
    uint8_t reserved[3];
};

enum smmuv3_source { SMMU_EVENTQ, SMMU_PRIQ, SMMU_GERROR, SMMU_SOURCES };

struct smmuv3_message {
    nap_addr address;
    uint32_t data, reserved;
};

/* One unit. */
struct smmuv3_device {
    struct nap_device *device;
    nap_addr regs;
    uint32_t number; /* by order of probe */
    uint32_t idr0, idr1, idr3, idr5, idr6;
    uint32_t sid_bits;   /* of the stream table */
    uint32_t cr0;        /* as last written */
    uint32_t cr0_served; /* the same when suspend began */
    uint32_t reserved_2;
    nap_addr strtab;
    uint32_t n_cmdqs;
    struct smmuv3_cmdq cmdq[SMMU_CMDQS_MAX];
    struct smmuv3_queue evtq, priq;
    struct smmuv3_fault fault[SMMU_FAULTS_MAX];
    struct smmuv3_message saved[SMMU_SOURCES];
    void *record;         /* of forms that make one in suspend */
    uint32_t irqs;        /* bit per source: a handler is registered */
    uint32_t msis;        /* bit per source: it has a vector */
    bool aborts_at_reset; /* power-up finds GBPA.ABORT set */
    bool asleep;          /* from the gate's closing to its opening */
    bool sync_by_message; /* CMD_SYNC says so in RAM, not by CONS alone */
    bool runtime_off;     /* from device_off() to device_on() */
    bool quiet;           /* from the first step of suspend to the last of resume: endpoints
                             are not to cache anything */
    bool shut;            /* the last step of suspend has begun */
    uint8_t reserved[2];
};

enum smmuv3_stage { SMMU_S1, SMMU_S2, SMMU_NESTED };

struct smmuv3_attachment {
    struct smmuv3_master *own;
    struct smmuv3_attachment *next;
};

struct smmuv3_domain {
    struct nap_domain *guest;
    struct smmuv3_attachment *attached; /* newest first */
    enum smmuv3_stage stage;
    uint16_t asid, vmid;
    nap_addr cd;                   /* context descriptor; not of SMMU_S2 */
    nap_addr root;                 /* start-level table of stage 1 */
    uint8_t users[SMMU_UNITS_MAX]; /* masters behind each unit */
};

struct smmuv3_master {
    struct nap_master *master;
    struct smmuv3_device *smmu;
    struct nap_device *endpoint;  /* or NULL */
    struct smmuv3_domain *domain; /* NULL: blocked or bypassed */
    struct smmuv3_master *next;
    bool ats;  /* it may hold translations: ATS has been on, and since then not all is gone */
    bool held; /* the unit's power is, on its behalf */
    bool late; /* its entry is to be written once the unit is awake */
    uint8_t reserved[5];
};

struct smmuv3_driver {
    struct smmuv3_form form;
    struct smmuv3_device *unit[SMMU_UNITS_MAX];
    struct smmuv3_master *masters; /* newest first */
    uint32_t n_units;
    uint16_t next_asid, next_vmid; /* never given twice */
};

static inline struct smmuv3_driver *smmuv3_driver(void)
{
    return nap_driver_data();
}

static inline const struct smmuv3_form *smmuv3_form(void)
{
    return &smmuv3_driver()->form;
}

static inline struct smmuv3_device *smmuv3_of(const struct nap_device *device)
{
    return device->data;
}

/* The StreamIDs of a master: its ports on the unit, or that of its function. */
static inline uint32_t smmuv3_sid(const struct smmuv3_master *own, uint32_t i)
{
    return own->endpoint != NULL ? own->endpoint->line : own->master->ids[i];
}

/* --- registers: each access names its own line --- */

static inline uint64_t smmuv3_read_at(nap_addr address, unsigned bytes, const char *file,
                                      int line)
{
    uint64_t value = nap_seam_read(address, bytes, file, line);

    nap_seam_fence(NAP_DMB_OSHLD, file, line);
    return value;
}

static inline void smmuv3_write_at(nap_addr address, unsigned bytes, uint64_t value,
                                   const char *file, int line)
{
    nap_seam_fence(NAP_DMB_OSHST, file, line);
    nap_seam_write(address, bytes, value, file, line);
}

#define smmuv3_readl(address)          ((uint32_t)smmuv3_read_at((address), 4, __FILE__, __LINE__))
#define smmuv3_writel(address, value)  smmuv3_write_at((address), 4, (value), __FILE__, __LINE__)
#define smmuv3_read(smmu, reg)         smmuv3_readl((smmu)->regs + (reg))
#define smmuv3_write(smmu, reg, value) smmuv3_writel((smmu)->regs + (reg), (value))
#define smmuv3_read64(smmu, reg)       smmuv3_read_at((smmu)->regs + (reg), 8, __FILE__, __LINE__)
#define smmuv3_write64(smmu, reg, value)                                                       \
    smmuv3_write_at((smmu)->regs + (reg), 8, (value), __FILE__, __LINE__)

#define SMMU_POLLS_MAX 100u /* one microsecond apart */

/* Waits until (register & mask) == value. 0 or -ETIMEDOUT. */
int smmuv3_poll_at(nap_addr address, uint32_t mask, uint32_t value, const char *file, int line);
#define smmuv3_poll(smmu, reg, mask, value)                                                    \
    smmuv3_poll_at((smmu)->regs + (reg), (mask), (value), __FILE__, __LINE__)

/* Writes CR0 and waits for CR0ACK. */
int smmuv3_set_cr0_at(struct smmuv3_device *smmu, uint32_t cr0, const char *file, int line);
#define smmuv3_set_cr0(smmu, cr0) smmuv3_set_cr0_at((smmu), (cr0), __FILE__, __LINE__)

/* --- probe.c --- */

/* NULL and 0 where memory is used up or fails by choice. */
void *smmuv3_alloc(size_t bytes, const char *what);
nap_addr smmuv3_ram(uint64_t bytes, const char *what);
int smmuv3_probe(struct nap_device *device, const struct smmuv3_form *form);
int smmuv3_add_master(struct nap_master *master);
int smmuv3_query(struct nap_device *device);
int smmuv3_remove(struct nap_device *device);

/* --- reset.c: 12.3, step by step --- */

/* Aborts what arrives while the SMMU is off: GBPA, with its handshake. */
int smmuv3_abort(struct smmuv3_device *smmu);
/* The same, where the form does so before anything else. */
int smmuv3_abort_first(struct smmuv3_device *smmu);
/* Waits until the acknowledgement shows what the register holds in @fields: whoever wrote last
 * may not have waited, and another value while an Update is under way may be lost. */
int smmuv3_settle(const struct smmuv3_device *smmu, uint32_t reg, uint32_t ack,
                  uint32_t fields);
/* All enables and interrupts off, whatever they were. Asked for after smmuv3_abort(). */
int smmuv3_stop(struct smmuv3_device *smmu);
/* Tables, attributes, command queues; CMDQEN. Queues are empty then. */
int smmuv3_set_up(struct smmuv3_device *smmu);
int smmuv3_invalidate_all(struct smmuv3_device *smmu);
/* Event and PRI queue, ATSCHK. */
int smmuv3_queues_on(struct smmuv3_device *smmu);
int smmuv3_enable(struct smmuv3_device *smmu);
/* All of it, from any state of the registers; the gate opens. What endpoints cached is gone
 * from them as well. */
int smmuv3_restart(struct smmuv3_device *smmu);

/* --- queue.c --- */

uint32_t smmuv3_queue_next(const struct smmuv3_queue *q, uint32_t index, uint32_t n);
/* What has been consumed goes, up to @end: a stale index then meets an illegal command, and not
 * one that was right once. */
void smmuv3_queue_wipe(struct smmuv3_cmdq *cmdq, uint32_t end);
/* Entries from @cons to @prod. */
uint32_t smmuv3_queue_held(const struct smmuv3_queue *q, uint32_t prod, uint32_t cons);
nap_addr smmuv3_queue_entry(const struct smmuv3_queue *q, uint32_t index);

/* --- cmdq.c --- */

/* It has no power, or has been reset by its loss and not been set up again: it knows nothing,
 * and takes nothing. */
bool smmuv3_is_off(const struct smmuv3_device *smmu);
/* Puts @n commands in, and with @sync a CMD_SYNC, and waits for that. 0, -ETIMEDOUT, -EIO (the
 * queue reports an error that does not go away). Gate or not. */
int smmuv3_cmdq_put(struct smmuv3_device *smmu, struct smmuv3_cmdq *cmdq,
                    const struct smmuv3_cmd *cmds, unsigned n, bool sync);
/* Invalidations of configuration or of TLBs, and CMD_SYNC. Left out while the gate is closed.
 */
int smmuv3_invalidate(struct smmuv3_device *smmu, uint32_t key, const struct smmuv3_cmd *cmds,
                      unsigned n);
/* What must reach hardware: answers and ATC invalidations; and CMD_SYNC. */
int smmuv3_command(struct smmuv3_device *smmu, uint32_t key, const struct smmuv3_cmd *cmds,
                   unsigned n);
/* Which queue serves what has @key. */
struct smmuv3_cmdq *smmuv3_cmdq_of(struct smmuv3_device *smmu, uint32_t key);
/* Everything that was put in, by anybody, is complete: forms differ in what they take for it.
 */
int smmuv3_drain(struct smmuv3_device *smmu);
void smmuv3_gate(struct smmuv3_device *smmu, bool closed);
int smmuv3_fill(struct nap_device *device, unsigned n);
/* Looks at GERROR.CMDQ_ERR and the ECMDQs' own; puts consumption on its way again. True if
 * there was an error. */
bool smmuv3_cmdq_recover(struct smmuv3_device *smmu);

/* --- master.c --- */

int smmuv3_attach(struct nap_domain *guest, struct nap_master *master);
int smmuv3_detach(struct nap_domain *guest, struct nap_master *master);
int smmuv3_block(struct nap_master *master);
int smmuv3_bypass(struct nap_master *master);
/* The unit stays on at run time while a master is attached on behalf of somebody who may use
 * it without a call to the driver. While the system sleeps, that has to wait. */
void smmuv3_hold_power_all(struct smmuv3_device *smmu);
void smmuv3_late_entries(const struct smmuv3_device *smmu);
/* Every StreamID of a new table aborts. */
void smmuv3_stes_abort(nap_addr table, uint32_t n);
/* What the unit keeps of the StreamID's configuration is dropped. */
int smmuv3_forget_sid(struct smmuv3_device *smmu, uint32_t sid);
bool smmuv3_strtab_is_linear(const struct smmuv3_device *smmu);
/* Address of a StreamID's entry; 0 if it has none. */
nap_addr smmuv3_ste_address(const struct smmuv3_device *smmu, uint32_t sid);

/* --- domain.c, pgtable.c --- */

int smmuv3_domain_init(struct nap_domain *guest);
void smmuv3_domain_destroy(struct nap_domain *guest);
int smmuv3_map(struct nap_domain *guest, nap_addr iova, nap_addr pa, uint64_t size_bytes,
               unsigned prot);
int smmuv3_unmap(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes);
bool smmuv3_domain_maps(const struct smmuv3_domain *domain, nap_addr iova);
/* All that TLBs of the unit know of the domain. */
int smmuv3_flush_domain(struct smmuv3_device *smmu, const struct smmuv3_domain *domain);

/* A table of stage 1 can be read through stage 2, where there is one. 0, -ENOMEM. */
int smmuv3_domain_sees(const struct smmuv3_domain *domain, nap_addr table);

/* Own stage-1 tables: 4 KiB granule, 39 bits, three levels, 2 MiB blocks where they fit. */
#define SMMU_VA_BITS     39u
#define SMMU_PAGE_BYTES  UINT64_C(0x1000)
#define SMMU_BLOCK_BYTES UINT64_C(0x200000)

/* Tables for [iova, iova + size) are there, and nothing is mapped in it. 0, -EINVAL
 * (misaligned, out of range), -EEXIST, -ENOMEM. *@broken: entries that pointed to empty tables
 * and where a block is to come are gone: walks of them are to be invalidated. */
int smmuv3_pgtable_prepare(const struct smmuv3_domain *domain, nap_addr iova, nap_addr pa,
                           uint64_t size_bytes, bool *broken);
void smmuv3_pgtable_map(nap_addr root, nap_addr iova, nap_addr pa, uint64_t size_bytes,
                        unsigned prot);
/* 0, or -EINVAL where it is not mapped so, or a part of a block is asked for. */
int smmuv3_pgtable_check(nap_addr root, nap_addr iova, uint64_t size_bytes);
bool smmuv3_pgtable_maps(nap_addr root, nap_addr iova);
void smmuv3_pgtable_unmap(nap_addr root, nap_addr iova, uint64_t size_bytes);
/* What the last smmuv3_pgtable_unmap() of the range has unmapped is mapped again. */
void smmuv3_pgtable_remap(nap_addr root, nap_addr iova, uint64_t size_bytes);

/* --- ats.c: endpoints with an ATC --- */

/* A function of a PCI Express device that this driver plays the bus code for. */
bool smmuv3_is_endpoint(const struct nap_device *device);
/* Whether the master's translations may be cached by itself. */
bool smmuv3_uses_ats(const struct smmuv3_master *own);
/* ATS and page requests are on, where the unit and the endpoint have them and are awake. 0, or
 * the error of the command that goes before it: then ATS stays off. */
int smmuv3_ats_on(struct smmuv3_master *own);
/* Page requests and ATS are off, and nothing is cached. */
int smmuv3_ats_off(struct smmuv3_master *own);
/* The same by the endpoint alone, for a unit that cannot tell it. */
void smmuv3_ats_reset(struct smmuv3_master *own);
int smmuv3_atc_invalidate(struct smmuv3_master *own, nap_addr iova, uint64_t size_bytes);

/* --- irq.c --- */

/* Handlers and vectors: software alone. */
int smmuv3_irqs_request(struct smmuv3_device *smmu);
void smmuv3_irqs_free(struct smmuv3_device *smmu);
int smmuv3_msis_alloc(struct smmuv3_device *smmu);
void smmuv3_msis_free(struct smmuv3_device *smmu);
/* Messages and IRQ_CTRL: hardware alone. What came before is looked at once. */
int smmuv3_irqs_on(struct smmuv3_device *smmu);
int smmuv3_irqs_off(struct smmuv3_device *smmu);
void smmuv3_messages_save(struct smmuv3_device *smmu);
bool smmuv3_irq_edge(struct nap_device *device, unsigned output);
void smmuv3_irq_thread(struct nap_device *device, unsigned output);

/* --- fault.c: events, page requests, global errors --- */

void smmuv3_handle_events(struct smmuv3_device *smmu);
void smmuv3_handle_requests(struct smmuv3_device *smmu);
void smmuv3_handle_gerror(struct smmuv3_device *smmu);
int smmuv3_page_response(struct nap_device *device, uint32_t sid, uint32_t tag, int code);
/* Whoever still waits is told that it failed. */
int smmuv3_answer_all(struct smmuv3_device *smmu);

/* --- sleep.c: steps of suspend and resume, for the tables of phases --- */

bool smmuv3_serves(
    const struct nap_device *device); /* it was probed and is not off at run time */
/* It may send on its own, or on behalf of somebody whose traffic must never pass untranslated.
 */
bool smmuv3_is_sensitive(const struct smmuv3_master *own);
/* Phases, in their order. */
int smmuv3_may_sleep(struct nap_device *device);
int smmuv3_shield(struct nap_device *device);
int smmuv3_calm(struct nap_device *device);
int smmuv3_mute(struct nap_device *device);
int smmuv3_empty(struct nap_device *device);
int smmuv3_disable(struct nap_device *device);
int smmuv3_reduce(struct nap_device *device);
int smmuv3_close(struct nap_device *device);
int smmuv3_shut(struct nap_device *device);
int smmuv3_wake(struct nap_device *device);
int smmuv3_clear(struct nap_device *device);
int smmuv3_build(struct nap_device *device);
int smmuv3_forget(struct nap_device *device);
int smmuv3_listen(struct nap_device *device);
int smmuv3_speak(struct nap_device *device);
int smmuv3_serve(struct nap_device *device);
/* All of them for one unit. */
int smmuv3_down(struct nap_device *device);
int smmuv3_up(struct nap_device *device);
int smmuv3_device_off(struct nap_device *device);
int smmuv3_device_on(struct nap_device *device);

extern const char *const smmuv3_compatible[];

/* --- forms --- */

#define SMMUV3_COMMON(probe_fn)                                                                \
    .abi = NAP_DRIVER_ABI, .name = "smmuv3", .compatible = smmuv3_compatible,                  \
    .probe = (probe_fn), .add_master = smmuv3_add_master, .domain_init = smmuv3_domain_init,   \
    .domain_destroy = smmuv3_domain_destroy, .attach = smmuv3_attach, .detach = smmuv3_detach, \
    .map = smmuv3_map, .unmap = smmuv3_unmap, .irq_edge = smmuv3_irq_edge,                     \
    .irq_thread = smmuv3_irq_thread, .fill = smmuv3_fill, .block = smmuv3_block,               \
    .bypass = smmuv3_bypass, .page_response = smmuv3_page_response, .query = smmuv3_query,     \
    .remove = smmuv3_remove, .device_off = smmuv3_device_off, .device_on = smmuv3_device_on

#define SMMUV3_N_SUSPEND 9u
#define SMMUV3_N_RESUME  7u
extern const struct nap_phase smmuv3_suspend_phases[SMMUV3_N_SUSPEND];
extern const struct nap_phase smmuv3_resume_phases[SMMUV3_N_RESUME];
#define SMMUV3_PHASES                                                                          \
    .suspend = smmuv3_suspend_phases, .n_suspend = SMMUV3_N_SUSPEND,                           \
    .resume = smmuv3_resume_phases, .n_resume = SMMUV3_N_RESUME

#endif
