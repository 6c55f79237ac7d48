"""A phone's browser with a profile of its own: its worker, its notifications, what it keeps.

Headless browsers have no push service. The page's ``PushManager`` is stubbed to hand out a
subscription of the fake service, and what that service receives is delivered to the worker.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Worker

from tests.e2e.conftest import PHONE
from tests.pwa.fake_push import FakeDevice, FakePush, from_base64url

STUB = """
  const held = () => pushStub('get', '').then((told) => told && {
    endpoint: told.endpoint,
    options: { applicationServerKey: Uint8Array.from(told.server_key).buffer },
    toJSON: () => told.subscription,
    unsubscribe: () => pushStub('end', '').then(() => true),
  });
  PushManager.prototype.getSubscription = held;
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    const key = btoa(String.fromCharCode(...new Uint8Array(applicationServerKey)));
    await pushStub('subscribe', key.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''));
    return held();
  };
"""
EVERYTHING_KEPT = """async () => {
  const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      kept.push(request.url, await (await cache.match(request)).text());
    }
  }
  for (const { name } of await indexedDB.databases()) kept.push(name);
  return kept.join('\\n');
}"""
NOTIFICATIONS = """async () => (await registration.getNotifications())
  .map(({ title, tag, data }) => ({ title, tag, data }))"""
STARTED = "document.documentElement.dataset.app === 'on'"
CLOSE = """async () => {
  for (const notification of await registration.getNotifications()) notification.close();
}"""
TAP = """async (tag) => {
  const [notification] = await registration.getNotifications({ tag });
  await open({ action: '', notification });
}"""

DELIVERIES = 6
LOOKS, LOOK_EVERY_MS = 12, 700


@dataclass
class App:
    """One page of a browser, seen as the app it can become."""

    context: BrowserContext
    page: Page
    push_service: FakePush
    site: str
    device: FakeDevice | None = None
    registrations: list[str] = field(default_factory=list)
    session: CDPSession | None = None

    def prepare(self) -> None:
        """Stub what a headless browser lacks, and listen for the worker's registration."""

        def stub(what: str, key: str) -> dict[str, Any] | None:
            if what == "subscribe":
                self.device = self.push_service.new_device(key)
            elif what == "end":
                self.device = None
            return self.device and {
                "endpoint": self.device.endpoint,
                "server_key": list(from_base64url(self.device.server_key)),
                "subscription": self.device.subscription(),
            }

        self.context.expose_function("pushStub", stub)
        self.context.add_init_script(STUB)
        self.session = self.context.new_cdp_session(self.page)
        self.session.on("ServiceWorker.workerRegistrationUpdated", self._note_registration)
        self.session.send("ServiceWorker.enable")

    def _note_registration(self, told: dict[str, Any]) -> None:
        alive = [one for one in told["registrations"] if not one["isDeleted"]]
        self.registrations += [one["registrationId"] for one in alive]

    def wait_for(self, question: Callable[[], Any], what: str, deadline_ms: int = 60_000) -> Any:
        """The first truthy answer; the browser goes on living while we wait."""
        for _ in range(deadline_ms // 100):
            if answer := question():
                return answer
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never happened: {what}")

    def wait_for_start(self) -> None:
        """Until what starts some seconds after the page has started."""
        self.wait_for(lambda: self.page.evaluate(STARTED), "what makes the page an app")

    def worker(self) -> Worker:
        """The service worker that controls the page."""
        controlled = "navigator.serviceWorker?.controller != null"
        self.wait_for(lambda: self.page.evaluate(controlled), "the worker took over")
        return self.wait_for(lambda: self.context.service_workers[-1:], "a worker")[0]

    def receive(self, *payloads: dict[str, Any] | str, count: int = 1) -> list[dict[str, Any]]:
        """Deliver pushes as the browser's own service would, already decrypted, and wait until so
        many notifications are shown; those.

        What is not shown is delivered again: a browser that is asked what it shows while a
        notification is on its way forgets that one now and then.
        """
        for _ in range(DELIVERIES):
            for payload in payloads:
                self._deliver(payload if isinstance(payload, str) else json.dumps(payload))
            for _ in range(LOOKS):
                self.page.wait_for_timeout(LOOK_EVERY_MS)
                if len(shown := self.notifications()) >= count:
                    return shown
        raise AssertionError(f"there were never {count} notifications")

    def _deliver(self, text: str) -> None:
        origin = self.page.evaluate("location.origin")
        self.wait_for(lambda: self.registrations, "a registration")
        told = {"origin": origin, "registrationId": self.registrations[-1], "data": text}
        self.session.send("ServiceWorker.deliverPushMessage", told)

    def notifications(self) -> list[dict[str, Any]]:
        return self.worker().evaluate(NOTIFICATIONS)

    def close_notifications(self) -> None:
        self.worker().evaluate(CLOSE)

    def tap(self, tag: str) -> None:
        self.worker().evaluate(TAP, tag)

    def kept(self) -> str:
        """Everything that scripts can find in this browser's storage, as one text."""
        return self.page.evaluate(EVERYTHING_KEPT)

    def keeps_map(self, market: str) -> bool:
        """Whether the public map of a market is there for when there is no network."""
        path = f"/m/{market}/frame"
        return self.page.evaluate("async (path) => !!(await caches.match(path))", path)


@contextmanager
def open_app(
    browser: Browser, chromium_path: str, site: str, push_service: FakePush, folder: Path
) -> Iterator[App]:
    """A phone that may be notified, with a profile of its own in that folder."""
    context = browser.browser_type.launch_persistent_context(
        str(folder / "profile"),
        executable_path=chromium_path,
        args=["--no-sandbox", "--disable-dev-shm-usage"],
        permissions=["notifications"],
        base_url=site,
        reduced_motion="reduce",
        **PHONE,
    )
    app = App(context, context.pages[0], push_service, site)
    app.prepare()
    yield app
    context.close()
