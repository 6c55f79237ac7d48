"""Seeded schedules that kill parts of a running site while its rules fire, and what became of it.

The site is the real one: embedded Redis-compatible server, collector, worker, sender, beat and
web, a simulated market a minute a second, and a push service on loopback that outlives them all.
One site lives through many schedules, kill after kill. Recovery is when whatever was killed is
there again: every process runs, the web answers, and the sender has begun a round since the kill;
redelivery is how long after that everything that was waiting at the kill had arrived. By hand,
printing what it measured:

    python -m tests.faults.alert_schedule --seeds 200 --first 1
"""

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

import psutil

from heatmap_site.environment import ROOT
from tests.pwa.fake_push import FakeDevice, FakePush, Step, fake_push_service
from tests.running_site import ROLES, RunningSite, running_site
from tests.suite import clean_environment
from tests.waiting import wait_until

SPEED = "60"
SETTINGS = {"EMBERMAP_SPEED": SPEED, "EMBERMAP_ALLOW_LOOPBACK": "yes"}
TARGETS = ("worker", "sender", "sender", "beat", "web", "redis", "all")
DEVICES = 6
ANSWERS = [Step(hang_s=0.03)] * 5000  # long enough for a kill to fall between send and answer
LONGEST_CALM_S = 0.6
BUSY_WITHIN_S = 2.0  # when nothing is under way by then, the kill falls into calm
MAKE = """
import json, sys
from apps.accounts.models import User
from apps.alerts.models import AlertRule
from apps.alerts.rules import save_rule
from apps.markets.models import Market
from apps.pwa import vapid
from apps.pwa.services import Subscription, register_device
told = json.loads({told!r})
user = User.objects.create_user("alice", "alice@example.org", "four-candid-otters")
key = vapid.current_key().public
for one in told:
    keys = one["keys"]
    device = Subscription(one["endpoint"], keys["p256dh"], keys["auth"], key)
    register_device(user=user, subscription=device)
for market in Market.objects.all():
    for words in (
        {{"kind": "near", "within": 0.15}},
        {{"kind": "near", "within": 0.003}},
        {{"kind": "near", "within": 0.01}},
        {{"kind": "grew", "measure": "percent", "level": 0.05}},
        {{"kind": "grew", "measure": "percent", "level": 0.02}},
        {{"kind": "formed", "within": 0.15}},
        {{"kind": "swept"}},
        {{"kind": "shrank", "level": 0.1}},
    ):
        save_rule(AlertRule(user=user, market=market, every_min=0, **words))
print("KEY", key)
"""


@dataclass
class Outcome:
    """What some schedules came to."""

    kills: Counter[str] = field(default_factory=Counter)
    events: int = 0
    lost: list[str] = field(default_factory=list)
    seen_twice: list[str] = field(default_factory=list)
    sends: int = 0
    extra_sends: int = 0
    slowest_redelivery_s: float = 0.0

    @property
    def sender_kills(self) -> int:
        """Kills that can cut a send in two."""
        return self.kills["sender"] + self.kills["all"]

    def __str__(self) -> str:
        return (
            f"{sum(self.kills.values())} kills {dict(self.kills)}: {self.events} events, "
            f"{len(self.lost)} lost, {len(self.seen_twice)} seen twice, {self.sends} sends, "
            f"{self.extra_sends} extra, redelivery within {self.slowest_redelivery_s:.1f} s"
        )


@dataclass(frozen=True)
class Stage:
    """The running site, the push service, and Alice's devices there."""

    site: RunningSite
    service: FakePush
    devices: tuple[FakeDevice, ...]

    def asked(self, query: str, *arguments: object) -> list[tuple]:
        """Rows of the site's database, as it is now."""
        path = self.site.data / "embermap.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as database:
            return database.execute(query, arguments).fetchall()

    def waiting(self) -> set[str]:
        """The firings that have not reached the device yet."""
        rows = self.asked(
            "SELECT f.public FROM alerts_delivery d JOIN alerts_firing f ON f.id = d.firing_id "
            "WHERE d.transport = 'push' AND d.status IN ('pending', 'leased')"
        )
        return {public for (public,) in rows}


