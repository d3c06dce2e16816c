/* SPDX-License-Identifier: MIT */
/* Small arithmetic and container_of(). min() and max() refuse operands of different types. */
#ifndef REGNAP_XEN_KERNEL_H
#define REGNAP_XEN_KERNEL_H

#include <xen/types.h>

#define NAP_XEN_SAME_TYPE(a, b) ((void)(&(a) == &(b)))

#define min(x, y)                                                                              \
    ({                                                                                         \
        const __typeof__(x) min_x_ = (x);                                                      \
        const __typeof__(y) min_y_ = (y);                                                      \
        NAP_XEN_SAME_TYPE(min_x_, min_y_);                                                     \
        min_x_ < min_y_ ? min_x_ : min_y_;                                                     \
    })

#define max(x, y)                                                                              \
    ({                                                                                         \
        const __typeof__(x) max_x_ = (x);                                                      \
        const __typeof__(y) max_y_ = (y);                                                      \
        NAP_XEN_SAME_TYPE(max_x_, max_y_);                                                     \
        max_x_ > max_y_ ? max_x_ : max_y_;                                                     \
    })

#define min_t(type, x, y) min((type)(x), (type)(y))
#define max_t(type, x, y) max((type)(x), (type)(y))

#define container_of(ptr, type, member)                                                        \
    ({                                                                                         \
        __typeof__(((type *)0)->member) *member_ = (ptr);                                      \
        (type *)((char *)member_ - offsetof(type, member));                                    \
    })

#endif
