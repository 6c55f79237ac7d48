"""On a recorded and a simulated market, what fired is what reference and preview say."""

from bisect import bisect_right
from collections.abc import Sequence

import pytest

from apps.alerts.evaluation import terms_of
from apps.alerts.history import recall_scenes
from apps.alerts.models import AlertRule, Firing, Stream
from apps.alerts.preview import preview_of
from apps.alerts.scenes import MINUTE_MS
from apps.alerts.selections import selection_from_key
from apps.exchanges.records import BarRow, InstrumentInfo, LiquidationRow
from apps.exchanges.replay import open_replay
from apps.exchanges.simulated.feed import SimulatedFeed
from apps.heatmaps.services import advance_market
from apps.markets import services
from apps.markets.models import Feed, Market
from tests.alerts import reference

RECORDING = "june-2026-two-venues"
BEGIN_MS = 1_780_000_200_000
PAST_MS = 5 * 60 * MINUTE_MS
LIVED_MIN = 90
EVERY_MIN = 3  # minutes between publications: those between are caught up on
LEAST_KINDS = 2  # that fire at all
SENTENCES = (
    {"kind": "near", "within": 0.03},
    {"kind": "near", "within": 0.003, "side": "long", "every_min": 15},
    {"kind": "formed", "within": 0.15},
    {"kind": "grew", "measure": "percent", "level": 0.1},
    {"kind": "shrank", "level": 0.1},
    {"kind": "swept"},
    {"kind": "cascade", "level": 2},
    {"kind": "asymmetry", "level": 1.02},
    {"kind": "realised", "usd": 2e4, "window_min": 15},
    {"kind": "stale"},
)


def begin(kind: str, infos: Sequence[InstrumentInfo], begin_ms: int) -> Market:
    """A feed that tells Bitcoin alone."""
    services.ensure_instruments(infos)
    Feed.objects.create(
        kind=kind, label=kind, source="test", state="running",
        anchor_data_ms=begin_ms, anchor_wall_ms=begin_ms,
    )  # fmt: skip
    return Market.objects.get(slug="btc")


def live_through(market: Market, rows: list[BarRow | LiquidationRow], begin_ms: int) -> None:
    """Everything up to ``begin_ms`` at once, then the minutes after it."""
    rows = sorted(rows, key=time_of)
    times = [time_of(row) for row in rows]
    told = 0
    for minute in range(0, LIVED_MIN + 1, EVERY_MIN):
        now_ms = begin_ms + minute * MINUTE_MS
        until = bisect_right(times, now_ms)
        services.store_rows(rows[told:until])
        told = until
        services.beat(venues=market.venues(), stream="bars", at_ms=now_ms)
        advance_market(market=market, now_ms=now_ms, wall_ms=now_ms)


def time_of(row: BarRow | LiquidationRow) -> int:
    return row.ts_ms if isinstance(row, LiquidationRow) else row.end_ms


def judged_as_the_reference_does(market: Market, made: list[AlertRule]) -> set[str]:
    """Compare every rule; the kinds that fired at all."""
    for rule in made:
        stream = Stream.objects.get(market=market, selection=rule.selection)
        scenes = list(recall_scenes(stream, since_ms=0))
        fired = list(rule.firings.order_by("at_ms").values_list("at_ms", flat=True))
        seen = preview_of(terms_of(rule), [market], selection_from_key(rule.selection))
        assert len(scenes) > LIVED_MIN // 2
        assert fired == reference.firings(terms_of(rule), scenes)
        assert fired == [trigger.at_ms for trigger in seen.triggers]
    return set(Firing.objects.exclude(rule=None).values_list("kind", flat=True))


@pytest.mark.django_db
def test_rules_on_a_recorded_market_fire_when_the_reference_does(recordings, make_rule):
    feed = open_replay(recordings / RECORDING)
    infos = [info for info in feed.traded if info.base == "BTC"]
    slugs = {info.slug for info in infos}
    begin_ms = feed.starts_ms // MINUTE_MS * MINUTE_MS
    span_ms = range(begin_ms - PAST_MS, begin_ms + LIVED_MIN * MINUTE_MS + 1)
    market = begin("replay", infos, begin_ms)
    made = [make_rule(**words) for words in SENTENCES]
    rows = [row for row in feed.rows if row.instrument in slugs and row.end_ms in span_ms]
    live_through(market, rows, begin_ms)
    assert len(judged_as_the_reference_does(market, made)) >= LEAST_KINDS


@pytest.mark.django_db
def test_rules_on_the_simulated_market_fire_when_the_reference_does(make_rule):
    feed = SimulatedFeed(seed=7)
    infos = [info for info in feed.instruments() if info.base == "BTC"]
    slugs = {info.slug for info in infos}
    market = begin("simulated", infos, BEGIN_MS)
    made = [make_rule(**words) for words in SENTENCES]
    batches = feed.history(BEGIN_MS + LIVED_MIN * MINUTE_MS, BEGIN_MS - PAST_MS)
    told = (BarRow, LiquidationRow)
    rows = [r for batch in batches for r in batch if isinstance(r, told) and r.instrument in slugs]
    live_through(market, rows, BEGIN_MS)
    assert len(judged_as_the_reference_does(market, made)) >= LEAST_KINDS
