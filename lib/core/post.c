/* SPDX-License-Identifier: MIT */
/* Register writes on their way from the processor to the device (docs/memory-order.md). Where
 * kind `post` is varied, each goes into the FIFO of its device. It lands there when somebody
 * could notice that it has not: at once by default, or it is held and lands as late as it may.
 */
#include "core.h"

#include <assert.h>
#include <string.h>

/* --- the list
 * ----------------------------------------------------------------------------------
 */

static bool before(const struct nap_post *a, const struct nap_post *b)
{
    if (a->cpu != b->cpu)
        return a->cpu < b->cpu;
    return a->group != b->group ? a->group < b->group : a->device < b->device;
}

/* Whether @a, which stands before @b or was issued earlier, must land before it. */
static bool ordered(const struct nap_post *a, const struct nap_post *b)
{
    return a->cpu == b->cpu && (a->device == b->device || a->group < b->group);
}

/* The list is about to change from place @at on. */
static void touch_from(struct nap_machine *m, uint32_t at)
{
    uint32_t n = m->st->n_posts + 1 - at;

    nap_touched(m, &m->st->n_posts, sizeof m->st->n_posts);
    nap_touched(m, &m->st->posts[at], n * sizeof m->st->posts[0]);
    nap_touched(m, &m->ev->posts[at], n * sizeof m->ev->posts[0]);
}

/* Member by member: what lies between them in a source is anything. */
static void keep_source(struct nap_source *to, struct nap_source from)
{
    to->file = from.file;
    to->line = from.line;
    to->via = from.via;
}

/* @issued: the step at which it was. */
static void insert(struct nap_machine *m, struct nap_post post, nap_step issued)
{
    struct nap_state *st = m->st;
    struct nap_post_evidence *ev = m->ev->posts;
    uint32_t at = st->n_posts;

    assert(st->n_posts + 1 < NAP_POSTS_MAX);
    while (at > 0 && before(&post, &st->posts[at - 1]))
        at--;
    touch_from(m, at);
    memmove(&st->posts[at + 1], &st->posts[at], (st->n_posts - at) * sizeof st->posts[0]);
    memmove(&ev[at + 1], &ev[at], (st->n_posts - at) * sizeof ev[0]);
    st->posts[at] = post;
    memset(&ev[at], 0, sizeof ev[at]);
    ev[at].issued = issued;
    keep_source(&ev[at].source, m->source);
    st->n_posts++;
}

/* Groups count from 0 without gaps, so that equal lists are equal bytes. Last in everything
 * that changes the list: until then a group keeps its number. */
static void renumber(struct nap_machine *m, unsigned cpu)
{
    struct nap_state *st = m->st;
    uint16_t was = UINT16_MAX, now = UINT16_MAX; /* one less than 0 */
    uint16_t *next = &st->post_group[cpu];

    for (uint32_t i = 0; i < st->n_posts; i++) {
        uint16_t *group = &st->posts[i].group;
        if (st->posts[i].cpu != cpu)
            continue;
        if (now == UINT16_MAX || *group != was)
            now++;
        was = *group;
        if (was != now)
            nap_touched(m, group, sizeof *group);
        *group = now;
    }
    nap_touched(m, next, sizeof *next);
    if (now == UINT16_MAX)
        *next = 0;
    else
        *next = *next == was ? now : (uint16_t)(now + 1);
}

static void renumber_all(struct nap_machine *m)
{
    for (unsigned cpu = 0; cpu == 0 || cpu < m->soc->n_cpus; cpu++)
        renumber(m, cpu);
}

static void take_out(struct nap_machine *m, uint32_t at)
{
    struct nap_state *st = m->st;
    struct nap_post_evidence *ev = m->ev->posts;

    touch_from(m, at);
    st->n_posts--;
    memmove(&st->posts[at], &st->posts[at + 1], (st->n_posts - at) * sizeof st->posts[0]);
    memmove(&ev[at], &ev[at + 1], (st->n_posts - at) * sizeof ev[0]);
    memset(&st->posts[st->n_posts], 0, sizeof st->posts[0]);
}

/* --- landing ---------------------------------------------------------------------------------
 */

static void set_writer(struct nap_machine *m, unsigned cpu, bool secure)
{
    if (m->st->cpu != cpu)
        nap_cpu_set(m, cpu);
    nap_secure_set(m, secure);
}

/* Registers that are banked are those of the processor that issued the write, in the state that
 * it was in. */
static void write_now(struct nap_machine *m, const struct nap_post *post)
{
    unsigned cpu = m->st->cpu;
    bool secure = m->st->secure != 0;

    set_writer(m, post->cpu, post->secure != 0);
    if (post->size_bytes)
        nap_regfile_write_part(m, post->device, post->slot, post->from, post->size_bytes,
                               post->value);
    else
        nap_regfile_write(m, post->device, post->slot, post->value);
    set_writer(m, cpu, secure);
}

