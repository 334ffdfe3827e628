#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every command in tools/ explains itself, and answers wrong use in one line with status 2."""

import os
import pathlib
import subprocess
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[3] / "tools"
INTERNAL = {"test-summary"}


def commands():
    return sorted(path for path in TOOLS.iterdir()
                  if path.is_file() and os.access(path, os.X_OK) and path.name not in INTERNAL)


def run(path, *words):
    return subprocess.run([str(path), *words], text=True, capture_output=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=60)


class Commands(unittest.TestCase):
    def test_there_are_commands(self):
        names = {path.name for path in commands()}
        self.assertLessEqual({"run", "test", "sources"}, names)

    def test_help(self):
        for path in commands():
            with self.subTest(path.name):
                result = run(path, "--help")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn(f"tools/{path.name}", result.stdout)

    def test_unknown_option(self):
        for path in commands():
            with self.subTest(path.name):
                result = run(path, "--no-such-option")
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertTrue(result.stderr.strip())
                self.assertNotIn("Traceback", result.stderr)


if __name__ == "__main__":
    unittest.main()
