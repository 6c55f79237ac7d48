"""A trader with a phone in one hand."""

import json
from collections.abc import Callable

import pytest

from tests.e2e.conftest import Look


def test_the_map_shows_heat_and_says_that_the_market_is_simulated(phone: Look) -> None:
    assert phone.colours() > 50
    assert phone.part("pill").get_attribute("data-state") == "simulated"
    assert "SIMULATED" in phone.text("pill")
    assert phone.text("price").startswith("S$")


def test_six_tenths_of_the_screen_are_map(phone: Look) -> None:
    box = phone.part("map").bounding_box()
    assert box["width"] * box["height"] / (390 * 844) >= 0.60


def test_a_live_map_moves_by_itself(phone: Look) -> None:
    before = phone.pixels(newest=True)
    phone.wait_for_other_pixels(before, newest=True)


def test_a_tap_tells_what_would_be_closed_there(phone: Look) -> None:
    box = phone.part("canvas").bounding_box()
    phone.page.touchscreen.tap(box["x"] + 150, box["y"] + box["height"] * 0.8)
    card = phone.part("readout")
    card.wait_for(state="visible")
    text = card.text_content()
    assert "S$" in text
    assert "US$" in text
    assert "SGT" in text
    card.get_by_role("button").click()
    card.wait_for(state="hidden")


def test_a_drag_moves_the_map_and_fit_brings_it_back(phone: Look) -> None:
    page, box = phone.page, phone.part("canvas").bounding_box()
    x, y = box["x"] + 100, box["y"] + 200
    before = phone.pixels()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y, steps=6)
    page.mouse.up()
    phone.wait_for_other_pixels(before)
    page.keyboard.press("Escape")
    phone.focus_map()
    page.keyboard.press("f")
    assert phone.colours() > 50


