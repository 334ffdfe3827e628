#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tools/sources against a mirror of our own: an apt-get on the PATH that serves files or refuses."""

import hashlib
import io
import os
import pathlib
import subprocess
import tarfile
import tempfile
import unittest

SOURCES = pathlib.Path(__file__).resolve().parents[3] / "tools" / "sources"

# Serves FOLDER/SUITE/* for "source" and "download"; counts its calls; offline if told so.
APT_GET = """#!/bin/bash
echo "$*" >>"$MIRROR/calls"
case "$*" in
*indextargets*) echo scheme://mirror/debian; exit 0 ;;
esac
[ ! -e "$MIRROR/offline" ] || { echo "E: Could not resolve the mirror" >&2; exit 100; }
for last; do :; done
case "$*" in
*" source "* | *" download "*) cp "$MIRROR/${last##*/}"/* . ;;
esac
"""


class Sources(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.mirror = self.root / "mirror"
        (self.root / "bin").mkdir()
        self.mirror.mkdir()
        apt = self.root / "bin" / "apt-get"
        apt.write_text(APT_GET, encoding="utf-8")
        apt.chmod(0o755)
        self.pins = []

    def serve(self, suite, name="thing", text=b"the source"):
        (self.mirror / suite).mkdir(exist_ok=True)
        path = self.mirror / suite / f"{name}_1.orig.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            member = tarfile.TarInfo(f"{name}-1/file.c")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def pin(self, suite, digest, name="thing"):
        self.pins.append(f"{name} tar {suite} {name} {name}_1.orig.tar.gz {digest}")

    def run_it(self, *words):
        pins = self.root / "pins"
        pins.write_text("\n".join(self.pins) + "\n", encoding="utf-8")
        environment = dict(os.environ, PATH=f"{self.root}/bin:{os.environ['PATH']}",
                           MIRROR=str(self.mirror), DRUPE_PINS=str(pins),
                           DRUPE_CACHE=str(self.root / "cache"))
        return subprocess.run([str(SOURCES), *words], env=environment, text=True,
                              capture_output=True, check=False)

    def calls(self):
        path = self.mirror / "calls"
        return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0

    def test_fetches_once(self):
        self.pin("stable", self.serve("stable"))
        first = self.run_it("--path", "thing")
        self.assertEqual(first.returncode, 0, first.stderr)
        folder = pathlib.Path(first.stdout.strip())
        self.assertEqual((folder / "file.c").read_bytes(), b"the source")
        calls = self.calls()
        (self.mirror / "offline").touch()
        self.assertEqual(self.run_it("--path", "thing").stdout, first.stdout)
        self.assertEqual(self.calls(), calls, "a cached source asks no one")

    def test_wrong_hash_is_refused(self):
        self.serve("stable")
        self.pin("stable", "0" * 64)
        result = self.run_it("thing")
        self.assertEqual(result.returncode, 1)
        self.assertIn("does not have the SHA-256", result.stderr)
        self.assertEqual(list((self.root / "cache" / "sources").glob("thing-*")), [])
        self.assertEqual(list((self.root / "cache" / "sources").glob(".fetch-*")), [])

    def test_second_pin_serves_when_the_first_cannot_be_had(self):
        self.pin("unstable", "1" * 64)
        self.pin("stable", self.serve("stable", text=b"older"))
        result = self.run_it("--path", "thing")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((pathlib.Path(result.stdout.strip()) / "file.c").read_bytes(), b"older")

    def test_no_network_is_one_clear_sentence(self):
        self.pin("stable", "2" * 64)
        (self.mirror / "offline").touch()
        result = self.run_it("thing")
        self.assertEqual(result.returncode, 1)
        self.assertIn("could not be downloaded", result.stderr.splitlines()[-1])

    def test_wrong_use(self):
        self.pin("stable", "3" * 64)
        self.assertEqual(self.run_it("nothing").returncode, 2)
        self.assertEqual(self.run_it("--nothing").returncode, 2)
        self.assertEqual(self.run_it("--help").returncode, 0)
        self.assertEqual(self.run_it("--list").stdout, "thing\n")


if __name__ == "__main__":
    unittest.main()
