/* SPDX-License-Identifier: MIT */
/* A machine of one device whose model is YAML text, as a user would write it. */
#ifndef TEST_USER_DEVICE_H
#define TEST_USER_DEVICE_H

#include "../rig.h"

#define USER_BASE UINT64_C(0x10000000)

struct user_device {
    struct nap_model *model;
    struct nap_block block;
    struct nap_soc *soc;
    struct nap_machine *m;
};

#define USER_HEAD                                                                              \
    "model: user\ntitle: t\nsource: s\nvariants: [one, two]\nwindow: 0x1000\nregisters:\n"
/* A register of 32 bits that a power cut resets; @facts are more of its lines. */
#define USER_REG(name, offset, facts, fields)                                                  \
    "  - name: " name "\n    about: a\n    source: s\n    offset: " offset                     \
    "\n    retention: reset\n" facts "    fields:\n" fields
/* One that is a view of another: it has nothing of its own to keep. */
#define USER_VIEW(name, offset, facts, fields)                                                 \
    "  - name: " name "\n    about: a\n    source: s\n    offset: " offset "\n" facts          \
    "    fields:\n" fields
#define USER_FIELD(text) "      - {" text "}\n"

static inline void user_model(struct user_device *u, const char *text)
{
    struct nap_error error = {0};

    if (nap_model_load(text, strlen(text), "user.yaml", &u->model, &error))
        fail_msg("%s", error.text);
    u->block = (struct nap_block){.abi = NAP_BLOCK_ABI, .model = u->model};
}

/* @facts: more lines of the machine, as "cpus: 2\n"; @device: more keys of the device, as
 * ", preset: p"; @setting: of a switch, or NULL. Says in @error what is refused. */
static inline enum nap_err user_machine_as(struct user_device *u, const char *facts,
                                           const char *device,
                                           const struct nap_switch_setting *setting,
                                           struct nap_error *error)
{
    const struct nap_block *const blocks[] = {&u->block, NULL};
    struct nap_machine_config config = {
        .blocks = blocks, .switches = setting, .n_switches = setting != NULL};
    char text[512];

    snprintf(text, sizeof text,
             "soc: board\ntitle: t\nsource: s\n%sdomains:\n  - {name: d}\ndevices:\n"
             "  - {name: dev, model: user, variant: one, base: 0x10000000, size: 0x1000, "
             "domain: d%s}\n",
             facts, device);
    if (nap_soc_load(text, strlen(text), "board.yaml", &u->soc, error))
        fail_msg("%s", error->text);
    config.soc = u->soc;
    return nap_machine_create(&config, &u->m, error);
}

static inline void user_machine(struct user_device *u, const char *facts)
{
    struct nap_error error = {0};

    if (user_machine_as(u, facts, "", NULL, &error))
        fail_msg("%s", error.text);
}

static inline struct nap_machine *user_open(struct user_device *u, const char *text)
{
    memset(u, 0, sizeof *u);
    user_model(u, text);
    user_machine(u, "");
    return u->m;
}

static inline void user_close(struct user_device *u)
{
    nap_machine_destroy(u->m);
    nap_soc_free(u->soc);
    nap_model_free(u->model);
}

static inline uint64_t user_read(struct user_device *u, unsigned offset, unsigned size_bytes)
{
    return nap_bus_read(u->m, USER_BASE + offset, size_bytes, HERE);
}

static inline void user_write(struct user_device *u, unsigned offset, unsigned size_bytes,
                              uint64_t value)
{
    nap_bus_write(u->m, USER_BASE + offset, size_bytes, value, HERE);
}

#endif
