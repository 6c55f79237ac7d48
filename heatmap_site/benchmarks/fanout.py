"""``manage.py bench fanout``: two thousand sockets on one Daphne, one frame a second.

Beside it a yardstick from the same run: the same bytes written by a bare asyncio server to as
many plain connections. Everything is on loopback and ends by itself.
"""

import asyncio
import base64
import json
import os
import resource
import struct
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from heatmap_site.benchmarks.loopback import answers, free_port, process_environment
from heatmap_site.environment import ROOT

SOCKETS = 2000
SECONDS = 10
WARM_UP_S = 3
OPENED_WITHIN_S = 240
LEAST_ARRIVED = 0.9  # of the frames; a slow machine skips some, as it should
FILES_BESIDES = 200
BUDGET_S = 0.5
OPENING_AT_ONCE = 50
UPDATE = 1  # the kind of a frame
KIND_AT, AS_OF_AT = 5, 64  # bytes of the frame's header
PATH = "/ws/m/bench/"

type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def cases(*, rng: object, clock: object, sockets: int = SOCKETS, seconds: int = SECONDS) -> dict:
    """The benchmark as JSON-ready cases."""
    sockets = min(sockets, allow_files(2 * sockets + FILES_BESIDES) // 2 - FILES_BESIDES)
    delays, frame_bytes = asyncio.run(measure(sockets, seconds))
    plain = asyncio.run(measure_plain(sockets, frame_bytes, seconds))
    p95, plain_p95 = (float(np.percentile(d, 95)) for d in (delays, plain))
    return {
        "cases": [
            {
                "name": f"fanout_{sockets}_sockets_p95",
                "seconds": p95,
                "median_seconds": float(np.median(delays)),
                "frames": len(delays),
                "frames_expected": sockets * seconds,
                "bytes": frame_bytes,
                "budget_seconds": BUDGET_S,
                "ok": p95 <= BUDGET_S and len(delays) >= LEAST_ARRIVED * sockets * seconds,
                "yardstick": "the same bytes from a bare asyncio server to as many connections",
                "yardstick_seconds": plain_p95,
                "ratio": p95 / plain_p95,
            }
        ]
    }


async def measure(sockets: int, seconds: int) -> tuple[list[float], int]:
    """Seconds from news to arrival of every update on every socket, and an update's bytes."""
    async with daphne() as port:
        delays: list[float] = []
        sizes: list[int] = []
        shown: set[int] = set()
        gate = asyncio.Semaphore(OPENING_AT_ONCE)

        async def one(number: int) -> None:
            async with gate:
                streams = await open_socket(port)
            await listen(streams, delays, sizes, first=lambda: shown.add(number))

        tasks = [asyncio.create_task(one(number)) for number in range(sockets)]
        await asyncio.wait_for(until(lambda: len(shown) == sockets), OPENED_WITHIN_S)
        await asyncio.sleep(WARM_UP_S)
        delays.clear()
        await asyncio.sleep(seconds)
        told = list(delays)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not told:
            raise RuntimeError("No frame arrived while the fan-out was measured.")
        return told, max(sizes)


async def until(is_true: Callable[[], bool]) -> None:
    """Return once it is true."""
    while not is_true():
        await asyncio.sleep(0.1)


async def listen(
    streams: Streams, delays: list[float], sizes: list[int], *, first: Callable[[], object]
) -> None:
    """Acknowledge every frame, as a browser does; note how old updates are."""
    reader, writer = streams
    try:
        while True:
            data = await read_message(reader)
            if len(data) < AS_OF_AT + 8:
                continue
            if data[KIND_AT] == UPDATE:
                as_of_ms = struct.unpack_from("<d", data, AS_OF_AT)[0]
                delays.append(time.time() - as_of_ms / 1000)
                sizes.append(len(data))
            first()
            sequence = struct.unpack_from("<I", data, 72)[0]
            writer.write(masked_text(json.dumps({"ack": sequence})))
    except asyncio.IncompleteReadError:
        return
    finally:
        writer.close()


async def open_socket(port: int) -> Streams:
    """A websocket's handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {PATH} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket",
        "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "",
    )  # fmt: skip
    writer.write("\r\n".join(lines).encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in answer.split(b"\r\n")[0]:
        raise RuntimeError(f"Daphne refused a socket: {answer[:80]!r}")
    return reader, writer


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """The payload of one frame of the websocket protocol."""
    _, length = await reader.readexactly(2)
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2))
    elif length == 127:
        length = int.from_bytes(await reader.readexactly(8))
    return await reader.readexactly(length)


def masked_text(text: str) -> bytes:
    """A short text message as clients send it."""
    payload, mask = text.encode(), os.urandom(4)
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return bytes([0x81, 0x80 | len(payload)]) + mask + masked


async def measure_plain(sockets: int, size: int, seconds: int) -> list[float]:
    """The yardstick: delays of the same bytes to as many plain connections."""
    writers: list[asyncio.StreamWriter] = []
    delays: list[float] = []

    async def welcome(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    async def receive(reader: asyncio.StreamReader) -> None:
        while True:
            data = await reader.readexactly(size)
            delays.append(time.time() - struct.unpack_from("<d", data)[0])

    server = await asyncio.start_server(welcome, "127.0.0.1", 0, backlog=sockets)
    port = server.sockets[0].getsockname()[1]
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(sockets)]
    tasks = [asyncio.create_task(receive(reader)) for reader, _ in streams]
    for _ in range(min(seconds, 5)):
        message = struct.pack("<d", time.time()) + bytes(size - 8)
        for writer in writers:
            writer.write(message)
        await asyncio.sleep(1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for writer in [*writers, *(writer for _, writer in streams)]:
        writer.close()
    server.close()
    return delays


@asynccontextmanager
async def daphne() -> AsyncIterator[int]:
    """One Daphne with the bench's application; its port."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="embermap-bench-") as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0",
            "heatmap_site.benchmarks.fanout_server:application",
            cwd=ROOT, env=process_environment(Path(folder)),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await asyncio.wait_for(answers(port), 60)
            yield port
        finally:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()


def allow_files(wanted: int) -> int:
    """Raise this process's limit of open files as far as needed and possible; what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft
