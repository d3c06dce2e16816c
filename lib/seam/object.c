/* SPDX-License-Identifier: MIT */
/* Driver objects: what a shared object needs is checked before it is loaded, and its writable
 * data is made part of each machine that runs it. */
#define _GNU_SOURCE
#include "object.h"

#include "../core/canon.h"
#include "../os/os.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <libelf.h>
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

/* --- the file --- */

struct file {
    const char *name;
    struct nap_error *error;
    uint8_t *bytes;
    size_t n;
    Elf *elf;
};

/* Its size, or why it has none. */
static enum nap_err measure(struct file *f, int fd)
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
static enum nap_err read_file(struct file *f)
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

static enum nap_err open_elf(struct file *f)
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

static enum nap_err cut(const struct file *f, const char *what, uint64_t from, uint64_t bytes)
{
    return nap_fail(f->error, NAP_ERR_PARSE,
                    "%s: found %zu bytes, expected %s of %" PRIu64 " bytes at %" PRIu64
                    " in them",
                    f->name, f->n, what, bytes, from);
}

static enum nap_err check_sections(const struct file *f)
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

static enum nap_err check_segment(const struct file *f, const GElf_Phdr *p)
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

static bool loaded_with_the_rest(const struct file *f, size_t n_headers, const GElf_Phdr *part)
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

static enum nap_err check_segments(const struct file *f)
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

static void collect(const struct file *f, Elf_Scn *scn, const GElf_Shdr *section,
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

static Elf_Scn *find_section(const struct file *f, uint32_t type, GElf_Shdr *section)
{
    Elf_Scn *scn = NULL;

    while ((scn = elf_nextscn(f->elf, scn)) != NULL)
        if (gelf_getshdr(scn, section) && section->sh_type == type)
            return scn;
    return NULL;
}

/* Whether it looks for its names in itself first: linked with -Bsymbolic. */
static bool prefers_itself(const struct file *f)
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

static enum nap_err check_needs(const struct file *f)
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

struct span {
    uint64_t from, to; /* addresses of the file */
};

/* Loaded pages become read-only again from the page of @from on. */
static struct span read_only_after_loading(Elf *elf, size_t n_headers)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    struct span relro = {0, 0};

    for (size_t i = 0; i < n_headers; i++) {
        GElf_Phdr p;
        if (gelf_getphdr(elf, (int)i, &p) && p.p_type == PT_GNU_RELRO)
            relro =
                (struct span){p.p_vaddr / page * page, (p.p_vaddr + p.p_memsz) / page * page};
    }
    return relro;
}

static enum nap_err add_part(const struct file *f, struct nap_driver_object *o, uintptr_t base,
                             struct span s)
{
    if (s.from >= s.to)
        return NAP_OK;
    if (o->n_parts == NAP_IMAGE_PARTS_MAX)
        return nap_fail(f->error, NAP_ERR_NOSPACE,
                        "%s: found more than %d pieces of writable data, expected fewer",
                        f->name, NAP_IMAGE_PARTS_MAX);
    o->parts[o->n_parts++] = (struct part){
        /* NOLINTNEXTLINE(performance-no-int-to-ptr): where the loader has put it */
        .live = (uint8_t *)(base + s.from),
        .bytes = (size_t)(s.to - s.from)};
    return NAP_OK;
}

static enum nap_err find_parts(const struct file *f, struct nap_driver_object *o,
                               uintptr_t base)
{
    size_t n_headers = 0;
    struct span relro;
    enum nap_err err = NAP_OK;

    if (elf_getphdrnum(f->elf, &n_headers) != 0)
        return nap_fail(f->error, NAP_ERR_PARSE, "%s: found no program headers", f->name);
    relro = read_only_after_loading(f->elf, n_headers);
    for (size_t i = 0; i < n_headers && !err; i++) {
        GElf_Phdr p;
        struct span s;
        if (!gelf_getphdr(f->elf, (int)i, &p) || p.p_type != PT_LOAD || !(p.p_flags & PF_W))
            continue;
        s = (struct span){p.p_vaddr, p.p_vaddr + p.p_memsz};
        if (relro.to <= s.from || relro.from >= s.to) {
            err = add_part(f, o, base, s);
            continue;
        }
        err = add_part(f, o, base, (struct span){s.from, relro.from});
        if (!err)
            err = add_part(f, o, base, (struct span){relro.to, s.to});
    }
    return err;
}

static enum nap_err keep_pristine(const struct file *f, struct nap_driver_object *o)
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

static enum nap_err check_phases(const struct file *f, const char *table,
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

static enum nap_err check_driver(const struct file *f, struct nap_driver_object *o)
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

static struct nap_hash128 digest_of(const struct file *f)
{
    struct nap_canon c;

    nap_canon_begin(&c, "regnap-driver-object-1");
    nap_canon_bytes(&c, f->bytes, f->n);
    return nap_canon_end(&c);
}

/* A name without a slash would be searched for in library paths. The same file twice would
 * share its data, so it is refused. */
static enum nap_err load(const struct file *f, struct nap_driver_object *o)
{
    char path[4096];
    struct link_map *map;

    if (snprintf(path, sizeof path, "%s%s", strchr(f->name, '/') ? "" : "./", f->name) >=
        (int)sizeof path)
        return nap_fail(f->error, NAP_ERR_ARG, "%s: found a name too long", f->name);
    o->handle = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
    if (o->handle) {
        (void)dlclose(o->handle);
        o->handle = NULL;
        return nap_fail(f->error, NAP_ERR_STATE, "%s: is loaded already", f->name);
    }
    o->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!o->handle)
        return nap_fail(f->error, NAP_ERR_PARSE, "%s: cannot be loaded: %s", f->name,
                        dlerror());
    if (dlinfo(o->handle, RTLD_DI_LINKMAP, &map) != 0)
        return nap_fail(f->error, NAP_ERR_INTERNAL, "%s: %s", f->name, dlerror());
    set_name(o, f->name);
    o->digest = digest_of(f);
    o->lines = nap_lines_open(path, map->l_addr);
    if (!o->lines)
        return nap_fail(f->error, NAP_ERR_NOMEM, "%s: no memory", f->name);
    return find_parts(f, o, map->l_addr);
}

enum nap_err nap_driver_load(const char *name, struct nap_driver_object **out,
                             struct nap_error *error)
{
    struct file f = {.name = name, .error = error};
    struct nap_driver_object *o = calloc(1, sizeof *o);
    enum nap_err err;

    *out = NULL;
    if (!o)
        return nap_fail(error, NAP_ERR_NOMEM, "%s: no memory", name);
    err = read_file(&f);
    if (!err)
        err = open_elf(&f);
    if (!err)
        err = check_sections(&f);
    if (!err)
        err = check_segments(&f);
    if (!err)
        err = check_needs(&f);
    if (!err)
        err = load(&f, o);
    if (!err)
        err = check_driver(&f, o);
    if (!err)
        err = keep_pristine(&f, o);
    elf_end(f.elf);
    free(f.bytes);
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
