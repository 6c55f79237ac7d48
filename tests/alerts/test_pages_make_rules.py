"""A rule is made, changed, muted and removed on its pages; nobody else's is ever touched."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.alerts import rules
from apps.alerts.firings import send_notice
from apps.alerts.forms import ASKS
from apps.alerts.models import AlertRule, Firing, Kind, Webhook

WORDS = {
    "kind": "near", "scope": "m:btc", "side": "long", "usd": "2e7", "within": "0.03",
    "every_min": "30", "by_push": "on", "respects_quiet": "on",
}  # fmt: skip


@pytest.fixture
def published(world):
    """A market that has been judged once."""
    world.publish()
    return world


def test_a_rule_is_made_from_a_sentence(published, signed_in, user):
    answer = signed_in.post(reverse("alert-new"), WORDS)
    assert answer.url == reverse("alert-rules")
    rule = AlertRule.objects.get()
    assert (rule.user, rule.kind, rule.market.slug, rule.side) == (user, "near", "btc", "long")
    assert (rule.usd, rule.within, rule.every_min) == (2e7, 0.03, 30)


@pytest.mark.parametrize("kind", ASKS)
def test_every_kind_can_be_made_as_it_is_offered(published, signed_in, kind):
    page = signed_in.get(reverse("alert-new"), {"kind": kind, "market": "btc"})
    form = page.context["form"]
    shown = page.content.decode()
    assert all(f'name="{name}"' in shown for name in ("kind", "scope", *form.asked))
    words = {name: field.value() for name, field in ((f.name, f) for f in form)}
    posted = {name: value for name, value in words.items() if value not in (None, "", [], False)}
    assert signed_in.post(reverse("alert-new"), posted).status_code == 302
    assert AlertRule.objects.get().kind == kind
    assert "BTC: " in signed_in.get(reverse("alert-rules")).content.decode()


def test_an_address_from_the_map_fills_in_the_words(published, signed_in):
    asked = {"market": "btc", "kind": "near", "side": "short", "price": "61500"}
    page = signed_in.get(reverse("alert-new"), asked)
    assert page.context["form"]["side"].value() == "short"
    assert page.context["form"]["within"].value() == 0.03


def test_the_fragment_of_a_preview_says_how_often_a_sentence_would_have_fired(published, signed_in):
    published.live_until(150)
    published.publish()
    shown = signed_in.get(reverse("alert-preview"), WORDS)
    assert shown.context["preview"] is not None
    assert "Would have fired" in shown.content.decode()
    incomplete = signed_in.get(reverse("alert-preview"), WORDS | {"within": ""})
    assert "Complete the sentence" in incomplete.content.decode()


@pytest.mark.parametrize(
    "broken",
    [{"within": ""}, {"within": "nan"}, {"within": "9"}, {"usd": "-1"}, {"scope": "m:none"},
     {"scope": "w:1"}, {"kind": "magic"}, {"side": "up"}, {"every_min": "7"}],
)  # fmt: skip
def test_a_sentence_that_makes_no_sense_is_refused(published, signed_in, broken):
    answer = signed_in.post(reverse("alert-new"), WORDS | broken)
    assert answer.status_code == 200
    assert "notice" in answer.content.decode()
    assert not AlertRule.objects.exists()


def test_the_two_hundred_and_first_rule_is_refused(published, signed_in, make_rule):
    made = [make_rule() for _ in range(rules.MOST_RULES - 1)]
    assert signed_in.post(reverse("alert-new"), WORDS).status_code == 302
    assert "200" in signed_in.post(reverse("alert-new"), WORDS).content.decode()
    assert AlertRule.objects.count() == len(made) + 1


def test_a_rule_is_rested_muted_changed_and_removed(published, signed_in, make_rule):
    rule = make_rule()
    signed_in.post(reverse("alert-switch", args=[rule.public]))
    signed_in.post(reverse("alert-mute", args=[rule.public]), {"hours": "8"})
    signed_in.post(reverse("alert-edit", args=[rule.public]), WORDS | {"within": "0.05"})
    rule.refresh_from_db()
    assert (rule.is_active, rule.is_muted, rule.within) == (False, True, 0.05)
    signed_in.post(reverse("alert-delete", args=[rule.public]))
    assert not AlertRule.objects.exists()


def test_a_notification_mutes_its_own_rule_without_a_session(make_world, db, make_rule):
    make_world()
    rule, token = make_rule(), rules.mute_token
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(reverse("alert-mute-token", args=[token(rule)])).status_code == 204
    rule.refresh_from_db()
    assert rule.is_muted
    assert browser.post(reverse("alert-mute-token", args=["forged"])).status_code == 404


OWNED = {
    "alert-edit": "rule", "alert-switch": "rule", "alert-delete": "rule", "alert-mute": "rule",
    "alert-open": "firing", "webhook-remove": "hook",
}  # fmt: skip


@pytest.fixture
def alices(make_world, db, make_rule, user):
    """One of everything that is Alice's."""
    make_world()
    firing = send_notice(user=user, kind="test", episode=1, at_ms=1, targets=())
    return {
        "rule": make_rule(),
        "firing": firing,
        "hook": Webhook.objects.create(user=user, url="https://example.org/"),
    }


