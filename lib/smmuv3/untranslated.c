/* SPDX-License-Identifier: MIT */
/* A system without page requests. */
#include "smmuv3.h"

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
