/* SPDX-License-Identifier: MIT */
/* Accesses without a line of their own. Each function that begins one returns the line that is
 * to blame for it. */
#include "object.h"

#define WORD UINT64_C(0x10000004) /* a register of the test's machine */

static void toy_write(uint32_t value)
{
    nap_seam_write(WORD, 4, value, NULL, 0);
}

static void toy_ctx_write_root(uint32_t value)
{
    toy_write(value + 1);
}

static int by_two_helpers(struct nap_device *device)
{
    int line = __LINE__ + 1;
    toy_ctx_write_root(1);

    (void)device;
    return line;
}

static int directly(struct nap_domain *domain, struct nap_master *master)
{
    int line = __LINE__ + 1;
    nap_seam_barrier(NAP_DMB_OSHST, NULL, 0);

    (void)domain;
    (void)master;
    return line;
}

/* Says more than its accessors do, so the line stands here. */
static int toy_poll(void)
{
    int line = __LINE__ + 1;
    (void)nap_seam_read(WORD, 4, NULL, 0);

    return line;
}

static int begin_poll(void)
{
    return toy_poll() + 0;
}

static int by_a_function_of_meaning(struct nap_domain *domain, struct nap_master *master)
{
    int line = begin_poll();

    (void)domain;
    (void)master;
    return line;
}

/* Nobody further out says more: the access itself is to blame. */
static int read_it(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    int line = __LINE__ + 1;
    (void)nap_seam_read(WORD, 4, NULL, 0);

    (void)domain;
    (void)iova;
    (void)size_bytes;
    return line;
}

/* An access that names its line keeps it. */
static int with_a_line(struct nap_domain *domain, nap_addr iova, nap_addr pa,
                       uint64_t size_bytes, unsigned prot)
{
    (void)domain;
    (void)iova;
    (void)pa;
    (void)size_bytes;
    (void)prot;
    nap_seam_write(WORD, 4, 3, "elsewhere.c", 77);
    return 77;
}

/* More calls than a chain is looked at for. */
static int deep(int n)
{
    int line = __LINE__ + 4;

    if (n > 0)
        return deep(n - 1) + 0;
    toy_write(5);
    return line;
}

static int by_recursion(void)
{
    return deep(40) + 0;
}

static const struct nap_phase phases[] = {
    {.name = "deep", .kind = NAP_PHASE_STEP, .step = by_recursion},
};

NAP_EXPORT const struct nap_driver nap_driver = {
    .abi = NAP_DRIVER_ABI,
    .name = "lines",
    .probe = by_two_helpers,
    .attach = directly,
    .detach = by_a_function_of_meaning,
    .map = with_a_line,
    .unmap = read_it,
    .suspend = phases,
    .n_suspend = 1,
};
