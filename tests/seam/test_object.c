/* SPDX-License-Identifier: MIT */
/* lib/seam/object.c: what is refused as a driver object, and whose data its statics are. */
#define _GNU_SOURCE
#include "../rig.h"
#include "seam/object.h"

#include <elf.h>
#include <signal.h>
#include <sys/stat.h>
#include <ucontext.h>
#include <unistd.h>

#define GOOD    OBJECTS "/good.so"
#define COUNTER OBJECTS "/counter.so"

/* --- files ----------------------------------------------------------------------------------
 */

static uint8_t *file_bytes(const char *name, size_t *bytes)
{
    FILE *f = fopen(name, "rb");
    uint8_t *text;
    long n;

    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    n = ftell(f);
    assert_true(n > 0);
    rewind(f);
    text = malloc((size_t)n);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)n, f), n);
    assert_int_equal(fclose(f), 0);
    *bytes = (size_t)n;
    return text;
}

/* A file of this test's own, for @text; the name is good until the next call. */
static const char *new_file(const void *text, size_t bytes)
{
    static char name[sizeof OBJECTS + 40];
    FILE *f;

    (void)snprintf(name, sizeof name, "%s/made-%ld.so", OBJECTS, (long)getpid());
    f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, bytes, f), bytes);
    assert_int_equal(fclose(f), 0);
    return name;
}

/* @message follows the name of the file. */
static void assert_refused(const char *file, enum nap_err code, const char *message)
{
    struct nap_driver_object *o = (struct nap_driver_object *)(uintptr_t)8;
    struct nap_error error = {0};
    char expected[1024];

    assert_int_equal(nap_driver_load(file, &o, &error), code);
    (void)snprintf(expected, sizeof expected, "%s: %s", file, message);
    assert_string_equal(error.text, expected);
    assert_int_equal(error.code, code);
    assert_null(o);
}

static void assert_bytes_refused(const void *text, size_t bytes, const char *message)
{
    const char *file = new_file(text, bytes);

    assert_refused(file, NAP_ERR_PARSE, message);
    assert_int_equal(unlink(file), 0);
}

static struct nap_driver_object *load(const char *file)
{
    struct nap_driver_object *o = NULL;
    struct nap_error error = {0};

    if (nap_driver_load(file, &o, &error))
        fail_msg("%s", error.text);
    return o;
}

static void a_good_object_is_known_by_its_file(void **state)
{
    struct nap_driver_object *a = load(GOOD), *b = load(COUNTER);

    (void)state;
    assert_string_equal(nap_driver_object_name(a), "good");
    assert_string_equal(nap_driver_of(a)->name, "wrong");
    assert_string_equal(nap_driver_object_name(b), "counter");
    assert_false(hash_equal(nap_driver_object_digest(a), nap_driver_object_digest(b)));
    nap_driver_unload(a);
    nap_driver_unload(b);
    nap_driver_unload(NULL);
}

static void a_name_without_a_slash_is_a_file_here(void **state)
{
    char *was = getcwd(NULL, 0);
    struct nap_driver_object *o;

    (void)state;
    assert_non_null(was);
    assert_int_equal(chdir(OBJECTS), 0);
    o = load("good.so");
    assert_string_equal(nap_driver_object_name(o), "good");
    nap_driver_unload(o);
    assert_int_equal(chdir(was), 0);
    free(was);
}

static void the_digest_is_that_of_the_bytes(void **state)
{
    struct nap_driver_object *o = load(GOOD);
    struct nap_hash128 first = nap_driver_object_digest(o);
    size_t bytes;
    uint8_t *text = file_bytes(GOOD, &bytes);
    const char *copy = new_file(text, bytes);

    (void)state;
    nap_driver_unload(o);
    o = load(copy);
    assert_hash_equal(nap_driver_object_digest(o), first);
    nap_driver_unload(o);
    assert_int_equal(unlink(copy), 0);
    free(text);
}

