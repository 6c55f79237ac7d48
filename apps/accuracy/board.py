"""Everything the page of the scoreboard shows, read from rows."""

from dataclasses import dataclass

from apps.accuracy.charts import DayChart, History, day_charts, history_of
from apps.accuracy.models import Scorecard, ScoredHour, ZoneTrial
from apps.accuracy.periods import DAY_MS, MOST_SCORED_DAYS
from apps.accuracy.tallies import Tally, decided, tally_all, tally_distances, tally_markets
from apps.accuracy.verdicts import MEASURES, Verdict, kept_verdicts, newest_cards, that_count
from apps.accuracy.walking import MAP, settings_of
from apps.markets.models import Feed, Market
from apps.markets.source import source_of


@dataclass(frozen=True, slots=True)
class Standing:
    """One market among the others."""

    market: Market
    card: Scorecard | None
    verdicts: list[Verdict]

    @property
    def is_below(self) -> bool:
        """Whether a plain baseline beats the map on either side."""
        return any(verdict.is_below for verdict in that_count(self.verdicts))

    def by(self, measured: str) -> list[Verdict]:
        """Both sides by one measure."""
        return [verdict for verdict in self.verdicts if verdict.measured == measured]


@dataclass(frozen=True, slots=True)
class Board:
    """The scoreboard of one source of data."""

    reached: Tally
    by_market: list[Tally]
    by_distance: list[Tally]
    on_trial: int  # zones whose time is not over
    standings: list[Standing]
    hours: int  # usable ones of the market heard best

    @property
    def measured(self) -> str:
        """The measure by which all markets that have a score can be shown together."""
        told = [standing for standing in self.standings if standing.verdicts]
        return next((name for name in MEASURES if all(one.by(name) for one in told)), "")

    @property
    def muted(self) -> list[Standing]:
        """Markets that say on their pages that a baseline beats the map."""
        return [standing for standing in self.standings if standing.is_below]

    @property
    def muted_names(self) -> str:
        """These markets in a row: BTC, ETH."""
        return ", ".join(standing.market.base for standing in self.muted)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One market for whoever wants to check it."""

    standing: Standing
    cards: list[Scorecard]
    days: list[DayChart]
    history: History | None


def get_board(feed: Feed, *, now_ms: int, within: str) -> Board:
    """The scoreboard of a feed's source; what other sources gave is never counted with it."""
    source = source_of(feed)
    trials = decided(source, now_ms=now_ms, within=within)
    standings = [_standing(source, market) for market in Market.objects.all()]
    waiting = ZoneTrial.objects.filter(source=source, is_final=False, has_dark=True)
    return Board(
        reached=tally_all(trials, within),
        by_market=tally_markets(trials, within),
        by_distance=tally_distances(trials, within),
        on_trial=waiting.filter(is_gapped=False).count(),
        standings=standings,
        hours=max((one.card.hours for one in standings if one.card), default=0),
    )


def get_sheet(feed: Feed, market: Market, *, now_ms: int) -> Sheet:
    """All measures of one market, its venues beside it, and how they went."""
    source, version = source_of(feed), settings_of(market)[MAP].version
    standing = _standing(source, market)
    usable = ScoredHour.objects.filter(
        source=source,
        market=market.slug,
        venue="",
        parameters=version,
        is_usable=True,
        start_ms__gte=now_ms - MOST_SCORED_DAYS * DAY_MS,
    )
    every_card = Scorecard.objects.filter(source=source, market=market.slug, venue="")
    measured = next((one.measured for one in standing.verdicts), MEASURES[-1])
    return Sheet(
        standing=standing,
        cards=newest_cards(source, market, version),
        days=day_charts([hour for hour in usable if hour.predicted]),
        history=history_of(list(every_card), measured),
    )


def _standing(source: str, market: Market) -> Standing:
    version = settings_of(market)[MAP].version
    cards = Scorecard.objects.filter(
        source=source, market=market.slug, venue="", parameters=version
    )
    card = cards.order_by("-day_ms").first()
    return Standing(market, card, kept_verdicts(card) if card else [])
