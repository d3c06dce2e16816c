/* SPDX-License-Identifier: MIT */
/* Private to lib/scenario/: the steps of nap_runner_create(), in their order. An error names
 * the line of the scenario that asks for what the machine or the driver does not have. */
#ifndef NAP_CREATE_H
#define NAP_CREATE_H

#include "runner.h"

/* bind.c: the machine's devices and drivers find each other. */
enum nap_err nap_runner_bind_drivers(struct nap_runner *r, struct nap_error *error);

/* objects.c: what the driver is given. False if driver RAM is used up. */
bool nap_runner_make_objects(struct nap_runner *r);
/* Adds the machine indexes of all masters to @list, and their number to *n. */
enum nap_err nap_runner_make_masters(struct nap_runner *r, unsigned *list, unsigned *n,
                                     struct nap_error *error);
/* Which of them are autonomous: those of the machine, and those that the scenario makes so. */
enum nap_err nap_runner_find_autonomous(struct nap_runner *r, struct nap_error *error);
/* The error that lists the masters that there are. */
enum nap_err nap_runner_unknown_master(const struct nap_runner *r, const char *name,
                                       unsigned line, struct nap_error *error);

/* cpus.c: the driver's phases, with what CPUs do before and after them. */
enum nap_err nap_runner_make_parts(struct nap_runner *r, struct nap_error *error);

/* interrupts.c: makes the list that the driver sees, and checks that machine and driver can
 * have it. */
enum nap_err nap_runner_list_interrupts(struct nap_runner *r, struct nap_error *error);

/* traffic.c, check.c: whether the machine and the driver have what is asked of them. */
enum nap_err nap_runner_check_traffic(const struct nap_runner *r, struct nap_error *error);
enum nap_err nap_runner_check_operations(struct nap_runner *r, struct nap_error *error);

#endif
