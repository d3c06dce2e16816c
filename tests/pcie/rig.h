/* SPDX-License-Identifier: MIT */
/* A function behind a stand-in for the SMMU: it answers translation requests as it is told and
 * notes down what it is sent. Offsets and values of the function are typed here from the PCI
 * Express Base Specification, and not taken from the model. */
#ifndef PCIE_RIG_H
#define PCIE_RIG_H

#include "../rig.h"

#include "pcie/pcie.h"

#define FUNCTION UINT64_C(0x40000000)
#define STREAM   0x108u /* StreamID of the function */
#define D_SMMU   1u     /* power domains */
#define D_PCIE   2u
#define IOVA     UINT64_C(0x0000000080001000)
#define PA       UINT64_C(0x0000000044321000)

#define ATS_CONTROL    0x106u
#define PRI_CONTROL    0x114u
#define PRI_STATUS     0x116u
#define PRI_ALLOCATION 0x11cu
#define PASID_CONTROL  0x126u
#define STOP_PASID     0x200u

#define ATS_ENABLE   0x8000u
#define PRI_ENABLE   0x1u
#define PRI_RESET    0x2u
#define PRI_RF       0x1u /* of PRI_STATUS */
#define PRI_UPRGI    0x2u
#define PRI_STOPPED  0x100u
#define PASID_ENABLE 0x1u
#define PASID_EXEC   0x2u
#define PASID_PRIV   0x4u

/* --- the stand-in --- */

#define HEARD_MAX 16

struct host {
    uint32_t n_traffic, n_messages;
    /* What translation requests are answered with: PA is @output in place of IOVA. */
    uint32_t refuses; /* UR or CA */
    uint8_t readable, writable, executable;
    uint8_t size_log2; /* of the translation */
    uint64_t output;
    struct nap_transaction traffic[HEARD_MAX];
    struct nap_message messages[HEARD_MAX];
};

static inline struct host *host_open(struct nap_machine *m, unsigned device)
{
    struct host *h = nap_block_state_mut(m, device);

    nap_touch(m, h, sizeof *h);
    return h;
}

static struct nap_outcome host_answer(const struct nap_machine *m,
                                      const struct nap_transaction *t)
{
    const struct host *h = nap_block_state(m, t->device);
    struct nap_outcome o = {.kind = NAP_OUTCOME_BYPASS, .context = UINT32_MAX, .pa = t->iova};

    if (t->traffic != NAP_ATS_REQUEST)
        return o;
    o.kind = h->refuses ? NAP_OUTCOME_FAULT : NAP_OUTCOME_TRANSLATED;
    o.why = "refused";
    o.pa = h->output + (t->iova - IOVA);
    o.readable = h->readable;
    o.writable = h->writable;
    o.executable = h->executable;
    o.size_log2 = h->size_log2;
    return o;
}

static void host_probe(const struct nap_machine *m, const struct nap_transaction *t,
                       struct nap_outcomes *out, struct nap_footprint *footprint)
{
    nap_probe_hidden(t->device, footprint);
    out->list[out->n++] = host_answer(m, t);
}

static struct nap_outcome host_dma(struct nap_machine *m, const struct nap_transaction *t)
{
    struct host *h = host_open(m, t->device);

    assert_true(h->n_traffic < HEARD_MAX);
    h->traffic[h->n_traffic++] = *t;
    return host_answer(m, t);
}

static bool host_message(struct nap_machine *m, unsigned device, const struct nap_message *msg)
{
    struct host *h = host_open(m, device);

    assert_true(h->n_messages < HEARD_MAX);
    h->messages[h->n_messages++] = *msg;
    return true;
}

static const char host_model[] =
    "model: host\ntitle: t\nsource: s\nvariants: [one]\nwindow: 0x1000\nregisters:\n"
    "  - name: NOTHING\n    about: a\n    source: s\n    offset: 0x0\n    retention: reset\n"
    "    fields:\n      - {name: VALUE, bits: \"31:0\"}\n";

static const char board[] =
    "soc: board\ntitle: t\nsource: s\n"
    "domains:\n  - {name: smmu}\n  - {name: pcie}\n"
    "devices:\n"
    "  - {name: host, model: host, variant: one, base: 0x30000000, size: 0x1000, domain: "
    "smmu}\n"
    "  - {name: function, model: pcie-endpoint, variant: function, base: 0x40000000, "
    "size: 0x1000, domain: pcie, upstream: host, line: 0x108}\n"
    "masters:\n  - {name: nic, domain: pcie, ports: [{device: function, first: 0}]}\n"
    "ram:\n  - {base: 0x80000000, size: 0x1000000}\n";

