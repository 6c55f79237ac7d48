"""What the map said, as a read keeps it for good."""

from contextlib import suppress
from typing import Any

from apps.engine.frame import BadFrame, decode
from apps.heatmaps.readings import Reading
from apps.journal.heat import heat_of

DIGITS = 6  # that matter; more would only make journals heavy


def frozen_of(reading: Reading, frame: bytes, low: float, high: float) -> dict[str, Any]:
    """The whole reading and the heat around a zone as plain data, every number to six digits."""
    told = reading.to_json()
    with suppress(BadFrame):  # what the map said in numbers is kept all the same
        told |= {"heat": heat_of(decode(frame), reading.as_of_ms, reading.price, low, high)}
    return _rounded(told)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
