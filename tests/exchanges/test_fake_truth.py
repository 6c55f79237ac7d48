"""Eight conventions, one market: whatever a venue makes of the truth, our parsers undo."""

from collections.abc import Callable
from dataclasses import fields, replace
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.exchanges.fake import binance, bitget, bybit, gate_statistics, htx_statistics
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.numbers import BadPayload
from apps.exchanges.readings import HOUR_MS, MINUTE_MS, Book, Instrument
from tests.exchanges.fake_reading import VENUES, Client, assert_same, cells, truth

FIRST_MS = 1_780_000_200_000
NOW_MS = FIRST_MS + 5 * HOUR_MS + 41_500
BAR = ("instrument", "end_ms", "span_ms", "open", "high", "low", "close", "volume", "closed")
DEAD = ("instrument", "ts_ms", "side", "size_base", "usd", "price")
FIELDS = {
    "bars": BAR,
    "open_interest": ("instrument", "ts_ms", "open_interest"),
    "history": ("instrument", "ts_ms", "open_interest"),
    "marks": ("instrument", "mark_price", "index_price", "funding_rate", "funding_interval_ms"),
    "liquidations": DEAD,
    "trades": ("instrument", "ts_ms", "taker_side", "size_base", "price"),
}
PAGE = 100
SECONDS_ONLY = {("gate", "liquidations"), ("gate", "trades")}


@pytest.fixture(scope="module")
def market() -> FakeMarket:
    """Ten coins on eight venues, some hours old."""
    return FakeMarket(4, first_ms=FIRST_MS, standing_per_book=1500)


