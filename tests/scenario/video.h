/* SPDX-License-Identifier: MIT */
/* What the tests of power references and of interrupts share: vp0 of R-Car H3 with one guest
 * behind it, and a driver whose calls a test may replace by its own. */
#ifndef TEST_SCENARIO_VIDEO_H
#define TEST_SCENARIO_VIDEO_H

#include "rig.h"

#include "os/os.h"
#include "scenario/runner.h"
#include "seam/seam.h"

#include <errno.h>

/* fcpf0 sits behind vp0, which is in a3vp with vp1 (device tree of r8a77951). */
#define HEAD                                                                                   \
    "scenario: t\ntitle: t\ndriver: ipmmu\nsocs: [rcar-h3]\nvariants: [recommended]\n"         \
    "vary: []\ndomains:\n"                                                                     \
    "  - name: video\n    masters: [fcpf0]\n    mappings:\n"                                   \
    "      - {iova: 0x50000000, pa: 0x58000000, size: 0x1000, access: rw}\n"                   \
    "operations:\n"                                                                            \
    "  - probe\n  - attach: video\n"
#define DOWN  "  - runtime-suspend: [a3vp]\n"
#define UP    "  - runtime-resume: [a3vp]\n"
#define SLEEP "  - suspend\n  - power-cycle\n  - resume\n"

/* The one mapping that a test's own map() looks for. */
#define MAPS   "{domain: video, iova: 0x60000000, pa: 0x59000000, size: 0x1000, access: rw}"
#define MAP    "  - map: " MAPS "\n"
#define CLIENT "clients:\n  - {name: c, ops: [{map: " MAPS "}]}\n"

static const struct nap_driver *below; /* the one that is whole */
static struct nap_driver driver;
static struct nap_device *vp0;
static char steps[4096];
static const char *calls_noted; /* driver calls whose names begin so, beside what power does */

static inline void note_step(void *context, const struct nap_machine *m,
                             const struct nap_event *e)
{
    size_t at = strlen(steps);

    (void)context;
    (void)m;
    if (e->kind == NAP_STEP_POWER ||
        (e->kind == NAP_STEP_CALL && strncmp(e->label, calls_noted, strlen(calls_noted)) == 0))
        (void)snprintf(steps + at, sizeof steps - at, "%s;", e->label);
}

static inline void open_video(struct rig *r, const char *file, const char *text)
{
    struct nap_error error = {0};

    memset(r, 0, sizeof *r);
    steps[0] = 0;
    if (nap_scenario_load(text, strlen(text), file, &r->scenario, &error))
        fail_msg("%s", error.text);
    assert_int_equal(nap_builtin_soc("rcar-h3", &r->soc, NULL), NAP_OK);
    below = rig_driver("recommended");
    driver = *below;
    r->config = (struct nap_run_config){.scenario = r->scenario,
                                        .soc = r->soc,
                                        .driver = &driver,
                                        .variant = "recommended",
                                        .blocks = nap_builtin_blocks(),
                                        .trace = note_step};
}

/* Of @rule alone, with @message if one is given; of none if @rule is NULL. */
static inline void assert_broken(struct rig *r, const struct nap_choice_list *choices,
                                 const char *rule, const char *message)
{
    struct nap_run_result result;

    rig_run(r, choices, &result);
    assert_violates_exactly(&result.findings, &rule, rule ? 1 : 0);
    if (message)
        assert_string_equal(result.findings.violations[0].message, message);
    nap_run_result_free(&result);
    rig_close(r);
}

#endif
