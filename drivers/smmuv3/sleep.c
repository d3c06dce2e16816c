/* SPDX-License-Identifier: MIT */
/* Suspend and resume in the form that the review converges to, one unit at a time.
 *
 * Down: what arrives while the unit is off is aborted; endpoints forget what they cached and
 * stop asking; handlers have run; every queue is empty; translation stops and says so; the gate
 * closes and what got in before is waited for; off. Up: registers hold anything; all of the
 * reset sequence; the gate opens once commands are taken and before everything is invalidated;
 * translation last. A suspend that is given up is a resume of a unit that has lost nothing.
 *
 * Source: docs/smmuv3-facts.md 12.3 to 12.5; hazards/README.md for what comes of other orders.
 */
#include <errno.h>

#include "arm-smmu-v3.h"

bool smmuv3_serves(const struct nap_device *device)
{
    return device->data != NULL &&
           (!smmuv3_of(device)->runtime_off || smmuv3_form()->nesting_unasked);
}

/* --- a unit's masters --- */

bool smmuv3_is_sensitive(const struct smmuv3_master *own)
{
    return own->master->autonomous || own->master->sensitive ||
           (own->domain != NULL && own->domain->guest->sensitive);
}

static int ats_on(const struct smmuv3_device *smmu)
{
    int ret = 0;

    for (struct smmuv3_master *own = smmuv3_driver()->masters; own != NULL && ret == 0;
         own = own->next) {
        if (own->smmu == smmu && own->domain != NULL)
            ret = smmuv3_ats_on(own);
    }
    return ret;
}

static void each_master(const struct smmuv3_device *smmu,
                        void (*apply)(struct nap_master *master))
{
    for (const struct smmuv3_master *own = smmuv3_driver()->masters; own != NULL;
         own = own->next) {
        if (own->smmu == smmu && smmuv3_form()->hold_masters)
            apply(own->master);
    }
}

/* Suspend may have been cut off before it came to that. */
static void ats_reset(const struct smmuv3_device *smmu)
{
    for (struct smmuv3_master *own = smmuv3_driver()->masters; own != NULL; own = own->next) {
        if (own->smmu == smmu)
            smmuv3_ats_reset(own);
    }
}

static int ats_off(const struct smmuv3_device *smmu)
{
    int ret = 0;

    for (struct smmuv3_master *own = smmuv3_driver()->masters; own != NULL && ret == 0;
         own = own->next) {
        if (own->smmu == smmu)
            ret = smmuv3_ats_off(own);
    }
    return ret;
}

/* --- back to service, from anywhere --- */

/* Masters stay held behind a unit that does not finish its commands. */
static int serving(struct smmuv3_device *smmu)
{
    int ret;

    smmu->quiet = false;
    smmu->shut = false;
    if (smmu->record != NULL)
        nap_free(smmu->record);
    smmu->record = NULL;
    ret = ats_on(smmu);
    if (ret != 0)
        return ret;
    smmuv3_hold_power_all(smmu);
    each_master(smmu, nap_master_release);
    return 0;
}

static int restart(struct smmuv3_device *smmu)
{
    int ret = smmuv3_form()->msi_realloc && smmu->msis == 0 ? smmuv3_msis_alloc(smmu) : 0;

    if (ret == 0)
        ret = smmuv3_restart(smmu);
    return ret == 0 ? serving(smmu) : ret;
}

/* Every other unit that suspend has touched serves again, also those that had finished. */
static void restart_others(const struct smmuv3_device *failed)
{
    const struct smmuv3_driver *driver = smmuv3_driver();

    for (uint32_t i = 0; i < driver->n_units; i++) {
        struct smmuv3_device *smmu = driver->unit[i];

        if (smmu != NULL && smmu != failed && smmu->quiet && !smmu->runtime_off)
            (void)restart(smmu);
    }
}

/* Hardware that has not answered is not asked to answer more: enables are written back, but for
 * what is still under way. Not so once invalidations may have been left out: then it goes on
 * aborting. */
static void serve_on(struct smmuv3_device *smmu)
{
    uint32_t under_way = (smmuv3_read(smmu, CR0ACK) ^ smmu->cr0) & CR0_FIELDS;

    smmuv3_gate(smmu, false);
    smmu->cr0 = (smmu->cr0 & under_way) | (smmu->cr0_served & ~under_way);
    smmuv3_write(smmu, CR0, smmu->cr0);
    smmu->quiet = false;
}

