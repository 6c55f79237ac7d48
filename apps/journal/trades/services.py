"""Whose trades they are, and every change to one that was typed."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.journal.models import Read
from apps.journal.services import Refused, keep_once
from apps.journal.trades.decimals import EXACT
from apps.journal.trades.models import Draft, Intake, Trade
from apps.journal.trades.rates import usd_rates

MOST_TRADES = 50_000
PLANNED = ("stop", "target", "leverage", "setup", "tags", "note", "read")  # of imported ones too


def get_trades_for(user: User) -> QuerySet[Trade]:
    """A person's trades, newest first."""
    return Trade.objects.filter(user=user)


def get_trade_for(user: User, public: UUID) -> Trade:
    """That trade if it is the person's own; 404 otherwise."""
    return get_object_or_404(get_trades_for(user).select_related("read"), public=public)


def get_draft_for(user: User, public: UUID) -> Draft:
    """That file on its way in if the person brought it; 404 otherwise."""
    return get_object_or_404(Draft, user=user, public=public)


def get_intakes_for(user: User) -> QuerySet[Intake]:
    """The files that a person took in, newest first."""
    return Intake.objects.filter(user=user)


def get_intake_for(user: User, public: UUID) -> Intake:
    """That file if the person took it in; 404 otherwise."""
    return get_object_or_404(get_intakes_for(user).select_related("user"), public=public)


def log_trade(*, user: User, told: dict[str, Any], public: UUID) -> Trade:
    """Keep a trade that was typed; sent twice under one ``public`` it is kept once."""
    if known := get_trades_for(user).filter(public=public).first():
        return known
    if get_trades_for(user).count() >= MOST_TRADES:
        raise Refused(_("You can keep %d trades at most.") % MOST_TRADES)
    return _keep(Trade(user=user, public=public), told)


def change_trade(trade: Trade, *, told: dict[str, Any]) -> Trade:
    """Write other words on a trade; the figures of an imported one are its executions'."""
    if trade.is_imported:
        told = {name: told[name] for name in PLANNED}
    return _keep(trade, told)


def leave_out(trade: Trade, *, is_left_out: bool) -> None:
    """Let a trade count no more, or again. An import never brings it back by itself."""
    Trade.objects.filter(pk=trade.pk).update(is_left_out=is_left_out)


def own_read(user: User, public: UUID | None) -> Read | None:
    """A read of this person; nobody else's."""
    return Read.objects.filter(user=user, public=public).first() if public else None


def gross_of(trade: Trade) -> Decimal | None:
    """What a trade with one entry and one exit gained before costs; None while it is open."""
    if trade.exit is None or trade.closed_ms is None:
        return None
    gained = EXACT.multiply(EXACT.subtract(trade.exit, trade.entry), trade.size)
    return gained if trade.side == Trade.Side.LONG else EXACT.minus(gained)


def known_rate(trade: Trade) -> Decimal | None:
    """Dollars per unit of a trade's currency when it closed, where a rate of that day is kept."""
    return usd_rates()(trade.quote, trade.closed_ms or trade.opened_ms)


def _keep(trade: Trade, told: dict[str, Any]) -> Trade:
    for name, value in told.items():
        setattr(trade, name, value)
    if not trade.is_imported:
        trade.gross = gross_of(trade)
        trade.usd_rate = told.get("usd_rate") or known_rate(trade)
    if trade.pk is None:
        return keep_once(trade)
    trade.save()
    return trade
