"""Single liquidations with their prices, ``prints.csv.gz`` of a recording."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.exchanges.recorded_series import TIME, Column, check_header, check_order, numbers, times
from apps.exchanges.recorded_table import fault, read_table

PRINTS = "prints.csv.gz"
SIDES = ("long", "short", "unknown")
TEXT = {name: Column(name) for name in ("venue", "symbol", "position_side", "price_kind")}
NUMBERS = {
    "size_base": Column("size", may_be_zero=False),
    "price": Column("price", may_be_zero=False),
    "bankruptcy_price": Column("bankruptcy price", may_be_zero=False, may_be_absent=True),
    "fill_price": Column("fill price", may_be_zero=False, may_be_absent=True),
    "usd": Column("usd"),
}


def read_prints(folder: Path | str) -> dict[str, NDArray]:
    """Columns (N,), rising in time: ``ts_ms`` int64, four of text, the rest float64.

    ``position_side`` is long, short or unknown; a price that the venue did not tell is NaN.
    Raises ``BadRecording``.
    """
    path = Path(folder) / PRINTS
    header, rows = read_table(path)
    check_header(path, header, TEXT | NUMBERS)
    cells = dict(zip(header, zip(*rows, strict=True) if rows else [()] * len(header), strict=True))
    columns: dict[str, NDArray] = {"ts_ms": times(path, numbers(path, cells["ts_ms"], TIME))}
    columns |= {name: np.array(cells[name], dtype=np.str_) for name in TEXT if name in cells}
    columns |= {n: numbers(path, cells[n], column) for n, column in NUMBERS.items() if n in cells}
    check_order(path, columns["ts_ms"], 0)
    for i in np.flatnonzero(~np.isin(columns["position_side"], SIDES)):
        raise fault(path, int(i) + 2, f"the side is {cells['position_side'][i][:20]!r}")
    return columns
