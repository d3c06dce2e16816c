/* SPDX-License-Identifier: MIT */
/* A driver object for the tests of the command. It brings units up and does nothing with them;
 * parameter driver.mode makes its resume go wrong in a way of its own. */
#include <regnap/driver.h>

#include <errno.h>
#include <string.h>

#define NO_REGISTER 0xffc

static unsigned restored; /* of this sleep */

static void toy_write(const struct nap_device *device, unsigned offset, uint32_t value)
{
    nap_seam_write(device->regs + offset, 4, value, NULL, 0);
}

static int probe(struct nap_device *device)
{
    nap_list_add_tail(device);
    return 0;
}

static int answer(struct nap_domain *domain, struct nap_master *master)
{
    (void)domain;
    (void)master;
    return 0;
}

static int map(struct nap_domain *domain, nap_addr iova, nap_addr pa, uint64_t size_bytes,
               unsigned prot)
{
    (void)domain;
    (void)iova;
    (void)pa;
    (void)size_bytes;
    (void)prot;
    return 0;
}

static int unmap(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    (void)domain;
    (void)iova;
    (void)size_bytes;
    return 0;
}

static void poke(const struct nap_device *device)
{
    toy_write(device, NO_REGISTER, 1); /* the line to blame */
}

static void dereference(const volatile uint32_t *p)
{
    (void)*p; /* the line that crashes */
}

/* So small that it has no frame. */
static __attribute__((noinline)) void small(volatile uint32_t *p)
{
    *p = 0; /* the line that calls helper */
}

static int without_end(volatile int *depth)
{
    volatile int mine = *depth + 1;

    return *depth < 0 ? 0 : without_end(&mine) + mine;
}

static void go_wrong(const struct nap_device *device, const char *mode)
{
    static uint32_t not_allocated[8];
    void (*volatile nowhere)(void) = NULL;
    const char *volatile nothing = NULL;

    if (strcmp(mode, "poke") == 0)
        poke(device);
    else if (strcmp(mode, "panic") == 0)
        nap_panic("asked to", __FILE__, __LINE__);
    else if (strcmp(mode, "fail") == 0 && nap_fails("toy"))
        poke(device);
    else if (strcmp(mode, "crash") == 0)
        dereference(NULL);
    else if (strcmp(mode, "nowhere") == 0)
        nowhere(); /* the line that calls nowhere */
    else if (strcmp(mode, "helper") == 0)
        small(NULL);
    else if (strcmp(mode, "strlen") == 0)
        nap_log("%zu", strlen(nothing)); /* the line that calls strlen */
    else if (strcmp(mode, "free") == 0)
        nap_free(not_allocated); /* the line that frees */
    else if (strcmp(mode, "trap") == 0)
        __builtin_trap();
    else if (strcmp(mode, "recurse") == 0)
        (void)without_end(&(volatile int){0});
    else if (strcmp(mode, "address") == 0)
        nap_log("%p", (void *)not_allocated);
    while (strcmp(mode, "wait") == 0)
        nap_udelay(1000); /* the line that waits */
}

static int restore(struct nap_device *device)
{
    const char *mode = nap_parameter("mode");

#ifdef TOY_MODE /* another form of this driver */
    mode = mode ? mode : TOY_MODE;
#endif

    if (mode && strcmp(mode, "enomem") == 0)
        return nap_fails("toy") ? -ENOMEM : 0;
    if (mode && restored++ == 0)
        go_wrong(device, mode);
    return 0;
}

static int begin(void)
{
    restored = 0;
    return 0;
}

static const struct nap_phase suspend[] = {
    {.name = "begin", .kind = NAP_PHASE_STEP, .step = begin}};
static const struct nap_phase resume[] = {
    {.name = "restore", .kind = NAP_PHASE_WALK, .each = restore}};

NAP_EXPORT const struct nap_driver nap_driver = {
    .abi = NAP_DRIVER_ABI,
    .name = "toy",
    .probe = probe,
    .attach = answer,
    .detach = answer,
    .map = map,
    .unmap = unmap,
    .suspend = suspend,
    .n_suspend = 1,
    .resume = resume,
    .n_resume = 1,
};
