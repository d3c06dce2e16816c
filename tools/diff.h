/* SPDX-License-Identifier: MIT */
/* Private to regnap diff: two forms of a driver, what each did, and where they part. */
#ifndef REGNAP_DIFF_H
#define REGNAP_DIFF_H

#include "cli.h"

#include <regnap/os.h>

/* --- record.c: what the driver did in one run --- */

enum window { WINDOW_AWAKE, WINDOW_SUSPEND, WINDOW_RESUME, WINDOWS };
extern const char *const window_names[WINDOWS]; /* "in resume" */
extern const char *const window_ids[WINDOWS];   /* "resume" */

enum deed_kind { DEED_READ, DEED_WRITE, DEED_BARRIER };

/* One access or barrier of the driver. */
struct deed {
    enum deed_kind kind;
    enum window window;
    unsigned sleep; /* how many sleeps had begun */
    nap_step step;
    unsigned device, reg, index; /* no barrier */
    uint64_t value;              /* read, or sent by the CPU */
    const char *barrier;
    struct nap_source source;
    bool again; /* a read that was the same as the one before: a poll */
};

struct record {
    unsigned n, room;
    struct deed *deeds;
    struct nap_run_result result;
};

/* A run without choices of its own: the plainest, with hardware as @policy says. */
int record_collect(const struct job *job, enum nap_policy policy, struct record *record);
void record_free(struct record *record);
/* Register accesses behind step @from, up to @to. */
unsigned record_accesses(const struct record *record, nap_step from, nap_step to);

/* --- groups of devices: units of one model and variant are told together --- */

/* The first device of its group. */
unsigned group_of(const struct nap_soc *soc, unsigned device);
/* "mm" where it is alone, "caches" otherwise. */
const char *group_text(const struct nap_soc *soc, unsigned group, char out[NAP_NAME_MAX]);
const char *reg_name(const struct nap_soc *soc, unsigned group, unsigned reg);

/* --- the comparison --- */

/* What became of a violation of one side on the other. */
enum fate {
    FATE_ALONE, /* the other does not have it */
    FATE_BOTH,
    FATE_TRIED, /* of A: B has it, and its search ended before it met it */
    FATE_MOVED, /* another register's write brings the same to light there */
};

struct side {
    char name[256]; /* of the variant or the object, as the other side's differs from it */
    struct job job;
    struct nap_explore_config config;
    struct nap_explore_result explored;
    struct record plain; /* the run without choices */
    struct record lazy;  /* the same where hardware takes its time: waits show as polls */
    char **names;        /* counterexample files, or NULL */
    enum fate *fates;    /* by violation */
};

/* Which writes come before which others, as far as they do. */
enum order {
    ORDER_BEFORE,
    ORDER_AFTER,
    ORDER_EACH_BEFORE, /* on each unit or in each context, not over all of them */
    ORDER_EACH_AFTER,
    ORDER_MIXED,
};

#define CLASSES_MAX 64

/* Writes that are ordered as one: of a register, on all units of a group. */
struct write_class {
    unsigned group, reg;
    enum { ANY_VALUE, ZERO, NOT_ZERO } value; /* told apart where both are written */
};

struct order_change {
    enum window window;
    uint64_t first, then; /* classes: @first before @then, in B unless B has no order */
    enum order a, b;
    struct nap_source first_source, then_source; /* the last and the first of them, in B */
};

enum change { ADDED, REMOVED, CHANGED };
extern const char *const change_names[];

/* A register that one side writes, reads or waits for and the other does not, or that both
 * write with other values. */
struct access_change {
    enum window window;
    enum change change;
    unsigned group, reg;
    unsigned places;        /* elements, on all units of the group */
    unsigned device, index; /* the first of them */
    char a[200], b[200];    /* CHANGED: what each writes there */
    struct nap_source a_source, b_source;
};

struct access_changes {
    unsigned n, room;
    struct access_change *list;
};

struct barrier_change {
    enum window window;
    const char *barrier;
    unsigned a, b;            /* how often */
    struct nap_source source; /* of the first in the side that has more */
};

#define BARRIER_CHANGES_MAX (WINDOWS * NAP_BARRIERS)

/* Ports of one master that the platform must keep from sending. */
struct duty {
    bool there;
    enum nap_outcome_kind outcome;
    uint64_t steps;
    unsigned accesses;
    char until[160];
};

struct duty_change {
    unsigned master, device;
    struct duty a, b;
};

#define DUTY_CHANGES_MAX NAP_SOC_MASTERS_MAX /* each has its ports behind one device */

struct diff {
    struct side a, b;
    unsigned *moved_from; /* by violation of B with FATE_MOVED: the one of A that it was */
    unsigned n_classes[WINDOWS];
    struct write_class classes[WINDOWS][CLASSES_MAX];
    bool classes_cut; /* there are more, which no order tells of */
    unsigned n_orders, orders_room;
    struct order_change *orders;
    struct access_changes writes, reads, waits;
    unsigned n_barriers;
    struct barrier_change barriers[BARRIER_CHANGES_MAX];
    unsigned n_duties, n_same_duties;
    struct duty_change duties[DUTY_CHANGES_MAX];
};

/* diff.c */
unsigned side_count(const struct side *side, enum fate fate);

/* diff_order.c, diff_access.c, diff_duty.c */
void diff_orders(struct diff *d);
void diff_accesses(struct diff *d);
void diff_barriers(struct diff *d);
void diff_duties(struct diff *d);

/* diff_text.c, diff_json.c */
int diff_text(const struct diff *d);
int diff_mail(const struct options *options, const struct diff *d);
int diff_json(const struct diff *d);
/* "IMSCTLR, IMTTLBR0 of mm and IMCTR of caches" */
void classes_text(const struct diff *d, enum window window, uint64_t set, char *out,
                  size_t bytes);
/* "ds1.IMUCTR[32]" */
void access_place(const struct diff *d, const struct access_change *change, char *out,
                  size_t bytes);
const char *order_text(enum order order);

#endif
