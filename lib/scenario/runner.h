/* SPDX-License-Identifier: MIT */
/* Private to lib/: one scenario on one machine, run from quiet point to quiet point. */
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
    struct nap_hash128 outlook; /* in a search: what the twin will show (equivalence.c) */
    /* Since the last sleep began, if one has. */
    struct nap_held held;
    uint32_t held_kept;
    uint32_t has_slept; /* 1: a sleep has been looked at from both sides */
};

/* Where a suspend or resume may break off. */
enum nap_break_place {
    NAP_BREAK_AT_READ,
    NAP_BREAK_AT_WRITE,
    NAP_BREAK_AT_BARRIER,
    NAP_BREAK_AT_STORE,
    NAP_BREAK_AT_CALL, /* between two driver calls */
    NAP_BREAK_PLACES
};

/* Whether power has gone at a step of a suspend or resume, and resume has not ended since. */
enum nap_lost { NAP_LOST_NOT, NAP_LOST_JUST_NOW, NAP_LOST_ONCE };

enum nap_break { NAP_BREAK_NONE, NAP_BREAK_LOSS, NAP_BREAK_ABORT };

struct nap_twin; /* equivalence.c */
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

enum nap_err nap_runner_create(const struct nap_run_config *config, struct nap_runner **out,
                               struct nap_error *error);
void nap_runner_destroy(struct nap_runner *r);
/* To the next quiet point; false at the end of the run (subject.h form). */
bool nap_runner_advance(void *runner);
void nap_runner_means(void *runner, const struct nap_choice *choice, char *out, size_t bytes);
struct nap_subject nap_runner_subject(struct nap_runner *r);

/* What the operation asks of the driver beside suspend and resume, if it does: 0, or how it was
 * refused. */
int nap_runner_call(struct nap_runner *r, const struct nap_scenario_op *op);
/* The same, and DMA, power, firmware: any operation but suspend and resume. */
int nap_runner_do(struct nap_runner *r, const struct nap_scenario_op *op);
/* Whether an error is the right answer: of broken hardware, or where something failed in the
 * call itself. A call that never came back is a verdict already. */
bool nap_runner_may_fail(const struct nap_runner *r);
/* A phase failed: the rest of it, and of the scenario, does not happen. A failed resume leaves
 * the masters held. */
void nap_runner_phase_failed(struct nap_runner *r, bool resume, int result);
/* Operations from @from on are left out, and the run goes on at @to. */
void nap_runner_skip(struct nap_runner *r, uint32_t from, uint32_t to);
/* The position is at resume, and what resume does is done. */
void nap_runner_resumed(struct nap_runner *r);
/* The driver refused a call that nothing gives it a reason to refuse: the scenario is not to be
 * had. */
void nap_runner_refused(struct nap_runner *r, const struct nap_scenario_op *op, int result);
/* Another call of the driver than the operations' is over; @was_asleep: any device was before
 * it. What power has taken and brought back with it is looked at, interrupts may be taken. */
void nap_runner_called(struct nap_runner *r, bool was_asleep);
/* Driver calls, with the ledger kept on both sides. 0 or negative errno. */
int nap_runner_attach(struct nap_runner *r, unsigned domain, struct nap_master *master);
int nap_runner_detach(struct nap_runner *r, struct nap_master *master);
int nap_runner_map(struct nap_runner *r, unsigned domain,
                   const struct nap_scenario_mapping *mapping);
int nap_runner_unmap(struct nap_runner *r, unsigned domain, nap_addr iova, uint64_t size_bytes);
/* A driver call that names one device. */
int nap_runner_tell(struct nap_runner *r, const char *label,
                    int (*call)(struct nap_device *device), unsigned device);
/* What only the runner can tell. Silent where nothing is judged. */
void nap_runner_violation(struct nap_runner *r, const char *rule, unsigned device,
                          unsigned port, const char *format, ...) NAP_PRINTF(5, 6);

/* quiet.c: what may happen between two driver calls. */
/* Interrupts whose lines are high are taken: all of them, or those that are not put off. */
void nap_runner_interrupts(struct nap_runner *r);
void nap_runner_offer_interrupts(struct nap_runner *r);
/* All of them, but threads that are put off. */
void nap_runner_hard_interrupts(struct nap_runner *r);
/* An operation between suspend and resume is over: the rest up to resume may be left out. */
void nap_runner_may_abandon(struct nap_runner *r);

