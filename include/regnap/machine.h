/* SPDX-License-Identifier: MIT */
/* A machine: devices, power domains, masters and RAM of one SoC, as one value in one arena at a
 * fixed address. Two machines in one process use two slots and never meet. */
#ifndef REGNAP_MACHINE_H
#define REGNAP_MACHINE_H

#include <regnap/error.h>
#include <regnap/model.h>
#include <regnap/soc.h>

struct nap_machine; /* opaque */
struct nap_block;   /* behaviour of one kind of device: block.h */

#define NAP_MACHINE_SLOTS 8 /* machines alive at once in one process */

/* How hardware work that is not varied behaves. */
enum nap_policy {
    NAP_POLICY_EAGER, /* done before anybody can notice */
    NAP_POLICY_LAZY,  /* done at the last legal moment */
};

/* What registers of unknown content wake up with. */
enum nap_profile { NAP_PROFILE_ZERO, NAP_PROFILE_HOSTILE };

/* Switch @id takes its value number @value (model.h). */
struct nap_switch_setting {
    const char *id;
    uint32_t value;
};

/* For the driver: driver.KEY of a scenario (os.h: nap_parameter()). */
struct nap_parameter {
    char key[NAP_NAME_MAX], value[NAP_NAME_MAX];
};

struct nap_machine_config {
    const struct nap_soc *soc;             /* must outlive the machine */
    const struct nap_block *const *blocks; /* NULL-terminated; outlive the machine */
    unsigned slot;                         /* 0 to NAP_MACHINE_SLOTS - 1 */
    enum nap_policy policy;
    enum nap_profile profile; /* of the second and later power-ons; the first is `zero` */
    unsigned faults;          /* hardware faults that choices may inject in one run */
    const struct nap_switch_setting *switches;
    unsigned n_switches;
    const struct nap_parameter *parameters; /* outlive the machine */
    unsigned n_parameters;
};

/**
 * nap_machine_create - build a machine, all power domains on, everything at reset
 * @out: owned by the caller, nap_machine_destroy(); NULL on failure
 *
 * Returns NAP_ERR_UNKNOWN (a device whose model no block has; a switch or variant that does not
 * exist), NAP_ERR_RANGE (no such slot; a value that the switch does not have; a master's port
 * that the device does not have; a controller without inputs, or without that of a device; two
 * devices of one CPU with the same system register), NAP_ERR_STATE (slot in use), NAP_ERR_ARG
 * (a block for another NAP_BLOCK_ABI), NAP_ERR_NOSPACE, NAP_ERR_NOMEM.
 */
NAP_EXPORT enum nap_err nap_machine_create(const struct nap_machine_config *config,
                                           struct nap_machine **out, struct nap_error *error);
NAP_EXPORT void nap_machine_destroy(struct nap_machine *m);

NAP_EXPORT const struct nap_soc *nap_machine_soc(const struct nap_machine *m);
/* Index of the device, master or power domain of that name, or -1. Devices and masters of a
 * machine from a device tree are found by the names of their nodes as well. */
NAP_EXPORT int nap_device_find(const struct nap_machine *m, const char *name);
NAP_EXPORT int nap_master_find(const struct nap_machine *m, const char *name);
NAP_EXPORT int nap_domain_find(const struct nap_machine *m, const char *name);
NAP_EXPORT unsigned nap_device_count(const struct nap_machine *m);
NAP_EXPORT const char *nap_device_name(const struct nap_machine *m, unsigned device);
NAP_EXPORT const struct nap_model *nap_device_model(const struct nap_machine *m,
                                                    unsigned device);
NAP_EXPORT unsigned nap_device_variant(const struct nap_machine *m, unsigned device);

/* Value of switch number @index (of the device's model) in force. Noted as read. */
NAP_EXPORT unsigned nap_switch(const struct nap_machine *m, unsigned device, unsigned index);
NAP_EXPORT void nap_set_profile(struct nap_machine *m, enum nap_profile profile);
NAP_EXPORT void nap_set_policy(struct nap_machine *m, enum nap_policy policy);

