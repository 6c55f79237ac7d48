"""The outbox: which deliveries are due, whose they are for a moment, and what came of them.

A claim is an UPDATE that repeats the old state; who changes one row has it, everybody else has
not. A claim ends by itself, so what a killed sender held is sent by the next one; the tag that
both sends carry lets the reader see it once.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import random
from uuid import UUID

from django.db.models import F, Q, QuerySet

from apps.alerts.models import Delivery
from apps.pwa.answers import MOST_STRIKES, Action, Answer

LEASE = timedelta(seconds=13)  # longer than any attempt may take
BACKOFF_S = (2, 8, 30, 120, 300)
GROUP_FROM = 3  # firings of one market that go as one push …
GROUP_WITHIN = timedelta(seconds=30)  # … when they lie this close together

_numbers = count()


@dataclass(frozen=True, slots=True)
class Claim:
    """Deliveries that are this sender's until ``LEASE`` is over; more than one go as one push."""

    lease: str
    tag: UUID
    deliveries: tuple[Delivery, ...]

    @property
    def lead(self) -> Delivery:
        """The first of them; its firing gave the notification its tag."""
        return self.deliveries[0]


def due(now: datetime) -> Q:
    """What may be claimed."""
    waiting = Q(status=Delivery.Status.PENDING, next_attempt_at__lte=now)
    return waiting | Q(status=Delivery.Status.LEASED, leased_until__lte=now)


def next_due(now: datetime, *, limit: int) -> list[Delivery]:
    """Due deliveries with all that sending needs, the longest waiting first."""
    rows = Delivery.objects.filter(due(now), expires_at__gt=now)
    return list(_with_facts(rows).order_by("next_attempt_at", "pk")[:limit])


def expire_late(now: datetime) -> int:
    """Give up what was not sent in its lifetime; it stays in the inbox."""
    late = Delivery.objects.filter(due(now) | _waiting(), expires_at__lte=now)
    return late.update(status=Delivery.Status.EXPIRED, lease="", leased_until=None)


def free_orphans() -> int:
    """End the claims of senders on this machine that are no more."""
    held = Delivery.objects.filter(status=Delivery.Status.LEASED)
    leases = [lease for lease in held.values_list("lease", flat=True) if _is_orphaned(lease)]
    return held.filter(lease__in=leases).update(
        status=Delivery.Status.PENDING, lease="", leased_until=None
    )


def claim(lead: Delivery, now: datetime) -> Claim | None:
    """Make a delivery, and those that go with it, this sender's; None when another was first.

    What once went out as one push goes out as that same push again, under the same tag.
    """
    lease = f"{socket.gethostname()[:60]}:{os.getpid()}:{next(_numbers)}"
    tag = lead.arrived_as or lead.firing.public
    as_read = Delivery.objects.filter(
        pk=lead.pk, arrived_as=lead.arrived_as, attempts=lead.attempts
    )
    if not _take(as_read, lease, tag, now):
        return None
    others = _same_push(lead) if lead.arrived_as else _companions(lead)
    lead.attempts, lead.arrived_as = lead.attempts + 1, tag
    if others is None or not _take(others, lease, tag, now):
        return Claim(lease, tag, (lead,))
    taken = _with_facts(Delivery.objects.filter(lease=lease)).order_by("firing_id")
    return Claim(lease, tag, tuple(sorted(taken, key=lambda d: d.firing.public != tag)))


def settle(claim: Claim, answer: Answer, now: datetime) -> None:
    """Write what an attempt told, unless the claim has passed to somebody else meanwhile."""
    mine = Delivery.objects.filter(lease=claim.lease, status=Delivery.Status.LEASED)
    told = {"code": answer.code, "reason": answer.reason[:200], "lease": "", "leased_until": None}
    if answer.action is Action.SENT:
        mine.update(**told, status=Delivery.Status.SENT, sent_at=now)
        return
    strikes = claim.lead.strikes + (answer.action is Action.STRIKE)
    if answer.action in (Action.GONE, Action.RESUBSCRIBE, Action.REFUSED):
        mine.update(**told, status=Delivery.Status.DEAD)
    elif strikes >= MOST_STRIKES:
        mine.update(**told, status=Delivery.Status.DEAD, strikes=strikes)
    else:
        wait_s = answer.retry_after_s or backoff_s(claim.lead.attempts)
        mine.update(
            **told, status=Delivery.Status.PENDING, strikes=strikes,
            next_attempt_at=now + timedelta(seconds=wait_s),
        )  # fmt: skip


def postpone(claim: Claim, *, until: datetime, reason: str) -> None:
    """Give a claim back untried: its host is left in peace until then."""
    Delivery.objects.filter(lease=claim.lease, status=Delivery.Status.LEASED).update(
        status=Delivery.Status.PENDING, lease="", leased_until=None,
        next_attempt_at=until, reason=reason, attempts=F("attempts") - 1,
    )  # fmt: skip


def backoff_s(attempts: int) -> float:
    """How long to wait after so many attempts: longer and longer, never all at once."""
    longest = BACKOFF_S[min(attempts, len(BACKOFF_S) - 1)]
    return longest * (0.5 + 0.5 * random())


def _waiting() -> Q:
    return Q(status=Delivery.Status.PENDING)


def _take(wanted: QuerySet[Delivery], lease: str, tag: UUID, now: datetime) -> int:
    return wanted.filter(due(now), expires_at__gt=now).update(
        status=Delivery.Status.LEASED, lease=lease, leased_until=now + LEASE,
        arrived_as=tag, attempts=F("attempts") + 1,
    )  # fmt: skip


def _with_facts(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return deliveries.select_related("firing__market", "firing__rule", "firing__user__preferences")


def _same_push(lead: Delivery) -> QuerySet[Delivery]:
    """What went out together with it."""
    same = Delivery.objects.filter(
        arrived_as=lead.arrived_as, transport=lead.transport, target=lead.target
    )
    return same.exclude(pk=lead.pk)


def _companions(lead: Delivery) -> QuerySet[Delivery] | None:
    """Other fresh pushes to the same device about the same market, close in time, if enough."""
    firing = lead.firing
    if lead.transport != Delivery.Transport.PUSH or not (firing.market_id and firing.rule_id):
        return None
    same = Delivery.objects.filter(
        status=Delivery.Status.PENDING,
        arrived_as=None,
        transport=lead.transport,
        target=lead.target,
        firing__market=firing.market_id,
        firing__rule__isnull=False,
        firing__created_at__range=(firing.created_at, firing.created_at + GROUP_WITHIN),
    ).exclude(pk=lead.pk)
    keys = list(same.values_list("pk", flat=True))
    is_enough = len(keys) + 1 >= GROUP_FROM
    return Delivery.objects.filter(pk__in=keys, arrived_as=None) if is_enough else None


def _is_orphaned(lease: str) -> bool:
    host, pid, _ = (lease.rsplit(":", 2) + ["", "", ""])[:3]
    if host != socket.gethostname()[:60] or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
