/* SPDX-License-Identifier: MIT */
/* lib/explore/counterexample.c: a file read and written again, and damaged files. */
#include <regnap/run.h>

#include "../core/failing_alloc.h"
#include "../core/loader_test.h"

#include <jansson.h>

/* As `explore` writes it, byte for byte. */
static const char good[] = "{\n"
                           "  \"schema\": \"regnap-1\",\n" /* line 2 */
                           "  \"type\": \"counterexample\",\n"
                           "  \"scenario\": \"ipmmu-resume\",\n"
                           "  \"variant\": \"two-pass\",\n" /* line 5 */
                           "  \"soc\": \"rcar-h3\",\n"
                           "  \"masters\": \"held\",\n"
                           "  \"policy\": \"eager\",\n"
                           "  \"profile\": \"zero\",\n"
                           "  \"parameters\": {\n" /* line 10 */
                           "    \"probe-order\": \"root-first\"\n"
                           "  },\n"
                           "  \"strict_protocol\": false,\n"
                           "  \"faults\": 0,\n"
                           "  \"vary\": [\n" /* line 15 */
                           "    \"latency\",\n"
                           "    \"retain\"\n"
                           "  ],\n"
                           "  \"switches\": {\n"
                           "    \"P18\": \"retain\",\n" /* line 20 */
                           "    \"P02\": \"abort\"\n"
                           "  },\n"
                           "  \"scenario_digest\": \"000000000000000a000000000000000b\",\n"
                           "  \"model_digest\": \"00112233445566778899aabbccddeeff\",\n"
                           "  \"driver_digest\": \"ffffffffffffffff0000000000000001\",\n"
                           "  \"run_digest\": \"0123456789abcdef0123456789abcdef\",\n"
                           "  \"verdict\": {\n" /* line 27 */
                           "    \"rule\": \"ipmmu-flush-before-utlb\",\n"
                           "    \"device\": \"ds1\",\n"
                           "    \"register\": \"IMUCTR[32]\",\n"
                           "    \"file\": \"drivers/ipmmu/two_pass.c\",\n" /* line 31 */
                           "    \"line\": 71,\n"
                           "    \"message\": \"the flush of \\\"ds1\\\" is not done\"\n"
                           "  },\n"
                           "  \"choices\": [\n"
                           "    {\n" /* line 36 */
                           "      \"kind\": \"latency\",\n"
                           "      \"label\": \"FLUSH ends\",\n"
                           "      \"instance\": \"ds1.IMCTR[1]\",\n"
                           "      \"nth\": 0,\n"
                           "      \"n\": 2,\n" /* line 41 */
                           "      \"value\": 1,\n"
                           "      \"means\": \"late\"\n"
                           "    },\n"
                           "    {\n"
                           "      \"kind\": \"retain\",\n" /* line 46 */
                           "      \"label\": \"TLB after a power cut\",\n"
                           "      \"instance\": \"ds1\",\n"
                           "      \"nth\": 3,\n"
                           "      \"n\": 3,\n"
                           "      \"value\": 2,\n" /* line 51 */
                           "      \"means\": \"\"\n"
                           "    }\n"
                           "  ]\n"
                           "}\n";

static struct nap_counterexample *load_good(void)
{
    struct nap_error error = {0};
    struct nap_counterexample *c;

    if (nap_counterexample_load(good, strlen(good), "c.json", &c, &error))
        fail_msg("%s", error.text);
    return c;
}

static void assert_refused(const char *text, size_t bytes, const char *message)
{
    struct nap_counterexample *c = (struct nap_counterexample *)(uintptr_t)8;
    struct nap_error error = {0};

    assert_int_equal(nap_counterexample_load(text, bytes, "c.json", &c, &error), NAP_ERR_PARSE);
    assert_string_equal(error.text, message);
    assert_null(c);
}

/* Of the good file with @found replaced by @damage, where it first stands after @after. */
struct damage {
    const char *after, *found, *damage, *message;
};

static void assert_damage_refused(const struct damage *d)
{
    char text[sizeof(good) + 200];
    const char *at = strstr(good, d->after);

    assert_non_null(at);
    at = strstr(at, d->found);
    assert_non_null(at);
    (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good, d->damage,
                   at + strlen(d->found));
    assert_refused(text, strlen(text), d->message);
}

