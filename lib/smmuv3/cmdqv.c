/* SPDX-License-Identifier: MIT */
/* NVIDIA Tegra241 CMDQV: virtual command queues in front of an SMMUv3, a device of its own
 * whose upstream is the SMMU. Registers and their basis are models/tegra241-cmdqv.yaml. */
#include "smmuv3.h"

#include <string.h>

#include "tegra241-cmdqv-model.h"

#define QUEUES CMDQV_COUNT_VCMDQ_CONS
#define VINTFS CMDQV_COUNT_VINTF_CONFIG
#define LOGICAL                                                                                \
    (CMDQV_COUNT_LVCMDQ_CONS / CMDQV_COUNT_VINTF_CONFIG) /* queues of an interface */

struct nap_cmdqv {
    uint64_t used;       /* that have been enabled since power-on */
    uint64_t off_queues; /* those with entries that a loss of power has taken */
};

static uint64_t reg(const struct nap_machine *m, unsigned device, unsigned slot)
{
    return nap_reg_get(m, device, slot);
}

/* --- who has which queue --- */

/* The interface of the queue, or -1. */
static int vintf_of(const struct nap_machine *m, unsigned device, unsigned queue)
{
    uint64_t alloc = reg(m, device, CMDQV_SLOT_CMDQ_ALLOC + queue);
    unsigned v = (unsigned)((alloc & CMDQV_CMDQ_ALLOC_VINTF) >> CMDQV_CMDQ_ALLOC_VINTF_SHIFT);

    return (alloc & CMDQV_CMDQ_ALLOC_ALLOCATED) && v < VINTFS ? (int)v : -1;
}

static unsigned logical_of(const struct nap_machine *m, unsigned device, unsigned queue)
{
    uint64_t alloc = reg(m, device, CMDQV_SLOT_CMDQ_ALLOC + queue);

    return (unsigned)((alloc & CMDQV_CMDQ_ALLOC_LVCMDQ) >> CMDQV_CMDQ_ALLOC_LVCMDQ_SHIFT);
}

/* The queue behind element @index of the registers of logical queues, or -1. */
static int behind(const struct nap_machine *m, unsigned device, unsigned index)
{
    for (unsigned q = 0; q < QUEUES; q++)
        if (vintf_of(m, device, q) == (int)(index / LOGICAL) &&
            logical_of(m, device, q) == index % LOGICAL)
            return (int)q;
    return -1;
}

static bool host_owns(const struct nap_machine *m, unsigned device, int vintf)
{
    return vintf >= 0 && (reg(m, device, CMDQV_SLOT_VINTF_CONFIG + (unsigned)vintf) &
                          CMDQV_VINTF_CONFIG_HYP_OWN);
}

/* --- the queues --- */

static bool running(const struct nap_machine *m, const struct smmu_command_queue *q)
{
    unsigned n = q->id - SMMU_VCMDQ;
    int v = vintf_of(m, q->device, n);

    return v >= 0 && (reg(m, q->device, CMDQV_SLOT_STATUS) & CMDQV_STATUS_ENABLED) &&
           (reg(m, q->device, CMDQV_SLOT_VINTF_STATUS + (unsigned)v) &
            CMDQV_VINTF_STATUS_ENABLED) &&
           (reg(m, q->device, CMDQV_SLOT_VCMDQ_STATUS + n) & CMDQV_VCMDQ_STATUS_ENABLED) &&
           reg(m, q->device, CMDQV_SLOT_VCMDQ_GERROR + n) ==
               reg(m, q->device, CMDQV_SLOT_VCMDQ_GERRORN + n);
}

/* What a guest may put in: the driver sends everything else through the SMMU's own queue. */
static bool allowed(const struct nap_machine *m, const struct smmu_command_queue *q,
                    unsigned op)
{
    if (host_owns(m, q->device, vintf_of(m, q->device, q->id - SMMU_VCMDQ)))
        return true;
    return op == 0x11 || op == 0x12 || op == 0x40 || op == 0x46;
}

static void flip(struct nap_machine *m, unsigned device, unsigned slot, uint64_t bit, bool set)
{
    uint64_t was = reg(m, device, slot);

    nap_reg_set(m, device, slot, set ? was | bit : was & ~bit);
}

