/* SPDX-License-Identifier: MIT */
/* Making a counterexample short: drop halves, then smaller parts, then single choices, as long
 * as the violation stays; then lower the values. */
#include "explore.h"

#include <string.h>

static void without(const struct nap_choice_list *from, unsigned at, unsigned count,
                    struct nap_choice_list *to)
{
    to->n = 0;
    for (unsigned i = 0; i < from->n; i++)
        if (i < at || i >= at + count)
            nap_choices_add(to, &from->list[i]);
}

static bool drop_some(struct nap_choice_list *choices, struct nap_choice_list *trial,
                      nap_still_fails *fails, void *context)
{
    bool any = false;

    for (unsigned size = choices->n; size > 0; size /= 2) {
        for (unsigned at = 0; at + size <= choices->n;) {
            without(choices, at, size, trial);
            if (fails(context, trial)) {
                nap_choices_copy(choices, trial);
                any = true;
            } else {
                at++;
            }
        }
    }
    return any;
}

static bool lower_some(struct nap_choice_list *choices, struct nap_choice_list *trial,
                       nap_still_fails *fails, void *context)
{
    bool any = false;

    for (unsigned i = 0; i < choices->n; i++) {
        for (uint32_t value = 1; value < choices->list[i].value; value++) {
            nap_choices_copy(trial, choices);
            trial->list[i].value = value;
            if (!fails(context, trial))
                continue;
            choices->list[i].value = value;
            any = true;
            break;
        }
    }
    return any;
}

void nap_shrink(struct nap_choice_list *choices, nap_still_fails *fails, void *context)
{
    struct nap_choice_list trial = {NULL, 0, 0};

    while (drop_some(choices, &trial, fails, context) ||
           lower_some(choices, &trial, fails, context))
        continue;
    nap_choices_free(&trial);
}
