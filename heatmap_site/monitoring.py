"""What the site knows about its own health, for pages, probes and metrics."""

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.readers import reader_of
from apps.accounts.zones import reader_zone, zone_label
from apps.markets.clock import wall_now_ms
from apps.markets.pulse import late_processes, pulse_ages


def reader_context(request: HttpRequest) -> dict[str, Any]:
    """The reader's time zone; ``reader`` and ``late`` are looked up only if the page prints them.

    ``late`` names what delays alerts; visitors have none.
    """
    return {
        "reader": SimpleLazyObject(lambda: reader_of(request)),
        "late": SimpleLazyObject(lambda: late_for(request)),
        "reader_zone": str(reader_zone()),
        "reader_zone_label": zone_label(timezone.localtime(timezone=reader_zone())),
    }


@never_cache
@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """The banner, for a page that stays open; empty while all is well."""
    return render(request, "_late.html")


def late_for(request: HttpRequest) -> list[str]:
    """Processes that are silent, for a reader whom it concerns."""
    if reader_of(request) is None:
        return []
    try:
        return late_processes(wall_now_ms())
    except DatabaseError:
        return []


def process_troubles() -> list[str]:
    """One sentence for each process that is silent."""
    ages = pulse_ages(wall_now_ms())
    return [
        _("the %s has not been heard of yet") % name
        if ages[name] is None
        else _("the %(name)s has been silent for %(age)d s") % {"name": name, "age": ages[name]}
        for name in late_processes(wall_now_ms())
    ]
