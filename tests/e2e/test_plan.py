"""A trader plans a stop with one thumb."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import DESKTOP, Look

PATH = "/m/btc/plan/?side=long&leverage=10&risk=500&cur=SGD"
MOUNTED = "document.querySelector('#plan-form')?.dataset.every !== undefined"
INSIDE = "document.querySelector('#plan-result').textContent.includes('is inside a')"
CLEAR = "document.querySelector('#plan-result').textContent.includes('is clear')"


def open_plan(look: Look, path: str = PATH) -> Look:
    look.page.goto(look.url + path)
    look.wait_for(MOUNTED)
    return look


def stop_of(look: Look) -> float:
    return float(look.part("stop").input_value())


def test_one_tap_moves_the_stop_out_of_the_cluster(
    look_at: Callable[..., Look], live_site: str
) -> None:
    phone = open_plan(look_at(live_site))
    phone.wait_for(INSIDE)
    before = stop_of(phone)
    phone.part("move").tap()
    phone.wait_for(CLEAR)
    assert stop_of(phone) < before
    assert f"stop={stop_of(phone):.0f}" in phone.page.url


def test_a_finger_drags_the_stop_and_the_address_keeps_it(
    look_at: Callable[..., Look], live_site: str
) -> None:
    desk = open_plan(look_at(live_site, device=DESKTOP))
    desk.wait_for(INSIDE)
    before = stop_of(desk)
    grip = desk.page.locator(".plan-grip").bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    desk.page.mouse.move(x, y)
    desk.page.mouse.down()
    desk.page.mouse.move(x, y + 60, steps=4)
    desk.page.mouse.up()
    dragged = stop_of(desk)
    assert dragged < before
    shown = f"document.querySelector('#plan-result').textContent.includes('{dragged:,.0f}')"
    desk.wait_for(shown)
    again = open_plan(look_at(live_site), desk.page.url.removeprefix(live_site))
    assert stop_of(again) == dragged


def test_nonsense_is_answered_beside_the_form_and_the_map_stays(
    look_at: Callable[..., Look], live_site: str
) -> None:
    phone = open_plan(look_at(live_site))
    phone.part("stop").fill("9999999")
    phone.wait_for("document.querySelector('#plan-result [role=alert]') !== null")
    assert phone.part("stop").input_value() == "9999999"
    assert phone.page.locator(".plan-bars rect").count() > 10


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_on_the_plan_and_the_outlook(
    look_at: Callable[..., Look], live_site: str, theme: str
) -> None:
    phone = open_plan(look_at(live_site, theme=theme))
    assert phone.violations() == []
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    open_plan(phone, PATH + "&stop=9999999")
    assert phone.violations() == []
    phone.page.goto(live_site + "/m/btc/levels/")
    phone.wait_for("document.querySelector('.outlook-basis') !== null")
    assert phone.violations() == []
    desk = open_plan(look_at(live_site, theme=theme, device=DESKTOP))
    assert desk.violations() == []
