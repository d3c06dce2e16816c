/* SPDX-License-Identifier: MIT */
/* Private to lib/: a shared object as a file, looked through before any of its code runs.
 * Drivers (object.c) and blocks (block.c) come as one. */
#ifndef NAP_ELF_H
#define NAP_ELF_H

#include <regnap/error.h>

#include <gelf.h>
#include <libelf.h>

#define NAP_ELF_PATH_MAX  4096
#define NAP_ELF_SPANS_MAX 4

struct nap_elf {
    const char *name;
    struct nap_error *error;
    uint8_t *bytes;
    size_t n;
    Elf *elf;
};

struct nap_elf_span {
    uint64_t from, to; /* addresses of the file */
};

struct nap_elf_spans {
    unsigned n; /* may exceed the list */
    struct nap_elf_span list[NAP_ELF_SPANS_MAX];
};

/* Reads the file and checks it: a whole shared object of this machine without thread-local
 * data, whose undefined names are all provided and whose own names nobody has. NAP_ERR_IO,
 * _PARSE, _UNKNOWN, _STATE, _NOMEM. nap_elf_close() also after a failure. */
enum nap_err nap_elf_open(const char *name, struct nap_elf *out, struct nap_error *error);
void nap_elf_close(struct nap_elf *f);
/* Of its bytes; @kind as nap_canon_begin(). */
struct nap_hash128 nap_elf_digest(const struct nap_elf *f, const char *kind);
/* Data that stays writable once it is loaded. */
void nap_elf_writable(const struct nap_elf *f, struct nap_elf_spans *out);
/* Loads it, for dlclose(); *@handle may be set after a failure, too. */
enum nap_err nap_elf_load(const struct nap_elf *f, void **handle, uintptr_t *base);
/* The path that it is loaded by; false if it is too long. */
bool nap_elf_path(const char *name, char out[NAP_ELF_PATH_MAX]);

#endif
