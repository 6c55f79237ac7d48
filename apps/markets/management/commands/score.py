"""``manage.py score``: how well the map agrees with what was really liquidated."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from apps.exchanges.recording import read_recording
from apps.markets.backtest import score_recording
from apps.markets.durations import parse_instant
from apps.markets.recorded import plain_faults


class Command(BaseCommand):
    help = _(
        "Compare ex ante predicted dollars with realised liquidations, per half hour where there "
        "are such, else per hour, for every market of a recording. A line through the logarithms "
        "is fitted before the split and judged from 48 hours after it. With --json: "
        '{"recording", "markets": [{"market", "interval", "fit_until_ms", "sides": {"long": '
        '{NAME: {"log_r2", "spearman", "top_hit", "intercept", "slope", "fitted", "scored"}}, '
        '"short": …}}]} where NAME is a model (exact, brief, oi-only) or a baseline (range, '
        "range_past_volume, range_volume; the last one is not known in advance)."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recording", help=_("folder of the recording"))
        parser.add_argument(
            "--fit-until", metavar="ISO", help=_("the split; default: two thirds of the intervals")
        )
        parser.add_argument("--json", action="store_true", help=_("for programs"))

    def handle(
        self, *args: Any, recording: str, fit_until: str | None, json: bool, **options: Any
    ) -> None:
        with plain_faults():
            split_ms = parse_instant(fit_until) if fit_until else None
            scores = score_recording(read_recording(recording), fit_until_ms=split_ms)
        self.stdout.write(as_json(scores) if json else as_table(scores))


def as_json(scores: dict[str, Any]) -> str:
    """For programs, and still readable."""
    return json.dumps(scores, indent=1, allow_nan=False)


def as_table(scores: dict[str, Any]) -> str:
    """One block per market and side, one line per prediction."""
    lines = []
    for market in scores["markets"]:
        for side, predictions in market["sides"].items():
            lines += ["", f"{market['market']} {side}s per {market['interval']}"]
            lines += [f"{'':20}{'log R²':>8}{'Spearman':>10}{'top 5 %':>9}{'n':>7}"]
            lines += [
                f"{name:20}{s['log_r2']:8.3f}{s['spearman']:10.3f}{s['top_hit']:9.3f}{s['scored']:7d}"
                for name, s in predictions.items()
            ]
    return "\n".join(lines[1:])
