"""The settings page: for everybody, with or without an account."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import first_run
from apps.accounts.belongings import everything_of, part_names
from apps.accounts.forms import AdministratorForm, DeletionForm, PreferencesForm
from apps.accounts.preferences import (
    get_preferences_for,
    preferences_of_device,
    remember_on_device,
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Preferences: kept in the account, or without one in this browser only."""
    person = request.user if request.user.is_authenticated else None
    chosen = get_preferences_for(person) if person else preferences_of_device(request)
    form = PreferencesForm(request.POST or None, instance=chosen)
    if request.method == "POST" and form.is_valid():
        preferences = form.save(commit=bool(person))
        messages.success(request, _("Saved."))
        response = redirect("settings")
        remember_on_device(response, preferences)
        return response
    status = 422 if form.errors else 200
    return render(
        request, "accounts/settings.html", {"page": "settings", "form": form}, status=status
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_administrator(request: HttpRequest, token: str) -> HttpResponse:
    """What the link that the site prints at its first start opens; 404 once it was used."""
    if not first_run.is_open(token, timezone.now()):
        raise Http404
    form = AdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = first_run.make_first_administrator(
            token=token,
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password"],
            now=timezone.now(),
        )
        if made is None:
            raise Http404
        login(request, made, "django.contrib.auth.backends.ModelBackend")
        messages.info(request, _("The administration asks for a second factor: make one."))
        return redirect("mfa_index")
    status = 422 if form.errors else 200
    context = {"page": "settings", "form": form}
    return render(request, "accounts/first_administrator.html", context, status=status)


@never_cache
@login_required
@reauthentication_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Everything the person owns here, as one JSON file."""
    name = f"embermap-{timezone.now():%Y-%m-%d}.json"
    return HttpResponse(
        everything_of(request.user),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@never_cache
@login_required
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Everything the person owns here, gone; asked for by typing the name."""
    form = DeletionForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user = request.user
        logout(request)
        user.delete()
        messages.success(request, _("Your account and everything in it are deleted."))
        return redirect("settings")
    status = 422 if form.errors else 200
    context = {"page": "settings", "form": form, "parts": part_names()}
    return render(request, "accounts/delete.html", context, status=status)
