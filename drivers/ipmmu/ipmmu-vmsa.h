/* SPDX-License-Identifier: MIT */
/* Private to the IPMMU driver logic: registers as a driver names them, its data, and the calls
 * between its files. R-Car Gen3 and Gen4 layouts. This code is under test, so it keeps its own
 * tables of offsets, as a real driver does, and shares nothing with the models.
 *
 * Sources: public driver code and bindings, gathered in docs/ipmmu-facts.md 1.2 to 1.4. */
#ifndef IPMMU_VMSA_H
#define IPMMU_VMSA_H

#include <regnap/driver.h>

#define IPMMU_CTX_MAX  16u /* of any generation; context 0 is reserved */
#define IPMMU_UTLB_MAX 64u /* ports of one cache of any generation */
#define IPMMU_NO_CTX   UINT32_MAX

/* Per context, in its bank. */
#define IMCTR    0x00u
#define IMTTBCR  0x08u
#define IMTTLBR0 0x10u
#define IMTTUBR0 0x14u
#define IMTTLBR1 0x18u
#define IMTTUBR1 0x1cu
#define IMSTR    0x20u
#define IMMAIR0  0x28u
#define IMMAIR1  0x2cu
#define IMELAR   0x30u
#define IMEUAR   0x34u

/* Per port, beside its place in its window. */
#define IMUCTR  0x0u
#define IMUASID 0x8u

/* Per instance, from the base of its control registers. */
#define IMSCTLR    0x500u
#define IMSAUXCTLR 0x504u

#define IMCTR_VA64   (UINT32_C(1) << 29)
#define IMCTR_INTEN  (UINT32_C(1) << 2)
#define IMCTR_FLUSH  (UINT32_C(1) << 1)
#define IMCTR_MMUEN  (UINT32_C(1) << 0)
#define IMCTR_COMMON UINT32_C(0x7) /* the bits that a cache implements */

#define IMTTBCR_EAE       (UINT32_C(1) << 31)
#define IMTTBCR_PMB       (UINT32_C(1) << 30)
#define IMTTBCR_SL0_LVL_1 (UINT32_C(1) << 6) /* in the coding that VA64 and S2PTE select */

#define IMTTLBR0_MASK UINT32_C(0xfffff000)
#define IMTTUBR0_MASK UINT32_C(0x000000ff)

#define IMSTR_MHIT   (UINT32_C(1) << 4)
#define IMSTR_ABORT  (UINT32_C(1) << 2)
#define IMSTR_PF     (UINT32_C(1) << 1)
#define IMSTR_TF     (UINT32_C(1) << 0)
#define IMSTR_FAULTS (IMSTR_MHIT | IMSTR_ABORT | IMSTR_PF | IMSTR_TF)

#define IMUCTR_TTSEL(n) ((uint32_t)(n) << 4)
#define IMUCTR_FLUSH    (UINT32_C(1) << 1)
#define IMUCTR_MMUEN    (UINT32_C(1) << 0)

#define IMSCTLR_USE_SECGRP (UINT32_C(1) << 28)
#define IMSAUXCTLR_S2PTE   (UINT32_C(1) << 3)

/* What differs between generations: features.c. Offsets are in bytes. */
struct ipmmu_features {
    uint32_t contexts;
    uint32_t utlbs;               /* ports of one cache */
    uint32_t ctx_offset_base;     /* bank of context 0 */
    uint32_t ctx_offset_stride;   /* from bank to bank */
    uint32_t ctx_offset_high;     /* added from context 8 on */
    uint32_t utlb_offset_base;    /* added to the place of a port */
    uint32_t utlb_offset_high;    /* place of port 32; from there on as from 0x300 for port 0 */
    uint32_t control_offset_base; /* added to IMSCTLR and IMSAUXCTLR */
    uint32_t imuctr_ttsel_mask;
};

struct ipmmu_domain;

/* One instance. A root is its own root. */
struct ipmmu_device {
    struct nap_device *device;
    struct ipmmu_device *root;
    struct ipmmu_features features;
    uint32_t imsctlr;    /* as the probe wrote it */
    uint32_t imsauxctlr; /* the same; roots only */
    uint8_t utlb_users[IPMMU_UTLB_MAX];
    uint8_t utlb_ctx[IPMMU_UTLB_MAX]; /* of a port with users */
    bool off;                         /* from device_off() to device_on() */
    bool in_reach;                    /* of the guest's call under way: see reaches() */
};

/* A cache that devices of a guest are attached through. */
struct ipmmu_cache {
    struct ipmmu_device *mmu;
    struct ipmmu_cache *next;
    uint32_t users; /* devices */
};

/* One guest, and from its first device on also one context of the root. */
struct ipmmu_domain {
    struct nap_domain *guest;
    struct ipmmu_device *root;
    struct ipmmu_cache *caches; /* newest first */
    uint32_t ctx;               /* IPMMU_NO_CTX until the first device */
};

struct ipmmu_ctx_backup {
    uint32_t imttlbr0;
    uint32_t imttubr0;
    uint32_t imttbcr;
    uint32_t imttlbr1; /* from here to IMMAIR1 in the record of bsp-4.14 only */
    uint32_t imttubr1;
    uint32_t immair0;
    uint32_t immair1;
    uint32_t imctr;
};

struct ipmmu_utlb_backup {
    uint32_t imuctr;
    uint32_t imuasid;
};

/* One bus master, with the backup of its ports. */
struct ipmmu_master {
    struct nap_master *master;
    struct ipmmu_device *mmu;
    struct ipmmu_domain *domain; /* attached to, or NULL */
    struct ipmmu_master *next;
    uint32_t n_backup; /* ports with a record: all of them */
    struct ipmmu_utlb_backup *backup;
};

/* What the driver keeps beside its devices: nap_driver_data(). One root per SoC. */
struct ipmmu_driver {
    struct ipmmu_domain *domains[IPMMU_CTX_MAX];
    struct ipmmu_ctx_backup backup[IPMMU_CTX_MAX];
    struct ipmmu_master *masters; /* newest first */
    uint32_t first_ctx;           /* contexts below it are not given to guests */
    /* From a suspend that closes the gate to its resume: what guests ask for goes
     * into the records that resume writes, and into units only as long as they are as they
     * were. */
    bool asleep;
};

/* --- accesses; macros, so that the source line of an access is that of the driver's step ---
 */

static inline nap_addr ipmmu_ctx_addr(const struct ipmmu_device *mmu, uint32_t ctx,
                                      uint32_t reg)
{
    const struct ipmmu_features *f = &mmu->features;

    return mmu->device->regs + f->ctx_offset_base + (nap_addr)f->ctx_offset_stride * ctx +
           (ctx < 8 ? 0 : f->ctx_offset_high) + reg;
}

static inline nap_addr ipmmu_utlb_addr(const struct ipmmu_device *mmu, uint32_t utlb,
                                       uint32_t reg)
{
    const struct ipmmu_features *f = &mmu->features;
    uint32_t place = utlb < 32 ? 0x300 + 16 * utlb : f->utlb_offset_high + 16 * (utlb - 32);

    return mmu->device->regs + f->utlb_offset_base + place + reg;
}

static inline nap_addr ipmmu_ctrl_addr(const struct ipmmu_device *mmu, uint32_t reg)
{
    return mmu->device->regs + mmu->features.control_offset_base + reg;
}

/* As Xen's writel(): what was written before has landed, this write may be on its way. The
 * barrier after its readl() orders loads alone, of which no two are in flight here. */
#define ipmmu_store(addr, value) (nap_fence(NAP_DSB_ST), nap_write32((addr), (value)))

/* Registers of a context, of a port, and of the instance. @reg is a name as IMTTBCR. */
#define ipmmu_ctx_read(mmu, ctx, reg) nap_read32(ipmmu_ctx_addr((mmu), (ctx), (reg)))
#define ipmmu_ctx_write(mmu, ctx, reg, value)                                                  \
    ipmmu_store(ipmmu_ctx_addr((mmu), (ctx), (reg)), (value))
#define ipmmu_utlb_read(mmu, utlb, reg) nap_read32(ipmmu_utlb_addr((mmu), (utlb), (reg)))
#define ipmmu_utlb_write(mmu, utlb, reg, value)                                                \
    ipmmu_store(ipmmu_utlb_addr((mmu), (utlb), (reg)), (value))
#define ipmmu_ctrl_read(mmu, reg)         nap_read32(ipmmu_ctrl_addr((mmu), (reg)))
#define ipmmu_ctrl_write(mmu, reg, value) ipmmu_store(ipmmu_ctrl_addr((mmu), (reg)), (value))

/* Context register of the root only. */
#define ipmmu_ctx_read_root(dom, reg) ipmmu_ctx_read((dom)->root, (dom)->ctx, (reg))
#define ipmmu_ctx_write_root(dom, reg, value)                                                  \
    ipmmu_ctx_write((dom)->root, (dom)->ctx, (reg), (value))

/* IMCTR of one cache only; it has the common bits and nothing else. */
#define ipmmu_ctx_write_cache(dom, mmu, value)                                                 \
    ipmmu_ctx_write((mmu), (dom)->ctx, IMCTR, (value)&IMCTR_COMMON)

/* IMCTR of every cache of the domain, newest first, then of the root. */
#define ipmmu_ctx_write_all(dom, value)                                                        \
    ipmmu_ctx_write_all_at((dom), (value), __FILE__, __LINE__)
void ipmmu_ctx_write_all_at(const struct ipmmu_domain *domain, uint32_t imctr, const char *file,
                            int line);

/* --- features.c --- */

