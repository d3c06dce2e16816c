/* SPDX-License-Identifier: MIT */
/* The operations of a scenario file, and the calls of its clients: each checked against what
 * those above it have done. */
#include "load.h"

#include <string.h>

static const char *const op_names[] = {
    [NAP_OP_PROBE] = "probe",
    [NAP_OP_ATTACH] = "attach",
    [NAP_OP_DETACH] = "detach",
    [NAP_OP_MAP] = "map",
    [NAP_OP_UNMAP] = "unmap",
    [NAP_OP_BLOCK] = "block",
    [NAP_OP_BYPASS] = "bypass",
    [NAP_OP_FILL] = "fill",
    [NAP_OP_QUERY] = "query",
    [NAP_OP_PAGE_RESPONSE] = "page-response",
    [NAP_OP_REMOVE] = "remove",
    [NAP_OP_DMA] = "dma",
    [NAP_OP_SUSPEND] = "suspend",
    [NAP_OP_POWER_CYCLE] = "power-cycle",
    [NAP_OP_POWER_OFF] = "power-off",
    [NAP_OP_POWER_ON] = "power-on",
    [NAP_OP_RUNTIME_SUSPEND] = "runtime-suspend",
    [NAP_OP_RUNTIME_RESUME] = "runtime-resume",
    [NAP_OP_MSI_MOVE] = "msi-move",
    [NAP_OP_WRITE] = "write",
    [NAP_OP_RAISE] = "raise",
    [NAP_OP_RAISE_ASLEEP] = "raise-asleep",
    [NAP_OP_END_INTERRUPT] = "end-interrupt",
    [NAP_OP_RESUME] = "resume",
    NULL,
};

const char *nap_op_name(enum nap_op_kind kind)
{
    return op_names[kind];
}

bool nap_op_lets_clients_in(enum nap_op_kind kind)
{
    return kind == NAP_OP_SUSPEND || kind == NAP_OP_RUNTIME_SUSPEND ||
           kind == NAP_OP_POWER_OFF || kind == NAP_OP_POWER_CYCLE;
}

/* What each operation is written like, and when it makes sense. Masters are held between
 * suspend and resume, so nothing is sent then; but a guest may come, go or change its mappings.
 */
static const struct {
    const char *form; /* with its argument; NULL if the bare word is right */
    bool awake, asleep;
    bool client;  /* a client may call it */
    bool changes; /* what its domain maps, or has masters for */
} op_rules[] = {
    [NAP_OP_PROBE] = {NULL, .awake = true},
    [NAP_OP_ATTACH] = {"attach: DOMAIN", true, true, true, true},
    [NAP_OP_DETACH] = {"detach: DOMAIN", true, true, true, true},
    [NAP_OP_MAP] = {"map: {domain, iova, pa, size, access}", true, true, true, true},
    [NAP_OP_UNMAP] = {"unmap: {domain, iova, size}", true, true, true, true},
    [NAP_OP_BLOCK] = {"block: MASTER", true, true, true, true},
    [NAP_OP_BYPASS] = {"bypass: MASTER", true, true, true, true},
    [NAP_OP_FILL] = {"fill: DEVICE", .awake = true, .client = true},
    [NAP_OP_QUERY] = {"query: DEVICE", true, true, true, false},
    [NAP_OP_PAGE_RESPONSE] = {"page-response: {master, tag, code}", true, true, true, false},
    [NAP_OP_REMOVE] = {"remove: DEVICE", .awake = true},
    [NAP_OP_DMA] = {"dma: DOMAIN", .awake = true, .client = true},
    [NAP_OP_SUSPEND] = {NULL, .awake = true},
    [NAP_OP_POWER_CYCLE] = {NULL, true, true, false, false},
    [NAP_OP_POWER_OFF] = {NULL, true, true, false, false},
    [NAP_OP_POWER_ON] = {NULL, true, true, false, false},
    [NAP_OP_RUNTIME_SUSPEND] = {"runtime-suspend: [DOMAIN]", .awake = true},
    [NAP_OP_RUNTIME_RESUME] = {"runtime-resume: [DOMAIN]", .awake = true},
    [NAP_OP_MSI_MOVE] = {"msi-move: {device, output}", true, true, false, false},
    [NAP_OP_WRITE] = {"write: {device, register, value}", .asleep = true},
    [NAP_OP_RAISE] = {"raise: INTID", true, true, false, false},
    [NAP_OP_RAISE_ASLEEP] = {"raise-asleep: INTID", .awake = true},
    [NAP_OP_END_INTERRUPT] = {"end-interrupt: INTID", .awake = true},
    [NAP_OP_RESUME] = {NULL, .asleep = true},
};

static enum nap_err check_order(struct nap_loader *l, nap_node n, enum nap_op_kind kind)
{
    const char *name = op_names[kind];

    if (!l->probed && kind != NAP_OP_PROBE)
        return nap_yaml_fail(l->y, n, l->error, "found %s before probe, expected probe first",
                             name);
    if (l->probed && kind == NAP_OP_PROBE)
        return nap_yaml_fail(l->y, n, l->error, "found probe twice, expected once");
    if (l->asleep && !op_rules[kind].asleep)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s between suspend and resume, expected it outside", name);
    if (!l->asleep && !op_rules[kind].awake)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s without suspend above it, expected suspend first", name);
    l->probed = true;
    if (kind == NAP_OP_SUSPEND)
        l->planned = 0;
    if (kind == NAP_OP_SUSPEND || kind == NAP_OP_RESUME)
        l->asleep = kind == NAP_OP_SUSPEND;
    return NAP_OK;
}

