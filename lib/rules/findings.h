/* SPDX-License-Identifier: MIT */
/* Private to lib/: keeping findings. The same (rule, device, driver line) again only counts. */
#ifndef NAP_FINDINGS_H
#define NAP_FINDINGS_H

#include <regnap/findings.h>

struct nap_finding *nap_findings_violation(struct nap_findings *f,
                                           const struct nap_finding *finding);
struct nap_finding *nap_findings_note(struct nap_findings *f,
                                      const struct nap_finding *finding);
struct nap_finding *nap_findings_allowed(struct nap_findings *f, unsigned entry,
                                         const struct nap_finding *finding);
void nap_findings_obligation(struct nap_findings *f, const struct nap_obligation *o);
void nap_findings_clear(struct nap_findings *f);
void nap_findings_free(struct nap_findings *f);

#endif
