/* SPDX-License-Identifier: MIT */
/* Everything uncertain is one call, nap_choose(). Outcome 0 is the plainest behaviour; a run is
 * the list of its non-zero outcomes. Who answers is the machine's chooser: nobody (policy and
 * zeros), a search, a random source, or a recorded run. */
#ifndef REGNAP_CHOOSE_H
#define REGNAP_CHOOSE_H

#include <regnap/types.h>

struct nap_machine;

/* Setup kinds are asked before a run starts, event kinds during it. */
enum nap_choice_kind {
    NAP_CHOOSE_RESET,   /* setup: power-on profile: 0 zero, 1 hostile */
    NAP_CHOOSE_ORDER,   /* event: next element of a walk; whose driver's call comes next */
    NAP_CHOOSE_LATENCY, /* event: when a work item finishes: 0 at once, 1 late, 2 never (fault)
                         */
    NAP_CHOOSE_RETAIN,  /* event: what a register or TLB holds after a power cut */
    NAP_CHOOSE_FAIL,    /* event: 1 an allocation or the like fails (fault) */
    /* event: 1 the suspend is given up, at any step of it or once it is whole: what follows up
     * to resume is not done */
    NAP_CHOOSE_ABORT,
    /* event: 1 power that was to be cut stays on; 1 all power goes, at any step of suspend and
     * resume, and the system wakes */
    NAP_CHOOSE_LOSS,
    NAP_CHOOSE_HANDLER, /* event: an interrupt that waits is taken: 0 now, 1 later */
    NAP_CHOOSE_POST,    /* event: when a register write lands: 0 at once, 1 as late as it may */
    NAP_CHOOSE_QUEUE_FILL, /* setup: how many commands `fill` puts in, by the scenario's list */
    NAP_CHOOSE_API,        /* event: who calls: 0 nobody, else one of the clients that may */
    NAP_CHOOSE_IDLE,       /* event: 1 a device that no power reference holds goes off */
    /* event: 0 nothing, else one of the scenario's interrupts is raised, or a guest ends one */
    NAP_CHOOSE_IRQ,
    NAP_CHOOSE_DMA, /* event: 0 nothing, else a master sends one of the scenario's transactions
                     */
    NAP_CHOOSE_KINDS
};

#define NAP_CHOICE_BIT(kind) (1u << (kind))

/* "order", "latency", ... */
NAP_EXPORT const char *nap_choice_kind_name(enum nap_choice_kind kind);
/* The kind of that name, or -1. */
NAP_EXPORT int nap_choice_kind_find(const char *name);

/* Where a choice belongs: a device, a register of it, or nothing. Rendered as "ds1.IMUCTR[32]",
 * "ds1" or "". */
typedef uint32_t nap_instance;
#define NAP_NO_INSTANCE 0u
#define NAP_NO_SLOT     0xffffu
static inline nap_instance nap_instance_of(unsigned device, unsigned slot)
{
    return ((device + 1u) << 16) | slot;
}

struct nap_choice {
    enum nap_choice_kind kind;
    const char *label; /* string literal or other text that outlives the machine */
    nap_instance instance;
    uint32_t n;     /* outcomes to choose from, 2 or more */
    uint32_t value; /* chosen: [0, n) */
    uint32_t fault; /* outcomes from this one on count as faults; n if none */
    uint32_t odds;  /* random runs: other than 0 in one of so many; 0: all alike */
};

/* Answers choices of the varied kinds: returns a value in [0, choice->n). */
typedef uint32_t nap_chooser(void *context, const struct nap_choice *choice);

/**
 * nap_choose - pick one of @n legal outcomes
 * @kind:     groups choices, so that a search can vary some and hold others
 * @label:    what is chosen; appears in traces and counterexamples
 * @instance: where, see nap_instance_of()
 * @n:        number of outcomes; 1 is answered 0 and not recorded
 *
 * A kind that is not varied is answered by the machine's policy. Returns [0, n).
 */
NAP_EXPORT uint32_t nap_choose(struct nap_machine *m, enum nap_choice_kind kind,
                               const char *label, nap_instance instance, uint32_t n);
/* The same where outcomes from @fault on are hardware faults, offered only while the run's
 * fault budget lasts. */
NAP_EXPORT uint32_t nap_choose_fault(struct nap_machine *m, enum nap_choice_kind kind,
                                     const char *label, nap_instance instance, uint32_t n,
                                     uint32_t fault);
/* Whether hardware never does what it has been asked: a fault, offered only where @kind is
 * varied and the run's fault budget lasts. */
NAP_EXPORT bool nap_choose_never(struct nap_machine *m, enum nap_choice_kind kind,
                                 const char *label, nap_instance instance);

/* The same as nap_choose() for what is asked so often that a random run, in which all outcomes
 * were alike, would never get far: other than 0 in one of @odds. */
NAP_EXPORT uint32_t nap_choose_rare(struct nap_machine *m, enum nap_choice_kind kind,
                                    const char *label, nap_instance instance, uint32_t n,
                                    uint32_t odds);

/* Sets who answers and which kinds (NAP_CHOICE_BIT mask) are varied. NULL: policy only. */
NAP_EXPORT void nap_set_chooser(struct nap_machine *m, nap_chooser *chooser, void *context,
                                uint32_t varied);
/* Whether that kind is varied in this run. */
NAP_EXPORT bool nap_varied(const struct nap_machine *m, enum nap_choice_kind kind);

/* Writes the name of @instance into @out. */
NAP_EXPORT void nap_instance_name(const struct nap_machine *m, nap_instance instance, char *out,
                                  size_t bytes);

#endif
