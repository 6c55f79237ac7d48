"""Up to when the data reach that a parameter set was chosen on: nothing of that time is scored.

::

    ──── chosen on this ────┤ fitted until ├── 48 h left out ──┤──── may be scored ────▶

The shipped settings were chosen on data before 1 March 2026. Who fits other ones offers a function
that knows their versions; a version that nobody knows is never scored.
"""

from collections.abc import Callable

from apps.engine.parameters import MODELS, VERSION
from apps.engine.score import EMBARGO_MS

SHIPPED_FROM_MS = 1_764_547_200_000  # 2025-12-01
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


def refuse_fitted(from_ms: int, until_ms: int) -> None:
    """``ValueError`` where a period to be scored touches the one the shipped settings are from."""
    if from_ms < SHIPPED_UNTIL_MS + EMBARGO_MS and until_ms > SHIPPED_FROM_MS:
        raise ValueError(
            "The settings were chosen on December 2025 to February 2026: fit until 2026-03-01 "
            "or later, so that only what came after that is scored"
        )


def _shipped() -> set[str]:
    return {f"{model}-{VERSION}{ending}" for model in MODELS for ending in ("", "-alt")}
