/* SPDX-License-Identifier: MIT */
/* What the parts of a model file have in common: texts, names, numbers, and where it holds. */
#include "core/model_load.h"

#include <string.h>

#define TEXT_MAX 512 /* bytes of a title, about or source with its terminator */

enum nap_err nap_model_no_memory(struct nap_model_loader *l)
{
    return nap_fail(l->error, NAP_ERR_NOMEM, "no memory for the model in %s",
                    nap_yaml_file(l->y));
}

enum nap_err nap_model_read_text(struct nap_model_loader *l, nap_node map, const char *what,
                                 const char *key, const char **out)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    return err ? err : nap_yaml_line_text(l->y, n, key, TEXT_MAX, out, l->error);
}

enum nap_err nap_model_read_note(struct nap_model_loader *l, nap_node map, const char *key,
                                 const char **out)
{
    nap_node n = nap_yaml_find(l->y, map, key);

    *out = "";
    return n ? nap_yaml_line_text(l->y, n, key, TEXT_MAX, out, l->error) : NAP_OK;
}

enum nap_err nap_model_read_identifier(struct nap_model_loader *l, nap_node map,
                                       const char *what, const char *key, const char **out)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    if (!err)
        err = nap_yaml_name(l->y, n, key, out, l->error);
    if (err)
        return err;
    if (strpbrk(*out, "-.") || (**out >= '0' && **out <= '9'))
        return nap_yaml_fail(l->y, n, l->error,
                             "found '%s' as %s of %s, expected letters, digits and '_', "
                             "a letter first",
                             *out, key, what);
    return NAP_OK;
}

enum nap_err nap_model_read_enum(struct nap_model_loader *l, nap_node map, const char *key,
                                 const char *const *names, uint8_t fallback, uint8_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, key);
    unsigned index = fallback;
    enum nap_err err = n ? nap_yaml_enum(l->y, n, key, names, &index, l->error) : NAP_OK;

    *out = (uint8_t)index;
    return err;
}

enum nap_err nap_model_read_access(struct nap_model_loader *l, nap_node map, uint8_t fallback,
                                   uint8_t *out)
{
    const char *names[NAP_ACCESSES + 1] = {NULL};

    for (int a = 0; a < NAP_ACCESSES; a++)
        names[a] = nap_access_name((enum nap_access)a);
    return nap_model_read_enum(l, map, "access", names, fallback, out);
}

enum nap_err nap_model_read_flag(struct nap_model_loader *l, nap_node map, const char *key,
                                 uint8_t *out)
{
    static const char *const names[] = {"false", "true", NULL};

    return nap_model_read_enum(l, map, key, names, 0, out);
}

enum nap_err nap_model_read_number(struct nap_model_loader *l, nap_node map, const char *key,
                                   uint64_t min, uint64_t max, uint64_t fallback, uint64_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, key);

    *out = fallback;
    return n ? nap_yaml_u64(l->y, n, key, min, max, out, l->error) : NAP_OK;
}

/* --- where: all, one variant, or a list of variants --- */

static enum nap_err add_variant(struct nap_model_loader *l, nap_node n, uint32_t *mask)
{
    const char *names[NAP_VARIANTS_MAX + 1] = {NULL};
    unsigned index;
    enum nap_err err;

    for (uint32_t v = 0; v < l->m->model.n_variants; v++)
        names[v] = l->m->model.variants[v];
    err = nap_yaml_enum(l->y, n, "where", names, &index, l->error);
    if (!err)
        *mask |= 1u << index;
    return err;
}

enum nap_err nap_model_read_where(struct nap_model_loader *l, nap_node map, uint32_t fallback,
                                  uint32_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, "where");
    enum nap_err err = NAP_OK;

    *out = fallback;
    if (!n || strcmp(nap_yaml_text(l->y, n), "all") == 0)
        return NAP_OK;
    *out = 0;
    if (!nap_yaml_is_list(l->y, n))
        return add_variant(l, n, out);
    for (unsigned i = 0; i < nap_yaml_count(l->y, n) && !err; i++)
        err = add_variant(l, nap_yaml_item(l->y, n, i), out);
    if (!err && *out == 0)
        return nap_yaml_fail(l->y, n, l->error, "found no variant, expected at least one");
    return err;
}
