/* SPDX-License-Identifier: MIT */
/* Driver calls on a stack of their own. The driver's side runs on it until it makes an access;
 * then the host's side takes over, on its own stack: it parks the call, or makes the access and
 * goes back. So the stack holds frames of the driver and of the few functions that it has
 * called here, no step number and no address of the host's stack, and equal states are equal
 * bytes.
 *
 * Not under ASan and the like, nor valgrind, which follow one stack only; nor where the
 * processor keeps a stack of return addresses; and on x86-64 alone. There a call that may be
 * left is run again from its beginning: the same choices, the same verdicts. */
#define _GNU_SOURCE
#include "stack.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define STACK_AT    UINT64_C(0x8000000) /* from the arena's base, in the slot's address space */
#define STACK_BYTES ((size_t)1 << 20)
#define GUARD_BYTES ((size_t)1 << 16)
#define CLEAN_BYTES ((size_t)1024) /* below the driver's frames: dead, and to be alike */

static_assert(STACK_AT > NAP_ARENA_BYTES, "the stack lies behind the arena");

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                     \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

#if defined(__x86_64__) && !defined(SANITIZED)

/* Leaves its registers on the stack, whose pointer it puts in *@from, and goes on where @to was
 * left. What a call may change need not be kept. System V ABI, AMD64 supplement, "Registers".
 */
void nap_stack_switch(void **from, void *to);
__asm__(".text\n"
        ".p2align 4\n"
        ".globl nap_stack_switch\n"
        ".hidden nap_stack_switch\n"
        ".type nap_stack_switch, @function\n"
        "nap_stack_switch:\n"
        "    endbr64\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size nap_stack_switch, . - nap_stack_switch\n");

#define KEPT_REGISTERS 6u

/* 0 where the processor keeps no second stack of return addresses. */
static uint64_t shadow_stack(void)
{
    uint64_t pointer = 0;

    __asm__ volatile("rdsspq %0" : "+r"(pointer));
    return pointer;
}

bool nap_stack_works(void)
{
    const char *preloaded = getenv("LD_PRELOAD");

    return shadow_stack() == 0 && !(preloaded && strstr(preloaded, "vgpreload"));
}

#else

static void nap_stack_switch(void **from, void *to)
{
    (void)from;
    (void)to;
    abort(); /* no stack is made */
}

#define KEPT_REGISTERS 0u

bool nap_stack_works(void)
{
    return false;
}

#endif

enum nap_err nap_stack_create(struct nap_machine *m, struct nap_error *error)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    struct nap_stack *s = calloc(1, sizeof *s);
    void *at = m->arena.base + STACK_AT;

    m->stack = s;
    if (!s)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for a run");
    s->parked = nap_arena_alloc(m, NAP_REGION_STATE, sizeof *s->parked);
    s->evidence = nap_arena_alloc(m, NAP_REGION_EVIDENCE, sizeof *s->evidence);
    if (!s->parked || !s->evidence)
        return nap_fail(error, NAP_ERR_NOSPACE, "no room for the stack of a driver call");
    s->base = mmap(at, STACK_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (s->base == MAP_FAILED || s->base != at) {
        s->base = NULL;
        return nap_fail(error, NAP_ERR_NOMEM,
                        "no address space for the stack of a driver call");
    }
    (void)mprotect(s->base, GUARD_BYTES, PROT_NONE);
    s->top = s->base + STACK_BYTES;
    return NAP_OK;
}

void nap_stack_destroy(struct nap_machine *m)
{
    if (!m->stack)
        return;
    if (m->stack->base)
        munmap(m->stack->base, STACK_BYTES);
    free(m->stack);
    m->stack = NULL;
}

/* --- what is parked --- */

/* Blocks that are as they were stay untouched. */
static void put(struct nap_machine *m, void *to, const void *from, size_t bytes)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    for (size_t at = 0; at < bytes; at += NAP_BLOCK_BYTES) {
        size_t n = bytes - at < NAP_BLOCK_BYTES ? bytes - at : NAP_BLOCK_BYTES;
        if (memcmp(t + at, f + at, n) == 0)
            continue;
        nap_touched(m, t + at, n);
        memcpy(t + at, f + at, n);
    }
}

