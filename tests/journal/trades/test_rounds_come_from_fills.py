"""Executions become the same trades in whatever order, and nothing is lost on the way."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.journal.trades.rounds import Execution, Round, rounds_of

D = Decimal


def fill(number: int, side: str, size: str, price: str, fee: str = "0", **other) -> Execution:
    told = {
        "key": f"k{number}", "at_ms": number, "order": "", "book": "", "is_buy": side == "buy",
        "price": D(price), "size": D(size), "fee": D(fee), "fee_currency": "", "funding": D(0),
        "quote": "USDT",
    }  # fmt: skip
    return Execution(**told | other)


def told(one: Round) -> tuple:
    return (one.key, one.side, one.opened_ms, one.closed_ms, one.entry, one.exit, one.size,
            one.gross, one.fees, one.funding)  # fmt: skip


executions = st.lists(
    st.tuples(
        st.booleans(), st.integers(1, 5), st.integers(1, 9), st.decimals(0, 1, places=4),
        st.integers(0, 6),
    ),
    max_size=14,
).map(lambda rows: [
    fill(n, "buy" if buys else "sell", str(size), str(price), str(fee), at_ms=at_ms)
    for n, (buys, size, price, fee, at_ms) in enumerate(rows)
])  # fmt: skip


def test_a_round_ends_where_the_position_is_back_at_zero():
    rounds = rounds_of([
        fill(1, "buy", "1", "100", "0.1"), fill(2, "buy", "3", "104", "0.3"),
        fill(3, "sell", "1", "110", "0.1"), fill(4, "sell", "3", "90", "0.2"),
        fill(5, "sell", "2", "90"), fill(6, "buy", "2", "80"),
    ])  # fmt: skip
    assert [told(one) for one in rounds] == [
        ("k1", "long", 1, 4, D(103), D(95), D(4), D(-32), D("0.7"), D(0)),
        ("k5", "short", 5, 6, D(90), D(80), D(2), D(20), D(0), D(0)),
    ]


def test_a_fill_that_crosses_zero_is_divided_with_its_fee():
    first, second = rounds_of([fill(1, "buy", "1", "100"), fill(2, "sell", "3", "110", "0.3")])
    assert (first.gross, first.fees, first.closed_ms) == (D(10), D("0.1"), 2)
    assert (second.side, second.size, second.fees) == ("short", D(2), D("0.2"))
    assert (second.is_closed, second.gross, second.exit) == (False, None, None)


def test_what_stands_half_closed_is_open_and_says_so():
    (one,) = rounds_of([fill(1, "buy", "2", "100"), fill(2, "sell", "1", "120")])
    assert (one.closed_ms, one.gross, one.exit) == (None, None, D(120))


def test_funding_belongs_to_the_round_that_stands_then():
    rounds = rounds_of([
        fill(1, "buy", "0", "0", funding=D("-9")), fill(2, "buy", "1", "100"),
        fill(3, "buy", "0", "0", funding=D("-0.25")), fill(4, "sell", "1", "100"),
    ])  # fmt: skip
    assert [(one.funding, one.closed_ms) for one in rounds] == [(D("-0.25"), 4)]


def test_a_fee_in_another_coin_is_not_counted_and_is_marked():
    (one,) = rounds_of([fill(1, "buy", "1", "100", "0.01", fee_currency="BNB")])
    assert (one.fees, one.has_other_fees) == (D(0), True)


def test_a_book_of_its_own_ignores_what_closes_more_than_stands_there():
    rounds = rounds_of([
        fill(1, "sell", "5", "100", book="long"), fill(2, "buy", "1", "100", book="long"),
        fill(3, "sell", "2", "101", book="long"),
    ])  # fmt: skip
    assert [(one.side, one.size, one.gross) for one in rounds] == [("long", D(1), D(1))]


def test_two_books_stand_beside_each_other_and_funding_goes_to_the_older():
    rounds = rounds_of([
        fill(1, "buy", "1", "100", book="long"), fill(2, "sell", "1", "100", book="short"),
        fill(3, "buy", "0", "0", funding=D("-1")), fill(4, "sell", "1", "110", book="long"),
        fill(5, "buy", "0", "0", funding=D("-2")), fill(6, "buy", "1", "90", book="short"),
    ])  # fmt: skip
    assert [(one.side, one.gross, one.funding) for one in rounds] == [
        ("long", D(10), D(-1)), ("short", D(10), D(-2)),
    ]  # fmt: skip


def test_within_an_instant_the_venues_number_says_what_came_first():
    late, early = fill(1, "sell", "1", "101", order="100", at_ms=5), fill(
        2, "buy", "1", "100", order="99", at_ms=5)  # fmt: skip
    (one,) = rounds_of([late, early])
    assert (one.side, one.gross) == ("long", D(1))


@settings(max_examples=150)
@given(fills=executions, data=st.data())
def test_any_order_gives_the_same_rounds(fills: list[Execution], data):
    shuffled = data.draw(st.permutations(fills))
    assert [told(one) for one in rounds_of(shuffled)] == [told(one) for one in rounds_of(fills)]


@settings(max_examples=150)
@given(fills=executions)
def test_money_and_coins_are_neither_made_nor_lost(fills: list[Execution]):
    rounds = rounds_of(fills)
    position = sum((f.size if f.is_buy else -f.size for f in fills), D(0))
    standing = [one for one in rounds if not one.is_closed]
    assert standing == rounds[len(rounds) - len(standing) :]
    assert len(standing) == bool(position)
    assert sum((one.opened - one.closed for one in standing), D(0)) == abs(position)
    assert sum((one.fees for one in rounds), D(0)) == sum((f.fee for f in fills), D(0))
    if not position:
        cash = sum((f.size * f.price * (-1 if f.is_buy else 1) for f in fills), D(0))
        assert sum((one.gross for one in rounds), D(0)) == cash
