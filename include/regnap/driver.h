/* SPDX-License-Identifier: MIT */
/* What driver logic under test looks like to regnap. Own logic, compat layers and a user's .so
 * all fill one struct nap_driver. Calls return 0 or a negative errno value. Suspend and resume
 * are tables of phases, so that the runner owns the loops: between two elements of a walk no
 * driver frame is live, and a state can be stored, compared and explored from there. */
#ifndef REGNAP_DRIVER_H
#define REGNAP_DRIVER_H

#include <regnap/error.h>
#include <regnap/os.h>

#define NAP_DRIVER_ABI 4u

#define NAP_EPROBE_DEFER (-517) /* Linux's and Xen's EPROBE_DEFER, negated */

enum nap_phase_kind {
    NAP_PHASE_STEP, /* call step() once */
    NAP_PHASE_WALK, /* call each() for every listed device that filter() accepts */
};

enum nap_direction {
    NAP_FORWARD,  /* from the head of the device list */
    NAP_BACKWARD, /* from its tail */
};

struct nap_phase {
    const char *name; /* for traces and order choices; unique within its table */
    enum nap_phase_kind kind;
    enum nap_direction direction;
    bool (*filter)(const struct nap_device *device); /* NULL: all */
    int (*each)(struct nap_device *device);
    int (*step)(void);
    /* It runs with the CPU's interrupts off: one that comes waits for the first phase without
     * this, or for the return of resume. Between suspend and resume they are always off. */
    bool irqs_off;
};

struct nap_driver {
    uint32_t abi; /* NAP_DRIVER_ABI */
    const char *name;
    /* Model names it binds to; NULL-terminated. NULL: it looks at the machine's device tree. */
    const char *const *compatible;
    /* A domain has tables only once a master is attached: map() comes after attach(). */
    bool maps_when_attached;
    /* Where suspend fails, the OS resumes the devices that slept already. That is not modelled:
     * the run ends there. Else a failed suspend leaves all devices of the driver awake. */
    bool unwinds_suspend;
    /* All of suspend and resume runs with the CPU's interrupts off. */
    bool irqs_off;

    /* Brings one device up, in the order of the machine description. NAP_EPROBE_DEFER: not yet;
     * it is called again once another device has been brought up. A driver puts the device on
     * the list that walks go over with nap_list_add_head() or _tail(). */
    int (*probe)(struct nap_device *device);
    /* A bus master appears behind a device (Xen: add_device). */
    int (*add_master)(struct nap_master *master);
    /* A domain (guest) appears, or goes; nothing is attached to it then. */
    int (*domain_init)(struct nap_domain *domain);
    void (*domain_destroy)(struct nap_domain *domain);
    /* All of the next four; or none, by a driver of devices on no master's way. */
    int (*attach)(struct nap_domain *domain, struct nap_master *master);
    int (*detach)(struct nap_domain *domain, struct nap_master *master);
    int (*map)(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t size_bytes,
               unsigned prot);
    int (*unmap)(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes);
    /* The device's interrupt line is high. */
    void (*irq)(struct nap_device *device);
    /* The hard half of a handler: an edge of that output of the device, or a message of its
     * vector, has arrived. True: its thread is to run. */
    bool (*irq_edge)(struct nap_device *device, unsigned output);
    /* The threaded half, once for each irq_edge() that asked for it. */
    void (*irq_thread)(struct nap_device *device, unsigned output);

    /* IOMMU calls beyond attach to unmap; NULL where there is none. The master is detached from
     * its domain, and its traffic is refused, or passes untranslated. */
    int (*block)(struct nap_master *master);
    int (*bypass)(struct nap_master *master);
    /* The answer to a page request or a stalled transaction of stream @sid: what the driver has
     * reported under @tag. @code: 0 success, 1 invalid, 2 failure. */
    int (*page_response)(struct nap_device *device, uint32_t sid, uint32_t tag, int code);
    /* What the hardware can do, as user space asks for it at any time. */
    int (*query)(struct nap_device *device);
    /* @n commands that nobody waits for are put into the device's queue. */
    int (*fill)(struct nap_device *device, unsigned n);
    /* The driver gives the device up; nothing is attached to it then. It is called for no
     * device after that. */
    int (*remove)(struct nap_device *device);

    /* Run-time power management, while the system is awake: before the power domain of a probed
     * device goes off, and once it is on again. NULL: the driver is not told. */
    int (*device_off)(struct nap_device *device);
    int (*device_on)(struct nap_device *device);

