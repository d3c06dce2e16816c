/* SPDX-License-Identifier: MIT */
/* Private to lib/gic: hidden state of one ITS, and the calls between its files. */
#ifndef NAP_GIC_ITS_H
#define NAP_GIC_ITS_H

#include <regnap/block.h>
#include <regnap/rule.h>

#include "its-model.h" /* generated from models/its.yaml, prefix ITS */

/* What the ITS keeps a copy of. Collections below GITS_TYPER.HCC have no other place. */
enum its_kind {
    ITS_DEVICE,     /* key: DeviceID */
    ITS_COLLECTION, /* key: ICID */
    ITS_EVENT,      /* key: DeviceID in bits 63:32, EventID */
    ITS_HELD,       /* key: ICID */
    ITS_KINDS
};

#define ITS_LINES_MAX                                                                          \
    64u /* of one kind; what a table in memory stands behind may be evicted                    \
         */

/* One mapping. The value is what stands in memory, which is the implementation's to say
 * (README.md): Valid in bit 63, and
 *   device:     address of the ITT in bits 51:8, EventID bits - 1 in bits 4:0
 *   collection: RDbase, bits 51:16 of a command, in bits 35:0
 *   event:      ICID in bits 47:32, INTID in bits 31:0 */
struct its_line {
    uint64_t key, value;
    uint32_t dirty; /* 1: memory does not have it yet */
    uint32_t reserved;
};

#define ITS_VALID UINT64_C(0x8000000000000000)

/* In the order of their keys: equal sets are equal bytes. */
struct its_cache {
    uint32_t n, reserved;
    struct its_line line[ITS_LINES_MAX];
};

/* What is wrong with a command. */
enum its_error {
    ITS_OK,
    ITS_BAD_COMMAND,         /* there is none of this number */
    ITS_BAD_ADDRESS,         /* the queue is not in RAM there */
    ITS_DEVICE_RANGE,        /* DeviceID beyond Devbits, or without a place in the table */
    ITS_DEVICE_UNMAPPED,     /* no MAPD */
    ITS_SIZE_RANGE,          /* of MAPD, beyond ID_bits */
    ITS_EVENT_RANGE,         /* EventID beyond that of MAPD */
    ITS_EVENT_UNMAPPED,      /* no MAPTI */
    ITS_INTID_RANGE,         /* no LPI */
    ITS_COLLECTION_RANGE,    /* ICID without a place */
    ITS_COLLECTION_UNMAPPED, /* no MAPC */
    ITS_TARGET_RANGE,        /* RDbase of no redistributor */
    ITS_ERRORS
};
extern const char *const its_error_names[ITS_ERRORS];

/* What a loss of power ended, noted as the power goes: what rules look at afterwards. */
struct its_at_off {
    uint32_t enabled;   /* GITS_CTLR.Enabled */
    uint32_t quiescent; /* GITS_CTLR.Quiescent */
    uint32_t dirty;     /* mappings that memory does not have */
    uint32_t reserved;
};

struct nap_its {
    uint32_t invalid; /* 1: GITS_CWRITER is beyond the queue */
    /* For rules. The first command in error of the last work item: */
    uint32_t error; /* enum its_error */
    uint32_t error_op, error_offset;
    /* GITS_CREADR and GITS_CWRITER as Enabled was set, or as GITS_CWRITER was written since,
     * before any command ran that this asks for. */
    uint32_t creadr_then, cwriter_then;
    /* The queue as it was last stopped, by Enabled or by a loss of power, which this outlasts:
     * GITS_CBASER, the offset of GITS_CREADR, and a digest of the commands up to there. */
    uint64_t cbaser_at_stop, digest_at_stop;
    uint32_t creadr_at_stop;
    uint32_t reserved;
    uint32_t untimely; /* 1: Enabled was last set while Quiescent was 0 */
    uint32_t junk;     /* 1 + DeviceID that the last work item mapped to an ITT with entries */
    uint64_t
        unsynced; /* redistributors, by device, that a command has been sent to since SYNC */
    struct its_at_off at_off;
    struct its_cache cache[ITS_KINDS];
};

