#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Shows that each rule of the check finds what it names, and nothing in a clean file."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import programs

check = programs.load("tests/style/check")

SPDX = "/* SPDX-License-Identifier: BSD-2-Clause */\n"


def findings(text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "sample.c")
        path.write_text(text, encoding="utf-8")
        return check.check_file(str(path), [])


class Rules(unittest.TestCase):
    def test_clean(self):
        self.assertEqual(findings(SPDX + "int one(int a, int b)\n{\n    return a + b;\n}\n"), [])

    def test_spdx(self):
        self.assertIn("SPDX", findings("int x;\n")[0])

    def test_long_function(self):
        text = SPDX + "int f(void)\n{\n" + "    g();\n" * 41 + "}\n"
        self.assertIn("41 lines", findings(text)[0])
        excused = text.replace("int f", "/* style: one table, read as a whole */\nint f")
        self.assertEqual(findings(excused), [])

    def test_long_file(self):
        self.assertIn("501 lines", findings(SPDX + "int x;\n" * 500)[0])

    def test_parameters(self):
        text = SPDX + "int f(int a, int b, int c,\n      int d, int (*e)(int, int))\n{\n    return 0;\n}\n"
        self.assertIn("5 parameters", findings(text)[0])

    def test_nesting(self):
        deep = "".join(" " * 4 * n + "if (x) {\n" for n in range(1, 5))
        close = "".join(" " * 4 * n + "}\n" for n in range(4, 0, -1))
        self.assertIn("nests 4", findings(SPDX + "void f(void)\n{\n" + deep + close + "}\n")[0])


if __name__ == "__main__":
    unittest.main()
