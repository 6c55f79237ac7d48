"""Evidence day by day: what each leverage had at stake, and what was liquidated.

A day is condensed once, when it is over, into a ``LeverageDay``; it outlives the bars it was made
of. Only liquidations of complete feeds count. The bars of a minute in which a live venue was not
heard may have been filled in later, its liquidations never: such minutes count on neither side.
"""

import numpy as np
from django.conf import settings
from django.db.models import Max

from apps.accuracy.calibration.cells import CELLS, SLOT_MS, pack
from apps.engine.book import Walk
from apps.engine.exposure import swept_by_leverage
from apps.engine.parameters import Parameters, default_parameters
from apps.engine.records import BAR_FIELDS, Bars, BoolArray, FloatArray
from apps.markets.bars import load_bars
from apps.markets.leverage_sets import bell_curve, parameters_for
from apps.markets.models import Feed, HeardMinute, LeverageDay, Liquidation, Market
from apps.markets.tiers import load_tiers
from apps.markets.unheard import unheard_liquidations

DAY_MS = 86_400_000
MINUTE_MS = 60_000
WARM_DAYS = 5  # of a walk: before them most entries are a guess
LATE_MS = 3_600_000  # liquidations may be told so much later
FULL = Liquidation.Completeness.FULL


def gather_days(*, market: Market, feed: Feed, now_ms: int) -> int:
    """Condense the days of a market that are over; how many rows were made.

    Days that are known already are left as they are, so running it twice is harmless.
    """
    last_day = (now_ms - LATE_MS) // DAY_MS - 1
    missing = _missing(market, last_day)
    if not missing:
        return 0
    bars = _bars_of(market, tuple(missing), now_ms, last_day)
    if not len(bars):
        return 0
    warm_day = int(bars.end_ms[0]) // DAY_MS + 1 + WARM_DAYS
    parameters = parameters_for(market.base)
    walk, swept = swept_by_leverage(bars, parameters)
    made = []
    for place, (venue, first_day) in enumerate(missing.items()):
        reached = swept[:, place] * _per_unit(market, venue, parameters)
        is_heard = np.isfinite(bars.close[place]) & _was_heard(feed, venue, bars.end_ms)
        for day in range(max(first_day, warm_day), last_day + 1):
            if row := _condensed(market, venue, day, walk, reached, is_heard):
                made.append(row)
    LeverageDay.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _missing(market: Market, last_day: int) -> dict[str, int]:
    """Venues with a complete feed whose days are not all condensed, and the first such day."""
    told = Liquidation.objects.filter(instrument__market=market, completeness=FULL)
    known = LeverageDay.objects.filter(market=market).values_list("venue")
    newest = dict(known.annotate(last=Max("day")))
    venues = sorted(set(told.values_list("instrument__venue", flat=True)))
    first = {venue: newest.get(venue, 0) + 1 for venue in venues}
    return {venue: day for venue, day in first.items() if day <= last_day}


def _bars_of(market: Market, venues: tuple[str, ...], now_ms: int, last_day: int) -> Bars:
    """All bars of some venues up to a day's end."""
    since_ms = now_ms - settings.HISTORY_DAYS * DAY_MS
    bars = load_bars(market, since_ms=since_ms, until_ms=(last_day + 1) * DAY_MS, closed_only=True)
    places = [bars.venues.index(venue) for venue in venues]
    return Bars(venues, bars.end_ms, *(getattr(bars, name)[places] for name in BAR_FIELDS))


def _per_unit(market: Market, venue: str, parameters: Parameters) -> FloatArray:
    """Turns swept dollars into dollars per unit of the venue's standing share at BTC, (L,).

    A coin's own bell curve differs from that of BTC, so the walk's shares are divided by what the
    coin's curve says per share of BTC's. Leverages that the venue does not offer on it count not.
    """
    shipped = default_parameters(altcoin=market.base != "BTC")
    walked = bell_curve(parameters, venue)
    own, reference = bell_curve(shipped, venue), bell_curve(default_parameters(), venue)
    most = max(tier.max_leverage for tier in load_tiers(market, venue))
    usable = (walked > 0) & (reference > 0) & (np.array(parameters.leverages) <= most)
    unit = np.zeros_like(walked)
    unit[usable] = own[usable] / (walked[usable] * reference[usable])
    return unit


def _was_heard(feed: Feed, venue: str, end_ms: np.ndarray) -> BoolArray:
    """Whether a venue was listened to in the minutes that end then; only live feeds miss any."""
    if feed.kind != Feed.Kind.LIVE:
        return np.ones(len(end_ms), dtype=np.bool_)
    minutes = HeardMinute.objects.filter(venue=venue, stream="bars")
    heard_ms = np.fromiter(minutes.values_list("minute_ms", flat=True), dtype=np.int64)
    wall_ms = np.array([feed.wall_ms(int(end)) for end in end_ms]) - MINUTE_MS
    was_heard = np.isin(wall_ms // MINUTE_MS * MINUTE_MS, heard_ms)
    first_ms, last_ms = int(end_ms[0]) - MINUTE_MS, int(end_ms[-1])
    for from_ms, to_ms in unheard_liquidations([venue], first_ms, last_ms).get(venue, ()):
        was_heard &= (end_ms <= from_ms) | (end_ms - MINUTE_MS >= to_ms)
    return was_heard


def _condensed(
    market: Market,
    venue: str,
    day: int,
    walk: Walk,
    reached: FloatArray,
    is_heard: BoolArray,
) -> LeverageDay | None:
    """A day as a row; None for one in which nothing was heard or the venue printed nothing."""
    from_ms, to_ms = day * DAY_MS, (day + 1) * DAY_MS
    prints = Liquidation.objects.filter(
        instrument__venue=venue, ts_ms__gt=from_ms, ts_ms__lte=to_ms, completeness=FULL
    )
    end_ms = walk.instants_ms
    chosen = (end_ms > from_ms) & (end_ms <= to_ms) & is_heard
    if not chosen.any() or not prints.exists():
        return None
    ends = end_ms[chosen]
    by_cell = np.zeros((CELLS, *reached.shape[1:]))
    np.add.at(by_cell, (ends - 1 - from_ms) // SLOT_MS, reached[chosen])
    told = prints.filter(instrument__market=market).values_list("ts_ms", "side", "usd")
    realised, count = np.zeros((CELLS, 2)), 0
    for ts_ms, side, usd in told:
        bar = int(np.searchsorted(ends, ts_ms))  # the first that ends at or after it
        if bar < len(ends) and ends[bar] - ts_ms < MINUTE_MS * _minutes(ends):
            realised[(ts_ms - 1 - from_ms) // SLOT_MS, int(side == "short")] += usd
            count += 1
    return LeverageDay(
        market=market,
        venue=venue,
        day=day,
        leverages=list(walk.parameters.leverages),
        reached_usd=pack(by_cell),
        realised_usd=pack(realised),
        prints=count,
        usd=float(realised.sum()),
        heard_share=min(1.0, len(ends) * _minutes(ends) * MINUTE_MS / DAY_MS),
    )


def _minutes(end_ms: np.ndarray) -> int:
    """How long the bars are."""
    return max(1, int(np.median(np.diff(end_ms))) // MINUTE_MS) if len(end_ms) > 1 else 1
