/* SPDX-License-Identifier: MIT */
/* Private to lib/: how a machine lies in memory. Everything a run can change is in the arena:
 * decision state (hashed), evidence (step numbers, lines, counters: saved, not hashed), driver
 * RAM, and pages of simulated RAM. What is fixed at create lies outside it. */
#ifndef NAP_CORE_H
#define NAP_CORE_H

#include <regnap/block.h>
#include <regnap/bus.h>
#include <regnap/driver.h>
#include <regnap/ledger.h>
#include <regnap/machine.h>

/* --- arena --- */

#define NAP_BLOCK_BYTES 256u

/* Regions in address order; sizes are address space, memory is used as touched. */
enum nap_region {
    NAP_REGION_STATE,
    NAP_REGION_EVIDENCE,
    NAP_REGION_DRIVER,
    NAP_REGION_RAM,
    NAP_REGIONS
};

#define NAP_STATE_BYTES    (4u << 20)
#define NAP_EVIDENCE_BYTES (4u << 20)
#define NAP_DRIVER_BYTES   (16u << 20)
#define NAP_RAM_BYTES      (16u << 20)
#define NAP_ARENA_BYTES                                                                        \
    (NAP_STATE_BYTES + NAP_EVIDENCE_BYTES + NAP_DRIVER_BYTES + NAP_RAM_BYTES)
#define NAP_ARENA_BLOCKS (NAP_ARENA_BYTES / NAP_BLOCK_BYTES)

#define NAP_PAGE_BYTES    4096u
#define NAP_RAM_PAGES_MAX (NAP_RAM_BYTES / NAP_PAGE_BYTES)
#define NAP_RAM_TABLE     (NAP_RAM_PAGES_MAX * 2u) /* open addressing, never full */

struct nap_undo; /* one saved block: arena.c */

struct nap_arena_mark {
    size_t undo_length;
};

#define NAP_MARKS_MAX (1u << 20) /* address space; used as it grows */

struct nap_arena {
    uint8_t *base;
    uint8_t *driver_shadow; /* driver RAM as of the last hash; written by drivers unannounced */
    size_t used[NAP_REGIONS];
    uint64_t epoch;
    uint64_t *block_epoch; /* epoch in which the block was last saved */
    struct nap_hash128 *block_hash;
    struct nap_hash128 key; /* sum of block hashes */
    uint32_t *dirty;        /* hashed blocks touched since the last hash */
    size_t n_dirty;
    struct nap_undo *undo;
    size_t undo_length, undo_capacity;
    struct nap_arena_mark *marks;
    unsigned n_marks;
};

/* --- state in the arena --------------------------------------------------------------------
 */

#define NAP_WORK_MAX 1024 /* a machine that may have more under way is refused */

/* Unfinished hardware work, sorted by (device, slot, mask). */
struct nap_work {
    uint64_t mask;
    uint16_t device, slot;
    uint16_t reads_left;
    uint8_t state; /* enum nap_work_state */
    uint8_t begun; /* 1: by nap_work_begin(), and no register shows it */
};

enum nap_work_state { NAP_WORK_UNDECIDED, NAP_WORK_LATE, NAP_WORK_NEVER };

#define NAP_POSTS_MAX 512

/* Register writes that are on their way: of one CPU, in the order of groups, devices, FIFOs. */
struct nap_post {
    uint64_t value;
    uint16_t device, slot;
    uint16_t group; /* a barrier stands between one group and the next */
    uint8_t cpu;
    uint8_t held;       /* 1: lands as late as it may; 0: nobody could have noticed so far */
    uint8_t from;       /* first byte of the register */
    uint8_t size_bytes; /* where a register takes parts; 0: all of it */
    uint8_t secure;     /* 1: a Secure write */
    uint8_t reserved[5];
};

#define NAP_MSI_VECTORS_MAX 256

/* What software has allocated at the interrupt controller, sorted by data. */
struct nap_msi_vector {
    uint32_t data;
    uint16_t device;
    uint8_t output;
    uint8_t reserved;
};

struct nap_ledger_mapping {
    uint64_t iova, pa, size_bytes;
    uint32_t domain;
    uint16_t prot;
    uint8_t state; /* enum nap_ledger_state */
    uint8_t reserved;
};

enum nap_ledger_state { NAP_LEDGER_FREE, NAP_LEDGER_HELD, NAP_LEDGER_COMING, NAP_LEDGER_GOING };