static void what_is_no_file_is_refused(void **state)
{
    const char *pipe;

    (void)state;
    assert_refused(OBJECTS "/none.so", NAP_ERR_IO, "No such file or directory");
    assert_refused(OBJECTS "/good.so/x", NAP_ERR_IO, "Not a directory");
    assert_refused(OBJECTS, NAP_ERR_IO, "found a directory, expected a file");
    pipe = new_file("", 0);
    assert_int_equal(unlink(pipe), 0);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_refused(pipe, NAP_ERR_IO, "found no regular file, expected a file");
    assert_int_equal(unlink(pipe), 0);
}

static void what_is_no_elf_file_is_refused(void **state)
{
    static const char text[] = "int main(void) { return 0; }\n";

    (void)state;
    assert_bytes_refused("", 0, "found an empty file, expected a shared object");
    assert_bytes_refused(text, sizeof text, "found no ELF file, expected a shared object");
    assert_bytes_refused("\x7f"
                         "ELF",
                         4, "found no ELF file, expected a shared object");
}

static void a_program_is_refused(void **state)
{
    (void)state;
    assert_refused(OBJECTS "/executable", NAP_ERR_PARSE,
                   "found an ELF file of type 2, expected a shared object (gcc -shared)");
}

/* --- damage ---------------------------------------------------------------------------------
 */

/* The good object with a change by @damage. */
static void assert_damage_refused(void (*damage)(uint8_t *text), const char *message)
{
    size_t bytes;
    uint8_t *text = file_bytes(GOOD, &bytes);

    damage(text);
    assert_bytes_refused(text, bytes, message);
    free(text);
}

static Elf64_Ehdr *header(uint8_t *text)
{
    return (Elf64_Ehdr *)(void *)text;
}

static Elf64_Phdr *segment(uint8_t *text, uint32_t type)
{
    Elf64_Phdr *p = (Elf64_Phdr *)(void *)(text + header(text)->e_phoff);

    while (p->p_type != type)
        p++;
    return p;
}

static void of_another_machine(uint8_t *text)
{
    header(text)->e_machine = EM_RISCV;
}

static void without_sections(uint8_t *text)
{
    header(text)->e_shoff = 0;
    header(text)->e_shnum = 0;
}

static void without_symbols(uint8_t *text)
{
    Elf64_Shdr *s = (Elf64_Shdr *)(void *)(text + header(text)->e_shoff);

    while (s->sh_type != SHT_DYNSYM)
        s++;
    s->sh_type = SHT_PROGBITS;
}

static void beyond_the_file(uint8_t *text)
{
    Elf64_Phdr *p = segment(text, PT_LOAD);

    p->p_filesz = p->p_memsz = UINT64_C(1) << 40;
}

static void at_no_place(uint8_t *text)
{
    segment(text, PT_LOAD)->p_offset = UINT64_MAX - 0xfff;
}

static void too_little_memory(uint8_t *text)
{
    segment(text, PT_LOAD)->p_memsz = 1;
}

static void dynamic_elsewhere(uint8_t *text)
{
    segment(text, PT_DYNAMIC)->p_vaddr += UINT64_C(0x10000000);
}

static void without_dynamic(uint8_t *text)
{
    segment(text, PT_DYNAMIC)->p_type = PT_NULL;
}

static void damaged_headers_are_refused_before_anything_is_loaded(void **state)
{
    size_t bytes;
    uint8_t *text = file_bytes(GOOD, &bytes);
    char message[256];

    (void)state;
    (void)snprintf(message, sizeof message,
                   "found an object of 64-bit machine 243, expected 64-bit machine %u, as "
                   "regnap's own",
                   header(text)->e_machine);
    assert_damage_refused(of_another_machine, message);
    assert_damage_refused(without_sections, "found no table of sections, expected one (its "
                                            "symbols are found by it)");
    assert_damage_refused(without_symbols, "found no dynamic symbols, expected those of a "
                                           "shared object");
    (void)snprintf(message, sizeof message,
                   "found %zu bytes, expected a segment of 1099511627776 bytes at 0 in them",
                   bytes);
    assert_damage_refused(beyond_the_file, message);
    (void)snprintf(message, sizeof message,
                   "found %zu bytes, expected a segment of %llu bytes at 18446744073709547520 "
                   "in them",
                   bytes, (unsigned long long)segment(text, PT_LOAD)->p_filesz);
    assert_damage_refused(at_no_place, message);
    (void)snprintf(message, sizeof message,
                   "found a segment of %llu bytes in 1 bytes of memory, expected room for all",
                   (unsigned long long)segment(text, PT_LOAD)->p_filesz);
    assert_damage_refused(too_little_memory, message);
    assert_damage_refused(dynamic_elsewhere, "found 0 dynamic segments within what is loaded, "
                                             "expected one");
    assert_damage_refused(without_dynamic, "found 0 dynamic segments within what is loaded, "
                                           "expected one");
    free(text);
}

