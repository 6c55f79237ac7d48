"""``manage.py import_binance_vision``: archive zips become a recording."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from apps.exchanges.binance_vision import Imported, import_archive
from apps.markets.recorded import plain_faults


class Command(BaseCommand):
    help = _(
        "Make a recording from zips of Binance's public data archive (USD-margined futures: "
        "klines, metrics, markPriceKlines, fundingRate; daily or monthly) that you have already "
        "downloaded. Nothing is fetched. A zip whose CHECKSUM file lies beside it is compared "
        "with it."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dirs", nargs="+", type=Path, metavar="DIR", help=_("folders of zips"))
        parser.add_argument(
            "--out", required=True, type=Path, help=_("new folder for the recording")
        )
        parser.add_argument(
            "--symbols", default="", help=_("such as BTCUSDT,ETHUSDT; default: all")
        )
        parser.add_argument(
            "--interval", help=_("1m, 5m or 15m, where there are candles of several")
        )

    def handle(
        self,
        *args: Any,
        dirs: list[Path],
        out: Path,
        symbols: str,
        interval: str | None,
        **options: Any,
    ) -> None:
        wanted = [word.strip().upper() for word in symbols.split(",") if word.strip()]
        with plain_faults():
            imported = import_archive(dirs, out, symbols=wanted, interval=interval)
        self.stdout.write(summary(imported, out))


def summary(imported: Imported, out: Path) -> str:
    """One line per symbol, one for the folder, one for files that were left alone."""
    lines = []
    for symbol, series in imported.rows.items():
        told = ", ".join(f"{rows} {name.replace('_', ' ')}" for name, rows in series.items())
        lines.append(f"{symbol}: {told}")
    lines.append(_("Written to %s.") % out)
    if imported.other_files:
        lines.append(_("%d zips of other kinds were left alone.") % imported.other_files)
    return "\n".join(lines)
