/* SPDX-License-Identifier: MIT */
/* Private to lib/scenario/: what the driver is asked, from a whole operation down to one call,
 * and what is looked at around a call. Results are 0 or how the driver refused it, a negative
 * errno. */
#ifndef NAP_CALLS_H
#define NAP_CALLS_H

#include "runner.h"

/* operations.c: what the operation asks of the driver beside suspend and resume, if it does. */
int nap_runner_call(struct nap_runner *r, const struct nap_scenario_op *op);
/* The same, and DMA, power, firmware: any operation but suspend and resume. */
int nap_runner_do(struct nap_runner *r, const struct nap_scenario_op *op);
/* The register of that name, or NULL if the device has none. */
const struct nap_reg *nap_runner_register(const struct nap_machine *m, unsigned device,
                                          const char *name);
/* Number of the output of that name, or NAP_OUTPUTS_MAX. */
unsigned nap_runner_output(const struct nap_machine *m, unsigned device, const char *name);

/* probe.c */
int nap_runner_probe(struct nap_runner *r);
int nap_runner_remove(struct nap_runner *r, unsigned device);

/* domains.c: of those of its masters that are not in it, or are. */
int nap_runner_attach_domain(struct nap_runner *r, unsigned domain);
int nap_runner_detach_domain(struct nap_runner *r, unsigned domain);

/* calls.c: one call each. The first two are made once, and nothing is done where they have been
 * made. */
int nap_runner_init_domain(struct nap_runner *r, unsigned domain);
int nap_runner_add_master(struct nap_runner *r, struct nap_master *master);
int nap_runner_attach(struct nap_runner *r, unsigned domain, struct nap_master *master);
int nap_runner_detach(struct nap_runner *r, struct nap_master *master);
int nap_runner_block(struct nap_runner *r, struct nap_master *master);
int nap_runner_bypass(struct nap_runner *r, struct nap_master *master);
int nap_runner_map(struct nap_runner *r, unsigned domain,
                   const struct nap_scenario_mapping *mapping);
int nap_runner_unmap(struct nap_runner *r, unsigned domain, nap_addr iova, uint64_t size_bytes);
/* Of the master's first stream. */
int nap_runner_page_response(struct nap_runner *r, const struct nap_master *master,
                             uint32_t tag, int code);
int nap_runner_fill(struct nap_runner *r, unsigned device, uint32_t commands);
/* A driver call that names one device. */
int nap_runner_tell(struct nap_runner *r, const char *label,
                    int (*call)(struct nap_device *device), unsigned device);

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

#endif
