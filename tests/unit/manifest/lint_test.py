#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""`igvm lint` sees the manifest inside a file: a good one passes, every damage is named.

usage: lint_test.py IGVM SYSTEM, the program and a file that drupe_system made with the manifest of
servers/example. Pages are not under the format's checksum, so they can be changed in place.
"""

import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SYSTEM = sys.argv[1:3]
sys.argv[1:3] = []
GOOD = pathlib.Path(SYSTEM).read_bytes()
TREE = b"\xd0\x0d\xfe\xed\0\0"  # a small tree: the magic alone is in init's code too
BLOCK = struct.pack("<Q", 0x314B4C4245505244)
ARCHIVE = struct.pack("<QII", 0x3156484352415244, 4, 0)  # with its four files
FOLDER = tempfile.TemporaryDirectory()


def lint(data):
    path = pathlib.Path(FOLDER.name) / "system.igvm"
    path.write_bytes(data)
    return subprocess.run(
        [PROGRAM, "lint", path], text=True, capture_output=True, timeout=60, check=False
    )


def measure(data):
    path = pathlib.Path(FOLDER.name) / "measured.igvm"
    path.write_bytes(data)
    done = subprocess.run([PROGRAM, "measure", path], capture_output=True, timeout=60, check=True)
    return done.stdout.split()[-1]


def changed(at, new):
    data = bytearray(GOOD)
    data[at : at + len(new)] = new
    return bytes(data)


def cell(old, new):
    """The manifest with its first cell "old" changed; cells are aligned within the tree."""
    at = GOOD.index(TREE) + 40
    while GOOD[at : at + 4] != struct.pack(">I", old):
        assert at < len(GOOD)
        at += 4
    return changed(at, struct.pack(">I", new))


class Lint(unittest.TestCase):
    def refused(self, data, *texts):
        done = lint(data)
        self.assertEqual(done.returncode, 1, done.stdout)
        for text in texts:
            self.assertIn(text, done.stdout)

    def test_good(self):
        done = lint(GOOD)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("0 errors", done.stdout)

    def test_manifest(self):
        self.refused(cell(50, 5), "error: manifest: /channels/", "a strictly higher priority")
        self.refused(cell(0x200000, 0x20000), "error: manifest: /: memory: everything together")
        self.refused(cell(0x200000, 0x48000), "manifest: /: memory: everything with its images")
        self.refused(cell(0x200000, 0xFF0000), "more than the region has room for")
        self.refused(cell(0x200000, 0x40000000), "more than the region has room for")
        self.refused(changed(GOOD.index(TREE), b"\0"), "manifest: /: this is not a whole")

    def test_image(self):
        elf = GOOD.index(b"\x7fELF", GOOD.index(TREE))
        self.refused(changed(elf, b"\x7fELK"), "error: manifest: /servers/", "image: ")
        rights = elf + struct.unpack_from("<Q", GOOD, elf + 32)[0] + 4
        self.refused(changed(rights, b"\x07"), "error: manifest: /servers/", "image: ")
        name = GOOD.index(b"example\0", GOOD.index(ARCHIVE))
        self.refused(changed(name, b"exemple"), "/servers/example: image: there is no file")

    def test_all_of_it_is_measured(self):
        elf = GOOD.index(b"\x7fELF", GOOD.index(TREE))
        digests = {measure(GOOD), measure(cell(0x200000, 0x201000)), measure(changed(elf, b"x"))}
        self.assertEqual(len(digests), 3)

    def test_archive(self):
        table = GOOD.index(ARCHIVE)
        for at, new in [
            (0, b"\0"),
            (8, struct.pack("<I", 64)),
            (16, struct.pack("<Q", 0)),
            (64, b"\0"),
            (64, b"x" * 48),
            (64 + 48, struct.pack("<Q", 4097)),
            (64 + 48, struct.pack("<Q", 0)),
            (64 + 48, struct.pack("<Q", 1 << 63)),
            (64 + 56, struct.pack("<Q", (1 << 64) - 1)),
        ]:
            with self.subTest(at=at, new=new):
                self.refused(changed(table + at, new), "error: archive: ")

    def test_block(self):
        block = GOOD.index(BLOCK)
        for size in [4095, 1 << 40, (1 << 64) - 4096]:
            self.refused(changed(block + 0xD8, struct.pack("<Q", size)), "error: archive: ")
        self.refused(changed(block + 0xD0, struct.pack("<Q", 0)), "error: archive: ")
        self.assertEqual(lint(changed(block, b"\0")).returncode, 0)

    def test_random_damage(self):
        random.seed(1)
        pages = [GOOD.index(BLOCK), GOOD.index(ARCHIVE), GOOD.index(TREE)]
        pages += [GOOD.index(b"\x7fELF", GOOD.index(TREE))]
        for _ in range(300):
            data = bytearray(GOOD)
            for _ in range(random.randint(1, 8)):
                at = random.choice(pages) + random.randrange(1024)
                data[at] = random.randrange(256)
            self.assertIn(lint(bytes(data)).returncode, (0, 1))


if __name__ == "__main__":
    unittest.main()
