"""What an address asks a new read to begin with, so that one tap and one more are enough."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.models import User
from apps.heatmaps.readings import Reading, Zone
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.journal.forms import HORIZONS, LARGEST, PLAN, typed
from apps.journal.models import HOUR_MS, LONGEST_NOTE, Read
from apps.journal.services import get_reads_for
from apps.markets.models import Market

TAP_WIDTH = 0.001  # of the price: around a tap that hits no cluster


def asked_in(query: Mapping[str, str], currency: str, user: User) -> dict[str, Any]:
    """First values of the form; prices of the address are US dollars, nonsense is ignored.

    How long a read may take is what it was the last time.
    """
    market = Market.objects.filter(slug=query.get("market", "")[:32].replace("\x00", "")).first()
    market = market or Market.objects.first()
    reading = get_reading(market, DEFAULT_SPEC)
    side = query.get("side") if query.get("side") in Read.Side.values else ""
    edges = _edges(query, reading, side)
    kind = query.get("kind") if query.get("kind") in Read.Kind.values else _likely(reading, side)
    told = {
        "market": market.slug if market else "",
        "side": side,
        "kind": kind,
        "horizon_ms": _usual_horizon(user),
        "note": query.get("note", "")[:LONGEST_NOTE],
    }
    plan = {name: _number(query.get(name)) for name in PLAN}
    told |= {name: typed(usd, currency) for name, usd in plan.items() if usd}
    if edges:
        told |= {"low": typed(edges[0], currency), "high": typed(edges[1], currency)}
    return told


def _edges(
    query: Mapping[str, str], reading: Reading | None, side: str
) -> tuple[float, float] | None:
    low, high, price = (_number(query.get(name)) for name in ("low", "high", "price"))
    if low and high:
        return min(low, high), max(low, high)
    if not price:
        return None
    zone = _hit(reading, side, price)
    if zone:
        return zone.low, zone.high
    return price * (1 - TAP_WIDTH / 2), price * (1 + TAP_WIDTH / 2)


def _hit(reading: Reading | None, side: str, price: float) -> Zone | None:
    """The cluster that a tap on a price hit."""
    zones = reading.clusters if reading else ()
    return next((z for z in zones if z.side == side and z.low <= price <= z.high), None)


def _usual_horizon(user: User) -> int:
    last = get_reads_for(user).values_list("horizon_ms", flat=True).first()
    return last if last in dict(HORIZONS) else 24 * HOUR_MS


def _likely(reading: Reading | None, side: str) -> str:
    """Stacked clusters suggest a cascade; anything else a magnet."""
    stacked = reading and reading.cascade and reading.cascade.side == side
    return Read.Kind.CASCADE if stacked else Read.Kind.MAGNET


def _number(text: str | None) -> float | None:
    try:
        number = float((text or "")[:32])
    except ValueError:
        return None
    return number if 0 < number < LARGEST else None
