"""``manage.py record``: write down what a feed tells, as a recording."""

import asyncio
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from apps.exchanges.feeds import parse_feed
from apps.exchanges.recorder import Recorder
from apps.exchanges.recorder_run import record
from apps.exchanges.records import BadRecording, Feed
from apps.exchanges.replay import ReplayFeed
from apps.markets.clock import wall_now_ms
from apps.markets.durations import parse_duration
from apps.markets.recorded import plain_faults


class Command(BaseCommand):
    help = _(
        "Write the closed bars and liquidations of a feed, its history and what follows, into a "
        "new folder that replay:FOLDER can tell again. Ctrl-C ends the recording and keeps it. "
        "With --for or --until-end a recorded or simulated feed is written as fast as it can "
        "be told; the real market takes the time it takes."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, help=_("new folder for the recording"))
        parser.add_argument("--feed", default=settings.FEED, help=_("instead of EMBERMAP_FEED"))
        parser.add_argument(
            "--speed",
            type=float,
            default=settings.FEED_SPEED,
            help=_("instead of EMBERMAP_SPEED"),
        )
        length = parser.add_mutually_exclusive_group()
        length.add_argument(
            "--for",
            dest="length",
            metavar="TIME",
            help=_("how much to record after the history: 30m, 2h, 1d"),
        )
        length.add_argument("--until-end", action="store_true", help=_("until the feed ends"))

    def handle(
        self,
        *args: Any,
        dir: Path,
        feed: str,
        speed: float,
        length: str | None,
        until_end: bool,
        **options: Any,
    ) -> None:
        with plain_faults():
            for_ms = parse_duration(length) if length else None
            source = parse_feed(feed, speed=speed, markets=settings.MARKETS)
            if until_end and not ends(source):
                raise ValueError(_("This feed has no end; say how long with --for."))
            recorder = Recorder(
                dir,
                source.instruments(),
                name=dir.resolve().name,
                description=describe(source),
            )
            is_leaping = source.info.kind != "live" and bool(for_ms or until_end)
            asyncio.run(_until_stopped(source, recorder, for_ms, is_leaping))
            if not recorder.bars:
                raise BadRecording(_("The feed told no closed bar, so nothing was written."))
        self.stdout.write(summary(recorder))


def ends(source: Feed) -> bool:
    """Whether a feed comes to its end by itself."""
    return isinstance(source, ReplayFeed) and not source.is_looping


def describe(source: Feed) -> str:
    """Where the rows came from; part of the recording, so never translated."""
    return f"Recorded from {source.info.label} ({source.info.kind})."


def summary(recorder: Recorder) -> str:
    """What was written, in one line; a second one when rows had to be left out."""
    line = _("%(bars)d bars and %(prints)d liquidations written to %(folder)s.") % {
        "bars": recorder.bars,
        "prints": recorder.prints,
        "folder": recorder.folder,
    }
    if recorder.left_out:
        line += "\n" + _("%d rows with impossible numbers were left out.") % recorder.left_out
    return line


async def _until_stopped(
    source: Feed, recorder: Recorder, for_ms: int | None, is_leaping: bool
) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    await record(
        source, recorder, over=over, for_ms=for_ms, is_leaping=is_leaping, wall=wall_now_ms
    )
