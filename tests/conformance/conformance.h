/* SPDX-License-Identifier: MIT */
/* Vectors of another model are played on a machine of ours. Whatever answers differ are
 * compared with the table of explained differences, which is docs/conformance.md itself: a
 * difference without a row fails, and so does a row without its difference. */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <regnap/builtin.h>
#include <regnap/bus.h>
#include <regnap/dma.h>
#include <regnap/machine.h>

/* Ends the program: what it was given is not as it should be. */
void give_up(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* --- the table of explained differences --- */

#define CELL_MAX 112

/* One row: what both answer at one place of one vector. */
struct difference {
    char vector[CELL_MAX], place[CELL_MAX], theirs[CELL_MAX], ours[CELL_MAX];
    unsigned line;  /* of docs/conformance.md */
    bool sectioned; /* the heading above names a section, as "[6.2]" */
    unsigned met;   /* times that it came up */
};

struct table {
    struct difference *rows;
    unsigned n;
};

/* Reads every row of four cells; ends the test program if the file is not as it should be. */
void table_read(struct table *t, const char *path);
/* The row of that difference, or NULL. */
struct difference *table_find(struct table *t, const char *vector, const char *place,
                              const char *theirs, const char *ours);

/* --- a vector under way --- */

struct vector {
    const char *name;
    const char *file; /* name of its file, for messages */
    json_t *all;      /* the whole file */
    json_t *own;      /* the vector */
    struct table *table;
    /* While it is played; NULL before and after. */
    struct nap_soc *soc;
    struct nap_machine *m;
};

struct play {
    struct vector *vector;
    struct nap_soc *soc;
    struct nap_machine *m;
    unsigned unexplained;
};

/* A built-in machine of ours, and that of the SMMU, with RAM from 0x40000000 and what
 * @registers, which may be NULL, say of its identification. */
struct nap_soc *machine_built_in(const char *name);
struct nap_soc *machine_smmu(uint64_t ram_bytes, json_t *registers);
/* Edges of the SMMU since the last call become interrupts. */
void machine_carry_edges(struct play *p);

/* The machine at reset; its preset has the identification that vectors/README.md names. Takes
 * @soc. */
void play_open(struct play *p, struct vector *v, struct nap_soc *soc);
/* Fails the test for differences without a row and rows without a difference. */
void play_close(struct play *p);
/* CMocka's teardown, also of a vector that has been left in the middle. */
int play_end(void **state);
/* Both answers at @place, as they stand in the table; equal texts agree. */
void play_compare(struct play *p, const char *place, const char *theirs, const char *ours);

/* "0x1f" and the like; a file without @key there is refused. */
uint64_t hex_of(const struct play *p, json_t *value, const char *what);
uint64_t hex_at(const struct play *p, json_t *object, const char *key);
const char *text_at(const struct play *p, json_t *object, const char *key);
/* Ends the test: the vector is not of a form that is known. */
void refuse(const struct play *p, const char *what) __attribute__((noreturn));

#define PLAYED_HERE ((struct nap_source){__FILE__, __LINE__, NULL})

/* One function per form of file; as a CMocka test, *state is the vector. */
void play_sequence(void **state);
void play_dma(void **state);
void play_probe(void **state);

#endif
