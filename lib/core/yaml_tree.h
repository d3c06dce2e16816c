/* SPDX-License-Identifier: MIT */
/* Private to lib/core: the tree behind yaml.h, and how two of them become one. */
#ifndef NAP_CORE_YAML_TREE_H
#define NAP_CORE_YAML_TREE_H

#include "core/yaml.h"

enum nap_yaml_kind { KIND_NONE, KIND_SCALAR, KIND_LIST, KIND_MAP };

/* Scalar: @first is an offset into the text pool and @count a length. List and map: @first is
 * an index into the children and @count a number of entries; a map's entry is a key and a
 * value. */
struct nap_yaml_node {
    uint32_t line;
    uint32_t first;
    uint32_t count;
    uint16_t kind;    /* enum nap_yaml_kind */
    uint16_t grafted; /* 1: stands in the other file */
};

struct nap_yaml {
    char *file;
    char *text;
    struct nap_yaml_node *nodes; /* [0] is "no node" */
    nap_node *children;
    nap_node root;
    size_t n_nodes, n_children, n_text;
    char *graft_file;    /* the other file, or NULL */
    uint32_t graft_line; /* of this one, that asks for the other */
};

/* Takes the nodes of @other into @y, which may hold one such graft; its root there is *@root.
 * @from is the node that asks for it: failures at nodes of @other name its line, too. Texts of
 * @y move. False without memory. */
bool nap_yaml_graft(struct nap_yaml *y, nap_node from, const struct nap_yaml *other,
                    nap_node *root);
/* A list or map as @like (kind, line, file) with @count entries; 0 without memory. */
nap_node nap_yaml_remade(struct nap_yaml *y, nap_node like, const nap_node *children,
                         unsigned count);
/* From here on @root is the root. */
void nap_yaml_set_root(struct nap_yaml *y, nap_node root);

#endif