/* In steps of a prime, so that every kind of place is met; the ends byte by byte. */
static void an_object_cut_anywhere_is_refused(void **state)
{
    size_t bytes;
    uint8_t *text = file_bytes(GOOD, &bytes);

    (void)state;
    for (size_t n = 1; n < bytes; n += n < 80 || bytes - n < 80 ? 1 : 61) {
        const char *file = new_file(text, n);
        struct nap_driver_object *o;
        struct nap_error error = {0};
        assert_int_equal(nap_driver_load(file, &o, &error), NAP_ERR_PARSE);
        assert_null(o);
        assert_non_null(strstr(error.text, ": found "));
    }
    assert_int_equal(unlink(new_file(text, bytes)), 0);
    free(text);
}

static void a_cut_object_tells_what_is_missing(void **state)
{
    size_t bytes;
    uint8_t *text = file_bytes(GOOD, &bytes);
    const Elf64_Ehdr *h = header(text);
    char message[256];

    (void)state;
    (void)snprintf(
        message, sizeof message,
        "found %zu bytes, expected the table of sections of %u bytes at %llu in them",
        bytes - 1, h->e_shnum * 64u, (unsigned long long)h->e_shoff);
    assert_bytes_refused(text, bytes - 1, message);
    free(text);
}

/* --- names ----------------------------------------------------------------------------------
 */

static void functions_without_state_of_the_c_library_are_provided(void **state)
{
    (void)state;
    nap_driver_unload(load(OBJECTS "/right_names.so"));
}

static void names_that_nobody_provides_are_listed(void **state)
{
    struct nap_driver_object *o;
    struct nap_error error = {0};
    static const char *const names[] = {
        "wander", "stray", "malloc", "printf", "open", "fdt_no_such_call", "nap_nothing"};

    (void)state;
    assert_int_equal(nap_driver_load(OBJECTS "/names.so", &o, &error), NAP_ERR_UNKNOWN);
    assert_null(o);
    assert_non_null(strstr(error.text, "names.so: needs 7 names that nobody provides: "));
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!strstr(error.text, names[i]))
            fail_msg("no %s in: %s", names[i], error.text);
    assert_null(strstr(error.text, "may_be_absent"));
    assert_null(strstr(error.text, "..."));
}

/* Its address is then NULL, as the driver may ask; what the library provides is there. */
static void a_weak_name_may_stay_undefined(void **state)
{
    struct nap_driver_object *o = load(OBJECTS "/weak.so");

    (void)state;
    assert_int_equal(nap_driver_of(o)->probe(NULL), 100 + 10);
    nap_driver_unload(o);
}

/* The process has a getpid(), which no driver may call. */
static void a_weak_name_that_would_be_found_elsewhere_is_refused(void **state)
{
    (void)state;
    assert_refused(OBJECTS "/weak_elsewhere.so", NAP_ERR_UNKNOWN,
                   "needs 1 name that nobody provides: getpid");
}

static void a_list_of_names_too_long_ends_in_dots(void **state)
{
    struct nap_driver_object *o;
    struct nap_error error = {0};

    (void)state;
    assert_int_equal(nap_driver_load(OBJECTS "/many_names.so", &o, &error), NAP_ERR_UNKNOWN);
    assert_non_null(strstr(error.text, "needs 12 names that nobody provides: a_name_that_"));
    assert_string_equal(error.text + strlen(error.text) - 5, ", ...");
    assert_null(o);
}

