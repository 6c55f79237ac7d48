"""The simulated market at any instant: what is true, whatever a venue makes of it.

Hours are simulated when somebody first asks about them, and forgotten after ``keep_hours``.
The same seed and beginning give the same market, bit by bit.
"""

from collections import deque
from collections.abc import Iterator

from apps.exchanges.fake.hour import KeptHour, kept
from apps.exchanges.fake.listings import (
    funding_interval_ms,
    listings,
    margin_tiers,
    next_funding_ms,
)
from apps.exchanges.fake.source import Print
from apps.exchanges.readings import (
    HOUR_MS,
    MINUTE_MS,
    Book,
    Instrument,
    MarginTier,
    Mark,
    OpenInterest,
    Trade,
)
from apps.exchanges.records import BarRow, LiquidationRow
from apps.exchanges.simulated.market import simulate
from apps.exchanges.simulated.tables import universe

DEALS_PER_MIN = 8  # each a buy and a sell
MINUTES_REMEMBERED = 5_000  # of deals
LEVELS = 60  # of a book, on each side
LEVEL_BPS = 1e-4


class FakeMarket:
    """Up to ten coins on up to eight venues since ``first_ms``; a ``Source`` without faults."""

    def __init__(
        self,
        seed: int = 3,
        *,
        first_ms: int,
        markets: int = 10,
        venues: int = 8,
        standing_per_book: int = 600,
        keep_hours: int = 72,
    ) -> None:
        self.seed = seed
        self.first_ms = first_ms // MINUTE_MS * MINUTE_MS
        self.universe = universe(markets, venues, standing_per_book=standing_per_book)
        self.listings = listings(self.universe)
        self._listed: dict[str, list[Instrument]] = {}
        for listing in self.listings:
            self._listed.setdefault(listing.venue, []).append(listing)
        self._index = {listing.slug: n for n, listing in enumerate(self.listings)}
        self._blocks = simulate(seed, self.first_ms, self.universe)
        self._prints: dict[tuple[str, int], list[Print]] = {}
        self._hours: deque[KeptHour] = deque(maxlen=keep_hours)

    @property
    def known_since_ms(self) -> int:
        """Where the market begins, or what is still remembered of it."""
        return self._hours[0].first_ms if self._hours else self.first_ms

    def instruments(self, venue: str) -> list[Instrument]:
        """What the venue lists."""
        return self._listed.get(venue, [])

    def bars(self, i: Instrument, first_ms: int, last_ms: int, now_ms: int) -> list[BarRow]:
        """Minutes that open in the range, rising; the one at ``now_ms`` as far as it has come."""
        n, rows = self._index[i.slug], []
        for hour, t in self._minutes(first_ms, min(last_ms, now_ms)):
            if hour.first_ms + (t + 1) * MINUTE_MS <= now_ms:
                rows.append(hour.closed_bar(i.slug, n, t))
            else:
                rows.append(hour.open_bar(i.slug, n, t, hour.minute(now_ms)[1]))
        return rows

    def mark_bars(self, i: Instrument, first_ms: int, last_ms: int, now_ms: int) -> list[BarRow]:
        """Minutes of the mark price, without volume."""
        return [
            BarRow(
                i.slug,
                bar.end_ms,
                MINUTE_MS,
                open=self.mark(i, bar.end_ms - MINUTE_MS).mark_price,
                high=bar.mark_high,
                low=bar.mark_low,
                close=bar.mark_close,
                closed=bar.closed,
            )
            for bar in self.bars(i, first_ms, last_ms, now_ms)
        ]

    def open_interest(self, i: Instrument, at_ms: int) -> OpenInterest:
        """At one instant, valued at the mark price."""
        n, hour = self._index[i.slug], self._hour(at_ms)
        t, share = hour.minute(at_ms)
        amount = hour.open_interest(n, t, share)
        return OpenInterest(i.slug, at_ms, amount, amount * hour.price(hour.mark, n, t, share))

    def mark(self, i: Instrument, at_ms: int) -> Mark:
        """Prices and funding at one instant, the rate per the venue's interval."""
        n, hour = self._index[i.slug], self._hour(at_ms)
        t, share = hour.minute(at_ms)
        interval = funding_interval_ms(i.venue)
        return Mark(
            instrument=i.slug,
            ts_ms=at_ms,
            mark_price=hour.price(hour.mark, n, t, share),
            index_price=hour.price(hour.index, n, t, share),
            funding_rate=float(hour.bars.funding_rate[t, n]) * interval / HOUR_MS,
            funding_interval_ms=interval,
            next_funding_ms=next_funding_ms(i.venue, at_ms),
        )

    def last_price(self, i: Instrument, at_ms: int) -> float:
        """What was last paid."""
        hour = self._hour(at_ms)
        return hour.price(hour.last, self._index[i.slug], *hour.minute(at_ms))

    def book(self, i: Instrument, at_ms: int) -> Book:
        """Sixty levels on each side, a basis point apart, deeper further out."""
        middle, n = self.last_price(i, at_ms), self._index[i.slug]
        coin = self.universe.coins[n // self.universe.venues]
        first = n - n % self.universe.venues
        levered = self.universe.levered
        share = float(levered[n] / levered[first : first + self.universe.venues].sum())
        sizes = [share * coin.usd_per_bp / middle * (1 + k / 20) for k in range(LEVELS)]
        away = [(k + 0.5) * LEVEL_BPS for k in range(LEVELS)]
        return Book(
            i.slug,
            at_ms,
            bids=tuple((middle * (1 - a), size) for a, size in zip(away, sizes, strict=True)),
            asks=tuple((middle * (1 + a), size) for a, size in zip(away, sizes, strict=True)),
        )

    def prints(self, i: Instrument, first_ms: int, last_ms: int) -> list[Print]:
        """Trades, rising in time; those of a minute add up to its bar."""
        rows = [
            row
            for hour, t in self._minutes(first_ms // MINUTE_MS * MINUTE_MS, last_ms)
            for row in self._minute_of_prints(i, hour, t)
            if first_ms <= row.trade.ts_ms <= last_ms
        ]
        return sorted(rows, key=lambda row: row.trade.ts_ms)

    def _minute_of_prints(self, i: Instrument, hour: KeptHour, t: int) -> list[Print]:
        """Those of one minute, remembered for whoever asks again soon."""
        minute = i.slug, hour.first_ms + t * MINUTE_MS
        if minute not in self._prints:
            if len(self._prints) >= MINUTES_REMEMBERED:
                self._prints.clear()
            self._prints[minute] = list(self._prints_of(i, hour, t))
        return self._prints[minute]

    def _prints_of(self, i: Instrument, hour: KeptHour, t: int) -> Iterator[Print]:
        n, opens_ms = self._index[i.slug], hour.first_ms + t * MINUTE_MS
        volume, delta = float(hour.bars.volume[t, n]), float(hour.bars.taker_delta[t, n])
        rest = {"buy": (volume + delta) / 2, "sell": (volume - delta) / 2}
        ends_ms = opens_ms + MINUTE_MS - 1
        for dead in hour.dead.get(i.slug, ()):
            if not opens_ms <= dead.ts_ms <= ends_ms:
                continue
            side = "sell" if dead.side == "long" else "buy"
            rest[side] -= dead.size_base
            number = f"{dead.ts_ms}{dead.native_id.replace('-', '')}"
            trade = Trade(i.slug, dead.ts_ms, side, dead.size_base, dead.price, number)
            yield Print(trade, is_liquidation=True)
        for k in range(2 * DEALS_PER_MIN):
            side, share = ("sell", "buy")[k % 2], (k + 0.5) / (2 * DEALS_PER_MIN)
            if (size := rest[side] / DEALS_PER_MIN) > 1e-9 * volume:
                ts_ms = opens_ms + int(share * MINUTE_MS)
                price = hour.price(hour.last, n, t, share)
                trade = Trade(i.slug, ts_ms, side, size, price, f"{ts_ms}{k:02d}")
                yield Print(trade, is_liquidation=False)

    def liquidations(
        self, venue: str, i: Instrument | None, first_ms: int, last_ms: int
    ) -> list[LiquidationRow]:
        """Who died, rising in time; of one instrument or of all of the venue."""
        listed = {listing.slug for listing in self.instruments(venue)}
        return [
            row
            for hour in self._hours_of(first_ms, last_ms)
            for row in (hour.dead.get(i.slug, ()) if i else hour.liquidations)
            if first_ms <= row.ts_ms <= last_ms and row.instrument in listed
        ]

    def long_share(self, i: Instrument, at_ms: int) -> float:
        """Share of traders' positions that is long, at the end of the minute under way."""
        hour = self._hour(at_ms)
        return float(hour.long_share[hour.minute(at_ms)[0], self._index[i.slug]])

    def margin_tiers(self, i: Instrument, at_ms: int) -> list[MarginTier]:
        """From the lowest up."""
        return margin_tiers(i, at_ms)

    def _minutes(self, first_ms: int, last_ms: int) -> Iterator[tuple[KeptHour, int]]:
        """Every minute that opens in the range."""
        for hour in self._hours_of(first_ms, last_ms):
            first = max(0, -(-(first_ms - hour.first_ms) // MINUTE_MS))
            last = min(HOUR_MS // MINUTE_MS - 1, (last_ms - hour.first_ms) // MINUTE_MS)
            for t in range(first, last + 1):
                yield hour, t

    def _hours_of(self, first_ms: int, last_ms: int) -> list[KeptHour]:
        self.reach(last_ms)
        return [h for h in self._hours if h.first_ms <= last_ms and first_ms < h.end_ms]

    def _hour(self, at_ms: int) -> KeptHour:
        self.reach(at_ms)
        oldest = self._hours[0]
        place = (at_ms - oldest.first_ms) // HOUR_MS
        if place < 0:
            raise ValueError(f"The market of {at_ms} is forgotten, or was never there.")
        return self._hours[place]

    def reach(self, at_ms: int) -> None:
        """Simulate up to an instant, some 60 ms an hour of eight venues and ten coins."""
        while not self._hours or self._hours[-1].end_ms <= at_ms:
            self._hours.append(kept(next(self._blocks)))
