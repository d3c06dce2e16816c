/* SPDX-License-Identifier: MIT */
/* What the headers promise, asked from within a driver. A check that fails is a panic with its
 * line. */
#include "checks.h"

#include <linux/string.h>

#define CHECK(condition) BUG_ON(!(condition))

bool mistaken(const char *mistake)
{
    const char *asked = nap_parameter("mistake");

    return asked && strcmp(asked, mistake) == 0;
}

void run_checks(struct platform_device *pdev)
{
    (void)pdev;
}
