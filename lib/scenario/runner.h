/* SPDX-License-Identifier: MIT */
/* Private to lib/: one scenario on one machine, run from quiet point to quiet point. Here stand
 * what a run is, and its loop. What the loop calls stands beside it: create.h how a run is
 * made, calls.h what the driver is asked, sleep.h suspend and resume, events.h what comes by
 * itself, twin.h what is compared after resume. */
#ifndef NAP_RUNNER_H
#define NAP_RUNNER_H

#include "../explore/explore.h"
#include "../rules/judge.h"

/* What the driver holds of the OS, all devices together. */
struct nap_held {
    uint64_t n_allocs;
    uint32_t references, interrupts, vectors, reserved;
};

/* Of a driver whose calls come in turn with those of others: what is put aside meanwhile. */
struct nap_lane_position {
    uint64_t remaining;
    uint32_t done; /* of its phases */
    uint32_t walking;
};

/* Where the run stands: part of the machine's hashed state. Only grows. */
struct nap_position {
    uint64_t remaining; /* walk: devices still to visit, by device index */
    uint64_t added;     /* masters that add_master has returned 0 for, by machine index */
    uint64_t cpus_down; /* CPUs that software has taken down, or not brought up yet */
    uint64_t skipped;   /* calls among the operations that no sleep since the twin was kept
                           has come to */
    uint32_t op;
    uint32_t phase;  /* of suspend or resume: how many are over */
    uint32_t inside; /* 1: the operation has begun */
    uint32_t walking;
    uint32_t set_up; /* 1: setup choices are made */
    uint32_t slept;  /* number of the last sleep, from 1: what to compare with; 0: none */
    int32_t suspend_result, resume_result;
    uint32_t ended;
    uint32_t refused; /* 1: the driver refused an operation, so there is nothing to expect */
    uint32_t broken;  /* 1: a hardware fault came before the last suspend: no twin to be like */
    uint32_t fill;    /* commands of an operation `fill` */
    uint32_t inited;  /* domains that domain_init has returned 0 for */
    uint32_t known;   /* domains that have been attached once, with all mappings */
    /* Clients: how many of its calls each has made; those that wait for the system to wake, and
     * those that have given up. */
    uint8_t calls[NAP_SCENARIO_CLIENTS_MAX];
    uint32_t waiting, gone;
    uint32_t journal_from; /* the first operation that the twin has not seen */
    uint32_t breaks;       /* enum nap_break: how the driver call under way is left */
    uint32_t awake;        /* bit by number of a driver: it has not slept, and resume
                              leaves it out */
    uint32_t lost;         /* enum nap_lost: power has gone at a step; once in a run */
    uint32_t lane;         /* lanes.c: the one that is under way */
    uint8_t sent[NAP_SCENARIO_TRAFFIC_MAX]; /* how often each transaction has been sent */
    struct nap_lane_position lanes[NAP_DRIVERS_MAX];
    struct nap_hash128 outlook; /* in a search: what the twin will show (outlook.c) */
    /* Since the last sleep began, if one has. */
    struct nap_held held;
    uint32_t held_kept;
    uint32_t has_slept; /* 1: a sleep has been looked at from both sides */
};

/* Whether power has gone at a step of a suspend or resume, and resume has not ended since. */
enum nap_lost { NAP_LOST_NOT, NAP_LOST_JUST_NOW, NAP_LOST_ONCE };

enum nap_break { NAP_BREAK_NONE, NAP_BREAK_LOSS, NAP_BREAK_ABORT };

struct nap_twin; /* twin.h */
struct nap_undo; /* undo.c */

/* The devices of one walk, in the order they were chosen. */
struct nap_walk {
    enum nap_direction direction;
    unsigned n;
    unsigned devices[NAP_SOC_DEVICES_MAX];
};

#define NAP_WALKS_MAX 32

/* An operation keeps one twin at most, and what goes off by itself after it, or after a call of
 * a client, one more. */
#define NAP_SLEEPS_MAX                                                                         \
    (2 * NAP_SCENARIO_OPS_MAX + NAP_SCENARIO_CLIENTS_MAX * NAP_SCENARIO_CALLS_MAX)

/* One call or walk of suspend or resume: a phase of the driver, or a CPU that goes or comes. */
struct nap_part {
    const struct nap_phase *phase;
    unsigned cpu;    /* 0 of the driver's own phases */
    uint32_t driver; /* number of it: nap_os_driver() */
};

#define NAP_PARTS_MAX (NAP_DRIVERS_MAX * 128u + NAP_SOC_CPUS_MAX)

/* Those of suspend or of resume, in their order; from @open_from to before @open_to in any that
 * keeps the order within each lane. */
