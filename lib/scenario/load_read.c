/* SPDX-License-Identifier: MIT */
/* What the parts of a scenario file have in common: words, lists, numbers. */
#include "load.h"

#include <string.h>

#define PAGE_BYTES UINT64_C(0x1000)

bool nap_load_contains(const char *names, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(names + (size_t)i * NAP_NAME_MAX, name) == 0)
            return true;
    return false;
}

enum nap_err nap_load_word(struct nap_loader *l, nap_node map, const char *what,
                           const char *key, nap_name_text out)
{
    const char *text;
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    if (!err)
        err = nap_yaml_name(l->y, n, key, &text, l->error);
    if (!err)
        memcpy(out, text, strlen(text) + 1);
    return err;
}

enum nap_err nap_load_count(struct nap_loader *l, nap_node list, const char *what, unsigned min,
                            unsigned max)
{
    enum nap_err err = nap_yaml_check_list(l->y, list, what, l->error);
    unsigned count = nap_yaml_count(l->y, list);

    if (!err && (count < min || count > max))
        err = nap_yaml_fail(l->y, list, l->error, "found %u %s, expected %u to %u", count, what,
                            min, max);
    return err;
}

enum nap_err nap_load_names(struct nap_loader *l, nap_node list, const char *what, unsigned max,
                            nap_name_text *out, uint32_t *n)
{
    enum nap_err err = nap_load_count(l, list, what, 1, max);

    for (unsigned i = 0; i < nap_yaml_count(l->y, list) && !err; i++) {
        nap_node item = nap_yaml_item(l->y, list, i);
        const char *text;

        err = nap_yaml_name(l->y, item, what, &text, l->error);
        if (err)
            return err;
        if (nap_load_contains(out[0], *n, text))
            return nap_yaml_fail(l->y, item, l->error,
                                 "found '%s' twice in %s, expected each once", text, what);
        memcpy(out[(*n)++], text, strlen(text) + 1);
    }
    return err;
}

enum nap_err nap_load_list(struct nap_loader *l, const char *key, unsigned min, unsigned max,
                           enum nap_err (*read)(struct nap_loader *l, nap_node n))
{
    nap_node list;
    enum nap_err err =
        nap_yaml_need(l->y, nap_yaml_root(l->y), "a scenario", key, &list, l->error);

    if (!err)
        err = nap_load_count(l, list, key, min, max);
    for (unsigned i = 0; !err && i < nap_yaml_count(l->y, list); i++)
        err = read(l, nap_yaml_item(l->y, list, i));
    return err;
}

enum nap_err nap_load_page_number(struct nap_loader *l, nap_node map, const char *what,
                                  const char *key, uint64_t max, uint64_t *out)
{
    nap_node n;
    enum nap_err err = nap_yaml_need(l->y, map, what, key, &n, l->error);

    if (!err)
        err = nap_yaml_u64(l->y, n, key, 0, max, out, l->error);
    if (!err && *out % PAGE_BYTES != 0)
        err = nap_yaml_fail(l->y, n, l->error, "found %s as %s, expected a multiple of 0x1000",
                            nap_yaml_text(l->y, n), key);
    return err;
}

enum nap_err nap_load_maybe_number(struct nap_loader *l, nap_node map, const char *key,
                                   uint64_t min, uint64_t max, uint32_t fallback, uint32_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, key);
    uint64_t value = fallback;
    enum nap_err err = n ? nap_yaml_u64(l->y, n, key, min, max, &value, l->error) : NAP_OK;

    *out = (uint32_t)value;
    return err;
}

enum nap_err nap_load_maybe_one_of(struct nap_loader *l, nap_node map, const char *key,
                                   const char *const *names, bool *second)
{
    nap_node n = nap_yaml_find(l->y, map, key);
    unsigned index = *second;
    enum nap_err err = n ? nap_yaml_enum(l->y, n, key, names, &index, l->error) : NAP_OK;

    *second = index != 0;
    return err;
}
