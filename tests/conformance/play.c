/* SPDX-License-Identifier: MIT */
/* What all forms of vectors share: the machine, reading values, comparing answers. */
#include "conformance.h"

#include "gicv2-model.h"
#include "gicv3-model.h"
#include "gicv3-redistributor-model.h"
#include "its-model.h"

void refuse(const struct play *p, const char *what)
{
    fail_msg("%s: vector %s: %s", p->vector->file, p->vector->name, what);
    abort(); /* not reached: the test has failed */
}

static const char *text_of(const struct play *p, json_t *value, const char *what)
{
    const char *text = json_string_value(value);

    if (!text)
        refuse(p, what);
    return text;
}

const char *text_at(const struct play *p, json_t *object, const char *key)
{
    return text_of(p, json_object_get(object, key), key);
}

uint64_t hex_of(const struct play *p, json_t *value, const char *what)
{
    const char *text = text_of(p, value, what);
    char *end;
    uint64_t n = strtoull(text, &end, 16);

    if (end == text || *end != '\0')
        refuse(p, what);
    return n;
}

uint64_t hex_at(const struct play *p, json_t *object, const char *key)
{
    return hex_of(p, json_object_get(object, key), key);
}

/* What the documents leave open is not compared: there the machine chooses as theirs does. */
static const struct {
    const char *model;
    struct nap_switch_setting setting;
} choices[] = {
    {"gicv2", {"G03", V2_G03_KEPT}},
    {"gicv3", {"D05", DIST_D05_KEPT}},
    {"gicv3-redistributor", {"R04", RDIST_R04_TAKEN}},
    {"gicv3-redistributor", {"R07", RDIST_R07_KEPT}},
    {"its", {"I03", ITS_I03_IGNORED}},
    {"its", {"I05", ITS_I05_ONE}},
};

#define CHOICES_MAX (sizeof choices / sizeof choices[0])

static bool has_model(const struct nap_soc *soc, const char *model)
{
    for (uint32_t i = 0; i < soc->n_devices; i++)
        if (strcmp(soc->devices[i].model, model) == 0)
            return true;
    return false;
}

/* A switch that no device has would be refused. */
static unsigned choose(const struct nap_soc *soc, struct nap_switch_setting out[CHOICES_MAX])
{
    unsigned n = 0;

    for (size_t i = 0; i < CHOICES_MAX; i++)
        if (has_model(soc, choices[i].model))
            out[n++] = choices[i].setting;
    return n;
}

void play_open(struct play *p, struct vector *v, struct nap_soc *soc)
{
    struct nap_machine_config config = {.blocks = nap_builtin_blocks()};
    struct nap_switch_setting chosen[CHOICES_MAX];
    struct nap_error error = {0};

    *p = (struct play){.vector = v};
    config.soc = p->soc = v->soc = soc;
    config.switches = chosen;
    config.n_switches = choose(v->soc, chosen);
    if (nap_machine_create(&config, &v->m, &error))
        fail_msg("%s", error.text);
    p->m = v->m;
}

void play_compare(struct play *p, const char *place, const char *theirs, const char *ours)
{
    struct difference *d;

    if (strcmp(theirs, ours) == 0)
        return;
    d = table_find(p->vector->table, p->vector->name, place, theirs, ours);
    if (d) {
        d->met++;
        return;
    }
    /* As a row, so that it can be explained where it stands. */
    print_error("| %s | %s | %s | %s |\n", p->vector->name, place, theirs, ours);
    p->unexplained++;
}

void play_close(struct play *p)
{
    const struct vector *v = p->vector;
    unsigned gone = 0;

    for (unsigned i = 0; i < v->table->n; i++) {
        const struct difference *d = &v->table->rows[i];
        if (strcmp(d->vector, v->name) != 0 || d->met)
            continue;
        print_error("docs/conformance.md:%u: %s, %s: explained, and no longer so\n", d->line,
                    d->vector, d->place);
        gone++;
    }
    if (p->unexplained || gone)
        fail_msg("%s: %s: %u differences without a row, %u rows without a difference", v->file,
                 v->name, p->unexplained, gone);
}

int play_end(void **state)
{
    struct vector *v = *state;

    nap_machine_destroy(v->m);
    nap_soc_free(v->soc);
    v->m = NULL;
    v->soc = NULL;
    return 0;
}