/* --- the rig --- */

struct function {
    struct nap_model *model;
    struct nap_block host;
    struct nap_soc *soc;
    struct nap_machine *m;
    unsigned h, f; /* devices */
};

static inline void function_create(struct function *r, unsigned faults)
{
    const struct nap_block *const blocks[] = {&r->host, &nap_pcie_block, NULL};
    struct nap_machine_config config = {.blocks = blocks, .soc = r->soc, .faults = faults};
    struct host *h;

    r->m = odd_machine_as(&config);
    r->h = (unsigned)nap_device_find(r->m, "host");
    r->f = (unsigned)nap_device_find(r->m, "function");
    h = host_open(r->m, r->h);
    h->output = PA;
    h->readable = h->writable = 1;
    h->size_log2 = 12;
}

static inline int function_setup(void **state)
{
    struct function *r = calloc(1, sizeof *r);
    struct nap_error error = {0};

    assert_non_null(r);
    if (nap_model_load(host_model, sizeof host_model - 1, "host.yaml", &r->model, &error) ||
        nap_soc_load(board, sizeof board - 1, "board.yaml", &r->soc, &error))
        fail_msg("%s", error.text);
    r->host = (struct nap_block){.abi = NAP_BLOCK_ABI,
                                 .model = r->model,
                                 .state_bytes = sizeof(struct host),
                                 .n_ports = 0x10000,
                                 .probe = host_probe,
                                 .dma = host_dma,
                                 .message = host_message};
    function_create(r, 0);
    *state = r;
    return 0;
}

static inline int function_teardown(void **state)
{
    struct function *r = *state;

    nap_machine_destroy(r->m);
    nap_soc_free(r->soc);
    nap_model_free(r->model);
    free(r);
    return 0;
}

#define function_test(f) cmocka_unit_test_setup_teardown(f, function_setup, function_teardown)

/* --- accesses --- */

static inline void set16(struct function *r, unsigned offset, uint16_t value)
{
    nap_bus_write(r->m, FUNCTION + offset, 2, value, HERE);
}

static inline unsigned get16(struct function *r, unsigned offset)
{
    return (unsigned)nap_bus_read(r->m, FUNCTION + offset, 2, HERE);
}

static inline void set32(struct function *r, unsigned offset, uint32_t value)
{
    nap_bus_write(r->m, FUNCTION + offset, 4, value, HERE);
}

static inline const struct host *host_of(const struct function *r)
{
    return nap_block_state(r->m, r->h);
}

/* What the host has heard by now, and forgets. */
static inline void forget_traffic(struct function *r)
{
    host_open(r->m, r->h)->n_traffic = 0;
}

static inline void grant(struct function *r, bool readable, bool writable)
{
    host_open(r->m, r->h)->readable = readable;
    host_open(r->m, r->h)->writable = writable;
}

static inline struct nap_outcome dma(struct function *r, nap_addr iova, enum nap_rw rw)
{
    return nap_dma(r->m, r->f, 0, iova, rw);
}

static inline struct nap_outcome dma_pasid(struct function *r, nap_addr iova, uint32_t pasid)
{
    struct nap_transaction t = {
        .device = r->f, .iova = iova, .has_substream = true, .substream = pasid};

    return nap_dma_transaction(r->m, &t);
}

static inline unsigned entries(const struct function *r)
{
    return pcie_of(r->m, r->f)->n_entries;
}

static inline bool invalidate(struct function *r, nap_addr address, uint64_t bytes)
{
    struct nap_message msg = {.kind = NAP_MSG_ATC_INVALIDATE,
                              .from = r->h,
                              .port = STREAM,
                              .address = address,
                              .size_bytes = bytes};

    return nap_message_send(r->m, r->f, &msg);
}

static inline void ats_on(struct function *r)
{
    set16(r, ATS_CONTROL, ATS_ENABLE);
}

static inline void pri_on(struct function *r, uint32_t allocation)
{
    ats_on(r);
    set32(r, PRI_ALLOCATION, allocation);
    set16(r, PRI_CONTROL, PRI_ENABLE);
}

/* An answer to group @group, without PASID. */
static inline void respond(struct function *r, uint32_t group, uint32_t code)
{
    struct nap_message msg = {.kind = NAP_MSG_PAGE_RESPONSE,
                              .from = r->h,
                              .port = STREAM,
                              .tag = group,
                              .code = code};

    assert_true(nap_message_send(r->m, r->f, &msg));
}

#endif
