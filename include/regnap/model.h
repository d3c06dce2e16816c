/* SPDX-License-Identifier: MIT */
/* Registers as data. A model describes one kind of device: its registers, their fields, what a
 * reset and a power cut do to them, and the switches for behaviour that no document settles.
 * models/NAME.yaml is the only source; the build turns it into a constant struct nap_model, and
 * nap_model_load() makes the same at run time from a user's file. */
#ifndef REGNAP_MODEL_H
#define REGNAP_MODEL_H

#include <regnap/error.h>

#define NAP_VARIANTS_MAX      4      /* variants of one model, e.g. root and cache */
#define NAP_WINDOWS_MAX       2      /* address windows of one register array */
#define NAP_FIELDS_MAX        32     /* fields of one register */
#define NAP_SLOTS_MAX         0xfff0 /* registers of one device, array elements counted */
#define NAP_SWITCHES_MAX      64     /* switches of one model */
#define NAP_SWITCH_VALUES_MAX 8

#define NAP_GUARDS_MAX     4 /* of one register */
#define NAP_CONDITIONS_MAX 4 /* of one guard */
#define NAP_NEEDS_MAX      3 /* of one register or field */
#define NAP_WAYS_MAX       2 /* in which one need is met */
#define NAP_NEEDS_LIST_MAX 254
#define NAP_PRESETS_MAX    16

/* Number of an AArch64 system register: the fields of the MRS and MSR instructions that name
 * it, op0 (2 bits), op1 (3), CRn (4), CRm (4), op2 (3). Arm DDI 0487, "System register
 * encoding". */
#define NAP_SYSREG(op0, op1, crn, crm, op2)                                                    \
    ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
#define NAP_SYSREGS_MAX 0x10000u /* numbers */

/* What a write does to a field, and what a read shows. */
enum nap_access {
    NAP_ACCESS_RW,         /* holds what was written */
    NAP_ACCESS_RO,         /* writes are ignored */
    NAP_ACCESS_W0C,        /* writing 0 clears, writing 1 keeps: stored AND written */
    NAP_ACCESS_SELF_CLEAR, /* writing 1 starts hardware work, reads 1 until it is done;
                              writing 0 changes nothing */
    NAP_ACCESS_WO,         /* holds what was written, reads 0 */
    NAP_ACCESS_W1C,        /* writing 1 clears, writing 0 keeps */
    NAP_ACCESS_W1S,        /* writing 1 sets, writing 0 keeps */
    NAP_ACCESS_RC,         /* a read shows and clears it, writes are ignored */
    NAP_ACCESS_RSVDZ,      /* reserved: reads 0, and software must write 0 */
    NAP_ACCESSES
};

/* What a power cut does to a register. */
enum nap_retention {
    NAP_RETENTION_RESET,    /* comes back with its reset value */
    NAP_RETENTION_UNKNOWN,  /* comes back with whatever: see design of `retain` choices */
    NAP_RETENTION_RETAINED, /* keeps its value */
};

/* What a field must be after resume, compared with suspend entry. */
enum nap_restore {
    NAP_RESTORE_EQUAL,     /* the same value */
    NAP_RESTORE_BEHAVIOUR, /* whatever behaves the same */
    NAP_RESTORE_RELATION,  /* the block's named relation holds */
    NAP_RESTORE_NONE,      /* status, transient, or hardware's own */
};

enum nap_basis {
    NAP_BASIS_DOCUMENTED,
    NAP_BASIS_ARGUED,
    NAP_BASIS_UNKNOWN,
    NAP_BASIS_SOFTWARE, /* what software is, and no verdict depends on what it is not */
};

/* What becomes of a write while a condition for it does not hold. */
enum nap_guard_effect {
    NAP_GUARD_IGNORED, /* it changes nothing */
    NAP_GUARD_TAKEN,   /* it takes effect all the same, though software must not rely on it */
    NAP_GUARD_UNKNOWN, /* the register's content becomes unknown, as by a power cut */
};

struct nap_field {
    const char *name;
    const char *about;    /* one line; "" if none */
    const char *relation; /* with NAP_RESTORE_RELATION; "" otherwise */
    uint64_t mask;        /* in place, bits [lsb + width - 1 : lsb] */
    uint32_t variants;    /* bit v set: present in variant v */
    uint8_t lsb;
    uint8_t width;
    uint8_t access;     /* enum nap_access */
    uint8_t restore;    /* enum nap_restore */
    uint8_t unmodelled; /* 1: stored, but no behaviour stands behind it */
    uint8_t known;      /* 1: resets, though the rest of the register comes back unknown */
    uint8_t needs[NAP_NEEDS_MAX]; /* each 0, or 1 + a need of the model: there if all are met */
};

