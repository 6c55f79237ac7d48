"""Evidence as arrays: half-hours of both sides, read back from the rows of its days."""

from collections.abc import Iterable

import numpy as np
from django.db.models import QuerySet

from apps.engine.calibrate import Evidence
from apps.engine.leverage import LEVERAGES
from apps.engine.records import FloatArray
from apps.markets.models import LeverageDay

CELLS = 48  # of a day
SLOT_MS = 1_800_000


def pack(values: FloatArray) -> bytes:
    """Numbers as a row keeps them."""
    return values.astype("<f4").tobytes()


def evidence_from(rows: Iterable[LeverageDay]) -> Evidence:
    """Cells of days by market and side: (day, side, half-hour); markets may lack days."""
    rows = list(rows)
    markets = sorted({row.market_id for row in rows})
    exposure, realised, group, day = [], [], [], []
    for row in rows:
        reached = _unpacked(row.reached_usd, (CELLS, 2, len(LEVERAGES)))
        exposure.append(np.moveaxis(reached, 1, 0).reshape(2 * CELLS, -1))
        realised.append(_unpacked(row.realised_usd, (CELLS, 2)).T.reshape(-1))
        group.append(2 * markets.index(row.market_id) + np.repeat([0, 1], CELLS))
        day.append(np.full(2 * CELLS, row.day))
    if not rows:
        none = np.zeros(0, dtype=np.int64)
        return Evidence(np.zeros((0, len(LEVERAGES))), np.zeros(0), none, none)
    return Evidence(*(np.concatenate(part) for part in (exposure, realised, group, day)))


def usable_days(venue: str) -> QuerySet[LeverageDay]:
    """All days of a venue that were condensed for the engine's leverages, by day."""
    days = LeverageDay.objects.filter(venue=venue, leverages=list(LEVERAGES))
    return days.order_by("day", "market_id")


def _unpacked(data: bytes, shape: tuple[int, ...]) -> FloatArray:
    return np.frombuffer(bytes(data), dtype="<f4").astype(np.float64).reshape(shape)
