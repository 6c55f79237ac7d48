"""A read of another moment is typed on the reader's clock, also on days on which it changes."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from apps.journal.models import Read
from apps.markets import services
from tests.heatmaps.conftest import BEGIN_MS, MINUTE_MS, minute_bar
from tests.journal.test_keeping_reads import words


def told_ms(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def in_berlin(signed_in: Client) -> Client:
    """Alice's browser, on a clock that changes twice a year."""
    signed_in.cookies["zone"] = "Europe/Berlin"
    return signed_in


def bars_until(at_ms: int) -> None:
    last = (at_ms - BEGIN_MS) // MINUTE_MS
    services.store_rows([minute_bar(minute) for minute in range(last - 5, last + 1)])


@pytest.mark.parametrize(
    ("typed", "utc"),
    [("2026-03-29T01:59", (2026, 3, 29, 0, 59)), ("2026-03-29T03:00", (2026, 3, 29, 1)),
     ("2025-10-26T01:59", (2025, 10, 25, 23, 59)), ("2025-10-26T03:00", (2025, 10, 26, 2))],
)  # fmt: skip
def test_around_a_change_of_the_clock_the_instant_is_exact(published, in_berlin, typed, utc):
    at_ms = told_ms(*utc)
    bars_until(at_ms)
    assert in_berlin.post(reverse("journal-new"), words(at=typed)).status_code == 302
    assert Read.objects.get().at_ms == at_ms


@pytest.mark.parametrize("typed", ["2026-03-29T02:30", "2025-10-26T02:30"])
def test_an_hour_that_was_not_or_was_twice_is_refused_with_a_sentence(published, in_berlin, typed):
    bars_until(told_ms(2026, 3, 29, 1, 30))
    page = in_berlin.post(reverse("journal-new"), words(at=typed)).content.decode()
    assert "Europe/Berlin" in page
    assert 'role="alert"' in page
    assert not Read.objects.exists()


def test_the_same_words_mean_another_instant_elsewhere(published, signed_in):
    bars_until(told_ms(2026, 3, 28, 18, 30))
    signed_in.cookies["zone"] = "Asia/Singapore"
    signed_in.post(reverse("journal-new"), words(at="2026-03-29T02:30"))
    assert Read.objects.get().at_ms == told_ms(2026, 3, 28, 18, 30)