struct nap_ledger {
    uint32_t domain[NAP_SOC_MASTERS_MAX];  /* in force */
    uint32_t pending[NAP_SOC_MASTERS_MAX]; /* becoming; equal when nothing is open */
    uint32_t n_mappings;                   /* slots in use or once used */
    uint32_t open;                         /* 1: a call is under way */
    struct nap_ledger_mapping mappings[NAP_LEDGER_MAPPINGS_MAX];
};

/* Levels of the controller's inputs: bit by INTID from the first of each range. */
struct nap_inputs {
    uint64_t spi[(NAP_LINE_SPI_END + 63) / 64];
    uint64_t espi[(NAP_LINE_ESPI_END - NAP_LINE_ESPI_FIRST) / 64];
    uint64_t ppi[NAP_SOC_CPUS_MAX];
    uint64_t eppi[NAP_SOC_CPUS_MAX];
};

/* What the OS layer keeps for the driver of one device. */
struct nap_os_device {
    uint16_t usage;      /* power references */
    uint16_t left;       /* of those, taken by calls that were broken off and never came back */
    uint16_t at_call;    /* references when the call under way began, if it may break off */
    uint8_t pm_enabled;  /* run-time power management is on */
    uint8_t pm_asleep;   /* device_off has returned 0, and device_on has not since */
    uint8_t pm_changing; /* one of the two is running */
    uint8_t irqs;        /* outputs whose interrupt has been requested */
    uint8_t irqs_threaded;
    uint8_t irq_threads; /* outputs whose thread is to run */
    uint8_t removed;     /* the driver has given the device up */
    uint8_t reserved[3];
};

#define NAP_DRIVERS_MAX 4 /* of one run: the scenario's, and those beside it */

/* What one driver has of the OS layer, as addresses. */
struct nap_os_driver {
    uint64_t data; /* nap_driver_data() */
    uint64_t list_head, list_tail;
};

#define NAP_INTERRUPTS_MAX 64

/* Whether an interrupt has been raised and not delivered since. NAP_OWED_OR_NOT: the hardware
 * that had it lost all power at a step, so it may come or not. */
enum nap_owed { NAP_OWED_NOT, NAP_OWED, NAP_OWED_OR_NOT };

/* The books about one of nap_machine.interrupts. */
struct nap_os_interrupt {
    uint8_t raised;  /* how often */
    uint8_t owed;    /* enum nap_owed */
    uint8_t guest;   /* 1: delivered to a guest, which has not ended it */
    uint8_t cpu;     /* that took it, while a guest has it; else 0 */
    uint8_t woke;    /* 1: wake logic has seen it, and the OS has not heard of that */
    uint8_t planned; /* 1: it comes at the entry of the next suspend */
    uint8_t reserved[2];
};

/* What the OS layer keeps for the driver; the objects themselves lie in driver RAM. */
struct nap_os_state {
    uint64_t driver_used; /* bytes of driver RAM below the high-water mark */
    uint64_t free_head;   /* freed allocations, as addresses */
    struct nap_os_driver drivers[NAP_DRIVERS_MAX];
    uint64_t ram_next;      /* simulated RAM handed out by nap_ram_alloc() */
    uint64_t ram_high_next; /* the same of nap_ram_alloc_high() */
    uint64_t n_allocs;      /* not freed */
    uint32_t domains_down;  /* taken down while the system was awake */
    uint32_t down_in_call;  /* 1: that began in the middle of a driver call */
    uint32_t handling;      /* (1 + device) << 8 | output, whose handler runs; or 0 */
    uint32_t irqs_off;      /* 1: the phase under way has the CPU's interrupts off */
    uint32_t n_removed;     /* devices that the driver has given up */
    uint32_t domains_cut;   /* those of domains_down that no driver was told about */
    uint32_t running;       /* the driver whose calls are made: nap_os_driver() */
    uint32_t reserved;
    struct nap_os_device devices[NAP_SOC_DEVICES_MAX];
    struct nap_os_interrupt interrupts[NAP_INTERRUPTS_MAX];
};

enum nap_sleep {
    NAP_AWAKE,
    NAP_ASLEEP,     /* from suspend entry to the return of resume */
    NAP_UNITS_WAKE, /* some units, while the system is awake: nap_set_waking() */
};

