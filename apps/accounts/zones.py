"""Time zones by their IANA names."""

import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _


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