static void a_good_file_fills_every_member(void **state)
{
    struct nap_counterexample *c = load_good();

    (void)state;
    assert_string_equal(c->scenario, "ipmmu-resume");
    assert_string_equal(c->variant, "two-pass");
    assert_string_equal(c->soc, "rcar-h3");
    assert_string_equal(c->masters, "held");
    assert_string_equal(c->policy, "eager");
    assert_string_equal(c->profile, "zero");
    assert_string_equal(c->probe_order, "root-first");
    assert_false(c->strict_protocol);
    assert_int_equal(c->faults, 0);
    assert_int_equal(c->vary,
                     NAP_CHOICE_BIT(NAP_CHOOSE_LATENCY) | NAP_CHOICE_BIT(NAP_CHOOSE_RETAIN));
    assert_int_equal(c->n_switches, 2);
    assert_string_equal(c->switches[0].id, "P18");
    assert_string_equal(c->switches[1].value, "abort");
    assert_true(c->scenario_digest.high == 10 && c->scenario_digest.low == 11);
    assert_true(c->model_digest.high == UINT64_C(0x0011223344556677));
    assert_true(c->model_digest.low == UINT64_C(0x8899aabbccddeeff));
    assert_true(c->driver_digest.low == 1);
    assert_string_equal(c->rule, "ipmmu-flush-before-utlb");
    assert_string_equal(c->device, "ds1");
    assert_string_equal(c->reg, "IMUCTR[32]");
    assert_string_equal(c->file, "drivers/ipmmu/two_pass.c");
    assert_int_equal(c->line, 71);
    assert_string_equal(c->message, "the flush of \"ds1\" is not done");
    nap_counterexample_free(c);
}

static void a_good_file_keeps_its_choices_by_key(void **state)
{
    struct nap_counterexample *c = load_good();
    const struct nap_keyed_choice *second = &c->choices.list[1];

    (void)state;
    assert_int_equal(c->choices.n, 2);
    assert_string_equal(c->choices.list[0].instance, "ds1.IMCTR[1]");
    assert_string_equal(c->choices.list[0].means, "late");
    assert_int_equal(second->kind, NAP_CHOOSE_RETAIN);
    assert_string_equal(second->label, "TLB after a power cut");
    assert_int_equal(second->nth, 3);
    assert_int_equal(second->n, 3);
    assert_int_equal(second->value, 2);
    assert_string_equal(second->means, "");
    nap_counterexample_free(c);
}

static void what_was_read_is_written_byte_for_byte(void **state)
{
    struct nap_counterexample *c = load_good();
    char *text = nap_counterexample_text(c);

    (void)state;
    assert_string_equal(text, good);
    free(text);
    nap_counterexample_free(c);
}

/* A message cut in the middle of a character, a file name in an old encoding. */
static void unprintable_texts_are_written_so_that_they_can_be_read(void **state)
{
    struct nap_counterexample *c = load_good(), *again;
    char *text;

    (void)state;
    (void)strcpy(c->message, "a\nb\xc3");
    (void)strcpy(c->file, "caf\xe9.c");
    text = nap_counterexample_text(c);
    assert_non_null(text);
    assert_int_equal(nap_counterexample_load(text, strlen(text), "c.json", &again, NULL),
                     NAP_OK);
    assert_string_equal(again->message, "a?b?");
    assert_string_equal(again->file, "caf?.c");
    free(text);
    nap_counterexample_free(again);
    nap_counterexample_free(c);
}

static void a_run_without_choices_is_written_and_read(void **state)
{
    struct nap_counterexample *c = load_good(), *again;
    char *text;

    (void)state;
    c->choices.n = 0;
    c->n_switches = 0;
    c->vary = 0;
    c->strict_protocol = true;
    c->faults = UINT32_MAX;
    text = nap_counterexample_text(c);
    assert_int_equal(nap_counterexample_load(text, strlen(text), "c.json", &again, NULL),
                     NAP_OK);
    assert_int_equal(again->choices.n, 0);
    assert_int_equal(again->n_switches, 0);
    assert_int_equal(again->vary, 0);
    assert_true(again->strict_protocol);
    assert_int_equal(again->faults, UINT32_MAX);
    free(text);
    nap_counterexample_free(again);
    nap_counterexample_free(c);
}