/* Its calls of index() would reach that of the C library. */
static void names_that_the_process_has_are_refused(void **state)
{
    struct nap_driver_object *o;
    struct nap_error error = {0};

    (void)state;
    assert_int_equal(nap_driver_load(OBJECTS "/taken.so", &o, &error), NAP_ERR_STATE);
    assert_null(o);
    assert_non_null(strstr(error.text, "taken.so: defines 2 names that regnap has too, so that "
                                       "calls would go astray: "));
    assert_non_null(strstr(error.text, "index"));
    assert_non_null(strstr(error.text, "nap_choice_kind_find"));
    assert_non_null(strstr(error.text, "; expected them static, or a link with "
                                       "-Wl,-Bsymbolic"));
    assert_null(strstr(error.text, "quite_its_own"));
}

static void an_object_that_prefers_its_own_names_may_have_any(void **state)
{
    struct nap_driver_object *o = load(OBJECTS "/symbolic.so");

    (void)state;
    assert_int_equal(nap_driver_of(o)->probe(NULL), 11 + 22 + 33);
    nap_driver_unload(o);
}

/* --- the driver -----------------------------------------------------------------------------
 */

static void an_object_without_a_driver_of_this_abi_is_refused(void **state)
{
    (void)state;
    assert_refused(OBJECTS "/no_driver.so", NAP_ERR_UNKNOWN,
                   "found no symbol nap_driver, expected `const struct nap_driver nap_driver`");
    assert_refused(OBJECTS "/abi.so", NAP_ERR_ARG, "found driver ABI 9, expected 4");
}

static void a_driver_without_a_function_that_it_needs_is_refused(void **state)
{
    static const char *const members[] = {"name", "probe", "attach",  "detach",
                                          "map",  "unmap", "suspend", "resume"};
    char file[sizeof OBJECTS + 40], message[80];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        (void)snprintf(file, sizeof file, "%s/lacks-%s.so", OBJECTS, members[i]);
        (void)snprintf(message, sizeof message, "nap_driver.%s is NULL, expected it set",
                       members[i]);
        assert_refused(file, NAP_ERR_ARG, message);
    }
}

static void data_of_a_threads_own_is_refused(void **state)
{
    (void)state;
    assert_refused(OBJECTS "/thread.so", NAP_ERR_PARSE,
                   "found data of a thread's own (_Thread_local), expected none: it would not "
                   "be part of the machine");
}

static void an_object_that_is_loaded_is_refused(void **state)
{
    struct nap_driver_object *o = load(GOOD);

    (void)state;
    assert_refused(GOOD, NAP_ERR_STATE, "is loaded already");
    nap_driver_unload(o);
    nap_driver_unload(load(GOOD));
}

static void more_data_than_driver_ram_is_refused(void **state)
{
    struct nap_driver_object *o = load(OBJECTS "/big.so");
    struct nap_error error = {0};

    assert_int_equal(nap_object_use(o, *state, &error), NAP_ERR_NOSPACE);
    assert_non_null(strstr(error.text, "driver big: its 178"));
    assert_non_null(strstr(error.text, " bytes of writable data exceed driver RAM"));
    nap_driver_unload(o);
}

/* --- writable data --------------------------------------------------------------------------
 */

struct users {
    struct nap_driver_object *object;
    const struct nap_driver *driver;
    struct nap_machine *one, *two;
};

static struct nap_machine *user(struct users *u, unsigned slot)
{
    struct nap_machine *m = odd_machine_as(&(struct nap_machine_config){.slot = slot});
    struct nap_error error = {0};

    if (nap_object_use(u->object, m, &error))
        fail_msg("%s", error.text);
    return m;
}

static int setup(void **state)
{
    struct users *u = calloc(1, sizeof *u);

    assert_non_null(u);
    u->object = load(COUNTER);
    u->driver = nap_driver_of(u->object);
    u->one = user(u, 0);
    u->two = user(u, 1);
    *state = u;
    return 0;
}

