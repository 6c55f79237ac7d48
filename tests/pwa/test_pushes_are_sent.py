"""Each answer of a push service, and what is done about it."""

import json
import time
from collections.abc import Callable

import pytest
from push_notifications.models import WebPushDevice

from apps.pwa import push, vapid
from apps.pwa.answers import Action, judge, retry_after_s
from apps.pwa.payloads import LONGEST_BYTES, encode, make_payload, shortened
from tests.postgres import free_port
from tests.pwa.conftest import subscription_of
from tests.pwa.fake_push import FakeDevice, FakePush, Step, to_base64url

PAYLOAD = make_payload(
    title="BTC 3.3 % above longs S$362M", body="78,404 · est.", navigate="/m/btc/", tag="e7"
)
CASES = [
    (Step(200), Action.SENT),
    (Step(201), Action.SENT),
    (Step(202), Action.SENT),
    (Step(404), Action.GONE),
    (Step(410), Action.GONE),
    (Step(400, '{"reason":"VapidPkHashMismatch"}'), Action.RESUBSCRIBE),
    (Step(403, "the sender ID does not match"), Action.RESUBSCRIBE),
    (Step(403, '{"reason":"BadJwtToken"}'), Action.RESUBSCRIBE),
    (Step(403, "the VAPID credentials do not correspond"), Action.RESUBSCRIBE),
    (Step(400, "bad request"), Action.STRIKE),
    (Step(401), Action.STRIKE),
    (Step(403, "forbidden"), Action.STRIKE),
    (Step(422), Action.STRIKE),
    (Step(408), Action.RETRY),
    (Step(429, headers={"Retry-After": "17"}), Action.WAIT),
    (Step(500), Action.RETRY),
    (Step(502), Action.RETRY),
    (Step(503, headers={"Retry-After": "5"}), Action.RETRY),
    (Step(301, headers={"Location": "http://127.0.0.1:1/"}), Action.REFUSED),
    (Step(307, headers={"Location": "http://127.0.0.1:1/"}), Action.REFUSED),
    (Step(drop=True), Action.RETRY),
]


def row(device: FakeDevice) -> WebPushDevice:
    """An unsaved device row, as the sender needs it."""
    told = subscription_of(device)
    return WebPushDevice(
        registration_id=told.endpoint,
        p256dh=told.p256dh,
        auth=told.auth,
        application_id=vapid.current_key().id,
    )


def send(device: FakeDevice) -> push.Answer:
    return push.send(row(device), PAYLOAD, ttl_s=600, topic="event 7")


@pytest.mark.parametrize(("step", "action"), CASES, ids=lambda case: getattr(case, "status", case))
def test_an_answer_leads_to_its_action(
    step: Step, action: Action, push_service: FakePush, subscribe: Callable[..., FakeDevice]
) -> None:
    device = subscribe(step)
    answer = send(device)
    assert answer.action is action
    assert answer.code == (0 if step.drop else step.status)
    assert len(push_service.to(device)) == 1
    wait = step.headers.get("Retry-After")
    assert answer.retry_after_s == (float(wait) if wait else None)


def test_what_arrives_is_signed_encrypted_and_labelled(
    push_service: FakePush, subscribe: Callable[..., FakeDevice]
) -> None:
    device = subscribe()
    assert send(device).action is Action.SENT
    [arrived] = push_service.to(device)
    assert arrived.payload == PAYLOAD
    assert arrived.trouble == ""
    assert arrived.headers["ttl"] == "600"
    assert arrived.headers["urgency"] == "high"
    assert arrived.headers["topic"] == push.topic_name("event 7")
    assert len(arrived.headers["topic"]) == 32


def test_a_payload_that_is_too_long_is_sent_once_more_in_short(
    push_service: FakePush, subscribe: Callable[..., FakeDevice]
) -> None:
    device = subscribe(Step(413))
    assert send(device).action is Action.SENT
    long, short = push_service.to(device)
    assert long.payload == PAYLOAD
    assert short.payload == shortened(PAYLOAD)
    assert short.payload["notification"]["tag"] == "e7"


def test_a_service_that_finds_even_the_short_one_too_long_is_a_strike(
    push_service: FakePush, subscribe: Callable[..., FakeDevice]
) -> None:
    device = subscribe(Step(413), Step(413))
    assert send(device).action is Action.STRIKE
    assert len(push_service.to(device)) == 2


