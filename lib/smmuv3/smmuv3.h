/* SPDX-License-Identifier: MIT */
/* Private to lib/smmuv3: hidden state of one SMMU, and the calls between its files. */
#ifndef NAP_SMMUV3_H
#define NAP_SMMUV3_H

#include <regnap/block.h>
#include <regnap/rule.h>

#include "queue.h"
#include "smmuv3-model.h" /* generated from models/smmuv3.yaml, prefix SMMU */

#define SMMU_STES_MAX    16 /* cached; a fuller cache takes no more */
#define SMMU_CDS_MAX     16
#define SMMU_L1STDS_MAX  8
#define SMMU_L1CDS_MAX   8
#define SMMU_TLB_MAX     64
#define SMMU_TABLES_MAX  16
#define SMMU_STALLS_MAX  16
#define SMMU_PENDING_MAX 32 /* invalidations consumed and not complete */
#define SMMU_ECMDQS_MAX  16
#define SMMU_PRGS_MAX    16 /* page requests delivered and not answered */

/* Which translation regime (StreamWorld). */
enum smmu_world { SMMU_WORLD_EL1, SMMU_WORLD_EL2, SMMU_WORLD_EL2_E2H };

/* Copies of configuration. What stands beside the content is what followed from it, from the
 * identification registers, CR0.ATSCHK and CR2.E2H as it was fetched. Each list stands in the
 * order of its tags. */
struct smmu_ste {
    uint32_t sid;
    uint8_t foreign; /* after a power cut: content of another one */
    uint8_t illegal, atschk;
    uint8_t world;            /* enum smmu_world */
    uint16_t vmid;            /* tag of its translations */
    uint8_t privcfg, instcfg; /* 0: as the client says */
    uint32_t reserved;
    uint64_t dw[8];
};
struct smmu_cd {
    uint32_t sid, ssid;
    uint8_t illegal;
    uint8_t reserved[7];
    uint64_t dw[8];
};
struct smmu_l1std {
    uint32_t index, split; /* of StreamIDs whose upper bits from @split on are @index */
    uint64_t dw;
};
struct smmu_l1cd {
    uint32_t sid, index;
    uint64_t dw;
};

/* One translation. Addresses are >> 12 and of the block's start. Entries stand in the order of
 * their tags: equal sets are equal bytes. */
struct smmu_tlb_entry {
    uint64_t address; /* VA, or IPA of stage 2 */
    uint64_t output;
    uint64_t ipa; /* of stage 3 */
    uint16_t vmid, asid;
    uint8_t world;     /* enum smmu_world */
    uint8_t stage;     /* 1: VA to PA, 2: IPA to PA, 3: VA to PA by both stages */
    uint8_t size_log2; /* bytes */
    uint8_t granule_log2;
    int8_t level; /* of the leaf; with stage 3: of stage 1, as the granule */
    uint8_t global, aset, foreign;
    uint8_t perms, clean_perms;       /* NAP_VMSA_PR and so on, now and once marked dirty */
    uint8_t s2_perms, s2_clean_perms; /* stage 3: of its second stage */
    uint16_t attributes;  /* struct nap_outcome's; stage 2: MemAttr[3:0] and SH[9:8] */
    uint8_t s1_size_log2; /* stage 3: bytes of stage 1's leaf, which may be larger; else 0 */
    uint8_t set;          /* 1: a contiguous set, of either stage */
    uint8_t reserved[4];
};

/* The pointer to the last table of a walk, which stands for the table descriptors above it.
 * Addresses are >> 12 and of the start of what the table maps. Entries stand in the order of
 * their tags. */
struct smmu_table {
    uint64_t address; /* VA, or IPA of stage 2 */
    uint64_t table;   /* PA; IPA of stage 3; not shifted */
    uint16_t vmid, asid;
    uint8_t world;     /* enum smmu_world */
    uint8_t stage;     /* 1: stage 1 alone, 2: stage 2, 3: stage 1 of both stages */
    uint8_t size_log2; /* bytes that it maps */
    uint8_t granule_log2;
    int8_t level;  /* of the entries in it */
    uint8_t taken; /* bits 63:59 of the table descriptors above, ored */
    uint8_t reserved[6];
};