/* Decision state. No pointers to host objects, no step numbers. */
struct nap_state {
    uint64_t masters_live; /* mode, by master */
    uint64_t masters_autonomous;
    uint64_t masters_quiesced; /* by the driver, until it lets them go */
    uint64_t wires;
    uint32_t profile; /* enum nap_profile: part of the state because power-on reads it */
    uint32_t golden_valid;
    uint32_t n_work;
    uint32_t n_seen_busy; /* registers with NAP_MARK_SEEN_BUSY */
    uint32_t asleep;      /* enum nap_sleep */
    uint32_t stuck; /* the watchdog, an abort or an assertion of its own ended the driver */
    uint32_t faults_left;
    uint32_t hardware_faults; /* that choices have injected */
    uint32_t
        call_failed; /* in this driver call: an allocation or the like, or power at an access */
    uint32_t cpu;    /* that the driver runs on */
    uint32_t secure; /* 1: its accesses are Secure */
    uint32_t domains_on;
    uint32_t n_posts;
    uint32_t n_begun;      /* items of work that nap_work_begin() started */
    uint64_t no_early_ack; /* devices mapped nGnRnE */
    struct nap_work work[NAP_WORK_MAX];
    uint8_t edges[NAP_SOC_DEVICES_MAX]; /* pending: bit by output */
    uint32_t n_vectors;
    uint32_t reserved;
    struct nap_msi_vector vectors[NAP_MSI_VECTORS_MAX];
    uint16_t post_group[NAP_SOC_CPUS_MAX]; /* of the next write */
    struct nap_post posts[NAP_POSTS_MAX];
    struct nap_os_state os;
    struct nap_ledger ledger;
    uint8_t signals[NAP_SOC_CPUS_MAX]; /* NAP_SIGNAL_ bits */
    struct nap_inputs inputs;
};

/* Evidence. */
struct nap_evidence {
    struct nap_counters counters;
    uint64_t simulated_us;
    uint64_t poll_value, poll_address; /* the address of a refused read; else 0 */
    uint32_t poll_device, poll_slot, poll_count;
    uint32_t load_count; /* equal loads of simulated RAM, of */
    uint64_t load_address, load_value;
    uint32_t n_ram_pages, reserved2;
    struct nap_hash128 asked; /* the state when a call could last have been left: ../seam/ */
    struct nap_hash128 asked_lines;    /* and when a line could last have changed, */
    uint32_t asked_device, asked_slot; /* before a read of that register; UINT32_MAX: another */
    struct {
        nap_step issued;
    } work[NAP_WORK_MAX]; /* parallel to nap_state.work */
    struct nap_post_evidence {
        nap_step issued;
        struct nap_source source;
        const char *passed; /* the last barrier since that did not order it, or NULL */
        struct nap_source passed_at;
    } posts[NAP_POSTS_MAX];              /* parallel to nap_state.posts */
    uint64_t ram_pfn[NAP_RAM_PAGES_MAX]; /* page frame held by pool page i */
    uint32_t ram_table[NAP_RAM_TABLE];   /* hash of frame -> pool page + 1 */
};

/* --- fixed at create ------------------------------------------------------------------------
 */

/* What the access path needs of one register element, by slot. What every access needs comes
 * first and fills one line of a cache. */
struct nap_slot {
    uint64_t defined; /* bits that hold something on this device */
    uint64_t plain;   /* RW and WO: a write stores them */
    uint64_t sets;    /* plain, and what writing 1 sets: W1S, SELF_CLEAR */
    uint64_t w0c, w1c, self_clear;
    uint32_t special; /* NAP_SPECIAL_ bits: what an access needs beside */
    uint16_t reg;
    uint16_t index;
    uint64_t rules; /* set by the rule engine: bit i: rule i watches this register */
    /* Those of @rules_leaving watch only writes that leave one of the bits of @leaves set. */
    uint64_t rules_leaving, leaves;
    uint16_t home; /* slot that holds its bits: its own, but for an alias */
    uint8_t size_bytes;
    uint8_t retention;
    uint8_t marks_written; /* by a write; none of a register that is all WO */
    uint64_t wo, rc;
    nap_on_write *on_write;
    nap_on_store *on_store;
    nap_on_read *on_read;
    uint64_t reset;
    uint64_t known;  /* bits that reset where the others come back unknown */
    uint32_t offset; /* bytes from the device's base */
    uint16_t bank;   /* number among the banked elements */
    uint8_t cpu;     /* of a banked one: whose it is */
    uint8_t access_sizes;
    bool comes_back; /* resume must bring some of it back */
};

