/* SPDX-License-Identifier: MIT */
/* What comes with the library: machines, scenarios, driver logic, blocks. */
#ifndef REGNAP_BUILTIN_H
#define REGNAP_BUILTIN_H

#include <regnap/driver.h>
#include <regnap/error.h>
#include <regnap/machine.h>
#include <regnap/scenario.h>

#define REGNAP_VERSION "0.1.0"

/* Names by index; NULL after the last. */
NAP_EXPORT const char *nap_builtin_soc_name(unsigned index);
NAP_EXPORT const char *nap_builtin_scenario_name(unsigned index);

/* A built-in machine or scenario, parsed; owned by the caller. NAP_ERR_UNKNOWN names those
 * there are. */
NAP_EXPORT enum nap_err nap_builtin_soc(const char *name, struct nap_soc **out,
                                        struct nap_error *error);
NAP_EXPORT enum nap_err nap_builtin_scenario(const char *name, struct nap_scenario **out,
                                             struct nap_error *error);

/* One variant of built-in driver logic. */
struct nap_builtin_variant {
    const char *name;    /* of the device family, as ipmmu */
    const char *variant; /* as v9 */
    const char *about;   /* one line */
    const struct nap_driver *driver;
    bool catalogue; /* a form that the hazard catalogue runs, most of them wrong */
};
/* By index, the recommended variant of a family first, those of the catalogue last; false after
 * the last. */
NAP_EXPORT bool nap_builtin_driver(unsigned index, struct nap_builtin_variant *out);
/* The drivers that @scenario has beside its own, in its order; @out has room for
 * NAP_SCENARIO_BESIDE_MAX. NAP_ERR_UNKNOWN names what there is not. */
NAP_EXPORT enum nap_err nap_builtin_beside(const struct nap_scenario *scenario,
                                           const struct nap_driver **out,
                                           struct nap_error *error);
/* Digest of the sources of all built-in driver logic, taken when the library was built. */
NAP_EXPORT struct nap_hash128 nap_builtin_drivers_digest(void);

/* Behaviour of every built-in model; NULL-terminated. */
NAP_EXPORT const struct nap_block *const *nap_builtin_blocks(void);

/* Digest over @soc and the models its devices use. */
NAP_EXPORT struct nap_hash128 nap_machine_model_digest(const struct nap_soc *soc,
                                                       const struct nap_block *const *blocks);

#endif
