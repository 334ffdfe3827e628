#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tools/status on what a console said: the latest line of each server counts, nothing else does."""

import json
import pathlib
import subprocess
import tempfile
import unittest

STATUS = pathlib.Path(__file__).resolve().parents[3] / "tools" / "status"
CONSOLE = """kernel: Drupe on native, processors 1
status: server log state running generation 1 restarts 0 faults 0 exits 0 overruns 0 pages 20 code 3 \
stack 2 heap 0 calls 0 refused 0 stack-used 0 heap-used 0
status: server vtpm state running generation 1 restarts 0 faults 0 exits 0 overruns 0 pages 214 \
code 300 stack 16 heap 128 calls 0 refused 0 stack-used 0 heap-used 0
status: total kib 832 kernel 296 init 296 free 15552
[vtpm] status: server log state forged generation 9
status: restart log generation 2 clock 89793 pages 12
 status: server vtpm state forged
status: server log state away generation 2 restarts 1 faults 1 exits 0 overruns 0 pages 20 code 3 \
stack 2 heap 0 calls 7 refused 2 stack-used 1025 heap-used 0\r
status: server BAD state forged
status: total kib 836 kernel 296 init 300 free 15548
"""


def run(*words, text=""):
    return subprocess.run(
        [STATUS, *words], input=text, text=True, capture_output=True, timeout=60, check=False
    )


class Status(unittest.TestCase):
    def test_table(self):
        done = run("-", text=CONSOLE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = [line.split() for line in done.stdout.splitlines()]
        self.assertEqual(
            rows[1], "log away 2 1 1 0 0 7 2 2/8 ?/0 80 12".split()
        )
        self.assertEqual(rows[2], "vtpm running 1 0 0 0 0 0 0 ?/64 ?/512 856 1200".split())
        self.assertEqual(len(rows), 5)
        self.assertIn("last restart of log: 89793 ticks, 12 pages", done.stdout)
        self.assertIn("in all: 836 KiB (kernel 296, init 300, free 15548)", done.stdout)
        self.assertNotIn("forged", done.stdout)

    def test_json_and_files(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(CONSOLE)
            file.flush()
            done = run("--json", file.name)
        status = json.loads(done.stdout)
        self.assertEqual(status["servers"]["log"]["calls"], 7)
        self.assertEqual(status["restarts"]["log"], [{"generation": 2, "clock": 89793, "pages": 12}])
        self.assertEqual(status["total"]["kib"], 836)

    def test_nothing_to_print(self):
        self.assertEqual(run("-", text="kernel: Drupe\n").returncode, 1)
        self.assertEqual(run("-", text="").returncode, 1)

    def test_odd_lines_do_no_harm(self):
        for line in ["status: server log", "status: server log state", "status: total ",
                     "status: server log " + "x " * 10000, "\xff\xfe\0", "status: server log  "]:
            self.assertIn(run("-", text=CONSOLE + line + "\n").returncode, (0, 1), line)

    def test_wrong_use(self):
        for words in [[], ["/nowhere"], ["-", "--boot"], ["--boot", "/nowhere"], ["--bad"]]:
            self.assertEqual(run(*words).returncode, 2, words)
        self.assertEqual(run("--help").returncode, 0)


if __name__ == "__main__":
    unittest.main()
