"""Trades are typed, changed, left out and removed by their owner, and seen by nobody else."""

import re
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.belongings import everything_of
from apps.journal.models import Read
from apps.journal.trades import services
from apps.journal.trades.models import Draft, Trade
from apps.journal.trades.services import get_trades_for
from tests.journal.trades.conftest import BEGIN_MS, charlie_at

D = Decimal


def words(**changes: object) -> dict[str, object]:
    """What the form of a new trade sends."""
    told = {
        "public": str(uuid.uuid4()), "base": "btc", "quote": "usdt", "venue": "Binance",
        "side": "long", "entry": "60,000", "exit": "61,200.50", "size": "0,1", "stop": "59400",
    }  # fmt: skip
    return {name: value for name, value in (told | changes).items() if value is not None}


def test_a_trade_is_kept_to_the_last_digit(signed_in, user):
    told = words(fees="0.12345678901234567", size="0.123456789012345678", funding="-0.5")
    answer = signed_in.post(reverse("trade-new"), told)
    trade = get_trades_for(user).get()
    assert answer.url == reverse("trade", args=[trade.public])
    assert (trade.base, trade.quote, trade.venue) == ("BTC", "USDT", "binance")
    assert (trade.entry, trade.fees) == (D(60_000), D("0.12345678901234567"))
    assert trade.gross == D("1200.50") * D("0.123456789012345678")
    assert trade.usd_rate == 1
    assert trade.closed_ms >= trade.opened_ms


def test_a_trade_without_an_exit_is_open_and_closes_later(signed_in, user):
    signed_in.post(reverse("trade-new"), words(exit=None))
    trade = get_trades_for(user).get()
    assert (trade.is_open, trade.gross) == (True, None)
    assert "Open" in signed_in.get(reverse("trades")).content.decode()
    form = signed_in.get(reverse("trade", args=[trade.public])).context["form"]
    told = {field.html_name: field.value() or "" for field in form}
    told |= {"opened": "", "closed": "", "exit": "59,000"}
    assert signed_in.post(reverse("trade", args=[trade.public]), told).status_code == 302
    trade.refresh_from_db()
    assert (trade.is_open, trade.gross) == (False, D(-100))


def test_the_next_trade_begins_where_the_last_one_was(signed_in):
    signed_in.post(reverse("trade-new"), words(base="SOL", quote="EUR", venue="okx", leverage="7"))
    form = signed_in.get(reverse("trade-new")).context["form"]
    assert {name: form[name].value() for name in ("base", "quote", "venue", "leverage")} == {
        "base": "SOL", "quote": "EUR", "venue": "okx", "leverage": "7",
    }  # fmt: skip


def test_the_same_trade_sent_twice_is_kept_once(signed_in):
    told = words()
    assert {signed_in.post(reverse("trade-new"), told).status_code for _ in range(2)} == {302}
    assert Trade.objects.count() == 1


def test_two_taps_at_the_same_moment_keep_one_trade(signed_in, user, make_trade, monkeypatch):
    told = words()
    monkeypatch.setattr(
        services, "known_rate", lambda _trade: make_trade(public=told["public"]) and 1
    )
    assert signed_in.post(reverse("trade-new"), told).status_code == 302
    assert Trade.objects.get().exit == 110  # the one that was here first


def test_a_trade_in_the_hour_that_a_clock_shows_twice_keeps_its_times(signed_in, make_trade):
    second_ms = 1_761_442_200_000  # 26 October 2025, 02:30 in Berlin for the second time
    trade = make_trade(opened_ms=second_ms, closed_ms=second_ms + 60_000)
    signed_in.cookies["zone"] = "Europe/Berlin"
    address = reverse("trade", args=[trade.public])
    page = signed_in.get(address)
    told = {field.html_name: field.value() or "" for field in page.context["form"]}
    told |= dict(re.findall(r'name="(opened|closed)" value="([^"]+)"', page.content.decode()))
    assert told["opened"] == "2025-10-26T02:30"
    assert signed_in.post(address, told | {"note": "cold"}).status_code == 302
    trade.refresh_from_db()
    assert (trade.note, trade.opened_ms, trade.closed_ms) == ("cold", second_ms, second_ms + 60_000)


def test_a_trade_that_opens_now_did_not_close_before(signed_in, make_trade):
    answer = signed_in.post(reverse("trade-new"), words(closed="2026-01-05T12:00"))
    assert "closed before it opened" in answer.content.decode()
    trade = make_trade()
    address = reverse("trade", args=[trade.public])
    answer = signed_in.post(address, words(opened="", closed="2026-01-05T12:00"))
    assert "closed before it opened" in answer.content.decode()


def test_a_trade_without_a_rate_shows_what_it_came_to_in_its_own_money(signed_in, make_trade):
    make_trade(quote="XAU", usd_rate=None)
    page = signed_in.get(reverse("trades")).content.decode()
    assert page.count("+10.00\u00a0XAU") == 2  # in the list, and before its costs