static void clear(struct nap_machine *m, void *to, size_t bytes)
{
    static const uint8_t zero[NAP_BLOCK_BYTES];
    uint8_t *t = to;

    for (size_t at = 0; at < bytes; at += NAP_BLOCK_BYTES)
        put(m, t + at, zero, bytes - at < NAP_BLOCK_BYTES ? bytes - at : NAP_BLOCK_BYTES);
}

static size_t live_bytes(const struct nap_stack *s)
{
    return (size_t)(s->top - (const uint8_t *)s->driver);
}

/* Parking serves to ask, and to meet paths again that went apart since the call was last
 * parked. Where probes wait to be judged, or a call within the call could be left, it goes on.
 */
static bool can_park(struct nap_machine *m)
{
    const struct nap_stack *s = m->stack;

    return m->before_access && s->request->kind != NAP_REQUEST_LOAD && !m->any_marked &&
           m->stuck_jump == &s->left && live_bytes(s) <= sizeof s->parked->live &&
           (m->n_chosen != s->n_chosen ||
            (m->asks_lines && nap_seam_asks_lines(m, s->request)) ||
            (m->asks_access && nap_seam_asks_anew(m)));
}

static bool writes(const struct nap_request *request)
{
    return request->kind == NAP_REQUEST_WRITE || request->kind == NAP_REQUEST_STORE ||
           request->kind == NAP_REQUEST_SYSREG_WRITE;
}

/* Paths that were late differently meet again at the next write: the time of waiting does not
 * count there, which the call's time as a whole would. The search sees to it that this makes no
 * difference to the bound on the latter. */
static struct nap_waited waited(const struct nap_machine *m)
{
    const struct nap_evidence *ev = m->ev;
    const struct nap_stack *s = m->stack;
    struct nap_waited w = {.poll_count = ev->poll_count, .load_count = ev->load_count};

    if (w.poll_count) {
        w.poll_address = ev->poll_address;
        w.poll_value = ev->poll_value;
        w.poll_device = ev->poll_device;
        w.poll_slot = ev->poll_slot;
    }
    if (w.load_count) {
        w.load_address = ev->load_address;
        w.load_value = ev->load_value;
    }
    if (!writes(s->request))
        w.us = ev->simulated_us - s->wrote_us;
    return w;
}

static void park(struct nap_machine *m)
{
    struct nap_stack *s = m->stack;
    struct nap_parked *p = s->parked;
    uint32_t was = p->live_bytes, now = (uint32_t)live_bytes(s);

    nap_touched(m, p, offsetof(struct nap_parked, context));
    p->is_parked = 1;
    p->kind = s->request->kind;
    p->size_bytes = s->request->size_bytes;
    p->address = s->request->address;
    p->request = (uint64_t)(uintptr_t)s->request;
    p->live_bytes = now;
    p->waited = waited(m);
    put(m, p->live, s->driver, now);
    if (was > now)
        clear(m, p->live + now, was - now);
    nap_touched(m, s->evidence, sizeof *s->evidence);
    s->evidence->call_began_us = m->call_began_us;
    s->evidence->wrote_us = s->wrote_us;
    memcpy(s->evidence->last_log, m->last_log, sizeof m->last_log);
}

static void unpark(struct nap_machine *m)
{
    struct nap_stack *s = m->stack;
    const struct nap_parked *p = s->parked;

    s->driver = s->top - p->live_bytes;
    memcpy(s->driver, p->live, p->live_bytes);
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): it is on the stack again */
    s->request = (struct nap_request *)(uintptr_t)p->request;
    m->call_began_us = s->evidence->call_began_us;
    s->wrote_us = s->evidence->wrote_us;
    memcpy(m->last_log, s->evidence->last_log, sizeof m->last_log);
}

/* No call: all zero, so that the states after calls are alike. */
static void forget(struct nap_machine *m)
{
    struct nap_parked *p = m->stack->parked;

    clear(m, p->live, p->live_bytes);
    clear(m, p, offsetof(struct nap_parked, live));
}

/* Without the frames of the call: also where it is not parked now, what it was when it was. */
static struct nap_hash128 outliving(struct nap_machine *m)
{
    const struct nap_parked *p = m->stack ? m->stack->parked : NULL;

