"""Reads are logged, judged, corrected and removed by their owner, and seen by nobody else."""

import re
import uuid
from dataclasses import replace
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.belongings import everything_of
from apps.accounts.models import User
from apps.heatmaps import past
from apps.journal import resolving, services
from apps.journal.heat import kept_heat
from apps.journal.models import Read
from apps.journal.resolving import resolve_reads
from apps.journal.services import Refused, Wish, get_reads_for, log_read
from apps.journal.tasks import resolve_reads as resolve_task
from apps.markets.models import MinuteBar
from tests.heatmaps.conftest import BEGIN_MS, MINUTE_MS, World

HOUR_MS = 3_600_000


def words(**changes: object) -> dict[str, object]:
    """What the form of a new read sends."""
    told = {
        "public": str(uuid.uuid4()), "cur": "USD", "market": "btc", "side": "long",
        "kind": "magnet", "low": "59,500", "high": "59,600", "horizon_ms": str(24 * HOUR_MS),
    }  # fmt: skip
    return {name: value for name, value in (told | changes).items() if value is not None}


def test_a_read_is_kept_with_the_map_as_it_was(published, signed_in, user):
    answer = signed_in.post(reverse("journal-new"), words(note="thin bids", cur="SGD",
                            low=str(59_500 * 1.286), high=str(59_600 * 1.286)))  # fmt: skip
    read = get_reads_for(user).get()
    assert answer.url == reverse("read", args=[read.public])
    assert (read.market, read.base, read.side, read.kind) == ("btc", "BTC", "long", "magnet")
    assert read.low == pytest.approx(59_500)
    assert read.note == "thin bids"
    assert read.at_ms == read.frozen["as_of_ms"] == BEGIN_MS
    assert (read.state, read.venue, read.feed) == ("open", "binance", "live")
    published.live_until(30)
    published.publish()
    read.refresh_from_db()
    assert read.frozen["as_of_ms"] == BEGIN_MS


def test_a_tap_on_a_cluster_fills_in_its_edges_side_and_the_usual_time(published, signed_in):
    asked = {"market": "btc", "side": "short", "low": "61000.5", "high": "61100.25", "cur": "USD"}
    form = signed_in.get(reverse("journal-new"), asked).context["form"]
    assert (form["low"].value(), form["high"].value()) == ("61000.5", "61100.25")
    assert (form["side"].value(), form["horizon_ms"].value()) == ("short", 24 * HOUR_MS)
    told = {field.html_name: field.value() for field in form if field.value() is not None}
    assert signed_in.post(reverse("journal-new"), told).status_code == 302
    assert Read.objects.get().side == "short"


def test_a_tap_on_a_price_finds_the_cluster_around_it(published, signed_in):
    reading = published.market.snapshot.reading
    zone = reading["clusters"][0]
    asked = {"market": "btc", "side": zone["side"], "price": zone["peak"], "cur": "USD"}
    form = signed_in.get(reverse("journal-new"), asked).context["form"]
    signed_in.post(reverse("journal-new"), {f.html_name: f.value() or "" for f in form})
    read = Read.objects.get()
    assert (read.low, read.high, read.usd, read.share) == (
        zone["low"], zone["high"], zone["usd"], zone["share"],
    )  # fmt: skip


def test_a_plan_comes_along_from_the_page_of_stop_and_size(published, signed_in):
    page = signed_in.get(
        reverse("plan", args=["btc"]), {"side": "long", "risk": "100", "leverage": "5"}
    ).content.decode()
    address = unescape(re.search(r'href="(/journal/new/[^"]*entry=[^"]*)"', page)[1])
    form = signed_in.get(address).context["form"]
    told = {one.html_name: one.value() or "" for one in form}
    assert signed_in.post(reverse("journal-new"), told).status_code == 302
    read = Read.objects.get()
    assert (read.side, read.plan_state) == ("short", "waiting")
    assert read.stop < read.entry < read.target
    assert read.size_usd > 0


def test_the_form_remembers_how_long_the_last_read_might_take(published, log, signed_in):
    assert signed_in.get(reverse("journal-new")).context["form"]["horizon_ms"].value() == (
        24 * HOUR_MS
    )
    log(horizon_ms=72 * HOUR_MS)
    assert signed_in.get(reverse("journal-new")).context["form"]["horizon_ms"].value() == (
        72 * HOUR_MS
    )


def test_two_taps_at_the_same_moment_keep_one_read(published, user, log, monkeypatch):
    public, first = uuid.uuid4(), log(note="first")
    monkeypatch.setattr(services, "_look_back", lambda _read: Read.objects.update(public=public))
    wish = Wish(market=published.market, side="long", kind="magnet", low=59_000,
                         high=59_100, horizon_ms=4 * HOUR_MS)  # fmt: skip
    assert log_read(user=user, wish=wish, public=public) == first


def test_the_same_read_sent_twice_is_kept_once(published, signed_in):
    told = words()
    assert {signed_in.post(reverse("journal-new"), told).status_code for _ in range(2)} == {302}
    assert Read.objects.count() == 1


