/* SPDX-License-Identifier: MIT */
/* The device list, the driver's root pointer and parameters, power, delays, failures, log. */
#include "os.h"

#include "../core/printable.h"
#include "../seam/seam.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct nap_device *nap_os_device(struct nap_machine *m, unsigned device)
{
    struct nap_device *d = nap_os_alloc(m, sizeof *d);

    if (!d)
        return NULL;
    snprintf(d->name, sizeof d->name, "%s", m->soc->devices[device].name);
    snprintf(d->model, sizeof d->model, "%s", m->soc->devices[device].model);
    d->regs = m->devices[device].base;
    d->index = device;
    d->line = m->soc->devices[device].line;
    d->powered_at_boot = nap_device_on(m, device);
    d->node = m->soc->devices[device].node;
    d->root = d;
    return d;
}

void nap_os_removed(struct nap_machine *m, unsigned device)
{
    struct nap_os_device *d = &m->st->os.devices[device];

    nap_touched(m, d, sizeof *d);
    nap_touched(m, &m->st->os.n_removed, sizeof m->st->os.n_removed);
    m->st->os.n_removed += !d->removed;
    d->removed = 1;
}

void nap_os_after_remove(struct nap_machine *m, nap_addr address, struct nap_source source)
{
    uint32_t device = nap_bus_device(m, address);

    m->source = source;
    if (device != UINT32_MAX && m->st->os.devices[device].removed)
        nap_os_step(m, NAP_OS_AFTER_REMOVE, "access after remove", device, 0, address);
}

/* --- drivers --- */

const struct nap_driver *nap_os_driver(const struct nap_machine *m, uint32_t index)
{
    return index == 0 ? m->driver : index <= m->n_beside ? m->beside[index - 1] : NULL;
}

bool nap_os_names(const struct nap_driver *driver, const char *model)
{
    const char *const *list = driver->compatible;

    while (list && *list && strcmp(*list, model) != 0)
        list++;
    return list && *list;
}

uint32_t nap_os_driver_of(const struct nap_machine *m, unsigned device)
{
    for (uint32_t i = 0; i < m->n_beside; i++)
        if (nap_os_names(m->beside[i], m->soc->devices[device].model))
            return i + 1;
    return 0;
}

bool nap_os_left_out(const struct nap_machine *m, unsigned device)
{
    return m->soc->devices[device].node.disabled || (m->left_out >> device & 1);
}

uint32_t nap_os_run_as(struct nap_machine *m, uint32_t index)
{
    uint32_t was = m->st->os.running;

    if (was == index)
        return was;
    nap_touched(m, &m->st->os.running, sizeof m->st->os.running);
    m->st->os.running = index;
    return was;
}

static const struct nap_os_driver *of_os(void)
{
    const struct nap_os_state *os = &nap_seam_machine()->st->os;

    return &os->drivers[os->running];
}

static struct nap_os_driver *open_os(void)
{
    struct nap_machine *m = nap_seam_machine();
    struct nap_os_driver *d = &m->st->os.drivers[m->st->os.running];

    nap_touched(m, d, sizeof *d);
    return d;
}

void *nap_driver_data(void)
{
    return (void *)(uintptr_t)of_os()->data;
}

void nap_set_driver_data(void *data)
{
    open_os()->data = (uint64_t)(uintptr_t)data;
}

void nap_list_add_head(struct nap_device *device)
{
    struct nap_os_driver *os = open_os();
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
    struct nap_os_driver *os = open_os();
    struct nap_device *tail = (struct nap_device *)(uintptr_t)os->list_tail;

    device->next = NULL;
    device->prev = tail;
    if (tail)
        tail->next = device;
    else
        os->list_head = (uint64_t)(uintptr_t)device;
    os->list_tail = (uint64_t)(uintptr_t)device;
}

void nap_list_remove(struct nap_device *device)
{
    struct nap_os_driver *os = open_os();

    if (device->prev)
        device->prev->next = device->next;
    else
        os->list_head = (uint64_t)(uintptr_t)device->next;
    if (device->next)
        device->next->prev = device->prev;
    else
        os->list_tail = (uint64_t)(uintptr_t)device->prev;
    device->next = device->prev = NULL;
}

struct nap_device *nap_list_first(void)
{
    return (struct nap_device *)(uintptr_t)of_os()->list_head;
}

struct nap_device *nap_list_next(const struct nap_device *device)
{
    return device->next;
}

const void *nap_device_tree(void)
{
    return nap_seam_machine()->soc->tree;
}

const char *nap_parameter(const char *key)
{
    struct nap_machine *m = nap_seam_machine();

    for (unsigned i = 0; i < m->n_parameters; i++)
        if (strcmp(m->parameters[i].key, key) == 0) {
            m->parameters_asked |= 1u << i;
            return m->parameters[i].value;
        }
    return NULL;
}

/* --- power, time, failure --- */

void nap_device_set_power(struct nap_device *device, bool on)
{
    struct nap_machine *m = nap_seam_machine();
    uint32_t domain = 1u << m->devices[device->index].domain;

    if (nap_device_on(m, device->index) == on)
        return;
    if (on)
        nap_power_on(m, domain);
    else
        nap_power_off(m, domain);
}

bool nap_device_powered(const struct nap_device *device)
{
    return nap_device_on(nap_seam_machine(), device->index);
}

void nap_master_hold(struct nap_master *master)
{
    nap_masters_quiesce(nap_seam_machine(), UINT64_C(1) << master->index, true);
}

void nap_master_release(struct nap_master *master)
{
    nap_masters_quiesce(nap_seam_machine(), UINT64_C(1) << master->index, false);
}

bool nap_fails(const char *what)
{
    struct nap_machine *m = nap_seam_machine();

    return nap_choose_fault(m, NAP_CHOOSE_FAIL, what, NAP_NO_INSTANCE,
                            m->st->faults_left ? 2 : 1, 1) != 0;
}

void nap_udelay(unsigned microseconds)
{
    struct nap_machine *m = nap_seam_machine();

    nap_touched(m, &m->ev->simulated_us, sizeof m->ev->simulated_us);
    m->ev->simulated_us += microseconds;
    if (m->ev->simulated_us - m->call_began_us > NAP_CALL_US_MAX)
        nap_panic_at("a minute of simulated time has passed in one call",
                     nap_seam_caller(m, __builtin_frame_address(0)));
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
    snprintf(m->last_log, sizeof m->last_log, "%.*s", (int)sizeof m->last_log - 1, text);
    e.label = text;
    nap_step_done(m, &e);
}

/* --- the driver's own assertions --- */

void nap_panic_at(const char *what, struct nap_source source)
{
    struct nap_machine *m = nap_seam_machine();
    struct nap_event e = nap_event_outside(m, NAP_STEP_PANIC);

    assert(m->stuck_jump);
    assert(!m->holding);
    e.source = source;
    e.label = what;
    nap_step_ends_call(m, &e); /* does not return from this step */
    abort();
}

void nap_panic(const char *what, const char *file, int line)
{
    const struct nap_machine *m = nap_seam_machine();

    nap_panic_at(what, file ? (struct nap_source){file, line, NULL}
                            : nap_seam_caller(m, __builtin_frame_address(0)));
}

void nap_warn(const char *what, const char *file, int line)
{
    struct nap_machine *m = nap_seam_machine();
    struct nap_event e = nap_event_outside(m, NAP_STEP_WARNING);

    e.source = (struct nap_source){file, line, NULL};
    e.label = what;
    nap_step_done(m, &e);
}