/* Of the model that a device matched by; NULL if it is none of ours. */
const struct ipmmu_features *ipmmu_features_of(const char *model);

/* --- ipmmu.c: shared by all variants --- */

bool ipmmu_is_root(const struct nap_device *device);
bool ipmmu_is_cache(const struct nap_device *device);
struct ipmmu_device *ipmmu_of(const struct nap_device *device);
/* Whether the domain, if there is one, has its context on that root or cache. */
bool ipmmu_has_context(const struct ipmmu_device *mmu, const struct ipmmu_domain *domain);

/* Zeroed memory, or NULL. @what names it in a story in which there is none. */
void *ipmmu_alloc(size_t bytes, const char *what);

int ipmmu_probe(struct nap_device *device);
/* The same with a table of the caller's. */
int ipmmu_probe_with(struct nap_device *device, const struct ipmmu_features *features);
int ipmmu_add_master(struct nap_master *master);
int ipmmu_domain_init(struct nap_domain *guest);
void ipmmu_domain_destroy(struct nap_domain *guest);
int ipmmu_attach(struct nap_domain *guest, struct nap_master *master);
int ipmmu_detach(struct nap_domain *guest, struct nap_master *master);
int ipmmu_map(struct nap_domain *guest, nap_addr iova, nap_addr pa, uint64_t size_bytes,
              unsigned prot);
int ipmmu_unmap(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes);
void ipmmu_irq(struct nap_device *device);

/* As attach and detach; the units they have written to are read back, and a barrier follows. */
int ipmmu_attach_sync(struct nap_domain *guest, struct nap_master *master);
int ipmmu_detach_sync(struct nap_domain *guest, struct nap_master *master);

/* As map and unmap; they also wait for the caches and return -ETIMEDOUT. */
int ipmmu_map_sync(struct nap_domain *guest, nap_addr iova, nap_addr pa, uint64_t size_bytes,
                   unsigned prot);
int ipmmu_unmap_sync(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes);

/* The same without waiting for anything; and waiting for one unit. */
void ipmmu_flush_start(const struct ipmmu_domain *domain);
int ipmmu_flush_poll(const struct ipmmu_device *mmu, uint32_t ctx);

/* As map and unmap with a wait for the root alone, and no barrier before it, as Linux does. */
int ipmmu_map_relaxed(struct nap_domain *guest, nap_addr iova, nap_addr pa, uint64_t size_bytes,
                      unsigned prot);
int ipmmu_unmap_relaxed(struct nap_domain *guest, nap_addr iova, uint64_t size_bytes);

/* Values and order of a new context; all of it on the root, IMCTR also on caches with @all. */
void ipmmu_ctx_setup(const struct ipmmu_domain *domain, bool all);

/* Barrier, then waits until every unit that holds a context in use shows FLUSH as 0: root and
 * caches, context by context. 0 or -ETIMEDOUT. */
int ipmmu_wait_contexts(void);

/* --- backup.c: save and restore as the Xen series does them --- */

int ipmmu_suspend_one(struct nap_device *device);
int ipmmu_restore_root(struct nap_device *device);
int ipmmu_restore_cache(struct nap_device *device);
int ipmmu_resume_one(struct nap_device *device); /* whichever of the two it is */

/* The ports of one cache alone, each with IMUCTR.FLUSH. */
void ipmmu_restore_ports_flush(const struct ipmmu_device *mmu);

/* --- runtime.c: one cache loses its power while the root keeps it --- */

int ipmmu_device_off(struct nap_device *device);
int ipmmu_device_on(struct nap_device *device);

extern const char *const ipmmu_compatible[];

/* Calls in which all variants agree; and suspend and resume as a hypervisor runs them, which is
 * with interrupts off. */
#define IPMMU_DRIVER_COMMON IPMMU_DRIVER_CALLS, .irqs_off = true
#define IPMMU_DRIVER_CALLS                                                                     \
    IPMMU_DRIVER_BASE, .add_master = ipmmu_add_master, .domain_init = ipmmu_domain_init,       \
                       .attach = ipmmu_attach
/* The same where attach and detach see to it that their writes have landed. */
#define IPMMU_DRIVER_LANDED                                                                    \
    IPMMU_DRIVER_BARE, .add_master = ipmmu_add_master, .domain_init = ipmmu_domain_init,       \
                       .attach = ipmmu_attach_sync, .detach = ipmmu_detach_sync,               \
                       .irqs_off = true
/* And those in which all do but for what only the hazard catalogue runs. */
#define IPMMU_DRIVER_BASE IPMMU_DRIVER_BARE, .detach = ipmmu_detach
#define IPMMU_DRIVER_BARE                                                                      \
    .abi = NAP_DRIVER_ABI, .name = "ipmmu", .compatible = ipmmu_compatible,                    \
    .probe = ipmmu_probe, .domain_destroy = ipmmu_domain_destroy, .irq = ipmmu_irq

#endif
