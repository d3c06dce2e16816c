#!/bin/sh
# What a kernel's headers refuse to compile, these refuse as well, with a reason.
#
#   refused.sh COMPILER [FLAG...]
set -u

failed=0

# refused REASON CODE COMPILER [FLAG...]: the function that holds CODE does not compile.
refused()
{
    reason=$1 code=$2
    shift 2
    said=$(printf '%s\n' '#include <linux/bitfield.h>' '#include <linux/kernel.h>' \
        '#include <linux/list.h>' '#include <linux/slab.h>' '#include <linux/spinlock.h>' \
        'struct thing { int a; struct list_head at; };' \
        'void f(u32 value, struct thing *p, int *list);' \
        "void f(u32 value, struct thing *p, int *list) { (void)value; (void)p; (void)list; $code }" |
        "$@" -Wall -Werror -c -x c - -o /dev/null 2>&1)
    status=$?
    if [ -z "$reason" ] && [ "$status" -ne 0 ]; then
        printf 'refused, expected to compile: %s\n%s\n' "$code" "$said"
        failed=1
    elif [ -n "$reason" ] && { [ "$status" -eq 0 ] || ! printf '%s' "$said" | grep -q "$reason"; }; then
        printf 'expected "%s" for: %s\n%s\n' "$reason" "$code" "$said"
        failed=1
    fi
}

refused '' 'value = FIELD_PREP(GENMASK(7, 4), 15); BUILD_BUG_ON(sizeof(value) != 4);' "$@"
refused '' 'value = min(value, 3u); value = FIELD_GET(BIT(31), value);' "$@"
refused 'does not fit' 'value = FIELD_PREP(GENMASK(7, 4), 16);' "$@"
refused 'has gaps' 'value = FIELD_GET(0x11u, value);' "$@"
refused 'is empty' 'value = FIELD_GET(0u, value);' "$@"
refused 'is not constant' 'value = FIELD_GET(value, 1u);' "$@"
refused 'wider than the register' 'value = FIELD_GET(GENMASK_ULL(39, 32), value);' "$@"
refused 'negative' 'value = GENMASK(4, 7);' "$@"
refused 'distinct pointer types' 'value = min(value, 3);' "$@"
refused 'negative' 'value = ARRAY_SIZE(list);' "$@"
refused 'BUILD_BUG_ON' 'BUILD_BUG_ON(sizeof(value) == 4);' "$@"
refused 'incompatible' 'p = container_of(list, struct thing, at);' "$@"
refused 'not_there' 'not_there(value);' "$@"
refused 'unused' 'kmalloc(4, GFP_KERNEL);' "$@"
refused 'unsigned long' 'static spinlock_t lock; spin_lock_irqsave(&lock, value);' "$@"
exit $failed
