"""Every hour of the data's clock is foretold at its start and compared with what came."""

import numpy as np
import pytest

from apps.accuracy.fitted import SHIPPED_UNTIL_MS, UnknownSet, scored_from_ms
from apps.accuracy.models import Scorecard, ScoredHour
from apps.accuracy.scoring import WARM_UP_MS
from apps.accuracy.services import KEPT_MS, forget_scores, score_market
from apps.accuracy.tasks import score_markets
from apps.accuracy.walking import forget_walks, settings_of
from apps.engine.book import rebuild
from apps.engine.intervals import sum_by_interval
from apps.engine.parameters import default_parameters
from apps.engine.score import EMBARGO_MS
from apps.exchanges.live.unheard import Unheard
from apps.exchanges.records import BarRow, LiquidationRow
from apps.markets.bars import load_bars
from apps.markets.models import (
    Feed,
    Gap,
    HeardMinute,
    Liquidation,
    Market,
    StreamStatus,
    VenueStatus,
)
from apps.markets.services import store_rows
from apps.markets.unheard import note_unheard
from heatmap_site.celery import app
from tests.accuracy.conftest import BEGIN_MS, HOUR_MS, sampled

MINUTE_MS = 60_000
FIRST_SCORED_MS = BEGIN_MS + WARM_UP_MS + HOUR_MS  # after the first bar has ended


def together() -> list[ScoredHour]:
    return list(ScoredHour.objects.filter(venue=""))


def test_predictions_are_those_of_a_walk_made_in_one_go(simulated):
    simulated.live_through(44)
    simulated.score()
    rows = together()
    bars = load_bars(simulated.market, since_ms=0, closed_only=True)
    starts = np.array([row.start_ms for row in rows])
    for name, settings in settings_of(simulated.market).items():
        walk = rebuild(bars, settings)
        expected = sum_by_interval(
            walk.predicted_usd.sum(axis=1), walk.instants_ms, starts, HOUR_MS
        )
        found = np.array([row.predicted[name] for row in rows])
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)
        assert found.sum() > 0


def test_what_comes_after_an_hour_does_not_change_what_was_foretold_of_it(simulated):
    simulated.live_through(34)
    simulated.score()
    before = {row.start_ms: row.predicted for row in together()}
    ScoredHour.objects.all().delete()
    forget_walks()
    simulated.live_through(4)
    simulated.score()
    after = {row.start_ms: row.predicted for row in together()}
    assert len(after) == len(before) + 4
    for start_ms, predicted in before.items():
        for name, usd in predicted.items():
            assert after[start_ms][name] == pytest.approx(usd, rel=1e-9, abs=1e-6)


def test_realised_dollars_are_the_liquidations_of_the_hour(simulated):
    simulated.live_through(40)
    simulated.score()
    for row in ScoredHour.objects.all():
        told = Liquidation.objects.filter(
            ts_ms__gt=row.start_ms, ts_ms__lte=row.start_ms + HOUR_MS,
            instrument__venue__in=row.venues,
        )  # fmt: skip
        for side in ("long", "short"):
            usd = sum(one.usd for one in told if one.side == side)
            assert getattr(row, f"{side}_usd") == pytest.approx(usd)


def test_each_venue_has_its_row_and_all_of_them_have_one(simulated):
    simulated.live_through(30)
    simulated.score()
    first = [row for row in ScoredHour.objects.all() if row.start_ms == FIRST_SCORED_MS]
    assert {row.venue: row.venues for row in first} == {
        "binance": ["binance"], "bybit": ["bybit"], "": ["binance", "bybit"],
    }  # fmt: skip
    by_venue = {row.venue: row for row in first}
    for name, usd in by_venue[""].predicted.items():
        parts = [by_venue[venue].predicted[name] for venue in ("binance", "bybit")]
        assert usd == pytest.approx(np.sum(parts, axis=0).tolist())


def test_running_twice_or_in_another_process_changes_nothing(simulated):
    simulated.live_through(30)
    assert simulated.score() == 5 * 3
    rows = list(ScoredHour.objects.values())
    assert simulated.score() == 0
    forget_walks()
    assert simulated.score() == 0
    assert list(ScoredHour.objects.values()) == rows