#define NAP_SPECIAL_UNMODELLED 0x01u /* each access is counted as not modelled */
#define NAP_SPECIAL_READ       0x02u /* a read does more than show the value: WO, RC */
#define NAP_SPECIAL_PARTS      0x04u /* takes other sizes than its own: see access_sizes */
#define NAP_SPECIAL_BANKED     0x08u
#define NAP_SPECIAL_ALIAS      0x10u
#define NAP_SPECIAL_GUARDED    0x20u
#define NAP_SPECIAL_ABSENT     0x40u /* reserved on this device: reads 0, ignores writes */
#define NAP_SPECIAL_WRITE                                                                      \
    (NAP_SPECIAL_BANKED | NAP_SPECIAL_ALIAS | NAP_SPECIAL_GUARDED | NAP_SPECIAL_ABSENT)

/* Devices in use with the same block, variant and reset values. */
struct nap_kind {
    const struct nap_block *block;
    unsigned variant;
    uint64_t *resets;        /* by register of the model */
    const uint8_t *switches; /* values, by switch of the model */
    uint32_t window_bytes;   /* up to its last register */
    uint32_t decode_bytes;   /* of offsets that the table of slots is for */
    bool sysregs;            /* its registers are system registers */
    unsigned n_slots;        /* the model's, and one for each banked element and further CPU */
    unsigned n_banked;       /* banked elements */
    unsigned n_work;         /* items that may be under way */
    bool aliases;            /* some slots hold their bits elsewhere */
    struct nap_slot *slots;
    unsigned grain_log2; /* of offsets: 2, or 0 if an access may be narrower than 32 bits */
    uint16_t *decode;    /* by offset >> grain_log2: slot, or NAP_NO_SLOT */
};

struct nap_dev {
    const struct nap_kind *kind;
    nap_addr base;
    uint32_t domain, upstream, line;
    uint32_t cpu; /* whose system registers it has; NAP_SOC_NONE of one with addresses */
    /* In the arena, by slot: */
    uint64_t *regs;
    uint64_t *lost;   /* value when power was cut, of registers that may come back with it */
    uint64_t *golden; /* value at suspend entry */
    uint8_t *marks;
    uint8_t *golden_marks; /* 1 where software had written by then */
    void *state;
    uint64_t *watch; /* host: probe groups that depend on the slot; n_slots + 1 rows */
};

/* Writable data of a loaded driver: it is in its place while the driver runs, and in driver RAM
 * otherwise. */
struct nap_image_part {
    uint8_t *live, *saved;
    size_t bytes;
};

#define NAP_IMAGE_PARTS_MAX 4

#define NAP_WATCH_TABLE 8192u /* pages of RAM that probes depend on; power of two */
#define NAP_HELD_MAX    4096u /* steps that one write may bring about */
#define NAP_BUS_TABLE   1024u /* power of two; pages of all device windows */

struct nap_unmodelled_use {
    const char *what;
    uint32_t device;
    uint32_t count;
};

enum nap_request_kind {
    NAP_REQUEST_READ,
    NAP_REQUEST_WRITE,
    NAP_REQUEST_BARRIER,
    NAP_REQUEST_LOAD, /* of simulated RAM */
    NAP_REQUEST_STORE,
    NAP_REQUEST_SYSREG_READ, /* its number is the address */
    NAP_REQUEST_SYSREG_WRITE,
};

/* What driver code asks of the machine. */
struct nap_request {
    enum nap_request_kind kind;
    unsigned size_bytes;
    nap_addr address;
    uint64_t value;   /* to write; the number of a barrier */
    const char *file; /* as nap_seam_write() takes it */
    int line;
    uint32_t reserved;
    void *frame; /* of the seam's function */
};

/* Before an access of a driver call: true: the call is left there and never comes back. */
typedef bool nap_request_hook(void *context, const struct nap_request *access);

/* The way goes on by @what; see nap_meeting. */
void nap_way_note(struct nap_machine *m, const void *what, size_t bytes);
/* A driver call is over, and whoever made it looks at the machine. */
void nap_way_call_ended(struct nap_machine *m);

/* Called after each step that something watches. */
typedef void nap_observer(void *context, struct nap_machine *m, const struct nap_event *event);

/* Microseconds of simulated time. No driver call takes so long; a loop that only waits would
 * never end. */
#define NAP_CALL_US_MAX UINT64_C(60000000)

