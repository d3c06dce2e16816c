/* SPDX-License-Identifier: MIT */
/* A machine from a flattened device tree, from top to bottom. */
#include "dt/dt.h"

#include <stdlib.h>
#include <string.h>

bool nap_is_tree(const void *blob, size_t bytes)
{
    return bytes >= sizeof(fdt32_t) && fdt32_ld(blob) == FDT_MAGIC;
}

/* A copy of its own, aligned as libfdt wants it. What lies behind the tree is left out once the
 * header is known to be right. */
static enum nap_err copy_blob(struct nap_dt *dt, const void *blob, size_t bytes)
{
    size_t most = bytes < NAP_DT_BYTES_MAX ? bytes : NAP_DT_BYTES_MAX;

    dt->soc->tree = malloc(most ? most : 1);
    if (!dt->soc->tree)
        return nap_fail(dt->error, NAP_ERR_NOMEM, "no memory for the device tree %s", dt->file);
    memcpy(dt->soc->tree, blob, most);
    dt->soc->tree_bytes = most;
    dt->fdt = dt->soc->tree;
    return NAP_OK;
}

static void trim(struct nap_soc *soc)
{
    void *smaller;

    soc->tree_bytes = fdt_totalsize(soc->tree);
    smaller = realloc(soc->tree, soc->tree_bytes);
    if (smaller)
        soc->tree = smaller;
}

static enum nap_err read_machine(struct nap_dt *dt)
{
    enum nap_err err = nap_dt_devices(dt);

    nap_dt_name_machine(dt);
    if (!err)
        err = nap_dt_memory(dt);
    if (!err)
        err = nap_dt_masters(dt);
    if (err)
        return err;
    nap_dt_list_left_out(dt);
    return dt->soc->n_devices ? NAP_OK : nap_dt_no_device(dt);
}

enum nap_err nap_soc_load_tree(const void *blob, size_t bytes, const char *file,
                               const struct nap_block *const *blocks, struct nap_soc **out,
                               struct nap_error *error)
{
    struct nap_dt dt = {.file = file, .blocks = blocks, .error = error};
    enum nap_err err;

    *out = NULL;
    dt.soc = calloc(1, sizeof(*dt.soc));
    if (!dt.soc)
        return nap_fail(error, NAP_ERR_NOMEM, "no memory for the machine in %s", file);
    err = copy_blob(&dt, blob, bytes);
    if (!err)
        err = nap_dt_check(&dt, bytes);
    if (!err)
        err = read_machine(&dt);
    free(dt.nodes);
    free(dt.phandles);
    if (err) {
        nap_soc_free(dt.soc);
        return err;
    }
    trim(dt.soc);
    *out = dt.soc;
    return NAP_OK;
}