def test_a_comma_before_decimals_is_read_as_one(published, signed_in, user):
    signed_in.post(reverse("journal-new"), words(low="59500,5", high="59.600,25", usd="0,125"))
    read = get_reads_for(user).get()
    assert (read.low, read.high) == (pytest.approx(59_500.5), pytest.approx(59_600.25))


@pytest.mark.parametrize(
    "broken",
    [{"low": "nan"}, {"low": "inf"}, {"low": "-1"}, {"low": ""}, {"high": "99999999"},
     {"side": "up"}, {"kind": "magic"}, {"market": "none"}, {"horizon_ms": "7"},
     {"stop": "59000"}, {"entry": "60000"}, {"entry": "60000", "stop": "60000"},
     {"entry": "60000", "stop": "59000", "target": "58000"}, {"at": "2099-01-01T00:00"},
     {"at": "2001-01-01T00:00"}, {"at": "0001-01-01T00:00"}, {"at": "9999-12-31T23:59"},
     {"public": "x"}, {"cur": "XXX"}, {"note": "x" * 4001}],
)  # fmt: skip
def test_a_read_that_makes_no_sense_is_refused_with_a_sentence(published, signed_in, broken):
    answer = signed_in.post(reverse("journal-new"), words(**broken))
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not Read.objects.exists()


def test_without_a_map_there_is_nothing_to_read(db, signed_in):
    assert "waiting" in signed_in.get(reverse("journal-new")).content.decode()
    assert signed_in.post(reverse("journal-new"), words()).status_code == 200


def test_a_read_made_elsewhere_gets_the_price_of_its_moment(published, user):
    at_ms = BEGIN_MS - 200 * MINUTE_MS
    wish = Wish(published.market, "long", "magnet", 59_000.0, 59_100.0, HOUR_MS, at_ms=at_ms)
    read = log_read(user=user, wish=wish, public=uuid.uuid4())
    assert (read.at_ms, read.is_later) == (at_ms, True)
    bars = published.market.instruments.get(venue="binance").bars
    assert read.price == bars.get(end_ms=at_ms).close
    resolve_reads()
    read.refresh_from_db()
    assert read.state == "missed"
    with pytest.raises(Refused):
        log_read(user=user, wish=Wish(published.market, "long", "magnet", 59e3, 59.1e3, HOUR_MS,
                                      at_ms=1), public=uuid.uuid4())  # fmt: skip


def test_one_tap_on_a_cluster_keeps_a_read_of_it(published, signed_in, client, user):
    page = signed_in.get("/m/btc/levels/").content.decode()
    sent = re.search(r'<form method="post" action="/journal/new/">(.*?)</form>', page, re.DOTALL)[1]
    told = dict(re.findall(r'name="(\w+)" value="([^"]*)"', sent))
    for _tap in range(2):
        assert signed_in.post("/journal/new/", told).status_code == 302
    read = get_reads_for(user).get()
    clusters = read.frozen["clusters"]
    assert any(read.usd == pytest.approx(one["usd"], rel=1e-5) for one in clusters)
    assert (read.side, read.horizon_ms) == (told["side"], 24 * HOUR_MS)
    assert 'action="/journal/new/"' not in client.get("/m/btc/levels/").content.decode()


def later(published: World, user: User, **wishes: object) -> Read:
    told = {"side": "long", "kind": "magnet", "low": 58_800.0, "high": 59_400.0}
    at_ms = BEGIN_MS - 200 * MINUTE_MS
    wish = Wish(published.market, horizon_ms=HOUR_MS, **{"at_ms": at_ms} | told | wishes)
    return log_read(user=user, wish=wish, public=uuid.uuid4())


def test_a_read_made_elsewhere_gets_the_map_of_its_moment(published, user):
    read = later(published, user)
    assert read.frozen["as_of_ms"] == read.at_ms
    heat = kept_heat(read.frozen)
    assert heat.first_ms < read.at_ms <= heat.last_ms < read.at_ms + 10 * MINUTE_MS
    zones = [zone for zone in read.frozen["clusters"] if zone["side"] == "long"]
    touched = [zone for zone in zones if zone["low"] <= read.high and zone["high"] >= read.low]
    like = min(touched, key=lambda zone: abs(zone["low"] - 58_800) + abs(zone["high"] - 59_400))
    assert read.usd == pytest.approx(like["usd"], rel=1e-5)


def test_an_amount_seen_elsewhere_stays_as_it_was_typed(published, user):
    assert later(published, user, usd=123.0).usd == 123.0


def test_without_a_map_of_its_moment_a_read_made_elsewhere_is_kept_all_the_same(
    published, user, monkeypatch
):
    monkeypatch.setattr(past, "RATION", replace(past.RATION, most=0))
    read = later(published, user)
    assert (read.frozen, read.usd, read.low) == ({}, None, 58_800.0)


def test_the_market_writes_the_outcome_and_a_second_run_changes_nothing(published, log):
    far, near = log(away=-0.04), log(away=0.004)
    published.live_until(60)
    resolve_task()
    near.refresh_from_db()
    assert (near.state, near.is_final) == ("reached", False)
    published.live_until(245)
    assert resolve_reads() == 2
    assert resolve_reads() == 0
    far.refresh_from_db()
    near.refresh_from_db()
    assert (far.state, far.is_final, near.is_final) == ("missed", True, True)
    assert near.overshoot > 0


