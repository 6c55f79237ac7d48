"""Every answer forbids what no page here needs, the broken and the missing ones too."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from heatmap_site.headers import HEADERS
from tests.heatmap_site.security_matrix import DOORS, OPEN, PERSONAL, addresses, arguments_of

EXPECTED = HEADERS | {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
CLOSED = ("default-src", "base-uri", "frame-ancestors")
OWN = ("script-src", "style-src", "connect-src", "form-action", "manifest-src", "worker-src")


def break_down(request: object) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("break/", break_down), path("", include("heatmap_site.urls"))]


def check(answer: HttpResponse, address: str) -> None:
    """The headers of one answer."""
    for name, value in EXPECTED.items():
        assert answer.headers.get(name) == value, (address, name)
    directives = {
        words[0]: words[1:]
        for words in (part.split() for part in answer["Content-Security-Policy"].split(";"))
    }
    for name in CLOSED:
        assert directives[name] == ["'none'"], (address, name)
    for name in OWN:
        allowed = [word for word in directives[name] if not word.startswith("'nonce-")]
        assert allowed == ["'self'"], (address, name)
    assert "unsafe" not in answer["Content-Security-Policy"], address
    assert "Server" not in answer.headers


@pytest.mark.parametrize("name", sorted(OPEN | DOORS))
def test_a_visitors_answers(db: None, client: Client, name: str) -> None:
    address = reverse(name, kwargs=arguments_of(name))
    check(client.get(address), address)


@pytest.mark.parametrize("name", sorted(PERSONAL))
def test_a_persons_answers_are_kept_by_no_cache(signed_in: Client, name: str) -> None:
    address = reverse(name, kwargs=arguments_of(name))
    answer = signed_in.get(address)
    check(answer, address)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/break/", "/nowhere/", "/m/nothing/", "/m/btc/?tf=nonsense"])
@pytest.mark.filterwarnings("ignore")
def test_errors_have_them_too(db: None, client: Client, address: str) -> None:
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code in (400, 404, 500)
    check(answer, address)


def test_the_administration_has_them_too(db: None, client: Client) -> None:
    check(client.get(reverse("admin:index")), "admin")


def test_a_script_may_run_only_with_this_answers_own_number(db: None, client: Client) -> None:
    policies = {client.get(reverse("settings"))["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_every_named_address_was_looked_at() -> None:
    named = {name for name, one in addresses().items() if not one.placeholders}
    groups = OPEN | DOORS | PERSONAL
    assert named - groups == {"account_confirm_email", "account_reset_password_from_key"}
