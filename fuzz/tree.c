/* SPDX-License-Identifier: MIT */
/* Fuzz target: nap_soc_load_tree(), and the machine that is made of a device tree. */
#include "machine.h"

#include <regnap/dt.h>

/* "input: offset 0xNN", or the machine as a whole: "input: ". */
static void check_refusal(enum nap_err err, const struct nap_error *error,
                          const struct nap_soc *soc)
{
    fuzz_require(!soc, "*out is NULL on failure");
    fuzz_check_error(err, error);
    if (strncmp(error->text, FUZZ_FILE ": ", sizeof(FUZZ_FILE ": ") - 1) != 0)
        fuzz_fail("the file stands in front", error->text);
}

static void check_texts(const struct nap_soc *soc)
{
    uint32_t n =
        soc->n_left_out < NAP_SOC_LEFT_OUT_MAX ? soc->n_left_out : NAP_SOC_LEFT_OUT_MAX;

    for (uint32_t i = 0; i < n; i++) {
        fuzz_check_line(soc->left_out[i].path, sizeof(soc->left_out[i].path));
        fuzz_check_line(soc->left_out[i].why, sizeof(soc->left_out[i].why));
    }
    for (uint32_t i = 0; i < soc->n_devices; i++)
        fuzz_check_line(soc->devices[i].node.path, sizeof(soc->devices[i].node.path));
    for (uint32_t i = 0; i < soc->n_masters; i++)
        fuzz_check_line(soc->masters[i].node.path, sizeof(soc->masters[i].node.path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const struct nap_block *const *blocks = nap_builtin_blocks();
    struct nap_soc *soc = NULL, *again = NULL;
    struct nap_error error;
    enum nap_err err = nap_soc_load_tree(data, bytes, FUZZ_FILE, blocks, &soc, &error);

    (void)nap_is_tree(data, bytes);
    if (err) {
        check_refusal(err, &error, soc);
        return 0;
    }
    fuzz_require(soc->tree_bytes <= bytes, "a tree is no longer than its file");
    check_texts(soc);
    /* What is kept of the blob is a whole tree again. */
    err = nap_soc_load_tree(soc->tree, soc->tree_bytes, FUZZ_FILE, blocks, &again, NULL);
    fuzz_require(!err && fuzz_same(nap_soc_digest(soc), nap_soc_digest(again)),
                 "the same tree is the same machine");
    nap_soc_free(again);
    fuzz_create_machine(soc);
    nap_soc_free(soc);
    return 0;
}
