"""A day that is over becomes evidence once, of the minutes in which its venue was heard."""

from itertools import islice

import numpy as np
import pytest
from django.db.models import Sum

from apps.accuracy.calibration import tasks
from apps.accuracy.calibration.cells import CELLS, evidence_from, usable_days
from apps.accuracy.calibration.gathering import DAY_MS, WARM_DAYS, gather_days
from apps.engine.exposure import swept_by_leverage
from apps.engine.parameters import default_parameters
from apps.exchanges.live.unheard import Unheard
from apps.exchanges.simulated.hours import tell
from apps.exchanges.simulated.tables import universe
from apps.markets import services
from apps.markets.bars import load_bars
from apps.markets.leverage_sets import bell_curve
from apps.markets.models import Feed, HeardMinute, LeverageDay, Liquidation, Market, MinuteBar
from apps.markets.retention import prune
from apps.markets.unheard import note_unheard
from heatmap_site.celery import app

FIRST_DAY = 20_600
FIRST_MS = FIRST_DAY * DAY_MS
DAYS = WARM_DAYS + 3
NOW_MS = FIRST_MS + DAYS * DAY_MS + 2 * 3_600_000
OVER = [FIRST_DAY + WARM_DAYS + 1, FIRST_DAY + WARM_DAYS + 2]


@pytest.fixture
def market(db: None) -> Market:
    """Eight simulated days of BTC on Binance alone."""
    traded = universe(1, 1, standing_per_book=600)
    services.ensure_instruments(traded.infos)
    told = list(islice(tell(4, FIRST_MS, traded), DAYS * 24))
    bars = [row for hour in told for row in hour.closed]
    services.store_rows(bars)
    services.store_rows([row for hour in told for row in hour.liquidations])
    return Market.objects.get(slug="btc")


def feed_of(kind: str) -> Feed:
    return Feed.objects.create(
        kind=kind, label="one venue", source="one", state="running", anchor_data_ms=NOW_MS,
        anchor_wall_ms=NOW_MS,
    )  # fmt: skip


def gather(market: Market, feed: Feed) -> int:
    return gather_days(market=market, feed=feed, now_ms=NOW_MS)


def test_days_that_are_over_are_condensed_once_and_hold_what_was_told(market: Market) -> None:
    feed = feed_of("simulated")
    assert gather(market, feed) == len(OVER)
    assert gather(market, feed) == 0
    rows = usable_days("binance")
    assert [row.day for row in rows] == OVER
    for row in rows:
        told = Liquidation.objects.filter(
            ts_ms__gt=row.day * DAY_MS, ts_ms__lte=(row.day + 1) * DAY_MS
        )
        assert row.prints == told.count() > 0
        assert row.usd == pytest.approx(told.aggregate(usd=Sum("usd"))["usd"])
        assert row.heard_share == pytest.approx(1.0)

    evidence = evidence_from(rows)
    assert evidence.exposure.shape[0] == len(OVER) * CELLS * 2
    shipped = bell_curve(default_parameters(), "binance")
    bars = load_bars(market, since_ms=0)
    walk, swept = swept_by_leverage(bars, default_parameters())
    inside = (walk.instants_ms > OVER[0] * DAY_MS) & (walk.instants_ms <= (OVER[-1] + 1) * DAY_MS)
    by_side = swept[inside, 0].sum(axis=(0, 2))
    expected = evidence.exposure @ shipped
    for side in (0, 1):
        assert expected[evidence.group == side].sum() == pytest.approx(by_side[side], rel=1e-5)


def test_minutes_in_which_a_live_venue_was_not_heard_count_on_neither_side(market: Market) -> None:
    feed = feed_of("live")
    day = OVER[-1]
    noon_ms = day * DAY_MS + DAY_MS // 2
    HeardMinute.objects.bulk_create(
        HeardMinute(venue="binance", stream="bars", minute_ms=ms, rows=1)
        for ms in range(day * DAY_MS, noon_ms, 60_000)
    )
    assert gather(market, feed) == 1
    (row,) = usable_days("binance")
    assert (row.day, row.heard_share) == (day, pytest.approx(0.5))
    told = Liquidation.objects.filter(ts_ms__gt=day * DAY_MS, ts_ms__lte=noon_ms)
    assert row.prints == told.count()
    evidence = evidence_from([row])
    afternoon = np.tile(np.arange(CELLS) >= CELLS // 2, 2)
    assert evidence.realised[afternoon].sum() == evidence.exposure[afternoon].sum() == 0.0
    assert evidence.exposure[~afternoon].sum() > 0


def test_minutes_in_which_pushed_liquidations_were_not_heard_count_on_neither_side(
    market: Market,
) -> None:
    feed = feed_of("live")
    day_ms = OVER[-1] * DAY_MS
    HeardMinute.objects.bulk_create(
        HeardMinute(venue="binance", stream="bars", minute_ms=ms, rows=1)
        for ms in range(day_ms, day_ms + DAY_MS, 60_000)
    )
    noon_ms = day_ms + DAY_MS // 2
    note_unheard([Unheard("binance", "pushed liquidations", noon_ms, day_ms + DAY_MS, "was away")])
    assert gather(market, feed) == 1
    (row,) = usable_days("binance")
    assert row.heard_share == pytest.approx(0.5)
    evidence = evidence_from([row])
    afternoon = np.tile(np.arange(CELLS) >= CELLS // 2, 2)
    assert evidence.realised[afternoon].sum() == evidence.exposure[afternoon].sum() == 0.0


def test_nothing_is_condensed_where_bars_or_complete_liquidations_are_missing(
    market: Market,
) -> None:
    feed = feed_of("simulated")
    Liquidation.objects.update(completeness="sampled")
    assert gather(market, feed) == 0
    Liquidation.objects.update(completeness="full")
    Liquidation.objects.filter(ts_ms__gt=OVER[-1] * DAY_MS).delete()
    assert gather(market, feed) == 1  # a day on which the venue printed nothing was not heard
    LeverageDay.objects.all().delete()
    MinuteBar.objects.all().delete()
    assert gather(market, feed) == 0


def test_evidence_outlives_its_bars_but_not_its_feed(market: Market) -> None:
    gather(market, feed_of("simulated"))
    prune(now_ms=NOW_MS + 100 * DAY_MS, wall_ms=NOW_MS)
    assert not MinuteBar.objects.exists()
    assert len(usable_days("binance")) == len(OVER)
    services.forget_everything()
    assert not usable_days("binance")


def test_after_half_a_year_a_day_is_forgotten(market: Market) -> None:
    gather(market, feed_of("simulated"))
    prune(now_ms=(OVER[0] + 181) * DAY_MS, wall_ms=NOW_MS)
    assert [row.day for row in usable_days("binance")] == OVER[1:]


def test_the_task_has_every_market_condensed(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed_of("simulated")
    monkeypatch.setattr("apps.accuracy.calibration.services.wall_now_ms", lambda: NOW_MS)
    assert tasks.gather_evidence.name in app.tasks
    tasks.gather_evidence.delay()
    assert len(usable_days("binance")) == len(OVER)
    tasks.gather_market.delay("doge")
