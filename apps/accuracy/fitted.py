"""Up to when the data reach that a parameter set was chosen on: nothing of that time is scored.

::

    ──── chosen on this ────┤ fitted until ├── 48 h left out ──┤──── may be scored ────▶

The shipped settings were chosen on data before 1 March 2026. Who fits other ones offers a function
that knows their versions; a version that nobody knows is never scored.
"""

from collections.abc import Callable

from apps.engine.parameters import MODELS, VERSION
from apps.engine.score import EMBARGO_MS

SHIPPED_UNTIL_MS = 1_772_323_200_000  # 2026-03-01

FittedUntil = Callable[[str], int | None]

_offered: list[FittedUntil] = []


class UnknownSet(ValueError):
    """A parameter set of which nobody says what it was fitted on."""


def offer_fits(fitted_until_ms: FittedUntil) -> None:
    """Let the scoreboard ask this function too; it gives None for versions it does not know."""
    if fitted_until_ms not in _offered:
        _offered.append(fitted_until_ms)


def scored_from_ms(version: str) -> int:
    """The first instant that may be scored with a set. Raises ``UnknownSet``."""
    if version in _shipped():
        return SHIPPED_UNTIL_MS + EMBARGO_MS
    for fitted_until_ms in _offered:
        if (until_ms := fitted_until_ms(version)) is not None:
            return until_ms + EMBARGO_MS
    raise UnknownSet(f"Nobody says what the settings {version} were fitted on.")


def _shipped() -> set[str]:
    return {f"{model}-{VERSION}{ending}" for model in MODELS for ending in ("", "-alt")}
