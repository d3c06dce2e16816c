/* SPDX-License-Identifier: MIT */
/* Fuzz target: nap_allow_load(), and its entries written and read again. */
#include "fuzz.h"

#include <regnap/allow.h>
#include <regnap/builtin.h>

#define LINE_BYTES 1024 /* more than rule, place and reason have */

static void check_entry(const struct nap_allow *a, const uint8_t *data, size_t bytes)
{
    char place[LINE_BYTES];

    fuzz_check_line(a->place, sizeof(a->place));
    fuzz_check_line(a->reason, sizeof(a->reason));
    (void)snprintf(place, sizeof(place), FUZZ_FILE ":%u: entry", a->line);
    fuzz_check_place(place, data, bytes);
    fuzz_require(a->rule && nap_rule_find(nap_builtin_blocks(), a->rule->id) == a->rule,
                 "an entry names a rule");
}

/* The list as a file; the caller frees it. */
static char *text_of(const struct nap_allow_list *list)
{
    char *text = calloc(list->n + 1, LINE_BYTES), *at = text;

    fuzz_require(text != NULL, "there is memory");
    for (unsigned i = 0; i < list->n; i++)
        at += snprintf(at, LINE_BYTES, "%s, %s, %s\n", list->entries[i].rule->id,
                       list->entries[i].place, list->entries[i].reason);
    return text;
}

static void check_same(const struct nap_allow *a, const struct nap_allow *b)
{
    fuzz_require(a->rule == b->rule && a->kind == b->kind && a->index == b->index &&
                     a->source_line == b->source_line && !strcmp(a->place, b->place) &&
                     !strcmp(a->reason, b->reason) && !strcmp(a->file, b->file) &&
                     !strcmp(a->function, b->function) && !strcmp(a->device, b->device) &&
                     !strcmp(a->reg, b->reg),
                 "an entry written and read again is the same");
}

static void check_round_trip(const struct nap_allow_list *list)
{
    struct nap_allow_list *again = NULL;
    char *text = text_of(list);
    struct nap_error error;

    if (nap_allow_load(text, strlen(text), FUZZ_FILE, nap_builtin_blocks(), &again, &error))
        fuzz_fail("what was written can be read", error.text);
    fuzz_require(again->n == list->n, "all entries are read again");
    for (unsigned i = 0; i < list->n; i++)
        check_same(&list->entries[i], &again->entries[i]);
    free(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct nap_allow_list *list = NULL;
    struct nap_error error;
    enum nap_err err = nap_allow_load((const char *)data, bytes, FUZZ_FILE,
                                      nap_builtin_blocks(), &list, &error);

    if (err) {
        fuzz_check_refusal(err, &error, list, data, bytes);
        return 0;
    }
    fuzz_require(list->n <= NAP_ALLOW_MAX, "no more entries than a list has");
    for (unsigned i = 0; i < list->n; i++)
        check_entry(&list->entries[i], data, bytes);
    check_round_trip(list);
    free(list);
    return 0;
}
