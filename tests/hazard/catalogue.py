#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the whole catalogue and keeps the table of docs/rules.md that comes from it.

    tests/hazard/catalogue.py REGNAP            checks the catalogue; TAP
    tests/hazard/catalogue.py REGNAP --table    checks the table; TAP
    tests/hazard/catalogue.py REGNAP --write    puts the table into docs/rules.md
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

# Known bugs of IPMMU logic, gathered from public drivers, patches and their review.
IPMMU = """cache-before-root flush-without-sync poll-before-write-lands sync-watches-root-only
sync-timeout-swallowed context-shared-missed-cache utlb-restored-without-flush
special-settings-late root-only-register-forgotten uninitialised-context-id find-root-null
backup-alloc-fails-late backup-missing-at-suspend save-only-suspend
unit-in-other-power-domain""".split()
NOT_COVERED_MAX = 2  # of those
# The same of SMMUv3 logic.
SMMUV3 = """alloc-before-get-leak atc-inv-elided biased-counter-busy caches-wake-with-garbage
disable-then-abort drain-cons-is-not-completion drain-one-of-many-queues
drain-predicate-empty-queue drain-shadow-only drain-timeout-ignored drain-wfe-mismatch
elide-gate-closes-early elide-gate-opens-late evtq-priq-undrained fast-path-cost
firmware-touched-first flush-after-client-put gate-bit-leaks gbpa-not-retained
gbpa-update-unchecked generic-layer-hides-need gerror-hardirq-after-off get-if-active-negative
get-without-put guest-invalidate-while-off guest-mmio-while-off guest-owned-queue
idr-read-while-off infallible-made-fallible insecure-reset-needs-policy irq-handler-forces-wake
irq-none-on-level-line irq-thread-after-off irqctrl-left-on msi-affinity-changed-while-off
msi-cfg-lost msi-free-realloc multi-instance-rollback needless-disable-question
other-security-state owner-in-flight prefetch-wakes-hw prefetch-while-disabled
prefetch-without-abort probe-before-pm-enabled probe-error-leak prod-cons-shadow-mismatch
remove-or-shutdown-while-off resume-failure-swallowed resume-pri-resp-dropped
setup-irqs-touches-hw setup-irqs-twice shared-domain-wake-window stalled-transaction-at-off
ste-update-while-off supplier-link-ignored suspend-abort-leaves-disabled sva-user-submission
system-vs-runtime-nesting tbu-alive-tcu-off tbu-off-hangs-sync tlb-used-when-disabled
tlbi-elided-without-invalidate tlbi-elision-control vcmdq-indices-zeroed vfio-power-lost""".split()
SMMUV3_CAUGHT_MIN = 40
# The same of logic for interrupt controllers, by whole names.
GIC = """gicv2-active-state-lost gicv2-banked-private-state gicv2-bypass-on-zero-ctlr
gicv2-context-alloc-null gicv2-disable-kills-wake gicv2-forced-enable-bits
gicv2-icfgr-while-enabled gicv2-late-irq-window gicv2-no-notifier-on-system-suspend
gicv2-reserved-ids gicv2-saved-while-live gicv2-transient-state-assumed gicv3-abort-order
gicv3-active-priority-ignored gicv3-assumes-asleep gicv3-config-without-disable
gicv3-dist-not-reinit gicv3-eint-count-off-by-one gicv3-espi-group-not-reinit
gicv3-espi-save-overlap gicv3-group-enable-not-undone gicv3-init-twice gicv3-off-core-woken
gicv3-pending-table-realloc gicv3-postrestore-after-reset gicv3-quiescent-needs-lpi
gicv3-retained-lpi-enable gicv3-scr-not-put-back gicv3-secure-g1-as-g0 gicv3-sre-not-enabled
gicv3-standby-wake-route gicv3-wake-poll-once gicv3-waker-raz-infinite gicv3-waker-two-agents
gicv3-wrong-frame its-command-replay its-conditional-save its-enabled-by-firmware
its-foreign-tables-after-image-switch its-lpi-config-cached its-pending-lost-by-remap
its-queue-cacheability-misread its-readonly-bit-written its-reenable-before-quiescent
its-restore-order-emulated its-sources-not-stopped its-table-not-cleaned
its-vendor-power-sequence""".split()
GIC_CAUGHT_MIN = 40
# These need orders, or handshakes with a fault more, of which there are too many.
NOT_PROVED = {"ipmmu-cache-before-root", "smmu-drain-timeout-ignored",
              "smmu-gbpa-update-unchecked", "smmu-resume-failure-swallowed",
              "its-reenable-before-quiescent"}

BEGIN = "<!-- cross table: written by tests/hazard/catalogue.py REGNAP --write -->\n"
END = "<!-- end of cross table -->\n"

tests = 0
failed = 0


def tell(good, what, why=""):
    global tests, failed
    tests += 1
    failed += not good
    print(f"{'' if good else 'not '}ok {tests} - {what}", flush=True)
    if not good and why:
        print("# " + why)


