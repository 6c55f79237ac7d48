"""What a picture's address asks for: parsed, checked, and given one canonical name.

The same query string serves the page, the frame and the websocket. ``PictureSpec`` holds what
changes the frame's bytes; ``Display`` holds what only changes how a browser shows them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _

from apps.markets.currency import CURRENCIES
from apps.markets.models import Market

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

TIMEFRAMES: dict[str, tuple[int, int]] = {  # window_ms, cadence_ms
    "1h": (HOUR_MS, MINUTE_MS),
    "4h": (4 * HOUR_MS, 2 * MINUTE_MS),
    "24h": (DAY_MS, 5 * MINUTE_MS),
    "48h": (2 * DAY_MS, 10 * MINUTE_MS),
    "7d": (7 * DAY_MS, 30 * MINUTE_MS),
    "30d": (30 * DAY_MS, 2 * HOUR_MS),
}
VIEWS = ("live", "historical", "venue", "age", "net")
BRACKETS = 5  # ≤5×, 5–10×, 10–25×, 25–50×, 50×+
AGE_WINDOWS: tuple[tuple[int, int | None], ...] = (
    (0, 4 * HOUR_MS),
    (4 * HOUR_MS, DAY_MS),
    (DAY_MS, 3 * DAY_MS),
    (3 * DAY_MS, 7 * DAY_MS),
    (7 * DAY_MS, None),
)
AGE_EDGES = tuple(to for _, to in AGE_WINDOWS if to is not None)
UNITS_MS = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}
BIN_WIDTHS_SGD = (50, 100, 200)
PALETTES = ("viridis", "cividis", "inferno", "paper")
SIDES = ("long", "short")
FIRST_MS = 1_230_768_000_000  # 2009: before any market
LAST_MS = 4_102_444_800_000  # 2100

type Query = Mapping[str, str]


class BadSpec(ValueError):
    """An address that asks for something impossible; the message is one translated sentence."""


@dataclass(frozen=True, slots=True)
class Display:
    """How a browser shows a frame. ``None`` means: as the reader's settings say."""

    sides: tuple[str, ...] = SIDES
    palette: str | None = None
    lo_usd: float | None = None
    hi_usd: float | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """One picture of one market; empty ``venues``, ``brackets`` and ``ages`` mean all of them.

    ``at_ms`` is only kept in the historical view. Two specs with the same ``key`` have the same
    frame, whatever the order or the repetition in the query string.
    """

    timeframe: str = "24h"
    view: str = "live"
    at_ms: int | None = None
    venues: tuple[str, ...] = ()
    brackets: tuple[int, ...] = ()
    ages: tuple[int, ...] = ()
    bin_sgd: int | None = None  # width of a linear bin; None: the automatic log bins
    age_edges: tuple[int, ...] = AGE_EDGES  # ms between the five windows of age
    display: Display = field(default=Display(), compare=False)

    @property
    def window_ms(self) -> int:
        """How much time the picture shows."""
        return TIMEFRAMES[self.timeframe][0]

    @property
    def cadence_ms(self) -> int:
        """How much time one column shows."""
        return TIMEFRAMES[self.timeframe][1]

    @property
    def windows(self) -> tuple[tuple[int, int | None], ...]:
        """The five windows of age in ms, ``(from, to)``; the last one has no end."""
        return tuple(zip((0, *self.age_edges), (*self.age_edges, None), strict=True))

    @property
    def age_windows(self) -> tuple[tuple[int, int | None], ...]:
        """The chosen windows of age; empty means every age."""
        return tuple(self.windows[i] for i in self.ages)

    @property
    def key(self) -> str:
        """Canonical name of the frame, safe in cache keys: letters, digits, ``-``, ``_``, ``.``."""
        parts = [self.timeframe]
        parts += [f"at-{self.at_ms}"] if self.at_ms is not None else []
        parts += [f"v-{'_'.join(self.venues)}"] if self.venues else []
        parts += [f"l-{'_'.join(map(str, self.brackets))}"] if self.brackets else []
        parts += [f"a-{'_'.join(map(str, self.ages))}"] if self.ages else []
        parts += [f"w-{'_'.join(map(str, self.age_edges))}"] if self.age_edges != AGE_EDGES else []
        parts += [f"b-{self.bin_sgd}"] if self.bin_sgd else []
        return ".".join(parts)

    @property
    def is_default(self) -> bool:
        """Whether this is the picture that is published with every snapshot."""
        return self.key == DEFAULT_SPEC.key


DEFAULT_SPEC = PictureSpec()


