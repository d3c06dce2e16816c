/* SPDX-License-Identifier: MIT */
/* Page numbers: of the machine (mfn), of a guest (gfn), as devices give them (dfn). Each has a
 * type of its own, so that they cannot be mixed up. */
#ifndef REGNAP_XEN_MM_FRAME_H
#define REGNAP_XEN_MM_FRAME_H

#include <xen/types.h>

#define NAP_XEN_FRAME(name)                                                                    \
    typedef struct {                                                                           \
        uint64_t number;                                                                       \
    } name##_t;                                                                                \
    static inline name##_t _##name(uint64_t number)                                            \
    {                                                                                          \
        return (name##_t){number};                                                             \
    }                                                                                          \
    static inline uint64_t name##_x(name##_t frame)                                            \
    {                                                                                          \
        return frame.number;                                                                   \
    }                                                                                          \
    static inline name##_t name##_add(name##_t frame, uint64_t pages)                          \
    {                                                                                          \
        return (name##_t){frame.number + pages};                                               \
    }                                                                                          \
    static inline bool name##_eq(name##_t a, name##_t b)                                       \
    {                                                                                          \
        return a.number == b.number;                                                           \
    }

NAP_XEN_FRAME(mfn)
NAP_XEN_FRAME(gfn)
NAP_XEN_FRAME(dfn)

#define PRI_mfn "05" PRIx64
#define PRI_gfn "05" PRIx64
#define PRI_dfn PRIx64

#define INVALID_MFN _mfn(UINT64_MAX)
#define INVALID_GFN _gfn(UINT64_MAX)
#define INVALID_DFN _dfn(UINT64_MAX)

#endif
