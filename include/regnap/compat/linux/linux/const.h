/* SPDX-License-Identifier: MIT */
/* Constants for C and for constant expressions. */
#ifndef NAP_COMPAT_LINUX_CONST_H
#define NAP_COMPAT_LINUX_CONST_H

/* 1 for an integer constant expression: only there is the product a null pointer constant. */
#define __is_constexpr(x) (sizeof(int) == sizeof(*(8 ? ((void *)((long)(x)*0l)) : (int *)8)))

#define UL(x)      (x##UL)
#define ULL(x)     (x##ULL)
#define _AC(x, y)  (x##y)
#define _BITUL(x)  (1UL << (x))
#define _BITULL(x) (1ULL << (x))

#endif