def test_nobody_listening_is_tried_again(subscribe: Callable[..., FakeDevice]) -> None:
    device = subscribe()
    device.endpoint = f"http://127.0.0.1:{free_port()}/push/x"
    answer = send(device)
    assert (answer.action, answer.code, answer.reason) == (Action.RETRY, 0, "refused")


def test_a_service_that_hangs_is_left_and_tried_again(
    subscribe: Callable[..., FakeDevice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.pwa.outgoing.WHOLE_S", 0.3)
    answer = send(subscribe(Step(hang_s=30)))
    assert (answer.action, answer.reason) == (Action.RETRY, "timeout")


def test_one_bad_device_does_not_keep_the_next_from_its_push(
    push_service: FakePush, subscribe: Callable[..., FakeDevice]
) -> None:
    bad = [subscribe(step) for step, action in CASES if action is not Action.SENT]
    good = subscribe()
    for device in [*bad, good]:
        send(device)
    assert [one.status for one in push_service.to(good)] == [201]


def test_a_device_of_another_key_is_asked_to_subscribe_again(
    push_service: FakePush, subscribe: Callable[..., FakeDevice]
) -> None:
    device = subscribe()
    device.server_key = "another"
    assert send(device).action is Action.RESUBSCRIBE
    assert push_service.to(device)[0].trouble == "VapidPkHashMismatch"


def test_a_device_whose_key_is_not_kept_any_more_is_not_sent_to(
    push_service: FakePush, subscribe: Callable[..., FakeDevice]
) -> None:
    device = subscribe()
    stranger = row(device)
    stranger.application_id = "0" * 16
    answer = push.send(stranger, PAYLOAD, ttl_s=60, topic="e")
    assert answer.action is Action.RESUBSCRIBE
    assert push_service.to(device) == []


def test_after_a_rotation_an_old_device_still_gets_its_pushes(
    push_service: FakePush, subscribe: Callable[..., FakeDevice]
) -> None:
    device = subscribe()
    old = row(device)
    new_key = vapid.rotate()
    assert new_key.public != device.server_key
    assert push.send(old, PAYLOAD, ttl_s=60, topic="e").action is Action.SENT


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""),
        ("not base64!", "AAAAAAAAAAAAAAAAAAAAAA"),
        (to_base64url(b"\x04" + bytes(64)), "AAAAAAAAAAAAAAAAAAAAAA"),
        (to_base64url(b"\x04" + bytes(63)), "AAAAAAAAAAAAAAAAAAAAAA"),
    ],
)
def test_keys_that_cannot_be_used_never_raise(
    p256dh: str, auth: str, subscribe: Callable[..., FakeDevice]
) -> None:
    device = row(subscribe())
    device.p256dh, device.auth = p256dh, auth
    assert push.send(device, PAYLOAD, ttl_s=60, topic="e").action is Action.RESUBSCRIBE


def test_a_secret_of_another_length_is_refused() -> None:
    with pytest.raises(push.BadKeys):
        push.decode_key(to_base64url(bytes(15)), push.SECRET_BYTES)


def test_a_payload_is_valid_for_browsers_that_need_no_worker() -> None:
    payload = json.loads(encode(make_payload(title="t", body="b", navigate="/", tag="x", badge=3)))
    assert payload["web_push"] == 8030
    assert {"title", "body", "navigate", "tag"} <= set(payload["notification"])
    assert payload["app_badge"] == 3


def test_the_longest_text_in_any_alphabet_fits_into_one_record() -> None:
    payload = make_payload(title="热" * 500, body="热" * 5000, navigate="/m/btc/", tag="x" * 64)
    assert len(encode(payload)) <= LONGEST_BYTES
    with pytest.raises(ValueError, match="at most"):
        encode(make_payload(title="t", body="b", navigate="/" + "x" * 4000, tag="x"))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0.0), ("90", 90.0), ("999999", 3600.0), ("-5", None), ("soon", None), ("", None)],
)
def test_a_wait_is_read_and_bounded(value: str, seconds: float | None) -> None:
    assert retry_after_s(value) == seconds


def test_a_wait_may_be_a_date() -> None:
    from_now = retry_after_s(time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(2**33)))
    assert from_now == 3600.0
    assert retry_after_s("Mon, 01 Jan 2001 00:00:00 GMT") == 0.0


def test_what_a_service_says_is_kept_on_one_short_line() -> None:
    answer = judge(500, {}, b"a\r\nb\x00" + b"x" * 4000)
    assert "\n" not in answer.reason
    assert len(answer.reason) <= 200
