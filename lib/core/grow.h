/* SPDX-License-Identifier: MIT */
/* Private to lib/: lists that grow. Such a list tells what a search or a judge has found; one
 * that loses an element for want of memory would prove something that it has not seen, so the
 * process ends instead. */
#ifndef NAP_CORE_GROW_H
#define NAP_CORE_GROW_H

#include <stddef.h>

/* Twice the room, 16 elements at first. */
void *nap_grow_more(void *list, unsigned *room, size_t bytes);

/* @list with room for element @n, counted from 0, of @bytes bytes; *room is what it has. */
static inline void *nap_grow(void *list, unsigned n, unsigned *room, size_t bytes)
{
    return n < *room ? list : nap_grow_more(list, room, bytes);
}

#endif
