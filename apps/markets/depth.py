"""What rests in the order books of a market: kept by the minute for two days, read as arrays.

Only live venues and the simulated market tell their books; a recording has none.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from apps.engine.depth import Depth
from apps.engine.records import FloatArray, IntArray
from apps.exchanges.records import DEPTH_STEP_BPS, DEPTH_STEPS, DepthRow
from apps.markets.bulk import insert_or_replace
from apps.markets.clock import feed_now_ms
from apps.markets.models import BookDepth, Instrument, Market

MINUTE_MS = 60_000
KEPT_MS = 48 * 60 * MINUTE_MS
OLDEST_MS = 90_000  # a book is told every minute: this one, or the one before while it is under way
LARGEST_USD = 1e15
FIELDS = ("instrument", "minute_ms", "ts_ms", "mid", "reach_bps", "bid_usd", "ask_usd")


@dataclass(frozen=True, eq=False)
class DepthHistory:
    """A market's books, minute after minute; nothing is made up for minutes without one.

    ``times_ms`` (T,) ends of minutes, rising; ``mid_usd`` (T,); ``bid_usd`` and ``ask_usd`` (T, N)
    USD in step ``k`` of ``step_bps`` away from the middle, as far as the venues told.
    """

    times_ms: IntArray
    mid_usd: FloatArray
    step_bps: float
    bid_usd: FloatArray
    ask_usd: FloatArray


def load_depth(market: Market, at_ms: int | None = None) -> Depth | None:
    """The books of all venues together as they stood at ``at_ms`` (the data's clock, now if None).

    Of each venue its newest book, told at most a minute and a half before; None when there is no
    such book. Beyond what a venue told, its book is taken to go on as thick as it was on average.
    """
    at_ms = feed_now_ms() if at_ms is None else at_ms
    rows = BookDepth.objects.filter(
        instrument__market=market,
        minute_ms__gt=at_ms - OLDEST_MS,
        ts_ms__gt=at_ms - OLDEST_MS,
        ts_ms__lte=at_ms,
    ).order_by("ts_ms")
    newest = {row.instrument_id: row for row in rows}.values()
    if not newest:
        return None
    sides = [np.stack([_whole(usd, row.reach_bps) for usd in _usd(row)]) for row in newest]
    bid_usd, ask_usd = np.sum(sides, axis=0)
    mids = np.array([row.mid for row in newest])
    return Depth(float(np.median(mids)), DEPTH_STEP_BPS, bid_usd, ask_usd)


def load_depth_history(market: Market, from_ms: int, to_ms: int) -> DepthHistory:
    """Every minute's books in ``(from_ms, to_ms]``, all venues together, as told."""
    rows = BookDepth.objects.filter(
        instrument__market=market, minute_ms__gt=from_ms, minute_ms__lte=to_ms
    ).values_list("minute_ms", "mid", "bid_usd", "ask_usd")
    told = list(rows)
    ends_ms = np.array([row[0] for row in told], dtype=np.int64)
    times_ms, minute = np.unique(ends_ms, return_inverse=True)
    mids = np.array([row[1] for row in told], dtype=np.float64)
    return DepthHistory(
        times_ms=times_ms,
        mid_usd=_means(mids, minute, len(times_ms)),
        step_bps=DEPTH_STEP_BPS,
        bid_usd=_sums([row[2] for row in told], minute, len(times_ms)),
        ask_usd=_sums([row[3] for row in told], minute, len(times_ms)),
    )


def store_depth(rows: Iterable[DepthRow], instruments: Mapping[str, Instrument]) -> None:
    """Write order books; of one instrument and minute the last told stays."""
    newest: dict[tuple[str, int], DepthRow] = {}
    for row in rows:
        key = row.instrument, -(-row.ts_ms // MINUTE_MS) * MINUTE_MS
        if key not in newest or newest[key].ts_ms <= row.ts_ms:
            newest[key] = row
    insert_or_replace(
        BookDepth,
        FIELDS,
        (
            (
                instruments[slug].pk, minute_ms, row.ts_ms, row.mid, row.reach_bps,
                _packed(row.bid_usd), _packed(row.ask_usd),
            )
            for (slug, minute_ms), row in newest.items()
        ),
        unique=("instrument", "minute_ms"),
    )  # fmt: skip


def is_possible_depth(row: DepthRow) -> bool:
    """Whether a book's numbers can be true at all."""
    return (
        len(row.bid_usd) == len(row.ask_usd) == DEPTH_STEPS
        and all(min(usd) >= 0 and max(usd) < LARGEST_USD for usd in (row.bid_usd, row.ask_usd))
        and math.isfinite(sum(row.bid_usd) + sum(row.ask_usd))
        and 0 < row.mid < LARGEST_USD
        and 0 < row.reach_bps <= DEPTH_STEPS * DEPTH_STEP_BPS
        and row.ts_ms > 0
    )


def prune_depth(now_ms: int) -> int:
    """Delete the books older than two days; how many those were."""
    count, _ = BookDepth.objects.filter(minute_ms__lt=now_ms - KEPT_MS).delete()
    return count


def _whole(usd: FloatArray, reach_bps: float) -> FloatArray:
    """A side (N,) continued beyond its reach with its mean density."""
    density = usd.sum() / reach_bps
    ends_bps = DEPTH_STEP_BPS * np.arange(1, len(usd) + 1)
    untold_bps = np.clip(ends_bps - reach_bps, 0, DEPTH_STEP_BPS)
    return usd + density * untold_bps


def _usd(row: BookDepth) -> tuple[FloatArray, FloatArray]:
    return _unpacked(bytes(row.bid_usd)), _unpacked(bytes(row.ask_usd))


def _packed(usd: tuple[float, ...]) -> bytes:
    return np.array(usd, dtype="<f4").tobytes()


def _unpacked(data: bytes) -> FloatArray:
    return np.frombuffer(data, dtype="<f4").astype(np.float64)


def _sums(sides: list[bytes], minute: IntArray, count: int) -> FloatArray:
    """(T, N) rows of one minute added up."""
    total = np.zeros((count, DEPTH_STEPS))
    table = _unpacked(b"".join(map(bytes, sides))).reshape(-1, DEPTH_STEPS)
    np.add.at(total, minute, table)
    return total


def _means(values: FloatArray, minute: IntArray, count: int) -> FloatArray:
    return np.bincount(minute, values, count) / np.maximum(np.bincount(minute, minlength=count), 1)
