"""A read is logged on the phone, reached by the replay, found on the desktop, and taken along."""

import csv
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, Look
from tests.markets.recordings import write_recording
from tests.running_site import RunningSite, running_site

PASSWORD = "correct horse battery staple"
READ = re.compile(r"/journal/[0-9a-f-]{36}/")
PATIENCE_MS = 120_000
SMALL_PHONE = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture(scope="module")
def replayed_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A day and a half of one restless market, replayed two hundred times faster than life."""
    folder = tmp_path_factory.mktemp("journal") / "one"
    recording = write_recording(folder, bars=3000, interval_min=1)
    with running_site(feed=f"replay:{recording}", settings={"EMBERMAP_SPEED": "200"}) as site:
        site.wait_for_picture()
        yield site


def sign_up(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/account/signup/")
    page.fill("[name=username]", name)
    page.fill("[name=password1]", PASSWORD)
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url(lambda there: "signup" not in there)


def log_near(page: Page, side: str, distance: float) -> None:
    """By thumb: the side, two edges, keep."""
    page.get_by_text(re.compile(r"Now S\$")).wait_for()
    told = page.get_by_text(re.compile(r"Now S\$")).text_content()
    edge = float(re.search(r"Now S\$([\d,]+)", told)[1].replace(",", "")) * (1 + distance)
    page.locator(f"label.choice-item.{side}").tap()
    page.fill("[name=low]", f"{edge * 0.9999:.0f}")
    page.fill("[name=high]", f"{edge * 1.0001:.0f}")
    page.get_by_role("button", name="Keep this read").tap()
    page.wait_for_url(READ)


def test_a_read_is_logged_reached_found_and_taken_along(
    replayed_site: RunningSite, look_at: Callable[..., Look]
) -> None:
    phone = look_at(replayed_site.url)
    page = phone.page
    sign_up(page, replayed_site.url, "alice")
    page.goto(f"{replayed_site.url}/m/btc/levels/")
    page.get_by_role("link", name=re.compile("Log (longs|shorts)")).first.tap()
    page.get_by_role("button", name="Keep this read").tap()
    page.wait_for_url(READ)
    assert phone.violations() == []
    for side, distance in (("long", -0.002), ("short", 0.002)):
        page.goto(f"{replayed_site.url}/journal/new/")
        assert phone.violations() == []
        log_near(page, side, distance)
    page.goto(f"{replayed_site.url}/journal/")
    expect(page.locator(".outcome.is-reached").first).to_be_visible(timeout=PATIENCE_MS)
    assert phone.violations() == []

    desktop = look_at(replayed_site.url, device=DESKTOP)
    desktop.page.context.add_cookies(page.context.cookies())
    desktop.page.goto(f"{replayed_site.url}/journal/?state=reached")
    expect(desktop.page.locator(".journal-read .outcome.is-reached")).to_be_visible()
    assert desktop.violations() == []
    desktop.page.goto(f"{replayed_site.url}/journal/files/")
    with desktop.page.expect_download() as download:
        desktop.page.get_by_role("link", name="CSV").click()
    with open(download.value.path(), newline="") as file:
        reads = list(csv.DictReader(file))
    assert len(reads) == 3
    assert "reached" in {read["state"] for read in reads}


def test_every_page_fits_the_smallest_screen_without_violations(
    replayed_site: RunningSite, look_at: Callable[..., Look]
) -> None:
    small = look_at(replayed_site.url, theme="light", device=SMALL_PHONE)
    sign_up(small.page, replayed_site.url, "carol")
    for path in ("", "new/", "patterns/", "files/"):
        small.page.goto(f"{replayed_site.url}/journal/{path}")
        assert small.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert small.violations() == [], path
