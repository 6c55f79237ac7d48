"""Whose reads they are, and every change to one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC, MINUTE_MS
from apps.journal import chance, circumstances
from apps.journal.evidence import load_path
from apps.journal.models import Read
from apps.journal.seeing import map_now, map_then, seen_in
from apps.journal.trades.models import Trade
from apps.markets.clock import current_feed
from apps.markets.models import Instrument, Market
from apps.markets.source import source_of

MOST_READS = 10_000
AMENDED_WITHIN_MS = 600_000
BLANK_OUTCOME = dict.fromkeys(("mae", "mfe", "result_r")) | {"is_gapped": False}
PRICE_AGE_MS = 600_000  # of the newest bar before a read that is written down later


class Refused(ValueError):
    """What cannot be kept; the message is one sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to keep; prices and amounts US dollars.

    ``at_ms`` None is now, on the map as it stands; an instant is a read made earlier.
    """

    market: Market
    side: str
    kind: str
    low: float
    high: float
    horizon_ms: int
    note: str = ""
    at_ms: int | None = None
    usd: float | None = None
    entry: float | None = None
    stop: float | None = None
    target: float | None = None
    size_usd: float | None = None


def get_reads_for(user: User) -> QuerySet[Read]:
    """A person's reads, newest first."""
    return Read.objects.filter(user=user)


def get_read_for(user: User, public: UUID) -> Read:
    """That read if it is the person's own; 404 otherwise."""
    return get_object_or_404(get_reads_for(user), public=public)


def log_read(*, user: User, wish: Wish, public: UUID) -> Read:
    """Keep a read with the map as it is; sent twice under one ``public`` it is kept once.

    Raises ``Refused`` where there is no price to judge it by, or no room.
    """
    if known := get_reads_for(user).filter(public=public).first():
        return known
    if get_reads_for(user).count() >= MOST_READS:
        raise Refused(_("You can keep %d reads at most.") % MOST_READS)
    facts = _now(wish) if wish.at_ms is None else _earlier(wish, user)
    read = Read(user=user, public=public, side=wish.side, kind=wish.kind, note=wish.note,
                market=wish.market.slug, base=wish.market.base, horizon_ms=wish.horizon_ms,
                entry=wish.entry, stop=wish.stop, target=wish.target, size_usd=wish.size_usd,
                **facts)  # fmt: skip
    _begin(read)
    return keep_once(read)


def keep_once[Row: (Read, Trade)](row: Row) -> Row:
    """Save a new row, or find the one that the same tap sent a moment ago."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return type(row).objects.get(user=row.user, public=row.public)
    return row


def say_outcome(read: Read, *, why: str, **said: Any) -> None:
    """Let the person's own word count; what the prices say stays beside it. Empty takes it back.

    ``said`` are ``state``, ``ran_on``, ``overshoot``, ``liquidated_usd`` and ``r``, each empty or
    None where the person says nothing.
    """
    is_said = any(one not in (None, "") for one in said.values())
    told = {f"said_{name}": value for name, value in said.items()}
    Read.objects.filter(pk=read.pk).update(**told, said_why=why if is_said else "")


def minutes_to_amend(read: Read, *, now_ms: int) -> int:
    """For how long what a read expects can still be changed: while it is new and nothing came."""
    left_ms = read.at_ms + AMENDED_WITHIN_MS - now_ms
    is_untold = read.state == Read.State.OPEN and not (read.is_said or read.is_later)
    return -(-left_ms // MINUTE_MS) if is_untold and left_ms > 0 else 0


def amend(read: Read, *, now_ms: int, expected: dict[str, Any]) -> None:
    """Another kind, time or plan of a read that was just made; it is then a read made now, on the
    map as it stands, so that nobody plans what has happened already.

    Raises ``Refused`` when it is too late.
    """
    market = Market.objects.filter(slug=read.market).first()
    if market is None or not minutes_to_amend(read, now_ms=now_ms):
        raise Refused(_("What a read expects can be changed in its first minutes only."))
    wish = Wish(market, read.side, low=read.low, high=read.high, usd=read.usd, **expected)
    for name, value in (expected | _now(wish) | BLANK_OUTCOME).items():
        setattr(read, name, value)
    _begin(read)
    read.save()


def rewrite_note(read: Read, *, note: str) -> None:
    """Another note on the same read."""
    Read.objects.filter(pk=read.pk).update(note=note)


def _now(wish: Wish) -> dict[str, Any]:
    feed, sight = current_feed(), map_now(wish.market)
    if feed is None or sight is None:
        raise Refused(_("There is no map to read yet."))
    reading = sight.reading
    return {
        "at_ms": reading.as_of_ms, "price": reading.price, "venue": reading.reference_venue,
        "source": source_of(feed), "feed": feed.kind, "usd": wish.usd,
    } | seen_in(sight, side=wish.side, low=wish.low, high=wish.high)  # fmt: skip


def _earlier(wish: Wish, user: User) -> dict[str, Any]:
    feed, reading = current_feed(), get_reading(wish.market, DEFAULT_SPEC)
    venues = [reading.reference_venue] if reading else []
    venues += Instrument.objects.filter(market=wish.market).values_list("venue", flat=True)
    for venue in dict.fromkeys(venues):
        path = load_path(wish.market.slug, venue, since_ms=wish.at_ms - PRICE_AGE_MS,
                         until_ms=wish.at_ms)  # fmt: skip
        if feed and len(path.close):
            known = {
                "at_ms": wish.at_ms, "price": float(path.close[-1]), "venue": venue,
                "source": source_of(feed), "feed": feed.kind, "low": wish.low, "high": wish.high,
                "is_later": True,
            }  # fmt: skip
            sight = map_then(wish.market, wish.at_ms, user)
            if sight:
                known |= seen_in(sight, side=wish.side, low=wish.low, high=wish.high)
            return known if wish.usd is None else known | {"usd": wish.usd}
    raise Refused(_("No prices of that moment are kept here, so nothing could resolve this read."))


def _begin(read: Read) -> None:
    """Let the judging of a read begin at its own moment."""
    read.covered_ms = read.at_ms
    read.plan_state = "" if read.entry is None else Read.PlanState.WAITING
    _look_back(read)


def _look_back(read: Read) -> None:
    """Write what the prices before a read say of it: its chance, and the regime it was made in."""
    before = load_path(
        read.market, read.venue, since_ms=read.at_ms - circumstances.BACK_MS, until_ms=read.at_ms
    )
    read.unrest, read.trend = circumstances.regime_of(before, read.at_ms)
    first = np.searchsorted(before.end_ms, read.at_ms - chance.BACK_MS, side="right")
    week = before.part(slice(int(first), None))
    if read.distance != 0:
        read.chance = chance.chance_of(read.distance, read.horizon_ms, week)
