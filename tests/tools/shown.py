#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a page shows of the command's answers.

A block of a page that begins with "$ regnap ..." shows what that command answers; blocks after
it that begin with no command go on in the same answer. "[...]" stands for any lines, and the
digest in the name of a counterexample for any. Where calls run on a stack of their own, in searches
of the SMMU's scenarios, the numbers of states and executions are those of one build (docs/design.md,
9) and may be others.

usage: shown.py commands PAGE            its commands, one per line
       shown.py check PAGE COMMAND FILE  exit status 0 if FILE is the answer that it shows
       shown.py renew PAGE COMMAND FILE  takes numbers over from FILE, where nothing else differs
"""
import re
import sys

BLOCK = re.compile(r"^```\n(.*?)^```$", re.M | re.S)
GAP = "[...]"


def shown(text):
    """Per command: its name, and where in text the blocks of its answer are."""
    pages = []
    for block in BLOCK.finditer(text):
        start, end = block.span(1)
        if text.startswith("$ regnap ", start):
            eol = text.index("\n", start)
            pages.append((text[start + 2:eol], []))
            start = eol + 1
        elif text.startswith("$ ", start) or not pages:
            continue
        pages[-1][1].append((start, end))
    return pages


def find(text, command):
    """The places of command's answer; exits where the page does not show it."""
    for name, places in shown(text):
        if name == command:
            return places
    sys.exit(f"no block of: {command}")


def runs(lines):
    """Lines as runs without a gap; the first must begin the answer and the last end it."""
    out = [[]]
    for line in lines:
        if line.strip() == GAP:
            out.append([])
        else:
            out[-1].append(line)
    return out


def parks(command):
    return re.match(r"regnap explore (smmu-|gic-ipmmu|.*--vary \S*irq)", command) is not None


def uncounted(line):
    return same(re.sub(r"\(\d[\d ]* states, \d[\d ]* executions\)", "(counted)", line))


def same(line):
    return re.sub(r"-[0-9a-f]{8}((-\d+)?\.json)$", r"-\1", line)


def loose(line):
    return re.sub(r"\s+", " ", re.sub(r"0x[0-9a-f]+|\d+( \d{3})*", "N", same(line)))


def match(lines, answer, form):
    """Pairs of a line shown and one of the answer, or None."""
    pairs, at, parts = [], 0, runs(lines)
    for i, part in enumerate(parts):
        places = range(at, len(answer) - len(part) + 1)
        if i == 0:
            places = places[:1]
        if i == len(parts) - 1 and part:
            places = [p for p in places if p + len(part) == len(answer)]
        at = next((p for p in places
                   if all(form(a) == form(b) for a, b in zip(part, answer[p:]))), None)
        if at is None:
            return None
        pairs += zip(part, answer[at:])
        at += len(part)
    if parts[-1] == [] and len(parts) > 1 or at == len(answer):
        return pairs
    return None


def main(what, page, command=None, file=None):
    text = open(page, encoding="utf-8").read()
    if what == "commands":
        print("\n".join(name for name, _ in shown(text)))
        return 0
    places = find(text, command)
    answer = open(file, encoding="utf-8").read().splitlines()
    lines = []
    for i, (start, end) in enumerate(places):
        lines += ([GAP] if i else []) + text[start:end].splitlines()
    if what == "check":
        form = uncounted if parks(command) else same
        return 0 if match(lines, answer, form) is not None else 1
    pairs = match(lines, answer, loose)
    if pairs is None:
        return 1
    fresh = iter(new for _, new in pairs)
    blocks = ["".join((line if line.strip() == GAP else next(fresh)) + "\n"
                      for line in text[start:end].splitlines()) for start, end in places]
    for (start, end), block in reversed(list(zip(places, blocks))):
        text = text[:start] + block + text[end:]
    open(page, "w", encoding="utf-8").write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
