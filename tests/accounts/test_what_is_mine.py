"""A person takes everything along, or leaves nothing behind."""

import json

import pytest
from django.apps import apps
from django.db.models import ForeignKey, OneToOneField
from django.test import Client
from django.urls import reverse

from apps.accounts.belongings import part_names
from apps.accounts.models import Preferences, User
from apps.markets.models import Market
from apps.watchlists.models import Watchlist
from apps.watchlists.services import make_watchlist, watch_market
from tests.conftest import PASSWORD

SECRETS = ("password", "argon2", "secret", "auth_key", "p256dh")
THEIRS = ("apps.accounts", "apps.watchlists", "apps.alerts", "apps.journal", "apps.pwa")


@pytest.fixture
def owner(user: User, signed_in: Client) -> Client:
    """Alice with something of her own, who has just given her password again."""
    market = Market.objects.create(slug="btc", base="BTC", name="Bitcoin")
    watchlist = make_watchlist(user=user, name="Morning")
    watch_market(watchlist=watchlist, market=market)
    signed_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return signed_in


def test_the_export_holds_everything_and_no_secret(owner: Client, other_user: User) -> None:
    answer = owner.get(reverse("export"))
    assert answer["Content-Disposition"].startswith('attachment; filename="embermap-')
    assert answer["Cache-Control"] == "no-store"
    told = json.loads(answer.content)
    assert sorted(told) == part_names()
    assert told["account"]["username"] == "alice"
    assert told["watchlists"] == [{"name": "Morning", "markets": [{"market": "btc", "note": ""}]}]
    assert "charlie" not in answer.content.decode()
    assert not [word for word in SECRETS if f'"{word}"' in answer.content.decode().lower()]


def test_every_app_that_keeps_something_of_a_person_adds_its_part() -> None:
    owning = {
        model._meta.app_label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | OneToOneField)
        and field.related_model is User
        and model.__module__.startswith(THEIRS)
    }
    named = {"accounts": "account"}
    assert {named.get(label, label) for label in owning} <= set(part_names())
    assert "devices" in part_names()


@pytest.mark.parametrize("name", ["export", "delete-account"])
def test_both_ask_for_the_password_again(signed_in: Client, name: str) -> None:
    answer = signed_in.get(reverse(name))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_both_need_somebody(db: None, client: Client) -> None:
    for name in ("export", "delete-account"):
        assert client.get(reverse(name))["Location"].startswith(reverse("account_login"))


def test_a_deleted_account_leaves_nothing(owner: Client, user: User, other_user: User) -> None:
    Preferences.objects.create(user=other_user, currency="USD")
    answer = owner.post(reverse("delete-account"), {"username": "alice"})
    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert list(User.objects.all()) == [other_user]
    assert not Watchlist.objects.exists()
    assert Preferences.objects.get().user == other_user


def test_a_wrong_name_deletes_nothing(owner: Client, user: User) -> None:
    assert owner.post(reverse("delete-account"), {"username": "alicia"}).status_code == 422
    assert User.objects.filter(pk=user.pk).exists()


def test_somebody_elses_name_deletes_nothing(owner: Client, other_user: User) -> None:
    assert owner.post(reverse("delete-account"), {"username": "charlie"}).status_code == 422
    assert User.objects.count() == 2
