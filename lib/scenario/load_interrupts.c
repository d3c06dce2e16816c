/* SPDX-License-Identifier: MIT */
/* What comes by itself in a scenario: its sources of interrupts, and transactions of masters.
 */
#include "load.h"

#include <regnap/os.h>

#include <string.h>

/* --- interrupts --- */

/* Who sends the messages of an LPI, and where to. */
static enum nap_err read_message(struct nap_loader *l, nap_node map,
                                 struct nap_scenario_interrupt *i)
{
    static const char *const keys[] = {"device", "register", "sender", "event", NULL};
    enum nap_err err = nap_yaml_check_map(l->y, map, "message", keys, l->error);

    if (!err)
        err = nap_load_word(l, map, "message", "device", i->device);
    if (!err)
        err = nap_load_word(l, map, "message", "register", i->reg);
    if (!err)
        err = nap_load_maybe_number(l, map, "sender", 0, UINT32_MAX - 1, 0, &i->what.sender);
    if (!err)
        err = nap_load_maybe_number(l, map, "event", 0, UINT32_MAX, 0, &i->what.event);
    return err;
}

#define LPI_FIRST 8192u
#define INTID_MAX 0xffffffu /* ICC_IAR1_EL1, "INTID": 24 bits */

static bool is_the_same(const struct nap_scenario_interrupt *a,
                        const struct nap_scenario_interrupt *b)
{
    bool private = a->sgi || nap_line_private(a->what.intid);

    return a->what.intid == b->what.intid && (!private || a->what.cpu == b->what.cpu);
}

static bool has_message_of(const struct nap_scenario_interrupt *a,
                           const struct nap_scenario_interrupt *b)
{
    return strcmp(a->device, b->device) == 0 && strcmp(a->reg, b->reg) == 0 &&
           a->what.sender == b->what.sender && a->what.event == b->what.event;
}

/* What kind of interrupt an INTID has is the architecture's. */
static enum nap_err check_interrupt(struct nap_loader *l, nap_node map,
                                    const struct nap_scenario_interrupt *i)
{
    uint32_t intid = i->what.intid;
    bool message = i->device[0] != '\0', sgi = intid < NAP_LINE_PPI_FIRST;
    const char *wrong = NULL;

    if (sgi && message)
        wrong = "an SGI with a message";
    else if (!sgi && !message && !nap_line_private(intid) && !nap_line_shared(intid))
        wrong = "no input of that INTID, and no message";
    else if (message && !nap_line_shared(intid) && intid < LPI_FIRST)
        wrong = "a message, and neither an SPI nor an LPI";
    else if (i->sgi != sgi)
        wrong = sgi ? "an SGI without from" : "from, and no SGI";
    else if ((sgi || message) && !i->what.edge)
        wrong = "a level that has no line";
    else if ((sgi || message) && i->what.wake)
        wrong = "wake of what has no line";
    for (const struct nap_scenario_interrupt *k = l->s->interrupts; !wrong && k < i; k++)
        if (is_the_same(k, i))
            wrong = "one that is listed above";
        else if (message && has_message_of(k, i))
            wrong = "a message that is listed above";
    if (!wrong)
        return NAP_OK;
    return nap_yaml_fail(l->y, map, l->error, "found interrupt %u: %s", intid, wrong);
}

static enum nap_err read_times(struct nap_loader *l, nap_node map, uint32_t *out)
{
    nap_node n = nap_yaml_find(l->y, map, "times");
    const char *text = n ? nap_yaml_text(l->y, n) : NULL;
    enum nap_err err;

    if (text && strcmp(text, "any") == 0) {
        *out = NAP_SCENARIO_RAISES_ANY;
        return NAP_OK;
    }
    err = nap_load_maybe_number(l, map, "times", 0, NAP_SCENARIO_RAISES_MAX, 1, out);
    if (err && l->error)
        strncat(l->error->text, ", or any", sizeof l->error->text - strlen(l->error->text) - 1);
    return err;
}

enum nap_err nap_load_interrupt(struct nap_loader *l, nap_node map)
{
    static const char *const keys[] = {"intid", "trigger", "cpu",  "priority", "owner",
                                       "wake",  "times",   "from", "message",  NULL};
    static const char *const triggers[] = {"level", "edge", NULL};
    static const char *const owners[] = {"os", "guest", NULL};
    static const char *const flags[] = {"false", "true", NULL};
    struct nap_scenario_interrupt *i = &l->s->interrupts[l->s->n_interrupts];
    nap_node message = nap_yaml_find(l->y, map, "message"), n = 0;
    uint32_t priority = 0xa0;
    uint64_t intid = 0;
    enum nap_err err = nap_yaml_check_map(l->y, map, "an interrupt", keys, l->error);

    i->line = nap_yaml_line(l->y, map);
    i->sgi = nap_yaml_find(l->y, map, "from") != 0;
    if (!err)
        err = nap_yaml_need(l->y, map, "an interrupt", "intid", &n, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, n, "intid", 0, INTID_MAX, &intid, l->error);
    i->what.intid = (uint32_t)intid;
    i->what.edge = intid < NAP_LINE_PPI_FIRST || message;
    if (!err)
        err = nap_load_maybe_number(l, map, "cpu", 0, NAP_SOC_CPUS_MAX - 1, 0, &i->what.cpu);
    if (!err)
        err = nap_load_maybe_number(l, map, "from", 0, NAP_SOC_CPUS_MAX - 1, 0, &i->what.from);
    if (!err)
        err = nap_load_maybe_number(l, map, "priority", 0, 0xff, priority, &priority);
    i->what.priority = (uint8_t)priority;
    if (!err)
        err = read_times(l, map, &i->times);
    if (!err)
        err = nap_load_maybe_one_of(l, map, "trigger", triggers, &i->what.edge);
    if (!err)
        err = nap_load_maybe_one_of(l, map, "owner", owners, &i->what.guest);
    if (!err)
        err = nap_load_maybe_one_of(l, map, "wake", flags, &i->what.wake);
    if (!err && message)
        err = read_message(l, message, i);
    if (!err)
        err = check_interrupt(l, map, i);
    l->s->n_interrupts++;
    return err;
}

/* --- traffic --- */

enum nap_err nap_load_traffic(struct nap_loader *l, nap_node map)
{
    static const char *const keys[] = {"master", "iova", "access", "times", NULL};
    static const char *const accesses[] = {"r", "w", NULL};
    struct nap_scenario_traffic *t = &l->s->traffic[l->s->n_traffic];
    nap_node n = 0;
    enum nap_err err = nap_yaml_check_map(l->y, map, "a transaction", keys, l->error);

    t->line = nap_yaml_line(l->y, map);
    if (!err)
        err = nap_load_word(l, map, "a transaction", "master", t->master);
    if (!err)
        err = nap_yaml_need(l->y, map, "a transaction", "iova", &n, l->error);
    if (!err)
        err = nap_yaml_u64(l->y, n, "iova", 0, UINT64_MAX, &t->iova, l->error);
    if (!err)
        err = nap_load_maybe_one_of(l, map, "access", accesses, &t->write);
    if (!err)
        err = nap_load_maybe_number(l, map, "times", 1, NAP_SCENARIO_SENDS_MAX, 1, &t->times);
    l->s->n_traffic++;
    return err;
}
