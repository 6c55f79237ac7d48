"""What a whole site needs before and around its processes: feed, database, environment."""

import os
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.first_run import make_first_run_link
from apps.exchanges.feeds import parse_feed
from apps.exchanges.records import BadFeed
from heatmap_site.supervisor import options
from heatmap_site.supervisor.run_folder import Refused

TRIED_FIRST = ("replay", "simulated")


@dataclass(frozen=True)
class ChosenFeed:
    """A feed's text as the collector reads it, its speed, and one line about it."""

    text: str
    speed: float
    description: str


def choose_feed(text: str, speed: float) -> ChosenFeed:
    """The feed to run; one that lies on this machine is opened once, and ``Refused`` if it fails.

    Venues are not asked here: a network that is away now may be back when the collector tries.
    """
    try:
        absolute = options.feed(text)
        kind = absolute.partition("?")[0].partition(":")[0]
        if kind not in TRIED_FIRST:
            return ChosenFeed(absolute, speed, _("feed: %s") % kind)
        info = parse_feed(absolute, speed=speed).info
    except options.Nonsense as error:
        raise Refused(_("The feed cannot be used: %s.") % error) from None
    except BadFeed as error:
        raise Refused(str(error)) from None
    told = {"label": info.label, "kind": kind.upper(), "speed": speed}
    line = _("feed: %(label)s (%(kind)s), %(speed)g times as fast as life") % told
    return ChosenFeed(absolute, speed, line)


def prepare() -> None:
    """Bring the database and the static files up to date."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise Refused(_("The database cannot be used: %s.") % str(error).strip()) from None
    connections.close_all()
    call_command("collectstatic", interactive=False, verbosity=0)


def first_run_path() -> str:
    """Where the first administrator is made, as a path; empty when there is one already."""
    token = make_first_run_link(timezone.now())
    connections.close_all()
    return reverse("first-administrator", args=[token]) if token else ""


def environment(feed: ChosenFeed) -> dict[str, str]:
    """What every process of the site finds in its environment."""
    return os.environ | {
        "EMBERMAP_DATA": str(settings.DATA_DIR),
        "EMBERMAP_FEED": feed.text,
        "EMBERMAP_SPEED": f"{feed.speed:g}",
        "PYTHONUNBUFFERED": "1",
    }
