/* SPDX-License-Identifier: MIT */
/* Private to the model loader: the calls between its files. model_links.h stands behind them:
 * what may name anything above or below it. */
#ifndef NAP_CORE_MODEL_LOAD_H
#define NAP_CORE_MODEL_LOAD_H

#include <regnap/model.h>

#include "core/model_links.h"
#include "core/yaml.h"

#define NAP_MODEL_WINDOW_MAX (1u << 24)
#define NAP_WHAT_BYTES       (2 * NAP_NAME_MAX + 32) /* "field F of register R" */

struct nap_loaded_model {
    struct nap_model model; /* first, so that a pointer to it is a pointer to this */
    struct nap_yaml *yaml;
    struct nap_reg *regs;
    struct nap_field *fields;
    struct nap_switch *switches;
    const char **compatible;
    struct nap_model_tables tables;
};

struct nap_model_loader {
    struct nap_loaded_model *m;
    const struct nap_yaml *y;
    struct nap_error *error;
    struct nap_field *next_field;
    uint32_t all_variants;
};

/* model_read.c: on failure the error names line, what was found and what is expected. */
enum nap_err nap_model_no_memory(struct nap_model_loader *l);
/* Required one-line text; and an optional one, "" if absent. */
enum nap_err nap_model_read_text(struct nap_model_loader *l, nap_node map, const char *what,
                                 const char *key, const char **out);
enum nap_err nap_model_read_note(struct nap_model_loader *l, nap_node map, const char *key,
                                 const char **out);
/* A name that is a C identifier too, because the generator makes it one. */
enum nap_err nap_model_read_identifier(struct nap_model_loader *l, nap_node map,
                                       const char *what, const char *key, const char **out);
/* Index of one of @names, @fallback if absent. */
enum nap_err nap_model_read_enum(struct nap_model_loader *l, nap_node map, const char *key,
                                 const char *const *names, uint8_t fallback, uint8_t *out);
enum nap_err nap_model_read_access(struct nap_model_loader *l, nap_node map, uint8_t fallback,
                                   uint8_t *out);
enum nap_err nap_model_read_flag(struct nap_model_loader *l, nap_node map, const char *key,
                                 uint8_t *out);
enum nap_err nap_model_read_number(struct nap_model_loader *l, nap_node map, const char *key,
                                   uint64_t min, uint64_t max, uint64_t fallback,
                                   uint64_t *out);
/* Bits by variant. */
enum nap_err nap_model_read_where(struct nap_model_loader *l, nap_node map, uint32_t fallback,
                                  uint32_t *out);

/* model_fields.c: all of the register at @map, which knows its variants and its width. */
enum nap_err nap_model_read_fields(struct nap_model_loader *l, nap_node map, const char *what,
                                   struct nap_reg *reg);

/* model_places.c */
enum nap_err nap_model_read_place(struct nap_model_loader *l, nap_node map, const char *what,
                                  struct nap_reg *reg);
/* Of the registers at @list, all read. */
enum nap_err nap_model_check_addresses(struct nap_model_loader *l, nap_node list);

/* model_regs.c */
enum nap_err nap_model_read_regs(struct nap_model_loader *l, nap_node list);

#endif
