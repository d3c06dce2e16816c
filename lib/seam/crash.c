/* SPDX-License-Identifier: MIT */
/* A crash in the code of a driver object ends the driver call and is a finding with a line. */
#define _GNU_SOURCE
#include "seam.h"

#include "../os/os.h"
#include "object.h"

#include <dlfcn.h>
#include <signal.h>
#include <ucontext.h>

static const void *module_of(uintptr_t code)
{
    Dl_info info;

    /* NOLINTNEXTLINE(performance-no-int-to-ptr): a code address */
    return dladdr((const void *)code, &info) ? info.dli_fbase : NULL;
}

static struct nap_place place_of(const ucontext_t *context)
{
    struct nap_place at = {0};

#if defined(__x86_64__)
    const greg_t *r = context->uc_mcontext.gregs;

    at.pc = (uintptr_t)r[REG_RIP];
    at.sp = (uintptr_t)r[REG_RSP];
    at.frame = (uintptr_t)r[REG_RBP];
#elif defined(__aarch64__)
    const mcontext_t *r = &context->uc_mcontext;

    at.pc = r->pc;
    at.sp = r->sp;
    at.frame = r->regs[29];
    at.link = r->regs[30];
#else
    (void)context;
#endif
    return at;
}

static const char *what(int number)
{
    switch (number) {
    case SIGSEGV:
        return "it crashed (SIGSEGV)";
    case SIGBUS:
        return "it crashed (SIGBUS)";
    case SIGFPE:
        return "it crashed (SIGFPE)";
    case SIGILL:
        return "it crashed (SIGILL)";
    case SIGTRAP:
        return "it crashed (SIGTRAP)";
    default:
        return "it crashed";
    }
}

void nap_driver_crashed(int number, const void *context)
{
    struct nap_machine *m = nap_seam_running();
    struct nap_place at = place_of(context);

    /* What the code of the library does wrong is not the driver's. */
    if (!m || !m->object || !m->stuck_jump ||
        module_of(at.pc) == module_of((uintptr_t)nap_driver_crashed))
        return;
    nap_panic_at(what(number), nap_object_line(m->object, &at, m->driver_stack));
}
