"""Up to when the data reach that a parameter set was chosen on: nothing of that time is scored.

::

    ──── chosen on this ────┤ fitted until ├── 48 h left out ──┤──── may be scored ────▶

The shipped settings were chosen on data before 1 March 2026, an adopted set of leverage on the days
that it was fitted to and tried on. A version that nobody knows is never scored.
"""

from apps.accuracy.calibration.services import chosen_until_ms
from apps.engine.parameters import MODELS, VERSION
from apps.engine.score import EMBARGO_MS

SHIPPED_FROM_MS = 1_764_547_200_000  # 2025-12-01
SHIPPED_UNTIL_MS = 1_772_323_200_000  # 2026-03-01


class UnknownSet(ValueError):
    """A parameter set of which nobody says what it was fitted on."""


def scored_from_ms(version: str) -> int:
    """The first instant that may be scored with a set. Raises ``UnknownSet``."""
    shipped, *sets = version.split("+")
    chosen_ms = [chosen_until_ms(name) for name in sets]
    if shipped not in _shipped() or None in chosen_ms:
        raise UnknownSet(f"Nobody says what the settings {version} were fitted on.")
    return max([SHIPPED_UNTIL_MS, *chosen_ms]) + EMBARGO_MS


def refuse_fitted(from_ms: int, until_ms: int) -> None:
    """``ValueError`` where a period to be scored touches the one the shipped settings are from."""
    if from_ms < SHIPPED_UNTIL_MS + EMBARGO_MS and until_ms > SHIPPED_FROM_MS:
        raise ValueError(
            "The settings were chosen on December 2025 to February 2026: fit until 2026-03-01 "
            "or later, so that only what came after that is scored"
        )


def _shipped() -> set[str]:
    return {f"{model}-{VERSION}{ending}" for model in MODELS for ending in ("", "-alt")}