/* The step's error is what the caller learns. */
static int or_roll_back(struct smmuv3_device *smmu, int ret)
{
    const struct smmuv3_form *form = smmuv3_form();

    if (ret == 0 || form->no_rollback)
        return ret;
    if (ret != -ETIMEDOUT && ret != -EIO)
        (void)restart(smmu);
    else if (!smmu->shut)
        serve_on(smmu);
    if (!form->rollback_one)
        restart_others(smmu);
    return ret;
}

/* --- down --- */

/* Where hardware wakes up in bypass, nobody who may send on his own must be behind it. */
int smmuv3_may_sleep(struct nap_device *device)
{
    const struct smmuv3_device *smmu = smmuv3_of(device);

    if (smmu->aborts_at_reset || smmuv3_form()->hold_masters || smmuv3_form()->always_sleeps)
        return 0;
    if (smmuv3_form()->firmware_flag)
        return -EBUSY;
    for (const struct smmuv3_master *own = smmuv3_driver()->masters; own != NULL;
         own = own->next) {
        if (own->smmu == smmu && smmuv3_is_sensitive(own)) {
            nap_log("%s: wakes up in bypass, and %s may send", device->name, own->master->name);
            return -EBUSY;
        }
    }
    return 0;
}

/* What arrives from here on once the unit is off is aborted. */
int smmuv3_shield(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);

    smmu->quiet = true;
    smmu->cr0_served = smmu->cr0;
    each_master(smmu, nap_master_hold);
    return or_roll_back(smmu, smmuv3_abort_first(smmu));
}

/* Endpoints stop asking, and what they cached is gone. */
int smmuv3_calm(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);

    return smmuv3_form()->atc_left_out ? 0 : or_roll_back(smmu, ats_off(smmu));
}

int smmuv3_mute(struct nap_device *device)
{
    const struct smmuv3_form *form = smmuv3_form();
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret = 0;

    if (form->msi_saved)
        smmuv3_messages_save(smmu);
    if (!form->irqs_left_on)
        ret = smmuv3_irqs_off(smmu);
    if (ret == 0 && !form->threads_unasked && !form->outputs_left)
        nap_irq_synchronize(device);
    return or_roll_back(smmu, ret);
}

/* What producers have produced is dealt with, and what consumers have been told is done. */
static int empty_queues(struct smmuv3_device *smmu)
{
    const struct smmuv3_form *form = smmuv3_form();
    int ret = 0;

    if (!form->outputs_left) {
        smmuv3_handle_gerror(smmu);
        smmuv3_handle_events(smmu);
        smmuv3_handle_requests(smmu);
        ret = smmuv3_answer_all(smmu);
    }
    if (ret == 0 && !form->no_drain)
        ret = smmuv3_drain(smmu);
    if (form->gate_early)
        smmuv3_gate(smmu, true);
    return ret;
}

int smmuv3_empty(struct nap_device *device)
{
    return or_roll_back(smmuv3_of(device), empty_queues(smmuv3_of(device)));
}

/* Translation goes before all else: an early end of the event queue would lose the last
 * records, an early end of ATSCHK would let untranslated addresses pass. */
int smmuv3_disable(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret;

    if (smmuv3_form()->no_disable)
        return 0;
    ret = smmuv3_set_cr0(smmu, smmu->cr0 & ~CR0_SMMUEN);
    if (ret == 0 && smmuv3_form()->abort_after_disable)
        ret = smmuv3_abort(smmu);
    return or_roll_back(smmu, ret);
}

/* Commands are taken to the end. */
int smmuv3_reduce(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret;

    if (smmuv3_form()->no_disable)
        return 0;
    ret = smmuv3_set_cr0(smmu, CR0_CMDQEN);
    if (ret == 0 && !smmuv3_form()->outputs_left)
        smmuv3_handle_events(smmu);
    return or_roll_back(smmu, ret);
}

/* What got in before the gate closed is waited for. */
int smmuv3_close(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);

    smmuv3_gate(smmu, true);
    return smmuv3_form()->no_drain ? 0 : or_roll_back(smmu, smmuv3_drain(smmu));
}

/* For those who find out late that there is no memory for what they would keep. */
static int record_new(struct smmuv3_device *smmu)
{
    smmu->record = smmuv3_alloc(sizeof(*smmu), "record");
    return smmu->record != NULL ? 0 : -ENOMEM;
}

int smmuv3_shut(struct nap_device *device)
{
    const struct smmuv3_form *form = smmuv3_form();
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret;

    smmu->shut = true;
    ret = form->no_disable ? 0 : smmuv3_stop(smmu);
    if (ret == 0 && (form->msi_realloc || form->msi_freed))
        smmuv3_msis_free(smmu);
    if (ret == 0 && form->record_late)
        ret = record_new(smmu);
    return or_roll_back(smmu, ret);
}