@contextmanager
def stage() -> Iterator[Stage]:
    """A site whose rules fire all the time."""
    with fake_push_service() as service, running_site(settings=SETTINGS) as site:
        site.wait_for_picture()
        devices = tuple(service.new_device("", *ANSWERS) for _ in range(DEVICES))
        server_key = _make_rules(site, json.dumps([device.subscription() for device in devices]))
        for device in devices:
            device.server_key = server_key
        wait_until(lambda: service.to(devices[0]), "the first push", deadline_s=180)
        yield Stage(site, service, devices)


def live_through(stage: Stage, seeds: range) -> Outcome:
    """Every schedule in turn, one kill each; then the sums over all of them."""
    outcome = Outcome()
    for seed in seeds:
        target, took_s = _kill_once(stage, random.Random(seed))
        outcome.kills[target] += 1
        outcome.slowest_redelivery_s = max(outcome.slowest_redelivery_s, took_s)
        print(
            f"seed {seed}: {target} killed, all arrived {took_s:.1f} s after recovery", flush=True
        )
    _count(stage, outcome)
    return outcome


def _make_rules(site: RunningSite, told: str) -> str:
    made = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", MAKE.format(told=told)],
        cwd=ROOT, env=clean_environment(site.folder) | SETTINGS,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return made.stdout.split("KEY ")[1].strip()


def _kill_once(stage: Stage, rng: random.Random) -> tuple[str, float]:
    """Kill something at a random moment; how long after recovery its events had all arrived."""
    target = rng.choice(TARGETS)
    roles = tuple(ROLES) if target == "all" else (target,)
    with suppress(TimeoutError):
        wait_until(stage.waiting, "something under way", deadline_s=BUSY_WITHIN_S)
    time.sleep(rng.uniform(0, LONGEST_CALM_S))
    children = {role: stage.site.wait_for_child(role) for role in roles}
    killed_ms = int(time.time() * 1000)
    for child in children.values():
        _kill_family(child)
    before = stage.waiting()
    for role, child in children.items():
        stage.site.wait_for_child(role, other_than=child.pid)
    wait_until(lambda: _is_at_work(stage, killed_ms), "the site to work again", deadline_s=120)
    back_s = time.monotonic()
    wait_until(lambda: not before & stage.waiting(), "what was waiting to arrive", deadline_s=120)
    return target, time.monotonic() - back_s


def _kill_family(child: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        family = [child, *child.children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def _is_at_work(stage: Stage, since_ms: int) -> bool:
    """Every process is there, the web answers, and the sender has looked for work since."""
    (swept,) = stage.asked("SELECT at_ms FROM markets_heartbeat WHERE stream = 'sweeper'")
    return (
        swept[0] > since_ms
        and stage.site.status("/healthz") == 200
        and all(stage.site.child(role) for role in ROLES)
    )


def _count(stage: Stage, outcome: Outcome) -> None:
    """Stop everything new, let the rest arrive, then compare rows with what was seen."""
    asked = "UPDATE alerts_alertrule SET is_active = 0"
    with closing(sqlite3.connect(stage.site.data / "embermap.sqlite3", timeout=60)) as database:
        database.execute(asked)
        database.commit()
    wait_until(lambda: not stage.waiting(), "the last event to arrive", deadline_s=180)
    fired = {public for (public,) in stage.asked(
        "SELECT public FROM alerts_firing WHERE user_id IS NOT NULL AND silenced = ''"
    )}  # fmt: skip
    outcome.events = len(fired)
    for device in stage.devices:
        told = [one for one in stage.service.to(device) if one.status == 201]
        shown = {one.payload["notification"]["tag"]: one.payload["notification"] for one in told}
        seen = Counter(
            public.replace("-", "") for note in shown.values() for public in note["data"]["firings"]
        )
        outcome.lost += sorted(fired - set(seen))
        outcome.seen_twice += sorted(public for public, times in seen.items() if times > 1)
        outcome.sends += len(told)
        outcome.extra_sends += len(told) - len(shown)


def main() -> None:
    """Live through schedules and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    with stage() as running:
        print(live_through(running, range(options.first, options.first + options.seeds)))


if __name__ == "__main__":
    main()
