/* SPDX-License-Identifier: MIT */
/* lib/smmuv3/identity.c: what identification registers cannot say together. Source: Arm IHI
 * 0070, "SMMU_IDR0", "SMMU_IDR1", "SMMU_IDR3", "SMMU_IDR5". */
#include "rig.h"

/* As a user's machine says them over preset full, whose values are: */
#define FULL_IDR0 UINT64_C(0x08cff69f)
#define FULL_IDR1 UINT64_C(0x8e739d10)
#define FULL_IDR3 UINT64_C(0x7734)
#define FULL_IDR5 UINT64_C(0x001004f6)

static const struct {
    const char *id;
    uint64_t value;
    const char *says;
} refused[] = {
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x3), "S1P and S2P are 0"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0xc), "TTF is 0"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x20002), "Hyp is 1"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x201), "VMW is 1"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x200), "Hyp is 0"},
    {"IDR0", FULL_IDR0 | UINT64_C(0x10000000), "ST_LEVEL is 2 or 3"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x18000000), "ST_LEVEL is 0"},
    {"IDR1", FULL_IDR1 | 0x3f, "SIDSIZE is more than 32"},
    {"IDR1", FULL_IDR1 | 0x7c0, "SSIDSIZE is more than 20"},
    {"IDR0", FULL_IDR0 | 0x3000000, "STALL_MODEL is 3"},
    {"IDR5", FULL_IDR5 & 0xffff, "STALL_MAX is 0"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x800400), "PRI is 1"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x10400), "ATSRECERR is 1"},
    {"IDR1", FULL_IDR1 | 0x3e00000, "CMDQS or EVENTQS"},
    {"IDR1", FULL_IDR1 | 0x1f0000, "CMDQS or EVENTQS"},
    {"IDR1", FULL_IDR1 | 0xf800, "PRIQS is more than 19"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x2000), "ECMDQ is 1"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x10), "ECMDQ is 1"},
    {"IDR1", FULL_IDR1 | 0x20000000, "ECMDQ and QUEUES_PRESET"},
    {"IDR1", FULL_IDR1 | 0x10000000, "REL is 1"},
    {"IDR0", (FULL_IDR0 & ~UINT64_C(0x600000)) | 0x200000, "TTENDIAN is 1"},
    {"IDR0", (FULL_IDR0 & ~UINT64_C(0x8000)) | 0x100000, "VATOS is 1"},
    {"IDR0", (FULL_IDR0 & ~UINT64_C(0x810400)) | 0x800, "NS1ATS is 1"},
    {"IDR0", FULL_IDR0 | 0x1000000, "STALL_MAX is not 0"},
    {"IDR5", FULL_IDR5 | 0xc00, "VAX is 3"},
    {"IDR5", FULL_IDR5 | 0x7, "56 bits"},
    {"IDR5", (FULL_IDR5 & ~UINT64_C(0xc00)) | 0x800, "56 bits"},
    {"IDR5", FULL_IDR5 & ~UINT64_C(0xc0), "GRAN64K or DS"},
    {"IDR5", FULL_IDR5 & ~UINT64_C(0x30), "DS is 1"},
    {"IDR5", FULL_IDR5 & ~UINT64_C(0xc00), "DS is 1"},
    {"IDR5", FULL_IDR5 & ~UINT64_C(0x10), "GRAN4K is 0"},
    {"IDR3", FULL_IDR3 | 0x1800, "BBML is 3"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x20202), "HAD is 1"},
    {"IDR0", FULL_IDR0 & ~UINT64_C(0x20201), "PTWNNC is 1"},
    {"IDR1", FULL_IDR1 & ~UINT64_C(0x7c0), "PPS is 1"},
    {"AIDR", 0, "more than 48 bits"},
    {"IDR3", FULL_IDR3 & ~UINT64_C(0x4), "HAD is 0"},
    {"IDR3", FULL_IDR3 & ~UINT64_C(0x10), "XNX is 0"},
    {"IDR3", FULL_IDR3 & ~UINT64_C(0x400), "RIL or BBML is 0"},
    {"IDR3", FULL_IDR3 & ~UINT64_C(0x1800), "RIL or BBML is 0"},
    {"IDR3", FULL_IDR3 & ~UINT64_C(0x100), "FWB is 0"},
    {"IDR3", FULL_IDR3 & ~UINT64_C(0x2000), "E0PD is 0"},
    {"IDR3", FULL_IDR3 & ~UINT64_C(0x4000), "PTWNNC is 0"},
};

static struct nap_error create(struct rig *r, const struct rig_options *o)
{
    struct nap_machine_config config = {.soc = &r->soc, .blocks = nap_builtin_blocks()};
    struct nap_error error = {0};

    if (r->m)
        nap_machine_destroy(r->m);
    r->m = NULL;
    rig_describe(&r->soc, o);
    (void)nap_machine_create(&config, &r->m, &error);
    return error;
}

static void what_contradicts_itself_is_refused(void **state)
{
    struct rig *r = *state;

    for (unsigned i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const struct rig_options o = {
            .preset = "full", .id = refused[i].id, .id_value = refused[i].value};
        struct nap_error error = create(r, &o);
        assert_null(r->m);
        assert_int_equal(error.code, NAP_ERR_RANGE);
        if (!strstr(error.text, refused[i].says) ||
            !strstr(error.text, "smmu-board: reset values of device smmu: IDR"))
            fail_msg("%u: %s", i, error.text);
    }
    rig_again(r, &(struct rig_options){.preset = "full"});
}

static void a_small_smmu_may_have_little(void **state)
{
    struct rig *r = *state;
    /* Stage 2 alone, no stalls, linear stream tables of 6 bits. */
    const struct rig_options o = {
        .preset = "v3.0", .id = "IDR0", .id_value = UINT64_C(0x0100000d)};
    struct nap_error error;

    error = create(r, &o);
    assert_null(r->m);
    assert_non_null(strstr(error.text, "ST_LEVEL")); /* v3.0 has 16 bits of StreamID */
    rig_describe(&r->soc, &o);
    r->soc.devices[0].resets[1] = (struct nap_soc_reset){.name = "IDR1", .value = 0x0e739006};
    r->soc.devices[0].resets[2] = (struct nap_soc_reset){.name = "IDR5", .value = 0x75};
    r->soc.devices[0].n_resets = 3;
    assert_int_equal(
        nap_machine_create(
            &(struct nap_machine_config){.soc = &r->soc, .blocks = nap_builtin_blocks()}, &r->m,
            NULL),
        NAP_OK);
    assert_int_equal(rd(r, IDR1), 0x0e739006);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(what_contradicts_itself_is_refused),
        rig_test(a_small_smmu_may_have_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
