"""The three trades of the brief as scripts for the simulated market.

Prices and amounts are the brief's own, in Singapore dollars, and stand here as it gives them; they
become US dollars at one stated rate. Minutes count from the moment at which the reader decides.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from apps.exchanges.simulated.scripted import Script, Spot, Waypoint, Zone

SGD_PER_USD = 1.286
BEFORE_MIN = 1800  # of the script, before the decision
SINGAPORE = timezone(timedelta(hours=8))

type Point = tuple[int, float] | tuple[int, float, float]
"""Minute, price in SGD, and how far the way there may lie beyond both ends (natural log)."""


@dataclass(frozen=True, slots=True)
class ToldZone:
    """A cluster as the brief describes it: prices and amount in SGD, opened between two minutes."""

    low: float
    high: float
    sgd: float
    opened: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Trade:
    """What the trader of the brief did; SGD, minutes from the decision."""

    side: str  # "long", "short"
    entry: float
    entry_minute: int
    stop: float
    target: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One playable trade: what is told to the simulated market, and what the brief says of it."""

    slug: str
    base: str
    decided_at: datetime
    side: str  # of the positions that matter
    leverage: float
    price: float  # SGD, at the decision
    extreme: float  # SGD, the furthest price the brief names of what happened
    path: tuple[Point, ...]
    zones: tuple[ToldZone, ...]
    crowd_sgd: float
    spot: tuple[tuple[int, int, float], ...]  # first and last minute, SGD bought less sold
    span: tuple[float, float]  # SGD, of the picture
    trade: Trade
    seed: int

    @property
    def decided_ms(self) -> int:
        """Epoch milliseconds of the decision."""
        return round(self.decided_at.timestamp() * 1000)

    @property
    def first_ms(self) -> int:
        """Epoch milliseconds at which the script's first minute ends."""
        return self.decided_ms - BEFORE_MIN * 60_000

    @property
    def after_min(self) -> int:
        """Minutes played after the decision."""
        return self.path[-1][0]

    @property
    def script(self) -> Script:
        """The same in US dollars and in minutes from the beginning."""
        return Script(
            seed=self.seed,
            side=0 if self.side == "long" else 1,
            leverage=self.leverage,
            maintenance_rate=MAINTENANCE_RATE,
            path=tuple(
                Waypoint(BEFORE_MIN + minute, price / SGD_PER_USD, *wander)
                for minute, price, *wander in self.path
            ),
            zones=tuple(
                Zone(
                    zone.low / SGD_PER_USD,
                    zone.high / SGD_PER_USD,
                    zone.sgd / SGD_PER_USD,
                    (BEFORE_MIN + zone.opened[0], BEFORE_MIN + zone.opened[1]),
                )
                for zone in self.zones
            ),
            others=OTHERS,
            crowd_usd=self.crowd_sgd / SGD_PER_USD,
            spot=tuple(
                Spot(BEFORE_MIN + first, BEFORE_MIN + stop, sgd / SGD_PER_USD)
                for first, stop, sgd in self.spot
            ),
        )


MAINTENANCE_RATE = 0.005
OTHERS = ((5.0, 0.02), (10.0, 0.05), (50.0, 0.04))
"""Leverages beside a scenario's own, and how much is held with each per amount with its own."""


def _at(*when: int) -> datetime:
    return datetime(*when, tzinfo=SINGAPORE)


