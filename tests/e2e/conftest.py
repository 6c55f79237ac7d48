"""A phone and a desktop in a real browser, looking at a whole running site."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
READY = "document.querySelector('[data-part=legend-right]').textContent !== ''"


@dataclass
class Look:
    """A page, and everything its console complained about."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> "Look":
        """Go there and wait until the map is drawn."""
        self.page.goto(self.url + path)
        self.wait_for(READY)
        return self

    def wait_for(self, condition: str, deadline_ms: int = 20_000) -> None:
        """Until a JavaScript expression is true; the page's policy forbids Playwright's own way."""
        for _ in range(deadline_ms // 100):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never true: {condition}")

    def focus_map(self) -> None:
        """Give the map the keyboard, and wait until it listens."""
        self.part("canvas").focus()
        self.part("canvas").and_(self.page.locator("[aria-keyshortcuts]")).wait_for()

    def open_layers(self) -> None:
        """Open the sheet of layers, and wait until its chips listen."""
        self.part("layers-open").click()
        self.page.locator("#layers [data-palette][aria-pressed=true]").wait_for()

    def part(self, name: str) -> Locator:
        return self.page.locator(f'[data-part="{name}"]')

    def text(self, name: str) -> str:
        return self.part(name).text_content().strip()

    def pixels(self, *, newest: bool = False) -> int:
        """A number that changes with the map's picture; of its newest columns only if wished."""
        return self.page.evaluate(
            """(newest) => {
              const canvas = document.querySelector('.map-canvas canvas');
              const {width, height} = canvas;
              const from = newest ? Math.floor(width * 0.7) : 0;
              const {data} = canvas.getContext('2d').getImageData(from, 0, width - from, height);
              let sum = 0;
              for (let i = 0; i < data.length; i++) sum = (sum * 31 + data[i]) | 0;
              return sum;
            }""",
            newest,
        )

    def wait_for_other_pixels(self, before: int, *, newest: bool = False) -> None:
        """Until ``pixels`` is no longer what it was."""
        for _ in range(200):
            if self.pixels(newest=newest) != before:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("the map's picture never changed")

    def colours(self) -> int:
        """How many different colours the map's lowest layer shows."""
        return self.page.evaluate(
            """() => {
              const canvas = document.querySelector('.map-canvas canvas');
              const {width, height} = canvas;
              const {data} = canvas.getContext('2d').getImageData(0, 0, width, height);
              return new Set(new Uint32Array(data.buffer)).size;
            }"""
        )

    def violations(self) -> list[str]:
        """What axe finds on the page as it is now."""
        if not self.page.evaluate("typeof axe !== 'undefined'"):
            self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]
        ]


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def look_at(browser: Browser) -> Iterator[Callable[..., Look]]:
    """Open a page of a site as a phone (usually) or a desktop; it must not complain."""
    with ExitStack() as contexts:
        looks: list[Look] = []

        def opened(url: str, *, theme: str = "dark", device: dict = PHONE) -> Look:
            context = browser.new_context(color_scheme=theme, reduced_motion="reduce", **device)
            contexts.callback(context.close)
            look = Look(context.new_page(), url)
            look.page.on("console", lambda said: note(look, said.type, said.text))
            look.page.on("pageerror", lambda error: look.complaints.append(str(error)))
            looks.append(look)
            return look

        yield opened
        assert [line for look in looks for line in look.complaints] == []


def note(look: Look, kind: str, text: str) -> None:
    if kind == "error":
        look.complaints.append(text)


@pytest.fixture
def phone(look_at: Callable[..., Look], live_site: str) -> Look:
    """A phone on the simulated site's first page, in the dark."""
    return look_at(live_site).open()


@pytest.fixture
def desktop(look_at: Callable[..., Look], live_site: str) -> Look:
    return look_at(live_site, device=DESKTOP).open()
