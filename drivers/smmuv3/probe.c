/* SPDX-License-Identifier: MIT */
/* Bringing a unit up, once: what it can do, its queues and its stream table in RAM, handlers,
 * then the reset sequence.
 *
 * Source: docs/smmuv3-facts.md 1.3 (ID registers), 14 (order). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arm-smmu-v3.h"

#define CMD_BYTES    16u
#define EVENT_BYTES  32u
#define PRI_BYTES    16u
#define STE_BYTES    64u
#define ENTRIES_LOG2 3u /* of queues, where no parameter says another size */

const char *const smmuv3_compatible[] = {"smmuv3", "pcie-endpoint", NULL};

void *smmuv3_alloc(size_t bytes, const char *what)
{
    return nap_fails(what) ? NULL : nap_alloc(bytes);
}

nap_addr smmuv3_ram(uint64_t bytes, const char *what)
{
    return nap_fails(what) ? 0 : nap_ram_alloc(bytes);
}

static struct smmuv3_driver *driver_data(const struct smmuv3_form *form)
{
    struct smmuv3_driver *driver = nap_driver_data();

    if (driver == NULL) {
        driver = smmuv3_alloc(sizeof(*driver), "driver data");
        if (driver != NULL) {
            driver->form = *form;
            driver->next_asid = 1;
            driver->next_vmid = 1;
        }
        nap_set_driver_data(driver);
    }
    return driver;
}

static bool is_set(const char *key, const char *value)
{
    const char *parameter = nap_parameter(key);

    return parameter != NULL && strcmp(parameter, value) == 0;
}

/* --- what the hardware can do --- */

static void read_ids(struct smmuv3_device *smmu)
{
    smmu->idr0 = smmuv3_read(smmu, IDR0);
    smmu->idr1 = smmuv3_read(smmu, IDR1);
    smmu->idr3 = smmuv3_read(smmu, IDR3);
    smmu->idr5 = smmuv3_read(smmu, IDR5);
    if ((smmu->idr1 & IDR1_ECMDQ) != 0)
        smmu->idr6 = smmuv3_read(smmu, IDR6);
    /* As reset left it: nobody has written to the unit yet. A platform whose firmware has must
     * say so by parameter. */
    smmu->aborts_at_reset = (smmuv3_read(smmu, GBPA) & GBPA_ABORT) != 0;
}

/* Nothing is used that is not there, and what this driver has no code for is refused. */
static int check_ids(struct smmuv3_device *smmu)
{
    const char *promise = nap_parameter("reset-aborts");

    if ((smmu->idr1 & IDR1_PRESETS) != 0) {
        nap_log("%s: preset tables or queues", smmu->device->name);
        return -ENXIO;
    }
    if ((smmu->idr0 & IDR0_S1P) == 0 || (smmu->idr0 & IDR0_TTF_AA64) == 0 ||
        (smmu->idr5 & IDR5_GRAN4K) == 0 || IDR0_TTENDIAN(smmu->idr0) == IDR0_TTENDIAN_BIG) {
        nap_log("%s: no stage 1 with little-endian 4 KiB tables", smmu->device->name);
        return -ENXIO;
    }
    if (IDR1_CMDQS(smmu->idr1) == 0)
        return -ENXIO;
    smmu->sid_bits = IDR1_SIDSIZE(smmu->idr1);
    if (smmu->sid_bits > SMMU_SID_BITS_MAX)
        smmu->sid_bits = SMMU_SID_BITS_MAX;
    smmu->sync_by_message = (smmu->idr0 & IDR0_MSI) != 0 && (smmu->idr0 & IDR0_COHACC) != 0 &&
                            is_set("sync", "message");
    if (promise != NULL || smmuv3_form()->firmware_flag)
        smmu->aborts_at_reset = is_set("reset-aborts", "yes");
    return 0;
}

/* --- memory --- */

static uint32_t entries_log2(uint32_t most)
{
    const char *parameter = nap_parameter("queue-entries");
    unsigned long entries = parameter != NULL ? strtoul(parameter, NULL, 10) : 0;
    uint32_t log2 = ENTRIES_LOG2;

    if (entries != 0) {
        for (log2 = 0; (2ul << log2) <= entries; log2++)
            ;
    }
    return log2 < most ? log2 : most;
}

