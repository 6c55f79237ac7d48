"""What a benchmark needs to start something of its own on loopback."""

import asyncio
import os
import socket
from pathlib import Path

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def process_environment(folder: Path) -> dict[str, str]:
    """The plain environment, with everything the site keeps in ``folder``."""
    plain = {name: os.environ[name] for name in KEPT if name in os.environ}
    return plain | {"EMBERMAP_DATA": str(folder)}


async def answers(port: int) -> None:
    """Return once somebody listens there."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
