/* SPDX-License-Identifier: MIT */
/* regnap regs: register reference, bit-field diagram, decoding. */
#include "cli.h"

#include <regnap/block.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What is looked at: a model as one of its variants has it, or as all have. */
struct subject {
    const char *name;
    const struct nap_model *model;
    uint32_t variants;  /* bit v: variant v counts */
    uint64_t *resets;   /* of its registers; NULL for a model */
    const char *preset; /* of a device that has one, or NULL */
    struct nap_soc *soc;
    nap_addr base;
    bool has_base;
};

/* --- finding --- */

static const struct nap_model *find_model(const char *name)
{
    const struct nap_block *const *blocks = all_blocks();

    for (unsigned i = 0; blocks[i]; i++)
        if (strcmp(blocks[i]->model->name, name) == 0)
            return blocks[i]->model;
    return NULL;
}

static int subject_unknown(const struct nap_soc *soc, const char *name)
{
    const struct nap_block *const *blocks = all_blocks();
    char list[400] = "";
    size_t at = 0;

    for (uint32_t i = 0; i < soc->n_devices; i++)
        append(list, sizeof list, &at, "%s%s", at ? ", " : "", soc->devices[i].name);
    for (unsigned i = 0; blocks[i]; i++)
        append(list, sizeof list, &at, "%s%s", blocks[i + 1] || i ? ", " : "; or the model ",
               blocks[i]->model->name);
    return complain("unknown device '%s' on machine %s, expected one of: %s", name, soc->name,
                    list);
}

static int find_resets(struct subject *s, uint32_t device)
{
    struct nap_error error;

    if (s->soc->devices[device].preset[0])
        s->preset = s->soc->devices[device].preset;
    s->resets = calloc(s->model->n_regs, sizeof *s->resets);
    if (!s->resets)
        return complain("no memory");
    return nap_soc_resets(s->soc, device, s->model, s->resets, &error)
               ? complain("%s", error.text)
               : EXIT_CLEAN;
}

static int find_subject(const struct options *o, struct subject *s)
{
    int status = soc_open(o->soc, &s->soc);

    s->name = o->arg;
    if (status)
        return status;
    for (uint32_t i = 0; i < s->soc->n_devices; i++) {
        if (strcmp(s->soc->devices[i].name, o->arg) != 0 &&
            strcmp(s->soc->devices[i].node.name, o->arg) != 0)
            continue;
        s->model = model_of(s->soc, i);
        s->variants = 1u << variant_of(s->soc, i);
        s->base = s->soc->devices[i].base;
        s->has_base = true;
        return s->model ? find_resets(s, i)
                        : complain("device %s: unknown model '%s'", o->arg,
                                   s->soc->devices[i].model);
    }
    s->model = find_model(o->arg);
    s->variants = s->model ? (1u << s->model->n_variants) - 1 : 0;
    return s->model ? EXIT_CLEAN : subject_unknown(s->soc, o->arg);
}

/* Of a model everything is shown; of a device what it has, with the switches at their
 * defaults. */
static bool has_needs(const struct subject *s, const uint8_t needs[NAP_NEEDS_MAX])
{
    return !s->resets || nap_needs_met(s->model, needs, s->resets, NULL);
}

static bool has_field(const struct subject *s, const struct nap_field *f)
{
    return (f->variants & s->variants) != 0 && has_needs(s, f->needs);
}

static bool has_reg(const struct subject *s, const struct nap_reg *reg)
{
    bool any = false;

    for (uint32_t i = 0; i < reg->n_fields; i++)
        any |= has_field(s, &reg->fields[i]);
    return any && (reg->variants & s->variants) != 0 && has_needs(s, reg->needs);
}

static bool is_decided(const struct subject *s, const struct nap_switch *sw)
{
    return s->resets && sw->decided_by &&
           (s->resets[sw->decided_by - 1] & sw->decided_mask) >= sw->decided_from;
}

static int reg_unknown(const struct subject *s, const char *name)
{
    const char *names[1024];
    const char *close;
    unsigned n = 0;

    for (uint32_t i = 0; i < s->model->n_regs && n < 1023; i++)
        if (has_reg(s, &s->model->regs[i]))
            names[n++] = s->model->regs[i].name;
    names[n] = NULL;
    close = nearest(name, names);
    return complain("unknown register '%s' of %s, expected one of those that `regnap regs %s` "
                    "lists%s%s%s",
                    name, s->name, s->name, close ? "; did you mean '" : "", close ? close : "",
                    close ? "'?" : "");
}

