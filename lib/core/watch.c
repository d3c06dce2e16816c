/* SPDX-License-Identifier: MIT */
/* Which probe groups are to be judged again. What a group depends on only grows, so it holds
 * for every state of the machine, and going back to an earlier one changes nothing here. */
#include "core.h"

#include <assert.h>
#include <string.h>

void nap_watch_all(struct nap_machine *m)
{
    if (m->watch_words == 0)
        return;
    memset(m->marked, 0xff, m->watch_words * sizeof *m->marked);
    m->any_marked = true;
}

void nap_watch_none(struct nap_machine *m)
{
    if (m->any_marked)
        memset(m->marked, 0, m->watch_words * sizeof *m->marked);
    m->any_marked = false;
}

/* --- pages of RAM ----------------------------------------------------------------------------
 */

static_assert((NAP_WATCH_TABLE & (NAP_WATCH_TABLE - 1)) == 0, "table size is a power of two");

/* The page's place in the table, or the free one where it belongs. The table is never full. */
static uint32_t page_place(const struct nap_machine *m, uint64_t frame)
{
    uint32_t i = (uint32_t)((frame * UINT64_C(0x9e3779b97f4a7c15)) >> 40);

    for (i &= NAP_WATCH_TABLE - 1; m->page_tag[i] && m->page_tag[i] != frame + 1;)
        i = (i + 1) & (NAP_WATCH_TABLE - 1);
    return i;
}

static uint64_t *page_row(const struct nap_machine *m, uint32_t place)
{
    return m->page_watch + (place + 1) * (size_t)m->watch_words;
}

void nap_watch_any_page(struct nap_machine *m, unsigned group)
{
    m->page_watch[group / 64] |= UINT64_C(1) << group % 64;
}

void nap_watch_page(struct nap_machine *m, unsigned group, uint64_t frame)
{
    uint32_t place = page_place(m, frame);

    if (!m->page_tag[place]) {
        if (m->n_pages_watched == NAP_WATCH_TABLE / 2) {
            nap_watch_any_page(m, group);
            return;
        }
        m->page_tag[place] = frame + 1;
        m->n_pages_watched++;
    }
    page_row(m, place)[group / 64] |= UINT64_C(1) << group % 64;
}

static void mark_row(struct nap_machine *m, const uint64_t *row)
{
    for (unsigned i = 0; i < m->watch_words; i++) {
        m->marked[i] |= row[i];
        m->any_marked |= row[i] != 0;
    }
}

void nap_watch_page_touched(struct nap_machine *m, uint64_t frame)
{
    uint32_t place;

    if (!m->page_watch)
        return;
    mark_row(m, m->page_watch);
    place = page_place(m, frame);
    if (m->page_tag[place])
        mark_row(m, page_row(m, place));
}
