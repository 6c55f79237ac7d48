"""Maps do not wait in one row with scores: what may take seconds has a queue of its own."""

from pathlib import Path

import pytest

from apps.accuracy import tasks as scoring
from apps.accuracy.calibration import tasks as calibration
from heatmap_site.celery import SCHEDULE, app
from heatmap_site.supervisor.processes import site_processes

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
def test_scores_and_calibration_have_a_queue_of_their_own(task: str) -> None:
    assert queue_of(task) == "scores"
    assert queue_of("heatmaps.advance_market") == "engine"
    assert consumed()["worker"] == ["engine", "scores"]


def test_every_scheduled_task_has_a_worker() -> None:
    queues = {queue for of_worker in consumed().values() for queue in of_worker}
    assert {entry["options"]["queue"] for entry in SCHEDULE.values()} <= queues
