/* SPDX-License-Identifier: MIT */
/* Steps: one record per state change, fixed-size, copied whole. Rendering to text and JSON is
 * separate. A machine without a trace sink pays one compare per step. */
#ifndef REGNAP_TRACE_H
#define REGNAP_TRACE_H

#include <regnap/bus.h>
#include <regnap/dma.h>
#include <regnap/model.h>

enum nap_step_kind {
    NAP_STEP_READ,       /* a register read was served */
    NAP_STEP_WRITE,      /* a register write took effect */
    NAP_STEP_BARRIER,    /* barrier of the CPU */
    NAP_STEP_WORK,       /* hardware finished a work item */
    NAP_STEP_SETTLE,     /* undetermined content became definite */
    NAP_STEP_POWER,      /* a power edge; value is the mask of domains, now on or off */
    NAP_STEP_DMA,        /* a master's access */
    NAP_STEP_BAD_ACCESS, /* an access that no register takes, or of the wrong size */
    NAP_STEP_UNPOWERED,  /* an access to a device that is off; label says if it was aborted */
    NAP_STEP_STUCK,      /* the poll watchdog ended a loop */
    NAP_STEP_PANIC,      /* the driver's call was ended; label says why */
    NAP_STEP_WARNING,    /* the driver warns; label says of what */
    NAP_STEP_CALL,       /* a driver entry point was called; label is its name */
    NAP_STEP_RETURN,     /* and returned; value is its result */
    NAP_STEP_MASTER,     /* masters were held or let go, or the ground truth changed */
    NAP_STEP_LOG,        /* a line of the driver's log */
    NAP_STEP_POST,       /* a register write was issued and is on its way; asked for only where
                            kind `post` is varied */
    NAP_STEP_STORE,      /* a store of the CPU to simulated RAM */
    NAP_STEP_IRQ, /* a device raised an edge output; now is its number, label its name if it has
                     one */
    NAP_STEP_MSI, /* a device sent an interrupt message; address, now is the data, label says
                     what became of it */
    NAP_STEP_OS,  /* the driver took or gave back something of the OS: enum nap_os_call in
                     index, how many it held of it in was and now */
    NAP_STEP_SIGNAL,    /* what the interrupt controller shows a CPU has changed; index is the
                           CPU, was and now are NAP_SIGNAL_ bits */
    NAP_STEP_INTERRUPT, /* an interrupt goes on in its life; index is its INTID, now the CPU
                           that it is about, NAP_ABOUT_NOBODY, or where was is 1 the DeviceID of
                           its message; label one of NAP_LABEL_INTERRUPT_ or of the block */
    NAP_STEP_KINDS
};

#define NAP_STEP_BIT(kind) (1u << (kind))

#define NAP_ABOUT_NOBODY UINT32_MAX /* of an interrupt that belongs to no CPU */

/* What a step NAP_STEP_OS is about. */
enum nap_os_call {
    NAP_OS_PM_GET, /* a power reference of the device */
    NAP_OS_PM_PUT,
    NAP_OS_PM_ENABLE, /* 1: its run-time power management is on */
    NAP_OS_PM_DISABLE,
    NAP_OS_PM_HELD,     /* it was to go off, and stays on */
    NAP_OS_PM_WAKE,     /* a reference is about to power the device on */
    NAP_OS_IRQ_REQUEST, /* 1: the interrupt of output @written has a handler */
    NAP_OS_IRQ_FREE,
    NAP_OS_IRQ_LOST,     /* an edge of output @written that nobody will ever take */
    NAP_OS_AFTER_REMOVE, /* an access to a device that the driver has given up */
    NAP_OS_MSI_ALLOC,    /* 1: output @written has a vector */
    NAP_OS_MSI_FREE,
    NAP_OS_MSI_MOVE, /* the message of output @written is another, from was to now */
    /* Of a simulated controller, about INTID @written: it was raised, and no handler has run; a
     * handler runs, on CPU now, and nobody had raised it; it was to go to CPU was; and the
     * guest that took it on CPU was has not ended it. */
    NAP_OS_INTERRUPT_LOST,
    NAP_OS_INTERRUPT_UNRAISED,
    NAP_OS_INTERRUPT_ELSEWHERE,
    NAP_OS_INTERRUPT_TWICE,
};

/* Labels of steps NAP_STEP_MASTER that end a call of the driver: what it was to do is done. */
#define NAP_LABEL_RESUMED  "resume has returned"
#define NAP_LABEL_AWAKE    "units are awake"
#define NAP_LABEL_ATTACHED "ground truth: attached"
#define NAP_LABEL_MAPPED   "ground truth: mapped"
#define NAP_LABEL_UNMAPPED "ground truth: unmapped"
/* And of steps NAP_STEP_POWER that take power away: as software asked for, or against its will.
 */
