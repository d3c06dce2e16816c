/* SPDX-License-Identifier: MIT */
/* Parameters of a scenario, from its file or set over it. */
#include "load.h"

#include "core/printable.h"

#include <string.h>

static const char *const probe_order_names[] = {
    [NAP_PROBE_ORDER_ROOT_FIRST] = "root-first",
    [NAP_PROBE_ORDER_ANY] = "any",
    NULL,
};

/* @text is shorter than a name. */
static bool is_printable(const char *text)
{
    char clean[NAP_NAME_MAX];

    memcpy(clean, text, strlen(text) + 1);
    nap_make_printable(clean);
    return strcmp(clean, text) == 0;
}

/* Sets driver.@key, over what it was. */
static enum nap_err set_driver_parameter(struct nap_scenario *s, const char *key,
                                         const char *value, struct nap_error *error)
{
    uint32_t i = 0;

    while (i < s->n_parameters && strcmp(s->parameters[i].key, key) != 0)
        i++;
    if (i == NAP_SCENARIO_PARAMETERS_MAX)
        return nap_fail(error, NAP_ERR_NOSPACE,
                        "found more than %d driver parameters, expected fewer",
                        NAP_SCENARIO_PARAMETERS_MAX);
    if (strlen(key) >= NAP_NAME_MAX || strlen(value) >= NAP_NAME_MAX || !*key || !*value)
        return nap_fail(error, NAP_ERR_RANGE,
                        "found driver.%.64s=%.64s, expected key and value of 1 to %d bytes",
                        key, value, NAP_NAME_MAX - 1);
    if (!is_printable(key) || !is_printable(value))
        return nap_fail(error, NAP_ERR_RANGE,
                        "found driver.%s=%s, expected printable text, so that a counterexample "
                        "can tell it",
                        key, value);
    if (i == s->n_parameters)
        s->n_parameters++;
    memcpy(s->parameters[i].key, key, strlen(key) + 1);
    memcpy(s->parameters[i].value, value, strlen(value) + 1);
    return NAP_OK;
}

static enum nap_err read_driver_parameters(struct nap_loader *l, nap_node map)
{
    enum nap_err err =
        nap_yaml_is_map(l->y, map)
            ? NAP_OK
            : nap_yaml_fail(l->y, map, l->error, "found no map as driver, expected KEY: VALUE");

    for (unsigned i = 0; !err && i < nap_yaml_count(l->y, map); i++) {
        const char *key, *value;
        struct nap_error error;
        err = nap_yaml_name(l->y, nap_yaml_key(l->y, map, i), "a driver parameter", &key,
                            l->error);
        if (!err)
            err = nap_yaml_name(l->y, nap_yaml_value(l->y, map, i), key, &value, l->error);
        if (!err && set_driver_parameter(l->s, key, value, &error) != NAP_OK)
            err = nap_yaml_fail(l->y, map, l->error, "%s", error.text);
    }
    return err;
}

enum nap_err nap_load_parameters(struct nap_loader *l, nap_node map)
{
    static const char *const keys[] = {"probe-order", "driver", NULL};
    nap_node n = nap_yaml_find(l->y, map, "probe-order");
    nap_node driver = nap_yaml_find(l->y, map, "driver");
    unsigned order = NAP_PROBE_ORDER_ROOT_FIRST;
    enum nap_err err = nap_yaml_check_map(l->y, map, "parameters", keys, l->error);

    if (!err && n)
        err = nap_yaml_enum(l->y, n, "probe-order", probe_order_names, &order, l->error);
    l->s->probe_order = (enum nap_probe_order)order;
    if (!err && driver)
        err = read_driver_parameters(l, driver);
    return err;
}

/* Which form a driver beside has; whether there is such a form is told where it is looked up.
 */
static enum nap_err set_beside(struct nap_scenario *s, const char *name, const char *variant,
                               struct nap_error *error)
{
    for (uint32_t i = 0; i < s->n_beside; i++) {
        if (strcmp(s->beside[i].name, name) != 0)
            continue;
        if (strlen(variant) >= NAP_NAME_MAX || !is_printable(variant))
            return nap_fail(error, NAP_ERR_RANGE,
                            "found beside.%s=%.64s, expected the name of a variant", name,
                            variant);
        memcpy(s->beside[i].variant, variant, strlen(variant) + 1);
        return NAP_OK;
    }
    return nap_fail(error, NAP_ERR_UNKNOWN, "scenario %s has no driver '%.64s' beside %s",
                    s->name, name, s->driver);
}

enum nap_err nap_scenario_set(struct nap_scenario *scenario, const char *key, const char *value,
                              struct nap_error *error)
{
    if (strncmp(key, "driver.", 7) == 0)
        return set_driver_parameter(scenario, key + 7, value, error);
    if (strncmp(key, "beside.", 7) == 0)
        return set_beside(scenario, key + 7, value, error);
    if (strcmp(key, "probe-order") != 0)
        return nap_fail(error, NAP_ERR_UNKNOWN,
                        "unknown parameter '%.64s', expected one of: probe-order, driver.KEY, "
                        "beside.DRIVER",
                        key);
    for (unsigned i = 0; probe_order_names[i]; i++)
        if (strcmp(probe_order_names[i], value) == 0) {
            scenario->probe_order = (enum nap_probe_order)i;
            return NAP_OK;
        }
    return nap_fail(
        error, NAP_ERR_UNKNOWN, "found '%.64s' as probe-order, expected one of: %s, %s", value,
        probe_order_names[NAP_PROBE_ORDER_ROOT_FIRST], probe_order_names[NAP_PROBE_ORDER_ANY]);
}
