"""The person's own word on what became of a read, typed as a person would."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.journal.forms import LARGEST, MoneyField, typed
from apps.journal.models import Read
from apps.markets.currency import known_rates, rate_to

AS_TOLD = ("", gettext_lazy("as the prices say"))


class SayForm(forms.Form):
    """Whatever is left empty stays as the prices say."""

    cur = forms.ChoiceField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=gettext_lazy("What happened"), required=False,
        choices=[AS_TOLD, *(one for one in Read.State.choices if one[0] != Read.State.OPEN)],
    )  # fmt: skip
    ran_on = forms.ChoiceField(
        label=gettext_lazy("Ran to the next cluster"), required=False,
        choices=[AS_TOLD, *Read.YesNo.choices],
    )  # fmt: skip
    overshoot = forms.FloatField(
        label=gettext_lazy("Overshoot, %"), required=False, min_value=0, max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    liquidated_usd = MoneyField(label=gettext_lazy("Liquidated"), required=False)
    r = forms.FloatField(
        label=gettext_lazy("Result, R"), required=False, min_value=-1000, max_value=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    why = forms.CharField(required=False, max_length=300, label=gettext_lazy("Why"))

    def __init__(self, data: object = None, *, initial: Any = None, currency: str) -> None:
        super().__init__(data, initial={"cur": currency} | (initial or {}), auto_id="said_%s")
        self.fields["cur"].choices = [(name, name) for name in known_rates()]
        self.fields["cur"].required = False

    @classmethod
    def about(cls, read: Read, currency: str) -> "SayForm":
        """The form as it stands for a read; money in the reader's currency."""
        usd, far = read.said_liquidated_usd, read.said_overshoot
        told = {
            "state": read.said_state, "ran_on": read.said_ran_on, "r": read.said_r,
            "overshoot": None if far is None else round(far * 100, 6),
            "liquidated_usd": None if usd is None else typed(usd, currency), "why": read.said_why,
        }  # fmt: skip
        return cls(initial=told, currency=currency)

    @property
    def said(self) -> dict[str, Any]:
        """What ``say_outcome`` takes: US dollars, fractions."""
        told = self.cleaned_data
        usd, far = told["liquidated_usd"], told["overshoot"]
        per_usd = rate_to(told["cur"] or "USD").per_usd
        return {
            "state": told["state"], "ran_on": told["ran_on"], "r": told["r"], "why": told["why"],
            "overshoot": None if far is None else far / 100,
            "liquidated_usd": None if usd is None else min(usd / per_usd, LARGEST),
        }  # fmt: skip
