"""Every firing reaches every device at least once and is seen once, or says why it was not sent."""

import time
from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone

from apps.alerts import outbox, sender
from apps.alerts.breaker import OPEN_AFTER, OPEN_S, Breaker
from apps.alerts.firings import Target, send_notice
from apps.alerts.models import AlertRule, Delivery, Firing
from apps.pwa.answers import Action, Answer
from tests.pwa.fake_push import Step

pytestmark = pytest.mark.django_db(transaction=True)


def drain():
    """Send until nothing is due, the slow ones included."""
    while sender.send_due(round_s=30):
        pass
    sender.wait_for_slow(15)


def become_due():
    """Let every backoff pass."""
    Delivery.objects.filter(status="pending").update(next_attempt_at=timezone.now())


def test_a_firing_arrives_once_on_every_device_with_its_tag(
    user, subscribe, register, push_service, fire
):
    devices = [subscribe() for _ in range(3)]
    for device in devices:
        register(user, device)
    firing = fire()
    drain()
    for device in devices:
        (received,) = push_service.to(device)
        told = received.payload["notification"]
        assert received.payload["web_push"] == 8030
        assert told["tag"] == str(firing.public)
        assert told["navigate"].endswith(f"/m/btc/?view=historical&at={firing.at_ms}&price=58000")
        assert "3.3" in told["title"]
        assert received.headers["urgency"] == "high"
        assert 3500 < int(received.headers["ttl"]) <= 3600
    assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}
    assert set(Delivery.objects.values_list("arrived_as", flat=True)) == {firing.public}


@pytest.mark.parametrize(
    ("step", "status", "reason"),
    [
        (Step(410), "dead", "410"),
        (Step(404), "dead", "404"),
        (Step(403, "VapidPkHashMismatch"), "dead", "VapidPkHashMismatch"),
        (Step(500, "sorry"), "pending", "sorry"),
        (Step(429, "slow down", {"Retry-After": "7"}), "pending", "slow down"),
        (Step(307, "", {"Location": "http://127.0.0.1:1/"}), "dead", "307"),
        (Step(401, "who"), "pending", "who"),
        (Step(drop=True), "pending", "broken"),
    ],
)
def test_one_bad_device_keeps_its_reason_and_delays_nobody(
    user, subscribe, register, push_service, fire, step, status, reason
):
    bad, good = subscribe(step), subscribe()
    for device in (bad, good):
        register(user, device)
    fire()
    drain()
    assert len(push_service.to(good)) == 1
    deliveries = Delivery.objects.order_by("pk")
    by_status = {delivery.status: delivery for delivery in deliveries}
    assert set(by_status) == {status, "sent"}
    assert reason in by_status[status].reason


def test_a_device_that_hangs_delays_nobody(
    user, subscribe, register, push_service, fire, monkeypatch
):
    monkeypatch.setattr(sender, "PATIENCE_S", 1.0)
    slow = subscribe(Step(hang_s=9.0))
    quick = [subscribe() for _ in range(4)]
    for device in (slow, *quick):
        register(user, device)
    fire()
    began = time.monotonic()
    while not all(push_service.to(device) for device in quick):
        sender.send_due(round_s=1)
        assert time.monotonic() - began < 60
    assert not push_service.to(slow)
    drain()
    assert len(push_service.to(slow)) == 1


def test_what_failed_comes_back_until_it_arrives(user, subscribe, register, push_service, fire):
    device = subscribe(Step(500), Step(503), Step(drop=True))
    register(user, device)
    firing = fire()
    for _ in range(4):
        drain()
        become_due()
    assert [one.status for one in push_service.to(device)] == [500, 503, 0, 201]
    delivery = Delivery.objects.get(firing=firing)
    assert (delivery.status, delivery.attempts) == ("sent", 4)


def test_a_service_that_asks_to_wait_is_asked_again_after_that_long(
    user, subscribe, register, push_service, fire
):
    register(user, subscribe(Step(429, "", {"Retry-After": "90"})))
    fire()
    drain()
    wait = Delivery.objects.get().next_attempt_at - timezone.now()
    assert timedelta(seconds=60) < wait <= timedelta(seconds=90)


def test_three_strikes_are_the_end(user, subscribe, register, push_service, fire):
    device = subscribe(*[Step(400, "no")] * 5)
    register(user, device)
    fire()
    for _ in range(5):
        drain()
        become_due()
    assert len(push_service.to(device)) == 3
    assert Delivery.objects.get().status == "dead"


def test_what_is_older_than_its_lifetime_is_never_sent(
    user, subscribe, register, push_service, fire
):
    device = subscribe()
    register(user, device)
    fire()
    Delivery.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    drain()
    assert push_service.to(device) == []
    assert Delivery.objects.get().status == "expired"


