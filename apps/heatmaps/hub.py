"""One per process: hears of new snapshots and gives every socket the newest picture it can take.

    channel layer ──one subscription──▶ Hub ──▶ Board (one per market and picture)
                                                  ├─▶ Client: acknowledged up to column 17
                                                  └─▶ Client: two frames under way, one pending

A board draws a picture once per version, whoever watches. A client has at most ``WINDOW`` frames
under way; what happens meanwhile only leaves a mark, and the next acknowledgement fetches the
newest. Updates begin at the last column a client has acknowledged, so a lost or skipped frame
needs no repair. A client that owes an acknowledgement for long is closed.
"""

import asyncio
import json
import logging
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress

from channels.layers import get_channel_layer

from apps.heatmaps import groups
from apps.heatmaps.boards import Board, Position, draw_board
from apps.heatmaps.spec import PictureSpec

log = logging.getLogger(__name__)

WINDOW = 2
SILENT_S = 30.0
SILENT_CODE = 4408
LOOK_EVERY_S = 5.0
PROVE_EVERY_S = 20.0  # without news, see whether the layer is still there
RETRY_S = 1.0
SEND_S = 5.0
REST = 3.0  # after a drawing, times what it took: costly pictures are renewed less often
LONGEST_REST_S = 10.0
BREATHE_EVERY = 100

type Send = Callable[[bytes | str], Awaitable[None]]
type Close = Callable[[int], Awaitable[None]]


class Client:
    """One socket: what it shows, what is under way to it, and whether it fell behind."""

    def __init__(self, market: str, spec: PictureSpec, *, send: Send, close: Close) -> None:
        self.market = market
        self.spec = spec
        self.send = send
        self.close = close
        self.has_pending = False
        self.is_over = False  # closed from here, or beyond reach
        self.position: Position | None = None
        self.under_way: dict[int, tuple[Position, float]] = {}
        self.shown = 0  # newest sequence sent

    @property
    def is_free(self) -> bool:
        """Whether another frame may be sent before an acknowledgement."""
        return not self.is_over and len(self.under_way) < WINDOW

    def is_silent(self, now_s: float) -> bool:
        """Whether an acknowledgement is long overdue."""
        return any(now_s - sent_s > SILENT_S for _, sent_s in self.under_way.values())

    def acknowledge(self, sequence: int) -> None:
        """The client has drawn that frame, so every earlier one is settled too."""
        if sequence in self.under_way:
            self.position = self.under_way[sequence][0]
        self.under_way = {s: v for s, v in self.under_way.items() if s > sequence}

    def start_over(self) -> None:
        """Forget what the client has; the next frame is a full one."""
        self.position, self.shown, self.under_way = None, 0, {}


