/* SPDX-License-Identifier: MIT */
/* The line of a driver that an access belongs to. Drivers reach registers through helpers of
 * their own, so the line that says something is that of the first function outwards that is
 * more than a helper. Found by libdw; each call chain is looked up once. */
#include "object.h"

#include "../core/grow.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX  8u
#define CHAINS_MAX 4096u /* power of two; beyond half of it nothing is kept */
#define VIA_NAMES  3u    /* functions named in nap_source.via */

/* Its number in debug information: psABI of x86-64 and of AArch64. */
#ifdef __aarch64__
#define STACK_POINTER 31u
#else
#define STACK_POINTER 7u
#endif

struct chain {
    unsigned n;
    uintptr_t pc[CHAIN_MAX];
    struct nap_source source;
};

struct nap_lines {
    Dwfl *dwfl;
    unsigned n_texts, texts_room;
    char **texts; /* file names and chains, owned */
    unsigned n_chains;
    struct chain chains[CHAINS_MAX];
};

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
    .section_address = dwfl_offline_section_address,
};

struct nap_lines *nap_lines_open(const char *file, uintptr_t base)
{
    struct nap_lines *l = calloc(1, sizeof *l);

    if (!l)
        return NULL;
    l->dwfl = dwfl_begin(&callbacks);
    if (l->dwfl) {
        dwfl_report_begin(l->dwfl);
        (void)dwfl_report_elf(l->dwfl, "driver", file, -1, base, false);
        (void)dwfl_report_end(l->dwfl, NULL, NULL);
    }
    return l;
}

void nap_lines_close(struct nap_lines *l)
{
    if (!l)
        return;
    for (unsigned i = 0; i < l->n_texts; i++)
        free(l->texts[i]);
    free(l->texts);
    if (l->dwfl)
        dwfl_end(l->dwfl);
    free(l);
}

/* A copy of @text that lives as long as the object; equal texts are one. */
static const char *keep(struct nap_lines *l, const char *text)
{
    for (unsigned i = 0; i < l->n_texts; i++)
        if (strcmp(l->texts[i], text) == 0)
            return l->texts[i];
    l->texts = nap_grow(l->texts, l->n_texts, &l->texts_room, sizeof *l->texts);
    l->texts[l->n_texts] = strdup(text);
    if (!l->texts[l->n_texts])
        abort();
    return l->texts[l->n_texts++];
}

static bool begins(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* Widths and byte orders follow the verb, as in readl, readsl, iowrite32be, or what is
 * accessed, as in readreg. So `ready` is another word. */
static bool is_verb(const char *word)
{
    static const char *const verbs[] = {"read", "write", "ioread", "iowrite"};

    for (unsigned i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        const char *rest = word + strlen(verbs[i]);
        if (!begins(word, verbs[i]))
            continue;
        if (begins(rest, "reg"))
            rest += 3;
        rest += strspn(rest, "bwlqsex0123456789");
        return *rest == '_' || *rest == '.' || *rest == '\0';
    }
    return false;
}

bool nap_lines_is_accessor(const char *function)
{
    for (const char *word = function; *word;) {
        if (is_verb(word))
            return true;
        word += strcspn(word, "_");
        word += strspn(word, "_");
    }
    return false;
}

static const char *function_of(const struct nap_lines *l, uintptr_t pc)
{
    Dwfl_Module *module = l->dwfl ? dwfl_addrmodule(l->dwfl, pc) : NULL;

    return module ? dwfl_module_addrname(module, pc) : NULL;
}

static int has_units(Dwfl_Module *module, void **unused, const char *name, Dwarf_Addr start,
                     void *any)
{
    Dwarf_Addr bias;

    (void)unused;
    (void)name;
    (void)start;
    *(bool *)any |= dwfl_module_nextcu(module, NULL, &bias) != NULL;
    return DWARF_CB_OK;
}

bool nap_lines_any(const struct nap_lines *l)
{
    bool any = false;

    if (l->dwfl)
        (void)dwfl_getmodules(l->dwfl, has_units, &any, 0);
    return any;
}

/* The compilation unit that @pc lies in. Not every compiler writes the index of address ranges
 * by which libdw finds it at once. */
static Dwarf_Die *unit_of(Dwfl_Module *module, uintptr_t pc, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(module, pc, bias);

    if (unit)
        return unit;
    while ((unit = dwfl_module_nextcu(module, unit, bias)) != NULL)
        if (dwarf_haspc(unit, pc - *bias) > 0)
            return unit;
    return NULL;
}

/* File and line of the call that returns to @pc. The name is as the compiler was given it. */
static bool line_of(const struct nap_lines *l, uintptr_t pc, const char **file, int *line)
{
    Dwfl_Module *module = l->dwfl ? dwfl_addrmodule(l->dwfl, pc - 1) : NULL;
    Dwarf_Addr bias = 0;
    Dwarf_Die *unit = module ? unit_of(module, pc - 1, &bias) : NULL;
    Dwarf_Line *at = unit ? dwarf_getsrc_die(unit, pc - 1 - bias) : NULL;
    Dwarf_Attribute attribute;
    const char *directory =
        at ? dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute)) : NULL;

    *file = at && dwarf_lineno(at, line) == 0 ? dwarf_linesrc(at, NULL, NULL) : NULL;
    if (*file && directory && begins(*file, directory) && (*file)[strlen(directory)] == '/')
        *file += strlen(directory) + 1;
    return *file != NULL;
}

