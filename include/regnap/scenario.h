/* SPDX-License-Identifier: MIT */
/* A scenario: which machine, which guests map what for which masters, and what happens in which
 * order. Built in as scenarios/NAME.yaml; the same loader reads a user's file. */
#ifndef REGNAP_SCENARIO_H
#define REGNAP_SCENARIO_H

#include <regnap/machine.h>
#include <regnap/os.h>

#define NAP_SCENARIO_DOMAINS_MAX    16
#define NAP_SCENARIO_MASTERS_MAX    16 /* of one domain */
#define NAP_SCENARIO_MAPPINGS_MAX   8  /* of one domain */
#define NAP_SCENARIO_OPS_MAX        64
#define NAP_SCENARIO_VARIANTS_MAX   16
#define NAP_SCENARIO_SOCS_MAX       16
#define NAP_SCENARIO_PARAMETERS_MAX 16
#define NAP_SCENARIO_CLIENTS_MAX    4
#define NAP_SCENARIO_CALLS_MAX      8 /* of one client */
#define NAP_SCENARIO_FILLS_MAX      8
#define NAP_SCENARIO_INTERRUPTS_MAX 32
#define NAP_SCENARIO_RAISES_MAX     16 /* of one interrupt */
#define NAP_SCENARIO_RAISES_ANY     UINT32_MAX
#define NAP_SCENARIO_BESIDE_MAX     3 /* drivers beside the one under test */
#define NAP_SCENARIO_DEVICES_MAX    16
#define NAP_SCENARIO_TRAFFIC_MAX    4
#define NAP_SCENARIO_SENDS_MAX      16     /* of one transaction */
#define NAP_SCENARIO_FILL_MAX       65536u /* commands */

struct nap_scenario_mapping {
    nap_addr iova;
    nap_addr pa;
    uint64_t size_bytes;
    unsigned prot; /* NAP_PROT_ bits (os.h) */
};

/* One guest. */
struct nap_scenario_domain {
    char name[NAP_NAME_MAX];
    unsigned line;     /* of its masters, in the scenario's file */
    unsigned ipa_bits; /* input address size; 40 by default */
    bool sensitive;    /* its masters must never reach memory untranslated */
    uint32_t n_masters;
    char masters[NAP_SCENARIO_MASTERS_MAX][NAP_NAME_MAX];
    /* Bit i: entry i of `masters` counts only where the machine has none of those before it,
     * back to and with the first whose bit is 0. */
    uint32_t alternatives;
    uint32_t optional; /* bit i: it, and its alternatives, may all be missing */
    uint32_t n_mappings;
    struct nap_scenario_mapping mappings[NAP_SCENARIO_MAPPINGS_MAX];
};

enum nap_op_kind {
    NAP_OP_PROBE,  /* the driver probes every device, in machine order, deferred ones again */
    NAP_OP_ATTACH, /* create the domain, map its mappings, attach its masters in order; in
                      the other order where the driver wants that */
    NAP_OP_DETACH, /* detach the domain's masters */
    NAP_OP_MAP,    /* one more mapping of a domain */
    NAP_OP_UNMAP,  /* drop a mapping of a domain */
    NAP_OP_BLOCK,  /* a master leaves its domain, and its traffic is refused */
    NAP_OP_BYPASS, /* a master leaves its domain, and its traffic passes untranslated */
    NAP_OP_FILL,   /* commands that nobody waits for, as many as `queue-fill` says */
    NAP_OP_QUERY,  /* user space asks what the device can do */
    NAP_OP_PAGE_RESPONSE, /* the answer to what the driver has reported of a master */
    NAP_OP_REMOVE,        /* the driver gives a device up */
    NAP_OP_DMA,     /* by every port of the domain's masters: a read at every mapping, or the
                       one access of `mapping` (prot is not 0) */
    NAP_OP_SUSPEND, /* masters are held; the driver's suspend phases */
    /* The named power domains off, then on, each as one step. While the system is awake it is
       behind the driver's back. */
    NAP_OP_POWER_CYCLE,
    NAP_OP_POWER_OFF, /* only one of the two */
    NAP_OP_POWER_ON,
    /* The same while the system is awake, with the driver told of the devices in them. */
    NAP_OP_RUNTIME_SUSPEND,
    NAP_OP_RUNTIME_RESUME,
    NAP_OP_MSI_MOVE, /* the core moves an interrupt whose device is off: its message changes */
    NAP_OP_WRITE,    /* firmware writes a register before the driver's resume */
    NAP_OP_RAISE,    /* one of the interrupts comes */
    /* The same at the entry of the next suspend, once handlers have been waited for: it is
       pending over the sleep, or wakes the system. */
    NAP_OP_RAISE_ASLEEP,
    NAP_OP_END_INTERRUPT, /* the guest that has it ends it */
    NAP_OP_RESUME,        /* the driver's resume phases; masters are released */
};