/* Whose output and content a foreign entry has after a power cut: of the first entry, and of
 * the first of another domain. */
struct smmu_tlb_donor {
    uint64_t output;
    uint16_t vmid, asid;
    uint8_t world, valid;
    uint8_t reserved[2];
};
struct smmu_ste_donor {
    uint32_t valid, reserved;
    struct smmu_ste ste;
};

/* A transaction that is held. The STAG is the lowest that is free; those whose record has been
 * suppressed have that of the recorded one. */
enum smmu_stall_state { SMMU_STALL_WAITS, SMMU_STALL_RECORDED, SMMU_STALL_SUPPRESSED };
struct smmu_stall {
    uint32_t sid, ssid; /* ssid NAP_SUBSTREAM_NONE: none */
    uint64_t iova;
    uint16_t stag;
    uint8_t state; /* enum smmu_stall_state; WAITS: the event queue cannot take its record */
    uint8_t rw, privileged, instruction; /* as it arrived */
    uint8_t reserved[2];
};

/* A page request that is in the PRI queue, or has been, and has no answer yet. */
struct smmu_prg {
    uint32_t sid, ssid; /* ssid UINT32_MAX: none */
    uint32_t index;
    uint32_t reserved;
};

/* One invalidation that is consumed and not complete: what it drops. A TLBI has all fields that
 * its opcode knows, the others are 0, with addresses from 0 to UINT64_MAX and a VMID that
 * matches under vmid_mask. */
enum smmu_inv_kind { SMMU_INV_CFG, SMMU_INV_TLB, SMMU_INV_ATC };
struct smmu_inv {
    uint8_t kind;                 /* enum smmu_inv_kind */
    uint8_t op;                   /* opcode of the command */
    uint8_t queue;                /* it came through: SMMU_CMDQ and so on */
    uint8_t leaf, tg, ttl, range; /* range: log2 of StreamIDs - 1, or SIZE of ATC_INV */
    uint8_t global, ssv;
    uint8_t reserved[3];
    uint32_t sid, ssid;
    uint16_t vmid, asid;
    uint32_t vmid_mask; /* bits that must match */
    uint32_t reserved_2;
    uint64_t first, last; /* addresses, inclusive; 0..UINT64_MAX: all */
};

/* What a loss of power ended, noted as the power goes: what rules look at afterwards. */
struct smmu_at_off {
    uint8_t valid;
    uint8_t changing;            /* 1: an Update of SMMUEN is under way */
    uint8_t irq;                 /* IRQ_CTRL or IRQ_CTRLACK: sources that may interrupt */
    uint8_t n_stall;             /* stalled transactions */
    uint8_t n_prg;               /* page requests without an answer */
    uint8_t n_cfg, n_tlb, n_atc; /* invalidations consumed and not complete */
    uint8_t evtq, priq;          /* 1: entries that software has not consumed */
    uint8_t told;                /* 1: EVENTQ_IRQEN has been in force: events are awaited */
    uint8_t reserved[5];
    uint64_t queues[4]; /* command queues with entries that were not consumed, by id */
    uint64_t unsynced_atc[4];
};

/* Commands that drop everything: which of them have been consumed, and by which queues. */
enum smmu_sweep { SMMU_SWEEP_CFG, SMMU_SWEEP_EL1, SMMU_SWEEP_EL2, SMMU_SWEEPS };

