/* SPDX-License-Identifier: MIT */
/* What driver logic needs of an operating system or hypervisor: registers, barriers, memory,
 * delays, a device list, and the objects it is called with. Everything a driver keeps lives in
 * the machine's driver RAM, at a fixed address, so that a snapshot of the machine holds the
 * driver as well. Only valid inside a driver call. */
#ifndef REGNAP_OS_H
#define REGNAP_OS_H

#include <regnap/soc.h>

#define NAP_PROT_READ  1u
#define NAP_PROT_WRITE 2u

#define NAP_MASTER_IDS_MAX 64

/* One device of the machine, as its driver sees it. */
struct nap_device {
    char name[NAP_NAME_MAX];
    nap_addr regs;            /* base of its register window, as ioremap() would give */
    uint32_t index;           /* in the machine description */
    uint32_t line;            /* there, of what it forwards to: of an endpoint its StreamID */
    bool powered_at_boot;     /* its power domain is on when the driver probes */
    struct nap_soc_node node; /* of the device tree; empty without one */
    struct nap_device *root;  /* the device it forwards to; itself if it is a root */
    char model[NAP_NAME_MAX]; /* what it matched the driver's list of compatible names by */
    void *data;               /* the driver's */
    struct nap_device *next;  /* device list; use nap_list_ calls */
    struct nap_device *prev;
};

/* One bus master behind one device. */
struct nap_master {
    char name[NAP_NAME_MAX];
    uint32_t index; /* in the machine description */
    struct nap_device *device;
    uint32_t n_ids;
    uint32_t ids[NAP_MASTER_IDS_MAX]; /* its ports (micro-TLBs) on that device */
    struct nap_domain *domain;        /* attached to, or NULL; kept by the OS layer */
    bool autonomous;                  /* firmware of its own: it sends whenever it has power */
    bool sensitive;                   /* its domain of the scenario is */
    struct nap_soc_node node;         /* of the device tree; empty without one */
    void *data;                       /* the driver's */
};

/* One guest's address space. */
struct nap_domain {
    char name[NAP_NAME_MAX];
    uint32_t index;
    unsigned ipa_bits; /* input address size of the second-stage tables */
    /* Owned by somebody whose masters must never reach memory untranslated, as user space. */
    bool sensitive;
    nap_addr p2m_root; /* physical address of the start-level table (two pages for 40 bits) */
    void *data;        /* the driver's */
};

/* --- registers: one access per source line, so that a verdict can name it --- */

#define nap_read32(address)         ((uint32_t)nap_seam_read((address), 4, __FILE__, __LINE__))
#define nap_write32(address, value) nap_seam_write((address), 4, (value), __FILE__, __LINE__)

/* @size_bytes is 1, 2, 4 or 8. @file NULL: the line is that of the nearest caller, in a driver
 * that was loaded as an object (driver.h), whose name does not say that it only reads or
 * writes. */
NAP_EXPORT uint64_t nap_seam_read(nap_addr address, unsigned size_bytes, const char *file,
                                  int line);
NAP_EXPORT void nap_seam_write(nap_addr address, unsigned size_bytes, uint64_t value,
                               const char *file, int line);

/* A system register of the CPU that the call runs on, by NAP_SYSREG (MRS, MSR). Not ordered
 * with accesses of devices: docs/memory-order.md. */
#define nap_sysreg_read(number) nap_seam_sysreg_read((number), __FILE__, __LINE__)
#define nap_sysreg_write(number, value)                                                        \
    nap_seam_sysreg_write((number), (value), __FILE__, __LINE__)
/* @file as nap_seam_read() takes it. */
NAP_EXPORT uint64_t nap_seam_sysreg_read(unsigned number, const char *file, int line);
NAP_EXPORT void nap_seam_sysreg_write(unsigned number, uint64_t value, const char *file,
                                      int line);

/* Barriers of the calling CPU, by their Arm names. */
enum nap_barrier {
    NAP_DSB_SY,
    NAP_DSB_ST,
    NAP_DSB_LD,
    NAP_DMB_SY,
    NAP_DMB_ST,
    NAP_DMB_LD,
    NAP_DMB_OSH,
    NAP_DMB_OSHST,
    NAP_DMB_OSHLD,
    NAP_DMB_ISH,
    NAP_DMB_ISHST,
    NAP_DMB_ISHLD,
    NAP_ISB,
    NAP_DSB_OSH,
    NAP_DSB_OSHST,
    NAP_DSB_OSHLD,
    NAP_DSB_ISH,
    NAP_DSB_ISHST,
    NAP_DSB_ISHLD,
    NAP_DSB_NSH,
    NAP_DSB_NSHST,
    NAP_DSB_NSHLD,
    NAP_DMB_NSH,
    NAP_DMB_NSHST,
    NAP_DMB_NSHLD,
    NAP_BARRIERS
};

