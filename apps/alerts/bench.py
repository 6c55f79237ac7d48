"""``manage.py bench alerts``: every rule of a big site judged, and every delivery sent.

It works on a database of its own, which is made for the run and thrown away. The rules are judged
through the same function as in a snapshot's transaction, rows and all; pushes go to a service on
loopback that accepts everything, encrypted and signed as for a real one.
"""

import base64
import os
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from apps.accounts.models import User
from apps.alerts import sender
from apps.alerts.evaluation import judge_scenes
from apps.alerts.models import AlertRule, Delivery, Firing, Stream
from apps.alerts.scenes import MINUTE_MS, Scene, Spot
from apps.engine.records import Side
from apps.heatmaps.looks import Look
from apps.markets.models import Feed, Market
from apps.pwa.services import Subscription, register_device
from apps.pwa.vapid import current_key

MARKETS, RULES, DELIVERIES, DEVICES = 50, 10_000, 5_000, 10
REFRESHES = 5
BEGIN_MS = 1_780_000_200_000
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "near", "within": 0.02},
    {"kind": "formed", "within": 0.03},
    {"kind": "grew", "usd": 2e8},
    {"kind": "grew", "measure": "percent", "level": 0.38},
    {"kind": "shrank", "level": 0.6},
    {"kind": "swept", "usd": 5e7},
    {"kind": "cascade", "level": 3},
    {"kind": "asymmetry", "level": 3},
    {"kind": "realised", "usd": 5e7},
    {"kind": "stale"},
)

type Clock = Callable[[], float]


def cases(
    *, rng: np.random.Generator, clock: Clock, rules: int = RULES, deliveries: int = DELIVERIES
) -> dict[str, Any]:
    """The benchmark as JSON-ready cases; the goals are one second and one minute."""
    with own_database(), accepting_service() as url:
        user = User.objects.create_user("bench", "bench@example.org")
        streams, look = _site(user, rules)
        judged = [_refresh(streams, look, minute, rng, clock) for minute in range(REFRESHES + 1)]
        sent_s = _drained(user, url, deliveries, clock)
    return {
        "cases": [
            {"name": f"judge_{rules}_rules", "seconds": median(judged[1:]), "goal": 1.0,
             "yardstick": f"one refresh of {MARKETS} markets on one core within a second"},
            {"name": f"deliver_{deliveries}", "seconds": sent_s, "goal": 60.0,
             "yardstick": "all of them to a service on loopback within a minute"},
        ]
    }  # fmt: skip


@contextmanager
def own_database() -> Iterator[None]:
    """A database of the same kind, made for the run; the site's own is not touched."""
    with TemporaryDirectory(prefix="embermap-bench-") as folder:
        tests = connection.settings_dict["TEST"]
        before = tests["NAME"]
        if connection.vendor == "sqlite":
            tests["NAME"] = str(Path(folder) / "bench.sqlite3")
        site = connection.settings_dict["NAME"]
        with redirect_stdout(StringIO()):  # it tells of its cache table, which is no result
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with override_settings(
                DATA_DIR=Path(folder), VAPID_PRIVATE_KEY="", ALLOW_LOOPBACK=True
            ):
                yield
        finally:
            connection.creation.destroy_test_db(site, verbosity=0)
            tests["NAME"] = before


@contextmanager
def accepting_service() -> Iterator[str]:
    """A push service that says 201 to everything; its URL."""
    server = _Server(("127.0.0.1", 0), _Accept)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


class _Accept(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        length = 0
        while (line := self.rfile.readline().strip().lower()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name == b"content-length" else length
        self.rfile.read(length)
        self.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def _site(user: User, rules: int) -> tuple[list[Stream], Look]:
    feed = Feed.objects.create(
        kind="live", label="bench", source="bench", state="running",
        anchor_data_ms=BEGIN_MS, anchor_wall_ms=BEGIN_MS,
    )  # fmt: skip
    markets = [
        Market.objects.create(slug=f"m{number}", base=f"M{number}", name="bench")
        for number in range(MARKETS)
    ]
    AlertRule.objects.bulk_create(
        AlertRule(user=user, market=markets[n % MARKETS], every_min=30, **KINDS[n // MARKETS % 10])
        for n in range(rules)
    )
    streams = [Stream.objects.create(market=market, feed=feed) for market in markets]
    # Only the feed and the clock of a look are asked for when scenes are judged.
    look = Look(markets[0], feed, BEGIN_MS, (), None, (), None, "")  # type: ignore[arg-type]
    return streams, look


def _refresh(
    streams: list[Stream], look: Look, minute: int, rng: np.random.Generator, clock: Clock
) -> float:
    scenes = [_scene(minute, rng) for _ in streams]
    fresh = [Stream.objects.select_related("market").get(pk=stream.pk) for stream in streams]
    begun = clock()
    for stream, scene in zip(fresh, scenes, strict=True):
        judge_scenes(stream, look, [scene])
    return clock() - begun


def _scene(minute: int, rng: np.random.Generator) -> Scene:
    peaks = 60_000 * (1 + np.linspace(-0.08, 0.08, 20)) + rng.normal(0, 20, 20)
    spots = tuple(
        Spot(Side(int(peak > 60_000)), peak - 150, peak + 150, peak, usd, 0.05, 0.5)
        for peak, usd in zip(peaks.tolist(), rng.uniform(5e7, 3e8, 20).tolist(), strict=True)
    )
    return Scene(
        BEGIN_MS + minute * MINUTE_MS, 60_000.0, 59_900.0, 60_100.0, 1e9, 8e8,
        ((1e6, 1e6),) * 3, spots,
    )  # fmt: skip


def _drained(user: User, url: str, deliveries: int, clock: Clock) -> float:
    """Seconds until all are sent, of many firings to a few devices each."""
    devices = [_device(user, f"{url}/push/{number}") for number in range(DEVICES)]
    firings = Firing.objects.bulk_create(
        Firing(user=user, kind="test", episode=n, at_ms=BEGIN_MS)
        for n in range(deliveries // DEVICES)
    )
    expires_at = timezone.now() + timedelta(hours=1)
    Delivery.objects.filter(status="pending").delete()
    Delivery.objects.bulk_create(
        Delivery(firing=firing, transport="push", target=device, expires_at=expires_at)
        for firing in firings
        for device in devices
    )
    begun = clock()
    while sender.send_due(round_s=60):
        sender.wait_for_slow(15)
    told = clock() - begun
    unsent = Delivery.objects.exclude(status="sent").count()
    if unsent:
        raise RuntimeError(f"{unsent} deliveries were not sent")
    return told


def _device(user: User, endpoint: str) -> int:
    point = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )
    p256dh, auth = (
        base64.urlsafe_b64encode(b).decode().rstrip("=") for b in (point, os.urandom(16))
    )
    subscription = Subscription(endpoint, p256dh, auth, current_key().public)
    return register_device(user=user, subscription=subscription).pk
