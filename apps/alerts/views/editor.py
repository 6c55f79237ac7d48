"""The rules: their list, their wording, what they would have done, and their rest."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.alerts import rules
from apps.alerts.evaluation import terms_of
from apps.alerts.forms import ASKS, RuleForm, starting_values
from apps.alerts.models import AlertRule, Kind
from apps.alerts.preview import preview_of
from apps.alerts.selections import selection_from_key, selection_of
from apps.alerts.sketch import sketch_of
from apps.alerts.views.page import (
    SignedInRequest,
    currency_of,
    page_context,
    render_or_fragment,
)
from apps.heatmaps.pages import currency_context
from apps.heatmaps.readings import Reading
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.markets.models import Market

MUTE_HOURS = (1, 8, 24, 168)
SHORT_MUTE_H = 8


@never_cache
@login_required
@require_safe
def rule_list(request: SignedInRequest) -> HttpResponse:
    """A person's rules."""
    context = page_context(request, "rules") | {"rules": rules.get_rules_for(request.user)}
    return render_or_fragment(request, "alerts/rules.html", "rules", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: SignedInRequest) -> HttpResponse:
    """A new rule; the address may fill in its words (``?market=btc&kind=near&side=long&…``)."""
    return _edit(request, AlertRule(user=request.user), _asked_in(request))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: SignedInRequest, rule: UUID) -> HttpResponse:
    """Another wording of a rule."""
    found = rules.get_rule_for(request.user, rule)
    words = _words_of(found)
    if request.GET.get("measure") in AlertRule.Measure.values:
        words |= {"measure": request.GET["measure"], "level": 0.38, "usd": words["usd"] or 1e8}
    return _edit(request, found, words)


@never_cache
@login_required
@require_safe
def preview(request: SignedInRequest) -> HttpResponse:
    """What a rule with these words would have done, as a fragment."""
    form = RuleForm(request.GET, user=request.user, currency=currency_of(request))
    if not form.is_valid():
        return render(request, "alerts/_preview.html", {"form": form})
    rule = form.apply_to(AlertRule(user=request.user))
    selection = selection_of(rule.venues, rule.brackets, rule.ages)
    if rule.kind == Kind.STALE:
        selection = selection_from_key("")
    seen = preview_of(terms_of(rule), rules.markets_of(rule), selection)
    context = {"preview": seen, "sketch": sketch_of(seen), "rule": rule}
    return render(request, "alerts/_preview.html", currency_context(request) | context)


@login_required
@require_POST
def rule_switch(request: SignedInRequest, rule: UUID) -> HttpResponse:
    """Rest a rule, or wake it."""
    found = rules.get_rule_for(request.user, rule)
    rules.switch_rule(found, on=not found.is_active)
    return redirect("alert-rules")


@login_required
@require_POST
def rule_delete(request: SignedInRequest, rule: UUID) -> HttpResponse:
    """Remove a rule; what it fired stays in the inbox."""
    rules.get_rule_for(request.user, rule).delete()
    messages.success(request, _("The rule is gone."))
    return redirect("alert-rules")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_mute(request: SignedInRequest, rule: UUID) -> HttpResponse:
    """Choose for how long nothing of a rule is sent."""
    found = rules.get_rule_for(request.user, rule)
    if request.method == "POST":
        hours = request.POST.get("hours", "")
        if hours in map(str, (0, *MUTE_HOURS)):
            rules.mute_rule(found, hours=int(hours))
        return redirect("alert-rules")
    context = page_context(request, "rules") | {"rule": found, "hours": MUTE_HOURS}
    return render(request, "alerts/mute.html", context)


@never_cache
@csrf_exempt  # the token is the permission: a notification has no session to borrow
@require_http_methods(["GET", "HEAD", "POST"])
def mute_by_token(request: HttpRequest, token: str) -> HttpResponse:
    """A notification's Mute: eight hours of silence for its own rule, and nothing else."""
    rule = rules.rule_of_token(token)
    if rule is None:
        return render(request, "404.html", status=404)
    if request.method == "POST":
        rules.mute_rule(rule, hours=SHORT_MUTE_H)
        return HttpResponse(status=204)
    return redirect("alert-mute", rule.public)


def _edit(request: SignedInRequest, rule: AlertRule, words: dict[str, Any]) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = RuleForm(posted, user=request.user, currency=currency_of(request), initial=words)
    if posted is not None and form.is_valid():
        try:
            _save(request, form, rule)
        except rules.Refused as error:
            form.add_error(None, str(error))
        else:
            return redirect("alert-rules")
    context = page_context(request, "rules") | {
        "form": form,
        "rule": rule,
        "kinds": [(kind, label) for kind, label in Kind.choices if kind != form.about],
        "is_refused": posted is not None,
    }
    return render(request, "alerts/editor.html", context)


def _save(request: SignedInRequest, form: RuleForm, rule: AlertRule) -> None:
    is_first = rule.pk is None
    form.apply_to(rule)
    if days := form.cleaned_data["expires_days"]:
        rule.expires_at = timezone.now() + timedelta(days=days)
    elif is_first:
        rule.expires_at = None
    rules.save_rule(rule)
    messages.success(request, _("The rule is on."))


def _asked_in(request: SignedInRequest) -> dict[str, Any]:
    """The words that an address asks a new rule to begin with; what it cannot mean is ignored."""
    asked = request.GET
    kind = asked.get("kind", "")
    words = starting_values(kind if kind in ASKS else "near")
    market = Market.objects.filter(slug=asked.get("market", "")).first() or Market.objects.first()
    words["scope"] = asked.get("scope") or (f"m:{market.slug}" if market else "")
    if asked.get("side") in ("long", "short"):
        words["side"] = asked["side"]
    words["usd"] = _number(asked.get("usd")) or words["usd"]
    words["within"] = _number(asked.get("within")) or _distance_to(asked.get("price"), market) \
        or words.get("within")  # fmt: skip
    if asked.get("measure") in AlertRule.Measure.values:
        words["measure"] = asked["measure"]
    return words


def _words_of(rule: AlertRule) -> dict[str, Any]:
    scope = f"m:{rule.market.slug}" if rule.market else f"w:{rule.watchlist.public_id}"
    names = ("kind", "side", "measure", "usd", "level", "within", "window_min", "every_min",
             "venues", "brackets", "ages", "by_push", "by_email", "by_webhook",
             "respects_quiet")  # fmt: skip
    return {name: getattr(rule, name) for name in names} | {"scope": scope}


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 < number < 1e13 else None


def _distance_to(text: str | None, market: Market | None) -> float | None:
    """How far away a tapped price is, rounded up to a distance that can be chosen."""
    price = _number(text)
    reading: Reading | None = get_reading(market, DEFAULT_SPEC) if market else None
    if price is None or reading is None:
        return None
    return min(max(round(abs(price / reading.price - 1) + 0.005, 2), 0.01), 0.15)