/* The maps show which queues have an error. */
static void map_errors(struct nap_machine *m, unsigned device, unsigned queue, bool error)
{
    int v = vintf_of(m, device, queue);
    unsigned logical = logical_of(m, device, queue);
    bool any;

    flip(m, device, CMDQV_SLOT_CMDQ_ERR_MAP, UINT64_C(1) << queue, error);
    if (v < 0 || logical >= LOGICAL)
        return;
    flip(m, device, CMDQV_SLOT_LVCMDQ_ERR_MAP + 2 * (unsigned)v, UINT64_C(1) << logical, error);
    any = reg(m, device, CMDQV_SLOT_LVCMDQ_ERR_MAP + 2 * (unsigned)v) != 0;
    flip(m, device, CMDQV_SLOT_VINTF_ERR_MAP, UINT64_C(1) << v, any);
}

static void failed(struct nap_machine *m, const struct smmu_command_queue *q,
                   enum smmu_command_error error)
{
    unsigned n = q->id - SMMU_VCMDQ;
    int v = vintf_of(m, q->device, n);
    uint64_t cons = reg(m, q->device, q->cons) & ~CMDQV_VCMDQ_CONS_ERR;
    uint64_t gerror = reg(m, q->device, CMDQV_SLOT_VCMDQ_GERROR + n);

    nap_reg_set(m, q->device, q->cons, cons | (uint64_t)error << CMDQV_VCMDQ_CONS_ERR_SHIFT);
    nap_reg_set(m, q->device, CMDQV_SLOT_VCMDQ_GERROR + n,
                gerror ^ CMDQV_VCMDQ_GERROR_CMDQ_ERR);
    map_errors(m, q->device, n, true);
    if (v >= 0 && !(reg(m, q->device, CMDQV_SLOT_VINTF_INT_MASK) >> v & 1))
        nap_edge(m, q->device, 0);
}

/* The copy of CONS in memory. */
static nap_addr copy_at(const struct nap_machine *m, const struct smmu_command_queue *q)
{
    return reg(m, q->device, CMDQV_SLOT_VCMDQ_CONS_INDX_BASE + (q->id - SMMU_VCMDQ)) &
           CMDQV_VCMDQ_CONS_INDX_BASE_ADDR;
}

static void consumed(struct nap_machine *m, const struct smmu_command_queue *q)
{
    uint32_t cons = (uint32_t)reg(m, q->device, q->cons);

    if (copy_at(m, q) && !nap_mem_write(m, copy_at(m, q), &cons, sizeof cons))
        nap_unmodelled(m, q->device, "CONS_INDX_BASE without memory");
}

static struct smmu_command_queue vcmdq(const struct nap_machine *m, unsigned device, unsigned n)
{
    int v = vintf_of(m, device, n);
    struct smmu_command_queue q = {
        .device = device,
        .smmu = nap_upstream(m, device),
        .id = (uint8_t)(SMMU_VCMDQ + n),
        .vmid = -1,
        .base = (uint16_t)(CMDQV_SLOT_VCMDQ_BASE + n),
        .prod = (uint16_t)(CMDQV_SLOT_VCMDQ_PROD + n),
        .cons = (uint16_t)(CMDQV_SLOT_VCMDQ_CONS + n),
        .running = running,
        .failed = failed,
        .consumed = consumed,
        .allowed = allowed,
    };

    if (v >= 0 && !host_owns(m, device, v))
        q.vmid = (int32_t)((reg(m, device, CMDQV_SLOT_VINTF_CONFIG + (unsigned)v) &
                            CMDQV_VINTF_CONFIG_VMID) >>
                           CMDQV_VINTF_CONFIG_VMID_SHIFT);
    return q;
}

/* --- enables: one bit to set, and one that shows when it is in force --- */

static void begin_enable(struct nap_machine *m, unsigned device, unsigned slot, uint64_t now)
{
    if ((now ^ reg(m, device, slot)) & 1)
        nap_work_begin(m, device, slot, 1);
}
_Static_assert(CMDQV_STATUS_ENABLED == 1 && CMDQV_VINTF_STATUS_ENABLED == 1 &&
                   CMDQV_VCMDQ_STATUS_ENABLED == 1 && CMDQV_CONFIG_CMDQV_EN == 1 &&
                   CMDQV_VINTF_CONFIG_ENABLE == 1 && CMDQV_VCMDQ_CONFIG_EN == 1,
               "one function serves all");