/* A search looks inside driver calls: where hardware has had a choice since it last looked, the
 * run may meet one that has been there before, and is left then.
 *
 * The runner keeps things on its own stack between the calls that it makes, which are in no
 * key. They follow from where the run was last stored, from the choices made since, and from
 * what the machine was like whenever the runner looked at it; all of that is the way. Left out
 * of it are only choices of hardware within the driver call under way, as nobody but that call
 * can have seen what came of them. */
struct nap_meeting {
    bool (*met)(void *context, struct nap_hash128 key);
    void *context;
    struct nap_hash128 way;
    bool due;     /* hardware has chosen since the search last looked */
    bool is_open; /* hardware has chosen within the driver call under way */
    void *leave;  /* jmp_buf; out of all that runs */
    /* A driver call is over, or one within it begins, from which its time is counted anew. */
    void (*call_over)(void *context);
};

struct nap_machine {
    struct nap_arena arena;
    struct nap_state *st;
    struct nap_evidence *ev;
    const struct nap_soc *soc;
    unsigned slot;
    enum nap_policy policy;
    unsigned n_devices;
    struct nap_dev devices[NAP_SOC_DEVICES_MAX];
    unsigned n_kinds;
    struct nap_kind kinds[NAP_SOC_DEVICES_MAX];
    struct {
        uint64_t page; /* address >> 12, plus 1; 0 empty */
        uint32_t device;
        uint32_t reserved;
    } bus[NAP_BUS_TABLE];

    /* Switch values by (kind's model) switch index; and which were consulted. */
    uint8_t switch_value[NAP_SOC_DEVICES_MAX][NAP_SWITCHES_MAX];
    uint64_t *switch_read; /* by kind */
    uint8_t bus_switch[NAP_BUS_SWITCHES];
    uint32_t bus_switch_read; /* bit by switch */

    nap_chooser *chooser;
    void *chooser_context;
    uint64_t n_chosen;           /* answers of the chooser, ever */
    struct nap_meeting *meeting; /* of a search; NULL: nobody looks */
    uint32_t varied;

    nap_trace_sink *trace;
    void *trace_context;

    /* Rule engine. */
    nap_observer *observer;
    void *observer_context;
    uint32_t observed; /* NAP_STEP_BIT mask of steps always shown */
    unsigned watch_words;
    uint64_t *marked; /* probe groups to judge again */
    /* Probe groups by page of RAM that they depend on, a table by frame: rows of watch_words
     * bits, the first for those that depend on any page. NULL: nobody watches. */
    uint64_t *page_watch;
    uint64_t *page_tag; /* of the rows after the first: frame + 1; 0 free */
    unsigned n_pages_watched;
    bool any_marked;

    /* Steps that a write brings about, shown after it. */
    bool holding;
    unsigned n_held;
    struct nap_event held[NAP_HELD_MAX];

    struct nap_source source;        /* of the access being served */
    nap_step issued;                 /* of the posted write that lands; else 0 */
    void *stuck_jump;                /* jmp_buf of the driver call, or NULL */
    nap_request_hook *before_access; /* NULL: nothing is asked */
    struct nap_stack *stack;         /* of driver calls (../seam/); NULL: the host's */
    void *before_access_context;

    const struct nap_driver *driver; /* that the OS layer calls back; NULL: none */
    const struct nap_driver *beside[NAP_DRIVERS_MAX - 1]; /* for devices that it is not for */
    /* A driver loaded as an object (../seam/): NULL, 0 for built-in logic. */
    struct nap_driver_object *object;
    void *driver_stack;     /* frame of the call into the driver */
    uint64_t call_began_us; /* simulated time when this driver call began */
    char last_log[160];     /* the last line of this driver call's log, for messages */
    unsigned n_image;
    struct nap_image_part image[NAP_IMAGE_PARTS_MAX];
    const struct nap_interrupt *interrupts; /* that the OS uses; up to NAP_INTERRUPTS_MAX */
    uint64_t taken; /* digest of those that have been taken, in their order, for comparisons */
    struct nap_device *const *os_devices; /* by device: the driver's objects; NULL: none yet */
    const struct nap_parameter *parameters;
    uint32_t n_interrupts;
    unsigned n_beside;
    uint64_t left_out; /* devices that software leaves alone, beside those that are disabled */
    unsigned n_parameters;
    uint32_t parameters_asked; /* bit by parameter */
    bool by_firmware;          /* accesses are not the driver's */
    bool asks_access;          /* before_access does more than say no, */
    bool asks_lines;           /* also where nothing has changed but what was read */

