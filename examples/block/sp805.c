/* SPDX-License-Identifier: MIT */
/* The SP805 watchdog as a block: its model is sp805.yaml; here is what the model cannot say. */
#include <regnap/block.h>
#include <regnap/rule.h>

#include "sp805-model.h" /* made of sp805.yaml */

#define KEY 0x1acce551u /* "WdogLock": any other value locks */

static uint64_t turn_key(struct nap_machine *m, unsigned device, unsigned slot,
                         uint64_t written, uint64_t lanes, uint64_t now)
{
    (void)m, (void)device, (void)slot, (void)lanes, (void)now;
    return written != KEY;
}

static nap_on_store *const on_store[SP805_REG_COUNT] = {[SP805_REG_WDOGLOCK] = turn_key};

static void load_before_enable(const struct nap_machine *m, const struct nap_event *e,
                               struct nap_report *report)
{
    if (!(e->now & ~e->was & SP805_WDOGCONTROL_INTEN) ||
        (nap_reg_marks(m, e->device, SP805_SLOT_WDOGLOAD) & NAP_MARK_WRITTEN))
        return;
    nap_violation(report, e->device, e->slot, UINT32_MAX,
                  "the watchdog is enabled, and nobody has written WDOGLOAD since power-on: it "
                  "waits for 0x%llx ticks",
                  (unsigned long long)nap_reg_get(m, e->device, SP805_SLOT_WDOGLOAD));
}

static const struct nap_rule rules[] = {{
    .id = "sp805-load-before-enable",
    .classes = "O4",
    .source = "ARM DDI 0270, WdogLoad: the counter starts from it when INTEN is set",
    .about = "Before the counter is enabled, its start value has been written since power-on",
    .family = NAP_RULE_CONDUCT,
    .on = NAP_STEP_BIT(NAP_STEP_WRITE),
    .reg = "WDOGCONTROL",
    .check = load_before_enable,
}};

NAP_EXPORT const struct nap_block nap_block = {
    .abi = NAP_BLOCK_ABI,
    .model = &nap_model_sp805,
    .on_store = on_store,
    .rules = rules,
    .n_rules = 1,
};
