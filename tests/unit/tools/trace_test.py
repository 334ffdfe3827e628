#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tools/trace on files made by hand: what it counts, where it places things, what it refuses."""

import json
import pathlib
import struct
import subprocess
import tempfile
import unittest

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
        return [(e["pid"], e["name"], e["ts"], e.get("dur")) for e in events if e["ph"] != "M"]

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

    def test_picture_in_microseconds_from_the_start(self):
        data = BEGIN + record(150, EXIT, 2, 0x81, 40) + record(160, SWITCH, HOST, 0)
        data += record(200, EXIT, 0, 0x78, 30) + record(205, MARK, 0, 7, cpu=1)
        self.assertEqual(self.slices(data), [
            (0, "start", 0.0, None), (0, "VMPL2", 10.0, 40.0), (0, "switch to VMPL0", 60.0, None),
            (0, "exit VMMCALL", 50.0, 20.0), (0, "VMPL0", 70.0, 30.0), (1, "mark 0x7", 105.0, None)])

    def test_buffers_of_cpus_may_come_in_any_order(self):
        data = BEGIN + record(300, MARK, 0, 2, cpu=1) + record(200, MARK, 0, 1)
        self.assertEqual([one[1] for one in self.slices(data)], ["start", "mark 0x1", "mark 0x2"])


if __name__ == "__main__":
    unittest.main()
