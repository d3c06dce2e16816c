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

/* The driver line of the instruction at @pc. */
struct nap_source nap_object_line(struct nap_driver_object *object, uintptr_t pc);

/* lines.c: from code addresses to lines, by the object's debug information. */
struct nap_lines;

/* @base: where the file was loaded. NULL without memory; no debug information is no error. */
struct nap_lines *nap_lines_open(const char *file, uintptr_t base);
void nap_lines_close(struct nap_lines *lines);
/* Whether there is debug information at all. */
bool nap_lines_any(const struct nap_lines *lines);
/* Of a call chain, innermost first: @n return addresses. */
struct nap_source nap_lines_find(struct nap_lines *lines, const uintptr_t *chain, unsigned n);
/* Whether a function of that name only passes an access on: a word of it is read or write, with
 * a width or the like, as in ipmmu_ctx_write_root, readl, iowrite32. */
bool nap_lines_is_accessor(const char *function);

#endif
