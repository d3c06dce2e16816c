#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two neighbouring steps of a resume of the GIC drivers change places (driver.swap=N).

    tests/drivers/swap.py REGNAP        TAP

Either rules, or the comparison with a machine that did not sleep, tell, or nothing that they see
is another. Which of the two it is stands here for each pair, with the reason where nothing is.
"""
import json
import subprocess
import sys
import tempfile

# By the first step of the two, from 1. Scenarios: of a loss of power with interrupts at hand, of
# firmware that has left things on, of a suspend that is abandoned.
FAMILIES = {
    "gicv2": {
        "scenarios": ("gicv2-resume", "gicv2-late"),
        "steps": 15,
        "told": {
            8: "active interrupts are set, and cleared then",
        },
        "silent": {
            1: "one of the two is enough to keep interrupts away",
            2: "nothing is forwarded, as the interface signals nothing",
            3: "a group may change while its interrupt is enabled, and none is forwarded",
            4: "different registers of interrupts that are off",
            5: "different registers of interrupts that are off",
            6: "different registers of interrupts that are off",
            7: "different registers of interrupts that are off",
            9: "pending beside active, in either order, while nothing is forwarded",
            10: "edges and SGIs are different interrupts",
            11: "nothing is forwarded",
            12: "the interface signals nothing",
            13: "the interface signals nothing",
            14: "interrupts are off at the CPU, and all else is as it was",
        },
    },
    "gicv3": {
        "scenarios": ("gicv3-late", "gicv3-firmware", "gicv3-abort"),
        "steps": 26,
        "told": {
            8: "active interrupts are set, and cleared then",
            16: "LPIs are enabled before their tables are there",
            20: "tables are valid before the queue is, and it is not known to be off",
            21: "the ITS starts before its tables are there",
            22: "commands are written to an ITS that is off",
            24: "the interface is not in reach",
            25: "the interface signals before its priorities are back",
        },
        "silent": {
            1: "the frame of SPIs and that of a redistributor",
            2: "nothing that is enabled changes its trigger here, and no CPU is signalled",
            3: "a group may change while its interrupt is enabled, and none is forwarded",
            4: "different registers of interrupts that are off",
            5: "different registers of interrupts that are off",
            6: "different registers of interrupts that are off",
            7: "different registers of interrupts that are off",
            9: "pending beside active, in either order, while nothing is forwarded",
            10: "nothing is forwarded",
            11: "SPIs and private interrupts are different ones",
            12: "private interrupts are off after a loss of power, or unchanged",
            13: "state and configuration of interrupts that are off",
            14: "nothing is forwarded",
            15: "private interrupts and LPIs are different ones",
            17: "no LPI comes before the ITS starts",
            18: "the interface signals nothing",
            19: "no LPI comes before the ITS starts",
            23: "the ITS and the interface are different parts",
        },
    },
}

tests = 0
failed = 0


def tell(good, what, why=""):
    global tests, failed
    tests += 1
    failed += not good
    print(f"{'' if good else 'not '}ok {tests} - {what}", flush=True)
    if not good and why:
        print("# " + why)


def told_by(regnap, scenario, n):
    """Rules that tell of it."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([regnap, "explore", scenario, "--json", "--vary", "latency",
                               "--budget", "400", "--set", f"driver.swap={n}", "--out", folder],
                              capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{scenario}: ended with {done.returncode}: {done.stderr}")
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    return {v["rule"] for o in objects if o["type"] == "violation" for v in o["violations"]}


def main():
    for family, what in FAMILIES.items():
        pairs = set(what["told"]) | set(what["silent"])
        tell(pairs == set(range(1, what["steps"])), f"{family}: every pair has its line")
        for n in sorted(pairs):
            rules = set()
            for scenario in what["scenarios"]:
                rules |= told_by(sys.argv[1], scenario, n)
            if n in what["told"]:
                tell(bool(rules), f"{family} {n}: {what['told'][n]}", "nothing tells")
            else:
                tell(not rules, f"{family} {n}, silent: {what['silent'][n]}", ", ".join(rules))
    print(f"1..{tests}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
