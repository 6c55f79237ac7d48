"""The list of markets: each with a strip of its heat around the price, in the order asked for.

::

    −5 %  ░░▒▒██▒░        |       ░▒█░░   +5 %
             longs      price      shorts
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from django.utils.translation import gettext as _

from apps.engine.frame import BadFrame, DecodedFrame, decode
from apps.engine.rebin import binned
from apps.heatmaps.caveats import Caveat, caveats_of
from apps.heatmaps.models import Snapshot
from apps.heatmaps.readings import Reading, reading_from_json
from apps.heatmaps.spec import BadSpec, Query
from apps.heatmaps.tones import ToneArray, digits_of, tones_of
from apps.markets.models import Market

STRIP_REACH = 0.05  # of the price, on either side
STRIP_CELLS = 100
MOST_STRIPS = 500

SORTS = ("list", "near", "size", "tilt", "cascade", "change")


@dataclass(frozen=True, slots=True)
class Row:
    """A market of the list; ``strip`` has a digit per cell, lowest price first."""

    market: Market
    reading: Reading | None
    strip: str
    caveat: Caveat | None = None


_strips: OrderedDict[tuple[int, int], str] = OrderedDict()  # by market and version


def parse_sort(query: Query) -> str:
    """The order an address asks for; ``BadSpec`` for one that does not exist."""
    wanted = query.get("sort") or SORTS[0]
    if wanted not in SORTS:
        raise BadSpec(_("sort must be one of %(choices)s.") % {"choices": ", ".join(SORTS)})
    return wanted


def sort_names() -> list[tuple[str, str]]:
    """Every order with its word."""
    words = (_("List"), _("Nearest"), _("Largest"), _("Tilt"), _("Cascade"), _("Change"))
    return list(zip(SORTS, words, strict=True))


def rows_of(markets: Iterable[Market], sort: str = SORTS[0]) -> list[Row]:
    """A row for each market, as last published. Two queries for all of them, and their caveats."""
    markets = list(markets)
    told = Snapshot.objects.filter(market__in=markets).defer("frame")
    newest = {snapshot.market_id: snapshot for snapshot in told}
    missing = [s.pk for s in told if (s.market_id, s.version) not in _strips]
    for snapshot in Snapshot.objects.filter(pk__in=missing):
        _remember((snapshot.market_id, snapshot.version), _strip_of(bytes(snapshot.frame)))
    rows = [_row(market, newest.get(market.pk)) for market in markets]
    caveats = caveats_of(row.reading for row in rows)
    rows = [replace(row, caveat=caveats.get(row.market.slug)) for row in rows]
    if sort == SORTS[0]:
        return rows
    return sorted(rows, key=lambda row: _rank(row, ORDERS[sort]))


def strip_tones(frame: DecodedFrame) -> ToneArray:
    """Tones of the newest column around the price, (cells,), on a scale of its own."""
    edges = frame.header.price * (1 + np.linspace(-STRIP_REACH, STRIP_REACH, STRIP_CELLS + 1))
    usd = frame.usd[-1].sum(axis=0)
    places = np.clip(frame.header.grid.position_of(edges), 0, len(usd))
    return tones_of(binned(usd, places))


def _row(market: Market, snapshot: Snapshot | None) -> Row:
    if snapshot is None:
        return Row(market, None, "")
    strip = _strips.get((market.pk, snapshot.version), "")
    return Row(market, reading_from_json(snapshot.reading), strip)


def _strip_of(data: bytes) -> str:
    try:
        frame = decode(data)
    except BadFrame:
        return ""
    return digits_of(strip_tones(frame))


def _remember(key: tuple[int, int], strip: str) -> None:
    _strips[key] = strip
    while len(_strips) > MOST_STRIPS:
        _strips.popitem(last=False)


def _nearest(reading: Reading) -> float:
    return -min((abs(z.distance) for z in (reading.above, reading.below) if z), default=1.0)


def _largest(reading: Reading) -> float:
    return max((zone.usd for zone in (reading.above, reading.below) if zone), default=0.0)


def _tilt(reading: Reading) -> float:
    both = reading.long_usd + reading.short_usd
    return abs(reading.long_usd - reading.short_usd) / both if both > 0 else 0.0


def _cascade(reading: Reading) -> float:
    return reading.cascade.usd if reading.cascade else 0.0


def _change(reading: Reading) -> float:
    return abs(reading.change or 0.0)


ORDERS: dict[str, Callable[[Reading], float]] = {
    "near": _nearest,
    "size": _largest,
    "tilt": _tilt,
    "cascade": _cascade,
    "change": _change,
}


def _rank(row: Row, order: Callable[[Reading], float]) -> tuple[bool, float]:
    """The most first; markets without a map, or too thin for one, last."""
    if row.reading is None or row.reading.is_thin:
        return True, 0.0
    return False, -order(row.reading)