#define nap_dsb() nap_seam_barrier(NAP_DSB_SY, __FILE__, __LINE__)
/* As nap_seam_write() takes @file. */
NAP_EXPORT void nap_seam_barrier(enum nap_barrier barrier, const char *file, int line);

/* A barrier that belongs to an access, as those in the accessors of operating systems. Where
 * nothing is on its way it does nothing and is no step. */
#define nap_fence(barrier) nap_seam_fence((barrier), __FILE__, __LINE__)
NAP_EXPORT void nap_seam_fence(enum nap_barrier barrier, const char *file, int line);

/* The driver maps the device whose registers are at @regs, the whole of it, with this
 * attribute. What is never mapped so is nGnRE. */
NAP_EXPORT void nap_map_registers(nap_addr regs, enum nap_mapping mapping);

/* --- memory, time, log --- */

/* Zeroed driver RAM, 16-byte aligned, whole pages of 4 KiB page-aligned; NULL when it is used
 * up. */
NAP_EXPORT void *nap_alloc(size_t bytes);
/* Bytes that the allocation holds: what was asked for, rounded up to 16. */
NAP_EXPORT size_t nap_alloc_size(const void *p);
/* Freeing twice does nothing but log; freeing what was not allocated ends the call. */
NAP_EXPORT void nap_free(void *p);

/* Driver RAM is RAM of the machine: at its physical address, devices see what the CPU's caches
 * have written back, and no more. 0 and NULL where there is none. */
NAP_EXPORT nap_addr nap_virt_to_phys(const void *p);
NAP_EXPORT void *nap_phys_to_virt(nap_addr pa);
/* Cleans [p, p + bytes) of the CPU's caches: devices see it from here on. */
NAP_EXPORT void nap_cache_clean(const void *p, size_t bytes);
/* Drops [p, p + bytes) from the CPU's caches: the CPU sees what devices see. */
NAP_EXPORT void nap_cache_invalidate(void *p, size_t bytes);

/* Whether an operation that may fail for lack of resources does so now: a choice of kind
 * `fail` and a fault, so never in a run that allows none. @what is a literal, as "kmalloc". */
NAP_EXPORT bool nap_fails(const char *what);

/* Lets simulated time pass. More than a minute of it in one call ends the call. */
NAP_EXPORT void nap_udelay(unsigned microseconds);

/* One line into the trace; a newline at its end is dropped. */
NAP_EXPORT void nap_log(const char *format, ...) NAP_PRINTF(1, 2);

/* Ends the driver call: the driver has hit an assertion of its own (BUG(), a lock taken twice)
 * and goes no further. A rule reports it with @file and @line. */
_Noreturn NAP_EXPORT void nap_panic(const char *what, const char *file, int line);
/* The driver warns of something that should not be; the run goes on, a note tells. */
NAP_EXPORT void nap_warn(const char *what, const char *file, int line);

/* Parameter driver.KEY of the scenario (YAML or --set), or NULL. Valid until the call ends. */
NAP_EXPORT const char *nap_parameter(const char *key);

/* The machine's flattened device tree, whole and well-formed; NULL for a machine that was not
 * made from one. Read only; stays valid as long as the machine. */
NAP_EXPORT const void *nap_device_tree(void);

/* Switches the power domain of a device, with what lies below it, as the OS does at run time.
 * Turning on leaves it off where a parent is off. */
NAP_EXPORT void nap_device_set_power(struct nap_device *device, bool on);
NAP_EXPORT bool nap_device_powered(const struct nap_device *device);

/* --- run-time power references ---
 *
 * As the run-time power management of an OS has them. A device has it from nap_pm_enable() to
 * nap_pm_disable(). What nobody holds goes off while the system is awake where operation
 * `runtime-suspend` of the scenario or a choice of kind `idle` says so: device_off() of the
 * driver is called, and its power domain is cut once all devices in and below it are asleep. A
 * put without a get, and a reference that a failed call leaves, break rule os-balance. */

/* Takes a reference. A device that is off comes on, its power domain with those above it, and
 * device_on() of the driver is called within this call. 0; or no reference is taken: -EIO (the
 * OS fails, a choice of kind `fail`), -EACCES (it is off, and run-time power management of the
 * device is too, or the system is asleep), or what device_on() returned, and it is off again.
 */
#define nap_pm_get(device) nap_pm_get_at((device), __FILE__, __LINE__)
NAP_EXPORT int nap_pm_get_at(struct nap_device *device, const char *file, int line);
/* Takes a reference if the device is on: 1 taken, 0 it is asleep, -EINVAL its run-time power
 * management is off. Never wakes it. */