    unsigned n_unmodelled;
    unsigned unmodelled_unlisted; /* uses of more, for which there is no room */
    struct nap_unmodelled_use unmodelled[NAP_UNMODELLED_MAX];
};

/* arena.c */
enum nap_err nap_arena_create(struct nap_machine *m, struct nap_error *error);
void nap_arena_destroy(struct nap_machine *m);
void *nap_arena_alloc(struct nap_machine *m, enum nap_region region, size_t bytes);
void nap_arena_touch_block(struct nap_machine *m, size_t block);
void nap_arena_ready(struct nap_machine *m); /* hash everything once */
/* nap_mark() and nap_rewind() right after nap_state_key(), which has hashed everything and
 * compared driver RAM. */
unsigned nap_mark_hashed(struct nap_machine *m);
void nap_rewind_hashed(struct nap_machine *m, unsigned mark);
/* The state key without what lies in whole blocks from @p on. */
struct nap_hash128 nap_state_key_but(struct nap_machine *m, const void *p, size_t bytes);

static inline size_t nap_region_start(enum nap_region region)
{
    static const size_t start[NAP_REGIONS] = {
        0, NAP_STATE_BYTES, NAP_STATE_BYTES + NAP_EVIDENCE_BYTES,
        NAP_STATE_BYTES + NAP_EVIDENCE_BYTES + NAP_DRIVER_BYTES};
    return start[region];
}

static inline void nap_touched(struct nap_machine *m, const void *p, size_t bytes)
{
    size_t at = (size_t)((const uint8_t *)p - m->arena.base);
    for (size_t b = at / NAP_BLOCK_BYTES; b <= (at + bytes - 1) / NAP_BLOCK_BYTES; b++)
        if (m->arena.block_epoch[b] != m->arena.epoch)
            nap_arena_touch_block(m, b);
}

/* The counters change with every access. They lie in the first block of their region. */
static inline void nap_counters_touched(struct nap_machine *m)
{
    size_t block = nap_region_start(NAP_REGION_EVIDENCE) / NAP_BLOCK_BYTES;

    if (m->arena.block_epoch[block] != m->arena.epoch)
        nap_arena_touch_block(m, block);
}

/* nap_device_on(), for those whom every access passes. */
static inline bool nap_has_power(const struct nap_machine *m, unsigned device)
{
    return (m->st->domains_on & 1u << m->devices[device].domain) != 0;
}

/* nap_varied(), so too. */
static inline bool nap_is_varied(const struct nap_machine *m, enum nap_choice_kind kind)
{
    return m->chooser && (m->varied & NAP_CHOICE_BIT(kind));
}

/* kind.c */
/* block, variant, resets and switches of @kind are set. */
enum nap_err nap_kind_create(struct nap_kind *kind, unsigned n_cpus, struct nap_error *error);
void nap_kind_destroy(struct nap_kind *kind);
/* What the block must have set and has not, as the name of the field; or NULL. Its ABI is
 * right.
 */
const char *nap_block_lacks(const struct nap_block *block);
/* The block's relation of that name, or NULL. */
const struct nap_relation *nap_relation_of(const struct nap_block *block, const char *name);

/* Whether a version of the device settles what the switch leaves open. */
bool nap_switch_is_decided(const struct nap_kind *kind, const struct nap_switch *sw);

/* regfile.c */
/* @slot is that of the first CPU; a banked register is that of the accessing one. */
uint64_t nap_regfile_read(struct nap_machine *m, unsigned device, unsigned slot);
void nap_regfile_write(struct nap_machine *m, unsigned device, unsigned slot, uint64_t value);
/* The same for @size_bytes of the register, which it allows, from byte @from on. */
uint64_t nap_regfile_read_part(struct nap_machine *m, unsigned device, unsigned slot,
                               unsigned from, unsigned size_bytes);
void nap_regfile_write_part(struct nap_machine *m, unsigned device, unsigned slot,
                            unsigned from, unsigned size_bytes, uint64_t value);
void nap_regfile_settle(struct nap_machine *m, unsigned device, unsigned slot);
/* A read was served or refused with e->now: the watchdog counts equal ones in a row. */
void nap_poll_count(struct nap_machine *m, const struct nap_event *e);
/* The same for a load of simulated RAM, which a device may change: counted apart, as one loop
 * may look at both. */