def test_bars_that_are_gone_take_nothing_back(published, log):
    read = log(away=0.004)
    published.live_until(60)
    assert resolve_reads() == 1
    MinuteBar.objects.filter(end_ms__lt=BEGIN_MS + 30 * MINUTE_MS).delete()
    assert resolve_reads() == 0
    read.refresh_from_db()
    assert (read.state, read.is_gapped, read.covered_ms) == (
        "reached", False, BEGIN_MS + 60 * MINUTE_MS,
    )  # fmt: skip


def test_a_slow_worker_never_overwrites_what_another_made_final(published, log, monkeypatch):
    read = log(away=-0.04)
    published.live_until(100)
    true_resolve = resolving.resolve

    def slow_resolve(*told):
        outcome = true_resolve(*told)
        monkeypatch.setattr(resolving, "resolve", true_resolve)
        published.live_until(245)
        assert resolve_reads() == 1
        return outcome

    monkeypatch.setattr(resolving, "resolve", slow_resolve)
    assert resolve_reads() == 0
    read.refresh_from_db()
    assert (read.state, read.is_final) == ("missed", True)


def test_a_venue_that_falls_silent_leaves_a_read_open(published, log):
    read = log(away=-0.04)
    published.live_until(100, venues=("hyperliquid",))
    published.live_until(400, venues=("hyperliquid",))
    resolve_reads()
    read.refresh_from_db()
    assert (read.state, read.is_final, read.covered_ms) == ("open", False, BEGIN_MS)


def test_bars_of_another_feed_never_resolve_a_read(published, log):
    read = log(away=0.004)
    published.feed.source = "another"
    published.feed.save()
    published.live_until(100)
    assert resolve_reads() == 0
    read.refresh_from_db()
    assert read.state == "open"


def test_a_word_by_hand_counts_and_the_automatic_outcome_stays(published, log, signed_in):
    read = log(away=-0.04)
    published.live_until(245)
    resolve_reads()
    signed_in.post(reverse("read-say", args=[read.public]), {"state": "reached", "why": "wick"})
    read.refresh_from_db()
    assert (read.outcome, read.state, read.said_why) == ("reached", "missed", "wick")
    page = signed_in.get(reverse("read", args=[read.public])).content.decode()
    assert "by hand" in page
    signed_in.post(reverse("read-say", args=[read.public]), {"state": ""})
    read.refresh_from_db()
    assert (read.outcome, read.said_why) == ("missed", "")


def test_an_open_read_says_how_far_the_price_is_away(published, log, signed_in):
    read = log(away=-0.005)
    reading = published.market.snapshot.reading
    far = abs(read.near / reading["price"] - 1)
    page = signed_in.get(reverse("journal")).content.decode()
    assert f"Open · {far * 100:.1f}\u00a0% away" in page


def test_filters_choose_and_nonsense_chooses_all(published, log, signed_in):
    log(kind="cascade")
    log(kind="magnet", away=0.004)
    published.live_until(60)
    resolve_reads()

    def shown(**query: str) -> int:
        return len(signed_in.get(reverse("journal"), query).context["reads"])

    assert (shown(), shown(kind="cascade"), shown(state="reached")) == (2, 1, 1)
    assert (shown(market="btc"), shown(market="eth"), shown(kind="x", state="y")) == (2, 0, 2)
    assert "No read fits" in signed_in.get(reverse("journal"), {"market": "eth"}).content.decode()


def test_a_read_is_rewritten_and_removed(published, log, signed_in):
    read = log()
    signed_in.post(reverse("read-note", args=[read.public]), {"note": "<b>later</b>"})
    assert "&lt;b&gt;later" in signed_in.get(reverse("read", args=[read.public])).content.decode()
    signed_in.post(reverse("read-delete", args=[read.public]))
    assert not Read.objects.exists()


def test_charlie_sees_nothing_of_alices_reads_anywhere(published, log, other_user):
    read = log(note="only mine", kind="cascade")
    charlie = Client()
    charlie.force_login(other_user, "django.contrib.auth.backends.ModelBackend")
    for name in ("read", "read-note", "read-say", "read-delete"):
        address = reverse(name, args=[read.public])
        assert {charlie.get(address).status_code, charlie.post(address).status_code} <= {404, 405}
    for name in ("journal", "journal-patterns", "journal-csv", "journal-json", "journal-files"):
        told = charlie.get(reverse(name), {"kind": "cascade", "market": "btc"}).content.decode()
        assert "only mine" not in told
        assert str(read.public) not in told
    assert str(read.public) not in everything_of(other_user)
    assert str(read.public) in everything_of(read.user)


def test_a_journal_outlives_its_market(published, log, signed_in):
    read = log()
    published.market.delete()
    assert signed_in.get(reverse("read", args=[read.public])).status_code == 200
    assert signed_in.get(reverse("journal")).status_code == 200
