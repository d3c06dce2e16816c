/* SPDX-License-Identifier: MIT */
/* Steps of a run, to a file and around a violation. */
#include "cli.h"

#include <regnap/block.h>

#include <inttypes.h>
#include <string.h>

#include <jansson.h>

/* --- binary: a header of 32 bytes, then records of 192 bytes, all little-endian --- */

#define MAGIC        "regnap-trace-1\n"
#define HEADER_BYTES 32u
#define RECORD_BYTES 192u

struct record {
    uint8_t bytes[RECORD_BYTES];
    unsigned at;
};

static void put(struct record *r, uint64_t value, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        r->bytes[r->at++] = (uint8_t)(value >> 8 * i);
}

/* Cut to @n - 1 bytes; the rest is zero. */
static void put_text(struct record *r, const char *text, unsigned n)
{
    snprintf((char *)r->bytes + r->at, n, "%s", text ? text : "");
    r->at += n;
}

static void write_header(FILE *file)
{
    struct record r = {{0}, 0};

    put_text(&r, MAGIC, 16);
    put(&r, HEADER_BYTES, 4);
    put(&r, RECORD_BYTES, 4);
    (void)fwrite(r.bytes, HEADER_BYTES, 1, file);
}

static void write_record(FILE *file, const struct nap_machine *m, const struct nap_event *e)
{
    struct record r = {{0}, 0};

    put(&r, e->step, 8);
    put(&r, e->issued, 8);
    put(&r, e->address, 8);
    put(&r, e->was, 8);
    put(&r, e->now, 8);
    put(&r, e->written, 8);
    put(&r, e->kind, 4);
    put(&r, e->index, 4);
    put(&r, e->slot, 4);
    put(&r, e->size_bytes, 2);
    put(&r, e->is_write, 2);
    put(&r, e->source.file ? (uint64_t)e->source.line : 0, 4);
    put(&r, 0, 4);
    put_text(&r, e->device == UINT32_MAX ? "" : nap_device_name(m, e->device), 24);
    put_text(&r, e->label, 40);
    put_text(&r, e->source.file, RECORD_BYTES - r.at);
    (void)fwrite(r.bytes, RECORD_BYTES, 1, file);
}

/* --- JSON lines --- */

static json_t *hex(uint64_t value)
{
    return json_sprintf("0x%" PRIx64, value);
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static void write_json(FILE *file, const struct nap_machine *m, const struct nap_event *e)
{
    char reg[NAP_NAME_MAX * 2] = "", text[512];
    json_t *o = json_object();
    bool has_device = e->device != UINT32_MAX;

    if (has_device && e->slot != NAP_NO_SLOT)
        nap_register_name(m, e->device, e->slot, reg, sizeof reg);
    nap_event_text(m, e, text, sizeof text);
    json_object_set_new(o, "type", json_string("step"));
    json_object_set_new(o, "schema", json_string("regnap-1"));
    json_object_set_new(o, "step", json_integer((json_int_t)e->step));
    json_object_set_new(o, "issued", json_integer((json_int_t)e->issued));
    json_object_set_new(o, "kind", json_string(nap_step_kind_name(e->kind)));
    json_object_set_new(o, "device",
                        text_or_null(has_device ? nap_device_name(m, e->device) : NULL));
    json_object_set_new(
        o, "register",
        text_or_null(reg[0] ? reg + strlen(nap_device_name(m, e->device)) + 1 : NULL));
    json_object_set_new(o, "address", hex(e->address));
    json_object_set_new(o, "was", hex(e->was));
    json_object_set_new(o, "now", hex(e->now));
    json_object_set_new(o, "written", hex(e->written));
    json_object_set_new(o, "label", text_or_null(e->label));
    if (e->cpu) /* where it goes without saying, it is not said */
        json_object_set_new(o, "cpu", json_integer(e->cpu));
    if (e->secure)
        json_object_set_new(o, "secure", json_true());
    if (e->kind == NAP_STEP_INTERRUPT)
        json_object_set_new(o, "intid", json_integer((json_int_t)e->index));
    if (e->kind == NAP_STEP_SIGNAL)
        json_object_set_new(o, "to_cpu", json_integer((json_int_t)e->index));
    json_object_set_new(o, "file", text_or_null(e->source.file));
    json_object_set_new(o, "line", e->source.file ? json_integer(e->source.line) : json_null());
    json_object_set_new(o, "text", json_string(text + strspn(text, " ")));
    json_dumpf(o, file, JSON_COMPACT);
    json_decref(o);
    putc('\n', file);
}

/* --- the file --- */

static void sink(void *context, const struct nap_machine *m, const struct nap_event *event)
{
    struct trace *trace = context;
    char text[1024];

    if (trace->format == TRACE_BINARY) {
        write_record(trace->output.file, m, event);
    } else if (trace->format == TRACE_JSON) {
        write_json(trace->output.file, m, event);
    } else {
        nap_event_text(m, event, text, sizeof text);
        fprintf(trace->output.file, "%s\n", text);
    }
}

static bool ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), n = strlen(ending);

    return length >= n && strcmp(path + length - n, ending) == 0;
}

