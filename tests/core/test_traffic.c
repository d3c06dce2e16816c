/* SPDX-License-Identifier: MIT */
/* lib/core/traffic.c: transactions of bus masters and messages of devices. */
#include "../rig.h"

/* --- transactions --- */

static struct nap_transaction arrived; /* at the block, last */

static void note_probe(const struct nap_machine *m, const struct nap_transaction *t,
                       struct nap_outcomes *out, struct nap_footprint *footprint)
{
    (void)m;
    (void)footprint;
    arrived = *t;
    out->list[out->n++] = (struct nap_outcome){.kind = NAP_OUTCOME_STALL, .event = 0x10};
}

static struct nap_outcome note_dma(struct nap_machine *m, const struct nap_transaction *t)
{
    (void)m;
    arrived = *t;
    return (struct nap_outcome){.kind = NAP_OUTCOME_TRANSLATED, .attributes = 0xff44ee00u};
}

static struct nap_message received;

static bool note_message(struct nap_machine *m, unsigned device,
                         const struct nap_message *message)
{
    (void)m;
    received = *message;
    return device == DEV_B;
}

static struct nap_machine *noting(struct nap_block *block)
{
    static const struct nap_block *blocks[2];

    *block = odd_block;
    block->probe = note_probe;
    block->dma = note_dma;
    block->message = note_message;
    blocks[0] = block;
    return odd_machine_as(&(struct nap_machine_config){.blocks = blocks, .slot = 1});
}

static const struct nap_transaction request = {.device = DEV_B,
                                               .port = 7,
                                               .iova = 0x4000,
                                               .rw = NAP_WRITE,
                                               .traffic = NAP_ATS_REQUEST,
                                               .has_substream = true,
                                               .substream = 0xfffff,
                                               .privileged = true};

static void assert_arrived(const struct nap_transaction *t)
{
    assert_int_equal(arrived.device, t->device);
    assert_int_equal(arrived.port, t->port);
    assert_int_equal(arrived.iova, t->iova);
    assert_int_equal(arrived.rw, t->rw);
    assert_int_equal(arrived.traffic, t->traffic);
    assert_int_equal(arrived.has_substream, t->has_substream);
    assert_int_equal(arrived.substream, t->substream);
    assert_int_equal(arrived.privileged, t->privileged);
    assert_int_equal(arrived.instruction, t->instruction);
}

static void a_plain_probe_is_an_untranslated_read_without_substream(void **state)
{
    struct nap_block block;
    struct nap_machine *m = noting(&block);
    struct nap_outcomes out;

    (void)state;
    nap_probe(m, DEV_B, 7, 0x4000, &out, NULL);
    assert_arrived(&(struct nap_transaction){.device = DEV_B, .port = 7, .iova = 0x4000});
    assert_int_equal(arrived.rw, NAP_READ);
    assert_int_equal(arrived.traffic, NAP_UNTRANSLATED);
    assert_int_equal(out.n, 1);
    nap_machine_destroy(m);
}

static void a_plain_access_has_its_direction_and_no_more(void **state)
{
    struct nap_block block;
    struct nap_machine *m = noting(&block);

    (void)state;
    (void)nap_dma(m, DEV_A, 3, 0x5000, NAP_WRITE);
    assert_arrived(
        &(struct nap_transaction){.device = DEV_A, .port = 3, .iova = 0x5000, .rw = NAP_WRITE});
    nap_machine_destroy(m);
}

static void a_transaction_reaches_the_block_as_it_is(void **state)
{
    struct nap_block block;
    struct nap_machine *m = noting(&block);
    struct nap_outcomes out = {.n = 5};

    (void)state;
    nap_probe_transaction(m, &request, &out, NULL);
    assert_arrived(&request);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.list[0].event, 0x10);
    arrived = (struct nap_transaction){0};
    assert_int_equal(nap_dma_transaction(m, &request).attributes, 0xff44ee00u);
    assert_arrived(&request);
    nap_machine_destroy(m);
}

static void a_transaction_to_a_unit_that_is_off_does_not_reach_it(void **state)
{
    struct nap_block block;
    struct nap_machine *m = noting(&block);
    struct nap_outcomes out;

    (void)state;
    nap_power_off(m, BIT(DOMAIN_LEAF));
    arrived = (struct nap_transaction){0};
    nap_probe_transaction(m, &request, &out, NULL);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.list[0].kind, NAP_OUTCOME_BUS_ERROR);
    assert_int_equal(nap_dma_transaction(m, &request).kind, NAP_OUTCOME_BUS_ERROR);
    assert_int_equal(arrived.port, 0);
    nap_machine_destroy(m);
}

static void a_step_tells_the_substream_and_the_kind_of_traffic(void **state)
{
    struct nap_transaction t = request;
    struct nap_block block;
    struct nap_machine *m = noting(&block);
    struct recorder r;

    (void)state;
    record(m, &r);
    (void)nap_dma_transaction(m, &t);
    t.traffic = NAP_TRANSLATED;
    t.has_substream = false;
    t.substream = 0;
    t.rw = NAP_READ;
    (void)nap_dma_transaction(m, &t);
    assert_int_equal(r.list[0].traffic, NAP_ATS_REQUEST);
    assert_int_equal(r.list[0].substream, 0xfffff);
    assert_string_equal(r.text[0], "    1 dma        b port 7 substream 1048575 ATS request to "
                                   "write 0x4000: translated 0x0");
    assert_int_equal(r.list[1].substream, NAP_SUBSTREAM_NONE);
    assert_string_equal(r.text[1],
                        "    2 dma        b port 7 translated read 0x4000: translated 0x0");
    nap_machine_destroy(m);
}