static int teardown(void **state)
{
    struct users *u = *state;

    nap_machine_destroy(u->one);
    nap_machine_destroy(u->two);
    nap_driver_unload(u->object);
    free(u);
    return 0;
}

static int call_count(void *context)
{
    const struct users *u = context;
    return u->driver->probe(NULL);
}

static int call_tell(void *context)
{
    const struct users *u = context;
    return u->driver->attach(NULL, NULL) * 1000 + u->driver->detach(NULL, NULL) * 10 +
           u->driver->unmap(NULL, 0, 0);
}

static int call_stop(void *context)
{
    const struct users *u = context;
    return u->driver->suspend->step();
}

static int count(struct users *u, struct nap_machine *m)
{
    return nap_seam_call(m, "count", call_count, u);
}

/* What the machine's statics hold: even, odd, and whose turn it is. */
static void assert_tells(struct users *u, struct nap_machine *m, int even, int odd, int turn)
{
    assert_int_equal(nap_seam_call(m, "tell", call_tell, u), even * 1000 + odd * 10 + turn);
}

static void statics_last_from_call_to_call(void **state)
{
    struct users *u = *state;

    assert_tells(u, u->one, 10, 20, 0);
    assert_int_equal(count(u, u->one), 1);
    assert_tells(u, u->one, 11, 20, 1);
    assert_int_equal(count(u, u->one), 2);
    assert_int_equal(count(u, u->one), 3);
    assert_tells(u, u->one, 12, 21, 1);
}

static void machines_do_not_see_each_others_statics(void **state)
{
    struct users *u = *state;

    assert_int_equal(count(u, u->one), 1);
    assert_int_equal(count(u, u->one), 2);
    assert_int_equal(count(u, u->two), 1);
    assert_tells(u, u->two, 11, 20, 1);
    assert_tells(u, u->one, 11, 21, 0);
    assert_int_equal(count(u, u->one), 3);
}

static int count_in_the_other(void *context)
{
    struct users *u = context;

    assert_int_equal(u->driver->probe(NULL), 1);
    assert_int_equal(u->driver->probe(NULL), 2);
    assert_int_equal(count(u, u->two), 1);
    assert_int_equal(u->driver->probe(NULL), 3);
    assert_int_equal(count(u, u->one), 4); /* the same machine: the same data */
    return u->driver->probe(NULL);
}

static void a_call_inside_a_call_of_another_machine_has_its_own_statics(void **state)
{
    struct users *u = *state;

    assert_int_equal(nap_seam_call(u->one, "outer", count_in_the_other, u), 5);
    assert_int_equal(count(u, u->one), 6);
    assert_int_equal(count(u, u->two), 2);
}

static int stop_in_the_other(void *context)
{
    struct users *u = context;

    assert_int_equal(u->driver->probe(NULL), 1);
    assert_int_equal(nap_seam_call(u->two, "inner", call_stop, u), NAP_SEAM_STUCK);
    return u->driver->probe(NULL);
}

/* What a call changed before it was left stays changed, in its own machine. */
static void a_call_that_is_left_leaves_statics_in_their_machines(void **state)
{
    struct users *u = *state;

    assert_int_equal(nap_seam_call(u->one, "outer", stop_in_the_other, u), 2);
    assert_int_equal(count(u, u->two), 101);
    assert_int_equal(nap_seam_call(u->one, "stop", call_stop, u), NAP_SEAM_STUCK);
    assert_int_equal(count(u, u->one), 103);
}

static int built_in(void *context)
{
    struct users *u = context;

    assert_int_equal(count(u, u->one), 1);
    return count(u, u->two);
}

/* Built-in logic has no statics of an object around it. */
static void a_call_inside_one_of_built_in_logic_has_its_own_statics(void **state)
{
    struct users *u = *state;
    struct nap_machine *m = odd_machine_as(&(struct nap_machine_config){.slot = 2});

    assert_int_equal(nap_seam_call(m, "outer", built_in, u), 1);
    assert_int_equal(count(u, u->one), 2);
    nap_machine_destroy(m);
}