/* A bit of a register that never changes is set, or a switch has that value. */
struct nap_way {
    uint64_t mask;     /* of the register: not 0 there */
    uint32_t reg;      /* model register, if no switch is named */
    uint8_t by_switch; /* 0, or 1 + the switch */
    uint8_t value;     /* of the switch */
    uint8_t reserved[2];
};

/* What a device must be for a register or field to be there: met in any of these ways. */
struct nap_need {
    uint32_t n_ways;
    struct nap_way ways[NAP_WAYS_MAX];
};

/* Elements [first, first + count) of an array lie at offset + (i - first) * stride. */
struct nap_window {
    uint32_t first;
    uint32_t count;
    uint32_t offset; /* bytes from the device's base */
    uint32_t stride; /* bytes */
};

/* (value of model register @reg & @mask) == @value, or the same bits of another register. Of an
 * array: the element of the index that is written, where it has as many as the guarded
 * register; all of them, where that one is single. */
struct nap_condition {
    uint64_t mask, value;
    uint32_t reg;
    uint32_t same_as; /* 0, or 1 + the register whose bits it must equal instead of @value */
    uint8_t written;  /* 1: about the value that is being written, not the content */
    uint8_t reserved[7];
};

/* Software writes those bits of the register only while all conditions hold. */
struct nap_guard {
    uint64_t bits; /* UINT64_MAX: of the whole register; others count only if they change */
    uint32_t n_conditions;
    uint8_t effect;    /* enum nap_guard_effect, unless a switch says it */
    uint8_t by_switch; /* 0, or 1 + the switch whose value names the effect */
    uint8_t reserved[2];
    struct nap_condition conditions[NAP_CONDITIONS_MAX];
};

struct nap_reg {
    const char *name;   /* as the document spells it, without the index */
    const char *about;  /* one line */
    const char *source; /* document and section title, or the basis of the fact */
    const struct nap_field *fields;
    uint32_t n_fields;
    uint32_t count;      /* 1 for a single register */
    uint32_t first_slot; /* element i has slot first_slot + i in the register file */
    uint32_t n_windows;
    struct nap_window windows[NAP_WINDOWS_MAX];
    uint32_t variants;    /* bit v set: present in variant v */
    uint8_t width_bits;   /* 8, 16, 32 or 64 */
    uint8_t access_sizes; /* sum of the sizes in bytes that may access it; 0: its width only */
    uint8_t banked;       /* of so many elements, from the first, each CPU has one of its own */
    uint8_t n_guards;
    struct nap_guard guards[NAP_GUARDS_MAX];
    /* 0, or 1 + the model register that holds its bits: this one is a view of them, with fields
     * of its own and no content. Element by element. */
    uint32_t alias_of;
    uint8_t retention;      /* enum nap_retention */
    uint8_t unmodelled;     /* 1: stored, but no behaviour stands behind it */
    uint8_t hostile_random; /* 1: profile `hostile` fills the defined bits pseudo-randomly */
    uint8_t implementation; /* 1: a preset or a machine may say another reset value */
    /* 1: a system register. It has no address: its offset is 8 times its number (NAP_SYSREG).
     */
    uint8_t sysreg;
    uint8_t needs[NAP_NEEDS_MAX]; /* as those of a field */
    uint64_t known;               /* bits that reset, where the others come back unknown */
    uint64_t reset;               /* value at reset and in profile `zero` */
    uint64_t hostile;             /* value in profile `hostile` unless hostile_random */
    uint64_t hostile_mask;        /* bits that hostile_random may set, in every variant */
    /* Masks by variant, derived from the fields. */
    uint64_t defined[NAP_VARIANTS_MAX];  /* bits that hold something: not RSVDZ */
    uint64_t writable[NAP_VARIANTS_MAX]; /* all of them but RO and RC */
    uint64_t w0c[NAP_VARIANTS_MAX];
    uint64_t self_clear[NAP_VARIANTS_MAX];
    uint64_t wo[NAP_VARIANTS_MAX];
    uint64_t w1c[NAP_VARIANTS_MAX];
    uint64_t w1s[NAP_VARIANTS_MAX];
    uint64_t rc[NAP_VARIANTS_MAX];
    uint64_t rsvdz[NAP_VARIANTS_MAX];
};

/* One decision that no public document settles (design 4.16), or that is software's. */
struct nap_switch {
    const char *id; /* as P02 */
    const char *about;
    enum nap_basis basis;
    uint32_t n_values;
    const char *values[NAP_SWITCH_VALUES_MAX]; /* [0] is the default */
    /* Where a later issue of the document settles it: a device whose register @decided_by - 1
     * holds at least @decided_from in @decided_mask has @decided_value. 0: nobody does. */
    uint32_t decided_by;
    uint32_t decided_value;
    uint64_t decided_mask, decided_from; /* in place */
};

