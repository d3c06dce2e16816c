/* SPDX-License-Identifier: MIT */
/* Private to lib/seam: driver calls on a stack of their own (design 4.11(b)). The stack lies at
 * one address per machine slot; what is live of it while a call is left off before an access is
 * in the arena, so that a search stores states inside driver code, compares them, and goes on
 * from them. */
#ifndef NAP_STACK_H
#define NAP_STACK_H

#include "seam.h"

#include <setjmp.h>

/* Of machine->stack. Fixed at create, but for what belongs to the segment of a call that runs.
 */
struct nap_stack {
    uint8_t *base;       /* lowest byte; the page there is no memory */
    uint8_t *top;        /* one past the highest */
    void *host, *driver; /* stack pointers of the side that waits */
    void *frame;         /* of the first function on the stack: where callers end */
    jmp_buf left;        /* out of the call, with all its frames */
    int (*call)(void *context);
    void *context;
    int result;   /* of a call that has returned */
    bool running; /* this thread is on the stack */
    bool done;
    int unwind;                  /* how the access was left, for a call within the call */
    struct nap_request *request; /* on the stack */
    uint64_t value;
    uint64_t wrote_us; /* simulated time of the last write or store, or of the beginning */
    uint64_t n_chosen; /* of the machine, when this segment of the call began */
    struct nap_parked *parked; /* in the arena, hashed */
    struct nap_parked_evidence *evidence;
};

/* Not hashed: for messages, and the bound on the time that a call takes. */
struct nap_parked_evidence {
    uint64_t call_began_us, wrote_us;
    char last_log[160];
};

/* From the driver's side: waits until the access has been made. What it found. */
uint64_t nap_stack_request(struct nap_machine *m, struct nap_request *request);

/* A call that is not parked, on the stack: a search may have been inside it before. */
int nap_stack_call(struct nap_machine *m, int (*call)(void *context), void *context);

/* seam.c */
/* Leaves the run for the search if it has been here before. */
void nap_seam_unless_met(struct nap_machine *m, int result);
uint64_t nap_seam_serve(struct nap_machine *m, const struct nap_request *request);
/* Runs @call(@context) with @m as the machine of the driver; it may be left through @here. */
int nap_seam_inside(struct nap_machine *m, jmp_buf *here, int (*call)(void *context),
                    void *context);
/* The steps around a driver call. */
void nap_seam_begin(struct nap_machine *m, const char *label);
int nap_seam_end(struct nap_machine *m, const char *label, int result);

#endif