/* StreamIDs of 32 bits: the last port is the highest number there is less one. */
static void a_device_may_have_as_many_ports_as_an_identifier_has_values(void **state)
{
    static const struct nap_block *blocks[2];
    struct nap_block block = odd_block;
    struct nap_soc *soc = malloc(sizeof *soc);
    struct nap_machine_config config = {.soc = soc, .blocks = blocks, .slot = 1};
    struct nap_error error = {0};
    struct nap_machine *m;

    (void)state;
    assert_non_null(soc);
    *soc = odd_soc;
    block.n_ports = UINT32_MAX;
    blocks[0] = &block;
    soc->masters[0].ports[0] = (struct nap_soc_ports){DEV_A, UINT32_MAX - 1, 1};
    assert_int_equal(nap_machine_create(&config, &m, &error), NAP_OK);
    assert_int_equal(nap_dma(m, DEV_A, UINT32_MAX - 1, 0, NAP_READ).context, UINT32_MAX - 1);
    nap_machine_destroy(m);
    soc->masters[0].ports[0].count = 3; /* as far as 2^32 + 1, which is not 1 */
    assert_int_equal(nap_machine_create(&config, &m, &error), NAP_ERR_RANGE);
    free(soc);
}

/* --- messages --- */

static void a_message_reaches_the_block_of_its_receiver(void **state)
{
    struct nap_message message = {.kind = NAP_MSG_PAGE_REQUEST,
                                  .from = DEV_A,
                                  .port = 9,
                                  .address = 0x7000,
                                  .size_bytes = 0x1000,
                                  .tag = 511,
                                  .write = true,
                                  .last = true};
    struct nap_block block;
    struct nap_machine *m = noting(&block);

    (void)state;
    assert_true(nap_message_send(m, DEV_B, &message));
    assert_int_equal(received.kind, NAP_MSG_PAGE_REQUEST);
    assert_int_equal(received.from, DEV_A);
    assert_int_equal(received.tag, 511);
    assert_true(received.write && received.last && !received.read);
    nap_machine_destroy(m);
}

static void a_message_that_the_block_does_not_take_is_not_delivered(void **state)
{
    struct nap_message message = {.kind = NAP_MSG_PAGE_RESPONSE, .from = DEV_A};
    struct nap_block block;
    struct nap_machine *m = noting(&block);

    (void)state;
    assert_false(nap_message_send(m, DEV_A, &message));
    nap_machine_destroy(m);
    m = odd_machine_as(&(struct nap_machine_config){.slot = 1}); /* takes none at all */
    assert_false(nap_message_send(m, DEV_B, &message));
    nap_machine_destroy(m);
}

static void a_message_to_a_unit_that_is_off_is_lost(void **state)
{
    struct nap_message message = {.kind = NAP_MSG_ATC_INVALIDATE, .from = DEV_A};
    struct nap_block block;
    struct nap_machine *m = noting(&block);

    (void)state;
    received.kind = NAP_MSG_STALL_ENDED;
    nap_power_off(m, BIT(DOMAIN_LEAF));
    assert_false(nap_message_send(m, DEV_B, &message));
    assert_int_equal(received.kind, NAP_MSG_STALL_ENDED);
    nap_machine_destroy(m);
}

/* A is the upstream of itself, by line 3, and of B by 7 and C by 0. */
static void a_device_is_found_by_its_upstream_and_line(void **state)
{
    struct nap_block block;
    struct nap_machine *m = noting(&block);

    (void)state;
    assert_int_equal(nap_device_behind(m, DEV_A, 7), DEV_B);
    assert_int_equal(nap_device_behind(m, DEV_A, 0), DEV_C);
    assert_int_equal(nap_device_behind(m, DEV_A, 3), -1);
    assert_int_equal(nap_device_behind(m, DEV_B, 7), -1);
    nap_machine_destroy(m);
}

static void a_device_that_takes_no_messages_is_behind_nothing(void **state)
{
    assert_int_equal(nap_device_behind(*state, DEV_A, 7), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_probe_is_an_untranslated_read_without_substream),
        cmocka_unit_test(a_plain_access_has_its_direction_and_no_more),
        cmocka_unit_test(a_transaction_reaches_the_block_as_it_is),
        cmocka_unit_test(a_transaction_to_a_unit_that_is_off_does_not_reach_it),
        cmocka_unit_test(a_step_tells_the_substream_and_the_kind_of_traffic),
        cmocka_unit_test(a_device_may_have_as_many_ports_as_an_identifier_has_values),
        cmocka_unit_test(a_message_reaches_the_block_of_its_receiver),
        cmocka_unit_test(a_message_that_the_block_does_not_take_is_not_delivered),
        cmocka_unit_test(a_message_to_a_unit_that_is_off_is_lost),
        cmocka_unit_test(a_device_is_found_by_its_upstream_and_line),
        ODD_TEST(a_device_that_takes_no_messages_is_behind_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
