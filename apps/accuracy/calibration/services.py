"""What may be done with fits: make them, adopt one, go back."""

import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accuracy.calibration.fitting import (
    Refused,
    adopted_fit,
    fit_venue,
    fits_of,
    name_of,
    venues_traded,
)
from apps.accuracy.calibration.gathering import DAY_MS, gather_days
from apps.markets.clock import current_feed, wall_now_ms
from apps.markets.models import LeverageFit, Market

log = logging.getLogger(__name__)

State, By = LeverageFit.State, LeverageFit.By


def gather_evidence(*, market: Market) -> int:
    """Condense the days of a market that are over; how many rows were made."""
    feed = current_feed()
    if feed is None or feed.state == feed.State.STARTING:
        return 0
    return gather_days(market=market, feed=feed, now_ms=feed.now_ms(wall_now_ms()))


def chosen_until_ms(version: str) -> int | None:
    """The end of the last day that a set was fitted to or tried on; None for unknown versions."""
    days = LeverageFit.objects.filter(version=version).values_list("scored_until_day", flat=True)
    last = days.first()
    return None if last is None else (last + 1) * DAY_MS


def calibrate_venues() -> None:
    """Fit every venue that can be fitted; adopt what did better if the settings say so."""
    if settings.CALIBRATE == "off":
        return
    for venue in venues_traded():
        try:
            fit = fit_venue(venue)
        except Refused as why:
            log.info("%s", why)
            continue
        if fit.state == State.CANDIDATE and settings.CALIBRATE == "adopt":
            adopt_fit(fit=fit, by=By.SCHEDULE)


@transaction.atomic
def adopt_fit(*, fit: LeverageFit, by: str) -> None:
    """Let a set stand for its venue from now on; the one before is retired. Books are made again.

    Raises ``Refused`` for a set that never did better, or was fitted on another feed.
    """
    if fit.state == State.REJECTED:
        message = _("%(version)s did not do better than what stands, so it cannot be adopted.")
        raise Refused(message % {"version": fit.version})
    if not fits_of(fit.venue).filter(pk=fit.pk).exists():
        message = _("%(version)s was fitted on another feed.")
        raise Refused(message % {"version": fit.version})
    _retire(fit.venue)
    fit.state, fit.adopted_at, fit.adopted_by = State.ADOPTED, timezone.now(), by
    fit.save(update_fields=["state", "adopted_at", "adopted_by"])


@transaction.atomic
def roll_back(*, venue: str, by: str) -> LeverageFit | None:
    """Go back to what stood before: the set adopted before this one, else the shipped shares.

    What is rolled back counts as never adopted, so going back again goes further. Raises
    ``Refused`` when the shipped shares stand already.
    """
    standing = adopted_fit(venue)
    if standing is None:
        message = _("%(venue)s stands as shipped; there is nothing to go back to.")
        raise Refused(message % {"venue": name_of(venue)})
    standing.state, standing.adopted_at = State.RETIRED, None
    standing.save(update_fields=["state", "adopted_at"])
    earlier = fits_of(venue).filter(state=State.RETIRED, adopted_at__isnull=False)
    before = earlier.order_by("-adopted_at").first()
    if before:
        before.state, before.adopted_by = State.ADOPTED, by
        before.save(update_fields=["state", "adopted_by"])
    return before


def _retire(venue: str) -> None:
    fits_of(venue).filter(state=State.ADOPTED).update(state=State.RETIRED)
