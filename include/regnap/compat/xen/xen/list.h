/* SPDX-License-Identifier: MIT */
/* Doubly linked circular lists with a head that is no element. */
#ifndef REGNAP_XEN_LIST_H
#define REGNAP_XEN_LIST_H

#include <xen/kernel.h>

struct list_head {
    struct list_head *next, *prev;
};

/* What a removed element points to: no address, so that its use shows at once. */
#define LIST_POISON1 ((void *)0x100100UL)
#define LIST_POISON2 ((void *)0x200200UL)

#define LIST_HEAD_INIT(name)                                                                   \
    {                                                                                          \
        &(name), &(name)                                                                       \
    }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
    list->next = list;
    list->prev = list;
}

static inline bool list_head_is_null(const struct list_head *list)
{
    return !list->next && !list->prev;
}

static inline void nap_xen_list_join(struct list_head *before, struct list_head *after)
{
    before->next = after;
    after->prev = before;
}

static inline void nap_xen_list_insert(struct list_head *entry, struct list_head *before,
                                       struct list_head *after)
{
    nap_xen_list_join(entry, after);
    nap_xen_list_join(before, entry);
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
    nap_xen_list_insert(entry, head, head->next);
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
    nap_xen_list_insert(entry, head->prev, head);
}

static inline void list_del(struct list_head *entry)
{
    nap_xen_list_join(entry->prev, entry->next);
    entry->next = LIST_POISON1;
    entry->prev = LIST_POISON2;
}

static inline void list_del_init(struct list_head *entry)
{
    nap_xen_list_join(entry->prev, entry->next);
    INIT_LIST_HEAD(entry);
}

static inline void list_replace(struct list_head *old, struct list_head *entry)
{
    nap_xen_list_insert(entry, old->prev, old->next);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
    nap_xen_list_join(entry->prev, entry->next);
    list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
    nap_xen_list_join(entry->prev, entry->next);
    list_add_tail(entry, head);
}

static inline bool list_empty(const struct list_head *head)
{
    return head->next == head;
}

static inline bool list_is_singular(const struct list_head *head)
{
    return !list_empty(head) && head->next == head->prev;
}

static inline void nap_xen_list_splice(struct list_head *list, struct list_head *before,
                                       struct list_head *after)
{
    if (list_empty(list))
        return;
    nap_xen_list_join(list->prev, after);
    nap_xen_list_join(before, list->next);
}

static inline void list_splice(struct list_head *list, struct list_head *head)
{
    nap_xen_list_splice(list, head, head->next);
}

static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
    list_splice(list, head);
    INIT_LIST_HEAD(list);
}

#define list_entry(ptr, type, member)       container_of(ptr, type, member)
#define list_first_entry(ptr, type, member) list_entry((ptr)->next, type, member)
#define list_last_entry(ptr, type, member)  list_entry((ptr)->prev, type, member)

#define list_first_entry_or_null(ptr, type, member)                                            \
    (list_empty(ptr) ? NULL : list_first_entry(ptr, type, member))

#define list_next_entry(pos, member) list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_prev_entry(pos, member) list_entry((pos)->member.prev, __typeof__(*(pos)), member)

#define list_for_each(pos, head)                                                               \
    for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)

#define list_for_each_prev(pos, head)                                                          \
    for ((pos) = (head)->prev; (pos) != (head); (pos) = (pos)->prev)

#define list_for_each_safe(pos, n, head)                                                       \
    for ((pos) = (head)->next, (n) = (pos)->next; (pos) != (head);                             \
         (pos) = (n), (n) = (pos)->next)

#define list_for_each_entry(pos, head, member)                                                 \
    for ((pos) = list_first_entry(head, __typeof__(*(pos)), member); &(pos)->member != (head); \
         (pos) = list_next_entry(pos, member))

#define list_for_each_entry_reverse(pos, head, member)                                         \
    for ((pos) = list_last_entry(head, __typeof__(*(pos)), member); &(pos)->member != (head);  \
         (pos) = list_prev_entry(pos, member))

#define list_for_each_entry_continue(pos, head, member)                                        \
    for ((pos) = list_next_entry(pos, member); &(pos)->member != (head);                       \
         (pos) = list_next_entry(pos, member))

#define list_for_each_entry_continue_reverse(pos, head, member)                                \
    for ((pos) = list_prev_entry(pos, member); &(pos)->member != (head);                       \
         (pos) = list_prev_entry(pos, member))

#define list_for_each_entry_from(pos, head, member)                                            \
    for (; &(pos)->member != (head); (pos) = list_next_entry(pos, member))

#define list_for_each_entry_safe(pos, n, head, member)                                         \
    for ((pos) = list_first_entry(head, __typeof__(*(pos)), member),                           \
        (n) = list_next_entry(pos, member);                                                    \
         &(pos)->member != (head); (pos) = (n), (n) = list_next_entry(n, member))

#define list_for_each_entry_safe_reverse(pos, n, head, member)                                 \
    for ((pos) = list_last_entry(head, __typeof__(*(pos)), member),                            \
        (n) = list_prev_entry(pos, member);                                                    \
         &(pos)->member != (head); (pos) = (n), (n) = list_prev_entry(n, member))

#endif
