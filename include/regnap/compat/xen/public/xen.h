/* SPDX-License-Identifier: MIT */
/* Numbers of the interface between Xen and its guests, as far as drivers meet them. */
#ifndef REGNAP_XEN_PUBLIC_XEN_H
#define REGNAP_XEN_PUBLIC_XEN_H

#include <stdint.h>

typedef uint16_t domid_t;

#define DOMID_FIRST_RESERVED ((domid_t)0x7FF0)
#define DOMID_SELF           ((domid_t)0x7FF0)
#define DOMID_IO             ((domid_t)0x7FF1)
#define DOMID_XEN            ((domid_t)0x7FF2)
#define DOMID_COW            ((domid_t)0x7FF3)
#define DOMID_INVALID        ((domid_t)0x7FF4)
#define DOMID_IDLE           ((domid_t)0x7FFF)

#endif
