/* SPDX-License-Identifier: MIT */
/* Where the elements of a register lie, in windows or by system register number; and that no
 * two registers of a variant lie at one address. */
#include "core/model_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYSREG_BYTES 8u /* of the place of a system register */

static enum nap_err check_window(struct nap_model_loader *l, nap_node map,
                                 const struct nap_reg *reg, const struct nap_window *w)
{
    uint32_t bytes = reg->width_bits / 8u, window = l->m->model.window_bytes;
    uint64_t end = w->offset + (uint64_t)(w->count - 1) * w->stride + bytes;

    if (reg->sysreg && end > (uint64_t)NAP_SYSREGS_MAX * SYSREG_BYTES)
        return nap_yaml_fail(l->y, map, l->error,
                             "found %u elements of register %s, expected the last to have an "
                             "encoding",
                             w->count, reg->name);
    if (reg->sysreg)
        return NAP_OK;
    if (w->offset % bytes != 0 || w->stride % bytes != 0)
        return nap_yaml_fail(l->y, map, l->error,
                             "found offset 0x%x and stride 0x%x of register %s, expected "
                             "multiples of %u bytes",
                             w->offset, w->stride, reg->name, bytes);
    if (end > window)
        return nap_yaml_fail(l->y, map, l->error,
                             "register %s ends at 0x%llx, expected within the window of 0x%x "
                             "bytes",
                             reg->name, (unsigned long long)end, window);
    return NAP_OK;
}

/* One of the two forms of a window: its element numbers are @first and up. */
static enum nap_err read_window(struct nap_model_loader *l, nap_node map, const char *what,
                                uint32_t first, struct nap_reg *reg)
{
    struct nap_window *w = &reg->windows[reg->n_windows++];
    uint64_t offset, count, stride;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, "offset", &n, l->error);

    if (!err)
        err = nap_yaml_u64(l->y, n, "offset", 0, NAP_MODEL_WINDOW_MAX, &offset, l->error);
    if (!err)
        err = nap_model_read_number(l, map, "count", 1, NAP_SLOTS_MAX, 1, &count);
    if (!err && count > 1)
        err = nap_yaml_need(l->y, map, what, "stride", &n, l->error);
    if (!err)
        err = nap_model_read_number(l, map, "stride", 1, NAP_MODEL_WINDOW_MAX,
                                    reg->width_bits / 8u, &stride);
    if (err)
        return err;
    *w = (struct nap_window){first, (uint32_t)count, (uint32_t)offset, (uint32_t)stride};
    return check_window(l, map, reg, w);
}

static enum nap_err read_listed_window(struct nap_model_loader *l, nap_node map,
                                       const char *what, uint32_t expected_first,
                                       struct nap_reg *reg)
{
    static const char *const keys[] = {"first", "count", "offset", "stride", NULL};
    char where[NAP_WHAT_BYTES + 16];
    uint64_t first;
    nap_node n;
    enum nap_err err;

    (void)snprintf(where, sizeof(where), "a window of %s", what);
    err = nap_yaml_check_map(l->y, map, where, keys, l->error);
    if (!err)
        err = nap_yaml_need(l->y, map, where, "first", &n, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, n, "first", 0, NAP_SLOTS_MAX, &first, l->error);
    if (!err && first != expected_first)
        return nap_yaml_fail(l->y, n, l->error,
                             "found first element %u in %s, expected %u: windows cover the "
                             "elements in order",
                             (unsigned)first, where, expected_first);
    return err ? err : read_window(l, map, where, expected_first, reg);
}

