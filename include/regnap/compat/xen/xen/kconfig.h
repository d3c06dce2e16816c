/* SPDX-License-Identifier: MIT */
/* IS_ENABLED(CONFIG_X) is 1 where CONFIG_X is defined as 1, and 0 where it is not defined. */
#ifndef REGNAP_XEN_KCONFIG_H
#define REGNAP_XEN_KCONFIG_H

/* A defined option pastes to a macro that yields a comma and so moves the 1 to second place. */
#define NAP_XEN_SHIFT_1                    0,
#define NAP_XEN_SECOND(first, second, ...) second
#define NAP_XEN_PICK(shifted)              NAP_XEN_SECOND(shifted 1, 0, 0)
#define NAP_XEN_ENABLED(value)             NAP_XEN_ENABLED_(value)
#define NAP_XEN_ENABLED_(value)            NAP_XEN_PICK(NAP_XEN_SHIFT_##value)

#define IS_ENABLED(option) NAP_XEN_ENABLED(option)

#endif