JANUARY = Scenario(
    slug="january-cascade",
    base="BTC",
    decided_at=_at(2026, 1, 14, 23, 40),
    side="long",
    leverage=25.0,
    price=128_400,
    extreme=119_800,
    path=(
        (-1800, 124_300), (-1700, 125_350), (-1600, 123_500), (-1480, 125_300),
        (-1370, 123_400), (-1250, 125_200), (-1130, 123_450), (-1030, 125_400),
        (-900, 127_600), (-780, 129_900), (-690, 127_550), (-580, 129_950),
        (-480, 127_600), (-370, 130_000), (-270, 127_650), (-160, 129_950),
        (-60, 127_900), (0, 128_400, 0.001),
        (25, 127_800, 0.001), (70, 128_700, 0.001), (130, 127_300, 0.001), (170, 126_500),
        (200, 126_900, 0.0005), (232, 125_500), (239, 125_330), (240, 125_200),
        (246, 123_900), (250, 122_600),
        (254, 121_900), (258, 120_500), (261, 119_950), (262, 119_800),
        (270, 120_700), (300, 122_100, 0.0005),
        (340, 121_600, 0.001), (400, 122_400, 0.001),
    ),
    zones=(
        ToldZone(123_000, 125_500, 343e6, (-960, -20)),
        ToldZone(119_000, 121_000, 282e6, (-1780, -960)),
    ),
    crowd_sgd=110e6,
    spot=((130, 240, -38e6), (262, 330, 64e6)),
    span=(115_500, 137_500),
    trade=Trade("short", 127_800, 25, 130_000, 120_500),
    seed=14,
)  # fmt: skip

FEBRUARY = Scenario(
    slug="february-squeeze",
    base="ETH",
    decided_at=_at(2026, 2, 8, 10, 0),
    side="short",
    leverage=15.0,
    price=4_850,
    extreme=5_340,
    path=(
        (-1800, 4_900), (-1690, 4_995), (-1560, 4_803), (-1430, 4_995), (-1300, 4_803),
        (-1180, 4_995), (-1050, 4_803), (-930, 4_995), (-800, 4_803), (-690, 4_995),
        (-560, 4_803), (-440, 4_995), (-330, 4_803), (-220, 4_995), (-90, 4_803),
        (0, 4_850, 0.001),
        (10, 4_870, 0.0005), (90, 4_770), (150, 4_830, 0.001), (210, 4_955), (262, 5_060),
        (280, 5_100), (292, 5_180), (304, 5_215), (318, 5_305), (332, 5_340), (350, 5_270),
        (390, 5_180), (430, 5_215, 0.001),
    ),
    zones=(ToldZone(5_100, 5_300, 168e6, (-1780, -10)),),
    crowd_sgd=26e6,
    spot=((150, 280, 92e6), (280, 332, 30e6), (332, 390, -41e6)),
    span=(4_420, 5_560),
    trade=Trade("long", 4_870, 10, 4_680, 5_250),
    seed=8,
)  # fmt: skip

MARCH = Scenario(
    slug="march-false-signal",
    base="BTC",
    decided_at=_at(2026, 3, 12, 20, 0),
    side="long",
    leverage=25.0,
    price=135_000,
    extreme=131_800,
    path=(
        (-1800, 135_300), (-1660, 134_750), (-1530, 135_760), (-1400, 134_740), (-1280, 135_770),
        (-1150, 134_750), (-1020, 135_760), (-890, 134_745), (-760, 135_770), (-640, 134_750),
        (-520, 135_765), (-400, 134_745), (-290, 135_760), (-180, 134_750), (-70, 135_600),
        (0, 135_000, 0.0005),
        (22, 134_200, 0.0005), (70, 133_300, 0.001), (110, 132_500, 0.001), (140, 131_800),
        (152, 132_900), (170, 133_800), (230, 134_500, 0.001), (300, 135_200, 0.001),
        (430, 136_000), (450, 135_850, 0.0003),
    ),
    zones=(ToldZone(130_000, 131_000, 245e6, (-1780, -10)),),
    crowd_sgd=60e6,
    spot=((20, 105, 35e6), (105, 170, 210e6), (170, 430, 95e6)),
    span=(124_500, 142_500),
    trade=Trade("short", 134_200, 22, 136_000, 130_500),
    seed=3,
)  # fmt: skip

SCENARIOS = (JANUARY, FEBRUARY, MARCH)
