#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Takes one condition after another out of the rules and shows which test notices.

    tests/rules/mutate.py              all of the table
    tests/rules/mutate.py flush        only rows whose rule or condition has this word
    tests/rules/mutate.py --suites rules   only tests of this suite
    tests/rules/mutate.py --check      only whether each row still fits the source; TAP
    tests/rules/mutate.py --write      and puts the list into docs/rules.md; with a word, its rows

Works on a copy in a temporary folder. Exit 0: every mutant was killed. 1: one survived. 2: a
row no longer fits the source, or the copy does not build or pass unchanged.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SUITES = ("rules", "ipmmu", "scenario")  # the likeliest to notice first
IPMMU = "lib/ipmmu/rules.c"
SMMU = "lib/smmuv3/rules.c"
ITS = "lib/gic/its-rules.c"
QUEUE = "lib/gic/its-queue.c"
GICV2 = "lib/gic/v2_rules.c"
GICV3 = "lib/gic/rules3.c"
RESUME3 = "lib/gic/rules3_resume.c"
LPI = "lib/gic/lpi-rules.c"
PROTOCOL = "lib/rules/protocol.c"
OUTCOME = "lib/rules/outcome.c"
ANSWERS = "lib/rules/answers.c"
JUDGE = "lib/rules/judge.c"
FINDINGS = "lib/rules/findings.c"
EQUIVALENCE = "lib/scenario/equivalence.c"
GOLDEN = "lib/scenario/golden.c"
BLAME = "lib/scenario/blame.c"
RUNNER = "lib/scenario/runner.c"
CALLS = "lib/scenario/calls.c"
SLEEP = "lib/scenario/sleep.c"
PHASES = "lib/scenario/phases.c"
QUIET = "lib/scenario/quiet.c"
STEP = "lib/core/step.c"
OBJECTS = "lib/os/objects.c"
SEAM = "lib/seam/seam.c"
UNDO = "lib/scenario/undo.c"
LEDGER = "lib/os/ledger.c"
OS = "lib/rules/os.c"
BALANCE = "lib/scenario/balance.c"
PM = "lib/os/pm.c"

ALIVE = "any ipmmu conduct rule"
ROOT = "ipmmu-root-before-utlb"
CACHE = "ipmmu-cache-context-before-utlb"
CONTROLS = "ipmmu-controls-before-utlb"
FLUSH = "ipmmu-flush-before-utlb"
WINDOW = "ipmmu-power-up-bypass"
GBPA = "smmuv3-gbpa-in-force"
FLIGHT = "smmuv3-update-in-flight"
ERROR = "smmuv3-error-acknowledge"
SETUP = "smmuv3-setup-before-enable"
INDEX = "smmuv3-queue-index"
DRAINED = "smmuv3-drained-before-power-off"
STRANDED = "smmuv3-stranded-at-power-off"
SWEPT = "smmuv3-invalidate-before-enable"
ACKNOWLEDGE = "smmuv3-acknowledge"
ELIDED = "smmuv3-elided-invalidation"
IRQS = "smmuv3-interrupts"
ISOLATION = "dma-isolation"
FRESHNESS = "dma-freshness"
SERVICE = "dma-service"
DETACH = "dma-after-detach"
STORM = "interrupt-storm"
UNWRITTEN = "use-of-unwritten"
OBLIGATIONS = "obligations"
STATE = "state-equivalence"
FOREIGN = "ipmmu-foreign-context"
FAILED = "api-undo"
HELD = "os-balance"
LOST = "interrupt-lost"
REMOVED = "after-remove"
WAKE = "os-wake"
ANSWERED = "request-answered"
EVERY = "every rule"


def landed(reg):
    return (f"if (!landed(m, root, layout->{reg.lower()} + n))",
            "if (0)")


