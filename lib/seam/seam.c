/* SPDX-License-Identifier: MIT */
/* The call seam: driver code calls nap_read32() and friends. */
#include "seam.h"

#include <assert.h>
#include <setjmp.h>

static _Thread_local struct nap_machine *current;

struct nap_machine *nap_seam_machine(void)
{
    assert(current);
    return current;
}

uint32_t nap_seam_read(nap_addr address, unsigned size_bytes, const char *file, int line)
{
    return (uint32_t)nap_bus_read(nap_seam_machine(), address, size_bytes,
                                  (struct nap_source){file, line});
}

void nap_seam_write(nap_addr address, unsigned size_bytes, uint64_t value, const char *file,
                    int line)
{
    nap_bus_write(nap_seam_machine(), address, size_bytes, value,
                  (struct nap_source){file, line});
}

void nap_seam_barrier(const char *file, int line)
{
    nap_bus_barrier(nap_seam_machine(), (struct nap_source){file, line});
}

static void call_step(struct nap_machine *m, enum nap_step_kind kind, const char *label,
                      int result)
{
    struct nap_event e = nap_event_outside(m, kind);

    e.label = label;
    e.now = (uint64_t)(int64_t)result;
    nap_step_done(m, &e);
}

int nap_seam_call(struct nap_machine *m, const char *label, int (*call)(void *context),
                  void *context)
{
    struct nap_machine *outer = current;
    void *outer_jump = m->stuck_jump;
    jmp_buf here;
    volatile int result = NAP_SEAM_STUCK;

    nap_poll_forget(m);
    call_step(m, NAP_STEP_CALL, label, 0);
    current = m;
    m->stuck_jump = &here;
    if (setjmp(here) == 0)
        result = call(context);
    m->stuck_jump = outer_jump;
    current = outer;
    call_step(m, NAP_STEP_RETURN, label, result);
    return result;
}
