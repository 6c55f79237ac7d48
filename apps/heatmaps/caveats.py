"""What there is to say against a market's map, told by a floor above when the site starts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from apps.heatmaps.readings import Reading


@dataclass(frozen=True, slots=True)
class Caveat:
    """A few words, the whole sentence, and the address of the page that proves it."""

    short: str
    sentence: str
    url: str


Caveats = Callable[[list[Reading]], dict[str, Caveat]]


def no_caveats(_readings: list[Reading]) -> dict[str, Caveat]:
    return {}


_caveats: Caveats = no_caveats


def offer_caveats(caveats: Caveats) -> None:
    """Let the pages show these, by market."""
    global _caveats
    _caveats = caveats


def caveats_of(readings: Iterable[Reading | None]) -> dict[str, Caveat]:
    """By market what is to be said against the pictures of these readings."""
    told = [reading for reading in readings if reading]
    return _caveats(told) if told else {}


def caveat_of(reading: Reading | None) -> Caveat | None:
    """The caveat of one picture."""
    return next(iter(caveats_of([reading]).values()), None)
