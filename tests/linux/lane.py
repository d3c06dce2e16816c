#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The unmodified Linux IPMMU driver on the machine of a real device tree.

usage: lane.py REGNAP WALK SOURCE_ROOT FOLDER -- CC CFLAG... -- LDFLAG...

Driver and device tree come from Debian's linux-source-6.1, unpacked into FOLDER; what is built
stays there as well. Prints TAP. Exit 77: what is needed is not installed.
"""
import json
import os
import re
import shutil
import subprocess
import sys

PACKAGE = "/usr/src/linux-source-6.1.tar.xz"
SOURCES = ["ipmmu-vmsa", "io-pgtable", "io-pgtable-arm"]
DRIVER = "drivers/iommu/ipmmu-vmsa.c"
DTS = "arch/arm64/boot/dts"
BOARD = "renesas/r8a77951-salvator-xs"

count = failed = 0


def check(what, good, detail=""):
    """One line of TAP."""
    global count, failed
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {what}", flush=True)
    if not good:
        failed += 1
        for line in str(detail).splitlines()[:40]:
            print(f"# {line}", flush=True)
    return good


def run(*command, cwd=None, input_bytes=None):
    return subprocess.run(command, cwd=cwd, input=input_bytes, capture_output=True, check=False)


def must(*command, cwd=None, input_bytes=None):
    done = run(*command, cwd=cwd, input_bytes=input_bytes)
    if done.returncode != 0:
        print(f"Bail out! {' '.join(command)}: exit {done.returncode}")
        print(done.stderr.decode(errors="replace"))
        sys.exit(1)
    return done.stdout


class Lane:
    def __init__(self, argv):
        first, second = (i for i, word in enumerate(argv) if word == "--")
        self.regnap, self.walk, self.root, self.folder = argv[:first]
        self.compile, self.link = argv[first + 1:second], argv[second + 1:]
        self.linux = os.path.join(self.folder, "linux")

    # --- building ---

    def unpack(self):
        must(os.path.join(self.root, "scripts/linux-source"), self.linux,
             *(f"drivers/iommu/{name}.c" for name in SOURCES), "drivers/iommu/io-pgtable-arm.h",
             f"{DTS}/renesas", f"{DTS}/arm", "include/dt-bindings")

    def build_driver(self, name, edit=None):
        """An object from the sources as they are, or from a copy that sed has edited."""
        tree = self.linux
        if edit:
            tree = os.path.join(self.folder, name)
            shutil.rmtree(tree, ignore_errors=True)
            shutil.copytree(os.path.join(self.linux, "drivers"), os.path.join(tree, "drivers"))
            self.edit(tree, edit)
        objects = []
        for source in SOURCES:
            objects.append(os.path.join(self.folder, f"{name}-{source}.o"))
            must(*self.compile, "-c", f"drivers/iommu/{source}.c", "-o", objects[-1], cwd=tree)
        out = os.path.join(self.folder, f"{name}.so")
        must(self.compile[0], "-o", out, *objects, *self.link)
        return out

    @staticmethod
    def edit(tree, edit):
        """Our edits hit lines by what they say, and each must hit exactly one place."""
        file, pattern, replacement = edit
        path = os.path.join(tree, file)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        text, n = re.subn(pattern, replacement, text, flags=re.M)
        if n != 1:
            print(f"Bail out! {file}: {n} places for {pattern!r}, expected one")
            sys.exit(1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def build_tree(self, name, *flags):
        source = must("cpp", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp",
                      "-I", "include", "-I", DTS, f"{DTS}/{BOARD}.dts", cwd=self.linux)
        out = os.path.join(self.folder, f"{name}.dtb")
        must("dtc", "-q", "-I", "dts", "-O", "dtb", *flags, "-o", out, "-", input_bytes=source)
        return out

    # --- running ---

    def call(self, *args, driver=None):
        done = run(self.regnap, *args, "--soc", self.board, "--driver", driver or self.driver,
                   "--json", cwd=self.folder)
        objects = [json.loads(line) for line in done.stdout.decode().splitlines()]
        return done.returncode, objects, done.stderr.decode()

    def line(self, pattern, nth=0):
        """Number of the nth line of the driver that matches."""
        with open(os.path.join(self.linux, DRIVER), encoding="utf-8") as f:
            hits = [i for i, text in enumerate(f, 1) if re.search(pattern, text)]
        return hits[nth]
