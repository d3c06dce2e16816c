/* SPDX-License-Identifier: MIT */
/* Doubly linked lists in a ring. */
#ifndef NAP_COMPAT_LINUX_LIST_H
#define NAP_COMPAT_LINUX_LIST_H

#include <linux/container_of.h>
#include <linux/types.h>

#include <regnap/os.h>

#define LIST_HEAD_INIT(name)                                                                   \
    {                                                                                          \
        &(name), &(name)                                                                       \
    }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
    list->next = list->prev = list;
}

/* A broken list ends the run: one that was never initialised, an entry that is put in twice or
 * taken out twice. */
#define NAP_LIST_CHECK(good, what)                                                             \
    do {                                                                                       \
        if (!(good))                                                                           \
            nap_panic(what, NULL, 0);                                                          \
    } while (0)

static inline void nap_list_put(struct list_head *entry, struct list_head *before,
                                struct list_head *after)
{
    NAP_LIST_CHECK(before && after && before->next == after && after->prev == before,
                   "list_add() to a list that is broken");
    NAP_LIST_CHECK(entry != before && entry != after,
                   "list_add() of an entry that is on the list");
    entry->prev = before;
    entry->next = after;
    before->next = entry;
    after->prev = entry;
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
    nap_list_put(entry, head, head->next);
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
    nap_list_put(entry, head->prev, head);
}

static inline void nap_list_take(struct list_head *entry)
{
    NAP_LIST_CHECK(entry->next && entry->prev, "list_del() of an entry that is on no list");
    NAP_LIST_CHECK(entry->prev->next == entry && entry->next->prev == entry,
                   "list_del() from a list that is broken");
    entry->prev->next = entry->next;
    entry->next->prev = entry->prev;
}

static inline void list_del(struct list_head *entry)
{
    nap_list_take(entry);
    entry->next = entry->prev = NULL;
}

static inline void list_replace(struct list_head *old, struct list_head *entry)
{
    struct list_head *before = old->prev;

    nap_list_take(old);
    nap_list_put(entry, before, before->next);
}

/* Puts the entries of @list behind @head. */
static inline void list_splice(struct list_head *list, struct list_head *head)
{
    if (list->next == list)
        return;
    list->prev->next = head->next;
    head->next->prev = list->prev;
    list->next->prev = head;
    head->next = list->next;
}

static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
    list_splice(list, head);
    INIT_LIST_HEAD(list);
}

static inline void list_del_init(struct list_head *entry)
{
    nap_list_take(entry);
    INIT_LIST_HEAD(entry);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
    nap_list_take(entry);
    list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
    nap_list_take(entry);
    list_add_tail(entry, head);
}

static inline bool list_empty(const struct list_head *head)
{
    return head->next == head;
}

static inline bool list_is_singular(const struct list_head *head)
{
    return head->next != head && head->next == head->prev;
}

static inline bool list_is_first(const struct list_head *entry, const struct list_head *head)
{
    return entry->prev == head;
}

static inline bool list_is_last(const struct list_head *entry, const struct list_head *head)
{
    return entry->next == head;
}

#define list_entry(p, type, member)       container_of(p, type, member)
#define list_first_entry(p, type, member) list_entry((p)->next, type, member)
#define list_last_entry(p, type, member)  list_entry((p)->prev, type, member)
#define list_first_entry_or_null(p, type, member)                                              \
    (list_empty(p) ? NULL : list_first_entry(p, type, member))
#define list_next_entry(at, member) list_entry((at)->member.next, __typeof__(*(at)), member)
#define list_prev_entry(at, member) list_entry((at)->member.prev, __typeof__(*(at)), member)

#define list_for_each(at, head) for ((at) = (head)->next; (at) != (head); (at) = (at)->next)
#define list_for_each_safe(at, other, head)                                                    \
    for ((at) = (head)->next, (other) = (at)->next; (at) != (head);                            \
         (at) = (other), (other) = (at)->next)
#define list_for_each_entry(at, head, member)                                                  \
    for ((at) = list_first_entry(head, __typeof__(*(at)), member); &(at)->member != (head);    \
         (at) = list_next_entry(at, member))
#define list_for_each_entry_reverse(at, head, member)                                          \
    for ((at) = list_last_entry(head, __typeof__(*(at)), member); &(at)->member != (head);     \
         (at) = list_prev_entry(at, member))
#define list_for_each_entry_safe(at, other, head, member)                                      \
    for ((at) = list_first_entry(head, __typeof__(*(at)), member),                             \
        (other) = list_next_entry(at, member);                                                 \
         &(at)->member != (head); (at) = (other), (other) = list_next_entry(other, member))

#endif