#define nap_pm_get_if_active(device) nap_pm_get_if_active_at((device), __FILE__, __LINE__)
NAP_EXPORT int nap_pm_get_if_active_at(struct nap_device *device, const char *file, int line);
/* Gives a reference back. With the last one the device may go off. */
#define nap_pm_put(device) nap_pm_put_at((device), __FILE__, __LINE__)
NAP_EXPORT void nap_pm_put_at(struct nap_device *device, const char *file, int line);

#define nap_pm_enable(device)  nap_pm_enable_at((device), true, __FILE__, __LINE__)
#define nap_pm_disable(device) nap_pm_enable_at((device), false, __FILE__, __LINE__)
NAP_EXPORT void nap_pm_enable_at(struct nap_device *device, bool on, const char *file,
                                 int line);
NAP_EXPORT bool nap_pm_enabled(const struct nap_device *device);
/* Whether the device is asleep: run-time power management has put it off. */
NAP_EXPORT bool nap_pm_asleep(const struct nap_device *device);

/* --- interrupts of a device's outputs: edges and messages ---
 *
 * An edge, and a message to the vector of an output, is pending at the interrupt controller,
 * whatever becomes of its device. At quiet points, and in nap_irq_synchronize(), irq_edge() of
 * the driver takes what has been requested; irq_thread() runs then or, by a choice of kind
 * `handler`, at a later quiet point. @output counts as the block's outputs do. */

/* The interrupt of @output gets a handler. @threaded: irq_thread() runs after it, once for each
 * irq_edge() that returned true, or was NULL. 0, -EINVAL (no such output), -EBUSY (it has one,
 * which breaks rule os-balance), -ENOMEM (a choice of kind `fail`). */
#define nap_irq_request(device, output, threaded)                                              \
    nap_irq_request_at((device), (output), (threaded), __FILE__, __LINE__)
NAP_EXPORT int nap_irq_request_at(struct nap_device *device, unsigned output, bool threaded,
                                  const char *file, int line);
/* Waits for its handler and thread, and takes it away: what comes then stays pending. */
#define nap_irq_free(device, output) nap_irq_free_at((device), (output), __FILE__, __LINE__)
NAP_EXPORT void nap_irq_free_at(struct nap_device *device, unsigned output, const char *file,
                                int line);
/* Handlers and threads of the device that wait run now, within this call. Where the CPU's
 * interrupts are off none can, and none does. */
NAP_EXPORT void nap_irq_synchronize(struct nap_device *device);

/* A vector for @output: the message that raises it is a 32-bit write of *@data to *@address. 0,
 * -EINVAL (no such output), -ENODEV (the machine has no doorbell), -EBUSY (it has one, which
 * breaks rule os-balance), -ENOSPC (also a choice of kind `fail`). */
#define nap_msi_alloc(device, output, address, data)                                           \
    nap_msi_alloc_at((device), (output), (address), (data), __FILE__, __LINE__)
NAP_EXPORT int nap_msi_alloc_at(struct nap_device *device, unsigned output, nap_addr *address,
                                uint32_t *data, const char *file, int line);
/* The message that raises it now: while the device is off the core may move the interrupt
 * (operation `msi-move`), and the message is another. 0, -ENOENT. */
NAP_EXPORT int nap_msi_message(const struct nap_device *device, unsigned output,
                               nap_addr *address, uint32_t *data);
/* Messages to it are lost from here on. */
#define nap_msi_free(device, output) nap_msi_free_at((device), (output), __FILE__, __LINE__)
NAP_EXPORT void nap_msi_free_at(struct nap_device *device, unsigned output, const char *file,
                                int line);

/* --- interrupts of a simulated controller, for its driver --- */

/* One that the OS uses: of the scenario, or of a device that another driver is for. */
struct nap_interrupt {
    uint32_t intid;
    uint32_t cpu;     /* that it goes to */
    uint32_t from;    /* of an SGI: who sends it */
    uint32_t event;   /* of an LPI: EventID, */
    uint32_t sender;  /* and DeviceID */
    uint8_t priority; /* as IPRIORITYR has it: 0 is the highest */
    bool edge;        /* else level */
    bool guest;       /* a guest handles it, and ends it later */
    bool wake;        /* wake logic sees it as well while the system sleeps */
};

/* How many there are, and one of them: @index beyond that ends the call. They stay valid and as
 * they are for the whole run. */
NAP_EXPORT uint32_t nap_interrupts(void);
NAP_EXPORT const struct nap_interrupt *nap_interrupt(uint32_t index);