def test_the_rate_of_another_currency_does_not_stay_behind(signed_in, make_trade):
    trade = make_trade()
    address = reverse("trade", args=[trade.public])
    form = signed_in.get(address).context["form"]
    told = {field.html_name: field.value() or "" for field in form}
    assert told["usd_rate"] == ""  # a tether is a dollar, and nobody said otherwise
    signed_in.post(address, told | {"opened": "", "closed": "", "quote": "JPY"})
    trade.refresh_from_db()
    assert (trade.quote, trade.usd_rate) == ("JPY", None)
    signed_in.post(address, told | {"opened": "", "closed": "", "quote": "JPY",
                                    "usd_rate": "0.0067"})  # fmt: skip
    assert signed_in.get(address).context["form"]["usd_rate"].value() == "0.0067"


def test_another_note_leaves_times_as_they_were_to_the_millisecond(signed_in, make_trade):
    trade = make_trade(opened_ms=BEGIN_MS + 12_345, closed_ms=BEGIN_MS + 99_999)
    page = signed_in.get(reverse("trade", args=[trade.public]))
    told = {field.html_name: field.value() or "" for field in page.context["form"]}
    times = dict(re.findall(r'name="(opened|closed)" value="([^"]+)"', page.content.decode()))
    assert times == {"opened": "2026-05-29T04:26", "closed": "2026-05-29T04:28"}
    for said in (times, {"opened": "", "closed": ""}):
        address = reverse("trade", args=[trade.public])
        assert signed_in.post(address, told | said | {"note": "later"}).status_code == 302
        again = get_trades_for(trade.user).get()
        assert (again.note, again.opened_ms, again.closed_ms) == (
            "later", trade.opened_ms, trade.closed_ms,
        )  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [{"entry": "nan"}, {"entry": "inf"}, {"entry": "-1"}, {"entry": "0"}, {"entry": ""},
     {"size": "x"}, {"side": "up"}, {"base": "../x"}, {"quote": ""}, {"venue": "<b>"},
     {"stop": "60000"}, {"stop": "61000"}, {"target": "59000"}, {"side": "short"},
     {"leverage": "5000"}, {"opened": "2099-01-01T00:00"}, {"opened": "0001-01-01T00:00"},
     {"opened": "2026-01-02T00:00", "closed": "2026-01-01T00:00"}, {"public": "x"},
     {"exit": None, "closed": "2026-01-02T00:00", "opened": "2026-01-01T00:00"},
     {"note": "x" * 4001}, {"tags": ",".join("abcdefghi")}, {"entry": "1e400"},
     {"size": "0." + "0" * 30 + "1"}, {"fees": "9" * 39}],
)  # fmt: skip
def test_a_trade_that_makes_no_sense_is_refused_with_a_sentence(db, signed_in, broken):
    answer = signed_in.post(reverse("trade-new"), words(**broken))
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not Trade.objects.exists()


def test_a_trade_of_a_read_is_prefilled_with_its_plan_and_leads_back(signed_in, read):
    page = signed_in.get(reverse("read", args=[read.public])).content.decode()
    address = f"{reverse('trade-new')}?read={read.public}"
    assert address in page
    form = signed_in.get(address).context["form"]
    assert {name: form[name].value() for name in ("side", "entry", "stop", "target", "size")} == {
        "side": "long", "entry": "60000", "stop": "59400", "target": "61000", "size": "0.1",
    }  # fmt: skip
    told = {field.html_name: field.value() or "" for field in form} | {"opened": ""}
    signed_in.post(reverse("trade-new"), told)
    trade = Trade.objects.get()
    assert trade.read == read
    assert reverse("read", args=[read.public]) in signed_in.get(
        reverse("trade", args=[trade.public])).content.decode()  # fmt: skip
    assert reverse("trade", args=[trade.public]) in signed_in.get(
        reverse("read", args=[read.public])).content.decode()  # fmt: skip


def test_a_trade_outlives_its_read(signed_in, make_trade, read):
    trade = make_trade(read=read)
    read.delete()
    trade.refresh_from_db()
    assert trade.read is None


def test_a_read_of_somebody_else_is_never_linked(signed_in, user, other_user, read):
    Read.objects.filter(pk=read.pk).update(user=other_user)
    page = signed_in.get(reverse("trade-new"), {"read": str(read.public)})
    assert page.context["read"] is None
    assert "59400" not in page.content.decode()
    signed_in.post(reverse("trade-new"), words(read=str(read.public)))
    trade = get_trades_for(user).get()
    assert trade.read is None
    form = signed_in.get(reverse("trade", args=[trade.public])).context["form"]
    told = {field.html_name: field.value() or "" for field in form} | {"read": str(read.public)}
    signed_in.post(reverse("trade", args=[trade.public]), told | {"opened": "", "closed": ""})
    trade.refresh_from_db()
    assert trade.read is None


def test_tags_are_words_and_each_is_found(signed_in, make_trade):
    signed_in.post(reverse("trade-new"), words(tags=" Sweep, late;sweep #FOMO "))
    assert Trade.objects.get().tags == "sweep, late, fomo"

    def shown(tag: str) -> int:
        return len(signed_in.get(reverse("trades"), {"tag": tag}).context["trades"])

    assert [shown(tag) for tag in ("sweep", "late", "fomo", "fom", "swee")] == [1, 1, 1, 0, 0]