def test_what_a_killed_sender_held_is_sent_when_its_claim_ends(
    user, subscribe, register, push_service, fire
):
    device = subscribe()
    register(user, device)
    fire()
    claim = outbox.claim(Delivery.objects.get(), timezone.now())
    assert claim
    drain()
    assert push_service.to(device) == []
    Delivery.objects.update(leased_until=F("leased_until") - outbox.LEASE)
    drain()
    assert len(push_service.to(device)) == 1


def test_the_claims_of_a_dead_process_of_this_machine_end_at_once(
    user, subscribe, register, push_service, fire
):
    device = subscribe()
    register(user, device)
    fire()
    claim = outbox.claim(Delivery.objects.get(), timezone.now())
    host, _pid, number = claim.lease.rsplit(":", 2)
    Delivery.objects.update(lease=f"{host}:4194305:{number}")
    drain()
    assert len(push_service.to(device)) == 1


def test_a_claim_that_passed_to_another_changes_nothing_any_more(user, subscribe, register, fire):
    register(user, subscribe())
    fire()
    first = outbox.claim(Delivery.objects.get(), timezone.now())
    second = outbox.claim(first.lead, timezone.now() + outbox.LEASE)
    outbox.settle(first, Answer(Action.GONE, 410, "late news"), timezone.now())
    assert Delivery.objects.get().status == "leased"
    outbox.settle(second, Answer(Action.SENT, 201, ""), timezone.now())
    assert Delivery.objects.get().status == "sent"


def test_of_two_senders_one_gets_a_delivery(user, subscribe, register, fire):
    register(user, subscribe())
    fire()
    claims = [outbox.claim(Delivery.objects.get(), timezone.now()) for _ in range(2)]
    assert [bool(claim) for claim in claims] == [True, False]


def test_three_firings_of_one_market_are_one_push_and_two_are_two(
    user, subscribe, register, push_service, fire, make_rule
):
    device = subscribe()
    register(user, device)
    firings = [fire() for _ in range(3)]
    drain()
    (together,) = push_service.to(device)
    assert together.payload["notification"]["title"] == "BTC: 3 alerts"
    assert together.payload["notification"]["data"]["firings"] == [str(f.public) for f in firings]
    assert set(Delivery.objects.values_list("arrived_as", flat=True)) == {firings[0].public}
    fire(), fire()
    drain()
    assert len(push_service.to(device)) == 3


def test_a_push_to_a_device_that_moved_to_another_account_is_not_sent(
    user, other_user, subscribe, register, push_service, fire
):
    device = subscribe()
    register(user, device)
    fire()
    register(other_user, device)
    drain()
    assert push_service.to(device) == []
    assert Delivery.objects.get().status == "dead"


def test_a_firing_by_mail_says_what_and_where(user, fire):
    firing = fire()
    expires_at = timezone.now() + timedelta(hours=1)
    Delivery.objects.create(firing=firing, transport="email", expires_at=expires_at)
    drain()
    (letter,) = mail.outbox
    assert letter.to == ["alice@example.org"]
    assert "long cluster" in letter.subject
    assert "/m/btc/" in letter.body


def test_the_canary_goes_through_everything_to_nobody(db):
    send_notice(user=None, kind="canary", episode=1, at_ms=1, targets=[Target("nowhere")])
    drain()
    assert Delivery.objects.get().status == "sent"


def test_a_test_reaches_the_device_by_its_button(signed_in, user, subscribe, register,
                                                 push_service):  # fmt: skip
    device = subscribe()
    register(user, device)
    assert signed_in.post("/alerts/test/").status_code == 302
    drain()
    assert push_service.to(device)[0].payload["notification"]["title"] == "Test from Embermap"


def test_the_mute_of_a_notification_mutes_its_rule(
    client, user, subscribe, register, push_service, fire
):
    device = subscribe()
    register(user, device)
    firing = fire()
    drain()
    mute = push_service.to(device)[0].payload["notification"]["data"]["mute"]
    assert client.post(mute).status_code == 204
    assert AlertRule.objects.get(pk=firing.rule_id).is_muted


def test_a_removed_rule_leaves_its_firings_in_the_inbox(fire):
    firing = fire()
    firing.rule.delete()
    assert Firing.objects.get().rule is None


def test_a_host_in_trouble_is_left_in_peace_and_tried_by_one():
    breaker, retry = Breaker(), Answer(Action.RETRY, 0, "refused")
    for _ in range(OPEN_AFTER):
        assert breaker.wait_s("push.example", 0.0) == 0
        breaker.note("push.example", retry, 0.0)
    assert breaker.wait_s("push.example", 1.0) == OPEN_S - 1
    assert breaker.wait_s("other.example", 1.0) == 0
    assert breaker.wait_s("push.example", OPEN_S + 1) == 0
    assert breaker.wait_s("push.example", OPEN_S + 1) > 0
    breaker.note("push.example", Answer(Action.SENT, 201, ""), OPEN_S + 2)
    assert breaker.wait_s("push.example", OPEN_S + 2) == 0
