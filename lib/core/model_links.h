/* SPDX-License-Identifier: MIT */
/* Private to the model loader: what one register says about another, and how it is accessed. */
#ifndef NAP_CORE_MODEL_LINKS_H
#define NAP_CORE_MODEL_LINKS_H

#include <regnap/model.h>

#include "core/yaml.h"

/* Not resolved yet. */
#define NAP_ALIAS_UNRESOLVED UINT32_MAX

/* Keys `access-sizes` and `banked` of the register at @map, and whether it is an alias. */
enum nap_err nap_model_read_accesses(const struct nap_yaml *y, nap_node map,
                                     struct nap_reg *reg, struct nap_error *error);
/* Keys `alias-of` and `guard` of all registers, which may name registers further down. @regs
 * are those of @model, @list their nodes. */
enum nap_err nap_model_link(const struct nap_yaml *y, nap_node list,
                            const struct nap_model *model, struct nap_reg *regs,
                            struct nap_error *error);

#endif