def test_a_pinch_zooms_time_and_never_the_page(phone: Look) -> None:
    before = phone.pixels()
    box = phone.part("canvas").bounding_box()
    session = phone.page.context.new_cdp_session(phone.page)
    middle, y = box["x"] + 150, box["y"] + 250
    for kind, gap in [("touchStart", 40), *(("touchMove", gap) for gap in range(50, 140, 15))]:
        points = [{"x": middle - gap, "y": y, "id": 0}, {"x": middle + gap, "y": y, "id": 1}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_other_pixels(before)
    assert phone.page.evaluate("visualViewport.scale") == 1


def test_layers_change_what_is_drawn_and_the_address(phone: Look) -> None:
    page = phone.page
    phone.open_layers()
    before = phone.pixels()
    page.locator("#layers [data-side=short]").click()
    phone.wait_for_other_pixels(before)
    assert "sides=long" in page.url
    assert phone.text("layers-count") == "1"
    before = phone.pixels()
    page.locator("#layers [data-palette=inferno]").click()
    phone.wait_for_other_pixels(before)
    before = phone.pixels()
    page.locator("#layers [data-lev='2']").click()
    phone.wait_for_other_pixels(before)
    page.keyboard.press("Escape")
    phone.part("layers").wait_for(state="hidden")
    assert phone.part("layers-open").evaluate("e => e === document.activeElement")


@pytest.mark.parametrize("view", ["historical", "venue", "age", "net"])
def test_every_view_has_an_address_that_brings_it_back(phone: Look, view: str) -> None:
    page = phone.page
    page.locator(f"a[data-view={view}]").click()
    row = {"historical": "scrubber", "venue": "venue-row", "age": "age-row", "net": "bands"}[view]
    phone.part(row).wait_for(state="visible")
    assert f"view={view}" in page.url
    if view == "historical":
        phone.wait_for("location.search.includes('at=')")
    page.reload()
    phone.part(row).wait_for(state="visible")
    assert page.locator(f"a[data-view={view}]").get_attribute("aria-current") == "true"
    page.go_back()
    assert "view=" not in page.url


def test_a_moment_never_replaces_the_address_one_has_gone_back_to(phone: Look) -> None:
    page = phone.page
    page.locator("a[data-view=historical]").click()
    phone.wait_for("location.search.includes('at=')")
    page.evaluate("history.replaceState(null, '', '/')")  # as a browser does before it tells
    phone.part("scrub-back").click()
    assert "at=" not in page.url


def test_another_range_is_another_picture(phone: Look) -> None:
    before = phone.pixels()
    phone.page.locator("a[data-tf='4h']").click()
    phone.wait_for_other_pixels(before)
    assert "tf=4h" in phone.page.url
    phone.page.go_back()
    phone.wait_for("document.querySelector('a[data-tf=\"24h\"]').ariaCurrent === 'true'")


def test_a_tap_on_the_price_swaps_the_currencies_for_good(phone: Look) -> None:
    phone.part("currency").click()
    assert phone.text("price").startswith("US$")
    assert phone.text("other-price").startswith("S$")
    assert phone.text("legend-right").startswith("US$")
    phone.page.goto(phone.url + "/watch/")
    assert "US$" in phone.page.locator("main").text_content()


def test_the_scrubber_looks_at_the_map_of_an_earlier_moment(phone: Look) -> None:
    phone.page.locator("a[data-view=historical]").click()
    phone.wait_for("location.search.includes('at=')")
    before, moment = phone.pixels(), phone.text("scrub-time")
    phone.part("scrub-back").click()
    phone.wait_for_other_pixels(before)
    assert phone.text("scrub-time") != moment


def test_the_threshold_is_money_and_hides_heat(phone: Look) -> None:
    before, words = phone.pixels(), phone.text("legend-left")
    phone.part("threshold").fill("80")
    phone.wait_for_other_pixels(before)
    assert phone.text("legend-left") != words
    assert "lo=" in phone.page.url
    assert phone.part("threshold").get_attribute("aria-valuetext") == phone.text("legend-left")


def test_the_other_markets_are_one_tap_away(phone: Look) -> None:
    phone.page.locator(".market-button").click()
    phone.page.locator("[data-market-link]", has_text="ETH").click()
    phone.page.wait_for_url("**/m/eth/**")
    assert phone.page.locator(".market-button strong").text_content() == "ETH"


def test_garbage_is_refused_loudly_and_the_last_map_stays(
    look_at: Callable[..., Look], live_site: str
) -> None:
    look = look_at(live_site)
    look.page.add_init_script(SPOILED_SOCKET)
    look.open()
    look.page.evaluate("window.spoil()")
    look.wait_for("document.querySelector('[data-part=toast]').textContent.includes('refused')")
    assert look.colours() > 50
    assert [line for line in look.complaints if not line.startswith("Frame refused:")] == []
    look.complaints.clear()


def test_a_lost_server_is_said_and_the_map_stays(
    look_at: Callable[..., Look], live_site: str
) -> None:
    look = look_at(live_site)
    look.page.add_init_script(SPOILED_SOCKET)
    look.open()
    look.page.evaluate("window.cut()")
    look.wait_for("document.querySelector('[data-part=pill]').dataset.state === 'reconnecting'")
    assert "Reconnecting" in look.text("toast")
    assert look.colours() > 50
    look.wait_for("document.querySelector('[data-part=pill]').dataset.state === 'simulated'")
    look.complaints.clear()


def test_the_table_says_what_the_frame_says(phone: Look) -> None:
    rows = phone.page.locator("[data-part=twin] tr")
    listed = phone.page.evaluate(
        """async () => {
          const {decodeFrame} = await import('#heatmap/frame');
          const answer = await fetch(document.querySelector('main').dataset.frameUrl);
          return (await decodeFrame(await answer.arrayBuffer())).meta.clusters.length;
        }"""
    )
    assert rows.count() > 0
    assert abs(rows.count() - listed) <= 2  # the market goes on between the two looks
    dollars = json.loads(rows.first.get_attribute("data-usd"))
    assert dollars > 0
    assert rows.first.text_content().startswith(("▲", "▼"))


SPOILED_SOCKET = """
const Real = WebSocket;
window.WebSocket = class extends Real {
  constructor(...address) { super(...address); window.lastSocket = this; }
};
window.spoil = () => window.lastSocket.onmessage({data: new Uint8Array(200).fill(7).buffer});
window.cut = () => window.lastSocket.close(3000);
"""
