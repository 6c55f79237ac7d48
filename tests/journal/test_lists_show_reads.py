"""The list shows every read with its small frozen map, at the same price for one as for fifty."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.journal.models import Read
from apps.journal.resolving import resolve_reads
from apps.journal.sketch import sketch_of, window_of
from apps.journal.thumbs import GRID_MS, POINTS, thumbs_of
from apps.journal.ticks import price_ticks, time_ticks
from apps.markets.models import MinuteBar
from tests.heatmaps.conftest import MINUTE_MS

FULL_PAGE = 50


def queries_of(signed_in, name: str, **query: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as told:
        assert signed_in.get(reverse(name), query).status_code == 200
    return len(told)


def test_a_page_of_fifty_asks_the_database_as_often_as_a_page_of_one(published, log, signed_in):
    log()
    names = ("journal", "journal-patterns", "journal-files")
    few, few = ({name: queries_of(signed_in, name) for name in names} for _visit in range(2))
    for number in range(FULL_PAGE + 5):
        log(away=-0.004 - number * 1e-4)
    assert {name: queries_of(signed_in, name) for name in names} == few
    assert few["journal"] <= 24
    assert queries_of(signed_in, "journal", page="2", kind="magnet", far="0") <= few["journal"] + 1


def test_the_list_refreshes_itself_without_what_lies_beside_it(published, log, signed_in):
    log()
    with CaptureQueriesContext(connection) as told:
        answer = signed_in.get(reverse("journal"), HTTP_HX_REQUEST="true")
    page = answer.content.decode()
    assert 'class="thumb"' in page
    assert "<main" not in page
    assert 'class="read-plot"' not in page
    assert len(told) <= 14


def test_a_thumb_shows_the_frozen_heat_and_the_price_before_and_after_the_read(published, log):
    read = log(away=0.004)
    published.live_until(200)
    resolve_reads()
    read.refresh_from_db()
    assert read.state == "reached"
    thumb = thumbs_of([read])[read.pk]
    split = float(thumb.split)
    assert 0.2 * 76 < split < 0.8 * 76
    places = [tuple(map(float, one.split())) for one in thumb.line[1:].split("L")]
    assert any(x < split for x, _y in places)
    assert any(x > split for x, _y in places)
    assert all(0 <= x <= 76 and 0 <= y <= 60 for x, y in places)
    assert thumb.plate
    assert thumb.bands == ()


def test_a_read_without_heat_shows_its_clusters_as_bands(published, log, signed_in):
    cluster = min(log().frozen["clusters"], key=lambda zone: abs(zone["distance"]))
    Read.objects.all().delete()
    read = log(away=cluster["distance"])
    del read.frozen["heat"]
    read.save()
    thumb = thumbs_of([read])[read.pk]
    assert thumb.plate is None
    assert cluster["side"] in {box.side for box in thumb.bands}
    assert 'data-widget="heat"' not in signed_in.get(reverse("journal")).content.decode()


def test_the_line_of_a_thumb_is_what_closed(published, log):
    read = log()
    thumb = thumbs_of([read])[read.pk]
    closes = dict(
        MinuteBar.objects.filter(instrument__venue=read.venue).values_list("end_ms", "close")
    )
    heights = [float(one.split()[1]) for one in thumb.line[1:].split("L")]
    window = np.linspace(*window_of(read, published.now_ms), POINTS) // GRID_MS * GRID_MS
    shown = [closes[at] for at in window.tolist() if at in closes]
    slope, level = np.polyfit(shown, heights, 1)
    assert slope < 0
    assert heights == pytest.approx([slope * close + level for close in shown], abs=0.11)


def test_reads_without_prices_or_with_nonsense_in_their_map_are_shown_all_the_same(
    published, log, signed_in
):
    read = log()
    for frozen in ({}, {"clusters": 7}, {"clusters": [{"side": "long"}]},
                   {"clusters": [{"side": "long", "low": "x", "high": 1, "usd": 1}]}):  # fmt: skip
        Read.objects.update(frozen=frozen)
        assert signed_in.get(reverse("journal")).status_code == 200
    published.market.delete()
    page = signed_in.get(reverse("read", args=[read.public])).content.decode()
    assert "not kept here any more" in page
    assert '"nan' not in page


def test_candles_lie_within_the_plot_and_in_order(published, log):
    read = log(away=0.004)
    published.live_until(300)
    resolve_reads()
    read.refresh_from_db()
    sketch = sketch_of(read, "USD")
    middles = [float(one.x) for one in sketch.candles]
    assert middles == sorted(middles)
    assert all(0 <= float(one.y1) <= float(one.y2) <= 100 for one in sketch.candles)
    assert 20 <= float(sketch.split) <= 80
    assert len(sketch.prices) >= 3
    assert len(sketch.times) >= 2
    prices = [float(tick.word.replace(",", "")) for tick in sketch.prices]
    assert prices == sorted(prices)


@given(st.floats(1e-6, 1e12), st.floats(1e-4, 0.9))
def test_prices_at_the_axis_are_round_few_and_inside(low, share):
    high = low * (1 + share)
    told = price_ticks(low, high)
    assert 2 <= len(told) <= 8
    assert all(low * (1 - 1e-9) <= one <= high * (1 + 1e-9) for one in told)
    steps = np.diff(told)
    assert steps == pytest.approx(steps[0])


@given(st.integers(1_700_000_000_000, 1_900_000_000_000), st.integers(30, 100_000))
def test_times_at_the_axis_are_few_and_inside(since_ms, minutes):
    with timezone.override("Europe/Berlin"):
        told = list(time_ticks(since_ms, since_ms + minutes * MINUTE_MS))
    assert len(told) <= 6
    assert all(since_ms <= at_ms <= since_ms + minutes * MINUTE_MS for at_ms, _word in told)
