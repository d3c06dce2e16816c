/* SPDX-License-Identifier: MIT */
/* Tables of LPIs in RAM.
 *
 * Source: Arm IHI 0069, "LPI Configuration tables", "LPI Pending tables". */
#include "gicv3.h"

#define TABLE_BYTES 0x10000u
#define TABLES      16u
#define LPI_ENABLED 1u

nap_addr gic_table(void)
{
    struct gic_driver *driver = gic();
    nap_addr table;

    if (driver->tables_left == 0) {
        nap_addr ram = nap_fails("tables") ? 0 : nap_ram_alloc((TABLES + 1ul) * TABLE_BYTES);

        if (ram == 0)
            return 0;
        driver->tables = (ram + TABLE_BYTES - 1u) & ~(nap_addr)(TABLE_BYTES - 1u);
        driver->tables_left = TABLES;
    }
    table = driver->tables;
    driver->tables += TABLE_BYTES;
    driver->tables_left--;
    return table;
}

void gic_lpi_mask(const struct nap_interrupt *irq)
{
    nap_addr entry = gic()->lpi_table + (irq->intid - GIC_LPI_FIRST);

    nap_seam_store(entry, 1, irq->priority & 0xfcu, __FILE__, __LINE__);
}

void gic_lpi_configure(const struct nap_interrupt *irq)
{
    nap_addr entry = gic()->lpi_table + (irq->intid - GIC_LPI_FIRST);

    nap_seam_store(entry, 1, (irq->priority & 0xfcu) | LPI_ENABLED, __FILE__, __LINE__);
}
