"""Where allauth asks this site how it wants things done."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from apps.accounts.preferences import get_preferences_for, remember_on_device


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up as the operator allows it; a new device learns the person's preferences."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.SIGNUP_IS_OPEN

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **about: Any
    ) -> HttpResponse:
        response = super().post_login(request, user, **about)
        remember_on_device(response, get_preferences_for(user))
        return response
