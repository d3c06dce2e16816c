/* SPDX-License-Identifier: MIT */
/* What a driver did in one run: its accesses and barriers, by where in a sleep they fall. */
#include "diff.h"

#include <regnap/block.h>

#include <stdlib.h>
#include <string.h>

const char *const window_names[WINDOWS] = {"while awake", "in suspend", "in resume"};

const char *const window_ids[WINDOWS] = {"awake", "suspend", "resume"};

struct recorder {
    const struct job *job;
    struct record *record;
    bool asleep, waking;
    unsigned sleeps;
};

static bool is_phase(const struct nap_phase *phases, unsigned n, const char *label)
{
    for (unsigned i = 0; i < n; i++)
        if (strcmp(phases[i].name, label) == 0)
            return true;
    return false;
}

/* Resume begins with the power or, where none was cut, with the first of its phases. */
static bool begins_resume(const struct nap_driver *driver, const struct nap_event *e)
{
    if (e->kind == NAP_STEP_POWER)
        return (e->now & ~e->was) != 0;
    return e->kind == NAP_STEP_CALL && is_phase(driver->resume, driver->n_resume, e->label) &&
           !is_phase(driver->suspend, driver->n_suspend, e->label);
}

static void follow_sleep(struct recorder *r, const struct nap_machine *m,
                         const struct nap_event *e)
{
    bool asleep = nap_asleep(m);

    if (asleep != r->asleep) {
        r->asleep = asleep;
        r->waking = false;
        r->sleeps += asleep;
    }
    if (asleep && begins_resume(r->job->config.driver, e))
        r->waking = true;
}

static struct deed *add(struct record *record)
{
    if (record->n == record->room) {
        record->room = record->room ? record->room * 2 : 1024;
        record->deeds = realloc(record->deeds, record->room * sizeof *record->deeds);
        if (!record->deeds)
            exit(complain("no memory"));
    }
    return &record->deeds[record->n++];
}

static bool is_poll(const struct record *record, const struct deed *d)
{
    const struct deed *before = record->n > 1 ? d - 1 : NULL;

    return d->kind == DEED_READ && before && before->kind == DEED_READ &&
           before->device == d->device && before->reg == d->reg && before->index == d->index &&
           before->source.line == d->source.line;
}

static void note(void *context, const struct nap_machine *m, const struct nap_event *e)
{
    struct recorder *r = context;
    bool barrier = e->kind == NAP_STEP_BARRIER;
    struct deed *d;

    follow_sleep(r, m, e);
    if (!barrier && e->kind != NAP_STEP_READ && e->kind != NAP_STEP_WRITE)
        return;
    if (e->source.file && strcmp(e->source.file, r->job->scenario->file) == 0)
        return; /* firmware */
    d = add(r->record);
    *d = (struct deed){
        .kind = barrier                    ? DEED_BARRIER
                : e->kind == NAP_STEP_READ ? DEED_READ
                                           : DEED_WRITE,
        .window = !r->asleep  ? WINDOW_AWAKE
                  : r->waking ? WINDOW_RESUME
                              : WINDOW_SUSPEND,
        .sleep = r->sleeps,
        .step = e->step,
        .device = e->device,
        .reg = e->reg,
        .index = e->index,
        .value = e->kind == NAP_STEP_WRITE ? e->written : e->now,
        .barrier = barrier ? e->label : NULL,
        .source = e->source,
    };
    d->again = is_poll(r->record, d);
}

int record_collect(const struct job *job, enum nap_policy policy, struct record *record)
{
    struct nap_run_config config = job->config;
    struct recorder r = {.job = job, .record = record};
    struct nap_error error = {0};
    enum nap_err err;

    memset(record, 0, sizeof *record);
    config.policy = policy;
    config.seed = 0;
    config.vary = 0;
    config.trace = note;
    config.trace_context = &r;
    err = nap_run(&config, NULL, &record->result, &error);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

void record_free(struct record *record)
{
    nap_run_result_free(&record->result);
    free(record->deeds);
}

unsigned record_accesses(const struct record *record, nap_step from, nap_step to)
{
    unsigned n = 0;

    for (unsigned i = 0; i < record->n; i++)
        n += record->deeds[i].kind != DEED_BARRIER && record->deeds[i].step > from &&
             record->deeds[i].step <= to;
    return n;
}

/* --- groups --- */

unsigned group_of(const struct nap_soc *soc, unsigned device)
{
    for (unsigned i = 0; i < device; i++)
        if (strcmp(soc->devices[i].model, soc->devices[device].model) == 0 &&
            strcmp(soc->devices[i].variant, soc->devices[device].variant) == 0)
            return i;
    return device;
}

const char *group_text(const struct nap_soc *soc, unsigned group, char out[NAP_NAME_MAX])
{
    const struct nap_soc_device *d = &soc->devices[group];
    unsigned n = 0;

    for (unsigned i = 0; i < soc->n_devices; i++)
        n += group_of(soc, i) == group;
    if (n == 1)
        snprintf(out, NAP_NAME_MAX, "%s", d->name);
    else
        snprintf(out, NAP_NAME_MAX, "%.60ss", d->variant[0] ? d->variant : d->model);
    return out;
}

const char *reg_name(const struct nap_soc *soc, unsigned group, unsigned reg)
{
    return model_of(soc, group)->regs[reg].name;
}
