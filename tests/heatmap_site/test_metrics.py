"""``/metrics`` says what an operator's own monitoring wants to know, to nobody else."""

import pytest
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from apps.markets.clock import wall_now_ms
from apps.markets.models import Heartbeat
from apps.markets.pulse import beat_site
from heatmap_site import health

TOKEN = {"HTTP_AUTHORIZATION": "Bearer open-sesame"}


def values(client: Client, **headers: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by its name and its labels' values in order."""
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, tuple(sorted(sample.labels.values()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_it_tells_how_long_each_process_and_stream_was_silent(db: None, client: Client) -> None:
    beat_site("worker", wall_now_ms() - 12_000)
    Heartbeat.objects.create(venue="binance", stream="bars", at_ms=wall_now_ms() - 70_000)
    told = values(client)
    assert 12 <= told[("embermap_process_silence_seconds", ("worker",))] < 60
    assert 70 <= told[("embermap_stream_silence_seconds", ("bars", "binance"))] < 130
    assert told[("embermap_up", ("database",))] == 1
    assert told[("embermap_deliveries", ("pending",))] == 0


def test_without_a_database_it_still_answers(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(health.connection, "cursor", away)
        told = values(client)
    assert told[("embermap_up", ("database",))] == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    ],
)
def test_without_a_token_only_this_machine_may_ask(
    db: None, client: Client, headers: dict[str, str]
) -> None:
    assert client.get("/metrics", **headers).status_code == 403


def test_with_a_public_address_this_machine_may_be_a_proxy(
    db: None, client: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://map.example.org"
    assert client.get("/metrics").status_code == 403


def test_a_token_opens_it_from_anywhere_and_nothing_else_does(
    db: None, client: Client, settings: Settings
) -> None:
    settings.METRICS_TOKEN = "open-sesame"
    assert values(client, REMOTE_ADDR="203.0.113.9", **TOKEN)
    for wrong in ("", "Bearer ", "Bearer open-sesam", "Bearer öpen"):
        assert client.get("/metrics", HTTP_AUTHORIZATION=wrong).status_code == 403
