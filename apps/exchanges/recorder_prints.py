"""Single liquidations as ``prints.csv.gz``, and their totals per half hour."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from apps.exchanges.recorded_series import FIRST_PLAUSIBLE_MS, LARGEST, LAST_PLAUSIBLE_MS
from apps.exchanges.recorder_files import Cell, PrintsToWrite, SeriesToWrite
from apps.exchanges.records import InstrumentInfo, LiquidationRow

HALF_HOUR_MS = 1_800_000
AS_TOLD, IMPLIED = "as told", "amount over size"
LEAST_COMPLETE_LAST = ("full", "delayed", "sampled")

type Instruments = Mapping[str, InstrumentInfo]


def is_writable(row: LiquidationRow) -> bool:
    """Whether a reader of the recording would accept the row."""
    return (
        FIRST_PLAUSIBLE_MS <= row.ts_ms <= LAST_PLAUSIBLE_MS
        and 0 < row.size_base <= LARGEST
        and 0 <= row.usd <= LARGEST
        and 0 < _price(row) <= LARGEST
    )


def prints_of(rows: Iterable[LiquidationRow], instruments: Instruments) -> PrintsToWrite | None:
    """The file of single liquidations by time; nothing when there are none."""
    rows = sorted(rows, key=_order)
    if not rows:
        return None
    columns: dict[str, list[Cell]] = {
        "ts_ms": [row.ts_ms for row in rows],
        "venue": [instruments[row.instrument].venue for row in rows],
        "symbol": [instruments[row.instrument].symbol for row in rows],
        "position_side": [row.side for row in rows],
        "size_base": [float(row.size_base) for row in rows],
        "price": [_price(row) for row in rows],
        "price_kind": [IMPLIED if row.price is None else AS_TOLD for row in rows],
        "usd": [float(row.usd) for row in rows],
    }
    return PrintsToWrite(columns, _completeness(rows, instruments))


def totals_of(
    rows: Sequence[LiquidationRow], until_ms: int, venues: tuple[str, ...]
) -> SeriesToWrite | None:
    """Dollars by side per whole half hour after the first liquidation and before ``until_ms``.

    Nothing is known of the time before the first one: perhaps nobody listened yet.
    """
    if not rows:
        return None
    first = -(-min(row.ts_ms for row in rows) // HALF_HOUR_MS)
    count = until_ms // HALF_HOUR_MS - first
    if count <= 0:
        return None
    usd: dict[str, list[Cell]] = {"long": [0.0] * count, "short": [0.0] * count}
    for row in sorted(rows, key=_order):
        place = row.ts_ms // HALF_HOUR_MS - first
        if 0 <= place < count:
            usd[row.side][place] += float(row.usd)
    return SeriesToWrite(
        {
            "ts_ms": [(first + i) * HALF_HOUR_MS for i in range(count)],
            "long_usd": usd["long"],
            "short_usd": usd["short"],
        },
        HALF_HOUR_MS,
        venues,
    )


def _order(row: LiquidationRow) -> tuple[int, str, str, float, float, str]:
    return row.ts_ms, row.instrument, row.side, row.size_base, row.usd, row.native_id


def _price(row: LiquidationRow) -> float:
    return float(row.usd / row.size_base if row.price is None else row.price)


def _completeness(rows: Iterable[LiquidationRow], instruments: Instruments) -> dict[str, str]:
    """Per venue the least complete of what it told."""
    told: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        told[instruments[row.instrument].venue].add(row.completeness)
    return {venue: max(told[venue], key=LEAST_COMPLETE_LAST.index) for venue in sorted(told)}
