/* SPDX-License-Identifier: MIT */
/* Driver objects: what a shared object needs is checked before it is loaded, and its writable
 * data is made part of each machine that runs it. */
#define _GNU_SOURCE
#include "object.h"

#include "../os/os.h"
#include "elf.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STACK_MAX ((uintptr_t)8 << 20) /* RLIMIT_STACK as systems come */
#define CALLS_MAX 16u /* frames looked at between the library and the driver's entry */

/* Writable data that is not made read-only after loading. */
struct part {
    uint8_t *live;
    uint8_t *pristine; /* as loaded; points into the object's copy */
    size_t bytes;
};

struct nap_driver_object {
    void *handle;
    const struct nap_driver *driver;
    char name[NAP_NAME_MAX];
    struct nap_hash128 digest;
    unsigned n_parts;
    struct part parts[NAP_IMAGE_PARTS_MAX];
    uint8_t *pristine;
    struct nap_lines *lines;
};

/* --- where its data is --- */

static enum nap_err find_parts(const struct nap_elf *f, struct nap_driver_object *o,
                               uintptr_t base)
{
    struct nap_elf_spans spans;

    nap_elf_writable(f, &spans);
    if (spans.n > NAP_IMAGE_PARTS_MAX)
        return nap_fail(f->error, NAP_ERR_NOSPACE,
                        "%s: found more than %d pieces of writable data, expected fewer",
                        f->name, NAP_IMAGE_PARTS_MAX);
    for (unsigned i = 0; i < spans.n; i++)
        o->parts[o->n_parts++] = (struct part){
            /* NOLINTNEXTLINE(performance-no-int-to-ptr): where the loader has put it */
            .live = (uint8_t *)(base + spans.list[i].from),
            .bytes = (size_t)(spans.list[i].to - spans.list[i].from)};
    return NAP_OK;
}

static enum nap_err keep_pristine(const struct nap_elf *f, struct nap_driver_object *o)
{
    size_t total = 0, at = 0;

    for (unsigned i = 0; i < o->n_parts; i++)
        total += o->parts[i].bytes;
    o->pristine = malloc(total + 1);
    if (!o->pristine)
        return nap_fail(f->error, NAP_ERR_NOMEM, "%s: no memory for %zu bytes", f->name, total);
    for (unsigned i = 0; i < o->n_parts; i++) {
        o->parts[i].pristine = o->pristine + at;
        memcpy(o->parts[i].pristine, o->parts[i].live, o->parts[i].bytes);
        at += o->parts[i].bytes;
    }
    return NAP_OK;
}

/* --- loading --- */

/* All of the calls for domains, or none. */
static const char *wrong_with_calls(const struct nap_driver *d)
{
    if (!d->attach && !d->detach && !d->map && !d->unmap)
        return NULL;
    if (!d->attach || !d->detach)
        return d->attach ? "detach" : "attach";
    if (!d->map || !d->unmap)
        return d->map ? "unmap" : "map";
    return NULL;
}

static const char *wrong_with(const struct nap_driver *d)
{
    const char *call = wrong_with_calls(d);

    if (!d->name)
        return "name";
    if (!d->probe)
        return "probe";
    if (call)
        return call;
    if (d->n_suspend && !d->suspend)
        return "suspend";
    return d->n_resume && !d->resume ? "resume" : NULL;
}

/* NULL, or what is wrong with a phase. */
static const char *wrong_with_phase(const struct nap_phase *p)
{
    if (!p->name)
        return "name";
    if (p->kind == NAP_PHASE_WALK)
        return p->each ? NULL : "each";
    if (p->kind == NAP_PHASE_STEP)
        return p->step ? NULL : "step";
    return "kind";
}

static enum nap_err check_phases(const struct nap_elf *f, const char *table,
                                 const struct nap_phase *phases, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const char *wrong = wrong_with_phase(&phases[i]);
        if (wrong)
            return nap_fail(f->error, NAP_ERR_ARG,
                            "%s: nap_driver.%s[%u].%s is not set, expected it set", f->name,
                            table, i, wrong);
    }
    return NAP_OK;
}

static enum nap_err check_driver(const struct nap_elf *f, struct nap_driver_object *o)
{
    const char *wrong;
    enum nap_err err;

    o->driver = dlsym(o->handle, "nap_driver");
    if (!o->driver)
        return nap_fail(f->error, NAP_ERR_UNKNOWN,
                        "%s: found no symbol nap_driver, expected `const struct nap_driver "
                        "nap_driver`",
                        f->name);
    if (o->driver->abi != NAP_DRIVER_ABI)
        return nap_fail(f->error, NAP_ERR_ARG, "%s: found driver ABI %u, expected %u", f->name,
                        o->driver->abi, NAP_DRIVER_ABI);
    wrong = wrong_with(o->driver);
    if (wrong)
        return nap_fail(f->error, NAP_ERR_ARG, "%s: nap_driver.%s is NULL, expected it set",
                        f->name, wrong);
    err = check_phases(f, "suspend", o->driver->suspend, o->driver->n_suspend);
    return err ? err : check_phases(f, "resume", o->driver->resume, o->driver->n_resume);
}

static void set_name(struct nap_driver_object *o, const char *file)
{
    const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;

    snprintf(o->name, sizeof o->name, "%.*s", (int)strcspn(base, "."), base);
}

