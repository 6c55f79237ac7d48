"""Every door where something can be guessed closes after a while, whoever knocks."""

import pytest
from allauth.account import app_settings as account_limits
from allauth.mfa import app_settings as mfa_limits
from django.test import Client
from django.urls import reverse

from tests.heatmap_site.security_matrix import DOORS, PERSONAL

LIMITED = {
    "account_login": ("login", {"login": "a", "password": "b"}),
    "account_signup": ("signup", {}),
    "account_reset_password": ("reset_password", {"email": "a@example.org"}),
    "mfa_login_webauthn": ("webauthn_login", {"credential": "{}"}),
    "account_change_password": ("change_password", {}),
    "account_reauthenticate": ("reauthenticate", {"password": "wrong"}),
    "account_email": ("manage_email", {"action_add": "", "email": "x"}),
}
UNLIMITED_DOORS = {
    "account_logout", "account_inactive", "account_email_verification_sent",
    "account_confirm_login_code", "account_reset_password_from_key_done",
    "account_reset_password_done", "mfa_authenticate",
}  # fmt: skip


def allowed(action: str) -> int:
    """How many tries the first of the action's limits allows."""
    limits = account_limits.RATE_LIMITS | mfa_limits.RATE_LIMITS
    return int(limits[action].split("/")[0])


def test_every_door_is_limited_or_said_not_to_need_it() -> None:
    assert DOORS - LIMITED.keys() == UNLIMITED_DOORS
    assert LIMITED.keys() <= DOORS | PERSONAL


@pytest.mark.parametrize("name", sorted(LIMITED))
def test_it_closes_after_as_many_tries_as_are_allowed(
    client: Client, signed_in: Client, name: str
) -> None:
    action, told = LIMITED[name]
    browser = signed_in if name in PERSONAL else client
    tries = [browser.post(reverse(name), told) for _ in range(allowed(action) + 1)]
    last = tries[-1]
    assert last.status_code == 429 or b"Too many" in last.content
    assert tries[0].status_code != 429
