/* SPDX-License-Identifier: MIT */
/* What one operation of a scenario does, but for suspend and resume. */
#include "calls.h"

#include "../os/os.h"
#include "events.h"
#include "sleep.h"

#include <string.h>

/* What the operation names is there: check.c has seen to it. */
static unsigned device_of(const struct nap_runner *r, const struct nap_scenario_op *op)
{
    return (unsigned)nap_device_find(r->m, op->device);
}

static struct nap_master *master_of(const struct nap_runner *r,
                                    const struct nap_scenario_op *op)
{
    return r->masters[nap_master_find(r->m, op->master)];
}

/* --- traffic of masters --- */

static void dma_mappings(struct nap_runner *r, unsigned domain, unsigned device, unsigned port)
{
    const struct nap_ledger *l = &r->m->st->ledger;

    for (uint32_t p = 0; p < l->n_mappings; p++)
        if (l->mappings[p].state == NAP_LEDGER_HELD && l->mappings[p].domain == domain)
            nap_dma(r->m, device, port, l->mappings[p].iova, NAP_READ);
}

static void dma_by(struct nap_runner *r, const struct nap_scenario_op *op,
                   const struct nap_master *master)
{
    const struct nap_scenario_mapping *one = &op->mapping;

    for (uint32_t id = 0; id < master->n_ids; id++)
        if (one->prot)
            nap_dma(r->m, master->device->index, master->ids[id], one->iova,
                    one->prot & NAP_PROT_WRITE ? NAP_WRITE : NAP_READ);
        else
            dma_mappings(r, op->domain, master->device->index, master->ids[id]);
}

static void dma(struct nap_runner *r, const struct nap_scenario_op *op)
{
    for (unsigned i = 0; i < NAP_SOC_MASTERS_MAX; i++)
        if (r->masters[i] && r->m->st->ledger.domain[i] == op->domain &&
            nap_master_live(r->m, i))
            dma_by(r, op, r->masters[i]);
}

/* --- firmware and the platform --- */

const struct nap_reg *nap_runner_register(const struct nap_machine *m, unsigned device,
                                          const char *name)
{
    const struct nap_model *model = nap_device_model(m, device);
    int reg = nap_model_reg(model, name);

    if (reg < 0 || !(model->regs[reg].variants & 1u << nap_device_variant(m, device)))
        return NULL;
    return &model->regs[reg];
}

/* Firmware has no source that could be shown; the operation's line stands for it. Its conduct
 * is not judged. */
static void write_register(struct nap_runner *r, const struct nap_scenario_op *op)
{
    unsigned device = device_of(r, op);
    const struct nap_reg *reg = nap_runner_register(r->m, device, op->reg);

    if (!nap_device_on(r->m, device)) {
        nap_runner_impossible(r, op, "device %s is off here, so firmware's write would be lost",
                              op->device);
        return;
    }
    r->m->by_firmware = true;
    nap_bus_write(r->m, r->m->devices[device].base + nap_reg_offset(reg, op->index),
                  reg->width_bits / 8, op->value,
                  (struct nap_source){r->config->scenario->file, (int)op->line, NULL});
    r->m->by_firmware = false;
}

unsigned nap_runner_output(const struct nap_machine *m, unsigned device, const char *name)
{
    unsigned output = 0;

    for (; output < NAP_OUTPUTS_MAX; output++) {
        const char *own = nap_output_name(m, device, output);
        if (!own)
            return NAP_OUTPUTS_MAX;
        if (strcmp(own, name) == 0)
            break;
    }
    return output;
}

/* Of a device that is awake the driver would be told, which is not modelled. */
static void msi_move(struct nap_runner *r, const struct nap_scenario_op *op)
{
    unsigned device = device_of(r, op);

    if (!r->m->st->asleep && nap_device_on(r->m, device))
        nap_runner_impossible(r, op, "device %s is on here, expected msi-move while it is off",
                              op->device);
    else if (!nap_msi_move(r->m, device, nap_runner_output(r->m, device, op->output)))
        nap_runner_impossible(r, op, "interrupt %s has no vector here", op->output);
}

/* --- any operation --- */

int nap_runner_call(struct nap_runner *r, const struct nap_scenario_op *op)
{
    switch (op->kind) {
    case NAP_OP_PROBE:
        return nap_runner_probe(r);
    case NAP_OP_ATTACH:
        return nap_runner_attach_domain(r, op->domain);
    case NAP_OP_DETACH:
        return nap_runner_detach_domain(r, op->domain);
    case NAP_OP_MAP:
        return nap_runner_map(r, op->domain, &op->mapping);
    case NAP_OP_UNMAP:
        return nap_runner_unmap(r, op->domain, op->mapping.iova, op->mapping.size_bytes);
    case NAP_OP_BLOCK:
        return nap_runner_block(r, master_of(r, op));
    case NAP_OP_BYPASS:
        return nap_runner_bypass(r, master_of(r, op));
    case NAP_OP_PAGE_RESPONSE:
        return nap_runner_page_response(r, master_of(r, op), op->tag, (int)op->code);
    case NAP_OP_FILL:
        return nap_runner_fill(r, device_of(r, op), r->pos->fill);
    case NAP_OP_QUERY:
        return nap_runner_tell(r, "query", r->config->driver->query, device_of(r, op));
    case NAP_OP_REMOVE:
        return nap_runner_remove(r, device_of(r, op));
    case NAP_OP_DMA:
    case NAP_OP_SUSPEND:
    case NAP_OP_POWER_CYCLE:
    case NAP_OP_POWER_OFF:
    case NAP_OP_POWER_ON:
    case NAP_OP_RUNTIME_SUSPEND:
    case NAP_OP_RUNTIME_RESUME:
    case NAP_OP_MSI_MOVE:
    case NAP_OP_WRITE:
    case NAP_OP_RAISE:
    case NAP_OP_RAISE_ASLEEP:
    case NAP_OP_END_INTERRUPT:
    case NAP_OP_RESUME:
        break;
    }
    return 0;
}

int nap_runner_do(struct nap_runner *r, const struct nap_scenario_op *op)
{
    int result;

    if (nap_is_power_op(op->kind))
        return nap_runner_power(r, op);
    if (op->kind == NAP_OP_DMA)
        dma(r, op);
    else if (op->kind == NAP_OP_WRITE)
        write_register(r, op);
    else if (op->kind == NAP_OP_MSI_MOVE)
        msi_move(r, op);
    else if (op->kind >= NAP_OP_RAISE && op->kind <= NAP_OP_END_INTERRUPT)
        nap_runner_interrupt_op(r, op);
    result = nap_runner_call(r, op);
    if (result && r->m->st->hardware_faults) /* the caller has been told */
        nap_position_open(r)->broken = 1;
    return result;
}
