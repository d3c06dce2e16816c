/* SPDX-License-Identifier: MIT */
/* What holds of every machine that a loader hands out, however odd the tree it came from. */
#ifndef TEST_DT_SOUND_H
#define TEST_DT_SOUND_H

#include <regnap/builtin.h>
#include <regnap/soc.h>

#include <stdio.h>
#include <string.h>

#define SOUND_ADDRESS_MAX (UINT64_C(1) << 52)

/* The first thing that is wrong; NULL if nothing is. */
#define SOUND(condition)                                                                       \
    do {                                                                                       \
        if (!(condition))                                                                      \
            return #condition;                                                                 \
    } while (0)

static inline bool sound_text(const char *text, size_t bytes)
{
    const char *end = memchr(text, '\0', bytes);

    for (const char *c = text; end && c < end; c++)
        if (*c == '\n' || *c == '\t')
            return false;
    return end != NULL;
}

static inline bool sound_name(const char *name)
{
    if (!sound_text(name, NAP_NAME_MAX) || *name == '\0' || strchr("_-.", *name))
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
           strlen(name);
}

static inline bool unique(const char *names, size_t stride_bytes, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(names + i * stride_bytes, names + j * stride_bytes) == 0)
                return false;
    return true;
}

static inline bool apart(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
    return a + a_bytes <= b || b + b_bytes <= a;
}

static inline const char *sound_node(const struct nap_soc_node *node)
{
    SOUND(sound_text(node->path, sizeof(node->path)));
    SOUND(node->path[0] == '/');
    SOUND(sound_text(node->name, sizeof(node->name)));
    SOUND(node->name[0] != '\0');
    return NULL;
}

static inline const char *sound_device(const struct nap_soc *soc, uint32_t i)
{
    const struct nap_soc_device *d = &soc->devices[i];

    SOUND(sound_name(d->name) && sound_name(d->model) && sound_name(d->variant));
    SOUND(d->size_bytes > 0 && d->size_bytes <= 1u << 24);
    SOUND(d->base % 0x1000 == 0 && d->size_bytes % 0x1000 == 0);
    SOUND(d->base < SOUND_ADDRESS_MAX && d->size_bytes <= SOUND_ADDRESS_MAX - d->base);
    SOUND(d->domain < soc->n_domains);
    SOUND(d->upstream == NAP_SOC_NONE ||
          (d->upstream < soc->n_devices && soc->devices[d->upstream].upstream == NAP_SOC_NONE));
    SOUND(d->line == NAP_SOC_NONE || (d->line <= 0xffff && d->upstream != NAP_SOC_NONE));
    SOUND(d->irq == NAP_SOC_NONE || d->irq <= 987);
    for (uint32_t j = 0; j < i; j++) {
        const struct nap_soc_device *other = &soc->devices[j];

        SOUND(apart(d->base, d->size_bytes, other->base, other->size_bytes));
        SOUND(d->line == NAP_SOC_NONE || d->upstream != other->upstream ||
              d->line != other->line);
    }
    for (uint32_t j = 0; j < soc->n_ram; j++)
        SOUND(apart(d->base, d->size_bytes, soc->ram[j].base, soc->ram[j].size_bytes));
    return sound_node(&d->node);
}

static inline const char *sound_ports(const struct nap_soc *soc, uint32_t master,
                                      const struct nap_soc_ports *ports)
{
    SOUND(ports->device < soc->n_devices);
    SOUND(ports->count > 0 && ports->first <= 0xffff && ports->count <= 0x10000 - ports->first);
    for (uint32_t m = 0; m <= master; m++)
        for (uint32_t p = 0; p < soc->masters[m].n_ports; p++) {
            const struct nap_soc_ports *other = &soc->masters[m].ports[p];

            SOUND(other == ports || other->device != ports->device ||
                  apart(ports->first, ports->count, other->first, other->count));
        }
    return NULL;
}

static inline const char *sound_master(const struct nap_soc *soc, uint32_t i)
{
    const struct nap_soc_master *m = &soc->masters[i];
    const char *wrong = NULL;

    SOUND(sound_name(m->name));
    SOUND(m->domain < soc->n_domains);
    SOUND(m->n_ports > 0 && m->n_ports <= NAP_SOC_PORTS_MAX);
    for (uint32_t p = 0; p < m->n_ports && !wrong; p++)
        wrong = sound_ports(soc, i, &m->ports[p]);
    return wrong ? wrong : sound_node(&m->node);
}

static inline const char *sound_ram(const struct nap_soc *soc, uint32_t i)
{
    const struct nap_soc_ram *r = &soc->ram[i];

    SOUND(r->size_bytes > 0 && r->base % 0x1000 == 0 && r->size_bytes % 0x1000 == 0);
    SOUND(r->base < SOUND_ADDRESS_MAX && r->size_bytes <= SOUND_ADDRESS_MAX - r->base);
    for (uint32_t j = 0; j < i; j++)
        SOUND(apart(r->base, r->size_bytes, soc->ram[j].base, soc->ram[j].size_bytes));
    return NULL;
}

static inline const char *sound_left_out(const struct nap_soc *soc, uint32_t i)
{
    const struct nap_soc_left_out *l = &soc->left_out[i];

    SOUND(sound_text(l->path, sizeof(l->path)) && l->path[0] != '\0');
    SOUND(sound_text(l->compatible, sizeof(l->compatible)));
    SOUND(sound_text(l->why, sizeof(l->why)) && l->why[0] != '\0');
    return NULL;
}

static inline const char *sound(const struct nap_soc *soc)
{
    const char *wrong = NULL;

    SOUND(sound_name(soc->name));
    SOUND(sound_text(soc->title, sizeof(soc->title)) && soc->title[0] != '\0');
    SOUND(sound_text(soc->source, sizeof(soc->source)) && soc->source[0] != '\0');
    SOUND(soc->n_domains > 0 && soc->n_domains <= NAP_SOC_DOMAINS_MAX);
    SOUND(soc->n_devices > 0 && soc->n_devices <= NAP_SOC_DEVICES_MAX);
    SOUND(soc->n_masters <= NAP_SOC_MASTERS_MAX && soc->n_ram <= NAP_SOC_RAM_MAX);
    SOUND(unique(soc->domains[0].name, sizeof(soc->domains[0]), soc->n_domains));
    SOUND(unique(soc->devices[0].name, sizeof(soc->devices[0]), soc->n_devices));
    SOUND(unique(soc->masters[0].name, sizeof(soc->masters[0]), soc->n_masters));
    for (uint32_t i = 0; i < soc->n_domains; i++)
        SOUND(sound_name(soc->domains[i].name) &&
              (soc->domains[i].parent == NAP_SOC_NONE || soc->domains[i].parent < i));
    for (uint32_t i = 0; i < soc->n_devices && !wrong; i++)
        wrong = sound_device(soc, i);
    for (uint32_t i = 0; i < soc->n_masters && !wrong; i++)
        wrong = sound_master(soc, i);
    for (uint32_t i = 0; i < soc->n_ram && !wrong; i++)
        wrong = sound_ram(soc, i);
    for (uint32_t i = 0; i < soc->n_left_out && i < NAP_SOC_LEFT_OUT_MAX && !wrong; i++)
        wrong = sound_left_out(soc, i);
    return wrong;
}

#endif
