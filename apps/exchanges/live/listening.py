"""What is pushed: a socket kept open, and opened anew before the venue closes it.

    connect ── greet ── listen ───────── life over ── connect the next ── both ── close this one
       ▲                   │ broken, silent or nonsense
       └──── full jitter ──┘

Two lines of one kind overlap for a moment; what both tell is told on once.
"""

import asyncio
import json
import logging
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import aiohttp

from apps.exchanges.live.backoff import Backoff
from apps.exchanges.live.flow import TakerFlow
from apps.exchanges.live.lines import Line, Message, Pushes, Told
from apps.exchanges.live.link import Link
from apps.exchanges.live.transport import redirected, why_unreachable
from apps.exchanges.live.troubles import Trouble, Unreachable
from apps.exchanges.live.unheard import Listened
from apps.exchanges.numbers import BadPayload
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Liquidation, Trade
from apps.exchanges.records import BarRow

log = logging.getLogger(__name__)

LIFE_S = 23 * 3600.0  # venues close after 24 hours
OVERLAP_S = 10.0  # for all subscriptions to be heard before the old line is closed
CONNECT_S = 10.0
CLOSING_S = 0.5
LARGEST_MESSAGE = 4 << 20
MOST_BAD_IN_A_ROW = 20
GZIP = 31
PUSH_DELAY_MS = 1_000  # venues gather news for a moment, but answer at once


async def listen(
    link: Link,
    pushes: Pushes,
    session: aiohttp.ClientSession,
    *,
    root: str | None,
    life_s: float = LIFE_S,
) -> None:
    """Keep every line of a venue open."""
    plans = pushes.lines(link.instruments, link.now_ms())
    async with asyncio.TaskGroup() as tasks:
        for line in plans:
            listener = Listener(link, pushes, line, session, root)
            tasks.create_task(listener.keep_open(life_s))


@dataclass(slots=True)
class Pulse:
    """How one socket lives: when it last said anything, and our pings it has not answered."""

    heard_s: float
    pinged_ms: deque[int] = field(default_factory=deque)

    def is_late(self, now_ms: int, most_s: float) -> bool:
        """Whether a ping has waited longer than that for its answer."""
        return bool(self.pinged_ms) and now_ms - self.pinged_ms[0] > most_s * 1000