/* --- parameters of the driver --- */

#define PROBE_ORDER  "\"probe-order\": \"root-first\""
#define DRIVER(text) PROBE_ORDER ",\n    \"driver\": " text

static void parameters_of_the_driver_are_read_and_written_byte_for_byte(void **state)
{
    static const char driver[] = DRIVER("{\n"
                                        "      \"mode\": \"fast\",\n"
                                        "      \"a.b\": \"any text, of one line\"\n"
                                        "    }");
    const char *at = strstr(good, PROBE_ORDER);
    char text[sizeof(good) + 200], *again;
    struct nap_counterexample *c;
    struct nap_error error = {0};

    (void)state;
    (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good, driver,
                   at + strlen(PROBE_ORDER));
    if (nap_counterexample_load(text, strlen(text), "c.json", &c, &error))
        fail_msg("%s", error.text);
    assert_string_equal(c->probe_order, "root-first");
    assert_int_equal(c->n_parameters, 2);
    assert_string_equal(c->parameters[0].key, "mode");
    assert_string_equal(c->parameters[0].value, "fast");
    assert_string_equal(c->parameters[1].key, "a.b");
    assert_string_equal(c->parameters[1].value, "any text, of one line");
    again = nap_counterexample_text(c);
    assert_string_equal(again, text);
    free(again);
    nap_counterexample_free(c);
}

static void forms_of_drivers_beside_are_read_and_written_byte_for_byte(void **state)
{
    static const char beside[] = PROBE_ORDER ",\n    \"beside\": {\n"
                                             "      \"gicv2\": \"corrected\"\n"
                                             "    }";
    const char *at = strstr(good, PROBE_ORDER);
    char text[sizeof(good) + 200], *again;
    struct nap_counterexample *c;
    struct nap_error error = {0};

    (void)state;
    (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good, beside,
                   at + strlen(PROBE_ORDER));
    if (nap_counterexample_load(text, strlen(text), "c.json", &c, &error))
        fail_msg("%s", error.text);
    assert_int_equal(c->n_parameters, 0);
    assert_int_equal(c->n_beside, 1);
    assert_string_equal(c->beside[0].key, "gicv2");
    assert_string_equal(c->beside[0].value, "corrected");
    again = nap_counterexample_text(c);
    assert_string_equal(again, text);
    free(again);
    nap_counterexample_free(c);
}

static void a_file_without_parameters_of_the_driver_has_none(void **state)
{
    struct nap_counterexample *c = load_good();

    (void)state;
    assert_int_equal(c->n_parameters, 0);
    nap_counterexample_free(c);
}

static void bad_parameters_of_the_driver_are_refused_with_path_and_line(void **state)
{
#define LONG "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" /* 64 */
    static const struct damage table[] = {
        {"", PROBE_ORDER, DRIVER("\"fast\""),
         "c.json:12: parameters.driver: found a string, expected an object"},
        {"", PROBE_ORDER, DRIVER("null"),
         "c.json:12: parameters.driver: found null, expected an object"},
        {"", PROBE_ORDER, DRIVER("{\n\"mode\": 3}"),
         "c.json:13: parameters.driver.mode: found an integer, expected a string"},
        {"", PROBE_ORDER, DRIVER("{\n\"mode\": \"\"}"),
         "c.json:13: parameters.driver.mode: found 0 bytes, expected 1 to 63"},
        {"", PROBE_ORDER, DRIVER("{\n\"mode\": \"a\\nb\"}"),
         "c.json:13: parameters.driver.mode: found a control character, expected printable "
         "text"},
        {"", PROBE_ORDER, DRIVER("{\n\"mode\": \"" LONG "\"}"),
         "c.json:13: parameters.driver.mode: found 64 bytes, expected 1 to 63"},
        {"", PROBE_ORDER, DRIVER("{\n\"\": \"x\"}"),
         "c.json:13: parameters.driver.: found a key of 0 bytes, expected a parameter of 1 to "
         "63"},
        {"", PROBE_ORDER, DRIVER("{\n\"" LONG "\": \"x\"}"),
         "c.json:13: parameters.driver." LONG ": found a key of 64 bytes, expected a parameter "
         "of 1 to 63"},
    };
#undef LONG

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_damage_refused(&table[i]);
}