/* The write takes effect now; its driver line is where it was issued. */
static void land_one(struct nap_machine *m, uint32_t at)
{
    struct nap_post post = m->st->posts[at];
    struct nap_post_evidence ev = m->ev->posts[at];
    struct nap_source outer = m->source;
    bool by_firmware = m->by_firmware;

    take_out(m, at);
    m->source = ev.source;
    m->issued = ev.issued;
    m->by_firmware = false;
    write_now(m, &post);
    m->by_firmware = by_firmware;
    m->issued = 0;
    m->source = outer;
}

/* What must land before @post, in order. */
static void land_before(struct nap_machine *m, const struct nap_post *post, uint32_t end)
{
    for (uint32_t i = 0; i < end;)
        if (ordered(&m->st->posts[i], post)) {
            land_one(m, i);
            end--;
        } else {
            i++;
        }
}

static void land(struct nap_machine *m, uint32_t at)
{
    struct nap_post post = m->st->posts[at];
    uint32_t n = m->st->n_posts;

    land_before(m, &post, at);
    land_one(m, at - (n - m->st->n_posts));
}

void nap_post_land_first(struct nap_machine *m)
{
    unsigned cpu = m->st->posts[0].cpu;

    land_one(m, 0);
    renumber(m, cpu);
}

void nap_post_land_all(struct nap_machine *m)
{
    while (m->st->n_posts)
        nap_post_land_first(m);
}

void nap_post_drop(struct nap_machine *m, unsigned device)
{
    for (uint32_t i = m->st->n_posts; i-- > 0;) {
        unsigned cpu = m->st->posts[i].cpu;
        if (m->st->posts[i].device != device)
            continue;
        take_out(m, i);
        renumber(m, cpu);
    }
}

/* --- the choice ------------------------------------------------------------------------------
 */

/* What stands before a write may change what it does, so only one at the head can be seen to
 * change nothing. */
static bool matters(const struct nap_machine *m, uint32_t at)
{
    const struct nap_post *post = &m->st->posts[at];

    for (uint32_t i = 0; i < at; i++)
        if (ordered(&m->st->posts[i], post))
            return true;
    return nap_regfile_matters(m, post->device, post->slot, post->value);
}

static void hold(struct nap_machine *m, uint32_t at)
{
    touch_from(m, at);
    for (uint32_t i = at; i < m->st->n_posts; i++)
        if (i == at || ordered(&m->st->posts[at], &m->st->posts[i]))
            m->st->posts[i].held = 1;
}

static bool chosen_late(struct nap_machine *m, uint32_t at)
{
    const struct nap_post *post = &m->st->posts[at];

    return matters(m, at) && nap_choose(m, NAP_CHOOSE_POST, "posted write is held back",
                                        nap_instance_of(post->device, post->slot), 2) == 1;
}

/* Decides on all that nobody could have noticed so far, but not on what must land before @next
 * in any case. A write that is held holds what must land after it. */
static void decide(struct nap_machine *m, const struct nap_post *next)
{
    for (uint32_t i = 0; i < m->st->n_posts;) {
        if (m->st->posts[i].held || (next && ordered(&m->st->posts[i], next))) {
            i++;
        } else if (chosen_late(m, i)) {
            hold(m, i);
        } else {
            land(m, i);
            i = 0;
        }
    }
}

/* While a write takes effect, whatever it brings about follows from it. */
void nap_post_decide(struct nap_machine *m)
{
    if (m->holding)
        return;
    decide(m, NULL);
    renumber_all(m);
}

/* --- issue
 * ------------------------------------------------------------------------------------
 */

static bool can_wait(const struct nap_machine *m, unsigned device)
{
    const struct nap_block *block = m->devices[device].kind->block;

    return !m->by_firmware && (!block->posted || block->posted(m, device));
}

static bool must_follow(const struct nap_machine *m, const struct nap_post *post)
{
    for (uint32_t i = 0; i < m->st->n_posts; i++)
        if (ordered(&m->st->posts[i], post))
            return true;
    return false;
}

static void post(struct nap_machine *m, struct nap_post p)
{
    struct nap_event e = nap_event_for(m, NAP_STEP_POST, p.device, p.slot);

    e.size_bytes = p.size_bytes ? p.size_bytes
                                : (uint8_t)m->devices[p.device].kind->slots[p.slot].size_bytes;
    e.is_write = true;
    e.was = e.now = m->devices[p.device].regs[p.slot];
    e.written = p.value;
    nap_step_done(m, &e);
    insert(m, p, e.step);
}

/* A list that is full has its first write land, as it may at any time. Which one is oldest is
 * evidence, by which nothing may be decided. */
void nap_post_issue(struct nap_machine *m, struct nap_post p)
{
    p.cpu = (uint8_t)m->st->cpu;
    p.secure = (uint8_t)m->st->secure;
    p.group = m->st->post_group[p.cpu];
    if (can_wait(m, p.device)) {
        if (!must_follow(m, &p) && !nap_regfile_matters(m, p.device, p.slot, p.value)) {
            write_now(m, &p);
            return;
        }
        decide(m, &p);
        if (m->st->n_posts + 1 == NAP_POSTS_MAX) {
            nap_unmodelled(m, UINT32_MAX, "more writes on their way than the list takes");
            land_one(m, 0);
        }
        post(m, p);
    } else {
        decide(m, &p);
        land_before(m, &p, m->st->n_posts);
        write_now(m, &p);
    }
    renumber_all(m);
}

