"""Alice's trades, and the files that venues write."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.journal.models import Read
from apps.journal.trades.models import Draft, Trade
from apps.journal.trades.services import gross_of

FILES = Path(__file__).parent / "files"
DAY_MS = 86_400_000
BEGIN_MS = 1_780_000_000_000  # 28 May 2026

type MakeTrade = Callable[..., Trade]
type Bring = Callable[[str | bytes], Draft]


@pytest.fixture
def make_trade(user: User) -> MakeTrade:
    """A closed trade of Alice's: one coin bought for 100 and sold for 110."""

    def made(*, owner: User = user, **told: object) -> Trade:
        figures = {
            "base": "BTC", "quote": "USDT", "side": "long", "opened_ms": BEGIN_MS,
            "closed_ms": BEGIN_MS + DAY_MS, "entry": Decimal(100), "exit": Decimal(110),
            "size": Decimal(1), "fees": Decimal(0), "funding": Decimal(0), "usd_rate": Decimal(1),
        }  # fmt: skip
        trade = Trade(user=owner, **figures | told)
        trade.gross = gross_of(trade)
        trade.save()
        return trade

    return made


@pytest.fixture
def read(user: User) -> Read:
    """A read of Alice's that plans a trade."""
    return Read.objects.create(
        user=user, at_ms=BEGIN_MS, market="btc", base="BTC", kind="magnet", side="short",
        low=61_000, high=61_500, price=60_000, entry=60_000, stop=59_400, target=61_000,
        size_usd=6_000,
    )  # fmt: skip


@pytest.fixture
def bring(signed_in: Client) -> Bring:
    """Alice uploads a file of that name, or these bytes; it waits for her to look at it."""

    def brought(told: str | bytes) -> Draft:
        name, data = (told, (FILES / told).read_bytes()) if isinstance(told, str) else ("a", told)
        file = SimpleUploadedFile(name, data)
        answer = signed_in.post(reverse("trades-import"), {"file": file})
        assert answer.status_code == 302, answer.context["form"].errors
        return Draft.objects.get()

    return brought


def charlie_at(other_user: User) -> Client:
    """Charlie's browser."""
    browser = Client()
    browser.force_login(other_user, "django.contrib.auth.backends.ModelBackend")
    return browser