#define NAP_LABEL_POWER_OFF  "power off"
#define NAP_LABEL_POWER_LOST "power lost"

/* Label of a step NAP_STEP_BAD_ACCESS of a system register; address is its number. */
#define NAP_LABEL_UNDEFINED "UNDEFINED"
/* Labels of steps NAP_STEP_INTERRUPT: the life of one (design 4.2, O9). The first two are of
 * its wire, whatever the controller makes of that. */
#define NAP_LABEL_INTERRUPT_HIGH         "line high"
#define NAP_LABEL_INTERRUPT_LOW          "line low"
#define NAP_LABEL_INTERRUPT_RAISED       "raised"
#define NAP_LABEL_INTERRUPT_LATCHED      "latched" /* pending at the controller */
#define NAP_LABEL_INTERRUPT_FORWARDED    "forwarded"
#define NAP_LABEL_INTERRUPT_RETRIEVED    "retrieved" /* from a CPU, and pending again */
#define NAP_LABEL_INTERRUPT_ACKNOWLEDGED "acknowledged"
#define NAP_LABEL_INTERRUPT_DROPPED      "dropped priority"
#define NAP_LABEL_INTERRUPT_DEACTIVATED  "deactivated"
#define NAP_LABEL_INTERRUPT_CLEARED      "cleared"   /* by software: pending no more */
#define NAP_LABEL_INTERRUPT_WOKE         "woke"      /* handed to wake logic */
#define NAP_LABEL_INTERRUPT_UNHEARD      "not heard" /* its line rose at no power */
#define NAP_LABEL_INTERRUPT_LOST         "lost"

/* The write breaks the register's protocol: it carried ones to bits that no field has or that
 * are reserved, or a guard of the register did not hold. */
#define NAP_PROTOCOL_BROKEN (UINT64_C(1) << 63)

/* One step. Pointers are to text that outlives the machine or, in a log record, the call. */
struct nap_event {
    nap_step step;
    nap_step issued; /* where the cause was issued; equal to step if it took effect at once */
    enum nap_step_kind kind;
    uint32_t device; /* index, or UINT32_MAX */
    uint32_t reg;    /* model register and */
    uint32_t index;  /* array element; with READ, WRITE, WORK, SETTLE */
    uint32_t slot;   /* first_slot + index, or NAP_NO_SLOT */
    uint8_t size_bytes;
    uint8_t marks; /* NAP_MARK_ bits of the register before the step */
    bool is_write;
    uint8_t guard;      /* 1 + the number of the register's guard that did not hold, or 0 */
    uint8_t traffic;    /* of DMA: enum nap_traffic */
    uint8_t cpu;        /* that was running */
    bool secure;        /* its accesses were */
    uint32_t substream; /* of DMA: of the transaction, or NAP_SUBSTREAM_NONE */
    uint64_t rules;     /* rules that watch the register; NAP_PROTOCOL_BROKEN */
    /* Of the access, or of the DMA; of one to a system register that nothing served its number.
     */
    nap_addr address;
    uint64_t was;     /* register value before */
    uint64_t now;     /* and after; value read; result of a call */
    uint64_t written; /* bits the CPU sent */
    const char *label;
    struct nap_source source; /* the driver line that caused it; file NULL if none */
};

NAP_EXPORT const char *nap_step_kind_name(enum nap_step_kind kind);

/* Receives each step. Must not change the machine. */
typedef void nap_trace_sink(void *context, const struct nap_machine *m,
                            const struct nap_event *event);
NAP_EXPORT void nap_set_trace(struct nap_machine *m, nap_trace_sink *sink, void *context);

/* One line of text without newline, as "  412 write ds1.IMUCTR[32] 0 -> 0x11  v9.c:41". */
NAP_EXPORT void nap_event_text(const struct nap_machine *m, const struct nap_event *event,
                               char *out, size_t bytes);

/* "ds1.IMUCTR[32]" */
NAP_EXPORT void nap_register_name(const struct nap_machine *m, unsigned device, unsigned slot,
                                  char *out, size_t bytes);
/* "TTSEL=1 MMUEN=1": fields of a value that are not zero, or all with @zeros. */
NAP_EXPORT void nap_fields_text(const struct nap_model *model, unsigned reg, unsigned variant,
                                uint64_t value, bool zeros, char *out, size_t bytes);

#endif
