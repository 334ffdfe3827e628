#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tools/trace on files made by hand: what it counts, where it places things, what it refuses."""

import json
import pathlib
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

TRACE = pathlib.Path(__file__).resolve().parents[3] / "tools" / "trace"
MAGIC, HOST, HZ = 0x31504E53, 0xFF, 1_000_000
START, EXIT, SWITCH, MARK = 1, 2, 10, 12


def record(tsc, event, vmpl, code, value=0, cpu=0):
    return struct.pack("<QHBBIQ", tsc, event, cpu, vmpl, code, value)


BEGIN = record(100, START, HOST, MAGIC, HZ)


class Trace(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = pathlib.Path(self.folder.name, "trace")
        self.picture = pathlib.Path(self.folder.name, "trace.json")

    def run_on(self, data, *words):
        self.file.write_bytes(data)
        return subprocess.run([str(TRACE), str(self.file), *words], text=True, capture_output=True,
                              check=False)

    def slices(self, data):
        self.assertEqual(self.run_on(data, "-o", str(self.picture)).returncode, 0)
        events = json.loads(self.picture.read_text(encoding="utf-8"))["traceEvents"]
        return [(e["pid"], e["name"], e["ts"], e.get("dur")) for e in events if e["ph"] in "Xi"]

    def test_refuses_what_is_no_trace(self):
        for data in (b"", b"x", BEGIN + b"y", record(1, EXIT, 0, 0x78), BEGIN[:12] + bytes(12),
                     BEGIN + record(200, 99, 0, 0), record(1, START, HOST, MAGIC, 0)):
            result = self.run_on(data)
            self.assertEqual(result.returncode, 1, data)
            self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_a_missing_file_is_misuse(self):
        result = subprocess.run([str(TRACE), "/nowhere"], capture_output=True, check=False)
        self.assertEqual(result.returncode, 2)

    def test_counts_and_ticks(self):
        data = BEGIN + record(150, EXIT, 2, 0x78, 40) + record(300, EXIT, 2, 0x78, 60)
        lines = self.run_on(data).stdout.splitlines()
        self.assertIn("VMPL2: 100 ticks", lines)
        self.assertIn("outside the guest, on 1 CPU(s): 100 ticks", lines)
        self.assertEqual([line.split() for line in lines if "HLT" in line],
                         [["VMPL2", "exit", "HLT", "2", "100"]])

    def test_drawing_shows_its_window_and_no_more(self):
        data = BEGIN + record(150, EXIT, 2, 0x78, 40) + record(300, MARK, 0, 0x01020000)
        data += record(400, EXIT, 0, 0x403, 150) + record(900, EXIT, 2, 0x72, 100)
        drawing = self.picture.with_suffix(".svg")
        words = ("--svg", str(drawing), "--names", "init,a<b")
        self.assertEqual(self.run_on(data, *words, "--window", "0,350").returncode, 0)
        tree = xml.etree.ElementTree.parse(drawing)
        texts = [node.text for node in tree.iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("vCPU 0  a<b", texts)
        self.assertIn("exit HLT", texts)
        self.assertNotIn("exit CPUID", texts)
        self.assertEqual(self.run_on(data, *words, "--window", "7").returncode, 2)

    def test_picture_in_microseconds_from_the_start(self):
        data = BEGIN + record(150, EXIT, 2, 0x81, 40) + record(160, SWITCH, HOST, 0)
        data += record(200, EXIT, 0, 0x78, 30) + record(205, MARK, 0, 7, cpu=1)
        self.assertEqual(self.slices(data), [
            (0, "start", 0.0, None), (0, "VMPL2", 10.0, 40.0), (0, "switch to VMPL0", 60.0, None),
            (0, "exit VMMCALL", 50.0, 20.0), (0, "VMPL0", 70.0, 30.0), (1, "mark 0x7", 105.0, None)])

    def test_servers_by_name_with_arrows(self):
        marks = [(200, 4, 3, 0x7476), (201, 4, 3, 0x6D70), (210, 1, 0, 0), (220, 2, 3, 1),
                 (230, 1, 3, 0), (250, 3, 0, 0), (260, 1, 0, 0)]
        data = BEGIN + b"".join(record(tsc, MARK, 0, kind << 24 | server << 16 | more)
                                for tsc, kind, server, more in marks)
        data += record(270, EXIT, 0, 0x403, 5) + record(280, SWITCH, HOST, 2)
        data += record(300, EXIT, 2, 0x78, 10)
        self.assertEqual(self.run_on(data, "-o", str(self.picture)).returncode, 0)
        events = json.loads(self.picture.read_text(encoding="utf-8"))["traceEvents"]
        names = {e["tid"]: e["args"]["name"] for e in events if e["name"] == "thread_name"}
        self.assertEqual([(names[e["tid"]], e["name"], e["ts"], e["dur"]) for e in events
                          if e["ph"] == "X" and e["tid"] != 9],
                         [("kernel", "kernel", 110.0, 20.0), ("vtpm", "vtpm", 130.0, 30.0),
                          ("VMPL0", "kernel", 165.0, 5.0), ("kernel", "kernel", 160.0, 20.0),
                          ("VMPL2", "VMPL2", 190.0, 10.0)])
        self.assertEqual([(e["ph"], e["name"], names[e["tid"]], e["ts"]) for e in events
                          if e["ph"] in "sf"],
                         [("s", "call", "kernel", 120.0), ("f", "call", "vtpm", 130.0),
                          ("s", "reply", "vtpm", 150.0), ("f", "reply", "kernel", 160.0),
                          ("s", "VMPL switch", "VMPL0", 169.0), ("f", "VMPL switch", "VMPL2", 190.0)])

    def test_buffers_of_cpus_may_come_in_any_order(self):
        data = BEGIN + record(300, MARK, 0, 2, cpu=1) + record(200, MARK, 0, 1)
        self.assertEqual([one[1] for one in self.slices(data)], ["start", "mark 0x1", "mark 0x2"])


if __name__ == "__main__":
    unittest.main()
