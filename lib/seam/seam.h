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
uint64_t nap_seam_access(struct nap_machine *m, struct nap_request *access);
/* --- calls that are parked before an access ---
 *
 * A call that may be left at any access runs on a stack of its own, where that works, and comes
 * back to the caller before each: parked, a part of the machine's state. */

#define NAP_SEAM_PARKED (-4099)
#define NAP_SEAM_MET    (-4100) /* within the seam: a search has been here before */

#define NAP_PARKED_CONTEXT_BYTES 256u
#define NAP_PARKED_LIVE_BYTES    (64u << 10)

/* What has been waited for so far, on which it hangs when a call has waited for too long, or a
 * write is late no more: it tells one turn of a waiting loop from the turn before. */
struct nap_waited {
    uint64_t poll_address, poll_value; /* as in nap_evidence */
    uint32_t poll_device, poll_slot, poll_count;
    uint32_t load_count;
    uint64_t load_address, load_value;
    uint64_t us; /* since the last write or store, or the call's beginning; before one: 0 */
};

/* A driver call that waits before an access. In the arena; all zero when there is none. */
struct nap_parked {
    uint32_t is_parked;
    uint32_t kind; /* enum nap_request_kind */
    uint64_t address;
    uint32_t size_bytes;
    uint32_t live_bytes;
    uint64_t request; /* its address on the stack */
    const char *label;
    struct nap_waited waited;
    uint8_t context[NAP_PARKED_CONTEXT_BYTES]; /* what the call was given */
    uint8_t live[NAP_PARKED_LIVE_BYTES];       /* of the stack, from its pointer to its top */
};

/* Whether there can be such a stack in this process. */
bool nap_stack_works(void);
/* Gives the machine one, before it runs. NAP_ERR_NOMEM, NAP_ERR_NOSPACE; nap_stack_destroy() on
 * failure as well. */
enum nap_err nap_stack_create(struct nap_machine *m, struct nap_error *error);
void nap_stack_destroy(struct nap_machine *m);
/* As nap_seam_call(), with a copy of @bytes of @context; without a stack the same. With one,
 * and with before_access set, the call may come back parked before an access: NAP_SEAM_PARKED.
 * What before_access would be asked is then the caller's to ask. It is asked itself where the
 * call cannot be parked. */
int nap_seam_call_parking(struct nap_machine *m, const char *label, int (*call)(void *context),
                          void *context, size_t bytes);
/* Whether anything that outlives the frames of the driver call has changed since
 * nap_seam_asked(): if not, to leave the call here is to leave it there. Static data of an
 * object shows after the call only, and its calls are not left. */
bool nap_seam_asks_anew(struct nap_machine *m);
void nap_seam_asked(struct nap_machine *m);
/* The same for what may happen to hardware under a call that goes on, and then knows what it
 * has read: true also where nothing has changed, but in a wait (the third and further reads of
 * one register in a row that find the same). */
bool nap_seam_asks_lines(struct nap_machine *m, const struct nap_request *access);
void nap_seam_asked_lines(struct nap_machine *m, const struct nap_request *access);
/* The parked call, or NULL. */
const struct nap_parked *nap_seam_parked(const struct nap_machine *m);
/* Makes the access and goes on; results as those of nap_seam_call_parking(). */
int nap_seam_go_on(struct nap_machine *m);
/* The parked call is left: its frames are gone. NAP_SEAM_LEFT. */
int nap_seam_drop(struct nap_machine *m);

/* Where an access stands: as the driver says, or, @file NULL, found from its frames. */
struct nap_source nap_seam_source(const struct nap_machine *m, const char *file, int line,
                                  void *frame);
/* The line of driver code that called the function with @frame, __builtin_frame_address(0);
 * nothing for built-in logic. */
struct nap_source nap_seam_caller(const struct nap_machine *m, void *frame);

#endif