    if (!p)
        return nap_state_key(m);
    return nap_state_key_but(m, p, offsetof(struct nap_parked, live) + p->live_bytes);
}

static bool has_changed(struct nap_machine *m, const struct nap_hash128 *since)
{
    struct nap_hash128 now = outliving(m);

    return now.low != since->low || now.high != since->high;
}

static void keep_state(struct nap_machine *m, struct nap_hash128 *in)
{
    nap_touched(m, in, sizeof *in);
    *in = outliving(m);
}

bool nap_seam_asks_anew(struct nap_machine *m)
{
    return has_changed(m, &m->ev->asked);
}

void nap_seam_asked(struct nap_machine *m)
{
    keep_state(m, &m->ev->asked);
}

/* The register that the access reads, or UINT32_MAX. */
static void read_by(const struct nap_machine *m, const struct nap_request *access,
                    unsigned *device, unsigned *slot)
{
    if (access->kind == NAP_REQUEST_READ &&
        nap_bus_find(m, access->address, access->size_bytes, device, slot))
        return;
    *device = *slot = UINT32_MAX;
}

/* The same read as the access before it, and the one before that: what is not asked about is
 * always such a read, so that what was asked about last tells of the access before. */
static bool waits(const struct nap_machine *m, const struct nap_request *access)
{
    const struct nap_evidence *ev = m->ev;
    unsigned device, slot;

    if (ev->poll_count < 2)
        return false;
    read_by(m, access, &device, &slot);
    return device != UINT32_MAX && device == ev->poll_device && slot == ev->poll_slot &&
           device == ev->asked_device && slot == ev->asked_slot;
}

bool nap_seam_asks_lines(struct nap_machine *m, const struct nap_request *access)
{
    return !waits(m, access) || has_changed(m, &m->ev->asked_lines);
}

void nap_seam_asked_lines(struct nap_machine *m, const struct nap_request *access)
{
    unsigned device, slot;

    read_by(m, access, &device, &slot);
    nap_touched(m, &m->ev->asked_device, sizeof m->ev->asked_device);
    nap_touched(m, &m->ev->asked_slot, sizeof m->ev->asked_slot);
    m->ev->asked_device = device;
    m->ev->asked_slot = slot;
    keep_state(m, &m->ev->asked_lines);
}

const struct nap_parked *nap_seam_parked(const struct nap_machine *m)
{
    return m->stack && m->stack->parked->is_parked ? m->stack->parked : NULL;
}

/* --- the driver's side --- */

static _Noreturn void first_function(void)
{
    struct nap_machine *m = nap_seam_machine();
    struct nap_stack *s = m->stack;

    s->frame = m->driver_stack = __builtin_frame_address(0);
    s->result = s->call(s->context);
    s->done = true;
    nap_stack_switch(&s->driver, s->host);
    abort(); /* nobody goes back */
}

uint64_t nap_stack_request(struct nap_machine *m, struct nap_request *request)
{
    struct nap_stack *s = m->stack;

    s->request = request;
    nap_stack_switch(&s->driver, s->host);
    if (s->unwind)
        longjmp(*(jmp_buf *)m->stuck_jump, s->unwind);
    return s->value;
}

/* --- the host's side --- */

/* A stack on which first_function() is about to begin. */
static void *fresh(const struct nap_stack *s)
{
    void (*entry)(void) = first_function;
    uint64_t *at = (uint64_t *)(void *)(s->top - 2 * sizeof(uint64_t));

    at[1] = 0; /* where first_function() would return to */
    memcpy(at, &entry, sizeof entry);
    at -= KEPT_REGISTERS;
    memset(at, 0, KEPT_REGISTERS * sizeof *at);
    return at;
}

static void run_driver(struct nap_machine *m)
{
    struct nap_stack *s = m->stack;
    uint8_t *driver = s->driver;

    memset(driver - CLEAN_BYTES, 0, CLEAN_BYTES);
    m->driver_stack = s->frame;
    s->running = true;
    nap_stack_switch(&s->host, driver);
    s->running = false;
}