struct nap_reg_value {
    uint64_t value;
    uint32_t reg;
    uint32_t reserved;
};

/* Reset values of one implementation. */
struct nap_preset {
    const char *name;
    const char *about;
    const char *source; /* which values are public, and which are our choice */
    const struct nap_reg_value *values;
    uint32_t n_values;
};

struct nap_model {
    const char *name;   /* as ipmmu-vmsa */
    const char *title;  /* one line */
    const char *source; /* document and issue */
    uint32_t n_variants;
    const char *variants[NAP_VARIANTS_MAX];
    uint32_t window_bytes; /* size of the device's register window */
    uint32_t n_slots;
    uint32_t n_regs;
    const struct nap_reg *regs;
    uint32_t n_switches;
    const struct nap_switch *switches;
    uint32_t n_compatible;
    const char *const *compatible; /* device-tree strings that mean this model, if any */
    uint32_t n_needs;
    const struct nap_need *needs;
    uint32_t n_presets;
    const struct nap_preset *presets;
};

/**
 * nap_model_load - read a model from YAML text
 * @text:  the bytes; need not end in NUL
 * @bytes: how many
 * @file:  name for messages; copied
 * @out:   the model, owned by the caller: nap_model_free()
 *
 * The whole text is checked before anything is built. Returns NAP_OK, NAP_ERR_PARSE with
 * file:line, what was found and what was expected, or NAP_ERR_NOMEM. On failure *out is NULL.
 */
NAP_EXPORT enum nap_err nap_model_load(const char *text, size_t bytes, const char *file,
                                       struct nap_model **out, struct nap_error *error);
NAP_EXPORT void nap_model_free(struct nap_model *model);

/* As models spell it: "rw", "self_clear". */
NAP_EXPORT const char *nap_access_name(enum nap_access access);

/* Index of the register of that name, or -1. */
NAP_EXPORT int nap_model_reg(const struct nap_model *model, const char *name);
/* Index of the switch of that name, or -1. */
NAP_EXPORT int nap_model_switch(const struct nap_model *model, const char *id);
/* Whether a device is such that all of @needs are met: @resets are the reset values of its
 * registers, @switches the values of its switches. NULL: the model's; their defaults. */
NAP_EXPORT bool nap_needs_met(const struct nap_model *model, const uint8_t needs[NAP_NEEDS_MAX],
                              const uint64_t *resets, const uint8_t *switches);
/* Index of the variant of that name, or -1. */
NAP_EXPORT int nap_model_variant(const struct nap_model *model, const char *name);
/* The field of that name in @reg, or NULL. */
NAP_EXPORT const struct nap_field *nap_reg_field(const struct nap_reg *reg, const char *name);
/* Byte offset of element @index of @reg; @index is below reg->count. Of a system register 8
 * times its number. */
NAP_EXPORT uint32_t nap_reg_offset(const struct nap_reg *reg, uint32_t index);
/* Whether the registers of that variant are system registers; else all of them have addresses.
 */
NAP_EXPORT bool nap_model_is_sysreg(const struct nap_model *model, unsigned variant);
/* "S3_0_C12_C12_7", as assemblers spell the system register with that number; one that is no
 * encoding in hexadecimal. */
NAP_EXPORT void nap_sysreg_text(unsigned number, char *out, size_t bytes);
/* The register with that slot of a device, its element and, of a banked one, its CPU; NULL if
 * there is none. Slots from model->n_slots on are those of banked registers for the CPUs after
 * the first, CPU by CPU, in the order of their slots for the first. */
NAP_EXPORT const struct nap_reg *nap_model_slot(const struct nap_model *model, unsigned slot,
                                                unsigned *index, unsigned *cpu);
/* "IMUCTR[32]", "ISENABLER[0]@cpu1"; "" for no slot of the model. */
NAP_EXPORT void nap_slot_text(const struct nap_model *model, unsigned slot, char *out,
                              size_t bytes);
/* "SMMUEN, CMDQEN": the fields of @reg whose bits are in @mask. */
NAP_EXPORT void nap_field_names(const struct nap_reg *reg, uint64_t mask, char *out,
                                size_t bytes);
/* "CR0.SMMUEN is 0 and CR0ACK.SMMUEN is 0"; with @is "is not", its opposite: "... is not 0 or
 * ...". */
NAP_EXPORT void nap_guard_text(const struct nap_model *model, const struct nap_guard *guard,
                               const char *is, char *out, size_t bytes);
/* Portable digest over every fact of the model, without host addresses. */
NAP_EXPORT struct nap_hash128 nap_model_digest(const struct nap_model *model);

#endif