def test_filters_choose_and_nonsense_chooses_all(signed_in, make_trade):
    make_trade(venue="okx")
    make_trade(base="ETH", side="short")
    make_trade(closed_ms=None, exit=None)
    make_trade(is_left_out=True)

    def shown(**query: str) -> int:
        return len(signed_in.get(reverse("trades"), query).context["trades"])

    assert (shown(), shown(market="ETH"), shown(side="long"), shown(venue="okx")) == (3, 1, 2, 1)
    assert (shown(state="open"), shown(state="closed"), shown(state="out")) == (1, 2, 1)
    assert (shown(side="x", state="y", unit="z"), shown(market="NONE")) == (3, 0)


def test_what_is_left_out_counts_nowhere(signed_in, make_trade):
    make_trade()
    make_trade(is_left_out=True)
    for name in ("trades", "trades-statistics", "trades-calendar"):
        assert signed_in.get(reverse(name)).context["count"] == 1


def test_a_typed_trade_is_removed_for_good(signed_in, make_trade):
    trade = make_trade(note="<b>mine</b>")
    assert "&lt;b&gt;mine" in signed_in.get(reverse("trade", args=[trade.public])).content.decode()
    assert signed_in.post(reverse("trade-delete", args=[trade.public])).url == reverse("trades")
    assert not Trade.objects.exists()


def test_the_switch_shows_money_shares_and_risk(signed_in, make_trade):
    make_trade(stop=D(95), fees=D(1))
    pages = {
        unit: signed_in.get(reverse("trades"), {"unit": unit, "cur": "USD"}).content.decode()
        for unit in ("money", "percent", "r")
    }
    assert "+US$9.00" in pages["money"]
    assert "+9.00\u00a0%" in pages["percent"]
    assert "+1.80\u00a0R" in pages["r"]


def test_money_without_a_rate_is_said_to_be_missing_from_the_sum(signed_in, make_trade):
    make_trade()
    make_trade(quote="XYZ", usd_rate=None)
    page = signed_in.get(reverse("trades-statistics"), {"cur": "USD"}).content.decode()
    assert "1 without a rate to dollars is not in this sum" in page
    assert "+10.00\u00a0XYZ" in page


def test_a_month_shows_what_closed_in_it_and_leads_on(signed_in, make_trade):
    make_trade()
    page = signed_in.get(reverse("trades-calendar"), {"cur": "USD"})
    assert "May 2026" in page.content.decode()
    days = {day.day.day: day for week in page.context["weeks"] for day in week if day.is_inside}
    assert (days[30].count, days[30].result) == (1, D(10))  # the 29th in UTC, not in SGT
    other = signed_in.get(reverse("trades-calendar"), {"month": "2026-04"})
    assert other.context["count"] == 0
    assert "month=2026-05" in other.content.decode()


def test_no_page_asks_more_of_the_database_for_more_trades(
    signed_in, make_trade, django_assert_max_num_queries, read
):
    for number in range(60):
        make_trade(opened_ms=BEGIN_MS + number, read=read if number % 2 else None, tags="a, b")
    pages = ("trades", "trade-new", "trades-statistics", "trades-calendar", "trades-import")
    for address in (*map(reverse, pages), reverse("trade", args=[Trade.objects.first().public])):
        signed_in.get(address)
        with django_assert_max_num_queries(14):
            assert signed_in.get(address).status_code == 200


def test_charlie_sees_nothing_of_alices_trades_anywhere(
    signed_in, user, other_user, make_trade, bring
):
    trade = make_trade(note="only mine", tags="secret", venue="okx", setup="untold")
    draft = bring("binance.csv")
    charlie = charlie_at(other_user)
    for name, row in (("trade", trade), ("trade-delete", trade), ("trade-draft", draft),
                      ("trade-draft-confirm", draft)):  # fmt: skip
        address = reverse(name, args=[row.public])
        assert {charlie.get(address).status_code, charlie.post(address).status_code} <= {404, 405}
    query = {"tag": "secret", "market": "BTC", "venue": "okx", "month": "2026-05"}
    for name in ("trades", "trade-new", "trades-statistics", "trades-calendar", "trades-import",
                 "trades-csv", "trades-json"):  # fmt: skip
        told = charlie.get(reverse(name), query).content.decode()
        for secret in ("only mine", "untold", str(trade.public), "binance.csv"):
            assert secret not in told
    assert b"only mine" not in charlie.get(reverse("trades-parquet")).content
    assert "only mine" not in everything_of(other_user)
    assert "only mine" in everything_of(user)
    assert get_trades_for(user).count() == 1


def test_a_visitor_is_sent_to_sign_in(db):
    for name in ("trades", "trade-new", "trades-statistics", "trades-import", "trades-csv"):
        assert Client().get(reverse(name)).status_code == 302


def test_trades_and_executions_go_with_their_owner(user, signed_in, make_trade, bring):
    make_trade()
    bring("binance.csv")
    assert '"trades"' in everything_of(user)
    user.delete()
    assert not Trade.objects.exists()
    assert not Draft.objects.exists()
