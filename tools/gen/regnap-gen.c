/* SPDX-License-Identifier: MIT */
/* Runs at build time.
 *
 *   regnap-gen model IN.yaml OUT.c OUT.h [BASE.yaml...]
 *   regnap-gen embed OUT.c SYMBOL NAME=FILE...
 *   regnap-gen digest OUT.c SYMBOL FILE...
 *
 * The first turns a model into a constant table and a header of names; a BASE is a model that
 * it may extend, by the name of its file. The second makes YAML files part of the library, the
 * third keeps a digest over source files. Exit 0, or 2 with a message and the outputs as they
 * were. */
#include "core/canon.h"
#include "core/model_extend.h"
#include "core/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <regnap/model.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDENTIFIER_BYTES (3 * NAP_NAME_MAX)

struct file {
    char *text;
    size_t bytes;
};

/* Written beside its final place and moved there when all went well. */
struct output {
    const char *path;
    char *temporary;
    FILE *stream;
};

static bool complain(const char *format, ...) NAP_PRINTF(1, 2);

static bool complain(const char *format, ...)
{
    va_list args;

    fputs("regnap-gen: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return false;
}

/* --- files --- */

static bool read_file(const char *path, struct file *file)
{
    const size_t limit = NAP_YAML_BYTES_MAX + 1; /* one more, so that the reader sees it */
    FILE *stream = fopen(path, "rb");
    bool good;

    file->bytes = 0;
    file->text = malloc(limit);
    if (stream && file->text)
        file->bytes = fread(file->text, 1, limit, stream);
    good = stream && file->text && !ferror(stream);
    if (stream)
        (void)fclose(stream);
    if (good)
        return true;
    free(file->text);
    file->text = NULL;
    return complain("%s: cannot read this file", path);
}

static bool open_output(struct output *out, const char *path)
{
    size_t bytes = strlen(path) + sizeof(".tmp");

    out->path = path;
    out->stream = NULL;
    out->temporary = malloc(bytes);
    if (!out->temporary)
        return complain("no memory");
    (void)snprintf(out->temporary, bytes, "%s.tmp", path);
    out->stream = fopen(out->temporary, "wb");
    return out->stream ? true : complain("%s: cannot write this file", out->temporary);
}

static bool finish_output(struct output *out)
{
    bool good = !ferror(out->stream);

    good &= fclose(out->stream) == 0;
    out->stream = NULL;
    return good ? true : complain("%s: cannot write this file", out->temporary);
}

static bool move_output(struct output *out)
{
    if (rename(out->temporary, out->path) != 0)
        return complain("%s: cannot replace this file", out->path);
    return true;
}

static void drop_output(struct output *out)
{
    if (out->stream)
        (void)fclose(out->stream);
    if (out->temporary)
        (void)remove(out->temporary); /* gone already after a move */
    free(out->temporary);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* --- identifiers --- */

struct identifier {
    char text[IDENTIFIER_BYTES];
};

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What a C identifier cannot hold becomes '_'. */
static struct identifier sanitised(const char *name, bool upper)
{
    struct identifier id = {{0}};

    for (size_t i = 0; name[i] != '\0' && i < sizeof(id.text) - 1; i++) {
        char c = name[i];

        if (upper && is_lower(c))
            c = (char)(c - 'a' + 'A');
        id.text[i] = c;
        if (!is_lower(c) && !is_upper(c) && !is_digit(c))
            id.text[i] = '_';
    }
    return id;
}

static struct identifier upper(const char *name)
{
    return sanitised(name, true);
}

/* The prefix of all names of a model: upper case, a C identifier. */
static bool read_prefix(const struct file *in, const char *path, struct identifier *prefix)
{
    struct nap_error error;
    struct nap_yaml *y;
    bool good;

    if (nap_yaml_parse(in->text, in->bytes, path, &y, &error))
        return complain("%s", error.text);
    good = nap_yaml_get_text(y, nap_yaml_root(y), "prefix", prefix->text, NAP_NAME_MAX,
                             &error) == NAP_OK;
    nap_yaml_free(y);
    return good ? true : complain("%s", error.text);
}

/* Register names that would make IPMMU_REG_X mean two things. */
static bool check_names(const struct nap_model *model, const char *path)
{
    static const char *const taken[] = {"REG", "SLOT", "COUNT", "OFFSET", "VARIANT", "SWITCH"};

    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        if (nap_model_reg(model, taken[i]) >= 0)
            return complain("%s: found register %s, expected a name that the generator does "
                            "not use itself",
                            path, taken[i]);
    for (uint32_t i = 0; i < model->n_switches; i++)
        if (nap_model_reg(model, model->switches[i].id) >= 0)
            return complain("%s: found %s as a register and as a switch, expected one", path,
                            model->switches[i].id);
    return true;
}

/* --- the header of names --- */

static void write_variants(FILE *f, const struct nap_model *model, const char *prefix)
{
    fputs("/* Indexes of the variants. */\nenum {\n", f);
    for (uint32_t i = 0; i < model->n_variants; i++)
        fprintf(f, "    %s_VARIANT_%s = %" PRIu32 ",\n", prefix, upper(model->variants[i]).text,
                i);
    fprintf(f, "    %s_VARIANT_COUNT = %" PRIu32 "\n};\n\n", prefix, model->n_variants);
}

static void write_reg_indexes(FILE *f, const struct nap_model *model, const char *prefix)
{
    fputs("/* Indexes into the table of registers. */\nenum {\n", f);
    for (uint32_t i = 0; i < model->n_regs; i++)
        fprintf(f, "    %s_REG_%s = %" PRIu32 ",\n", prefix, model->regs[i].name, i);
    fprintf(f, "    %s_REG_COUNT = %" PRIu32 "\n};\n\n", prefix, model->n_regs);
    fputs("/* First slot of each register, and the number of its elements. */\nenum {\n", f);
    for (uint32_t i = 0; i < model->n_regs; i++)
        fprintf(f, "    %s_SLOT_%s = %" PRIu32 ",\n    %s_COUNT_%s = %" PRIu32 ",\n", prefix,
                model->regs[i].name, model->regs[i].first_slot, prefix, model->regs[i].name,
                model->regs[i].count);
    fprintf(f, "    %s_SLOT_COUNT = %" PRIu32 "\n};\n\n", prefix, model->n_slots);
    fputs("/* Byte offset of element 0. */\nenum {\n", f);
    for (uint32_t i = 0; i < model->n_regs; i++)
        fprintf(f, "    %s_OFFSET_%s = 0x%03" PRIx32 ",\n", prefix, model->regs[i].name,
                nap_reg_offset(&model->regs[i], 0));
    fprintf(f, "    %s_WINDOW_BYTES = 0x%" PRIx32 "\n};\n\n", prefix, model->window_bytes);
}

static void write_field_masks(FILE *f, const struct nap_reg *reg, const char *prefix)
{
    fprintf(f, "/* Fields of %s: mask in place, and lowest bit. */\n", reg->name);
    for (uint32_t i = 0; i < reg->n_fields; i++) {
        const struct nap_field *field = &reg->fields[i];

        fprintf(f, "#define %s_%s_%s UINT64_C(0x%" PRIx64 ")\n", prefix, reg->name, field->name,
                field->mask);
        fprintf(f, "#define %s_%s_%s_SHIFT %u\n", prefix, reg->name, field->name,
                (unsigned)field->lsb);
    }
    fputc('\n', f);
}

static void write_switch_names(FILE *f, const struct nap_model *model, const char *prefix)
{
    fputs("/* Indexes of the switches, and of the values of each. */\nenum {\n", f);
    for (uint32_t i = 0; i < model->n_switches; i++)
        fprintf(f, "    %s_SWITCH_%s = %" PRIu32 ",\n", prefix, model->switches[i].id, i);
    fprintf(f, "    %s_SWITCH_COUNT = %" PRIu32 "\n};\n", prefix, model->n_switches);
    for (uint32_t i = 0; i < model->n_switches; i++) {
        const struct nap_switch *sw = &model->switches[i];

        fputs("enum {\n", f);
        for (uint32_t v = 0; v < sw->n_values; v++)
            fprintf(f, "    %s_%s_%s = %" PRIu32 "%s\n", prefix, sw->id,
                    upper(sw->values[v]).text, v, v + 1 < sw->n_values ? "," : "");
        fputs("};\n", f);
    }
}

static void write_header(FILE *f, const struct nap_model *model, const char *prefix,
                         const char *in_path)
{
    const struct identifier name = sanitised(model->name, false);

    fprintf(f, "/* Made by regnap-gen from %s; edits are lost. */\n", base_name(in_path));
    fprintf(f, "#ifndef NAP_MODEL_%s_H\n#define NAP_MODEL_%s_H\n\n", upper(model->name).text,
            upper(model->name).text);
    fprintf(f, "#include <regnap/model.h>\n\nextern const struct nap_model nap_model_%s;\n\n",
            name.text);
    write_variants(f, model, prefix);
    write_reg_indexes(f, model, prefix);
    for (uint32_t i = 0; i < model->n_regs; i++)
        write_field_masks(f, &model->regs[i], prefix);
    write_switch_names(f, model, prefix);
    fputs("\n#endif\n", f);
}

/* --- the table --- */

/* A C string literal; '?' is escaped because of trigraphs. */
static void write_string(FILE *f, const char *text)
{
    fputc('"', f);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\' || c == '?')
            fprintf(f, "\\%c", c);
        else if (c < 0x20 || c > 0x7e)
            fprintf(f, "\\%03o", (unsigned)c);
        else
            fputc(c, f);
    }
    fputc('"', f);
}

static void write_text(FILE *f, const char *indent, const char *member, const char *text)
{
    fprintf(f, "%s.%s = ", indent, member);
    write_string(f, text);
    fputs(",\n", f);
}

static void write_u32(FILE *f, const char *indent, const char *member, uint32_t value)
{
    fprintf(f, "%s.%s = %" PRIu32 ",\n", indent, member, value);
}

static void write_u64(FILE *f, const char *indent, const char *member, uint64_t value)
{
    fprintf(f, "%s.%s = UINT64_C(0x%" PRIx64 "),\n", indent, member, value);
}

static void write_needs(FILE *f, const char *indent, const uint8_t needs[NAP_NEEDS_MAX])
{
    fprintf(f, "%s.needs = {", indent);
    for (unsigned i = 0; i < NAP_NEEDS_MAX; i++)
        fprintf(f, "%s%u", i ? ", " : "", needs[i]);
    fputs("},\n", f);
}

static void write_field(FILE *f, const struct nap_field *field)
{
    static const char *const restore[] = {"NAP_RESTORE_EQUAL", "NAP_RESTORE_BEHAVIOUR",
                                          "NAP_RESTORE_RELATION", "NAP_RESTORE_NONE"};
    const char *indent = "        ";

    fputs("    {\n", f);
    write_text(f, indent, "name", field->name);
    write_text(f, indent, "about", field->about);
    write_text(f, indent, "relation", field->relation);
    write_u64(f, indent, "mask", field->mask);
    write_u32(f, indent, "variants", field->variants);
    write_u32(f, indent, "lsb", field->lsb);
    write_u32(f, indent, "width", field->width);
    fprintf(f, "%s.access = NAP_ACCESS_%s,\n", indent,
            upper(nap_access_name((enum nap_access)field->access)).text);
    fprintf(f, "%s.restore = %s,\n", indent, restore[field->restore]);
    write_u32(f, indent, "unmodelled", field->unmodelled);
    write_u32(f, indent, "known", field->known);
    write_needs(f, indent, field->needs);
    fputs("    },\n", f);
}

static void write_masks(FILE *f, const char *member, const uint64_t masks[NAP_VARIANTS_MAX])
{
    fprintf(f, "        .%s = {", member);
    for (unsigned v = 0; v < NAP_VARIANTS_MAX; v++)
        fprintf(f, "%sUINT64_C(0x%" PRIx64 ")", v ? ", " : "", masks[v]);
    fputs("},\n", f);
}

static void write_windows(FILE *f, const struct nap_reg *reg)
{
    fputs("        .windows = {", f);
    for (uint32_t i = 0; i < reg->n_windows; i++) {
        const struct nap_window *w = &reg->windows[i];

        fprintf(f, "%s{%" PRIu32 ", %" PRIu32 ", 0x%" PRIx32 ", 0x%" PRIx32 "}", i ? ", " : "",
                w->first, w->count, w->offset, w->stride);
    }
    fputs("},\n", f);
}

static void write_condition(FILE *f, const struct nap_condition *c)
{
    fprintf(f,
            "{.mask = UINT64_C(0x%" PRIx64 "), .value = UINT64_C(0x%" PRIx64
            "), .reg = %" PRIu32 ", .same_as = %" PRIu32 ", .written = %u}",
            c->mask, c->value, c->reg, c->same_as, c->written);
}

static void write_guards(FILE *f, const struct nap_reg *reg)
{
    static const char *const effects[] = {"NAP_GUARD_IGNORED", "NAP_GUARD_TAKEN",
                                          "NAP_GUARD_UNKNOWN"};

    if (reg->n_guards == 0)
        return;
    fputs("        .guards = {\n", f);
    for (unsigned i = 0; i < reg->n_guards; i++) {
        const struct nap_guard *g = &reg->guards[i];

        fprintf(f,
                "            {.bits = UINT64_C(0x%" PRIx64 "), .n_conditions = %" PRIu32
                ", .effect = %s, .by_switch = %u, .conditions = {",
                g->bits, g->n_conditions, effects[g->effect], g->by_switch);
        for (uint32_t k = 0; k < g->n_conditions; k++) {
            fputs(k ? ", " : "", f);
            write_condition(f, &g->conditions[k]);
        }
        fputs("}},\n", f);
    }
    fputs("        },\n", f);
}

static void write_reg(FILE *f, const struct nap_reg *reg, uint32_t first_field)
{
    static const char *const retention[] = {"NAP_RETENTION_RESET", "NAP_RETENTION_UNKNOWN",
                                            "NAP_RETENTION_RETAINED"};
    const char *indent = "        ";

    fputs("    {\n", f);
    write_text(f, indent, "name", reg->name);
    write_text(f, indent, "about", reg->about);
    write_text(f, indent, "source", reg->source);
    fprintf(f, "%s.fields = &fields[%" PRIu32 "],\n", indent, first_field);
    write_u32(f, indent, "n_fields", reg->n_fields);
    write_u32(f, indent, "count", reg->count);
    write_u32(f, indent, "first_slot", reg->first_slot);
    write_u32(f, indent, "n_windows", reg->n_windows);
    write_windows(f, reg);
    write_u32(f, indent, "variants", reg->variants);
    write_u32(f, indent, "width_bits", reg->width_bits);
    write_u32(f, indent, "access_sizes", reg->access_sizes);
    write_u32(f, indent, "banked", reg->banked);
    write_u32(f, indent, "n_guards", reg->n_guards);
    write_guards(f, reg);
    write_u32(f, indent, "alias_of", reg->alias_of);
    fprintf(f, "%s.retention = %s,\n", indent, retention[reg->retention]);
    write_u32(f, indent, "unmodelled", reg->unmodelled);
    write_u32(f, indent, "hostile_random", reg->hostile_random);
    write_u32(f, indent, "implementation", reg->implementation);
    write_u32(f, indent, "sysreg", reg->sysreg);
    write_needs(f, indent, reg->needs);
    write_u64(f, indent, "known", reg->known);
    write_u64(f, indent, "reset", reg->reset);
    write_u64(f, indent, "hostile", reg->hostile);
    write_u64(f, indent, "hostile_mask", reg->hostile_mask);
    write_masks(f, "defined", reg->defined);
    write_masks(f, "writable", reg->writable);
    write_masks(f, "w0c", reg->w0c);
    write_masks(f, "self_clear", reg->self_clear);
    write_masks(f, "wo", reg->wo);
    write_masks(f, "w1c", reg->w1c);
    write_masks(f, "w1s", reg->w1s);
    write_masks(f, "rc", reg->rc);
    write_masks(f, "rsvdz", reg->rsvdz);
    fputs("    },\n", f);
}

static void write_switch(FILE *f, const struct nap_switch *sw)
{
    static const char *const basis[] = {"NAP_BASIS_DOCUMENTED", "NAP_BASIS_ARGUED",
                                        "NAP_BASIS_UNKNOWN", "NAP_BASIS_SOFTWARE"};
    const char *indent = "        ";

    fputs("    {\n", f);
    write_text(f, indent, "id", sw->id);
    write_text(f, indent, "about", sw->about);
    fprintf(f, "%s.basis = %s,\n", indent, basis[sw->basis]);
    write_u32(f, indent, "n_values", sw->n_values);
    fprintf(f, "%s.values = {", indent);
    for (uint32_t i = 0; i < sw->n_values; i++) {
        fputs(i ? ", " : "", f);
        write_string(f, sw->values[i]);
    }
    fputs("},\n", f);
    write_u32(f, indent, "decided_by", sw->decided_by);
    write_u32(f, indent, "decided_value", sw->decided_value);
    write_u64(f, indent, "decided_mask", sw->decided_mask);
    write_u64(f, indent, "decided_from", sw->decided_from);
    fputs("    },\n", f);
}

static void write_switches(FILE *f, const struct nap_model *model)
{
    if (model->n_switches == 0)
        return;
    fputs("static const struct nap_switch switches[] = {\n", f);
    for (uint32_t i = 0; i < model->n_switches; i++)
        write_switch(f, &model->switches[i]);
    fputs("};\n\n", f);
}

static void write_compatible(FILE *f, const struct nap_model *model)
{
    if (model->n_compatible == 0)
        return;
    fputs("static const char *const compatible[] = {\n", f);
    for (uint32_t i = 0; i < model->n_compatible; i++) {
        fputs("    ", f);
        write_string(f, model->compatible[i]);
        fputs(",\n", f);
    }
    fputs("};\n\n", f);
}

static void write_need_list(FILE *f, const struct nap_model *model)
{
    if (model->n_needs == 0)
        return;
    fputs("static const struct nap_need needs[] = {\n", f);
    for (uint32_t i = 0; i < model->n_needs; i++) {
        const struct nap_need *need = &model->needs[i];

        fprintf(f, "    {.n_ways = %" PRIu32 ", .ways = {", need->n_ways);
        for (uint32_t w = 0; w < need->n_ways; w++)
            fprintf(f,
                    "%s{.mask = UINT64_C(0x%" PRIx64 "), .reg = %" PRIu32
                    ", .by_switch = %u, .value = %u}",
                    w ? ", " : "", need->ways[w].mask, need->ways[w].reg,
                    need->ways[w].by_switch, need->ways[w].value);
        fputs("}},\n", f);
    }
    fputs("};\n\n", f);
}

static void write_presets(FILE *f, const struct nap_model *model)
{
    const char *indent = "        ";

    for (uint32_t i = 0; i < model->n_presets; i++) {
        fprintf(f, "static const struct nap_reg_value preset_%" PRIu32 "[] = {\n", i);
        for (uint32_t v = 0; v < model->presets[i].n_values; v++)
            fprintf(f, "    {.value = UINT64_C(0x%" PRIx64 "), .reg = %" PRIu32 "},\n",
                    model->presets[i].values[v].value, model->presets[i].values[v].reg);
        fputs("    {0},\n};\n\n", f); /* C has no empty table */
    }
    if (model->n_presets == 0)
        return;
    fputs("static const struct nap_preset presets[] = {\n", f);
    for (uint32_t i = 0; i < model->n_presets; i++) {
        fputs("    {\n", f);
        write_text(f, indent, "name", model->presets[i].name);
        write_text(f, indent, "about", model->presets[i].about);
        write_text(f, indent, "source", model->presets[i].source);
        fprintf(f, "%s.values = preset_%" PRIu32 ",\n", indent, i);
        write_u32(f, indent, "n_values", model->presets[i].n_values);
        fputs("    },\n", f);
    }
    fputs("};\n\n", f);
}

static void write_lists(FILE *f, const struct nap_model *model)
{
    uint32_t first_field = 0;

    fputs("static const struct nap_field fields[] = {\n", f);
    for (uint32_t r = 0; r < model->n_regs; r++)
        for (uint32_t i = 0; i < model->regs[r].n_fields; i++)
            write_field(f, &model->regs[r].fields[i]);
    fputs("};\n\nstatic const struct nap_reg regs[] = {\n", f);
    for (uint32_t r = 0; r < model->n_regs; r++) {
        write_reg(f, &model->regs[r], first_field);
        first_field += model->regs[r].n_fields;
    }
    fputs("};\n\n", f);
    write_switches(f, model);
    write_compatible(f, model);
    write_need_list(f, model);
    write_presets(f, model);
}

static void write_table(FILE *f, const struct nap_model *model, const char *in_path,
                        const char *header_path)
{
    const char *indent = "    ";

    fprintf(f, "/* Made by regnap-gen from %s; edits are lost. */\n", base_name(in_path));
    fprintf(f, "#include \"%s\"\n\n", base_name(header_path));
    write_lists(f, model);
    fprintf(f, "const struct nap_model nap_model_%s = {\n", sanitised(model->name, false).text);
    write_text(f, indent, "name", model->name);
    write_text(f, indent, "title", model->title);
    write_text(f, indent, "source", model->source);
    write_u32(f, indent, "n_variants", model->n_variants);
    fprintf(f, "%s.variants = {", indent);
    for (uint32_t i = 0; i < model->n_variants; i++) {
        fputs(i ? ", " : "", f);
        write_string(f, model->variants[i]);
    }
    fputs("},\n", f);
    write_u32(f, indent, "window_bytes", model->window_bytes);
    write_u32(f, indent, "n_slots", model->n_slots);
    write_u32(f, indent, "n_regs", model->n_regs);
    fputs("    .regs = regs,\n", f);
    write_u32(f, indent, "n_switches", model->n_switches);
    fprintf(f, "    .switches = %s,\n", model->n_switches ? "switches" : "NULL");
    write_u32(f, indent, "n_compatible", model->n_compatible);
    fprintf(f, "    .compatible = %s,\n", model->n_compatible ? "compatible" : "NULL");
    write_u32(f, indent, "n_needs", model->n_needs);
    fprintf(f, "    .needs = %s,\n", model->n_needs ? "needs" : "NULL");
    write_u32(f, indent, "n_presets", model->n_presets);
    fprintf(f, "    .presets = %s,\n};\n", model->n_presets ? "presets" : "NULL");
}

/* --- the two commands --- */

static bool write_model(const struct nap_model *model, const char *prefix, char **paths)
{
    struct output table = {0}, header = {0};
    bool good = open_output(&table, paths[1]) && open_output(&header, paths[2]);

    if (good) {
        write_table(table.stream, model, paths[0], paths[2]);
        write_header(header.stream, model, prefix, paths[0]);
        good = finish_output(&table) && finish_output(&header);
    }
    good = good && move_output(&table) && move_output(&header);
    drop_output(&table);
    drop_output(&header);
    return good;
}

#define BASES_MAX 8u

/* What a model may extend. */
struct bases {
    struct nap_embedded_file files[BASES_MAX + 1];
    char names[BASES_MAX][NAP_NAME_MAX];
    struct file read[BASES_MAX];
};

static bool read_bases(char **paths, unsigned count, struct bases *bases)
{
    if (count > BASES_MAX)
        return complain("found %u models to extend, expected at most %u", count, BASES_MAX);
    for (unsigned i = 0; i < count; i++) {
        const char *name = base_name(paths[i]), *end = strrchr(name, '.');
        size_t length = end ? (size_t)(end - name) : strlen(name);

        if (length >= NAP_NAME_MAX)
            return complain("found '%s', expected a shorter name of a model", name);
        memcpy(bases->names[i], name, length);
        if (!read_file(paths[i], &bases->read[i]))
            return false;
        bases->files[i] = (struct nap_embedded_file){bases->names[i], bases->read[i].text,
                                                     bases->read[i].bytes};
    }
    return true;
}

static bool make_model_from(const struct file *in, const struct bases *bases, char **paths)
{
    struct nap_model *model = NULL;
    struct identifier prefix;
    struct nap_error error;
    bool good;

    good = nap_model_load_extending(in->text, in->bytes, paths[0], bases->files, &model,
                                    &error) == NAP_OK ||
           complain("%s", error.text);
    good = good && read_prefix(in, paths[0], &prefix) && check_names(model, paths[0]) &&
           write_model(model, prefix.text, paths);
    nap_model_free(model);
    return good;
}

/* @paths: IN.yaml OUT.c OUT.h BASE.yaml... */
static bool make_model(char **paths, unsigned count)
{
    struct bases bases = {0};
    struct file in;
    bool good = read_file(paths[0], &in);

    if (good)
        good = read_bases(paths + 3, count - 3, &bases) && make_model_from(&in, &bases, paths);
    for (unsigned i = 0; i < BASES_MAX; i++)
        free(bases.read[i].text);
    free(in.text);
    return good;
}

/* As character constants: a string literal of this length is beyond what C promises. */
static void write_bytes(FILE *f, const struct file *file, unsigned index)
{
    assert(file->text);
    fprintf(f, "static const char file_%u[] = {", index);
    for (size_t i = 0; i < file->bytes; i++) {
        unsigned char c = (unsigned char)file->text[i];

        fputs(i % 16 == 0 ? "\n    " : " ", f);
        if (c > 0x20 && c < 0x7f && c != '\'' && c != '\\' && c != '?')
            fprintf(f, "'%c',", c);
        else
            fprintf(f, "'\\%03o',", (unsigned)c);
    }
    fputs("\n    '\\0',\n};\n\n", f);
}

/* Refuses what nap_yaml_parse() refuses, so that the library carries no broken file. */
static bool embed_file(FILE *f, const char *path, unsigned index)
{
    struct nap_error error;
    struct nap_yaml *y;
    struct file file;
    bool good;

    if (!read_file(path, &file))
        return false;
    good = nap_yaml_parse(file.text, file.bytes, path, &y, &error) == NAP_OK;
    if (good)
        write_bytes(f, &file, index);
    else
        (void)complain("%s", error.text);
    nap_yaml_free(y);
    free(file.text);
    return good;
}

/* Cuts NAME=FILE in two; each name once. */
static bool split_arguments(char **arguments, unsigned count, const char **paths)
{
    assert(paths);
    for (unsigned i = 0; i < count; i++) {
        char *equals = strchr(arguments[i], '=');

        if (!equals || equals == arguments[i])
            return complain("found '%s', expected NAME=FILE", arguments[i]);
        *equals = '\0';
        paths[i] = equals + 1;
        for (unsigned j = 0; j < i; j++)
            if (strcmp(arguments[j], arguments[i]) == 0)
                return complain("found the name '%s' twice, expected each once", arguments[i]);
    }
    return true;
}

static bool write_embedded(FILE *f, const char *symbol, char **names, const char *const *paths,
                           unsigned count)
{
    assert(paths);
    fputs("/* Made by regnap-gen; edits are lost. */\n#include \"core/embedded.h\"\n\n", f);
    fprintf(f, "extern const struct nap_embedded_file %s[];\n\n", symbol);
    for (unsigned i = 0; i < count; i++)
        if (!embed_file(f, paths[i], i))
            return false;
    fprintf(f, "const struct nap_embedded_file %s[] = {\n", symbol);
    for (unsigned i = 0; i < count; i++) {
        fputs("    {", f);
        write_string(f, names[i]);
        fprintf(f, ", file_%u, sizeof(file_%u) - 1},\n", i, i);
    }
    fputs("    {NULL, NULL, 0},\n};\n", f);
    return true;
}

static bool is_identifier(const char *text)
{
    if (is_digit(*text) || *text == '\0')
        return false;
    while (is_lower(*text) || is_upper(*text) || is_digit(*text) || *text == '_')
        text++;
    return *text == '\0';
}

/* @arguments: OUT.c SYMBOL NAME=FILE... */
static bool make_embedded(char **arguments, unsigned count)
{
    const char **paths = calloc(count, sizeof(*paths));
    struct output out = {0};
    unsigned n_files = count - 2;
    bool good = paths ? true : complain("no memory");

    if (good && !is_identifier(arguments[1]))
        good = complain("found '%s', expected a C identifier", arguments[1]);
    good = good && split_arguments(arguments + 2, n_files, paths) &&
           open_output(&out, arguments[0]) &&
           write_embedded(out.stream, arguments[1], arguments + 2, paths, n_files) &&
           finish_output(&out) && move_output(&out);
    drop_output(&out);
    free(paths);
    return good;
}

static bool digest_files(char **paths, unsigned count, struct nap_hash128 *out)
{
    struct nap_canon canon;

    nap_canon_begin(&canon, "sources 1");
    for (unsigned i = 0; i < count; i++) {
        struct file file;
        if (!read_file(paths[i], &file))
            return false;
        nap_canon_text(&canon, base_name(paths[i]));
        nap_canon_u64(&canon, file.bytes);
        (void)XXH3_128bits_update(&canon.state, file.text, file.bytes);
        free(file.text);
    }
    *out = nap_canon_end(&canon);
    return true;
}

/* @arguments: OUT.c SYMBOL FILE... */
static bool make_digest(char **arguments, unsigned count)
{
    struct output out = {0};
    struct nap_hash128 h;
    bool good = digest_files(arguments + 2, count - 2, &h) && open_output(&out, arguments[0]);

    if (good) {
        fprintf(out.stream,
                "/* Made by regnap-gen; edits are lost. */\n#include <regnap/types.h>\n\n"
                "extern const struct nap_hash128 %s;\n\nconst struct nap_hash128 %s = {\n"
                "    UINT64_C(0x%016" PRIx64 "), UINT64_C(0x%016" PRIx64 ")};\n",
                arguments[1], arguments[1], h.low, h.high);
        good = finish_output(&out) && move_output(&out);
    }
    drop_output(&out);
    return good;
}

int main(int argc, char **argv)
{
    bool good;

    if (argc >= 5 && strcmp(argv[1], "model") == 0)
        good = make_model(argv + 2, (unsigned)argc - 2);
    else if (argc >= 5 && strcmp(argv[1], "embed") == 0)
        good = make_embedded(argv + 2, (unsigned)argc - 2);
    else if (argc >= 5 && strcmp(argv[1], "digest") == 0)
        good = make_digest(argv + 2, (unsigned)argc - 2);
    else
        good = complain("usage: regnap-gen model IN.yaml OUT.c OUT.h [BASE.yaml...]\n"
                        "       regnap-gen embed OUT.c SYMBOL NAME=FILE...\n"
                        "       regnap-gen digest OUT.c SYMBOL FILE...");
    return good ? 0 : 2;
}
