/* SPDX-License-Identifier: MIT */
/* What Xen calls the compiler's attributes. Sections of Xen's image (init, read-mostly) mean
 * nothing in a loaded object and are empty. */
#ifndef REGNAP_XEN_COMPILER_H
#define REGNAP_XEN_COMPILER_H

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define always_inline inline __attribute__((__always_inline__))
#define noinline      __attribute__((__noinline__))
#define noreturn      __attribute__((__noreturn__))

#define __packed         __attribute__((__packed__))
#define __used           __attribute__((__used__))
#define __maybe_unused   __attribute__((__unused__))
#define __must_check     __attribute__((__warn_unused_result__))
#define __aligned(bytes) __attribute__((__aligned__(bytes)))
#define __section(name)  __attribute__((__section__(name)))
#define __weak           __attribute__((__weak__))
#define __pure           __attribute__((__pure__))
#define fallthrough      __attribute__((__fallthrough__))

#define __iomem
#define __read_mostly
#define __ro_after_init

#define barrier() __asm__ __volatile__("" : : : "memory")

#define ACCESS_ONCE(x) (*(volatile __typeof__(x) *)&(x))

#endif
