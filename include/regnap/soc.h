/* SPDX-License-Identifier: MIT */
/* A machine description: which devices sit where, in which power domain, and which bus masters
 * reach memory through which port. Built in as models/soc/NAME.yaml; the same loader reads a
 * user's file. A board's device tree gives one as well: dt.h. */
#ifndef REGNAP_SOC_H
#define REGNAP_SOC_H

#include <regnap/model.h>

#define NAP_SOC_DOMAINS_MAX  32
#define NAP_SOC_DEVICES_MAX  64
#define NAP_SOC_MASTERS_MAX  64
#define NAP_SOC_PORTS_MAX    8 /* port ranges of one master */
#define NAP_SOC_RAM_MAX      8
#define NAP_SOC_CPUS_MAX     64
#define NAP_SOC_LEFT_OUT_MAX 64
#define NAP_SOC_RESETS_MAX   16 /* reset values that a machine says of one device */

#define NAP_SOC_PATH_MAX 128 /* bytes of a device-tree path with its terminator */

struct nap_soc_domain {
    char name[NAP_NAME_MAX];
    uint32_t parent; /* index, or NAP_SOC_NONE for a root of the tree */
};

/* A node of a device tree, as an operating system meets it. All empty without a tree. */
struct nap_soc_node {
    char path[NAP_SOC_PATH_MAX]; /* "/soc/mmc@ee100000" */
    char name[NAP_NAME_MAX];     /* as Linux calls its device: "ee100000.mmc" */
    bool disabled;               /* by its status: the hardware is there, software leaves it */
};

/* What a register of this device resets to, as the machine says. */
struct nap_soc_reset {
    char name[NAP_NAME_MAX];
    uint64_t value;
    uint32_t line; /* in the machine's file, for messages; 0: none */
    uint32_t reserved;
};

struct nap_soc_device {
    char name[NAP_NAME_MAX];
    char model[NAP_NAME_MAX];
    char variant[NAP_NAME_MAX];
    nap_addr base;       /* it and the size: multiples of 4096, */
    uint32_t size_bytes; /* at least the model's window; 0: it has system registers instead */
    uint32_t domain;     /* index */
    uint32_t upstream;   /* device index of the root it forwards to, or NAP_SOC_NONE */
    uint32_t line;       /* meaning is the model's: IPMMU cache: its bit in IMSSTR */
    /* Interrupt identifier, or NAP_SOC_NONE. Where the machine has a controller: INTID of its
     * input that the device drives; of an SPI its number and 32. */
    uint32_t irq;
    struct nap_soc_node node;
    char preset[NAP_NAME_MAX]; /* of the model; "" for none */
    uint32_t preset_line, n_resets;
    struct nap_soc_reset resets[NAP_SOC_RESETS_MAX]; /* beyond the preset's */
    uint32_t cpu; /* index: whose system registers it has, where it has no window */
    uint32_t reserved;
};

/* Ports [first, first + count) of one device. */
struct nap_soc_ports {
    uint32_t device;
    uint32_t first;
    uint32_t count;
};

struct nap_soc_master {
    char name[NAP_NAME_MAX];
    uint32_t domain; /* index */
    uint32_t n_ports;
    struct nap_soc_ports ports[NAP_SOC_PORTS_MAX];
    struct nap_soc_node node;
    bool autonomous; /* firmware of its own: it sends whenever it has power */
};

struct nap_soc_ram {
    nap_addr base;
    uint64_t size_bytes;
};

struct nap_soc_cpu {
    char name[NAP_NAME_MAX]; /* "" in a machine that says only how many it has */
    uint32_t domain;         /* index, or NAP_SOC_NONE: it is always on */
    uint32_t affinity;       /* Aff3.Aff2.Aff1.Aff0, in bytes from the highest */
};

/* What a device tree has and regnap has no block for. */
struct nap_soc_left_out {
    char path[NAP_SOC_PATH_MAX];
    char compatible[NAP_NAME_MAX]; /* the first of its list */
    char why[96];                  /* one phrase */
};

#define NAP_SOC_NONE UINT32_MAX

struct nap_soc {
    char name[NAP_NAME_MAX];
    char title[128];
    char source[128];
    char file[128]; /* it was read from, for messages; "" for a machine made otherwise */
    uint32_t n_domains, n_devices, n_masters, n_ram;
    uint32_t n_cpus;     /* that run the driver; 0 means 1 */
    uint32_t controller; /* 1 + index of the interrupt controller; 0: none is simulated */
    /* Doorbell of the interrupt controller: a 32-bit write there by a device is an interrupt
     * message (MSI). A multiple of 4 beside devices and RAM; 0: the machine has none. */
    nap_addr msi;
    struct nap_soc_domain domains[NAP_SOC_DOMAINS_MAX];
    struct nap_soc_device devices[NAP_SOC_DEVICES_MAX];
    struct nap_soc_master masters[NAP_SOC_MASTERS_MAX];
    struct nap_soc_ram ram[NAP_SOC_RAM_MAX];
    struct nap_soc_cpu cpus[NAP_SOC_CPUS_MAX];
    /* Only of a machine from a device tree: */
    uint32_t n_left_out; /* may exceed the list */
    struct nap_soc_left_out left_out[NAP_SOC_LEFT_OUT_MAX];
    void *tree; /* the flattened device tree, owned; NULL for a machine from YAML */
    size_t tree_bytes;
};

/* Reads a machine from YAML text; as nap_model_load(). Free with nap_soc_free(). Device windows
 * must not overlap each other or RAM; names are unique; references resolve. */
NAP_EXPORT enum nap_err nap_soc_load(const char *text, size_t bytes, const char *file,
                                     struct nap_soc **out, struct nap_error *error);
NAP_EXPORT void nap_soc_free(struct nap_soc *soc);

/**
 * nap_soc_resets - what the registers of a device reset to
 * @soc:    machine
 * @device: index
 * @model:  of the device
 * @out:    model->n_regs values: the model's, the preset's over them, the machine's over those
 *
 * Returns NAP_OK; NAP_ERR_UNKNOWN for a preset or register that the model does not have, or a
 * register that it does not leave to the implementation; NAP_ERR_RANGE for bits that no field
 * has. The message says file:line.
 */
NAP_EXPORT enum nap_err nap_soc_resets(const struct nap_soc *soc, unsigned device,
                                       const struct nap_model *model, uint64_t *out,
                                       struct nap_error *error);
NAP_EXPORT struct nap_hash128 nap_soc_digest(const struct nap_soc *soc);

#endif
