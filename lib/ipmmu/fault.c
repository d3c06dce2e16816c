/* SPDX-License-Identifier: MIT */
/* Fault latching and the interrupt line. Basis: the public handlers read IMSTR, then the
 * address, then write 0 to IMSTR; what a second fault does is argued: it adds flags and keeps
 * the first address. */
#include "ipmmu.h"

void nap_ipmmu_irq_update(struct nap_machine *m, unsigned root)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, root);
    bool level = false;

    for (unsigned n = 0; n < layout->contexts; n++)
        level |= (nap_reg_get(m, root, layout->imstr + n) & IPMMU_IMSTR_FLAGS) &&
                 (nap_reg_get(m, root, layout->imctr + n) & IPMMU_IMCTR_INTEN);
    nap_wire_set(m, root, level);
}

void nap_ipmmu_fault(struct nap_machine *m, unsigned root, unsigned context, nap_addr iova,
                     uint64_t imstr)
{
    const struct ipmmu_layout *layout = ipmmu_layout(m, root);
    uint64_t was = nap_reg_get(m, root, layout->imstr + context);

    if (was & IPMMU_IMSTR_FLAGS) {
        nap_reg_set(m, root, layout->imstr + context, was | (imstr & IPMMU_IMSTR_FLAGS));
    } else {
        nap_reg_set(m, root, layout->imstr + context, imstr);
        nap_reg_set(m, root, layout->imelar + context, iova & UINT32_MAX);
        if (layout->imeuar != NAP_NO_SLOT)
            nap_reg_set(m, root, layout->imeuar + context, iova >> 32 & UINT32_MAX);
    }
    nap_ipmmu_irq_update(m, root);
}
