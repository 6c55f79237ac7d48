"""The forms of the alert pages: what may be asked of a rule, and in which words."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.alerts.models import AlertRule, AlertSettings, Kind
from apps.alerts.scenes import WINDOWS_MIN
from apps.heatmaps.spec import AGE_WINDOWS, BRACKETS
from apps.heatmaps.templatetags.amounts import NBSP, in_currency, notional, percent
from apps.markets.coverage import VENUE_NAMES
from apps.markets.models import Market
from apps.pwa.addresses import ANY_PUBLIC_HOST
from apps.pwa.outgoing import Refused, check_url

WITHIN = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15)
AMOUNTS_SGD = (0, 5e6, 10e6, 25e6, 50e6, 100e6, 250e6, 500e6, 1e9)
EVERY_MIN = (0, 5, 15, 30, 60, 240, 1440)
BRACKET_NAMES = ("≤ 5×", "5–10×", "10–25×", "25–50×", "50× +")
LARGEST_USD = 1e13


@dataclass(frozen=True, slots=True)
class Ask:
    """Which words of the sentence a kind of rule has, and what it starts with."""

    fields: tuple[str, ...]
    levels: tuple[float, ...] = ()
    start: tuple[tuple[str, object], ...] = ()


ASKS: dict[str, Ask] = {
    "formed": Ask(("side", "usd", "within"), start=(("within", 0.03), ("usd_sgd", 25e6))),
    "near": Ask(("side", "usd", "within"), start=(("within", 0.02), ("usd_sgd", 25e6))),
    "grew": Ask(("side", "measure", "usd", "level", "within"), (0.2, 0.38, 0.5, 0.8, 0.95),
                start=(("measure", "percent"), ("level", 0.38), ("within", 0.1))),
    "shrank": Ask(("side", "usd", "level"), (0.3, 0.5, 0.6, 0.8, 0.95),
                  start=(("level", 0.6), ("usd_sgd", 25e6))),
    "swept": Ask(("side", "usd"), start=(("usd_sgd", 25e6),)),
    "cascade": Ask(("side", "level", "usd"), (2, 3, 4, 5), start=(("level", 3),)),
    "asymmetry": Ask(("side", "level"), (1.5, 2, 3, 5, 10), start=(("level", 3),)),
    "realised": Ask(("side", "usd", "window_min"), start=(("usd_sgd", 50e6),)),
    "stale": Ask(()),
}  # fmt: skip


class RuleForm(forms.Form):
    """A rule as a sentence of words to choose. Only the words of its kind are there."""

    kind = forms.ChoiceField(choices=Kind.choices)
    scope = forms.ChoiceField()
    side = forms.ChoiceField(required=False)
    measure = forms.ChoiceField(required=False, choices=AlertRule.Measure.choices)
    usd = forms.FloatField(required=False, min_value=0, max_value=LARGEST_USD)
    level = forms.FloatField(required=False, min_value=0, max_value=100)
    within = forms.FloatField(required=False, min_value=0.0005, max_value=0.15)
    window_min = forms.TypedChoiceField(required=False, coerce=int)
    every_min = forms.TypedChoiceField(coerce=int, required=False, empty_value=30)
    venues = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    brackets = forms.TypedMultipleChoiceField(
        required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    ages = forms.TypedMultipleChoiceField(
        required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    expires_days = forms.TypedChoiceField(required=False, coerce=int, empty_value=0)
    by_push = forms.BooleanField(required=False)
    by_email = forms.BooleanField(required=False)
    by_webhook = forms.BooleanField(required=False)
    respects_quiet = forms.BooleanField(required=False)

    def __init__(self, data: object, *, user: User, currency: str, initial: dict | None = None):
        super().__init__(data, initial=initial)
        self.currency = currency
        kind = str((data.get("kind") if data else (initial or {}).get("kind")) or "near")
        self.ask = ASKS.get(kind, ASKS["near"])
        self.about = kind if kind in ASKS else "near"  # templates read form.kind as a field
        self.lists = {str(w.public_id): w for w in user.watchlists.all()}
        self._offer(user)

    @property
    def asked(self) -> tuple[str, ...]:
        """The words of this kind that are shown just now."""
        if "measure" not in self.ask.fields:
            return self.ask.fields
        measure = self["measure"].value() or "usd"
        hidden = "level" if measure == "usd" else "usd"
        return tuple(name for name in self.ask.fields if name != hidden)

    def clean(self) -> dict:
        """What a kind needs must be there; what it has no use for is forgotten."""
        cleaned = super().clean()
        for name in ("within", "usd", "level", "measure", "window_min", "side"):
            if name not in self.asked:
                cleaned[name] = None
        if "level" in self.asked and not cleaned.get("level"):
            self.add_error("level", _("Choose how much."))
        if self.about == "realised" and not cleaned.get("usd"):
            self.add_error("usd", _("Choose a sum."))
        if self.about in ("near", "formed") and not cleaned.get("within"):
            self.add_error("within", _("Choose a distance."))
        return cleaned

    def apply_to(self, rule: AlertRule) -> AlertRule:
        """Put what was chosen into a rule that is not saved yet."""
        chosen = self.cleaned_data
        kind_of_scope, _colon, name = chosen["scope"].partition(":")
        rule.kind = chosen["kind"]
        rule.market = Market.objects.get(slug=name) if kind_of_scope == "m" else None
        rule.watchlist = self.lists[name] if kind_of_scope == "w" else None
        rule.side = chosen["side"] or ""
        rule.measure = chosen["measure"] or AlertRule.Measure.USD
        rule.usd = chosen["usd"] or 0.0
        rule.level = chosen["level"] or 0.0
        rule.within = chosen["within"]
        rule.window_min = chosen["window_min"] or 60
        rule.every_min = chosen["every_min"]
        rule.venues, rule.brackets, rule.ages = (
            chosen["venues"], chosen["brackets"], chosen["ages"],
        )  # fmt: skip
        for name in ("by_push", "by_email", "by_webhook", "respects_quiet"):
            setattr(rule, name, chosen[name])
        return rule

    def _offer(self, user: User) -> None:
        """Fill the words with what can be chosen, each value already chosen among them."""
        markets = [(f"m:{market.slug}", market.base) for market in Market.objects.all()]
        lists = [(f"w:{public}", watchlist.name) for public, watchlist in self.lists.items()]
        self.fields["scope"].choices = markets + lists
        self.fields["side"].choices = _sides(self.about)
        self.fields["window_min"].choices = [(w, _window(w)) for w in WINDOWS_MIN]
        self.fields["every_min"].choices = [(m, _every(m)) for m in EVERY_MIN]
        self.fields["expires_days"].choices = [
            (0, _("never")), (1, _("in a day")), (7, _("in a week")), (30, _("in a month")),
        ]  # fmt: skip
        self.fields["venues"].choices = list(VENUE_NAMES.items())
        self.fields["brackets"].choices = list(enumerate(BRACKET_NAMES[:BRACKETS]))
        self.fields["ages"].choices = [(i, _age(i)) for i in range(len(AGE_WINDOWS))]
        amounts = [round(sgd / in_currency(1.0, "SGD"), -3) for sgd in AMOUNTS_SGD]
        self._select("usd", amounts, lambda usd: notional(usd, self.currency) if usd else _("any"))
        self._select("within", WITHIN, lambda part: percent(part, 0 if part >= 0.01 else 1))
        self._select("level", self.ask.levels, self._level_word)

    def _select(self, name: str, values: tuple | list, word: object) -> None:
        chosen = self.data.get(name) if self.is_bound else self.initial.get(name)
        try:
            extra = [float(chosen)] if chosen not in (None, "") else []
        except ValueError:
            extra = []
        if not self.is_bound and extra:
            self.initial[name] = extra[0]
        known = sorted({*map(float, values), *extra})
        self.fields[name].widget = forms.Select(choices=[(value, word(value)) for value in known])

    def _level_word(self, value: float) -> str:
        if self.about == "asymmetry":
            return f"{value:g}{NBSP}:{NBSP}1"
        return f"{value:g}" if self.about == "cascade" else percent(value, 0)


class SettingsForm(forms.ModelForm):
    """Quiet hours and digests, as times of the local day."""

    quiet_from = forms.TimeField(label=gettext_lazy("from"), required=False)
    quiet_to = forms.TimeField(label=gettext_lazy("to"), required=False)
    morning = forms.TimeField(label=gettext_lazy("Morning digest"), required=False)
    evening = forms.TimeField(label=gettext_lazy("Evening digest"), required=False)

    class Meta:
        model = AlertSettings
        fields = ("quiet",)

    TIMES = {"quiet_from": "quiet_from_min", "quiet_to": "quiet_to_min",
             "morning": "morning_min", "evening": "evening_min"}  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, column in self.TIMES.items():
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            minute = getattr(self.instance, column)
            if minute is not None:
                self.initial[name] = f"{minute // 60:02d}:{minute % 60:02d}"

    def save(self, commit: bool = True) -> AlertSettings:
        """Keep them; an empty digest time means no digest."""
        for name, column in self.TIMES.items():
            chosen = self.cleaned_data[name]
            if chosen is not None:
                setattr(self.instance, column, chosen.hour * 60 + chosen.minute)
            elif name in ("morning", "evening"):
                setattr(self.instance, column, None)
        return super().save(commit)


class WebhookForm(forms.Form):
    """An address to post firings to; it must lie on the public internet."""

    url = forms.CharField(label=gettext_lazy("Address"), max_length=2048)

    def clean_url(self) -> str:
        """The address, judged as it will be when something is sent."""
        url = self.cleaned_data["url"]
        try:
            check_url(url, ANY_PUBLIC_HOST)
        except Refused as error:
            raise forms.ValidationError(
                _("This address cannot be used: %(reason)s.") % {"reason": error}
            ) from None
        return url


def starting_values(kind: str) -> dict[str, object]:
    """What a new rule of a kind begins with."""
    start = dict(ASKS[kind].start)
    sgd = start.pop("usd_sgd", 0.0)
    usd = round(float(sgd) / in_currency(1.0, "SGD"), -3)
    return {"usd": usd, "every_min": 30, "by_push": True, "respects_quiet": True,
            "window_min": 60, "kind": kind} | start  # fmt: skip


def _sides(kind: str) -> list[tuple[str, str]]:
    if kind in ("asymmetry", "realised"):
        return [("", _("any side")), ("long", _("longs")), ("short", _("shorts"))]
    words = (_("any cluster"), _("a long cluster"), _("a short cluster"))
    return list(zip(("", "long", "short"), words, strict=True))


def _window(minutes: int) -> str:
    return _("%d min") % minutes if minutes < 60 else _("%d h") % (minutes // 60)


def _every(minutes: int) -> str:
    if minutes == 0:
        return _("always")
    if minutes >= 1440:
        return _("a day")
    return _window(minutes)


def _age(index: int) -> str:
    return (_("< 4 h"), _("4–24 h"), _("1–3 d"), _("3–7 d"), _("> 7 d"))[index]