/* --- what lands writes
 * -------------------------------------------------------------------------
 */

/* A read that changes its device, as the block's part in it may, or finds work under way there,
 * is an event as a write is. */
static bool read_has_effect(const struct nap_machine *m, unsigned device, unsigned slot)
{
    const struct nap_dev *d = &m->devices[device];
    const struct nap_slot *s = &d->kind->slots[slot];

    if ((s->special & (NAP_SPECIAL_WRITE | NAP_SPECIAL_PARTS)) || s->on_read)
        return true;
    return (d->marks[slot] & NAP_MARK_UNDETERMINED) || (d->regs[slot] & s->rc) ||
           (m->st->n_work && ((d->regs[slot] & s->self_clear) ||
                              nap_work_begun_at(m, device, slot, UINT64_MAX)));
}

void nap_post_before_read(struct nap_machine *m, unsigned device, unsigned slot)
{
    struct nap_post read = {.device = (uint16_t)device, .cpu = (uint8_t)m->st->cpu};

    for (uint32_t i = 0; i < m->st->n_posts; i++)
        if (m->st->posts[i].device == device && m->st->posts[i].cpu == read.cpu)
            read.group = m->st->posts[i].group;
    if (must_follow(m, &read)) {
        decide(m, &read);
        land_before(m, &read, m->st->n_posts);
        renumber_all(m);
    }
    if (read_has_effect(m, device, slot))
        nap_post_decide(m);
}

static bool shows_in_ram(const struct nap_machine *m, const struct nap_post *post)
{
    return m->devices[post->device].kind->block->ram_read != NULL;
}

static bool any_shows_in_ram(const struct nap_machine *m)
{
    for (uint32_t i = 0; i < m->st->n_posts; i++)
        if (shows_in_ram(m, &m->st->posts[i]))
            return true;
    return false;
}

/* Equal loads in a row that a write may outlast, as those of late work (nap_block.work_reads).
 */
#define LATE_LOADS 3u

void nap_post_before_load(struct nap_machine *m, nap_addr address)
{
    if (!any_shows_in_ram(m))
        return;
    nap_post_decide(m);
    if (m->ev->load_address != address || m->ev->load_count < LATE_LOADS)
        return;
    for (uint32_t i = 0; i < m->st->n_posts;) {
        if (shows_in_ram(m, &m->st->posts[i])) {
            land(m, i);
            i = 0;
        } else {
            i++;
        }
    }
    renumber_all(m);
}

/* Where an early acknowledgement ends a DSB, only a device mapped without it has its writes. */
static bool dsb_waits_for(struct nap_machine *m, const struct nap_post *post)
{
    if (post->cpu != m->st->cpu)
        return false;
    return (m->st->no_early_ack & UINT64_C(1) << post->device) ||
           nap_bus_switch_value(m, NAP_BUS_EARLY_ACK) == 0;
}

/* What is held comes last, which is what holding it means. */
static void complete(struct nap_machine *m, unsigned held)
{
    for (uint32_t i = 0; i < m->st->n_posts;) {
        if (m->st->posts[i].held <= held && dsb_waits_for(m, &m->st->posts[i])) {
            land(m, i);
            i = 0;
        } else {
            i++;
        }
    }
}

static void begin_group(struct nap_machine *m)
{
    struct nap_state *st = m->st;

    for (uint32_t i = 0; i < st->n_posts; i++) {
        if (st->posts[i].cpu != st->cpu || st->posts[i].group != st->post_group[st->cpu] ||
            nap_bus_switch_value(m, NAP_BUS_DMB_DEVICES) != 0)
            continue;
        nap_touched(m, st->post_group, sizeof st->post_group);
        st->post_group[st->cpu]++;
        return;
    }
}

static void note_passed(struct nap_machine *m, const char *name)
{
    touch_from(m, 0);
    for (uint32_t i = 0; i < m->st->n_posts; i++) {
        if (m->st->posts[i].cpu != m->st->cpu)
            continue;
        m->ev->posts[i].passed = name;
        keep_source(&m->ev->posts[i].passed_at, m->source);
    }
}

/* Arm's names: DSB or DMB; a domain (ISH, NSH, OSH) or none for the full system; LD or ST for
 * loads or stores only. Device memory is outer shareable, so inner domains do not reach it. */
void nap_post_barrier(struct nap_machine *m, const char *name)
{
    size_t length = strlen(name);
    bool dsb = strncmp(name, "DSB ", 4) == 0, dmb = strncmp(name, "DMB ", 4) == 0;

    if ((!dsb && !dmb) || strcmp(name + length - 2, "LD") == 0)
        return;
    if (name[4] == 'I' || name[4] == 'N') {
        note_passed(m, name);
        return;
    }
    if (dsb) {
        complete(m, 0);
        complete(m, 1);
        note_passed(m, name);
    }
    begin_group(m);
    renumber_all(m);
}
