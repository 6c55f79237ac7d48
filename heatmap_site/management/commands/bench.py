"""``manage.py bench``: how fast and how small, beside a yardstick measured in the same run."""

import json
import time
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from apps.alerts import bench as bench_alerts
from apps.engine import bench, bench_wire
from apps.exchanges import bench_collect
from apps.markets import bench_cascade
from heatmap_site.benchmarks import fanout, page

BENCHMARKS = {
    "engine": bench.cases,
    "wire": bench_wire.cases,
    "cascade": bench_cascade.cases,
    "page": page.cases,
    "fanout": fanout.cases,
    "collect": bench_collect.cases,
    "alerts": bench_alerts.cases,
}
SEED = 7
COLUMNS = (
    "name", "seconds", "yardstick_seconds", "bytes", "yardstick_bytes",
    "value", "yardstick_value", "goal", "ratio",
)  # fmt: skip


class Command(BaseCommand):
    help = _("Run a benchmark: the median of several runs, with the ratio to a yardstick.")
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("benchmark", choices=BENCHMARKS)
        parser.add_argument("--url", default=None, help=_("of page: a running site to measure"))
        parser.add_argument("--json", action="store_true", help=_("JSON instead of a table"))

    def handle(self, *, benchmark: str, **options: Any) -> None:
        measure = BENCHMARKS[benchmark]
        wishes = {"url": options["url"]} if options["url"] else {}
        told = measure(rng=np.random.default_rng(SEED), clock=time.perf_counter, **wishes)
        self.stdout.write(json.dumps(told) if options["json"] else table(told["cases"]))


def table(cases: list[dict[str, Any]]) -> str:
    """One line per case with what was measured, and below it the yardstick in words."""
    measured = [name for name in COLUMNS if any(name in case for case in cases)]
    rows = [measured, *([cell(case.get(name)) for name in measured] for case in cases)]
    widths = [max(len(row[i]) for row in rows) + 2 for i in range(len(measured))]
    lines = ["".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    for number, case in enumerate(cases, start=1):
        lines[number] += f"\n    against {case['yardstick']}"
    return "\n".join(lines)


def cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