/* What was asked for, as IMUCTR[32]=0x11. */
struct question {
    char name[NAP_NAME_MAX];
    bool has_index, has_value;
    uint64_t index, value;
};

static bool number(const char *text, size_t length, uint64_t *out)
{
    char copy[32];
    char *end;

    if (length == 0 || length >= sizeof copy || *text < '0' || *text > '9')
        return false;
    memcpy(copy, text, length);
    copy[length] = 0;
    errno = 0;
    *out = strtoull(copy, &end, 0);
    return !errno && !*end;
}

static int parse_question(const char *text, struct question *q)
{
    size_t name = strcspn(text, "[=");
    const char *at = text + name;
    const char *close = *at == '[' ? strchr(at, ']') : NULL;

    memset(q, 0, sizeof *q);
    snprintf(q->name, sizeof q->name, "%.*s", (int)name, text);
    if (*at == '[') {
        if (!close || !number(at + 1, (size_t)(close - at - 1), &q->index))
            return complain("found '%s', expected an index as in IMUCTR[32]", text);
        q->has_index = true;
        at = close + 1;
    }
    if (*at == '=') {
        if (!number(at + 1, strlen(at + 1), &q->value))
            return complain("found '%s', expected a number after '=', as in IMUCTR[32]=0x11",
                            text);
        q->has_value = true;
        at = "";
    }
    return *at ? complain("found '%s', expected REG, REG[INDEX] or REG=VALUE", text)
               : EXIT_CLEAN;
}

static const struct nap_reg *find_reg(const struct subject *s, const char *name)
{
    for (uint32_t i = 0; i < s->model->n_regs; i++)
        if (has_reg(s, &s->model->regs[i]) && strcasecmp(s->model->regs[i].name, name) == 0)
            return &s->model->regs[i];
    return NULL;
}

static int check_question(const struct subject *s, const struct nap_reg *reg,
                          const struct question *q)
{
    if (!reg)
        return reg_unknown(s, q->name);
    if (q->has_index && q->index >= reg->count)
        return complain("%s has %" PRIu32 " elements, found index %" PRIu64 ", expected 0 to "
                        "%" PRIu32,
                        reg->name, reg->count, q->index, reg->count - 1);
    if (q->has_value && reg->width_bits < 64 && q->value >> reg->width_bits)
        return complain("%s has %u bits, found 0x%" PRIx64 ", expected at most 0x%" PRIx64,
                        reg->name, reg->width_bits, q->value,
                        (UINT64_C(1) << reg->width_bits) - 1);
    return EXIT_CLEAN;
}

/* --- words --- */

static const char *retention_text(unsigned retention)
{
    static const char *const names[] = {[NAP_RETENTION_RESET] = "reset",
                                        [NAP_RETENTION_UNKNOWN] = "unknown",
                                        [NAP_RETENTION_RETAINED] = "retained"};

    return retention < sizeof names / sizeof names[0] ? names[retention] : "?";
}

static void restore_text(const struct nap_field *f, char *out, size_t bytes)
{
    static const char *const names[] = {[NAP_RESTORE_EQUAL] = "equal",
                                        [NAP_RESTORE_BEHAVIOUR] = "behaviour",
                                        [NAP_RESTORE_RELATION] = "relation",
                                        [NAP_RESTORE_NONE] = "none"};

    if (f->restore == NAP_RESTORE_RELATION)
        snprintf(out, bytes, "relation %s", f->relation);
    else
        snprintf(out, bytes, "%s", f->restore < 4 ? names[f->restore] : "?");
}

/* "root" where only some variants have it; "" where all that count do. */
static void where_text(const struct subject *s, uint32_t variants, char *out, size_t bytes)
{
    size_t at = 0;

    out[0] = 0;
    if ((variants & s->variants) == s->variants)
        return;
    for (uint32_t v = 0; v < s->model->n_variants; v++)
        if (variants & s->variants & 1u << v)
            append(out, bytes, &at, "%s%s", at ? ", " : "", s->model->variants[v]);
}

static void index_text(const struct nap_reg *reg, char *out, size_t bytes)
{
    if (reg->count == 1)
        snprintf(out, bytes, "%s", reg->name);
    else
        snprintf(out, bytes, "%s[0-%" PRIu32 "]", reg->name, reg->count - 1);
}

