"""Writing down what a feed tells: instruments, bars, liquidations, and which feed it is.

A closed bar never changes; an open one is replaced each time it is told again. Rows may come
twice and in any order. A closed bar that comes after its time was walked is a revision of its
market: whoever keeps a book of it then knows that the book must be made again.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from operator import attrgetter

from django.db import transaction
from django.db.models import F

from apps.exchanges.records import (
    BarRow,
    DepthRow,
    InstrumentInfo,
    LiquidationRow,
    MarginTier,
    Ratio,
    Row,
)
from apps.markets.bulk import insert_missing
from apps.markets.depth import store_depth
from apps.markets.models import (
    BookDepth,
    Feed,
    HeardMinute,
    Heartbeat,
    Instrument,
    LeverageDay,
    Liquidation,
    Market,
    MinuteBar,
    StreamStatus,
    UnheardSpan,
    VenueStatus,
)
from apps.markets.possible import is_possible
from apps.markets.ratios import store_ratios
from apps.markets.tiers import store_tiers

log = logging.getLogger(__name__)

DAY_MS = 86_400_000
NAMES = {"BTC": "Bitcoin", "ETH": "Ethereum", "SOL": "Solana"}
FIRST_IN_LISTS = tuple(NAMES)
BAR_SAYS = tuple(field.name for field in fields(BarRow) if field.name != "instrument")
PRINT_SAYS = tuple(field.name for field in fields(LiquidationRow) if field.name != "instrument")
BAR_FIELDS = ("instrument", *BAR_SAYS)
LIQUIDATION_FIELDS = ("instrument", *PRINT_SAYS)

type Instruments = Mapping[str, Instrument]


def ensure_instruments(infos: Iterable[InstrumentInfo]) -> None:
    """Make the instruments, and the markets they belong to, that are not there yet."""
    for info in infos:
        base = info.base.upper()
        market, _ = Market.objects.get_or_create(
            slug=base.lower(),
            defaults={"base": base, "name": NAMES.get(base, base), "position": _position(base)},
        )
        instrument, _ = Instrument.objects.get_or_create(
            slug=info.slug,
            defaults={
                "market": market,
                "venue": info.venue,
                "symbol": info.symbol,
                "quote": info.quote,
                "kind": info.kind,
            },
        )
        interval_ms = info.funding_interval_ms or instrument.funding_interval_ms
        if interval_ms != instrument.funding_interval_ms:
            instrument.funding_interval_ms = interval_ms
            instrument.save(update_fields=["funding_interval_ms"])


def store_rows(rows: Iterable[Row]) -> list[BarRow]:
    """Write whatever was told; impossible rows are left out and counted in the log.

    Gives the bars that were news. 2,000 bars take about 0.03 s. Raises ``KeyError`` for an
    instrument that was never announced.
    """
    rows = list(rows)
    instruments = Instrument.objects.in_bulk({row.instrument for row in rows}, field_name="slug")
    possible = [row for row in rows if is_possible(row)]
    if len(possible) < len(rows):
        log.warning("%d rows with impossible numbers were left out.", len(rows) - len(possible))
    bars = _latest_of_each(row for row in possible if isinstance(row, BarRow))
    prints = [row for row in possible if isinstance(row, LiquidationRow)]
    with transaction.atomic():
        fresh = _store_bars(bars, instruments)
        insert_missing(Liquidation, LIQUIDATION_FIELDS, _told(prints, PRINT_SAYS, instruments))
        store_depth((row for row in possible if isinstance(row, DepthRow)), instruments)
        store_ratios((row for row in possible if isinstance(row, Ratio)), instruments)
        store_tiers((row for row in possible if isinstance(row, MarginTier)), instruments)
    # After the commit: whoever settles from now on has seen these rows.
    _note_late_bars(fresh, instruments)
    return fresh


def settle(*, market: Market, until_ms: int) -> None:
    """Say that bars up to ``until_ms`` are about to be walked; later ones of that time are late."""
    Market.objects.filter(pk=market.pk, settled_ms__lt=until_ms).update(settled_ms=until_ms)


def beat(*, venues: Iterable[str], stream: str, at_ms: int, delay_ms: int | None = None) -> None:
    """Note that these venues gave something at the wall-clock instant ``at_ms``."""
    Heartbeat.objects.bulk_create(
        [
            Heartbeat(venue=venue, stream=stream, at_ms=at_ms, delay_ms=delay_ms)
            for venue in sorted(set(venues))
        ],
        update_conflicts=True,
        unique_fields=["venue", "stream"],
        update_fields=["at_ms", "delay_ms"],
    )


@transaction.atomic
def forget_everything() -> None:
    """Delete all rows of the feed of before: real and invented ones must never meet."""
    MinuteBar.objects.all().delete()
    BookDepth.objects.all().delete()
    Liquidation.objects.all().delete()
    LeverageDay.objects.all().delete()
    Instrument.objects.all().delete()
    for heard in (Heartbeat, HeardMinute, StreamStatus, UnheardSpan, VenueStatus):
        heard.objects.all().delete()
    Feed.objects.all().delete()
    Market.objects.update(settled_ms=0, revision=F("revision") + 1)


def forget_untraded_markets() -> None:
    """Delete the markets that no instrument belongs to any more."""
    Market.objects.filter(instruments=None).delete()


def _position(base: str) -> int:
    return FIRST_IN_LISTS.index(base) if base in FIRST_IN_LISTS else 100


def _latest_of_each(rows: Iterable[BarRow]) -> list[BarRow]:
    """One bar per instrument and instant: the first closed one, else the last open one."""
    latest: dict[tuple[str, int], BarRow] = {}
    for row in rows:
        key = (row.instrument, row.end_ms)
        if key not in latest or not latest[key].closed:
            latest[key] = row
    return list(latest.values())


def _store_bars(rows: list[BarRow], instruments: Instruments) -> list[BarRow]:
    """Write the bars that are news, and say which they were."""
    if not rows:
        return []
    ends = [row.end_ms for row in rows]
    known = MinuteBar.objects.filter(
        instrument__slug__in={row.instrument for row in rows},
        end_ms__range=(min(ends), max(ends)),
    ).values_list("instrument__slug", "end_ms", "pk", "closed")
    told = {(slug, end_ms): (pk, closed) for slug, end_ms, pk, closed in known}
    news = [row for row in rows if not told.get((row.instrument, row.end_ms), (0, False))[1]]
    replaced = [told[key][0] for row in news if (key := (row.instrument, row.end_ms)) in told]
    MinuteBar.objects.filter(pk__in=replaced, closed=False).delete()
    insert_missing(MinuteBar, BAR_FIELDS, _told(news, BAR_SAYS, instruments))
    return news


def _told(
    rows: Iterable[Row], fields: tuple[str, ...], instruments: Instruments
) -> Iterator[tuple[object, ...]]:
    """Each row's instrument and fields, as the table has them."""
    values = attrgetter(*fields)
    return ((instruments[row.instrument].pk, *values(row)) for row in rows)


def _note_late_bars(rows: Iterable[BarRow], instruments: Instruments) -> None:
    earliest: dict[int, int] = {}
    for row in rows:
        if row.closed:
            market_id = instruments[row.instrument].market_id
            earliest[market_id] = min(row.end_ms, earliest.get(market_id, row.end_ms))
    for market_id, end_ms in earliest.items():
        Market.objects.filter(pk=market_id, settled_ms__gte=end_ms).update(
            revision=F("revision") + 1
        )
