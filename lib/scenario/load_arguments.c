/* SPDX-License-Identifier: MIT */
/* What stands behind the word of an operation: which domain, master, device, interrupt, and
 * what is done with it. */
#include "load.h"

#include <regnap/os.h>

#include <string.h>

#define POWER_MAX (sizeof(((struct nap_scenario_op *)0)->power) / NAP_NAME_MAX)

/* The domain that @n names, in the state the operation needs. */
static enum nap_err read_domain_ref(struct nap_loader *l, nap_node n,
                                    struct nap_scenario_op *op)
{
    const char *name, *op_name = nap_op_name(op->kind);
    bool attach = op->kind == NAP_OP_ATTACH;
    enum nap_err err = nap_yaml_name(l->y, n, "domain", &name, l->error);

    if (err)
        return err;
    while (op->domain < l->s->n_domains && strcmp(l->s->domains[op->domain].name, name) != 0)
        op->domain++;
    if (op->domain == l->s->n_domains)
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s' as domain, expected one of this scenario's domains",
                             name);
    if (attach && l->guests[op->domain].state == NAP_GUEST_ATTACHED &&
        !l->guests[op->domain].apart)
        return nap_yaml_fail(l->y, n, l->error,
                             "found attach of domain %s, which is attached here, expected it "
                             "once, or detach, block or bypass above it",
                             name);
    if (!attach && l->guests[op->domain].state != NAP_GUEST_ATTACHED)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s of domain %s, which is not attached here, expected "
                             "attach above it",
                             op_name, name);
    return NAP_OK;
}

static enum nap_err read_attach(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    enum nap_err err = read_domain_ref(l, n, op);

    if (err)
        return err;
    l->guests[op->domain].state = NAP_GUEST_ATTACHED;
    l->guests[op->domain].apart = false;
    return NAP_OK;
}

static enum nap_err read_detach(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    enum nap_err err = read_domain_ref(l, n, op);

    if (!err)
        l->guests[op->domain].state = NAP_GUEST_DETACHED;
    return err;
}

static enum nap_err need_domain_ref(struct nap_loader *l, nap_node map,
                                    struct nap_scenario_op *op)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, nap_op_name(op->kind), "domain", &n, l->error);

    return err ? err : read_domain_ref(l, n, op);
}

static enum nap_err read_map(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"domain", "iova", "pa", "size", "access", NULL};
    enum nap_err err = nap_yaml_check_map(l->y, n, "map", keys, l->error);

    if (!err)
        err = need_domain_ref(l, n, op);
    if (!err)
        err = nap_load_mapping(l, n, &l->s->domains[op->domain], &op->mapping);
    return err ? err : nap_load_add_range(l, n, op->domain, &op->mapping);
}

static enum nap_err read_unmap(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"domain", "iova", "size", NULL};
    enum nap_err err = nap_yaml_check_map(l->y, n, "unmap", keys, l->error);

    if (!err)
        err = need_domain_ref(l, n, op);
    if (!err)
        err = nap_load_range(l, n, "unmap", &l->s->domains[op->domain], &op->mapping);
    return err ? err : nap_load_cut_range(l, n, op->domain, &op->mapping);
}

/* A master of a domain that is attached; op->domain is that domain. */
static enum nap_err read_master_ref(struct nap_loader *l, nap_node n,
                                    struct nap_scenario_op *op)
{
    const char *name;
    enum nap_err err = nap_yaml_name(l->y, n, "master", &name, l->error);

    if (err)
        return err;
    memcpy(op->master, name, strlen(name) + 1);
    while (op->domain < l->s->n_domains &&
           !nap_load_contains(l->s->domains[op->domain].masters[0],
                              l->s->domains[op->domain].n_masters, name))
        op->domain++;
    if (op->domain == l->s->n_domains)
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s' as master, expected one of a domain of this scenario",
                             name);
    if (l->guests[op->domain].state != NAP_GUEST_ATTACHED)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s of master %s, whose domain %s is not attached here, "
                             "expected attach above it",
                             nap_op_name(op->kind), name, l->s->domains[op->domain].name);
    return NAP_OK;
}

static enum nap_err read_apart(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    enum nap_err err = read_master_ref(l, n, op);

    if (!err)
        l->guests[op->domain].apart = true;
    return err;
}

static enum nap_err read_page_response(struct nap_loader *l, nap_node n,
                                       struct nap_scenario_op *op)
{
    static const char *const keys[] = {"master", "tag", "code", NULL};
    static const char *const codes[] = {"success", "invalid", "failure", NULL};
    nap_node master = 0, tag = 0, code = 0;
    unsigned number = 0;
    uint64_t value = 0;
    enum nap_err err = nap_yaml_check_map(l->y, n, "page-response", keys, l->error);

    if (!err)
        err = nap_yaml_need(l->y, n, "page-response", "master", &master, l->error);
    if (!err)
        err = read_master_ref(l, master, op);
    if (!err)
        err = nap_yaml_need(l->y, n, "page-response", "tag", &tag, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, tag, "tag", 0, UINT32_MAX, &value, l->error);
    if (!err)
        err = nap_yaml_need(l->y, n, "page-response", "code", &code, l->error);
    if (!err)
        err = nap_yaml_enum(l->y, code, "code", codes, &number, l->error);
    op->tag = (uint32_t)value;
    op->code = number;
    return err;
}

/* A device; whether the machine has it, whoever runs the scenario finds out. */
static enum nap_err read_device(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    const char *name;
    enum nap_err err = nap_yaml_name(l->y, n, "device", &name, l->error);

    if (!err)
        memcpy(op->device, name, strlen(name) + 1);
    return err;
}

