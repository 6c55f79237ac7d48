"""What fired becomes rows: one firing, and one delivery for every target of its owner."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from push_notifications.models import WebPushDevice

from apps.accounts.models import Preferences
from apps.alerts.judging import Trigger, lifetime_ms
from apps.alerts.models import AlertRule, AlertSettings, Delivery, Firing, Webhook
from apps.alerts.scenes import MINUTE_MS, Scene
from apps.alerts.wake import wake_sender
from apps.heatmaps.looks import Look
from apps.markets.models import Market

DEFAULT_ZONE = "Asia/Singapore"
DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule and why it fired."""

    rule: AlertRule
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class Target:
    """Where a delivery goes: a transport and the key of a device or webhook there."""

    transport: str
    key: int = 0


def record_firings(look: Look, market: Market, fired: Sequence[Fired]) -> list[Firing]:
    """Write firings and their deliveries, and wake the sender once they are committed.

    Nothing is sent of a muted rule, in quiet hours, or of what happened too long ago: those are
    in the inbox only, and say why.
    """
    if not fired:
        return []
    now = timezone.now()
    firings = [_firing(look, market, one, now) for one in fired]
    Firing.objects.bulk_create(firings)
    loud = [firing for firing in firings if not firing.silenced]
    targets = targets_of({firing.user_id for firing in loud})
    deliveries = [
        Delivery(
            firing=firing,
            transport=target.transport,
            target=target.key,
            expires_at=now + timedelta(milliseconds=lifetime_ms(firing.kind)),
        )
        for firing in loud
        for target in targets.get(firing.user_id, ())
        if _is_wanted(firing.rule, target)
    ]
    Delivery.objects.bulk_create(deliveries)
    if deliveries:
        transaction.on_commit(wake_sender)
    return firings


def send_notice(
    *,
    user: AbstractBaseUser | None,
    kind: str,
    episode: int,
    at_ms: int,
    targets: Iterable[Target],
    market: Market | None = None,
    detail: dict | None = None,
    silenced: str = "",
    life: timedelta = timedelta(hours=1),
) -> Firing | None:
    """A firing that no rule made; None when this episode has been told already."""
    firing, is_new = Firing.objects.get_or_create(
        user=user,
        market=market,
        kind=kind,
        episode=episode,
        defaults={"at_ms": at_ms, "detail": detail or {}, "silenced": silenced},
    )
    if not is_new:
        return None
    expires_at = timezone.now() + life
    Delivery.objects.bulk_create(
        Delivery(firing=firing, transport=t.transport, target=t.key, expires_at=expires_at)
        for t in (() if silenced else targets)
    )
    transaction.on_commit(wake_sender)
    return firing


def note_silence(market: Market, scene: Scene, rules: Iterable[AlertRule]) -> None:
    """Tell those whose rules now have to wait that their data are stale.

    Whoever has a rule for stale data is told by that rule.
    """
    rules = list(rules)
    told = {rule.user_id for rule in rules if rule.kind == "stale"}
    waiting = {rule.user_id: rule for rule in rules if rule.user_id not in told}
    targets = targets_of(set(waiting))
    for user_id, rule in waiting.items():
        send_notice(
            user=rule.user,
            kind="silent",
            episode=scene.at_ms // MINUTE_MS,
            at_ms=scene.at_ms,
            market=market,
            targets=[t for t in targets[user_id] if t.transport == Delivery.Transport.PUSH],
            detail={"venues": list(scene.silent)},
            silenced=silence_of(rule, timezone.now(), age_ms=0),
        )


def targets_of(user_ids: set[int]) -> dict[int, list[Target]]:
    """Every place where these users can be reached now. Three queries, however many they are."""
    found: dict[int, list[Target]] = {user_id: [] for user_id in user_ids}
    if not found:
        return found
    devices = WebPushDevice.objects.filter(
        user_id__in=user_ids, active=True, health__needs_resubscribe=False
    )
    for user_id, pk in devices.values_list("user_id", "pk"):
        found[user_id].append(Target(Delivery.Transport.PUSH, pk))
    hooks = Webhook.objects.filter(user_id__in=user_ids, is_active=True)
    for user_id, pk in hooks.values_list("user_id", "pk"):
        found[user_id].append(Target(Delivery.Transport.WEBHOOK, pk))
    for targets in found.values():
        targets.append(Target(Delivery.Transport.EMAIL))
    return found


def silence_of(rule: AlertRule, now: datetime, *, age_ms: int) -> str:
    """Why a firing is not sent; empty when it is."""
    if rule.muted_until and rule.muted_until > now:
        return Firing.Silenced.MUTED
    if age_ms > lifetime_ms(rule.kind):
        return Firing.Silenced.LATE
    if rule.respects_quiet and is_quiet(rule.user, now):
        return Firing.Silenced.QUIET
    return Firing.Silenced.NO


def is_quiet(user: AbstractBaseUser, now: datetime) -> bool:
    """Whether it is the middle of the night where the user lives, as they set it."""
    try:
        wishes: AlertSettings = user.alert_settings
    except AlertSettings.DoesNotExist:
        return False
    if not wishes.quiet:
        return False
    minute = local_minute(user, now)
    start, end = wishes.quiet_from_min, wishes.quiet_to_min
    return start <= minute < end if start <= end else minute >= start or minute < end


def zone_of(user: AbstractBaseUser) -> ZoneInfo:
    """The zone a user lives in."""
    try:
        return ZoneInfo(user.preferences.time_zone)
    except (Preferences.DoesNotExist, OSError, ValueError):
        return ZoneInfo(DEFAULT_ZONE)


def local_minute(user: AbstractBaseUser, now: datetime) -> int:
    """Minutes since midnight on the user's wall."""
    local = now.astimezone(zone_of(user))
    return (local.hour * 60 + local.minute) % DAY_MIN


def _is_wanted(rule: AlertRule, target: Target) -> bool:
    wanted = {
        Delivery.Transport.PUSH: rule.by_push,
        Delivery.Transport.EMAIL: rule.by_email and bool(rule.user.email),
        Delivery.Transport.WEBHOOK: rule.by_webhook,
    }
    return wanted[target.transport]


def _firing(look: Look, market: Market, fired: Fired, now: datetime) -> Firing:
    sign, trigger = fired.trigger.sign, fired.trigger
    age_ms = (look.feed.now_ms(look.wall_ms) - trigger.at_ms) / look.feed.speed
    return Firing(
        user_id=fired.rule.user_id,
        rule=fired.rule,
        market=market,
        kind=fired.rule.kind,
        episode=trigger.episode,
        at_ms=trigger.at_ms,
        created_at=now,
        side="" if sign.side is None else sign.side.name.lower(),
        price=trigger.price,
        peak=sign.peak,
        usd=sign.usd,
        detail={
            "before_usd": sign.before_usd,
            "number": sign.number,
            "venue": sign.venue,
            "others": trigger.others,
        },
        silenced=silence_of(fired.rule, now, age_ms=age_ms),
    )
