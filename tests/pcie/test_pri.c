/* SPDX-License-Identifier: MIT */
/* Page requests of a function. Source: PCI Express Base Specification, "Page Request Services",
 * "Page Request Extended Capability". */
#include "rig.h"

#define SUCCESS 0x0u
#define INVALID 0x1u
#define FAILURE 0xfu

static void nothing_is_granted(struct function *r)
{
    grant(r, false, false);
}

static void without_pri_nobody_is_asked(void **state)
{
    struct function *r = *state;

    ats_on(r);
    nothing_is_granted(r);
    assert_int_equal(dma(r, IOVA, NAP_WRITE).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(host_of(r)->n_messages, 0);
}

static void a_page_that_is_not_there_is_asked_for_and_the_access_waits(void **state)
{
    struct function *r = *state;
    const struct nap_message *msg = &host_of(r)->messages[0];

    pri_on(r, 4);
    nothing_is_granted(r);
    assert_int_equal(dma(r, IOVA + 0x124, NAP_WRITE).kind, NAP_OUTCOME_STALL);
    assert_int_equal(host_of(r)->n_messages, 1);
    assert_int_equal(msg->kind, NAP_MSG_PAGE_REQUEST);
    assert_int_equal(msg->port, STREAM);
    assert_int_equal(msg->from, r->f);
    assert_int_equal(msg->address, IOVA);
    assert_int_equal(msg->tag, 0);
    assert_true(msg->read);
    assert_true(msg->write);
    assert_true(msg->last);
    assert_false(msg->exec);
    assert_false(msg->priv);
    assert_false(msg->has_substream);
}

static void a_request_that_is_refused_asks_for_no_page(void **state)
{
    struct function *r = *state;

    pri_on(r, 4);
    host_open(r->m, r->h)->refuses = 1;
    assert_int_equal(dma(r, IOVA, NAP_READ).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(host_of(r)->n_messages, 0);
}

static void a_page_is_asked_for_once(void **state)
{
    struct function *r = *state;

    pri_on(r, 4);
    nothing_is_granted(r);
    (void)dma(r, IOVA, NAP_WRITE);
    (void)dma(r, IOVA + 8, NAP_READ);
    assert_int_equal(host_of(r)->n_messages, 1);
    (void)dma(r, IOVA + 0x1000, NAP_READ);
    assert_int_equal(host_of(r)->n_messages, 2);
    assert_int_equal(host_of(r)->messages[1].tag, 1);
    assert_false(host_of(r)->messages[1].write);
}

static void no_more_is_outstanding_than_is_allocated(void **state)
{
    struct function *r = *state;

    pri_on(r, 2);
    nothing_is_granted(r);
    for (unsigned n = 0; n < 3; n++)
        assert_int_equal(dma(r, IOVA + 0x1000 * n, NAP_READ).kind, NAP_OUTCOME_STALL);
    assert_int_equal(host_of(r)->n_messages, 2);
    respond(r, 0, SUCCESS);
    (void)dma(r, IOVA + 0x2000, NAP_READ);
    assert_int_equal(host_of(r)->n_messages, 3);
    assert_int_equal(host_of(r)->messages[2].tag, 0); /* free again */
}

static void after_success_the_access_finds_the_page(void **state)
{
    struct function *r = *state;

    pri_on(r, 4);
    nothing_is_granted(r);
    (void)dma(r, IOVA, NAP_WRITE);
    grant(r, true, true);
    respond(r, 0, SUCCESS);
    assert_int_equal(dma(r, IOVA, NAP_WRITE).kind, NAP_OUTCOME_TRANSLATED);
    assert_int_equal(pcie_of(r->m, r->f)->n_requests, 0);
    assert_int_equal(get16(r, PRI_STATUS) & (PRI_RF | PRI_UPRGI), 0);
}

static void an_invalid_request_ends_its_group_alone(void **state)
{
    struct function *r = *state;

    pri_on(r, 4);
    nothing_is_granted(r);
    (void)dma(r, IOVA, NAP_READ);
    (void)dma(r, IOVA + 0x1000, NAP_READ);
    respond(r, 0, INVALID);
    assert_int_equal(pcie_of(r->m, r->f)->n_requests, 1);
    assert_int_equal(pcie_of(r->m, r->f)->requests[0].group, 1);
    assert_int_equal(get16(r, PRI_STATUS) & PRI_RF, 0);
}

static void response_failure_ends_all_and_lasts_until_it_is_cleared(void **state)
{
    struct function *r = *state;

    pri_on(r, 4);
    nothing_is_granted(r);
    (void)dma(r, IOVA, NAP_READ);
    (void)dma(r, IOVA + 0x1000, NAP_READ);
    respond(r, 1, FAILURE);
    assert_int_equal(get16(r, PRI_STATUS) & PRI_RF, PRI_RF);
    assert_int_equal(pcie_of(r->m, r->f)->n_requests, 0);
    assert_int_equal(dma(r, IOVA, NAP_READ).kind, NAP_OUTCOME_FAULT);
    assert_int_equal(host_of(r)->n_messages, 2);
    set16(r, PRI_STATUS, PRI_RF);
    assert_int_equal(dma(r, IOVA, NAP_READ).kind, NAP_OUTCOME_STALL);
    assert_int_equal(host_of(r)->n_messages, 3);
}

static void an_answer_to_no_group_is_noted(void **state)
{
    struct function *r = *state;

    pri_on(r, 4);
    respond(r, 5, SUCCESS);
    assert_int_equal(get16(r, PRI_STATUS) & PRI_UPRGI, PRI_UPRGI);
    set16(r, PRI_STATUS, PRI_UPRGI);
    assert_int_equal(get16(r, PRI_STATUS) & PRI_UPRGI, 0);
}

/* PRG Response PASID Required is 1 in this function. */
static void an_answer_without_the_pasid_of_its_request_is_unexpected(void **state)
{
    struct function *r = *state;
    struct nap_message msg = {.kind = NAP_MSG_PAGE_RESPONSE,
                              .from = r->h,
                              .port = STREAM,
                              .has_substream = true,
                              .substream = 7};

    set16(r, PASID_CONTROL, PASID_ENABLE);
    pri_on(r, 4);
    nothing_is_granted(r);
    (void)dma_pasid(r, IOVA, 7);
    assert_int_equal(host_of(r)->messages[0].substream, 7);
    respond(r, 0, SUCCESS);
    assert_int_equal(get16(r, PRI_STATUS) & PRI_UPRGI, PRI_UPRGI);
    assert_int_equal(pcie_of(r->m, r->f)->n_requests, 1);
    assert_true(nap_message_send(r->m, r->f, &msg));
    assert_int_equal(pcie_of(r->m, r->f)->n_requests, 0);
}

static void stopped_shows_when_nothing_is_outstanding_any_more(void **state)
{
    struct function *r = *state;

    assert_int_equal(get16(r, PRI_STATUS) & PRI_STOPPED, PRI_STOPPED);
    pri_on(r, 4);
    nothing_is_granted(r);
    (void)dma(r, IOVA, NAP_READ);
    set16(r, PRI_CONTROL, 0);
    assert_int_equal(get16(r, PRI_STATUS) & PRI_STOPPED, 0);
    respond(r, 0, SUCCESS);
    assert_int_equal(get16(r, PRI_STATUS) & PRI_STOPPED, PRI_STOPPED);
}

static void reset_forgets_what_is_outstanding_and_reads_0(void **state)
{
    struct function *r = *state;

    pri_on(r, 4);
    nothing_is_granted(r);
    (void)dma(r, IOVA, NAP_READ);
    set16(r, PRI_CONTROL, PRI_RESET);
    assert_int_equal(get16(r, PRI_CONTROL), 0);
    assert_int_equal(pcie_of(r->m, r->f)->n_requests, 0);
    assert_int_equal(get16(r, PRI_STATUS) & PRI_STOPPED, PRI_STOPPED);
}

static void reset_does_nothing_while_page_requests_are_enabled(void **state)
{
    struct function *r = *state;

    pri_on(r, 4);
    nothing_is_granted(r);
    (void)dma(r, IOVA, NAP_READ);
    set16(r, PRI_CONTROL, PRI_ENABLE | PRI_RESET);
    assert_int_equal(get16(r, PRI_CONTROL), PRI_ENABLE);
    assert_int_equal(pcie_of(r->m, r->f)->n_requests, 1);
}

/* A Stop Marker is LWR = 0b100 with a PASID. */
static void a_stopped_pasid_leaves_the_cache_and_is_marked(void **state)
{
    struct function *r = *state;
    const struct nap_message *marker = &host_of(r)->messages[0];

    set16(r, PASID_CONTROL, PASID_ENABLE);
    pri_on(r, 4);
    (void)dma_pasid(r, IOVA, 7);
    (void)dma_pasid(r, IOVA, 8);
    set32(r, STOP_PASID, 0x80000007);
    assert_int_equal(entries(r), 1);
    assert_int_equal(host_of(r)->n_messages, 1);
    assert_int_equal(marker->kind, NAP_MSG_PAGE_REQUEST);
    assert_true(marker->has_substream);
    assert_int_equal(marker->substream, 7);
    assert_true(marker->last);
    assert_false(marker->write);
    assert_false(marker->read);
    assert_int_equal(rd(r->m, FUNCTION + STOP_PASID), 0x7);
}

static void a_request_that_nobody_takes_stays_outstanding(void **state)
{
    struct function *r = *state;
    struct nap_transaction t = {.device = r->f, .iova = IOVA};

    pri_on(r, 4);
    nap_power_off(r->m, D_SMMU);
    pcie_page_wanted(r->m, &t);
    assert_int_equal(pcie_of(r->m, r->f)->n_requests, 1);
    assert_int_equal(host_of(r)->n_messages, 0);
}

static void its_own_power_loss_forgets_requests(void **state)
{
    struct function *r = *state;

    pri_on(r, 4);
    nothing_is_granted(r);
    (void)dma(r, IOVA, NAP_READ);
    off_and_on(r->m, D_PCIE);
    assert_int_equal(pcie_of(r->m, r->f)->n_requests, 0);
    assert_int_equal(get16(r, PRI_CONTROL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        function_test(without_pri_nobody_is_asked),
        function_test(a_page_that_is_not_there_is_asked_for_and_the_access_waits),
        function_test(a_request_that_is_refused_asks_for_no_page),
        function_test(a_page_is_asked_for_once),
        function_test(no_more_is_outstanding_than_is_allocated),
        function_test(after_success_the_access_finds_the_page),
        function_test(an_invalid_request_ends_its_group_alone),
        function_test(response_failure_ends_all_and_lasts_until_it_is_cleared),
        function_test(an_answer_to_no_group_is_noted),
        function_test(an_answer_without_the_pasid_of_its_request_is_unexpected),
        function_test(stopped_shows_when_nothing_is_outstanding_any_more),
        function_test(reset_forgets_what_is_outstanding_and_reads_0),
        function_test(reset_does_nothing_while_page_requests_are_enabled),
        function_test(a_stopped_pasid_leaves_the_cache_and_is_marked),
        function_test(a_request_that_nobody_takes_stays_outstanding),
        function_test(its_own_power_loss_forgets_requests),
    };

    return cmocka_run_group_tests_name("pri", tests, NULL, NULL);
}
