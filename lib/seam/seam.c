/* SPDX-License-Identifier: MIT */
/* The call seam: driver code calls nap_read32() and friends. */
#include "seam.h"

#include "object.h"

#include <assert.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

static _Thread_local struct nap_machine *current;

struct nap_machine *nap_seam_machine(void)
{
    assert(current);
    return current;
}

struct nap_machine *nap_seam_running(void)
{
    return current;
}

struct nap_source nap_seam_caller(const struct nap_machine *m, void *frame)
{
    if (!m->object)
        return (struct nap_source){NULL, 0, NULL};
    return nap_object_caller(m->object, frame, m->driver_stack);
}

struct nap_source nap_seam_source(const struct nap_machine *m, const char *file, int line,
                                  void *frame)
{
    return file ? (struct nap_source){file, line, NULL} : nap_seam_caller(m, frame);
}

uint64_t nap_seam_read(nap_addr address, unsigned size_bytes, const char *file, int line)
{
    struct nap_machine *m = nap_seam_machine();

    return nap_bus_read(m, address, size_bytes,
                        nap_seam_source(m, file, line, __builtin_frame_address(0)));
}

void nap_seam_write(nap_addr address, unsigned size_bytes, uint64_t value, const char *file,
                    int line)
{
    struct nap_machine *m = nap_seam_machine();

    nap_bus_write(m, address, size_bytes, value,
                  nap_seam_source(m, file, line, __builtin_frame_address(0)));
}

void nap_seam_barrier(enum nap_barrier barrier, const char *file, int line)
{
    static const char *const names[NAP_BARRIERS] = {
        [NAP_DSB_SY] = "DSB SY",
        [NAP_DSB_ST] = "DSB ST",
        [NAP_DSB_LD] = "DSB LD",
        [NAP_DMB_SY] = "DMB SY",
        [NAP_DMB_ST] = "DMB ST",
        [NAP_DMB_LD] = "DMB LD",
        [NAP_DMB_OSH] = "DMB OSH",
        [NAP_DMB_OSHST] = "DMB OSHST",
        [NAP_DMB_OSHLD] = "DMB OSHLD",
        [NAP_DMB_ISH] = "DMB ISH",
        [NAP_DMB_ISHST] = "DMB ISHST",
        [NAP_DMB_ISHLD] = "DMB ISHLD",
        [NAP_ISB] = "ISB",
        [NAP_DSB_OSH] = "DSB OSH",
        [NAP_DSB_OSHST] = "DSB OSHST",
        [NAP_DSB_OSHLD] = "DSB OSHLD",
        [NAP_DSB_ISH] = "DSB ISH",
        [NAP_DSB_ISHST] = "DSB ISHST",
        [NAP_DSB_ISHLD] = "DSB ISHLD",
        [NAP_DSB_NSH] = "DSB NSH",
        [NAP_DSB_NSHST] = "DSB NSHST",
        [NAP_DSB_NSHLD] = "DSB NSHLD",
        [NAP_DMB_NSH] = "DMB NSH",
        [NAP_DMB_NSHST] = "DMB NSHST",
        [NAP_DMB_NSHLD] = "DMB NSHLD",
    };
    struct nap_machine *m = nap_seam_machine();

    assert(barrier < NAP_BARRIERS);
    nap_bus_barrier(m, names[barrier],
                    nap_seam_source(m, file, line, __builtin_frame_address(0)));
}

void nap_seam_fence(enum nap_barrier barrier, const char *file, int line)
{
    if (nap_seam_machine()->st->n_posts)
        nap_seam_barrier(barrier, file, line);
}

void nap_map_registers(nap_addr regs, enum nap_mapping mapping)
{
    nap_bus_map(nap_seam_machine(), regs, mapping);
}

/* --- driver calls --- */

/* A driver object has one set of writable data in the process; the machine whose driver runs
 * has its own in it. Either may be NULL. */
static void change_image(const struct nap_machine *from, const struct nap_machine *to)
{
    for (unsigned i = 0; from && i < from->n_image; i++)
        memcpy(from->image[i].saved, from->image[i].live, from->image[i].bytes);
    for (unsigned i = 0; to && i < to->n_image; i++)
        memcpy(to->image[i].live, to->image[i].saved, to->image[i].bytes);
}

/* Runs @call with @m as the machine of the driver; NAP_SEAM_STUCK if it was left early. */
static int inside(struct nap_machine *m, int (*call)(void *context), void *context)
{
    struct nap_machine *outer = current;
    void *outer_jump = m->stuck_jump, *outer_stack = m->driver_stack;
    jmp_buf here;
    volatile int result = NAP_SEAM_STUCK;

    if (outer != m)
        change_image(outer, m);
    current = m;
    m->stuck_jump = &here;
    m->driver_stack = __builtin_frame_address(0);
    if (setjmp(here) == 0)
        result = call(context);
    m->driver_stack = outer_stack;
    m->stuck_jump = outer_jump;
    current = outer;
    if (outer != m)
        change_image(m, outer);
    return result;
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
    int result;

    nap_poll_forget(m);
    m->last_log[0] = 0;
    m->call_began_us = m->ev->simulated_us;
    if (m->st->call_failed) {
        nap_touched(m, &m->st->call_failed, sizeof m->st->call_failed);
        m->st->call_failed = 0;
    }
    call_step(m, NAP_STEP_CALL, label, 0);
    result = inside(m, call, context);
    call_step(m, NAP_STEP_RETURN, label, result);
    return result;
}

int nap_seam_call_back(struct nap_machine *m, const char *label,
                       int (*call)(struct nap_device *device), struct nap_device *device)
{
    int result;

    call_step(m, NAP_STEP_CALL, label, 0);
    result = call(device);
    call_step(m, NAP_STEP_RETURN, label, result);
    return result;
}

int nap_seam_ask(struct nap_machine *m, int (*ask)(void *context), void *context)
{
    return inside(m, ask, context);
}
