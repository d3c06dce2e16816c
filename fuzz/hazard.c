/* SPDX-License-Identifier: MIT */
/* Fuzz target: nap_hazard_load(), and both of its driver forms made ready to explore. */
#include "fuzz.h"

#include <regnap/hazard.h>
#include <regnap/rule.h>

static void check_hazard(const struct nap_hazard *h)
{
    fuzz_check_line(h->title, sizeof(h->title));
    fuzz_check_line(h->mechanism, sizeof(h->mechanism));
    for (uint32_t i = 0; i < h->n_also; i++)
        fuzz_require(nap_rule_find(nap_builtin_blocks(), h->also[i]) != NULL,
                     "a consequence names a rule");
}

static void check_form(const struct nap_hazard *h, bool fixed)
{
    struct nap_hazard_form *form = NULL;
    struct nap_error error;
    enum nap_err err = nap_hazard_form(h, fixed, &form, &error);

    if (err) {
        fuzz_require(!form, "*out is NULL on failure");
        fuzz_check_error(err, &error);
        return;
    }
    fuzz_require(form->config.budget == h->budget, "a form has the budget of its hazard");
    nap_hazard_form_free(form);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct nap_hazard *h = NULL;
    struct nap_error error;
    enum nap_err err = nap_hazard_load((const char *)data, bytes, FUZZ_FILE, &h, &error);

    if (err) {
        fuzz_check_refusal(err, &error, h, data, bytes);
        return 0;
    }
    check_hazard(h);
    if (!h->not_covered[0]) {
        check_form(h, true);
        if (!h->quiet)
            check_form(h, false);
    }
    nap_hazard_free(h);
    return 0;
}
