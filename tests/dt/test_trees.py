#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real device trees, compiled from Debian's Linux source package, as regnap reads them.

usage: test_trees.py REGNAP SOURCE-ROOT WORK-DIR

The folder that REGNAP_LINUX_SOURCE names is used for the source, so that builds can share it.
Exit 0: all right; 1: not; 77: a package is missing.
"""
import glob
import json
import os
import shutil
import subprocess
import sys

BOARDS = "arch/arm64/boot/dts"
PATHS = [
    "include/dt-bindings",
    "include/uapi/linux/input-event-codes.h",  # what a link in dt-bindings leads to
    "arch/arm/boot/dts/vexpress-v2m-rs1.dtsi",  # the same for dts/arm
    f"{BOARDS}/renesas",
    f"{BOARDS}/arm",
    f"{BOARDS}/hisilicon",
    f"{BOARDS}/ti",
]

# Trees beside those of Renesas, with constructs that those lack.
STRANGERS = {
    "arm/fvp-base-revc": "arm,smmu-v3 at ",  # GICv3 with an ITS, SMMU on AMBA and PCI
    "hisilicon/hip07-d05": "arm,smmu-v3 at ",  # two-cell addresses above 4 GiB, several ITS
    "ti/k3-j721e-common-proc-board": "arm,smmu-v3 at ",  # two power-domain cells
}

MACHINES_LEAST = 59  # of the 67 trees; the others have no IOMMU
IPMMUS_LEAST = 5

failed = 0
number = 0


def tell(good, what, why=""):
    """One line for one test, and the reason if it failed."""
    global failed, number
    number += 1
    print(f"{'ok' if good else 'not ok'} {number} - {what}")
    if not good:
        failed += 1
        for line in str(why).splitlines():
            print(f"# {line}")


class Trees:
    """Compiles boards, and asks regnap about them."""

    def __init__(self, regnap, linux, work):
        self.regnap, self.linux, self.work = regnap, linux, work
        os.makedirs(work, exist_ok=True)

    def compile(self, source, name):
        """The path of the blob; labels are kept in it."""
        blob = os.path.join(self.work, name + ".dtb")
        dts = os.path.join(self.linux, BOARDS)
        text = subprocess.run(
            ["cpp", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp",
             "-I", os.path.join(self.linux, "include"), "-I", dts,
             "-I", os.path.dirname(source), source],
            check=True, capture_output=True).stdout
        subprocess.run(["dtc", "-q", "-@", "-I", "dts", "-O", "dtb", "-o", blob, "-"],
                       check=True, input=text, capture_output=True)
        return blob

    def compile_addition(self, board, name, lines):
        """A board with some lines of ours behind its own."""
        source = os.path.join(self.work, name + ".dts")
        with open(source, "w", encoding="ascii") as file:
            file.write(f'#include <{board}.dts>\n{lines}')
        return self.compile(source, name)

    def list(self, soc):
        """Exit status, objects by type, and what went to stderr."""
        done = subprocess.run([self.regnap, "list", "devices", "--json", "--soc", soc],
                              capture_output=True, check=False)
        kinds = {}
        for line in done.stdout.decode().splitlines():
            o = json.loads(line)
            kinds.setdefault(o["type"], []).append(o)
        return done.returncode, kinds, done.stderr.decode()


# --- all of them ---


def is_reason(text, path):
    """One line that names the file and says what was found."""
    return text.startswith(f"regnap: {path}: found ") and text.count("\n") == 1


def check_all(trees):
    """Every Renesas tree gives a machine or a reason."""
    sources = sorted(glob.glob(os.path.join(trees.linux, BOARDS, "renesas", "*.dts")))
    machines, wrong, reasons = 0, [], []
    for source in sources:
        name = os.path.basename(source)[:-4]
        blob = trees.compile(source, name)
        status, kinds, err = trees.list(blob)
        ipmmus = [d for d in kinds.get("device", []) if d["model"].startswith("ipmmu-vmsa")]
        if status == 0 and len(ipmmus) >= IPMMUS_LEAST and not err:
            machines += 1
        elif status == 2 and is_reason(err, blob) and "found no IOMMU" in err:
            reasons.append(name)
        else:
            wrong.append(f"{name}: exit {status}, {len(ipmmus)} IPMMUs, {err}")
    print(f"# {len(sources)} Renesas trees: {machines} machines, {len(reasons)} have no IOMMU: "
          f"{', '.join(reasons)}")
    tell(len(sources) == 67, "the package has 67 Renesas trees", len(sources))
    tell(machines >= MACHINES_LEAST,
         f"at least {MACHINES_LEAST} give a machine with {IPMMUS_LEAST} IPMMUs", machines)
    tell(not wrong, "each of the others says why not", "\n".join(wrong))


def check_strangers(trees):
    """Boards without a modelled IOMMU are refused by the name of the one they have."""
    for board, has in STRANGERS.items():
        source = os.path.join(trees.linux, BOARDS, board + ".dts")
        blob = trees.compile(source, os.path.basename(board))
        status, _, err = trees.list(blob)
        tell(status == 2 and is_reason(err, blob) and has in err,
             f"{board} is refused with its {has.split(' ')[0]}", f"exit {status}: {err}")


# --- against the machines that are built in ---


def topology(kinds):
    """What a machine is, whatever its parts are called."""
    base = {d["name"]: int(d["base"], 16) for d in kinds["device"]}
    members = {d["name"]: set() for d in kinds["domain"]}
    devices, masters = {}, set()
    for d in kinds["device"]:
        devices[base[d["name"]]] = (d["model"], d["variant"], int(d["size"], 16),
                                    base.get(d["upstream"]), d["line"], d["irq"])
        members[d["domain"]].add(base[d["name"]])
    for m in kinds["master"]:
        ports = frozenset((base[p["device"]], p["first"] + i)
                          for p in m["ports"] for i in range(p["count"]))
        masters.add(ports)
        members[m["domain"]].add(ports)
    domains = {frozenset(members[d["name"]]):
               None if d["parent"] is None else frozenset(members[d["parent"]])
               for d in kinds["domain"]}
    ram = sorted((int(b["base"], 16), int(b["size"], 16)) for b in kinds["machine"][0]["ram"])
    return {"devices": devices, "masters": masters, "power domains": domains, "RAM": ram}


def without_masters(machine, gone):
    """The machine with those masters taken out, of their domains too."""
    def rest(members):
        return None if members is None else frozenset(m for m in members if m not in gone)

    return {**machine, "masters": machine["masters"] - gone,
            "power domains": {rest(d): rest(p) for d, p in machine["power domains"].items()
                              if rest(d)}}


def without_lines(machine):
    """The machine without the places of its caches in IMSSTR."""
    return {**machine, "devices": {base: d[:4] + (None,) + d[5:]
                                   for base, d in machine["devices"].items()}}


def check_same(what, found, expected, soc):
    """One test for each part of a machine."""
    for part in expected:
        tell(found[part] == expected[part], f"{what}: {part} as in the built-in {soc}",
             f"tree: {found[part]}\nbuilt in: {expected[part]}")


def ports_of(kinds, names):
    """The ports of those masters, as topology() has them."""
    base = {d["name"]: int(d["base"], 16) for d in kinds["device"]}
    return {frozenset((base[p["device"]], p["first"] + i)
                      for p in m["ports"] for i in range(p["count"]))
            for m in kinds["master"] if m["name"] in names}


# Built-in machine, its board, and the masters of later trees that Debian's 6.1 does not have.
MACHINES = (
    ("rcar-h3", "r8a77951-salvator-xs", "pciec0 pciec1"),
    ("rcar-m3w", "r8a77960-salvator-xs", "pciec0 pciec1 fcpf0 fcpvb0"),
    ("rcar-m3w-plus", "r8a77961-salvator-xs", "pciec0 pciec1 fcpf0 fcpvb0"),
    ("rcar-m3n", "r8a77965-salvator-xs", "sata pciec0 pciec1 audma0 audma1 fcpf0 fcpvb0 fcpvi0 "
                                         "fcpvd0 fcpvd1"),
    ("rcar-e3", "r8a77990-ebisu", "pciec0"),
    ("rcar-d3", "r8a77995-draak", ""),
    ("rcar-v3m", "r8a77970-eagle", "fcpvd0"),
    ("rcar-v3h", "r8a77980-condor", "gether pciec fcpvd0"),
    ("rcar-v3u", "r8a779a0-falcon", "dmac1 dmac2 avb0 avb1 avb2 avb3 avb4 avb5 fcpvd0 fcpvd1 "
                                    "fcpvx0 fcpvx1 fcpvx2 fcpvx3"),
    ("rcar-s4", "r8a779f0-spider", "mmc0"),
)
# The 6.1 tree of V4H has no IPMMU yet, and there is none of V4M.
NO_TREE = ("rcar-v4h", "rcar-v4m")
# No IPMMU in them, and no board.
OTHERS = ("generic-smmuv3", "generic-smmuv3-abort", "qemu-virt", "server", "server-cmdqv",
          "handheld", "gicv2-4cpu", "rcar-h3-gic", "qemu-virt-gicv2",
          "qemu-virt-gicv2-secure", "qemu-virt-gicv2-4cpu",
          "gicv3-8cpu", "qemu-virt-gicv3", "qemu-virt-gicv3-secure", "qemu-virt-gicv3-4cpu",
          "gicv3-its", "gicv3-its-memory", "gicv2-1020", "gicv3-extended")
# Its Gen4 trees still name the bits in IMSSTR that later ones took back.
WITH_LINES = ("rcar-v3u", "rcar-s4")


def check_machines(trees):
    """Each built-in machine is its board's tree and what later trees have beside."""
    listed = subprocess.run([trees.regnap, "list", "socs", "--json"], capture_output=True,
                            check=False, text=True).stdout
    names = {json.loads(line)["name"] for line in listed.splitlines()}
    tell(names == {soc for soc, _, _ in MACHINES} | set(NO_TREE + OTHERS),
         "all built-in machines", names)
    for soc, board, later in MACHINES:
        status, kinds, err = trees.list(soc)
        if status:
            tell(False, f"{soc} is built in", err)
            continue
        gone = ports_of(kinds, later.split())
        tell(len(gone) == len(later.split()), f"{soc} has the masters of later trees", gone)
        expected = without_masters(topology(kinds), gone)
        _, kinds, err = trees.list(os.path.join(trees.work, board + ".dtb"))
        found = topology(kinds)
        if soc in WITH_LINES:
            found = without_lines(found)
        check_same(board, found, expected, soc)


