"""What ``manage.py check --deploy`` refuses about pushes."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.utils.translation import gettext as _


@register(Tags.security, deploy=True)
def no_way_to_this_machine(**_options: Any) -> list[Error]:
    """A public site must not be made to call its own machine."""
    if not settings.ALLOW_LOOPBACK:
        return []
    words = _("EMBERMAP_ALLOW_LOOPBACK lets users have requests sent to this machine.")
    return [Error(words, hint=_("Unset it; it is for tests."), id="pwa.E001")]
