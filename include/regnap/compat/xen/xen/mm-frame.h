/* SPDX-License-Identifier: MIT */
/* Page numbers: of the machine (mfn), of a guest (gfn), as devices give them (dfn). Each has a
 * type of its own, so that they cannot be mixed up. */
#ifndef REGNAP_XEN_MM_FRAME_H
#define REGNAP_XEN_MM_FRAME_H

#include <xen/types.h>

typedef struct {
    uint64_t number;
} mfn_t;

static inline mfn_t _mfn(uint64_t number)
{
    return (mfn_t){number};
}

static inline uint64_t mfn_x(mfn_t frame)
{
    return frame.number;
}

static inline mfn_t mfn_add(mfn_t frame, uint64_t pages)
{
    return _mfn(frame.number + pages);
}

static inline bool mfn_eq(mfn_t a, mfn_t b)
{
    return a.number == b.number;
}

typedef struct {
    uint64_t number;
} gfn_t;

static inline gfn_t _gfn(uint64_t number)
{
    return (gfn_t){number};
}

static inline uint64_t gfn_x(gfn_t frame)
{
    return frame.number;
}

static inline gfn_t gfn_add(gfn_t frame, uint64_t pages)
{
    return _gfn(frame.number + pages);
}

static inline bool gfn_eq(gfn_t a, gfn_t b)
{
    return a.number == b.number;
}

typedef struct {
    uint64_t number;
} dfn_t;

static inline dfn_t _dfn(uint64_t number)
{
    return (dfn_t){number};
}

static inline uint64_t dfn_x(dfn_t frame)
{
    return frame.number;
}

static inline dfn_t dfn_add(dfn_t frame, uint64_t pages)
{
    return _dfn(frame.number + pages);
}

static inline bool dfn_eq(dfn_t a, dfn_t b)
{
    return a.number == b.number;
}

#define PRI_mfn "05" PRIx64
#define PRI_gfn "05" PRIx64
#define PRI_dfn PRIx64

#define INVALID_MFN _mfn(UINT64_MAX)
#define INVALID_GFN _gfn(UINT64_MAX)
#define INVALID_DFN _dfn(UINT64_MAX)

#endif
