/* SPDX-License-Identifier: MIT */
/* A watchdog driver that sleeps. With driver.mode=early it enables the counter before it has
 * loaded it; with driver.mode=locked it forgets that somebody may have locked the registers. */
#include <regnap/driver.h>
#include <string.h>

#define LOAD    0x000
#define CONTROL 0x008
#define LOCK    0xc00

static struct nap_device *wdt;
static uint32_t load = 0x10000, control = 3;

static bool mode_is(const char *mode)
{
    return nap_parameter("mode") && strcmp(nap_parameter("mode"), mode) == 0;
}

static int start(void)
{
    if (!mode_is("locked"))
        nap_write32(wdt->regs + LOCK, 0x1acce551);
    if (mode_is("early"))
        nap_write32(wdt->regs + CONTROL, control);
    nap_write32(wdt->regs + LOAD, load);
    nap_write32(wdt->regs + CONTROL, control);
    nap_write32(wdt->regs + LOCK, 1);
    return 0;
}

static int probe(struct nap_device *device)
{
    wdt = device;
    nap_write32(wdt->regs + LOAD, load);
    nap_write32(wdt->regs + CONTROL, control);
    return 0;
}

static const char *const compatible[] = {"sp805", NULL};
static const struct nap_phase resume[] = {
    {.name = "start", .kind = NAP_PHASE_STEP, .step = start}};

NAP_EXPORT const struct nap_driver nap_driver = {
    .abi = NAP_DRIVER_ABI,
    .name = "sp805",
    .compatible = compatible,
    .probe = probe,
    .resume = resume,
    .n_resume = 1,
};
