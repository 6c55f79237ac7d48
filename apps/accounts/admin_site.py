"""The administration: the same door as everywhere, and a second factor for everybody in it."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class GuardedAdminSite(AdminSite):
    """Django's, without its own password form: that one knows no rate limit and no passkey."""

    site_header = gettext_lazy("Embermap administration")
    site_title = site_header

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and is_mfa_enabled(request.user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the site's own sign-in, or to where a second factor is made."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or request.get_full_path())
        if not request.user.is_staff:
            raise PermissionDenied
        if not is_mfa_enabled(request.user):
            messages.info(request, _("The administration asks for a second factor: make one."))
            return redirect("mfa_index")
        return redirect("admin:index")
