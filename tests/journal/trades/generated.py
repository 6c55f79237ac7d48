"""Made-up journals: trades of one entry and one exit, with exact decimals.

``trades`` is hypothesis' own way, which finds edges and makes them small; ``journal_of`` makes a
whole journal of a seed, a hundred times as fast.
"""

import random
from decimal import Decimal

from hypothesis import strategies as st

from apps.journal.trades.closed import Closed, row_of_closed

HOUR_MS = 3_600_000


def decimals(low: str, high: str, places: int = 8) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), allow_nan=False, places=places)


trades = st.fixed_dictionaries({
    "opened_ms": st.integers(0, 5_000).map(lambda hour: hour * HOUR_MS),
    "lasted_ms": st.integers(0, 300).map(lambda hours: hours * HOUR_MS),
    "side": st.sampled_from(["long", "short"]),
    "base": st.sampled_from(["BTC", "ETH"]),
    "venue": st.sampled_from(["", "binance", "okx"]),
    "quote": st.sampled_from(["USDT", "EUR", "BTC"]),
    "entry": decimals("0.0001", "90000"),
    "exit": decimals("0.0001", "90000"),
    "size": decimals("0.00000001", "1000"),
    "fees": decimals("-3", "30"),
    "funding": decimals("-9", "9"),
    "stop_at": st.none() | decimals("0.5", "1.5", 3).filter(lambda share: share != 1),
    "usd_rate": st.none() | decimals("0.5", "2", 6),
    "tags": st.sampled_from(["", "a", "a, b"]),
    "setup": st.sampled_from(["", "sweep"]),
    "kind": st.sampled_from([None, "magnet", "none"]),
}).map(lambda told: told | {
    "stop": None if told["stop_at"] is None else told["entry"] * told["stop_at"],
})  # fmt: skip


def journal_of(seed: str) -> list[dict]:
    """Up to forty trades, some with a stop, a rate, a tag or a read, and some without."""
    rng = random.Random(seed)
    return [_trade(rng) for _ in range(rng.randrange(41))]


def _trade(rng: random.Random) -> dict:
    def decimal(low: float, high: float, places: int = 8) -> Decimal:
        return Decimal(f"{rng.uniform(low, high):.{places}f}")

    entry = decimal(0.0001, rng.choice((1, 90_000)))
    return {
        "opened_ms": rng.randrange(5_000) * HOUR_MS, "lasted_ms": rng.randrange(300) * HOUR_MS,
        "side": rng.choice(("long", "short")), "base": rng.choice(("BTC", "ETH")),
        "venue": rng.choice(("", "okx")), "quote": rng.choice(("USDT", "EUR", "BTC")),
        "entry": entry, "exit": rng.choice((entry, decimal(0.0001, 90_000))),
        "size": decimal(0.00000001, 1000), "fees": rng.choice((Decimal(0), decimal(-3, 30))),
        "funding": rng.choice((Decimal(0), decimal(-9, 9))),
        "stop": rng.choice((None, entry * rng.choice((Decimal("0.98"), Decimal("1.03"))))),
        "usd_rate": rng.choice((None, Decimal(1), decimal(0.5, 2, 6))),
        "tags": rng.choice(("", "a, b")), "setup": rng.choice(("", "sweep")),
        "kind": rng.choice((None, "magnet")),
    }  # fmt: skip


def closed(trade: dict) -> Closed:
    """The row that the statistics see of a trade."""
    gained = (trade["exit"] - trade["entry"]) * trade["size"]
    return row_of_closed(
        trade["opened_ms"], trade["opened_ms"] + trade["lasted_ms"], trade["side"],
        trade["base"], trade["venue"], trade["quote"], trade["entry"], trade["size"],
        trade["stop"], gained if trade["side"] == "long" else -gained, trade["fees"],
        trade["funding"], trade["usd_rate"], trade["tags"], trade["setup"], trade["kind"],
    )  # fmt: skip
