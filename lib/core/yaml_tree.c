/* SPDX-License-Identifier: MIT */
#include "core/yaml_tree.h"

#include <stdlib.h>
#include <string.h>

/* @*array with room for @more elements behind @n. */
static bool widen(void *array, size_t n, size_t more, size_t element_bytes)
{
    void **at = array;
    void *p = realloc(*at, (n + more + 1) * element_bytes);

    if (p)
        *at = p;
    return p != NULL;
}

static char *copy(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *p = malloc(bytes);

    if (p)
        memcpy(p, text, bytes);
    return p;
}

static void take_nodes(struct nap_yaml *y, const struct nap_yaml *other)
{
    for (size_t i = 0; i < other->n_nodes; i++) {
        struct nap_yaml_node *node = &y->nodes[y->n_nodes + i];

        *node = other->nodes[i];
        node->grafted = 1;
        node->first += (uint32_t)(node->kind == KIND_SCALAR ? y->n_text : y->n_children);
    }
    for (size_t i = 0; i < other->n_children; i++)
        y->children[y->n_children + i] = other->children[i] + (nap_node)y->n_nodes;
    if (other->n_text)
        memcpy(y->text + y->n_text, other->text, other->n_text);
}

bool nap_yaml_graft(struct nap_yaml *y, nap_node from, const struct nap_yaml *other,
                    nap_node *root)
{
    if (!widen(&y->nodes, y->n_nodes, other->n_nodes, sizeof(*y->nodes)) ||
        !widen(&y->children, y->n_children, other->n_children, sizeof(*y->children)) ||
        !widen(&y->text, y->n_text, other->n_text, 1))
        return false;
    y->graft_file = copy(other->file);
    if (!y->graft_file)
        return false;
    y->graft_line = y->nodes[from].line;
    take_nodes(y, other);
    *root = other->root + (nap_node)y->n_nodes;
    y->n_nodes += other->n_nodes;
    y->n_children += other->n_children;
    y->n_text += other->n_text;
    return true;
}

nap_node nap_yaml_remade(struct nap_yaml *y, nap_node like, const nap_node *children,
                         unsigned count)
{
    size_t n = (size_t)count * (y->nodes[like].kind == KIND_MAP ? 2u : 1u);

    if (!widen(&y->nodes, y->n_nodes, 1, sizeof(*y->nodes)) ||
        !widen(&y->children, y->n_children, n, sizeof(*y->children)))
        return 0;
    if (n)
        memcpy(y->children + y->n_children, children, n * sizeof(*children));
    y->nodes[y->n_nodes] = (struct nap_yaml_node){.line = y->nodes[like].line,
                                                  .first = (uint32_t)y->n_children,
                                                  .count = count,
                                                  .kind = y->nodes[like].kind,
                                                  .grafted = y->nodes[like].grafted};
    y->n_children += n;
    return (nap_node)y->n_nodes++;
}

void nap_yaml_set_root(struct nap_yaml *y, nap_node root)
{
    y->root = root;
}