/* interrupts.c: sources of interrupts behind a simulated controller. */
/* Makes the list that the driver sees, and checks that machine and driver can have it. */
enum nap_err nap_runner_list_interrupts(struct nap_runner *r, struct nap_error *error);
/* Asks whether one comes, or a guest ends one; true if so, and this is a quiet point again. */
bool nap_runner_interrupt_comes(struct nap_runner *r);
/* The same before an access of suspend or resume, where only lines change. */
bool nap_runner_asks_lines(const struct nap_runner *r);
void nap_runner_line_changes(struct nap_runner *r);
/* Operations RAISE to END_INTERRUPT. */
void nap_runner_interrupt_op(struct nap_runner *r, const struct nap_scenario_op *op);
/* The entry of suspend, and the end of resume: what was planned comes; and what wake logic has
 * seen, and nobody has handled since, comes again. */
void nap_runner_raise_planned(struct nap_runner *r);
void nap_runner_raise_woken(struct nap_runner *r);
/* All power goes at a step of suspend or resume. */
void nap_runner_interrupts_lose_power(struct nap_runner *r);
/* All guests end what they have; whether any had something. */
bool nap_runner_guests_end(struct nap_runner *r);
/* No driver call follows: what was raised and nobody has taken is lost. */
void nap_runner_interrupts_end(struct nap_runner *r);
/* Raises it, whatever has been raised. */
void nap_runner_raise(struct nap_runner *r, uint32_t index);
/* Text for people, if the choice is one of these. */
bool nap_runner_interrupt_means(const struct nap_runner *r, const struct nap_choice *choice,
                                char *out, size_t bytes);

/* traffic.c: transactions of masters that may send. */
enum nap_err nap_runner_check_traffic(const struct nap_runner *r, struct nap_error *error);
/* Asks whether one is sent; true if so, and this is a quiet point again. */
bool nap_runner_sends(struct nap_runner *r);
/* The same before an access of suspend or resume. */
bool nap_runner_asks_traffic(const struct nap_runner *r);
void nap_runner_sends_at_access(struct nap_runner *r);
/* Text for people, if the choice is one of these. */
bool nap_runner_traffic_means(const struct nap_runner *r, const struct nap_choice *choice,
                              char *out, size_t bytes);

/* lanes.c: whose phase comes next. */
/* The part that is under way, or comes next; there is one. */
const struct nap_part *nap_runner_part(const struct nap_runner *r,
                                       const struct nap_parts *parts);
/* Before a call: which driver's it is, if that is open. */
void nap_runner_choose_lane(struct nap_runner *r, const struct nap_parts *parts);
bool nap_runner_lane_means(const struct nap_runner *r, const struct nap_choice *choice,
                           char *out, size_t bytes);
/* The part under way is over; and all of them are as before the first. */
void nap_runner_phase_over(struct nap_runner *r, const struct nap_parts *parts);
void nap_runner_phases_anew(struct nap_runner *r);
/* Phases of that driver that are not over. */
uint32_t nap_runner_phases_left(const struct nap_runner *r, const struct nap_parts *parts,
                                uint32_t driver);
/* Whether the CPU has its interrupts off in the part that is under way, or comes next. */
bool nap_runner_masks(const struct nap_runner *r, const struct nap_parts *parts);

/* cpus.c: CPUs that go and come, for a driver that is told. */
/* The driver's phases, with what CPUs do before and after them. */
enum nap_err nap_runner_make_parts(struct nap_runner *r, struct nap_error *error);
/* cpu_down() and cpu_up() are steps of suspend and resume with these phases. */
bool nap_part_is_cpu(const struct nap_part *part);
/* The call is about to be made on its CPU; and has ended with @result, whatever it was. */
void nap_runner_enter_cpu(struct nap_runner *r, const struct nap_part *part);
void nap_runner_leave_cpu(struct nap_runner *r, const struct nap_part *part, int result);
/* All that are down, or have never been up: 0 or what cpu_up() returned. */
int nap_runner_cpus_up(struct nap_runner *r);
/* Whether software has taken it down, or not brought it up yet. */
bool nap_runner_cpu_is_down(const struct nap_runner *r, unsigned cpu);
/* Every CPU but 0 is down: power is gone, or nobody has brought them up. */
void nap_runner_cpus_lost(struct nap_runner *r);
/* Power domains of CPUs that are down, but for those that another needs. */
uint32_t nap_runner_cpu_domains(const struct nap_runner *r);

