"""What the map said, as a read keeps it for good."""

from typing import Any

from apps.heatmaps.readings import Reading

DIGITS = 8  # that matter; more would only make journals heavy


def frozen_of(reading: Reading) -> dict[str, Any]:
    """The whole reading as plain data, every number to eight digits."""
    return _rounded(reading.to_json())


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
