"""A person's trades and the executions they are made of, as plain data for their own keeping."""

from typing import Any

from django.forms.models import model_to_dict

from apps.accounts.models import User
from apps.journal.trades.models import ColumnMap, Draft, Fill, Intake
from apps.journal.trades.rows import row_of
from apps.journal.trades.services import get_intakes_for, get_trades_for
from apps.markets.tables import Row


def told_trades(user: User) -> dict[str, Any]:
    """Trades as the journal's own export writes them, fills, and files on their way in."""
    return {
        "trades": [row_of(trade) for trade in get_trades_for(user).select_related("read")],
        "fills": [_told(fill) for fill in Fill.objects.filter(user=user).order_by("at_ms", "key")],
        "intakes": [_intake(one) for one in get_intakes_for(user).order_by("made_at", "pk")],
        "draft": list(Draft.objects.filter(user=user).values("name", "wishes")),
        "column_maps": list(ColumnMap.objects.filter(user=user).values("header", "wishes")),
    }


def _told(fill: Fill) -> Row:
    return model_to_dict(fill, exclude=["id", "user", "intake"])


def _intake(intake: Intake) -> Row:
    return {"name": intake.name, "made_at": intake.made_at.isoformat()}
