"""``manage.py bench page``: what a reader waits for, and how smoothly the map moves.

A site with a simulated market is started in a folder of its own (or the one at ``--url`` is
taken). Every view is asked for many times; then a real browser opens the first page, weighs what
it fetched until the map was drawn, slows its processor down four times and pans and zooms by
script. The yardsticks, from the same run: the site's own ``/healthz``, and an animation of
nothing in the same slow browser.
"""

import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from heatmap_site.benchmarks.loopback import answers, free_port, process_environment
from heatmap_site.environment import ROOT

try:
    from playwright.sync_api import Page, sync_playwright
except ImportError:  # without it only the server is measured
    sync_playwright = None

VIEWS = {
    "live": "/m/btc/",
    "venue": "/m/btc/?view=venue&venues=binance",
    "age": "/m/btc/?view=age&age=0,1",
    "net": "/m/btc/?view=net",
    "week": "/m/btc/?tf=7d",
    "levels": "/m/btc/levels/",
    "map": "/m/btc/map/",
    "watch": "/watch/",
    "frame": "/m/btc/frame",
    "overlay": "/m/btc/overlay?layers=liq,cvd,funding",
}
TIMES = 20
SLOWER = 4
MOVING_S = 4
BUDGET_BYTES = 120_000
BUDGET_FPS = 50
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "has_touch": True,
}
READY_S = 180
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
DRAWN = "() => document.querySelector('[data-part=legend-right]')?.textContent"
WEIGHT = """() => performance.getEntriesByType('resource')
  .filter(({name}) => /\\.(m?js|css)$/.test(name.split('?')[0]))
  .reduce((sum, {encodedBodySize}) => sum + encodedBodySize, 0)"""
FRAMES = """(seconds) => new Promise((done) => {
  const gaps = [];
  let last = performance.now();
  const end = last + 1000 * seconds;
  const tick = (now) => {
    gaps.push(now - last);
    last = now;
    if (now < end) requestAnimationFrame(tick); else done(gaps.slice(2));
  };
  requestAnimationFrame(tick);
})"""


def cases(*, rng: object, clock: object, url: str | None = None) -> dict[str, Any]:
    """The benchmark as JSON-ready cases."""
    with site_at(url) as address:
        yardstick = server_times(address + "/healthz")
        found = [_server_case(name, address + path, yardstick) for name, path in VIEWS.items()]
        chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
        if sync_playwright and chromium:
            found += browser_cases(address, chromium)
    return {"cases": found}


def _server_case(name: str, address: str, yardstick: np.ndarray) -> dict[str, Any]:
    seconds = server_times(address)
    p95, plain = float(np.percentile(seconds, 95)), float(np.percentile(yardstick, 95))
    return {
        "name": f"server_{name}_p95",
        "seconds": p95,
        "median_seconds": float(np.median(seconds)),
        "yardstick": "the p95 of /healthz",
        "yardstick_seconds": plain,
        "ratio": p95 / plain,
    }


def server_times(address: str, times: int = TIMES) -> np.ndarray:
    """Seconds from the request to the last byte, one after the other; the first is not counted."""
    seconds = []
    for _ in range(times + 1):
        began = time.perf_counter()
        with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 (loopback)
            answer.read()
        seconds.append(time.perf_counter() - began)
    return np.array(seconds[1:])


def browser_cases(address: str, chromium: str) -> list[dict[str, Any]]:
    """What a phone's browser fetches before the map is drawn, and its frames while it moves."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(**PHONE)
        page = context.new_page()
        page.goto(address)
        wait_until_drawn(page)
        weight = int(page.evaluate(WEIGHT))
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        moving = frames_while_moving(page)
        page.goto("about:blank")
        still = np.array(page.evaluate(FRAMES, 2))
        browser.close()
    gap, idle = float(np.median(moving)), float(np.median(still))
    return [
        {
            "name": "first_paint_js_and_css",
            "bytes": weight,
            "budget_bytes": BUDGET_BYTES,
            "ok": weight <= BUDGET_BYTES,
            "yardstick": "the budget",
            "yardstick_bytes": BUDGET_BYTES,
            "ratio": weight / BUDGET_BYTES,
        },
        {
            "name": f"pan_and_zoom_frame_{SLOWER}x_slower",
            "seconds": gap / 1000,
            "p95_seconds": float(np.percentile(moving, 95)) / 1000,
            "fps": 1000 / gap,
            "budget_fps": BUDGET_FPS,
            "ok": 1000 / gap >= BUDGET_FPS,
            "yardstick": "an animation of nothing in the same browser",
            "yardstick_seconds": idle / 1000,
            "ratio": gap / idle,
        },
    ]


def wait_until_drawn(page: "Page") -> None:
    """Until the legend has its amounts; the page's policy forbids Playwright's own way."""
    until_s = time.monotonic() + READY_S
    while not page.evaluate(DRAWN):
        if time.monotonic() > until_s:
            raise RuntimeError("The map was never drawn.")
        page.wait_for_timeout(50)


def frames_while_moving(page: "Page") -> np.ndarray:
    """Milliseconds between frames while a finger pans and then a wheel zooms, without a pause."""
    box = page.locator("[data-part=canvas]").first.bounding_box()
    x, y = box["x"] + 120, box["y"] + 250
    page.evaluate(f"window.frames = ({FRAMES})({MOVING_S})")
    began_s = time.monotonic()
    page.mouse.move(x, y)
    page.mouse.down()
    while (moved_s := time.monotonic() - began_s) < MOVING_S / 2:
        page.mouse.move(x + 40 * np.sin(5 * moved_s), y + 30 * np.cos(6 * moved_s))
    page.mouse.up()
    while (moved_s := time.monotonic() - began_s) < MOVING_S:
        page.mouse.wheel(0, 40 if moved_s % 0.6 < 0.3 else -40)
    return np.array(page.evaluate("() => window.frames"))


@contextmanager
def site_at(url: str | None) -> Iterator[str]:
    """The site at ``url``; without one, a simulated one that is started here and stopped again."""
    if url:
        yield url.rstrip("/")
        return
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="embermap-bench-") as folder:
        command = [sys.executable, "manage.py", "up", "--feed", "simulated?days=1"]
        process = subprocess.Popen(  # noqa: S603 (ours)
            [*command, "--port", str(port)],
            cwd=ROOT,
            env=process_environment(Path(folder)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            asyncio.run(asyncio.wait_for(answers(port), READY_S))
            wait_until_ready(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def wait_until_ready(address: str) -> None:
    """Until the first picture has been published."""
    until_s = time.monotonic() + READY_S
    while time.monotonic() < until_s:
        try:
            with urllib.request.urlopen(address + "/readyz", timeout=10):  # noqa: S310 (loopback)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError("The site never became ready.")
