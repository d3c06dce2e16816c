/* SPDX-License-Identifier: MIT */
/* An SMMU through which no traffic goes: it caches nothing, so no invalidation finds anything,
 * and holds no transaction, so none is resumed. */
#include "smmuv3.h"

bool smmu_inv_matters(const struct nap_machine *m, unsigned device, const struct smmu_inv *inv)
{
    (void)m;
    (void)device;
    (void)inv;
    return false;
}

void smmu_inv_apply(struct nap_machine *m, unsigned device, const struct smmu_inv *inv)
{
    (void)m;
    (void)device;
    (void)inv;
}

void smmu_caches_power_off(struct nap_machine *m, unsigned device)
{
    (void)m;
    (void)device;
}

void smmu_caches_power_on(struct nap_machine *m, unsigned device)
{
    (void)m;
    (void)device;
}

void smmu_caches_usable(struct nap_machine *m, unsigned device)
{
    (void)m;
    (void)device;
}

/* A hint, which may be ignored. */
void smmu_prefetch(struct nap_machine *m, unsigned device, uint32_t sid, bool ssv,
                   uint32_t ssid, bool address, nap_addr va)
{
    (void)m;
    (void)device;
    (void)sid;
    (void)ssv;
    (void)ssid;
    (void)address;
    (void)va;
}

void smmu_stall_resume(struct nap_machine *m, unsigned device, uint32_t sid, uint16_t stag,
                       bool retry, bool abort)
{
    (void)m;
    (void)device;
    (void)sid;
    (void)stag;
    (void)retry;
    (void)abort;
}

void smmu_stall_terminate(struct nap_machine *m, unsigned device, uint32_t sid)
{
    (void)m;
    (void)device;
    (void)sid;
}

void smmu_stall_evtq_writable(struct nap_machine *m, unsigned device)
{
    (void)m;
    (void)device;
}

/* "CMD_PRI_RESP": ignored where the rest of the system has no PRI. */
void smmu_page_response(struct nap_machine *m, unsigned device, uint32_t sid, bool ssv,
                        uint32_t ssid, uint32_t prg_index, unsigned resp)
{
    (void)m;
    (void)device;
    (void)sid;
    (void)ssv;
    (void)ssid;
    (void)prg_index;
    (void)resp;
}
