"""``manage.py collect``: the one process that listens to the feed."""

import asyncio
import logging
import signal
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from apps.exchanges.feeds import parse_feed
from apps.exchanges.records import BadFeed, BadRecording, Feed
from apps.markets.collector import collect
from apps.markets.pulse import keep_beating


class Command(BaseCommand):
    help = _("Store what the feed tells until it ends, or until SIGTERM or Ctrl-C.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--feed", default=settings.FEED, help=_("instead of EMBERMAP_FEED"))
        parser.add_argument(
            "--speed", type=float, default=settings.FEED_SPEED, help=_("instead of EMBERMAP_SPEED")
        )

    def handle(self, *args: Any, feed: str, speed: float, **options: Any) -> None:
        logging.basicConfig(level=logging.INFO, format="%(message)s")
        try:
            source = parse_feed(feed, speed=speed, markets=settings.MARKETS)
            asyncio.run(_until_stopped(source, feed))
        except (BadFeed, BadRecording) as error:
            raise CommandError(str(error)) from None


async def _until_stopped(source: Feed, asked_for: str) -> None:
    """Collect; after the feed's end stay, so that nobody starts it again."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    collecting = asyncio.create_task(collect(source, asked_for=asked_for))
    stopping = asyncio.create_task(stopped.wait())
    beating = asyncio.create_task(keep_beating("collector"))
    await asyncio.wait({collecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if stopped.is_set():
        collecting.cancel()
    with suppress(asyncio.CancelledError):
        await collecting
    await stopping
    beating.cancel()
