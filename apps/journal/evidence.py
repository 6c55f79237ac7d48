"""The bars and liquidations that reads are judged by: from the markets' rows to arrays."""

import numpy as np

from apps.journal.outcome import Path, Prints
from apps.markets.models import Instrument, Liquidation, MinuteBar

FIELDS = ("end_ms", "span_ms", "low", "high", "close", "mark_low", "mark_high", "mark_close")


def load_path(market: str, venue: str, *, since_ms: int, until_ms: int | None = None) -> Path:
    """Closed bars of a venue that end in ``(since_ms, until_ms]``; 10,000 take about 50 ms.

    Low, high and close are the mark's where all three were told, else what was traded. Of two
    instruments of one venue the first by slug counts.
    """
    instrument = Instrument.objects.filter(market__slug=market, venue=venue).order_by("slug")
    rows = MinuteBar.objects.filter(
        instrument_id=instrument.values_list("pk", flat=True).first(),
        closed=True,
        end_ms__gt=since_ms,
    )
    if until_ms is not None:
        rows = rows.filter(end_ms__lte=until_ms)
    told = list(rows.order_by("end_ms").values_list(*FIELDS))
    table = np.array(told, dtype=np.float64).reshape(-1, len(FIELDS))
    traded, mark = table[:, 2:5], table[:, 5:8]
    is_mark = np.isfinite(mark).all(axis=1)
    low, high, close = np.where(is_mark[:, None], mark, traded).T
    return Path(
        table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), low, high, close, is_mark
    )


def load_prints(market: str, *, since_ms: int, until_ms: int) -> Prints:
    """Every liquidation in ``(since_ms, until_ms]``; without a price, what USD and size say."""
    rows = Liquidation.objects.filter(
        instrument__market__slug=market, ts_ms__gt=since_ms, ts_ms__lte=until_ms, usd__gt=0
    ).order_by("ts_ms", "pk")
    told = [
        (ts_ms, side == "long", price or (usd / size if size else 0.0), usd)
        for ts_ms, side, price, usd, size in rows.values_list(
            "ts_ms", "side", "price", "usd", "size_base"
        )
    ]
    ts_ms, is_long, price, usd = np.array(told, dtype=np.float64).reshape(-1, 4).T
    return Prints(ts_ms.astype(np.int64), is_long.astype(bool), price, usd)
