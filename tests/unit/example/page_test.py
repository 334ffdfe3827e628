#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The example is as its page says: at most 60 lines, and every listing stands in one of the files.

A listing is a run of lines indented by four; it has to be found as it is, whole lines.
"""

import pathlib
import unittest

REPO = pathlib.Path(__file__).resolve().parents[3]
FOLDER = REPO / "servers" / "example"
COMMANDS = ["    ctest "]  # what a person types, and not a file's


def listings():
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    block = []
    for line in lines + [""]:
        if line.startswith("    ") and not any(line.startswith(word) for word in COMMANDS):
            block.append(line[4:])
        elif block:
            yield "\n".join(block)
            block = []


class Page(unittest.TestCase):
    def test_length(self):
        files = list(FOLDER.glob("*.[ch]"))
        lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
        self.assertEqual(len(files), 2)
        self.assertLessEqual(lines, 60)

    def test_every_listing_is_in_a_file(self):
        files = [file for file in FOLDER.iterdir() if file.name != "README.md"]
        files.append(REPO / "tests" / "machine" / "log" / "CMakeLists.txt")
        texts = [file.read_text(encoding="utf-8") for file in files]
        found = list(listings())
        self.assertGreater(len(found), 8)
        for listing in found:
            with self.subTest(listing):
                self.assertTrue(any(f"\n{listing}\n" in f"\n{text}\n" for text in texts))


if __name__ == "__main__":
    unittest.main()
