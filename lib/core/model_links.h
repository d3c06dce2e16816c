/* SPDX-License-Identifier: MIT */
/* Private to the model loader: what one register says about another, and how it is accessed. */
#ifndef NAP_CORE_MODEL_LINKS_H
#define NAP_CORE_MODEL_LINKS_H

#include <regnap/model.h>

#include "core/yaml.h"

/* Not resolved yet. */
#define NAP_ALIAS_UNRESOLVED UINT32_MAX

/* One register whose keys name others. */
struct nap_linker {
    const struct nap_yaml *y;
    struct nap_model *model;
    struct nap_error *error;
    nap_node map; /* of the register */
    struct nap_reg *reg;
};

/* Keys `access-sizes` and `banked` of the register at @map, and whether it is an alias. */
enum nap_err nap_model_read_accesses(const struct nap_yaml *y, nap_node map,
                                     struct nap_reg *reg, struct nap_error *error);
/* Keys `alias-of` and `guard` of all registers, which may name registers further down. @regs
 * are those of @model, @list their nodes. */
enum nap_err nap_model_link(const struct nap_yaml *y, nap_node list, struct nap_model *model,
                            struct nap_reg *regs, struct nap_error *error);

/* The register that @n names. */
enum nap_err nap_link_find_reg(const struct nap_linker *l, nap_node n, int *out);

/* model_guards.c: key `guard` of l->map. */
enum nap_err nap_link_guards(const struct nap_linker *l);

/* model_needs.c: keys `needs` of the registers at @list and of their fields, `decided` of the
 * switches at @switches, `presets` of the model. The tables grow as needed; what is in them
 * goes to @model, and is freed with it. */
struct nap_model_tables {
    struct nap_need *needs;
    struct nap_preset *presets;
    struct nap_reg_value *preset_values;
};

enum nap_err nap_model_link_needs(const struct nap_yaml *y, nap_node list,
                                  struct nap_model *model, struct nap_reg *regs,
                                  struct nap_field *fields, struct nap_model_tables *tables,
                                  struct nap_error *error);
enum nap_err nap_model_link_switches(const struct nap_yaml *y, nap_node list,
                                     struct nap_model *model, struct nap_switch *switches,
                                     struct nap_error *error);
enum nap_err nap_model_read_presets(const struct nap_yaml *y, nap_node list,
                                    struct nap_model *model, struct nap_model_tables *tables,
                                    struct nap_error *error);

#endif
