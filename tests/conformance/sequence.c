/* SPDX-License-Identifier: MIT */
/* Vectors that are sequences of register and memory accesses, schema "qemu-sequences-1". */
#include "conformance.h"

#define DATA_MAX 4096

/* Their machines and ours. */
static const struct {
    const char *machine, *soc;
} forms[] = {
    {"v2", "qemu-virt-gicv2"},           {"v2sec", "qemu-virt-gicv2-secure"},
    {"v2mp", "qemu-virt-gicv2-4cpu"},    {"v3", "qemu-virt-gicv3"},
    {"v3sec", "qemu-virt-gicv3-secure"}, {"v3mp", "qemu-virt-gicv3-4cpu"},
};

/* MiB of RAM, as their command line says; the machine's own default otherwise. */
static uint64_t ram_of(const struct vector *v, const char *machine)
{
    json_t *args = json_object_get(json_object_get(v->all, "machines"), machine), *one;
    size_t i;

    json_array_foreach(args, i, one)
    {
        if (strcmp(json_string_value(one), "-m") == 0)
            return strtoull(json_string_value(json_array_get(args, i + 1)), NULL, 10);
    }
    return 128;
}

static struct nap_soc *soc_for(const struct vector *v, const char *machine)
{
    if (strcmp(machine, "smmu") == 0)
        return machine_smmu(ram_of(v, machine) << 20, NULL);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i].machine, machine) == 0)
            return machine_built_in(forms[i].soc);
    fail_msg("%s: vector %s: no machine of ours stands for '%s'", v->file, v->name, machine);
    return NULL;
}

/* Whether our machine has a device there at all. */
static bool present(const struct play *p, nap_addr address)
{
    for (uint32_t i = 0; i < p->soc->n_devices; i++) {
        const struct nap_soc_device *d = &p->soc->devices[i];
        if (address >= d->base && address - d->base < d->size_bytes)
            return true;
    }
    return false;
}

static nap_addr address_of(const struct play *p, json_t *step)
{
    json_t *bases = json_object_get(p->vector->all, "bases");

    return hex_at(p, bases, text_at(p, step, "dev")) + hex_at(p, step, "off");
}

static unsigned width_of(const struct play *p, json_t *step)
{
    json_int_t width = json_integer_value(json_object_get(step, "width"));

    if (width != 1 && width != 2 && width != 4 && width != 8)
        refuse(p, "width is 1, 2, 4 or 8");
    return (unsigned)width;
}

static void read_register(struct play *p, json_t *step, const char *place)
{
    nap_addr address = address_of(p, step);
    unsigned width = width_of(p, step);
    char theirs[CELL_MAX], ours[CELL_MAX] = "absent";

    (void)snprintf(theirs, sizeof theirs, "0x%llx",
                   (unsigned long long)hex_at(p, step, "expect"));
    if (present(p, address))
        (void)snprintf(ours, sizeof ours, "0x%llx",
                       (unsigned long long)nap_bus_read(p->m, address, width, PLAYED_HERE));
    play_compare(p, place, theirs, ours);
}

/* A write to what is not there is lost, as the other model's machine has more devices. The read
 * that looks for its effect finds the device absent. */
static void write_register(struct play *p, json_t *step)
{
    nap_addr address = address_of(p, step);

    if (present(p, address))
        nap_bus_write(p->m, address, width_of(p, step), hex_at(p, step, "value"), PLAYED_HERE);
}

static size_t bytes_of(const struct play *p, const char *hex, uint8_t *out)
{
    size_t n = strlen(hex) / 2;

    if (n > DATA_MAX || strlen(hex) % 2)
        refuse(p, "data: whole bytes, not too many");
    for (size_t i = 0; i < n; i++) {
        char pair[] = {hex[2 * i], hex[2 * i + 1], '\0'}, *end;
        out[i] = (uint8_t)strtoul(pair, &end, 16);
        if (*end)
            refuse(p, "data: hexadecimal digits");
    }
    return n;
}

static void write_memory(struct play *p, json_t *step)
{
    uint8_t data[DATA_MAX];
    size_t n = bytes_of(p, text_at(p, step, "data"), data);

    if (!nap_mem_write(p->m, hex_at(p, step, "addr"), data, n))
        refuse(p, "there is no memory");
}

/* Memory is compared in words of 16 bytes at most, so that a difference names its place. */
static void read_memory(struct play *p, json_t *step, const char *place)
{
    const char *theirs = text_at(p, step, "expect");
    uint8_t expected[DATA_MAX], data[DATA_MAX];
    size_t n = bytes_of(p, theirs, expected);
    char ours[2 * DATA_MAX + 1] = "";

    if (!nap_mem_read(p->m, hex_at(p, step, "addr"), data, n))
        refuse(p, "there is no memory");
    for (size_t i = 0; i < n; i++)
        (void)snprintf(ours + 2 * i, 3, "%02x", data[i]);
    for (size_t i = 0; i < n; i += 16) {
        char at[CELL_MAX], a[33], b[33];
        (void)snprintf(at, sizeof at, "%s +0x%zx", place, i);
        (void)snprintf(a, sizeof a, "%.32s", theirs + 2 * i);
        (void)snprintf(b, sizeof b, "%.32s", ours + 2 * i);
        play_compare(p, at, a, b);
    }
}

/* A reset loses what a power cut loses, and nothing else about it is told apart here. */
static void reset(struct play *p)
{
    nap_power_off(p->m, UINT32_MAX);
    nap_power_on(p->m, UINT32_MAX);
}