static void statics_go_back_with_marks(void **state)
{
    struct users *u = *state;
    unsigned outer, inner;

    (void)count(u, u->one);
    outer = nap_mark(u->one);
    (void)count(u, u->one);
    inner = nap_mark(u->one);
    (void)count(u, u->one);
    assert_tells(u, u->one, 12, 21, 1);
    nap_rewind(u->one, inner);
    assert_tells(u, u->one, 11, 21, 0);
    nap_rewind(u->one, outer);
    assert_tells(u, u->one, 11, 20, 1);
    assert_int_equal(count(u, u->one), 2);
    assert_tells(u, u->two, 10, 20, 0);
}

static void statics_go_back_with_snapshots(void **state)
{
    struct users *u = *state;
    struct nap_snapshot *s;

    (void)count(u, u->one);
    assert_int_equal(nap_snapshot_take(u->one, &s), NAP_OK);
    (void)count(u, u->one);
    nap_snapshot_restore(u->one, s);
    nap_snapshot_free(s);
    assert_tells(u, u->one, 11, 20, 1);
    assert_int_equal(count(u, u->one), 2);
}

static void the_state_key_tells_statics_apart(void **state)
{
    struct users *u = *state;
    unsigned mark = nap_mark(u->one);
    struct nap_hash128 first = nap_state_key(u->one), then;

    assert_tells(u, u->one, 10, 20, 0);
    assert_hash_equal(nap_state_key(u->one), first); /* asking changes nothing */
    (void)count(u, u->one);
    then = nap_state_key(u->one);
    assert_false(hash_equal(then, first));
    assert_hash_equal(nap_state_key_full(u->one), then);
    nap_rewind(u->one, mark);
    assert_hash_equal(nap_state_key(u->one), first);
    (void)count(u, u->one);
    assert_hash_equal(nap_state_key(u->one), then);
}

/* Whatever ran before it, a machine begins with the data of the file. */
static void a_new_machine_begins_with_the_data_of_the_file(void **state)
{
    struct users *u = *state;

    (void)count(u, u->two);
    (void)count(u, u->one);
    nap_machine_destroy(u->two);
    u->two = user(u, 1);
    assert_tells(u, u->two, 10, 20, 0);
    assert_int_equal(count(u, u->two), 1);
}

static void an_object_loaded_again_begins_anew(void **state)
{
    struct users *u = *state;

    (void)count(u, u->one);
    nap_machine_destroy(u->one);
    nap_machine_destroy(u->two);
    nap_driver_unload(u->object);
    u->object = load(COUNTER);
    u->driver = nap_driver_of(u->object);
    u->one = user(u, 0);
    u->two = user(u, 1);
    assert_tells(u, u->one, 10, 20, 0);
    assert_int_equal(count(u, u->one), 1);
}

/* --- crashes --------------------------------------------------------------------------------
 */

/* What a host's handler does for a crash at @pc. */
/* As right behind a call from nowhere. */
static void crash_with(uintptr_t pc, uintptr_t sp)
{
    ucontext_t context;

    assert_int_equal(getcontext(&context), 0);
#if defined(__x86_64__)
    context.uc_mcontext.gregs[REG_RIP] = (greg_t)pc;
    context.uc_mcontext.gregs[REG_RSP] = (greg_t)sp;
#elif defined(__aarch64__)
    context.uc_mcontext.pc = pc;
    context.uc_mcontext.sp = sp;
    context.uc_mcontext.regs[30] = 0;
#else
    (void)pc;
    (void)sp;
#endif
    nap_driver_crashed(SIGSEGV, &context);
}

static void crash_at(uintptr_t pc)
{
    uintptr_t returns_to[2] = {0, 0};

    crash_with(pc, (uintptr_t)returns_to);
}

static int crash_without_a_stack(void *context)
{
    const struct users *u = context;

    crash_with((uintptr_t)u->driver->probe, 0);
    fail_msg("the call went on");
    return 0;
}

static int crash_in_probe(void *context)
{
    const struct users *u = context;

    crash_at((uintptr_t)u->driver->probe);
    fail_msg("the call went on");
    return 0;
}

