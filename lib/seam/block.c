/* SPDX-License-Identifier: MIT */
/* Block objects: behaviour of one kind of device, out of tree. They have no data of their own:
 * what changes lies in the machine. */
#include <regnap/block.h>

#include "../core/core.h"
#include "elf.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct nap_block_object {
    void *handle;
    const struct nap_block *block;
    struct nap_hash128 digest;
};

/* --- no state beside the machine's --- */

static bool is_writable(const struct nap_elf_spans *spans, uint64_t address)
{
    for (unsigned i = 0; i < spans->n && i < NAP_ELF_SPANS_MAX; i++)
        if (address >= spans->list[i].from && address < spans->list[i].to)
            return true;
    return false;
}

/* Of the compiler's start files, in every shared object. */
static bool of_start_files(const char *name)
{
    return strncmp(name, "completed.", 10) == 0 || strncmp(name, "object.", 7) == 0;
}

static enum nap_err check_variable(const struct nap_elf *f, const struct nap_elf_spans *spans,
                                   const GElf_Sym *symbol, const char *name)
{
    if (GELF_ST_TYPE(symbol->st_info) != STT_OBJECT || symbol->st_size == 0 ||
        !is_writable(spans, symbol->st_value) || of_start_files(name))
        return NAP_OK;
    return nap_fail(
        f->error, NAP_ERR_ARG,
        "%s: found the variable '%s', expected constants only: what changes is part "
        "of the machine (nap_block.state_bytes)",
        f->name, name);
}

/* By the names that the file has; a stripped one shows none. */
static enum nap_err check_variables(const struct nap_elf *f)
{
    struct nap_elf_spans spans;
    enum nap_err err = NAP_OK;
    Elf_Scn *scn = NULL;
    GElf_Shdr section;

    nap_elf_writable(f, &spans);
    while (!err && (scn = elf_nextscn(f->elf, scn)) != NULL) {
        Elf_Data *data;
        GElf_Sym symbol;
        if (!gelf_getshdr(scn, &section) || section.sh_type != SHT_SYMTAB)
            continue;
        data = elf_getdata(scn, NULL);
        for (int i = 1; !err && data && gelf_getsym(data, i, &symbol); i++) {
            const char *name = elf_strptr(f->elf, section.sh_link, symbol.st_name);
            err = name ? check_variable(f, &spans, &symbol, name) : NAP_OK;
        }
    }
    return err;
}

/* --- the block --- */

static enum nap_err check_block(const struct nap_elf *f, struct nap_block_object *o)
{
    const char *lacks;

    o->block = dlsym(o->handle, "nap_block");
    if (!o->block)
        return nap_fail(f->error, NAP_ERR_UNKNOWN,
                        "%s: found no symbol nap_block, expected `const struct nap_block "
                        "nap_block`",
                        f->name);
    if (o->block->abi != NAP_BLOCK_ABI)
        return nap_fail(f->error, NAP_ERR_ARG, "%s: found block ABI %u, expected %u", f->name,
                        o->block->abi, NAP_BLOCK_ABI);
    lacks = nap_block_lacks(o->block);
    if (lacks)
        return nap_fail(f->error, NAP_ERR_ARG, "%s: nap_block.%s is NULL, expected it set",
                        f->name, lacks);
    return NAP_OK;
}

enum nap_err nap_block_load(const char *file, struct nap_block_object **out,
                            struct nap_error *error)
{
    struct nap_block_object *o = calloc(1, sizeof *o);
    struct nap_elf f;
    uintptr_t base;
    enum nap_err err;

    *out = NULL;
    if (!o)
        return nap_fail(error, NAP_ERR_NOMEM, "%s: no memory", file);
    err = nap_elf_open(file, &f, error);
    if (!err)
        err = nap_elf_load(&f, &o->handle, &base);
    if (!err)
        err = check_block(&f, o);
    if (!err)
        err = check_variables(&f);
    if (!err)
        o->digest = nap_elf_digest(&f, "regnap-block-object-1");
    nap_elf_close(&f);
    if (err)
        nap_block_unload(o);
    else
        *out = o;
    return err;
}

void nap_block_unload(struct nap_block_object *o)
{
    if (o && o->handle)
        (void)dlclose(o->handle);
    free(o);
}

const struct nap_block *nap_block_of(const struct nap_block_object *object)
{
    return object->block;
}

struct nap_hash128 nap_block_object_digest(const struct nap_block_object *object)
{
    return object->digest;
}
