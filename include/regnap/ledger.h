/* SPDX-License-Identifier: MIT */
/* Ground truth (design 4.3): which domain each master belongs to and what each domain maps,
 * recorded by the harness at the call and at the successful return of attach, detach, map and
 * unmap. Between call and return old and new are both right; afterwards only new. */
#ifndef REGNAP_LEDGER_H
#define REGNAP_LEDGER_H

#include <regnap/types.h>

struct nap_machine;

#define NAP_LEDGER_MAPPINGS_MAX 128
#define NAP_NO_DOMAIN           UINT32_MAX
/* What a master may be attached to beside a domain: its traffic is refused; it passes
 * untranslated. */
#define NAP_BLOCKED_DOMAIN    (UINT32_MAX - 1u)
#define NAP_BYPASS_DOMAIN     (UINT32_MAX - 2u)
#define NAP_IS_DOMAIN(domain) ((domain) < NAP_BYPASS_DOMAIN)

/* Opens or closes a change. @done: false at the call, true at the successful return;
 * nap_ledger_undo() when the call failed. One change is open at a time. */
NAP_EXPORT void nap_ledger_attach(struct nap_machine *m, unsigned master, uint32_t domain,
                                  bool done);
/* NAP_ERR_NOSPACE when the table is full. */
NAP_EXPORT int nap_ledger_map(struct nap_machine *m, uint32_t domain, nap_addr iova,
                              nap_addr pa, uint64_t size_bytes, unsigned prot, bool done);
/* All of a mapping or a part of it. NAP_ERR_UNKNOWN where no one mapping holds that range (or,
 * when done, where it is not going); also when the table is full. */
NAP_EXPORT int nap_ledger_unmap(struct nap_machine *m, uint32_t domain, nap_addr iova,
                                uint64_t size_bytes, bool done);
NAP_EXPORT void nap_ledger_undo(struct nap_machine *m);

/* Whether a call is under way, and whether it is about @domain: it attaches or detaches one of
 * its masters, or maps or unmaps there. */
NAP_EXPORT bool nap_ledger_open(const struct nap_machine *m);
NAP_EXPORT bool nap_ledger_open_for(const struct nap_machine *m, uint32_t domain);

/* What a port's traffic to one address may do. */
struct nap_truth {
    bool judged;     /* the port's master is, or is becoming, attached to a domain */
    unsigned master; /* valid if judged */
    uint32_t domain; /* the domain in force, or the one it is leaving or joining */
    bool bypass;     /* untranslated is right: beside the answers, if there are 2 */
    unsigned n;      /* 1 or 2 answers are right: */
    struct {
        bool mapped; /* false: no translation */
        nap_addr pa;
        unsigned prot;   /* NAP_PROT_ bits */
        uint64_t extent; /* bytes from the address on that are mapped alike */
    } allowed[2];
};

NAP_EXPORT void nap_truth_of(const struct nap_machine *m, unsigned device, unsigned port,
                             nap_addr iova, struct nap_truth *out);
/* The master behind a port, or -1. */
NAP_EXPORT int nap_port_master(const struct nap_machine *m, unsigned device, unsigned port);
NAP_EXPORT uint32_t nap_ledger_domain(const struct nap_machine *m, unsigned master);

#endif
