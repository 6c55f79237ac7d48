"""Morning and evening: the magnets of the session, once per local day whatever the clocks do."""

from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.alerts.firings import local_minute, send_notice, targets_of, zone_of
from apps.alerts.models import AlertSettings, Delivery, Firing
from apps.alerts.words import currency_of
from apps.heatmaps.readings import Reading, reading_from_json
from apps.heatmaps.services import newest_snapshot
from apps.heatmaps.templatetags.amounts import distance, notional
from apps.markets.clock import wall_now_ms
from apps.markets.models import Market
from apps.watchlists.services import get_watched_markets_for

LATE_MIN = 60  # after its hour nobody wants a digest any more
MOST_MARKETS = 5
PARTS = ("morning", "evening")


def send_digests(now: datetime | None = None) -> int:
    """Send those that are due; how many there were."""
    now = now or timezone.now()
    sent = 0
    for wishes in AlertSettings.objects.select_related("user"):
        for number, part in enumerate(PARTS):
            at_min = getattr(wishes, f"{part}_min")
            if at_min is not None and 0 <= local_minute(wishes.user, now) - at_min < LATE_MIN:
                sent += _send_digest(wishes, part, number, now)
    return sent


def magnets(reading: Reading, base: str, currency: str) -> str:
    """One market's line: ``BTC ▲ +4.0 % S$241M · ▼ −3.3 % S$362M est.``"""
    zones = (("▲", reading.above), ("▼", reading.below))
    told = [
        f"{arrow} {distance(zone.distance)} {notional(zone.usd, currency)}"
        for arrow, zone in zones
        if zone
    ]
    return f"{base} {' · '.join(told) or _('nothing near')} {_('est.')}"


def _send_digest(wishes: AlertSettings, part: str, number: int, now: datetime) -> int:
    day = now.astimezone(zone_of(wishes.user)).date().toordinal()
    episode = day * len(PARTS) + number
    if Firing.objects.filter(user=wishes.user, kind="digest", episode=episode).exists():
        return 0
    language = getattr(getattr(wishes.user, "preferences", None), "language", "en")
    with translation.override(language):
        lines = _lines(wishes)
    if not lines:
        return 0
    targets = targets_of({wishes.user_id})[wishes.user_id]
    told = send_notice(
        user=wishes.user,
        kind="digest",
        episode=episode,
        at_ms=wall_now_ms(),
        targets=[t for t in targets if t.transport == Delivery.Transport.PUSH],
        detail={"part": part, "lines": lines},
        life=timedelta(minutes=LATE_MIN),
    )
    return int(told is not None)


def _lines(wishes: AlertSettings) -> list[str]:
    markets = get_watched_markets_for(wishes.user) or list(Market.objects.all())
    currency = currency_of(Firing(user=wishes.user))
    lines = []
    for market in markets[:MOST_MARKETS]:
        snapshot = newest_snapshot(market)
        if snapshot and (reading := reading_from_json(snapshot.reading)).clusters:
            lines.append(magnets(reading, market.base, currency))
    return lines
