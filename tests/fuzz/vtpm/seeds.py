#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""seeds.py FOLDER: first inputs for the fuzzer, from the command streams of the other tests.

One file for each command code with its commands, and one for each handful of them in a row.
"""

import random
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "unit" / "vtpm" / "host"))
import stream
import tpm


class Recorder:
    """Stands in for a pair of TPMs: notes commands, answers with a key of the usual shape."""

    def __init__(self):
        self.commands = []

    def same(self, data):
        self.commands.append(data)
        body = struct.pack(">II", 0x80000000, 400) + tpm.sized(bytes(340)) + bytes(80)
        return tpm.Response(struct.pack(">HII", tpm.SESSIONS, 10 + len(body), 0) + body)

    def both(self, data):
        return self.same(data), self.same(data)

    def key(self, public):
        return self.same(tpm.create_primary(public)).handle


def commands():
    recorder = Recorder()
    rng = random.Random(7)
    for part in (stream.hashes, stream.ciphers, stream.rsa_raw, stream.rsa_sign, stream.ecdsa):
        try:
            part(*{"rsa_raw": (recorder, rng, 0x80000000, b"\x91" * 128)}.get(
                part.__name__, (recorder, rng, 0x80000000)[: part.__code__.co_argcount]))
        except AssertionError:
            pass
    session = tpm.u32(0x03000000)
    recorder.commands += [
        tpm.command(0x144, tpm.u16(0)),
        tpm.command(0x143, tpm.u8(1)),
        tpm.command(0x17A, tpm.u32(6), tpm.u32(0x100), tpm.u32(50)),
        tpm.command(0x17B, tpm.u16(32)),
        tpm.command(0x17E, tpm.u32(1) + tpm.u16(0xB) + b"\3\xff\xff\xff"),
        tpm.command(0x182, tpm.u32(1) + tpm.u16(0xB) + bytes(32), auth=1, handles=tpm.u32(16)),
        tpm.command(0x16B, handles=session),
        tpm.command(0x17F, tpm.u16(0) + tpm.u32(1) + tpm.u16(0xB) + b"\3\1\0\0", handles=session),
        tpm.command(0x189, handles=session),
        tpm.command(0x169, handles=tpm.u32(0x1500001)),
        tpm.command(0x137, tpm.sized(b"N" * 64), tpm.u16(0), auth=1,
                    handles=tpm.u32(tpm.OWNER) + tpm.u32(0x1500001)),
        tpm.command(0x158, tpm.sized(b"n"), tpm.u16(0x10), tpm.u32(1) + tpm.u16(0xB) + b"\3\1\0\0",
                    auth=1, handles=tpm.u32(0x80000000)),
        tpm.command(0x153, tpm.sized(tpm.u16(0) + tpm.u16(0)), tpm.sized(tpm.open_key(curve=3)),
                    tpm.u16(0), tpm.u32(0), auth=1, handles=tpm.u32(0x80000001)),
        tpm.command(0x162, handles=tpm.u32(0x80000000)),
        tpm.command(0x186, tpm.u16(0), tpm.u16(0xB)),
        tpm.create_primary(tpm.storage_key(curve=4)),
    ]
    return recorder.commands


def main(folder):
    by_code = {}
    for data in commands():
        code = struct.unpack(">I", data[6:10])[0]
        by_code.setdefault(code, []).append(data)
    rows = [group[:6] for group in by_code.values()]
    rng = random.Random(8)
    everything = [data for group in by_code.values() for data in group[:20]]
    rows += [rng.sample(everything, 6) for _ in range(40)]
    for i, row in enumerate(rows):
        (Path(folder) / f"commands-{i}").write_bytes(
            b"".join(struct.pack("<H", len(data)) + data for data in row))
    for i, header in enumerate((b"\x08\0\0\0\1\x0c\0\0\0", b"\x09\0\0\0\0\0\0\0\0", b"\x08\0\0\0\0\xff\xff\xff\xff")):
        (Path(folder) / f"message-{i}").write_bytes(struct.pack("<H", 0x8000 | 30) + header + bytes(21))


if __name__ == "__main__":
    main(sys.argv[1])
