/* SPDX-License-Identifier: MIT */
/* How a block (one kind of device) plugs into a machine. Registers come from its model; this is
 * its behaviour: what a write starts, what finishes later, what a transaction meets. State is
 * plain data in the arena, changed only after nap_touch(). Public and versioned: blocks may
 * live outside this tree. */
#ifndef REGNAP_BLOCK_H
#define REGNAP_BLOCK_H

#include <regnap/choose.h>
#include <regnap/dma.h>
#include <regnap/machine.h>
#include <regnap/trace.h>

#define NAP_BLOCK_ABI 7u

struct nap_rule;

/* Effect of a write that has landed: the register already holds @now. Of a banked register it
 * is the one of nap_cpu(); through an alias without an effect of its own, @index, @was and @now
 * are those of the register that holds the bits. */
typedef void nap_on_write(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                          uint64_t now);

/* What a write stores where the model's access kinds do not say it all: @written in place, and
 * @lanes the bits of the bytes that it has, since a write may be of a part; @now is what the
 * access kinds give, the result is what the register will hold. Nothing is stored yet. An alias
 * may have an entry of its own, and has that of the register that holds the bits otherwise. It
 * may let work of this register be noticed, and call it off. */
typedef uint64_t nap_on_store(struct nap_machine *m, unsigned device, unsigned slot,
                              uint64_t written, uint64_t lanes, uint64_t now);

/* Beyond what the watchdog lets a driver wait for (10000 equal reads), as if without end. */
#define NAP_WORK_READS_MAX 65535u

/* What an access meets while its device has no power. */
enum nap_unpowered {
    NAP_UNPOWERED_ONES,  /* reads show ones, writes are lost */
    NAP_UNPOWERED_ZEROS, /* reads show 0, writes are lost */
    NAP_UNPOWERED_ABORT, /* an external abort ends the driver call that made it */
};

/* A read by the driver, never a look by a probe or a rule: returns what it shows instead of
 * @value. */
typedef uint64_t nap_on_read(struct nap_machine *m, unsigned device, unsigned index,
                             uint64_t value);

/* What `restore: relation` of a model means: whether the register may hold @now after resume
 * where it held @golden at suspend entry. Only looks. */
struct nap_relation {
    const char *name; /* as the model's fields name it */
    bool (*holds)(const struct nap_machine *m, unsigned device, unsigned slot, uint64_t golden,
                  uint64_t now);
};

/* What devices send each other beside accesses of memory and registers. */
enum nap_message_kind {
    NAP_MSG_ATC_INVALIDATE, /* drop translations that the receiver keeps */
    NAP_MSG_PAGE_REQUEST,   /* a page is not there and is wanted */
    NAP_MSG_PAGE_RESPONSE,  /* the answer to a group of page requests */
    NAP_MSG_STALL_ENDED,    /* a transaction that was held goes on, or has been ended */
};

/* What a field means that has no comment is the kind's. */
struct nap_message {
    enum nap_message_kind kind;
    uint32_t from; /* device that sends it */
    uint32_t port; /* StreamID that it is about */
    bool has_substream;
    uint32_t substream; /* 20 bits */
    nap_addr address;   /* first byte that it is about */
    uint64_t size_bytes;
    uint32_t tag;  /* tells messages apart that belong together: PRGIndex, STAG */
    uint32_t code; /* of a response */
    bool read, write, exec, priv; /* what a page request asks for */
    bool last;                    /* the last request of its group */
    bool global;                  /* whatever the substream */
};

struct nap_block {
    uint32_t abi; /* NAP_BLOCK_ABI */
    const struct nap_model
        *model; /* its registers; model->name binds it to a machine's devices */
    /* The block's own constants, as where registers lie: one behaviour for several models. */
    const void *data;
    size_t state_bytes; /* hidden state of one device, zeroed at create */

