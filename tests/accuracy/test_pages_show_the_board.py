"""The scoreboard in public: a sentence first, then dots, charts, tables, and files of every row."""

import csv
import io
import json
import re
from dataclasses import asdict

import pytest
from django.test import Client
from django.urls import reverse

from apps.accuracy.board import Standing
from apps.accuracy.interval_rows import chart_of_standings
from apps.accuracy.measures import measure
from apps.accuracy.models import Scorecard, ScoredHour, ZoneTrial
from apps.accuracy.periods import LEAST_DAYS
from apps.accuracy.verdicts import Verdict, verdicts_of
from apps.accuracy.views import FILES
from apps.accuracy.walking import settings_of
from apps.markets.models import Feed, Market
from tests.accuracy.conftest import BEGIN_MS, HOUR_MS
from tests.accuracy.test_measures_are_honest import hours_of


@pytest.fixture
def board(simulated, monkeypatch) -> Market:
    """A market at an hour of the test's choice."""
    monkeypatch.setattr("apps.accuracy.views.wall_now_ms", lambda: simulated.now_ms)
    return simulated.market


def text_of(client: Client, **query: str) -> str:
    answer = client.get(reverse("accuracy"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def add_card(market: Market, source: str, *, days: float = 40, day: int = 0, **told) -> Scorecard:
    told = told or measure(hours_of(days))
    return Scorecard.objects.create(
        source=source, feed="simulated", market=market.slug,
        parameters=settings_of(market)["exact"].version, day_ms=BEGIN_MS + day * 24 * HOUR_MS,
        hours=480, lost_hours=3, completeness="full", coverage=0.99,
        told=told, verdicts=[asdict(verdict) for verdict in verdicts_of(told)],
    )  # fmt: skip


def add_trials(source: str, count: int, hits: int, dark_hits: int, market: str = "btc") -> None:
    ZoneTrial.objects.bulk_create(
        ZoneTrial(
            source=source, feed="simulated", market=market, venue="binance", parameters="p",
            at_ms=BEGIN_MS + number, side="long", low=1.0, high=2.0, price=3.0,
            distance=0.001 * (number % 40), has_dark=True, covered_ms=BEGIN_MS + 24 * HOUR_MS,
            reached_ms=BEGIN_MS + 5 * HOUR_MS if number < hits else None,
            dark_reached_ms=BEGIN_MS + HOUR_MS if number < dark_hits else None, is_final=True,
        )
        for number in range(count)
    )  # fmt: skip


def test_before_there_is_a_feed_the_page_says_so(client, db):
    assert "Too early" in text_of(client)


def test_few_hours_are_counted_and_nothing_is_concluded(board, simulated, client):
    simulated.live_through(28)
    simulated.score()
    text = text_of(client)
    assert "Too early: 3 of 48 hours heard." in text
    assert "is on trial" in text or "are on trial" in text


def test_after_two_days_ranks_and_zones_are_told_with_intervals(board, simulated, client):
    simulated.live_through(76)
    simulated.score()
    text = text_of(client)
    assert re.search("bright zones (was|were) reached within 24\u00a0h", text)
    assert "Liquidated dollars ranked" in text
    assert f"log R² needs {LEAST_DAYS} days" in text
    assert "bits per dollar" in text
    assert "All venues together" in text
    assert "Binance" in text
    assert "coverage 100\u00a0%" in text
    assert "every one" in text
    assert "style=" not in text
    assert "None" not in text
    assert ">nan<" not in text


def test_the_sentence_counts_bright_and_dark_zones(board, simulated, client):
    simulated.hours = 48
    add_trials(f"simulated #{simulated.feed.pk}", 100, 31, 19)
    text = text_of(client)
    assert "31 of 100 bright zones were reached within 24\u00a0h." in text
    assert "Equally distant dark ones: 19." in text
    assert "n\u00a0100" in text
    assert ">0\u00a0%</text>" in text
    assert "0 of 100 bright zones were reached within 4\u00a0h." in text_of(client, within="4h")


def test_what_another_source_gave_is_never_counted(board, simulated, client):
    simulated.hours = 48
    add_trials("auto live", 50, 20, 10)
    add_card(board, "auto live")
    text = text_of(client)
    assert "20 of 50" not in text
    assert "Too early: 0 of 48 hours heard." in text


def test_a_row_that_touches_chance_is_hollow(board, simulated, client):
    simulated.hours = 48
    add_trials(f"simulated #{simulated.feed.pk}", 100, 31, 29)
    assert "is-hollow" in text_of(client)
    ZoneTrial.objects.all().delete()
    add_trials(f"simulated #{simulated.feed.pk}", 100, 60, 10)
    page = client.get(reverse("accuracy")).context["reached"]
    assert not page.rows[0].is_hollow


def test_after_three_weeks_the_line_and_its_history_are_drawn(board, simulated, client):
    source = f"simulated #{simulated.feed.pk}"
    for day in range(3):
        add_card(board, source, day=day, days=39 + day)
    text = text_of(client)
    assert "Liquidated dollars explained" in text
    history = client.get(reverse("accuracy")).context["sheet"].history
    assert history.measured == "log_r2"
    assert [points.count(",") for _, _, points in history.lines] == [3, 3]


def test_markets_are_compared_by_a_measure_that_all_of_them_have(board, simulated, client):
    source = f"simulated #{simulated.feed.pk}"
    eth = Market.objects.create(slug="eth", base="ETH", name="Ether")
    add_card(board, source)
    add_card(eth, source, days=10)
    text = text_of(client)
    assert "Liquidated dollars ranked" in text
    chart = client.get(reverse("accuracy")).context["scores"]
    assert [row.label for row in chart.rows] == [
        "BTC longs", "BTC shorts", "ETH longs", "ETH shorts",
    ]  # fmt: skip


def test_a_market_below_its_baseline_is_named(board, simulated, client):
    card = add_card(board, f"simulated #{simulated.feed.pk}")
    assert "is muted" not in text_of(client)
    card.verdicts[0]["baseline"] = 1.5
    card.save()
    assert "BTC is muted" in text_of(client)


def test_several_markets_below_their_baselines_are_named_in_one_sentence(board, simulated, client):
    source = f"simulated #{simulated.feed.pk}"
    eth = Market.objects.create(slug="eth", base="ETH", name="Ether")
    for market in (board, eth):
        card = add_card(market, source)
        card.verdicts[0]["baseline"] = 1.5
        card.save()
    assert "BTC, ETH are muted" in text_of(client)


def test_enough_hours_without_a_zone_whose_time_is_over_are_not_too_early(board, simulated, client):
    add_card(board, f"simulated #{simulated.feed.pk}")
    text = text_of(client)
    assert "No bright zone’s time is over yet" in text
    assert "Too early" not in text


def test_the_ticks_of_a_long_scale_are_round():
    verdict = Verdict("long", "log_r2", -1.2, -1.3, 0.6, baseline=0.8, is_like_baseline=False)
    standing = Standing(Market(base="BTC"), Scorecard(told={"scored": 9}), [verdict])
    chart = chart_of_standings([standing], "log_r2")
    assert [label for _, label in chart.ticks] == ["−1.0", "−0.5", "0.0", "0.5"]


def test_a_market_that_there_is_not_and_a_strange_time_are_refused(board, client):
    assert client.get(reverse("accuracy"), {"market": "nope"}).status_code == 404
    answer = client.get(reverse("accuracy"), {"within": "9h"})
    assert answer.status_code == 400
    assert "within must be one of 24h, 4h." in answer.content.decode()


def test_every_hour_can_be_taken_along_without_an_account(board, simulated, client):
    simulated.live_through(30)
    simulated.score()
    text = client.get(reverse("accuracy-hours-csv")).content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    told = json.loads(client.get(reverse("accuracy-hours-json"), {"market": "btc"}).content)
    assert len(rows) == len(told) == ScoredHour.objects.count()
    for row, same in zip(rows, told, strict=True):
        assert float(row["exact long usd"]) == same["exact long usd"]
        assert int(row["start_ms"]) == same["start_ms"]
    zones = json.loads(client.get(reverse("accuracy-zones-json")).content)
    assert len(zones) == ZoneTrial.objects.count()
    assert len(client.get(reverse("accuracy-zones-csv")).content.splitlines()) == len(zones) + 1


def test_older_rows_are_reached_file_by_file_without_a_seam(board, simulated, client, monkeypatch):
    simulated.live_through(31)
    simulated.score()
    for name, instant, model in (
        ("accuracy-hours-json", "start_ms", ScoredHour),
        ("accuracy-zones-json", "at_ms", ZoneTrial),
    ):
        found, before_ms = [], None
        monkeypatch.setattr("apps.accuracy.sheets.MOST_ROWS", model.objects.count() - 1)
        while rows := client.get(reverse(name), {"before": before_ms} if found else {}).json():
            found = rows + found
            before_ms = rows[0][instant]
        assert len(found) == model.objects.count()
        assert [row[instant] for row in found] == sorted(row[instant] for row in found)


@pytest.mark.parametrize("before", ["", "-1", "soon", "9" * 20, "²"])
def test_a_strange_instant_is_refused(board, client, before):
    for name in ("accuracy-hours-csv", "accuracy-zones-json"):
        answer = client.get(reverse(name), {"before": before})
        assert answer.status_code == 400
        assert "milliseconds since 1970" in answer.content.decode()


def test_one_reader_has_to_wait_after_many_files_and_others_have_not(board, client, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_000_000_000.0)
    path = reverse("accuracy-zones-json")
    assert {client.get(path).status_code for _ in range(FILES.most)} == {200}
    refused = client.get(path)
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= FILES.for_s
    assert client.get(path, REMOTE_ADDR="10.0.0.9").status_code == 200


def test_no_cell_is_a_formula(board, simulated, client):
    Feed.objects.update(kind="live", source="=cmd|' /C calc'!A0")
    add_trials("=cmd|' /C calc'!A0", 1, 1, 1)
    text = client.get(reverse("accuracy-zones-csv")).content.decode()
    assert "\"'=cmd" in text


def test_the_page_says_whose_data_it_is(board, simulated, client):
    simulated.live_through(26)
    from apps.heatmaps.services import advance_market

    Feed.objects.update(anchor_wall_ms=simulated.feed.anchor_wall_ms)
    advance_market(market=board, now_ms=simulated.now_ms, wall_ms=simulated.now_ms)
    assert "SIMULATED" in text_of(client)
