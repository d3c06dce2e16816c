# SPDX-License-Identifier: MIT
"""QEMU's machine virt, asked through its test port.

    with Machine(["-machine", "virt,gic-version=3,iommu=smmuv3", ...]) as m:
        m.write(0x9050098, 4, 1)
        m.read(0x905009c, 4)
        m.store(0x44000000, b"...")         # RAM, which is mapped here too
        m.line(41, 1)                       # an input of the interrupt controller
        m.dma_write(0x8080604000, 64)       # by PCI device edu, 00:01.0, StreamID 8
        m.reset()

Its CPUs stand still. For DMA the machine runs for a moment, with CPU 0 powered off, so that time
jumps to the timer of the device.
"""
import ctypes
import json
import mmap
import os
import re
import shutil
import socket
import subprocess
import tempfile

RAM = 0x40000000
SMMU = 0x9050000
ECAM = 0x4010000000
EDU_BAR = 0x10000000

# The buffer of edu, as its DMA sees it, has two halves: words that nothing else in RAM holds, for
# what it writes, and room for what it reads.
EDU_BUFFER, EDU_HALF = 0x40000, 0x800
WORD = 0xda5a0000
WORDS = re.compile(b"[\x00-\xff][\x00\x01]\x5a\xda", re.S)
LANDED_HERE = b"\xdd" * 4

LIBC = ctypes.CDLL(None, use_errno=True)
FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE = 1, 2


def join(pieces):
    """[address, bytes, offset] of pieces; neighbours become one."""
    out = []
    for pa, n, offset in sorted(pieces, key=lambda piece: (piece[2], piece[0])):
        if out and out[-1][0] + out[-1][1] == pa and out[-1][2] + out[-1][1] == offset:
            out[-1][1] += n
        else:
            out.append([pa, n, offset])
    return out


