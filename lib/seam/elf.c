/* SPDX-License-Identifier: MIT */
/* A shared object as a file: read and looked through before it is loaded. */
#define _GNU_SOURCE
#include "elf.h"

#include "../core/canon.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#else
#define OWN_MACHINE EM_NONE /* left to the loader */
#endif
#define OWN_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

/* --- the file --- */

/* Its size, or why it has none. */
static enum nap_err measure(struct nap_elf *f, int fd)
{
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0)
        return nap_fail(f->error, NAP_ERR_IO, "%s: %s", f->name, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return nap_fail(f->error, NAP_ERR_IO, "%s: found %s, expected a file", f->name,
                        S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
    if (st.st_size == 0)
        return nap_fail(f->error, NAP_ERR_PARSE,
                        "%s: found an empty file, expected a shared object", f->name);
    f->n = (size_t)st.st_size;
    return NAP_OK;
}

/* A pipe without a writer must not make it wait. */
static enum nap_err read_file(struct nap_elf *f)
{
    int fd = open(f->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    size_t at = 0;
    ssize_t got = 1;
    enum nap_err err = measure(f, fd);

    if (err) {
        if (fd >= 0)
            (void)close(fd);
        return err;
    }
    f->bytes = malloc(f->n + 1);
    while (f->bytes && at < f->n && got > 0) {
        got = read(fd, f->bytes + at, f->n - at);
        at += got > 0 ? (size_t)got : 0;
    }
    (void)close(fd);
    if (!f->bytes)
        return nap_fail(f->error, NAP_ERR_NOMEM, "%s: no memory for %zu bytes", f->name, f->n);
    if (at < f->n)
        return nap_fail(f->error, NAP_ERR_IO, "%s: cannot be read", f->name);
    return NAP_OK;
}

static enum nap_err open_elf(struct nap_elf *f)
{
    GElf_Ehdr header;

    if (elf_version(EV_CURRENT) != EV_NONE)
        f->elf = elf_memory((char *)f->bytes, f->n);
    if (!f->elf || elf_kind(f->elf) != ELF_K_ELF || !gelf_getehdr(f->elf, &header))
        return nap_fail(f->error, NAP_ERR_PARSE,
                        "%s: found no ELF file, expected a shared object", f->name);
    if (header.e_type != ET_DYN)
        return nap_fail(f->error, NAP_ERR_PARSE,
                        "%s: found an ELF file of type %u, expected a shared object (gcc "
                        "-shared)",
                        f->name, header.e_type);
    if (OWN_MACHINE != EM_NONE &&
        (header.e_machine != OWN_MACHINE || header.e_ident[EI_CLASS] != OWN_CLASS))
        return nap_fail(f->error, NAP_ERR_PARSE,
                        "%s: found an object of %s-bit machine %u, expected %s-bit machine %u, "
                        "as regnap's own",
                        f->name, header.e_ident[EI_CLASS] == ELFCLASS64 ? "64" : "32",
                        header.e_machine, OWN_CLASS == ELFCLASS64 ? "64" : "32", OWN_MACHINE);
    return NAP_OK;
}

/* --- whether it is whole ---
 *
 * The loader maps what the headers say; beyond the end of the file an access ends the process.
 * A linker puts the table of sections last, so a file cut anywhere lacks a part of it. This
 * finds damage by accident. What an object does on purpose nobody checks: it is code. */

static bool within(uint64_t from, uint64_t bytes, uint64_t size)
{
    return from <= size && bytes <= size - from;
}

static enum nap_err cut(const struct nap_elf *f, const char *what, uint64_t from,
                        uint64_t bytes)
{
    return nap_fail(f->error, NAP_ERR_PARSE,
                    "%s: found %zu bytes, expected %s of %" PRIu64 " bytes at %" PRIu64
                    " in them",
                    f->name, f->n, what, bytes, from);
}

static enum nap_err check_sections(const struct nap_elf *f)
{
    GElf_Ehdr header;
    size_t count = 0;

    if (!gelf_getehdr(f->elf, &header))
        return nap_fail(f->error, NAP_ERR_INTERNAL, "%s: %s", f->name, elf_errmsg(-1));
    if (header.e_shoff == 0)
        return nap_fail(f->error, NAP_ERR_PARSE,
                        "%s: found no table of sections, expected one (its symbols are found "
                        "by it)",
                        f->name);
    if (!within(header.e_shoff, (uint64_t)header.e_shnum * header.e_shentsize, f->n))
        return cut(f, "the table of sections", header.e_shoff,
                   (uint64_t)header.e_shnum * header.e_shentsize);
    if (elf_getshdrnum(f->elf, &count) != 0 || count == 0)
        return nap_fail(f->error, NAP_ERR_PARSE, "%s: found a damaged table of sections: %s",
                        f->name, elf_errmsg(-1));
    return NAP_OK;
}

static enum nap_err check_segment(const struct nap_elf *f, const GElf_Phdr *p)
{
    if ((p->p_type == PT_LOAD || p->p_type == PT_DYNAMIC) &&
        !within(p->p_offset, p->p_filesz, f->n))
        return cut(f, "a segment", p->p_offset, p->p_filesz);
    if (p->p_type == PT_LOAD && p->p_memsz < p->p_filesz)
        return nap_fail(f->error, NAP_ERR_PARSE,
                        "%s: found a segment of %" PRIu64 " bytes in %" PRIu64
                        " bytes of memory, expected room for all",
                        f->name, p->p_filesz, p->p_memsz);
    if (p->p_type == PT_TLS && p->p_memsz > 0)
        return nap_fail(f->error, NAP_ERR_PARSE,
                        "%s: found data of a thread's own (_Thread_local), expected none: it "
                        "would not be part of the machine",
                        f->name);
    return NAP_OK;
}

static bool loaded_with_the_rest(const struct nap_elf *f, size_t n_headers,
                                 const GElf_Phdr *part)
{
    GElf_Phdr p;

    for (size_t i = 0; i < n_headers; i++)
        if (gelf_getphdr(f->elf, (int)i, &p) && p.p_type == PT_LOAD &&
            part->p_vaddr >= p.p_vaddr &&
            within(part->p_vaddr - p.p_vaddr, part->p_memsz, p.p_filesz) &&
            part->p_offset - p.p_offset == part->p_vaddr - p.p_vaddr)
            return true;
    return false;
}

static enum nap_err check_segments(const struct nap_elf *f)
{
    size_t n_headers = 0;
    unsigned dynamic = 0;
    enum nap_err err = NAP_OK;

    if (elf_getphdrnum(f->elf, &n_headers) != 0)
        return nap_fail(f->error, NAP_ERR_PARSE, "%s: found damaged program headers: %s",
                        f->name, elf_errmsg(-1));
    for (size_t i = 0; i < n_headers && !err; i++) {
        GElf_Phdr p;
        if (!gelf_getphdr(f->elf, (int)i, &p))
            return nap_fail(f->error, NAP_ERR_PARSE, "%s: found a damaged program header: %s",
                            f->name, elf_errmsg(-1));
        err = check_segment(f, &p);
        if (p.p_type == PT_DYNAMIC && loaded_with_the_rest(f, n_headers, &p))
            dynamic++;
    }
    if (!err && dynamic != 1)
        err = nap_fail(f->error, NAP_ERR_PARSE,
                       "%s: found %u dynamic segments within what is loaded, expected one",
                       f->name, dynamic);
    return err;
}

/* --- what it needs --- */

/* Functions of the C library that keep no state, allocate nothing and touch nothing outside,
 * and what compilers make of them. */
static const char *const c_library[] = {
    "__memcpy_chk",    "__memmove_chk", "__memset_chk", "__snprintf_chk", "__stack_chk_fail",
    "__stpcpy_chk",    "__strcat_chk",  "__strcpy_chk", "__strncat_chk",  "__strncpy_chk",
    "__vsnprintf_chk", "abs",           "bcmp",         "bsearch",        "ffs",
    "fnmatch",         "labs",          "memchr",       "memcmp",         "memcpy",
    "memmove",         "memset",        "qsort",        "snprintf",       "stpcpy",
    "strcasecmp",      "strcat",        "strchr",       "strchrnul",      "strcmp",
    "strcpy",          "strcspn",       "strlen",       "strncasecmp",    "strncat",
    "strncmp",         "strncpy",       "strnlen",      "strpbrk",        "strrchr",
    "strspn",          "strstr",        "strtol",       "strtoll",        "strtoul",
    "strtoull",        "vsnprintf",     NULL,
};

static bool provided(const char *name)
{
    if (strncmp(name, "nap_", 4) == 0 || strncmp(name, "fdt_", 4) == 0)
        return dlsym(RTLD_DEFAULT, name) != NULL;
    for (unsigned i = 0; c_library[i]; i++)
        if (strcmp(c_library[i], name) == 0)
            return true;
    return false;
}

/* Symbols by name, with commas; those that no longer fit are only counted. */
struct names {
    unsigned n;
    size_t at;
    char text[320];
};

static void add_name(struct names *list, const char *name)
{
    static const char more[] = ", ...";
    size_t length = strlen(name) + (list->n ? 2 : 0);

    if (list->at + length + sizeof more <= sizeof list->text)
        list->at += (size_t)snprintf(list->text + list->at, sizeof list->text - list->at,
                                     "%s%s", list->n ? ", " : "", name);
    else if (strcmp(list->text + list->at, more) != 0)
        memcpy(list->text + list->at, more, sizeof more);
    list->n++;
}

/* What compilers add to every object. */
static bool of_start_files(const char *name)
{
    return strcmp(name, "__cxa_finalize") == 0 || strcmp(name, "__gmon_start__") == 0 ||
           strncmp(name, "_ITM_", 5) == 0;
}

/* What it needs and nobody provides. */
static bool is_missing(const GElf_Sym *symbol, const char *name)
{
    if (symbol->st_shndx != SHN_UNDEF || provided(name))
        return false;
    /* A weak one may stay undefined, but must not be found elsewhere. */
    return GELF_ST_BIND(symbol->st_info) != STB_WEAK ||
           (!of_start_files(name) && dlsym(RTLD_DEFAULT, name) != NULL);
}

/* What it defines for all and the process has already: its own calls would go there, too. */
static bool is_taken(const GElf_Sym *symbol, const char *name)
{
    return symbol->st_shndx != SHN_UNDEF && GELF_ST_BIND(symbol->st_info) != STB_LOCAL &&
           GELF_ST_VISIBILITY(symbol->st_other) == STV_DEFAULT &&
           dlsym(RTLD_DEFAULT, name) != NULL;
}

static void collect(const struct nap_elf *f, Elf_Scn *scn, const GElf_Shdr *section,
                    bool (*wanted)(const GElf_Sym *symbol, const char *name),
                    struct names *names)
{
    Elf_Data *data = elf_getdata(scn, NULL);
    size_t count = section->sh_entsize ? section->sh_size / section->sh_entsize : 0;

    for (size_t i = 1; data && i < count; i++) {
        GElf_Sym symbol;
        const char *name;
        if (!gelf_getsym(data, (int)i, &symbol))
            continue;
        name = elf_strptr(f->elf, section->sh_link, symbol.st_name);
        if (name && *name && wanted(&symbol, name))
            add_name(names, name);
    }
}

static Elf_Scn *find_section(const struct nap_elf *f, uint32_t type, GElf_Shdr *section)
{
    Elf_Scn *scn = NULL;

    while ((scn = elf_nextscn(f->elf, scn)) != NULL)
        if (gelf_getshdr(scn, section) && section->sh_type == type)
            return scn;
    return NULL;
}

/* Whether it looks for its names in itself first: linked with -Bsymbolic. */
static bool prefers_itself(const struct nap_elf *f)
{
    GElf_Shdr section;
    Elf_Scn *scn = find_section(f, SHT_DYNAMIC, &section);
    Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;
    size_t count = data && section.sh_entsize ? section.sh_size / section.sh_entsize : 0;
    GElf_Dyn d;

    for (size_t i = 0; i < count && gelf_getdyn(data, (int)i, &d); i++)
        if (d.d_tag == DT_SYMBOLIC || (d.d_tag == DT_FLAGS && (d.d_un.d_val & DF_SYMBOLIC)))
            return true;
    return false;
}

static enum nap_err check_needs(const struct nap_elf *f)
{
    struct names missing = {.n = 0}, taken = {.n = 0};
    GElf_Shdr section;
    Elf_Scn *scn = find_section(f, SHT_DYNSYM, &section);

    if (!scn)
        return nap_fail(f->error, NAP_ERR_PARSE,
                        "%s: found no dynamic symbols, expected those of a shared object",
                        f->name);
    collect(f, scn, &section, is_missing, &missing);
    if (missing.n)
        return nap_fail(f->error, NAP_ERR_UNKNOWN,
                        "%s: needs %u name%s that nobody provides: %s", f->name, missing.n,
                        missing.n == 1 ? "" : "s", missing.text);
    if (prefers_itself(f))
        return NAP_OK;
    collect(f, scn, &section, is_taken, &taken);
    if (taken.n)
        return nap_fail(f->error, NAP_ERR_STATE,
                        "%s: defines %u name%s that regnap has too, so that calls would go "
                        "astray: %s; expected them static, or a link with -Wl,-Bsymbolic",
                        f->name, taken.n, taken.n == 1 ? "" : "s", taken.text);
    return NAP_OK;
}

/* --- where its data is --- */

/* Loaded pages become read-only again from the page of @from on. */
static struct nap_elf_span read_only_after_loading(const struct nap_elf *f, size_t n_headers)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    struct nap_elf_span relro = {0, 0};

    for (size_t i = 0; i < n_headers; i++) {
        GElf_Phdr p;
        if (gelf_getphdr(f->elf, (int)i, &p) && p.p_type == PT_GNU_RELRO)
            relro = (struct nap_elf_span){p.p_vaddr / page * page,
                                          (p.p_vaddr + p.p_memsz) / page * page};
    }
    return relro;
}

static void add_span(struct nap_elf_spans *spans, struct nap_elf_span s)
{
    if (s.from < s.to && spans->n < NAP_ELF_SPANS_MAX)
        spans->list[spans->n] = s;
    spans->n += s.from < s.to;
}

void nap_elf_writable(const struct nap_elf *f, struct nap_elf_spans *out)
{
    size_t n_headers = 0;
    struct nap_elf_span relro;

    out->n = 0;
    if (elf_getphdrnum(f->elf, &n_headers) != 0)
        return;
    relro = read_only_after_loading(f, n_headers);
    for (size_t i = 0; i < n_headers; i++) {
        GElf_Phdr p;
        struct nap_elf_span s;
        if (!gelf_getphdr(f->elf, (int)i, &p) || p.p_type != PT_LOAD || !(p.p_flags & PF_W))
            continue;
        s = (struct nap_elf_span){p.p_vaddr, p.p_vaddr + p.p_memsz};
        if (relro.to <= s.from || relro.from >= s.to) {
            add_span(out, s);
            continue;
        }
        add_span(out, (struct nap_elf_span){s.from, relro.from});
        add_span(out, (struct nap_elf_span){relro.to, s.to});
    }
}

/* --- the whole --- */

enum nap_err nap_elf_open(const char *name, struct nap_elf *f, struct nap_error *error)
{
    enum nap_err err;

    *f = (struct nap_elf){.name = name, .error = error};
    err = read_file(f);
    if (!err)
        err = open_elf(f);
    if (!err)
        err = check_sections(f);
    if (!err)
        err = check_segments(f);
    return err ? err : check_needs(f);
}

void nap_elf_close(struct nap_elf *f)
{
    elf_end(f->elf);
    free(f->bytes);
}

struct nap_hash128 nap_elf_digest(const struct nap_elf *f, const char *kind)
{
    struct nap_canon c;

    nap_canon_begin(&c, kind);
    nap_canon_bytes(&c, f->bytes, f->n);
    return nap_canon_end(&c);
}

/* A name without a slash would be searched for in library paths. The same file twice would
 * share its data, so it is refused. */
enum nap_err nap_elf_load(const struct nap_elf *f, void **handle, uintptr_t *base)
{
    char path[NAP_ELF_PATH_MAX];
    struct link_map *map;

    *handle = NULL;
    if (!nap_elf_path(f->name, path))
        return nap_fail(f->error, NAP_ERR_ARG, "%s: found a name too long", f->name);
    *handle = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
    if (*handle) {
        (void)dlclose(*handle);
        *handle = NULL;
        return nap_fail(f->error, NAP_ERR_STATE, "%s: is loaded already", f->name);
    }
    *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!*handle)
        return nap_fail(f->error, NAP_ERR_PARSE, "%s: cannot be loaded: %s", f->name,
                        dlerror());
    if (dlinfo(*handle, RTLD_DI_LINKMAP, &map) != 0)
        return nap_fail(f->error, NAP_ERR_INTERNAL, "%s: %s", f->name, dlerror());
    *base = map->l_addr;
    return NAP_OK;
}

bool nap_elf_path(const char *name, char out[NAP_ELF_PATH_MAX])
{
    return snprintf(out, NAP_ELF_PATH_MAX, "%s%s", strchr(name, '/') ? "" : "./", name) <
           NAP_ELF_PATH_MAX;
}
