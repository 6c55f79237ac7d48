"""A venue's file is looked at, taken in once, and makes the same trades in whatever pieces."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.journal.models import Read
from apps.journal.tasks import forget_drafts as forget_task
from apps.journal.trades.importing import forget_drafts, import_fills, keep_draft, undo
from apps.journal.trades.models import ColumnMap, Draft, Fill, Intake, Trade
from apps.journal.trades.services import get_intakes_for, get_trades_for
from apps.journal.trades.told import Told
from apps.journal.trades.wishes_form import WishesForm
from apps.markets.models import ExchangeRate
from heatmap_site.celery import SCHEDULE
from tests.journal.trades.conftest import BEGIN_MS, DAY_MS, charlie_at

D = Decimal
FIGURES = ("key", "side", "opened_ms", "closed_ms", "entry", "exit", "size", "gross", "fees",
           "funding", "usd_rate", "has_other_fees")  # fmt: skip


def fill(number: int, side: str, size: str, price: str, **told: object) -> Fill:
    """An execution of the n-th minute."""
    figures = {
        "key": f"k{number}", "venue": "okx", "symbol": "BTC-USDT-SWAP", "base": "BTC",
        "quote": "USDT", "at_ms": BEGIN_MS + 60_000 * number, "is_buy": side == "buy",
        "price": D(price), "size": D(size), "fee": D("0.1"), "funding": D(0),
    }  # fmt: skip
    return Fill(**figures | told)


def take_in(user: User, *fills: Fill, name: str = "fills.csv") -> None:
    import_fills(user=user, told=Told(fills=list(fills)), name=name)


def figures(user: User) -> list[tuple]:
    return sorted(
        (trade.symbol, *(getattr(trade, name) for name in FIGURES))
        for trade in get_trades_for(user)
    )


def confirm(signed_in, draft: Draft):
    return signed_in.post(reverse("trade-draft-confirm", args=[draft.public]))


def test_a_file_is_looked_at_before_anything_happens(signed_in, bring, user):
    draft = bring("okx.csv")
    page = signed_in.get(reverse("trade-draft", args=[draft.public]))
    run = page.context["run"]
    assert (len(run.fresh), run.known, len(run.told.problems), run.told.aside) == (3, 0, 1, 1)
    assert "Line 7" in page.content.decode()
    assert "+30.00\u00a0USDT" in page.content.decode()
    assert not Fill.objects.exists()
    assert not Trade.objects.exists()


def test_what_was_shown_is_taken_in_and_a_second_time_adds_nothing(signed_in, bring, user):
    for _ in range(2):
        assert confirm(signed_in, bring("okx.csv")).url == reverse("trades")
        assert not Draft.objects.exists()
        trade = get_trades_for(user).get()
        assert (trade.gross, trade.fees, trade.funding) == (D(30), D("1.815"), D("-0.03"))
        assert (trade.base, trade.quote, trade.venue, trade.side) == ("BTC", "USDT", "okx", "long")
        assert Fill.objects.count() == 3
    page = signed_in.get(reverse("trade-draft", args=[bring("okx.csv").public]))
    assert (page.context["run"].fresh, page.context["run"].known) == ([], 3)


def test_a_zone_that_the_file_does_not_tell_is_asked_for(signed_in, bring, user):
    draft = bring("binance.csv")
    address = reverse("trade-draft", args=[draft.public])
    page = signed_in.get(address)
    assert page.context["run"] is None
    assert "in which time zone" in page.content.decode()
    assert confirm(signed_in, draft).url == address
    form = page.context["form"]
    told = {field.html_name: field.value() or "" for field in form} | {"zone": "480"}
    assert signed_in.post(address, told).url == address
    confirm(signed_in, draft)
    closed, opened = get_trades_for(user).order_by("closed_ms")
    closed, opened = sorted((closed, opened), key=lambda trade: trade.is_open)
    assert (closed.gross, closed.size) == (D("5.325"), D("0.03"))
    assert closed.opened_ms == 1_773_711_252_000  # 01:34:12 in UTC
    assert (opened.is_open, opened.has_other_fees, opened.fees) == (True, True, D(0))


def test_columns_are_named_once_and_remembered(signed_in, bring, user):
    draft = bring("by_hand.csv")
    address = reverse("trade-draft", args=[draft.public])
    form = signed_in.get(address).context["form"]
    told = {field.html_name: field.value() or "" for field in form}
    assert signed_in.post(address, told).context["form"].errors.keys() >= {"in_time", "zone"}
    names = ("time", "symbol", "side", "price", "size", "fee")
    told |= {f"in_{name}": str(column) for column, name in enumerate(names)}
    told |= {"venue": "Hausbank", "zone": "60"}
    assert signed_in.post(address, told).status_code == 302
    confirm(signed_in, draft)
    assert get_trades_for(user).get().gross == D("1.775")
    again = signed_in.get(reverse("trade-draft", args=[bring("by_hand.csv").public]))
    assert [again.context["form"][f"in_{name}"].value() for name in names] == list("012345")
    assert again.context["form"]["venue"].value() == "hausbank"
    assert again.context["form"]["zone"].value() == ""
    assert ColumnMap.objects.get().user == user


@pytest.mark.parametrize("said", [
    {"preset": "okx"}, {"venue": "<b>"}, {"zone": "999"}, {"zone": "../x"}, {"in_time": "99"},
    {"quote": "=1"}, {"order": "x"}, {"sign": ""}, {"contracts": "x" * 4001}, {"venue": ""},
])  # fmt: skip
def test_a_wish_that_makes_no_sense_changes_nothing(signed_in, bring, said):
    draft = bring("binance_2021.csv")
    address = reverse("trade-draft", args=[draft.public])
    form = signed_in.get(address).context["form"]
    told = {field.html_name: field.value() or "" for field in form} | said
    answer = signed_in.post(address, told, follow=True)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_only_the_newest_file_waits(signed_in, bring):
    first = bring("okx.csv")
    second = bring("binance_2021.csv")
    assert signed_in.get(reverse("trade-draft", args=[first.public])).status_code == 404
    assert signed_in.get(reverse("trade-draft", args=[second.public])).status_code == 200


def test_a_file_that_waits_is_nobody_elses(signed_in, bring, other_user):
    draft = bring("okx.csv")
    charlie = charlie_at(other_user)
    assert charlie.get(reverse("trade-draft", args=[draft.public])).status_code == 404
    assert confirm(charlie, draft).status_code == 404
    keep_draft(user=other_user, name="other", data=b"")
    assert Draft.objects.filter(pk=draft.pk).exists()
    assert not Fill.objects.exists()


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"hello", b"PAR1 no", b"{", b"1,2\n3,4"])
def test_what_is_no_file_of_trades_is_refused_with_a_sentence(signed_in, data):
    file = SimpleUploadedFile("x", data)
    answer = signed_in.post(reverse("trades-import"), {"file": file})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not Draft.objects.exists()


moves = st.lists(
    st.tuples(
        st.sampled_from(["buy", "sell"]), st.integers(1, 4), st.integers(90, 110),
        st.integers(0, 8), st.sampled_from(["BTC-USDT-SWAP", "ETH-USDT-SWAP"]),
        st.sampled_from(["", "", "long"]),
    ),
    max_size=10,
)  # fmt: skip


def fills_of(moves: list[tuple]) -> list[Fill]:
    return [
        fill(n, side, str(size), str(price), at_ms=BEGIN_MS + minute, symbol=symbol, book=book)
        for n, (side, size, price, minute, symbol, book) in enumerate(moves)
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=moves, data=st.data())
def test_any_order_and_pieces_of_imports_give_the_same_trades(user, other_user, moves, data):
    Fill.objects.all().delete()
    Trade.objects.all().delete()
    take_in(user, *fills_of(moves))
    pieces = data.draw(st.permutations(fills_of(moves)))
    while pieces:
        size = data.draw(st.integers(1, len(pieces)))
        take_in(other_user, *pieces[:size])
        pieces = pieces[size:]
    take_in(other_user, *fills_of(moves))
    assert figures(other_user) == figures(user)
    assert Fill.objects.filter(user=other_user).count() == len(moves)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=moves, data=st.data())
def test_an_undone_file_leaves_what_there_would_be_without_it(user, other_user, moves, data):
    Fill.objects.all().delete()
    Trade.objects.all().delete()
    Intake.objects.all().delete()
    is_wrong = data.draw(st.lists(st.booleans(), min_size=len(moves), max_size=len(moves)))
    right, wrong = (
        [one for one, is_so in zip(fills_of(moves), is_wrong, strict=True) if is_so is told]
        for told in (False, True)
    )
    order = [("right", right), ("wrong", wrong)]
    for name, fills in order if data.draw(st.booleans()) else reversed(order):
        take_in(user, *fills, name=name)
    for intake in get_intakes_for(user).filter(name="wrong"):
        assert undo(intake) == len(wrong)
    take_in(other_user, *(one for one in fills_of(moves) if one.key in {f.key for f in right}))
    assert figures(user) == figures(other_user)
    assert not get_intakes_for(user).filter(name="wrong").exists()


def test_a_file_is_undone_by_one_button(signed_in, user, bring):
    confirm(signed_in, bring("binance_2021.csv"))
    confirm(signed_in, bring("okx.csv"))
    assert [(one.name, one.fills.count()) for one in get_intakes_for(user)] == [
        ("okx.csv", 3), ("binance_2021.csv", Fill.objects.filter(venue="binance").count())
    ]  # fmt: skip
    page = signed_in.get(reverse("trades-import")).content.decode()
    assert "okx.csv" in page
    assert "3 executions" in page
    wrong = get_intakes_for(user).get(name="okx.csv")
    answer = signed_in.post(reverse("trade-intake-undo", args=[wrong.public]), follow=True)
    assert "3 executions are gone." in answer.content.decode()
    assert {trade.venue for trade in get_trades_for(user)} == {"binance"}
    assert not Fill.objects.filter(venue="okx").exists()
    assert signed_in.post(reverse("trade-intake-undo", args=[wrong.public])).status_code == 404


def test_charlie_cannot_undo_alices_file(user, other_user):
    take_in(user, fill(1, "buy", "2", "100"))
    intake = get_intakes_for(user).get()
    address = reverse("trade-intake-undo", args=[intake.public])
    assert charlie_at(other_user).post(address).status_code == 404
    assert Fill.objects.count() == 1


def test_a_file_that_brings_nothing_new_is_not_listed(user):
    take_in(user, fill(1, "buy", "2", "100"), name="first")
    take_in(user, fill(1, "buy", "2", "100"), name="again")
    assert [one.name for one in get_intakes_for(user)] == ["first"]


def test_what_was_written_stays_and_moves_along_when_an_earlier_fill_arrives(user):
    take_in(user, fill(2, "sell", "1", "110"), fill(3, "buy", "1", "100"))
    trade = get_trades_for(user).get()
    assert trade.side == "short"
    Trade.objects.filter(pk=trade.pk).update(note="mine", tags="sweep", stop=D(115))
    take_in(user, fill(1, "buy", "1", "105"), fill(4, "sell", "1", "120"))
    first, second = get_trades_for(user).order_by("opened_ms")
    assert (first.key, first.side, first.gross) == ("k1", "long", D(5))
    assert (first.note, first.tags, first.stop) == ("mine", "sweep", D(115))
    assert (second.key, second.gross, second.note) == ("k3", D(20), "")


def test_figures_change_with_later_fills_and_words_do_not(user):
    take_in(user, fill(1, "buy", "2", "100"))
    trade = get_trades_for(user).get()
    Trade.objects.filter(pk=trade.pk).update(note="mine", public=trade.public)
    take_in(user, fill(2, "sell", "2", "110"))
    again = get_trades_for(user).get()
    assert (again.pk, again.public, again.note) == (trade.pk, trade.public, "mine")
    assert (again.gross, again.fees, again.is_open) == (D(20), D("0.2"), False)


def test_an_imported_trade_keeps_its_figures_whatever_is_posted(signed_in, user):
    take_in(user, fill(1, "buy", "2", "100"), fill(2, "sell", "2", "110"))
    trade = get_trades_for(user).get()
    told = {"public": str(trade.public), "entry": "1", "size": "9", "stop": "95", "tags": "late"}
    assert signed_in.post(reverse("trade", args=[trade.public]), told).status_code == 302
    trade.refresh_from_db()
    assert (trade.entry, trade.size, trade.gross) == (D(100), D(2), D(20))
    assert (trade.stop, trade.tags) == (D(95), "late")


def test_an_imported_trade_is_linked_to_one_of_the_reads_before_it(
    signed_in, user, other_user, read
):
    take_in(user, fill(1, "buy", "2", "100"), fill(2, "sell", "2", "110"))
    trade = get_trades_for(user).get()
    far = Read(at_ms=BEGIN_MS - 9 * DAY_MS, user=user)
    theirs = Read(at_ms=BEGIN_MS, user=other_user)
    for one in (far, theirs):
        for name in ("market", "base", "kind", "side", "low", "high", "price"):
            setattr(one, name, getattr(read, name))
        one.save()
    address = reverse("trade", args=[trade.public])
    offered = signed_in.get(address).context["form"].fields["read"].widget.choices
    assert [public for public, _name in offered] == ["", str(read.public)]
    for public, linked in ((read.public, read), (theirs.public, None)):
        signed_in.post(address, {"public": str(trade.public), "read": str(public)})
        trade.refresh_from_db()
        assert trade.read == linked


def test_an_imported_trade_is_left_out_and_no_import_brings_it_back(signed_in, user):
    take_in(user, fill(1, "buy", "2", "100"), fill(2, "sell", "2", "110"))
    trade = get_trades_for(user).get()
    signed_in.post(reverse("trade-delete", args=[trade.public]))
    take_in(user, fill(1, "buy", "2", "100"), fill(3, "buy", "1", "100"))
    assert signed_in.get(reverse("trades-statistics")).context["count"] == 0
    signed_in.post(reverse("trade-delete", args=[trade.public]))
    assert signed_in.get(reverse("trades-statistics")).context["count"] == 1


def test_what_a_venues_files_brought_can_be_undone(signed_in, user, other_user, make_trade):
    make_trade(venue="okx")
    for owner in (user, other_user):
        take_in(owner, fill(1, "buy", "2", "100"), fill(2, "sell", "2", "110"))
    assert "Remove all of okx" in signed_in.get(reverse("trades-import")).content.decode()
    signed_in.post(reverse("trades-forget"), {"venue": "okx"})
    assert [trade.key for trade in get_trades_for(user)] == [""]
    assert get_trades_for(other_user).count() == 1
    assert Fill.objects.filter(user=other_user).count() == 2
    assert not get_intakes_for(user).exists()


def test_a_rate_of_the_day_it_closed_makes_dollars(user):
    for day, per_usd in (("2026-05-27", 0.8), ("2026-05-28", 0.5)):
        ExchangeRate.objects.create(currency="EUR", day=day, per_usd=per_usd, source="x",
                                    fetched_ms=0)  # fmt: skip
    told = {"quote": "EUR", "symbol": "BTC-EUR"}
    take_in(user, fill(1, "buy", "1", "100", **told), fill(2, "sell", "1", "110", **told))
    take_in(user, fill(3, "buy", "1", "100", quote="XYZ", symbol="BTC-XYZ"))
    assert {t.quote: t.usd_rate for t in get_trades_for(user)} == {"EUR": D(2), "XYZ": None}


def test_a_file_that_nobody_takes_in_is_forgotten_after_days(bring):
    draft = bring("binance.csv")
    assert forget_drafts(now=draft.made_at + timedelta(days=2)) == 0
    assert forget_drafts(now=draft.made_at + timedelta(days=4)) == 1
    assert not Draft.objects.exists()


def test_the_schedule_forgets_such_files(bring):
    bring("binance.csv")
    Draft.objects.update(made_at=timezone.now() - timedelta(days=9))
    forget_task()
    assert not Draft.objects.exists()
    assert "journal.forget_drafts" in {entry["task"] for entry in SCHEDULE.values()}


def test_a_file_that_another_tab_took_in_meanwhile_is_not_found(bring, signed_in, monkeypatch):
    draft = bring("binance.csv")
    address = reverse("trade-draft", args=[draft.public])
    form = signed_in.get(address).context["form"]
    told = {field.html_name: field.value() or "" for field in form} | {"zone": "0"}
    told.pop("in_contracts")
    true_is_valid = WishesForm.is_valid

    def slow_is_valid(form: WishesForm) -> bool:
        Draft.objects.all().delete()
        return true_is_valid(form)

    monkeypatch.setattr(WishesForm, "is_valid", slow_is_valid)
    assert signed_in.post(address, told, follow=True).status_code == 404
