"""``manage.py scoreboard``: the scores of a recording, made so that a killed run goes on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from apps.accuracy.recorded import score_resumably
from apps.exchanges.recording import read_recording
from apps.markets.durations import parse_instant
from apps.markets.management.commands.score import as_json, as_table
from apps.markets.recorded import plain_faults

FOLDER = "scoreboard"


class Command(BaseCommand):
    help = _(
        "Score a recording as score does, to the last digit, but walk it in blocks that are kept: "
        "a run that was killed goes on where it was. What the settings were chosen on is never "
        "scored."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recording", help=_("folder of the recording"))
        parser.add_argument(
            "--fit-until", metavar="ISO", help=_("the split; default: two thirds of the intervals")
        )
        parser.add_argument("--keep-in", metavar="DIR", type=Path, help=_("where progress is kept"))
        parser.add_argument("--json", action="store_true", help=_("for programs"))

    def handle(
        self,
        *args: Any,
        recording: str,
        fit_until: str | None,
        keep_in: Path | None,
        json: bool,
        **options: Any,
    ) -> None:
        with plain_faults():
            scores = score_resumably(
                read_recording(recording),
                keep_in or Path(settings.DATA_DIR) / FOLDER,
                fit_until_ms=parse_instant(fit_until) if fit_until else None,
                report=lambda line: self.stderr.write(line, str),
            )
        self.stdout.write(as_json(scores) if json else as_table(scores))