def check(client: Client, kind: str, i: Instrument, market: FakeMarket) -> int:
    """Raise unless what is read is true; how many rows were compared."""
    read = client.read(kind, i)
    true = truth(market, kind, i, client.now_ms, read)
    if kind == "liquidations" and client.venue == "bitget":
        true = [row for row in true if row.ts_ms <= client.now_ms - bitget.DELAY_MS]
    if (client.venue, kind) in SECONDS_ONLY:
        true = [replace(row, ts_ms=row.ts_ms // 1000 * 1000) for row in true]
    if kind == "trades" or len(read) == PAGE:
        true = true[-len(read) :]  # the newest of more
    if kind in ("liquidations", "trades"):  # of one instant, in any order
        read, true = (sorted(rows, key=lambda r: (r.ts_ms, r.size_base)) for rows in (read, true))
    assert_same(read, true, FIELDS[kind])
    return len(read)


@pytest.mark.parametrize(("venue", "kind"), cells(*FIELDS))
def test_what_is_read_is_what_was_true(market: FakeMarket, venue: str, kind: str) -> None:
    client = Client(market, venue, NOW_MS)
    count = sum(check(client, kind, i, market) for i in client.instruments().values())
    assert count >= (10 if kind != "liquidations" else 3)


@pytest.mark.parametrize("venue", VENUES)
def test_what_a_venue_lists_is_read_as_it_is(market: FakeMarket, venue: str) -> None:
    read = Client(market, venue, NOW_MS).instruments()
    for true in market.instruments(venue):
        for field in fields(true):
            value, wanted = getattr(read[true.symbol], field.name), getattr(true, field.name)
            same = pytest.approx(wanted) if isinstance(wanted, float) else wanted
            assert value == same, field.name
    assert len(read) == 10


@pytest.mark.parametrize("venue", VENUES)
def test_books_are_in_base_coin(market: FakeMarket, venue: str) -> None:
    client = Client(market, venue, NOW_MS)
    for i in client.instruments().values():
        (read,), true = client.read("book", i), market.book(i, NOW_MS)
        assert (read.instrument, read.ts_ms) == (i.slug, NOW_MS)
        assert_levels(read, true)


def assert_levels(read: Book, true: Book) -> None:
    for told, wanted in ((read.bids, true.bids), (read.asks, true.asks)):
        assert len(told) >= 20
        for level, other in zip(told, wanted, strict=False):
            assert level == pytest.approx(other, rel=1e-9)


@pytest.mark.parametrize(("venue", "kind"), cells("tiers"))
def test_margin_tiers_are_those_of_the_market(market: FakeMarket, venue: str, kind: str) -> None:
    client = Client(market, venue, NOW_MS)
    for i in client.instruments().values():
        read, true = client.read(kind, i), market.margin_tiers(i, NOW_MS)
        if venue == "htx":  # a stack for each leverage instead of one
            read, true = sorted(read, key=lambda t: -t.max_leverage), list(true)
            true = [replace(tier, notional_floor_usd=0.0) for tier in true]
        if venue in ("okx", "bitget", "htx"):
            true = [replace(tier, maintenance_amount_usd=0.0) for tier in true]
        names = ["instrument", "notional_floor_usd", "maintenance_margin_rate", "max_leverage"]
        assert_same(read, true, names)
        for tier, other in zip(read, true, strict=True):
            cap = other.notional_cap_usd
            assert tier.notional_cap_usd == (None if cap is None else pytest.approx(cap))
            assert tier.maintenance_amount_usd == pytest.approx(other.maintenance_amount_usd)


@pytest.mark.parametrize(("venue", "kind"), cells("ratios"))
def test_long_shares_are_those_of_the_traders(market: FakeMarket, venue: str, kind: str) -> None:
    client = Client(market, venue, NOW_MS)
    for i in client.instruments().values():
        read = client.read(kind, i)
        assert len(read) >= 20
        for ratio in read:
            assert ratio.long_share == pytest.approx(market.long_share(i, ratio.ts_ms))


def test_taker_flow_is_in_the_candles_of_binance_and_in_the_trades_of_others(
    market: FakeMarket,
) -> None:
    client = Client(market, "binance", NOW_MS)
    for i in client.instruments().values():
        bars = client.read("bars", i)
        assert_same(bars, truth(market, "bars", i, NOW_MS, bars), ["taker_delta"])
    for venue in ("bybit", "dydx", "okx"):
        client = Client(market, venue, NOW_MS // MINUTE_MS * MINUTE_MS)
        for i in client.instruments().values():
            first_ms = client.now_ms - 3 * MINUTE_MS
            (true,) = market.bars(i, first_ms, first_ms, client.now_ms)
            trades = [
                trade
                for trade in client.read("trades", i)
                if first_ms <= trade.ts_ms < first_ms + MINUTE_MS
            ]
            signs = {"buy": 1, "sell": -1}
            delta = sum(signs[trade.taker_side] * trade.size_base for trade in trades)
            assert sum(trade.size_base for trade in trades) == pytest.approx(true.volume)
            assert delta == pytest.approx(true.taker_delta, abs=1e-9 * true.volume)


@settings(max_examples=30, deadline=None)
@given(
    venue=st.sampled_from(VENUES),
    number=st.integers(0, 9),
    kind=st.sampled_from(("bars", "open_interest", "marks")),
    after_ms=st.integers(2 * HOUR_MS, 5 * HOUR_MS),
)
def test_it_holds_at_any_instant(
    market: FakeMarket, venue: str, number: int, kind: str, after_ms: int
) -> None:
    client = Client(market, venue, FIRST_MS + after_ms)
    check(client, kind, list(client.instruments().values())[number], market)


def changed(names: tuple[str, ...], change: Callable[[float], float]) -> Callable[[object], object]:
    """Numbers under these names, wherever they are, written otherwise."""

    def bend(value: object) -> object:
        if isinstance(value, dict):
            return {
                key: written(member) if key in names else bend(member)
                for key, member in value.items()
            }
        return [bend(member) for member in value] if isinstance(value, list) else value

    def written(value: object) -> object:
        number = change(float(value))
        return f"{number:.12f}" if isinstance(value, str) else number

    return bend


OPEN_INTEREST_NAMES = {
    "binance": "openInterest", "bybit": "singleOpenInterest", "okx": "oiCcy",
    "dydx": "openInterest", "bitget": "openInterest", "gate": "position_size", "htx": "volume",
    "hyperliquid": "openInterest",
}  # fmt: skip


def assert_wrong(client: Client, kind: str, market: FakeMarket) -> None:
    """The comparison that holds above does not hold for this client."""
    listed = Client(market, client.venue, client.now_ms).instruments().values()
    for i in listed:
        try:
            check(client, kind, i, market)
        except (AssertionError, BadPayload):
            return
    pytest.fail(f"{client.venue} may break its {kind} unnoticed")


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_open_interest_of_both_sides_would_be_noticed(
    market: FakeMarket, venue: str, factor: float
) -> None:
    bend = changed((OPEN_INTEREST_NAMES[venue],), lambda number: factor * number)
    assert_wrong(Client(market, venue, NOW_MS, bend), "open_interest", market)


@pytest.mark.parametrize("module", [bybit, gate_statistics, htx_statistics])
def test_statistics_of_one_side_would_be_noticed_where_they_count_both(
    market: FakeMarket, monkeypatch: pytest.MonkeyPatch, module: ModuleType
) -> None:
    venue = module.__name__.rpartition(".")[2].removesuffix("_statistics")
    monkeypatch.setattr(module, "SIDES", 1)
    bend = changed((), float)
    if venue == "bybit":  # whose parser prefers the single figure while it is there
        bend = without("singleOpenInterest")
    assert_wrong(Client(market, venue, NOW_MS, bend), "history", market)


def without(name: str) -> Callable[[object], object]:
    """The same without a field: an older version of the reply."""

    def bend(value: object) -> object:
        if isinstance(value, dict):
            return {key: bend(member) for key, member in value.items() if key != name}
        return [bend(member) for member in value] if isinstance(value, list) else value

    return bend


def flipped(value: object) -> object:
    """Every side the other one, however it is written."""
    words = {"buy": "sell", "sell": "buy", "BUY": "SELL", "SELL": "BUY", "long": "short",
             "short": "long", "A": "B", "B": "A", "Buy": "Sell",
             "Sell": "Buy"}  # fmt: skip
    if isinstance(value, dict):
        bent = {key: flipped(member) for key, member in value.items()}
        if "order_size" in bent:
            bent |= {"size": value["order_size"], "order_size": value["size"]}
        return bent
    if isinstance(value, list):
        return [flipped(member) for member in value]
    return words.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize(("venue", "kind"), cells("liquidations", "trades"))
def test_a_flipped_side_would_be_noticed(market: FakeMarket, venue: str, kind: str) -> None:
    bend = flipped
    if (venue, kind) == ("gate", "trades"):
        bend = changed(("size",), lambda number: -number)
    assert_wrong(Client(market, venue, NOW_MS, bend), kind, market)


IN_CONTRACTS = [
    ("okx", "liquidations"), ("okx", "trades"), ("gate", "bars"), ("gate", "open_interest"),
    ("gate", "history"), ("gate", "liquidations"), ("gate", "trades"), ("htx", "bars"),
    ("htx", "open_interest"), ("htx", "history"), ("htx", "liquidations"),
]  # fmt: skip


@pytest.mark.parametrize(("venue", "kind"), IN_CONTRACTS)
def test_contracts_taken_for_coins_would_be_noticed(
    market: FakeMarket, venue: str, kind: str
) -> None:
    client = Client(market, venue, NOW_MS)
    for i in client.instruments().values():
        naive = replace(i, contract_size=1.0)
        if i.contract_size != 1.0 and client.read(kind, i):
            with pytest.raises(AssertionError):
                check(client, kind, naive, market)


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_seconds_taken_for_milliseconds_would_be_noticed(
    market: FakeMarket, venue: str, factor: float
) -> None:
    names = ("ts", "t", "id", "time", "timestamp", "liquidation_time", "fundingTime")

    def bend(payload: object) -> object:
        return _first_cells(changed(names, lambda number: factor * number)(payload), factor)

    assert_wrong(Client(market, venue, NOW_MS, bend), "bars", market)


def _first_cells(value: object, factor: float) -> object:
    """Candles that are lists begin with their time; dYdX writes text, which loses its zone."""
    if isinstance(value, dict):
        return {
            key: "1780" if key == "startedAt" else _first_cells(member, factor)
            for key, member in value.items()
        }
    if isinstance(value, list) and value and isinstance(value[0], str | int):
        return [str(float(value[0]) * factor), *value[1:]]
    return [_first_cells(member, factor) for member in value] if isinstance(value, list) else value


def test_the_same_seed_gives_the_same_replies() -> None:
    one, two = (FakeMarket(9, first_ms=FIRST_MS, markets=2) for _ in range(2))
    for venue in VENUES:
        left, right = Client(one, venue, NOW_MS), Client(two, venue, NOW_MS)
        for i in left.instruments().values():
            assert left.read("bars", i) == right.read("bars", i)


def test_prices_and_orders_of_binance_name_the_bankruptcy_and_the_fill_apart() -> None:
    market = FakeMarket(4, first_ms=FIRST_MS, markets=1)
    (i,) = market.instruments("binance")
    row = market.liquidations("binance", i, FIRST_MS, FIRST_MS + 12 * HOUR_MS)[0]
    order = binance.force_order(i, row)
    assert float(order["ap"]) == row.price
    assert (float(order["p"]) < row.price) == (row.side == "long")
    assert float(order["l"]) < float(order["z"]) == row.size_base