static int queue_init(struct smmuv3_queue *q, nap_addr prod_reg, nap_addr cons_reg,
                      uint32_t most_log2, uint32_t entry_bytes)
{
    q->log2 = entries_log2(most_log2);
    q->entry_bytes = entry_bytes;
    q->prod_reg = prod_reg;
    q->cons_reg = cons_reg;
    q->entries = smmuv3_ram((uint64_t)entry_bytes << q->log2, "queue");
    return q->entries != 0 ? 0 : -ENOMEM;
}

/* The control pages tell where their queues are; those of the first are used. */
static int ecmdqs_init(struct smmuv3_device *smmu)
{
    uint32_t n = UINT32_C(1) << IDR6_LOG2NUMQ(smmu->idr6);
    nap_addr page, stride = 0x10000u / n;
    int ret = 0;

    if ((smmu->idr1 & IDR1_ECMDQ) == 0)
        return 0;
    page = smmuv3_read_at(smmu->regs + CONTROL_PAGE_BASE0, 8, __FILE__, __LINE__) &
           UINT64_C(0x00ffffffffff0000);
    if (n > SMMU_ECMDQS_MAX)
        n = SMMU_ECMDQS_MAX;
    for (uint32_t i = 0; i < n && ret == 0; i++) {
        struct smmuv3_cmdq *cmdq = &smmu->cmdq[smmu->n_cmdqs++];

        cmdq->page = smmu->regs + page + i * stride;
        ret = queue_init(&cmdq->q, cmdq->page + ECMDQ_PROD, cmdq->page + ECMDQ_CONS,
                         IDR1_CMDQS(smmu->idr1), CMD_BYTES);
    }
    return ret;
}

static int queues_init(struct smmuv3_device *smmu)
{
    nap_addr regs = smmu->regs;
    int ret = queue_init(&smmu->cmdq[0].q, regs + CMDQ_PROD, regs + CMDQ_CONS,
                         IDR1_CMDQS(smmu->idr1), CMD_BYTES);

    smmu->n_cmdqs = 1;
    if (ret == 0)
        ret = ecmdqs_init(smmu);
    if (ret == 0)
        ret = queue_init(&smmu->evtq, regs + EVENTQ_PROD, regs + EVENTQ_CONS,
                         IDR1_EVENTQS(smmu->idr1), EVENT_BYTES);
    if (ret == 0 && (smmu->idr0 & IDR0_PRI) != 0)
        ret = queue_init(&smmu->priq, regs + PRIQ_PROD, regs + PRIQ_CONS,
                         IDR1_PRIQS(smmu->idr1), PRI_BYTES);
    return ret;
}

/* One level where that is small, or where there is no other; else a first level, and leaves
 * once there are masters. */
static int strtab_init(struct smmuv3_device *smmu)
{
    uint32_t n = UINT32_C(1) << smmu->sid_bits;

    if (smmuv3_strtab_is_linear(smmu)) {
        smmu->strtab = smmuv3_ram((uint64_t)n * STE_BYTES, "stream table");
        if (smmu->strtab != 0)
            smmuv3_stes_abort(smmu->strtab, n);
    } else {
        smmu->strtab = smmuv3_ram((n >> SMMU_SPLIT) * UINT64_C(8), "stream table");
    }
    return smmu->strtab != 0 ? 0 : -ENOMEM;
}

/* --- the whole --- */

static int bring_up(struct smmuv3_device *smmu)
{
    int ret;

    read_ids(smmu);
    ret = check_ids(smmu);
    if (ret == 0)
        ret = queues_init(smmu);
    if (ret == 0)
        ret = strtab_init(smmu);
    if (ret != 0)
        return ret;
    ret = smmuv3_irqs_request(smmu);
    if (ret == 0)
        ret = smmuv3_restart(smmu);
    if (ret != 0)
        smmuv3_irqs_free(smmu);
    return ret;
}

/* From here on the unit may be put to sleep. For those who let it sooner, what is left to do
 * comes when nobody holds it any more. */
static void let_sleep(struct smmuv3_device *smmu)
{
    if (is_set("pm", "off"))
        return;
    nap_pm_enable(smmu->device);
    if (!smmuv3_form()->pm_early)
        return;
    if (nap_pm_get(smmu->device) == 0)
        nap_pm_put(smmu->device);
    (void)smmuv3_restart(smmu);
}

