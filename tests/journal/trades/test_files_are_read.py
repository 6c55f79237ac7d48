"""The exports of three venues, and files nobody foresaw, are read as their writers mean them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.journal.trades import cells, delimited
from apps.journal.trades.delimited import Line, sheet_in
from apps.journal.trades.models import Draft, Fill
from apps.journal.trades.presets import REQUIRED, guess
from apps.journal.trades.told import Told, Wishes, fills_in
from apps.journal.trades.wishes import as_wishes, wishes_for, zone_of_file
from apps.markets.tables import BadFile
from tests.journal.trades.conftest import FILES

D = Decimal


def told_in(user, name: str, data: bytes | None = None, **said: object) -> Told:
    """What a file says, read as it is guessed but for what is said here."""
    sheet = sheet_in((FILES / name).read_bytes() if data is None else data)
    stored = wishes_for(Draft(user=user, name=name), sheet) | said
    wishes = as_wishes(stored, sheet)
    assert wishes is not None
    return fills_in(sheet, wishes)


def at(*moment: int, hours: int = 0) -> int:
    zone = timezone(timedelta(hours=hours))
    return int(datetime(*moment, tzinfo=zone).timestamp() * 1000)


def core(fill: Fill) -> tuple:
    return (fill.at_ms, fill.symbol, fill.base, fill.quote, "buy" if fill.is_buy else "sell",
            fill.price, fill.size, fill.fee, fill.fee_currency)  # fmt: skip


def test_binance_says_no_zone_so_it_is_asked_and_fees_name_their_coin(user):
    sheet = sheet_in((FILES / "binance.csv").read_bytes())
    stored = wishes_for(Draft(user=user, name="trades.csv"), sheet)
    assert (stored["preset"], stored["zone"], as_wishes(stored, sheet)) == ("binance", "", None)
    told = told_in(user, "binance.csv", zone="0")
    assert [core(fill) for fill in told.fills[:2]] == [
        (at(2026, 3, 17, 9, 40, 12), "BTCUSDT", "BTC", "USDT", "sell", D(74000), D("0.03"),
         D("0.888"), ""),
        (at(*MOMENT), "BTCUSDT", "BTC", "USDT", "buy", D("73822.5"), D("0.01"),
         D("0.29529"), ""),
    ]  # fmt: skip
    assert (told.fills[3].fee_currency, told.uncounted_fees, told.problems) == ("BNB", 1, [])


def test_a_zone_in_the_headline_the_first_line_or_the_name_counts():
    dated = sheet_in((FILES / "binance_2021.csv").read_bytes())
    assert zone_of_file(dated, "x.csv") == UTC
    okx = sheet_in((FILES / "okx.csv").read_bytes())
    assert zone_of_file(okx, "x.csv") == timezone(timedelta(hours=8))
    plain = sheet_in((FILES / "binance.csv").read_bytes())
    assert zone_of_file(plain, "Trade-History-202603230520(UTC--6).csv") == timezone(
        timedelta(hours=-6))  # fmt: skip
    assert zone_of_file(plain, "mine.csv") is None


def test_bybit_tells_funding_and_leaves_transfers_and_coin_contracts_out(user):
    told = told_in(user, "bybit.csv")
    sold, funding, bought = told.fills
    assert core(sold) == (at(2026, 7, 1, 10), "ADAUSDT", "ADA", "USDT", "sell", D("0.80"), D(389),
                          D("0.17116"), "")  # fmt: skip
    assert (funding.size, funding.funding) == (0, D("-0.0311"))
    assert (bought.size, bought.fee, bought.funding) == (D(389), D("0.16688"), 0)
    assert told.aside == 1
    assert [(one.line, "coin itself" in one.sentence) for one in told.problems] == [(7, True)]


def test_okx_counts_contracts_and_says_which_value_is_missing(user):
    told = told_in(user, "okx.csv")
    opened, funding, closed = told.fills
    assert core(opened) == (at(2026, 1, 10, 11, hours=8), "BTC-USDT-SWAP", "BTC", "USDT", "buy",
                            D(60000), D("0.03"), D("0.9"), "")  # fmt: skip
    assert (closed.size, closed.is_buy, closed.book) == (D("0.03"), False, "long")
    assert funding.funding == D("-0.03")
    (problem,) = told.problems
    assert (problem.line, "XYZ-USDT-SWAP" in problem.sentence) == (7, True)
    told = told_in(user, "okx.csv", contracts="BTC-USDT-SWAP = 0.01\nXYZ-USDT-SWAP = 10")
    assert (told.problems, told.fills[-1].size, told.fills[-1].book) == ([], D(70), "short")


def test_a_file_nobody_foresaw_is_read_by_its_named_columns(user):
    columns = dict(zip(("time", "symbol", "side", "price", "size", "fee"), range(6), strict=True))
    told = told_in(user, "by_hand.csv", columns=columns, venue="hausbank", zone="60")
    assert [core(fill) for fill in told.fills] == [
        (at(2026, 3, 17, 8, 34), "BTC/EUR", "BTC", "EUR", "buy", D("73822.5"), D("0.01"),
         D("0.25"), ""),
        (at(2026, 3, 17, 9, 34), "BTC/EUR", "BTC", "EUR", "sell", D(74000), D("0.01"),
         D("0.25"), ""),
    ]  # fmt: skip
    assert [(one.line, "Hold" in one.sentence) for one in told.problems] == [(4, True)]


def test_two_executions_that_say_the_same_are_two(user):
    told = told_in(user, "binance_2021.csv")
    assert len({fill.key for fill in told.fills}) == 3
    again = told_in(user, "binance_2021.csv")
    assert [fill.key for fill in again.fills] == [fill.key for fill in told.fills]


def test_an_orders_number_is_not_taken_for_an_executions(user):
    data = b"id,time,symbol,side,price,size\n7,2026-03-17 09:00:00,BTCUSDT,BUY,60000,1\n"
    again = data + b"7,2026-03-17 09:00:00,BTCUSDT,BUY,60000,1\n"
    columns = {name: at for at, name in enumerate(("trade_id", *REQUIRED))}
    wishes = {"columns": columns, "venue": "x", "zone": "0"}
    assert told_in(user, "x.csv", again, **wishes).problems == []
    told = told_in(user, "x.csv", data + b"7,2026-03-17 09:00:01,BTCUSDT,BUY,60001,2\n", **wishes)
    assert [(one.line, "“7”" in one.sentence) for one in told.problems] == [(3, True)]
    assert len(told.fills) == 1


def test_a_sheet_of_another_program_is_called_by_its_name():
    with pytest.raises(BadFile, match="Excel"):
        sheet_in(b"PK\x03\x04" + bytes(99))


def test_lines_beyond_those_that_may_come_are_not_even_read(monkeypatch):
    read = []
    monkeypatch.setattr(delimited, "Line", lambda *told: read.append(told) or Line(*told))
    with pytest.raises(BadFile, match="50,000"):
        sheet_in(HEADLINE + b"1,2\n" * 200_000)
    assert len(read) < 51_000


@pytest.mark.parametrize(
    ("header", "name"),
    [("symbol,id,orderId,side,price,qty,realizedPnl,quoteQty,commission,commissionAsset,time",
      "binance-api"),
     ("symbol,orderId,side,execPrice,execQty,execFee,execId,execTime,execType,feeCurrency",
      "bybit-api"),
     ("instType,instId,tradeId,billId,fillPx,fillSz,side,posSide,feeCcy,fee,ts", "okx-api"),
     ("Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,"
      "Change,Wallet Balance,Action,OrderId,TradeId,Time", "bybit"),
     ("Date(UTC),Symbol,Side,Price,Quantity,Amount,Fee,Fee Coin,Realized Profit,Quote Asset",
      "binance"), ("a,b,c,d", None)],
)  # fmt: skip
def test_headlines_are_known(header, name):
    found = guess(tuple(header.split(",")))
    assert (found.name if found else None) == name


@pytest.mark.parametrize("change", [
    lambda text: b"\xef\xbb\xbf" + text.encode(),
    lambda text: text.encode("utf-16"),
    lambda text: text.replace(",", ";").encode(),
    lambda text: text.replace(",", "\t").encode(),
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: ("\n\n" + text).encode(),
])  # fmt: skip
def test_separators_marks_and_line_ends_change_nothing(user, change):
    text = (FILES / "binance_2021.csv").read_text()
    told = told_in(user, "x.csv", change(text))
    assert [core(f) for f in told.fills] == [
        core(f) for f in told_in(user, "binance_2021.csv").fills
    ]


@pytest.mark.parametrize("data", [
    b"", b"\xff\xff\xff", b"a,b\n1,2\n", b"\x00" * 99, b"x" * 10_000_001, b"1,2,3,4\n5,6,7,8\n",
    b"time,symbol,side,price,size\n" + b"1,2,3,4,5\n" * 50_001, b'"a,b,c,d\n' + b"x" * 200_000,
    ",".join(f"c{number}" for number in range(201)).encode() + b"\n1,2\n",
])  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence(data):
    with pytest.raises(BadFile, match=r"\w+"):
        sheet_in(data)


@pytest.mark.parametrize(("text", "mark", "number"), [
    ("1,234.5", ".", "1234.5"), ("1.234,5", ",", "1234.5"), ("1 234,50", ",", "1234.5"),
    ("1'234.5", ".", "1234.5"), ("-3", ".", "-3"), ("−3", ".", "-3"), ("0.5 USDC", ".", "0.5"),
    ("2e-5", ".", "0.00002"), ("0.02000000000000000000", ".", "0.02"), ("--", ".", None),
])  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, mark, number):
    assert cells.number(text, mark) == (None if number is None else D(number))


@pytest.mark.parametrize("text", ["nan", "1e99", "x", "1.2.3", "=1+1", "1" * 40, "0." + "1" * 19,
                                  "1e30.0", "1" + "0" * 20 + "." + "0" * 19])  # fmt: skip
def test_what_is_no_number_is_said_so(text):
    with pytest.raises(ValueError, match=r".*"):
        cells.number(text)


@pytest.mark.parametrize(("told", "mark"), [
    (["1,5", "2"], ","), (["1,234"], "."), (["1,234.5"], "."), (["1.234,5"], ","), ([], "."),
    (["12,34 USDT"], ","), (["0.5", "1,000"], "."), (["0,125"], ","), (["-0,500 USDT"], ","),
])  # fmt: skip
def test_the_decimal_mark_is_found(told, mark):
    assert cells.decimal_mark(told) == mark


@pytest.mark.parametrize(("text", "told"), [
    ("Open long", (True, "long")), ("close SHORT", (True, "short")), ("Buy/Long", (True, "")),
    ("Sell (Short)", (False, "")), ("buy long", (True, "long")), ("sell long", (False, "long")),
    ("buy short", (True, "short")), ("Liquidation long", (False, "long")), ("S", (False, "")),
])  # fmt: skip
def test_what_was_bought_is_never_taken_for_sold(text, told):
    assert cells.is_buy(text) == told


@pytest.mark.parametrize(("symbol", "quote", "told"), [
    ("BTCUSDT_260626", "", ("BTC", "USDT")), ("BTC-26JUN26", "USDC", ("BTC", "USDC")),
    ("BTC-USDT-260626", "", ("BTC", "USDT")), ("1000PEPE-USDT", "", ("1000PEPE", "USDT")),
])  # fmt: skip
def test_the_day_on_which_a_future_ends_is_no_currency(symbol, quote, told):
    assert cells.pair(symbol, quote) == told
    if quote:
        with pytest.raises(ValueError, match=symbol):
            cells.pair(symbol)


def test_contracts_in_dollars_that_settle_in_the_coin_are_not_taken(user):
    data = HEADLINE.replace(b"Fee,", b"Fee,Fee Coin,")
    line = b"2026-03-17 09:00:00,%s,BUY,60000,1,0.01,%s,0\n"
    told = told_in(user, "x.csv", data + line % (b"BTCUSD_PERP", b"BTC")
                   + line % (b"BTCUSDT", b"BNB"), zone="0")  # fmt: skip
    assert ([one.line for one in told.problems], len(told.fills)) == ([2], 1)


def test_days_and_months_are_not_mixed_within_one_file(user):
    data = HEADLINE + b"".join(b"%s 09:00,BTCUSDT,BUY,60000,1,0,0\n" % day
                               for day in (b"03/04/2026", b"03/17/2026"))  # fmt: skip
    told = told_in(user, "x.csv", data, zone="0")
    assert [fill.at_ms for fill in told.fills] == [at(2026, 3, 4, 9), at(2026, 3, 17, 9)]


def test_a_contract_of_less_than_nothing_is_not_known(user):
    told = told_in(user, "okx.csv", contracts="BTC-USDT-SWAP = -0.01\nXYZ-USDT-SWAP = 10")
    assert [one.line for one in told.problems] == [4]


@pytest.mark.parametrize(("name", "hours"), [
    ("export (UTC) 10-03-2026.csv", 0), ("trades UTC-12-03-2026.csv", 0), ("x (UTC+5:30).csv", 5.5),
    ("a UTC+8-20260301.csv", 8), ("b UTC-0330.csv", -3.5),
])  # fmt: skip
def test_a_date_behind_a_zone_is_no_part_of_it(name, hours):
    assert cells.zone_told(name).utcoffset(None) == timedelta(hours=hours)


MOMENT = (2026, 3, 17, 9, 34, 12)


@pytest.mark.parametrize(("text", "moment"), [
    ("2026-03-17 09:34:12", MOMENT), ("26-03-17 09:34:12", MOMENT),
    ("2026/03/17 9:34", (2026, 3, 17, 9, 34)), ("2026-03-17T09:34:12.000Z", MOMENT),
    ("09:34 2026-03-17", (2026, 3, 17, 9, 34)), ("17.03.2026 09:34", (2026, 3, 17, 9, 34)),
    ("17/03/2026, 09:34:00", (2026, 3, 17, 9, 34)), ("03/17/2026 09:34 PM", (2026, 3, 17, 21, 34)),
    ("1773740052000", MOMENT), ("1773740052", MOMENT),
    ("2026-03-17 17:34:12+08:00", MOMENT),
])  # fmt: skip
def test_times_are_read_as_files_write_them(text, moment):
    assert cells.moment(text) == at(*moment)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01 00:00", "1990-01-01 00:00", "99",
                                  "2026-03-17"])  # fmt: skip
def test_what_is_no_time_is_said_so(text):
    with pytest.raises(ValueError, match=r".*"):
        cells.moment(text)


def test_an_american_date_is_read_as_one_where_that_is_said():
    assert cells.moment("03/04/2026 00:00", day_first=False) == at(2026, 3, 4)
    assert cells.moment("03/04/2026 00:00") == at(2026, 4, 3)


HEADLINE = b"Time,Symbol,Side,Price,Quantity,Fee,Realized Profit\n"
lines = st.text(st.characters(exclude_categories=("Cs",)), max_size=120).map(
    lambda text: HEADLINE + text.encode()
)


@settings(max_examples=150)
@given(data=st.binary(max_size=200) | lines)
def test_whatever_bytes_come_every_line_is_a_fill_or_has_its_reason(data: bytes):
    try:
        sheet = sheet_in(data)
    except BadFile:
        return
    if preset := guess(sheet.header):
        wishes = Wishes(venue="x", places=preset.places(sheet.header), preset=preset)
        told = fills_in(sheet, wishes)
        assert len(told.fills) + len(told.problems) + told.aside == len(sheet.lines)
        assert all(problem.sentence.endswith(".") for problem in told.problems)
