"""A set of leverage that is adopted makes the book anew, and the picture says which set it was."""

import numpy as np
import pytest
from django.utils import timezone

from apps.engine.leverage import LEVERAGES
from apps.engine.parameters import default_parameters
from apps.heatmaps.models import Snapshot
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.markets.leverage_sets import bell_curve
from apps.markets.models import LeverageFit
from tests.heatmaps.conftest import World, forget_all

VERSION = "binance-2026-11-02"
PRIOR = bell_curve(default_parameters(), "binance")


@pytest.fixture
def adopted(world: World) -> LeverageFit:
    """All of Binance at the highest leverages."""
    shares = PRIOR * (np.array(LEVERAGES) > 20)
    return LeverageFit.objects.create(
        source=world.feed.source, venue="binance", version=VERSION, state="retired",
        leverages=list(LEVERAGES), prior=PRIOR.tolist(), shares=(shares / shares.sum()).tolist(),
        low=[0] * 5, high=[1] * 5, fitted_from_day=0, fitted_until_day=1, scored_from_day=4,
        scored_until_day=5, standing_log_r2=0, standing_rank=0, log_r2=0, rank=0, gain=0,
        gain_low=0, days=1, prints=1, usd=1.0, markets=["btc"], made_at=timezone.now(),
    )  # fmt: skip


def stand(fit: LeverageFit, state: str) -> None:
    LeverageFit.objects.filter(pk=fit.pk).update(state=state)


def brackets(snapshot: Snapshot) -> np.ndarray:
    return np.array(get_reading(snapshot.market, DEFAULT_SPEC).brackets)


def test_without_a_new_minute_the_next_picture_is_of_the_adopted_set(
    world: World, adopted: LeverageFit
) -> None:
    before = world.publish()
    assert before.reading["parameters"] == default_parameters().version
    assert world.publish() is None  # nothing is new
    shipped = brackets(before)

    stand(adopted, "adopted")
    after = world.publish()
    assert after.version == before.version + 1
    assert after.reading["parameters"] == f"{default_parameters().version}+{VERSION}"
    assert brackets(after)[3:].sum() > shipped[3:].sum() + 0.1

    stand(adopted, "retired")
    again = world.publish()
    assert again.reading["parameters"] == default_parameters().version
    assert brackets(again) == pytest.approx(shipped)


def test_a_book_of_another_set_is_never_carried_on(world: World, adopted: LeverageFit) -> None:
    """Minute by minute after the change the map is what a new process makes of all rows."""
    world.publish()
    stand(adopted, "adopted")
    world.live_until(3)
    world.publish()
    world.live_until(5)
    carried = world.publish()
    drawn = brackets(carried)
    forget_all()
    Snapshot.objects.all().delete()
    assert brackets(world.publish()) == pytest.approx(drawn)
