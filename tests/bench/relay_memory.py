"""What a relay keeps in memory for users who wait: a real relay, and real WebSocket connections with an open ticket each.

Speaks just enough of the wire (`relay/protocol/README.md`) and of RFC 6455 to be a user's app that waits.
"""
from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HELLO_CONTEXT = b"renfort hello v1\0"
TEXT, PING, PONG = 1, 9, 10
PATIENCE_SECONDS = 20.0


class RelayError(Exception):
    """The relay did not do what a user's app may expect."""


class WaitingUser:
    """A connection whose user has asked for help."""

    def __init__(self, port: int, number: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        self._data = b""
        self._upgrade(port)
        self._hello(number)
        self._ask({"type": "open_ticket", "request": secrets.token_hex(16), "summary": "The screen is black",
                   "impact": "person", "urgency": "medium"})

    def close(self) -> None:
        self._socket.close()

    def _upgrade(self, port: int) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(f"GET /v1/endpoint HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
                             .encode())
        while b"\r\n\r\n" not in self._data:
            self._receive()
        head, self._data = self._data.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise RelayError(f"no WebSocket: {head!r}")

    def _hello(self, number: int) -> None:
        challenge = self._hear("challenge")
        device = Ed25519PrivateKey.generate()
        public = device.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        signed = HELLO_CONTEXT + bytes.fromhex(challenge["nonce"]) + public
        self._send({"id": 1, "type": "hello", "version": max(challenge["versions"]), "device": public.hex(),
                    "signature": device.sign(signed).hex(),
                    "identity": {"as": "user", "name": f"User {number}", "machine": f"pc-{number}"}, "language": "en"})
        self._hear("welcome")

    def _ask(self, body: dict) -> None:
        self._send({"id": 2, **body})
        self._hear("done")

    def _hear(self, kind: str) -> dict:
        while (message := self._next())["type"] != kind:
            if message["type"] == "refused":
                raise RelayError(f"the relay refused: {message}")
        return message

    def _send(self, message: dict) -> None:
        self._frame(TEXT, json.dumps(message).encode())

    def _frame(self, kind: int, payload: bytes) -> None:
        mask = os.urandom(4)
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + length.to_bytes(2, "big")
        self._socket.sendall(bytes([0x80 | kind]) + size + mask
                             + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload)))

    def _next(self) -> dict:
        while True:
            kind, payload = self._read_frame()
            if kind == PING:
                self._frame(PONG, payload)
            elif kind == TEXT:
                return json.loads(payload)
            else:
                raise RelayError("the relay closed the connection")

    def _read_frame(self) -> tuple[int, bytes]:
        head = self._take(2)
        length = head[1] & 0x7F
        if length >= 126:
            length = int.from_bytes(self._take(2 if length == 126 else 8), "big")
        return head[0] & 0x0F, self._take(length)

    def _take(self, count: int) -> bytes:
        while len(self._data) < count:
            self._receive()
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def _receive(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise RelayError("the relay closed the connection")
        self._data += data


def resident_mib(pid: int) -> float:
    """VmRSS."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RelayError("the relay ended")


def measure(program: Path, clients: int = 100) -> dict:
    """Resident memory of a relay without anybody and with so many waiting users, in MiB."""
    with tempfile.TemporaryDirectory(prefix="renfort-bench-relay-") as scratch:
        folder, port = Path(scratch), _free_port()
        _run([program, "organisation", "new", "--name", "Bench", "--relay", f"ws://127.0.0.1:{port}", "--out",
              folder / "keys"])
        (folder / "keys" / "organisation.key").unlink()
        _run([program, "init", "--data", folder / "data", "--organisation", folder / "keys" / "organisation.json",
              "--login", "admin", "--name", "Admin", "--password-file", "-"], secrets.token_urlsafe(16) + "\n")
        serve = [str(program), "serve", "--data", str(folder / "data"), "--listen", f"127.0.0.1:{port}"]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as relay:
            try:
                assert relay.stdout is not None
                if not any("listening on" in line for line in iter(relay.stdout.readline, "")):
                    raise RelayError("the relay did not start")
                empty = resident_mib(relay.pid)
                users = [WaitingUser(port, number) for number in range(1, clients + 1)]
                time.sleep(2)
                full = resident_mib(relay.pid)
                for user in users:
                    user.close()
            finally:
                relay.terminate()
    return {"clients": clients, "empty_mib": round(empty, 1), "rss_mib": round(full, 1)}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _run(command: list, stdin: str | None = None) -> None:
    done = subprocess.run([str(part) for part in command], input=stdin, text=True, capture_output=True, check=False)
    if done.returncode:
        raise RelayError(f"{command[1]} {command[2]}: {done.stderr}")


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
