"""The site as an app in a real browser: installable, readable offline, notified, left clean."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from apps.pwa.payloads import make_payload
from tests.e2e.app_browser import App, open_app
from tests.e2e.conftest import READY
from tests.pwa.fake_push import FakePush, fake_push_service

PASSWORD = "correct horse battery staple"
NAME = "alice7391private"


@pytest.fixture(scope="module")
def push_service() -> Iterator[FakePush]:
    with fake_push_service() as service:
        yield service


@pytest.fixture(scope="module")
def visitor(
    browser: Browser,
    chromium_path: str,
    live_site: str,
    push_service: FakePush,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[App]:
    """A phone on the map, its worker at work, shared by the tests that need no account."""
    folder = tmp_path_factory.mktemp("visitor")
    with open_app(browser, chromium_path, live_site, push_service, folder) as app:
        app.page.goto("/m/btc/")
        app.worker()
        yield app


@pytest.fixture
def app(visitor: App) -> App:
    """The same phone on the map again, with nothing shown."""
    visitor.page.goto("/m/btc/")
    visitor.wait_for(lambda: visitor.page.evaluate(READY), "the map")
    visitor.close_notifications()
    return visitor


def sign_up(app: App, name: str) -> None:
    app.page.goto("/account/signup/")
    app.page.fill("[name=username]", name)
    app.page.fill("[name=password1]", PASSWORD)
    app.page.locator("main form [type=submit]").first.click()
    app.page.wait_for_url(lambda url: "signup" not in url)


def test_nothing_keeps_the_site_from_being_installed(app: App) -> None:
    found = app.session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in found if one["errorId"] != "in-incognito"] == []
    told = app.session.send("Page.getAppManifest")
    assert told["errors"] == []
    assert told["url"].endswith("/manifest.webmanifest")


def test_without_a_network_the_last_map_is_there_with_its_age(app: App) -> None:
    app.wait_for(lambda: app.keeps_map("btc"), "the map was kept")
    app.context.set_offline(True)
    app.page.goto("/m/btc/?tf=1h")
    app.wait_for(lambda: app.page.evaluate(READY), "the kept map")
    assert app.page.url.endswith("/m/btc/")
    pill = app.page.locator("[data-part=pill-word]")
    lost = ("OFFLINE", "RECONNECTING")  # headless browsers believe in the network they lack
    app.wait_for(lambda: pill.text_content() in lost, "the pill says so")
    assert app.page.locator("[data-part=pill-age]").text_content() != ""
    assert "Map as of" in app.page.locator("[data-part=toast]").text_content()
    app.page.goto("/devices/")
    assert app.page.locator("h1").text_content() == "Offline"
    maps = app.page.locator("[data-part=maps] a")
    maps.wait_for()
    assert maps.text_content().startswith("BTC: map of")
    app.context.set_offline(False)


def test_a_push_is_shown_once_for_each_tag_and_a_tap_opens_its_moment(app: App) -> None:
    address = "/m/btc/?tf=1h&view=historical&at=1767225600000"
    first = make_payload(title="BTC near longs", body="a", navigate=address, tag="e1")
    again = make_payload(title="BTC nearer longs", body="b", navigate=address, tag="e1")
    other = make_payload(title="ETH cluster formed", body="c", navigate="/m/eth/", tag="e2")
    shown = app.receive(first, again, other, first, count=2)
    assert sorted(one["tag"] for one in shown) == ["e1", "e2"]
    app.tap("e1")
    app.page.wait_for_url(lambda url: url.endswith(address))
    assert [one["tag"] for one in app.notifications()] == ["e2"]


def test_even_a_push_nobody_can_read_is_shown(app: App) -> None:
    assert app.receive("not JSON")[0]["title"] == "Embermap"


def test_a_tap_never_leads_to_another_site(app: App) -> None:
    evil = make_payload(title="t", body="b", navigate="", tag="x")
    evil["notification"]["navigate"] = "https://evil.example/"
    app.receive(evil)
    app.page.goto("/m/btc/levels/")
    app.tap("x")
    app.page.wait_for_url(lambda url: url == app.site + "/")


def test_a_new_version_waits_until_the_reader_wants_it(app: App) -> None:
    app.wait_for_start()
    app.page.evaluate("navigator.serviceWorker.register('/sw.js?another', {scope: '/'})")
    note = app.page.locator(".app-note")
    note.wait_for()
    script = "navigator.serviceWorker.controller.scriptURL"
    assert app.page.evaluate(script) == app.site + "/sw.js"
    with app.page.expect_navigation():
        note.get_by_role("button", name="Reload").click()
    assert app.page.evaluate(script) == app.site + "/sw.js?another"


def test_a_person_subscribes_is_tested_and_leaves_nothing_behind(
    app: App, push_service: FakePush
) -> None:
    sign_up(app, NAME)
    app.page.goto("/devices/")
    app.page.locator("[data-part=subscribe]").click()
    app.page.locator("[data-state=subscribed]").wait_for()
    app.page.get_by_text("Nothing sent yet.").wait_for()
    app.page.get_by_role("button", name="Send a test").click()
    app.page.get_by_text("Arrived").wait_for()
    [arrived] = push_service.to(app.device)
    shown = app.receive(arrived.payload)
    assert [one["title"] for one in shown] == ["Test from Embermap"]

    for path in ("/settings/", "/devices/", "/watch/", "/m/btc/"):
        app.page.goto(path)
    assert NAME not in app.kept()
    app.page.goto("/account/logout/")
    app.wait_for_start()
    app.page.locator("main form [type=submit]").click()
    app.page.wait_for_url(lambda url: "logout" not in url)
    assert app.device is None
    kept = app.kept()
    assert NAME not in kept
    assert "push" not in app.page.evaluate("Object.keys(localStorage).join()")
    app.page.goto("/devices/")
    assert "login" in app.page.url
