/* SPDX-License-Identifier: MIT */
/* `extends`: a model as another one with differences, so that a fact about a family of devices
 * stands in one file. Registers, fields and switches go by their names; the key of the model
 * that extends replaces the inherited one. models/README.md has the rules. */
#include "core/model_extend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/yaml_tree.h"

struct merge {
    struct nap_yaml *y;
    struct nap_error *error;
    nap_node root;     /* of the model that is extended */
    bool own_variants; /* an inherited `where` would name variants that are not there */
};

static enum nap_err no_memory(struct merge *m)
{
    return nap_fail(m->error, NAP_ERR_NOMEM, "no memory for the model in %s",
                    nap_yaml_file(m->y));
}

static bool is(const struct merge *m, nap_node key, const char *text)
{
    return strcmp(nap_yaml_text(m->y, key), text) == 0;
}

/* Keys that together say where a register lies: a model's own replace all inherited ones. */
static bool says_place(const struct merge *m, nap_node key)
{
    return is(m, key, "offset") || is(m, key, "stride") || is(m, key, "windows") ||
           is(m, key, "sysreg");
}

static bool has_place(const struct merge *m, nap_node map)
{
    for (unsigned i = 0; nap_yaml_key(m->y, map, i); i++)
        if (says_place(m, nap_yaml_key(m->y, map, i)))
            return true;
    return false;
}

static nap_node find_named(const struct merge *m, nap_node list, const char *key,
                           const char *name)
{
    for (unsigned i = 0; i < nap_yaml_count(m->y, list); i++) {
        nap_node item = nap_yaml_item(m->y, list, i);

        if (strcmp(nap_yaml_text(m->y, nap_yaml_find(m->y, item, key)), name) == 0)
            return item;
    }
    return 0;
}

static const char *name_of(const struct merge *m, nap_node item, const char *key)
{
    return nap_yaml_text(m->y, nap_yaml_find(m->y, item, key));
}

static bool lists(const struct merge *m, nap_node list, const char *text)
{
    for (unsigned i = 0; i < nap_yaml_count(m->y, list); i++)
        if (is(m, nap_yaml_item(m->y, list, i), text))
            return true;
    return false;
}

/* Each name of @absent is one that would be inherited, and that nothing is said about. */
static enum nap_err check_absent(struct merge *m, nap_node absent, nap_node base, nap_node own,
                                 const char *key)
{
    enum nap_err err = absent ? nap_yaml_check_list(m->y, absent, "absent", m->error) : NAP_OK;

    for (unsigned i = 0; i < nap_yaml_count(m->y, absent) && !err; i++) {
        nap_node n = nap_yaml_item(m->y, absent, i);
        const char *name;

        err = nap_yaml_name(m->y, n, "absent", &name, m->error);
        if (!err && !find_named(m, base, key, name))
            err = nap_yaml_fail(m->y, n, m->error,
                                "found '%s' as absent, expected a name that the extended model "
                                "has here",
                                name);
        else if (!err && find_named(m, own, key, name))
            err = nap_yaml_fail(m->y, n, m->error,
                                "found '%s' as absent and described, expected one of the two",
                                name);
    }
    return err;
}

/* Three deep at most: a model, its registers, their fields. */
/* NOLINTBEGIN(misc-no-recursion) */
static enum nap_err merge_map(struct merge *m, nap_node base, nap_node own, nap_node *out);

/* What is in both is merged, in the place of the inherited one; what is only in @own follows.
 */
static enum nap_err merge_items(struct merge *m, nap_node base, nap_node own, nap_node absent,
                                const char *key, nap_node *items, unsigned *n)
{
    enum nap_err err = NAP_OK;

    for (unsigned i = 0; i < nap_yaml_count(m->y, base) && !err; i++) {
        nap_node item = nap_yaml_item(m->y, base, i);
        const char *name = name_of(m, item, key);

        if (!lists(m, absent, name))
            err = merge_map(m, item, find_named(m, own, key, name), &items[(*n)++]);
    }
    for (unsigned i = 0; i < nap_yaml_count(m->y, own) && !err; i++) {
        nap_node item = nap_yaml_item(m->y, own, i);
        const char *name = name_of(m, item, key);

        /* One that is described twice is refused as any that is there twice. */
        if (!find_named(m, base, key, name) || find_named(m, own, key, name) != item)
            items[(*n)++] = item;
    }
    return err;
}

/* Lists of maps that have a name under @key. */
static enum nap_err merge_lists(struct merge *m, nap_node base, nap_node own, nap_node absent,
                                const char *key, nap_node *out)
{
    size_t room = (size_t)nap_yaml_count(m->y, base) + nap_yaml_count(m->y, own) + 1;
    enum nap_err err = own ? nap_yaml_check_list(m->y, own, "a list", m->error) : NAP_OK;
    nap_node *items;
    unsigned n = 0;

    if (!err)
        err = check_absent(m, absent, base, own, key);
    if (err)
        return err;
    items = calloc(room, sizeof(*items));
    err = items ? merge_items(m, base, own, absent, key, items, &n) : no_memory(m);
    if (!err) {
        *out = nap_yaml_remade(m->y, base, items, n);
        err = *out ? NAP_OK : no_memory(m);
    }
    free(items);
    return err;
}

/* What identifies a model is its own. */
static bool is_inherited(const struct merge *m, nap_node base, nap_node key, nap_node own)
{
    if (base == m->root)
        return is(m, key, "variants") || is(m, key, "window") || is(m, key, "switches") ||
               is(m, key, "registers");
    if (is(m, key, "where") && m->own_variants)
        return false;
    return !(says_place(m, key) && has_place(m, own));
}