#define WALK(phase, function)                                                                  \
    {                                                                                          \
        .name = (phase), .kind = NAP_PHASE_WALK, .filter = smmuv3_serves, .each = (function)   \
    }

/* A quiet point after each: clients may call, and every step is known to have ended. */
const struct nap_phase smmuv3_suspend_phases[SMMUV3_N_SUSPEND] = {
    WALK("may sleep", smmuv3_may_sleep), WALK("shield", smmuv3_shield),
    WALK("calm", smmuv3_calm),           WALK("mute", smmuv3_mute),
    WALK("empty", smmuv3_empty),         WALK("disable", smmuv3_disable),
    WALK("reduce", smmuv3_reduce),       WALK("close", smmuv3_close),
    WALK("shut", smmuv3_shut),
};

/* --- up --- */

static int or_unheard(int ret)
{
    if (ret != 0)
        nap_log("resume fails: %d", ret);
    return smmuv3_form()->resume_unheard ? 0 : ret;
}

int smmuv3_wake(struct nap_device *device)
{
    const struct smmuv3_form *form = smmuv3_form();
    struct smmuv3_device *smmu = smmuv3_of(device);

    smmu->quiet = true;
    if (!form->atc_left_out)
        ats_reset(smmu);
    if (form->no_abort_at_wake || form->trusts_reset)
        return 0;
    return or_unheard(smmuv3_abort_first(smmu));
}

/* Resume may begin anew after it was cut off, or on a unit that has lost nothing, so the gate
 * may be open, and translation on. */
int smmuv3_clear(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret = smmuv3_form()->trusts_reset ? 0 : smmuv3_stop(smmu);

    if (ret == 0)
        smmuv3_gate(smmu, true);
    return or_unheard(ret);
}

int smmuv3_build(struct nap_device *device)
{
    return or_unheard(smmuv3_set_up(smmuv3_of(device)));
}

/* The gate opens before everything is invalidated, so that nothing falls between. */
int smmuv3_forget(struct nap_device *device)
{
    const struct smmuv3_form *form = smmuv3_form();
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret = 0;

    if (!form->gate_late)
        smmuv3_gate(smmu, false);
    if (!form->enable_first)
        ret = smmuv3_invalidate_all(smmu);
    return or_unheard(ret);
}

int smmuv3_listen(struct nap_device *device)
{
    if (smmuv3_form()->tables_late)
        smmuv3_late_entries(smmuv3_of(device));
    return or_unheard(smmuv3_queues_on(smmuv3_of(device)));
}

int smmuv3_speak(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret = smmuv3_form()->setup_twice ? smmuv3_irqs_request(smmu) : 0;

    if (ret == 0 && smmuv3_form()->msi_realloc && smmu->msis == 0)
        ret = smmuv3_msis_alloc(smmu);
    if (ret == 0)
        ret = smmuv3_irqs_on(smmu);
    return or_unheard(ret);
}

int smmuv3_serve(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret = smmuv3_enable(smmu);

    if (ret == 0 && smmuv3_form()->enable_first)
        ret = smmuv3_invalidate_all(smmu);
    if (ret == 0)
        ret = serving(smmu);
    return or_unheard(ret);
}

const struct nap_phase smmuv3_resume_phases[SMMUV3_N_RESUME] = {
    WALK("wake", smmuv3_wake),     WALK("clear", smmuv3_clear),   WALK("build", smmuv3_build),
    WALK("forget", smmuv3_forget), WALK("listen", smmuv3_listen), WALK("speak", smmuv3_speak),
    WALK("serve", smmuv3_serve),
};

/* --- all of it for one unit --- */

static int run(const struct nap_phase *phases, uint32_t n, struct nap_device *device)
{
    int ret = 0;

    for (uint32_t i = 0; i < n && ret == 0; i++)
        ret = phases[i].each(device);
    return ret;
}

int smmuv3_down(struct nap_device *device)
{
    return run(smmuv3_suspend_phases, SMMUV3_N_SUSPEND, device);
}

int smmuv3_up(struct nap_device *device)
{
    return run(smmuv3_resume_phases, SMMUV3_N_RESUME, device);
}

/* At run time. */

int smmuv3_device_off(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret;

    if (smmu == NULL || smmu->runtime_off)
        return 0;
    ret = smmuv3_down(device);
    if (ret == 0)
        smmu->runtime_off = true;
    return ret;
}

int smmuv3_device_on(struct nap_device *device)
{
    struct smmuv3_device *smmu = smmuv3_of(device);
    int ret;

    if (smmu == NULL)
        return 0;
    ret = smmuv3_up(device);
    if (ret == 0)
        smmu->runtime_off = false;
    return ret;
}
