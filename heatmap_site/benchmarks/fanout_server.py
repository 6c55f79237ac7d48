"""The site's own consumer and hub, fed one frame a second by a clock instead of a market.

Run by ``manage.py bench fanout`` as one Daphne process. ``as_of_ms`` of a frame is the wall clock
at the moment its news was sent, so whoever receives it can tell how long it took.
"""

import asyncio
import os
import time
from dataclasses import dataclass

import numpy as np
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heatmap_site.settings")
get_asgi_application()

from apps.engine.bench import DAY, random_walk_bars  # noqa: E402
from apps.engine.book import rebuild  # noqa: E402  (needs Django ready)
from apps.engine.frame import encode_full, encode_update, read_header  # noqa: E402
from apps.engine.parameters import default_parameters  # noqa: E402
from apps.engine.picture import draw_view  # noqa: E402
from apps.engine.records import Picture  # noqa: E402
from apps.heatmaps import consumers, groups, hub  # noqa: E402
from apps.heatmaps.boards import Position  # noqa: E402
from apps.heatmaps.spec import DEFAULT_SPEC, PictureSpec  # noqa: E402
from apps.heatmaps.urls import websocket_urlpatterns  # noqa: E402

MARKET = "bench"
EVERY_S = 1.0
MINUTES = 1500
META = {"version": 1, "change": 0.01, "venues": [[1.0, "live"]], "clusters": []}


@dataclass(slots=True)
class ClockBoard:
    """A picture that never changes, told again every second; both frames carry its sequence."""

    sequence: int
    position: Position
    whole: bytes
    update: bytes

    def frame_from(self, position: Position | None) -> bytes:
        return self.update if position else self.whole


def make_picture() -> Picture:
    bars = random_walk_bars(np.random.default_rng(7), venues=1, minutes=MINUTES)
    return draw_view(rebuild(bars, default_parameters()), DAY)


PICTURE = make_picture()
SPEC = "bench"


def make_board(sequence: int) -> ClockBoard:
    """The board of one second, its frames stamped with the wall clock."""
    as_of_ms, end_ms = time.time_ns() // 1_000_000, int(PICTURE.end_ms[-1])
    whole = encode_full(PICTURE, sequence=sequence, as_of_ms=as_of_ms, spec=SPEC, meta=META)
    header = read_header(whole)
    update = encode_update(
        PICTURE,
        onto=header,
        since_end_ms=end_ms,
        sequence=sequence,
        as_of_ms=as_of_ms,
        meta=META,
    )
    return ClockBoard(sequence, Position(header.picture_id, end_ms), whole, update or whole)


newest = make_board(1)


async def newest_board(*_arguments: object) -> ClockBoard:
    return newest


async def any_spec(*_arguments: object) -> PictureSpec:
    return DEFAULT_SPEC


async def publish_for_ever() -> None:
    """A new version every second, announced as the site announces one."""
    global newest
    while True:
        await asyncio.sleep(EVERY_S)
        newest = make_board(newest.sequence + 1)
        news = {"type": "snapshot.published", "market": MARKET, "version": newest.sequence}
        await get_channel_layer().group_send(groups.heatmap(MARKET), news)


sockets = URLRouter(websocket_urlpatterns)
publishing: set[asyncio.Task[None]] = set()


def start_clock() -> None:
    """From now on the consumer and the hub are fed by the clock."""
    hub.draw_board = newest_board
    consumers.find_spec = any_spec
    publishing.add(asyncio.create_task(publish_for_ever()))


async def application(scope: dict, receive: object, send: object) -> None:
    """The socket's consumer; the first of them starts the clock."""
    if not publishing:
        start_clock()
    await sockets(scope, receive, send)
