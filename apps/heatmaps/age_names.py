"""Windows of age in few letters: < 4 h, 4–24 h, 1–3 d, > 7 d."""

from apps.heatmaps.spec import DAY_MS, HOUR_MS, UNITS_MS

NBSP = "\u00a0"


def short_duration(ms: int) -> str:
    """As an address has it: 4h, 24h, 3d; a day is still 24 hours, more are days where whole."""
    unit = "d" if ms % DAY_MS == 0 and ms > DAY_MS else "h" if ms % HOUR_MS == 0 else "m"
    return f"{ms // UNITS_MS[unit]}{unit}"


def window_name(from_ms: int, to_ms: int | None) -> str:
    """A window of age as its chip names it."""
    if to_ms is None:
        return f">{NBSP}{_spaced(short_duration(from_ms))}"
    upper = short_duration(to_ms)
    if not from_ms:
        return f"<{NBSP}{_spaced(upper)}"
    size = UNITS_MS[upper[-1]]
    lower = short_duration(from_ms) if from_ms % size else f"{from_ms // size}{upper[-1]}"
    same = lower[-1] == upper[-1]
    return f"{lower[:-1] if same else _spaced(lower)}–{_spaced(upper)}"


def _spaced(duration: str) -> str:
    return f"{duration[:-1]}{NBSP}{duration[-1]}"
