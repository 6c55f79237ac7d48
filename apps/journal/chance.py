"""How often the price went that far in that time before, whatever the map said."""

import numpy as np

from apps.journal.outcome import Path, unbroken

STEP_MS = 900_000
FEWEST_STARTS = 24
BACK_MS = 7 * 86_400_000


def chance_of(distance: float, horizon_ms: int, before: Path) -> float | None:
    """The share of past moments, a quarter of an hour apart, after which the price went there.

    ``distance`` is signed; only moments whose whole horizon lies in ``before`` without a hole
    count. None where fewer than ``FEWEST_STARTS`` do. The moments overlap, so this is a rate to
    compare with and not a test.
    """
    if len(before.end_ms) == 0:
        return None
    went = []
    first_ms, last_ms = int(before.end_ms[0]), int(before.end_ms[-1])
    for start_ms in range(first_ms, last_ms - horizon_ms + 1, STEP_MS):
        begin = int(np.searchsorted(before.end_ms, start_ms))
        end = int(np.searchsorted(before.end_ms, start_ms + horizon_ms, side="right"))
        moment = before.part(slice(begin, end))
        ahead, is_gapped = unbroken(moment, int(moment.end_ms[0]))
        if is_gapped or len(ahead.end_ms) == 0:
            continue
        level = moment.close[0] * (1 + distance)
        went.append(ahead.low.min() <= level if distance < 0 else ahead.high.max() >= level)
    return float(np.mean(went)) if len(went) >= FEWEST_STARTS else None
