"""``manage.py doctor``: is everything there that a site needs?"""

import json as plain_json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heatmap_site.doctor import Finding, examine


class Command(BaseCommand):
    help = _(
        "Check Python, the data folder and its secret key, disk, database, Redis-compatible "
        "server, static files, address, pushes and feed. Exit status 0: all is well; 1: something "
        "is not."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("for programs"))

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        findings = examine()
        failed = sum(not finding.passed for finding in findings.values())
        if json:
            told = {name: asdict(finding) for name, finding in findings.items()}
            self.stdout.write(plain_json.dumps({"ok": not failed, "checks": told}, indent=1))
        else:
            for name, finding in findings.items():
                self.stdout.write(self.words(name.ljust(max(map(len, findings))), finding))
        if failed:
            words = ngettext("%d check failed.", "%d checks failed.", failed)
            raise CommandError(words % failed, returncode=1)

    def words(self, name: str, finding: Finding) -> str:
        """A mark, the check's name and what it found; coloured where the terminal has colours."""
        mark = self.style.SUCCESS("✓") if finding.passed else self.style.ERROR("✗")
        told = [f"{mark} {name}  {finding.message}"]
        told += [" " * (len(name) + 4) + detail for detail in finding.details]
        return "\n".join(told)
