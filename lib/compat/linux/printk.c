/* SPDX-License-Identifier: MIT */
/* Log and warnings. */
#include "runtime.h"

#include <stdarg.h>

/* Levels stand in front of the text, as "<3>". */
static const char *without_level(const char *format)
{
    return format[0] == '<' && format[1] >= '0' && format[1] <= '7' && format[2] == '>'
               ? format + 3
               : format;
}

int printk(const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, without_level(format), args);
    va_end(args);
    nap_log("%s", text);
    return 0;
}

const char *dev_driver_string(const struct device *dev)
{
    if (dev->driver)
        return dev->driver->name;
    return dev->bus ? dev->bus->name : "";
}

static void log_for(const struct device *dev, const char *text)
{
    if (dev)
        nap_log("%s %s: %s", dev_driver_string(dev), dev_name(dev), text);
    else
        nap_log("(NULL device *): %s", text);
}

void _dev_printk(const char *level, const struct device *dev, const char *format, ...)
{
    char text[256];
    va_list args;

    (void)level;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_for(dev, text);
}

int dev_err_probe(const struct device *dev, int error, const char *format, ...)
{
    char text[200];
    va_list args;

    if (error == -EPROBE_DEFER)
        return error;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    _dev_printk(KERN_ERR, dev, "error %d: %s", error, text);
    return error;
}

void regnap_warn(const char *file, int line, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    nap_warn(text, file, line);
}
