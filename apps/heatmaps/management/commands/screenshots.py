"""``manage.py screenshots``: the README's pictures of a running site."""

from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

try:
    from playwright.sync_api import Browser, Error, sync_playwright
except ImportError:  # only needed for this command
    sync_playwright = None

ROOT = Path(settings.STATICFILES_DIRS[0]).parent
MAP = "document.querySelector('[data-part=legend-right]')?.textContent"
READ = "document.querySelector('.read-plot .read-heat')"
PATIENCE_MS = 60_000
SETTLING_MS = 1_500
# Emulated pixel ratios are not told to ResizeObserver: the chart then asks the window instead.
TRUE_PIXELS = "delete ResizeObserverEntry.prototype.devicePixelContentBoxSize"


@dataclass(frozen=True)
class Shot:
    """One picture: what is opened and on which screen."""

    name: str
    width: int
    height: int
    theme: str
    path: str = "/"
    drawn: str = MAP  # JavaScript that is true once there is something to see


SHOTS = (
    Shot("phone-dark", 390, 844, "dark"),
    Shot("phone-light", 390, 844, "light"),
    Shot("phone-net", 390, 844, "dark", "/?view=net"),
    Shot("desktop", 1440, 900, "dark"),
)
JOURNAL = Shot("journal", 1440, 900, "dark", "/journal/", READ)


class Command(BaseCommand):
    help = _("Take the README's screenshots of a running site (needs Playwright and Chromium).")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help=_("the running site"))
        parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
        parser.add_argument(
            "--session", default="", help=_("of a reader whose journal is shown, too")
        )
        parser.add_argument("--chromium", default="", help=_("the browser, if not Playwright's"))

    def handle(
        self, *, url: str, out: Path, session: str, chromium: str, **_options: object
    ) -> None:
        if sync_playwright is None:
            raise CommandError(_("Playwright is not installed."))
        out.mkdir(parents=True, exist_ok=True)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium or None, args=["--no-sandbox"]
                )
                for shot in (*SHOTS, JOURNAL) if session else SHOTS:
                    take(browser, url.rstrip("/"), shot, out, session)
                    self.stdout.write(str(out / f"{shot.name}.png"))
                browser.close()
        except Error as error:
            raise CommandError(error.message.splitlines()[0]) from None


def take(browser: "Browser", url: str, shot: Shot, out: Path, session: str) -> None:
    """Open the page, wait until it is drawn, and keep the picture."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=2 if shot.width < 1000 else 1,
        color_scheme=shot.theme,
        reduced_motion="reduce",
    )
    if session:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}
        context.add_cookies([cookie])
    context.add_init_script(TRUE_PIXELS)
    page = context.new_page()
    page.goto(url + shot.path)
    for _attempt in range(PATIENCE_MS // 200):
        if page.evaluate(f"Boolean({shot.drawn})"):
            break
        page.wait_for_timeout(200)
    else:
        raise CommandError(_("%s never showed anything.") % (url + shot.path))
    page.wait_for_timeout(SETTLING_MS)
    page.screenshot(path=out / f"{shot.name}.png")
    context.close()