/* anywhere.c: what may happen at any step of a suspend or resume */
/* Whether this is asked at all. */
bool nap_runner_may_break_off(const struct nap_runner *r);
/* Asks whether it breaks off here; how it does then is in the position. */
bool nap_runner_breaks_off(struct nap_runner *r, enum nap_break_place place,
                           nap_instance instance);
/* The same before an access (nap_request_hook). */
bool nap_runner_before_access(void *runner, const struct nap_request *access);
/* From here on it is asked before accesses of the driver, or not any more. */
void nap_runner_ask_accesses(struct nap_runner *r, bool on);
/* It has broken off, and no driver frame is left: the run goes on behind that. */
void nap_runner_broken_off(struct nap_runner *r);
/* The resume that ends this sleep; n_ops if the scenario has none. */
uint32_t nap_runner_resume_of(const struct nap_runner *r);
/* The run goes on at operation @op of this sleep, with interrupts off. */
void nap_runner_go_to(struct nap_runner *r, uint32_t op);
/* Text for people, if the choice is one of these. */
bool nap_runner_break_means(const struct nap_runner *r, const struct nap_choice *choice,
                            char *out, size_t bytes);

/* clients.c */
/* Whether the run has come to an operation that takes power or sleeps: clients may call from
 * there on, and interrupts come. */
bool nap_runner_lets_others_in(const struct nap_runner *r);
/* Asks who calls; true if somebody did, so that this is a quiet point again. */
bool nap_runner_client_calls(struct nap_runner *r);
/* All operations are over: makes the first call that is left; false if there is none. */
bool nap_runner_client_is_left(struct nap_runner *r);
/* The successful calls of clients between where the run stands and @now. */
void nap_runner_repeat_calls(struct nap_runner *r, const struct nap_position *now);

/* power.c: an operation on power domains, asleep or awake; 0, or how the driver refused it. */
bool nap_is_power_op(enum nap_op_kind kind);
int nap_runner_power(struct nap_runner *r, const struct nap_scenario_op *op);
/* Devices with run-time power management that nobody holds may go off (kind `idle`). */
void nap_runner_offer_idle(struct nap_runner *r);
/* The power domains that the operation names. */
uint32_t nap_runner_domains(const struct nap_runner *r, const struct nap_scenario_op *op);
/* Masters that came back with their domain may send again. */
void nap_runner_release_masters(struct nap_runner *r);

/* undo.c: around a call of the driver. */
void nap_undo_keep(struct nap_runner *r);
void nap_undo_check(struct nap_runner *r, const char *call, int result);
/* The same for what the driver holds of the OS alone, around a call before which nothing was
 * there. */
void nap_undo_keep_held(struct nap_runner *r);
void nap_undo_check_held(struct nap_runner *r, const char *call, int result);

/* balance.c: what the driver holds of the OS. */
/* Whether the operation calls the driver for nobody: the twin of a sleep does not make it. */
bool nap_op_is_the_systems(enum nap_op_kind kind);
/* Around a sleep; after remove() of a device has succeeded; at the end of the run. */
void nap_balance_keep(struct nap_runner *r);
/* A call may take and give back, and may be left half-way: there is nothing to compare with. */
void nap_balance_forget(struct nap_runner *r);
void nap_balance_check(struct nap_runner *r);
void nap_balance_removed(struct nap_runner *r, unsigned device);
void nap_balance_end(struct nap_runner *r);

/* equivalence.c: the checks of design 4.6 at the end of a run that slept. */
/* Suspend entry: the machine as it is now, and what must come back of it. @next_op is the first
 * operation that comes after. */
void nap_twin_keep(struct nap_runner *r, uint32_t next_op);
/* What the twin will show is not what it was: a call has been made. */
void nap_twin_look_ahead(struct nap_runner *r);
void nap_equivalence_check(struct nap_runner *r);
/* Resume failed on sound hardware: nothing to compare, the machine is not back. */
void nap_equivalence_failed(struct nap_runner *r, int result);
void nap_twin_free(struct nap_twin *twin);

#endif
