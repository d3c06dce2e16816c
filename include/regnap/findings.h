/* SPDX-License-Identifier: MIT */
/* What judging a run brought up: violations, obligations on the platform, notes. */
#ifndef REGNAP_FINDINGS_H
#define REGNAP_FINDINGS_H

#include <regnap/dma.h>
#include <regnap/rule.h>

#define NAP_FINDING_PROBES_MAX 8

/* What one master's access would have met at that moment. */
struct nap_finding_probe {
    unsigned master, device, port;
    nap_addr iova;
    struct nap_outcome outcome;
    bool expect_mapped; /* what the ground truth says */
    nap_addr expect_pa;
};

/* A violation or a note. */
struct nap_finding {
    const struct nap_rule *rule;
    unsigned device; /* UINT32_MAX if none */
    unsigned slot;   /* NAP_NO_SLOT if none */
    unsigned port;   /* UINT32_MAX if none */
    uint64_t value;  /* of the register after the step */
    nap_step issued, effect;
    struct nap_source source;
    unsigned count; /* how often this (rule, device, source) came up; the rest is the first */
    char message[480];
    unsigned n_probes;
    struct nap_finding_probe probes[NAP_FINDING_PROBES_MAX];
};

/* A wrong outcome that only the scenario's assumption "the master is held" kept harmless. */
struct nap_obligation {
    unsigned master, device, port;
    enum nap_outcome_kind outcome;
    nap_step from, to;
    bool power_up; /* wrong in the same way since power-on; else the write below made it so */
    unsigned opened_device, opened_slot; /* NAP_NO_SLOT: a power edge */
    struct nap_source opened;
    unsigned closed_device, closed_slot;
    struct nap_source closed;
    bool open; /* not closed by the end of the run */
};

/* A violation that an entry of the allow list covers. */
struct nap_allowed {
    unsigned entry; /* index into the list */
    struct nap_finding finding;
};

struct nap_findings {
    struct nap_finding *violations;
    unsigned n_violations, violations_room;
    struct nap_finding *notes;
    unsigned n_notes, notes_room;
    struct nap_obligation *obligations;
    unsigned n_obligations, obligations_room;
    struct nap_allowed *allowed; /* what would be violations */
    unsigned n_allowed, allowed_room;
};

#endif
