/* SPDX-License-Identifier: MIT */
/* A machine from a flattened device tree, as firmware hands it to an operating system: the
 * devices whose models name their compatible strings, the bus masters behind them, their power
 * domains, and RAM. What the tree has beside that and regnap has no block for is listed in the
 * machine, and not forgotten. lib/dt/README.md says how each property is read. */
#ifndef REGNAP_DT_H
#define REGNAP_DT_H

#include <regnap/error.h>
#include <regnap/soc.h>

struct nap_block;

#define NAP_DT_BYTES_MAX (2u << 20) /* as large as arm64 Linux takes one */

/* Whether the bytes start like a flattened device tree. Says nothing about the rest. */
NAP_EXPORT bool nap_is_tree(const void *blob, size_t bytes);

/**
 * nap_soc_load_tree - read a machine from a flattened device tree
 * @blob:   the bytes, of any alignment; copied
 * @bytes:  how many; those beyond the size in the header are left out
 * @file:   name for messages; not kept
 * @blocks: NULL-terminated, as for nap_machine_create(); the models to look in
 * @out:    the machine, owned by the caller: nap_soc_free()
 *
 * The whole tree is checked before anything of it is used. Returns NAP_OK; NAP_ERR_PARSE,
 * NAP_ERR_RANGE or NAP_ERR_NOSPACE with file, offset, node, what was found and what was
 * expected; NAP_ERR_UNKNOWN if nothing in it has a model, with what there is instead; or
 * NAP_ERR_NOMEM. On failure *out is NULL.
 *
 * A device whose layout is known but has no block here gets a model name that no block has
 * ("ipmmu-vmsa-gen4"): the machine can be listed, and nap_machine_create() refuses it.
 */
NAP_EXPORT enum nap_err nap_soc_load_tree(const void *blob, size_t bytes, const char *file,
                                          const struct nap_block *const *blocks,
                                          struct nap_soc **out, struct nap_error *error);

#endif