static enum nap_err load(const struct nap_elf *f, struct nap_driver_object *o)
{
    char path[NAP_ELF_PATH_MAX];
    uintptr_t base = 0;
    enum nap_err err = nap_elf_load(f, &o->handle, &base);

    if (err)
        return err;
    (void)nap_elf_path(f->name, path);
    set_name(o, f->name);
    o->digest = nap_elf_digest(f, "regnap-driver-object-1");
    o->lines = nap_lines_open(path, base);
    if (!o->lines)
        return nap_fail(f->error, NAP_ERR_NOMEM, "%s: no memory", f->name);
    return find_parts(f, o, base);
}

enum nap_err nap_driver_load(const char *name, struct nap_driver_object **out,
                             struct nap_error *error)
{
    struct nap_driver_object *o = calloc(1, sizeof *o);
    struct nap_elf f;
    enum nap_err err;

    *out = NULL;
    if (!o)
        return nap_fail(error, NAP_ERR_NOMEM, "%s: no memory", name);
    err = nap_elf_open(name, &f, error);
    if (!err)
        err = load(&f, o);
    if (!err)
        err = check_driver(&f, o);
    if (!err)
        err = keep_pristine(&f, o);
    nap_elf_close(&f);
    if (err)
        nap_driver_unload(o);
    else
        *out = o;
    return err;
}

void nap_driver_unload(struct nap_driver_object *o)
{
    if (!o)
        return;
    nap_lines_close(o->lines);
    if (o->handle)
        (void)dlclose(o->handle);
    free(o->pristine);
    free(o);
}

const struct nap_driver *nap_driver_of(const struct nap_driver_object *object)
{
    return object->driver;
}

const char *nap_driver_object_name(const struct nap_driver_object *object)
{
    return object->name;
}

struct nap_hash128 nap_driver_object_digest(const struct nap_driver_object *object)
{
    return object->digest;
}

/* --- machines that run it --- */

enum nap_err nap_object_use(struct nap_driver_object *o, struct nap_machine *m,
                            struct nap_error *error)
{
    m->object = o;
    m->n_image = o->n_parts;
    for (unsigned i = 0; i < o->n_parts; i++) {
        struct part *p = &o->parts[i];
        m->image[i] = (struct nap_image_part){p->live, nap_os_alloc(m, p->bytes), p->bytes};
        if (!m->image[i].saved)
            return nap_fail(error, NAP_ERR_NOSPACE,
                            "driver %s: its %zu bytes of writable data exceed driver RAM",
                            o->name, p->bytes);
        memcpy(m->image[i].saved, p->pristine, p->bytes);
    }
    return NAP_OK;
}

/* A frame begins with the caller's frame and the address to return to: x86-64 and AArch64 code
 * with frame pointers. Code without them may hold anything where the caller's frame should be;
 * what does not lie further out on the stack, from @inner on, ends the chain. */
static struct nap_source line_of_calls(struct nap_driver_object *o, uintptr_t *chain,
                                       unsigned n, uintptr_t frame, uintptr_t inner,
                                       const void *limit)
{
    while (n < CALLS_MAX && frame != 0 && frame >= inner && frame < (uintptr_t)limit &&
           frame % sizeof(uintptr_t) == 0) {
        /* NOLINTNEXTLINE(performance-no-int-to-ptr): a frame address */
        const uintptr_t *f = (const uintptr_t *)frame;
        chain[n++] = f[1];
        inner = frame + 1;
        frame = f[0];
    }
    return nap_lines_find(o->lines, chain, n);
}

struct nap_source nap_object_caller(struct nap_driver_object *o, const void *frame,
                                    const void *limit)
{
    uintptr_t chain[CALLS_MAX];

    return line_of_calls(o, chain, 0, (uintptr_t)frame, (uintptr_t)frame, limit);
}

/* A stack pointer gone wild may point anywhere. */
static bool on_stack(uintptr_t sp, const void *limit)
{
    return sp < (uintptr_t)limit && (uintptr_t)limit - sp <= STACK_MAX;
}

/* Where the function at @at will return to, if its frame does not say; 0 if it does. */
static uintptr_t returns_to(struct nap_driver_object *o, const struct nap_place *at,
                            const void *limit)
{
    uintptr_t bytes = at->link ? 0 : sizeof(uintptr_t); /* right behind a call */

    if (nap_lines_has(o->lines, at->pc) && !nap_lines_frameless(o->lines, at->pc, &bytes))
        return 0;
    if (at->link)
        return bytes == 0 ? at->link : 0;
    if (bytes < sizeof(uintptr_t) || bytes > STACK_MAX || !on_stack(at->sp, limit) ||
        at->sp + bytes > (uintptr_t)limit)
        return 0;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): a stack address */
    return *(const uintptr_t *)(at->sp + bytes - sizeof(uintptr_t));
}

/* A return address stands behind its call, so one byte on is the instruction itself. */
struct nap_source nap_object_line(struct nap_driver_object *o, const struct nap_place *at,
                                  const void *limit)
{
    uintptr_t chain[CALLS_MAX], back = returns_to(o, at, limit);
    unsigned n = 0;

    if (nap_lines_has(o->lines, at->pc))
        chain[n++] = at->pc + 1;
    if (nap_lines_has(o->lines, back))
        chain[n++] = back;
    return line_of_calls(o, chain, n, on_stack(at->sp, limit) ? at->frame : 0, at->sp, limit);
}

bool nap_driver_has_lines(const struct nap_driver_object *object)
{
    return nap_lines_any(object->lines);
}
