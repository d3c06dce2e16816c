/* SPDX-License-Identifier: MIT */
/* A YAML document as a tree that remembers lines, on top of libyaml's event parser. All our
 * loaders (model, machine, scenario) read through it, so that all refuse bad input alike: with
 * file:line, what was found, what was expected. Aliases, tags, multiple documents, duplicate
 * keys, directives, control characters, more than NAP_YAML_BYTES_MAX bytes, NAP_YAML_NODES_MAX
 * nodes or NAP_YAML_DEPTH_MAX levels are refused while reading, so refusal is cheap. */
#ifndef NAP_CORE_YAML_H
#define NAP_CORE_YAML_H

#include <regnap/error.h>

#define NAP_YAML_BYTES_MAX (4u << 20)
#define NAP_YAML_NODES_MAX 200000u
#define NAP_YAML_DEPTH_MAX 32u

struct nap_yaml; /* the document */

/* One node: index into its document. Zero is "no node". */
typedef unsigned nap_node;

enum nap_err nap_yaml_parse(const char *text, size_t bytes, const char *file,
                            struct nap_yaml **out, struct nap_error *error);
void nap_yaml_free(struct nap_yaml *y);

nap_node nap_yaml_root(const struct nap_yaml *y);
const char *nap_yaml_file(const struct nap_yaml *y);
unsigned nap_yaml_line(const struct nap_yaml *y, nap_node n); /* from 1 */
bool nap_yaml_is_map(const struct nap_yaml *y, nap_node n);
bool nap_yaml_is_list(const struct nap_yaml *y, nap_node n);
bool nap_yaml_is_scalar(const struct nap_yaml *y, nap_node n);

/* Number of entries of a map or list; 0 for a scalar or no node. */
unsigned nap_yaml_count(const struct nap_yaml *y, nap_node n);
nap_node nap_yaml_item(const struct nap_yaml *y, nap_node list, unsigned i);
nap_node nap_yaml_key(const struct nap_yaml *y, nap_node map, unsigned i);
nap_node nap_yaml_value(const struct nap_yaml *y, nap_node map, unsigned i);
/* Value of @key, or 0. */
nap_node nap_yaml_find(const struct nap_yaml *y, nap_node map, const char *key);
/* Text of a scalar, owned by the document; "" otherwise. */
const char *nap_yaml_text(const struct nap_yaml *y, nap_node n);

/* Failure at the line of @n: "file:line: ...". */
enum nap_err nap_yaml_fail(const struct nap_yaml *y, nap_node n, struct nap_error *error,
                           const char *format, ...) NAP_PRINTF(4, 5);

/* Letters, digits, '_', '-', '.', a letter or digit first; at most NAP_NAME_MAX - 1 bytes. */
bool nap_is_name(const char *text);

/* Checks that @n is a map and that each of its keys is in @allowed (NULL-terminated);
 * @what names the thing in the message. */
enum nap_err nap_yaml_check_map(const struct nap_yaml *y, nap_node n, const char *what,
                                const char *const *allowed, struct nap_error *error);
enum nap_err nap_yaml_check_list(const struct nap_yaml *y, nap_node n, const char *what,
                                 struct nap_error *error);

/* Value of @key, which must be there; @what names the map in the message. */
enum nap_err nap_yaml_need(const struct nap_yaml *y, nap_node map, const char *what,
                           const char *key, nap_node *out, struct nap_error *error);

/* Required typed values of a map. A missing key or a value out of [min, max] is an error. */
enum nap_err nap_yaml_get_text(const struct nap_yaml *y, nap_node map, const char *key,
                               char *out, size_t bytes, struct nap_error *error);
enum nap_err nap_yaml_get_u64(const struct nap_yaml *y, nap_node map, const char *key,
                              uint64_t min, uint64_t max, uint64_t *out,
                              struct nap_error *error);
/* The same for a node itself; integers are decimal or 0x hex, '_' allowed between digits. */
enum nap_err nap_yaml_u64(const struct nap_yaml *y, nap_node n, const char *what, uint64_t min,
                          uint64_t max, uint64_t *out, struct nap_error *error);
/* The node's text: not empty, one line, less than @limit bytes; owned by the document. */
enum nap_err nap_yaml_line_text(const struct nap_yaml *y, nap_node n, const char *what,
                                size_t limit, const char **out, struct nap_error *error);
/* A name: letters, digits, '_', '-' and '.', a letter or digit first, below NAP_NAME_MAX bytes;
 * owned by the document. */
enum nap_err nap_yaml_name(const struct nap_yaml *y, nap_node n, const char *what,
                           const char **out, struct nap_error *error);
/* Index of the scalar's text in @names (NULL-terminated). */
enum nap_err nap_yaml_enum(const struct nap_yaml *y, nap_node n, const char *what,
                           const char *const *names, unsigned *out, struct nap_error *error);

#endif
