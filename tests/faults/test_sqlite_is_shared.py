"""Three processes write to one SQLite file at once, and none is told that it is locked."""

import os
import subprocess
import sys
from pathlib import Path

from heatmap_site.environment import ROOT
from tests.suite import clean_environment

WRITING_S = float(os.environ.get("EMBERMAP_WRITING_S", "6"))
WRITERS = 3
WRITER = """
import sys, time
import django
django.setup()
from django.db import transaction
from apps.markets.models import Heartbeat
from apps.markets.pulse import beat_site

name, until_s = sys.argv[1], time.monotonic() + float(sys.argv[2])
count = 0
while time.monotonic() < until_s:
    with transaction.atomic():
        seen = Heartbeat.objects.count()
        beat_site(name, count)
        beat_site("shared", seen)
    count += 1
print(count)
"""


def test_nobody_is_told_that_the_database_is_locked(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path) | {"DJANGO_SETTINGS_MODULE": "heatmap_site.settings"}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, f"writer-{number}", str(WRITING_S)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    told = [writer.communicate(timeout=WRITING_S + 120) for writer in writers]
    assert [complaint for _count, complaint in told] == [""] * WRITERS
    assert all(int(count) > 0 for count, _complaint in told)