    /* Of a driver of the interrupt controller. Each runs on @cpu: its system registers, and
     * what is banked, are that CPU's. Suspend, resume and all other calls run on CPU 0.
     *
     * A driver has both of cpu_up() and cpu_down(), or neither. Once all devices are probed,
     * cpu_up() is called for each CPU but 0. Before the phases of suspend cpu_down() is called
     * for these, the last first, and their power is cut, a domain of several CPUs with the last
     * of them; after the phases of resume, or where suspend fails, those that are down get
     * power and cpu_up(). Interrupts are off in both. 0 or a negative errno value; from
     * cpu_down() it is that of suspend, and the CPU stays up. */
    int (*cpu_up)(unsigned cpu);
    int (*cpu_down)(unsigned cpu);
    /* The controller signals the CPU, whose interrupts are on: it takes one. The driver
     * acknowledges it, calls nap_irq_dispatch() and ends it. Called again while the signal
     * stays. With it, handlers of devices that have an input run from there alone. */
    void (*irq_entry)(unsigned cpu);
    /* The guest that handles the interrupt ends it (NAP_IRQ_GUEST), on the CPU that took it. */
    void (*irq_deactivate)(unsigned cpu, uint32_t intid);
    /* CPU @cpu sends SGI @intid to CPU @target. */
    int (*irq_send)(unsigned cpu, unsigned target, uint32_t intid);

    /* -EBUSY or -EAGAIN from suspend: this is not the time, and the system stays awake. */
    const struct nap_phase *suspend;
    uint32_t n_suspend;
    const struct nap_phase *resume;
    uint32_t n_resume;
    /* The suspend under way is given up, anywhere in its phases, power never having gone:
     * service must be back on return. NULL: the phases of resume do that. */
    int (*abandon)(void);
};

/* --- drivers as objects ---------------------------------------------------------------------
 *
 * A shared object that defines `const struct nap_driver nap_driver`. Its writable data belongs
 * to the machine while the driver runs, so it is saved and compared with the rest of it. */

struct nap_driver_object;

/**
 * nap_driver_load - open a driver object
 * @file: name in the file system
 * @out:  owned by the caller, nap_driver_unload(); NULL on failure
 *
 * Its code is trusted: it runs in this process. What the object does not define must be
 * provided, by this library opened for all (not RTLD_LOCAL): nap_ functions of this library,
 * functions of libfdt, and functions of the C library that keep no state and touch nothing
 * outside.
 *
 * It is code: what it does when it is loaded, by a constructor, nobody checks. Its writable
 * data is one in the process, so machines that run it stay on one thread.
 *
 * Returns NAP_ERR_IO, NAP_ERR_PARSE (no whole ELF shared object of this machine; thread-local
 * data), NAP_ERR_UNKNOWN (the symbols that nobody provides, by name; no nap_driver),
 * NAP_ERR_ARG (another ABI, a missing function), NAP_ERR_STATE (loaded already; it defines
 * names that the process has too), NAP_ERR_NOSPACE, NAP_ERR_NOMEM.
 */
NAP_EXPORT enum nap_err nap_driver_load(const char *file, struct nap_driver_object **out,
                                        struct nap_error *error);
/* No machine may run it any more, and nothing may refer to its findings. */
NAP_EXPORT void nap_driver_unload(struct nap_driver_object *object);
NAP_EXPORT const struct nap_driver *nap_driver_of(const struct nap_driver_object *object);
/**
 * nap_driver_crashed - for a host's handler of SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP
 * @number:  the signal
 * @context: what the handler got (SA_SIGINFO)
 *
 * If a driver object runs in this thread and the place is not in this library, ends the driver
 * call as nap_panic() does, with the line and its callers, and does not return. Else returns,
 * and the signal is the host's. The handler runs on a stack of its own of at least 256 KiB and
 * leaves the signal unblocked.
 */
NAP_EXPORT void nap_driver_crashed(int number, const void *context);
/* Whether the object has debug information, so that verdicts can name its lines. */
NAP_EXPORT bool nap_driver_has_lines(const struct nap_driver_object *object);
/* File name without directory and ending. */
NAP_EXPORT const char *nap_driver_object_name(const struct nap_driver_object *object);
/* Digest of the file's bytes. */
NAP_EXPORT struct nap_hash128 nap_driver_object_digest(const struct nap_driver_object *object);

#endif