/* One stream with the report, in front of it and of its form. */
static void to_standard_output(const struct options *o, struct trace *trace)
{
    trace->output.file = stdout;
    trace->format = o->json ? TRACE_JSON : TRACE_TEXT;
}

static int to_file(const char *path, struct trace *trace)
{
    trace->format = ends_in(path, ".json")  ? TRACE_JSON
                    : ends_in(path, ".bin") ? TRACE_BINARY
                                            : TRACE_TEXT;
    return output_open(path, &trace->output);
}

int trace_open(const struct options *o, struct nap_run_config *config, struct trace *trace)
{
    int status = EXIT_CLEAN;

    memset(trace, 0, sizeof *trace);
    if (!o->trace)
        return EXIT_CLEAN;
    if (strcmp(o->trace, "-") == 0)
        to_standard_output(o, trace);
    else
        status = to_file(o->trace, trace);
    if (status)
        return status;
    if (trace->format == TRACE_BINARY)
        write_header(trace->output.file);
    config->trace = sink;
    config->trace_context = trace;
    return EXIT_CLEAN;
}

int trace_close(struct trace *trace, bool keep)
{
    return trace->output.path ? output_close(&trace->output, keep) : EXIT_CLEAN;
}

/* --- the last steps before a violation --- */

static bool concerns(const struct steps *s, const struct nap_event *e)
{
    unsigned root =
        s->device < s->soc->n_devices ? s->soc->devices[s->device].upstream : NAP_SOC_NONE;

    if (e->step > s->until || e->kind == NAP_STEP_MASTER)
        return false;
    return e->kind == NAP_STEP_POWER || e->kind == NAP_STEP_BARRIER ||
           s->device == UINT32_MAX ||
           (e->device != UINT32_MAX && (e->device == s->device || e->device == root));
}

/* "  412 write ..." without the number. */
static const char *behind_number(const char *text)
{
    text += strspn(text, " ");
    return text + strspn(text, "0123456789");
}

static void keep_step(void *context, const struct nap_machine *m, const struct nap_event *event)
{
    struct steps *s = context;
    char text[sizeof s->text[0]];
    unsigned last = (s->n + STEPS_SHOWN - 1) % STEPS_SHOWN;

    if (!concerns(s, event))
        return;
    nap_event_text(m, event, text, sizeof text);
    if (s->n && strcmp(behind_number(s->text[last]), behind_number(text)) == 0) {
        s->times[last]++;
        return;
    }
    snprintf(s->text[s->n % STEPS_SHOWN], sizeof text, "%s", text);
    s->times[s->n % STEPS_SHOWN] = 1;
    s->n++;
}

int steps_collect(const struct job *job, const struct nap_choice_list *choices,
                  const struct nap_finding *finding, struct steps *steps)
{
    struct nap_run_config config = job->config;
    struct nap_run_result result;
    struct nap_error error = {0};
    enum nap_err err;

    memset(steps, 0, sizeof *steps);
    steps->soc = job->soc;
    steps->device = finding->device;
    steps->until = finding->effect;
    config.trace = keep_step;
    config.trace_context = steps;
    err = nap_run(&config, choices, &result, &error);
    nap_run_result_free(&result);
    return err ? complain_error(err, &error) : EXIT_CLEAN;
}

void steps_print(const struct steps *s)
{
    unsigned first = s->n > STEPS_SHOWN ? s->n - STEPS_SHOWN : 0;

    for (unsigned i = first; i < s->n; i++) {
        unsigned at = i % STEPS_SHOWN;
        printf("  %s", s->text[at]);
        if (s->times[at] > 1)
            printf("  (%u times)", s->times[at]);
        printf("\n");
    }
}