static enum nap_err read_windows(struct nap_model_loader *l, nap_node map, nap_node list,
                                 const char *what, struct nap_reg *reg)
{
    unsigned n_windows = nap_yaml_count(l->y, list);
    uint64_t total, covered = 0;
    nap_node n;
    enum nap_err err = nap_yaml_check_list(l->y, list, "windows", l->error);

    if (!err && (n_windows < 1 || n_windows > NAP_WINDOWS_MAX))
        return nap_yaml_fail(l->y, list, l->error, "found %u windows of %s, expected 1 to %d",
                             n_windows, what, NAP_WINDOWS_MAX);
    if (!err)
        err = nap_yaml_need(l->y, map, what, "count", &n, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, n, "count", 1, NAP_SLOTS_MAX, &total, l->error);
    for (unsigned i = 0; i < n_windows && !err; i++) {
        err = read_listed_window(l, nap_yaml_item(l->y, list, i), what, (uint32_t)covered, reg);
        covered += reg->windows[i].count;
    }
    if (!err && covered != total)
        return nap_yaml_fail(l->y, list, l->error,
                             "found %u elements in the windows of %s, expected its count %u",
                             (unsigned)covered, what, (unsigned)total);
    return err;
}

/* A number up to @max, and what follows it; NULL if there is none. */
static const char *read_part(const char *text, const char *prefix, unsigned max, unsigned *out)
{
    size_t length = strlen(prefix);
    unsigned n = 0;

    if (!text || strncmp(text, prefix, length) != 0)
        return NULL;
    text += length;
    if (*text < '0' || *text > '9' || (*text == '0' && text[1] >= '0' && text[1] <= '9'))
        return NULL;
    for (; *text >= '0' && *text <= '9'; text++) {
        n = n * 10 + (unsigned)(*text - '0');
        if (n > max)
            return NULL;
    }
    *out = n;
    return text;
}

/* "S3_0_C12_C12_7": op0 of system registers is 2 or 3. */
static bool read_sysreg_number(const char *text, uint32_t *out)
{
    unsigned op0 = 0, op1 = 0, crn = 0, crm = 0, op2 = 0;

    text = read_part(text, "S", 3, &op0);
    text = read_part(text, "_", 7, &op1);
    text = read_part(text, "_C", 15, &crn);
    text = read_part(text, "_C", 15, &crm);
    text = read_part(text, "_", 7, &op2);
    *out = NAP_SYSREG(op0, op1, crn, crm, op2);
    return text && *text == '\0' && op0 >= 2;
}

/* Elements of a system register have numbers in a row. */
static enum nap_err read_sysreg(struct nap_model_loader *l, nap_node map, nap_node n,
                                const char *what, struct nap_reg *reg)
{
    static const char *const not_there[] = {"offset", "stride", "windows", "access-sizes",
                                            "banked"};
    struct nap_window *w = &reg->windows[reg->n_windows++];
    uint64_t count;
    enum nap_err err = nap_model_read_number(l, map, "count", 1, NAP_SYSREGS_MAX, 1, &count);

    for (size_t i = 0; i < sizeof(not_there) / sizeof(not_there[0]) && !err; i++)
        if (nap_yaml_find(l->y, map, not_there[i]))
            return nap_yaml_fail(
                l->y, nap_yaml_find(l->y, map, not_there[i]), l->error,
                "found '%s' beside 'sysreg' in %s, expected neither an address "
                "nor a bank",
                not_there[i], what);
    if (err)
        return err;
    if (!read_sysreg_number(nap_yaml_text(l->y, n), &w->offset))
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%.20s' as sysreg of %s, expected an encoding such as "
                             "S3_0_C12_C12_7",
                             nap_yaml_text(l->y, n), what);
    w->offset *= SYSREG_BYTES;
    w->stride = SYSREG_BYTES;
    w->count = (uint32_t)count;
    return check_window(l, map, reg, w);
}

enum nap_err nap_model_read_place(struct nap_model_loader *l, nap_node map, const char *what,
                                  struct nap_reg *reg)
{
    struct nap_model *model = &l->m->model;
    nap_node windows = nap_yaml_find(l->y, map, "windows");
    nap_node sysreg = nap_yaml_find(l->y, map, "sysreg");
    enum nap_err err;