static void config_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                           uint64_t now)
{
    (void)was;
    begin_enable(m, device, CMDQV_SLOT_STATUS + index, now);
}

static void vintf_config_written(struct nap_machine *m, unsigned device, unsigned index,
                                 uint64_t was, uint64_t now)
{
    (void)was;
    begin_enable(m, device, CMDQV_SLOT_VINTF_STATUS + index, now);
}

static void vcmdq_config_written(struct nap_machine *m, unsigned device, unsigned index,
                                 uint64_t was, uint64_t now)
{
    (void)was;
    begin_enable(m, device, CMDQV_SLOT_VCMDQ_STATUS + index, now);
}

/* An enable further up lets queues go on, and its end stops them. */
static void all_queues(struct nap_machine *m, unsigned device, bool on)
{
    for (unsigned n = 0; n < QUEUES; n++) {
        struct smmu_command_queue q = vcmdq(m, device, n);
        if (on)
            smmu_command_queue_resume(m, &q);
        else if (!running(m, &q))
            smmu_command_queue_stop(m, &q);
    }
}

void smmu_vcmdqs_go_on(struct nap_machine *m, unsigned smmu)
{
    for (unsigned i = 0; i < nap_device_count(m); i++)
        if (nap_upstream(m, i) == smmu && nap_device_on(m, i) &&
            nap_device_model(m, i) == &nap_model_tegra241_cmdqv)
            all_queues(m, i, true);
}

static void shared_enable_done(struct nap_machine *m, unsigned device, unsigned config,
                               unsigned status)
{
    bool on = (reg(m, device, config) & 1) != 0;

    if (!on)
        for (unsigned n = 0; n < QUEUES; n++) {
            struct smmu_command_queue q = vcmdq(m, device, n);
            smmu_command_queue_notice(m, &q);
        }
    flip(m, device, status, 1, on);
    all_queues(m, device, on);
}

static void mark_used(struct nap_machine *m, unsigned device, unsigned n)
{
    struct nap_cmdqv *s = nap_block_state_mut(m, device);

    nap_touch(m, s, sizeof *s);
    s->used |= UINT64_C(1) << n;
}

static void queue_enable_done(struct nap_machine *m, unsigned device, unsigned n)
{
    struct smmu_command_queue q = vcmdq(m, device, n);
    bool on = (reg(m, device, CMDQV_SLOT_VCMDQ_CONFIG + n) & CMDQV_VCMDQ_CONFIG_EN) != 0;

    if (!on)
        smmu_command_queue_stop(m, &q);
    flip(m, device, CMDQV_SLOT_VCMDQ_STATUS + n, CMDQV_VCMDQ_STATUS_ENABLED, on);
    if (!on)
        return;
    mark_used(m, device, n);
    smmu_command_queue_start(m, &q);
}

static bool element_of(unsigned slot, unsigned first, unsigned count)
{
    return slot >= first && slot - first < count;
}

static void work_done(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask)
{
    struct smmu_command_queue q;

    (void)mask;
    if (slot == CMDQV_SLOT_STATUS) {
        shared_enable_done(m, device, CMDQV_SLOT_CONFIG, slot);
    } else if (element_of(slot, CMDQV_SLOT_VINTF_STATUS, VINTFS)) {
        shared_enable_done(m, device, CMDQV_SLOT_VINTF_CONFIG + slot - CMDQV_SLOT_VINTF_STATUS,
                           slot);
    } else if (element_of(slot, CMDQV_SLOT_VCMDQ_STATUS, QUEUES)) {
        queue_enable_done(m, device, slot - CMDQV_SLOT_VCMDQ_STATUS);
    } else if (element_of(slot, CMDQV_SLOT_VCMDQ_CONS, QUEUES)) {
        q = vcmdq(m, device, slot - CMDQV_SLOT_VCMDQ_CONS);
        smmu_command_queue_consume(m, &q);
    }
}

/* One of CMDQV, of each interface, and two of each queue. */
#define N_WORK (1u + VINTFS + 2u * QUEUES)

/* --- registers of queues --- */

static void prod_written(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                         uint64_t now)
{
    struct smmu_command_queue q = vcmdq(m, device, index);

    (void)now;
    smmu_command_queue_prod_written(m, &q, was);
}

