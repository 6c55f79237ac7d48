"""The websocket side of the server: connections, what they hear, what they are told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from apps.exchanges.fake.asking import Ask
from apps.exchanges.fake.breaking import STATUSES, WORDLESS, first_of, mangled, skew_ms
from apps.exchanges.fake.faults import Fault, FaultSchedule
from apps.exchanges.fake.source import Source
from apps.exchanges.fake.spoiling import spoiled
from apps.exchanges.fake.streaming import Line, Message, Stream, decoded, encoded

LONGEST_QUEUE = 5_000  # messages; whoever reads slower is cut off
LONGEST_MESSAGE = 64_000  # bytes from a client
MOST_CONNECTIONS = 500
UNANSWERED_PINGS = 2

type Post = str | bytes


@dataclass(eq=False, slots=True)
class Connection:
    """One client of one venue."""

    venue: str
    stream: Stream
    line: Line
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    told_ms: int
    heard_ms: int
    pinged_ms: int
    queue: asyncio.Queue[Post] = field(default_factory=lambda: asyncio.Queue(LONGEST_QUEUE))

    def post(self, message: Message, fault: Fault | None) -> None:
        """Send soon, as JSON or as what the fault leaves of it."""
        body = encoded(message, is_gzipped=self.stream.is_gzipped)
        if fault is not None:
            text = mangled(body if isinstance(body, bytes) else body.encode(), fault)
            body = text if fault.failure == "garbage" else text.decode(errors="replace")
        if self.queue.full():
            self.hang_up()
        else:
            self.queue.put_nowait(body)

    def hang_up(self) -> None:
        """Cut without a word."""
        if self.transport is not None:
            self.transport.abort()

    async def write(self) -> None:
        """Send what is posted, for as long as somebody reads."""
        while True:
            body = await self.queue.get()
            if isinstance(body, bytes):
                await self.socket.send_bytes(body)
            else:
                await self.socket.send_str(body)


class Sockets:
    """All connections of all venues."""

    def __init__(
        self,
        source: Source,
        clock: Callable[[], int],
        wall: Callable[[], int],
        faults: Callable[[], FaultSchedule],
    ) -> None:
        self._source, self._clock, self._wall, self._faults = source, clock, wall, faults
        self.open: set[Connection] = set()
        self.opened: dict[str, int] = {}

    async def serve(self, request: web.Request, venue: str, stream: Stream) -> web.StreamResponse:
        """Shake hands and stay until either side leaves."""
        now_ms, faults = self._clock(), self._active(venue, None)
        if fault := first_of(faults, *STATUSES):
            return web.Response(status=STATUSES[fault.failure])
        if len(self.open) >= MOST_CONNECTIONS:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=LONGEST_MESSAGE)
        await socket.prepare(request)
        path = request.path.removeprefix(f"/{venue}")
        line = Line(path, streams=request.query.get("streams", ""))
        wall_ms = self._wall()
        connection = Connection(
            venue, stream, line, socket, request.transport, now_ms, wall_ms, wall_ms
        )
        self.open.add(connection)
        self.opened[venue] = self.opened.get(venue, 0) + 1
        writing = asyncio.create_task(connection.write())
        try:
            self._post(connection, stream.greet(line, self._ask(venue, faults)), faults)
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._hear(connection, message.data)
        finally:
            self.open.discard(connection)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        return socket

    def push(self) -> None:
        """Tell everybody what has happened since they were last told."""
        for connection in list(self.open):
            self._push_to(connection)

    async def close(self) -> None:
        """Say goodbye to everybody."""
        for connection in list(self.open):
            await connection.socket.close(code=1001, message=b"going away")

    def _push_to(self, connection: Connection) -> None:
        now_ms, venue, line = self._clock(), connection.venue, connection.line
        if first_of(self._active(venue, None), "disconnect", *STATUSES) or self._is_over(
            connection
        ):
            connection.hang_up()
            return
        for topic in list(line.topics.values()):
            faults = self._active(venue, topic.kind)
            ask = self._ask(venue, faults)
            self._post(
                connection, connection.stream.tell(line, topic, ask, connection.told_ms), faults
            )
        connection.told_ms = now_ms
        self._ping(connection)

    def _hear(self, connection: Connection, text: str) -> None:
        connection.heard_ms = self._wall()
        message, faults = decoded(text), self._active(connection.venue, None)
        if message is None:
            return
        ask = self._ask(connection.venue, faults)
        self._post(connection, connection.stream.hear(connection.line, message, ask), faults)

    def _ping(self, connection: Connection) -> None:
        stream, wall_ms = connection.stream, self._wall()
        if stream.ping is None or wall_ms - connection.pinged_ms < stream.ping_every_ms:
            return
        faults = self._active(connection.venue, None)
        self._post(
            connection,
            [stream.ping(connection.line, self._ask(connection.venue, faults))],
            faults,
        )
        connection.pinged_ms = wall_ms
        connection.line.unanswered += 1

    def _is_over(self, connection: Connection) -> bool:
        """Whether the venue would hang up on this client."""
        idle_ms = connection.stream.idle_ms
        if idle_ms is not None and self._wall() - connection.heard_ms > idle_ms:
            return True
        return connection.line.unanswered > UNANSWERED_PINGS

    def _post(self, connection: Connection, messages: list[Message], faults: list[Fault]) -> None:
        if first_of(faults, "hang", "half_open"):
            return
        fault = first_of(faults, *WORDLESS)
        for message in messages:
            connection.post(message, fault)

    def _ask(self, venue: str, faults: list[Fault]) -> Ask:
        now_ms = self._clock()
        return Ask(venue, spoiled(self._source, faults), now_ms, now_ms + skew_ms(faults), {})

    def _active(self, venue: str, kind: str | None) -> list[Fault]:
        return self._faults().active(venue, "stream", self._clock(), kind)
