/* SPDX-License-Identifier: MIT */
/* What the kernel asks of its compiler. */
#ifndef NAP_COMPAT_LINUX_COMPILER_H
#define NAP_COMPAT_LINUX_COMPILER_H

/* The C library has these two as well. */
#undef __always_inline
#undef __attribute_const__

#define __always_inline     inline __attribute__((always_inline))
#define __attribute_const__ __attribute__((const))
#define __aligned(x)        __attribute__((aligned(x)))
#define __cold              __attribute__((cold))
#define __deprecated
#define __force
#define __iomem
#define __user
#define __percpu
#define __rcu
#define __kernel
#define __maybe_unused __attribute__((unused))
#define __must_check   __attribute__((warn_unused_result))
#define __packed       __attribute__((packed))
#define __printf(a, b) __attribute__((format(printf, a, b)))
#define __pure         __attribute__((pure))
#define __section(s)   __attribute__((section(s)))
#define __used         __attribute__((used))
#define __weak         __attribute__((weak))
#define noinline       __attribute__((noinline))
#define asmlinkage
#define fallthrough __attribute__((fallthrough))

#define __acquires(x)
#define __releases(x)
#define __must_hold(x)

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Of the compiler only; barriers of the CPU are in asm/barrier.h. */
#define barrier()     __asm__ __volatile__("" : : : "memory")
#define unreachable() __builtin_unreachable()

/* Exactly one access, of the object's own size. */
#define READ_ONCE(x)         (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value) ((void)(*(volatile __typeof__(x) *)&(x) = (value)))

#define __same_type(a, b)   __builtin_types_compatible_p(__typeof__(a), __typeof__(b))
#define __stringify_1(x...) #x
#define __stringify(x...)   __stringify_1(x)
#define __PASTE_1(a, b)     a##b
#define __PASTE(a, b)       __PASTE_1(a, b)
#define __UNIQUE_ID(prefix) __PASTE(__PASTE(prefix, _), __COUNTER__)

#endif