class Hub:
    """The sockets of this process, by market and picture."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], set[Client]] = defaultdict(set)
        self._boards: dict[tuple[str, str], Board] = {}
        self._drawing: dict[tuple[str, str], asyncio.Task] = {}
        self._stale: set[tuple[str, str]] = set()  # news came while they were being drawn
        self._channel = ""
        self._tasks: list[asyncio.Task] = []
        self.is_connected = True

    async def join(self, client: Client) -> None:
        """Take a socket in and send it the newest picture."""
        self._start()
        key = _key(client)
        is_first_of_market = client.market not in self._markets()
        self._clients[key].add(client)
        if is_first_of_market and self._channel:
            await self._subscribe(client.market)
        if not self.is_connected:
            await self._give(client, status(False))
        if key in self._boards:
            await self._offer(client)
        else:
            self._redraw(key)

    def open_sockets(self) -> int:
        """How many clients this process serves."""
        return sum(len(clients) for clients in self._clients.values())

    async def leave(self, client: Client) -> None:
        """Forget a socket, and all that only it needed."""
        key = _key(client)
        self._clients[key].discard(client)
        if self._clients[key]:
            return
        del self._clients[key]
        self._boards.pop(key, None)
        if task := self._drawing.pop(key, None):
            task.cancel()
        if client.market not in self._markets() and self._channel:
            with suppress(Exception):
                await get_channel_layer().group_discard(
                    groups.heatmap(client.market), self._channel
                )
        if not self._clients:
            await self.stop()

    async def acknowledge(self, client: Client, sequence: int) -> None:
        """A frame has arrived; if news waited for it, send the newest."""
        client.acknowledge(sequence)
        if client.has_pending:
            await self._offer(client)

    async def resend(self, client: Client) -> None:
        """The client cannot go on from what it has: send a full frame."""
        client.start_over()
        await self._offer(client)

    async def stop(self) -> None:
        """End the hub's tasks; the next ``join`` starts them again."""
        tasks, self._tasks, self._channel = self._tasks, [], ""
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _markets(self) -> set[str]:
        return {market for market, _ in self._clients}

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._listen_for_ever(), name="hub listens"),
                asyncio.create_task(self._close_silent_clients(), name="hub looks"),
            ]

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("The channel layer is away: %s", error)
                await self._tell_status(False)
                await asyncio.sleep(RETRY_S * random.uniform(0.5, 1.5))

    async def _listen(self) -> None:
        layer = get_channel_layer()
        channel = self._channel = self._channel or await layer.new_channel()
        for market in self._markets():
            await layer.group_add(groups.heatmap(market), channel)
        await self._tell_status(True)
        for key in list(self._clients):  # news may have been missed meanwhile
            self._redraw(key)
        while True:
            try:
                message = await asyncio.wait_for(layer.receive(channel), PROVE_EVERY_S)
            except TimeoutError:
                for market in self._markets():
                    await asyncio.wait_for(
                        layer.group_add(groups.heatmap(market), channel), LOOK_EVERY_S
                    )
                continue
            for key in [key for key in self._clients if key[0] == message["market"]]:
                board = self._boards.get(key)
                if board is None or board.sequence != message["version"]:
                    self._redraw(key)

    async def _subscribe(self, market: str) -> None:
        try:
            await get_channel_layer().group_add(groups.heatmap(market), self._channel)
        except Exception as error:
            log.warning("The channel layer is away: %s", error)
            await self.stop()
            self._start()

    def _redraw(self, key: tuple[str, str]) -> None:
        """Draw the newest version for all who watch it; one drawing at a time, none forgotten."""
        if key in self._drawing:
            self._stale.add(key)
        elif self._clients.get(key):
            self._drawing[key] = asyncio.create_task(self._draw(key))

    async def _draw(self, key: tuple[str, str]) -> None:
        spec = next(iter(self._clients[key])).spec
        began_s = time.monotonic()
        try:
            board = await draw_board(key[0], spec, self._boards.get(key))
            took_s = time.monotonic() - began_s
            if board and key in self._clients:
                self._boards[key] = board
                await self._offer_to_all(key)
            await asyncio.sleep(min(took_s * REST, LONGEST_REST_S))
        except Exception:
            log.exception("The picture %s of %s could not be drawn.", key[1], key[0])
        finally:
            if self._drawing.get(key) is asyncio.current_task():
                del self._drawing[key]
        if key in self._stale:
            self._stale.discard(key)
            self._redraw(key)

    async def _offer_to_all(self, key: tuple[str, str]) -> None:
        for number, client in enumerate(list(self._clients.get(key, ())), start=1):
            await self._offer(client)
            if number % BREATHE_EVERY == 0:
                await asyncio.sleep(0)

    async def _offer(self, client: Client) -> None:
        """Send the newest frame, or leave a mark that there is one."""
        board = self._boards.get(_key(client))
        if board is None or board.sequence == client.shown:
            client.has_pending = False
            return
        client.has_pending = not client.is_free
        if client.has_pending:
            return
        client.shown = board.sequence
        client.under_way[board.sequence] = (board.position, time.monotonic())
        await self._give(client, board.frame_from(client.position))

    async def _close_silent_clients(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now_s = time.monotonic()
            everyone = [client for clients in self._clients.values() for client in clients]
            for client in everyone:
                if client.is_silent(now_s) and not client.is_over:
                    client.is_over = True
                    await client.close(SILENT_CODE)

    async def _tell_status(self, is_connected: bool) -> None:
        if is_connected == self.is_connected:
            return
        self.is_connected = is_connected
        for clients in list(self._clients.values()):
            for client in list(clients):
                await self._give(client, status(is_connected))

    async def _give(self, client: Client, data: bytes | str) -> None:
        """Send, and wait for nobody: who cannot take it in time is beyond reach."""
        try:
            async with asyncio.timeout(SEND_S):
                await client.send(data)
        except Exception as error:
            log.info("A socket of %s is given up: %r", client.market, error)
            client.is_over = True


def status(is_connected: bool) -> str:
    """The text message that says whether news can reach this process."""
    return json.dumps({"status": "live" if is_connected else "reconnecting"})


def _key(client: Client) -> tuple[str, str]:
    return client.market, client.spec.key


hub = Hub()
