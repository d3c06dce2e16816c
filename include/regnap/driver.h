/* SPDX-License-Identifier: MIT */
/* What driver logic under test looks like to regnap. Own logic, compat layers and a user's .so
 * all fill one struct nap_driver. Calls return 0 or a negative errno value. Suspend and resume
 * are tables of phases, so that the runner owns the loops: between two elements of a walk no
 * driver frame is live, and a state can be stored, compared and explored from there. */
#ifndef REGNAP_DRIVER_H
#define REGNAP_DRIVER_H

#include <regnap/os.h>

#define NAP_DRIVER_ABI 1u

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
};

struct nap_driver {
    uint32_t abi; /* NAP_DRIVER_ABI */
    const char *name;
    const char *const *compatible; /* model names it binds to; NULL-terminated */

    /* Brings one device up. Roots are probed before the caches that forward to them. A driver
     * puts the device on the list that walks go over with nap_list_add_head() or _tail(). */
    int (*probe)(struct nap_device *device);
    /* A bus master appears behind a device (Xen: add_device). */
    int (*add_master)(struct nap_master *master);
    /* A domain (guest) appears, or goes; nothing is attached to it then. */
    int (*domain_init)(struct nap_domain *domain);
    void (*domain_destroy)(struct nap_domain *domain);
    int (*attach)(struct nap_domain *domain, struct nap_master *master);
    int (*detach)(struct nap_domain *domain, struct nap_master *master);
    int (*map)(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t size_bytes,
               unsigned prot);
    int (*unmap)(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes);
    /* The device's interrupt line is high. */
    void (*irq)(struct nap_device *device);

    const struct nap_phase *suspend;
    uint32_t n_suspend;
    const struct nap_phase *resume;
    uint32_t n_resume;
};

#endif
