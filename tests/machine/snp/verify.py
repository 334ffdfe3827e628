# SPDX-License-Identifier: BSD-2-Clause
"""What a verifier outside does with a report: openssl for chain and signature, "igvm measure" for the
measurement. Shared by the tests whose guests attest themselves."""

import os
import struct
import subprocess
import sys

SIGNED = 0x2A0


def fail(text):
    sys.exit(f"attest: {text}")


def measure(build, image):
    """The digest that the igvm program foretells."""
    told = subprocess.run([os.path.join(build, "bin", "igvm"), "measure", "--order", "qemu", image],
                          capture_output=True, text=True, check=True)
    return bytes.fromhex(told.stdout.strip())


def der_integer(little_endian):
    value = int.from_bytes(little_endian, "little")
    body = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return bytes((2, len(body))) + body


def signature_holds(report, certificate, folder):
    numbers = der_integer(report[SIGNED : SIGNED + 72]) + der_integer(report[SIGNED + 72 : SIGNED + 144])
    files = {"signature": bytes((0x30, len(numbers))) + numbers, "body": report[:SIGNED]}
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    key = os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey", "-out", key], check=True)
    verify = subprocess.run(
        ["openssl", "dgst", "-sha384", "-verify", key, "-signature", os.path.join(folder, "signature"),
         os.path.join(folder, "body")], capture_output=True, text=True, check=False)
    return verify.returncode == 0


def check_chain(folder):
    path = lambda name: os.path.join(folder, f"{name}.pem")
    verify = subprocess.run(["openssl", "verify", "-CAfile", path("ark"), "-untrusted", path("ask"),
                             path("vcek")], capture_output=True, text=True, check=False)
    if verify.returncode != 0:
        fail(f"openssl does not accept the chain: {verify.stderr}")
    print(f"chain: {verify.stdout.strip()}")


def check_report(report, wanted, certificate, folder):
    """wanted: version, vmpl, report data, measurement."""
    version, vmpl, data, measurement = wanted
    fields = struct.unpack_from("<II", report)[0], struct.unpack_from("<I", report, 0x30)[0]
    if fields != (version, vmpl):
        fail(f"version and VMPL are {fields}")
    if report[0x50:0x90] != data:
        fail("the report data are not the guest's")
    if report[0x90:0xC0] != measurement:
        fail(f"measured {report[0x90:0xC0].hex()}, foretold {measurement.hex()}")
    if not signature_holds(report, certificate, folder):
        fail("openssl does not accept the signature")
    if signature_holds(report[:0x50] + b"\0" + report[0x51:0x90] + b"\1" + report[0x91:], certificate,
                       folder):
        fail("the signature holds for other contents, too")
    print(f"report version {version} for VMPL{vmpl}: signature and measurement hold")