/* The value of a key that is inherited, or what @own has in its place. */
static enum nap_err inherit(struct merge *m, nap_node key, nap_node value, nap_node own,
                            nap_node *out)
{
    nap_node instead = nap_yaml_find(m->y, own, nap_yaml_text(m->y, key));

    if (is(m, key, "switches"))
        return merge_lists(m, value, instead, nap_yaml_find(m->y, own, "absent-switches"), "id",
                           out);
    if (is(m, key, "fields") || is(m, key, "registers"))
        return merge_lists(m, value, instead, nap_yaml_find(m->y, own, "absent"), "name", out);
    *out = instead ? instead : value;
    return NAP_OK;
}

/* Keys for merging, which mean nothing afterwards. */
static bool is_consumed(const struct merge *m, nap_node base, nap_node key)
{
    if (base == m->root && is(m, key, "absent-switches"))
        return nap_yaml_find(m->y, base, "switches");
    if (base == m->root)
        return is(m, key, "extends") || is(m, key, "absent");
    return is(m, key, "absent") && nap_yaml_find(m->y, base, "fields");
}

/* What has not taken the place of something inherited. */
static void add_own(const struct merge *m, nap_node base, nap_node own, nap_node *pairs,
                    size_t *n)
{
    for (unsigned i = 0; nap_yaml_key(m->y, own, i); i++) {
        nap_node key = nap_yaml_key(m->y, own, i);

        if (is_consumed(m, base, key) || (nap_yaml_find(m->y, base, nap_yaml_text(m->y, key)) &&
                                          is_inherited(m, base, key, own)))
            continue;
        pairs[2 * *n] = key;
        pairs[2 * (*n)++ + 1] = nap_yaml_value(m->y, own, i);
    }
}

/* A model, a register, a field or a switch. */
static enum nap_err merge_map(struct merge *m, nap_node base, nap_node own, nap_node *out)
{
    size_t room = (size_t)nap_yaml_count(m->y, base) + nap_yaml_count(m->y, own) + 1;
    nap_node *pairs = calloc(2 * room, sizeof(*pairs));
    enum nap_err err = NAP_OK;
    size_t n = 0;

    if (!pairs)
        return no_memory(m);
    for (unsigned i = 0; nap_yaml_key(m->y, base, i) && !err; i++) {
        nap_node key = nap_yaml_key(m->y, base, i);

        if (!is_inherited(m, base, key, own))
            continue;
        pairs[2 * n] = key;
        err = inherit(m, key, nap_yaml_value(m->y, base, i), own, &pairs[2 * n + 1]);
        n++;
    }
    if (!err) {
        add_own(m, base, own, pairs, &n);
        *out = nap_yaml_remade(m->y, own ? own : base, pairs, (unsigned)n);
        err = *out ? NAP_OK : no_memory(m);
    }
    free(pairs);
    return err;
}

/* NOLINTEND(misc-no-recursion) */

/* --- the model that is extended --- */

static enum nap_err no_base(struct nap_yaml *y, nap_node n, const char *name,
                            const struct nap_embedded_file *bases, struct nap_error *error)
{
    char names[256] = "none";
    size_t at = 0;

    for (; bases && bases->name && at < sizeof(names); bases++)
        at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s", at ? ", " : "",
                               bases->name);
    return nap_yaml_fail(y, n, error, "found '%s' as extends, expected one of: %s", name,
                         names);
}

/* Takes the base that @n names into the document. */
static enum nap_err take_base(struct nap_yaml *y, nap_node n,
                              const struct nap_embedded_file *base, nap_node *root,
                              struct nap_error *error)
{
    char file[NAP_NAME_MAX + 16];
    struct nap_yaml *other;
    enum nap_err err;

    (void)snprintf(file, sizeof(file), "models/%s.yaml", base->name);
    err = nap_yaml_parse(base->text, base->bytes, file, &other, error);
    if (err)
        return err;
    if (!nap_yaml_is_map(other, nap_yaml_root(other)) ||
        nap_yaml_find(other, nap_yaml_root(other), "extends"))
        err = nap_yaml_fail(y, n, error,
                            "found '%s' as extends, which is no whole model, expected one",
                            base->name);
    else if (!nap_yaml_graft(y, n, other, root))
        err = nap_fail(error, NAP_ERR_NOMEM, "no memory for the model in %s", nap_yaml_file(y));
    nap_yaml_free(other);
    return err;
}

static const struct nap_embedded_file *find_base(const struct nap_embedded_file *bases,
                                                 const char *name)
{
    for (; bases && bases->name; bases++)
        if (strcmp(bases->name, name) == 0)
            return bases;
    return NULL;
}

enum nap_err nap_model_extend(struct nap_yaml *y, const struct nap_embedded_file *bases,
                              struct nap_error *error)
{
    struct merge m = {.y = y, .error = error};
    nap_node own = nap_yaml_root(y), n = nap_yaml_find(y, own, "extends"), whole = 0;
    const struct nap_embedded_file *base;
    const char *name;
    enum nap_err err;

    if (!n)
        return NAP_OK;
    err = nap_yaml_name(y, n, "extends", &name, error);
    if (err)
        return err;
    base = find_base(bases, name);
    if (!base)
        return no_base(y, n, name, bases, error);
    err = take_base(y, n, base, &m.root, error);
    m.own_variants = nap_yaml_find(y, own, "variants") != 0;
    if (!err)
        err = merge_map(&m, m.root, own, &whole);
    if (!err)
        nap_yaml_set_root(y, whole);
    return err;
}
