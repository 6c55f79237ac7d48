"""``manage.py rotate_push_key``: a new push key; the old ones serve until devices have moved."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from apps.pwa import vapid


class Command(BaseCommand):
    help = _(
        "Make a new push key. Browsers subscribe with it when they are next opened; until then "
        "they are sent to with the key they know."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = vapid.rotate()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        self.stdout.write(_("New push key %(id)s.") % {"id": key.id})
