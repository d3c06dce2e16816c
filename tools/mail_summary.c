/* SPDX-License-Identifier: MIT */
/* Summaries of a run and of a search for a mail. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* --- run --- */

static void say_run_verdict(const struct job *job, const struct nap_run_result *r)
{
    const char *name = job->config.variant;
    char allowed[400];

    allow_heading(job, &r->findings, allowed, sizeof allowed);
    if (r->findings.n_violations)
        mail_say(0, "%s: violation, %u distinct%s.", name, r->findings.n_violations, allowed);
    else
        mail_say(0, "%s: clean%s%s; one run, which proves nothing about others.", name,
                 all_rules(&job->config) ? "" : " for some of the rules", allowed);
    if (r->suspend_result)
        mail_say(0, "Suspend failed with %d.", r->suspend_result);
    if (r->resume_result)
        mail_say(0, "Resume failed with %d.", r->resume_result);
}

/* All of them, each with its separator, and the count of what is not listed. */
#define UNMODELLED_CHARS (NAP_UNMODELLED_MAX * 98 + 64)

static void say_run_unmodelled(const struct nap_run_result *r)
{
    char list[UNMODELLED_CHARS] = "";
    size_t at = 0;

    for (unsigned i = 0; i < r->n_unmodelled; i++)
        append(list, sizeof list, &at, "%s%s", at ? ", " : "", r->unmodelled[i].what);
    if (r->unmodelled_unlisted)
        append(list, sizeof list, &at, "; and more, not listed, %u times",
               r->unmodelled_unlisted);
    mail_unmodelled(list);
}

int mail_run(const struct options *o, const struct job *job, const struct nap_run_result *r)
{
    struct mail_violation *list = need(r->findings.n_violations, sizeof *list);

    for (unsigned i = 0; i < r->findings.n_violations; i++)
        list[i] = (struct mail_violation){&r->findings.violations[i], &r->choices};
    mail_head(o, job);
    say_run_verdict(job, r);
    mail_violations(job, list, r->findings.n_violations);
    printf("\n");
    mail_obligations(job, &r->findings);
    mail_bounds(job, &job->config, UINT64_MAX);
    say_run_unmodelled(r);
    text_allowed(job, MAIL_COLUMNS, &r->findings);
    free(list);
    return EXIT_CLEAN;
}

/* --- explore --- */

void mail_explored_unmodelled(const struct nap_explore_result *r)
{
    char list[UNMODELLED_CHARS] = "";
    size_t at = 0;

    for (unsigned i = 0; i < r->n_unmodelled; i++)
        append(list, sizeof list, &at, "%s%s", at ? ", " : "", r->unmodelled[i]);
    if (r->unmodelled_unlisted)
        append(list, sizeof list, &at, "; and more, not listed, %u times",
               r->unmodelled_unlisted);
    mail_unmodelled(list);
}

/* Those of the plainest run; a search has many. */
static int say_obligations(const struct job *job)
{
    struct nap_run_config config = job->config;
    struct nap_run_result result;
    struct nap_error error = {0};
    enum nap_err err;

    config.vary = 0;
    config.seed = 0;
    err = nap_run(&config, NULL, &result, &error);
    if (!err)
        mail_obligations(job, &result.findings);
    nap_run_result_free(&result);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

int mail_explore(const struct options *o, const struct job *job,
                 const struct nap_explore_config *c, const struct nap_explore_result *r)
{
    struct mail_violation *list = need(r->n_violations, sizeof *list);
    unsigned *order = need(r->n_violations, sizeof *order);
    char sentence[800];
    int status;

    explore_order(r, order);
    for (unsigned i = 0; i < r->n_violations; i++)
        list[i] = (struct mail_violation){&r->violations[order[i]].finding,
                                          &r->violations[order[i]].choices};
    explore_sentence(job, c, r, sentence, sizeof sentence);
    mail_head(o, job);
    mail_say(0, "%s: %s.", c->run.variant, sentence);
    mail_violations(job, list, r->n_violations);
    printf("\n");
    status = say_obligations(job);
    mail_bounds(job, &c->run, c->budget);
    mail_explored_unmodelled(r);
    text_allowed(job, MAIL_COLUMNS, &r->notes);
    free(list);
    free(order);
    return status;
}
