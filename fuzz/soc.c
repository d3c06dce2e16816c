/* SPDX-License-Identifier: MIT */
/* Fuzz target: nap_soc_load(), and the machine that is made of what it read. */
#include "machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct nap_soc *soc = NULL, *again = NULL;
    struct nap_error error;
    enum nap_err err = nap_soc_load((const char *)data, bytes, FUZZ_FILE, &soc, &error);

    if (err) {
        fuzz_check_refusal(err, &error, soc, data, bytes);
        return 0;
    }
    err = nap_soc_load((const char *)data, bytes, "another name", &again, NULL);
    fuzz_require(!err && fuzz_same(nap_soc_digest(soc), nap_soc_digest(again)),
                 "the same text is the same machine");
    nap_soc_free(again);
    fuzz_create_machine(soc);
    nap_soc_free(soc);
    return 0;
}
