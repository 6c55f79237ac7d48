"""The scoreboard by thumb: reached from "est.", readable, and without a complaint."""

import re
from collections.abc import Callable

import pytest

from tests.e2e.conftest import DESKTOP, Look

FITS = "document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"


def test_the_word_estimated_leads_to_the_scoreboard(
    look_at: Callable[..., Look], live_site: str
) -> None:
    look = look_at(live_site)
    look.page.goto(live_site + "/m/btc/levels/")
    look.page.locator(".est").tap()
    look.page.wait_for_url(re.compile("/accuracy/"))
    look.page.get_by_role("link", name="4\u00a0h", exact=True).tap()
    look.page.wait_for_url(re.compile("within=4h"))
    assert look.page.locator("#pill").text_content().strip().startswith("SIMULATED")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_scoreboard_is_accessible_and_fits(
    look_at: Callable[..., Look], live_site: str, theme: str
) -> None:
    for look in (look_at(live_site, theme=theme), look_at(live_site, theme=theme, device=DESKTOP)):
        look.page.goto(live_site + "/accuracy/")
        assert look.violations() == []
        assert look.page.evaluate(FITS)
