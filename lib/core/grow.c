/* SPDX-License-Identifier: MIT */
/* Lists that grow. */
#include "core/grow.h"

#include <stdlib.h>

void *nap_grow_more(void *list, unsigned *room, size_t bytes)
{
    void *p;

    *room = *room ? *room * 2 : 16;
    p = realloc(list, *room * bytes);
    if (!p)
        abort();
    return p;
}