struct nap_smmuv3 {
    uint32_t n_ste, n_cd, n_l1std, n_l1cd, n_tlb, n_stall, n_pending;
    uint32_t unsettled; /* bit 0 TLB, 1 config caches: power came back, nobody has needed it */
    /* While GBPA shows values that are not in force (gbpa_differs), those that are. */
    uint32_t gbpa_in_force, gbpa_differs;
    uint32_t n_prg;
    uint32_t failed;           /* service failure mode */
    uint32_t ecmdq_mismatched; /* ECMDQs that run with ERRACK unlike ERR, by number */
    /* What software did, for rules: bits of CR0 (15:0) and IRQ_CTRL (31:16) that the last write
     * changed while their Update was under way. */
    uint32_t overtaken;
    uint32_t needless; /* bits of GERRORN that the last write toggled with no error active */
    uint32_t swept;    /* bit of enum smmu_sweep: complete since power-on */
    uint32_t outputs;  /* SMMU_USED_ bits: what has been in force since power-on */
    /* CONS of SMMU_CMDQ and the ECMDQs as they were enabled, by id: RD, and ERR of an ECMDQ. */
    uint32_t cons_at_enable[1 + SMMU_ECMDQS_MAX];
    uint32_t n_table;
    uint32_t reserved;
    /* Command queues, by id: */
    uint64_t swept_by[SMMU_SWEEPS][4]; /* whose next CMD_SYNC completes it */
    uint64_t used[4];                  /* that have been enabled since power-on */
    uint64_t misled[4];       /* whose indexes have contradicted each other since the enable */
    uint64_t atc_failed[4];   /* with an ATC invalidation that had no answer */
    uint64_t unsynced_atc[4]; /* with one that no CMD_SYNC has followed */
    struct smmu_at_off at_off;
    struct smmu_tlb_donor tlb_donor[2];
    struct smmu_ste_donor ste_donor[2];
    struct smmu_ste ste[SMMU_STES_MAX];
    struct smmu_cd cd[SMMU_CDS_MAX];
    struct smmu_l1std l1std[SMMU_L1STDS_MAX];
    struct smmu_l1cd l1cd[SMMU_L1CDS_MAX];
    struct smmu_tlb_entry tlb[SMMU_TLB_MAX];
    struct smmu_table table[SMMU_TABLES_MAX];
    struct smmu_stall stall[SMMU_STALLS_MAX];
    struct smmu_prg prg[SMMU_PRGS_MAX];
    struct smmu_inv pending[SMMU_PENDING_MAX];
};

#define SMMU_USED_EVENTQ 1u
#define SMMU_USED_PRIQ   2u
#define SMMU_USED_IRQ    4u /* EVENTQ_IRQEN */

static inline const struct nap_smmuv3 *smmu_of(const struct nap_machine *m, unsigned device)
{
    return nap_block_state(m, device);
}

/* --- cache.c + invalidate.c --- */
/* Whether the invalidation drops anything at all now: else nobody can notice it. */
bool smmu_inv_matters(const struct nap_machine *m, unsigned device, const struct smmu_inv *inv);
void smmu_inv_apply(struct nap_machine *m, unsigned device, const struct smmu_inv *inv);
void smmu_caches_power_off(struct nap_machine *m, unsigned device); /* keeps donors */
void smmu_caches_power_on(struct nap_machine *m, unsigned device);  /* unsettled */
/* After a register has changed so that the caches become usable (SMMUEN in force) */
void smmu_caches_usable(struct nap_machine *m, unsigned device);
uint64_t smmu_statusr_read(struct nap_machine *m, unsigned device, unsigned index,
                           uint64_t value);
/* CMD_PREFETCH_CONFIG / _ADDR */
void smmu_prefetch(struct nap_machine *m, unsigned device, uint32_t sid, bool ssv,
                   uint32_t ssid, bool address, nap_addr va);

/* --- translate.c, config.c --- */
void smmu_probe(const struct nap_machine *m, const struct nap_transaction *t,
                struct nap_outcomes *out, struct nap_footprint *footprint);
struct nap_outcome smmu_dma(struct nap_machine *m, const struct nap_transaction *t);

/* --- stall.c --- */
void smmu_stall_resume(struct nap_machine *m, unsigned device, uint32_t sid, uint16_t stag,
                       bool retry, bool abort);
