/* SPDX-License-Identifier: MIT */
/* What both versions need of the OS: memory for images, waiting. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gic.h"

int gic_poll_at(nap_addr address, uint32_t mask, uint32_t value, const char *file, int line)
{
    for (unsigned i = 0; i < GIC_POLLS_MAX; i++) {
        if (((uint32_t)gic_read_at(address, 4, file, line) & mask) == value)
            return 0;
        nap_udelay(10);
    }
    return -ETIMEDOUT;
}

static bool is_set(const char *key, const char *value)
{
    const char *parameter = nap_parameter(key);

    return parameter != NULL && strcmp(parameter, value) == 0;
}

static uint32_t number(const char *key)
{
    const char *parameter = nap_parameter(key);

    return parameter != NULL ? (uint32_t)strtoul(parameter, NULL, 10) : 0;
}

struct gic_driver *gic_new(const struct gic_form *form)
{
    struct gic_driver *driver = nap_fails("driver data") ? NULL : nap_alloc(sizeof(*driver));

    if (driver == NULL)
        return NULL;
    driver->form = *form;
    driver->swap = number("swap");
    driver->group1 = number("group1");
    driver->split = !is_set("split", "no");
    driver->wakes = is_set("wake", "distributor");
    nap_set_driver_data(driver);
    return driver;
}

void gic_set_bits_at(nap_addr reg, uint32_t shift, uint32_t mask, uint32_t value,
                     const char *file, int line)
{
    uint32_t word = (uint32_t)gic_read_at(reg, 4, file, line);

    gic_write_at(reg, 4, (word & ~(mask << shift)) | value << shift, file, line);
}

static void forget_bank(struct gic_bank *bank)
{
    for (unsigned c = 0; c < GIC_CLASSES; c++) {
        if (bank->image[c] != NULL)
            nap_free(bank->image[c]);
        bank->image[c] = NULL;
    }
    if (bank->routes != NULL)
        nap_free(bank->routes);
    bank->routes = NULL;
}

void gic_forget_all(void)
{
    forget_bank(&gic()->shared);
    forget_bank(&gic()->extended);
    for (uint32_t i = 0; i < gic()->cpus; i++)
        forget_bank(&gic()->cpu[i].own);
}

void gic_free(void)
{
    nap_free(gic());
    nap_set_driver_data(NULL);
}

int gic_keep_shared(void)
{
    struct gic_driver *driver = gic();
    int ret;

    if (driver->shared.image[GIC_ENABLE] != NULL)
        return 0;
    ret = gic_bank_keep(&driver->shared, driver->cpuif != 0 ? GICV2_KEEPS : GICV3_KEEPS);
    if (ret == 0)
        ret = gic_bank_keep(&driver->extended, GICV3_KEEPS);
    if (ret != 0) {
        forget_bank(&driver->shared);
        forget_bank(&driver->extended);
    }
    return ret;
}

int gic_keep(void)
{
    struct gic_driver *driver = gic();
    int ret = 0;

    for (uint32_t i = 0; i < driver->cpus && ret == 0; i++)
        ret = gic_bank_keep(&driver->cpu[i].own, GIC_KEEPS_PRIVATE);
    if (ret == 0 && !driver->form.record_late)
        ret = gic_keep_shared();
    if (ret != 0)
        gic_forget_all();
    return ret;
}