static inline const struct nap_its *its_of(const struct nap_machine *m, unsigned device)
{
    return nap_block_state(m, device);
}

/* The state but for the caches, to change it. */
struct nap_its *its_mut(struct nap_machine *m, unsigned device);

/* --- its.c --- */
/* What a field of GITS_TYPER holds. */
unsigned its_typer(const struct nap_machine *m, unsigned device, uint64_t mask);
bool its_enabled(const struct nap_machine *m, unsigned device);
/* What a loss of power or a bad write may have left undetermined becomes definite. */
void its_settle(struct nap_machine *m, unsigned device);
/* The interrupt that (DeviceID, EventID) is, and the redistributor it goes to. */
struct its_translation {
    uint32_t intid;
    unsigned redistributor;
    uint16_t icid;
};
enum its_error its_translate(struct nap_machine *m, unsigned device, uint32_t device_id,
                             uint32_t event_id, struct its_translation *out);

/* --- its-table.c --- */
/* Whether there is a place for it: a table with Valid set reaches so far. */
bool its_has_place(struct nap_machine *m, unsigned device, enum its_kind kind, uint64_t key);
/* Its value, from the cache or from memory; 0 where nothing is mapped. */
uint64_t its_get(struct nap_machine *m, unsigned device, enum its_kind kind, uint64_t key);
/* It is mapped otherwise; memory follows later. */
void its_put(struct nap_machine *m, unsigned device, enum its_kind kind, uint64_t key,
             uint64_t value);
/* Held in the ITS or in memory. */
enum its_kind its_collection_kind(const struct nap_machine *m, unsigned device, uint32_t icid);
/* Events of a device whose ITT is another one, or gone, are dropped. */
void its_forget_events(struct nap_machine *m, unsigned device, uint32_t device_id);
/* Whether memory has a valid entry in the ITT of that mapping of a device. */
bool its_itt_in_use(const struct nap_machine *m, unsigned device, uint64_t mapping);
void its_write_back(struct nap_machine *m, unsigned device);
unsigned its_dirty(const struct nap_machine *m, unsigned device);
/* Nothing of that kind is cached any more, and what memory does not have is lost. */
void its_drop(struct nap_machine *m, unsigned device, enum its_kind kind);
void its_drop_unwritten(struct nap_machine *m, unsigned device);
/* Whether translations are possible: every table that is needed is there. */
bool its_tables_valid(const struct nap_machine *m, unsigned device);
/* What memory says, whatever is cached: for rules. 0 if there is no place. */
uint64_t its_in_memory(const struct nap_machine *m, unsigned device, enum its_kind kind,
                       uint64_t key);

/* --- its-queue.c --- */
#define ITS_COMMAND_BYTES 32u
/* Bytes of the queue. */
uint32_t its_queue_bytes(const struct nap_machine *m, unsigned device);
void its_queue_go_on(struct nap_machine *m, unsigned device); /* starts, or was added to */
void its_queue_stop(struct nap_machine *m, unsigned device);
void its_queue_work(struct nap_machine *m, unsigned device);
/* For rules: the queue as commands are about to run, and as it stops; and whether those that
 * are about to run begin with all that had run up to the stop, in memory that is as it was. */
void its_queue_note(struct nap_machine *m, unsigned device);
void its_queue_note_stop(struct nap_machine *m, unsigned device);
bool its_queue_runs_again(const struct nap_machine *m, unsigned device);
nap_on_write its_cbaser_written, its_cwriter_written;
nap_on_store its_cwriter_stored;

/* --- its-command.c --- */
struct its_command {
    uint64_t dw[4];
};
enum its_error its_run(struct nap_machine *m, unsigned device, const struct its_command *c);
/* The redistributor that RDbase names, bits 51:16 of a command; false: none. */
bool its_target(const struct nap_machine *m, unsigned device, uint64_t rdbase, unsigned *out);

/* --- its-rules.c --- */
#define ITS_N_RULES 9
extern const struct nap_rule nap_its_rules[ITS_N_RULES];

extern const struct nap_block nap_its_block;

#endif