void smmu_stall_terminate(struct nap_machine *m, unsigned device, uint32_t sid);
void smmu_stall_terminate_all(struct nap_machine *m, unsigned device);
void smmu_stall_evtq_writable(struct nap_machine *m,
                              unsigned device); /* pending records go out */

/* --- evtq.c --- */
struct smmu_event {
    uint64_t dw[4];
};
bool smmu_evtq_writable(const struct nap_machine *m, unsigned device);
/* Writes the record, or drops it, with OVFLG where the queue is full. True if it is gone for
 * good: it stands in the queue, or its write was aborted. A record of a stall is never dropped
 * otherwise: the caller keeps it until smmu_stall_evtq_writable(). */
bool smmu_evtq_put(struct nap_machine *m, unsigned device, const struct smmu_event *record);
/* Whether it may be left out, as one like it stands in the queue; @mev: STE.MEV of its stream.
 */
bool smmu_evtq_merges(const struct nap_machine *m, unsigned device,
                      const struct smmu_event *record, bool mev);
#define SMMU_EVENT_STALL (UINT64_C(1) << 31)                  /* of double word 1 */
void smmu_evtq_start(struct nap_machine *m, unsigned device); /* enabled, or acknowledged */
struct smmu_queue smmu_evtq_now(const struct nap_machine *m, unsigned device);
nap_on_write smmu_evtq_cons_written;
nap_on_read smmu_evtq_prod_read, smmu_priq_prod_read;
/* The registers of the PRI queue; what is written there is priq.c's. */
void smmu_priq_start(struct nap_machine *m, unsigned device);
struct smmu_queue smmu_priq_now(const struct nap_machine *m, unsigned device);
bool smmu_priq_enabled(const struct nap_machine *m, unsigned device); /* and SMMUEN */
/* Sets the index in the register, and leaves the rest of it. */
void smmu_set_index(struct nap_machine *m, unsigned device, unsigned slot, uint32_t index);

/* --- control.c --- */
/* The values of a field of CR0 that traffic may meet now: bit 0: 0, bit 1: 1; both while an
 * Update is under way. */
static inline unsigned smmu_may_be(const struct nap_machine *m, unsigned device, uint64_t field,
                                   struct nap_footprint *footprint)
{
    uint64_t cr0 = nap_probe_reg(m, device, SMMU_SLOT_CR0, footprint);
    uint64_t ack = nap_probe_reg(m, device, SMMU_SLOT_CR0ACK, footprint);

    return 1u << ((cr0 & field) != 0) | 1u << ((ack & field) != 0);
}
static inline unsigned smmu_enabled(const struct nap_machine *m, unsigned device,
                                    struct nap_footprint *footprint)
{
    return smmu_may_be(m, device, SMMU_CR0_SMMUEN, footprint);
}
/* Bits that are in force, of CR0ACK: what an Update has not reached yet stays as it was. */
bool smmu_in_force(const struct nap_machine *m, unsigned device, uint64_t field);
/* GBPA values that traffic may meet: 1 or 2. Where GBPA is undetermined (NAP_MARK_UNDETERMINED)
 * they are not known, and whoever uses them settles the register first. */
unsigned smmu_gbpa(const struct nap_machine *m, unsigned device,
                   struct nap_footprint *footprint, uint32_t out[2]);
