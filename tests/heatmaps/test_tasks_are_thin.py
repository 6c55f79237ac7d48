"""What Celery calls; without a broker a task runs where it is asked for."""

from apps.heatmaps import tasks
from apps.heatmaps.models import Snapshot
from heatmap_site.celery import SCHEDULE, app


def test_every_market_gets_its_turn(world):
    tasks.advance_markets.delay()
    assert Snapshot.objects.get().market == world.market


def test_a_market_that_has_gone_is_nobodys_turn(world):
    tasks.advance_market.delay("doge")
    assert not Snapshot.objects.exists()


def test_tasks_go_by_the_names_in_the_schedule():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)
    assert tasks.advance_markets.name == "heatmaps.advance_markets"
