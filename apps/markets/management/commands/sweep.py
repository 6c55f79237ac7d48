"""``manage.py sweep``: what a map would have predicted, interval by interval."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from apps.engine.parameters import MODELS, Model
from apps.exchanges.recording import read_recording
from apps.markets.backtest import Sweep, sweep_recording
from apps.markets.durations import parse_duration
from apps.markets.recorded import market_of, plain_faults


class Command(BaseCommand):
    help = _(
        "Walk a recording and write ts_ms,long_usd,short_usd: the dollars that stood at the start "
        "of each candle and that its price reached, summed over intervals that open at ts_ms. "
        "Files of realised liquidations are not read."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recording", help=_("folder of the recording"))
        parser.add_argument("--by", required=True, help=_("length of an interval: 30m, 1h"))
        parser.add_argument("--out", required=True, type=Path, help=_("CSV file to write"))
        parser.add_argument("--market", default="BTC", help=_("coin"))
        parser.add_argument("--model", choices=MODELS, default="exact")

    def handle(
        self, *args: Any, recording: str, by: str, out: Path, market: str, model: Model,
        **options: Any,
    ) -> None:  # fmt: skip
        with plain_faults():
            by_ms = parse_duration(by)
            told = read_recording(recording)
            swept = sweep_recording(told, market_of(told, market), by_ms=by_ms, model=model)
            write(swept, out)
        self.stdout.write(
            _("%(count)d intervals written to %(file)s")
            % {"count": len(swept.starts_ms), "file": out}
        )


def write(swept: Sweep, out: Path) -> None:
    """One line per interval; dollars to the cent."""
    with out.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("ts_ms", "long_usd", "short_usd"))
        for start_ms, (long_usd, short_usd) in zip(swept.starts_ms, swept.usd, strict=True):
            rows.writerow((int(start_ms), f"{long_usd:.2f}", f"{short_usd:.2f}"))