def top():
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def regnap(command, *args):
    done = subprocess.run([command, *args, "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"regnap {' '.join(args)} ended with {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


# --- the table ---

def rules(command):
    return [o["name"] for o in regnap(command, "list", "rules")[0]]


def posted(command, scenario):
    """Rules that the forms of a scenario violate, by variant."""
    scenarios = regnap(command, "list", "scenarios")[0]
    variants = next(o["variants"] for o in scenarios if o["name"] == scenario)
    for variant in variants:
        with tempfile.TemporaryDirectory() as folder:
            objects, _ = regnap(command, "explore", scenario, "--variant", variant,
                                "--vary", "latency,retain", "--budget", "2000", "--out", folder)
        yield variant, {v["rule"] for o in objects if o["type"] == "violation"
                        for v in o["violations"]}


def table(command, entries):
    names = rules(command)
    rows = [(f"`{v}`", None, found) for v, found in posted(command, "ipmmu-resume")]
    rows += [(f"`{v}`, controls set", None, found)
             for v, found in posted(command, "ipmmu-controls-set")]
    rows += [(f"`{e['buggy']}`, {e['id']}", e["rule"], set(e["violated"]))
             for e in entries if e["status"] == "caught"]
    used = [n for n in names if any(n in found for _, _, found in rows)]
    text = "".join(f"{i}. `{n}`\n" for i, n in enumerate(used, 1)) + "\n"
    text += "| variant, hazard | " + " | ".join(str(i) for i in range(1, len(used) + 1)) + " |\n"
    text += "|---|" + "---|" * len(used) + "\n"
    for who, own, found in rows:
        cells = ["**x**" if n == own else "x" if n in found else "" for n in used]
        text += f"| {who} | " + " | ".join(cells) + " |\n"
    unused = [f"`{n}`" for n in names if n not in used]
    return text + "\nIn none of these runs: " + ", ".join(unused) + ".\n"


def doc():
    with open(os.path.join(top(), "docs", "rules.md"), encoding="utf-8") as f:
        head, rest = f.read().split(BEGIN)
    now, tail = rest.split(END)
    return head, now, tail


def write(text):
    head, _, tail = doc()
    with open(os.path.join(top(), "docs", "rules.md"), "w", encoding="utf-8") as f:
        f.write(head + BEGIN + text + END + tail)


# --- the checks ---

def check(objects, status):
    entries = {o["id"]: o for o in objects if o["type"] == "hazard"}
    summary = objects[-1]
    tell(status == 0, "regnap hazards --run ends with 0", f"it ended with {status}")
    tell(summary["type"] == "summary" and summary["missed"] == 0 and
         summary["false_alarms"] == 0, "0 missed, 0 false alarms", json.dumps(summary))
    tell(all("ipmmu-" + name in entries for name in IPMMU), "every IPMMU hazard has an entry")
    mine = [entries.get("ipmmu-" + name, {}) for name in IPMMU]
    open_ones = [e["id"] for e in mine if e.get("status") == "not-covered"]
    tell(len(open_ones) <= NOT_COVERED_MAX,
         f"at most {NOT_COVERED_MAX} of {len(IPMMU)} IPMMU hazards are not covered",
         ", ".join(open_ones))
    tell(all("smmu-" + name in entries for name in SMMUV3), "every SMMUv3 hazard has an entry")
    caught = [n for n in SMMUV3 if entries.get("smmu-" + n, {}).get("status") == "caught"]
    tell(len(caught) >= SMMUV3_CAUGHT_MIN,
         f"at least {SMMUV3_CAUGHT_MIN} of {len(SMMUV3)} SMMUv3 hazards are caught",
         f"{len(caught)} are")
    tell(all(name in entries for name in GIC), "every GIC hazard has an entry")
    caught = [n for n in GIC if entries.get(n, {}).get("status") == "caught"]
    tell(len(caught) >= GIC_CAUGHT_MIN,
         f"at least {GIC_CAUGHT_MIN} of {len(GIC)} GIC hazards are caught", f"{len(caught)} are")
    for e in entries.values():
        if e["status"] == "not-covered":
            tell(bool(e["reason"]), f"{e['id']} says why it is not covered")
            continue
        tell(e["status"] in ("caught", "quiet") and e["fixed"] == "clean",
             f"{e['id']} is {e['status']}, fixed {e['fixed']}", e["reason"] or "")
        tell(e["fixed_exhausted"] or e["id"] in NOT_PROVED,
             f"{e['id']} is proved clean when fixed",
             f"cut off after {e['fixed_executions']} executions")
        stale = set(e["also"]) - set(e["violated"])
        tell(not stale, f"{e['id']} expects no rule that nothing breaks", ", ".join(stale))


def check_table(command, entries):
    tell(doc()[1] == table(command, entries),
         "the cross table of docs/rules.md is as these runs are",
         "tests/hazard/catalogue.py REGNAP --write renews it")


def main():
    args = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("regnap")
    args.add_argument("--table", action="store_true")
    args.add_argument("--write", action="store_true")
    args = args.parse_args()
    if args.table and os.environ.get("REGNAP_SKIP_LONG"):
        print("1..0 # SKIP REGNAP_SKIP_LONG is set")
        return 0
    objects, status = regnap(args.regnap, "hazards", "--run")
    entries = [o for o in objects if o["type"] == "hazard"]
    if args.write:
        write(table(args.regnap, entries))
        return 0
    if args.table:
        check_table(args.regnap, entries)
    else:
        check(objects, status)
    print(f"1..{tests}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
