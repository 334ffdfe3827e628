#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every file in mistakes/ is refused, at the line it marks and for the reason it names.

A file's line "// reason: TEXT" is part of the message; the line with "// here" is the one that has
to be blamed. usage: mistakes_test.py PROGRAM DTC; tools/manifest is run on some files too.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
REPO = HERE.parents[2]
PROGRAM, DTC = sys.argv[1:3]
sys.argv[1:3] = []


def compile_tree(source, work):
    tree, lines = work / "tree", work / "lines"
    subprocess.run([DTC, "-q", "-I", "dts", "-O", "dtb", "-o", tree, source], check=True)
    subprocess.run(
        [DTC, "-q", "-T", "-T", "-I", "dts", "-O", "dts", "-o", lines, source], check=True
    )
    return tree, lines


def check(source, lines_too=True):
    with tempfile.TemporaryDirectory() as folder:
        tree, lines = compile_tree(source, pathlib.Path(folder))
        words = ["--lines", lines] if lines_too else []
        return subprocess.run(
            [PROGRAM, "check", *words, tree], text=True, capture_output=True, timeout=60
        )


class Mistakes(unittest.TestCase):
    def test_the_system_they_change_is_right(self):
        done = check(HERE / "full.dts")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_each_is_refused_with_line_and_reason(self):
        files = sorted((HERE / "mistakes").glob("*.dts"))
        self.assertGreater(len(files), 60)
        for file in files:
            with self.subTest(file.name):
                text = file.read_text(encoding="utf-8")
                reason = re.search(r"^// reason: (.*)$", text, re.M).group(1)
                marked = [n for n, line in enumerate(text.splitlines(), 1) if "// here" in line]
                self.assertEqual(len(marked), 1)
                done = check(file)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn(reason, done.stderr)
                self.assertTrue(done.stderr.startswith(f"{file}:{marked[0]}: /"), done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)

    def test_without_lines_the_node_is_named(self):
        done = check(HERE / "mistakes" / "stack-not-whole-pages.dts", lines_too=False)
        self.assertIn("tree: /servers/disk: stack: this has to be a multiple", done.stderr)

    def test_the_tool_takes_sources(self):
        tool = REPO / "tools" / "manifest"
        environment = dict(os.environ, DRUPE_BUILD=str(pathlib.Path(PROGRAM).parents[1]))
        for words, status, text in [
            (["check", HERE / "full.dts"], 0, "4 servers, 2 channels, 2 regions"),
            (["check", HERE / "mistakes" / "no-stack.dts"], 1, "no-stack.dts:8: /servers/disk"),
            (["check"], 0, "servers/manifest.dts: "),
            (["check", "/nowhere.dts"], 2, "there is no file"),
            (["inspect"], 2, "say check or draw"),
            (["--help"], 0, "usage: tools/manifest"),
            (["draw", HERE / "full.dts"], 0, '"agent" -> "disk" [label="agent-disk"]'),
            (["draw", "--svg", HERE / "full.dts"], 0, ">agent-disk</text>"),
        ]:
            with self.subTest(words):
                done = subprocess.run(
                    [tool, *words], text=True, capture_output=True, timeout=60, env=environment
                )
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn(text, done.stdout + done.stderr)

    def test_the_picture_in_the_documents_is_the_manifests(self):
        with tempfile.TemporaryDirectory() as folder:
            tree, _ = compile_tree(REPO / "servers" / "manifest.dts", pathlib.Path(folder))
            drawn = subprocess.run(
                [PROGRAM, "draw", "--svg", tree], text=True, capture_output=True, check=True
            ).stdout
        kept = (REPO / "servers" / "system.svg").read_text(encoding="utf-8")
        self.assertTrue(drawn == kept, "tools/manifest draw --svg -o servers/system.svg")

    def test_wrong_use(self):
        for words in [[], ["check"], ["check", "a", "b"], ["check", "--nothing", "a"]]:
            done = subprocess.run([PROGRAM, *words], capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
