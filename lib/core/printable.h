/* SPDX-License-Identifier: MIT */
/* Text that came from outside, made fit for a report line and for JSON. */
#ifndef NAP_CORE_PRINTABLE_H
#define NAP_CORE_PRINTABLE_H

#define NAP_PRINTABLE_MAX 512 /* bytes of the longest text, with its terminator */

/* Replaces control characters and bytes that are not UTF-8 by '?'. */
void nap_make_printable(char *text);

#endif
