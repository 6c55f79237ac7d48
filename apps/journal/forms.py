"""The forms of the journal: prices and amounts are typed in the reader's currency."""

import math
import uuid
from datetime import UTC
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.heatmaps.templatetags.amounts import in_currency
from apps.journal.models import HOUR_MS, LONGEST_NOTE, LONGEST_QUERY, Read, SavedFilter
from apps.journal.services import Wish
from apps.journal.trades.cells import decimal_mark, number
from apps.markets.clock import feed_now_ms
from apps.markets.currency import known_rates, rate_to
from apps.markets.models import Market

LARGEST = 1e13
FIRST_YEAR, LAST_YEAR = 2009, 9999
HORIZONS = (
    (4 * HOUR_MS, gettext_lazy("4 h")), (24 * HOUR_MS, gettext_lazy("24 h")),
    (72 * HOUR_MS, gettext_lazy("3 d")), (168 * HOUR_MS, gettext_lazy("7 d")),
    (720 * HOUR_MS, gettext_lazy("30 d")),
)  # fmt: skip
PLAN = ("entry", "stop", "target", "size_usd")
MONEY = ("low", "high", "usd", *PLAN)


class MoneyField(forms.FloatField):
    """A positive finite price or amount; ``1,5`` and ``60,000`` are read as they are meant."""

    def __init__(self, **wishes: Any) -> None:
        entry = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(min_value=1e-9, max_value=LARGEST, widget=entry, **wishes)

    def to_python(self, value: Any) -> float | None:
        text = str(value or "")[:32]
        try:
            found = number(text, decimal_mark([text]))
        except ValueError:
            found = text
        return super().to_python("" if found is None else str(found))


class ExpectationForm(forms.Form):
    """What a read expects, until when, and perhaps a plan."""

    cur = forms.ChoiceField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("Your read"), choices=Read.Kind.choices, widget=forms.RadioSelect
    )
    horizon_ms = forms.TypedChoiceField(
        label=gettext_lazy("Within"), choices=HORIZONS, coerce=int, widget=forms.RadioSelect
    )
    entry = MoneyField(label=gettext_lazy("Entry"), required=False)
    stop = MoneyField(label=gettext_lazy("Stop"), required=False)
    target = MoneyField(label=gettext_lazy("Target"), required=False)
    size_usd = MoneyField(label=gettext_lazy("Size"), required=False)

    def __init__(self, data: object = None, *, initial: dict[str, Any], currency: str) -> None:
        super().__init__(data, initial={"cur": currency} | initial)
        self.fields["cur"].choices = [(name, name) for name in known_rates()]

    @classmethod
    def about(cls, read: Read, currency: str) -> "ExpectationForm":
        """Filled with what a read expects now."""
        plan = {name: getattr(read, name) for name in PLAN}
        told = {name: typed(usd, currency) for name, usd in plan.items() if usd}
        told |= {"kind": read.kind, "horizon_ms": read.horizon_ms}
        form = cls(initial=told, currency=currency)
        form.auto_id = "amend-%s"
        return form

    def clean(self) -> dict[str, Any]:
        """Prices and amounts in US dollars, and a plan that makes sense."""
        cleaned = super().clean()
        per_usd = rate_to(cleaned.get("cur") or "SGD").per_usd
        for name in MONEY:
            if cleaned.get(name) is not None:
                cleaned[name] /= per_usd
        self._check_plan(cleaned)
        return cleaned

    @property
    def expected(self) -> dict[str, Any]:
        """What is expected, in US dollars, by the names of a read's columns."""
        return {name: self.cleaned_data[name] for name in ("kind", "horizon_ms", *PLAN)}

    def _check_plan(self, cleaned: dict[str, Any]) -> None:
        entry, stop, target = (cleaned.get(name) for name in ("entry", "stop", "target"))
        if entry is None:
            if stop is not None or target is not None:
                self.add_error("entry", _("A stop or a target needs an entry."))
            return
        if stop is None and target is None:
            self.add_error("stop", _("An entry needs a stop or a target."))
        if stop is not None and math.isclose(stop, entry, rel_tol=1e-9):
            self.add_error("stop", _("The stop is the entry."))
        elif None not in (stop, target) and (stop - entry) * (target - entry) >= 0:
            self.add_error("target", _("Stop and target lie on the same side of the entry."))


class ReadForm(ExpectationForm):
    """A new read: where, which side, what is expected, and perhaps a plan."""

    public = forms.UUIDField(widget=forms.HiddenInput)
    market = forms.ChoiceField(label=gettext_lazy("Market"))
    side = forms.ChoiceField(
        label=gettext_lazy("Side"), choices=Read.Side.choices, widget=forms.RadioSelect
    )
    low = MoneyField(label=gettext_lazy("From"))
    high = MoneyField(label=gettext_lazy("To"))
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    at = forms.DateTimeField(
        label=gettext_lazy("Made at"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )  # fmt: skip
    usd = MoneyField(label=gettext_lazy("Estimated depth"), required=False)

    def __init__(self, data: object = None, *, initial: dict[str, Any], currency: str) -> None:
        super().__init__(data, initial={"public": uuid.uuid4()} | initial, currency=currency)
        self.markets = {market.slug: market for market in Market.objects.all()}
        self.fields["market"].choices = [(m.slug, m.base) for m in self.markets.values()]

    def clean(self) -> dict[str, Any]:
        """Edges in order, and no read from the future."""
        cleaned = super().clean()
        low, high = cleaned.get("low"), cleaned.get("high")
        if low and high and low > high:
            cleaned["low"], cleaned["high"] = high, low
        if low and high and max(low, high) > 1.5 * min(low, high):
            self.add_error("high", _("A zone this wide is not a cluster."))
        made = cleaned.get("at")
        if made and not FIRST_YEAR <= made.year < LAST_YEAR:
            self.add_error("at", _("There was no such market then."))
            made = None
        cleaned["at_ms"] = int(made.astimezone(UTC).timestamp() * 1000) if made else None
        if made and cleaned["at_ms"] > feed_now_ms():
            self.add_error("at", _("That moment has not come yet."))
        return cleaned

    @property
    def wish(self) -> Wish:
        """What was typed, in US dollars."""
        told = self.cleaned_data
        names = ("side", "low", "high", "usd", "note", "at_ms")
        return Wish(market=self.markets[told["market"]], **self.expected,
                    **{name: told[name] for name in names})  # fmt: skip


class NoteForm(forms.Form):
    """Another note."""

    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class FilterForm(forms.Form):
    """A name for the filters of an address."""

    name = forms.CharField(max_length=SavedFilter._meta.get_field("name").max_length)
    query = forms.CharField(max_length=4 * LONGEST_QUERY, required=False)


class ImportForm(forms.Form):
    """A file that this journal exported."""

    file = forms.FileField(label=gettext_lazy("CSV, JSON or Parquet file of reads"))


def typed(usd: float, currency: str) -> str:
    """A price as a field holds it: seven digits that matter, in the reader's currency."""
    return f"{in_currency(usd, currency):.7g}" if usd < 1e7 else f"{in_currency(usd, currency):.0f}"