static enum nap_err check_argument(struct nap_loader *l, nap_node word, enum nap_op_kind kind,
                                   bool given)
{
    const char *name = op_names[kind];

    if (given && !nap_load_takes_argument(kind))
        return nap_yaml_fail(l->y, word, l->error,
                             "found '%s' with an argument, expected the word alone", name);
    if (given)
        return NAP_OK;
    if (op_rules[kind].form)
        return nap_yaml_fail(l->y, word, l->error,
                             "found '%s' without an argument, expected '%s'", name,
                             op_rules[kind].form);
    if (nap_load_takes_argument(kind) && !l->asleep)
        return nap_yaml_fail(l->y, word, l->error,
                             "found '%s' of all power domains while the system is awake, "
                             "expected '%s: [DOMAIN]', or suspend above it",
                             name, name);
    return NAP_OK;
}

/* From the first operation on that takes power or sleeps, clients may call. */
static void let_clients_in(struct nap_loader *l, enum nap_op_kind kind)
{
    if (l->slept || !nap_op_lets_clients_in(kind))
        return;
    l->slept = true;
    memcpy(l->at_sleep, l->guests, sizeof l->guests);
}

/* Who calls and who comes first is open, so that one alone may change a domain. */
static enum nap_err check_changes(struct nap_loader *l, nap_node n,
                                  const struct nap_scenario_op *op, const char *who)
{
    const char **by = &l->changed_by[op->domain];

    if (!op_rules[op->kind].changes)
        return NAP_OK;
    if (*by && *by != who)
        return nap_yaml_fail(l->y, n, l->error,
                             "found %s of domain %s by %s, which line %u changes for %s, "
                             "expected one alone to change it from the first sleep on",
                             nap_op_name(op->kind), l->s->domains[op->domain].name, who,
                             l->changed_line[op->domain], *by);
    *by = who;
    l->changed_line[op->domain] = nap_yaml_line(l->y, n);
    return NAP_OK;
}

static const char operations[] = "the operations";

/* @client: who calls it; NULL: it is one of the operations. */
static enum nap_err check_place(struct nap_loader *l, nap_node word, enum nap_op_kind kind,
                                const char *client)
{
    if (client && !op_rules[kind].client)
        return nap_yaml_fail(l->y, word, l->error,
                             "found %s as a call of client %s, expected what a guest or user "
                             "space calls",
                             op_names[kind], client);
    if (client)
        return NAP_OK;
    let_clients_in(l, kind);
    return check_order(l, word, kind);
}

/* A word, or a map of one word to its argument. */
static enum nap_err read_op(struct nap_loader *l, nap_node n, struct nap_scenario_op *op,
                            const char *client)
{
    nap_node word = nap_yaml_is_map(l->y, n) ? nap_yaml_key(l->y, n, 0) : n;
    nap_node argument = nap_yaml_value(l->y, n, 0);
    unsigned kind = 0;
    enum nap_err err;

    if (nap_yaml_is_map(l->y, n) && nap_yaml_count(l->y, n) != 1)
        return nap_yaml_fail(l->y, n, l->error, "found %u keys in an operation, expected one",
                             nap_yaml_count(l->y, n));
    err = nap_yaml_enum(l->y, word, "operation", op_names, &kind, l->error);
    if (err)
        return err;
    op->kind = (enum nap_op_kind)kind;
    op->line = nap_yaml_line(l->y, word);
    err = check_argument(l, word, op->kind, argument != 0);
    if (!err)
        err = check_place(l, word, op->kind, client);
    if (!err && argument)
        err = nap_load_argument(l, argument, op);
    if (!err && (client || l->slept))
        err = check_changes(l, word, op, client ? client : operations);
    return err;
}

enum nap_err nap_load_operation(struct nap_loader *l, nap_node n)
{
    return read_op(l, n, &l->s->ops[l->s->n_ops++], NULL);
}

/* --- clients --- */

/* A client finds the domains as they are where clients are let in, and is alone in changing
 * those that it changes. */
static enum nap_err read_calls(struct nap_loader *l, nap_node list,
                               struct nap_scenario_client *client)
{
    enum nap_err err = nap_load_count(l, list, "ops", 1, NAP_SCENARIO_CALLS_MAX);

    memcpy(l->guests, l->at_sleep, sizeof l->guests);
    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++)
        err = read_op(l, nap_yaml_item(l->y, list, i), &client->ops[client->n_ops++],
                      client->name);
    return err;
}

static enum nap_err read_client(struct nap_loader *l, nap_node map)
{
    static const char *const keys[] = {"name", "ops", NULL};
    struct nap_scenario *s = l->s;
    struct nap_scenario_client *client = &s->clients[s->n_clients];
    nap_node list = 0;
    enum nap_err err = nap_yaml_check_map(l->y, map, "a client", keys, l->error);

    if (!err)
        err = nap_load_word(l, map, "a client", "name", client->name);
    for (uint32_t i = 0; i < s->n_clients && !err; i++)
        if (strcmp(s->clients[i].name, client->name) == 0)
            err = nap_yaml_fail(l->y, map, l->error,
                                "found client %s twice, expected each once", client->name);
    if (!err)
        err = nap_yaml_need(l->y, map, "a client", "ops", &list, l->error);
    if (!err)
        err = read_calls(l, list, client);
    s->n_clients++;
    return err;
}

enum nap_err nap_load_clients(struct nap_loader *l, nap_node list)
{
    if (!l->slept)
        return nap_yaml_fail(l->y, list, l->error,
                             "found clients in a scenario that never sleeps, expected suspend "
                             "or the like among the operations");
    return nap_load_list(l, "clients", 1, NAP_SCENARIO_CLIENTS_MAX, read_client);
}
