"""Maps come first: what may take seconds waits in a queue of its own."""

from pathlib import Path

import pytest
from kombu.utils.scheduling import cycle_by_name

from apps.accuracy import tasks as scoring
from apps.accuracy.calibration import tasks as calibration
from heatmap_site.celery import SCHEDULE, app
from heatmap_site.supervisor.processes import site_processes
from heatmap_site.turns import IN_A_ROW

LONG = (
    scoring.score_markets, scoring.score_market, calibration.gather_evidence,
    calibration.gather_market, calibration.calibrate_venues,
)  # fmt: skip


def queue_of(task: str) -> str:
    return app.amqp.router.route({}, task)["queue"].name


def consumed() -> dict[str, list[str]]:
    """The queues of every worker the site starts, in its order."""
    processes = site_processes("127.0.0.1", 8000, Path("run"))
    commands = {one.name: one.command for one in processes if "-Q" in one.command}
    return {name: line[line.index("-Q") + 1].split(",") for name, line in commands.items()}


@pytest.mark.parametrize("task", [task.name for task in LONG])
def test_scores_and_calibration_wait_for_maps(task: str) -> None:
    assert queue_of(task) == "scores"
    assert queue_of("heatmaps.advance_market") == "engine"
    assert consumed()["worker"] == ["engine", "scores"]


def test_a_worker_asks_for_maps_first_but_not_for_ever() -> None:
    turns = cycle_by_name(app.conf.broker_transport_options["queue_order_strategy"])()
    turns.update(reversed(consumed()["worker"]))
    for _ in range(IN_A_ROW):
        assert turns.consume(2) == ["engine", "scores"]
        turns.rotate("engine")
    assert turns.consume(2) == ["scores", "engine"]
    turns.rotate("scores")
    assert turns.consume(2) == ["engine", "scores"]


def test_every_scheduled_task_has_a_worker() -> None:
    queues = {queue for of_worker in consumed().values() for queue in of_worker}
    assert {entry["options"]["queue"] for entry in SCHEDULE.values()} <= queues
