/* SPDX-License-Identifier: MIT */
/* Private to lib/: driver objects (driver.h), their writable data and their source lines. */
#ifndef NAP_OBJECT_H
#define NAP_OBJECT_H

#include "../core/core.h"

/* Lets @m run the object: the machine gets writable data of its own, as the file has it, in
 * driver RAM. NAP_ERR_NOSPACE. */
enum nap_err nap_object_use(struct nap_driver_object *object, struct nap_machine *m,
                            struct nap_error *error);

/* The driver line behind a call from the object into the library. @frame is the frame of the
 * library's function, @limit that of the call into the driver. Pointers stay valid as long as
 * the object. */
struct nap_source nap_object_caller(struct nap_driver_object *object, const void *frame,
                                    const void *limit);

/* Where the processor stood: instruction, stack pointer, frame pointer, and on AArch64 the link
 * register. */
struct nap_place {
    uintptr_t pc, sp, frame, link;
};

/* The driver line of the instruction at @at. Where the driver has called what is not in its
 * object, as a NULL pointer or memcpy(), that of the call. Nothing but the stack up to @limit
 * is looked at. */
struct nap_source nap_object_line(struct nap_driver_object *object, const struct nap_place *at,
                                  const void *limit);

/* lines.c: from code addresses to lines, by the object's debug information. */
struct nap_lines;

/* @base: where the file was loaded. NULL without memory; no debug information is no error. */
struct nap_lines *nap_lines_open(const char *file, uintptr_t base);
void nap_lines_close(struct nap_lines *lines);
/* Whether there is debug information at all. */
bool nap_lines_any(const struct nap_lines *lines);
/* Of a call chain, innermost first: @n return addresses. */
struct nap_source nap_lines_find(struct nap_lines *lines, const uintptr_t *chain, unsigned n);
/* Whether @pc lies in the object. */
bool nap_lines_has(const struct nap_lines *lines, uintptr_t pc);
/* Whether the function that @pc lies in has at that point no frame of its own, so that the
 * frame pointer is still its caller's; then its own part of the stack is @bytes long, the
 * return address included where it is on the stack. */
bool nap_lines_frameless(struct nap_lines *lines, uintptr_t pc, uintptr_t *bytes);
/* Whether a function of that name only passes an access on: a word of it is read or write, with
 * a width or the like, as in ipmmu_ctx_write_root, readl, iowrite32. */
bool nap_lines_is_accessor(const char *function);

#endif
