#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""TPM commands, and the programs that take them: ours (vtpm-serve) and Debian's swtpm.

A state is a pair of libtpms' own blobs, permanent and volatile, whatever the program wraps them in.
"""

import atexit
import hashlib
import shutil
import socket
import struct
import subprocess
import tempfile
import time

NO_SESSIONS, SESSIONS = 0x8001, 0x8002
OWNER, NULL, ENDORSEMENT, PLATFORM = 0x40000001, 0x40000007, 0x4000000B, 0x4000000C
SHA1, SHA256, SHA384, SHA512 = 4, 0xB, 0xC, 0xD
ALG_NULL = 0x10
PASSWORD = struct.pack(">IIHBH", 9, 0x40000009, 0, 0, 0)


def u8(v):
    return struct.pack(">B", v)


def u16(v):
    return struct.pack(">H", v)


def u32(v):
    return struct.pack(">I", v)


def sized(data):
    return u16(len(data)) + data


def command(code, *parts, auth=None, handles=b""):
    """auth: how many empty passwords."""
    body = handles
    if auth:
        body += u32(9 * auth) + PASSWORD[4:] * auth
    body += b"".join(parts)
    return struct.pack(">HII", SESSIONS if auth else NO_SESSIONS, 10 + len(body), code) + body


class Response:
    def __init__(self, raw):
        self.raw = raw
        self.tag, self.size, self.code = struct.unpack(">HII", raw[:10])
        assert self.size == len(raw), "the length in the response is wrong"

    @property
    def handle(self):
        return struct.unpack(">I", self.raw[10:14])[0]

    def parameters(self, with_handle=False):
        at = 14 if with_handle else 10
        if self.tag != SESSIONS:
            return self.raw[at:]
        length = struct.unpack(">I", self.raw[at : at + 4])[0]
        return self.raw[at + 4 :][:length]


def receive(connection, length):
    data = b""
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise EOFError("the program closed the connection")
        data += part
    return data


def connect(port, process):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            if process.poll() is not None:
                raise SystemExit(f"{process.args[0]} ended with {process.returncode}")
            time.sleep(0.02)
    raise SystemExit(f"{process.args[0]} does not listen")


def free_port():
    """A port the system has free, and the next one too; not from the seeded random numbers, which
    would give two tests that run at once the same."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


class Program:
    """A TPM in a process of its own, started on a state."""

    def __init__(self, permanent=None, volatile=None):
        self.folder = tempfile.mkdtemp()
        self.port = free_port()
        if permanent:
            self.write("permanent", permanent)
        if volatile:
            self.write("volatile", volatile)
        self.process = self.launch(permanent, volatile)
        atexit.register(self.abandon)
        self.connection = connect(self.port, self.process)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self, data):
        return Response(self.exchange(data))

    def must(self, data):
        response = self.run(data)
        assert response.code == 0, f"{data.hex()}: response code {response.code:#x}"
        return response

    def startup(self):
        return self.must(command(0x144, u16(0)))

    def abandon(self):
        """When a test fails half way."""
        if self.process.poll() is None:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        """The state it leaves: permanent and volatile."""
        self.suspend()
        state = self.read("permanent"), self.read("volatile")
        shutil.rmtree(self.folder)
        return state


class Ours(Program):
    MAGIC = b"VTPM0001"
    program = None

    def launch(self, permanent, volatile):
        start = "resume" if volatile else "power-on" if permanent else "manufacture"
        arguments = [self.program, "--state", self.folder, "--start", start, str(self.port)]
        return subprocess.Popen(arguments, stderr=subprocess.DEVNULL)

    def exchange(self, data):
        self.connection.sendall(struct.pack(">IBI", 8, 0, len(data)) + data)
        answer = receive(self.connection, struct.unpack(">I", receive(self.connection, 4))[0])
        receive(self.connection, 4)
        return answer

    def suspend(self):
        self.connection.close()
        self.process.terminate()
        assert self.process.wait() == 0

    def write(self, name, blob):
        with open(f"{self.folder}/{name}", "wb") as file:
            file.write(self.MAGIC + hashlib.sha256(blob).digest() + blob)

    def read(self, name):
        with open(f"{self.folder}/{name}", "rb") as file:
            data = file.read()
        assert data[:8] == self.MAGIC and data[8:40] == hashlib.sha256(data[40:]).digest()
        return data[40:]


