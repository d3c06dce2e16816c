/* SPDX-License-Identifier: MIT */
#ifndef TEST_XEN_CHECKS_H
#define TEST_XEN_CHECKS_H

void check_headers(void);

#endif
