#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""differential.py VTPM-SERVE: ours against Debian's swtpm (libtpms 0.9.2 on OpenSSL).

From the same permanent state both must derive the same primary keys, with the same names, creation
data and tickets; hash sequences, PCRs and sessions begun in one must go on in the other; and what
one wrote last the other reads.
"""

import hashlib
import shutil
import sys

from tpm import *

CURVES = {"P-192": 1, "P-224": 2, "P-256": 3, "P-384": 4, "P-521": 5, "BN-P256": 0x10, "BN-P638": 0x11}
HASHES = {SHA1: "sha1", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"}
compared = 0


def same(what, a, b):
    global compared
    compared += 1
    if a != b:
        sys.exit(f"{what} differs:\n{a.hex() if isinstance(a, bytes) else a}\n{b.hex() if isinstance(b, bytes) else b}")


def templates():
    for hierarchy in (OWNER, ENDORSEMENT, PLATFORM):
        for name, curve in CURVES.items():
            yield f"storage {name} {hierarchy:#x}", storage_key(curve=curve), hierarchy
            yield f"signing {name} {hierarchy:#x}", signing_key(curve=curve), hierarchy
        for bits in (1024, 2048, 3072):
            yield f"RSA {bits} {hierarchy:#x}", storage_key(bits=bits), hierarchy


def primaries(tpm):
    """Response parameters and the name of every primary key, by what it is."""
    found = {}
    for what, public, hierarchy in templates():
        response = tpm.run(create_primary(public, hierarchy))
        found[what] = response.code, response.parameters(with_handle=True)
        if response.code == 0:
            name = tpm.must(command(0x173, handles=u32(response.handle))).parameters()
            found[what] += (name,)
            tpm.must(flush(response.handle))
    return found


def compare_primaries(permanent):
    tpms = Ours(permanent), Swtpm(permanent)
    for tpm in tpms:
        tpm.startup()
        tpm.must(command(0x143, u8(1)))
    results = [primaries(tpm) for tpm in tpms]
    for what in results[0]:
        same(what, results[0][what], results[1][what])
    made = sum(entry[0] == 0 for entry in results[0].values())
    assert made >= 40, f"only {made} primary keys could be made"
    for tpm in tpms:
        tpm.stop()
    return made


def begin(tpm, algorithms):
    """Open sequences, a PCR and a policy session; returns the handles."""
    handles = []
    for i, algorithm in enumerate(algorithms):
        handle = tpm.must(command(0x186, u16(0), u16(algorithm))).handle
        for part in range(3):
            update = sized(bytes([7]) * (111 * (part + 1) - 13 * i))
            tpm.must(command(0x15C, update, auth=1, handles=u32(handle)))
        handles.append(handle)
    extend = u32(1) + u16(SHA256) + b"\x5a" * 32
    tpm.must(command(0x182, extend, auth=1, handles=u32(16)))
    nonce = sized(b"0123456789abcdef")
    start = nonce + u16(0) + u8(1) + u16(ALG_NULL) + u16(SHA256)
    session = tpm.must(command(0x176, start, handles=u32(NULL) + u32(NULL))).handle
    tpm.must(command(0x16B, handles=u32(session)))
    return handles, session


def finish(tpm, handles, session):
    """What becomes of them: digests, the PCR, the policy."""
    results = []
    for handle in handles:
        tpm.must(command(0x15C, sized(b"\x09" * 77), auth=1, handles=u32(handle)))
        last = command(0x13E, sized(b"\x09" * 5), u32(NULL), auth=1, handles=u32(handle))
        results.append(tpm.must(last).parameters())
    select = u32(1) + u16(SHA256) + u8(3) + u8(0) + u8(0) + u8(1)
    results.append(tpm.must(command(0x17E, select)).parameters())
    results.append(tpm.must(command(0x189, handles=u32(session))).parameters())
    return results


def expected_digest(algorithm, i):
    text = b"".join(bytes([7]) * (111 * (part + 1) - 13 * i) for part in range(3)) + b"\x09" * 82
    return hashlib.new(HASHES[algorithm], text).digest()


def move(permanent, kinds, algorithms):
    """Begun in the first, taken to the second, finished there, compared with staying at home."""
    source = kinds[0](permanent)
    source.startup()
    handles, session = begin(source, algorithms)
    state = source.stop()
    results = []
    for kind in (kinds[0], kinds[1]):
        tpm = kind(*state)
        results.append(finish(tpm, handles, session))
        tpm.stop()
    way = f"{kinds[0].__name__} to {kinds[1].__name__}"
    for i, algorithm in enumerate(algorithms):
        same(f"{HASHES[algorithm]} begun, {way}", results[0][i], results[1][i])
        assert expected_digest(algorithm, i) in results[1][i], "the digest is wrong"
    same(f"PCR and policy, {way}", results[0][3:], results[1][3:])


def nv_and_back(permanent, kinds):
    """NV written in the first is read in the second, counted on, and read in the first again."""
    first = kinds[0](permanent)
    first.startup()
    public = u32(0x01500001) + u16(SHA256) + u32(0x00020002) + u16(0) + u16(32)
    first.must(command(0x12A, u16(0), sized(public), auth=1, handles=u32(OWNER)))
    index = u32(OWNER) + u32(0x01500001)
    first.must(command(0x137, sized(b"N" * 32), u16(0), auth=1, handles=index))
    state = first.stop()[0]
    second = kinds[1](state)
    second.startup()
    read = second.must(command(0x14E, u16(32), u16(0), auth=1, handles=index)).parameters()
    same("NV read elsewhere", read[2:34], b"N" * 32)
    second.must(command(0x137, sized(b"M" * 32), u16(0), auth=1, handles=index))
    third = kinds[0](second.stop()[0])
    third.startup()
    read = third.must(command(0x14E, u16(32), u16(0), auth=1, handles=index)).parameters()
    same("NV read at home again", read[2:34], b"M" * 32)
    third.stop()


def main(program):
    if not shutil.which("swtpm"):
        print("skipped: swtpm is not installed")
        sys.exit(77)
    Ours.program = program
    for maker in (Ours, Swtpm):
        fresh = maker()
        fresh.startup()
        permanent = fresh.stop()[0]
        made = compare_primaries(permanent)
        print(f"state made by {maker.__name__}: {made} primary keys the same")
        for kinds in ((Ours, Swtpm), (Swtpm, Ours)):
            for algorithms in ((SHA1, SHA256, SHA384), (SHA256, SHA384, SHA512)):
                move(permanent, kinds, algorithms)
            nv_and_back(permanent, kinds)
        print("hash sequences, PCRs, sessions and NV move both ways")
    print(f"{compared} comparisons")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
