"""A trader at a desk: side panel, keyboard, and the pages beside the map."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import DESKTOP, Look

CUT_OFF = """() => [...document.querySelectorAll('header *, main > *, .card, .card *')]
  .filter((e) => e.getClientRects().length && !e.closest('.sr, svg'))
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => e.className)"""


def test_the_side_panel_answers_both_questions_and_stays_fresh(desktop: Look) -> None:
    panel = desktop.page.locator("#panel")
    assert "Above" in panel.text_content()
    assert "Below" in panel.text_content()
    assert "Ladder" in panel.text_content()
    desktop.page.evaluate("document.querySelector('#panel .card').dataset.old = 'yes'")
    desktop.wait_for("!document.querySelector('#panel .card').dataset.old")
    assert panel.get_by_role("link", name="Charts by TradingView").is_visible()


def test_the_map_obeys_the_keyboard(desktop: Look) -> None:
    page = desktop.page
    desktop.focus_map()
    page.keyboard.press("ArrowLeft")
    desktop.part("readout").wait_for(state="visible")
    first = desktop.text("readout")
    page.keyboard.press("Shift+ArrowUp")
    assert desktop.text("readout") != first
    page.keyboard.press("PageDown")
    assert "longs" in desktop.text("readout") or "shorts" in desktop.text("readout")
    assert desktop.text("summary") != ""
    page.keyboard.press("Escape")
    desktop.part("readout").wait_for(state="hidden")
    page.keyboard.press("5")
    desktop.part("bands").wait_for(state="visible")
    page.keyboard.press("l")
    desktop.part("layers").wait_for(state="visible")


def test_the_table_can_be_reached_and_read(desktop: Look) -> None:
    desktop.page.locator(".twin").focus()
    box = desktop.page.locator(".twin").bounding_box()
    assert box["width"] > 200
    assert desktop.page.locator("[data-part=twin] tr").count() > 0


def test_the_theme_can_be_chosen_and_is_kept(desktop: Look) -> None:
    before = desktop.pixels()
    desktop.open_layers()
    desktop.page.locator("[data-theme-choice=light]").click()
    assert desktop.page.locator("html").get_attribute("data-theme") == "light"
    desktop.wait_for("document.querySelector('[data-palette=paper]').ariaPressed === 'true'")
    desktop.wait_for_other_pixels(before)
    desktop.page.reload()
    assert desktop.page.locator("html").get_attribute("data-theme") == "light"


def test_a_row_of_the_watchlist_leads_to_its_map(desktop: Look) -> None:
    desktop.page.goto(desktop.url + "/watch/")
    desktop.page.locator(".watch-row").nth(1).click()
    desktop.page.wait_for_url("**/m/**")
    assert desktop.part("canvas").is_visible()


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/m/nothing/", 404, "no such page"),
        ("/m/btc/?tf=9y", 400, "tf must be one of"),
        ("/m/btc/?venues=nobody", 400, "venues must be one of"),
    ],
)
def test_a_bad_address_gets_one_sentence_and_a_way_out(
    look_at: Callable[..., Look], live_site: str, path: str, status: int, sentence: str
) -> None:
    look = look_at(live_site)
    answer = look.page.goto(live_site + path)
    assert answer.status == status
    assert sentence in look.page.locator("main").text_content()
    look.page.get_by_role("link", name="To the heatmap").click()
    look.page.wait_for_url(live_site + "/")
    look.complaints.clear()  # browsers log every 4xx of a page


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_is_cut_off(look_at: Callable[..., Look], live_site: str, width: int) -> None:
    look = look_at(live_site, device={"viewport": {"width": width, "height": 800}})
    for path in ("/m/btc/levels/", "/watch/", "/"):
        look.page.goto(live_site + path)
        look.wait_for("document.querySelector('[data-widget]') !== null")
        look.page.wait_for_load_state("networkidle")
        assert look.page.evaluate("document.documentElement.scrollWidth") <= width
        assert look.page.evaluate(f"({CUT_OFF})()") == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing(look_at: Callable[..., Look], live_site: str, theme: str) -> None:
    phone = look_at(live_site, theme=theme).open()
    assert phone.violations() == []
    phone.part("layers-open").click()
    assert phone.violations() == []
    phone.page.goto(live_site + "/m/btc/levels/")
    assert phone.violations() == []
    phone.page.goto(live_site + "/watch/")
    assert phone.violations() == []
    desk = look_at(live_site, theme=theme, device=DESKTOP).open("/?view=net")
    assert desk.violations() == []


def test_the_levels_stay_fresh_by_themselves(look_at: Callable[..., Look], live_site: str) -> None:
    look = look_at(live_site)
    look.page.goto(live_site + "/m/btc/levels/")
    look.page.evaluate(
        "for (const old of document.querySelectorAll('.card, #pill')) old.dataset.old = 'yes'"
    )
    look.wait_for("document.querySelector('[data-old]') === null")
    assert "SIMULATED" in look.text("pill")
