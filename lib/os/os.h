/* SPDX-License-Identifier: MIT */
/* Private to lib/: the OS layer's side of driver calls. */
#ifndef NAP_OS_H
#define NAP_OS_H

#include "../core/core.h"

/* Objects for the driver, in driver RAM. NULL when it is used up. */
struct nap_device *nap_os_device(struct nap_machine *m, unsigned device);

/* Driver number @index of the run; NULL: there is none. */
const struct nap_driver *nap_os_driver(const struct nap_machine *m, uint32_t index);
/* Whether the list of models of the driver, if it has one, has that one. */
bool nap_os_names(const struct nap_driver *driver, const char *model);
/* The number of the driver that the device is bound to, by the name of its model; else 0. */
uint32_t nap_os_driver_of(const struct nap_machine *m, unsigned device);
/* Calls from here on are that one's: its data, its list of devices. Returns whose they were. */
uint32_t nap_os_run_as(struct nap_machine *m, uint32_t index);
static inline const struct nap_driver *nap_os_driver_for(const struct nap_machine *m,
                                                         unsigned device)
{
    return nap_os_driver(m, nap_os_driver_of(m, device));
}

/* nap_panic() with all that is known of the place. */
_Noreturn void nap_panic_at(const char *what, struct nap_source source);

/* As nap_ram_alloc(), from the topmost RAM bank above 4 GiB; 0 also where there is none. */
nap_addr nap_ram_alloc_high(uint64_t size_bytes);

/* A step NAP_STEP_OS of the driver line in m->source; counted only where nobody looks. */
void nap_os_step(struct nap_machine *m, enum nap_os_call call, const char *label,
                 unsigned device, uint64_t was, uint64_t now);
/* The same about one output of the device. */
void nap_os_output_step(struct nap_machine *m, enum nap_os_call call, const char *label,
                        unsigned device, unsigned output, uint64_t was, uint64_t now);

/* pm.c */
/* Whether the device is the driver's; one that looks at the device tree may have any that the
 * tree does not disable. */
bool nap_pm_driven(const struct nap_machine *m, unsigned device);
/* Disabled in the device tree, or left out by the scenario: software does not look at it. */
bool nap_os_left_out(const struct nap_machine *m, unsigned device);
/* Whether a device is asleep, or a domain down, while the system is awake. */
bool nap_pm_any_asleep(const struct nap_machine *m);
/* Whether run-time power management may put the device off now. */
bool nap_pm_is_idle(const struct nap_machine *m, unsigned device);
/* device_off() or device_on() of the driver is about to be called; and what it has returned. */
void nap_pm_begins(struct nap_machine *m, unsigned device);
void nap_pm_ended(struct nap_machine *m, unsigned device, bool off, int result);
/* A driver call begins that may be broken off, and has ended; @left: its frames are gone, so
 * what it has taken, nobody may be there to give back. */
void nap_pm_call_begins(struct nap_machine *m);
void nap_pm_call_ended(struct nap_machine *m, bool left);
/* References that somebody holds. */
unsigned nap_pm_held(const struct nap_os_device *d);
/* The device is asleep: the domains that can be cut now. */
uint32_t nap_pm_domains_to_cut(const struct nap_machine *m, unsigned device);
/* Takes them down while the system is awake; @told: their driver knows. */
void nap_pm_cut(struct nap_machine *m, uint32_t domains, bool told);
/* They are up again, and their driver, if it was told, has said so. */
void nap_pm_came(struct nap_machine *m, uint32_t domains);

/* objects.c: the driver has given the device up; and an access of it goes to @address. */
void nap_os_removed(struct nap_machine *m, unsigned device);
void nap_os_after_remove(struct nap_machine *m, nap_addr address, struct nap_source source);

/* The record of one device, about to be written. */
struct nap_os_device *nap_os_open(struct nap_machine *m, unsigned device);

/* irq.c */
/* Outputs of the device that a handler can take: pending edges, and threads that are to run. */
unsigned nap_irq_edges(const struct nap_machine *m, unsigned device);
unsigned nap_irq_threads(const struct nap_machine *m, unsigned device);
/* One of them is about to be handled, by whoever calls the driver, and has been: @thread is
 * what irq_edge() has returned, @before what the former has. */
uint32_t nap_irq_begins(struct nap_machine *m, unsigned device, unsigned output,
                        bool is_thread);
void nap_irq_ended(struct nap_machine *m, unsigned device, unsigned output, bool thread,
                   uint32_t before);
/* That handler runs from here on, one of nap_irq_handler() or 0; returns which did before.
 * NAP_OUTPUTS_MAX stands for the device's line. */
uint32_t nap_irq_handler(unsigned device, unsigned output);
uint32_t nap_irq_handling(struct nap_machine *m, uint32_t now);
/* Whether its driver has a handler for the device's line, and still has the device. */
bool nap_irq_has_line_handler(const struct nap_machine *m, unsigned device);
/* Accesses from here on are asked about by @hook; returns by what they were before. */
nap_request_hook *nap_irq_keep_whole(struct nap_machine *m, nap_request_hook *hook);
/* Whether the CPU takes interrupts from here on. */
void nap_irqs_set(struct nap_machine *m, bool on);
/* No driver call follows: edges without a handler are lost. */
void nap_irq_end(struct nap_machine *m);
/* The core gives the vector of the output another message; false if it has no vector. */
bool nap_msi_move(struct nap_machine *m, unsigned device, unsigned output);
/* Vectors of the device. */
unsigned nap_msi_count(const struct nap_machine *m, unsigned device);
/* Whether the OS has handed that RAM out. */
bool nap_os_owns(const struct nap_machine *m, nap_addr address, uint64_t bytes);

/* interrupt.c: nap_machine.interrupts by index */
struct nap_os_interrupt *nap_os_interrupt_open(struct nap_machine *m, uint32_t index);
/* Who handles it has seen to its source: a line of the scenario's falls. */
void nap_os_interrupt_end(struct nap_machine *m, uint32_t index);
/* The first device that holds its input high, or -1. */
int nap_os_interrupt_holder(const struct nap_machine *m, uint32_t intid);
void nap_os_interrupt_step(struct nap_machine *m, enum nap_os_call call, uint32_t intid,
                           uint64_t was, uint64_t now);
/* The driver's object of the device; NULL where nothing has made it. */
static inline struct nap_device *nap_os_device_of(const struct nap_machine *m, unsigned device)
{
    return m->os_devices ? m->os_devices[device] : NULL;
}

/* The tables of the hypervisor, which is not under test: its stores are no steps. */
uint64_t nap_table_read(nap_addr pa);
void nap_table_write(nap_addr pa, uint64_t value);

/* The driver loads from simulated RAM, or stores to it. */
uint64_t nap_os_load(struct nap_machine *m, nap_addr pa, unsigned size_bytes,
                     struct nap_source source);
void nap_os_store(struct nap_machine *m, nap_addr pa, unsigned size_bytes, uint64_t value,
                  struct nap_source source);

/* Allocation in the driver RAM of @m. */
void *nap_os_alloc(struct nap_machine *m, size_t bytes);

#endif
