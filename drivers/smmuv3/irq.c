/* SPDX-License-Identifier: MIT */
/* Interrupts. Handlers and vectors are software and live from probe to remove; messages and
 * enables are hardware and are written whenever it has been reset, with what the interrupt core
 * would send now.
 *
 * Source: docs/smmuv3-facts.md 2.5 (handshake), 3.1 (GERROR), 4.7 and 8 (edges, messages). */
#include <errno.h>

#include "arm-smmu-v3.h"

static const uint32_t cfg0[SMMU_SOURCES] = {
    [SMMU_EVENTQ] = EVENTQ_IRQ_CFG0,
    [SMMU_PRIQ] = PRIQ_IRQ_CFG0,
    [SMMU_GERROR] = GERROR_IRQ_CFG0,
};

static bool has_source(const struct smmuv3_device *smmu, unsigned source)
{
    return source != SMMU_PRIQ || (smmu->idr0 & IDR0_PRI) != 0;
}

/* --- software --- */

/* Without a vector left the source uses its wire. */
int smmuv3_msis_alloc(struct smmuv3_device *smmu)
{
    for (unsigned source = 0; source < SMMU_SOURCES; source++) {
        nap_addr address;
        uint32_t data;

        if (!has_source(smmu, source) || (smmu->idr0 & IDR0_MSI) == 0)
            continue;
        if (nap_msi_alloc(smmu->device, source, &address, &data) == 0)
            smmu->msis |= 1u << source;
    }
    return 0;
}

void smmuv3_msis_free(struct smmuv3_device *smmu)
{
    for (unsigned source = 0; source < SMMU_SOURCES; source++) {
        if ((smmu->msis & 1u << source) != 0)
            nap_msi_free(smmu->device, source);
    }
    smmu->msis = 0;
}

int smmuv3_irqs_request(struct smmuv3_device *smmu)
{
    int ret = smmuv3_form()->setup_writes ? smmuv3_irqs_off(smmu) : 0;

    for (unsigned source = 0; source < SMMU_SOURCES && ret == 0; source++) {
        if (!has_source(smmu, source))
            continue;
        ret = nap_irq_request(smmu->device, source, source != SMMU_GERROR);
        if (ret == 0)
            smmu->irqs |= 1u << source;
    }
    if (ret == 0)
        ret = smmuv3_msis_alloc(smmu);
    if (ret != 0)
        smmuv3_irqs_free(smmu);
    return ret;
}

void smmuv3_irqs_free(struct smmuv3_device *smmu)
{
    smmuv3_msis_free(smmu);
    for (unsigned source = 0; source < SMMU_SOURCES; source++) {
        if ((smmu->irqs & 1u << source) != 0)
            nap_irq_free(smmu->device, source);
    }
    smmu->irqs = 0;
}

/* --- hardware --- */

int smmuv3_irqs_off(struct smmuv3_device *smmu)
{
    smmuv3_write(smmu, IRQ_CTRL, 0);
    return smmuv3_poll(smmu, IRQ_CTRLACK, UINT32_MAX, 0);
}

/* An address of 0 means no message. */
static void write_message(const struct smmuv3_device *smmu, unsigned source)
{
    nap_addr address = 0;
    uint32_t data = 0;

    if (smmuv3_form()->msi_saved && smmu->quiet) {
        address = smmu->saved[source].address;
        data = smmu->saved[source].data;
    } else if ((smmu->msis & 1u << source) != 0) {
        (void)nap_msi_message(smmu->device, source, &address, &data);
    }
    smmuv3_write64(smmu, cfg0[source], address);
    smmuv3_write(smmu, cfg0[source] + IRQ_CFG1, data);
    smmuv3_write(smmu, cfg0[source] + IRQ_CFG2, MSI_DEVICE_NGNRE);
}

void smmuv3_messages_save(struct smmuv3_device *smmu)
{
    for (unsigned source = 0; source < SMMU_SOURCES; source++) {
        struct smmuv3_message *saved = &smmu->saved[source];

        if ((smmu->msis & 1u << source) == 0)
            continue;
        saved->address = smmuv3_read64(smmu, cfg0[source]);
        saved->data = smmuv3_read(smmu, cfg0[source] + IRQ_CFG1);
    }
}

int smmuv3_irqs_on(struct smmuv3_device *smmu)
{
    bool lost = smmuv3_form()->msi_lost && smmu->quiet;
    uint32_t enables = IRQ_EVENTQ | IRQ_GERROR;
    int ret;

    if (has_source(smmu, SMMU_PRIQ))
        enables |= IRQ_PRIQ;
    for (unsigned source = 0; source < SMMU_SOURCES; source++) {
        if (!lost && (smmu->idr0 & IDR0_MSI) != 0 && has_source(smmu, source))
            write_message(smmu, source);
    }
    smmuv3_write(smmu, IRQ_CTRL, enables);
    ret = smmuv3_poll(smmu, IRQ_CTRLACK, UINT32_MAX, enables);
    if (ret != 0)
        return ret;
    smmuv3_handle_gerror(smmu);
    smmuv3_handle_events(smmu);
    smmuv3_handle_requests(smmu);
    return 0;
}

/* --- handlers --- */

/* An interrupt of a unit that sleeps is a late one: suspend has looked at everything. */
bool smmuv3_irq_edge(struct nap_device *device, unsigned output)
{
    struct smmuv3_device *smmu = smmuv3_of(device);

    if (smmu == NULL || (!smmuv3_form()->gerror_unasked && smmuv3_is_off(smmu)))
        return false;
    if (output != SMMU_GERROR)
        return true;
    smmuv3_handle_gerror(smmu);
    return false;
}

/* Takes the power that is there and asks for none. */
void smmuv3_irq_thread(struct nap_device *device, unsigned output)
{
    const struct smmuv3_form *form = smmuv3_form();
    struct smmuv3_device *smmu = smmuv3_of(device);
    int active;

    if (smmu == NULL)
        return;
    if (!form->threads_unasked && !form->handler_wakes && smmuv3_is_off(smmu))
        return;
    active = form->handler_wakes ? 1 + nap_pm_get(device) : nap_pm_get_if_active(device);
    if (active == 0 && !form->threads_unasked)
        return;
    if (output == SMMU_EVENTQ)
        smmuv3_handle_events(smmu);
    else
        smmuv3_handle_requests(smmu);
    if (active > 0 || (form->negative_is_active && active < 0))
        nap_pm_put(device);
}
