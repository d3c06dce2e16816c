/* SPDX-License-Identifier: MIT */
/* Private to lib/: searching the choices of something that runs from quiet point to quiet
 * point. Knows machines and findings, not scenarios. */
#ifndef NAP_EXPLORE_H
#define NAP_EXPLORE_H

#include "../core/core.h"

#include <regnap/run.h>

/* What is searched. */
struct nap_subject {
    struct nap_machine *m;
    void *context;
    /* Runs to the next quiet point; false when the run has ended there. */
    bool (*advance)(void *context);
    /* Text for people of the choice just made, or "". */
    void (*means)(void *context, const struct nap_choice *choice, char *out, size_t bytes);
    struct nap_findings *findings; /* of the segment just run; the searcher clears it */
};

/* --- choices on a path ----------------------------------------------------------------------
 */

struct nap_path_choice {
    struct nap_choice choice;
    uint32_t nonzero_before; /* on the path */
    char means[64];
};

struct nap_path {
    struct nap_path_choice *list;
    unsigned n, room;
};

void nap_path_add(struct nap_path *path, const struct nap_subject *subject,
                  const struct nap_choice *choice);
void nap_path_free(struct nap_path *path);
/* The non-zero choices, keyed. */
void nap_path_keyed(const struct nap_machine *m, const struct nap_path *path,
                    struct nap_choice_list *out);

void nap_choices_add(struct nap_choice_list *list, const struct nap_keyed_choice *choice);
void nap_choices_copy(struct nap_choice_list *to, const struct nap_choice_list *from);
void nap_choices_free(struct nap_choice_list *list);

/* --- keyed chooser: replays a list, or draws at random --- */

struct nap_replay {
    const struct nap_subject *subject;
    const struct nap_choice_list *list; /* NULL: none */
    bool *used;                         /* by list element */
    bool random;
    uint64_t seed; /* state of the generator */
    struct nap_path path;
};

uint32_t nap_replay_choose(void *context, const struct nap_choice *choice);
/* Starts over: keeps nothing of the run before. */
void nap_replay_reset(struct nap_replay *replay, const struct nap_choice_list *list);
void nap_replay_free(struct nap_replay *replay);

/* --- visited states --- */

/* A state is worth visiting again only with more deviations left than before. */
struct nap_visited {
    uint64_t (*slots)[2];
    size_t size; /* power of two */
    size_t used;
};

void nap_visited_init(struct nap_visited *v);
void nap_visited_free(struct nap_visited *v);
/* True if @key was visited with at least @left deviations left; else notes it. */
bool nap_visited_check(struct nap_visited *v, struct nap_hash128 key, uint8_t left);
/* Whether @key was visited at all; notes nothing. */
bool nap_visited_has(const struct nap_visited *v, struct nap_hash128 key);

/* --- how long calls take --- */

/* Of a state within a driver call. */
struct nap_time {
    uint64_t low, high; /* its key */
    uint64_t us;        /* simulated, that the call had taken when the state was visited */
    uint64_t rest;      /* most that it took from there on, as far as the search has gone */
};

struct nap_times {
    struct nap_time *slots;
    size_t size; /* power of two */
    size_t used;
};

void nap_times_init(struct nap_times *t);
void nap_times_free(struct nap_times *t);
/* That of @key; a new one has zeros. Valid until the next is asked for. */
struct nap_time *nap_times_at(struct nap_times *t, struct nap_hash128 key);

/* --- engines --- */

struct nap_search {
    const struct nap_subject *subject;
    uint32_t varied;
    uint64_t budget;
    unsigned nonzero_max; /* exhaustive: no more non-zero choices than this (1 or 2); 0: any
                             number */
    bool stop;            /* a callback has what it wanted */
    bool check_keys;      /* compare incremental and full state keys at each quiet point */
    /* Called when a segment brought findings; the path led there. */
    void (*found)(void *context, const struct nap_path *path);
    /* Called at the end of each complete execution. May be NULL. */
    void (*complete)(void *context, const struct nap_path *path);
    void *context;
    /* Results: */
    uint64_t executions, completed, distinct_states;
    bool exhausted, key_mismatch;
    bool circles; /* not exhausted: a driver call has come to where it was before */
    bool slow;    /* not exhausted: runs left as known may differ in what the time bound of a
                     call makes of them */
};

/* Stateful depth-first search from the machine's present state, first with at most one and two
 * non-zero choices, so that short stories are found first, then without bound. */
void nap_search_exhaustive(struct nap_search *search);
/* search->budget runs with random choices, run i from @seed and i. */
void nap_search_random(struct nap_search *search, uint64_t seed);

/* --- shrinking --- */

/* Whether a run with these choices still shows what is being shrunk. */
typedef bool nap_still_fails(void *context, const struct nap_choice_list *choices);

/* Fewest non-zero choices, then lowest values, by repeated runs. */
void nap_shrink(struct nap_choice_list *choices, nap_still_fails *fails, void *context);

#endif