static void gerrorn_written(struct nap_machine *m, unsigned device, unsigned index,
                            uint64_t was, uint64_t now)
{
    struct smmu_command_queue q = vcmdq(m, device, index);
    uint64_t gerror = reg(m, device, CMDQV_SLOT_VCMDQ_GERROR + index);

    if (was == now)
        return;
    map_errors(m, device, index, gerror != now);
    smmu_command_queue_resume(m, &q);
}

/* BASE and CONS of a queue that is on stay as they are. */
static uint64_t guarded(struct nap_machine *m, unsigned device, unsigned n, unsigned slot,
                        uint64_t now)
{
    nap_work_notice(m, device, CMDQV_SLOT_VCMDQ_STATUS + n, CMDQV_VCMDQ_STATUS_ENABLED);
    return reg(m, device, CMDQV_SLOT_VCMDQ_STATUS + n) & CMDQV_VCMDQ_STATUS_ENABLED
               ? reg(m, device, slot)
               : now;
}

static uint64_t cons_stored(struct nap_machine *m, unsigned device, unsigned slot,
                            uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return guarded(m, device, slot - CMDQV_SLOT_VCMDQ_CONS, slot, now);
}

static uint64_t base_stored(struct nap_machine *m, unsigned device, unsigned slot,
                            uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)written;
    (void)lanes;
    return guarded(m, device, slot - CMDQV_SLOT_VCMDQ_BASE, slot, now);
}

/* --- logical queues: the same registers in the pages of an interface --- */

struct view {
    uint16_t logical, real; /* first slots */
    nap_on_store *stored;
    nap_on_write *written;
};

static const struct view views[] = {
    {CMDQV_SLOT_LVCMDQ_CONS, CMDQV_SLOT_VCMDQ_CONS, cons_stored, NULL},
    {CMDQV_SLOT_LVCMDQ_PROD, CMDQV_SLOT_VCMDQ_PROD, NULL, prod_written},
    {CMDQV_SLOT_LVCMDQ_CONFIG, CMDQV_SLOT_VCMDQ_CONFIG, NULL, vcmdq_config_written},
    {CMDQV_SLOT_LVCMDQ_STATUS, CMDQV_SLOT_VCMDQ_STATUS, NULL, NULL},
    {CMDQV_SLOT_LVCMDQ_GERROR, CMDQV_SLOT_VCMDQ_GERROR, NULL, NULL},
    {CMDQV_SLOT_LVCMDQ_GERRORN, CMDQV_SLOT_VCMDQ_GERRORN, NULL, gerrorn_written},
    {CMDQV_SLOT_LVCMDQ_BASE, CMDQV_SLOT_VCMDQ_BASE, base_stored, NULL},
    {CMDQV_SLOT_LVCMDQ_CONS_INDX_BASE, CMDQV_SLOT_VCMDQ_CONS_INDX_BASE, NULL, NULL},
};

static const struct view *view_of(unsigned slot)
{
    const struct view *found = NULL;

    for (unsigned i = 0; i < sizeof views / sizeof views[0]; i++)
        if (element_of(slot, views[i].logical, VINTFS * LOGICAL))
            found = &views[i];
    return found;
}

/* What the register behind will hold; without a queue there nothing is taken. */
static uint64_t logical_stored(struct nap_machine *m, unsigned device, unsigned slot,
                               uint64_t written, uint64_t lanes, uint64_t now)
{
    const struct view *v = view_of(slot);
    int queue = behind(m, device, slot - v->logical);
    unsigned real = v->real + (unsigned)queue;

    (void)now;
    if (queue < 0)
        return 0;
    now = (reg(m, device, real) & ~lanes) | (written & lanes);
    return v->stored ? v->stored(m, device, real, written, lanes, now) : now;
}

static void write_behind(struct nap_machine *m, unsigned device, const struct view *v,
                         unsigned index, uint64_t now)
{
    int queue = behind(m, device, index);
    uint64_t was;

    if (queue < 0)
        return;
    was = reg(m, device, v->real + (unsigned)queue);
    nap_reg_set(m, device, v->real + (unsigned)queue, now);
    if (v->written)
        v->written(m, device, (unsigned)queue, was, now);
}

