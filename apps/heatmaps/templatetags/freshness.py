"""The status pill as the server knows it: what the data is, and how old."""

from dataclasses import dataclass

from django import template
from django.utils.translation import gettext as _

from apps.heatmaps.readings import Reading
from apps.heatmaps.templatetags.amounts import ago

register = template.Library()


@dataclass(frozen=True, slots=True)
class Freshness:
    """``state`` chooses the pill's look; ``age`` is empty where it says nothing."""

    state: str
    word: str
    age: str = ""


@register.simple_tag
def freshness(reading: Reading | None) -> Freshness:
    """The pill of a reading; without one the page is still loading."""
    if not reading:
        return Freshness("loading", _("LOADING"))
    feed = reading.feed
    if feed.state == "failed":
        return Freshness("error", _("ERROR"))
    if feed.state == "ended":
        return Freshness("ended", _("ENDED"))
    if feed.kind == "simulated":
        return Freshness("simulated", _("SIMULATED"))
    if feed.kind == "replay":
        return Freshness("replay", _("REPLAY"))
    ages = [venue.age_s or 0.0 for venue in reading.venues if venue.state != "absent"]
    if any(venue.state == "stale" for venue in reading.venues):
        return Freshness("stale", _("STALE"), ago(max(ages)))
    return Freshness("live", _("LIVE"), ago(min(ages, default=0.0)))
