"""From nothing to a tap on a notification: the way of a new reader, on a replayed market."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.app_browser import App, open_app
from tests.markets.recordings import write_recording
from tests.pwa.fake_push import FakePush, fake_push_service
from tests.running_site import RunningSite, running_site

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def push_service() -> Iterator[FakePush]:
    with fake_push_service() as service:
        yield service


@pytest.fixture(scope="module")
def replayed_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A day and a half of one market, replayed sixty times faster than life."""
    recording = write_recording(
        tmp_path_factory.mktemp("replay") / "one", bars=2000, interval_min=1
    )
    settings = {"EMBERMAP_ALLOW_LOOPBACK": "yes", "EMBERMAP_SPEED": "60"}
    with running_site(feed=f"replay:{recording}", settings=settings) as site:
        site.wait_for_picture()
        yield site


@pytest.fixture
def app(
    browser: Browser,
    chromium_path: str,
    replayed_site: RunningSite,
    push_service: FakePush,
    tmp_path: Path,
) -> Iterator[App]:
    with open_app(browser, chromium_path, replayed_site.url, push_service, tmp_path) as app:
        yield app


def confirmation_link(site: RunningSite) -> str:
    """The path in the mail that asks to confirm the address; empty before it is written."""
    for path in (site.data / "mail").glob("*"):
        text = message_from_bytes(path.read_bytes()).get_payload(decode=True).decode()
        if found := re.search(r"https?://[^/]+(/account/confirm-email/[^/]+/)", text):
            return found.group(1)
    return ""


def sign_up_and_verify(app: App, site: RunningSite) -> None:
    page = app.page
    page.goto("/account/signup/")
    page.fill("[name=username]", "alice")
    page.fill("[name=email]", "alice@example.org")
    page.fill("[name=password1]", PASSWORD)
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url(lambda url: "signup" not in url)
    page.goto(app.wait_for(lambda: confirmation_link(site), "the mail that confirms"))
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url(lambda url: "confirm-email" not in url)


def make_the_widest_rule(app: App) -> None:
    """Four taps: new rule, how near, how much, save."""
    page = app.page
    page.goto("/alerts/")
    page.get_by_role("link", name="New rule").click()
    page.locator("[name=within]").select_option(
        index=page.locator("[name=within] option").count() - 1
    )
    page.locator("[name=usd]").select_option(index=0)
    page.get_by_role("button", name="Save rule").click()
    page.get_by_text("The rule is on.").wait_for()


def subscribe(app: App) -> None:
    page = app.page
    page.goto("/alerts/")
    page.get_by_role("link", name="Set up").click()
    page.locator("[data-part=subscribe]").click()
    page.locator("[data-state=subscribed]").wait_for()


def test_a_new_reader_is_told_once_and_lands_on_the_moment(
    app: App, replayed_site: RunningSite, push_service: FakePush
) -> None:
    sign_up_and_verify(app, replayed_site)
    make_the_widest_rule(app)
    subscribe(app)

    def pushes() -> list:
        return [one for one in push_service.to(app.device) if one.status == 201]

    app.wait_for(pushes, "the market to fire the rule", deadline_ms=180_000)
    payload = pushes()[0].payload
    tag = payload["notification"]["tag"]
    app.page.goto("/m/btc/levels/")
    app.worker()
    shown = app.receive(payload, payload)
    assert [one["tag"] for one in shown] == [tag]
    app.tap(tag)
    app.page.wait_for_url(lambda url: url.endswith(payload["notification"]["navigate"]))
    assert "/m/btc/" in app.page.url
    assert "at=" in app.page.url
