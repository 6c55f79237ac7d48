"""The web server's address: is it free, does it answer, what does the reader open?"""

import asyncio
import os
import socket

from heatmap_site.supervisor.run_folder import Refused

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


def require_free(host: str, port: int) -> None:
    """``Refused`` with one sentence unless we could listen on that address now."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise Refused(
            f"Embermap cannot listen on {host} port {port} ({reason});"
            " choose another --host or --port."
        ) from None


def near_address(host: str) -> str:
    """An address on this machine at which a server listening on ``host`` answers."""
    return EVERYWHERE.get(host, host)


def is_local(host: str) -> bool:
    """Whether only this machine can reach a server listening on ``host``."""
    return host in ("localhost", "127.0.0.1", "::1")


def page_url(host: str, port: int) -> str:
    near = near_address(host)
    return f"http://{f'[{near}]' if ':' in near else near}:{port}/"


async def answers(host: str, port: int) -> None:
    """Return once a request to ``/healthz`` gets an HTTP answer."""
    while not await answers_request(near_address(host), port):
        await asyncio.sleep(0.1)


async def answers_request(host: str, port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        status = await reader.readline()
        writer.close()
    except OSError:
        return False
    return status.startswith(b"HTTP/")
