/* SPDX-License-Identifier: MIT */
/* Suppressions: violations that somebody has looked at and accepts. An allow file has one per
 * line, `RULE, PLACE, REASON`; what it holds and means: docs/suppressions.md. A violation that
 * an entry covers is kept apart from the others and counted; it is never forgotten. */
#ifndef REGNAP_ALLOW_H
#define REGNAP_ALLOW_H

#include <regnap/error.h>
#include <regnap/rule.h>

#define NAP_ALLOW_MAX 256 /* entries of a list */

enum nap_allow_kind {
    NAP_ALLOW_ANYWHERE, /* "*" */
    NAP_ALLOW_LINE,     /* "backup.c:24" */
    NAP_ALLOW_FUNCTION, /* "ipmmu-vmsa.c:ipmmu_utlb_enable" */
    NAP_ALLOW_REGISTER, /* "IMUCTR", "ds1.IMUCTR[*]", "ds1.IMUCTR[32]" */
    NAP_ALLOW_DEVICE,   /* "ds1.*" */
};

struct nap_allow {
    unsigned line; /* of the allow file */
    const struct nap_rule *rule;
    enum nap_allow_kind kind;
    char place[192]; /* as written */
    char reason[320];
    char file[192];            /* LINE, FUNCTION: a path, or the end of one from a '/' on */
    char function[128];        /* FUNCTION */
    int source_line;           /* LINE */
    char device[NAP_NAME_MAX]; /* REGISTER, DEVICE; "" any */
    char reg[NAP_NAME_MAX];    /* REGISTER */
    uint32_t index;            /* REGISTER: element of an array, UINT32_MAX any */
};

struct nap_allow_list {
    char file[256]; /* its name, for reports */
    unsigned n;
    struct nap_allow entries[NAP_ALLOW_MAX];
};

/* Reads an allow file. @blocks (NULL-terminated) give the rules and registers that it may name.
 * Everything is checked; errors name file, line, what was found and what was expected.
 * NAP_ERR_PARSE, NAP_ERR_UNKNOWN, NAP_ERR_NOSPACE, NAP_ERR_NOMEM. Free with free(). */
NAP_EXPORT enum nap_err nap_allow_load(const char *text, size_t bytes, const char *file,
                                       const struct nap_block *const *blocks,
                                       struct nap_allow_list **out, struct nap_error *error);

#endif