class OnOpenSSL(Ours):
    program = None


class Swtpm(Program):
    """Its files have a header of ten bytes and one of six before the blob."""

    FILES = {"permanent": "tpm2-00.permall", "volatile": "tpm2-00.volatilestate"}
    HEADER, FIELD = struct.Struct(">BBHHI"), struct.Struct(">HI")
    STORE_VOLATILE, SHUTDOWN = 10, 3

    def launch(self, permanent, volatile):
        where = f"type=tcp,bindaddr=127.0.0.1,port={self.port}"
        control = f"type=tcp,bindaddr=127.0.0.1,port={self.port + 1}"
        return subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder}", "--server", where]
            + ["--ctrl", control, "--flags", "not-need-init"],
            stderr=subprocess.DEVNULL,
        )

    def exchange(self, data):
        self.connection.sendall(data)
        head = receive(self.connection, 10)
        return head + receive(self.connection, struct.unpack(">I", head[2:6])[0] - 10)

    def suspend(self):
        with connect(self.port + 1, self.process) as control:
            for operation in (self.STORE_VOLATILE, self.SHUTDOWN):
                control.sendall(u32(operation))
                assert receive(control, 4) == u32(0)
        self.connection.close()
        self.process.wait()

    def write(self, name, blob):
        total = self.HEADER.size + self.FIELD.size + len(blob)
        with open(f"{self.folder}/{self.FILES[name]}", "wb") as file:
            file.write(self.HEADER.pack(2, 1, self.HEADER.size, 0, total))
            file.write(self.FIELD.pack(1, len(blob)) + blob)

    def read(self, name):
        with open(f"{self.folder}/{self.FILES[name]}", "rb") as file:
            data = file.read()
        skip = self.HEADER.unpack_from(data)[2]
        tag, length = self.FIELD.unpack_from(data, skip)
        assert tag == 1
        return data[skip + self.FIELD.size :][:length]


def ecc_public(curve, attributes, symmetric, scheme):
    parameters = symmetric + scheme + u16(curve) + u16(ALG_NULL)
    return u16(0x23) + u16(SHA256) + u32(attributes) + u16(0) + parameters + u16(0) + u16(0)


def rsa_public(bits, attributes, symmetric, scheme):
    parameters = symmetric + scheme + u16(bits) + u32(0)
    return u16(1) + u16(SHA256) + u32(attributes) + u16(0) + parameters + u16(0)


STORAGE, SIGN, BOTH, DECRYPT = 0x30072, 0x50072, 0x60072, 0x20072
AES128CFB = u16(6) + u16(128) + u16(0x43)


def storage_key(curve=None, bits=None):
    maker, size = (ecc_public, curve) if curve else (rsa_public, bits)
    return maker(size, STORAGE, AES128CFB, u16(ALG_NULL))


def signing_key(curve=None, bits=None):
    maker, size = (ecc_public, curve) if curve else (rsa_public, bits)
    scheme = u16(0x18 if curve else 0x14) + u16(SHA256)
    return maker(size, SIGN, u16(ALG_NULL), scheme)


def open_key(curve=None, bits=None):
    """Unrestricted: any scheme, signs and decrypts."""
    maker, size = (ecc_public, curve) if curve else (rsa_public, bits)
    return maker(size, BOTH, u16(ALG_NULL), u16(ALG_NULL))


def create_primary(public, hierarchy=OWNER):
    sensitive = sized(u16(0) + u16(0))
    return command(0x131, sensitive, sized(public), u16(0), u32(0), auth=1, handles=u32(hierarchy))


def flush(handle):
    return command(0x165, u32(handle))
