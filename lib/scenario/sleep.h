/* SPDX-License-Identifier: MIT */
/* Private to lib/scenario/: power, and what suspend and resume do with it. */
#ifndef NAP_SLEEP_H
#define NAP_SLEEP_H

#include "runner.h"

/* sleep.c: the next step of a suspend, of a resume. */
void nap_runner_suspends(struct nap_runner *r);
void nap_runner_resumes(struct nap_runner *r);
/* A phase failed: the rest of it, and of the scenario, does not happen. A failed resume leaves
 * the masters held. */
void nap_runner_phase_failed(struct nap_runner *r, bool resume, int result);
/* Operations from @from on are left out, and the run goes on at @to. */
void nap_runner_skip(struct nap_runner *r, uint32_t from, uint32_t to);
/* The position is at resume, and what resume does is done. */
void nap_runner_resumed(struct nap_runner *r);

/* phases.c: the next driver call of suspend or resume. False when all phases are done. */
bool nap_runner_advance_phase(struct nap_runner *r, bool resume);

/* walk.c: a walk begins; and the device of it that comes next, while there is one. */
void nap_runner_walk_begin(struct nap_runner *r, const struct nap_phase *phase);
struct nap_device *nap_runner_walk_next(struct nap_runner *r, const struct nap_phase *phase);

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

/* Where a suspend or resume may break off. */
enum nap_break_place {
    NAP_BREAK_AT_READ,
    NAP_BREAK_AT_WRITE,
    NAP_BREAK_AT_BARRIER,
    NAP_BREAK_AT_STORE,
    NAP_BREAK_AT_CALL, /* between two driver calls */
    NAP_BREAK_PLACES
};

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

/* power.c: an operation on power domains, asleep or awake; 0, or how the driver refused it. */
bool nap_is_power_op(enum nap_op_kind kind);
int nap_runner_power(struct nap_runner *r, const struct nap_scenario_op *op);
/* Devices with run-time power management that nobody holds may go off (kind `idle`). */
void nap_runner_offer_idle(struct nap_runner *r);
/* The power domains that the operation names. */
uint32_t nap_runner_domains(const struct nap_runner *r, const struct nap_scenario_op *op);
/* Masters that came back with their domain may send again. */
void nap_runner_release_masters(struct nap_runner *r);

#endif
