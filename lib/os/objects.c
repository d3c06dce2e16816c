/* SPDX-License-Identifier: MIT */
/* The device list, the driver's root pointer, delays and log. */
#include "os.h"

#include "../core/printable.h"
#include "../seam/seam.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct nap_device *nap_os_device(struct nap_machine *m, unsigned device)
{
    struct nap_device *d = nap_os_alloc(m, sizeof *d);

    if (!d)
        return NULL;
    snprintf(d->name, sizeof d->name, "%s", m->soc->devices[device].name);
    d->regs = m->devices[device].base;
    d->index = device;
    d->powered_at_boot = nap_device_on(m, device);
    d->root = d;
    return d;
}

static struct nap_os_state *open_os(void)
{
    struct nap_machine *m = nap_seam_machine();

    nap_touched(m, &m->st->os, sizeof m->st->os);
    return &m->st->os;
}

void *nap_driver_data(void)
{
    return (void *)(uintptr_t)nap_seam_machine()->st->os.driver_data;
}

void nap_set_driver_data(void *data)
{
    open_os()->driver_data = (uint64_t)(uintptr_t)data;
}

void nap_list_add_head(struct nap_device *device)
{
    struct nap_os_state *os = open_os();
    struct nap_device *head = (struct nap_device *)(uintptr_t)os->list_head;

    device->prev = NULL;
    device->next = head;
    if (head)
        head->prev = device;
    else
        os->list_tail = (uint64_t)(uintptr_t)device;
    os->list_head = (uint64_t)(uintptr_t)device;
}

void nap_list_add_tail(struct nap_device *device)
{
    struct nap_os_state *os = open_os();
    struct nap_device *tail = (struct nap_device *)(uintptr_t)os->list_tail;

    device->next = NULL;
    device->prev = tail;
    if (tail)
        tail->next = device;
    else
        os->list_head = (uint64_t)(uintptr_t)device;
    os->list_tail = (uint64_t)(uintptr_t)device;
}

struct nap_device *nap_list_first(void)
{
    return (struct nap_device *)(uintptr_t)nap_seam_machine()->st->os.list_head;
}

struct nap_device *nap_list_next(const struct nap_device *device)
{
    return device->next;
}

void nap_udelay(unsigned microseconds)
{
    struct nap_machine *m = nap_seam_machine();

    nap_touched(m, &m->ev->simulated_us, sizeof m->ev->simulated_us);
    m->ev->simulated_us += microseconds;
}

void nap_log(const char *format, ...)
{
    struct nap_machine *m = nap_seam_machine();
    struct nap_event e = nap_event_outside(m, NAP_STEP_LOG); /* no access, so no known line */
    char text[256];
    size_t length;
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    length = strlen(text);
    while (length > 0 && text[length - 1] == '\n')
        text[--length] = 0;
    nap_make_printable(text);
    e.label = text;
    nap_step_done(m, &e);
}
