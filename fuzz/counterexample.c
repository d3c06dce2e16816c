/* SPDX-License-Identifier: MIT */
/* Fuzz target: nap_counterexample_load(), and the way back to text. */
#include "fuzz.h"

#include <regnap/run.h>

static void check_choices(const struct nap_choice_list *choices)
{
    for (unsigned i = 0; i < choices->n; i++) {
        const struct nap_keyed_choice *c = &choices->list[i];

        fuzz_require(c->kind < NAP_CHOOSE_KINDS, "a choice has a kind");
        fuzz_require(c->value >= 1 && c->value < c->n, "a choice has a value other than 0");
    }
}

/* What is written is read again as the same: text(load(text(load(x)))) is text(load(x)). */
static void check_round_trip(const struct nap_counterexample *c)
{
    struct nap_counterexample *again = NULL;
    char *text = nap_counterexample_text(c), *second;
    struct nap_error error;

    fuzz_require(text != NULL, "what was read can be written");
    if (nap_counterexample_load(text, strlen(text), FUZZ_FILE, &again, &error))
        fuzz_fail("what was written can be read", error.text);
    second = nap_counterexample_text(again);
    fuzz_require(second && strcmp(text, second) == 0, "nothing is lost on the way");
    free(second);
    free(text);
    nap_counterexample_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct nap_counterexample *c = NULL;
    struct nap_error error;
    enum nap_err err =
        nap_counterexample_load((const char *)data, bytes, FUZZ_FILE, &c, &error);

    if (err) {
        fuzz_check_refusal(err, &error, c, data, bytes);
        return 0;
    }
    check_choices(&c->choices);
    check_round_trip(c);
    nap_counterexample_free(c);
    return 0;
}
