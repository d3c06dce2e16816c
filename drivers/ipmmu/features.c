/* SPDX-License-Identifier: MIT */
/* What one generation has elsewhere or otherwise than another, as real drivers keep it: a table
 * by device-tree match. Gen2 is missing: its tables have another format than a guest's.
 *
 * Source: docs/ipmmu-facts.md 1.1 and 1.2. */
#include <string.h>

#include "ipmmu-vmsa.h"

static const struct {
    const char *model;
    struct ipmmu_features features;
} table[] = {
    {"ipmmu-vmsa",
     {
         .contexts = 8,
         .utlbs = 48,
         .ctx_offset_stride = 0x40,
         .ctx_offset_high = 0x600,
         .utlb_offset_high = 0x600,
         .imuctr_ttsel_mask = UINT32_C(0xf) << 4,
     }},
    {"ipmmu-vmsa-gen4",
     {
         .contexts = 16,
         .utlbs = 64,
         .ctx_offset_base = 0x10000,
         .ctx_offset_stride = 0x1040,
         .ctx_offset_high = 0x600,
         .utlb_offset_base = 0x3000,
         .utlb_offset_high = 0x600,
         .control_offset_base = 0x1000,
         .imuctr_ttsel_mask = UINT32_C(0x1f) << 4,
     }},
};

const char *const ipmmu_compatible[] = {"ipmmu-vmsa", "ipmmu-vmsa-gen4", NULL};

const struct ipmmu_features *ipmmu_features_of(const char *model)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(table[i].model, model) == 0)
            return &table[i].features;
    }
    return NULL;
}
