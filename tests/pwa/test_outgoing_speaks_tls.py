"""A guarded POST names the host in SNI and Host, and trusts nobody's certificate but its own."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.pwa import outgoing
from apps.pwa.outgoing import Unreachable, post

HOST = "hook.example.org"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for the host that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "host.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Listener:
    """A TLS server for one request: what name it was asked for, and what it was sent."""

    def __init__(self, certificate: Path) -> None:
        self.names: list[str | None] = []
        self.head = b""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._context = context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            plain, _address = self._listening.accept()
            with self._context.wrap_socket(plain, server_side=True) as connection:
                self.head = connection.recv(4096)
                connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        except OSError:
            return

    def close(self) -> None:
        self._listening.close()
        self._thread.join(5)


@pytest.fixture
def listener(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """Every connection to the public address arrives here instead."""
    listening = Listener(certificate)
    real = socket.create_connection

    def here(address: tuple[str, int], timeout: float) -> socket.socket:
        assert address == ("93.184.216.34", 443)
        return real(("127.0.0.1", listening.port), timeout=timeout)

    monkeypatch.setattr(socket, "create_connection", here)
    yield listening
    listening.close()
    outgoing._tls.cache_clear()


def ask() -> outgoing.Reply:
    outgoing._tls.cache_clear()
    return post(
        f"https://{HOST}/x?y=1",
        b"body",
        {},
        hosts=("*",),
        resolve=lambda *_asked: ["93.184.216.34"],
    )


def test_the_name_goes_into_sni_and_host(
    listener: Listener, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert ask().status == 201
    assert listener.names == [HOST]
    assert listener.head.startswith(b"POST /x?y=1 HTTP/1.1\r\nHost: hook.example.org\r\n")


def test_a_certificate_nobody_vouches_for_is_no_answer(listener: Listener) -> None:
    with pytest.raises(Unreachable, match="tls"):
        ask()
