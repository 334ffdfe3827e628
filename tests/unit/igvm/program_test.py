#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The program igvm from outside: exit statuses, help, what it prints, and that every rule of lint
bites. Takes two words: the program, and the program that writes the example files."""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

PROGRAM, EXAMPLES = sys.argv[1:3]
FOLDER = tempfile.TemporaryDirectory()
VMSA_GPA = 0xFFFFFFFFF000

# Where headers of the full example lie, and its data.
SNP, TDX, NATIVE, POLICY, REQUIRED = 0x20, 0x38, 0x50, 0x68, 0x80
AREA0, AREA1, COUNT, ENVIRONMENT, MAP = 0xA0, 0xB8, 0xD0, 0xE0, 0xF0
INSERT0, INSERT1, CODE, ZERO, LOOSE = 0x100, 0x118, 0x130, 0x150, 0x170
CPUID, SECRETS, RESET, CONTEXT, VMSA = 0x190, 0x1B0, 0x1D0, 0x1F0, 0x210
CONTEXT_DATA, VMSA_DATA = 0x4230, 0x5230

V2_STEPS = """
0x000100 unmeasured 0x000008010000 1a7f0eb4d2d56c2ce4d38eaa3453d9a4d08179b802cb8ffd91ed5277e5d90e34aef914458c7373a09693978b1acd2d78
0x000118 unmeasured 0x000008011000 d195214abc4fabc00c4f2096fece9b204a4c76b3056c55d36a2b8a6ab85155f7da4a34ff4d69effd20b8ef7f6b2799ad
0x000130 normal     0x000008000000 e01fc2193ddb85f9e6f10cf6cefad9478748d8a7bed513e65fc0329d582a18b51c71c56dea307214e611a160432bbe80
0x000150 normal     0x000008001000 714d8939bfee58cd1a036ca229ba5055067fd3083528959ffa758071dc34f02237b9d41627a444d957674e8ed890229b
0x000170 unmeasured 0x000008002000 0445f28e30e119ff1fc508adb33ce8c7615bd7d1bcf84976acae5212cf506e4865c3b0ff6ae3adf1280477467f2c72bb
0x000190 cpuid      0x000008003000 0182b14dae110d42111075ee14290e6cb08fc733e593615fcf3e0223a66fe1a14896c0bf36bbff9547d4320a01cd7ff1
0x0001b0 secrets    0x000008004000 2ea843f4ea9fab76852632d394af96ac6da33a42089bc01125cfb1c131c3f29f6f1870b7c309890cadc249982927279b
0x000210 vmsa       0xfffffffff000 03f633826a2c0f719d4cfc35efabe3007c407925573fa9c50ad267fd86683928887ff91f890c02d5698f145bc22b24e8
"""
V2 = V2_STEPS.split()[-1]


def run(*words, stdin=b""):
    result = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, check=False,
                            input=stdin, timeout=60)
    result.out = result.stdout.decode()
    result.err = result.stderr.decode()
    return result


def example(name):
    return pathlib.Path(FOLDER.name) / f"{name}.igvm"


def patched(name, *patches):
    """The example with (offset, format, value) changed, its checksum right again."""
    data = bytearray(example(name).read_bytes())
    for at, form, value in patches:
        struct.pack_into("<" + form, data, at, value)
    begin, size = struct.unpack_from("<II", data, 8)
    struct.pack_into("<I", data, 20, 0)
    struct.pack_into("<I", data, 20, zlib.crc32(data[:32] + data[begin:begin + size]))
    path = pathlib.Path(FOLDER.name) / "patched.igvm"
    path.write_bytes(data)
    return path


class Manners(unittest.TestCase):
    def test_help(self):
        for words in ([], ["dump"], ["lint"], ["measure"], ["build"]):
            result = run(*words, "--help")
            self.assertEqual(result.returncode, 0, words)
            self.assertIn("usage: igvm", result.out)
            self.assertIn("xit status", result.out)

    def test_help_names_all_profiles(self):
        for name in ("qemu-mainline", "qemu-svsm", "hyperv", "vanadium", "snpmachine"):
            self.assertIn(name, run("lint", "--help").out)

    def test_wrong_use_is_2(self):
        good = example("full")
        for words in ([], ["nonsense"], ["dump"], ["dump", "--nonsense", good],
                      ["dump", good, good], ["dump", "/nonexistent/file"], ["lint"],
                      ["lint", "--profile", "nonsense", good], ["lint", "--profile"],
                      ["measure", "--order", "nonsense", good], ["measure", "--vcpus", "0", good],
                      ["measure", "--vcpus", "many", good], ["measure", "--vcpus", "4097", good],
                      ["measure", "--platform", "sgx", good], ["measure", "--vmsa-gpa", "7", good],
                      ["measure", "--platform", "tdx", "--order", "qemu", good]):
            with self.subTest(words):
                result = run(*words)
                self.assertEqual(result.returncode, 2)
                self.assertTrue(result.err)
                self.assertEqual(result.out, "")

    def test_wrong_file_is_1_and_says_where(self):
        data = bytearray(example("full").read_bytes())
        data[0x130] ^= 1
        broken = pathlib.Path(FOLDER.name) / "broken.igvm"
        broken.write_bytes(data)
        empty = pathlib.Path(FOLDER.name) / "empty.igvm"
        empty.write_bytes(b"")
        for command in ("dump", "lint", "measure"):
            result = run(command, broken)
            self.assertEqual(result.returncode, 1)
            self.assertIn("offset 0x14: ", result.err)
            result = run(command, patched("full", (CODE + 28, "H", 4)))
            self.assertEqual(result.returncode, 1)
            self.assertIn("offset 0x14c: unknown page data type", result.err)
            self.assertEqual(run(command, empty).returncode, 1)
            self.assertEqual(run(command, "/dev/zero").returncode, 1)

    def test_a_pipe_is_a_file(self):
        result = run("measure", "/dev/stdin", stdin=example("full").read_bytes())
        self.assertEqual(result.out.strip(), V2)


class Dump(unittest.TestCase):
    def test_words(self):
        result = run("dump", example("full"))
        self.assertEqual(result.returncode, 0)
        self.assertIn("version 2, x64, 25136 bytes, checksum 0x89597274", result.out)
        self.assertIn("0x00000190 PAGE_DATA: gpa 0x8003000, mask 0x1 (SEV_SNP), data_type "
                      "CPUID_DATA, flags none, file_offset 0x2230", result.out)
        self.assertIn("0x00000170 PAGE_DATA: gpa 0x8002000, mask 0x7 (NATIVE SEV_SNP TDX), "
                      "data_type NORMAL, flags unmeasured, file_offset 0x1230", result.out)
        self.assertIn("g_pat 0x7040600070406", result.out)

    def test_json_has_all_headers_and_fields(self):
        headers = json.loads(run("dump", "--json", example("full")).out)["headers"]
        self.assertEqual([header["at"] for header in headers],
                         [SNP, TDX, NATIVE, POLICY, REQUIRED, AREA0, AREA1, COUNT, ENVIRONMENT, MAP,
                          INSERT0, INSERT1, CODE, ZERO, LOOSE, CPUID, SECRETS, RESET, CONTEXT,
                          VMSA])
        self.assertEqual(headers[3], {"header": "GUEST_POLICY", "at": POLICY, "mask": 1,
                                      "policy": 0x30000})
        self.assertEqual(headers[-1]["registers"]["cs.attributes"], 0xC9B)
        self.assertEqual(headers[-1]["registers"]["rsp"], 0x08006F88)
        self.assertEqual(headers[-2]["registers"]["code_attributes"], 0xC09B)

    def test_json_of_every_type(self):
        headers = json.loads(run("dump", "--json", example("types")).out)["headers"]
        self.assertEqual(len({header["header"] for header in headers}), 25)
        block = next(header for header in headers if header["header"] == "SNP_ID_BLOCK")
        self.assertEqual(block["ld"], 48 * "00")


class Measure(unittest.TestCase):
    def digest(self, name, *words):
        result = run("measure", *words, example(name))
        self.assertEqual(result.returncode, 0, result.err)
        return result.out.strip()

    def test_steps(self):
        self.assertEqual(self.digest("full", "--steps"), V2_STEPS.strip())
        self.assertEqual(self.digest("full", "--steps", "--order", "qemu"), V2_STEPS.strip())

    def test_vectors(self):
        self.assertEqual(self.digest("full"), V2)
        self.assertTrue(self.digest("full", "--native-zero").startswith("968b9e4418999e7e"))
        self.assertTrue(self.digest("late").startswith("a12cb316250f5b93"))
        self.assertTrue(self.digest("late", "--order", "qemu").startswith("05b07d5ecf87904b"))
        self.assertTrue(self.digest("pages").startswith("889a19386c82e221"))
        self.assertTrue(self.digest("full", "--platform", "tdx").startswith("33e91dfda03ed621"))

    def test_more_cpus_are_more_steps(self):
        steps = self.digest("full", "--steps", "--vcpus", "3").splitlines()
        self.assertEqual(steps[:8], V2_STEPS.strip().splitlines())
        self.assertEqual([line.split()[1:3] for line in steps[8:]],
                         2 * [["vmsa", "0xfffffffff000"]])

    def test_options_of_the_vmsa_count(self):
        self.assertNotEqual(self.digest("full", "--vmsa-gpa", "0x8fff000"), V2)
        self.assertEqual(self.digest("full", "--cpu-signature", "0xA00F11"), V2)
        self.assertNotEqual(self.digest("full", "--vcpus", "2", "--cpu-signature", "0xA00F11"),
                            self.digest("full", "--vcpus", "2"))

    def test_a_file_for_something_else(self):
        for words in (["measure"], ["measure", "--platform", "tdx"]):
            result = run(*words, example("minimal"))
            self.assertEqual(result.returncode, 1)
            self.assertIn("offset 0x20: the file is not for", result.err)


class Lint(unittest.TestCase):
    def findings(self, path, *words):
        result = run("lint", *words, path)
        self.assertEqual(result.err, "")
        errors = int(result.out.splitlines()[-1].split()[-4])
        self.assertEqual(result.returncode, 1 if errors else 0)
        found = []
        for line in result.out.splitlines()[:-1]:
            offset, level, rule = line.split(": ")[1:4]
            found.append((int(offset.removeprefix("offset "), 16), level, rule))
        return found

    def check(self, expected, patches, *words, name="full"):
        with self.subTest(expected=expected, words=words):
            self.assertIn(expected, self.findings(patched(name, *patches), *words))

    def test_good_files_are_clean(self):
        for name in ("full", "large", "minimal"):
            self.assertEqual(self.findings(example(name)), [])
        for profile in ("qemu-mainline", "qemu-svsm", "vanadium", "snpmachine"):
            self.assertEqual(self.findings(example("full"), "--profile", profile), [])
        for profile in ("qemu-mainline", "qemu-svsm", "hyperv"):
            self.assertEqual(self.findings(example("minimal"), "--profile", profile), [])
        moved = patched("full", (VMSA + 8, "Q", 0x08FFF000))
        self.assertEqual(self.findings(moved, "--profile", "hyperv"), [])

    def test_what_nobody_checks(self):
        self.check((ZERO, "error", "overlap"), [(ZERO + 8, "Q", 0x08000000)])
        self.check((CODE, "error", "overlap"), [(INSERT1 + 8, "Q", 0x08000000)])
        self.check((VMSA, "error", "overlap"), [(VMSA + 8, "Q", 0x08001000)])
        self.check((COUNT + 12, "error", "parameter-outside"), [(COUNT + 12, "I", 4096)])
        self.check((ENVIRONMENT, "error", "parameter-twice"), [(ENVIRONMENT, "I", 0x307)])
        self.check((ENVIRONMENT, "error", "parameter-overlap"), [(ENVIRONMENT + 12, "I", 3)])
        self.check((AREA1, "error", "area-unused"), [(INSERT1, "I", 0x30D), (INSERT1 + 20, "I", 4096)])

    def test_a_conflict_on_three_platforms_is_told_once(self):
        found = self.findings(patched("full", (ZERO + 8, "Q", 0x08000000)))
        self.assertEqual(found, [(ZERO, "error", "overlap")])

    def test_rules_of_the_format(self):
        self.check((CODE + 16, "error", "mask-nobody"), [(CODE + 16, "I", 8)])
        self.check((CODE + 16, "warning", "mask-unknown"), [(CODE + 16, "I", 15)])
        self.check((CODE + 24, "error", "page-2mb"), [(CODE + 24, "I", 1)])
        self.check((CODE + 24, "warning", "page-shared"), [(CODE + 24, "I", 4)])
        self.check((VMSA + 28, "error", "padding"), [(VMSA + 28, "B", 1)])
        self.check((POLICY + 8, "error", "snp-policy"), [(POLICY + 8, "Q", 0x10000)])
        self.check((TDX + 16, "warning", "boundary"), [(TDX + 16, "Q", 1 << 47)])
        self.check((CONTEXT + 8, "warning", "context-gpa"), [(CONTEXT + 8, "Q", 0x1000)])
        self.check((VMSA + 8, "error", "vmsa-aligned"), [(VMSA + 8, "Q", 0x08200000)])
        self.check((VMSA_DATA + 0x3B0, "error", "vmsa-features"), [(VMSA_DATA + 0x3B0, "Q", 0)])
        self.check((VMSA_DATA + 0x3C8, "error", "vmsa-vtom"), [(VMSA_DATA + 0x3C8, "Q", 1 << 46)])
        self.check((VMSA, "error", "context-twice"), [(CONTEXT + 16, "I", 1)])
        self.check((0x20, "warning", "no-context"), [], name="pages")
        self.check((0x20, "warning", "no-policy"), [(POLICY + 16, "I", 2)])
        self.assertIn((0, "warning", "version"), self.findings(example("version1")))
        self.check((0x8D, "error", "architecture"), [], name="types")

    def test_rules_of_hosts(self):
        mainline = ("--profile", "qemu-mainline")
        self.check((MAP, "warning", "host-version"), [(MAP, "I", 0x309)], *mainline)
        self.check((MAP, "error", "host-type"), [(MAP, "I", 0x312)], *mainline)
        self.check((MAP, "error", "host-type"), [(MAP, "I", 0x312)], "--profile", "vanadium")
        self.check((VMSA + 8, "error", "vmsa-gpa"), [(VMSA + 8, "Q", 0x08FFF000)], *mainline)
        self.check((VMSA_DATA + 0xCB, "error", "vmsa-field"), [(VMSA_DATA + 0xCB, "B", 3)],
                   *mainline)
        self.check((VMSA_DATA + 0xFFF, "error", "vmsa-field"), [(VMSA_DATA + 0xFFF, "B", 1)],
                   *mainline)
        self.check((VMSA_DATA + 0xD0, "error", "vmsa-efer"), [(VMSA_DATA + 0xD0, "Q", 0x500)],
                   *mainline)
        self.check((VMSA_DATA + 0x158, "warning", "vmsa-cr0"),
                   [(VMSA_DATA + 0x158, "Q", 0x80000031)], *mainline)
        self.check((VMSA_DATA + 0x98, "error", "vmsa-tr"), [(VMSA_DATA + 0x98, "Q", 0x1000)],
                   *mainline)
        self.check((VMSA + 24, "error", "vmsa-one"), [(VMSA + 24, "H", 1)], *mainline)
        self.check((CONTEXT + 24, "error", "native-one"), [(CONTEXT + 24, "H", 1)], *mainline)
        self.check((MAP + 12, "error", "table-offset"), [(MAP + 12, "I", 24)], *mainline)
        self.check((ENVIRONMENT, "error", "table-area"), [(COUNT, "I", 0x30C)], *mainline)
        self.check((AREA0 + 20, "error", "area-data"), [(AREA0 + 20, "I", 0x230)], *mainline)
        self.check((CPUID + 8, "error", "cpuid-place"), [(CPUID + 8, "Q", 1 << 32)], *mainline)
        self.check((CODE + 24, "error", "shared-ignored"), [(CODE + 24, "I", 4)], *mainline)
        self.check((CODE + 8, "error", "device"), [(CODE + 8, "Q", 0xFED00000)], *mainline)
        self.check((INSERT0 + 8, "error", "device"), [(INSERT0 + 8, "Q", 0xFEE00000)], *mainline)

    def test_rules_about_order(self):
        late = self.findings(example("late"), "--profile", "qemu-mainline")
        self.assertEqual({rule for _, _, rule in late}, {"insert-order"})
        self.assertEqual(len(late), 2)
        self.check((VMSA + 8, "error", "vmsa-last"), [], "--profile", "qemu-mainline",
                   name="vmsafirst")

    def test_features_and_platforms(self):
        features = [(VMSA_DATA + 0x3B0, "Q", 0x29)]
        self.check((VMSA_DATA + 0x3B0, "error", "host-features"), features, "--profile",
                   "qemu-mainline")
        self.assertEqual(self.findings(patched("full", *features), "--profile", "qemu-svsm"), [])
        for profile in ("vanadium", "snpmachine"):
            self.assertIn((0x20, "error", "host-platform"),
                          self.findings(example("minimal"), "--profile", profile))
        self.check((VMSA + 8, "error", "vmsa-memory"), [], "--profile", "hyperv")


def make_variants():
    """Two files that no patch of one field gives: version 1, and a VMSA before an insert."""
    subprocess.run([EXAMPLES, FOLDER.name], check=True)
    data = bytearray(example("pages").read_bytes())
    struct.pack_into("<I", data, 4, 1)
    size = struct.unpack_from("<I", data, 12)[0]
    struct.pack_into("<I", data, 20, 0)
    struct.pack_into("<I", data, 20, zlib.crc32(data[:24] + data[32:32 + size]))
    example("version1").write_bytes(data)
    data = bytearray(example("full").read_bytes())
    insert, vmsa = data[INSERT1:INSERT1 + 24], data[VMSA:VMSA + 32]
    data[INSERT1:VMSA + 32] = vmsa + data[INSERT1 + 24:VMSA] + insert
    example("vmsafirst").write_bytes(data)


if __name__ == "__main__":
    make_variants()
    unittest.main(argv=sys.argv[:1])
