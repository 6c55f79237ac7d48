"""Whoever waits for alerts is told when one of the processes behind them is silent."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.markets.clock import wall_now_ms
from apps.markets.pulse import PROCESSES, beat_site
from heatmap_site.celery import app
from heatmap_site.tasks import SENT, pulse, write_when_sent

SAID = "Alerts are delayed"


@pytest.fixture
def healthy(db: None) -> None:
    """Every process was heard of just now."""
    for process in PROCESSES:
        beat_site(process, wall_now_ms())


@pytest.mark.usefixtures("healthy")
def test_while_all_is_well_nothing_is_said(signed_in: Client) -> None:
    assert SAID not in signed_in.get(reverse("settings")).content.decode()
    assert signed_in.get(reverse("late")).content.strip() == b""


@pytest.mark.usefixtures("healthy")
@pytest.mark.parametrize("process", PROCESSES)
def test_one_silent_process_is_named_on_every_page(signed_in: Client, process: str) -> None:
    beat_site(process, wall_now_ms() - 31_000)
    for page in ("settings", "watch", "late"):
        told = signed_in.get(reverse(page)).content.decode()
        assert SAID in told
        assert process in told


def test_a_visitor_has_no_alerts_to_wait_for(db: None, client: Client) -> None:
    assert SAID not in client.get(reverse("settings")).content.decode()
    assert client.get(reverse("late")).content.strip() == b""


def test_one_message_tells_of_beat_and_worker(db: None) -> None:
    headers: dict[str, int] = {}
    write_when_sent(headers=headers)
    assert headers[SENT] <= wall_now_ms()
    pulse.apply()
    assert "site.pulse" in app.tasks