static void too_many_parameters_of_the_driver_are_refused(void **state)
{
    char many[17 * 12 + 3] = "{";
    char text[sizeof(good) + sizeof(many) + 40];
    const char *at = strstr(good, PROBE_ORDER);

    (void)state;
    for (int i = 0; i < 17; i++)
        (void)snprintf(many + strlen(many), sizeof(many) - strlen(many), "%s\"k%d\":\"x\"",
                       i ? "," : "", i);
    (void)strcat(many, "}");
    (void)snprintf(text, sizeof(text), "%.*s%s,\n    \"driver\": %s%s", (int)(at - good), good,
                   PROBE_ORDER, many, at + strlen(PROBE_ORDER));
    assert_refused(text, strlen(text),
                   "c.json:12: parameters.driver: found 17 parameters, expected at most 16");
}

#define STRICT           "\"strict_protocol\": false"
#define RULES_OFF(value) STRICT ",\n  \"rules_off\": " value

static void rules_that_are_off_are_read_and_written_byte_for_byte(void **state)
{
    static const char off[] = RULES_OFF("[\n    \"dma-isolation\",\n    \"no-progress\"\n  ]");
    const char *at = strstr(good, STRICT);
    char text[sizeof(good) + 200], *again;
    struct nap_counterexample *c;
    struct nap_error error = {0};

    (void)state;
    (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good, off,
                   at + strlen(STRICT));
    if (nap_counterexample_load(text, strlen(text), "c.json", &c, &error))
        fail_msg("%s", error.text);
    assert_int_equal(c->n_rules_off, 2);
    assert_string_equal(c->rules_off[0], "dma-isolation");
    assert_string_equal(c->rules_off[1], "no-progress");
    again = nap_counterexample_text(c);
    assert_string_equal(again, text);
    free(again);
    nap_counterexample_free(c);
}

