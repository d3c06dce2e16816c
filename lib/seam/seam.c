/* SPDX-License-Identifier: MIT */
/* The call seam: driver code calls nap_read32() and friends. */
#include "seam.h"

#include "../os/os.h"
#include "object.h"
#include "stack.h"

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

static const char *const barriers[NAP_BARRIERS] = {
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

/* Returns from the driver call with all its frames. */
static void leave(struct nap_machine *m)
{
    longjmp(*(jmp_buf *)m->stuck_jump, NAP_CALL_LEFT);
}

uint64_t nap_seam_serve(struct nap_machine *m, const struct nap_request *a)
{
    struct nap_source source = nap_seam_source(m, a->file, a->line, a->frame);

    if (m->st->os.n_removed && a->kind <= NAP_REQUEST_WRITE)
        nap_os_after_remove(m, a->address, source);
    switch (a->kind) {
    case NAP_REQUEST_READ:
        return nap_bus_read(m, a->address, a->size_bytes, source);
    case NAP_REQUEST_WRITE:
        nap_bus_write(m, a->address, a->size_bytes, a->value, source);
        break;
    case NAP_REQUEST_BARRIER:
        nap_bus_barrier(m, barriers[a->value], source);
        break;
    case NAP_REQUEST_LOAD:
        return nap_os_load(m, a->address, a->size_bytes, source);
    case NAP_REQUEST_STORE:
        nap_os_store(m, a->address, a->size_bytes, a->value, source);
        break;
    case NAP_REQUEST_SYSREG_READ:
        return nap_bus_sysreg_read(m, (unsigned)a->address, source);
    case NAP_REQUEST_SYSREG_WRITE:
        nap_bus_sysreg_write(m, (unsigned)a->address, a->value, source);
        break;
    }
    return 0;
}

uint64_t nap_seam_access(struct nap_machine *m, struct nap_request *access)
{
    if (m->stack && m->stack->running)
        return nap_stack_request(m, access);
    if (m->before_access && m->before_access(m->before_access_context, access))
        leave(m);
    return nap_seam_serve(m, access);
}

uint64_t nap_seam_read(nap_addr address, unsigned size_bytes, const char *file, int line)
{
    struct nap_request a = {.kind = NAP_REQUEST_READ,
                            .size_bytes = size_bytes,
                            .address = address,
                            .file = file,
                            .line = line,
                            .frame = __builtin_frame_address(0)};

    return nap_seam_access(nap_seam_machine(), &a);
}

void nap_seam_write(nap_addr address, unsigned size_bytes, uint64_t value, const char *file,
                    int line)
{
    struct nap_request a = {.kind = NAP_REQUEST_WRITE,
                            .size_bytes = size_bytes,
                            .address = address,
                            .value = value,
                            .file = file,
                            .line = line,
                            .frame = __builtin_frame_address(0)};

    (void)nap_seam_access(nap_seam_machine(), &a);
}

uint64_t nap_seam_sysreg_read(unsigned number, const char *file, int line)
{
    struct nap_request a = {.kind = NAP_REQUEST_SYSREG_READ,
                            .size_bytes = 8,
                            .address = number,
                            .file = file,
                            .line = line,
                            .frame = __builtin_frame_address(0)};

    return nap_seam_access(nap_seam_machine(), &a);
}

void nap_seam_sysreg_write(unsigned number, uint64_t value, const char *file, int line)
{
    struct nap_request a = {.kind = NAP_REQUEST_SYSREG_WRITE,
                            .size_bytes = 8,
                            .address = number,
                            .value = value,
                            .file = file,
                            .line = line,
                            .frame = __builtin_frame_address(0)};

    (void)nap_seam_access(nap_seam_machine(), &a);
}

void nap_seam_barrier(enum nap_barrier barrier, const char *file, int line)
{
    struct nap_request a = {.kind = NAP_REQUEST_BARRIER,
                            .value = barrier,
                            .file = file,
                            .line = line,
                            .frame = __builtin_frame_address(0)};

    assert(barrier < NAP_BARRIERS);
    (void)nap_seam_access(nap_seam_machine(), &a);
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

int nap_seam_inside(struct nap_machine *m, jmp_buf *here, int (*call)(void *context),
                    void *context)
{
    struct nap_machine *outer = current;
    void *outer_jump = m->stuck_jump, *outer_stack = m->driver_stack;
    volatile int result = NAP_SEAM_STUCK;
    int left;

    if (outer != m)
        change_image(outer, m);
    current = m;
    m->stuck_jump = here;
    m->driver_stack = __builtin_frame_address(0);
    left = setjmp(*here);
    if (left == 0)
        result = call(context);
    else if (left == NAP_CALL_LEFT)
        result = NAP_SEAM_LEFT;
    m->driver_stack = outer_stack;
    m->stuck_jump = outer_jump;
    current = outer;
    if (outer != m)
        change_image(m, outer);
    else if (result == NAP_SEAM_LEFT) /* what leaves this call leaves the one around it */
        leave(m);
    return result;
}

static int inside(struct nap_machine *m, int (*call)(void *context), void *context)
{
    jmp_buf here;

    return nap_seam_inside(m, &here, call, context);
}

static void call_step(struct nap_machine *m, enum nap_step_kind kind, const char *label,
                      int result)
{
    struct nap_event e = nap_event_outside(m, kind);

    e.label = label;
    e.now = (uint64_t)(int64_t)result;
    nap_step_done(m, &e);
}

static void call_over(struct nap_machine *m)
{
    if (m->meeting)
        m->meeting->call_over(m->meeting->context);
}

/* From here on is counted what has been waited for. */
static void count_anew(struct nap_machine *m)
{
    if (m->stuck_jump) /* within a call */
        call_over(m);
    nap_poll_forget(m);
    m->call_began_us = m->ev->simulated_us;
}

void nap_seam_begin(struct nap_machine *m, const char *label)
{
    count_anew(m);
    m->last_log[0] = 0;
    if (m->st->call_failed) {
        nap_touched(m, &m->st->call_failed, sizeof m->st->call_failed);
        m->st->call_failed = 0;
    }
    call_step(m, NAP_STEP_CALL, label, 0);
}

void nap_seam_unless_met(struct nap_machine *m, int result)
{
    if (result == NAP_SEAM_MET)
        longjmp(*(jmp_buf *)m->meeting->leave, 1);
}

/* What the caller knows then is part of the way. */
static void note_end(struct nap_machine *m, const char *label, int result)
{
    const uint64_t what[] = {(uint64_t)(uintptr_t)label, (uint64_t)(int64_t)result};

    call_over(m);
    nap_way_note(m, what, sizeof what);
    nap_way_call_ended(m);
}

int nap_seam_end(struct nap_machine *m, const char *label, int result)
{
    note_end(m, label, result);
    call_step(m, NAP_STEP_RETURN, label, result);
    return result;
}

int nap_seam_call(struct nap_machine *m, const char *label, int (*call)(void *context),
                  void *context)
{
    int result;

    nap_seam_begin(m, label);
    if (m->meeting && m->stack && !m->stuck_jump)
        result = nap_stack_call(m, call, context);
    else
        result = inside(m, call, context);
    nap_seam_unless_met(m, result);
    return nap_seam_end(m, label, result);
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
    int result;

    count_anew(m);
    result = inside(m, ask, context);
    note_end(m, NULL, result);
    return result;
}
