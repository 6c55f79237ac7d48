"""No address of the journal shows Charlie anything of Alice's, however it is asked."""

import itertools

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.journal.models import Read, SavedFilter
from tests.heatmap_site.security_matrix import Belongings, addresses, arguments_of, furnish

MARK = "only-alice-knows"
JOURNAL = sorted(name for name, one in addresses().items() if one.route.startswith("journal/"))
QUERIES = (
    {}, {"words": MARK}, {"words": "alice"}, {"kind": "magnet", "state": "open"},
    {"market": "btc", "side": "long", "far": "3"}, {"feed": "live", "since": "1970-01-01"},
    {"until": "2100-01-01", "page": "2"},
)  # fmt: skip
KINDS = ({}, {"HTTP_HX_REQUEST": "true"})


@pytest.fixture
def alices(user: User) -> Belongings:
    """A read, with her words in every text, and a filter of her own."""
    mine = furnish(user)
    Read.objects.filter(user=user).update(
        note=f"{MARK} note", said_why=f"{MARK} why", said_state="reached", feed="live",
        frozen={"secret": MARK},
    )  # fmt: skip
    SavedFilter.objects.filter(user=user).update(name=MARK, query=f"words={MARK}")
    return mine


@pytest.fixture
def charlie(other_user: User) -> Client:
    furnish(other_user)
    browser = Client()
    browser.force_login(other_user, "django.contrib.auth.backends.ModelBackend")
    return browser


def secrets_of(mine: Belongings) -> list[str]:
    return [MARK, str(mine.read.public), str(mine.kept.public)]


@pytest.mark.parametrize("name", JOURNAL)
def test_charlie_finds_nothing_of_alices(alices: Belongings, charlie: Client, name: str):
    address = reverse(name, kwargs=arguments_of(name, alices))
    for query, kind, method in itertools.product(QUERIES, KINDS, ("get", "post")):
        answer = getattr(charlie, method)(address, query, **kind)
        body = b"".join(answer) if answer.streaming else answer.content
        asked = set(query.values())  # his own words may come back
        for secret in set(secrets_of(alices)) - asked:
            assert secret.encode() not in body, (query, kind, method)
        assert f"{MARK} note".encode() not in body


@pytest.mark.parametrize("name", ["journal", "read", "journal-csv", "journal-json"])
def test_alice_finds_it_on_the_same_addresses(alices: Belongings, signed_in: Client, name: str):
    address = reverse(name, kwargs=arguments_of(name, alices))
    assert str(alices.read.public).encode() in signed_in.get(address).content


def test_alices_journal_is_as_it_was_after_charlie_tried_everything(
    alices: Belongings, charlie: Client
):
    before = list(Read.objects.filter(user=alices.user).values())
    for name in JOURNAL:
        address = reverse(name, kwargs=arguments_of(name, alices))
        charlie.post(address, {"note": "mine", "state": "missed", "why": "mine", "name": "mine"})
    assert list(Read.objects.filter(user=alices.user).values()) == before
    assert SavedFilter.objects.get(user=alices.user).name == MARK
