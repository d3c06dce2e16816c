#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`recommended` is clean whatever the hardware does where no document says what it does.

For every built-in machine: a covering array over its switches and over what registers wake up
with, in which any two values of any two of them meet in some row; then many random runs of
each row, in random order, with random latency and landing of writes. A run that breaks a rule
fails the test, and so do runs that are too much alike: at least nine of ten must differ.

usage: pairwise.py REGNAP [--runs N] [--strength N] [--jobs N] [--soc NAME]...
                   [--scenario NAME] [--variant NAME] [--seed N]

Prints TAP, one test per machine, with a table; of a row that fails, the command to see it.
"""

import argparse
import concurrent.futures
import itertools
import json
import os
import subprocess
import sys
import tempfile

# What registers of unknown content hold after a power cut: a choice each, or a profile for all.
CONTENTS = "contents"
OF_CONTENTS = ["retain", "reset"]  # choice kinds, where it is a choice
DISTINCT = 0.9


def ask(regnap, *words):
    """The objects that `regnap list` tells."""
    answer = subprocess.run([regnap, "list", *words, "--json"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    return [json.loads(line) for line in answer.splitlines()]


def factors_of(regnap, soc):
    """Names to values, of what is combined. A switch of no model is one of the bus."""
    models = {x["model"] for x in ask(regnap, "devices", "--soc", soc) if x["type"] == "device"}
    factors = {CONTENTS: ["retain", "zero", "hostile"]}
    for switch in ask(regnap, "switches"):
        if switch["model"] is not None and switch["model"] not in models:
            continue
        known = factors.setdefault(switch["name"], switch["values"])
        assert known == switch["values"], f"{switch['name']} has other values in another model"
    return factors


def meetings(row, strength):
    """What meets in a row: groups of so many (factor, value)."""
    return set(itertools.combinations(sorted(row.items()), strength))


def all_meetings(factors, strength):
    single = [[(name, value) for value in values] for name, values in sorted(factors.items())]
    return {group for chosen in itertools.combinations(single, strength)
            for group in itertools.product(*chosen)}


def brought(row, cell, strength):
    """The groups that one more cell brings to a row."""
    return {tuple(sorted((cell, *others)))
            for others in itertools.combinations(row.items(), strength - 1)}


def extend(row, factors, missing, strength):
    """Gives each factor left the value that brings most of what is missing."""
    for name in sorted(set(factors) - set(row), key=lambda name: (-len(factors[name]), name)):
        row[name] = max(factors[name], key=lambda value: len(
            missing & brought(row, (name, value), strength)))
    return row


def covering_array(factors, strength):
    """Rows in which every group of values of so many factors occurs, the row of all defaults
    first."""
    rows = [{name: values[0] for name, values in factors.items()}]
    wanted = all_meetings(factors, strength)
    missing = wanted - meetings(rows[0], strength)
    while missing:
        rows.append(extend(dict(min(missing)), factors, missing, strength))
        missing -= meetings(rows[-1], strength)
    assert set().union(*(meetings(row, strength) for row in rows)) == wanted, "a group is missing"
    return rows


def command_of(options, soc, row, number, defaults, kinds):
    """Each row has a seed of its own, so that no two rows draw alike."""
    vary = [kind for kind in kinds if kind not in OF_CONTENTS]
    words = [options.regnap, "explore", options.scenario, "--soc", soc,
             "--variant", options.variant, "--strategy", "random", "--budget",
             str(options.runs), "--seed", str(options.seed + number)]
    if row[CONTENTS] == "retain":
        vary += OF_CONTENTS
    else:
        words += ["--profile", row[CONTENTS]]
    words += ["--vary", ",".join(vary)]
    for name, value in row.items():
        if name != CONTENTS and value != defaults[name]:
            words += ["--switch", f"{name}={value}"]
    return words


def explore(words):
    """Exit status, and the summary; None with what was said instead."""
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run([*words, "--json", "--out", out], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = done.stdout.splitlines()
    summary = json.loads(lines[-1]) if lines else None
    return done.returncode, summary, done.stderr


def judge(result, runs):
    """What is wrong with a row, or nothing."""
    status, summary, said = result
    if summary is None:
        return f"exit status {status}: {said.strip()}"
    if status != 0 or summary["violations"]:
        rules = sorted({f"{v['rule']} at {v['device']}.{v['register']} {v['file']}:{v['line']}"
                        for v in summary["violations"]})
        return f"exit status {status}: " + "; ".join(rules)
    if summary["executions"] != runs:
        return f"{summary['executions']} runs, expected {runs}"
    if summary["distinct_runs"] < DISTINCT * runs:
        return f"{summary['distinct_runs']} distinct of {runs}, expected {DISTINCT:.0%}"
    return None


def kinds_of(regnap, scenario):
    """What may differ from one run of the scenario to the next, without faults; also when
    writes land, which the scenario leaves to who explores it."""
    vary = next(x["vary"] for x in ask(regnap, "scenarios") if x["name"] == scenario)
    return vary + ["post"] * ("post" not in vary)


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("regnap")
    parser.add_argument("--runs", type=int, default=200, help="of each row")
    parser.add_argument("--strength", type=int, default=2,
                        help="any values of so many factors meet in some row")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="rows at a time")
    parser.add_argument("--soc", action="append", help="only this machine")
    parser.add_argument("--scenario", default="ipmmu-resume")
    parser.add_argument("--variant", default="recommended")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


def try_machine(options, pool, soc, kinds):
    """Runs every row of a machine and tells of it; whether all were right."""
    factors = factors_of(options.regnap, soc)
    rows = covering_array(factors, options.strength)
    defaults = {name: values[0] for name, values in factors.items()}
    commands = [command_of(options, soc, row, number, defaults, kinds)
                for number, row in enumerate(rows)]
    results = list(pool.map(explore, commands))
    wrong = [judge(result, options.runs) for result in results]
    summaries = [summary for _, summary, _ in results if summary]
    least = min((s["distinct_runs"] for s in summaries), default=0)
    print(f"# {soc:<14} {len(factors):>7} {len(rows):>4} {sum(s['executions'] for s in summaries):>8}"
          f" {sum(s['distinct_runs'] for s in summaries):>8} {least:>13}"
          f" {sum(len(s['violations']) for s in summaries):>10}")
    for command, what in zip(commands, wrong):
        if what:
            print(f"# {what}\n#   {' '.join(command)}")
    return not any(wrong)


def main():
    options = options_of(sys.argv[1:])
    if os.environ.get("REGNAP_SKIP_LONG"):
        print("1..0 # SKIP REGNAP_SKIP_LONG is set")
        return 0
    socs = options.soc or next(x["socs"] for x in ask(options.regnap, "scenarios")
                               if x["name"] == options.scenario)
    kinds = kinds_of(options.regnap, options.scenario)
    failed = 0
    print(f"1..{len(socs)}")
    print(f"# {'machine':<14} {'factors':>7} {'rows':>4} {'runs':>8} {'distinct':>8}"
          f" {'least of a row':>13} {'violations':>10}")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for number, soc in enumerate(socs, 1):
            clean = try_machine(options, pool, soc, kinds)
            failed += not clean
            print(f"{'ok' if clean else 'not ok'} {number} - {options.variant} is clean on {soc}",
                  flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
