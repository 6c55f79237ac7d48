"""``manage.py picture``: one picture of a recording, for programs."""

import json as plain_json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from apps.engine.parameters import MODELS
from apps.engine.view import View
from apps.exchanges.recording import read_recording
from apps.markets.durations import parse_duration, parse_instant
from apps.markets.recorded import market_of, plain_faults
from apps.markets.recorded_picture import (
    SIDES,
    cadence_for,
    parse_ages,
    parse_brackets,
    parse_venues,
    picture_of_recording,
)


class Command(BaseCommand):
    help = _(
        "Print one picture of a recording: its price bins (edges), its columns (end_ms), the "
        "dollars of longs and shorts per column and bin, candles and clusters. Only what was "
        "known at the instant is used."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recording", help=_("folder of the recording"))
        parser.add_argument("--market", default="BTC", help=_("coin"))
        parser.add_argument("--at", required=True, metavar="ISO", help=_("instant, UTC"))
        parser.add_argument("--window", default="24h", help=_("time shown: 4h, 24h, 7d"))
        parser.add_argument("--cadence", help=_("time per column: 5m; default: fits the window"))
        parser.add_argument("--venues", default="", help=_("slugs, comma separated; default: all"))
        parser.add_argument("--side", choices=tuple(SIDES), default="both")
        parser.add_argument("--leverage", default="", help=_("brackets 0 to 4, comma separated"))
        parser.add_argument("--age", default="", help=_("windows 0 to 4, or such as 30m-4h, 7d-"))
        parser.add_argument("--bin", type=float, help=_("width in US dollars; default: automatic"))
        parser.add_argument("--model", choices=MODELS, default="exact")
        parser.add_argument("--json", action="store_true", help=_("the only format, and optional"))

    def handle(self, *args: Any, **options: Any) -> None:
        with plain_faults():
            recording = read_recording(options["recording"])
            picture = picture_of_recording(
                recording,
                market_of(recording, options["market"]),
                view_of(options),
                at_ms=parse_instant(options["at"]),
                model=options["model"],
            )
        self.stdout.write(plain_json.dumps(picture, separators=(",", ":"), allow_nan=False))


def view_of(options: dict[str, Any]) -> View:
    """What the options choose. Raises ``ValueError`` with a sentence."""
    window_ms = parse_duration(options["window"])
    cadence = options["cadence"]
    return View(
        window_ms=window_ms,
        cadence_ms=parse_duration(cadence) if cadence else cadence_for(window_ms),
        venues=parse_venues(options["venues"]),
        brackets=parse_brackets(options["leverage"]),
        ages=parse_ages(options["age"]),
        sides=SIDES[options["side"]],
        bin_width=("usd", options["bin"]) if options["bin"] else None,
    )