static void bad_rules_that_are_off_are_refused_with_path_and_line(void **state)
{
    static const struct damage table[] = {
        {"", STRICT, RULES_OFF("\"dma-isolation\""),
         "c.json:14: rules_off: found a string, expected an array"},
        {"", STRICT, RULES_OFF("[\n3]"),
         "c.json:15: rules_off[0]: found an integer, expected a string"},
        {"", STRICT, RULES_OFF("[\"dma-isolation\",\n\"\"]"),
         "c.json:15: rules_off[1]: found 0 bytes, expected 1 to 63"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_damage_refused(&table[i]);
}

static void a_hash_is_written_with_its_high_half_first(void **state)
{
    char text[33];

    (void)state;
    nap_hash_text((struct nap_hash128){.low = 0xabc, .high = UINT64_C(0x0123456789abcdef)},
                  text);
    assert_string_equal(text, "0123456789abcdef0000000000000abc");
}

static void what_is_no_json_is_refused_at_its_line(void **state)
{
    static const struct damage table[] = {
        {"", "\"two-pass\",", "\"two-pass\"",
         "c.json:6: found bad JSON ('}' expected near '\"soc\"'), expected a counterexample"},
        {"", "\"policy\"", "\"masters\"",
         "c.json:8: found bad JSON (duplicate object key near '\"masters\"'), expected a "
         "counterexample"},
        {"", "\"faults\": 0", "\"faults\": 99999999999999999999",
         "c.json:14: found bad JSON (too big integer near '99999999999999999999'), expected a "
         "counterexample"},
        {"  ]\n}", "}\n", "}\n}\n",
         "c.json:56: found bad JSON (end of file expected near '}'), expected a "
         "counterexample"},
        {"", "\"held\"", "\"he\xffld\"",
         "c.json:7: found bad JSON (unable to decode byte 0xff near '\"he'), expected a "
         "counterexample"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_damage_refused(&table[i]);
    assert_refused("", 0, "c.json:1: found nothing, expected a counterexample");
    assert_refused(
        "\x7f"
        "ELF",
        4,
        "c.json:1: found bad JSON ('[' or '{' expected near '?'), expected a counterexample");
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    assert_refused(good, 100,
                   "c.json:5: found the end of the file, expected more of a counterexample");
    for (size_t bytes = 0; bytes < strlen(good) - 1; bytes++) {
        struct nap_counterexample *c;

        assert_int_equal(nap_counterexample_load(good, bytes, "c.json", &c, NULL),
                         NAP_ERR_PARSE);
        assert_null(c);
    }
}

static void another_kind_of_file_is_refused(void **state)
{
    static const struct damage table[] = {
        {"", "regnap-1", "regnap-2",
         "c.json:2: schema: found 'regnap-2', expected one of: regnap-1"},
        {"", "\"counterexample\"", "\"summary\"",
         "c.json:3: type: found 'summary', expected one of: counterexample"},
        {"", "\"counterexample\"", "7", "c.json:3: type: found an integer, expected a string"},
        {"", "\"schema\"", "\"version\"", "c.json:1: found no 'schema', expected this key"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_damage_refused(&table[i]);
    assert_refused("\n[1]", 4, "c.json:2: found an array, expected an object");
}

static void a_bad_setup_is_refused_with_path_and_line(void **state)
{
    static const struct damage table[] = {
        {"", "\"soc\"", "\"socs\"",
         "c.json:6: socs: found an unknown key, expected one of: schema, type, scenario, "
         "variant, soc, masters, policy, profile, parameters, strict_protocol, rules_off, "
         "faults, vary, "
         "switches, scenario_digest, model_digest, driver_digest, run_digest, verdict, "
         "choices"},
        {"", "  \"soc\": \"rcar-h3\",\n", "", "c.json:1: found no 'soc', expected this key"},
        {"", "\"two-pass\"", "\"\"", "c.json:5: variant: found 0 bytes, expected 1 to 63"},
        {"", "\"two-pass\"", "\"a\\nb\"",
         "c.json:5: variant: found a control character, expected printable text"},
        {"", "\"two-pass\"", "null", "c.json:5: variant: found null, expected a string"},
        {"", "\"held\"", "\"loose\"",
         "c.json:7: masters: found 'loose', expected one of: held, live"},
        {"", "\"eager\"", "\"Eager\"",
         "c.json:8: policy: found 'Eager', expected one of: eager, lazy, random"},
        {"", "\"zero\"", "\"one\"",
         "c.json:9: profile: found 'one', expected one of: zero, hostile"},
        {"", "\"root-first\"", "\"last\"",
         "c.json:11: parameters.probe-order: found 'last', expected one of: root-first, any"},
        {"", "\"probe-order\"", "\"order\"",
         "c.json:11: parameters.order: found an unknown key, expected one of: probe-order, "
         "driver, beside"},
        {"", "false", "0",
         "c.json:13: strict_protocol: found an integer, expected true or "
         "false"},
        {"", "\"faults\": 0", "\"faults\": -1",
         "c.json:14: faults: found -1, expected 0 to 4294967295"},
        {"", "\"faults\": 0", "\"faults\": 0.5",
         "c.json:14: faults: found a real number, expected an integer"},
        {"vary", "\"retain\"", "\"colour\"",
         "c.json:17: vary[1]: found 'colour', expected one of: reset, order, latency, "
         "retain, fail, abort, loss, handler, post, queue-fill, api, idle, irq, "
         "dma"},
        {"vary", "\"retain\"", "\"latency\"",
         "c.json:17: vary[1]: found 'latency' twice, expected each once"},
        {"", "\"abort\"", "true", "c.json:21: switches.P02: found true, expected a string"},
        {"", "\"P02\"", "\"P02-with-long-tail\"",
         "c.json:21: switches.P02-with-long-tail: found a key of 18 bytes, expected a switch "
         "of "
         "1 to 15"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_damage_refused(&table[i]);
}

static void a_bad_verdict_or_digest_is_refused_with_path_and_line(void **state)
{
    static const struct damage table[] = {
        {"", "00112233", "0011223",
         "c.json:24: model_digest: found '0011223445566778899aabbccddeeff', expected 32 digits "
         "0-9 and a-f"},
        {"", "ffffffffffffffff0", "FFFFFFFFFFFFFFFF0",
         "c.json:25: driver_digest: found 'FFFFFFFFFFFFFFFF0000000000000001', expected 32 "
         "digits 0-9 and a-f"},
        {"", "\"0123456789abcdef0123456789abcdef\"", "{}",
         "c.json:26: run_digest: found an object, expected a string"},
        {"", "ipmmu-flush-before-utlb", "",
         "c.json:28: verdict.rule: found 0 bytes, expected 1 to 63"},
        {"", "\"line\": 71", "\"line\": 2147483648",
         "c.json:32: verdict.line: found 2147483648, expected 0 to 2147483647"},
        {"", "    \"line\": 71,\n", "",
         "c.json:27: verdict: found no 'line', expected this key"},
        {"", "\"line\": 71", "\"line\": 71, \"column\": 1",
         "c.json:32: verdict.column: found an unknown key, expected one of: rule, device, "
         "register, file, line, message"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_damage_refused(&table[i]);
}

static void a_bad_choice_is_refused_with_path_and_line(void **state)
{
    static const struct damage table[] = {
        {"choices", "\"retain\"", "\"keep\"",
         "c.json:46: choices[1].kind: found 'keep', expected one of: reset, order, latency, "
         "retain, fail, abort, loss, handler, post, queue-fill, api, idle, irq, "
         "dma"},
        {"choices", "\"FLUSH ends\"", "\"\"",
         "c.json:38: choices[0].label: found 0 bytes, expected 1 to 63"},
        {"choices", "      \"nth\": 3,\n", "",
         "c.json:45: choices[1]: found no 'nth', expected this key"},
        {"choices", "\"nth\": 3", "\"nth\": \"3\"",
         "c.json:49: choices[1].nth: found a string, expected an integer"},
        {"choices", "\"n\": 2", "\"n\": 1",
         "c.json:41: choices[0].n: found 1, expected 2 to 4294967295"},
        {"choices", "\"value\": 1", "\"value\": 0",
         "c.json:42: choices[0].value: found 0, expected 1 to 1"},
        {"choices", "\"value\": 2", "\"value\": 3",
         "c.json:51: choices[1].value: found 3, expected 1 to 2"},
        {"choices", "\"means\": \"late\"", "\"means\": \"late\", \"why\": 1",
         "c.json:43: choices[0].why: found an unknown key, expected one of: kind, label, "
         "instance, nth, n, value, means"},
        {"choices", "    {\n", "    5, {\n",
         "c.json:36: choices[0]: found an integer, expected an object"},
        {"choices", "    {\n      \"kind\": \"retain\"",
         "{\"kind\":\"latency\",\"label\":\"FLUSH ends\",\"instance\":\"ds1.IMCTR[1]\","
         "\"nth\":0,\"n\":3,\"value\":2,\"means\":\"\"},{\"kind\":\"retain\"",
         "c.json:45: choices[1]: found the choice of choices[0] again, expected each once"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_damage_refused(&table[i]);
}

/* Keys of a damaged file stand in the path that leads back to the line. */
static void keys_that_look_like_paths_are_refused(void **state)
{
    static const char *const keys[] = {"[",  "]",    "[[",  ".",       "..",
                                       "a[", "[9]x", "a.b", "\\u0041", "switches.P02"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        char text[sizeof(good) + 40];
        struct nap_counterexample *c;
        struct nap_error error = {0};

        (void)snprintf(text, sizeof(text), "{\"%s\": 1,%s", keys[i], good + 1);
        assert_int_equal(nap_counterexample_load(text, strlen(text), "c.json", &c, &error),
                         NAP_ERR_PARSE);
        assert_non_null(strstr(error.text, "found an unknown key"));
    }
}

static void sizes_beyond_the_limits_are_refused(void **state)
{
    const size_t bytes = (4u << 20) + 1;
    char *text = malloc(bytes);
    size_t at;

    (void)state;
    assert_non_null(text);
    memset(text, ' ', bytes);
    assert_refused(text, bytes, "c.json:1: found 4194305 bytes, expected at most 4194304");
    memset(text, '[', 100000);
    assert_refused(
        text, 100000,
        "c.json:1: found bad JSON (maximum parsing depth reached near '['), expected "
        "a counterexample");
    at = (size_t)(strstr(good, "\"choices\": [") + strlen("\"choices\": [") - good);
    memcpy(text, good, at);
    for (int i = 0; i < 4096; i++, at += 2)
        memcpy(text + at, "1,", 2);
    memcpy(text + at, "1]}", 3);
    assert_refused(text, at + 3,
                   "c.json:35: choices: found 4097 choices, expected at most 4096");
    free(text);
}

/* jansson reports some failed allocations as an invalid token, so the code may be either. */
static void every_failing_allocation_of_the_loader_is_reported(void **state)
{
    enum nap_err err = NAP_ERR_NOMEM;
    unsigned long n;

    (void)state;
    for (n = 1; err; n++) {
        struct nap_error error = {0};
        struct nap_counterexample *c;

        alloc_until_failure = n;
        err = nap_counterexample_load(good, strlen(good), "c.json", &c, &error);
        alloc_until_failure = 0;
        if (err) {
            assert_true(err == NAP_ERR_NOMEM || err == NAP_ERR_PARSE);
            assert_int_equal(error.code, err);
            assert_true(error.text[0] != '\0');
            assert_null(c);
        }
        nap_counterexample_free(c);
    }
    assert_true(n > 50); /* more than one for each value of the file */
}

static void every_failing_allocation_of_the_writer_gives_null(void **state)
{
    struct nap_counterexample *c = load_good();
    char *text = NULL;
    unsigned long n;

    (void)state;
    for (n = 1; !text; n++) {
        alloc_until_failure = n;
        text = nap_counterexample_text(c);
        alloc_until_failure = 0;
    }
    assert_string_equal(text, good);
    assert_true(n > 50);
    free(text);
    nap_counterexample_free(c);
}

/* jansson's calls do not meet the linker's wrapper, so they come here. One kind never fails:
 * the growth of the buffer for a token, 32 bytes doubled again and again. jansson 2.14 does not
 * look at that result and writes past the buffer (github.com/akheron/jansson/issues/362). */
static void *jansson_malloc(size_t bytes)
{
    bool token = bytes >= 32 && (bytes & (bytes - 1)) == 0;

    return token ? __real_malloc(bytes) : malloc(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_fills_every_member),
        cmocka_unit_test(a_good_file_keeps_its_choices_by_key),
        cmocka_unit_test(what_was_read_is_written_byte_for_byte),
        cmocka_unit_test(unprintable_texts_are_written_so_that_they_can_be_read),
        cmocka_unit_test(a_run_without_choices_is_written_and_read),
        cmocka_unit_test(parameters_of_the_driver_are_read_and_written_byte_for_byte),
        cmocka_unit_test(forms_of_drivers_beside_are_read_and_written_byte_for_byte),
        cmocka_unit_test(a_file_without_parameters_of_the_driver_has_none),
        cmocka_unit_test(bad_parameters_of_the_driver_are_refused_with_path_and_line),
        cmocka_unit_test(too_many_parameters_of_the_driver_are_refused),
        cmocka_unit_test(rules_that_are_off_are_read_and_written_byte_for_byte),
        cmocka_unit_test(bad_rules_that_are_off_are_refused_with_path_and_line),
        cmocka_unit_test(a_hash_is_written_with_its_high_half_first),
        cmocka_unit_test(what_is_no_json_is_refused_at_its_line),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(another_kind_of_file_is_refused),
        cmocka_unit_test(a_bad_setup_is_refused_with_path_and_line),
        cmocka_unit_test(a_bad_verdict_or_digest_is_refused_with_path_and_line),
        cmocka_unit_test(a_bad_choice_is_refused_with_path_and_line),
        cmocka_unit_test(keys_that_look_like_paths_are_refused),
        cmocka_unit_test(sizes_beyond_the_limits_are_refused),
        cmocka_unit_test(every_failing_allocation_of_the_loader_is_reported),
        cmocka_unit_test(every_failing_allocation_of_the_writer_gives_null),
    };

    json_set_alloc_funcs(jansson_malloc, free);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
