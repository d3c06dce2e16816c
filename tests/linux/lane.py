#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The unmodified Linux IPMMU driver on the machine of a real device tree.

usage: lane.py REGNAP WALK SOURCE_ROOT FOLDER -- CC... -- CFLAG... -- LDFLAG...

Driver and device tree come from Debian's linux-source-6.1, unpacked into FOLDER, or into
$REGNAP_LINUX_SOURCE, which several builds may share; what is built stays in FOLDER. Prints TAP.
Exit 77: what is needed is not installed.
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
GEN4_BOARD = "renesas/r8a779a0-falcon"
# R-Car Gen2 is 32-bit Arm. Its trees have IPMMUs, off, and nobody behind them.
GEN2_DTS = "arch/arm/boot/dts"
GEN2_BOARD = "r8a7791-koelsch"
GEN2_USERS = """
&ipmmu_mx { status = "okay"; };
&sdhi0 { iommus = <&ipmmu_mx 5>; };
&sdhi1 { iommus = <&ipmmu_mx 31>; };
"""

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
        for text in done.stderr.decode(errors="replace").splitlines():
            print(f"# {text}")
        print(f"Bail out! {' '.join(command)}: exit {done.returncode}")
        sys.exit(1)
    return done.stdout


class Lane:
    def __init__(self, argv):
        first, second, third = (i for i, word in enumerate(argv) if word == "--")
        self.regnap, self.walk, self.root, self.folder = map(os.path.abspath, argv[:first])
        self.cc = argv[first + 1:second]
        self.compile, self.link = argv[second + 1:third], argv[third + 1:]
        self.linux = os.environ.get("REGNAP_LINUX_SOURCE", os.path.join(self.folder, "linux"))

    # --- building ---

    def unpack(self):
        must(os.path.join(self.root, "scripts/linux-source"), self.linux,
             *(f"drivers/iommu/{name}.c" for name in SOURCES), "drivers/iommu/io-pgtable-arm.h",
             f"{DTS}/renesas", f"{GEN2_DTS}/r8a7791.dtsi", f"{GEN2_DTS}/{GEN2_BOARD}.dts",
             "include/dt-bindings", "include/uapi/linux/input-event-codes.h")

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
            must(*self.cc, *self.compile, "-c", f"drivers/iommu/{source}.c",
                 "-o", objects[-1], cwd=tree)
        out = os.path.join(self.folder, f"{name}.so")
        must(*self.cc, "-o", out, *objects, *self.link)
        return out

    @staticmethod
    def edit(tree, edits):
        """Our edits hit lines by what they say, and each must hit exactly one place."""
        for file, pattern, replacement in edits:
            path = os.path.join(tree, "drivers/iommu", file)
            with open(path, encoding="utf-8") as f:
                text = f.read()
            text, n = re.subn(pattern, replacement, text, flags=re.M)
            if n != 1:
                print(f"Bail out! {file}: {n} places for {pattern!r}, expected one")
                sys.exit(1)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)

    def build_tree(self, name, *flags, board=BOARD, dts=DTS, addition=""):
        source = must("cpp", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp",
                      "-I", "include", "-I", dts, "-", cwd=self.linux,
                      input_bytes=f"#include <{board}.dts>\n{addition}".encode())
        out = os.path.join(self.folder, f"{name}.dtb")
        must("dtc", "-q", "-I", "dts", "-O", "dtb", *flags, "-o", out, "-", input_bytes=source)
        return out

    # --- running ---

    def call(self, *args, driver=None, board=None):
        """Exit status, the objects printed, standard error."""
        done = run(self.regnap, *args, "--soc", board or self.board, "--driver",
                   driver or self.driver, "--json", cwd=self.folder)
        objects = [json.loads(line) for line in done.stdout.decode().splitlines()]
        return done.returncode, objects, done.stderr.decode()

    def verdict(self, scenario, *args, **where):
        """Of a run: exit status, rules that found a violation, rules that left a note."""
        named = [scenario] if "/" not in scenario else \
            ["--scenario", os.path.join(self.root, scenario)]
        status, objects, error = self.call("run", *named, *args, **where)
        if status > 1:
            return status, {error}, set()
        return (status, {v["rule"] for v in objects[-1]["violations"]},
                {n["rule"] for n in objects[-1]["notes"]})

    def explore(self, *args, **where):
        """Exit status, summary, violation objects."""
        out = os.path.join(self.folder, "out")
        shutil.rmtree(out, ignore_errors=True)
        status, objects, error = self.call("explore", *args, "--out", out, **where)
        if status not in (0, 1, 4):
            return status, {"verdict": error, "orders_covered": ""}, []
        return status, objects[-1], [o for o in objects if o["type"] == "violation"]

    def story(self, found):
        """The choices of a violation object's counterexample: instance, nth, what it means."""
        with open(os.path.join(self.folder, found["counterexample"]), encoding="utf-8") as f:
            return [(c["instance"], c["nth"], c["means"]) for c in json.load(f)["choices"]]

    def trace(self, *args, **where):
        path = os.path.join(self.folder, "trace.json")
        self.call("run", *args, "--trace", path, **where)
        with open(path, encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def line(self, pattern, after=None):
        """Number of the first line of the driver that matches, behind one that does."""
        begun = after is None
        with open(os.path.join(self.linux, DRIVER), encoding="utf-8") as f:
            for number, text in enumerate(f, 1):
                begun = begun or re.search(after, text) is not None
                if begun and re.search(pattern, text):
                    return number
        print(f"Bail out! {DRIVER}: no line for {pattern!r}")
        sys.exit(1)


# --- what must hold ---

DETACH = "tests/linux/detach.yaml"
ROOT, DS0, DS1 = "e67b0000.iommu", "e6740000.iommu", "e7740000.iommu"
# docs/findings.md, a: the flushes of context and port are late, and what they would drop was kept.
CACHE_STORY = [(f"{DS0}.IMCTR[2]", 1, "late"), (f"{DS0}.IMUCTR[16]", 1, "late"),
               (DS0, 0, "kept, with one foreign entry")]


def writes(steps):
    return [(s["device"], s["register"], int(s["written"], 16))
            for s in steps if s["kind"] == "write"]


def call_of(trace, label, nth=0):
    """The steps of the nth driver call of that name."""
    starts = [i for i, s in enumerate(trace) if s["kind"] == "call" and s["label"] == label]
    start = starts[nth]
    end = next(i for i in range(start, len(trace)) if trace[i]["kind"] == "return")
    return trace[start:end + 1]


def first_of(found, rule):
    """Of violation objects: the verdict and the object of the first one whose rule that is."""
    return next(((v, o) for o in found for v in o["violations"][:1] if v["rule"] == rule),
                ({}, None))


def holds_throughout(verdict, switch, *values):
    """Whether the verdict depends on nothing of that switch, and says so for every value."""
    return switch not in verdict["depends_on"] and \
        {f"{switch}={value}" for value in values} <= set(verdict["holds_under"])


def check_life(lane):
    """Probe with deferral, attach, map, fault, suspend, resume: what the facts say."""
    status, rules, _ = lane.verdict("linux-sdhi")
    check("as the kernel runs it the driver is clean, TLBs empty and hardware quick",
          (status, rules) == (0, set()), (status, rules))
    status, rules, _ = lane.verdict("linux-open")
    check("so it is with every master let through", (status, rules) == (0, set()),
          (status, rules))
    status, rules, _ = lane.verdict(DETACH)
    check("detach leaves nothing that translates", (status, rules) == (0, set()),
          (status, rules))
    status, rules, _ = lane.verdict("linux-sdhi", "--masters", "live")
    check("masters that send before their port is back bypass translation",
          (status, rules) == (1, {"ipmmu-power-up-bypass"}), (status, rules))
    trace = lane.trace("linux-sdhi")

    results = [s["text"].split()[-1] for s in trace
               if s["kind"] == "return" and s["label"] == "probe"]
    first = results.index("0")
    check("caches before the root in the tree are deferred, and probed after the others",
          first > 0 and set(results[:first]) == {"-517"} and
          set(results[first:]) == {"0"} and len(results) == 17 + first, results)
    check("probe disables all contexts of the root and of nothing else",
          writes(trace[:[s["label"] for s in trace].index("domain_init")]) ==
          [(ROOT, f"IMCTR[{n}]", 0) for n in range(8)])

    # Facts 3.2 and 3.3: root registers, then IMCTR on the cache and on the root, then the port.
    attach = writes(call_of(trace, "attach"))
    table = [value for _, register, value in attach if register == "IMTTLBR0[1]"]
    check("attach writes TTBR, TTBCR, MAIR, STR, CTR on cache then root, uTLB",
          attach == [(ROOT, "IMTTLBR0[1]", table[0]), (ROOT, "IMTTUBR0[1]", 0),
                     (ROOT, "IMTTBCR[1]", 0x80000080), (ROOT, "IMMAIR0[1]", 0xf404ff44),
                     (ROOT, "IMSTR[1]", 0), (DS1, "IMCTR[1]", 7), (ROOT, "IMCTR[1]", 7),
                     (DS1, "IMUASID[32]", 0), (DS1, "IMUCTR[32]", 0x13)], attach)
    check("the table lies in RAM, at a page", table[0] >= 0x48000000 and table[0] % 4096 == 0)

    irq = call_of(trace, "irq")
    reads = [s["register"] for s in irq if s["kind"] == "read"]
    check("a fault: IMSTR, IMELAR and IMEUAR are read, then IMSTR is cleared",
          reads == ["IMSTR[1]", "IMELAR[1]", "IMEUAR[1]"] and
          writes(irq) == [(ROOT, "IMSTR[1]", 0)], irq)
    check("the handler reports status and address",
          any("Unhandled fault" in (s["label"] or "") and "iova 0x60000000" in s["label"]
              for s in irq), irq)

    # Facts 5.3: the root resumes first, resets and sets up contexts; ports come with caches.
    resume = writes(trace[[s["label"] for s in trace].index("resume_noirq"):])
    port = [(DS1, f"{register}[{n}]", value) for n in (32, 35)
            for register, value in (("IMUASID", 0), ("IMUCTR", 0x13))]
    check("resume: the root's reset, its contexts as attach wrote them, then the ports",
          resume == [(ROOT, f"IMCTR[{n}]", 0) for n in range(8)] + attach[:7] + port, resume)


def check_order(lane):
    status, summary, found = lane.explore("linux-open", "--vary", "order", "--require-proof")
    check("(c) root first, as the device list has it: proved for all 16! orders",
          (status, summary["verdict"], summary["orders_covered"]) ==
          (0, "proved", "20922789888000"), summary)
    status, summary, found = lane.explore("linux-open", "--vary", "order", "--set",
                                          "probe-order=any")
    for rule in ("ipmmu-root-before-utlb", "ipmmu-cache-context-before-utlb"):
        verdict, violation = first_of(found, rule)
        check(f"(c) without that constraint {rule} fires, with one choice",
              status == 1 and verdict.get("line") == lane.enable and
              len(lane.story(violation)) == 1, verdict)
        check("(c) it holds under every value of P02 and P03",
              holds_throughout(verdict, "P02", "bypass", "fault", "stall") and
              holds_throughout(verdict, "P03", "bypass", "fault", "stall"), verdict)


def check_findings(lane):
    """docs/findings.md, one by one."""
    # (a) No poll between IMCTR.FLUSH and the enable of ports on resume.
    status, rules, notes = lane.verdict("linux-open", "--policy", "lazy")
    check("(a) with empty caches the missing wait is a note",
          (status, rules) == (0, set()) and notes == {"ipmmu-flush-before-utlb"},
          (status, rules, notes))
    status, summary, found = lane.explore("linux-open", "--vary", "latency,retain")
    places = {(v["rule"], v["file"], v["line"])
              for o in found for v in o["violations"][:1]}
    check("(a) with a kept stale entry it is a violation",
          status == 1 and ("ipmmu-flush-before-utlb", DRIVER, lane.enable) in places, places)
    by_unit = {v["device"]: (set(v["depends_on"]), lane.story(o)) for o in found
               for v in o["violations"][:1] if v["rule"] == "ipmmu-flush-before-utlb"}
    kept = "kept, with one foreign entry"
    check("(a) on the cache: three choices, P09, P10 and P18",
          by_unit.get(DS0) == ({"P09", "P10", "P18"}, CACHE_STORY), by_unit)
    check("(a) on the root: two choices, P18 alone",
          by_unit.get(DS1) == ({"P18"}, [(f"{ROOT}.IMCTR[1]", 1, "late"), (ROOT, 0, kept)]),
          by_unit)
    for o in found:
        path = o["counterexample"]
        again, objects, error = lane.call("replay", path)
        check(f"{os.path.basename(path)} replays",
              again == 1 and objects and objects[-1].get("replay_result") == "same", error)

    # (b) USE_SECGRP is never cleared.
    status, objects, _ = lane.call("run", "linux-sdhi", "--profile", "hostile")
    verdicts = objects[-1]["violations"]
    check("(b) with USE_SECGRP set at power-on translation does not come back",
          status == 1 and [v["rule"] for v in verdicts] ==
          ["ipmmu-controls-before-utlb", "state-equivalence"] and
          verdicts[0]["line"] == lane.enable, verdicts)
    check("(b) whatever USE_SECGRP does with traffic (P07)",
          all(holds_throughout(v, "P07", "bypass", "fault") for v in verdicts), verdicts)
    status, _, found = lane.explore("linux-sdhi", "--vary", "retain")
    verdict, unwritten = first_of(found, "use-of-unwritten")
    check("(b) with IMSCTLR left as power-on leaves it no choice is needed",
          status == 1 and verdict.get("line") == lane.enable and
          lane.story(unwritten) == [], verdict)
    check("(b) the driver writes IMSCTLR nowhere",
          not any("IMSCTLR" in (s["register"] or "") for s in lane.trace("linux-sdhi")))

    # (c) The order of resume. Under a sanitizer its proofs take minutes.
    if os.environ.get("REGNAP_SKIP_LONG"):
        check("(c) # SKIP long proofs", True)
    else:
        check_order(lane)

    # (d) A cache that is still off when the root resumes.
    status, rules, _ = lane.verdict("linux-a3vp")
    check("(d) the root's resume writes a cache in A3VP that is off, and nothing repeats it",
          status == 1 and {"unpowered-access", "ipmmu-cache-context-before-utlb",
                           "dma-isolation"} <= rules, rules)
    _, objects, _ = lane.call("run", "linux-a3vp")
    depends = {v["rule"]: v["depends_on"] for v in objects[-1]["violations"]}
    check("(d) what comes of the lost write depends on P19, and what becomes of traffic on P02",
          depends == {"unpowered-access": [], "ipmmu-cache-context-before-utlb": ["P19"],
                      "dma-isolation": ["P02", "P19"], "state-equivalence": ["P19"]}, depends)
    _, objects, _ = lane.call("run", "linux-a3vp", "--switch", "P19=abort")
    check("(d) where the bus aborts that write, resume ends there",
          {(v["rule"], v["line"]) for v in objects[-1]["violations"]} ==
          {(rule, lane.set_up) for rule in ("unpowered-access", "driver-panic")}, objects[-1])
    lost = [s for s in lane.trace("linux-a3vp") if s["kind"] == "unpowered"]
    base = 0xfe990000 + 0x40
    check("(d) that write is IMCTR of its context, from the set-up of contexts",
          [(int(s["address"], 16), s["line"]) for s in lost] ==
          [(base, lane.set_up)], lost)
    status, rules, _ = lane.verdict("linux-a3vp", "--set", "driver.soc-bus=present")
    check("(d) on R-Car Gen3 the driver's list of allowed devices keeps that master away",
          status == 2 and any("refused" in text for text in rules), (status, rules))

    # (e) Flushes of caches are never waited for.
    status, summary, found = lane.explore("linux-sdhi", "--vary", "latency")
    rules = {o["violations"][0]["rule"] for o in found}
    check("(e) unmap returns while a cache still answers from its TLB",
          status == 1 and rules == {"dma-freshness"}, rules)
    check("(e) one choice: the flush of unmap, the second after that of attach, is late",
          [lane.story(o) for o in found] == [[(f"{DS1}.IMCTR[1]", 1, "late")]],
          [lane.story(o) for o in found])

    # (f) Writes that are on their way when a call returns.
    status, summary, found = lane.explore("linux-open", "--vary", "post")
    verdict, o = first_of(found, "posted-write")
    check("(f) resume returns while the enable of a port is on its way",
          (verdict.get("device"), verdict.get("register"), verdict.get("line")) ==
          (DS0, "IMUCTR[16]", lane.line(r"ipmmu_imuctr_write\(mmu, utlb,",
                                        after=r"^static void ipmmu_utlb_enable")), verdict)
    check("(f) one choice: that write is held back",
          o and lane.story(o) == [(f"{DS0}.IMUCTR[16]", 1, "held back")], o)
    check("(f) nothing is out of order where DMB orders devices",
          {o["violations"][0]["rule"] for o in found} == {"posted-write", "dma-isolation"}, found)
    status, summary, found = lane.explore("linux-sdhi", "--vary", "post",
                                          "--switch", "dmb-devices=strict")
    mine = [v for o in found for v in o["violations"] if v["rule"] == "posted-write"]
    check("(f) where it does not, unmap ends before the cache has begun to flush",
          any(v["message"].startswith("unmap has") and v["register"] == "IMCTR[1]" and
              v["device"] == DS1 and "dmb-devices" in v["depends_on"] for v in mine), mine)
    check("(f) and a port may come alive before the root is back",
          first_of(found, "ipmmu-root-before-utlb")[1] is not None, found)

    # What would help is clean: so the rules ask for no more than that.
    poll_on_resume = ("ipmmu-vmsa.c", r"^\t\t\tipmmu_domain_setup_context\(mmu->domains\[i\]\);",
                      "\t\t\tipmmu_domain_setup_context(mmu->domains[i]);\n"
                      "\t\t\tipmmu_tlb_sync(mmu->domains[i]);")
    mended = lane.build_driver("mended", [
        poll_on_resume,
        ("ipmmu-vmsa.c", r"^\twhile \(ipmmu_ctx_read_root\(domain, IMCTR\) & IMCTR_FLUSH\) \{",
         "\twhile ((ipmmu_ctx_read_root(domain, IMCTR) | ipmmu_ctx_read(domain->mmu,\n"
         "\t\tdomain->context_id, IMCTR)) & IMCTR_FLUSH) {")])
    for scenario, vary in (("linux-open", "latency,retain"), ("linux-sdhi", "latency")):
        status, summary, found = lane.explore(scenario, "--vary", vary, "--require-proof",
                                              driver=mended)
        check(f"(a, e) waiting for root and cache: {scenario} is proved clean under {vary}",
              (status, summary["verdict"]) == (0, "proved"), (status, summary["verdict"]))
    rootpoll = lane.build_driver("rootpoll", [poll_on_resume])
    status, _, found = lane.explore("linux-open", "--vary", "latency,retain", driver=rootpoll)
    stories = [lane.story(o) for o in found]
    check("(a) waiting for the root alone leaves the story of the cache",
          status == 1 and CACHE_STORY in stories and
          not any(ROOT in instance for story in stories for instance, _, _ in story), stories)


def check_failures(lane):
    """Every allocation fails once: errors come back, nothing crashes, no rule breaks."""
    status, summary, found = lane.explore("linux-sdhi", "--vary", "fail", "--faults", "1")
    check("each allocation may fail once: no crash, no violation",
          (status, summary["verdict"]) == (0, "proved") and summary["executions"] > 10, summary)
    trusting = lane.build_driver("trusting", [
        ("ipmmu-vmsa.c", r"^(\tdomain = kzalloc\(sizeof\(\*domain\), GFP_KERNEL\);\n)"
         r"\tif \(!domain\)\n\t\treturn NULL;\n", r"\1")])
    status, _, found = lane.explore("linux-sdhi", "--vary", "fail", "--faults", "1",
                                    driver=trusting)
    verdict, _ = first_of(found, "driver-panic")
    check("caught: an allocation taken for granted, in the function that trusts it",
          status == 1 and verdict.get("via") == "in mutex_init, called by ipmmu_domain_alloc",
          verdict)


WRONG = {
    "window of ports 32 to 47 forgotten": (
        [("ipmmu-vmsa.c", r"^(#define IMUCTR\(n\)\s+\(\(n\)) < 32", r"\1 < 64")],
        "linux-sdhi", {"register-protocol", "dma-isolation"}),
    "upper half of the table base not written": (
        [("ipmmu-vmsa.c", r"^\tipmmu_ctx_write_root\(domain, IMTTUBR0, ttbr >> 32\);\n", "")],
        "linux-sdhi", {"ipmmu-root-before-utlb"}),
    "ports from 32 on not restored": (
        [("ipmmu-vmsa.c", r"^(\tfor \(i = 0; i <) mmu->features->num_utlbs;", r"\1 32;")],
        "linux-sdhi", {"dma-isolation"}),
    "root not set up on resume": (
        [("ipmmu-vmsa.c", r"^\t/\* Reset root MMU and restore contexts \*/\n"
          r"\tif \(ipmmu_is_root\(mmu\)\)", "\tif (!mmu)")],
        "linux-sdhi", {"ipmmu-root-before-utlb", "ipmmu-cache-context-before-utlb"}),
    "table entries not cleaned to memory": (
        [("io-pgtable-arm.c", r"^\tdma_sync_single_for_device\(cfg->iommu_dev,",
          "\tif (!cfg) dma_sync_single_for_device(cfg->iommu_dev,")],
        "linux-sdhi", {"dma-service"}),
    "port left enabled on detach": (
        [("ipmmu-vmsa.c", r"^\tipmmu_imuctr_write\(mmu, utlb, 0\);\n", "")],
        DETACH, {"dma-after-detach"}),
    "fault status not cleared": (
        [("ipmmu-vmsa.c", r"^\tipmmu_ctx_write_root\(domain, IMSTR, 0\);\n", "")],
        "linux-sdhi", {"interrupt-storm"}),
    "unmap without a flush": (
        [("ipmmu-vmsa.c", r"^(static void ipmmu_flush_iotlb_all.*\n\{\n.*\n\n)"
          r"\tif \(domain->mmu\)", r"\1\tif (!domain)")],
        "linux-sdhi", {"dma-freshness"}),
}


def check_wrong_edits(lane):
    for number, (what, (edits, scenario, expected)) in enumerate(WRONG.items()):
        driver = lane.build_driver(f"wrong{number}", edits)
        status, rules, _ = lane.verdict(scenario, driver=driver)
        check(f"caught: {what}", status == 1 and expected <= rules, (status, rules))


def check_blame(lane):
    """What fails in a function of the kernel has the line of the driver that called it."""
    reset = lane.line(r"^\t\tipmmu_device_reset\(mmu\);", after=r"^static int ipmmu_resume")
    for call in ("mutex_lock((void *)8)", "kfree((void *)0x1000)", "memset((void *)8, 0, 64)"):
        driver = lane.build_driver("blame", [
            ("ipmmu-vmsa.c", r"^\t\tipmmu_device_reset\(mmu\);\n\n\t\tfor",
             f"\t\t{call};\n\n\t\tfor")])
        _, objects, _ = lane.call("run", "linux-sdhi", driver=driver)
        verdict = objects[-1]["violations"][0]
        check(f"{call} is blamed on its line",
              (verdict["rule"], verdict["file"], verdict["line"]) ==
              ("driver-panic", DRIVER, reset), verdict)


MX = "fe951000.iommu"


def check_gen2(lane):
    """Facts 1.1 and 3.2: one context, number 0; Gen2 fields; registers at the alias."""
    board = lane.build_tree("gen2", board=GEN2_BOARD, dts=GEN2_DTS, addition=GEN2_USERS)
    scenario = "tests/linux/gen2.yaml"
    status, rules, _ = lane.verdict(scenario, board=board)
    check("Gen2: the driver is clean", (status, rules) == (0, set()), (status, rules))
    trace = lane.trace("--scenario", os.path.join(lane.root, scenario), board=board)
    attach = writes(call_of(trace, "attach"))
    table = [value for _, register, value in attach if register == "IMTTLBR0[0]"]
    check("Gen2: attach writes tables, IMBUSCR and port of one unit",
          attach == [(MX, "IMTTLBR0[0]", table[0]), (MX, "IMTTUBR0[0]", 0),
                     (MX, "IMTTBCR[0]", 0x80003510), (MX, "IMMAIR0[0]", 0xf404ff44),
                     (MX, "IMBUSCR[0]", 0), (MX, "IMSTR[0]", 0), (MX, "IMCTR[0]", 7),
                     (MX, "IMUASID[5]", 0), (MX, "IMUCTR[5]", 0x3)], attach)
    resume = [w for w in writes(trace[[s["label"] for s in trace].index("resume_noirq"):])
              if w[0] == MX]
    check("Gen2: resume writes the same again, and both ports",
          resume == [(MX, "IMCTR[0]", 0)] + attach +
          [(MX, "IMUASID[31]", 0), (MX, "IMUCTR[31]", 0x3)], resume)


def check_gen4(lane):
    """Facts 1.1, 3.2 and 5.3 on V3U: 16 contexts; the port is in the high window."""
    board = lane.build_tree("gen4", board=GEN4_BOARD)
    scenario = "tests/linux/gen4.yaml"
    root, ds0 = "eefc0000.iommu", "eed00000.iommu"
    status, rules, _ = lane.verdict(scenario, board=board)
    check("Gen4: the driver is clean", (status, rules) == (0, set()), (status, rules))
    trace = lane.trace("--scenario", os.path.join(lane.root, scenario), board=board)
    contexts = [(root, f"IMCTR[{n}]", 0) for n in range(16)]
    check("Gen4: probe disables all 16 contexts",
          writes(trace[:[s["label"] for s in trace].index("domain_init")]) == contexts)
    attach = writes(call_of(trace, "attach"))
    table = [value for _, register, value in attach if register == "IMTTLBR0[1]"]
    check("Gen4: attach writes TTBR, TTBCR, MAIR, STR, CTR on cache then root, uTLB",
          attach == [(root, "IMTTLBR0[1]", table[0]), (root, "IMTTUBR0[1]", 0),
                     (root, "IMTTBCR[1]", 0x80000080), (root, "IMMAIR0[1]", 0xf404ff44),
                     (root, "IMSTR[1]", 0), (ds0, "IMCTR[1]", 7), (root, "IMCTR[1]", 7),
                     (ds0, "IMUASID[32]", 0), (ds0, "IMUCTR[32]", 0x13)], attach)
    resume = writes(trace[[s["label"] for s in trace].index("resume_noirq"):])
    check("Gen4: resume resets the root, sets its context up and turns the port on",
          resume == contexts + attach, resume)


def check_own_logic(lane):
    """Own logic on the board's machine says what it says on the built-in one."""
    answers = []
    for soc in ("rcar-h3", lane.labels):
        done = run(lane.regnap, "run", "ipmmu-resume", "--variant", "v9", "--soc", soc, "--json",
                   cwd=lane.folder)
        answers.append((done.returncode, [
            (v["rule"], v["register"], v["value"], v["file"], v["line"])
            for v in json.loads(done.stdout)["violations"]] if done.stdout else done.stderr))
    check("v9 breaks the same rules, registers and lines on the machine of the tree",
          answers[0][0] == 1 and answers[0] == answers[1], answers)


def check_walks(lane):
    done = run(lane.walk, lane.driver, lane.board, "linux-sdhi", "linux-open", cwd=lane.folder)
    lines = done.stdout.decode().splitlines()
    bad = [text for text in lines if text.startswith(("not ok", "Bail out"))]
    good = [text for text in lines if text.startswith("ok")]
    check(f"a second walker agrees with the model in {len(good)} comparisons",
          done.returncode == 0 and len(good) > 60 and not bad, "\n".join(bad or lines[-5:]))


def main(argv):
    lane = Lane(argv)
    if not os.path.exists(PACKAGE):
        print(f"1..0 # SKIP {PACKAGE} is not there (apt-get install linux-source-6.1)")
        return 77
    if not shutil.which("dtc") or not shutil.which("cpp"):
        print("1..0 # SKIP no dtc or cpp (apt-get install device-tree-compiler cpp)")
        return 77
    os.makedirs(lane.folder, exist_ok=True)
    lane.unpack()
    lane.enable = lane.line(r"ipmmu_imuctr_write\(mmu, utlb, IMUCTR_TTSEL_MMU")
    lane.set_up = lane.line(r"ipmmu_ctx_write_all\(domain, IMCTR,",
                            after=r"^static void ipmmu_domain_setup_context")
    lane.driver = lane.build_driver("ipmmu-vmsa")
    lane.board = lane.build_tree("board")
    lane.labels = lane.build_tree("labels", "-@")
    for part in (check_life, check_walks, check_findings, check_failures, check_wrong_edits,
                 check_blame, check_gen2, check_gen4, check_own_logic):
        part(lane)
    print(f"1..{count}")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