    if (windows && !sysreg &&
        (nap_yaml_find(l->y, map, "offset") || nap_yaml_find(l->y, map, "stride")))
        return nap_yaml_fail(l->y, windows, l->error,
                             "found 'windows' beside 'offset' or 'stride' in %s, expected "
                             "either",
                             what);
    err = sysreg    ? read_sysreg(l, map, sysreg, what, reg)
          : windows ? read_windows(l, map, windows, what, reg)
                    : read_window(l, map, what, 0, reg);
    if (err)
        return err;
    for (uint32_t i = 0; i < reg->n_windows; i++)
        reg->count += reg->windows[i].count;
    if (reg->count > NAP_SLOTS_MAX - model->n_slots)
        return nap_yaml_fail(l->y, map, l->error,
                             "found %u elements with %s, expected at most %u in one device",
                             model->n_slots + reg->count, what, (unsigned)NAP_SLOTS_MAX);
    reg->first_slot = model->n_slots;
    model->n_slots += reg->count;
    return NAP_OK;
}

/* --- no two registers of a variant at one address --- */

struct span {
    uint32_t begin, end; /* bytes */
    uint32_t reg, index;
};

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->reg > y->reg) - (x->reg < y->reg);
}

static void fill_spans(const struct nap_model *model, struct span *spans)
{
    for (uint32_t r = 0; r < model->n_regs; r++)
        for (uint32_t i = 0; i < model->regs[r].count; i++) {
            uint32_t begin = nap_reg_offset(&model->regs[r], i);

            *spans++ = (struct span){begin, begin + model->regs[r].width_bits / 8u, r, i};
        }
}

static enum nap_err fail_overlap(struct nap_model_loader *l, nap_node list,
                                 const struct span *a, const struct span *b, uint32_t variant)
{
    const struct nap_model *model = &l->m->model;
    const struct span *later = a->reg > b->reg ? a : b, *earlier = later == a ? b : a;

    return nap_yaml_fail(l->y, nap_yaml_item(l->y, list, later->reg), l->error,
                         "register %s[%u] at 0x%x overlaps %s[%u] at 0x%x in variant %s, "
                         "expected separate addresses",
                         model->regs[later->reg].name, later->index, later->begin,
                         model->regs[earlier->reg].name, earlier->index, earlier->begin,
                         model->variants[variant]);
}

/* A device of a variant is met at addresses or by instructions, not by both. */
static enum nap_err check_kinds_of_place(struct nap_model_loader *l, nap_node list)
{
    const struct nap_model *model = &l->m->model;

    for (uint32_t v = 0; v < model->n_variants; v++)
        for (uint32_t r = 0; r < model->n_regs; r++)
            if (model->regs[r].variants >> v & 1 &&
                model->regs[r].sysreg != nap_model_is_sysreg(model, v))
                return nap_yaml_fail(l->y, nap_yaml_item(l->y, list, r), l->error,
                                     "found a system register beside one with an offset in "
                                     "variant %s, expected one kind",
                                     model->variants[v]);
    return NAP_OK;
}

enum nap_err nap_model_check_addresses(struct nap_model_loader *l, nap_node list)
{
    const struct nap_model *model = &l->m->model;
    struct span *spans;
    enum nap_err err = check_kinds_of_place(l, list);

    if (err)
        return err;
    spans = calloc(model->n_slots, sizeof(*spans));
    if (!spans)
        return nap_model_no_memory(l);
    fill_spans(model, spans);
    qsort(spans, model->n_slots, sizeof(*spans), compare_spans);
    for (uint32_t v = 0; v < model->n_variants && !err; v++) {
        const struct span *last = NULL;

        for (uint32_t i = 0; i < model->n_slots && !err; i++) {
            if (!(model->regs[spans[i].reg].variants >> v & 1))
                continue;
            if (last && spans[i].begin < last->end)
                err = fail_overlap(l, list, last, &spans[i], v);
            last = &spans[i];
        }
    }
    free(spans);
    return err;
}