    /* By model register; NULL entries (or a NULL table) for registers without effect. */
    nap_on_write *const *on_write;
    nap_on_store *const *on_store;
    nap_on_read *const *on_read;
    /* Names of the edge outputs, up to NAP_OUTPUTS_MAX, with NULL at the end; or NULL. */
    const char *const *outputs;
    /* Undetermined content of the register has become definite because software read it. May
     * be NULL, as all that follow. */
    void (*settled)(struct nap_machine *m, unsigned device, unsigned slot);
    /* A power edge is about to take the device down: registers, work and hidden state are
     * still as they are. */
    void (*power_going)(struct nap_machine *m, unsigned device);
    /* A power edge, after the register file has lost or regained its values. */
    void (*power_off)(struct nap_machine *m, unsigned device);
    void (*power_on)(struct nap_machine *m, unsigned device);
    /* What accesses meet in between. NULL: ones. */
    enum nap_unpowered (*unpowered)(const struct nap_machine *m, unsigned device);
    /* Items of nap_work_begin() that one device may have under way at once. */
    unsigned n_work;
    /* Hardware finished what setting @mask in the register, or nap_work_begin(), started;
     * self-clearing bits of it are clear now. */
    void (*work_done)(struct nap_machine *m, unsigned device, unsigned slot, uint64_t mask);
    /* Reads of a late work item before it finishes; more than NAP_WORK_READS_MAX count as that
     * many. NULL: 3. */
    unsigned (*work_reads)(const struct nap_machine *m, unsigned device);
    /* Software reads the 32-bit word of RAM at @address while work of the device is unfinished.
     * What ends by a write of that word is seen by it: nap_work_read(). */
    void (*ram_read)(struct nap_machine *m, unsigned device, nap_addr address);
    /* Whether writes of its registers may be on their way for a while (kind `post`). NULL: yes.
     */
    bool (*posted)(const struct nap_machine *m, unsigned device);
    /* Whether anything comes of writing @value to a register that has an entry in on_write or
     * on_store, and holds @value by an earlier write (kind `post`). NULL: yes. */
    bool (*notices_same)(const struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t value);
    /* Ports of one device, from 0; 0: no traffic crosses it. Nothing is allocated by it. */
    unsigned n_ports;
    /* As nap_probe_transaction() and nap_dma_transaction(); NULL without ports. A probe adds to
     * @out, which is empty, at most NAP_OUTCOMES_MAX outcomes: more end the process with an
     * assertion. */
    void (*probe)(const struct nap_machine *m, const struct nap_transaction *transaction,
                  struct nap_outcomes *out, struct nap_footprint *footprint);
    struct nap_outcome (*dma)(struct nap_machine *m, const struct nap_transaction *transaction);
    /* What tells a port from others, as a number: those of the device with equal @treatment
     * answer nap_probe() alike, until something changes that the answer depends on beside
     * @footprint, to which this adds what it looks at. False: the port may answer as no other.
     * NULL: each may. */
    bool (*treatment)(const struct nap_machine *m, unsigned device, unsigned port,
                      uint64_t *treatment, struct nap_footprint *footprint);
    /* A message of another device; false if it is not one that the device takes. */
    bool (*message)(struct nap_machine *m, unsigned device, const struct nap_message *message);
    /* How many stalled transactions and groups of page requests software has been told of and
     * owes an answer. NULL: none. */
    unsigned (*open_requests)(const struct nap_machine *m, unsigned device);