struct nap_scenario_op {
    enum nap_op_kind kind;
    unsigned line;             /* in the scenario's file */
    uint32_t domain;           /* ATTACH to UNMAP, DMA: index into domains */
    char master[NAP_NAME_MAX]; /* BLOCK, BYPASS, PAGE_RESPONSE */
    uint32_t tag, code;        /* PAGE_RESPONSE: as nap_driver.page_response has them */
    struct nap_scenario_mapping mapping; /* MAP, UNMAP, DMA */
    uint32_t n_power;                    /* POWER_, RUNTIME_; 0, asleep only, means all */
    char power[8][NAP_NAME_MAX];
    char device[NAP_NAME_MAX]; /* FILL, QUERY, REMOVE, MSI_MOVE, WRITE */
    char output[NAP_NAME_MAX]; /* MSI_MOVE: as the device's block names it */
    /* WRITE: register @index of an array, or 0. */
    char reg[NAP_NAME_MAX];
    uint32_t index; /* RAISE to END_INTERRUPT: of interrupts */
    uint64_t value;
};

/* A source of interrupts behind a simulated controller. Kind `irq` raises it at any quiet point
 * from the first operation on that takes power or sleeps, and before accesses of suspend and
 * resume. An edge comes between two sleeps or up to the first call of suspend, with `wake` also
 * later; a level, which stays until its handler runs, at any time. */
struct nap_scenario_interrupt {
    struct nap_interrupt what;
    unsigned line;  /* in the scenario's file */
    uint32_t times; /* that kind `irq` may raise it, or NAP_SCENARIO_RAISES_ANY */
    bool sgi;
    /* Of an LPI: the register of that device which its messages are written to; "" of others.
     */
    char device[NAP_NAME_MAX], reg[NAP_NAME_MAX];
};

/* A transaction by the first port of a master. Kind `dma` sends it at any quiet point from the
 * first operation on that takes power or sleeps, and before accesses of suspend and resume,
 * while the master may send. */
struct nap_scenario_traffic {
    char master[NAP_NAME_MAX];
    unsigned line; /* in the scenario's file */
    bool write;
    nap_addr iova;
    uint32_t times; /* that kind `dma` may send it */
};

/* Somebody who calls the driver when it likes: at any quiet point from the first operation on
 * that takes power or sleeps (choice kind `api`), and for what is left of its calls by then, at
 * the end. A call that the driver refuses with -EAGAIN or -EBUSY while the system sleeps is
 * made again once it is awake. */
struct nap_scenario_client {
    char name[NAP_NAME_MAX];
    uint32_t n_ops; /* in their order: ATTACH to PAGE_RESPONSE, DMA */
    struct nap_scenario_op ops[NAP_SCENARIO_CALLS_MAX];
};

enum nap_probe_order {
    NAP_PROBE_ORDER_ROOT_FIRST, /* a cache cannot register before its root */
    NAP_PROBE_ORDER_ANY,
};

/* Where choice kinds `loss` and `abort` may break a suspend or resume off, beside what they do
 * once a suspend is whole. */
enum nap_break_off {
    NAP_BREAK_OFF_ANY_STEP, /* before any access of the driver, and between its calls */
    /* Nowhere: the OS sees to it that what the driver has begun it ends. */
    NAP_BREAK_OFF_WHOLE,
};

