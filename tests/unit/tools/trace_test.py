#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tools/trace on files made by hand: what it counts, where it places things, what it refuses."""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import trace_rules

TRACE = pathlib.Path(__file__).resolve().parents[3] / "tools" / "trace"
MAGIC, HOST, HZ = 0x31504E53, 0xFF, 1_000_000
START, EXIT, INSTRUCTION, RMP, SWITCH, MARK = 1, 2, 5, 6, 10, 12


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

    def events(self, data, *words):
        """Those of the picture; a viewer would show all of them."""
        self.assertEqual(self.run_on(data, "-o", str(self.picture), *words).returncode, 0)
        events = json.loads(self.picture.read_text(encoding="utf-8"))["traceEvents"]
        self.assertEqual(trace_rules.broken(events), [])
        return events

    def slices(self, data):
        return [(e["pid"], e["name"], e["ts"], e.get("dur")) for e in self.events(data) if e["ph"] in "Xi"]

    def places(self, events, phases):
        """(phase, name, track, time) of the events of these phases."""
        names = {e["tid"]: e["args"]["name"] for e in events if e["name"] == "thread_name"}
        return [(e["ph"], e["name"], names[e["tid"]], e["ts"]) for e in events if e["ph"] in phases]

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
            (1000, "start", 0.0, None), (1000, "guest", 10.0, 40.0), (1000, "exit VMMCALL", 50.0, 20.0),
            (1000, "switch to VMPL0", 60.0, None), (1000, "VMPL0", 70.0, 30.0),
            (2000, "mark 0x7", 105.0, None)])

    def test_servers_by_name_with_arrows(self):
        marks = [(200, 4, 3, 0x7476), (202, 4, 3, 0x6D70), (210, 1, 0, 0), (220, 2, 3, 1),
                 (230, 1, 3, 0), (250, 3, 0, 0), (260, 1, 0, 0)]
        data = BEGIN + b"".join(record(tsc - 1, EXIT, 0, 0x403, 1) +
                                record(tsc, MARK, 0, kind << 24 | server << 16 | more)
                                for tsc, kind, server, more in marks)
        data += record(270, EXIT, 0, 0x403, 5) + record(280, SWITCH, HOST, 2)
        data += record(300, EXIT, 2, 0x78, 10)
        events = self.events(data)
        tracks = self.places(events, "X")
        self.assertEqual([one for one in tracks if one[2] == "vtpm"], [("X", "vtpm", "vtpm", 130.0)])
        self.assertEqual([one[1] for one in tracks if one[2] == "VMPL0"],
                         ["kernel"] * 5 + ["vtpm"] * 2 + ["kernel"])
        self.assertEqual([one[1:] for one in tracks if one[2] == "VMPL2"], [("guest", "VMPL2", 190.0)])
        self.assertEqual(self.places(events, "sf"), [
            ("s", "call", "VMPL0", 118.999), ("f", "call", "vtpm", 130.0),
            ("s", "reply", "vtpm", 150.0), ("f", "reply", "VMPL0", 165.0),
            ("s", "VMPL switch", "VMPL0", 169.999), ("f", "VMPL switch", "VMPL2", 190.0)])
        self.assertEqual(self.places(events, "i"), [("i", "start", "machine", 0.0),
                                                    ("i", "switch to VMPL2", "machine", 180.0)])

    def test_a_guests_call_and_its_answer(self):
        """With marks of who runs, and no others: what Drupe's kernel leaves."""
        enter = {tsc: record(tsc - 1, EXIT, 0, 0x403, 5) + record(tsc, MARK, 0, 1 << 24 | server << 16)
                 for tsc, server in ((130, 1), (140, 0), (230, 2), (235, 2), (250, 0), (330, 0))}
        data = BEGIN + enter[130] + enter[140] + record(150, SWITCH, HOST, 2)
        data += record(200, EXIT, 2, 0x403, 40) + record(210, SWITCH, HOST, 0) + enter[230] + enter[235]
        data += enter[250] + record(260, EXIT, 0, 0x403, 5) + record(265, SWITCH, HOST, 2)
        data += record(300, EXIT, 2, 0x403, 20) + record(310, SWITCH, HOST, 0) + enter[330]
        data += record(340, SWITCH, HOST, 2) + record(390, EXIT, 2, 0x78, 40)
        events = self.events(data, "--names", "init,vtpm")
        self.assertEqual(self.places(events, "sf"), [
            ("s", "VMPL switch", "VMPL0", 38.999), ("f", "VMPL switch", "VMPL2", 60.0),
            ("s", "VMPL switch", "VMPL2", 99.999), ("f", "VMPL switch", "VMPL0", 124.0),
            ("s", "call", "VMPL0", 128.999), ("f", "call", "vtpm", 130.0),
            ("s", "reply", "vtpm", 149.999), ("f", "reply", "VMPL2", 180.0),
            ("s", "VMPL switch", "VMPL2", 199.999), ("f", "VMPL switch", "VMPL0", 224.0),
            ("s", "VMPL switch", "VMPL0", 228.999), ("f", "VMPL switch", "VMPL2", 250.0)])
        self.assertEqual([(e["ts"], e["dur"]) for e in events if e["ph"] == "X" and e["tid"] == 1102],
                         [(130.0, 20.0)])

    def test_ticks_shorter_than_a_nanosecond(self):
        """Begin and end are rounded alike: slices that touch do not overlap."""
        data = record(0, START, HOST, MAGIC, 2_999_999_999)
        data += b"".join(record(tsc, EXIT, 2, 0x78, 6) for tsc in range(7, 7000, 7))
        self.events(data)

    def test_operations_on_the_rmp(self):
        data = BEGIN + record(150, EXIT, 0, 0x404, 40) + record(160, INSTRUCTION, 0, 0x10000, 0x5000)
        data += record(170, INSTRUCTION, 0, 0x301, 0x6000) + record(180, RMP, HOST, 0x100, 0x200000)
        rows = [e for e in self.events(data) if e.get("cat") == "rmp"]
        self.assertEqual([(e["ph"], e["name"], e["args"]) for e in rows], [
            ("i", "PVALIDATE", {"address": "0x5000", "code": "0x10000", "result": 0}),
            ("i", "RMPADJUST = 3", {"address": "0x6000", "code": "0x301", "result": 3}),
            ("i", "RMP assign 2M", {"spa": "0x200000", "code": "0x100"})])

    def test_buffers_of_cpus_may_come_in_any_order(self):
        data = BEGIN + record(300, MARK, 0, 2, cpu=1) + record(200, MARK, 0, 1)
        self.assertEqual([one[1] for one in self.slices(data)], ["start", "mark 0x1", "mark 0x2"])


if __name__ == "__main__":
    unittest.main()
