"""What is served adds up: venues to the aggregate, windows of age, of any length, to the whole."""

import numpy as np
import pytest
from django.test import Client

from apps.engine.frame import DecodedFrame, decode
from apps.heatmaps.age_names import short_duration, window_name
from apps.heatmaps.spec import DAY_MS, HOUR_MS, MINUTE_MS
from tests.heatmaps.conftest import World

pytestmark = pytest.mark.django_db
FRAME = "/m/btc/frame?tf=4h"
OWN_WINDOWS = "30m,1h,2h,3h"


@pytest.fixture
def published(world: World) -> World:
    world.publish()
    return world


def frame(client: Client, query: str = "") -> DecodedFrame:
    answer = client.get(FRAME + query)
    assert answer.status_code == 200
    return decode(answer.content)


def assert_sums_to(whole: DecodedFrame, parts: list[DecodedFrame]) -> None:
    """Every column and side of the parts adds up, as exactly as one byte per cell allows."""
    for part in parts:
        assert part.header.grid == whole.header.grid
        np.testing.assert_array_equal(part.end_ms, whole.end_ms)
    total = sum(part.usd for part in parts)
    step = np.log(whole.header.scale.high_usd / whole.header.scale.low_usd) / 254
    largest = whole.usd.max()
    np.testing.assert_allclose(total, whole.usd, rtol=1.2 * step, atol=2e-3 * largest)
    np.testing.assert_allclose(total.sum(axis=-1), whole.usd.sum(axis=-1), rtol=step)
    assert whole.usd.sum() > 0


def test_venues_sum_to_the_aggregate(client: Client, published: World) -> None:
    parts = [frame(client, f"&view=venue&venues={v}") for v in ("binance", "hyperliquid")]
    assert_sums_to(frame(client), parts)


def test_leverages_sum_to_the_aggregate(client: Client, published: World) -> None:
    assert_sums_to(frame(client), [frame(client, f"&lev={i}") for i in range(5)])


@pytest.mark.parametrize("windows", ["", f"&windows={OWN_WINDOWS}"])
def test_the_five_windows_sum_to_the_whole(client: Client, published: World, windows: str) -> None:
    parts = [frame(client, f"&view=age&age={i}{windows}") for i in range(5)]
    assert_sums_to(frame(client), parts)
    assert sum(part.codes.any() for part in parts) >= 2


def test_a_view_alone_does_not_change_the_frame(client: Client, published: World) -> None:
    live = frame(client)
    for view in ("venue", "age", "net", "historical"):
        assert frame(client, f"&view={view}").codes.tobytes() == live.codes.tobytes()


def test_own_windows_have_shares_of_their_own(client: Client, published: World) -> None:
    usual, own = frame(client), frame(client, f"&windows={OWN_WINDOWS}")
    assert sum(own.meta["ages"]) == pytest.approx(sum(usual.meta["ages"]), abs=1e-3)
    assert own.meta["ages"] != usual.meta["ages"]
    assert own.codes.tobytes() == usual.codes.tobytes()


@pytest.mark.parametrize("windows", ["4h", "4h,3h,2d,3d", "0m,1h,2h,3h", "1h,2h,3h,4y", "a,b,c,d"])
def test_windows_that_do_not_rise_are_refused(
    client: Client, published: World, windows: str
) -> None:
    answer = client.get(f"{FRAME}&windows={windows}")
    assert answer.status_code == 400
    assert "four rising durations" in answer.content.decode()


def test_the_page_names_the_windows(client: Client, published: World) -> None:
    text = client.get(f"/m/btc/?view=age&windows={OWN_WINDOWS}").content.decode()
    assert "&lt;\u00a030\u00a0m" in text
    assert "2–3\u00a0h" in text
    assert 'value="30m"' in text


def test_windows_are_named_briefly() -> None:
    named = [window_name(a, b) for a, b in ((0, 4 * HOUR_MS), (4 * HOUR_MS, DAY_MS))]
    assert named == ["<\u00a04\u00a0h", "4–24\u00a0h"]
    assert window_name(DAY_MS, 3 * DAY_MS) == "1–3\u00a0d"
    assert window_name(30 * MINUTE_MS, HOUR_MS) == "30\u00a0m–1\u00a0h"
    assert window_name(7 * DAY_MS, None) == ">\u00a07\u00a0d"
    assert short_duration(DAY_MS) == "24h"
