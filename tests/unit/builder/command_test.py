#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The command `igvm build` as its users meet it: what it writes passes `igvm lint` for the host it
was made for, everything it is given is in the launch digest, and mistakes are one line and a status.

usage: command_test.py IGVM-PROGRAM KERNEL-ELF ROOT-ELF
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

IGVM, KERNEL, ROOT = (sys.argv.pop(1) for _ in range(3))
PROFILES = "qemu-mainline", "qemu-svsm", "hyperv", "vanadium", "snpmachine"


def igvm(*words):
    return subprocess.run([IGVM, *map(str, words)], text=True, capture_output=True, check=False)


class Command(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        self.note = self.path / "note"
        self.note.write_text("one\n", encoding="utf-8")

    def build(self, *words, kernel=KERNEL, root=ROOT):
        out = self.path / "out.igvm"
        result = igvm("build", "--kernel", kernel, "--root", root, "--file", f"note={self.note}",
                      "-o", out, *words)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return out

    def digest(self, *words, **inputs):
        result = igvm("measure", self.build(*words, **inputs))
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def changed(self, original, at):
        """A copy in which the byte at this offset differs."""
        copy = self.path / "changed.elf"
        data = bytearray(pathlib.Path(original).read_bytes())
        data[at] ^= 1
        copy.write_bytes(data)
        return copy

    def test_lint_clean(self):
        for profile in PROFILES:
            for platforms in "snp", "snp,native":
                with self.subTest(profile=profile, platforms=platforms):
                    out = self.build("--profile", profile, "--platforms", platforms)
                    result = igvm("lint", "--profile", profile, out)
                    self.assertEqual(result.returncode, 0, result.stdout)
                    self.assertIn("0 errors, 0 warnings", result.stdout)

    def test_everything_is_measured(self):
        digests = [self.digest(), self.digest(kernel=self.changed(KERNEL, 0x1010)),
                   self.digest(root=self.changed(ROOT, 0x1000)),
                   self.digest("--profile", "vanadium"), self.digest("--stack", "64K"),
                   self.digest("--base", "256M"), self.digest("--console", "0"),
                   self.digest("--size-max", "64M"), self.digest("--file", f"b={self.note}")]
        self.note.write_text("two\n", encoding="utf-8")
        digests.append(self.digest())
        self.assertEqual(len(set(digests)), len(digests))
        self.note.write_text("one\n", encoding="utf-8")
        self.assertEqual(self.digest(), digests[0])

    def test_layout_file(self):
        layout = self.path / "layout"
        layout.write_text(f"# all of it\nkernel {KERNEL}\nroot {ROOT}\nfile note=note\n"
                          "output from-layout.igvm\n", encoding="utf-8")
        self.assertEqual(igvm("build", "--layout", layout).returncode, 0)
        direct = self.build().read_bytes()
        self.assertEqual((self.path / "from-layout.igvm").read_bytes(), direct)

    def test_map(self):
        result = igvm("build", "--kernel", KERNEL, "-o", self.path / "x", "--map")
        self.assertEqual(result.returncode, 0)
        for piece in "region", "stub", "kernel", "kernel stack", "page tables", "cpuid":
            self.assertRegex(result.stdout, rf"(?m)^{piece} +[0-9a-f]+ +[0-9a-f]+")

    def test_mistakes(self):
        (self.path / "text").write_text("not an ELF file, but long enough to look into it " * 4,
                                        encoding="utf-8")
        out = self.path / "x"
        for status, words in (
            (2, []), (2, ["--kernel"]), (2, ["--nothing"]), (2, ["--kernel", KERNEL]),
            (1, ["--kernel", self.path / "absent", "-o", out]),
            (1, ["--kernel", self.path, "-o", out]),
            (1, ["--kernel", os.devnull, "-o", out]),
            (1, ["--kernel", self.path / "text", "-o", out]),
            (1, ["--kernel", ROOT, "-o", out]),
            (1, ["--kernel", KERNEL, "--root", KERNEL, "-o", out]),
            (1, ["--kernel", KERNEL, "-o", self.path / "absent" / "x"]),
            (1, ["--kernel", KERNEL, "--file", f"a={self.path}/absent", "-o", out]),
        ):
            with self.subTest(words):
                result = igvm("build", *words)
                self.assertEqual(result.returncode, status, result.stderr)
                self.assertRegex(result.stderr, r"\Aigvm build: [^\n]+\n\Z")
                self.assertFalse(out.exists())
                self.assertEqual(list(self.path.glob("*.part")), [])

    def test_help(self):
        result = igvm("build", "--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("usage: igvm build", result.stdout)
        for option in "--kernel", "--root", "--pvh", "--profile", "--layout", "--map":
            self.assertIn(option, result.stdout)


if __name__ == "__main__":
    unittest.main()
