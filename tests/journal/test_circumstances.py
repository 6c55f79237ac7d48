"""What kind of day a read was made in, and how fresh its zone was: written once, from before it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.journal.circumstances import BACK_MS, STEP_MS, fresh_share, regime_of
from apps.journal.models import Read
from apps.journal.outcome import Path
from apps.journal.resolving import resolve_reads
from apps.markets import services
from tests.heatmaps.conftest import BEGIN_MS, minute_bar

AT_MS = 1_780_000_200_000
QUARTERS = 8 * 96 + 1


def path_of(closes: list[float], *, at_ms: int = AT_MS, span_ms: int = STEP_MS) -> Path:
    """Bars whose last one ends at an instant."""
    close = np.array(closes)
    end_ms = at_ms - span_ms * np.arange(len(closes) - 1, -1, -1, dtype=np.int64)
    return Path(end_ms, np.full(len(closes), span_ms), close, close, close, close > 0)


def walk(seed: int, count: int = QUARTERS) -> list[float]:
    steps = np.random.default_rng(seed).normal(0, 0.002, count)
    return (60_000 * np.exp(np.cumsum(steps))).tolist()


def slow_regime(closes: list[float]) -> tuple[float, float]:
    """The definition, one quarter hour after another."""
    moves = [math.log(after / before) for before, after in zip(closes, closes[1:], strict=False)]
    day, week = moves[-96:], moves[-768:-96]
    usual = math.sqrt(sum(move * move for move in week) / len(week))
    restless = math.sqrt(sum(move * move for move in day) / len(day))
    return restless / usual, sum(day) / (usual * math.sqrt(len(day)))


@pytest.mark.parametrize("seed", range(40))
def test_the_regime_is_what_its_definition_says(seed):
    closes = walk(seed)
    assert regime_of(path_of(closes), AT_MS) == pytest.approx(slow_regime(closes), rel=1e-9)


@given(st.integers(0, 1000), st.floats(0.001, 1000))
def test_prices_in_other_money_and_bars_after_the_read_change_nothing(seed, factor):
    closes = walk(seed)
    told = regime_of(path_of(closes), AT_MS)
    scaled = path_of([close * factor for close in closes])
    assert regime_of(scaled, AT_MS) == pytest.approx(told, rel=1e-6)
    longer = path_of([*closes, 1.0, 1e9], at_ms=AT_MS + 2 * STEP_MS)
    assert regime_of(longer, AT_MS) == pytest.approx(told, rel=1e-9)


@given(st.integers(0, 1000))
def test_the_mirrored_market_trends_the_other_way_as_restlessly(seed):
    closes = walk(seed)
    unrest, trend = regime_of(path_of(closes), AT_MS)
    mirrored = regime_of(path_of([1 / close for close in closes]), AT_MS)
    assert mirrored == pytest.approx((unrest, -trend), rel=1e-6)


def test_minutes_say_the_same_as_their_quarter_hours():
    quarters = walk(1)
    minutes = [close for close in quarters for _minute in range(15)]
    told = regime_of(path_of(minutes, span_ms=60_000), AT_MS)
    assert told == pytest.approx(regime_of(path_of(quarters), AT_MS), rel=1e-9)


@pytest.mark.parametrize(
    "closes", [[], [60_000.0], walk(1, 96), walk(1, 96 + 150), [1.0] * QUARTERS]
)
def test_where_too_little_is_known_nothing_is_said(closes):
    assert regime_of(path_of(closes), AT_MS) == (None, None)


def test_a_day_with_a_large_hole_is_no_day():
    path = path_of(walk(1))
    keep = (path.end_ms < AT_MS - 30 * STEP_MS) | (path.end_ms > AT_MS - 5 * STEP_MS)
    holed = Path(*(getattr(path, name)[keep] for name in Path.__dataclass_fields__))
    assert regime_of(holed, AT_MS) == (None, None)


def test_a_read_keeps_how_fresh_its_cluster_was_and_what_day_it_was(published, user, signed_in):
    quarters = range(-BACK_MS // 60_000, -299, 15)
    services.store_rows([minute_bar(minute) for minute in quarters])
    zone = published.market.snapshot.reading["clusters"][0]
    told = {"market": "btc", "side": zone["side"], "low": zone["low"], "high": zone["high"]}
    form = signed_in.get("/journal/new/", told).context["form"]
    signed_in.post("/journal/new/", {one.html_name: one.value() or "" for one in form})
    read = Read.objects.get()
    assert read.fresh == fresh_share_of(zone)
    closes = [minute_bar(-15 * quarter).close for quarter in range(QUARTERS - 1, -1, -1)]
    assert (read.unrest, read.trend) == pytest.approx(slow_regime(closes), rel=1e-9)
    kept = (read.fresh, read.unrest, read.trend)
    services.store_rows([minute_bar(minute) for minute in range(1, 200)])
    published.minute = 200
    resolve_reads()
    read.refresh_from_db()
    assert read.covered_ms > BEGIN_MS
    assert (read.fresh, read.unrest, read.trend) == kept


def fresh_share_of(zone: dict) -> float:
    assert sum(zone["ages"]) == pytest.approx(1)
    return zone["ages"][0]


def test_without_a_cluster_nobody_knows_how_fresh_it_was(log):
    assert fresh_share(None) is None
    assert log(away=-0.3).fresh is None
