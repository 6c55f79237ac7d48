"""What a person prefers: in the account, or in the browser, and never across the two."""

import zoneinfo
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Preferences, User
from apps.accounts.preferences import get_preferences_for
from apps.accounts.zones import zone_label
from apps.heatmaps.spec import CURRENCIES, PALETTES
from apps.markets.models import Market
from tests.conftest import PASSWORD

CHOSEN = {
    "currency": "USD",
    "time_zone": "Europe/Oslo",
    "language": "en",
    "theme": "light",
    "palette": "cividis",
    "default_market": "",
}


def test_a_new_person_starts_with_the_sites_own(user: User) -> None:
    preferences = get_preferences_for(user)
    assert (preferences.currency, preferences.time_zone) == (settings.CURRENCY, "Asia/Singapore")
    assert get_preferences_for(user) == preferences


def test_the_choices_are_those_of_the_map() -> None:
    assert tuple(Preferences.Currency.values) == CURRENCIES
    assert tuple(Preferences.Palette.values) == ("auto", *PALETTES)


def test_saving_changes_the_row_and_this_browser(signed_in: Client, user: User) -> None:
    Market.objects.create(slug="eth", base="ETH", name="Ether")
    answer = signed_in.post(reverse("settings"), CHOSEN | {"default_market": "eth"})
    assert answer.status_code == 302
    preferences = Preferences.objects.get(user=user)
    assert (preferences.currency, preferences.default_market) == ("USD", "eth")
    told = {name: morsel.value for name, morsel in answer.cookies.items()}
    assert (told["currency"], told["theme"], told["zone"]) == ("USD", "light", "Europe/Oslo")


def test_a_visitors_choices_stay_in_the_browser(db: None, client: Client) -> None:
    answer = client.post(reverse("settings"), CHOSEN)
    assert answer.cookies["palette"].value == "cividis"
    assert not Preferences.objects.exists()
    assert b'value="Europe/Oslo" selected' in client.get(reverse("settings")).content


def test_a_new_device_starts_with_the_accounts_choices(client: Client, user: User) -> None:
    Preferences.objects.create(user=user, currency="USD", time_zone="Europe/Oslo")
    door = {"login": "alice", "password": PASSWORD}
    answer = client.post(reverse("account_login"), door)
    assert answer.cookies["currency"].value == "USD"


def test_nonsense_is_refused_with_a_sentence_and_changes_nothing(
    signed_in: Client, user: User
) -> None:
    for name, value in {"time_zone": "Mars/Base", "currency": "XXX", "default_market": "x"}.items():
        answer = signed_in.post(reverse("settings"), CHOSEN | {name: value})
        assert answer.status_code == 422
        assert b"field-error" in answer.content
    assert not Preferences.objects.filter(currency="USD").exists()


def test_a_cookie_that_makes_no_sense_breaks_no_page(db: None, client: Client) -> None:
    for value in ("Mars/Base", "../../etc/passwd", "x" * 300, "é\x01", ""):
        client.cookies["zone"] = value
        client.cookies["currency"] = value
        assert client.get(reverse("settings")).status_code == 200


def test_every_zone_that_is_offered_exists() -> None:
    assert Preferences._meta.get_field("time_zone").default in zoneinfo.available_timezones()


def test_the_preferred_market_comes_first_while_it_is_there(db: None, client: Client) -> None:
    for place, slug in enumerate(("btc", "eth")):
        Market.objects.create(slug=slug, base=slug.upper(), name=slug, position=place)
    client.cookies["market"] = "eth"
    assert client.get(reverse("home")).context["market"].slug == "eth"
    client.cookies["market"] = "gone"
    assert client.get(reverse("home")).context["market"].slug == "btc"


def test_times_are_told_in_the_readers_zone(db: None, client: Client) -> None:
    Market.objects.create(slug="btc", base="BTC", name="Bitcoin")
    for zone, label in {"Asia/Singapore": "SGT", "Asia/Kolkata": "IST"}.items():
        client.cookies["zone"] = zone
        page = client.get(reverse("home")).content.decode()
        assert f'data-zone="{zone}" data-zone-label="{label}"' in page


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Asia/Singapore", "SGT"),
        ("UTC", "UTC"),
        ("Europe/Oslo", "CET"),
        ("America/Sao_Paulo", "UTC-3"),
        ("Asia/Kathmandu", "UTC+5:45"),
    ],
)
def test_a_zone_goes_by_a_short_name(zone: str, label: str) -> None:
    assert zone_label(datetime(2026, 1, 15, tzinfo=zoneinfo.ZoneInfo(zone))) == label
