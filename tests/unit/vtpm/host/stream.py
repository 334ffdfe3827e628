#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""stream.py VTPM-SERVE VTPM-SERVE-OPENSSL [SEED]: the same libtpms on our facade and on OpenSSL.

One stream of commands over all algorithms, from the same permanent state. What is deterministic
must be the same byte for byte; of what is random (PSS, ECDSA, encryption) the response code, and
each side must accept what the other made.
"""

import random
import sys

from tpm import *

SYMMETRIC = {"AES": (6, (128, 192, 256)), "Camellia": (0x26, (128, 192, 256)), "TDES": (3, (128, 192))}
MODES = {"CTR": 0x40, "OFB": 0x41, "CBC": 0x42, "CFB": 0x43, "ECB": 0x44}
CURVES = {1: 24, 2: 28, 3: 32, 4: 48, 5: 66, 0x10: 32, 0x11: 80, 0x20: 32}
SIZES = {SHA1: 20, SHA256: 32, SHA384: 48, SHA512: 64}
RSASSA, RSAES, RSAPSS, OAEP, ECDSA = 0x14, 0x15, 0x16, 0x17, 0x18
TICKET = u16(0x8024) + u32(NULL) + u16(0)


class Pair:
    """Both TPMs; every command goes to each."""

    def __init__(self, first, second, permanent):
        self.tpms = first(permanent), second(permanent)
        self.commands = 0
        self.refused = 0

    def both(self, data):
        self.commands += 1
        a, b = (tpm.run(data) for tpm in self.tpms)
        if a.code != b.code:
            sys.exit(f"codes {a.code:#x} and {b.code:#x} for {data.hex()}")
        self.refused += a.code != 0
        return a, b

    def same(self, data):
        a, b = self.both(data)
        if a.raw != b.raw:
            sys.exit(f"different responses to {data.hex()}:\n{a.raw.hex()}\n{b.raw.hex()}")
        return a

    def key(self, public):
        response = self.same(create_primary(public))
        return response.handle if response.code == 0 else None


def symmetric_key(algorithm, bits, mode, attributes):
    parameters = u16(algorithm) + u16(bits) + u16(mode)
    return u16(0x25) + u16(SHA256) + u32(0x72 | attributes) + u16(0) + parameters + u16(0)


def lengths(rng, block):
    return list(range(36)) + [rng.randrange(40, 900) for _ in range(4)] + [block * rng.randrange(1, 50) for _ in range(6)]


def ciphers(pair, rng):
    for name, (algorithm, sizes) in SYMMETRIC.items():
        block = 8 if name == "TDES" else 16
        for bits in sizes:
            handle = pair.key(symmetric_key(algorithm, bits, ALG_NULL, 0x60000))
            if handle is None:
                continue
            for mode in MODES.values():
                for i, length in enumerate(lengths(rng, block)):
                    iv = b"" if mode == 0x44 else rng.randbytes(1) + b"\xff" * (block - 1) if i % 3 == 0 else rng.randbytes(block)
                    data = sized(rng.randbytes(length)) + u8(i % 2) + u16(mode) + sized(iv)
                    pair.same(command(0x193, data, auth=1, handles=u32(handle)))
            pair.same(flush(handle))
            handle = pair.key(symmetric_key(algorithm, bits, 0x3F, 0x40000))
            if handle is None:
                continue
            for length in range(0, 70, 3):
                data = sized(rng.randbytes(length)) + u16(0x3F)
                pair.same(command(0x155, data, auth=1, handles=u32(handle)))
            pair.same(flush(handle))


def hashes(pair, rng):
    for algorithm in SIZES:
        for length in (0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 129, 1000):
            pair.same(command(0x17D, sized(rng.randbytes(length)), u16(algorithm), u32(NULL)))


def rsa_raw(pair, rng, handle, modulus):
    length = len(modulus)
    number = int.from_bytes(modulus, "big")
    values = [0, 1, number - 1, number, 256**length - 1] + [rng.randrange(number) for _ in range(4)]
    for text in [v.to_bytes(length, "big") for v in values] + [b"\1", b"x" * 17, rng.randbytes(length - 1)]:
        pair.same(command(0x174, sized(text), u16(ALG_NULL), u16(0), handles=u32(handle)))
        for scheme in (u16(ALG_NULL), u16(OAEP) + u16(SHA256)):
            pair.same(command(0x159, sized(text), scheme, u16(0), auth=1, handles=u32(handle)))


def rsa_encrypt(pair, rng, handle):
    """Each decrypts what either encrypted; the empty message too."""
    for scheme in [u16(RSAES)] + [u16(OAEP) + u16(h) for h in SIZES]:
        for length in (0, 1, 30, 62):
            text = rng.randbytes(length)
            label = b"label\0"
            made = pair.both(command(0x174, sized(text), scheme, sized(label), handles=u32(handle)))
            if made[0].code != 0:
                continue
            for one in made:
                sealed = one.parameters()
                opened = pair.same(command(0x159, sealed, scheme, sized(label), auth=1, handles=u32(handle)))
                assert opened.parameters() == sized(text)
                if scheme != u16(RSAES):
                    pair.same(command(0x159, sealed, scheme, sized(b"lobel\0"), auth=1, handles=u32(handle)))


def verify_variants(pair, rng, handle, digest, signature):
    """signature: scheme and hash, then the bytes; corrupted in several ways."""
    head, parts = signature
    for i in range(6):
        changed = [bytearray(part) for part in parts]
        bad = changed[i % len(changed)]
        if i == 1:
            bad[3] ^= 1
        elif i == 2:
            bad[:] = bytes(len(bad))
        elif i == 3:
            bad[:] = b"\xff" * len(bad)
        elif i == 4:
            bad[:] = bytes(len(bad) - 1) + b"\1"
        used = digest if i != 5 else bytes([digest[0] ^ 4]) + digest[1:]
        body = head + b"".join(sized(bytes(part)) for part in changed)
        answers = pair.both(command(0x177, sized(used), body, handles=u32(handle)))
        assert (answers[0].code == 0) == (i == 0), f"corruption {i}: {answers[0].code:#x}"


def rsa_sign(pair, rng, handle):
    for hash_algorithm, size in SIZES.items():
        for scheme in (RSASSA, RSAPSS):
            digest = rng.randbytes(size)
            data = sized(digest) + u16(scheme) + u16(hash_algorithm) + TICKET
            made = pair.both(command(0x15D, data, auth=1, handles=u32(handle)))
            if made[0].code != 0:
                continue
            if scheme == RSASSA:
                assert made[0].raw == made[1].raw, "RSASSA is deterministic"
            for one in made:
                signature = one.parameters()
                verify_variants(pair, rng, handle, digest, (signature[:4], [signature[6:]]))


def rsa(pair, rng):
    for bits in (1024, 2048, 3072):
        response = pair.same(create_primary(open_key(bits=bits)))
        if response.code != 0:
            continue
        handle = response.handle
        public = response.parameters(with_handle=True)
        size = int.from_bytes(public[:2], "big")
        modulus = public[2 : 2 + size][-bits // 8 :]
        rsa_raw(pair, rng, handle, modulus)
        rsa_encrypt(pair, rng, handle)
        rsa_sign(pair, rng, handle)
        pair.same(flush(handle))


def points(rng, x, y):
    """Good, and bad in seven ways."""
    n = len(x)
    yield x, y
    yield x, y[:-1] + bytes([y[-1] ^ 1])
    yield bytes(n), bytes(n)
    yield b"\xff" * n, y
    yield rng.randbytes(n), y
    yield y, x
    yield x[:1], y[:1]
    yield b"", b""


def ecdsa(pair, rng, handle):
    for hash_algorithm, size in SIZES.items():
        digest = rng.randbytes(size)
        data = sized(digest) + u16(ECDSA) + u16(hash_algorithm) + TICKET
        made = pair.both(command(0x15D, data, auth=1, handles=u32(handle)))
        if made[0].code != 0:
            continue
        for one in made:
            signature = one.parameters()
            length = int.from_bytes(signature[4:6], "big")
            parts = [signature[6 : 6 + length], signature[8 + length :]]
            verify_variants(pair, rng, handle, digest, (signature[:4], parts))


def curves(pair, rng):
    for curve, size in CURVES.items():
        pair.same(command(0x178, u16(curve)))
        response = pair.same(create_primary(open_key(curve=curve)))
        if response.code != 0:
            continue
        handle = response.handle
        public = response.parameters(with_handle=True)
        unique = public[2 : 2 + int.from_bytes(public[:2], "big")][18:]
        length = int.from_bytes(unique[:2], "big")
        x, y = unique[2 : 2 + length].rjust(size, b"\0"), unique[4 + length :].rjust(size, b"\0")
        for px, py in points(rng, x, y):
            point = sized(sized(px) + sized(py))
            pair.same(command(0x154, point, auth=1, handles=u32(handle)))
        ecdsa(pair, rng, handle)
        pair.same(flush(handle))
        ephemeral = pair.both(command(0x18E, u16(curve)))
        assert len(ephemeral[0].raw) > 10


def main(program, reference, seed=1):
    Ours.program, OnOpenSSL.program = program, reference
    rng = random.Random(seed)
    print(f"seed {seed}")
    for maker in (Ours, OnOpenSSL):
        fresh = maker()
        fresh.startup()
        permanent = fresh.stop()[0]
        pair = Pair(Ours, OnOpenSSL, permanent)
        pair.same(command(0x144, u16(0)))
        pair.same(command(0x143, u8(1)))
        for part in (hashes, ciphers, rsa, curves):
            part(pair, rng)
        states = [tpm.stop()[0] for tpm in pair.tpms]
        print(f"state made by {maker.__name__}: {pair.commands} commands, {pair.refused} refused by both, "
              f"permanent states of {len(states[0])} and {len(states[1])} bytes")
        assert pair.commands > 2000


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:3], *(int(word) for word in sys.argv[3:]))