# rule, condition, file, old text (stands once in the file), new text
MUTANTS = [
    (ALIVE, "only a port that is on", IPMMU,
     "if (!(e->now & IPMMU_IMUCTR_MMUEN) || ipmmu_context(layout, e->now) >= layout->contexts)",
     "if (ipmmu_context(layout, e->now) >= layout->contexts)"),
    (ALIVE, "only a port on a context that exists", IPMMU,
     "if (!(e->now & IPMMU_IMUCTR_MMUEN) || ipmmu_context(layout, e->now) >= layout->contexts)",
     "if (!(e->now & IPMMU_IMUCTR_MMUEN))"),
    (ALIVE, "newly enabled", IPMMU,
     "return !(e->was & IPMMU_IMUCTR_MMUEN) || !(e->marks", "return !(e->marks"),
    (ALIVE, "not written since power-on", IPMMU,
     "!(e->marks & NAP_MARK_WRITTEN) ||", ""),
    (ALIVE, "TTSEL changed", IPMMU,
     "ipmmu_context(layout, e->was) != ipmmu_context(layout, e->now);", "false;"),
    (ALIVE, "none of the three: not written again as it is", IPMMU,
     "return !(e->was & IPMMU_IMUCTR_MMUEN) ||", "return true ||"),
    (ROOT, "a context that the root has", IPMMU,
     "if ((e->now & IPMMU_IMUCTR_MMUEN) && n >= layout->contexts)", "if (0)"),
    (ROOT, "on no context only when the port is on", IPMMU,
     "if ((e->now & IPMMU_IMUCTR_MMUEN) && n >= layout->contexts)", "if (n >= layout->contexts)"),
    (ROOT, "only when the port comes alive", IPMMU,
     "if (!comes_alive(layout, e))\n        return;\n    if (!landed(m, root, layout->imttlbr0 + n))",
     "if (!landed(m, root, layout->imttlbr0 + n))"),
    (ROOT, "IMTTLBR0 written since power-on", IPMMU, *landed("IMTTLBR0")),
    (ROOT, "IMTTUBR0 written since power-on", IPMMU, *landed("IMTTUBR0")),
    (ROOT, "IMTTBCR written since power-on", IPMMU, *landed("IMTTBCR")),
    (ROOT, "IMCTR.MMUEN of the root", IPMMU,
     "if (!(nap_reg_get(m, root, layout->imctr + n) & IPMMU_IMCTR_MMUEN))", "if (0)"),
    (CACHE, "only when the port comes alive", IPMMU, "if (!comes_alive(layout, e) || ipmmu_walks", "if (ipmmu_walks"),
    (CACHE, "IMCTR.MMUEN of the cache", IPMMU,
     "(nap_reg_get(m, e->device, layout->imctr + n) & IPMMU_IMCTR_MMUEN))", "1)"),
    (CACHE, "quiet with IMCTR.MMUEN of the cache", IPMMU,
     "(nap_reg_get(m, e->device, layout->imctr + n) & IPMMU_IMCTR_MMUEN))", "0)"),
    (CONTROLS, "only when the port comes alive", IPMMU,
     "const char *wrong = NULL;\n\n    if (!comes_alive(layout, e))",
     "const char *wrong = NULL;\n\n    if (0)"),
    (CONTROLS, "USE_SECGRP of the cache", IPMMU, "if (!secgrp_clear(m, e->device))", "if (0)"),
    (CONTROLS, "USE_SECGRP of the root", IPMMU,
     "if (!wrong && !secgrp_clear(m, root))", "if (0)"),
    (CONTROLS, "USE_SECGRP that nobody knows", IPMMU,
     "return !(nap_reg_marks(m, device, layout->imsctlr) & NAP_MARK_UNDETERMINED) &&",
     "return"),
    (CONTROLS, "USE_SECGRP by its value", IPMMU,
     "!(nap_reg_get(m, device, layout->imsctlr) & IPMMU_IMSCTLR_USE_SECGRP);", "true;"),
    (CONTROLS, "S2PTE of the root", IPMMU,
     "if (!wrong)\n        wrong = not_golden(m, root, layout->imsauxctlr,",
     "if (0)\n        wrong = not_golden(m, root, layout->imsauxctlr,"),
    (CONTROLS, "VA64 of the root", IPMMU,
     "if (!wrong && was_on(m, root, n))\n        wrong = not_golden(m, root, layout->imctr",
     "if (0)\n        wrong = not_golden(m, root, layout->imctr"),
    (CONTROLS, "VA64 only of a context that was on", IPMMU,
     "if (!wrong && was_on(m, root, n))\n        wrong = not_golden(m, root, layout->imctr",
     "if (!wrong)\n        wrong = not_golden(m, root, layout->imctr"),
    (CONTROLS, "PMB of the root", IPMMU,
     "if (!wrong && was_on(m, root, n))\n        wrong = not_golden(m, root, layout->imttbcr",
     "if (0)\n        wrong = not_golden(m, root, layout->imttbcr"),
    (CONTROLS, "PMB only of a context that was on", IPMMU,
     "if (!wrong && was_on(m, root, n))\n        wrong = not_golden(m, root, layout->imttbcr",
     "if (!wrong)\n        wrong = not_golden(m, root, layout->imttbcr"),
    (CONTROLS, "only with a value of suspend entry", IPMMU,
     "    if (slot == NAP_NO_SLOT || !nap_golden(m, device, slot, &golden))\n        return NULL;",
     "    if (!nap_golden(m, device, slot, &golden))\n        return name;"),
    (CONTROLS, "a bit that nobody knows", IPMMU,
     "if (nap_reg_marks(m, device, slot) & NAP_MARK_UNDETERMINED)\n        return name;", ""),
    (CONTROLS, "only the bits that select the format", IPMMU,
     "((golden ^ nap_reg_get(m, device, slot)) & mask)",
     "(golden ^ nap_reg_get(m, device, slot))"),
    (FLUSH, "only when the port comes alive", IPMMU,
     "char name[NAP_NAME_MAX * 2];\n\n    if (!comes_alive(layout, e))",
     "char name[NAP_NAME_MAX * 2];\n\n    if (0)"),
    (FLUSH, "the flush of the root context", IPMMU, "for (unsigned i = 0; i < 3; i++) {",
     "for (unsigned i = 1; i < 3; i++) {"),
    (FLUSH, "the flush of the cache context", IPMMU,
     "{e->device, layout->imctr + n, IPMMU_IMCTR_FLUSH},", "{e->device, 0, 0},"),
    (FLUSH, "the flush of the port", IPMMU, "for (unsigned i = 0; i < 3; i++) {",
     "for (unsigned i = 0; i < 2; i++) {"),
    (FLUSH, "only while it is unfinished", IPMMU,
     "if (!nap_work_pending(m, flushes[i].unit, flushes[i].slot, flushes[i].mask))", "if (0)"),
    (FLUSH, "a violation only with a wrong entry, else a note", IPMMU,
     "if (holds_wrong_entry(m, flushes[i].unit, e->device, e->index, n))", "if (1)"),
    (FLUSH, "no note of a flush that the enabling write starts", IPMMU,
     "else if (!begun_by(e, &flushes[i]))", "else"),
    (FLUSH, "a flush that an earlier write started is noted", IPMMU,
     "else if (!begun_by(e, &flushes[i]))", "else if (0)"),
    (FLUSH, "the whole of a block is wrong or right", IPMMU,
     "            t.allowed[i].extent >= UINT64_C(1) << entry->size_log2 &&\n", ""),
    (FLUSH, "the entry can answer this port and context", IPMMU,
     "if (nap_ipmmu_entry_usable(m, unit, &u->tlb[i], port, n) &&\n            entry",
     "if (entry"),
    (FLUSH, "the unit keeps entries at all", IPMMU, " && nap_ipmmu_tlb_on(m, unit);", ";"),
    (FLUSH, "the entry is wrong", IPMMU,
     "&&\n            entry_wrong(m, cache, port, &u->tlb[i]))", ")"),
    (FLUSH, "the port belongs to somebody", IPMMU,
     "    if (!t.judged)\n        return false;\n", ""),
    (FLUSH, "wrong by its output", IPMMU,
     "if (t.allowed[i].pa >> 12 == entry->pa_page &&", "if ("),
    (FLUSH, "wrong by permission to read", IPMMU,
     "entry->readable == ((t.allowed[i].prot & NAP_PROT_READ) != 0) &&", ""),
    (FLUSH, "wrong by permission to write", IPMMU,
     "&&\n            entry->writable == ((t.allowed[i].prot & NAP_PROT_WRITE) != 0))", ")"),
    (FLUSH, "while a change is open old and new are right", IPMMU,
     "for (unsigned i = 0; i < t.n; i++)", "for (unsigned i = t.n - 1; i < t.n; i++)"),
    (GBPA, "only when SMMUEN is cleared", SMMU,
     "(e->was & ~e->now & SMMU_CR0_SMMUEN) &&", "(e->was & SMMU_CR0_SMMUEN) &&"),
    (GBPA, "only while the Update is under way", SMMU,
     "nap_work_pending(m, e->device, SMMU_SLOT_GBPA, SMMU_GBPA_Update))", "true)"),
    (FLIGHT, "a field in flight", SMMU,
     "e->slot == SMMU_SLOT_IRQ_CTRL) && fields)", "e->slot == SMMU_SLOT_IRQ_CTRL) && 0)"),
    (FLIGHT, "only writes of the register", SMMU,
     "if ((e->slot == SMMU_SLOT_CR0 || e->slot == SMMU_SLOT_IRQ_CTRL) && fields)",
     "if (fields)"),
    (FLIGHT, "fields of CR0 and of IRQ_CTRL told apart", SMMU,
     "overtaken & 0xffff : overtaken >> 16", "overtaken & 0xffff : overtaken & 0xffff"),
    (ERROR, "bits of errors that are not active", SMMU,
     "    if (needless)\n", "    if (false)\n"),
    (ERROR, "only writes of the register", SMMU,
     '.reg = "GERRORN",', '.reg = NULL,'),
    (ACKNOWLEDGE, "only once resume has returned", SMMU,
     "strcmp(e->label, NAP_LABEL_RESUMED) == 0 &&", "true &&"),
    (ACKNOWLEDGE, "only while it is under way", SMMU,
     "nap_work_pending(m, i, SMMU_SLOT_CR0ACK, SMMU_CR0_SMMUEN))", "true)"),
    (SETUP, "written since power-on", SMMU,
     "if (written(m, e->device, setup->slots[i]))", "if (true)"),
    (SETUP, "indexes that agree", SMMU,
     "if (!smmu_queue_consistent(&was))", "if (false)"),
    (SETUP, "no entries after a sleep", SMMU,
     "else if (!smmu_queue_empty(&was) && nap_asleep(m))", "else if (false)"),
    (SETUP, "entries without a sleep are new", SMMU,
     "else if (!smmu_queue_empty(&was) && nap_asleep(m))", "else if (!smmu_queue_empty(&was))"),
    (SETUP, "OVACKFLG like OVFLG", SMMU,
     "if ((prod ^ cons) & SMMU_EVENTQ_PROD_OVFLG)", "if (false)"),
    (SETUP, "of the command queue", SMMU,
     "if (newly(e) & SMMU_CR0_CMDQEN)", "if (false)"),
    (SETUP, "of the event queue", SMMU,
     "if (newly(e) & SMMU_CR0_EVENTQEN)", "if (false)"),
    (SETUP, "of translation", SMMU,
     "    if (newly(e) & SMMU_CR0_SMMUEN)\n        all_written", "    if (false)\n        all_written"),
    (SETUP, "of an ECMDQ", SMMU,
     "    if (enables_ecmdq(e))\n        ecmdq", "    if (false)\n        ecmdq"),
    (SETUP, "indexes of an ECMDQ as well", SMMU,
     "check_indexes(m, e, setup.what, q.prod, (uint32_t)(cons & SMMU_QUEUE_INDEX), &q, report);",
     ""),
    (SETUP, "of an ECMDQ as they were at its enable", SMMU,
     "    if (cons & SMMU_ECMDQ_CONS_ENACK)\n", "    if (false)\n"),
    (SETUP, "ERRACK like ERR", SMMU,
     "if (((cons & SMMU_ECMDQ_CONS_ERR) != 0) != ((e->now & SMMU_ECMDQ_PROD_ERRACK) != 0))",
     "if (false)"),
    (SETUP, "only when an ECMDQ is enabled", SMMU,
     "return e->reg == SMMU_REG_ECMDQ_PROD && (newly(e) & SMMU_ECMDQ_PROD_EN);",
     "return e->reg == SMMU_REG_ECMDQ_PROD;"),
    (SETUP, "only enables of CR0", SMMU,
     "if (e->reg != SMMU_REG_CR0)\n        return;", ""),
    (INDEX, "after BASE", SMMU,
     "if (!written(m, e->device, r->base))", "if (false)"),
    (INDEX, "no bits beyond the wrap flag", SMMU,
     "else if (beyond)", "else if (false)"),
    (INDEX, "flags beside the index are the register's own", SMMU,
     "beyond = e->written & ~(uint64_t)r->others &", "beyond = e->written &"),
    (INDEX, "PROD moves forward", SMMU,
     "misled(m, e->device, queue_of_prod(e->slot)))", "false)"),
    (INDEX, "not of the write that turns the queue on", SMMU,
     "if (!enables_ecmdq(e) && misled", "if (misled"),
    (INDEX, "of a queue as long as the SMMU can have it", SMMU,
     "return log2 < most ? log2 : most;", "return log2;"),
    (INDEX, "RD of an ECMDQ as well", SMMU,
     "else if (is_element(slot, SMMU_SLOT_ECMDQ_CONS, SMMU_COUNT_ECMDQ_CONS))",
     "else if (false)"),
    (INDEX, "only of a queue that is on", SMMU,
     "return on && (smmu_of", "return (queue >= 0) && (smmu_of"),
    (INDEX, "CONS of an output queue passes what is there", SMMU,
     "if (lost_its_place(m, e, r))", "if (false)"),
    (INDEX, "CONS only of a queue that is on", SMMU,
     "r->reader && has(m, e->device, SMMU_SLOT_CR0ACK, r->reader) &&", "r->reader &&"),
    (INDEX, "as page 0 shows it too", SMMU,
     "{SMMU_SLOT_EVENTQ_CONS_PAGE0,", "{UINT16_MAX,"),
    (DRAINED, "commands that were not consumed", SMMU,
     "if (off->queues[id / 64] >> id % 64 & 1)", "if (false)"),
    (DRAINED, "each ECMDQ as well", SMMU,
     "id < SMMU_QUEUES; id++)", "id < SMMU_ECMDQ; id++)"),
    (DRAINED, "a CMD_SYNC after CMD_ATC_INV", SMMU,
     "if (off->unsynced_atc[id / 64] >> id % 64 & 1)", "if (false)"),
    (DRAINED, "records that somebody waits for", SMMU,
     "if (off->evtq && off->told)", "if (false)"),
    (DRAINED, "records that nobody asked for are a note", SMMU,
     "if (off->evtq && off->told)", "if (off->evtq)"),
    (DRAINED, "invalidations that are not complete", SMMU,
     "if (n && nap_switch(m, device, SMMU_SWITCH_S12) != SMMU_S12_EMPTY)", "if (false)"),
    (DRAINED, "a note where caches keep nothing", SMMU,
     "if (n && nap_switch(m, device, SMMU_SWITCH_S12) != SMMU_S12_EMPTY)", "if (n)"),
    (DRAINED, "SMMUEN on its way", SMMU, "if (off->changing)", "if (false)"),
    (DRAINED, "not where power is lost", SMMU,
     "strcmp(e->label, NAP_LABEL_POWER_OFF) != 0)", "false)"),
    (STRANDED, "stalled transactions", SMMU, "if (off->n_stall)", "if (false)"),
    (STRANDED, "page requests", SMMU, "if (off->n_prg || off->priq)", "if (false)"),
    (SWEPT, "only when SMMUEN is set", SMMU,
     "if (!(newly(e) & SMMU_CR0_SMMUEN))\n        return;", ""),
    (SWEPT, "complete since power-on", SMMU, "if ((s->swept >> i & 1) ||", "if ("),
    (SWEPT, "EL2 where there is one", SMMU,
     "(i == SMMU_SWEEP_EL2 && !has(m, e->device, SMMU_SLOT_IDR0, SMMU_IDR0_Hyp)))", "false)"),
    (SWEPT, "a violation only with something to drop, else a note", SMMU,
     "if (holds_of(s, i))", "if (true)"),
    (SWEPT, "configuration by its copies", SMMU,
     "return s->n_ste || s->n_cd || s->n_l1std || s->n_l1cd;", "return s->n_tlb;"),
    (SWEPT, "translations by their regime", SMMU,
     "if ((s->tlb[i].world == SMMU_WORLD_EL1) == (what == SMMU_SWEEP_EL1))", "if (true)"),
    (ELIDED, "when unmap has returned", SMMU,
     "if (strcmp(e->label, NAP_LABEL_UNMAPPED) != 0)\n        return;", ""),
    (ELIDED, "of masters behind another device too", SMMU,
     "return nap_upstream(m, device) == smmu ? (int64_t)nap_device_line(m, device) : -1;",
     "return -1;"),
    (ELIDED, "by entries of TBUs too", SMMU,
     "smmu_tbus_entry(m, smmu, at - s->n_tlb)", "NULL"),
    (ELIDED, "by an entry, not by a walk", SMMU,
     "out.list[i].by == NAP_BY_TLB &&", "true &&"),
    (ELIDED, "an entry that answers otherwise than what is mapped", SMMU,
     "!allowed(&out.list[i], &t))", "true)"),
    (IRQS, "IRQ_CFG written since power-on", SMMU,
     "!configured(m, e->device, &irqs[i]))", "false)"),
    (IRQS, "only where there are messages", SMMU,
     "has(m, e->device, SMMU_SLOT_IDR0, SMMU_IDR0_MSI) &&", ""),
    (IRQS, "DATA and attributes as well", SMMU,
     "(written(m, device, irq->cfg[1]) && written(m, device, irq->cfg[2]));", "true;"),
    (IRQS, "nothing but ADDR where it is 0", SMMU,
     "return !(nap_reg_get(m, device, irq->cfg[0]) & SMMU_EVENTQ_IRQ_CFG0_ADDR) ||", "return"),
    (IRQS, "an interrupt on its way when power goes", SMMU,
     "if (nap_edge_pending(m, d, irqs[i].output))", "if (false)"),
    (IRQS, "a note without one", SMMU,
     "if (nap_edge_pending(m, d, irqs[i].output))", "if (true)"),
    (FOREIGN, "only in a call", IPMMU, "    if (!nap_ledger_open(m))\n        return;\n", ""),
    (FOREIGN, "a call that failed is over", LEDGER,
     "struct nap_ledger *l = open_ledger(m, false);", "struct nap_ledger *l = open_ledger(m, true);"),
    (FOREIGN, "not where the call's domain is on the context too", IPMMU,
     "if (port != UINT32_MAX && !own)", "if (port != UINT32_MAX)"),
    (FOREIGN, "the context of the port", IPMMU, "ipmmu_context(layout, imuctr) != n ||\n            master < 0 ||", "master < 0 ||"),
    (FOREIGN, "only ports that are on", IPMMU,
     "if (!(imuctr & IPMMU_IMUCTR_MMUEN) || ipmmu_context(layout, imuctr) != n",
     "if (ipmmu_context(layout, imuctr) != n"),
    (FOREIGN, "only ports of masters that belong to somebody", IPMMU,
     "master < 0 || nap_ledger_domain(m, (unsigned)master) == NAP_NO_DOMAIN)", "master < 0)"),
    (FOREIGN, "a cache's copy concerns its own ports", IPMMU,
     " ||\n            (e->device != root && e->device != i))", ")"),
    (FOREIGN, "attach and detach are about the domains of the master", LEDGER,
     "(l->pending[i] == domain || l->domain[i] == domain))", "0)"),
    (FOREIGN, "map and unmap are about their domain", LEDGER,
     "l->mappings[i].state == NAP_LEDGER_GOING) &&\n            l->mappings[i].domain == domain)",
     "l->mappings[i].state == NAP_LEDGER_GOING) && 0)"),
    (FAILED, "memory that is kept", UNDO,
     "if (!r->config->object && now != r->undo->n_allocs)", "if (0)"),
    (FAILED, "memory that is given back counts as such", "lib/os/alloc.c",
     "    m->st->os.n_allocs--;\n", ""),
    (FAILED, "traffic that goes another way", UNDO,
     "if (is_as_before(r, g, a, kept + 1, kept[0]))", "if (1)"),
    (FAILED, "traffic only of a call that failed", UNDO,
     " || result == 0 || r->m->st->hardware_faults ||", " || r->m->st->hardware_faults ||"),
    (FAILED, "what is held only of a call that failed", UNDO,
     " || result == 0 || r->m->st->stuck)", " || r->m->st->stuck)"),
    (FAILED, "not where hardware is broken", UNDO, " || r->m->st->hardware_faults ||", " ||"),
    ("unpowered-access", "an access without power", PROTOCOL,
     ".on = NAP_STEP_BIT(NAP_STEP_UNPOWERED),", ".on = 0,"),
    ("unpowered-access", "read and write told apart", PROTOCOL,
     "    if (e->is_write)\n        return", "    if (1)\n        return"),
    ("unpowered-access", "ones and zeros told apart", PROTOCOL,
     'return e->now ? "it', 'return 1 ? "it'),
    ("unpowered-access", "an aborted access is told", PROTOCOL,
     "    if (e->label)\n", "    if (0)\n"),
    ("register-protocol", "an access that no register takes", PROTOCOL,
     "if (e->kind == NAP_STEP_BAD_ACCESS) {", "if (e->kind == NAP_STEP_BAD_ACCESS) {\n"
     "        return;"),
    ("register-protocol", "where the machine has nothing", PROTOCOL,
     'const char *where = "the machine";', 'const char *where = "nothing";'),
    ("register-protocol", "bits that do not exist", JUDGE,
     "if (event->rules & NAP_PROTOCOL_BROKEN)", "if (0)"),
    ("register-protocol", "bits that exist are quiet where a guard is broken", PROTOCOL,
     "if (e->written & ~m->devices[e->device].kind->slots[e->slot].defined)", "if (1)"),
    ("no-progress", "the watchdog ended a loop", PROTOCOL,
     ".on = NAP_STEP_BIT(NAP_STEP_STUCK),", ".on = 0,"),
    (STORM, "a line that stays high", QUIET,
     "            interrupt_storm(r, device);\n            return;", "            return;"),
    (STORM, "a handler may be called more than once", QUIET,
     "if (calls == IRQ_CALLS_MAX) {", "if (calls == 1) {"),
    (STORM, "only where there is a handler", QUIET,
     "        if (nap_irq_has_line_handler(r->m, i) && line_is_high(r, i) &&\n",
     "        if (!nap_irq_has_line_handler(r->m, i) && line_is_high(r, i)) {\n"
     "            interrupt_storm(r, i);\n"
     "        } else if (line_is_high(r, i) &&\n"),
    (STORM, "not where the handler came to no end", QUIET,
     "line_is_high(r, device) && !r->m->st->stuck; calls++",
     "line_is_high(r, device); calls++"),
    ("driver-panic", "an assertion of the driver failed", PROTOCOL,
     ".on = NAP_STEP_BIT(NAP_STEP_PANIC),", ".on = 0,"),
    ("driver-panic", "the rest of the run does not happen", STEP,
     "m->st->stuck = 1;", "m->st->stuck = 0;"),
    ("driver-panic", "nor does a walk whose filter failed", PHASES,
     "if (r->m->st->stuck) {", "if (0) {"),
    ("driver-panic", "a verdict, and no refused operation", RUNNER,
     "if (nap_runner_may_fail(r))\n        return;\n    r->failed_line",
     "if (nap_runner_may_fail(r) && !r->m->st->stuck)\n        return;\n    r->failed_line"),
    ("driver-panic", "a verdict, and no failed resume", SLEEP,
     "if (!nap_runner_may_fail(r))\n        nap_equivalence_failed",
     "if (!nap_runner_may_fail(r) || r->m->st->stuck)\n        nap_equivalence_failed"),
    ("driver-panic", "a call that only lets time pass", OBJECTS,
     "if (m->ev->simulated_us - m->call_began_us > NAP_CALL_US_MAX)", "if (0)"),
    ("driver-panic", "the time of one call only", OBJECTS,
     "if (m->ev->simulated_us - m->call_began_us > NAP_CALL_US_MAX)",
     "if (m->ev->simulated_us > NAP_CALL_US_MAX)"),
    ("driver-warning", "the driver warned", PROTOCOL,
     ".on = NAP_STEP_BIT(NAP_STEP_WARNING),", ".on = 0,"),
    ("driver-warning", "a note and no violation", PROTOCOL,
     'nap_note(report, UINT32_MAX, NAP_NO_SLOT, UINT32_MAX, "the driver warned',
     'nap_violation(report, UINT32_MAX, NAP_NO_SLOT, UINT32_MAX, "the driver warned'),
    ("silent-failure", "the call returned success", PROTOCOL,
     "if (e->now != 0 || m->st->n_seen_busy == 0", "if (m->st->n_seen_busy == 0"),
    ("silent-failure", "its wait saw unfinished work", PROTOCOL,
     "m->st->n_seen_busy == 0 || !find_busy(m, &device, &slot))",
     "(find_busy(m, &device, &slot), 0))"),
    ("silent-failure", "the register that it waited for", PROTOCOL,
     "& NAP_MARK_SEEN_BUSY)", "& NAP_MARK_EVER)"),
    (ISOLATION, "the port belongs to somebody", OUTCOME,
     "if (!t->judged || moves_nothing(o))", "if (moves_nothing(o))"),
    (ISOLATION, "a fault moves nothing", OUTCOME,
     "return o->kind == NAP_OUTCOME_FAULT || o->kind == NAP_OUTCOME_STALL ||",
     "return o->kind == NAP_OUTCOME_STALL ||"),
    (ISOLATION, "a stall moves nothing", OUTCOME,
     "return o->kind == NAP_OUTCOME_FAULT || o->kind == NAP_OUTCOME_STALL ||",
     "return o->kind == NAP_OUTCOME_FAULT ||"),
    (ISOLATION, "a bus error moves nothing", OUTCOME,
     "||\n           o->kind == NAP_OUTCOME_BUS_ERROR;", ";"),
    (ISOLATION, "untranslated", OUTCOME,
     "return t->bypass ? NAP_RIGHT : NAP_WRONG_BYPASS;", "return NAP_RIGHT;"),
    (ISOLATION, "untranslated is right for who bypasses", OUTCOME,
     "return t->bypass ? NAP_RIGHT : NAP_WRONG_BYPASS;", "return NAP_WRONG_BYPASS;"),
    (ISOLATION, "nothing is mapped there", OUTCOME, "if (t->allowed[i].mapped &&", "if ("),
    (ISOLATION, "another address", OUTCOME, "&& t->allowed[i].pa == o->pa &&", "&&"),
    (ISOLATION, "another permission to read", OUTCOME,
     "o->readable == ((t->allowed[i].prot & NAP_PROT_READ) != 0) &&", ""),
    (ISOLATION, "another permission to write", OUTCOME,
     "&&\n            o->writable == ((t->allowed[i].prot & NAP_PROT_WRITE) != 0))", ")"),
    (ISOLATION, "right as the ground truth says", OUTCOME,
     "if (allowed(o, t))\n        return NAP_RIGHT;", ""),
    (ISOLATION, "while a change is open both are right", OUTCOME,
     "for (unsigned i = 0; i < t->n; i++)", "for (unsigned i = 0; i < 1; i++)"),
    (FRESHNESS, "by an entry of the cache's TLB", OUTCOME,
     "return o->by == NAP_BY_TLB || o->by", "return o->by"),
    (FRESHNESS, "by an entry of the root's TLB", OUTCOME,
     "o->by == NAP_BY_TLB || o->by == NAP_BY_SHARED_TLB ?", "o->by == NAP_BY_TLB ?"),
    (FRESHNESS, "named apart from isolation", JUDGE, "if (s->wrong == NAP_WRONG_STALE)",
     "if (0)"),
    (SERVICE, "traffic that is refused", OUTCOME,
     "!(ended_in(e, NAP_OUTCOME_FAULT) ||", "!(0 ||"),
    (SERVICE, "only what is mapped", OUTCOME,
     "t->n == 1 && t->allowed[0].mapped &&", ""),
    (SERVICE, "only with that permission", OUTCOME,
     "&& (t->allowed[0].prot & needed);", ";"),
    (SERVICE, "only while awake", OUTCOME,
     "return !m->st->asleep || !(m->st->masters_autonomous >> master & 1);", "return true;"),
    (SERVICE, "of who bypasses", OUTCOME, "(must_translate(e, &t) || must_pass(&t))",
     "must_translate(e, &t)"),
    (SERVICE, "only of plain traffic", OUTCOME, "if (!is_plain(e) || !(must", "if (!(must"),
    (DETACH, "a port that still translates", CALLS,
     "        judge_detached(r, master, master->ids[i]);\n", "        (void)judge_detached;\n"),
    (DETACH, "every port of the master", CALLS,
     "judge_detached(r, master, master->ids[i]);", "judge_detached(r, master, master->ids[0]);"),
    (DETACH, "by a TLB as well", CALLS,
     "if (out.list[i].kind != NAP_OUTCOME_TRANSLATED)",
     "if (out.list[i].kind != NAP_OUTCOME_TRANSLATED ||\n"
     "                out.list[i].by != NAP_BY_WALK)"),
    (DETACH, "a port that translates nothing is quiet", CALLS,
     "if (out.list[i].kind != NAP_OUTCOME_TRANSLATED)", "if (0)"),
    (DETACH, "not what the comparison with the twin detaches", RUNNER,
     "    if (r->judge->off)\n        return;\n", ""),
    (UNWRITTEN, "an undetermined outcome", OUTCOME,
     "if (o->kind == NAP_OUTCOME_UNDETERMINED || o->unwritten)", "if (o->unwritten)"),
    (UNWRITTEN, "an outcome from a register nobody wrote", OUTCOME,
     "if (o->kind == NAP_OUTCOME_UNDETERMINED || o->unwritten)",
     "if (o->kind == NAP_OUTCOME_UNDETERMINED)"),
    (UNWRITTEN, "named apart from isolation", JUDGE, "if (s->wrong == NAP_WRONG_UNWRITTEN)",
     "if (0)"),
    (WINDOW, "wrong in the same way since power-on", JUDGE,
     "if (s->power_up && j->m->st->asleep)", "if (j->m->st->asleep)"),
    (WINDOW, "only while asleep", JUDGE, "if (s->power_up && j->m->st->asleep)",
     "if (s->power_up)"),
    (WINDOW, "the block's own rule, where it has one", JUDGE,
     "if (block->rules[i].family == NAP_RULE_OUTCOME)", "if (0)"),
    (WINDOW, "only an outcome rule of the block", JUDGE,
     "if (block->rules[i].family == NAP_RULE_OUTCOME)", "if (1)"),
    (OBLIGATIONS, "a held master is no violation", JUDGE,
     "if (!nap_master_live(j->m, j->groups[group].master)) {", "if (0) {"),
    (OBLIGATIONS, "a live master is no obligation", JUDGE,
     "if (!nap_master_live(j->m, j->groups[group].master)) {", "if (1) {"),
    (OBLIGATIONS, "another wrong kind begins another", JUDGE,
     "if (wrong != j->state[group].wrong)",
     "if ((wrong == NAP_RIGHT) != (j->state[group].wrong == NAP_RIGHT))"),
    (OBLIGATIONS, "the same wrong kind without a break goes on", JUDGE,
     "if (wrong != j->state[group].wrong)", "if (1)"),
    (OBLIGATIONS, "cause power-up: wrong from a power edge on", JUDGE,
     "s->power_up = wrong != NAP_RIGHT && event->kind == NAP_STEP_POWER;",
     "s->power_up = wrong != NAP_RIGHT;"),
    (OBLIGATIONS, "cause a write: otherwise", JUDGE,
     "s->power_up = wrong != NAP_RIGHT && event->kind == NAP_STEP_POWER;",
     "s->power_up = 0;"),
    (OBLIGATIONS, "opened once", JUDGE, "if (j->evidence[group].from == 0)\n", "if (1)\n"),
    (OBLIGATIONS, "closed only if open", JUDGE, "    if (ev->from == 0)\n        return;\n", ""),
    (OBLIGATIONS, "open at the end of the run", JUDGE, ".open = event == NULL,",
     ".open = false,"),
    (OBLIGATIONS, "releasing the master ends it", JUDGE,
     "    close_obligation(j, group, event);\n    report_once", "    report_once"),
    (STATE, "what software had written by suspend entry", GOLDEN,
     "if (!nap_golden(m, device, slot, &g.value) ||",
     "if ((nap_golden(m, device, slot, &g.value), 0) ||"),
    (STATE, "a register whose content nobody knows differs", GOLDEN,
     "    if (d->marks[g->slot] & NAP_MARK_UNDETERMINED)\n        changed = UINT64_MAX;\n", ""),
    (STATE, "fields that must be equal", GOLDEN,
     "return (changed & (g->equal | g->behaviour)) || out->relation;",
     "return (changed & g->behaviour) || out->relation;"),
    (STATE, "fields that must behave alike", GOLDEN,
     "return (changed & (g->equal | g->behaviour)) || out->relation;",
     "return (changed & g->equal) || out->relation;"),
    (STATE, "a violation where the register is to blame", BLAME,
     "add_finding(r, d, message, why != NULL);", "add_finding(r, d, message, false);"),
    (STATE, "a note where it is not", BLAME,
     "add_finding(r, d, message, why != NULL);", "add_finding(r, d, message, true);"),
    (STATE, "a register is blamed only for what it causes", BLAME,
     "        if (o != rest)\n", "        if (1)\n"),
    (STATE, "a difference that no register explains", BLAME,
     "    if (o && blamed == 0)\n", "    if (0)\n"),
    (STATE, "a failed resume of sound hardware", SLEEP,
     "if (!nap_runner_may_fail(r))\n        nap_equivalence_failed",
     "if (0)\n        nap_equivalence_failed"),
    (STATE, "broken hardware excuses a failed resume", RUNNER,
     "return r->m->st->hardware_faults != 0 || r->m->st->call_failed",
     "return r->m->st->call_failed"),
    (STATE, "a failure in the call itself excuses it", RUNNER,
     "|| r->m->st->call_failed || r->m->st->stuck", "|| r->m->st->stuck"),
    (STATE, "a failure in an earlier call does not", SEAM,
     "        m->st->call_failed = 0;\n", ""),
    (STATE, "only awake", RUNNER, " && !r->m->st->asleep && !r->pos->refused",
     " && !r->pos->refused"),
    (STATE, "not after a fault before sleep", EQUIVALENCE,
     " || r->pos->broken || nap_pm_any_asleep", " || nap_pm_any_asleep"),
    (STATE, "after each resume", SLEEP,
     "    nap_balance_check(r);\n    nap_runner_compare_in_passing(r);\n}\n\nvoid nap_runner_resumes",
     "    nap_balance_check(r);\n}\n\nvoid nap_runner_resumes"),
    (STATE, "after a suspend that was refused", SLEEP,
     "    skip_sleep(r);\n    nap_balance_check(r);\n    nap_runner_compare_in_passing(r);\n",
     "    skip_sleep(r);\n    nap_balance_check(r);\n"),
    (HELD, "a reference put back that nobody holds", OS,
     "if (e->index == NAP_OS_PM_PUT && e->was == 0)", "if (0)"),
    (HELD, "only one that nobody holds", OS,
     "if (e->index == NAP_OS_PM_PUT && e->was == 0)", "if (e->index == NAP_OS_PM_PUT)"),
    (HELD, "power management enabled twice", OS,
     "else if (e->index == NAP_OS_PM_ENABLE && e->was)", "else if (0)"),
    (HELD, "not where it was off", OS,
     "else if (e->index == NAP_OS_PM_ENABLE && e->was)",
     "else if (e->index == NAP_OS_PM_ENABLE)"),
    (HELD, "a handler requested twice", OS,
     "(e->index == NAP_OS_IRQ_REQUEST || e->index == NAP_OS_MSI_ALLOC)",
     "(e->index == NAP_OS_MSI_ALLOC)"),
    (HELD, "a vector allocated twice", OS,
     "(e->index == NAP_OS_IRQ_REQUEST || e->index == NAP_OS_MSI_ALLOC)",
     "(e->index == NAP_OS_IRQ_REQUEST)"),
    (HELD, "a handler freed that is not there", OS,
     "(e->index == NAP_OS_IRQ_FREE || e->index == NAP_OS_MSI_FREE)",
     "(e->index == NAP_OS_MSI_FREE)"),
    (HELD, "a vector freed that is not there", OS,
     "(e->index == NAP_OS_IRQ_FREE || e->index == NAP_OS_MSI_FREE)",
     "(e->index == NAP_OS_IRQ_FREE)"),
    (HELD, "references over a sleep", BALANCE,
     '    compare(r, "power references", was.references, now.references);\n', ""),
    (HELD, "handlers over a sleep", BALANCE,
     '    compare(r, "interrupts", was.interrupts, now.interrupts);\n', ""),
    (HELD, "vectors over a sleep", BALANCE,
     '    compare(r, "interrupt vectors", was.vectors, now.vectors);\n', ""),
    (HELD, "memory over a sleep", BALANCE,
     '        compare(r, "allocations", was.n_allocs, now.n_allocs);\n', "        ;\n"),
    (HELD, "memory from the second sleep on", BALANCE,
     "if (r->pos->has_slept && !r->config->object)", "if (!r->config->object)"),
    (HELD, "only once all that was asleep is back", BALANCE,
     "if (!r->pos->held_kept || nap_pm_any_asleep(r->m))", "if (!r->pos->held_kept)"),
    (HELD, "references that remove leaves", BALANCE,
     '    left(r, device, nap_pm_held(d), "power references");\n', ""),
    (HELD, "vectors that remove leaves", BALANCE,
     '    left(r, device, nap_msi_count(r->m, device), "interrupt vectors");\n', ""),
    (HELD, "references that a failed call leaves", UNDO,
     "(int)nap_pm_held(now) - (int)nap_pm_held(was));", "0);"),
    (HELD, "handlers that a failed call leaves", UNDO,
     "__builtin_popcount(now->irqs) - __builtin_popcount(was->irqs));", "0);"),
    (HELD, "vectors that a failed call leaves", UNDO,
     "(int)nap_msi_count(r->m, i) - (int)r->undo->vectors[i]);", "0);"),
    (HELD, "not what a broken-off call has taken", PM,
     "return (unsigned)(d->usage - d->left);", "return d->usage;"),
    (LOST, "a message that raises nothing", OS, "if (is_lost(m, e))", "if (0)"),
    (LOST, "not one to its vector", OS,
     'strcmp(e->label, "delivered") != 0 &&\n           ', ""),
    (LOST, "memory that nobody set aside", OS,
     "nap_os_owns(m, e->address, e->size_bytes)", "true"),
    (LOST, "not memory of the driver's own", OS,
     "nap_os_owns(m, e->address, e->size_bytes)", "false"),
    (LOST, "an edge that nobody takes", OS, "if (e->index != NAP_OS_IRQ_LOST)", "if (1)"),
    (REMOVED, "an access", OS, "if (e->index == NAP_OS_AFTER_REMOVE)", "if (0)"),
    (REMOVED, "a handler that is left", BALANCE, "    if (d->irqs)\n", "    if (0)\n"),
    (REMOVED, "run-time power management that is left on", BALANCE,
     "if (d->pm_enabled && nap_os_driver_for(r->m, device)->device_off)", "if (0)"),
    (WAKE, "a handler that wakes its device", OS,
     "if (e->index == NAP_OS_PM_WAKE &&", "if (0 &&"),
    (WAKE, "only in a handler", OS,
     " && m->st->os.handling >> 8 == e->device + 1)", ")"),
    (ANSWERED, "what is open at the end", BALANCE,
     "        if (n)\n            nap_runner", "        if (0)\n            nap_runner"),
    (ANSWERED, "not of a client that has given up", BALANCE, " || r->pos->gone)", ")"),
    (EVERY, "one episode is reported once", JUDGE, "if (s->reported == reported)", "if (0)"),
    (EVERY, "an episode that breaks another rule is reported again", JUDGE,
     "if (s->reported == reported)", "if (s->reported)"),
    (EVERY, "the next episode is reported again", JUDGE, "    s->reported = 0;\n", ""),
    (EVERY, "strict protocol turns notes into violations", JUDGE,
     "if (report->judge->strict)", "if (0)"),
    (EVERY, "a note is no violation", JUDGE, "if (report->judge->strict)", "if (1)"),
    (EVERY, "what firmware writes is not the driver's", JUDGE,
     "if (j->m->by_firmware || !rules)", "if (!rules)"),
    (EVERY, "a judge that looks away", JUDGE, "    if (j->off) {", "    if (0) {"),
    (EVERY, "a judge that looked away asks again", JUDGE,
     "look_away(j, event);", "look_away(j, &(const struct nap_event){0});"),
    (EVERY, "a rule watches its register only", JUDGE,
     "if (rule->reg && slot->reg != reg &&", "if (rule->reg && slot->reg > reg + 1 &&"),
    (EVERY, "a rule sees a register through its alias", JUDGE,
     " && kind->slots[slot->home].reg != reg)", ")"),
    (EVERY, "a rule about bits looks at writes that leave one", JUDGE,
     "if (looks_at(rule, event))", "if (looks_at(rule, event) || 1)"),
    (EVERY, "a rule about no bits looks at all writes", JUDGE,
     "        if (rule->leaves)\n", "        if (1)\n"),
    (EVERY, "an answer that is shared is known while it is right", ANSWERS,
     "set_right(j, j->known->right & ~changed);", ";"),
    (EVERY, "who shares an answer that changes is asked again", ANSWERS,
     "if (answer < NAP_ANSWERS && (changed >> answer & 1))",
     "if (answer < NAP_ANSWERS && 0)"),
    (EVERY, "an answer of a group's own that changes is asked again", ANSWERS,
     "if (j->known->relied_on[word * 64 + bit] == NAP_ANSWERS)", "if (0)"),
    (EVERY, "ports of other domains do not share an answer", ANSWERS,
     " && a->domain == b->domain;", ";"),
    (EVERY, "a master that changes domains shares no answer", ANSWERS,
     "        l->domain[g->master] != l->pending[g->master] ||\n", ""),
    (EVERY, "what tells ports apart marks the port", ANSWERS,
     "nap_group_watch(j, &(const struct nap_watcher){group, NULL}, &own);", ";"),
    (EVERY, "a rule watches its kinds of step only", JUDGE,
     "if (rules[i].on & NAP_STEP_BIT(k))", "if (1)"),
    (EVERY, "kinds of step that a rule watches are shown", JUDGE,
     "m->observed |= NAP_STEP_BIT(k);", ";"),
    (EVERY, "rules of both kinds of unit count once", JUDGE,
     "if (first == j->n_rules)", "if (1)"),
    (EVERY, "probes only for ports of somebody", JUDGE,
     "        if (!truth.judged)\n            return;\n", ""),
    (EVERY, "what an answer depends on marks it", OUTCOME,
     "row = slot == NAP_SLOT_HIDDEN ? d->kind->n_slots : slot;", "row = d->kind->n_slots;"),
    (EVERY, "the same finding by rule", FINDINGS, "return a->rule == b->rule &&", "return"),
    (EVERY, "the same finding by device", FINDINGS, "a->device == b->device &&", ""),
    (EVERY, "the same finding by line", FINDINGS,
     "a->source.line == b->source.line &&", ""),
    (EVERY, "the same finding by file", FINDINGS,
     "strcmp(a->source.file, b->source.file) == 0)", "1)"),
    (EVERY, "a finding with a file and one without", FINDINGS,
     "(a->source.file && b->source.file &&", "(!a->source.file || !b->source.file ||"),
    ("its-quiescent-before-off", "while Enabled is 1", ITS, "if (off->enabled)", "if (false)"),
    ("its-quiescent-before-off", "while Quiescent is 0", ITS,
     "else if (!off->quiescent)", "else if (false)"),
    ("its-quiescent-before-off", "mappings that memory does not have", ITS,
     "else if (off->dirty)", "else if (false)"),
    ("its-quiescent-before-off", "not where power is lost", ITS,
     "strcmp(e->label, NAP_LABEL_POWER_OFF) != 0)", "false)"),
    ("its-quiescent-before-off", "of the power that goes", ITS,
     "((e->was & ~e->now) >> nap_machine_soc(m)->devices[d].domain & 1))", "true)"),
    ("its-enable-when-quiescent", "while Quiescent is 0", ITS,
     "if (enables(e) && its_of(m, e->device)->untimely)", "if (enables(e))"),
    ("its-enable-when-quiescent", "as Enabled is set", ITS,
     "if (enables(e) && its_of(m, e->device)->untimely)",
     "if ((enables(e) || true) && its_of(m, e->device)->untimely)"),
    ("its-read-only-written", "the bit", ITS,
     "if (e->written & ITS_GITS_CTLR_Quiescent)", "if (e->written)"),
    ("its-set-up-before-enable", "written since power-on", ITS,
     "if (written(m, e->device, needed[i]))", "if (written(m, e->device, needed[i]) || true)"),
    ("its-set-up-before-enable", "tables that are Valid", ITS,
     "if (!its_tables_valid(m, e->device))", "if (false)"),
    ("its-command-replay", "after a sleep", ITS,
     "nap_asleep(m) && its_queue_runs_again(", "its_queue_runs_again("),
    ("its-command-replay", "by GITS_CWRITER", ITS,
     "e->slot == ITS_SLOT_GITS_CWRITER && its_enabled(m, e->device);", "false;"),
    ("its-command-replay", "all that ran before", QUEUE,
     "s->cwriter_then >= s->creadr_at_stop &&", "s->cwriter_then &&"),
    ("its-command-replay", "from the beginning", QUEUE,
     "s->creadr_then == 0 &&", ""),
    ("its-command-replay", "in that memory", QUEUE,
     "!(moved & ITS_GITS_CBASER_Physical_Address) &&", "(moved | 1) &&"),
    ("its-command-replay", "as it was", QUEUE,
     "digest(m, device, s->creadr_at_stop) == s->digest_at_stop;", "true;"),
    ("its-enable-after-lpis", "LPIs that are not taken", ITS,
     "((const struct gic_lpis *)nap_block_state(m, rd))->enabled)", "false)"),
    ("its-enable-after-lpis", "a collection goes there", ITS, "target == rd;", "target != rd;"),
    ("its-command-error", "a command in error", ITS, "|| s->error == ITS_OK)", ")"),
    ("its-itt-zeroed", "an ITT with entries", ITS,
     "if (e->slot == ITS_SLOT_GITS_CREADR && junk)", "if (junk == UINT32_MAX)"),
    ("its-itt-zeroed", "of a device that was not mapped", "lib/gic/its-command.c",
     "if (mapping && !its_get(m, device, ITS_DEVICE, id) &&", "if (mapping &&"),
    ("its-commands-complete", "commands that are left", ITS,
     "if (nap_work_pending(m, its, ITS_SLOT_GITS_CREADR, ITS_GITS_CREADR_Offset))",
     "if (false)"),
    ("its-commands-complete", "a SYNC after them", ITS,
     "if (unsynced >> rd & 1)", "if (false)"),
    ("its-commands-complete", "only once resume has returned", ITS,
     "strcmp(e->label, NAP_LABEL_RESUMED) != 0)", "!e->label)"),
    ("lpi-flushed-before-off", "LPIs that are lost", LPI,
     "if (l->off_lost || l->off_stale)", "if (l->off_stale)"),
    ("lpi-flushed-before-off", "LPIs that come back", LPI,
     "if (l->off_lost || l->off_stale)", "if (l->off_lost)"),
    ("lpi-set-up-before-enable", "RWP", LPI, "if (e->was & RDIST_GICR_CTLR_RWP)", "if (false)"),
    ("lpi-set-up-before-enable", "written since power-on", LPI,
     "& NAP_MARK_WRITTEN)", "| NAP_MARK_WRITTEN)"),
    ("lpi-set-up-before-enable", "as EnableLPIs is set", LPI, "if (!enables(e))",
     "if (!enables(e) && false)"),
    ("lpi-pending-table-zero", "with PTZ", LPI,
     "!(base & RDIST_GICR_PENDBASER_PTZ))", "base == 1)"),
    ("lpi-pending-table-zero", "a table that is not zero", LPI, "if (intid)", "if (true)"),
    ("lpi-tables-agree", "configuration tables", LPI, "if (config && in_one", "if (false && in_one"),
    ("lpi-tables-agree", "attributes", LPI, "if (pending & ATTRIBUTES)", "if (false)"),
    ("lpi-tables-agree", "pending tables", LPI, "return overlap(m, a, b) ?", "return false ?"),
    ("lpi-config-invalidated", "a byte that is another", LPI,
     "|| l->list[i].config == is)", ")"),
    ("lpi-config-invalidated", "only once resume has returned", LPI,
     "strcmp(e->label, NAP_LABEL_RESUMED) != 0)", "!e->label)"),
    ("gicv2-icfgr-while-enabled", "a trigger that changes", GICV2,
     ": e->was ^ e->now;", ": UINT64_C(0xaaaaaaaa);"),
    ("gicv2-icfgr-while-enabled", "of an enabled one", GICV2,
     "if (n < bank.count && gic_enabled(m, &bank, n / 32) >> n % 32 & 1)", "if (n < bank.count)"),
    ("gicv2-icfgr-while-enabled", "of unknown content", GICV2,
     "e->marks & NAP_MARK_UNDETERMINED\n", "false\n"),
    ("gicv2-icfgr-while-enabled", "where the write reaches it", GICV2,
     "? v2_icfgr_writable(m, e->device, e->index) & UINT64_C(0xaaaaaaaa)",
     "? UINT64_C(0xaaaaaaaa)"),
    ("gicv2-icfgr-while-enabled", "of the CPU's own PPIs", GICV2,
     "e->index < 2 ? v2_private(m, e->device, nap_cpu(m))",
     "e->index < 2 ? v2_private(m, e->device, 0)"),
    ("gicv2-dir-without-eoimode", "EOImode", GICV2,
     "if (!(nap_reg_get(m, e->device, slot) & mode))",
     "if (!(nap_reg_get(m, e->device, slot) & mode & 0))"),
    ("gicv2-dir-without-eoimode", "that of the access", GICV2,
     "ns ? V2_GICC_CTLR_EOImodeNS : V2_GICC_CTLR_EOImode",
     "ns ? V2_GICC_CTLR_EOImode : V2_GICC_CTLR_EOImode"),
    ("gicv2-sgi-by-ispendr", "of SGIs", GICV2,
     "e->written & ((1u << GIC_N_SGIS) - 1) & ~e->was", "e->written & ~e->was"),
    ("gicv2-sgi-by-ispendr", "in the first word", GICV2,
     "e->reg == V2_REG_GICD_ISPENDR && e->index == 0 && sgis)", "sgis)"),
    ("gicv2-sgi-by-ispendr", "that are not pending", GICV2,
     "((1u << GIC_N_SGIS) - 1) & ~e->was", "((1u << GIC_N_SGIS) - 1)"),
    ("gicv2-beyond-lines", "beyond the lines", GICV2,
     "first < v2_lines(m, e->device))\n        return;", "first == 0)\n        return;"),
    ("gicv2-beyond-lines", "from the first that there is not", GICV2,
     "first < v2_lines(m, e->device))\n        return;",
     "first <= v2_lines(m, e->device))\n        return;"),
    ("gicv2-end-as-taken", "EOIR and AEOIR", GICV2,
     "(e->reg != V2_REG_GICC_EOIR && e->reg != V2_REG_GICC_AEOIR) ||",
     "e->reg != V2_REG_GICC_EOIR ||"),
    ("gicv2-end-as-taken", "those alone", GICV2,
     "(e->reg != V2_REG_GICC_EOIR && e->reg != V2_REG_GICC_AEOIR) ||", ""),
    ("gicv2-end-as-taken", "what the acknowledge has shown", GICV2,
     "    case V2_END_OTHER:\n", "    case V2_END_OTHER:\n        break;\n"),
    ("gicv2-end-as-taken", "something is active", GICV2,
     "    case V2_END_OF_NONE:\n", "    case V2_END_OF_NONE:\n        break;\n"),
    ("gicv2-end-as-taken", "of that CPU", GICV2,
     "switch ((enum v2_end)s->ended[nap_cpu(m)]) {", "switch ((enum v2_end)s->ended[0]) {"),
    ("gicv2-live-before-restored", "in a sleep", GICV2,
     "if (!opens(e) || !nap_asleep(m) ||", "if (!opens(e) ||"),
    ("gicv2-live-before-restored", "what opens a way", GICV2,
     "return (e->now & ~e->was) != 0;", "return (e->was & ~e->now) != 0;"),
    ("gicv2-live-before-restored", "through an interface that is on", GICV2,
     "nap_reg_get(m, distributor, V2_SLOT_GICD_CTLR) &\n        nap_reg_get",
     "nap_reg_get(m, distributor, V2_SLOT_GICD_CTLR) |\n        nap_reg_get"),
    ("gicv2-live-before-restored", "of a group that gets through", GICV2,
     "(groups & GIC_GROUP_BIT(gic_group(m, bank, n)));", "true;"),
    ("gicv2-live-before-restored", "of a group that nobody has restored", GICV2,
     "return !gic_restored(m, bank->device, bank->igroupr + n / 32) ||", "return"),
    ("gicv2-live-before-restored", "targets of SPIs", GICV2,
     "bank->cpu == GIC_NO_CPU ? 4 : 3;", "bank->cpu == GIC_NO_CPU ? 3 : 3;"),
    ("gicv2-live-before-restored", "GICC_BPR", GICV2,
     "check_binary_point(m, (unsigned)interface, V2_SLOT_GICC_BPR, cpu, report);", ""),
    ("gicv2-live-before-restored", "GICC_ABPR", GICV2,
     "check_binary_point(m, (unsigned)interface, V2_SLOT_GICC_ABPR, cpu, report);", ""),
    ("gicv2-live-before-restored", "PPIs of that CPU", GICV2,
     "bank = v2_private(m, distributor, cpu);", "bank = v2_private(m, distributor, 0);"),
    ("gicv2-live-before-restored", "SPIs once", GICV2,
     "check_bank(m, &bank, groups & ~checked, cpu, report);",
     "check_bank(m, &bank, groups | (checked & 0), cpu, report);"),
    ("gicv2-level-latched", "in a sleep", GICV2,
     "e->reg != V2_REG_GICD_ISPENDR || !nap_asleep(m) ||", "e->reg != V2_REG_GICD_ISPENDR ||"),
    ("gicv2-level-latched", "of a level", GICV2,
     "latched &= ~(uint32_t)golden & ~gic_edge(m, &bank, word);", "latched &= ~(uint32_t)golden;"),
    ("gicv2-level-latched", "not latched before", GICV2,
     "latched &= ~(uint32_t)golden & ~gic_edge(m, &bank, word);",
     "latched &= ~gic_edge(m, &bank, word);"),
    ("gicv2-bypass", "a bypass that is open", GICV2,
     "if (!bypassed(e->now, bits) || bypassed(e->was, bits))", "if (bypassed(e->was, bits))"),
    ("gicv2-bypass", "that the write has opened", GICV2,
     "if (!bypassed(e->now, bits) || bypassed(e->was, bits))", "if (!bypassed(e->now, bits))"),
    ("gicv2-bypass", "bits that the access sees", GICV2,
     "               ? group1\n", "               ? group1 | 0x1e0\n"),
    ("gicv2-bypass", "a note where the wires are low", GICV2,
     "if (nap_switch(m, e->device, V2_SWITCH_G13) == V2_G13_HIGH)", "if (true)"),
    ("gicv2-interface-at-power-off", "not where power is lost", GICV2,
     "if (strcmp(e->label, NAP_LABEL_POWER_OFF) != 0)", "if (!e->label)"),
    ("gicv2-interface-at-power-off", "of the power that goes", GICV2,
     "!((e->was & ~e->now) >> domain & 1))", "!(domain + 1))"),
    ("gicv2-interface-at-power-off", "active priorities", GICV2,
     "if (s->off_running[cpu] != GIC_IDLE)", "if (s)"),
    ("gicv2-interface-at-power-off", "a note of one that is enabled", GICV2,
     "if (s->off_enabled >> cpu & 1)", "if (false)"),
    ("gicv3-trigger-while-enabled", "a trigger that changes", GICV3,
     "unsigned bad = retriggered(e) & enabled", "unsigned bad = 0xffff & enabled"),
    ("gicv3-trigger-while-enabled", "of an enabled one", GICV3,
     "unsigned bad = retriggered(e) & enabled >> 16 * (half % 2);",
     "unsigned bad = retriggered(e) | (enabled & 0);"),
    ("gicv3-trigger-while-enabled", "where the write reaches it", GICV3,
     "gic3_visible(m, gic3_distributor(m, e->device), bank, half / 2);",
     "gic_word_mask(bank, half / 2);"),
    ("gicv3-trigger-while-enabled", "of unknown content", GICV3,
     "if (e->marks & NAP_MARK_UNDETERMINED)", "if (false)"),
    ("gicv3-trigger-while-enabled", "of 16 the right ones", GICV3,
     "enabled >> 16 * (half % 2);", "enabled;"),
    ("gicv3-private-trigger-while-enabled", "in a frame that is there", GICV3,
     "if (!gic3_redist_on(m, e->device) || !gic3_routes(m, gic3_distributor(m, e->device)))",
     "if (false)"),
    ("gicv3-private-trigger-while-enabled", "of PPIs", GICV3,
     "if (e->reg == RDIST_REG_GICR_ICFGR1) {", "if (false) {"),
    ("gicv3-set-up-before-enable", "since power-on", GICV3,
     "& NAP_MARK_WRITTEN) != 0;", "& (NAP_MARK_WRITTEN | NAP_MARK_EVER)) != 0;"),
    ("gicv3-set-up-before-enable", "a route", GICV3,
     "if (!stands(m, e, intid, router + n, report) ||", "if ((router & 0) ||"),
    ("gicv3-set-up-before-enable", "a priority", GICV3,
     "!stands(m, e, intid, bank->ipriorityr + n / 4, report) ||", ""),
    ("gicv3-set-up-before-enable", "a group", GICV3,
     "(groups && !stands(m, e, intid, bank->igroupr + n / 32, report)) ||", "(groups && false) ||"),
    ("gicv3-set-up-before-enable", "a trigger", GICV3,
     "!stands(m, e, intid, bank->icfgr + n / 16, report))", "false)"),
    ("gicv3-private-set-up-before-enable", "a group", GICV3,
     "(groups && !stands(m, e, intid, bank.igroupr + n / 32, report)) ||", "(groups && false) ||"),
    ("gicv3-private-set-up-before-enable", "a trigger", GICV3,
     "(intid >= GIC_N_SGIS && !stands(", "(false && !stands("),
    ("gicv3-private-set-up-before-enable", "none of SGIs", GICV3,
     "(intid >= GIC_N_SGIS && !stands(", "(true && !stands("),
    ("gicv3-affinity-before-route", "without affinity routing", GICV3,
     "e->reg == DIST_REG_GICD_IROUTERnE) &&\n        !gic3_routes(m, e->device))",
     "e->reg == DIST_REG_GICD_IROUTERnE))"),
    ("gicv3-affinity-before-route", "routes only", GICV3,
     "if ((e->reg == DIST_REG_GICD_IROUTER ||", "if ((true ||"),
    ("gicv3-control-predictable", "what sets", GICV3, "    else if (bad)\n", "    else if (false)\n"),
    ("gicv3-waker-handshake", "where the access reaches it", GICV3,
     "if (gic3_restricted(m, nap_upstream(m, e->device)) ||\n        !gic3_waker", "if (!gic3_waker"),
    ("gicv3-waker-handshake", "what is not predictable", GICV3,
     "!gic3_waker_unpredictable(m, e->device, e->was, e->written))",
     "!((e->was ^ e->written) & SLEEP))"),
    ("gicv3-awake-before-interface", "where somebody wakes it", GICV3,
     "return gic3_one_state(m, nap_upstream(m, rd)) ||", "return true ||"),
    ("gicv3-asleep-before-off", "not where power is lost", GICV3,
     "strcmp(e->label, NAP_LABEL_POWER_OFF) == 0;", "e->label != NULL;"),
    ("gicv3-asleep-before-off", "of the processing element", GICV3,
     "&& (icc < 0 || !in_domains(m, (unsigned)icc, off)) &&", "&&"),
    ("gicv3-asleep-before-off", "of the distributor", GICV3,
     "!in_domains(m, nap_upstream(m, rd), off))", "true)"),
    ("gicv3-live-before-restored", "in a sleep", RESUME3,
     "if (!nap_asleep(m) || !opens(m, e) ||", "if (!opens(m, e) ||"),
    ("gicv3-live-before-restored", "what opens a way", RESUME3,
     "return e->written && gic3_enables_groups(e->reg);",
     "return !e->written && gic3_enables_groups(e->reg);"),
    ("gicv3-live-before-restored", "of a group that gets through", RESUME3,
     "return (groups & GIC_GROUP_BIT(gic_group(m, bank, n))) != 0;", "return true;"),
    ("gicv3-live-before-restored", "of a group that nobody has restored", RESUME3,
     "? !gic_restored(m, bank->device, slot)\n", "? false\n"),
    ("gicv3-live-before-restored", "of a group that nobody knows", RESUME3,
     "(nap_reg_marks(m, bank->device, slot) & NAP_MARK_UNDETERMINED) != 0)", "false)"),
    ("gicv3-live-before-restored", "SPIs once", RESUME3,
     "groups & ~checked, cpu, report);", "groups | (checked & 0), cpu, report);"),
    ("gicv3-level-latched", "in a sleep", RESUME3, "if (!nap_asleep(m) || !latched)",
     "if (!latched)"),
    ("gicv3-level-latched", "of a level", RESUME3, "latched &= ~gic_edge(m, bank, word);",
     "latched &= ~(gic_edge(m, bank, word) & 0);"),
    ("gicv3-asleep-before-off", "of the redistributor", GICV3,
     "if (!in_domains(m, rd, off) && (icc < 0", "if ((icc < 0"),
    ("gicv3-asleep-before-off", "ChildrenAsleep", GICV3,
     "(waker & (SLEEP | ASLEEP)) != (SLEEP | ASLEEP))", "!(waker & SLEEP))"),
    ("gicv3-awake-before-interface", "as a group is enabled", GICV3,
     "if (!enable || !e->written)", "if (!enable)"),
    ("gicv3-awake-before-interface", "ChildrenAsleep", GICV3,
     "!gic3_awake(m, (unsigned)rd) &&",
     "(nap_reg_get(m, (unsigned)rd, RDIST_SLOT_GICR_WAKER) & SLEEP) &&"),
    ("gicv3-ended-in-order", "INTIDs that end nothing", GICV3,
     "(intid >= 1020 && intid <= GIC_SPURIOUS) || !s->misended)", "!s->misended)"),
    ("gicv3-ended-in-order", "another than the last", GICV3,
     "(intid >= 1020 && intid <= GIC_SPURIOUS) || !s->misended)",
     "(intid >= 1020 && intid <= GIC_SPURIOUS) || !s)"),
    ("gicv3-deactivated-by-mode", "EOImode", GICV3,
     "if (!(nap_reg_get(m, e->device, ctlr) & mode))",
     "if (!(nap_reg_get(m, e->device, ctlr) & mode & 0))"),
    ("gicv3-priorities-idle-before-off", "active priorities", GICV3, "if (s->off_active)",
     "if (s)"),
    ("gicv3-priorities-idle-before-off", "of the power that goes", GICV3,
     "!in_domains(m, icc, e->was & ~e->now))", "false)"),
    ("gicv3-priorities-kept", "another value", GICV3,
     "if (active && e->written != e->was)", "if (active)"),
    ("gicv3-priorities-kept", "of that Security state", GICV3,
     "                  e->reg == CPUIF_REG_ICC_AP1R_EL1_S;", "                  !e;"),
    ("gicv3-sre-kept", "of that Security state", GICV3,
     "e->reg == CPUIF_REG_ICC_SRE_EL1_S ||", "!e ||"),
    ("gicv3-sre-kept", "where it is not fixed", GICV3,
     "& ~nap_reg_reset(m, e->device, e->slot)", "& ~(nap_reg_reset(m, e->device, e->slot) & 0)"),
]

