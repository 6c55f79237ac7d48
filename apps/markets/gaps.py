"""Times of which an instrument's closed bars are missing: labelled, and never filled by guessing.

A gap is noted when a later bar shows it, and healed when bars that came late cover all of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from apps.exchanges.records import BarRow
from apps.markets.models import Feed, Gap, HeardMinute, Instrument, Market, MinuteBar

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class GapReading:
    """A time without closed bars of a venue; ``reason`` as in ``Gap.Reason``."""

    venue: str
    from_ms: int
    to_ms: int
    reason: str
    is_healed: bool


def load_gaps(market: Market, from_ms: int, to_ms: int) -> tuple[GapReading, ...]:
    """The gaps that touch ``(from_ms, to_ms]``, by venue and time, healed ones too."""
    rows = Gap.objects.filter(
        instrument__market=market, from_ms__lt=to_ms, to_ms__gt=from_ms
    ).select_related("instrument")
    found = (
        GapReading(g.instrument.venue, g.from_ms, g.to_ms, g.reason, g.healed_ms is not None)
        for g in rows
    )
    return tuple(sorted(found, key=lambda gap: (gap.venue, gap.from_ms)))


class GapWatch:
    """Notes the gaps that new bars show, and heals those that they fill.

    Remembers the end of each instrument's last closed bar, so that bars in a row cost one query.
    """

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self._last_ms: dict[str, int] = {}

    def note(self, fresh: Iterable[BarRow], *, wall_ms: int, is_history: bool = False) -> None:
        """Look at bars just stored; ``is_history``: the source told what has been."""
        closed = sorted((r for r in fresh if r.closed), key=attrgetter("instrument", "end_ms"))
        told = {slug: list(bars) for slug, bars in groupby(closed, key=attrgetter("instrument"))}
        known: dict[str, list[Gap]] = {}
        for gap in Gap.objects.filter(instrument__slug__in=told, healed_ms=None).select_related(
            "instrument"
        ):
            _heal(gap, told[gap.instrument.slug], wall_ms)
            known.setdefault(gap.instrument.slug, []).append(gap)
        for slug, bars in told.items():
            for from_ms, to_ms in self._missing(slug, bars):
                if not any(g.from_ms <= from_ms and to_ms <= g.to_ms for g in known.get(slug, ())):
                    self._create(slug, from_ms, to_ms, wall_ms, is_history=is_history)

    def _missing(self, slug: str, told: list[BarRow]) -> list[tuple[int, int]]:
        """Where nothing lies between the bars, or between them and the one before."""
        known_ms = self._last_ms.get(slug)
        if known_ms is None or known_ms >= told[0].end_ms:
            known_ms = _closed_before_ms(slug, told[0].end_ms)
        missing = []
        for bar in told:
            begin_ms = bar.end_ms - bar.span_ms
            if known_ms is not None and begin_ms > known_ms:
                missing.append((known_ms, begin_ms))
            known_ms = max(known_ms or 0, bar.end_ms)
        self._last_ms[slug] = max(known_ms or 0, self._last_ms.get(slug, 0))
        return missing

    def _create(
        self, slug: str, from_ms: int, to_ms: int, wall_ms: int, *, is_history: bool
    ) -> None:
        instrument = Instrument.objects.get(slug=slug)
        reason = Gap.Reason.UNTOLD
        if not is_history:
            reason = _reason(instrument.venue, self.feed, from_ms, to_ms)
        Gap.objects.get_or_create(
            instrument=instrument,
            from_ms=from_ms,
            to_ms=to_ms,
            defaults={"reason": reason, "noted_ms": wall_ms},
        )


def _closed_before_ms(slug: str, end_ms: int) -> int | None:
    bars = MinuteBar.objects.filter(instrument__slug=slug, closed=True, end_ms__lt=end_ms)
    return bars.order_by("-end_ms").values_list("end_ms", flat=True).first()


def _heal(gap: Gap, told: list[BarRow], wall_ms: int) -> None:
    if told[0].end_ms - told[0].span_ms >= gap.to_ms or told[-1].end_ms <= gap.from_ms:
        return
    bars = MinuteBar.objects.filter(
        instrument_id=gap.instrument_id, closed=True, end_ms__gt=gap.from_ms
    ).order_by("end_ms")
    known_ms = gap.from_ms
    for end_ms, span_ms in bars.values_list("end_ms", "span_ms").iterator(chunk_size=500):
        if end_ms - span_ms > known_ms:
            return
        known_ms = end_ms
        if known_ms >= gap.to_ms:
            Gap.objects.filter(pk=gap.pk, healed_ms=None).update(healed_ms=wall_ms)
            return


def _reason(venue: str, feed: Feed, from_ms: int, to_ms: int) -> Gap.Reason:
    """Whether the venue was heard in a minute that lies wholly in the gap."""
    first_ms, last_ms = feed.wall_ms(from_ms), feed.wall_ms(to_ms) - MINUTE_MS
    was_heard = HeardMinute.objects.filter(
        venue=venue, stream="bars", minute_ms__gte=first_ms, minute_ms__lte=last_ms
    ).exists()
    return Gap.Reason.QUIET if was_heard else Gap.Reason.SILENT
