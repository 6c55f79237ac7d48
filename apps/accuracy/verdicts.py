"""What a scorecard comes to: one number beside its chance, and whether the map fell below it.

Where a line could be fitted that number is the log R², before that the rank correlation. Chance is
the best baseline that is known in advance, over the same hours.
"""

from dataclasses import dataclass
from typing import Any

from apps.accuracy.measures import EX_ANTE, MAP
from apps.accuracy.models import Scorecard
from apps.markets.models import Market

SIDES = ("long", "short")
MEASURES = ("log_r2", "spearman")  # the one that says more first

type Told = dict[str, Any]
"""What ``measure`` gives."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One side of one market: the map's score, its interval, and the best baseline's."""

    side: str
    measured: str  # "log_r2" or "spearman"
    value: float
    low: float
    high: float
    baseline: float
    is_like_baseline: bool  # the interval of the difference touches 0

    @property
    def is_below(self) -> bool:
        """Whether a plain baseline did better."""
        return self.value < self.baseline


def verdicts_of(told: Told) -> list[Verdict]:
    """Both sides by both measures; what cannot be told is left out."""
    found = (_verdict(told, side, measured) for measured in MEASURES for side in SIDES)
    return [verdict for verdict in found if verdict]


def that_count(verdicts: list[Verdict]) -> list[Verdict]:
    """Those by the first measure that any of them has."""
    measured = next((one.measured for one in verdicts), "")
    return [one for one in verdicts if one.measured == measured]


def kept_verdicts(card: Scorecard) -> list[Verdict]:
    """The verdicts that were stored with a card."""
    return [Verdict(**one) for one in card.verdicts]


def newest_cards(source: str, market: Market, version: str) -> list[Scorecard]:
    """The last card of all venues together, then of each, made with these settings."""
    cards = Scorecard.objects.filter(source=source, market=market.slug, parameters=version)
    newest = {card.venue: card for card in cards.order_by("day_ms")}
    return [newest[venue] for venue in sorted(newest)]


def _verdict(measures: Told, side: str, measured: str) -> Verdict | None:
    told = measures.get("sides", {}).get(side, {})
    own = told.get(MAP, {}).get(measured)
    margin = measures.get("margin", {}).get(side, {}).get(measured)
    others = [told[name][measured]["value"] for name in EX_ANTE if told.get(name, {}).get(measured)]
    if not own or not margin or not others:
        return None
    return Verdict(
        side=side,
        measured=measured,
        **own,
        baseline=max(others),
        is_like_baseline=margin["low"] <= 0 <= margin["high"],
    )
