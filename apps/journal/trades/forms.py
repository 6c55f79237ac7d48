"""A trade that is typed: what it was, and what was planned. Prices are in its own currency."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.journal.trades.fields import DecimalText, MomentField, TagsField
from apps.journal.trades.models import LONGEST_NOTE, Trade
from apps.markets.clock import feed_now_ms, wall_now_ms

FIRST_YEAR, LAST_YEAR = 2009, 9999
CODE = re.compile(r"[A-Z0-9]{1,24}")
VENUE = re.compile(r"[a-z0-9 ._-]{0,32}")
FIGURES = ("base", "quote", "venue", "side", "entry", "exit", "size", "opened", "closed", "fees",
           "funding", "usd_rate")  # fmt: skip
LARGEST_LEVERAGE = 1000


class TradeForm(forms.Form):
    """A new trade, or another one of the same name."""

    public = forms.UUIDField(widget=forms.HiddenInput)
    read = forms.UUIDField(
        label=gettext_lazy("The read that led to it"), widget=forms.HiddenInput, required=False
    )
    base = forms.CharField(label=gettext_lazy("Market"), max_length=24)
    quote = forms.CharField(label=gettext_lazy("Priced in"), max_length=12)
    venue = forms.CharField(label=gettext_lazy("Venue"), max_length=32, required=False)
    side = forms.ChoiceField(
        label=gettext_lazy("Side"), choices=Trade.Side.choices, widget=forms.RadioSelect
    )
    entry = DecimalText(label=gettext_lazy("Entry"))
    exit = DecimalText(label=gettext_lazy("Exit"), required=False)
    size = DecimalText(label=gettext_lazy("Size in coins"))
    stop = DecimalText(label=gettext_lazy("Stop"), required=False)
    target = DecimalText(label=gettext_lazy("Target"), required=False)
    leverage = DecimalText(label=gettext_lazy("Leverage"), required=False)
    opened = MomentField(label=gettext_lazy("Opened"))
    closed = MomentField(label=gettext_lazy("Closed"))
    fees = DecimalText(label=gettext_lazy("Fees paid"), required=False, may_be_negative=True)
    funding = DecimalText(
        label=gettext_lazy("Funding received"), required=False, may_be_negative=True
    )
    usd_rate = DecimalText(label=gettext_lazy("US dollars per unit"), required=False)
    setup = forms.CharField(label=gettext_lazy("Setup"), max_length=40, required=False)
    tags = TagsField(label=gettext_lazy("Tags"), max_length=200, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(
        self, data: Mapping[str, str] | None = None, *, initial: dict[str, Any],
        trade: Trade | None = None, reads: Sequence[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        super().__init__(data, initial={"public": uuid.uuid4()} | initial)
        self.trade = trade
        if reads:
            self.fields["read"].widget = forms.Select(choices=[("", "–"), *reads])
        if self.has_fixed_figures:
            for name in FIGURES:
                del self.fields[name]
        elif trade:
            self.fields["opened"].begin_at(trade.opened_ms)
            self.fields["closed"].begin_at(trade.closed_ms)

    def clean_base(self) -> str:
        return _code(self.cleaned_data["base"])

    def clean_quote(self) -> str:
        return _code(self.cleaned_data["quote"])

    def clean_venue(self) -> str:
        venue = self.cleaned_data["venue"].lower()
        if not VENUE.fullmatch(venue):
            raise forms.ValidationError(_("Letters, digits and dashes make a venue's name."))
        return venue

    def clean(self) -> dict[str, Any]:
        """A plan that fits the side, times in order, and nothing from the future."""
        told = super().clean()
        for name in ("opened", "closed"):
            self._check_moment(name, told.get(name))
        if told.get("closed") and not told.get("exit"):
            self.add_error("exit", _("A closed trade needs an exit."))
        if not self.has_fixed_figures and not {"opened", "closed"} & set(self.errors):
            times = self._times(told.get("opened"), told.get("closed"), has_exit=True)
            if times["closed_ms"] < times["opened_ms"]:
                self.add_error("closed", _("It closed before it opened."))
        if told.get("leverage") and told["leverage"] > LARGEST_LEVERAGE:
            self.add_error("leverage", _("No venue lends that much."))
        self._check_plan(told)
        return told

    @property
    def told(self) -> dict[str, Any]:
        """What was typed, by the fields of a trade; ``read`` is left to the caller."""
        told = {n: v for n, v in self.cleaned_data.items() if n not in ("public", "read")}
        if not self.has_fixed_figures:
            told |= self._times(told.pop("opened"), told.pop("closed"), has_exit=bool(told["exit"]))
            told |= {name: told[name] or 0 for name in ("fees", "funding")}
        return told

    @property
    def has_fixed_figures(self) -> bool:
        """Whether prices and times are its executions', not its owner's."""
        return self.trade is not None and self.trade.is_imported

    def _times(
        self, opened: datetime | None, closed: datetime | None, *, has_exit: bool
    ) -> dict[str, int | None]:
        """What is not typed stays as it was, or is now."""
        was = (self.trade.opened_ms, self.trade.closed_ms) if self.trade else (None, None)
        now_ms = feed_now_ms()
        opened_ms = _ms(opened) if opened else was[0] or now_ms
        closed_ms = _ms(closed) if closed else was[1] or max(now_ms, opened_ms)
        return {"opened_ms": opened_ms, "closed_ms": closed_ms if has_exit else None}

    def _check_moment(self, name: str, told: datetime | None) -> None:
        if told is None:
            return
        if not FIRST_YEAR <= told.year < LAST_YEAR:
            self.add_error(name, _("There was no such market then."))
        elif _ms(told) > max(feed_now_ms(), wall_now_ms()):
            self.add_error(name, _("That moment has not come yet."))

    def _check_plan(self, told: dict[str, Any]) -> None:
        known = self.trade if self.has_fixed_figures else None
        entry, side = (known.entry, known.side) if known else (told.get("entry"), told.get("side"))
        if not entry or not side:
            return
        is_long = side == Trade.Side.LONG
        stop, target = told.get("stop"), told.get("target")
        if stop and (stop >= entry if is_long else stop <= entry):
            self.add_error("stop", _("A stop lies where the trade loses."))
        if target and (target <= entry if is_long else target >= entry):
            self.add_error("target", _("A target lies where the trade wins."))


class UploadForm(forms.Form):
    """A venue's file, or one that this journal exported."""

    file = forms.FileField(label=gettext_lazy("File"))


def _code(told: str) -> str:
    code = told.strip().upper()
    if not CODE.fullmatch(code):
        raise forms.ValidationError(_("Letters and digits, such as BTC or USDT."))
    return code


def _ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1000)