/* --- the list --- */

static void print_presets(const struct subject *s)
{
    for (uint32_t i = 0; i < s->model->n_presets && !s->has_base; i++) {
        const struct nap_preset *preset = &s->model->presets[i];
        printf("  preset %s: %s\n", preset->name, preset->about);
        text_wrapped(6, preset->source);
    }
}

/* "0x20"; of a system register "S3_0_C12_C12_7". */
static void reg_place_text(const struct nap_reg *reg, uint32_t index, char *out, size_t bytes)
{
    if (reg->sysreg)
        nap_sysreg_text(nap_reg_offset(reg, index) / 8, out, bytes);
    else
        snprintf(out, bytes, "0x%x", nap_reg_offset(reg, index));
}

static void print_table(const struct subject *s)
{
    char name[NAP_NAME_MAX * 2], where[64], place[24];

    printf("%s: %s\n", s->name, s->model->title);
    text_wrapped(2, s->model->source);
    if (s->has_base)
        printf("  base 0x%" PRIx64 ", %s%s%s\n", s->base,
               s->model->variants[s->variants & 1 ? 0 : __builtin_ctz(s->variants)],
               s->preset ? ", preset " : "", s->preset ? s->preset : "");
    print_presets(s);
    printf("\n  %-14s %-7s %-5s %-9s %s\n", "register", "offset", "width", "power cut",
           "about");
    for (uint32_t i = 0; i < s->model->n_regs; i++) {
        const struct nap_reg *reg = &s->model->regs[i];
        if (!has_reg(s, reg))
            continue;
        index_text(reg, name, sizeof name);
        where_text(s, reg->variants, where, sizeof where);
        reg_place_text(reg, 0, place, sizeof place);
        printf("  %-14s %-7s %-5u %-9s %s%s%s%s%s\n", name, place, reg->width_bits,
               reg->alias_of ? "" : retention_text(reg->retention), reg->about,
               where[0] ? " (only " : "", where, where[0] ? ")" : "",
               reg->unmodelled ? " (not modelled)" : "");
    }
}

/* --- the diagram: rows of sixteen bits, names broken over the lines of a cell --- */

#define CELL 6 /* columns per bit, with its left border */

struct cell {
    const char *name; /* "" for bits that do not exist */
    unsigned high, low;
};

static const struct nap_field *field_at(const struct subject *s, const struct nap_reg *reg,
                                        unsigned bit)
{
    for (uint32_t i = 0; i < reg->n_fields; i++)
        if (has_field(s, &reg->fields[i]) && (reg->fields[i].mask >> bit & 1))
            return &reg->fields[i];
    return NULL;
}

static unsigned cells_of(const struct subject *s, const struct nap_reg *reg, unsigned high,
                         unsigned low, struct cell *cells)
{
    unsigned n = 0;

    for (unsigned bit = high + 1; bit-- > low;) {
        const struct nap_field *f = field_at(s, reg, bit);
        const char *name = f ? f->name : "";
        if (n && strcmp(cells[n - 1].name, name) == 0)
            cells[n - 1].low = bit;
        else
            cells[n++] = (struct cell){name, bit, bit};
    }
    return n;
}

static unsigned width_of(const struct cell *c)
{
    return (c->high - c->low + 1) * CELL - 1;
}

static void print_border(const struct cell *cells, unsigned n)
{
    printf("  ");
    for (unsigned i = 0; i < n; i++) {
        printf("+");
        for (unsigned k = 0; k < width_of(&cells[i]); k++)
            printf("-");
    }
    printf("+\n");
}

static void print_bits(const struct cell *cells, unsigned n)
{
    char range[16];

    printf("  ");
    for (unsigned i = 0; i < n; i++) {
        int width = (int)width_of(&cells[i]);
        if (cells[i].high == cells[i].low)
            snprintf(range, sizeof range, "%u", cells[i].high);
        else
            snprintf(range, sizeof range, "%u:%u", cells[i].high, cells[i].low);
        printf(" %*s", (width + (int)strlen(range)) / 2, range);
        if (i + 1 < n)
            printf("%*s", width - (width + (int)strlen(range)) / 2, "");
    }
    printf("\n");
}

static void print_part(const char *name, size_t from, int width)
{
    size_t length = strlen(name);
    int part = from < length ? (int)(length - from) : 0;
    int left;

    if (part > width)
        part = width;
    left = (width - part) / 2;
    printf("|%*s%.*s%*s", left, "", part, part ? name + from : "", width - part - left, "");
}

