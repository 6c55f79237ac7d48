"""The settings page: for everybody, with or without an account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.forms import PreferencesForm
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