bool smmu_atschk(const struct nap_machine *m, unsigned device, struct nap_footprint *footprint);
uint32_t smmu_vmid_mask(const struct nap_machine *m, unsigned device); /* bits to compare */
unsigned smmu_minor(const struct nap_machine *m, unsigned device);     /* AIDR.ArchMinorRev */
unsigned smmu_oas_bits(const struct nap_machine *m, unsigned device);
unsigned smmu_sid_bits(const struct nap_machine *m, unsigned device);
bool smmu_gerror_active(const struct nap_machine *m, unsigned device, uint64_t bit);
/* Toggles the bit, with its interrupt, unless the error is active already. */
void smmu_gerror_raise(struct nap_machine *m, unsigned device, uint64_t bit);
/* Service failure mode, until power is lost: traffic is aborted, queues stand still. */
static inline bool smmu_failed(const struct nap_machine *m, unsigned device)
{
    return smmu_of(m, device)->failed != 0;
}
void smmu_service_failure(struct nap_machine *m, unsigned device);
nap_on_write smmu_cr0_written, smmu_irq_ctrl_written, smmu_gerrorn_written;
nap_on_store smmu_updated_stored, smmu_gbpa_stored, smmu_gerrorn_stored;
nap_on_read smmu_gerror_read;
void smmu_cr0_done(struct nap_machine *m, unsigned device, uint64_t field);
void smmu_irq_ctrl_done(struct nap_machine *m, unsigned device, uint64_t field);
void smmu_gbpa_done(struct nap_machine *m, unsigned device);

/* --- identity.c --- */
/* As struct nap_block says it. */
const char *smmu_contradiction(const uint64_t *resets);

/* --- irq.c --- */
enum smmu_output {
    SMMU_OUT_EVENTQ,
    SMMU_OUT_PRIQ,
    SMMU_OUT_GERROR,
    SMMU_OUT_CMD_SYNC,
    SMMU_OUTPUTS
};
extern const char *const smmu_outputs[]; /* their names, NULL at the end */
/* Of EVENTQ, PRIQ, GERROR: if IRQ_CTRL lets it. */
void smmu_interrupt(struct nap_machine *m, unsigned device, enum smmu_output output);
void smmu_sync_interrupt(struct nap_machine *m, unsigned device, uint64_t address,
                         uint32_t data);

/* --- command.c --- */
struct smmu_command {
    uint64_t dw[2];
};

/* Codes of CMDQ_CONS.ERR. */
enum smmu_command_error {
    SMMU_CERROR_NONE,
    SMMU_CERROR_ILL,
    SMMU_CERROR_ABT,
    SMMU_CERROR_ATC_INV_SYNC,
};

/* Identities of command queues, as in struct smmu_inv. */
#define SMMU_CMDQ   0u
#define SMMU_ECMDQ  1u    /* and up */
#define SMMU_VCMDQ  0x80u /* and up, of a device in front of the SMMU */
#define SMMU_QUEUES 0x100u

/* A queue of commands: where its registers lie and who is told. */
struct smmu_command_queue {
    unsigned device; /* has the registers; CONS has RD, PROD has WR in bits 19:0 */
    unsigned smmu;   /* carries the commands out */
    int32_t vmid;    /* takes the place of the commands' own; -1: none does */
    uint16_t base, prod, cons;
    uint8_t id;
    bool (*running)(const struct nap_machine *m, const struct smmu_command_queue *q);
    /* Consumption has stopped at the command that CONS points at. */
    void (*failed)(struct nap_machine *m, const struct smmu_command_queue *q,
                   enum smmu_command_error error);
    /* RD has moved. NULL: nobody else is told. */
    void (*consumed)(struct nap_machine *m, const struct smmu_command_queue *q);
    /* Commands it takes; the others are illegal in it. NULL: all. */
    bool (*allowed)(const struct nap_machine *m, const struct smmu_command_queue *q,
                    unsigned op);
};

/* Whether it cannot be carried out yet: a CMD_SYNC that waits for a part without power. */
bool smmu_command_waits(const struct nap_machine *m, const struct smmu_command_queue *q,
                        const struct smmu_command *c);
/* Carries it out. A CMD_SYNC gives no signal yet. */
enum smmu_command_error smmu_command_run(struct nap_machine *m,
                                         const struct smmu_command_queue *q,
                                         const struct smmu_command *c);
/* After CONS has moved over it: what a CMD_SYNC signals. */
void smmu_command_signal(struct nap_machine *m, const struct smmu_command_queue *q,
                         const struct smmu_command *c);
/* Whether it is a CMD_SYNC whose MSI is a write of the word at @address. */
bool smmu_command_signals_at(const struct nap_machine *m, unsigned smmu,
                             const struct smmu_command *c, nap_addr address);
