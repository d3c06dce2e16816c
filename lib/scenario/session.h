/* SPDX-License-Identifier: MIT */
/* Private to lib/: a runner with its chooser that can start over at no cost. */
#ifndef NAP_SESSION_H
#define NAP_SESSION_H

#include "runner.h"

struct nap_session {
    struct nap_run_config config;
    struct nap_runner *runner;
    struct nap_subject subject;
    struct nap_replay replay;
    unsigned start; /* mark of the state before the run */
    bool mismatch;
};

enum nap_err nap_session_create(const struct nap_run_config *config, struct nap_session **out,
                                struct nap_error *error);
void nap_session_destroy(struct nap_session *s);
/* Goes back to the start and runs to the end. Findings stay in runner->findings. */
void nap_session_run(struct nap_session *s, const struct nap_choice_list *choices,
                     uint64_t seed);
/* Copies what the run brought into a zeroed *result (not the digest). */
void nap_session_result(struct nap_session *s, struct nap_run_result *result);
/* The use number @i of what is not modelled, as "ds1 IMUCTR.FIXADDEN". */
void nap_session_unmodelled(const struct nap_session *s, unsigned i, char *out, size_t bytes);
/* NAP_OK, or an error that says which operation the driver refused. */
enum nap_err nap_session_failed(const struct nap_session *s, struct nap_error *error);

/* The list order that walk number @walk of the run just made went by, as ranks from the head.
 * Devices that it did not visit stand at the tail, where roots are. */
void nap_session_order(const struct nap_session *s, unsigned walk, unsigned *rank);

#endif