def test_a_restart_between_two_hours_changes_nothing(simulated):
    simulated.live_through(36)
    for _ in range(2):
        simulated.score()
        forget_walks()
        simulated.live_through(1)
    simulated.score()
    restarted = {row.start_ms: row.predicted for row in together()}
    ScoredHour.objects.all().delete()
    forget_walks()
    simulated.score()
    for row in together():
        for name, usd in row.predicted.items():
            assert restarted[row.start_ms][name] == pytest.approx(usd, rel=1e-9, abs=1e-6)


def test_a_long_history_is_walked_in_pieces_and_foretells_the_same(simulated, monkeypatch):
    monkeypatch.setattr("apps.accuracy.scoring.WALKED_AT_ONCE_MS", 7 * HOUR_MS)
    simulated.live_through(26)
    rounds = 1
    while not simulated.score():
        rounds += 1
        assert rounds < 9
    assert rounds == 4  # 25 hours of history: three pieces, then the rest and the hour
    walk = rebuild(
        load_bars(simulated.market, since_ms=0, closed_only=True),
        settings_of(simulated.market)["exact"],
    )
    (row,) = together()
    expected = sum_by_interval(
        walk.predicted_usd.sum(axis=1), walk.instants_ms, np.array([row.start_ms]), HOUR_MS
    )
    assert row.predicted["exact"] == pytest.approx(expected[0].tolist())


def test_an_hour_waits_until_its_liquidations_may_be_complete(simulated):
    simulated.live_through(26)
    early, late = (simulated.now_ms + minutes * MINUTE_MS for minutes in (4, 5))
    assert score_market(market=simulated.market, now_ms=early) == 0
    assert score_market(market=simulated.market, now_ms=late) == 3
    Liquidation.objects.update(completeness="delayed")
    simulated.live_through(1)
    early, late = (simulated.now_ms + minutes * MINUTE_MS for minutes in (64, 65))
    assert score_market(market=simulated.market, now_ms=early) == 0
    assert score_market(market=simulated.market, now_ms=late) == 3


def test_an_hour_waits_for_bars_that_are_still_to_be_walked_but_not_for_ever(simulated):
    simulated.live_through(26)
    Market.objects.update(settled_ms=simulated.now_ms - 1)
    simulated.market.refresh_from_db()
    early, late = (simulated.now_ms + minutes * MINUTE_MS for minutes in (59, 60))
    assert score_market(market=simulated.market, now_ms=early) == 0
    assert score_market(market=simulated.market, now_ms=late) == 3


def test_bars_that_come_after_an_hour_was_scored_are_walked_before_the_next(simulated):
    simulated.live_through(30)
    simulated.score()
    late = [row for row in simulated.told[30] if row.instrument.startswith("bybit")]
    simulated.live_through(1, lambda rows: [row for row in rows if row not in late])
    Market.objects.update(settled_ms=0)  # the map itself has walked nothing of it
    simulated.market.refresh_from_db()
    assert score_market(market=simulated.market, now_ms=simulated.now_ms + HOUR_MS) == 3
    store_rows(late)
    simulated.live_through(1)
    simulated.score()
    last = together()[-1]
    assert last.start_ms == BEGIN_MS + 31 * HOUR_MS
    walk = rebuild(
        load_bars(simulated.market, since_ms=0, closed_only=True),
        settings_of(simulated.market)["exact"],
    )
    expected = sum_by_interval(
        walk.predicted_usd.sum(axis=1), walk.instants_ms, np.array([last.start_ms]), HOUR_MS
    )
    assert last.predicted["exact"] == pytest.approx(expected[0].tolist())


def test_a_venue_counts_from_its_first_liquidation_on(simulated):
    simulated.live_through(
        30,
        lambda rows: [
            row for row in rows
            if not (isinstance(row, LiquidationRow) and row.instrument.startswith("bybit"))
        ],
    )  # fmt: skip
    simulated.live_through(8)
    simulated.score()
    bybit = {
        (row.start_ms - BEGIN_MS) // HOUR_MS for row in ScoredHour.objects.filter(venue="bybit")
    }
    assert bybit
    assert min(bybit) >= 30
    assert {tuple(row.venues) for row in together() if row.start_ms < BEGIN_MS + 30 * HOUR_MS} == {
        ("binance",)
    }