    const struct nap_rule *rules;
    unsigned n_rules;
    const struct nap_relation *relations; /* all that the model names */
    unsigned n_relations;
    /* What of @resets, reset values by register of the model, contradicts itself, as features
     * do of which one needs the other: a phrase for people, a literal. NULL: nothing does.
     * Asked once, before there is a machine. */
    const char *(*contradiction)(const uint64_t *resets);
    /* The device, which has power, finds that it can no longer be relied on: nap_device_fail().
     */
    void (*fail)(struct nap_machine *m, unsigned device);
    /* Of an interrupt controller: its input @intid goes high or low, that of @cpu if it is a
     * private one (else 0). Also while it has no power: the wire is outside, and nap_line()
     * says at power_on what its level is. */
    void (*line)(struct nap_machine *m, unsigned device, uint32_t intid, unsigned cpu,
                 bool level);
    /* Of an interrupt controller: whether it has input @intid, of @cpu if it is a private one
     * (else 0), as its registers reset. It hears of no other. NULL: it has all. */
    bool (*has_input)(const struct nap_machine *m, unsigned device, uint32_t intid,
                      unsigned cpu);
    /* An interrupt message of the machine's hits the device, which has power, at @offset: a
     * 32-bit write of @data by the device that is known as @from (its line, as DeviceID;
     * NAP_SOC_NONE if it has none). False: it is refused. */
    bool (*msi)(struct nap_machine *m, unsigned device, uint32_t from, uint32_t offset,
                uint32_t data);
    /* Whether an access of the running CPU to this system register, which is there, is
     * UNDEFINED or trapped now. A look. NULL: never. */
    bool (*undefined)(const struct nap_machine *m, unsigned device, unsigned slot,
                      bool is_write);
    /* The slot that an access of the running CPU to this system register meets, which is not
     * UNDEFINED: another one where the register stands once for each Security state. A look.
     * NULL: the slot itself. */
    unsigned (*banked)(const struct nap_machine *m, unsigned device, unsigned slot);
    /* There is no behaviour: what hardware would change or answer is not modelled, and so are
     * relations. */
    bool registers_only;
};

/**
 * nap_block_of_model - a block of registers alone
 * @model: outlives the block
 *
 * Registers behave as the model's tables say, and self-clearing bits finish as hardware work.
 * Whatever is hardware's to change counts as not modelled when it is accessed: fields with
 * `restore: none`, and those that only hardware sets (w0c, w1c, rc).
 */
NAP_EXPORT struct nap_block nap_block_of_model(const struct nap_model *model);

/* --- state --- */

/* nap_block.data of the device's block. */
NAP_EXPORT const void *nap_block_data(const struct nap_machine *m, unsigned device);
/* The device's hidden state; const for looking, and for changing after nap_touch(). */
NAP_EXPORT const void *nap_block_state(const struct nap_machine *m, unsigned device);
NAP_EXPORT void *nap_block_state_mut(struct nap_machine *m, unsigned device);
/* Must be called before [p, p + bytes) of the arena is written. */
NAP_EXPORT void nap_touch(struct nap_machine *m, const void *p, size_t bytes);

/* --- registers --- */

/* Bits kept beside each register. */
#define NAP_MARK_WRITTEN      0x01u /* by software, since power-on */
#define NAP_MARK_EVER         0x02u /* by software, since the first power-on */
#define NAP_MARK_UNDETERMINED 0x04u /* content unknown until somebody needs it */
#define NAP_MARK_SEEN_BUSY    0x08u /* the last read showed unfinished work */

/* The slot of a register for accesses of @cpu: @slot itself unless it is banked. */
NAP_EXPORT unsigned nap_bank_slot(const struct nap_machine *m, unsigned device, unsigned slot,
                                  unsigned cpu);
/* Value and marks, without side effects. Of an alias: those of what it shows. */
NAP_EXPORT uint64_t nap_reg_get(const struct nap_machine *m, unsigned device, unsigned slot);
NAP_EXPORT unsigned nap_reg_marks(const struct nap_machine *m, unsigned device, unsigned slot);
/* Hardware changes a register. Dependent probes are marked. */
NAP_EXPORT void nap_reg_set(struct nap_machine *m, unsigned device, unsigned slot,
                            uint64_t value);
/* Hardware gives a register its content, which is definite from here on: of one that only seems
 * to lose it, as part of an array that does. */
NAP_EXPORT void nap_reg_define(struct nap_machine *m, unsigned device, unsigned slot,
                               uint64_t value);
/* What the register holds after a reset: of one that never changes, a property of the device.
 */