static int add_unit(struct smmuv3_driver *driver, struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_alloc(sizeof(*smmu), "device");
    int ret;

    if (smmu == NULL)
        return -ENOMEM;
    smmu->device = device;
    smmu->regs = device->regs;
    smmu->number = driver->n_units;
    device->data = smmu;
    ret = bring_up(smmu);
    if (ret != 0) {
        device->data = NULL;
        if (!driver->form.probe_leaks)
            nap_free(smmu);
        return ret;
    }
    driver->unit[driver->n_units++] = smmu;
    nap_list_add_tail(device);
    let_sleep(smmu);
    return 0;
}

int smmuv3_probe(struct nap_device *device, const struct smmuv3_form *form)
{
    struct smmuv3_driver *driver;
    int ret;

    if (smmuv3_is_endpoint(device)) /* it is told what to do once it is attached */
        return device->root->data != NULL ? 0 : NAP_EPROBE_DEFER;
    if (!device->powered_at_boot) {
        nap_log("%s: no power, left alone", device->name);
        return 0;
    }
    driver = driver_data(form);
    if (driver == NULL || driver->n_units == SMMU_UNITS_MAX)
        return -ENOMEM;
    ret = add_unit(driver, device);
    if (ret != 0 && driver->n_units == 0) {
        nap_set_driver_data(NULL);
        nap_free(driver);
    }
    return ret;
}

/* What user space may ask: as it was read once, awake or asleep. */
int smmuv3_query(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);

    if (smmu == NULL)
        return -ENODEV;
    if (smmuv3_form()->query_reads)
        read_ids(smmu);
    nap_log("%s: IDR0 0x%08x IDR1 0x%08x IDR3 0x%08x IDR5 0x%08x", device->name,
            (unsigned)smmu->idr0, (unsigned)smmu->idr1, (unsigned)smmu->idr3,
            (unsigned)smmu->idr5);
    return 0;
}

/* --- masters --- */

static int leaf_init(struct smmuv3_device *smmu, uint32_t sid)
{
    nap_addr slot = smmu->strtab + (sid >> SMMU_SPLIT) * 8ull, leaf;

    if (smmuv3_strtab_is_linear(smmu) || nap_ram_read64(slot) != 0)
        return 0;
    leaf = smmuv3_ram((UINT64_C(1) << SMMU_SPLIT) * STE_BYTES, "leaf of the stream table");
    if (leaf == 0)
        return -ENOMEM;
    smmuv3_stes_abort(leaf, 1u << SMMU_SPLIT);
    nap_ram_write64(slot, leaf | (SMMU_SPLIT + 1)); /* Span */
    return smmuv3_forget_sid(smmu, sid);
}

int smmuv3_add_master(struct nap_master *master)
{
    struct smmuv3_driver *driver = smmuv3_driver();
    struct smmuv3_device *smmu = smmuv3_of(master->device->root);
    struct smmuv3_master *own;
    int ret = 0;

    if (driver == NULL || smmu == NULL)
        return -ENODEV;
    own = smmuv3_alloc(sizeof(*own), "master");
    if (own == NULL)
        return -ENOMEM;
    own->master = master;
    own->smmu = smmu;
    own->endpoint = smmuv3_is_endpoint(master->device) ? master->device : NULL;
    for (uint32_t i = 0; i < master->n_ids && ret == 0; i++) {
        uint32_t sid = smmuv3_sid(own, i);

        ret = sid >> smmu->sid_bits != 0 ? -ERANGE : leaf_init(smmu, sid);
    }
    if (ret != 0) {
        nap_free(own);
        return ret;
    }
    own->next = driver->masters;
    driver->masters = own;
    master->data = own;
    return 0;
}

/* --- the end of a unit --- */

/* It goes to another owner, or nowhere: whatever arrives then is aborted. */
int smmuv3_remove(struct nap_device *device)
{
    struct smmuv3_driver *driver = smmuv3_driver();
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret;

    if (smmu == NULL)
        return -ENODEV;
    ret = smmuv3_form()->remove_unasked ? 0 : nap_pm_get(device);
    if (ret < 0)
        return ret;
    nap_pm_disable(device);
    ret = smmuv3_abort(smmu);
    if (ret == 0)
        ret = smmuv3_stop(smmu);
    nap_irq_synchronize(device);
    smmuv3_irqs_free(smmu);
    if (!smmuv3_form()->remove_unasked)
        nap_pm_put(device);
    nap_list_remove(device);
    driver->unit[smmu->number] = NULL;
    device->data = NULL;
    nap_free(smmu);
    return ret;
}
