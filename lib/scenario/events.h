/* SPDX-License-Identifier: MIT */
/* Private to lib/scenario/: what comes by itself at quiet points, between two driver calls. */
#ifndef NAP_EVENTS_H
#define NAP_EVENTS_H

#include "runner.h"

/* quiet.c: what may happen between two driver calls. */
/* Interrupts whose lines are high are taken: all of them, or those that are not put off. */
void nap_runner_interrupts(struct nap_runner *r);
void nap_runner_offer_interrupts(struct nap_runner *r);
/* All of them, but threads that are put off. */
void nap_runner_hard_interrupts(struct nap_runner *r);
/* An operation between suspend and resume is over: the rest up to resume may be left out. */
void nap_runner_may_abandon(struct nap_runner *r);

/* interrupts.c: sources of interrupts behind a simulated controller. */
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
/* Asks whether one is sent; true if so, and this is a quiet point again. */
bool nap_runner_sends(struct nap_runner *r);
/* The same before an access of suspend or resume. */
bool nap_runner_asks_traffic(const struct nap_runner *r);
void nap_runner_sends_at_access(struct nap_runner *r);
/* Text for people, if the choice is one of these. */
bool nap_runner_traffic_means(const struct nap_runner *r, const struct nap_choice *choice,
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

#endif
