"""How far a trade went against its owner and for it comes from whole bars, or from nothing."""

from decimal import Decimal

import pytest
from django.urls import reverse

from apps.journal.trades.excursions import excursion_of
from apps.journal.trades.sketch import sketch_of
from apps.markets.models import MinuteBar
from tests.heatmaps.conftest import BEGIN_MS, MINUTE_MS

D = Decimal
HOUR_MS = 60 * MINUTE_MS


@pytest.fixture
def bars(published):
    """The hour of Binance's bars before the world begins."""
    since_ms = BEGIN_MS - HOUR_MS
    found = MinuteBar.objects.filter(
        instrument__market=published.market, instrument__venue="binance", closed=True,
        end_ms__gt=since_ms, end_ms__lte=BEGIN_MS,
    )  # fmt: skip
    assert found.count() == 60
    return found


def over_that_hour(make_trade, **told: object):
    usual = {"opened_ms": BEGIN_MS - HOUR_MS, "closed_ms": BEGIN_MS, "venue": "binance",
             "entry": D(60_000), "exit": D(60_000)}  # fmt: skip
    return make_trade(**usual | told)


def extremes(bars) -> tuple[float, float]:
    """The lowest and the highest price, by the mark where all of it was told."""
    marked = [
        (bar.mark_low, bar.mark_high)
        if None not in (bar.mark_low, bar.mark_high, bar.mark_close)
        else (bar.low, bar.high)
        for bar in bars
    ]
    return min(low for low, _ in marked), max(high for _, high in marked)


def test_worst_and_best_are_the_extremes_between_opening_and_closing(make_trade, bars):
    low, high = extremes(bars)
    down, up = max(0, 1 - low / 60_000), max(0, high / 60_000 - 1)
    long = excursion_of(over_that_hour(make_trade))
    short = excursion_of(over_that_hour(make_trade, side="short"))
    assert (long.mae, long.mfe) == pytest.approx((down, up))
    assert (short.mae, short.mfe) == pytest.approx((up, down))


def test_a_missing_bar_says_nothing_rather_than_something(make_trade, bars):
    trade = over_that_hour(make_trade)
    assert excursion_of(trade) is not None
    bars[30].delete()
    assert excursion_of(trade) is None


def test_another_venue_currency_or_time_has_no_bars(make_trade, bars):
    for told in ({"venue": "nowhere"}, {"quote": "EUR"}, {"base": "XYZ"},
                 {"closed_ms": BEGIN_MS + 2 * HOUR_MS}, {"opened_ms": 0},
                 {"opened_ms": BEGIN_MS - 30_000}):  # fmt: skip
        assert excursion_of(over_that_hour(make_trade, **told)) is None


def test_a_trade_is_drawn_over_the_prices_of_its_venue(make_trade, bars, signed_in):
    trade = over_that_hour(make_trade, stop=D(59_000), target=D(61_000))
    sketch = sketch_of(trade)
    heights = {level.kind: float(level.y) for level in sketch.levels}
    assert heights["target"] < heights["entry"] == heights["exit"] < heights["stop"]
    assert all(0 <= float(one.y1) <= float(one.y2) <= 100 for one in sketch.candles)
    middles = [float(one.x) - float(sketch.opened) for one in sketch.candles]
    assert sum(0 < middle < float(sketch.stood) for middle in middles) == 30
    page = signed_in.get(reverse("trade", args=[trade.public])).content.decode()
    assert page.count("trade-level") == len(heights) == 4


def test_without_prices_nothing_is_drawn(make_trade, bars):
    for told in ({"venue": "nowhere"}, {"quote": "EUR"}, {"opened_ms": 0, "closed_ms": 1}):
        assert sketch_of(over_that_hour(make_trade, **told)) is None
