"""The websocket of one picture.

Server to browser: binary frames, the first one full, then updates; and the text messages
``{"status": "reconnecting"}`` when no news can reach this process and ``{"status": "live"}`` when
it can again. Browser to server: ``{"ack": sequence}`` for every frame, or ``{"resync": true}``.

Codes of a close: 4400 bad address or message, 4404 no such market, 4408 silent for too long,
4429 too many messages, 1009 too long a message.
"""

import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils.translation import gettext as _

from apps.heatmaps.hub import Client, hub
from apps.heatmaps.spec import BadSpec, PictureSpec, parse_spec
from apps.markets.models import Market

LONGEST_MESSAGE = 200  # characters
MESSAGES_PER_S = 20.0
BURST = 60.0
BAD_MESSAGE, NO_MARKET, TOO_MANY, TOO_LONG = 4400, 4404, 4429, 1009

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]


class HeatmapConsumer(AsyncWebsocketConsumer):
    """Thin: the hub decides what is sent and when."""

    channel_layer_alias = None  # the hub holds the one subscription of this process
    client: Client | None = None
    allowance = BURST
    counted_s = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As Channels does, less the tasks it makes per message to wait for a layer as well."""
        self.scope, self.base_send = scope, send
        with suppress(StopConsumer):
            while True:
                await self.dispatch(await receive())

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As Channels does, less a thread hop per message: no handler touches the database."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        await self.accept()
        slug = self.scope["url_route"]["kwargs"]["market"]
        query = dict(parse_qsl(self.scope["query_string"].decode("latin-1")))
        try:
            spec = await find_spec(slug, query)
        except Market.DoesNotExist:
            await self.close(NO_MARKET)
        except BadSpec as error:
            await self.close(BAD_MESSAGE, reason=str(error)[:100])
        else:
            self.client = Client(slug, spec, send=self.send_frame, close=self.close)
            await hub.join(self.client)

    async def disconnect(self, code: int) -> None:
        if self.client:
            await hub.leave(self.client)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if len(text_data or bytes_data or "") > LONGEST_MESSAGE:
            await self.refuse(TOO_LONG)
        elif not self.is_within_rate(time.monotonic()):
            await self.refuse(TOO_MANY)
        elif self.client:
            await self.obey(text_data or "")

    async def obey(self, text: str) -> None:
        """Do what the message says, or close."""
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        match message:
            case {"ack": int(sequence)}:
                await hub.acknowledge(self.client, sequence)
            case {"resync": True}:
                await hub.resend(self.client)
            case _:
                await self.refuse(BAD_MESSAGE)

    async def refuse(self, code: int) -> None:
        """Close, and take no part any more."""
        client, self.client = self.client, None
        if client:
            await hub.leave(client)
            await self.close(code)

    async def send_frame(self, data: bytes | str) -> None:
        """Binary as it is, text as text; straight to the server."""
        kind = "text" if isinstance(data, str) else "bytes"
        await self.base_send({"type": "websocket.send", kind: data})

    def is_within_rate(self, now_s: float) -> bool:
        """Whether one more message is allowed now."""
        refilled = self.allowance + (now_s - self.counted_s) * MESSAGES_PER_S
        self.allowance, self.counted_s = min(refilled, BURST) - 1, now_s
        return self.allowance >= 0


@database_sync_to_async
def find_spec(slug: str, query: dict[str, str]) -> PictureSpec:
    """The picture a socket's address asks for; ``Market.DoesNotExist`` or ``BadSpec``."""
    spec = parse_spec(query, Market.objects.get(slug=slug))
    if spec.at_ms is not None:
        raise BadSpec(_("A past picture does not change; its frame is fetched once."))
    return spec