def parse_spec(query: Query, market: Market) -> PictureSpec:
    """The picture that ``query`` (a ``QueryDict`` or any mapping) asks for.

    Parameters it does not know are ignored; a value it does not know raises ``BadSpec``.
    One database query when ``venues`` is given, none otherwise.
    """
    view = _choice(query, "view", VIEWS, DEFAULT_SPEC.view)
    at_ms = _instant(query, "at")
    return PictureSpec(
        timeframe=_choice(query, "tf", tuple(TIMEFRAMES), DEFAULT_SPEC.timeframe),
        view=view,
        at_ms=at_ms if view == "historical" else None,
        venues=_venues(query, market),
        brackets=_indices(query, "lev", BRACKETS),
        ages=_indices(query, "age", len(AGE_WINDOWS)),
        age_edges=_edges(query),
        bin_sgd=_bin(query),
        display=parse_display(query),
    )


def parse_display(query: Query) -> Display:
    """The options that only a browser uses, checked all the same."""
    lo_usd, hi_usd = _amount(query, "lo"), _amount(query, "hi")
    if lo_usd is not None and hi_usd is not None and lo_usd >= hi_usd:
        raise BadSpec(_("lo must be less than hi."))
    wanted = _words(query, "sides")
    _refuse_unknown("sides", wanted, SIDES)
    return Display(
        sides=tuple(side for side in SIDES if side in wanted) or SIDES,
        palette=_choice(query, "palette", PALETTES, None),
        lo_usd=lo_usd,
        hi_usd=hi_usd,
        currency=_choice(query, "cur", CURRENCIES, None),
    )


def _choice[Default](
    query: Query, name: str, choices: tuple[str, ...], default: Default
) -> str | Default:
    value = query.get(name, "")
    if not value:
        return default
    _refuse_unknown(name, [value], choices)
    return value


def _words(query: Query, name: str) -> list[str]:
    return [word for word in query.get(name, "").split(",") if word]


def _refuse_unknown(name: str, words: Iterable[str], choices: Iterable[str]) -> None:
    known = tuple(choices)
    for word in words:
        if word not in known:
            raise BadSpec(
                _("%(name)s must be one of %(choices)s, not “%(value)s”.")
                % {"name": name, "choices": ", ".join(known), "value": word[:40]}
            )


def _venues(query: Query, market: Market) -> tuple[str, ...]:
    wanted = set(_words(query, "venues"))
    if not wanted:
        return ()
    known = sorted(set(market.instruments.values_list("venue", flat=True)))
    _refuse_unknown("venues", sorted(wanted), known)
    return () if len(wanted) == len(known) else tuple(sorted(wanted))


def _indices(query: Query, name: str, count: int) -> tuple[int, ...]:
    words = set(_words(query, name))
    _refuse_unknown(name, sorted(words), map(str, range(count)))
    return () if len(words) == count else tuple(sorted(map(int, words)))


def _bin(query: Query) -> int | None:
    choices = ("auto", *map(str, BIN_WIDTHS_SGD))
    value = _choice(query, "bin", choices, "auto")
    return None if value == "auto" else int(value)


def _edges(query: Query) -> tuple[int, ...]:
    """Where one window of age ends and the next begins: four durations such as 30m, 4h or 3d."""
    words = _words(query, "windows")
    if not words:
        return AGE_EDGES
    edges = tuple(_duration(word) for word in words)
    if len(edges) != len(AGE_EDGES) or any(a >= b for a, b in pairwise((0, *edges))):
        raise BadSpec(_("windows must be four rising durations, such as 4h,24h,3d,7d."))
    return edges


def _duration(word: str) -> int:
    number, unit = word[:-1], word[-1:]
    if not (number.isascii() and number.isdigit() and len(number) <= 4 and unit in UNITS_MS):
        raise BadSpec(_("windows must be four rising durations, such as 4h,24h,3d,7d."))
    return int(number) * UNITS_MS[unit]


def _instant(query: Query, name: str) -> int | None:
    value = query.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and FIRST_MS <= int(value[:16]) <= LAST_MS):
        raise BadSpec(_("%(name)s must be a time in milliseconds since 1970.") % {"name": name})
    return int(value) // MINUTE_MS * MINUTE_MS


def _amount(query: Query, name: str) -> float | None:
    value = query.get(name, "")
    if not value:
        return None
    try:
        amount = float(value)
    except ValueError:
        amount = float("nan")
    if not 0 < amount < 1e15:
        raise BadSpec(_("%(name)s must be an amount in US dollars.") % {"name": name})
    return amount
