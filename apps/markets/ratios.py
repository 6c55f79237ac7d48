"""Long/short ratios: which share of accounts, positions or takers is long, venue by venue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps.exchanges.records import Ratio
from apps.markets.bulk import insert_missing
from apps.markets.models import Instrument, LongShortRatio, Market

OLDEST_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class RatioReading:
    """The newest ratio of a kind that a venue told."""

    venue: str
    kind: str  # "accounts", "positions", "top_accounts", "top_positions" or "taker"
    ts_ms: int
    long_share: float  # 0 to 1


def load_ratios(market: Market, at_ms: int) -> tuple[RatioReading, ...]:
    """The newest of every venue and kind at ``at_ms``, none older than an hour."""
    rows = (
        LongShortRatio.objects.filter(
            instrument__market=market, ts_ms__gt=at_ms - OLDEST_MS, ts_ms__lte=at_ms
        )
        .order_by("ts_ms")
        .values_list("instrument__venue", "kind", "ts_ms", "long_share")
    )
    newest = {row[:2]: RatioReading(*row) for row in rows}
    return tuple(newest[key] for key in sorted(newest))


def store_ratios(rows: Iterable[Ratio], instruments: Mapping[str, Instrument]) -> None:
    """Write ratios; one that is there already stays."""
    insert_missing(
        LongShortRatio,
        ("instrument", "ts_ms", "kind", "long_share"),
        ((instruments[r.instrument].pk, r.ts_ms, r.kind, r.long_share) for r in rows),
    )


def is_possible_ratio(row: Ratio) -> bool:
    """Whether a ratio can be true at all."""
    return 0 <= row.long_share <= 1 and row.ts_ms > 0
