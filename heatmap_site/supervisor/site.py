"""What a whole site needs before and around its processes: feed, database, environment."""

import os
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections
from django.utils.translation import gettext as _

from apps.exchanges.feeds import parse_feed
from apps.exchanges.records import BadFeed, FeedInfo
from heatmap_site.supervisor import options
from heatmap_site.supervisor.run_folder import Refused


@dataclass(frozen=True)
class ChosenFeed:
    """The feed's text as the collector reads it, its speed, and what it turned out to be."""

    text: str
    speed: float
    info: FeedInfo


def choose_feed(text: str, speed: float) -> ChosenFeed:
    """Open the feed once, so that one that cannot work is ``Refused`` before anything starts."""
    try:
        absolute = options.feed(text)
        return ChosenFeed(absolute, speed, parse_feed(absolute, speed=speed).info)
    except options.Nonsense as error:
        raise Refused(_("The feed cannot be used: %s.") % error) from None
    except BadFeed as error:
        raise Refused(str(error)) from None


def describe(info: FeedInfo) -> str:
    """The feed in one line for the person at the terminal."""
    line = _("feed: %(label)s (%(kind)s), %(speed)g times as fast as life") % {
        "label": info.label,
        "kind": info.kind.upper(),
        "speed": info.speed,
    }
    return f"{line}. {info.reason}" if info.reason else line


def prepare() -> None:
    """Bring the database and the static files up to date."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise Refused(_("The database cannot be used: %s.") % str(error).strip()) from None
    connections.close_all()
    call_command("collectstatic", interactive=False, verbosity=0)


def environment(feed: ChosenFeed) -> dict[str, str]:
    """What every process of the site finds in its environment."""
    return os.environ | {
        "EMBERMAP_DATA": str(settings.DATA_DIR),
        "EMBERMAP_FEED": feed.text,
        "EMBERMAP_SPEED": f"{feed.speed:g}",
        "PYTHONUNBUFFERED": "1",
    }