/* A read of it is one of the register behind: it counts for work that is late. */
static uint64_t read_behind(struct nap_machine *m, unsigned device, const struct view *v,
                            unsigned index)
{
    int queue = behind(m, device, index);

    if (queue < 0)
        return 0;
    nap_work_read(m, device, v->real + (unsigned)queue, UINT64_MAX);
    return reg(m, device, v->real + (unsigned)queue);
}

#define READ_OF(NAME, n)                                                                       \
    static uint64_t NAME##_read(struct nap_machine *m, unsigned device, unsigned index,        \
                                uint64_t value)                                                \
    {                                                                                          \
        (void)value;                                                                           \
        return read_behind(m, device, &views[n], index);                                       \
    }
#define WRITE_OF(NAME, n)                                                                      \
    static void NAME##_written(struct nap_machine *m, unsigned device, unsigned index,         \
                               uint64_t was, uint64_t now)                                     \
    {                                                                                          \
        (void)was;                                                                             \
        write_behind(m, device, &views[n], index, now);                                        \
    }

READ_OF(lv_cons, 0)
READ_OF(lv_prod, 1)
READ_OF(lv_config, 2)
READ_OF(lv_status, 3)
READ_OF(lv_gerror, 4)
READ_OF(lv_gerrorn, 5)
READ_OF(lv_base, 6)
READ_OF(lv_cons_indx_base, 7)
WRITE_OF(lv_cons, 0)
WRITE_OF(lv_prod, 1)
WRITE_OF(lv_config, 2)
WRITE_OF(lv_gerrorn, 5)
WRITE_OF(lv_base, 6)
WRITE_OF(lv_cons_indx_base, 7)

/* --- power --- */

static void power_going(struct nap_machine *m, unsigned device)
{
    struct nap_cmdqv *s = nap_block_state_mut(m, device);

    nap_touch(m, s, sizeof *s);
    s->off_queues = 0;
    for (unsigned n = 0; n < QUEUES; n++) {
        struct smmu_command_queue q = vcmdq(m, device, n);
        struct smmu_queue now;
        smmu_command_queue_notice(m, &q);
        now = smmu_command_queue_now(m, &q);
        if ((s->used >> n & 1) && !smmu_queue_empty(&now))
            s->off_queues |= UINT64_C(1) << n;
    }
}

static void power_on(struct nap_machine *m, unsigned device)
{
    struct nap_cmdqv *s = nap_block_state_mut(m, device);

    nap_touch(m, s, sizeof *s);
    memset(s, 0, sizeof *s);
}

static void ram_read(struct nap_machine *m, unsigned device, nap_addr address)
{
    for (unsigned n = 0; n < QUEUES; n++) {
        struct smmu_command_queue q = vcmdq(m, device, n);
        if (copy_at(m, &q) && copy_at(m, &q) == (address & ~UINT64_C(3)))
            nap_work_read(m, device, q.cons, SMMU_QUEUE_INDEX);
        else
            smmu_command_queue_ram_read(m, &q, address);
    }
}

static enum nap_unpowered unpowered(const struct nap_machine *m, unsigned device)
{
    static const enum nap_unpowered meets[] = {
        [CMDQV_Q01_ONES] = NAP_UNPOWERED_ONES,
        [CMDQV_Q01_ZEROS] = NAP_UNPOWERED_ZEROS,
        [CMDQV_Q01_ABORT] = NAP_UNPOWERED_ABORT,
    };

    return meets[nap_switch(m, device, CMDQV_SWITCH_Q01)];
}

static bool posted(const struct nap_machine *m, unsigned device)
{
    return nap_switch(m, device, CMDQV_SWITCH_Q02) == CMDQV_Q02_FIFO;
}

static bool notices_same(const struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t value)
{
    (void)m;
    (void)device;
    (void)value;
    return view_of(slot) != NULL; /* what it shows may have changed meanwhile */
}

/* --- rules --- */

static bool went_off(const struct nap_machine *m, const struct nap_event *e, unsigned device)
{
    uint32_t domain = nap_machine_soc(m)->devices[device].domain;

    return strcmp(e->label, NAP_LABEL_POWER_OFF) == 0 && ((e->was & ~e->now) >> domain & 1);
}