static enum nap_err read_fill(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    if (l->s->n_fills == 0)
        return nap_yaml_fail(l->y, n, l->error,
                             "found fill without queue-fill, expected `queue-fill: [N, ...]` "
                             "above the operations");
    l->fills = true;
    return read_device(l, n, op);
}

/* A domain, or one access: where, and which. */
static enum nap_err read_dma(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"domain", "iova", "access", NULL};
    static const char *const names[] = {"r", "w", NULL};
    unsigned access = 0;
    nap_node which = 0;
    uint64_t limit;
    enum nap_err err;

    if (!nap_yaml_is_map(l->y, n))
        return read_domain_ref(l, n, op);
    err = nap_yaml_check_map(l->y, n, "dma", keys, l->error);
    if (!err)
        err = need_domain_ref(l, n, op);
    if (err)
        return err;
    limit = UINT64_C(1) << l->s->domains[op->domain].ipa_bits;
    err = nap_load_page_number(l, n, "dma", "iova", limit - 1, &op->mapping.iova);
    if (!err)
        err = nap_yaml_need(l->y, n, "dma", "access", &which, l->error);
    if (!err)
        err = nap_yaml_enum(l->y, which, "access", names, &access, l->error);
    op->mapping.prot = access ? NAP_PROT_WRITE : NAP_PROT_READ;
    return err;
}

static enum nap_err read_power(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    return nap_load_names(l, n, "power domains", POWER_MAX, op->power, &op->n_power);
}

static enum nap_err read_msi_move(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"device", "output", NULL};
    enum nap_err err = nap_yaml_check_map(l->y, n, "msi-move", keys, l->error);

    if (!err)
        err = nap_load_word(l, n, "msi-move", "device", op->device);
    if (!err)
        err = nap_load_word(l, n, "msi-move", "output", op->output);
    return err;
}

/* Nobody runs while the system sleeps, and so nobody sends an SGI. */
static enum nap_err check_raise(struct nap_loader *l, nap_node n,
                                const struct nap_scenario_op *op)
{
    if (op->kind == NAP_OP_RAISE && l->asleep && l->s->interrupts[op->index].sgi)
        return nap_yaml_fail(l->y, n, l->error,
                             "found raise of an SGI between suspend and resume, expected "
                             "raise-asleep above suspend");
    if (op->kind == NAP_OP_RAISE_ASLEEP)
        l->planned = n;
    return NAP_OK;
}

/* An interrupt of the scenario by its INTID; of private ones the first of that INTID. */
static enum nap_err read_interrupt_ref(struct nap_loader *l, nap_node n,
                                       struct nap_scenario_op *op)
{
    uint64_t intid = 0;
    enum nap_err err = nap_yaml_u64(l->y, n, "intid", 0, UINT32_MAX, &intid, l->error);

    for (op->index = 0; !err && op->index < l->s->n_interrupts; op->index++)
        if (l->s->interrupts[op->index].what.intid == intid)
            return check_raise(l, n, op);
    return err ? err
               : nap_yaml_fail(l->y, n, l->error,
                               "found %llu, expected the intid of one of the interrupts",
                               (unsigned long long)intid);
}

static enum nap_err read_write(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    static const char *const keys[] = {"device", "register", "index", "value", NULL};
    nap_node at = nap_yaml_find(l->y, n, "index"), value = 0;
    uint64_t index = 0;
    enum nap_err err = nap_yaml_check_map(l->y, n, "write", keys, l->error);

    if (!err)
        err = nap_load_word(l, n, "write", "device", op->device);
    if (!err)
        err = nap_load_word(l, n, "write", "register", op->reg);
    if (!err && at)
        err = nap_yaml_u64(l->y, at, "index", 0, UINT16_MAX, &index, l->error);
    if (!err)
        err = nap_yaml_need(l->y, n, "write", "value", &value, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, value, "value", 0, UINT64_MAX, &op->value, l->error);
    op->index = (uint32_t)index;
    return err;
}

/* NULL: the word stands alone. */
static enum nap_err (*const readers[])(struct nap_loader *l, nap_node n,
                                       struct nap_scenario_op *op) = {
    [NAP_OP_ATTACH] = read_attach,
    [NAP_OP_DETACH] = read_detach,
    [NAP_OP_MAP] = read_map,
    [NAP_OP_UNMAP] = read_unmap,
    [NAP_OP_BLOCK] = read_apart,
    [NAP_OP_BYPASS] = read_apart,
    [NAP_OP_FILL] = read_fill,
    [NAP_OP_QUERY] = read_device,
    [NAP_OP_PAGE_RESPONSE] = read_page_response,
    [NAP_OP_REMOVE] = read_device,
    [NAP_OP_DMA] = read_dma,
    [NAP_OP_POWER_CYCLE] = read_power,
    [NAP_OP_POWER_OFF] = read_power,
    [NAP_OP_POWER_ON] = read_power,
    [NAP_OP_RUNTIME_SUSPEND] = read_power,
    [NAP_OP_RUNTIME_RESUME] = read_power,
    [NAP_OP_MSI_MOVE] = read_msi_move,
    [NAP_OP_WRITE] = read_write,
    [NAP_OP_RAISE] = read_interrupt_ref,
    [NAP_OP_RAISE_ASLEEP] = read_interrupt_ref,
    [NAP_OP_END_INTERRUPT] = read_interrupt_ref,
    [NAP_OP_RESUME] = NULL,
};

bool nap_load_takes_argument(enum nap_op_kind kind)
{
    return readers[kind] != NULL;
}

enum nap_err nap_load_argument(struct nap_loader *l, nap_node n, struct nap_scenario_op *op)
{
    return readers[op->kind](l, n, op);
}