struct nap_parts {
    uint32_t n;
    struct nap_part list[NAP_PARTS_MAX];
    uint32_t open_from, open_to, n_lanes;
    struct {
        uint32_t first, n;
    } lanes[NAP_DRIVERS_MAX];
};

struct nap_runner {
    const struct nap_run_config *config;
    struct nap_parts suspend, resume;
    uint32_t taker; /* number of the driver that takes interrupts, and that CPUs tell */
    struct nap_interrupt interrupts[NAP_INTERRUPTS_MAX]; /* the scenario's, then of devices */
    struct nap_machine *m;
    struct nap_judge *judge;
    struct nap_findings findings;
    struct nap_position *pos;
    /* The driver's objects, in driver RAM, made before anything runs. */
    struct nap_device *devices[NAP_SOC_DEVICES_MAX];
    struct nap_domain *domains[NAP_SCENARIO_DOMAINS_MAX];
    struct nap_master *masters[NAP_SOC_MASTERS_MAX]; /* by machine index; NULL: not used */
    /* Those of each domain of the scenario that this machine has, in order. */
    uint32_t n_members[NAP_SCENARIO_DOMAINS_MAX];
    struct nap_master *members[NAP_SCENARIO_DOMAINS_MAX][NAP_SCENARIO_MASTERS_MAX];
    uint64_t autonomous; /* masters that the scenario says are */
    uint32_t all_domains;
    unsigned n_eligible; /* of the last order choice, for people */
    unsigned eligible[NAP_SOC_DEVICES_MAX];
    /* One list order in all walks, as ranks from the head; NULL: choose freely. */
    const unsigned *forced_rank;
    uint32_t comers[NAP_SCENARIO_INTERRUPTS_MAX]; /* of the last choice of an interrupt */
    uint32_t senders[NAP_SCENARIO_TRAFFIC_MAX];   /* and of a transaction */
    const struct nap_parts *parts;                /* of the last choice of a lane */
    uint32_t lanes[NAP_DRIVERS_MAX];
    unsigned n_callers; /* of the last choice of a client */
    unsigned callers[NAP_SCENARIO_CLIENTS_MAX];
    /* The walks of a run, for reports: how many, and the first of them. */
    unsigned n_walks;
    struct nap_walk walks[NAP_WALKS_MAX];
    struct nap_twin *twins[NAP_SLEEPS_MAX]; /* by number of the sleep, less 1 */
    struct nap_undo *undo;                  /* before the call that is under way */
    unsigned failed_line; /* operation that the driver refused, and how; 0: none */
    int failed_result;
    const char *failed_device; /* that it refused to probe, or NULL */
    char failed_log[160];      /* the last that it logged in that call, or "" */
};

/* create.c */
enum nap_err nap_runner_create(const struct nap_run_config *config, struct nap_runner **out,
                               struct nap_error *error);
void nap_runner_destroy(struct nap_runner *r);

/* To the next quiet point; false at the end of the run (subject.h form). */
bool nap_runner_advance(void *runner);
struct nap_subject nap_runner_subject(struct nap_runner *r);
/* means.c: text for people; "" if the choice needs none. */
void nap_runner_means(void *runner, const struct nap_choice *choice, char *out, size_t bytes);

/* The position, about to be changed. */
static inline struct nap_position *nap_position_open(struct nap_runner *r)
{
    nap_touched(r->m, r->pos, sizeof *r->pos);
    return r->pos;
}

/* The operation is over. */
void nap_runner_next_op(struct nap_runner *r);
/* The driver refused a call that nothing gives it a reason to refuse: the scenario is not to be
 * had. */
void nap_runner_refused(struct nap_runner *r, const struct nap_scenario_op *op, int result);
/* The scenario asks for what cannot be; an error of its line, with @name in @format. */
void nap_runner_impossible(struct nap_runner *r, const struct nap_scenario_op *op,
                           const char *format, const char *name);
/* Whether an error is the right answer: of broken hardware, or where something failed in the
 * call itself. A call that never came back is a verdict already. */
bool nap_runner_may_fail(const struct nap_runner *r);
/* Another call of the driver than the operations' is over; @was_asleep: any device was before
 * it. What power has taken and brought back with it is looked at, interrupts may be taken. */
void nap_runner_called(struct nap_runner *r, bool was_asleep);
/* What had power taken is back. Where the run goes on: what the comparison needs finished stays
 * as it is, and interrupts that waited are taken, after it has seen them wait. */
void nap_runner_compare_in_passing(struct nap_runner *r);
/* What only the runner can tell. Silent where nothing is judged. */
void nap_runner_violation(struct nap_runner *r, const char *rule, unsigned device,
                          unsigned port, const char *format, ...) NAP_PRINTF(5, 6);

#endif
