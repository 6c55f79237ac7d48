"""Every number the walk depends on, in one frozen record that travels with what it produced."""

from dataclasses import dataclass, replace
from math import inf
from typing import Literal

from apps.engine.leverage import LEVERAGES
from apps.engine.margin import Formula, Kind

Model = Literal["exact", "brief", "oi-only"]

MODELS: tuple[Model, ...] = ("exact", "brief", "oi-only")
VERSION = "2026.3"
ALTCOIN_LEVERAGE = 0.8  # mean leverage of other coins, as a share of the venue's on BTC


@dataclass(frozen=True, slots=True)
class VenueTerms:
    """What a venue's contract is assumed to be; model note §1.5 and §2.2.

    ``maintenance`` lists (leverage up to and including, maintenance margin rate), rising; the
    last rate holds beyond. ``fee_rate`` is what is reserved for closing. ``standing`` overrides
    the bell curve with explicit shares, one per leverage of the grid.
    """

    mean_leverage: float
    max_leverage: float
    maintenance: tuple[tuple[float, float], ...]
    fee_rate: float = 0.0003
    kind: Kind = "linear"
    standing: tuple[float, ...] | None = None


_TIERED = ((7.0, 0.010), (20.0, 0.008), (33.0, 0.0065), (50.0, 0.005), (1000.0, 0.004))
_CENTRAL = VenueTerms(12.0, 125.0, _TIERED)

VENUES: tuple[tuple[str, VenueTerms], ...] = (
    ("binance", VenueTerms(12.4, 125.0, _TIERED)),
    ("bybit", VenueTerms(12.0, 100.0, _TIERED)),
    ("okx", VenueTerms(10.0, 100.0, _TIERED, fee_rate=0.0005)),
    ("bitget", _CENTRAL),
    ("gate", VenueTerms(12.0, 125.0, ((1000.0, 0.003),))),
    ("htx", _CENTRAL),
    ("hyperliquid", VenueTerms(5.0, 40.0, ((1000.0, 0.0125),))),
    ("dydx", VenueTerms(5.0, 50.0, ((1000.0, 0.012),))),
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Settings of one walk. Prices are in natural logs where a name says ``log``.

    * ``turnover`` κ and ``taker_pull`` φ: see ``flow``.
    * ``half_life_exponent``: positions at leverage L close at a rate ∝ L^exponent (§3.1).
    * ``idle_half_life_h``: hours in which half of a side is closed, however little is traded.
    * ``hedged_long``, ``hedged_short``: share of open interest that has no liquidation price.
    * ``kernel_bins``: standard deviation of liquidation prices around the formula, in bins.
    * ``lean``: how much leverage follows what price did before, see ``lean`` (§3.2).
    * ``at_close``: share of the entries that lie at a bar's close; the rest fill its range.
    * ``forced_share``: of the mass that a price reaches, what is force-closed and reported; the
      rest has added margin, stops and hedges, or is never printed. Predictions only, not pictures.
    * ``cold_log_range``: half the width of prices over which the first open interest entered.
    """

    version: str
    leverages: tuple[float, ...] = LEVERAGES
    venues: tuple[tuple[str, VenueTerms], ...] = VENUES
    other_venue: VenueTerms = _CENTRAL
    formula: Formula = "exact"
    turnover: float = 1.0
    taker_pull: float = 0.5
    half_life_exponent: float = 1.4
    idle_half_life_h: float = 96.0
    hedged_long: float = 0.20
    hedged_short: float = 0.30
    kernel_bins: float = 2.0
    lean: float = 0.3
    at_close: float = 0.35
    forced_share: float = 0.010
    cold_log_range: float = 0.04
    grid_bins: int = 1600
    recentre_bins: int = 200
    mean_leverage_factor: float = 1.0

    def terms_of(self, venue: str) -> VenueTerms:
        """The terms of a venue by slug, or those of any other venue."""
        return dict(self.venues).get(venue, self.other_venue)

    def with_venue(self, venue: str, terms: VenueTerms) -> "Parameters":
        """The same settings with one venue's terms replaced; give it a version of its own."""
        venues = {**dict(self.venues), venue: terms}
        return replace(self, venues=tuple(venues.items()))


def default_parameters(model: Model = "exact", *, altcoin: bool = False) -> Parameters:
    """The settings of a model: ``exact``, or one of two simple ones for comparison.

    ``brief`` takes the bankruptcy price for the liquidation price; ``oi-only`` sees positions
    open only when open interest rises, as most public maps do. Raises ``ValueError`` for others.
    """
    if model not in MODELS:
        raise ValueError(f"unknown model {model!r}: choose one of {', '.join(MODELS)}")
    parameters = Parameters(version=f"{model}-{VERSION}{'-alt' if altcoin else ''}")
    if altcoin:
        parameters = replace(parameters, mean_leverage_factor=ALTCOIN_LEVERAGE)
    if model == "brief":
        return replace(parameters, formula="brief")
    if model == "oi-only":
        return replace(parameters, turnover=0.0, idle_half_life_h=inf)
    return parameters