def test_an_hour_with_a_hole_is_marked_and_never_scored(simulated):
    simulated.live_through(30)
    hole = range(BEGIN_MS + 30 * HOUR_MS + 20 * MINUTE_MS, BEGIN_MS + 31 * HOUR_MS, MINUTE_MS)
    simulated.live_through(
        1,
        lambda rows: [
            row for row in rows
            if not (isinstance(row, BarRow) and row.end_ms in hole
                    and row.instrument.startswith("bybit"))
        ],
    )  # fmt: skip
    simulated.live_through(2)
    simulated.score()
    usable = {(row.venue, (row.start_ms - BEGIN_MS) // HOUR_MS): row.is_usable
              for row in ScoredHour.objects.all()}  # fmt: skip
    assert usable["binance", 30]
    assert not usable["bybit", 30]
    assert not usable["", 30]
    assert usable["", 31]
    card = Scorecard.objects.get(venue="bybit")
    assert (card.hours, card.lost_hours) == (7, 1)


def test_a_live_minute_without_a_sign_of_life_spoils_its_hour(simulated):
    Feed.objects.update(kind="live", anchor_data_ms=BEGIN_MS + 25 * HOUR_MS)
    simulated.live_through(30)
    signs = range(BEGIN_MS, BEGIN_MS + 30 * HOUR_MS, MINUTE_MS)
    silent = BEGIN_MS + 27 * HOUR_MS + 5 * MINUTE_MS
    HeardMinute.objects.bulk_create(
        HeardMinute(venue=venue, stream="bars", minute_ms=ms, rows=1)
        for ms in signs for venue in ("binance", "bybit")
        if (venue, ms) != ("bybit", silent)
    )  # fmt: skip
    gap_ms = BEGIN_MS + 28 * HOUR_MS
    Gap.objects.create(
        instrument=simulated.market.instruments.get(venue="binance"), from_ms=gap_ms,
        to_ms=gap_ms + MINUTE_MS, reason="silent", noted_ms=0, healed_ms=1,
    )  # fmt: skip
    simulated.score()
    usable = {(row.venue, (row.start_ms - BEGIN_MS) // HOUR_MS): row.is_usable
              for row in ScoredHour.objects.exclude(venue="")}  # fmt: skip
    assert min(hour for _, hour in usable) == 25
    lost = {key for key, is_usable in usable.items() if not is_usable}
    assert lost == {("bybit", 27), ("binance", 28)}


def test_a_broken_line_of_liquidations_spoils_its_hour_unless_they_can_be_asked_for(simulated):
    Feed.objects.update(kind="live", anchor_data_ms=BEGIN_MS + 25 * HOUR_MS)
    simulated.live_through(29)
    HeardMinute.objects.bulk_create(
        HeardMinute(venue=venue, stream="bars", minute_ms=ms, rows=1)
        for ms in range(BEGIN_MS, simulated.now_ms, MINUTE_MS)
        for venue in ("binance", "bybit")
    )
    broken_ms = BEGIN_MS + 26 * HOUR_MS + 30 * MINUTE_MS
    lines = (("bybit", "pushed liquidations"), ("binance", "pushed liquidations"))
    note_unheard(
        Unheard(venue, kind, broken_ms, broken_ms + 900, "closed the socket")
        for venue, kind in (*lines, ("bybit", "trades"))
    )
    StreamStatus.objects.create(
        venue="binance", kind="liquidation replies", state="live", at_ms=broken_ms
    )
    simulated.score()
    lost = {
        (row.venue, (row.start_ms - BEGIN_MS) // HOUR_MS)
        for row in ScoredHour.objects.filter(is_usable=False)
    }
    assert lost == {("bybit", 26), ("", 26)}


def test_a_fake_market_that_is_listened_to_is_scored_from_then_on(simulated):
    Feed.objects.update(anchor_data_ms=BEGIN_MS + 28 * HOUR_MS)
    VenueStatus.objects.create(venue="binance", at_ms=BEGIN_MS)
    simulated.live_through(30)
    simulated.score()
    assert {(row.start_ms - BEGIN_MS) // HOUR_MS for row in together()} == {28, 29}
    assert not any(row.is_usable for row in together())


def test_a_venue_whose_liquidations_cannot_be_heard_is_not_scored(simulated):
    Feed.objects.update(kind="live")
    simulated.live_through(26)
    HeardMinute.objects.bulk_create(
        HeardMinute(venue=venue, stream="bars", minute_ms=ms, rows=1)
        for ms in range(BEGIN_MS, simulated.now_ms, MINUTE_MS) for venue in ("binance", "bybit")
    )  # fmt: skip
    StreamStatus.objects.create(
        venue="bybit", kind="pushed liquidations", state="barred", at_ms=simulated.now_ms
    )
    simulated.score()
    last = {row.venue: row.is_usable for row in ScoredHour.objects.all().order_by("start_ms")}
    assert last == {"binance": True, "bybit": False, "": False}


def test_completeness_is_kept_beside_each_hour(simulated):
    simulated.live_through(26, sampled)
    simulated.score()
    assert {row.completeness for row in ScoredHour.objects.all()} == {"sampled"}


def test_hours_of_which_nobody_tells_liquidations_are_never_scored(simulated):
    simulated.live_through(
        30, lambda rows: [row for row in rows if not isinstance(row, LiquidationRow)]
    )
    assert simulated.score() == 5
    assert {(row.is_usable, row.completeness) for row in together()} == {(False, "none")}
    assert Scorecard.objects.get().told == {}


def test_nothing_is_scored_that_settings_were_fitted_on(simulated, monkeypatch):
    simulated.live_through(30)
    fitted_until_ms = BEGIN_MS + 27 * HOUR_MS - EMBARGO_MS
    monkeypatch.setattr("apps.accuracy.fitted.SHIPPED_UNTIL_MS", fitted_until_ms)
    simulated.score()
    assert min(row.start_ms for row in together()) == BEGIN_MS + 27 * HOUR_MS


@pytest.mark.django_db
def test_the_shipped_settings_were_chosen_before_march():
    assert scored_from_ms(default_parameters().version) == SHIPPED_UNTIL_MS + 48 * HOUR_MS
    for unknown in ("fit-9", f"{default_parameters().version}+fit-9"):
        with pytest.raises(UnknownSet):
            scored_from_ms(unknown)


def test_the_task_scores_every_market(simulated, monkeypatch):
    simulated.live_through(26)
    monkeypatch.setattr("apps.accuracy.tasks.feed_now_ms", lambda: simulated.now_ms + HOUR_MS // 10)
    assert app.conf.task_always_eager
    score_markets.delay()
    assert len(together()) == 1


def test_what_is_old_and_what_never_comes_back_is_forgotten(simulated):
    simulated.live_through(27)
    simulated.score()
    old = {"market": "btc", "parameters": "p", "completeness": "full", "coverage": 1.0}
    ancient_ms = BEGIN_MS - KEPT_MS
    here, gone = together()[0].source, "simulated #0"
    for source, feed, start_ms in (
        (here, "simulated", ancient_ms), (gone, "simulated", BEGIN_MS), ("auto", "live", 0),
    ):  # fmt: skip
        ScoredHour.objects.create(
            source=source, feed=feed, start_ms=start_ms, is_usable=True, long_usd=0.0,
            short_usd=0.0, **old,
        )  # fmt: skip
        for venue in ("", "bybit"):
            Scorecard.objects.create(
                source=source, feed=feed, day_ms=start_ms, hours=1, lost_hours=0, venue=venue, **old
            )
    forget_scores(simulated.feed, now_ms=simulated.now_ms)
    left = set(ScoredHour.objects.filter(parameters="p").values_list("source", flat=True))
    assert left == {"auto"}
    cards = set(Scorecard.objects.filter(parameters="p").values_list("source", "venue"))
    assert cards == {(here, ""), ("auto", ""), ("auto", "bybit")}