class Machine:
    """One QEMU process."""

    def __init__(self, machine, ram_bytes):
        self.ram_bytes = ram_bytes
        self.spare = RAM + ram_bytes - 0x1000
        self.folder = tempfile.mkdtemp(prefix="qtest.", dir="/dev/shm")
        ram = os.path.join(self.folder, "ram")
        ports = {name: self._listen(name) for name in ("qtest", "qmp")}
        self.process = subprocess.Popen(
            ["qemu-system-aarch64", *machine, "-m", str(ram_bytes >> 20), "-S", "-accel", "tcg",
             "-icount", "shift=0,sleep=off", "-global", "arm-cpu.start-powered-off=on",
             "-display", "none", "-nodefaults", "-no-user-config",
             "-object", f"memory-backend-file,id=ram0,share=on,mem-path={ram},size={ram_bytes}",
             "-machine", "memory-backend=ram0",
             "-device", "edu,addr=01.0,dma_mask=0xffffffffffffffff",
             "-qtest", f"unix:{self.folder}/qtest", "-qtest-log", "/dev/null",
             "-qmp", f"unix:{self.folder}/qmp"], stdin=subprocess.DEVNULL)
        self.qtest, self.qmp = (self._accept(ports[name]) for name in ("qtest", "qmp"))
        self._qmp_answer()
        self.command("qmp_capabilities")
        self.file = open(ram, "r+b")
        self.ram = mmap.mmap(self.file.fileno(), ram_bytes)
        self.gic = self._find("arm-gicv3", "arm_gic")
        self._edu_begin()
        self._edu_fill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.file.close()
        shutil.rmtree(self.folder)

    def _listen(self, name):
        port = socket.socket(socket.AF_UNIX)
        port.bind(os.path.join(self.folder, name))
        port.listen(1)
        port.settimeout(20)
        return port

    @staticmethod
    def _accept(port):
        connection, _ = port.accept()
        port.close()
        return connection.makefile("rwb", buffering=0)

    def _line(self, port):
        line = b""
        while not line.endswith(b"\n"):
            part = port.readline()
            if not part:
                raise RuntimeError(f"QEMU has ended: {self.process.poll()}")
            line += part
        return line

    def _qmp_answer(self):
        answer = json.loads(self._line(self.qmp))
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def command(self, name, **arguments):
        """One command of QMP; events meanwhile are dropped."""
        self.qmp.write(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = self._qmp_answer()
            if "return" in answer:
                return answer["return"]

    def _find(self, *types):
        for child in self.command("qom-list", path="/machine/unattached"):
            if child["type"] in [f"child<{t}>" for t in types]:
                return f"/machine/unattached/{child['name']}"
        return None

    def reset(self):
        """Of the machine. RAM keeps what it holds, but for the device tree at its start."""
        self.qmp.write(b'{"execute": "system_reset"}\n')
        seen = set()
        while not {"return", "RESET"} <= seen:
            answer = self._qmp_answer()
            seen |= set(answer) | {answer.get("event")}
        self._edu_begin()

    def ask(self, text):
        """One command of the test port."""
        self.qtest.write(text.encode() + b"\n")
        words = self._line(self.qtest).decode().split()
        if words[0] != "OK":
            raise RuntimeError(f"{text}: {' '.join(words)}")
        return words[1:]

    def read(self, address, width):
        return int(self.ask(f"read{'?bw?l???q'[width]} 0x{address:x}")[0], 16)

    def write(self, address, width, value):
        self.ask(f"write{'?bw?l???q'[width]} 0x{address:x} 0x{value:x}")

    def line(self, intid, level):
        self.ask(f"set_irq_in {self.gic} unnamed-gpio-in {intid - 32} {level}")

    def has(self, address):
        return RAM <= address < RAM + self.ram_bytes

    def load(self, address, n):
        return self.ram[address - RAM:address - RAM + n]

    def store(self, address, data):
        self.ram[address - RAM:address - RAM + len(data)] = data

    def clear_ram(self):
        """All of it is zero: the file behind it becomes one hole."""
        if LIBC.fallocate(self.file.fileno(), FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE,
                          ctypes.c_long(0), ctypes.c_long(self.ram_bytes)):
            raise OSError(ctypes.get_errno(), "fallocate")

    def _ram_in_use(self):
        at = 0
        while True:
            try:
                at = os.lseek(self.file.fileno(), at, os.SEEK_DATA)
            except OSError:  # nothing more
                return
            end = os.lseek(self.file.fileno(), at, os.SEEK_HOLE)
            yield at, end
            at = end

    def _edu_begin(self):
        function = ECAM + (1 << 15)
        self.write(function + 0x10, 4, EDU_BAR)
        self.write(function + 0x04, 2, 6)  # memory space, bus master

    def _edu_run(self, source, target, n, command):
        for offset, value in ((0x80, source), (0x88, target), (0x90, n), (0x98, command)):
            self.write(EDU_BAR + offset, 8, value)
        self.command("cont")
        while self.read(EDU_BAR + 0x98, 8) & 1:
            pass
        self.command("stop")

    def _edu_fill(self):
        words = b"".join((WORD | i).to_bytes(4, "little") for i in range(EDU_HALF // 4))
        self.store(self.spare, words)
        self._edu_run(self.spare, EDU_BUFFER, EDU_HALF, 1)
        self.store(self.spare, bytes(EDU_HALF))

    def dma_write(self, iova, n):
        """Writes @n bytes, whole words, at most 2048. Where they landed; 0xdd is there now."""
        self._edu_run(EDU_BUFFER, iova, n, 3)
        pieces = []
        for at, end in self._ram_in_use():
            for hit in WORDS.finditer(self.ram, at, end):
                index = int.from_bytes(hit.group()[:2], "little")
                pieces.append([RAM + hit.start(), 4, 4 * index])
        for address, _, _ in pieces:
            self.store(address, LANDED_HERE)
        return join(pieces)

    def dma_read(self, iova, n):
        """What reading @n bytes, at most 2048, gives; what reaches nothing is zeros."""
        self._edu_run(iova, EDU_BUFFER + EDU_HALF, n, 1)
        # The buffer cannot be read. It is written to RAM while the SMMU does not translate.
        enables = self.read(SMMU + 0x20, 4)
        self.write(SMMU + 0x20, 4, 0)
        kept = self.load(self.spare, n)
        self._edu_run(EDU_BUFFER + EDU_HALF, self.spare, n, 3)
        data = self.load(self.spare, n)
        self.store(self.spare, kept)
        self.write(SMMU + 0x20, 4, enables)
        return data
