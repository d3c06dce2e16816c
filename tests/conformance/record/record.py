#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks QEMU the questions of a file of vectors and writes its answers into it.

usage: record.py FILE

FILE has schema qemu-smmu-dma-1 or qemu-sequences-1 with machine smmu; answers that it holds are
replaced, so a new vector needs none. Asking is repeatable: a file that was recorded comes out as it
was. Needs qemu-system-aarch64 of the version that the file names in "source" (Debian: qemu-system-arm).
"""
import json
import sys

from qtest import SMMU, Machine, join

VIRT = ["-machine", "virt,gic-version=3,iommu=smmuv3", "-smp", "1", "-cpu", "cortex-a72"]
REGISTERS = {"IDR0": 0x00, "IDR3": 0x0c,
             "CMDQ_BASE": 0x90, "CMDQ_PROD": 0x98, "CMDQ_CONS": 0x9c, "GERROR": 0x60,
             "EVENTQ_BASE": 0xa0, "EVENTQ_PROD": 0x100a8, "EVENTQ_CONS": 0x100ac}
PATTERN_FROM, PATTERN_TO, PATTERN = 0x44100000, 0x44104000, 0x5a5a << 48


def number(text):
    return int(text, 16)


class Traffic:
    """Schema qemu-smmu-dma-1: its actions."""

    def __init__(self, m):
        self.m = m

    def register(self, name, width=4):
        return self.m.read(SMMU + REGISTERS[name], width)

    def registers(self, *names):
        return {name: hex(self.register(name)) for name in names}

    def queue(self, base):
        value = self.register(base, 8)
        return value & 0x00ffffffffffffe0, 1 << (value & 0x1f)

    def put(self, at, value):
        if self.m.has(at):
            self.m.store(at, value.to_bytes(8, "little"))

    def lay_pattern(self):
        for at in range(PATTERN_FROM, PATTERN_TO, 8):
            self.put(at, PATTERN | at)

    def play(self, variant):
        self.m.reset()
        self.m.clear_ram()
        self.lay_pattern()
        for at, value in variant["mem"].items():
            self.put(number(at), number(value))
        for offset, width, value in variant["regs"]:
            self.m.write(SMMU + number(offset), number(width), number(value))
        for action in variant["actions"]:
            action["result"] = getattr(self, action["op"])(action)

    def landed_by_read(self, iova, n):
        """By the pattern, which earlier writes may have hit: it is there for this read only."""
        before = self.m.load(PATTERN_FROM, PATTERN_TO - PATTERN_FROM)
        self.lay_pattern()
        data = self.m.dma_read(iova, n)
        self.m.store(PATTERN_FROM, before)
        pieces, pa = [], None
        for offset in range(0, n, 4):
            word = int.from_bytes(data[offset:offset + 4], "little")
            if PATTERN_FROM <= word < PATTERN_TO:
                pa = word
            elif word == PATTERN >> 32 and pa is not None:
                pa += 4
            else:
                pa = None
            if pa is not None:
                pieces.append([pa, 4, offset])
        return join(pieces)

    def records(self, at, to, base, entries):
        while at != to:
            place = base + (at & (entries - 1)) * 32
            raw = self.m.load(place, 32) if self.m.has(place) else bytes(32)
            yield [hex(int.from_bytes(raw[i:i + 8], "little")) for i in range(0, 32, 8)]
            at = (at + 1) & (2 * entries - 1)

    def dma(self, action):
        base, entries = self.queue("EVENTQ_BASE")
        before = self.register("EVENTQ_PROD") & (2 * entries - 1)
        how = self.m.dma_write if action["dir"] == "write" else self.landed_by_read
        landed = how(number(action["iova"]), action["len"])
        after = self.register("EVENTQ_PROD") & (2 * entries - 1)
        return {"landed": [[hex(n) for n in piece] for piece in landed],
                "events": list(self.records(before, after, base, entries)),
                "after": self.registers("EVENTQ_PROD", "EVENTQ_CONS", "GERROR", "CMDQ_CONS")}

    def cmd(self, action):
        base, entries = self.queue("CMDQ_BASE")
        prod = self.register("CMDQ_PROD") & 0xfffff
        for low, high in action["words"]:
            at = base + (prod & (entries - 1)) * 16
            self.put(at, number(low))
            self.put(at + 8, number(high))
            prod = (prod + 1) & (2 * entries - 1)
        self.m.write(SMMU + REGISTERS["CMDQ_PROD"], 4, prod)
        return self.registers("CMDQ_CONS", "GERROR")

    def memw(self, action):
        for i, word in enumerate(action["words"]):
            self.put(number(action["addr"]) + 8 * i, number(word))
        return {}

    def regw(self, action):
        self.m.write(SMMU + number(action["off"]), action["width"], number(action["value"]))
        return {}


class Sequence:
    """Schema qemu-sequences-1: its steps."""

    def __init__(self, m, bases, sticky):
        self.m = m
        self.bases = {device: number(base) for device, base in bases.items()}
        self.sticky = sticky

    def place(self, step):
        return self.bases[step["dev"]] + number(step["off"])

    def play(self, sequence):
        self.m.reset()
        self.m.clear_ram()
        for text in self.sticky:
            place, value = text.split("=")
            device, offset = place.split("+")
            self.m.write(self.bases[device] + number(offset), 4, number(value))
        for step in sequence["steps"]:
            getattr(self, step["op"])(step)

    def r(self, step):
        step["expect"] = f"0x{self.m.read(self.place(step), step['width']):0{2 * step['width']}x}"

    def w(self, step):
        self.m.write(self.place(step), step["width"], number(step["value"]))

    def memw(self, step):
        self.m.store(number(step["addr"]), bytes.fromhex(step["data"]))

    def memr(self, step):
        step["expect"] = self.m.load(number(step["addr"]), step["len"]).hex()

    def line(self, step):
        self.m.line(step["intid"], step["level"])

    def reset(self, _):
        self.m.reset()


def identify(m, registers):
    """That it is the version that was asked."""
    for name, value in registers.items():
        found = m.read(SMMU + REGISTERS[name], 4)
        if found != number(value):
            raise RuntimeError(f"{name} is {found:#x}, expected {value}")


def ask(file):
    if file["schema"] == "qemu-smmu-dma-1":
        with Machine(VIRT, number(file["ram"][1])) as m:
            identify(m, file.get("registers", {}))
            for variant in file["variants"]:
                Traffic(m).play(variant)
        return
    args = file["machines"]["smmu"]
    at = args.index("-m")
    with Machine(args[:at] + args[at + 2:], int(args[at + 1]) << 20) as m:
        for sequence in file["sequences"]:
            Sequence(m, file["bases"], file["sticky"]["smmu"]).play(sequence)


def text_of(file):
    """One vector per line."""
    def dump(value):
        return json.dumps(value, separators=(",", ":"))

    vectors = "variants" if "variants" in file else "sequences"
    head = {key: value for key, value in file.items() if key != vectors}
    lines = ",\n".join(dump(vector) for vector in file[vectors])
    return f'{dump(head)[:-1]},"{vectors}":[\n{lines}\n]}}\n'


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as source:
        file = json.load(source)
    ask(file)
    with open(sys.argv[1], "w", encoding="utf-8") as target:
        target.write(text_of(file))


if __name__ == "__main__":
    main()