static void print_names(const struct cell *cells, unsigned n)
{
    bool more = true;

    for (unsigned line = 0; more; line++) {
        more = false;
        printf("  ");
        for (unsigned i = 0; i < n; i++) {
            size_t from = (size_t)line * width_of(&cells[i]);
            print_part(cells[i].name, from, (int)width_of(&cells[i]));
            more |= strlen(cells[i].name) > from + width_of(&cells[i]);
        }
        printf("|\n");
    }
}

static void print_diagram(const struct subject *s, const struct nap_reg *reg)
{
    struct cell cells[16];

    for (unsigned high = reg->width_bits; high > 0;) {
        unsigned low = high > 16 ? high - 16 : 0;
        unsigned n = cells_of(s, reg, high - 1, low, cells);
        print_bits(cells, n);
        print_border(cells, n);
        print_names(cells, n);
        print_border(cells, n);
        high = low;
    }
}

/* --- one register --- */

static void print_sysregs(const struct nap_reg *reg)
{
    char first[24], last[24];

    reg_place_text(reg, 0, first, sizeof first);
    reg_place_text(reg, reg->count - 1, last, sizeof last);
    printf("  [0-%" PRIu32 "] system registers %s to %s", reg->count - 1, first, last);
}

static void print_place(const struct subject *s, const struct nap_reg *reg,
                        const struct question *q)
{
    if (reg->count == 1 || q->has_index) {
        char place[24];
        reg_place_text(reg, (uint32_t)q->index, place, sizeof place);
        printf("  %s %s", reg->sysreg ? "system register" : "offset", place);
        if (s->has_base && !reg->sysreg)
            printf(", address 0x%" PRIx64, s->base + nap_reg_offset(reg, (uint32_t)q->index));
    }
    for (uint32_t w = 0; w < reg->n_windows && reg->count > 1 && !q->has_index; w++) {
        const struct nap_window *p = &reg->windows[w];
        if (reg->sysreg) {
            print_sysregs(reg);
            break;
        }
        printf("%s[%" PRIu32 "-%" PRIu32 "] at offset 0x%x, every 0x%x bytes", w ? "; " : "  ",
               p->first, p->first + p->count - 1, p->offset, p->stride);
    }
    printf(", %u bits\n", reg->width_bits);
}

static void effect_text(const struct subject *s, const struct nap_guard *g, char *out,
                        size_t bytes)
{
    static const char *const effects[] = {[NAP_GUARD_IGNORED] = "is ignored",
                                          [NAP_GUARD_TAKEN] = "takes effect all the same",
                                          [NAP_GUARD_UNKNOWN] = "leaves its content unknown"};
    const struct nap_switch *sw = g->by_switch ? &s->model->switches[g->by_switch - 1] : NULL;

    if (!sw)
        snprintf(out, bytes, "%s", effects[g->effect]);
    else if (is_decided(s, sw))
        snprintf(out, bytes, "is %s", sw->values[sw->decided_value]);
    else
        snprintf(out, bytes, "is what switch %s says", sw->id);
}

static void print_guards(const struct subject *s, const struct nap_reg *reg)
{
    for (unsigned i = 0; i < reg->n_guards; i++) {
        const struct nap_guard *g = &reg->guards[i];
        char fields[160] = "", when[320], effect[64], line[640];
        nap_guard_text(s->model, g, "is", when, sizeof when);
        effect_text(s, g, effect, sizeof effect);
        if (g->bits != UINT64_MAX)
            nap_field_names(reg, g->bits, fields, sizeof fields);
        snprintf(line, sizeof line, "%s%swritten only while %s; a write otherwise %s", fields,
                 fields[0] ? ": " : "", when, effect);
        text_wrapped(2, line);
    }
}

static void print_accesses(const struct subject *s, const struct nap_reg *reg)
{
    char sizes[64] = "";
    size_t at = 0;

    for (unsigned bytes = 1; bytes <= 8; bytes *= 2)
        if (reg->access_sizes & bytes)
            append(sizes, sizeof sizes, &at, "%s%u", at ? ", " : "", bytes);
    if (reg->access_sizes)
        printf("  takes accesses of %s bytes\n", sizes);
    if (reg->banked == reg->count)
        printf("  banked: each CPU has one of its own\n");
    else if (reg->banked)
        printf("  banked: of the first %u elements, each CPU has one of its own\n",
               reg->banked);
    if (reg->alias_of)
        printf("  an alias: its bits are those of %s\n",
               s->model->regs[reg->alias_of - 1].name);
    print_guards(s, reg);
}

