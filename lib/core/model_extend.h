/* SPDX-License-Identifier: MIT */
/* Private to lib/core: a model that says what it has otherwise than another one. */
#ifndef NAP_CORE_MODEL_EXTEND_H
#define NAP_CORE_MODEL_EXTEND_H

#include <regnap/model.h>

#include "core/embedded.h"
#include "core/yaml.h"

/* nap_model_load() with the files that `extends` may name; @bases may be NULL: none. */
enum nap_err nap_model_load_extending(const char *text, size_t bytes, const char *file,
                                      const struct nap_embedded_file *bases,
                                      struct nap_model **out, struct nap_error *error);

/* If the document at @y extends a model, makes its root the whole model: what it inherits, less
 * what is `absent`, with its own keys in place of inherited ones. */
enum nap_err nap_model_extend(struct nap_yaml *y, const struct nap_embedded_file *bases,
                              struct nap_error *error);

#endif