bool nap_lines_has(const struct nap_lines *l, uintptr_t pc)
{
    return l->dwfl && dwfl_addrmodule(l->dwfl, pc) != NULL;
}

bool nap_lines_frameless(struct nap_lines *l, uintptr_t pc, uintptr_t *bytes)
{
    Dwfl_Module *module = l->dwfl ? dwfl_addrmodule(l->dwfl, pc) : NULL;
    Dwarf_Addr bias = 0;
    Dwarf_CFI *unwinding = module ? dwfl_module_eh_cfi(module, &bias) : NULL;
    Dwarf_Frame *frame = NULL;
    Dwarf_Op *ops = NULL;
    size_t n = 0;
    bool is;

    if (!unwinding || dwarf_cfi_addrframe(unwinding, pc - bias, &frame) != 0)
        return false;
    is = dwarf_frame_cfa(frame, &ops, &n) == 0 && n == 1 && ops[0].atom == DW_OP_bregx &&
         ops[0].number == STACK_POINTER;
    if (is)
        *bytes = ops[0].number2;
    free(frame);
    return is;
}

static const char *via(struct nap_lines *l, const uintptr_t *chain, unsigned n, unsigned first)
{
    char text[256] = "";
    size_t at = 0;

    for (unsigned i = first; i < n && i < first + VIA_NAMES; i++) {
        const char *name = function_of(l, chain[i] - 1), *file;
        int line;
        if (!name || !line_of(l, chain[i], &file, &line) || at >= sizeof text)
            break; /* what has no lines stands around the driver */
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s",
                               i == first ? "in " : ", called by ", name);
    }
    return at ? keep(l, text) : NULL;
}

static struct nap_source resolve(struct nap_lines *l, const uintptr_t *chain, unsigned n)
{
    struct nap_source source = {NULL, 0, NULL};
    unsigned at = n; /* helpers all the way: the innermost */
    const char *file;
    int line;

    for (unsigned i = 0; i < n; i++) {
        const char *name = function_of(l, chain[i] - 1);
        if (!name)
            break;
        if (!line_of(l, chain[i], &file, &line))
            continue; /* the runtime that is linked into the object */
        if (at == n || !nap_lines_is_accessor(name))
            at = i;
        if (!nap_lines_is_accessor(name))
            break;
    }
    if (at == n || !line_of(l, chain[at], &file, &source.line))
        return source;
    source.file = keep(l, file);
    source.via = via(l, chain, n, at);
    return source;
}

static size_t slot_of(const uintptr_t *chain, unsigned n)
{
    uint64_t hash = n;

    for (unsigned i = 0; i < n; i++)
        hash = (hash ^ chain[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash >> 40) & (CHAINS_MAX - 1);
}

struct nap_source nap_lines_find(struct nap_lines *l, const uintptr_t *chain, unsigned n)
{
    struct chain *c;
    size_t slot;

    if (n > CHAIN_MAX)
        n = CHAIN_MAX;
    for (slot = slot_of(chain, n);; slot = (slot + 1) & (CHAINS_MAX - 1)) {
        c = &l->chains[slot];
        if (c->n == 0)
            break;
        if (c->n == n && memcmp(c->pc, chain, n * sizeof *chain) == 0)
            return c->source;
    }
    if (n == 0 || l->n_chains >= CHAINS_MAX / 2)
        return resolve(l, chain, n);
    l->n_chains++;
    c->n = n;
    memcpy(c->pc, chain, n * sizeof *chain);
    c->source = resolve(l, chain, n);
    return c->source;
}
