/* SPDX-License-Identifier: MIT */
/* Plays every vector of every JSON file in a folder, each as a test of its own:
 *
 *   conformance FOLDER docs/conformance.md
 *
 * What a file holds is told by its schema; a file dropped into the folder is played. */
#include "conformance.h"

#include <dirent.h>

/* Forms of files, by their schema, and the list of vectors in each. */
static const struct {
    const char *schema, *list;
    CMUnitTestFunction play;
} schemas[] = {
    {"qemu-sequences-1", "sequences", play_sequence},
    {"qemu-smmu-dma-1", "variants", play_dma},
    {"qemu-regprobe-1", "devices", play_probe},
};

struct suite {
    struct table table;
    struct CMUnitTest *tests;
    struct vector *vectors; /* as many */
    size_t n;
};

void give_up(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    exit(2);
}

static const char *name_of(json_t *own, const char *file)
{
    const char *name = json_string_value(json_object_get(own, "name"));

    if (!name)
        give_up("%s: a vector without a name", file);
    return name;
}

static void add(struct suite *s, json_t *all, json_t *own, const char *file,
                CMUnitTestFunction play)
{
    const char *name = name_of(own, file);

    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->vectors[i].name, name) == 0)
            give_up("%s: two vectors are called %s", file, name);
    s->vectors = realloc(s->vectors, (s->n + 1) * sizeof *s->vectors);
    s->tests = realloc(s->tests, (s->n + 1) * sizeof *s->tests);
    if (!s->vectors || !s->tests)
        give_up("out of memory");
    s->vectors[s->n] = (struct vector){.name = name, .file = file, .all = all, .own = own};
    s->tests[s->n] =
        (struct CMUnitTest){.name = name, .test_func = play, .teardown_func = play_end};
    s->n++;
}

/* A map of vectors by key: each is called after file and key, as "gicv2-registers-gicd". */
static void add_map(struct suite *s, json_t *all, json_t *map, const char *file,
                    CMUnitTestFunction play)
{
    const char *key;
    json_t *own;

    json_object_foreach(map, key, own)
    {
        json_object_set_new(own, "key", json_string(key));
        json_object_set_new(own, "name",
                            json_sprintf("%.*s-%s", (int)(strlen(file) - 5), file, key));
        add(s, all, own, file, play);
    }
}

static void add_file(struct suite *s, const char *folder, const char *name)
{
    char path[1024];
    json_error_t error;
    json_t *all, *own;
    const char *schema;
    size_t at;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    all = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!all)
        give_up("%s:%d: %s", path, error.line, error.text);
    schema = json_string_value(json_object_get(all, "schema"));
    for (size_t i = 0; schema && i < sizeof schemas / sizeof schemas[0]; i++) {
        if (strcmp(schemas[i].schema, schema) != 0)
            continue;
        json_array_foreach(json_object_get(all, schemas[i].list), at, own)
            add(s, all, own, name, schemas[i].play);
        add_map(s, all, json_object_get(all, schemas[i].list), name, schemas[i].play);
        return;
    }
    give_up("%s: schema '%s' is none that is played", path, schema ? schema : "");
}

static int is_json(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

/* Rows of vectors that are not there would otherwise stand for ever. */
static void every_row_is_of_a_vector(void **state)
{
    const struct suite *s = *state;
    unsigned lost = 0;

    for (unsigned r = 0; r < s->table.n; r++) {
        bool found = false;
        for (size_t i = 0; i < s->n && !found; i++)
            found = strcmp(s->vectors[i].name, s->table.rows[r].vector) == 0;
        if (!found)
            print_error("docs/conformance.md:%u: no vector is called %s\n",
                        s->table.rows[r].line, s->table.rows[r].vector);
        lost += !found;
    }
    assert_int_equal(lost, 0);
}

int main(int argc, char **argv)
{
    struct suite s = {.n = 0};
    struct CMUnitTest rows = {.name = "every row is of a vector",
                              .test_func = every_row_is_of_a_vector,
                              .initial_state = &s};
    struct dirent **entries;
    int n, failed;

    if (argc != 3)
        give_up("usage: conformance FOLDER docs/conformance.md");
    n = scandir(argv[1], &entries, is_json, alphasort);
    if (n <= 0)
        give_up("%s: no vectors there", argv[1]);
    for (int i = 0; i < n; i++)
        add_file(&s, argv[1], entries[i]->d_name);
    table_read(&s.table, argv[2]);
    for (size_t i = 0; i < s.n; i++) {
        s.vectors[i].table = &s.table;
        s.tests[i].initial_state = &s.vectors[i];
    }
    failed = _cmocka_run_group_tests("conformance", s.tests, s.n, NULL, NULL);
    failed += _cmocka_run_group_tests("the table", &rows, 1, NULL, NULL);
    for (size_t i = 0; i < s.n; i++)
        if (i == 0 || s.vectors[i].all != s.vectors[i - 1].all)
            json_decref(s.vectors[i].all);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    free(s.table.rows);
    free(s.tests);
    free(s.vectors);
    return failed != 0;
}
