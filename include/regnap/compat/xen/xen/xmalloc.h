/* SPDX-License-Identifier: MIT */
/* Memory for the driver's own use. Where a search allows faults, each of these calls may find
 * none. What xmalloc() gives is filled with a pattern: nothing may rely on zeros there. */
#ifndef REGNAP_XEN_XMALLOC_H
#define REGNAP_XEN_XMALLOC_H

#include <xen/types.h>

void *_xmalloc(unsigned long size, unsigned long align) __must_check;
void *_xzalloc(unsigned long size, unsigned long align) __must_check;
void *_xrealloc(void *ptr, unsigned long size, unsigned long align) __must_check;
/* NULL where @count elements of @size bytes do not fit the address space. */
void *_xmalloc_array(unsigned long size, unsigned long align, unsigned long count) __must_check;
void *_xzalloc_array(unsigned long size, unsigned long align, unsigned long count) __must_check;
void *_xmemdup(const void *src, unsigned long size, unsigned long align) __must_check;
void xfree(void *ptr);

#define xmalloc(type) ((type *)_xmalloc(sizeof(type), __alignof__(type)))
#define xzalloc(type) ((type *)_xzalloc(sizeof(type), __alignof__(type)))

#define xmalloc_array(type, count)                                                             \
    ((type *)_xmalloc_array(sizeof(type), __alignof__(type), count))
#define xzalloc_array(type, count)                                                             \
    ((type *)_xzalloc_array(sizeof(type), __alignof__(type), count))

#define xmalloc_bytes(bytes) (_xmalloc(bytes, 16))
#define xzalloc_bytes(bytes) (_xzalloc(bytes, 16))

/* Bytes of @type with @count elements in the array at its end. */
#define NAP_XEN_FLEX_BYTES(type, field, count)                                                 \
    (offsetof(type, field) + sizeof(((type *)0)->field[0]) * (count))

#define xmalloc_flex_struct(type, field, count)                                                \
    ((type *)_xmalloc(NAP_XEN_FLEX_BYTES(type, field, count), __alignof__(type)))
#define xzalloc_flex_struct(type, field, count)                                                \
    ((type *)_xzalloc(NAP_XEN_FLEX_BYTES(type, field, count), __alignof__(type)))
#define xrealloc_flex_struct(ptr, field, count)                                                \
    ((__typeof__(ptr))_xrealloc(ptr, NAP_XEN_FLEX_BYTES(__typeof__(*(ptr)), field, count),     \
                                __alignof__(__typeof__(*(ptr)))))

#define xmemdup(ptr)                                                                           \
    ((__typeof__(ptr))_xmemdup(ptr, sizeof(*(ptr)), __alignof__(__typeof__(*(ptr)))))

#define XFREE(p)                                                                               \
    do {                                                                                       \
        xfree(p);                                                                              \
        (p) = NULL;                                                                            \
    } while (0)

#endif