void nap_poll_count_load(struct nap_machine *m, nap_addr address, uint64_t value);
/* Forgets what was polled and which registers were seen busy: a new driver call begins. */
void nap_poll_forget(struct nap_machine *m);
/* Whether a write of @value that lands now could be noticed by anybody. */
bool nap_regfile_matters(const struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t value);
/* What becomes of a write that the guard forbids, on this device. */
enum nap_guard_effect nap_guard_effect(const struct nap_machine *m, unsigned device,
                                       const struct nap_guard *guard);
uint64_t nap_reset_value(const struct nap_machine *m, unsigned device, unsigned slot,
                         enum nap_profile profile);

/* Result, in a step NAP_STEP_RETURN, of a call whose frames are gone: it has been left. */
#define NAP_CALL_LEFT (-4097)

/* step.c */
/* Gives the event its number, shows it to trace and rules. */
void nap_step_done(struct nap_machine *m, struct nap_event *event);
/* The same for a step with which the driver's call ends; returns only if there is no call. */
void nap_step_ends_call(struct nap_machine *m, struct nap_event *event);
/* Whether anybody looks at a step: making a record is what an access costs most. */
static inline bool nap_step_seen(const struct nap_machine *m, enum nap_step_kind kind,
                                 uint64_t rules)
{
    return m->trace ||
           (m->observer && (rules || m->any_marked || (m->observed & NAP_STEP_BIT(kind))));
}
/* A step that nobody looks at. */
static inline void nap_step_count(struct nap_machine *m)
{
    nap_counters_touched(m);
    m->ev->counters.steps++;
}
/* From here to nap_step_release() the steps of effects wait, so that a write is numbered and
 * shown before what it brings about; the rules see it with all of that in place. */
void nap_step_hold(struct nap_machine *m);
void nap_step_release(struct nap_machine *m, struct nap_event *cause);
/* The same for a step that may itself be held: returns what the release needs. */
unsigned nap_step_hold_inside(struct nap_machine *m);
void nap_step_release_inside(struct nap_machine *m, struct nap_event *cause, unsigned place);
struct nap_event nap_event_for(const struct nap_machine *m, enum nap_step_kind kind,
                               unsigned device, unsigned slot);
/* The same for what no driver line causes. */
struct nap_event nap_event_outside(struct nap_machine *m, enum nap_step_kind kind);
static inline void nap_watch_touched(struct nap_machine *m, unsigned device, unsigned row)
{
    const uint64_t *w = m->devices[device].watch;
    if (!w)
        return;
    w += (size_t)row * m->watch_words;
    for (unsigned i = 0; i < m->watch_words; i++) {
        m->marked[i] |= w[i];
        m->any_marked |= w[i] != 0;
    }
}
/* The group's answer depends on the page of RAM; on any of them. */
void nap_watch_page(struct nap_machine *m, unsigned group, uint64_t frame);
void nap_watch_any_page(struct nap_machine *m, unsigned group);
void nap_watch_page_touched(struct nap_machine *m, uint64_t frame);
void nap_watch_all(struct nap_machine *m);
void nap_watch_none(struct nap_machine *m);

/* work.c */
void nap_work_post(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask);
/* Whether a read of these bits of the register finds work that was begun. */
bool nap_work_begun_at(const struct nap_machine *m, unsigned device, unsigned slot,
                       uint64_t mask);
/* The driver reads @bytes of RAM: work that ends by a write there is noticed. */
void nap_work_ram_was_read(struct nap_machine *m, nap_addr address, size_t bytes);
/* The driver has read the bits of @mask. */
void nap_work_was_read(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask);
void nap_work_drop(struct nap_machine *m, unsigned device);
/* Lets everything that is late finish. */
void nap_work_finish_all(struct nap_machine *m);

/* post.c: kind `post` (design 4.9) */
/* A write of a register is issued: it lands, or is on its way from here on. */
void nap_post_issue(struct nap_machine *m, struct nap_post post);
/* A read arrives at the device: what the CPU has posted to it lands before. */
void nap_post_before_read(struct nap_machine *m, unsigned device, unsigned slot);
/* A load of RAM: what it shows may come of a write that lands. One that is held lands when the
 * CPU waits for that. */
void nap_post_before_load(struct nap_machine *m, nap_addr address);
/* @name as nap_bus_barrier() has it; m->source says where it stands. */
void nap_post_barrier(struct nap_machine *m, const char *name);
/* Something is about to happen for which it could matter what has landed: where that is not
 * settled, it is chosen now. */