@pytest.mark.parametrize("name", OWNED)
def test_charlie_gets_404_for_what_is_alices(alices, other_user, signed_in, name):
    address = reverse(name, args=[alices[OWNED[name]].public])
    charlie = Client()
    charlie.force_login(other_user, "django.contrib.auth.backends.ModelBackend")
    for ask in (charlie.get, charlie.post):
        assert ask(address).status_code in (404, 405)
    assert AlertRule.objects.filter(is_active=True).count() == 1
    assert Firing.objects.filter(read_at=None).count() == 1
    assert signed_in.post(address).status_code in (200, 302, 405)


def test_opening_a_firing_reads_it_and_leads_to_the_map(published, signed_in, make_rule, user):
    make_rule(kind=Kind.FORMED, within=0.15)
    firing = Firing.objects.create(
        user=user, kind="near", episode=1, market=published.market, at_ms=published.now_ms,
        peak=61_000.0, price=60_000.0, side="short", usd=1e8,
    )  # fmt: skip
    inbox = signed_in.get(reverse("alerts")).content.decode()
    assert "Price 1.7 % from a short cluster" in inbox.replace("\u00a0", " ")
    assert "is-unread" in inbox
    answer = signed_in.get(reverse("alert-open", args=[firing.public]))
    assert answer.url == f"/m/btc/?view=historical&at={published.now_ms}&price=61000"
    assert "is-unread" not in signed_in.get(reverse("alerts")).content.decode()
    assert rules.unread_count(user) == 0


def test_quiet_hours_and_digests_are_kept_as_minutes_of_the_day(signed_in, user):
    told = {"quiet": "on", "quiet_from": "22:30", "quiet_to": "06:15", "morning": "07:00"}
    assert signed_in.post(reverse("alert-delivery"), told).status_code == 302
    wishes = rules.get_settings_for(user)
    assert (wishes.quiet, wishes.quiet_from_min, wishes.quiet_to_min) == (True, 1350, 375)
    assert (wishes.morning_min, wishes.evening_min) == (420, None)


@pytest.mark.parametrize("url", ["http://example.org/", "https://127.0.0.1/", "https://10.0.0.1/"])
def test_a_webhook_must_be_a_public_address(signed_in, settings, url):
    settings.ALLOW_LOOPBACK = False
    signed_in.post(reverse("webhook-add"), {"url": url})
    assert not Webhook.objects.exists()


def test_every_page_of_alerts_wants_a_session(db):
    for name in ("alerts", "alert-new", "alert-rules", "alert-delivery", "alert-preview"):
        assert Client().get(reverse(name)).status_code == 302


def test_a_muted_rule_says_until_when(published, signed_in, make_rule):
    make_rule(muted_until=timezone.now() + timedelta(hours=3))
    assert "muted until" in signed_in.get(reverse("alert-rules")).content.decode()
