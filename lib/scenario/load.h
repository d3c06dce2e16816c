/* SPDX-License-Identifier: MIT */
/* Private to lib/scenario/: reading a scenario file. The operations are checked in order
 * against what those above them have done, which the loader keeps. */
#ifndef NAP_SCENARIO_LOAD_H
#define NAP_SCENARIO_LOAD_H

#include <regnap/scenario.h>

#include "core/yaml.h"

/* Each operation and each call adds at most 1. */
#define NAP_GUEST_RANGES                                                                       \
    (NAP_SCENARIO_MAPPINGS_MAX + NAP_SCENARIO_OPS_MAX + NAP_SCENARIO_CALLS_MAX)

/* Input addresses [iova, end). */
struct nap_guest_range {
    nap_addr iova, end;
};

/* A domain as the operations read so far leave it. */
struct nap_guest {
    enum { NAP_GUEST_NEW, NAP_GUEST_ATTACHED, NAP_GUEST_DETACHED } state;
    bool apart; /* a master of it is blocked or bypasses */
    uint32_t n_ranges;
    struct nap_guest_range ranges[NAP_GUEST_RANGES]; /* mapped, or mapped once it is attached */
};

struct nap_loader {
    struct nap_scenario *s;
    const struct nap_yaml *y;
    struct nap_error *error;
    bool probed;
    bool asleep;      /* between suspend and resume */
    bool fills;       /* an operation `fill` was read */
    nap_node planned; /* an operation `raise-asleep` that no suspend has come after; 0: none */
    struct nap_guest guests[NAP_SCENARIO_DOMAINS_MAX];
    /* Clients: */
    bool slept;                                          /* an operation lets them in */
    struct nap_guest at_sleep[NAP_SCENARIO_DOMAINS_MAX]; /* the domains there */
    const char *changed_by[NAP_SCENARIO_DOMAINS_MAX];    /* from there on; NULL: nobody */
    unsigned changed_line[NAP_SCENARIO_DOMAINS_MAX];
};

typedef char nap_name_text[NAP_NAME_MAX];

/* load_read.c: on failure the error names line, what was found and what is expected. */
/* Whether @name is one of @n names of NAP_NAME_MAX bytes each. */
bool nap_load_contains(const char *names, uint32_t n, const char *name);
/* The name behind @key, which must be there. */
enum nap_err nap_load_word(struct nap_loader *l, nap_node map, const char *what,
                           const char *key, nap_name_text out);
/* Checks that @list is a list of @min to @max elements. */
enum nap_err nap_load_count(struct nap_loader *l, nap_node list, const char *what, unsigned min,
                            unsigned max);
/* At least one name, each once; @out has room for @max. */
enum nap_err nap_load_names(struct nap_loader *l, nap_node list, const char *what, unsigned max,
                            nap_name_text *out, uint32_t *n);
/* Each element of the list @key goes to @read. */
enum nap_err nap_load_list(struct nap_loader *l, const char *key, unsigned min, unsigned max,
                           enum nap_err (*read)(struct nap_loader *l, nap_node n));
/* An address or a size: a multiple of the page size. */
enum nap_err nap_load_page_number(struct nap_loader *l, nap_node map, const char *what,
                                  const char *key, uint64_t max, uint64_t *out);
/* @fallback where @key is not there. */
enum nap_err nap_load_maybe_number(struct nap_loader *l, nap_node map, const char *key,
                                   uint64_t min, uint64_t max, uint32_t fallback,
                                   uint32_t *out);
/* One of two; *second as it was where @key is not there. */
enum nap_err nap_load_maybe_one_of(struct nap_loader *l, nap_node map, const char *key,
                                   const char *const *names, bool *second);

/* load_domains.c */
enum nap_err nap_load_domain(struct nap_loader *l, nap_node map);
/* Input addresses of a mapping, or of what is unmapped; and a whole mapping, whose keys are
 * already checked. */
enum nap_err nap_load_range(struct nap_loader *l, nap_node map, const char *what,
                            const struct nap_scenario_domain *domain,
                            struct nap_scenario_mapping *out);
enum nap_err nap_load_mapping(struct nap_loader *l, nap_node map,
                              const struct nap_scenario_domain *domain,
                              struct nap_scenario_mapping *out);
/* Notes that @mapping is there, where nothing may be; takes @hole out of the one it lies in. */
enum nap_err nap_load_add_range(struct nap_loader *l, nap_node map, uint32_t domain,
                                const struct nap_scenario_mapping *mapping);
enum nap_err nap_load_cut_range(struct nap_loader *l, nap_node map, uint32_t domain,
                                const struct nap_scenario_mapping *hole);

/* load_operations.c */
enum nap_err nap_load_operation(struct nap_loader *l, nap_node n);
enum nap_err nap_load_clients(struct nap_loader *l, nap_node list);

/* load_arguments.c */
bool nap_load_takes_argument(enum nap_op_kind kind);
/* Of an operation that takes one. */
enum nap_err nap_load_argument(struct nap_loader *l, nap_node n, struct nap_scenario_op *op);

/* load_interrupts.c */
enum nap_err nap_load_interrupt(struct nap_loader *l, nap_node map);
enum nap_err nap_load_traffic(struct nap_loader *l, nap_node map);

/* parameters.c */
enum nap_err nap_load_parameters(struct nap_loader *l, nap_node map);

#endif