NAP_EXPORT uint64_t nap_reg_reset(const struct nap_machine *m, unsigned device, unsigned slot);
/* Hardware needs the content of a register that may be undetermined: it becomes definite. */
NAP_EXPORT void nap_reg_settle(struct nap_machine *m, unsigned device, unsigned slot);
/* Hardware makes the content of a register UNKNOWN, as after a power cut. */
NAP_EXPORT void nap_reg_forget(struct nap_machine *m, unsigned device, unsigned slot);
/* Value at suspend entry of what software had written by then; false if there is none. */
NAP_EXPORT bool nap_golden(const struct nap_machine *m, unsigned device, unsigned slot,
                           uint64_t *value);

/* The device it forwards to, or itself. */
NAP_EXPORT unsigned nap_upstream(const struct nap_machine *m, unsigned device);
NAP_EXPORT unsigned nap_device_line(const struct nap_machine *m, unsigned device);
/* The device whose upstream is @device, whose line is @line, as a StreamID, and that takes
 * messages; or -1. */
NAP_EXPORT int nap_device_behind(const struct nap_machine *m, unsigned device, uint32_t line);
/* Delivers @message to the block of device @to; false if that has no power or does not take it.
 */
NAP_EXPORT bool nap_message_send(struct nap_machine *m, unsigned to,
                                 const struct nap_message *message);
/* The first device after @after (-1: of all) that has @device as its upstream and is another;
 * or -1. */
NAP_EXPORT int nap_device_next_behind(const struct nap_machine *m, unsigned device, int after);
/* The CPU whose system registers the device has, or NAP_SOC_NONE. */
NAP_EXPORT uint32_t nap_device_cpu(const struct nap_machine *m, unsigned device);
/* What the machine's controller, which there is, shows @cpu from here on: NAP_SIGNAL_ bits. A
 * step if it changes. */
NAP_EXPORT void nap_signal_set(struct nap_machine *m, unsigned cpu, unsigned signals);
/* Interrupt @intid goes on in its life, as @what says: a literal, NAP_LABEL_INTERRUPT_ or
 * another of the block. @about is the CPU, or NAP_ABOUT_NOBODY. */
NAP_EXPORT void nap_interrupt_step(struct nap_machine *m, unsigned device, uint32_t intid,
                                   unsigned about, const char *what);
/* The same of one that a message asks for, whose sender has that DeviceID. */
NAP_EXPORT void nap_message_step(struct nap_machine *m, unsigned device, uint32_t intid,
                                 uint32_t device_id, const char *what);
/* Level of the device's interrupt output. Where the machine has a controller, that of its input
 * as well, which soc.h calls the device's irq; inputs of several devices are ORed. */
NAP_EXPORT void nap_wire_set(struct nap_machine *m, unsigned device, bool level);
NAP_EXPORT bool nap_wire(const struct nap_machine *m, unsigned device);

/* --- edges and messages: interrupts that stay raised without their device --- */

#define NAP_OUTPUTS_MAX 8 /* edge outputs of one device */

/* Raises edge output @output: it is pending at the interrupt controller until it is taken,
 * whatever becomes of the device. One that is pending stays so. */
NAP_EXPORT void nap_edge(struct nap_machine *m, unsigned device, unsigned output);
NAP_EXPORT bool nap_edge_pending(const struct nap_machine *m, unsigned device, unsigned output);
/* The output's name (nap_block.outputs), or NULL. */
NAP_EXPORT const char *nap_output_name(const struct nap_machine *m, unsigned device,
                                       unsigned output);
/* A 32-bit write of @data by @device at a multiple of 4. At the machine's doorbell (soc.h: msi)
 * it raises the output that software has allocated @data for, if there is one. In the window of
 * a device that takes messages it is that one's (nap_block.msi). Elsewhere it is a write to
 * RAM. False: there is nothing, and the write is aborted. */
NAP_EXPORT bool nap_msi_send(struct nap_machine *m, unsigned device, nap_addr address,
                             uint32_t data);

/* --- hardware work (design 4.8) --- */

