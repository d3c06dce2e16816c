/* SPDX-License-Identifier: MIT */
/* Memory attributes: memory type and shareability, as one number. Bits 7:0 are a byte of MAIR
 * (Arm DDI 0487, MAIR_EL1), which has both types and all hints; bits 9:8 are SH. */
#ifndef NAP_VMSA_ATTRIBUTES_H
#define NAP_VMSA_ATTRIBUTES_H

#include <regnap/types.h>

#define NAP_VMSA_NSH 0u
#define NAP_VMSA_OSH 2u
#define NAP_VMSA_ISH 3u

#define NAP_VMSA_WB 0xffu /* inner and outer write-back, read and write allocate */
#define NAP_VMSA_NC 0x44u /* inner and outer non-cacheable */

/* The number of a MAIR byte and SH. Device and non-cacheable memory is outer shareable whatever
 * SH says, and the reserved SH is non-shareable. Reserved MAIR bytes become what they behave
 * as: the device of bits 3:2, or inner write-through transient. */
uint16_t nap_vmsa_attributes(uint8_t mair, uint8_t sh);

bool nap_vmsa_is_device(uint16_t attributes);

/* The MAIR byte of MemAttr[3:0] of a stage 2 descriptor, with the usual hints. Reserved
 * encodings are Device-nGnRnE. */
uint8_t nap_vmsa_memattr(uint8_t memattr);

/* What stage 1 or the client gave, combined with what a stage 2 leaf says: the stronger of both
 * memory types and shareabilities; hints are those of @first. */
uint16_t nap_vmsa_combine(uint16_t first, uint8_t memattr, uint8_t sh);

/* The same where stage 2 forces its type on stage 1 (FEAT_S2FWB). */
uint16_t nap_vmsa_force(uint16_t first, uint8_t memattr, uint8_t sh);

#endif
