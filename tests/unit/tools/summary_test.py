#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The closing line of a test run says what ctest's results say."""

import pathlib
import subprocess
import tempfile
import unittest

SUMMARY = pathlib.Path(__file__).resolve().parents[3] / "tools" / "test-summary"
PASSED = '<testcase name="a" status="run"/>'
FAILED = '<testcase name="b" status="fail"><failure message=""/></testcase>'
SKIPPED = '<testcase name="c" status="notrun"><skipped message=""/></testcase>'


def summary(text):
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(text)
        file.flush()
        return subprocess.run([str(SUMMARY), file.name], text=True, capture_output=True, check=False)


class Summary(unittest.TestCase):
    def check(self, cases, line, status):
        result = summary(f"<testsuite>{cases}</testsuite>")
        self.assertEqual(result.stdout.splitlines()[-1], line)
        self.assertEqual(result.returncode, status)

    def test_counts(self):
        self.check(PASSED * 3 + SKIPPED, "3 passed, 0 failed, 1 skipped", 0)
        self.check(PASSED + FAILED, "1 passed, 1 failed, 0 skipped", 1)

    def test_nothing_ran_is_a_failure(self):
        self.check("", "0 passed, 0 failed, 0 skipped", 1)
        self.check(SKIPPED, "0 passed, 0 failed, 1 skipped", 1)

    def test_no_result_is_a_failure(self):
        self.assertEqual(summary("cut off <").returncode, 1)


if __name__ == "__main__":
    unittest.main()