/* Where the phases of a driver stand among those of the driver under test. */
enum nap_driver_place {
    NAP_DRIVER_FIRST,
    NAP_DRIVER_LAST,
    /* Of resume: first; with kind `order` also in turn with it, call by call. What masks the
     * CPU's interrupts for one masks them for all until that one is through. */
    NAP_DRIVER_ANY,
};

/* A built-in driver of other devices of the machine, as of its interrupt controller. By default
 * it is the last to suspend and the first to resume, as what others need is. */
struct nap_scenario_driver {
    char name[NAP_NAME_MAX], variant[NAP_NAME_MAX]; /* --set beside.NAME=VARIANT */
    unsigned line;                                  /* in the scenario's file */
    enum nap_driver_place suspends, resumes;
};

struct nap_scenario {
    char name[NAP_NAME_MAX];
    char title[128];
    char file[256];
    struct nap_hash128 digest; /* of its text */
    char driver[NAP_NAME_MAX];
    uint32_t n_socs; /* [0] is the default; 0: to be named, as a board's device tree */
    char socs[NAP_SCENARIO_SOCS_MAX][NAP_NAME_MAX];
    /* Of the built-in driver; [0] is the form we recommend. 0: for a driver object. */
    uint32_t n_variants;
    char variants[NAP_SCENARIO_VARIANTS_MAX][NAP_NAME_MAX];
    uint32_t vary;                    /* choice kinds varied by `explore` by default */
    enum nap_probe_order probe_order; /* --set probe-order=root-first|any */
    enum nap_break_off break_off;
    uint32_t n_fills; /* queue-fill: numbers of commands, [0] the default */
    uint32_t fills[NAP_SCENARIO_FILLS_MAX];
    uint32_t n_parameters; /* --set driver.KEY=VALUE */
    struct nap_parameter parameters[NAP_SCENARIO_PARAMETERS_MAX];
    uint32_t n_domains;
    struct nap_scenario_domain domains[NAP_SCENARIO_DOMAINS_MAX];
    /* Masters with firmware of their own: they send whenever they have power. */
    unsigned autonomous_line; /* of the list, in the scenario's file */
    uint32_t n_autonomous;
    char autonomous[NAP_SCENARIO_MASTERS_MAX][NAP_NAME_MAX];
    uint32_t n_ops;
    struct nap_scenario_op ops[NAP_SCENARIO_OPS_MAX];
    uint32_t n_clients;
    struct nap_scenario_client clients[NAP_SCENARIO_CLIENTS_MAX];
    uint32_t n_beside;
    struct nap_scenario_driver beside[NAP_SCENARIO_BESIDE_MAX];
    /* Of the devices that the driver under test is for, those that software uses, as where a
     * device tree disables the others. 0: all. */
    unsigned devices_line; /* of the list, in the scenario's file */
    uint32_t n_devices;
    char devices[NAP_SCENARIO_DEVICES_MAX][NAP_NAME_MAX];
    uint32_t n_traffic;
    struct nap_scenario_traffic traffic[NAP_SCENARIO_TRAFFIC_MAX];
    uint32_t n_interrupts;
    struct nap_scenario_interrupt interrupts[NAP_SCENARIO_INTERRUPTS_MAX];
};

/* Reads a scenario from YAML text; as nap_model_load(). Free with nap_scenario_free(). */
NAP_EXPORT enum nap_err nap_scenario_load(const char *text, size_t bytes, const char *file,
                                          struct nap_scenario **out, struct nap_error *error);
NAP_EXPORT void nap_scenario_free(struct nap_scenario *scenario);
/* "probe", "attach", ... */
NAP_EXPORT const char *nap_op_name(enum nap_op_kind kind);
/* Whether it takes power or sleeps: from the first such operation on, clients call. */
NAP_EXPORT bool nap_op_lets_clients_in(enum nap_op_kind kind);
/* Sets a parameter by name, as --set k=v does. NAP_ERR_UNKNOWN names what is allowed. */
NAP_EXPORT enum nap_err nap_scenario_set(struct nap_scenario *scenario, const char *key,
                                         const char *value, struct nap_error *error);

#endif
