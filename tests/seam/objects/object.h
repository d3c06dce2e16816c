/* SPDX-License-Identifier: MIT */
/* What the driver objects of these tests are made of: a driver that only answers. */
#ifndef TEST_OBJECT_H
#define TEST_OBJECT_H

#include <regnap/driver.h>

static inline int answer_attach(struct nap_domain *domain, struct nap_master *master)
{
    (void)domain;
    (void)master;
    return 0;
}

static inline int answer_map(struct nap_domain *domain, nap_addr iova, nap_addr pa,
                             uint64_t size_bytes, unsigned prot)
{
    (void)domain;
    (void)iova;
    (void)pa;
    (void)size_bytes;
    (void)prot;
    return 0;
}

static inline int answer_unmap(struct nap_domain *domain, nap_addr iova, uint64_t size_bytes)
{
    (void)domain;
    (void)iova;
    (void)size_bytes;
    return 0;
}

#endif