static int crash_in_the_library(void *context)
{
    (void)context;
    crash_at((uintptr_t)nap_driver_crashed);
    return 7;
}

static void crash_ends_its_call(struct users *u, int (*crash)(void *context))
{
    struct recorder r;

    record(u->one, &r);
    assert_int_equal(nap_seam_call(u->one, "crash", crash, u), NAP_SEAM_STUCK);
    stop_recording(u->one);
    assert_int_equal(r.n, 3); /* call, panic, return */
    assert_int_equal(r.list[1].kind, NAP_STEP_PANIC);
    assert_non_null(strstr(r.text[1], "SIGSEGV"));
    assert_non_null(r.list[1].source.file);
    assert_non_null(strstr(r.list[1].source.file, "counter.c"));
    assert_int_equal(count(u, u->two), 1); /* other machines go on */
}

static void a_crash_in_driver_code_ends_its_call(void **state)
{
    crash_ends_its_call(*state, crash_in_probe);
}

static void a_crash_with_a_wild_stack_pointer_ends_its_call(void **state)
{
    crash_ends_its_call(*state, crash_without_a_stack);
}

/* The library's own mistakes are not the driver's, nor is what happens outside its calls. */
static void a_crash_elsewhere_is_left_to_the_host(void **state)
{
    struct users *u = *state;
    struct nap_machine *m = odd_machine_as(&(struct nap_machine_config){.slot = 2});

    crash_at((uintptr_t)u->driver->probe);
    assert_int_equal(nap_seam_call(u->one, "crash", crash_in_the_library, u), 7);
    assert_int_equal(nap_seam_call(m, "built in", crash_in_the_library, u), 7);
    nap_machine_destroy(m);
}

#define USERS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_object_is_known_by_its_file),
        cmocka_unit_test(a_name_without_a_slash_is_a_file_here),
        cmocka_unit_test(the_digest_is_that_of_the_bytes),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(what_is_no_elf_file_is_refused),
        cmocka_unit_test(a_program_is_refused),
        cmocka_unit_test(damaged_headers_are_refused_before_anything_is_loaded),
        cmocka_unit_test(an_object_cut_anywhere_is_refused),
        cmocka_unit_test(a_cut_object_tells_what_is_missing),
        cmocka_unit_test(functions_without_state_of_the_c_library_are_provided),
        cmocka_unit_test(names_that_nobody_provides_are_listed),
        cmocka_unit_test(a_weak_name_may_stay_undefined),
        cmocka_unit_test(a_weak_name_that_would_be_found_elsewhere_is_refused),
        cmocka_unit_test(a_list_of_names_too_long_ends_in_dots),
        cmocka_unit_test(names_that_the_process_has_are_refused),
        cmocka_unit_test(an_object_that_prefers_its_own_names_may_have_any),
        cmocka_unit_test(an_object_without_a_driver_of_this_abi_is_refused),
        cmocka_unit_test(a_driver_without_a_function_that_it_needs_is_refused),
        cmocka_unit_test(data_of_a_threads_own_is_refused),
        cmocka_unit_test(an_object_that_is_loaded_is_refused),
        ODD_TEST(more_data_than_driver_ram_is_refused),
        USERS_TEST(statics_last_from_call_to_call),
        USERS_TEST(machines_do_not_see_each_others_statics),
        USERS_TEST(a_call_inside_a_call_of_another_machine_has_its_own_statics),
        USERS_TEST(a_call_that_is_left_leaves_statics_in_their_machines),
        USERS_TEST(a_call_inside_one_of_built_in_logic_has_its_own_statics),
        USERS_TEST(statics_go_back_with_marks),
        USERS_TEST(statics_go_back_with_snapshots),
        USERS_TEST(the_state_key_tells_statics_apart),
        USERS_TEST(a_new_machine_begins_with_the_data_of_the_file),
        USERS_TEST(an_object_loaded_again_begins_anew),
        USERS_TEST(a_crash_in_driver_code_ends_its_call),
        USERS_TEST(a_crash_with_a_wild_stack_pointer_ends_its_call),
        USERS_TEST(a_crash_elsewhere_is_left_to_the_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
