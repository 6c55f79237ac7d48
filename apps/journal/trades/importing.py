"""Files come in: looked at first, then taken in whole, and a second time nothing is added."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.journal.models import Read
from apps.journal.rows import BadRow
from apps.journal.trades.models import Draft, Fill, Intake, Trade
from apps.journal.trades.regrouping import Change, apply, positions_of, regrouped
from apps.journal.trades.rows import TRADES, trade_of
from apps.journal.trades.services import MOST_TRADES, get_trades_for
from apps.journal.trades.told import Told
from apps.markets.tables import BadFile

MOST_FILLS = 200_000
DRAFTS_KEPT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What taking a file in would do; nothing of it has happened."""

    told: Told
    fresh: list[Fill]
    change: Change

    @property
    def known(self) -> int:
        """Executions that are here already, or stand in the file twice."""
        return len(self.told.fills) - len(self.fresh)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many came, and how many were here already and stayed as they are."""

    added: int
    known: int


def keep_draft(*, user: User, name: str, data: bytes) -> Draft:
    """Keep a file until its owner has looked at it; it replaces the one before."""
    Draft.objects.filter(user=user).delete()
    return Draft.objects.create(user=user, name=name[:120].replace("\x00", ""), data=data)


def forget_drafts(*, now: datetime) -> int:
    """Delete files that nobody took in for days; how many that were."""
    return Draft.objects.filter(made_at__lt=now - DRAFTS_KEPT).delete()[0]


def dry_run(*, user: User, told: Told) -> DryRun:
    """What these fills would add and change; writes nothing."""
    keys = {fill.key for fill in told.fills}
    here = set(get_fill_keys(user)) & keys
    fresh = {fill.key: fill for fill in told.fills if fill.key not in here}
    change = regrouped(user, fresh.values(), positions_of(fresh.values()))
    return DryRun(told, list(fresh.values()), change)


@transaction.atomic
def take_in(*, draft: Draft, told: Told) -> DryRun | None:
    """Take a file in that was looked at; None where that has just been done."""
    gone, _each = Draft.objects.filter(pk=draft.pk).delete()
    return import_fills(user=draft.user, told=told, name=draft.name) if gone else None


@transaction.atomic
def import_fills(*, user: User, told: Told, name: str) -> DryRun:
    """Take them in from a file of that name. Raises ``BadFile`` where there is no room."""
    found = dry_run(user=user, told=told)
    if len(get_fill_keys(user)) + len(found.fresh) > MOST_FILLS:
        raise BadFile(_("You can keep %d executions at most.") % MOST_FILLS)
    if get_trades_for(user).count() + len(found.change.made) > MOST_TRADES:
        raise BadFile(_("You can keep %d trades at most.") % MOST_TRADES)
    intake = Intake.objects.create(user=user, name=name) if found.fresh else None
    for fill in found.fresh:
        fill.user, fill.intake = user, intake
    Fill.objects.bulk_create(found.fresh, batch_size=1000)
    apply(found.change)
    return found


@transaction.atomic
def import_trades(*, user: User, data: bytes) -> Imported:
    """Add the trades of a file that this journal wrote; ``BadFile`` says which one is wrong."""
    reads = dict(Read.objects.filter(user=user).values_list("public", "pk"))
    trades = []
    for number, row in enumerate(TRADES.rows_in(data), 1):
        try:
            trades.append(trade_of(row, user, reads))
        except BadRow as error:
            told = {"number": number, "reason": str(error)}
            raise BadFile(_("Trade %(number)d: %(reason)s Nothing was imported.") % told) from error
    fresh = _unknown(user, trades)
    if get_trades_for(user).count() + len(fresh) > MOST_TRADES:
        raise BadFile(_("You can keep %d trades at most.") % MOST_TRADES)
    Trade.objects.bulk_create(list(reversed(fresh)), batch_size=500)  # files begin with the newest
    return Imported(len(fresh), len(trades) - len(fresh))


@transaction.atomic
def undo(intake: Intake) -> int:
    """Remove what a file brought, as if it had never come; how many executions that were.

    What was written on a trade goes with the execution that opened it.
    """
    fills = list(intake.fills.all())
    opened = get_trades_for(intake.user).filter(key__in=intake.fills.values("key"))
    opened.delete()
    intake.delete()
    apply(regrouped(intake.user, (), positions_of(fills)))
    return len(fills)


@transaction.atomic
def forget_fills(*, user: User, venue: str) -> int:
    """Remove all that came from one venue's files; how many trades that were."""
    Fill.objects.filter(user=user, venue=venue).delete()
    Intake.objects.filter(user=user, fills=None).delete()
    gone, _each = get_trades_for(user).filter(venue=venue).exclude(key="").delete()
    return gone


def is_own(data: bytes) -> bool:
    """Whether this journal wrote that file: JSON, Parquet, or a CSV with all our columns."""
    first = data[:2000].decode("utf-8-sig", "ignore").splitlines()[:1]
    names = {name.strip('"') for name in first[0].split(",")} if first else set()
    return data[:4] == b"PAR1" or data.lstrip()[:1] == b"{" or names >= set(TRADES.kinds)


def get_fill_keys(user: User) -> Iterable[str]:
    """What tells a person's fills apart."""
    return Fill.objects.filter(user=user).values_list("key", flat=True)


def _unknown(user: User, trades: list[Trade]) -> list[Trade]:
    """Those whose name and first execution are not here; of two with one name the first."""
    here = get_trades_for(user).values_list("public", "key")
    names, keys = {public for public, _key in here}, {key for _public, key in here if key}
    fresh = []
    for trade in trades:
        if trade.public in names or (trade.key and trade.key in keys):
            continue
        names.add(trade.public)
        keys |= {trade.key} - {""}
        fresh.append(trade)
    return fresh
