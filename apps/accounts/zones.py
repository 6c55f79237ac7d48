"""Time zones by their IANA names."""

import zoneinfo
from datetime import datetime, tzinfo
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

NAMED_BY_US = {"Asia/Singapore": "SGT"}  # the zone data has only its offset


@cache
def zone_names() -> frozenset[str]:
    """Every zone this machine knows; looked up once, for it means reading a folder tree."""
    return frozenset(zoneinfo.available_timezones())


def validate_time_zone(name: str) -> None:
    """Refuse what is not a zone, such as ``Asia/Singapore`` is."""
    if name not in zone_names():
        raise ValidationError(_("There is no time zone of that name."))


def activate_zone(name: str) -> None:
    """Print this request's times in that zone; a cookie's nonsense changes nothing."""
    if name in zone_names():
        timezone.activate(name)


def reader_zone() -> tzinfo:
    """The zone that was activated for this request; outside of one, the site's own."""
    current = timezone.get_current_timezone()
    if current is timezone.get_default_timezone():
        return zoneinfo.ZoneInfo(settings.READER_ZONE)
    return current


def zone_label(moment: datetime) -> str:
    """What a reader calls the zone of that moment: ``SGT``, ``CET``, ``UTC+5:30``."""
    name = moment.tzname() or "UTC"
    if str(moment.tzinfo) in NAMED_BY_US:
        return NAMED_BY_US[str(moment.tzinfo)]
    if name[0] not in "+-":
        return name
    minutes = name[3:].lstrip(":")
    return f"UTC{name[0]}{int(name[1:3])}" + (f":{minutes}" if minutes else "")
