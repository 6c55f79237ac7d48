"""Trades leave as CSV, JSON or Parquet and come back the same; no cell of them is a formula."""

import csv
import io
import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.journal.models import Read
from apps.journal.trades.decimals import written
from apps.journal.trades.importing import import_trades
from apps.journal.trades.models import LONGEST_NOTE, Trade
from apps.journal.trades.rows import TRADES, row_of, trade_of
from apps.journal.trades.services import get_trades_for, gross_of
from apps.markets.tables import BadFile
from tests.journal.test_journals_travel import BEGINNINGS, texts
from tests.journal.trades.conftest import charlie_at

KINDS = ("csv", "json", "parquet")
D = Decimal
positive = st.decimals(D("0.000000000000000001"), D(10) ** 12, places=18)
maybe = st.none() | positive
money = st.decimals(-(D(10) ** 9), D(10) ** 9, places=18)


def write(kind: str, trades: list[Trade]) -> bytes:
    return getattr(TRADES, f"as_{kind}")(map(row_of, trades))


def with_gross(trade: Trade) -> Trade:
    trade.exit = trade.exit or D(1)
    trade.gross = gross_of(trade)
    return trade


trades = st.builds(
    Trade,
    public=st.uuids(version=4), base=st.sampled_from(["BTC", "=BTC"]),
    quote=st.sampled_from(["USDT", "-E"]), symbol=texts.map(lambda t: t[:48]),
    venue=texts.map(lambda t: t[:32]), side=st.sampled_from(["long", "short"]),
    opened_ms=st.integers(0, 1 << 40), closed_ms=st.none() | st.integers(1 << 41, 1 << 42),
    entry=positive, exit=maybe, size=positive, fees=money, funding=money,
    has_other_fees=st.booleans(), usd_rate=maybe, leverage=maybe, stop=st.none(), target=maybe,
    setup=texts.map(lambda t: t[:40]), tags=texts, note=texts, is_left_out=st.booleans(),
).map(with_gross)  # fmt: skip


def plain(trade: Trade) -> dict:
    return {name: written(v) if isinstance(v, Decimal) else v for name, v in row_of(trade).items()}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(journal=st.lists(trades, max_size=3))
def test_what_was_written_is_read_again_as_it_was(kind: str, journal: list[Trade]):
    data = write(kind, journal)
    again = [trade_of(row, User(), {}) for row in TRADES.rows_in(data)]
    assert [plain(trade) for trade in again] == [plain(trade) for trade in journal]
    assert write(kind, again) == data


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(trade=trades)
def test_no_cell_is_a_formula_and_numbers_stay_numbers(trade: Trade):
    sheet = csv.reader(io.StringIO(write("csv", [trade]).decode(), newline=""))
    cells = dict(zip(*sheet, strict=True))
    for name, value in row_of(trade).items():
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            assert D(cells[name]) == value
        else:
            assert not cells[name].startswith(BEGINNINGS[:-2])


@pytest.mark.parametrize("kind", KINDS)
def test_export_deletion_and_import_give_the_same_trades(signed_in, make_trade, user, read, kind):
    make_trade(note="=HYPERLINK(1)", read=read, tags="-a", fees=D("0.123456789012345678"))
    make_trade(closed_ms=None, exit=None, key="k1", entry=D("-0.5") * -1)
    data = signed_in.get(reverse(f"trades-{kind}")).content
    before = [row_of(trade) for trade in get_trades_for(user)]
    Trade.objects.all().delete()
    for _ in range(2):
        file = SimpleUploadedFile(f"mine.{kind}", data)
        assert signed_in.post(reverse("trades-import"), {"file": file}).url == reverse("trades")
    assert [row_of(trade) for trade in get_trades_for(user)] == before
    assert signed_in.get(reverse(f"trades-{kind}")).content == data


def test_a_trade_whose_read_is_gone_comes_back_without_it(make_trade, user, read):
    make_trade(read=read)
    data = write("json", list(get_trades_for(user)))
    Trade.objects.all().delete()
    Read.objects.all().delete()
    assert import_trades(user=user, data=data).added == 1
    assert Trade.objects.get().read is None


def test_charlie_may_import_alices_file_and_neither_touches_the_other(
    make_trade, user, other_user, read
):
    trade = make_trade(read=read)
    data = write("json", list(get_trades_for(user)))
    assert import_trades(user=other_user, data=data).added == 1
    theirs = get_trades_for(other_user).get()
    assert (theirs.public, theirs.read) == (trade.public, None)
    get_trades_for(other_user).update(note="charlie was here")
    trade.refresh_from_db()
    assert (trade.user, trade.note) == (user, "")
    assert charlie_at(other_user).get(reverse("trade", args=[trade.public])).context[
        "chosen"].user == other_user  # fmt: skip


def changed(**values: object) -> bytes:
    """A JSON file of one trade with some cells replaced."""
    row = row_of(with_gross(Trade(base="BTC", quote="USDT", side="long", opened_ms=1, closed_ms=2,
                                  entry=D(1), size=D(1), fees=D(0), funding=D(0))))  # fmt: skip
    told = {"embermap_trades": 1, "trades": [row | values]}
    return json.dumps(told, default=str).encode()


def test_an_unchanged_row_is_taken(user):
    assert import_trades(user=user, data=changed()).added == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"{}", b"PAR1 no", b'{"embermap_trades": 2, "trades": []}',
     b'{"embermap_trades": 1, "trades": [{}]}', b'{"embermap_trades": 1, "trades": [1]}',
     changed(entry="x"), changed(entry="nan"), changed(entry="1e400"), changed(entry=0),
     changed(entry=-1), changed(entry=True), changed(opened_ms=1.5), changed(opened_ms=-1),
     changed(opened_ms=3), changed(side="up"), changed(note="\x00"), changed(gross="7"),
     changed(note="x" * (LONGEST_NOTE + 1)), changed(public="1"), changed(read="1"),
     changed(is_left_out="maybe"), changed(base=""), changed(exit=None), changed(stop=1),
     changed(closed_ms=1 << 50), changed(size="0." + "0" * 40 + "1"), changed(fees="1e16"),
     changed(note="\ud800"), changed(key="\ud800"),
     changed(size="2e15")],
)  # fmt: skip
def test_a_file_that_holds_no_trades_is_refused_whole(user, data):
    refused = False
    try:
        import_trades(user=user, data=data)
    except BadFile as error:
        refused = bool(str(error))
    assert refused or data == b""
    assert not Trade.objects.exists()


def test_one_bad_trade_keeps_all_out_and_is_named(signed_in):
    rows = [json.loads(data)["trades"][0] for data in (changed(), changed(entry="x"))]
    data = json.dumps({"embermap_trades": 1, "trades": rows}).encode()
    file = SimpleUploadedFile("a.json", data)
    page = signed_in.post(reverse("trades-import"), {"file": file}).content.decode()
    assert "Trade 2" in page
    assert not Trade.objects.exists()