static void print_content(const struct subject *s, const struct nap_reg *reg)
{
    uint64_t reset = s->resets ? s->resets[reg - s->model->regs] : reg->reset;

    char known[160];

    printf("  reset 0x%" PRIx64 "; a power cut leaves: %s", reset,
           retention_text(reg->retention));
    nap_field_names(reg, reg->known, known, sizeof known);
    if (known[0])
        printf(", %s as at reset", known);
    if (reg->hostile_random)
        printf("; profile hostile: random\n");
    else
        printf("; profile hostile: 0x%" PRIx64 "\n", reg->hostile);
}

static void print_facts(const struct subject *s, const struct nap_reg *reg)
{
    char where[64];

    where_text(s, reg->variants, where, sizeof where);
    if (where[0])
        printf("  only on: %s\n", where);
    print_accesses(s, reg);
    if (!reg->alias_of)
        print_content(s, reg);
    if (reg->unmodelled)
        printf("  not modelled: stored, but no behaviour stands behind it\n");
    text_wrapped(2, reg->source);
}

static void print_field(const struct subject *s, const struct nap_field *f,
                        const struct question *q)
{
    char bits[16], restore[80], where[64], value[32] = "";

    if (f->width == 1)
        snprintf(bits, sizeof bits, "%u", f->lsb);
    else
        snprintf(bits, sizeof bits, "%u:%u", f->lsb + f->width - 1u, f->lsb);
    if (q->has_value)
        snprintf(value, sizeof value, "0x%" PRIx64, (q->value & f->mask) >> f->lsb);
    restore_text(f, restore, sizeof restore);
    where_text(s, f->variants, where, sizeof where);
    printf("  %-5s  %-14s", bits, f->name);
    if (q->has_value)
        printf(" %-10s", value);
    printf(" %-10s %-10s%s%s%s%s\n", nap_access_name((enum nap_access)f->access), restore,
           where[0] ? " only " : "", where, where[0] && f->unmodelled ? "," : "",
           f->unmodelled ? " not modelled" : "");
    if (f->about[0])
        text_wrapped(9, f->about);
}

static uint64_t defined_bits(const struct subject *s, const struct nap_reg *reg)
{
    uint64_t mask = 0;

    for (uint32_t i = 0; i < reg->n_fields; i++)
        if (has_field(s, &reg->fields[i]))
            mask |= reg->fields[i].mask;
    return mask;
}

static void print_fields(const struct subject *s, const struct nap_reg *reg,
                         const struct question *q)
{
    uint64_t stray = q->value & ~defined_bits(s, reg);

    printf("\n  %-5s  %-14s%s %-10s %s\n", "bits", "field", q->has_value ? " value     " : "",
           "access", "after resume");
    for (uint32_t i = 0; i < reg->n_fields; i++)
        if (has_field(s, &reg->fields[i]))
            print_field(s, &reg->fields[i], q);
    if (q->has_value && stray)
        printf("  bits 0x%" PRIx64 " do not exist on %s\n", stray, s->name);
}

static int print_register(const struct subject *s, const char *text)
{
    struct question q;
    const struct nap_reg *reg;
    char name[NAP_NAME_MAX * 2];
    int status = parse_question(text, &q);

    if (status)
        return status;
    reg = find_reg(s, q.name);
    status = check_question(s, reg, &q);
    if (status)
        return status;
    if (q.has_index)
        snprintf(name, sizeof name, "%s[%" PRIu64 "]", reg->name, q.index);
    else
        index_text(reg, name, sizeof name);
    printf("%s.%s", s->name, name);
    if (q.has_value)
        printf(" = 0x%" PRIx64, q.value);
    printf(": %s\n", reg->about);
    print_place(s, reg, &q);
    print_facts(s, reg);
    printf("\n");
    print_diagram(s, reg);
    print_fields(s, reg, &q);
    return EXIT_CLEAN;
}

int command_regs(const struct options *o)
{
    struct subject s = {0};
    int status = find_subject(o, &s);

    if (!status && o->extra)
        status = print_register(&s, o->extra);
    else if (!status)
        print_table(&s);
    free(s.resets);
    nap_soc_free(s.soc);
    return status;
}
