/* SPDX-License-Identifier: MIT */
/* A block of one register that counts its writes, with one thing wrong each by a macro. */
#include <regnap/block.h>

#ifndef TITLE
#define TITLE ""
#endif

static const struct nap_field fields[] = {
    {.name = "V", .about = "", .relation = "", .mask = 0xff, .variants = 1, .width = 8}};
static const struct nap_reg regs[] = {{.name = "R",
                                       .about = "",
                                       .source = "",
                                       .fields = fields,
                                       .n_fields = 1,
                                       .count = 1,
                                       .n_windows = 1,
                                       .windows = {{0, 1, 0, 4}},
                                       .variants = 1,
                                       .width_bits = 32,
                                       .defined = {0xff},
                                       .writable = {0xff}}};
static const struct nap_model model = {.name = "counted",
                                       .title = TITLE,
                                       .source = "",
                                       .n_variants = 1,
                                       .variants = {"only"},
                                       .window_bytes = 0x1000,
                                       .n_slots = 1,
                                       .n_regs = 1,
                                       .regs = regs};

#ifdef WRONG_VARIABLE
static unsigned count_of_all;
#endif

static void count(struct nap_machine *m, unsigned device, unsigned index, uint64_t was,
                  uint64_t now)
{
    uint64_t *counted = nap_block_state_mut(m, device);

    (void)index;
    (void)was;
    (void)now;
    nap_touch(m, counted, sizeof *counted);
    ++*counted;
#ifdef WRONG_VARIABLE
    count_of_all++;
#endif
}

static nap_on_write *const on_write[] = {count};

#ifndef WRONG_NO_BLOCK
NAP_EXPORT const struct nap_block nap_block = {
#ifdef WRONG_BLOCK_ABI
    .abi = 9,
#else
    .abi = NAP_BLOCK_ABI,
#endif
#ifndef LACKS_MODEL
    .model = &model,
#endif
#ifdef LACKS_RULES
    .n_rules = 1,
#endif
#ifdef LACKS_RELATIONS
    .n_relations = 1,
#endif
#if defined(LACKS_PROBE)
    .n_ports = 1,
#endif
    .state_bytes = sizeof(uint64_t),
    .on_write = on_write,
};
#endif