static void empty_at_power_off(const struct nap_machine *m, const struct nap_event *e,
                               struct nap_report *report)
{
    for (unsigned device = 0; device < nap_device_count(m); device++) {
        const struct nap_cmdqv *s = nap_block_state(m, device);
        if (nap_device_model(m, device) != &nap_model_tegra241_cmdqv || !went_off(m, e, device))
            continue;
        for (unsigned n = 0; n < QUEUES; n++)
            if (s->off_queues >> n & 1)
                nap_violation(report, device, CMDQV_SLOT_VCMDQ_CONS + n, UINT32_MAX,
                              "%s lost power while VCMDQ %u, owned by %s, held commands that "
                              "it had not consumed",
                              nap_device_name(m, device), n,
                              host_owns(m, device, vintf_of(m, device, n)) ? "the host"
                                                                           : "a guest");
    }
}

static const struct nap_rule rules[] = {
    {
        .id = "cmdqv-empty-at-power-off",
        .classes = "O10",
        .source = "Arm IHI 0070, \"Power control\": commands are complete before power goes; "
                  "review of the SMMUv3 power management series: every queue counts",
        .about = "No virtual command queue holds commands when power goes",
        .family = NAP_RULE_CONDUCT,
        .on = NAP_STEP_BIT(NAP_STEP_POWER),
        .check = empty_at_power_off,
    },
};

/* --- the table --- */

static nap_on_write *const on_write[CMDQV_REG_COUNT] = {
    [CMDQV_REG_CONFIG] = config_written,
    [CMDQV_REG_VINTF_CONFIG] = vintf_config_written,
    [CMDQV_REG_VCMDQ_PROD] = prod_written,
    [CMDQV_REG_VCMDQ_CONFIG] = vcmdq_config_written,
    [CMDQV_REG_VCMDQ_GERRORN] = gerrorn_written,
    [CMDQV_REG_LVCMDQ_CONS] = lv_cons_written,
    [CMDQV_REG_LVCMDQ_PROD] = lv_prod_written,
    [CMDQV_REG_LVCMDQ_CONFIG] = lv_config_written,
    [CMDQV_REG_LVCMDQ_GERRORN] = lv_gerrorn_written,
    [CMDQV_REG_LVCMDQ_BASE] = lv_base_written,
    [CMDQV_REG_LVCMDQ_CONS_INDX_BASE] = lv_cons_indx_base_written,
};

static nap_on_store *const on_store[CMDQV_REG_COUNT] = {
    [CMDQV_REG_VCMDQ_CONS] = cons_stored,
    [CMDQV_REG_VCMDQ_BASE] = base_stored,
    [CMDQV_REG_LVCMDQ_CONS] = logical_stored,
    [CMDQV_REG_LVCMDQ_PROD] = logical_stored,
    [CMDQV_REG_LVCMDQ_CONFIG] = logical_stored,
    [CMDQV_REG_LVCMDQ_GERRORN] = logical_stored,
    [CMDQV_REG_LVCMDQ_BASE] = logical_stored,
    [CMDQV_REG_LVCMDQ_CONS_INDX_BASE] = logical_stored,
};

static nap_on_read *const on_read[CMDQV_REG_COUNT] = {
    [CMDQV_REG_LVCMDQ_CONS] = lv_cons_read,
    [CMDQV_REG_LVCMDQ_PROD] = lv_prod_read,
    [CMDQV_REG_LVCMDQ_CONFIG] = lv_config_read,
    [CMDQV_REG_LVCMDQ_STATUS] = lv_status_read,
    [CMDQV_REG_LVCMDQ_GERROR] = lv_gerror_read,
    [CMDQV_REG_LVCMDQ_GERRORN] = lv_gerrorn_read,
    [CMDQV_REG_LVCMDQ_BASE] = lv_base_read,
    [CMDQV_REG_LVCMDQ_CONS_INDX_BASE] = lv_cons_indx_base_read,
};

static const char *const outputs[] = {"cmdqv", NULL};

const struct nap_block nap_cmdqv_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_tegra241_cmdqv,
    .state_bytes = sizeof(struct nap_cmdqv),
    .on_write = on_write,
    .on_store = on_store,
    .on_read = on_read,
    .power_going = power_going,
    .power_on = power_on,
    .unpowered = unpowered,
    .n_work = N_WORK,
    .work_done = work_done,
    .ram_read = ram_read,
    .posted = posted,
    .notices_same = notices_same,
    .outputs = outputs,
    .rules = rules,
    .n_rules = sizeof rules / sizeof rules[0],
};
