/* SPDX-License-Identifier: MIT */
/* Stands in for libFuzzer: feeds the files it is given, and those of the folders, to the target
 * once each. So every build of every compiler knows what fuzzing has found. */
#include "fuzz.h"

#include <dirent.h>
#include <sys/stat.h>

#define INPUT_BYTES_MAX (4u << 20)

static unsigned n_inputs;

static void complain(const char *path)
{
    perror(path);
    exit(2);
}

/* The input gets exactly as many bytes as it has, so that reading beyond is seen. */
static void feed(const char *path, size_t bytes)
{
    uint8_t *data = malloc(bytes ? bytes : 1);
    FILE *file = fopen(path, "rb");

    if (!data || !file || fread(data, 1, bytes, file) != bytes)
        complain(path);
    (void)fclose(file);
    (void)printf("%s\n", path);
    (void)fflush(stdout); /* the last line names the input of a crash */
    (void)LLVMFuzzerTestOneInput(data, bytes);
    free(data);
    n_inputs++;
}

static void replay(const char *path, bool inside);

static void replay_folder(const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, alphasort);
    char name[4096];

    if (n < 0)
        complain(path);
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.') {
            (void)snprintf(name, sizeof(name), "%s/%s", path, entries[i]->d_name);
            replay(name, true);
        }
        free(entries[i]);
    }
    free(entries);
}

/* Folders of folders are left alone. */
static void replay(const char *path, bool inside)
{
    struct stat status;

    if (stat(path, &status) != 0)
        complain(path);
    if (S_ISREG(status.st_mode) && status.st_size <= INPUT_BYTES_MAX)
        feed(path, (size_t)status.st_size);
    else if (S_ISDIR(status.st_mode) && !inside)
        replay_folder(path);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i], false);
    (void)printf("%u inputs\n", n_inputs);
    return n_inputs ? 0 : 2;
}
