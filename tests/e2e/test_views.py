"""Every view: its address brings it back, the map keeps its room, axe finds nothing."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import DESKTOP, Look

PHONE_HEIGHT = 844
LEAST_SHARE = 0.55
VIEWS = {
    "historical": ("/?view=historical", "scrubber"),
    "one venue": ("/?view=venue&venues=binance", "venue-row"),
    "two venues": ("/?view=venue&venues=binance&vs=bybit", "venue-row"),
    "age": ("/?view=age&windows=30m,4h,1d,3d&age=0,1", "age-row"),
    "net": ("/?view=net", "bands"),
    "layers": ("/?layers=liq,depth,cvd,funding", "flow-pane"),
    "all at once": ("/?view=historical&layers=cvd,liq", "flow-pane"),
    "linear": ("/?axis=lin&lo=5000000", "legend"),
}


def share_of_screen(look: Look, part: str) -> float:
    return look.part(part).first.bounding_box()["height"] / PHONE_HEIGHT


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_comes_back_with_room_for_the_map(
    look_at: Callable[..., Look], live_site: str, name: str
) -> None:
    path, row = VIEWS[name]
    phone = look_at(live_site, theme="light" if name in ("net", "two venues") else "dark")
    phone.open(path)
    phone.part(row).wait_for(state="visible")
    for wish in path.split("?")[1].split("&"):
        assert wish in phone.page.url
    assert share_of_screen(phone, "map") >= LEAST_SHARE
    assert phone.violations() == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_desktop_shows_every_view_without_a_complaint(
    look_at: Callable[..., Look], live_site: str, theme: str
) -> None:
    desk = look_at(live_site, theme=theme, device=DESKTOP)
    for path, row in (VIEWS["two venues"], VIEWS["all at once"]):
        desk.open(path)
        desk.part(row).wait_for(state="visible")
        assert desk.violations() == []


@pytest.mark.parametrize("path", ["/m/btc/map/", "/m/btc/map/?by=venue"])
def test_the_liquidation_map_is_drawn_and_answers_a_tap(
    look_at: Callable[..., Look], live_site: str, path: str
) -> None:
    phone = look_at(live_site, theme="light" if "venue" in path else "dark")
    phone.page.goto(live_site + path)
    phone.wait_for("document.querySelector('canvas[data-part=canvas]')?.dataset.drawn")
    assert share_of_screen(phone, "plate") >= LEAST_SHARE
    box = phone.part("canvas").bounding_box()
    phone.page.touchscreen.tap(box["x"] + 100, box["y"] + 0.8 * box["height"])
    phone.part("readout").wait_for(state="visible")
    assert "up to here" in phone.text("readout")
    assert phone.violations() == []
    phone.page.locator("summary", has_text="Moves").click()
    assert phone.page.locator("#panel caption").first.is_visible()
    assert phone.violations() == []


def test_the_liquidation_map_stays_fresh_by_itself(
    look_at: Callable[..., Look], live_site: str
) -> None:
    look = look_at(live_site, device=DESKTOP)
    look.page.goto(live_site + "/m/btc/map/")
    look.wait_for("document.querySelector('canvas[data-part=canvas]')?.dataset.drawn")
    look.page.evaluate("document.querySelector('#level-map-drawing').dataset.old = 'yes'")
    look.wait_for("!document.querySelector('#level-map-drawing').dataset.old")
    assert look.violations() == []


def test_playing_moves_the_moment_on_and_pausing_tells_the_outcome(
    look_at: Callable[..., Look], live_site: str
) -> None:
    phone = look_at(live_site).open("/?view=historical")
    phone.wait_for("location.search.includes('at=')")
    phone.wait_for("document.querySelector('[data-part=outcome]').textContent !== ''")
    before = phone.text("scrub-time")
    phone.part("scrub-speed").click()
    assert phone.text("scrub-speed") == "2×"
    phone.part("scrub-play").click()
    phone.wait_for(f"document.querySelector('[data-part=scrub-time]').textContent !== '{before}'")
    phone.part("scrub-play").click()
    phone.wait_for("document.querySelector('[data-part=outcome]').textContent !== ''")
    there = phone.text("scrub-time")
    phone.part("scrub-forward").click()
    assert phone.text("scrub-time") != there
    phone.part("scrub-back").click()
    assert phone.text("scrub-time") == there


def test_comparing_puts_a_second_venue_beside_the_first(
    look_at: Callable[..., Look], live_site: str
) -> None:
    phone = look_at(live_site).open("/?view=venue")
    phone.part("compare").click()
    phone.wait_for("document.querySelector('.map-second canvas') !== null")
    assert "vs=" in phone.page.url
    names = phone.page.locator(".pane-name")
    assert names.count() == 2
    assert names.nth(0).text_content() != names.nth(1).text_content()
    phone.part("compare").click()
    phone.wait_for("document.querySelector('.map-second') === null")


def test_two_fingers_going_up_scale_the_price_and_not_the_page(phone: Look) -> None:
    phone.page.wait_for_load_state("networkidle")
    before = phone.pixels()
    box = phone.part("canvas").bounding_box()
    session = phone.page.context.new_cdp_session(phone.page)
    x, y = box["x"] + 100, box["y"] + 400
    for kind, up in [("touchStart", 0), *(("touchMove", up) for up in range(10, 140, 15))]:
        points = [{"x": x, "y": y - up, "id": 0}, {"x": x + 90, "y": y - up, "id": 1}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_other_pixels(before)
    assert phone.page.evaluate("visualViewport.scale") == 1


def test_a_question_mark_lists_the_keys(desktop: Look) -> None:
    desktop.focus_map()
    desktop.page.keyboard.press("?")
    desktop.part("keys").wait_for(state="visible")
    assert desktop.violations() == []
    desktop.page.keyboard.press("Escape")
    desktop.part("keys").wait_for(state="hidden")


def test_the_list_of_markets_is_sorted_by_its_address(
    look_at: Callable[..., Look], live_site: str
) -> None:
    phone = look_at(live_site)
    phone.page.goto(live_site + "/watch/?sort=size")
    phone.wait_for("document.querySelectorAll('.watch-strip').length >= 2")
    assert phone.page.locator(".watch-sorts [aria-current]").text_content() == "Largest"
    phone.page.evaluate("document.querySelector('.watch-rows').dataset.old = 'yes'")
    phone.wait_for("!document.querySelector('.watch-rows').dataset.old")
    assert phone.violations() == []


def test_the_first_paint_stays_light(look_at: Callable[..., Look], live_site: str) -> None:
    for device in ({"viewport": {"width": 390, "height": 844}}, DESKTOP):
        look = look_at(live_site, device=device).open()
        weight = look.page.evaluate(
            """() => performance.getEntriesByType('resource')
              .filter(({name}) => /\\.(m?js|css)$/.test(name.split('?')[0]))
              .reduce((sum, {encodedBodySize}) => sum + encodedBodySize, 0)"""
        )
        assert 50_000 < weight <= 120_000