void nap_post_decide(struct nap_machine *m);
static inline void nap_post_notice(struct nap_machine *m)
{
    if (m->st->n_posts)
        nap_post_decide(m);
}
/* Power is gone: what was posted to the device is lost. */
void nap_post_drop(struct nap_machine *m, unsigned device);
void nap_post_land_all(struct nap_machine *m);
/* Lands the first of the list, which nothing must land before. */
void nap_post_land_first(struct nap_machine *m);

/* ../os/ledger.c: nap_truth_of() ports of @master; of none if it is negative. */
void nap_truth_for(const struct nap_machine *m, int master, nap_addr iova,
                   struct nap_truth *out);

/* bus.c */
/* The switch's value; noted as read. */
unsigned nap_bus_switch_value(struct nap_machine *m, enum nap_bus_switch index);
/* The register that an access of @size_bytes at @address is for, if there is one. */
bool nap_bus_find(const struct nap_machine *m, nap_addr address, unsigned size_bytes,
                  unsigned *device, unsigned *slot);
/* An access by the line at @source begins. */
void nap_bus_begin(struct nap_machine *m, struct nap_source source);
/* The step of an access that nobody served; it may be aborted. */
void nap_bus_refused(struct nap_machine *m, struct nap_event *e);
/* An exception: whoever made the access, in a driver call, does not come back from it. @why is
 * a literal. */
void nap_bus_end_call(struct nap_machine *m, uint32_t device, const char *why);

/* sysreg.c */
/* The device of the running CPU that has the system register, if there is one. */
bool nap_bus_find_sysreg(const struct nap_machine *m, unsigned number, unsigned *device,
                         unsigned *slot);
/* Each system register of a CPU is in one device. */
enum nap_err nap_sysregs_check(const struct nap_machine *m, struct nap_error *error);
bool nap_bus_claim(struct nap_machine *m, nap_addr base, uint32_t size_bytes, uint32_t device);

/* Device whose window holds the page of @address, or UINT32_MAX. */
uint32_t nap_bus_device(const struct nap_machine *m, nap_addr address);

/* line.c */
/* The controller, if there is one, is one, and has the inputs that devices drive. */
enum nap_err nap_lines_check(const struct nap_machine *m, struct nap_error *error);

/* irq.c */
/* The edges of the device that are pending, bit by output. */
unsigned nap_edges(const struct nap_machine *m, unsigned device);
/* The edge is taken: it is pending no more. */
void nap_edge_take(struct nap_machine *m, unsigned device, unsigned output);
/* Messages with @data are that output from now on, whoever they were; false if the table is
 * full. */
bool nap_msi_vector_set(struct nap_machine *m, uint32_t data, unsigned device, unsigned output);
/* Messages with @data are nobody's. */
void nap_msi_vector_clear(struct nap_machine *m, uint32_t data);
/* nap_msi_send() by whoever is known as @from; traces name @device. */
bool nap_msi_from(struct nap_machine *m, unsigned device, uint32_t from, nap_addr address,
                  uint32_t data);
/* The vector of @data, or of the output with the least data; NULL if there is none. */
const struct nap_msi_vector *nap_msi_vector(const struct nap_machine *m, uint32_t data);
const struct nap_msi_vector *nap_msi_vector_of(const struct nap_machine *m, unsigned device,
                                               unsigned output);

/* ram.c */
bool nap_ram_exists(const struct nap_machine *m, nap_addr address, size_t bytes);

/* power.c */
/* @domains and all that lie below them. */
uint32_t nap_domains_below(const struct nap_machine *m, uint32_t domains);
/* The masters whose domain is one of @domains. */
uint64_t nap_masters_in(const struct nap_machine *m, uint32_t domains);
/* From suspend entry to the return of resume. */
void nap_set_asleep(struct nap_machine *m, bool asleep);
/* Suspend has failed: nothing has slept. */
void nap_set_stays_awake(struct nap_machine *m);
/* The same for some units while the system is awake: from power-on until their driver, if it is
 * told, has returned; or has failed, and they are off again. */
void nap_set_waking(struct nap_machine *m, bool waking);
void nap_set_waking_failed(struct nap_machine *m);

/* Suspend entry: keeps the values that resume must bring back; and forgets them. */
void nap_golden_take(struct nap_machine *m);
void nap_golden_drop(struct nap_machine *m);

#endif
