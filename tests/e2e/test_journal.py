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
LISTENS = "document.querySelector('[data-widget=journal-keys]').hasAttribute('aria-keyshortcuts')"
HEAT = """() => {
  const canvas = document.querySelector('.read-plot .read-heat');
  const {width, height} = canvas;
  const {data} = canvas.getContext('2d').getImageData(0, 0, width, height);
  const split = parseFloat(document.querySelector('.read-split').getAttribute('x1')) / 100 * width;
  const count = [0, 0];
  for (let i = 0; i < width * height; i++) {
    if (data[4 * i + 3]) count[Number(i % width >= split)] += 1;
  }
  return count;
}"""  # pixels with heat: before the read, and after it
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
    page.get_by_role("button", name=re.compile("Log (longs|shorts)")).first.tap()
    page.wait_for_url(READ)
    phone.wait_for(f"({HEAT})()[0] > 100")
    assert page.evaluate(HEAT)[1] == 0
    assert phone.violations() == []
    for side, distance in (("long", -0.002), ("short", 0.002)):
        page.goto(f"{replayed_site.url}/journal/new/")
        assert phone.violations() == []
        log_near(page, side, distance)
    open_outcome = page.locator("#outcome .outcome")
    expect(open_outcome).to_contain_text("Open")
    page.goto(f"{replayed_site.url}/journal/")
    expect(page.locator(".outcome.is-reached").first).to_be_visible(timeout=PATIENCE_MS)
    assert phone.violations() == []
    page.locator(".read", has=page.locator(".is-reached")).first.tap()
    expect(page.locator("#outcome")).to_contain_text("yes, after")
    assert phone.violations() == []
    public = re.search(r"/journal/([0-9a-f-]{36})/", page.url)[1]

    desktop = look_at(replayed_site.url, device=DESKTOP)
    desktop.page.context.add_cookies(page.context.cookies())
    find_by_keyboard(desktop, replayed_site.url, public)
    reads = taken_along(desktop.page)
    assert len(reads) == 3
    mine = next(read for read in reads if read["public"] == public)
    assert mine["state"] == "reached"
    assert int(mine["reached_ms"]) > int(mine["at_ms"])
    assert (mine["market"], mine["feed"]) == ("btc", "replay")


def test_three_taps_on_the_map_keep_a_read(
    replayed_site: RunningSite, look_at: Callable[..., Look]
) -> None:
    phone = look_at(replayed_site.url)
    page = phone.page
    sign_up(page, replayed_site.url, "dora")
    phone.open("/m/btc/")
    box = phone.part("canvas").bounding_box()
    page.touchscreen.tap(box["x"] + 150, box["y"] + box["height"] * 0.8)
    phone.part("readout").get_by_role("link", name="Log read").tap()
    page.get_by_role("button", name="Keep this read").tap()
    page.wait_for_url(READ)
    expect(page.locator(".read-badge")).to_contain_text("▼")
    expect(page.locator(".read-candle").first).to_be_attached()


def test_what_was_written_without_a_connection_is_sent_once_there_is_one(
    replayed_site: RunningSite, look_at: Callable[..., Look]
) -> None:
    phone = look_at(replayed_site.url)
    page = phone.page
    sign_up(page, replayed_site.url, "erin")
    page.goto(f"{replayed_site.url}/journal/new/?market=btc&side=long&low=50000&high=50100")
    page.fill("[name=note]", "in a tunnel")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name="Keep this read").tap()
    expect(page.get_by_text("No connection.")).to_be_visible()
    expect(page.locator("[name=note]")).to_have_value("in a tunnel")
    assert phone.violations() == []
    page.context.set_offline(False)
    page.wait_for_url(READ)
    expect(page.locator(".read-note")).to_have_text("in a tunnel")
    phone.complaints.clear()  # browsers log every request that fails


def find_by_keyboard(desktop: Look, url: str, public: str) -> None:
    """Through the filter for what was reached, down the list and into the read."""
    page = desktop.page
    page.goto(f"{url}/journal/?state=reached")
    expect(page.locator(".journal-read .outcome.is-reached")).to_be_visible()
    assert desktop.violations() == []
    desktop.wait_for(LISTENS)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#filter-words")).to_be_focused()
    page.locator("body").click(position={"x": 900, "y": 30})
    for _step in range(5):
        page.keyboard.press("j")
        if public in (page.evaluate("document.activeElement.href") or ""):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(public))
    expect(page.locator("#outcome")).to_contain_text("yes, after")
    assert desktop.violations() == []


def taken_along(page: Page) -> list[dict[str, str]]:
    """The rows of the file that the letter for exporting leads to."""
    page.keyboard.press("e")
    page.wait_for_url(re.compile("/journal/files/"))
    if page.get_by_role("link", name="Take all").is_visible():
        page.get_by_role("link", name="Take all").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    with open(download.value.path(), newline="") as file:
        return list(csv.DictReader(file))


def test_filters_get_a_name_and_letters_can_be_switched_off(
    replayed_site: RunningSite, look_at: Callable[..., Look]
) -> None:
    desktop = look_at(replayed_site.url, device=DESKTOP)
    page = desktop.page
    sign_up(page, replayed_site.url, "bob")
    page.goto(f"{replayed_site.url}/journal/new/")
    page.locator("label.choice-item.long").click()
    page.fill("[name=low]", "50000")
    page.fill("[name=high]", "50100")
    page.fill("[name=note]", "far away #patience")
    page.get_by_role("button", name="Keep this read").click()
    page.wait_for_url(READ)
    page.goto(f"{replayed_site.url}/journal/")
    page.get_by_text("More filters").click()
    page.fill("#filter-words", "#patience")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("words="))
    page.get_by_text("Keep these filters").click()
    page.fill("#filter-name", "Patience")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.goto(f"{replayed_site.url}/journal/?kind=none")
    expect(page.get_by_text("No read fits")).to_be_visible()
    page.get_by_role("link", name="Patience").click()
    expect(page.locator(".read")).to_have_count(1)
    assert desktop.violations() == []
    desktop.wait_for(LISTENS)
    page.keyboard.press("?")
    page.get_by_label("Letters act").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".read")).to_be_focused()
    assert "/new/" not in page.url


def test_every_page_fits_the_smallest_screen_without_violations(
    replayed_site: RunningSite, look_at: Callable[..., Look]
) -> None:
    small = look_at(replayed_site.url, theme="light", device=SMALL_PHONE)
    sign_up(small.page, replayed_site.url, "carol")
    for path in ("", "new/", "patterns/", "files/"):
        small.page.goto(f"{replayed_site.url}/journal/{path}")
        assert small.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert small.violations() == [], path
