/* SPDX-License-Identifier: MIT */
/* The generator, which makes the built-in models, does without this file. */
#include "core/model_extend.h"

extern const struct nap_embedded_file nap_builtin_models[];

enum nap_err nap_model_load(const char *text, size_t bytes, const char *file,
                            struct nap_model **out, struct nap_error *error)
{
    return nap_model_load_extending(text, bytes, file, nap_builtin_models, out, error);
}
