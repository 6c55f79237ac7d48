"""Ways to reach somebody. Each has one verb, and answers in the words of one table.

``prepare(claim) -> Attempt``; what the answer means for the delivery is decided in
``outbox.settle``. Rows are read before an attempt and written after it; while somebody outside
is waited for, none is touched.
"""

import hashlib
import hmac
import json
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from push_notifications.models import WebPushDevice

from apps.alerts.models import Delivery, Firing, Webhook
from apps.alerts.outbox import Claim
from apps.alerts.rules import mute_token
from apps.alerts.words import page_of, words_of
from apps.pwa import push
from apps.pwa.addresses import ANY_PUBLIC_HOST
from apps.pwa.answers import Action, Answer, judge
from apps.pwa.outgoing import Refused, Unreachable, post
from apps.pwa.payloads import make_payload
from apps.pwa.services import note_answer

MOST_LINES = 4  # of a push that tells of several firings
SIGNATURE = "X-Embermap-Signature"


def keep_nothing(_answer: Answer) -> None:
    """What most transports learn of an answer."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """``go`` talks to the outside and touches no row; ``note`` keeps what was learned.

    ``host`` is the one whose trouble concerns this attempt; empty when it has none.
    """

    host: str
    go: Callable[[], Answer]
    note: Callable[[Answer], None] = keep_nothing


def prepare(claim: Claim) -> Attempt:
    """One attempt, ready to go."""
    return TRANSPORTS[claim.lead.transport](claim)


def by_push(claim: Claim) -> Attempt:
    """To a browser, in its own language; what was learned of the device is kept."""
    devices = WebPushDevice.objects.select_related("health")
    device = devices.filter(pk=claim.lead.target, active=True).first()
    if device is None or device.user_id != claim.lead.firing.user_id:
        return _foregone("the device is gone")
    health = getattr(device, "health", None)
    with translation.override(health.language if health else "en"):
        payload = payload_of([delivery.firing for delivery in claim.deliveries], str(claim.tag))
    left_s = int(claim.lead.expires_at.timestamp() - time.time())
    go = partial(push.send, device, payload, ttl_s=left_s, topic=str(claim.tag))
    return Attempt(urlsplit(device.registration_id).netloc, go, partial(note_answer, device))


def payload_of(firings: list[Firing], tag: str) -> dict:
    """What a push of one or several firings carries."""
    lead = firings[0]
    title, body = words_of(lead).title, words_of(lead).body
    if len(firings) > 1:
        base = lead.market.base if lead.market else ""
        title = _("%(market)s: %(count)d alerts") % {"market": base, "count": len(firings)}
        body = "\n".join(words_of(firing).title for firing in firings[:MOST_LINES])
    payload = make_payload(
        title=title,
        body=body,
        navigate=page_of(lead),
        tag=tag,
        badge=Firing.objects.filter(user_id=lead.user_id, read_at=None, silenced="").count(),
        kind=lead.kind,
        mute=reverse("alert-mute-token", args=[mute_token(lead.rule)]) if lead.rule else "",
        ts_ms=lead.at_ms,
        language=translation.get_language() or "en",
    )
    payload["notification"]["data"]["firings"] = [str(firing.public) for firing in firings][:60]
    return payload


def by_email(claim: Claim) -> Attempt:
    """To the address of the account."""
    firing = claim.lead.firing
    if not firing.user or not firing.user.email:
        return _foregone("the account has no e-mail address")
    words = words_of(firing)
    link = settings.PUBLIC_URL + page_of(firing)
    go = partial(_mail, f"[Embermap] {words.title}", f"{words.body}\n\n{link}\n", firing.user.email)
    return Attempt(claim.lead.transport, go)


def _mail(subject: str, text: str, address: str) -> Answer:
    try:
        send_mail(subject, text, None, [address])
    except smtplib.SMTPRecipientsRefused:
        return Answer(Action.GONE, 0, "the mail server refuses the address")
    except smtplib.SMTPResponseException as error:
        return Answer(Action.RETRY, error.smtp_code, "the mail server refuses the message")
    except OSError as error:
        return Answer(Action.RETRY, 0, f"the mail server cannot be reached: {error}"[:200])
    return Answer(Action.SENT, 250, "")


def by_webhook(claim: Claim) -> Attempt:
    """To the user's own address, signed: ``t=<seconds>,v1=<hex of HMAC-SHA256 over "t.body">``."""
    hook = Webhook.objects.filter(pk=claim.lead.target, is_active=True).first()
    firing = claim.lead.firing
    if hook is None or hook.user_id != firing.user_id:
        return _foregone("the webhook is gone")
    body = json.dumps(webhook_body(firing), ensure_ascii=False).encode()
    go = partial(_call, hook.url, hook.secret, body)
    return Attempt(urlsplit(hook.url).netloc, go, partial(_note_call, hook.pk))


def _call(url: str, secret: str, body: bytes) -> Answer:
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: signature(secret, body, int(time.time())),
    }
    try:
        reply = post(url, body, headers, hosts=ANY_PUBLIC_HOST)
    except Refused as error:
        return Answer(Action.REFUSED, 0, str(error))
    except Unreachable as error:
        return Answer(Action.RETRY, 0, str(error))
    if reply.status // 100 == 2:
        return Answer(Action.SENT, reply.status, "")
    answer = judge(reply.status, reply.headers, reply.body)
    if answer.action is Action.SHORTEN:
        return Answer(Action.STRIKE, answer.code, answer.reason)
    return answer


def _note_call(hook: int, answer: Answer) -> None:
    gone = answer.action in (Action.GONE, Action.REFUSED)
    Webhook.objects.filter(pk=hook).update(last_error=answer.reason[:200], is_active=not gone)


def signature(secret: str, body: bytes, at_s: int) -> str:
    """What a receiver computes again with the same secret to know that it was us."""
    digest = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={digest}"


def webhook_body(firing: Firing) -> dict:
    """A firing as other people's programs read it; amounts US dollars, times epoch ms."""
    words = words_of(firing, "USD")
    return {
        "id": str(firing.public),
        "kind": firing.kind,
        "market": firing.market.slug if firing.market else None,
        "side": firing.side or None,
        "at_ms": firing.at_ms,
        "price_usd": firing.price,
        "level_usd": firing.peak or None,
        "estimated_usd": firing.usd or None,
        "title": words.title,
        "body": words.body,
        "url": settings.PUBLIC_URL + page_of(firing),
    }


def nowhere(_claim: Claim) -> Attempt:
    """The canary's: it has come through everything but the network."""
    return Attempt("nowhere", partial(Answer, Action.SENT, 0, ""))


def _foregone(reason: str) -> Attempt:
    """An attempt that nobody need be asked about: the target is no more."""
    return Attempt("", partial(Answer, Action.GONE, 0, reason))


TRANSPORTS: dict[str, Callable[[Claim], Attempt]] = {
    Delivery.Transport.PUSH: by_push,
    Delivery.Transport.EMAIL: by_email,
    Delivery.Transport.WEBHOOK: by_webhook,
    Delivery.Transport.NOWHERE: nowhere,
}
