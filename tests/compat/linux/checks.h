/* SPDX-License-Identifier: MIT */
#ifndef TEST_LINUX_CHECKS_H
#define TEST_LINUX_CHECKS_H

#include <linux/platform_device.h>

/* Runs what parameter driver.check names, from within the probe of @pdev. */
void run_checks(struct platform_device *pdev);
/* Whether parameter driver.mistake is that one. */
bool mistaken(const char *mistake);

#endif