/* Starts work that no self-clearing bit stands for: reads of the bits of @mask in the register
 * notice it, and @mask tells items of one register apart, so their masks share no bit. What it
 * does is the block's (nap_block.work_done), self-clearing bits of @mask clear. Nothing happens
 * if it is under way. The block says in n_work how many there may be. */
NAP_EXPORT void nap_work_begin(struct nap_machine *m, unsigned device, unsigned slot,
                               uint64_t mask);
/* Whether work started by @mask of the register is unfinished. */
NAP_EXPORT bool nap_work_pending(const struct nap_machine *m, unsigned device, unsigned slot,
                                 uint64_t mask);
/* Somebody could notice: asks the latency choice if it has not been asked. Afterwards the item
 * is either done or late. */
NAP_EXPORT void nap_work_notice(struct nap_machine *m, unsigned device, unsigned slot,
                                uint64_t mask);
/* Software has read what shows the end of the work, outside the register: as a read of these
 * bits of the register (nap_block.ram_read). */
NAP_EXPORT void nap_work_read(struct nap_machine *m, unsigned device, unsigned slot,
                              uint64_t mask);
/* Calls unfinished work off: it is never done. The bits of the register are the caller's. */
NAP_EXPORT void nap_work_cancel(struct nap_machine *m, unsigned device, unsigned slot,
                                uint64_t mask);

/* --- footprints: what a probe's answer depends on --- */

#define NAP_FOOTPRINT_MAX       64
#define NAP_FOOTPRINT_PAGES_MAX 128

struct nap_footprint {
    /* Entries used; more are counted, not stored: then all registers, or all pages, count. */
    unsigned n, n_pages;
    uint64_t pages[NAP_FOOTPRINT_PAGES_MAX]; /* of RAM: address / 4096, each once */
    struct {
        uint32_t device;
        uint32_t slot; /* or the device's NAP_SLOT_HIDDEN */
    } list[NAP_FOOTPRINT_MAX];
};

#define NAP_SLOT_HIDDEN 0xfffeu /* hidden state of the device: TLBs and the like */

/* Reads a register for a probe. */
NAP_EXPORT uint64_t nap_probe_reg(const struct nap_machine *m, unsigned device, unsigned slot,
                                  struct nap_footprint *footprint);
/* Reads RAM for a probe, as nap_mem_read(): a probe reads by nothing else, since it is asked
 * again only if what it has noted changes. */
NAP_EXPORT bool nap_probe_mem(const struct nap_machine *m, nap_addr address, void *out,
                              size_t bytes, struct nap_footprint *footprint);
/* Notes that the answer depends on the device's hidden state. */
NAP_EXPORT void nap_probe_hidden(unsigned device, struct nap_footprint *footprint);
/* Hidden state that probes depend on has changed. */
NAP_EXPORT void nap_probe_changed(struct nap_machine *m, unsigned device);

/* --- blocks as objects ----------------------------------------------------------------------
 *
 * A shared object that defines `const struct nap_block nap_block`, with tables that regnap-gen
 * makes of its model. It has no variables: what changes lies in the machine. */

struct nap_block_object;

/**
 * nap_block_load - open a block object
 * @file: name in the file system
 * @out:  owned by the caller, nap_block_unload(); NULL on failure
 *
 * Looked through and trusted as nap_driver_load() does with a driver. Variables are found by
 * the symbols of the file.
 *
 * Returns what nap_driver_load() returns; NAP_ERR_ARG also for a variable.
 */
NAP_EXPORT enum nap_err nap_block_load(const char *file, struct nap_block_object **out,
                                       struct nap_error *error);
/* No machine may have it any more, and nothing may refer to its model or findings. */
NAP_EXPORT void nap_block_unload(struct nap_block_object *object);
NAP_EXPORT const struct nap_block *nap_block_of(const struct nap_block_object *object);
/* Digest over the bytes of the file. */
NAP_EXPORT struct nap_hash128 nap_block_object_digest(const struct nap_block_object *object);

#endif