/* Makes the access. 0, or how it has left the call. */
static int serve(struct nap_machine *m)
{
    struct nap_stack *s = m->stack;
    void *outer = m->stuck_jump;
    jmp_buf here;
    int left;

    m->stuck_jump = &here;
    left = setjmp(here);
    if (left == 0)
        s->value = nap_seam_serve(m, s->request);
    if (writes(s->request))
        s->wrote_us = m->ev->simulated_us;
    m->stuck_jump = outer;
    return left;
}

/* As above, where it is not parked. */
static bool can_meet(const struct nap_machine *m)
{
    return m->meeting && m->meeting->due && !m->any_marked && m->stuck_jump == &m->stack->left;
}

/* All that decides how the run goes on: the machine, the driver's frames, what they have waited
 * for, and the way here. */
static bool meets(struct nap_machine *m)
{
    struct nap_stack *s = m->stack;
    struct nap_waited w = waited(m);
    struct nap_hash128 key = nap_state_key(m), way = m->meeting->way;
    bool met;

    nap_way_note(m, &w, sizeof w);
    nap_way_note(m, s->driver, live_bytes(s));
    key.low += m->meeting->way.low;
    key.high += m->meeting->way.high;
    met = m->meeting->met(m->meeting->context, key);
    m->meeting->way = way;
    m->meeting->due = false;
    return met;
}

/* Until the call has returned, has been left, or is parked. */
static int drive(void *context)
{
    struct nap_machine *m = context;
    struct nap_stack *s = m->stack;

    for (run_driver(m); !s->done; run_driver(m)) {
        if (can_park(m)) {
            park(m);
            return NAP_SEAM_PARKED;
        }
        if (can_meet(m) && meets(m))
            return NAP_SEAM_MET;
        if (m->before_access && m->before_access(m->before_access_context, s->request))
            return NAP_SEAM_LEFT;
        s->unwind = serve(m);
        if (s->unwind && m->stuck_jump == &s->left)
            return NAP_SEAM_STUCK;
    }
    return s->result;
}

static int go_on(void *context)
{
    struct nap_machine *m = context;

    m->driver_stack = m->stack->frame;
    m->stack->unwind = serve(m);
    return m->stack->unwind ? NAP_SEAM_STUCK : drive(m);
}

static int segment(struct nap_machine *m, int (*run)(void *context))
{
    struct nap_stack *s = m->stack;
    const char *label = s->parked->label;
    int result;

    s->done = false;
    s->unwind = 0;
    s->n_chosen = m->n_chosen;
    result = nap_seam_inside(m, &s->left, run, m);
    s->running = false;
    if (result == NAP_SEAM_PARKED)
        return result;
    nap_seam_unless_met(m, result);
    forget(m);
    return nap_seam_end(m, label, result);
}

int nap_stack_call(struct nap_machine *m, int (*call)(void *context), void *context)
{
    struct nap_stack *s = m->stack;
    int result;

    s->call = call;
    s->context = context;
    s->driver = fresh(s);
    s->done = false;
    s->unwind = 0;
    s->n_chosen = m->n_chosen;
    s->wrote_us = m->call_began_us;
    result = nap_seam_inside(m, &s->left, drive, m);
    s->running = false;
    return result;
}

int nap_seam_call_parking(struct nap_machine *m, const char *label, int (*call)(void *context),
                          void *context, size_t bytes)
{
    struct nap_stack *s = m->stack;

    if (!s)
        return nap_seam_call(m, label, call, context);
    assert(bytes <= sizeof s->parked->context && !s->parked->is_parked);
    nap_touched(m, &s->parked->label, sizeof s->parked->label);
    s->parked->label = label;
    put(m, s->parked->context, context, bytes);
    s->call = call;
    s->context = s->parked->context;
    s->driver = fresh(s);
    nap_seam_begin(m, label);
    s->wrote_us = m->call_began_us;
    return segment(m, drive);
}

int nap_seam_go_on(struct nap_machine *m)
{
    assert(nap_seam_parked(m));
    unpark(m);
    return segment(m, go_on);
}

int nap_seam_drop(struct nap_machine *m)
{
    const char *label = m->stack->parked->label;

    assert(nap_seam_parked(m));
    m->call_began_us = m->stack->evidence->call_began_us;
    forget(m);
    return nap_seam_end(m, label, NAP_SEAM_LEFT);
}
