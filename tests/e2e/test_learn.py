"""Somebody learns by thumb: a topic on the live map, and a trade played without a connection."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import DESKTOP, Look

READY = "document.querySelector('main[data-ready]') !== null"
ENDED = "document.querySelector('main').dataset.stage === 'learn'"
MOVED = "Number(document.querySelector('[data-part=scrub]').value) > 365"
PATIENCE_MS = 60_000


@pytest.fixture
def trade(look_at: Callable[..., Look], live_site: str) -> Look:
    """A phone at the January cascade."""
    look = look_at(live_site)
    look.page.goto(live_site + "/learn/january-cascade/")
    look.wait_for(READY, PATIENCE_MS)
    return look


def test_the_trade_is_played_by_touch_and_without_a_connection(trade: Look) -> None:
    page = trade.page
    page.context.set_offline(True)
    assert trade.text("price") == "S$128,400"
    page.locator("[data-part=decide]").tap()
    page.locator("[data-choice=short]").tap()
    page.locator("[data-part=stop]").fill("130000")
    page.locator("[data-part=target]").fill("120500")
    page.locator("[data-part=go]").tap()
    before = trade.pixels()
    trade.wait_for(MOVED, PATIENCE_MS)
    assert trade.pixels() != before
    page.locator("[data-part=scrub]").evaluate(TO_THE_END)
    trade.wait_for(ENDED, PATIENCE_MS)
    assert "Target at 03:58" in trade.text("result")
    assert "22 minutes" in page.locator(".scenario-outcome").text_content()
    assert "Forced so far S$5" in trade.text("forced")
    page.context.set_offline(False)


def test_the_future_cannot_be_seen_before_deciding(trade: Look) -> None:
    slider = trade.part("scrub")
    assert slider.get_attribute("max") == slider.input_value()
    trade.part("scrub-back").tap()
    assert int(slider.input_value()) == int(slider.get_attribute("max")) - 1


def test_a_stop_on_the_wrong_side_is_refused_in_one_sentence(trade: Look) -> None:
    trade.part("decide").tap()
    trade.page.locator("[data-choice=long]").tap()
    trade.part("stop").fill("140000")
    assert trade.text("mistake") == "A long's stop lies below the price."
    assert trade.part("go").is_disabled()


def test_more_than_half_of_the_phone_is_map_while_one_decides(trade: Look) -> None:
    trade.part("decide").tap()
    trade.page.locator("[data-choice=short]").tap()
    assert trade.part("map").bounding_box()["height"] >= 0.55 * 844
    button = trade.part("go").bounding_box()
    rail = trade.page.locator(".rail").bounding_box()
    assert button["y"] + button["height"] <= rail["y"]


def test_a_lesson_points_at_the_live_map_and_changes_it(
    look_at: Callable[..., Look], live_site: str
) -> None:
    look = look_at(live_site)
    look.page.goto(live_site + "/learn/reading/")
    look.wait_for(READY, PATIENCE_MS)
    look.page.locator("[data-show=now]").tap()
    look.part("ring").wait_for(state="visible")
    look.page.goto(live_site + "/learn/types/")
    look.wait_for(READY, PATIENCE_MS)
    look.page.locator("[data-query='?view=net']").tap()
    look.wait_for("document.querySelector('main').dataset.ready === '?view=net'", PATIENCE_MS)
    assert look.part("open").get_attribute("href") == "/m/btc/?view=net"


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("device", [None, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_where_one_learns(
    look_at: Callable[..., Look], live_site: str, theme: str, device: dict | None
) -> None:
    look = look_at(live_site, theme=theme, **({"device": device} if device else {}))
    for path in ("", "reading/", "types/", "limits/", "misreads/", "model/", "workflow/"):
        look.page.goto(f"{live_site}/learn/{path}")
        assert (path, look.violations()) == (path, [])
    look.page.goto(f"{live_site}/learn/february-squeeze/")
    look.wait_for(READY, PATIENCE_MS)
    assert look.violations() == []
    look.part("decide").click()
    look.page.locator("[data-choice=long]").click()
    assert look.violations() == []
    look.part("go").click()
    look.page.locator("[data-part=scrub]").evaluate(TO_THE_END)
    look.wait_for(ENDED, PATIENCE_MS)
    assert look.violations() == []


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_no_lesson_is_cut_off(look_at: Callable[..., Look], live_site: str, width: int) -> None:
    look = look_at(live_site, device={"viewport": {"width": width, "height": 800}})
    for path in ("", "types/", "model/", "january-cascade/"):
        look.page.goto(f"{live_site}/learn/{path}")
        assert look.page.evaluate("document.documentElement.scrollWidth") <= width


TO_THE_END = """(slider) => {
  slider.value = slider.max;
  slider.dispatchEvent(new Event('input', {bubbles: true}));
}"""