/* --- system registers, by the names of the document --- */

/* "ICC_AP1R0_EL1" is element 0 of ICC_AP1R_EL1 in a model: the name without its last digit
 * before the level. False: it has none. */
static bool without_digit(const char *name, char *out, size_t room, unsigned *digit)
{
    const char *level = strrchr(name, '_');

    if (!level || level == name || level[-1] < '0' || level[-1] > '9')
        return false;
    *digit = (unsigned)(level[-1] - '0');
    (void)snprintf(out, room, "%.*s%s", (int)(level - 1 - name), name, level);
    return true;
}

static bool number_in(const struct nap_model *model, const char *name, unsigned element,
                      unsigned *number)
{
    int reg = nap_model_reg(model, name);

    if (reg < 0 || !model->regs[reg].sysreg || element >= model->regs[reg].count)
        return false;
    *number = nap_reg_offset(&model->regs[reg], element) / 8;
    return true;
}

static unsigned sysreg_of(const struct play *p, json_t *step)
{
    const char *name = text_at(p, step, "reg");
    char array[CELL_MAX];
    unsigned number, digit;

    for (unsigned d = 0; d < nap_device_count(p->m); d++) {
        const struct nap_model *model = nap_device_model(p->m, d);
        if (number_in(model, name, 0, &number) ||
            (without_digit(name, array, sizeof array, &digit) &&
             number_in(model, array, digit, &number)))
            return number;
    }
    refuse(p, name);
}

static void read_sysreg(struct play *p, json_t *step, const char *place)
{
    char theirs[CELL_MAX], ours[CELL_MAX];
    uint64_t value = nap_bus_sysreg_read(p->m, sysreg_of(p, step), PLAYED_HERE);

    (void)snprintf(theirs, sizeof theirs, "0x%llx",
                   (unsigned long long)hex_at(p, step, "expect"));
    (void)snprintf(ours, sizeof ours, "0x%llx", (unsigned long long)value);
    play_compare(p, place, theirs, ours);
}

static void write_sysreg(struct play *p, json_t *step)
{
    nap_bus_sysreg_write(p->m, sysreg_of(p, step), hex_at(p, step, "value"), PLAYED_HERE);
}

/* A device elsewhere drives the controller's input; those of vectors are SPIs. */
static void drive_line(struct play *p, json_t *step)
{
    json_int_t intid = json_integer_value(json_object_get(step, "intid"));

    if (intid < NAP_LINE_SPI_FIRST || intid >= NAP_LINE_SPI_END)
        refuse(p, "line: an SPI");
    nap_line_set(p->m, (uint32_t)intid, 0,
                 json_integer_value(json_object_get(step, "level")) != 0);
}

/* The CPU whose step it is; the first where there is one only. */
static void run_on_cpu(struct play *p, json_t *step)
{
    json_int_t cpu = json_integer_value(json_object_get(step, "cpu"));

    if (cpu < 0 || cpu >= nap_cpu_count(p->m))
        refuse(p, "cpu: one of the machine");
    nap_cpu_set(p->m, (unsigned)cpu);
}

static void step(struct play *p, json_t *s, size_t index)
{
    const char *op = text_at(p, s, "op");
    char place[CELL_MAX];

    (void)snprintf(place, sizeof place, "%zu", index);
    run_on_cpu(p, s);
    nap_secure_set(p->m, json_is_true(json_object_get(s, "secure")));
    if (strcmp(op, "r") == 0)
        read_register(p, s, place);
    else if (strcmp(op, "w") == 0)
        write_register(p, s);
    else if (strcmp(op, "memw") == 0)
        write_memory(p, s);
    else if (strcmp(op, "memr") == 0)
        read_memory(p, s, place);
    else if (strcmp(op, "sysr") == 0)
        read_sysreg(p, s, place);
    else if (strcmp(op, "sysw") == 0)
        write_sysreg(p, s);
    else if (strcmp(op, "line") == 0)
        drive_line(p, s);
    else if (strcmp(op, "reset") == 0)
        reset(p);
    else
        refuse(p, op);
    machine_carry_edges(p);
}

/* What their reset does not bring back is written first, "DEVICE+OFFSET=VALUE", 32 bits each.
 */
static void sticky(struct play *p, const char *machine)
{
    json_t *bases = json_object_get(p->vector->all, "bases");
    json_t *list = json_object_get(json_object_get(p->vector->all, "sticky"), machine), *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        char dev[32];
        unsigned long long off, value;
        nap_addr address;
        const char *text = json_string_value(one);
        /* NOLINTNEXTLINE(cert-err34-c): a file of the tree, and three items are asked for */
        if (!text || sscanf(text, "%31[^+]+0x%llx=0x%llx", dev, &off, &value) != 3)
            refuse(p, "sticky: DEVICE+OFFSET=VALUE");
        address = hex_at(p, bases, dev) + off;
        if (present(p, address))
            nap_bus_write(p->m, address, 4, value, PLAYED_HERE);
    }
}

void play_sequence(void **state)
{
    struct vector *v = *state;
    json_t *steps = json_object_get(v->own, "steps"), *one;
    const char *machine = json_string_value(json_object_get(v->own, "machine"));
    struct play p;
    size_t i;

    assert_non_null(machine);
    play_open(&p, v, soc_for(v, machine));
    sticky(&p, machine);
    json_array_foreach(steps, i, one) step(&p, one, i);
    play_close(&p);
}