/* What became of an interrupt. */
enum nap_irq_result {
    NAP_IRQ_HANDLED, /* its handler has run: it can be ended */
    NAP_IRQ_GUEST,   /* a guest has it: its priority is dropped, and the guest ends it */
    NAP_IRQ_NOBODY,  /* nobody is for it */
};

/* The driver of the interrupt controller has acknowledged @intid: its handler runs, or those of
 * all devices that share the input. On a machine without a controller it ends the call. */
#define nap_irq_dispatch(intid) nap_irq_dispatch_at((intid), __FILE__, __LINE__)
NAP_EXPORT enum nap_irq_result nap_irq_dispatch_at(uint32_t intid, const char *file, int line);

/* The CPU that the call runs on, from 0; how many there are; and the affinity of one:
 * Aff3.Aff2.Aff1.Aff0, in bytes from the highest. @cpu beyond them ends the call. */
NAP_EXPORT unsigned nap_this_cpu(void);
NAP_EXPORT unsigned nap_all_cpus(void);
NAP_EXPORT uint32_t nap_affinity_of(unsigned cpu);

/* Keeps a master from sending, also one with firmware of its own, through a loss of power too,
 * as a reset line does; and lets it go. */
NAP_EXPORT void nap_master_hold(struct nap_master *master);
NAP_EXPORT void nap_master_release(struct nap_master *master);

/* The driver's own root pointer, NULL until set. */
NAP_EXPORT void *nap_driver_data(void);
NAP_EXPORT void nap_set_driver_data(void *data);

/* --- the device list --- */

NAP_EXPORT void nap_list_add_head(struct nap_device *device);
NAP_EXPORT void nap_list_add_tail(struct nap_device *device);
/* Must be on the list. */
NAP_EXPORT void nap_list_remove(struct nap_device *device);
NAP_EXPORT struct nap_device *nap_list_first(void);
NAP_EXPORT struct nap_device *nap_list_next(const struct nap_device *device);

/* --- second-stage tables of a guest, owned by the hypervisor --- */

/* Allocates the start-level table of @domain from RAM and sets p2m_root. That of every second
 * domain, by odd index, lies in the upper half of the topmost RAM bank above 4 GiB, if the
 * machine has one, all other tables where nap_ram_alloc() has them. 0, -EINVAL (ipa_bits is not
 * 31 to 40), -ENOMEM. */
NAP_EXPORT int nap_p2m_init(struct nap_domain *domain);
/* VMSAv8-64 stage-2 leaf entries for [ipa, ipa + size); 2 MiB blocks where alignment allows.
 * 0, -EINVAL (misaligned to 4 KiB, out of range), -ENOMEM. */
NAP_EXPORT int nap_p2m_map(struct nap_domain *domain, nap_addr ipa, nap_addr pa,
                           uint64_t size_bytes, unsigned prot);
/* Makes the entries invalid; a partly unmapped block is split first. 0, -EINVAL, -ENOMEM. */
NAP_EXPORT int nap_p2m_unmap(struct nap_domain *domain, nap_addr ipa, uint64_t size_bytes);
/* Whether any page of [ipa, ipa + size) has a valid entry, so that a TLB may hold it. */
NAP_EXPORT bool nap_p2m_mapped(const struct nap_domain *domain, nap_addr ipa,
                               uint64_t size_bytes);

/* Simulated physical memory, for tables: one zeroed 4 KiB-aligned block; 0 when RAM or what a
 * machine can hold of it (16 MiB) is used up. */
NAP_EXPORT nap_addr nap_ram_alloc(uint64_t size_bytes);

/* Loads and stores of that memory, aligned to their size, as devices see it from here on. A
 * store is a step of its own, by the line it stands in; where no RAM is, it is lost, a load
 * shows 0, and a rule tells. */
#define nap_ram_read64(pa)         nap_seam_load((pa), 8, __FILE__, __LINE__)
#define nap_ram_read32(pa)         ((uint32_t)nap_seam_load((pa), 4, __FILE__, __LINE__))
#define nap_ram_write64(pa, value) nap_seam_store((pa), 8, (value), __FILE__, __LINE__)
#define nap_ram_write32(pa, value) nap_seam_store((pa), 4, (value), __FILE__, __LINE__)

/* @size_bytes is 1, 2, 4 or 8; else, and where @pa is not aligned to it, the call ends. @file
 * as nap_seam_read() takes it. */
NAP_EXPORT uint64_t nap_seam_load(nap_addr pa, unsigned size_bytes, const char *file, int line);
NAP_EXPORT void nap_seam_store(nap_addr pa, unsigned size_bytes, uint64_t value,
                               const char *file, int line);

#endif