/* The CPU that the driver runs on, from 0: whose banked registers an access meets. Machines
 * have soc->n_cpus. */
NAP_EXPORT void nap_cpu_set(struct nap_machine *m, unsigned cpu);
NAP_EXPORT unsigned nap_cpu(const struct nap_machine *m);
NAP_EXPORT unsigned nap_cpu_count(const struct nap_machine *m);
/* Its power domain, or NAP_SOC_NONE: it is always on. */
NAP_EXPORT uint32_t nap_cpu_domain(const struct nap_machine *m, unsigned cpu);
NAP_EXPORT bool nap_cpu_on(const struct nap_machine *m, unsigned cpu);
/* Aff3.Aff2.Aff1.Aff0 in bytes from the highest, as GICR_TYPER[63:32] has it. */
NAP_EXPORT uint32_t nap_cpu_affinity(const struct nap_machine *m, unsigned cpu);
/* The CPU of that affinity, or -1. */
NAP_EXPORT int nap_cpu_at(const struct nap_machine *m, uint32_t affinity);

/* Whether the accesses that the driver makes from here on are Secure ones; at first they are
 * Non-secure. */
NAP_EXPORT void nap_secure_set(struct nap_machine *m, bool secure);
NAP_EXPORT bool nap_secure(const struct nap_machine *m);

/* --- interrupt lines and signals --- */

/* The machine's interrupt controller (soc.h: controller), or -1. */
NAP_EXPORT int nap_controller(const struct nap_machine *m);

/* INTIDs whose inputs are wires: of each CPU those of its private ones, and shared ones. */
#define NAP_LINE_PPI_FIRST  16u
#define NAP_LINE_SPI_FIRST  32u
#define NAP_LINE_SPI_END    1020u
#define NAP_LINE_EPPI_FIRST 1056u
#define NAP_LINE_EPPI_END   1120u
#define NAP_LINE_ESPI_FIRST 4096u
#define NAP_LINE_ESPI_END   5120u
/* Whether each CPU has one of its own. */
static inline bool nap_line_private(uint32_t intid)
{
    return (intid >= NAP_LINE_PPI_FIRST && intid < NAP_LINE_SPI_FIRST) ||
           (intid >= NAP_LINE_EPPI_FIRST && intid < NAP_LINE_EPPI_END);
}
static inline bool nap_line_shared(uint32_t intid)
{
    return (intid >= NAP_LINE_SPI_FIRST && intid < NAP_LINE_SPI_END) ||
           (intid >= NAP_LINE_ESPI_FIRST && intid < NAP_LINE_ESPI_END);
}
/* Whether the controller has that input; false in a machine without a controller. */
NAP_EXPORT bool nap_line_exists(const struct nap_machine *m, uint32_t intid, unsigned cpu);
/* Drives input @intid of the controller, that of @cpu if it is a private one (else 0). It
 * exists; the machine has a controller. Wires keep their level whatever becomes of the
 * controller's power: a device's falls when its own goes. */
NAP_EXPORT void nap_line_set(struct nap_machine *m, uint32_t intid, unsigned cpu, bool level);
NAP_EXPORT bool nap_line(const struct nap_machine *m, uint32_t intid, unsigned cpu);
/* Those of 32 INTIDs from @intid on, a multiple of 32, as bits. SGIs have none. */
NAP_EXPORT uint32_t nap_lines(const struct nap_machine *m, uint32_t intid, unsigned cpu);

/* What the controller shows a CPU. */
#define NAP_SIGNAL_IRQ  0x1u
#define NAP_SIGNAL_FIQ  0x2u
#define NAP_SIGNAL_WAKE 0x4u /* the CPU is wanted and may be off */
NAP_EXPORT unsigned nap_signals(const struct nap_machine *m, unsigned cpu);

/* --- power --- */

/* Switches every domain whose bit is set in @domains off or on, as one step. Turning a domain
 * off turns its subtree off. */
