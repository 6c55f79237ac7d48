"""``manage.py up``: start everything, keep it alive, and stop it cleanly."""

import asyncio
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from heatmap_site.environment import ROOT, read
from heatmap_site.supervisor import options, redis_server, run_folder, site, web
from heatmap_site.supervisor.processes import site_processes
from heatmap_site.supervisor.stages import Stage, Supervisor


class Command(BaseCommand):
    help = _("Start the site: Redis-compatible server, collector, worker, beat and web server.")
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        options.add_arguments(parser)

    def handle(self, *, data: Path | None, **chosen: Any) -> None:
        if data and data != settings.DATA_DIR:
            run_again_with(data)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the loop takes over
        try:
            self.run_site(**chosen)
        except run_folder.Refused as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        except KeyboardInterrupt:
            pass
        self.say("embermap", _("stopped"))

    def run_site(
        self, *, feed: str | None, speed: float | None, host: str, port: int, **_others: Any
    ) -> None:
        """Everything from the lock to the last process; nothing is left when it returns."""
        chosen = site.choose_feed(feed or settings.FEED, speed or settings.FEED_SPEED)
        with ExitStack() as kept:
            folder = kept.enter_context(run_folder.held(settings.DATA_DIR))
            sockets = kept.enter_context(run_folder.socket_folder(folder))
            web.require_free(host, port)
            site.prepare()
            first_run = site.first_run_path()
            self.say("embermap", chosen.description)
            environment = site.environment(chosen)
            processes = site_processes(host, port, folder)
            stages = [Stage(processes, lambda: self.announce(host, port, first_run))]
            if not settings.REDIS_URL:
                socket = sockets / "redis.sock"
                environment["REDIS_URL"] = redis_server.url(socket)
                stages.insert(0, redis_server.stage(socket))
            asyncio.run(self.supervise(tuple(stages), environment))

    async def supervise(self, stages: tuple[Stage, ...], environment: dict[str, str]) -> None:
        supervisor = Supervisor(environment=environment, folder=ROOT, log=self.say)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                asyncio.get_running_loop().add_signal_handler(number, supervisor.stop)
        await supervisor.run(stages)

    async def announce(self, host: str, port: int, first_run: str) -> None:
        """Wait for the first answer, then tell where to look."""
        await web.answers(host, port)
        self.say("embermap", _("ready at %s") % (settings.PUBLIC_URL or web.page_url(host, port)))
        if first_run:
            address = (settings.PUBLIC_URL or web.page_url(host, port)).rstrip("/")
            told = _("make the first administrator within a day: %s")
            self.say("embermap", told % (address + first_run))
        if not (web.is_local(host) or settings.PUBLIC_URL or read("EMBERMAP_HOSTS")):
            self.say("embermap", _("other devices are answered once EMBERMAP_HOSTS names this one"))

    def say(self, name: str, line: str) -> None:
        """One line after the name of who said it; a reader who went away stops nobody."""
        try:
            self.stdout.write(f"{name:<8} | {line}")
            self.stdout.flush()
        except OSError:
            self.stdout._out = open(os.devnull, "w")  # noqa: SIM115


def run_again_with(data: Path) -> None:
    """Become this same command with ``data`` in the environment, where the settings look."""
    os.environ["EMBERMAP_DATA"] = str(data)
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606
