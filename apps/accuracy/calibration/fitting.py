"""From a venue's evidence to a candidate: refused in one sentence, or fitted and judged."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accuracy.calibration.cells import evidence_from, usable_days
from apps.engine.calibrate import by_group, fit_shares, forgetting, resampled_fits
from apps.engine.fit_trial import Trial, split_days, try_on
from apps.engine.leverage import LEVERAGES
from apps.engine.parameters import default_parameters
from apps.engine.records import FloatArray
from apps.markets.coverage import VENUE_NAMES
from apps.markets.leverage_sets import bell_curve
from apps.markets.models import Feed, Instrument, LeverageFit, Liquidation

LEAST_DAYS, ENOUGH_DAYS = 14, 60
LEAST_PRINTS = 500
LEAST_USD = 1e6
DRAWS = 100
INTERVAL = (0.05, 0.95)
SEED = 5  # of the resampling: the same evidence gives the same fit


class Refused(Exception):
    """Nothing can be fitted; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much evidence there is of a venue."""

    days: int
    prints: int
    usd: float
    markets: tuple[str, ...]


def venues_traded() -> list[str]:
    """Every venue there is something of."""
    return sorted(set(Instrument.objects.values_list("venue", flat=True)))


def name_of(venue: str) -> str:
    """A venue as it writes itself."""
    return VENUE_NAMES.get(venue, venue)


def amount_of(venue: str) -> Amount:
    """Days on which anything was heard of a venue, and what was printed on them. Two queries."""
    days = usable_days(venue)
    told = days.aggregate(days=Count("day", distinct=True), prints=Sum("prints"), usd=Sum("usd"))
    slugs = days.order_by("market").values_list("market__slug", flat=True).distinct()
    return Amount(told["days"], told["prints"] or 0, told["usd"] or 0.0, tuple(slugs))


def refusal(venue: str, amount: Amount) -> str | None:
    """Why this venue's leverage cannot be fitted; None when it can."""
    name = name_of(venue)
    if not amount.days:
        prints = Liquidation.objects.filter(instrument__venue=venue)
        told = set(prints.values_list("completeness", flat=True).distinct())
        if told and Liquidation.Completeness.FULL not in told:
            return _("%(venue)s’s feed is throttled; weights cannot be fitted on it.") % {
                "venue": name
            }
    if amount.days < LEAST_DAYS:
        return ngettext(
            "%(venue)s has %(days)d day of complete evidence; %(least)d are needed.",
            "%(venue)s has %(days)d days of complete evidence; %(least)d are needed.",
            amount.days,
        ) % {"venue": name, "days": amount.days, "least": LEAST_DAYS}
    if amount.prints < LEAST_PRINTS:
        return _("%(venue)s has printed %(prints)d liquidations; %(least)d are needed.") % {
            "venue": name,
            "prints": amount.prints,
            "least": LEAST_PRINTS,
        }
    if amount.usd < LEAST_USD:
        return _("Less than a million dollars was liquidated on %(venue)s in all that time.") % {
            "venue": name
        }
    return None


def fit_venue(venue: str, *, now: datetime | None = None) -> LeverageFit:
    """Fit a venue on its earlier days, judge it on the later ones, and keep the result as a row.

    Better beyond chance, it is a candidate; otherwise rejected, with its numbers. An earlier
    candidate of the venue makes way. Raises ``Refused``.
    """
    amount = amount_of(venue)
    if why := refusal(venue, amount):
        raise Refused(why)
    prior = bell_curve(default_parameters(), venue)
    rng = np.random.default_rng(SEED)
    earlier, later = split_days(evidence_from(usable_days(venue)))
    weight = forgetting(earlier.day)
    shares = fit_shares(earlier, prior, weight=weight)
    resampled = by_group(
        np.array(LEVERAGES), resampled_fits(earlier, prior, rng, draws=DRAWS, weight=weight)
    )
    standing = adopted_fit(venue)
    try:
        trial = try_on(later, earlier, _shares(standing, prior), shares, rng)
    except ValueError:
        message = _("Too little was liquidated on %(venue)s lately to judge a fit by.")
        raise Refused(message % {"venue": name_of(venue)}) from None
    LeverageFit.objects.filter(
        venue=venue, source=_source(), state=LeverageFit.State.CANDIDATE
    ).update(state=LeverageFit.State.RETIRED)
    low, high = np.quantile(resampled, INTERVAL, axis=0)
    now = now or timezone.now()
    return LeverageFit.objects.create(
        source=_source(),
        venue=venue,
        version=_version(venue, now),
        state=LeverageFit.State.CANDIDATE if trial.is_won else LeverageFit.State.REJECTED,
        leverages=list(LEVERAGES),
        prior=prior.tolist(),
        shares=shares.tolist(),
        low=low.tolist(),
        high=high.tolist(),
        fitted_from_day=int(earlier.day.min()),
        fitted_until_day=int(earlier.day.max()),
        scored_from_day=int(later.day.min()),
        scored_until_day=int(later.day.max()),
        standing_version=standing.version if standing else "",
        days=amount.days,
        prints=amount.prints,
        usd=amount.usd,
        markets=list(amount.markets),
        made_at=now,
        **_scores(trial),
    )


def adopted_fit(venue: str) -> LeverageFit | None:
    """What stands for a venue now; None: the shipped shares."""
    return fits_of(venue).filter(state=LeverageFit.State.ADOPTED).first()


def fits_of(venue: str) -> QuerySet[LeverageFit]:
    """Everything that was fitted to a venue of this feed, newest first."""
    return LeverageFit.objects.filter(venue=venue, source=_source())


def _shares(fit: LeverageFit | None, prior: FloatArray) -> FloatArray:
    return np.array(fit.shares) if fit and tuple(fit.leverages) == LEVERAGES else prior


def _scores(trial: Trial) -> dict[str, float]:
    names = ("standing_log_r2", "standing_rank", "log_r2", "rank", "gain", "gain_low")
    return {name: getattr(trial, name) for name in names}


def _source() -> str:
    return Feed.objects.values_list("source", flat=True).first() or ""


def _version(venue: str, now: datetime) -> str:
    """The venue and the day; from the second fit of a day on also a number."""
    name = f"{venue}-{now:%Y-%m-%d}"
    taken = LeverageFit.objects.filter(version__startswith=name).count()
    return f"{name}-{taken + 1}" if taken else name
