/* SPDX-License-Identifier: MIT */
/* Which kinds of devices there are: those built in, then the user's own. Fixed before a command
 * begins, for as long as it runs. */
#include "cli.h"

#include <regnap/block.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BUILTIN_MAX 16
#define OWN_MAX     (OPTION_MODELS_MAX + OPTION_BLOCKS_MAX)

static struct {
    unsigned n, n_models, n_objects;
    const struct nap_block *list[BUILTIN_MAX + OWN_MAX + 1]; /* NULL-terminated */
    struct nap_model *models[OPTION_MODELS_MAX];
    struct nap_block of_models[OPTION_MODELS_MAX];
    struct nap_block_object *objects[OPTION_BLOCKS_MAX];
} own;

const struct nap_block *const *all_blocks(void)
{
    return own.n ? own.list : nap_builtin_blocks();
}

static const struct nap_block *block_of(const char *model)
{
    for (unsigned i = 0; i < own.n; i++)
        if (strcmp(own.list[i]->model->name, model) == 0)
            return own.list[i];
    return NULL;
}

static int add(const char *file, const struct nap_block *block)
{
    if (block_of(block->model->name))
        return complain("%s: found model '%s', which there is already, expected another name",
                        file, block->model->name);
    own.list[own.n++] = block;
    return EXIT_CLEAN;
}

static int add_model(const char *file)
{
    unsigned i = own.n_models;
    struct nap_error error = {0};
    enum nap_err err;
    size_t bytes;
    char *text;
    int status = file_read(file, &text, &bytes);

    if (status)
        return status;
    err = nap_model_load(text, bytes, file, &own.models[i], &error);
    free(text);
    if (err)
        return complain_error(err, &error);
    own.n_models++;
    own.of_models[i] = nap_block_of_model(own.models[i]);
    return add(file, &own.of_models[i]);
}

static int add_object(const char *file)
{
    struct nap_error error = {0};
    enum nap_err err = nap_block_load(file, &own.objects[own.n_objects], &error);

    if (err)
        return complain_error(err, &error);
    own.n_objects++;
    return add(file, nap_block_of(own.objects[own.n_objects - 1]));
}

int blocks_open(const struct options *o)
{
    const struct nap_block *const *builtin = nap_builtin_blocks();
    int status = EXIT_CLEAN;

    for (unsigned i = 0; builtin[i]; i++) {
        assert(i < BUILTIN_MAX);
        own.list[own.n++] = builtin[i];
    }
    for (unsigned i = 0; i < o->n_models && !status; i++)
        status = add_model(o->models[i]);
    for (unsigned i = 0; i < o->n_blocks && !status; i++)
        status = add_object(o->blocks[i]);
    return status;
}

struct nap_hash128 blocks_digest(const struct nap_soc *soc)
{
    struct nap_hash128 sum = nap_machine_model_digest(soc, all_blocks());

    for (unsigned i = 0; i < own.n_objects; i++) {
        struct nap_hash128 d = nap_block_object_digest(own.objects[i]);
        if (!uses_model(soc, nap_block_of(own.objects[i])->model))
            continue;
        sum.low = sum.low * 31 + d.low;
        sum.high = sum.high * 31 + d.high;
    }
    return sum;
}

void blocks_close(void)
{
    for (unsigned i = 0; i < own.n_models; i++)
        nap_model_free(own.models[i]);
    for (unsigned i = 0; i < own.n_objects; i++)
        nap_block_unload(own.objects[i]);
    memset(&own, 0, sizeof own);
}
