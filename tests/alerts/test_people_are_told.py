"""Lists, digests and signed webhooks: whom a firing reaches, when, and how they know it was us."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from apps.alerts import sender
from apps.alerts.digests import send_digests
from apps.alerts.models import AlertSettings, Delivery, Firing, Webhook
from apps.alerts.transports import SIGNATURE
from apps.markets.models import Market
from apps.watchlists.models import Entry, Watchlist

SEVEN_IN_SINGAPORE = datetime(2026, 6, 1, 23, 5, tzinfo=UTC)  # 07:05 of the second


class Receiver(HTTPServer):
    """Somebody's own program that takes firings."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Take)
        self.taken: list[tuple[str, bytes]] = []


class _Take(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.headers[SIGNATURE], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def watched(world, user) -> Watchlist:
    """Alice follows Bitcoin, and a market that nobody tells anything of."""
    other = Market.objects.create(slug="doge", base="DOGE", name="Dogecoin")
    watchlist = Watchlist.objects.create(user=user, name="Mine")
    for position, market in enumerate((world.market, other)):
        Entry.objects.create(watchlist=watchlist, market=market, position=position)
    return watchlist


def test_a_rule_on_a_list_fires_for_its_markets_until_they_leave_it(world, watched, make_rule):
    rule = make_rule(market=None, watchlist=watched, within=0.15)
    own = make_rule(within=0.15)
    for minute in range(0, 40, 2):
        world.live_until(minute)
        world.publish()
    fired = list(rule.firings.order_by("at_ms").values_list("at_ms", "market__slug"))
    assert fired
    assert fired == list(own.firings.order_by("at_ms").values_list("at_ms", "market__slug"))
    watched.entries.filter(market=world.market).delete()
    for minute in range(40, 120, 2):
        world.live_until(minute)
        world.publish()
    assert rule.firings.count() == len(fired)
    assert own.firings.count() > len(fired)


@pytest.fixture
def early_riser(world, watched, user) -> AlertSettings:
    """Alice, with a published market, who wants a digest at seven."""
    world.publish()
    return AlertSettings.objects.create(user=user, morning_min=7 * 60)


def test_a_digest_tells_the_magnets_once_a_morning(early_riser):
    assert [send_digests(SEVEN_IN_SINGAPORE) for _ in range(2)] == [1, 0]
    digest = Firing.objects.get(kind="digest")
    assert digest.detail["part"] == "morning"
    (line,) = digest.detail["lines"]
    assert line.startswith("BTC ")
    assert line.endswith("est.")
    assert send_digests(SEVEN_IN_SINGAPORE.replace(day=2)) == 1


@pytest.mark.parametrize("hour", [21, 22], ids=["two hours early", "an hour early"])
def test_no_digest_comes_before_its_hour(early_riser, hour):
    assert send_digests(SEVEN_IN_SINGAPORE.replace(hour=hour)) == 0


def test_a_digest_that_is_an_hour_late_is_left_out(early_riser):
    assert send_digests(SEVEN_IN_SINGAPORE.replace(day=2, hour=0)) == 0


def test_a_digest_reaches_a_device(early_riser, user, subscribe, register, push_service):
    device = subscribe()
    register(user, device)
    send_digests(SEVEN_IN_SINGAPORE)
    sender.send_due()
    (push,) = push_service.to(device)
    assert "BTC " in push.payload["notification"]["body"]


def test_a_webhook_is_signed_so_that_its_owner_can_tell(fire, user, receiver, settings):
    settings.ALLOW_LOOPBACK = True
    url = f"http://127.0.0.1:{receiver.server_port}/firings"
    hook = Webhook.objects.create(user=user, url=url)
    firing = fire()
    Delivery.objects.create(
        firing=firing, transport="webhook", target=hook.pk,
        expires_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    sender.send_due()
    ((header, body),) = receiver.taken
    told = dict(part.split("=") for part in header.split(","))
    signed = f"{told['t']}.".encode() + body
    assert hmac.new(hook.secret.encode(), signed, hashlib.sha256).hexdigest() == told["v1"]
    assert json.loads(body)["id"] == str(firing.public)
    sent = Delivery.objects.get()
    assert (sent.status, sent.reason) == ("sent", "")
