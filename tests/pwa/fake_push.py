"""A push service on loopback that is as strict as a real one, and as unreliable as told.

It checks the VAPID signature (audience, lifetime, contact, and that the key is the one the
browser subscribed with) and decrypts the payload with the browser's keys. What it answers comes
from a script per device. Inside a test it is a fixture; as a process it is

    python -m tests.pwa.fake_push --port 0

which prints its URL, and is told and asked over HTTP: ``POST /devices``, ``POST /script/NAME``,
``GET /received``.
"""

import argparse
import base64
import json
import os
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

LONGEST_LIFE_S = 86_400
LONGEST_RECORD = 4096


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Step:
    """One scripted answer; ``hang_s`` waits before it, ``drop`` closes without one."""

    status: int = 201
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    hang_s: float = 0.0
    drop: bool = False


@dataclass(frozen=True)
class Received:
    """One push as it arrived; ``status`` is what it was answered."""

    device: str
    status: int
    payload: dict[str, Any] | None
    headers: dict[str, str]
    trouble: str
    at_ms: int


class FakeDevice:
    """A browser's subscription with the keys that only the browser has."""

    def __init__(self, url: str, server_key: str, name: str = "") -> None:
        self.name = name or secrets.token_hex(8)
        self.endpoint = f"{url}/push/{self.name}"
        self.server_key = server_key.rstrip("=")
        self.private_key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.script: list[Step] = []

    @property
    def p256dh(self) -> str:
        point = self.private_key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return to_base64url(point)

    def subscription(self) -> dict[str, Any]:
        """What ``PushSubscription.toJSON()`` gives in a browser."""
        keys = {"p256dh": self.p256dh, "auth": to_base64url(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def decrypt(self, body: bytes) -> dict[str, Any]:
        return json.loads(
            http_ece.decrypt(
                body, private_key=self.private_key, auth_secret=self.auth, version="aes128gcm"
            )
        )


class FakePush:
    """The service: its devices, their scripts, and everything it received."""

    def __init__(self, port: int = 0) -> None:
        self.devices: dict[str, FakeDevice] = {}
        self.received: list[Received] = []
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.service = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def new_device(self, server_key: str, *steps: Step, name: str = "") -> FakeDevice:
        """A browser that has subscribed with ``server_key``; steps are its first answers."""
        device = FakeDevice(self.url, server_key, name)
        device.script = list(steps)
        self.devices[device.name] = device
        return device

    def to(self, device: FakeDevice) -> list[Received]:
        """What arrived for one device."""
        with self._lock:
            return [one for one in self.received if one.device == device.name]

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Let hanging answers go, and stop."""
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Step:
        """Judge one push as a real service would, then follow the device's script."""
        device = self.devices.get(path.removeprefix("/push/"))
        if device is None:
            return Step(410, "no such subscription")
        with self._lock:
            step = device.script.pop(0) if device.script else Step()
        trouble, payload = self._trouble(device, headers, body), None
        if trouble:
            step = Step(trouble[0], trouble[1])
        else:
            payload = device.decrypt(body)
        if step.hang_s:
            self._released.wait(step.hang_s)
        told = Received(
            device=device.name,
            status=0 if step.drop else step.status,
            payload=payload,
            headers=headers,
            trouble=trouble[1] if trouble else "",
            at_ms=int(time.time() * 1000),
        )
        with self._lock:
            self.received.append(told)
        return step

    def _trouble(
        self, device: FakeDevice, headers: dict[str, str], body: bytes
    ) -> tuple[int, str] | None:
        if not headers.get("ttl", "").isdigit():
            return 400, "TTL missing"
        if headers.get("content-encoding") != "aes128gcm":
            return 400, "Content-Encoding is not aes128gcm"
        if len(body) > LONGEST_RECORD:
            return 413, "too long"
        if len(headers.get("topic", "")) > 32:
            return 400, "Topic too long"
        if trouble := vapid_trouble(headers.get("authorization", ""), self.url, device.server_key):
            return 403, trouble
        try:
            device.decrypt(body)
        except (InvalidTag, ValueError, http_ece.ECEException) as error:
            return 400, f"cannot be decrypted: {type(error).__name__}"
        return None


def vapid_trouble(header: str, origin: str, server_key: str) -> str:
    """Why a push service would not accept this Authorization header; empty if it would."""
    scheme, _, rest = header.partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(",") if "=" in part)
    if scheme != "vapid" or set(parts) != {"t", "k"}:
        return "UnauthorizedRegistration"
    try:
        is_signed = Vapid02.verify(header)
        claims = json.loads(from_base64url(parts["t"].split(".")[1]))
    except Exception:  # whatever is wrong with a signature, it is not one
        is_signed, claims = False, {}
    if not is_signed:
        return "BadJwtToken: signature"
    if parts["k"] != server_key:
        return "VapidPkHashMismatch"
    if claims.get("aud") != origin:
        return "BadJwtToken: aud"
    if not 0 < claims.get("exp", 0) - time.time() <= LONGEST_LIFE_S:
        return "BadJwtToken: exp"
    if not str(claims.get("sub", "")).startswith(("mailto:", "https://")):
        return "BadJwtToken: sub"
    return "BadJwtToken: sub" if "localhost" in claims["sub"] else ""


@contextmanager
def fake_push_service(port: int = 0) -> Iterator[FakePush]:
    """The service in a thread of this process."""
    service = FakePush(port)
    thread = threading.Thread(target=service.serve, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    service: FakePush

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        service = self.server.service
        if self.path == "/devices":
            self._tell(service.new_device(**json.loads(body)).subscription())
        elif self.path.startswith("/script/"):
            steps = [Step(**step) for step in json.loads(body)]
            service.devices[self.path.removeprefix("/script/")].script.extend(steps)
            self._tell({"steps": len(steps)})
        else:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._answer(service.answer(self.path, headers, body))

    def do_GET(self) -> None:
        self._tell([asdict(one) for one in list(self.server.service.received)])

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the tests ask for what was received."""

    def _answer(self, step: Step) -> None:
        if step.drop:
            self.close_connection = True
            return
        self.send_response(step.status)
        for name, value in step.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(step.body.encode())))
        self.end_headers()
        self.wfile.write(step.body.encode())

    def _tell(self, value: Any) -> None:
        self._answer(Step(200, json.dumps(value), {"Content-Type": "application/json"}))


def main() -> None:
    """Serve until ended; the first line printed is the URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    service = FakePush(parser.parse_args().port)
    print(service.url, flush=True)
    try:
        service.serve()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
