/* SPDX-License-Identifier: MIT */
/* Text and bitmaps: what depends on nothing else. */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/string.h>

ssize_t strscpy(char *dest, const char *src, size_t count)
{
    size_t length = strnlen(src, count);

    if (count == 0)
        return -E2BIG;
    if (length == count)
        length--;
    memcpy(dest, src, length);
    dest[length] = 0;
    return src[length] ? -E2BIG : (ssize_t)length;
}

int match_string(const char *const *array, size_t n, const char *string)
{
    for (size_t i = 0; i < n && array[i]; i++)
        if (strcmp(array[i], string) == 0)
            return (int)i;
    return -EINVAL;
}

static size_t without_newline(const char *text)
{
    size_t length = strlen(text);

    return length && text[length - 1] == '\n' ? length - 1 : length;
}

bool sysfs_streq(const char *a, const char *b)
{
    return without_newline(a) == without_newline(b) && memcmp(a, b, without_newline(a)) == 0;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

int kstrtoull(const char *text, unsigned int base, unsigned long long *out)
{
    unsigned long long value = 0;
    bool any = false;

    text += *text == '+';
    if ((base == 0 || base == 16) && text[0] == '0' && (text[1] | 0x20) == 'x') {
        base = 16;
        text += 2;
    }
    if (base == 0)
        base = text[0] == '0' ? 8 : 10;
    for (; digit(*text) < (int)base; text++, any = true)
        if (check_mul_overflow(value, (unsigned long long)base, &value) ||
            check_add_overflow(value, (unsigned long long)digit(*text), &value))
            return -ERANGE;
    if (!any || (text[0] && !(text[0] == '\n' && !text[1])))
        return -EINVAL;
    *out = value;
    return 0;
}

int kstrtouint(const char *text, unsigned int base, unsigned int *out)
{
    unsigned long long value;
    int err = kstrtoull(text, base, &value);

    if (err)
        return err;
    if (value > UINT_MAX)
        return -ERANGE;
    *out = (unsigned int)value;
    return 0;
}

static unsigned long find_from(const unsigned long *addr, unsigned long size,
                               unsigned long offset, bool wanted)
{
    while (offset < size && test_bit(offset, addr) != wanted)
        offset++;
    return offset < size ? offset : size;
}

unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
    return find_from(addr, size, offset, true);
}

unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
                                 unsigned long offset)
{
    return find_from(addr, size, offset, false);
}

unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
    for (unsigned long bit = size; bit-- > 0;)
        if (test_bit(bit, addr))
            return bit;
    return size;
}

void bitmap_set(unsigned long *map, unsigned int start, unsigned int len)
{
    for (unsigned int i = 0; i < len; i++)
        set_bit(start + i, map);
}

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int len)
{
    for (unsigned int i = 0; i < len; i++)
        clear_bit(start + i, map);
}

unsigned int bitmap_weight(const unsigned long *src, unsigned int nbits)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < nbits; i++)
        n += test_bit(i, src);
    return n;
}