def check_h3(trees):
    """The 6.1 tree has no iommu-map for its two PCIe controllers; later ones have."""
    board = "renesas/r8a77951-salvator-xs"
    pcie = "".join(f"&pciec{i} {{ iommu-map = <0 &ipmmu_hc {i} 1>; iommu-map-mask = <0>; }};\n"
                   for i in range(2))
    _, kinds, _ = trees.list("rcar-h3")
    built_in = topology(kinds)
    _, kinds, err = trees.list(os.path.join(trees.work, "r8a77951-salvator-xs.dtb"))
    tell(not err and kinds["machine"][0]["name"] == "salvator-xs", "the H3 tree gives a machine",
         err)
    names = {d["name"]: d["linux_name"] for d in kinds["device"] + kinds["master"]}
    tell(names.get("ipmmu_mm") == "e67b0000.iommu" and names.get("sdhi0") == "ee100000.mmc",
         "H3: names are labels, and those of Linux beside", names)

    _, kinds, err = trees.list(trees.compile_addition(board, "h3-pcie", pcie))
    tell(not err and len(kinds["master"]) == 22, "the H3 tree with PCIe has 22 masters", err)
    check_same("H3 with PCIe", topology(kinds), built_in, "rcar-h3")


def check_use(trees):
    """The commands take the tree, and find there what they find on the built-in machine."""
    soc = os.path.join(trees.work, "h3-pcie.dtb")
    for args, status, says in (
            (["run", "ipmmu-resume", "--variant", "v9"], 1,
             "cache ipmmu_hc enabled micro-TLB 2 on context 2"),
            (["run", "ipmmu-resume", "--variant", "recommended"], 0, "recommended: clean"),
            (["regs", "ipmmu_ds1", "IMUCTR"], 0, "ipmmu_ds1.IMUCTR[0-47]"),
            (["regs", "e7740000.iommu", "IMUCTR"], 0, "e7740000.iommu.IMUCTR[0-47]"),
            (["list", "devices"], 0, "/psci (arm,psci-1.0): firmware has no block")):
        done = subprocess.run([trees.regnap, *args, "--soc", soc], capture_output=True,
                              check=False, text=True)
        tell(done.returncode == status and says in done.stdout, f"{' '.join(args)} on the tree",
             f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    for board in ("r8a77960-salvator-xs", "r8a77990-ebisu", "r8a77995-draak"):
        done = subprocess.run([trees.regnap, "run", "ipmmu-resume", "--soc",
                               os.path.join(trees.work, board + ".dtb")],
                              capture_output=True, check=False, text=True)
        tell(done.returncode == 0 and "recommended: clean" in done.stdout,
             f"ipmmu-resume on the tree of {board}", done.stdout + done.stderr)
    falcon = os.path.join(trees.work, "r8a779a0-falcon.dtb")
    done = subprocess.run([trees.regnap, "run", "ipmmu-resume", "--soc", falcon],
                          capture_output=True, check=False, text=True)
    tell(done.returncode == 2 and "master 'dmac1' is not on machine" in done.stderr,
         "a machine without the scenario's masters is refused by their names", done.stderr)


def main():
    regnap, root, work = (os.path.abspath(p) for p in sys.argv[1:4])
    linux = os.environ.get("REGNAP_LINUX_SOURCE") or os.path.join(work, "linux")
    for tool, package in (("cpp", "cpp"), ("dtc", "device-tree-compiler")):
        if not shutil.which(tool):
            print(f"skipped: no {tool}; it comes with Debian's package {package}")
            return 77
    unpack = subprocess.run([os.path.join(root, "scripts", "linux-source"), linux, *PATHS],
                            check=False, stderr=subprocess.PIPE, text=True)
    if unpack.returncode:
        print(f"{'skipped' if unpack.returncode == 77 else 'failed'}: {unpack.stderr.strip()}")
        return unpack.returncode
    trees = Trees(regnap, linux, os.path.join(work, "trees"))
    check_all(trees)
    check_strangers(trees)
    check_machines(trees)
    check_h3(trees)
    check_use(trees)
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
