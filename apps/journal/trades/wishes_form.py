"""How a file is read, as its owner says it: columns, zone, decimals, contracts."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.zones import reader_zone
from apps.journal.trades.delimited import Sheet
from apps.journal.trades.forms import VENUE
from apps.journal.trades.presets import PRESETS, REQUIRED
from apps.journal.trades.wishes import CHOSEN, MINUTES, Stored

NAMES = {
    "time": gettext_lazy("Time"), "symbol": gettext_lazy("Symbol"),
    "side": gettext_lazy("Bought or sold"), "price": gettext_lazy("Price"),
    "size": gettext_lazy("Size"), "fee": gettext_lazy("Fee"),
    "fee_currency": gettext_lazy("Currency of the fee"), "funding": gettext_lazy("Funding"),
    "currency": gettext_lazy("Priced in"), "trade_id": gettext_lazy("Number of the execution"),
    "unit": gettext_lazy("Unit of the size"),
}  # fmt: skip
OFFSETS = [minutes for minutes in range(-720, 841, 60) if minutes] + [330, 345, 570]
MARKS = (("", gettext_lazy("as the file looks")), (".", "1,234.5"), (",", "1.234,5"))
ORDERS = (("day", gettext_lazy("31/12/2026")), ("month", gettext_lazy("12/31/2026")))
SIGNS = (("paid", gettext_lazy("a fee paid is a plain number")),
         ("minus", gettext_lazy("a fee paid has a minus")))  # fmt: skip


class WishesForm(forms.Form):
    """A select per field of ours, and what a file does not say of itself."""

    preset = forms.ChoiceField(label=gettext_lazy("Kind of file"), required=False)
    venue = forms.CharField(label=gettext_lazy("Venue"), max_length=32)
    zone = forms.ChoiceField(label=gettext_lazy("Zone of its times"))
    quote = forms.CharField(
        label=gettext_lazy("Priced in, where the symbol does not say"), max_length=12,
        required=False,
    )  # fmt: skip
    mark = forms.ChoiceField(label=gettext_lazy("Decimals"), choices=MARKS, required=False)
    order = forms.ChoiceField(label=gettext_lazy("Dates"), choices=ORDERS)
    sign = forms.ChoiceField(label=gettext_lazy("Fees"), choices=SIGNS)
    in_contracts = forms.BooleanField(
        label=gettext_lazy("Sizes are contracts, not coins"), required=False
    )
    contracts = forms.CharField(
        label=gettext_lazy("Coins per contract"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One line per symbol, such as BTC-USDT-SWAP = 0.01."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, sheet: Sheet, stored: Stored) -> None:
        super().__init__(data, initial=_initial(stored))
        by_hand = [("", _("another; columns are named below"))]
        self.fields["preset"].choices = by_hand + [(one.name, one.label) for one in PRESETS]
        self.fields["zone"].choices = _zones(stored["zone"])
        columns = [("", "–"), *((str(n), name[:40]) for n, name in enumerate(sheet.header))]
        for name in CHOSEN:
            self.fields[f"in_{name}"] = forms.ChoiceField(
                label=NAMES[name], choices=columns, required=False
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        """The selects of columns."""
        return [self[f"in_{name}"] for name in CHOSEN]

    def clean_venue(self) -> str:
        venue = self.cleaned_data["venue"].lower()
        if not VENUE.fullmatch(venue):
            raise forms.ValidationError(_("Letters, digits and dashes make a venue's name."))
        return venue

    def clean_quote(self) -> str:
        quote = self.cleaned_data["quote"].upper()
        if quote and not re.fullmatch(r"[A-Z0-9]{1,12}", quote):
            raise forms.ValidationError(_("Letters and digits, such as BTC or USDT."))
        return quote

    def clean(self) -> dict[str, Any]:
        """Without a known kind of file the five columns that matter must be named."""
        told = super().clean()
        if not told.get("preset"):
            for name in REQUIRED:
                if not told.get(f"in_{name}"):
                    self.add_error(f"in_{name}", _("Which column is that?"))
        return told

    @property
    def stored(self) -> Stored:
        """What was said, as it is kept."""
        told = self.cleaned_data
        columns = {name: int(told[f"in_{name}"]) for name in CHOSEN if told[f"in_{name}"]}
        same = {n: told[n] for n in ("preset", "venue", "zone", "mark", "quote", "contracts",
                                     "in_contracts")}  # fmt: skip
        return same | {
            "columns": columns, "day_first": told["order"] == "day",
            "fees_are_negative": told["sign"] == "minus",
        }  # fmt: skip


def _initial(stored: Stored) -> dict[str, Any]:
    same = {name: stored[name] for name in ("preset", "venue", "zone", "mark", "quote",
                                            "contracts", "in_contracts")}  # fmt: skip
    return same | {
        "order": "day" if stored["day_first"] else "month",
        "sign": "minus" if stored["fees_are_negative"] else "paid",
        **{f"in_{name}": str(at) for name, at in stored["columns"].items()},
    }


def _zones(told: str) -> list[tuple[str, str]]:
    """UTC, the reader's own, every whole hour, and what the file says."""
    mine = str(reader_zone())
    others = {int(told)} if MINUTES.fullmatch(told) else set()
    minutes = sorted(({*OFFSETS} | others) - {0})
    zones = [
        ("0", "UTC"),
        *([(mine, mine)] if mine != "UTC" else []),
        *((str(m), _offset(m)) for m in minutes),
    ]
    return [("", _("which one?")), *zones] if not told else zones


def _offset(minutes: int) -> str:
    """As clocks print it: UTC+8, UTC−3:30."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