class Listener:
    """One line."""

    def __init__(
        self,
        link: Link,
        pushes: Pushes,
        line: Line,
        session: aiohttp.ClientSession,
        root: str | None,
    ) -> None:
        self._link, self._pushes, self._line = link, pushes, line
        self._session = session
        self._url = redirected(line.url, link.venue, root)
        self._streams = [
            link.around.streams.expect(link.venue, f"pushed {kind}", line.idle_s / 3)
            for kind in line.kinds
        ]
        self._listened = Listened(
            link.venue,
            tuple(f"pushed {kind}" for kind in line.kinds),
            link.around.clock(),
            link.around.streams.unheard,
        )

    async def keep_open(self, life_s: float) -> None:
        """Listen for ever, with one socket or, at the change, two."""
        backoff = Backoff()
        current: asyncio.Task[None] | None = None
        coming: asyncio.Task[None] | None = None
        try:
            while True:
                ready = asyncio.Event()
                coming = asyncio.create_task(self._listen(ready))
                await _either(coming, ready)
                if coming.done():
                    self._failed(coming, is_interrupted=current is None or current.done())
                    await self._link.around.sleep(backoff.wait_s())
                    continue
                backoff.succeeded()
                if current:
                    await self._link.around.sleep(OVERLAP_S)
                    await _end(current)
                current = coming
                await asyncio.wait({current}, timeout=life_s)
                if current.done():
                    self._failed(current, is_interrupted=True)
                    current = None
                    await self._link.around.sleep(backoff.wait_s())
        finally:
            for task in (coming, current):
                if task:
                    await _end(task)

    def _failed(self, listening: asyncio.Task[None], *, is_interrupted: bool) -> None:
        failure = listening.exception()
        known = isinstance(failure, Trouble | BadPayload)
        if not known:
            log.error("Listening to %s failed.", self._link.venue, exc_info=failure)
        for stream in self._streams:
            stream.trouble = str(failure) if known else "was misunderstood"
        if is_interrupted:
            self._listened.broken(str(failure) if known else "was misunderstood")
            self._for_flows(lambda flow: flow.interrupted())

    async def _listen(self, ready: asyncio.Event) -> None:
        """Connect, greet, and take in what comes until the line breaks."""
        try:
            async with asyncio.timeout(CONNECT_S):
                socket = await self._session.ws_connect(
                    self._url,
                    max_msg_size=LARGEST_MESSAGE,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSING_S),
                )
        except TimeoutError:
            raise Unreachable(f"opened no socket within {CONNECT_S:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(why_unreachable(error)) from error
        pulse = Pulse(self._link.around.seconds())
        keeping = [asyncio.create_task(work(socket, pulse)) for work in (self._ping, self._watch)]
        try:
            for greeting in self._line.greetings:
                await _send(socket, greeting)
            await self._take_in(socket, ready, pulse)
        except (aiohttp.ClientError, ConnectionError) as error:
            raise Unreachable(why_unreachable(error)) from error
        finally:
            for task in keeping:
                await _end(task)
            await socket.close()

    async def _take_in(
        self, socket: aiohttp.ClientWebSocketResponse, ready: asyncio.Event, pulse: Pulse
    ) -> None:
        bad = 0
        while True:
            message = await self._next(socket, pulse)
            if not ready.is_set():
                self._for_flows(lambda flow: flow.listening(self._link.latest_ms()))
                ready.set()
            try:
                is_news = await self._take(
                    decoded(message, is_gzipped=self._line.is_gzipped), socket
                )
            except BadPayload as refusal:
                bad += 1
                self._link.refused += 1
                log.info("A message of %s: %s", self._link.venue, refusal)
                self._missed("told something that could not be read")
                if bad == MOST_BAD_IN_A_ROW:
                    raise
                continue
            bad = 0
            self._listened.heard(self._link.around.clock())
            for stream in self._streams:
                stream.heard()
            if not is_news and pulse.pinged_ms:
                self._answered(pulse)

    def _missed(self, reason: str) -> None:
        """Something that was pushed since the last message is missing."""
        self._listened.lost(self._link.around.clock(), reason)
        self._for_flows(self._lost)

    def _lost(self, flow: TakerFlow) -> None:
        flow.interrupted()
        flow.listening(self._link.latest_ms())

    def _answered(self, pulse: Pulse) -> None:
        """An answer came to our ping: so has everything pushed before it.

        When two pings wait, the answer to one was lost, and news perhaps with it.
        """
        pinged_ms = pulse.pinged_ms.popleft()
        if pulse.pinged_ms:
            pulse.pinged_ms.clear()
            self._missed("left a ping without an answer")
        else:
            self._for_flows(lambda flow: flow.heard(pinged_ms - PUSH_DELAY_MS))

    def _for_flows(self, act: Callable[[TakerFlow], None]) -> None:
        if "trades" in self._line.kinds:
            for assembly in self._link.assemblies.values():
                act(assembly.flow)

    async def _next(self, socket: aiohttp.ClientWebSocketResponse, pulse: Pulse) -> str | bytes:
        message = await socket.receive()
        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            pulse.heard_s = self._link.around.seconds()
            return message.data
        if self._is_silent(pulse):
            raise Unreachable(f"said nothing for {self._line.idle_s:g} s")
        raise Unreachable("closed the socket")

    def _is_silent(self, pulse: Pulse) -> bool:
        return self._link.around.seconds() - pulse.heard_s > self._line.idle_s

    async def _watch(self, socket: aiohttp.ClientWebSocketResponse, pulse: Pulse) -> None:
        """Close a line that has fallen silent."""
        while not self._is_silent(pulse):
            await self._link.around.sleep(self._line.idle_s / 5)
        await socket.close()

    async def _take(self, message: object, socket: aiohttp.ClientWebSocketResponse) -> bool:
        """Whether a message tells anything about the market."""
        venue, link = self._link.venue, self._link
        if isinstance(message, dict) and (answer := self._pushes.answer(Payload(venue, message))):
            await _send(socket, answer)
            return True
        told = list(self._pushes.read(message, link.instruments, now_ms=link.now_ms()))
        await hand_on(link, told)
        return bool(told)

    async def _ping(self, socket: aiohttp.ClientWebSocketResponse, pulse: Pulse) -> None:
        while self._line.ping is not None:
            await self._link.around.sleep(self._line.ping_every_s)
            if pulse.is_late(self._link.earliest_ms(), 2 * self._line.ping_every_s):
                self._missed("left a ping without an answer")
                pulse.pinged_ms.clear()
            pulse.pinged_ms.append(self._link.earliest_ms())
            await _send(socket, self._line.ping)


async def hand_on(link: Link, told: Iterable[Told]) -> None:
    """Give each record to whoever it is for."""
    told = list(told)
    liquidations = [row for row in told if isinstance(row, Liquidation)]
    link.count(row for row in told if isinstance(row, Trade))
    link.note(row for row in told if not isinstance(row, Trade | BarRow | Liquidation))
    for slug in {row.instrument for row in told if isinstance(row, BarRow)}:
        bars = [row for row in told if isinstance(row, BarRow) and row.instrument == slug]
        await link.candles(bars, are_final=False)
    await link.liquidations(liquidations)


def decoded(data: str | bytes, *, is_gzipped: bool) -> object:
    """A message: JSON, or a bare word such as ``pong``. Raises ``BadPayload``."""
    try:
        if is_gzipped:
            unpacking = zlib.decompressobj(GZIP)
            data = unpacking.decompress(
                data if isinstance(data, bytes) else data.encode(), LARGEST_MESSAGE
            )
        text = data if isinstance(data, str) else data.decode()
        return text if text.isalpha() and len(text) < 10 else json.loads(text)
    except (ValueError, RecursionError, zlib.error):
        raise BadPayload("The message is not JSON.") from None


async def _send(socket: aiohttp.ClientWebSocketResponse, message: Message) -> None:
    await socket.send_str(message if isinstance(message, str) else json.dumps(message))


async def _either(task: asyncio.Task[None], event: asyncio.Event) -> None:
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
