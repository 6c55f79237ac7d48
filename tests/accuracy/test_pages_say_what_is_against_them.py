"""A market where a plain baseline beats the map says so on its own pages."""

import pytest
from django.urls import reverse

from apps.accuracy.models import Scorecard
from apps.accuracy.periods import DAY_MS
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from tests.heatmaps.conftest import BEGIN_MS, make_world, world

__all__ = ["make_world", "world"]

SENTENCE = "For longs a plain baseline foretells liquidations better than this map"


def verdict(value: float, baseline: float, side: str = "long") -> dict[str, object]:
    return {
        "side": side, "measured": "spearman", "value": value, "low": value - 0.1,
        "high": value + 0.1, "baseline": baseline, "is_like_baseline": True,
    }  # fmt: skip


@pytest.fixture
def published(world):
    world.publish()
    return world


def add_card(published, *verdicts: dict[str, object], **changes: object) -> None:
    told = {
        "source": published.feed.source, "feed": "live", "market": "btc",
        "parameters": get_reading(published.market, DEFAULT_SPEC).parameters,
        "day_ms": BEGIN_MS // DAY_MS * DAY_MS, "hours": 60, "lost_hours": 0,
        "completeness": "full", "coverage": 1.0, "verdicts": list(verdicts),
    }  # fmt: skip
    Scorecard.objects.create(**told | changes)


def pages(client) -> dict[str, str]:
    addresses = {
        "heatmap": reverse("heatmap", args=["btc"]), "levels": reverse("levels", args=["btc"]),
        "watch": reverse("watch"),
    }  # fmt: skip
    return {name: client.get(url).content.decode() for name, url in addresses.items()}


def test_a_market_below_its_baseline_says_so_and_links_to_the_proof(published, client):
    add_card(published, verdict(0.41, 0.55), verdict(0.7, 0.5, "short"))
    told = pages(client)
    for name in ("heatmap", "levels"):
        assert f"{SENTENCE}: rank correlation 0.41 (0.31 to 0.51) against 0.55." in told[name]
        assert f'href="{reverse("accuracy")}?market=btc"' in told[name]
    assert "scores below a plain baseline" in told["watch"]


@pytest.mark.parametrize(
    "changes",
    [{"source": "simulated #1"}, {"parameters": "other"}, {"venue": "binance"},
     {"day_ms": BEGIN_MS - 9 * DAY_MS}, {"verdicts": []},
     {"verdicts": [verdict(0.6, 0.5)]}],
)  # fmt: skip
def test_nothing_is_said_of_other_data_settings_venues_and_times(published, client, changes):
    add_card(published, verdict(0.41, 0.55), **changes)
    for text in pages(client).values():
        assert SENTENCE not in text
        assert "scores below a plain baseline" not in text


def test_the_newest_card_counts(published, client):
    add_card(published, verdict(0.41, 0.55), day_ms=BEGIN_MS // DAY_MS * DAY_MS - DAY_MS)
    add_card(published, verdict(0.61, 0.55))
    assert all(SENTENCE not in text for text in pages(client).values())


def test_the_source_line_and_more_lead_to_the_scoreboard(published, client):
    assert f'href="{reverse("accuracy")}?market=btc"' in pages(client)["levels"]
    assert reverse("accuracy") in client.get(reverse("settings")).content.decode()