BEGIN = "<!-- mutants: written by tests/rules/mutate.py --write -->\n"
END = "<!-- end of mutants -->\n"


def top():
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def copy_tree(to):
    for name in os.listdir(top()):
        path = os.path.join(top(), name)
        if name.startswith((".git", "build")):
            continue
        if os.path.isdir(path):
            shutil.copytree(path, os.path.join(to, name))
        else:
            shutil.copy2(path, to)


def test_programs(build, suites):
    text = subprocess.run(["meson", "introspect", "--tests", build], check=True,
                          capture_output=True, text=True).stdout
    tests = [(t["suite"][0].split(":")[-1], t["cmd"][0]) for t in json.loads(text)]
    return {suite: [cmd for of, cmd in tests if of == suite] for suite in suites}


def compile_tests(build, programs):
    targets = [os.path.relpath(p, build) for suite in programs for p in programs[suite]]
    done = subprocess.run(["ninja", "-C", build] + targets, capture_output=True, text=True)
    return done.returncode == 0, done.stdout


def first_failures(programs):
    """Failures of the first suite that has any."""
    for suite in programs:
        names = failures(programs[suite])
        if names:
            return names
    return []


def failures(programs):
    """Names of tests that fail; a program that dies counts as one."""
    names = []
    for program in programs:
        try:
            done = subprocess.run([program], capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            names.append(os.path.basename(program) + " (hangs)")
            continue
        found = re.findall(r"\[  FAILED  \] (\w+)\n", done.stdout + done.stderr)
        found = list(dict.fromkeys(found))
        if not found and done.returncode:
            ran = re.findall(r"\[ RUN      \] (\w+)\n", done.stdout + done.stderr)
            found = [(ran[-1] if ran else os.path.basename(program)) + " (aborts)"]
        names += found
    return names


def patched(path, old, new):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if text.count(old) != 1:
        return None, None
    return text, text.replace(old, new)


def put(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def one(work, build, programs, row):
    rule, condition, name, old, new = row
    path = os.path.join(work, name)
    was, now = patched(path, old, new)
    if was is None:
        print(f"mutate.py: {rule}: {condition}: expected once in {name}:\n{old}")
        sys.exit(2)
    put(path, now)
    built, log = compile_tests(build, programs)
    killers = first_failures(programs) if built else None
    put(path, was)
    if killers is None:
        print(f"mutate.py: {rule}: {condition}: does not compile\n{log}")
        sys.exit(2)
    return killers


def misfits():
    """Rows whose text does not stand once in its file."""
    rows = []
    for row in MUTANTS:
        if patched(os.path.join(top(), row[2]), row[3], row[4])[0] is None:
            rows.append(row)
    return rows


def check():
    rows = misfits()
    for rule, condition, name, old, _ in rows:
        print(f"# {rule}: {condition}: expected once in {name}:")
        print("#   " + old.replace("\n", "\n#   "))
    print(f"{'not ' if rows else ''}ok 1 - each of {len(MUTANTS)} mutants fits the source")
    print("1..1")
    return 2 if rows else 0


def named(rule):
    return rule if " " in rule else f"`{rule}`"


def rows_of(text):
    """Rows of the list as it is: rule and condition, and what stands behind them."""
    return {tuple(cells[:2]): cells[2] for cells in
            (line.strip("| \n").split(" | ") for line in text.splitlines()[2:])}


def write_doc(rows):
    path = os.path.join(top(), "docs", "rules.md")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    lines = ["| rule | condition | a test that fails without it |\n", "|---|---|---|\n"]
    shown = rows_of(rest.split(END)[0])
    for rule, condition, killers in rows:
        more = f" and {len(killers) - 1} more" if len(killers) > 1 else ""
        shown[named(rule), condition] = f"`{killers[0]}`{more}"
    missing = [row for row in MUTANTS if (named(row[0]), row[1]) not in shown]
    for rule, condition, *_ in missing:
        print(f"mutate.py: {rule}: {condition}: not in the list, and not tried now")
    if missing:
        sys.exit(2)
    lines += [f"| {named(row[0])} | {row[1]} | {shown[named(row[0]), row[1]]} |\n"
              for row in MUTANTS]
    put(path, head + BEGIN + "".join(lines) + END + tail)


def main():
    args = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("word", nargs="?", default="")
    args.add_argument("--write", action="store_true")
    args.add_argument("--suites", default=",".join(SUITES), help="tests to run, in this order")
    args.add_argument("--check", action="store_true")
    args = args.parse_args()
    if args.check or misfits():
        return check()
    chosen = [row for row in MUTANTS if args.word in row[0] or args.word in row[1]]
    survived, rows = 0, []
    with tempfile.TemporaryDirectory(prefix="regnap-mutate-") as work:
        copy_tree(work)
        build = os.path.join(work, "build")
        subprocess.run(["meson", "setup", build, work, "--buildtype=debug", "-Dwerror=false",
                        "-Dwarning_level=0"], check=True, capture_output=True)
        programs = test_programs(build, args.suites.split(","))
        built, log = compile_tests(build, programs)
        broken = first_failures(programs) if built else [log]
        if broken:
            print("mutate.py: without any mutant these fail:", *broken, sep="\n")
            return 2
        for row in chosen:
            killers = one(work, build, programs, row)
            survived += not killers
            rows.append((row[0], row[1], killers))
            print("killed  " if killers else "SURVIVED", f"{row[0]}: {row[1]}",
                  f"({len(killers)}: {killers[0]})" if killers else "", flush=True)
    print(f"{len(chosen)} mutants, {len(chosen) - survived} killed, {survived} survived")
    if args.write and not survived:
        write_doc(rows)
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
