/* SPDX-License-Identifier: MIT */
/* Private to lib/: how a driver's accesses find their machine. The one thread-local of the
 * library is set around each driver call. */
#ifndef NAP_SEAM_H
#define NAP_SEAM_H

#include "../core/core.h"

/* Result of a driver call that the poll watchdog or an assertion of the driver ended. */
#define NAP_SEAM_STUCK (-4096)
/* Of one that was left before an access (nap_machine.before_access). */
#define NAP_SEAM_LEFT NAP_CALL_LEFT

/* The machine of the driver call in progress; asserts that there is one. */
struct nap_machine *nap_seam_machine(void);
/* The same, NULL if there is none. */
struct nap_machine *nap_seam_running(void);

/* Runs @call(@context) as driver code of @m, with CALL and RETURN steps named @label. Returns
 * what it returns, or NAP_SEAM_STUCK, NAP_SEAM_LEFT. A call within a call is left with it. */
int nap_seam_call(struct nap_machine *m, const char *label, int (*call)(void *context),
                  void *context);
/* Within a driver call, the OS calls the driver back: the same steps, no call of its own. */
int nap_seam_call_back(struct nap_machine *m, const char *label,
                       int (*call)(struct nap_device *device), struct nap_device *device);
/* The same without steps, for questions that change nothing. */
int nap_seam_ask(struct nap_machine *m, int (*ask)(void *context), void *context);

/* An access of the driver call in progress: asked about, then served. What a read or load
 * finds, else 0. */
uint64_t nap_seam_access(struct nap_machine *m, const struct nap_request *access);
/* Where an access stands: as the driver says, or, @file NULL, found from its frames. */
struct nap_source nap_seam_source(const struct nap_machine *m, const char *file, int line,
                                  void *frame);
/* The line of driver code that called the function with @frame, __builtin_frame_address(0);
 * nothing for built-in logic. */
struct nap_source nap_seam_caller(const struct nap_machine *m, void *frame);

#endif