const char *smmu_command_name(unsigned op); /* "CMD_SYNC" */

/* --- cmdq.c --- */
struct smmu_command_queue smmu_cmdq(unsigned device);
struct smmu_queue smmu_command_queue_now(const struct nap_machine *m,
                                         const struct smmu_command_queue *q);
/* For rules: an enable of the SMMU's own queue is in force, and CONS was @cons by then; or it
 * no longer is, with 0. */
void smmu_command_queue_mark(struct nap_machine *m, const struct smmu_command_queue *q,
                             bool enabled, uint32_t cons);
/* Its enable is in force, or no longer; an error has been acknowledged; PROD was written. */
void smmu_command_queue_start(struct nap_machine *m, const struct smmu_command_queue *q);
void smmu_command_queue_stop(struct nap_machine *m, const struct smmu_command_queue *q);
void smmu_command_queue_resume(struct nap_machine *m, const struct smmu_command_queue *q);
void smmu_command_queue_prod_written(struct nap_machine *m, const struct smmu_command_queue *q,
                                     uint64_t was);
/* The work that a write of PROD began. */
void smmu_command_queue_consume(struct nap_machine *m, const struct smmu_command_queue *q);
void smmu_command_queue_notice(struct nap_machine *m, const struct smmu_command_queue *q);
void smmu_command_queue_ram_read(struct nap_machine *m, const struct smmu_command_queue *q,
                                 nap_addr address);
/* Of the queue of CMDQ_BASE. */
void smmu_cmdq_start(struct nap_machine *m, unsigned device);
void smmu_cmdq_stop(struct nap_machine *m, unsigned device);
void smmu_cmdq_resume(struct nap_machine *m, unsigned device);
void smmu_cmdq_consume(struct nap_machine *m, unsigned device);
nap_on_write smmu_cmdq_prod_written;
nap_on_store smmu_cmdq_cons_stored;
nap_on_read smmu_cmdq_cons_read;

/* --- ecmdq.c --- */
unsigned smmu_ecmdqs(const struct nap_machine *m, unsigned device); /* how many there are */
struct smmu_command_queue smmu_ecmdq(unsigned device, unsigned n);
bool smmu_ecmdq_enabled(const struct nap_machine *m, unsigned device, unsigned n);
nap_on_write smmu_ecmdq_prod_written;
nap_on_read smmu_ecmdq_cons_read;
void smmu_ecmdq_enack_done(struct nap_machine *m, unsigned device, unsigned n);
void smmu_ecmdq_consume(struct nap_machine *m, unsigned device, unsigned n);

/* --- smmuv3.c --- */
/* Commands of all queues of the SMMU: whoever looks could see what they have done. */
void smmu_commands_notice(struct nap_machine *m, unsigned device);
/* What they waited for is there. */
void smmu_commands_go_on(struct nap_machine *m, unsigned device);
void smmu_vcmdqs_go_on(struct nap_machine *m, unsigned device); /* cmdqv.c */

/* --- atos.c --- */
void smmu_gatos_done(struct nap_machine *m, unsigned device);
void smmu_gatos_start(struct nap_machine *m, unsigned device); /* SMMUEN goes to 1 */
void smmu_gatos_stop(struct nap_machine *m, unsigned device);  /* SMMUEN goes to 0 */

/* --- priq.c --- */
void smmu_page_request(struct nap_machine *m, unsigned device,
                       const struct nap_message *request);
/* CMD_PRI_RESP, with its Resp. */
void smmu_page_response(struct nap_machine *m, unsigned device, uint32_t sid, bool ssv,
                        uint32_t ssid, uint32_t prg_index, unsigned resp);

/* --- rules.c --- */
#define SMMU_N_RULES 12u
extern const struct nap_rule nap_smmuv3_rules[SMMU_N_RULES];

extern const struct nap_block nap_smmuv3_block;
extern const struct nap_block nap_cmdqv_block; /* cmdqv.c */

#endif
