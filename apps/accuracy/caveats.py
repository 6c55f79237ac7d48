"""Markets where a plain baseline beats the map say so on their pages."""

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accuracy.models import Scorecard
from apps.accuracy.periods import DAY_MS
from apps.accuracy.verdicts import Verdict, that_count
from apps.heatmaps.caveats import Caveat
from apps.heatmaps.readings import Reading
from apps.heatmaps.templatetags.amounts import MINUS
from apps.markets.clock import current_feed
from apps.markets.source import source_of

RECENT_MS = 3 * DAY_MS  # an older card says nothing of today's picture


def told_caveats(readings: list[Reading]) -> dict[str, Caveat]:
    """By market; only of cards made with the settings of the picture that is shown."""
    feed = current_feed()
    if feed is None:
        return {}
    shown = {reading.market: reading for reading in readings}
    oldest_ms = min(reading.as_of_ms for reading in readings) - RECENT_MS
    cards = Scorecard.objects.filter(
        source=source_of(feed), venue="", market__in=shown, day_ms__gte=oldest_ms
    ).order_by("day_ms")
    newest = {
        market: verdicts
        for market, version, verdicts in cards.values_list("market", "parameters", "verdicts")
        if version == shown[market].parameters
    }
    below = {market: _worst(told) for market, told in newest.items()}
    return {market: _caveat(market, worst) for market, worst in below.items() if worst}


def _worst(told: list[dict]) -> Verdict | None:
    """The side farthest below its baseline; None where no side is."""
    counted = that_count([Verdict(**one) for one in told])
    verdicts = [verdict for verdict in counted if verdict.is_below]
    return min(verdicts, key=lambda verdict: verdict.value - verdict.baseline, default=None)


def _caveat(market: str, worst: Verdict) -> Caveat:
    measured = _("log R²") if worst.measured == "log_r2" else _("rank correlation")
    sides = _("longs") if worst.side == "long" else _("shorts")
    value, low, high, baseline = (
        f"{MINUS if number < 0 else ''}{abs(number):.2f}"
        for number in (worst.value, worst.low, worst.high, worst.baseline)
    )
    sentence = _(
        "For %(sides)s a plain baseline foretells liquidations better than this map: "
        "%(measured)s %(value)s (%(low)s to %(high)s) against %(baseline)s."
    ) % {
        "sides": sides, "measured": measured, "value": value, "low": low, "high": high,
        "baseline": baseline,
    }  # fmt: skip
    url = f"{reverse('accuracy')}?market={market}"
    return Caveat(_("scores below a plain baseline"), sentence, url)
