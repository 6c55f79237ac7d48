"""Trades by thumb: one is typed, a venue's file is taken in, and every page fits and is sound."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP, Look
from tests.e2e.test_journal import SMALL_PHONE, sign_up
from tests.journal.trades.conftest import FILES

TRADE = re.compile(r"/journal/trades/[0-9a-f-]{36}/")
PAGES = ("", "new/", "statistics/", "calendar/", "import/", "?state=closed&side=long")


def test_a_trade_is_typed_and_a_file_is_taken_in(
    live_site: str, look_at: Callable[..., Look]
) -> None:
    phone = look_at(live_site)
    page = phone.page
    sign_up(page, live_site, "trader")
    page.goto(f"{live_site}/journal/")
    page.get_by_role("link", name="Trades").tap()
    page.get_by_role("link", name="Log a trade").tap()
    page.locator("label.choice-item.long").tap()
    for name, value in (("entry", "60,000"), ("size", "0.1"), ("stop", "59400"), ("exit", "61200")):
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Keep this trade").tap()
    page.wait_for_url(TRADE)
    expect(page.locator(".figures-row")).to_contain_text("+2.00")
    assert phone.violations() == []

    page.goto(f"{live_site}/journal/trades/import/")
    page.set_input_files("[type=file]", FILES / "okx.csv")
    page.get_by_role("button", name="Look at it").tap()
    expect(page.get_by_text("Line 7")).to_be_visible()
    assert phone.violations() == []
    page.get_by_label("Coins per contract").fill("BTC-USDT-SWAP = 0.01\nXYZ-USDT-SWAP = 10")
    page.get_by_role("button", name="Read it this way").tap()
    expect(page.get_by_text("Line 7")).not_to_be_visible()
    page.get_by_role("button", name="Take it in").tap()
    expect(page.get_by_text("4 executions came. 2 new trades.")).to_be_visible()

    desktop = look_at(live_site, device=DESKTOP)
    desktop.page.context.add_cookies(page.context.cookies())
    desktop.page.goto(f"{live_site}/journal/trades/")
    expect(desktop.page.locator("a.trade")).to_have_count(3)
    expect(desktop.page.locator(".journal-read")).to_be_visible()
    assert desktop.violations() == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_page_fits_the_smallest_screen_without_violations(
    live_site: str, look_at: Callable[..., Look], theme: str
) -> None:
    small = look_at(live_site, theme=theme, device=SMALL_PHONE)
    sign_up(small.page, live_site, f"small-{theme}")
    small.page.goto(f"{live_site}/journal/trades/import/")
    small.page.set_input_files("[type=file]", FILES / "binance_2021.csv")
    small.page.get_by_role("button", name="Look at it").click()
    assert small.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small.page.get_by_role("button", name="Take it in").click()
    small.page.wait_for_url(f"{live_site}/journal/trades/")
    for path in PAGES:
        small.page.goto(f"{live_site}/journal/trades/{path}")
        assert small.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert small.violations() == [], path