NAP_EXPORT void nap_power_off(struct nap_machine *m, uint32_t domains);
NAP_EXPORT void nap_power_on(struct nap_machine *m, uint32_t domains);
/* As nap_power_off(), but nobody has asked for it: nothing that software did is to blame. */
NAP_EXPORT void nap_power_lose(struct nap_machine *m, uint32_t domains);
/* The device's hardware breaks down, in the way that its document knows: an SMMUv3 enters
 * Service Failure Mode, which lasts until it loses power. Nothing here does so by itself.
 * False: it is off, or knows no such way. */
NAP_EXPORT bool nap_device_fail(struct nap_machine *m, unsigned device);
NAP_EXPORT bool nap_domain_on(const struct nap_machine *m, unsigned domain);
NAP_EXPORT bool nap_device_on(const struct nap_machine *m, unsigned device);

/* --- masters (design 4.4) --- */

enum nap_master_mode {
    NAP_MASTER_HELD, /* the platform keeps it from sending */
    NAP_MASTER_LIVE, /* can send whenever its domain is on */
};

/* Sets every master whose bit is set in @masters, as one step. */
NAP_EXPORT void nap_masters_set_mode(struct nap_machine *m, uint64_t masters,
                                     enum nap_master_mode mode);
/* The masters of @masters are live from the moment their domain is on; the others are not. */
NAP_EXPORT void nap_masters_set_autonomous(struct nap_machine *m, uint64_t masters);
/* Quiesces masters, autonomous ones too, or lets them go, as one step: by a reset line or a
 * clock, so it outlasts a loss of their power. */
NAP_EXPORT void nap_masters_quiesce(struct nap_machine *m, uint64_t masters, bool quiesce);
/* Whether it can send now: live, not quiesced, and powered. */
NAP_EXPORT bool nap_master_live(const struct nap_machine *m, unsigned master);
#define NAP_ALL_MASTERS UINT64_MAX

/* From the entry of suspend to the return of resume. */
NAP_EXPORT bool nap_asleep(const struct nap_machine *m);

/* --- state (design 4.11) --- */

struct nap_snapshot; /* a copy of the whole machine, outside it */

NAP_EXPORT enum nap_err nap_snapshot_take(struct nap_machine *m, struct nap_snapshot **out);
NAP_EXPORT void nap_snapshot_restore(struct nap_machine *m,
                                     const struct nap_snapshot *snapshot);
NAP_EXPORT void nap_snapshot_free(struct nap_snapshot *snapshot);

/* The cheap form, for searches: marks nest like a stack, and going back costs what was changed
 * since. nap_rewind() returns to mark @mark (from nap_mark()) and keeps it; nap_unmark() drops
 * the newest mark, and nothing else changes. */
NAP_EXPORT unsigned nap_mark(struct nap_machine *m);
NAP_EXPORT void nap_rewind(struct nap_machine *m, unsigned mark);
NAP_EXPORT void nap_unmark(struct nap_machine *m);

/* Key of the machine's decision state. Equal states of one process have equal keys. Not
 * portable between builds: see nap_digest(). */
NAP_EXPORT struct nap_hash128 nap_state_key(struct nap_machine *m);
/* The same computed from nothing, to check the incremental one. */
NAP_EXPORT struct nap_hash128 nap_state_key_full(struct nap_machine *m);
/* Portable digest of all registers by name, power and RAM contents. */
NAP_EXPORT struct nap_hash128 nap_digest(const struct nap_machine *m);

/* One difference between two machines of the same description. */
struct nap_difference {
    unsigned device;
    unsigned reg, index; /* model register and array element */
    uint64_t a, b;
};
/* Register differences by name, in order; returns how many there are (may exceed @max). */
NAP_EXPORT unsigned nap_compare(const struct nap_machine *a, const struct nap_machine *b,
                                struct nap_difference *out, unsigned max);

/* --- counters --- */

struct nap_counters {
    uint64_t steps, accesses, polls;
};
NAP_EXPORT struct nap_counters nap_counters(const struct nap_machine *m);

/* Kinds of use that a machine keeps apart; of more only the uses are counted. */
#define NAP_UNMODELLED_MAX 256
/* What was used and is not modelled: loud, counted, in reports. @what is a literal. */
NAP_EXPORT void nap_unmodelled(struct nap_machine *m, unsigned device, const char *what);

#endif
