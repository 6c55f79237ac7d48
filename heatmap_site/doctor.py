"""What a site needs on this machine, looked at piece by piece; each check says it in one line.

Nothing is changed and nothing is started. A check that itself goes wrong is a failed check.
"""

import json
import os
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.exchanges.feeds import parse_feed
from apps.exchanges.records import BadFeed
from apps.pwa import vapid
from apps.pwa.services import is_key_suspect
from heatmap_site import health
from heatmap_site.supervisor import redis_server
from heatmap_site.supervisor.run_folder import Refused

OLDEST_PYTHON = (3, 12)
LEAST_FREE_BYTES = 1_000_000_000
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO
WRITE_FOR_OTHERS = stat.S_IWGRP | stat.S_IWOTH
SHORTEST_KEY = 32
KEY_FILE = "secret-key"
MANIFEST = "staticfiles.json"


@dataclass(frozen=True)
class Finding:
    """What one check found; ``details`` are further sentences, one a line."""

    passed: bool
    message: str
    details: tuple[str, ...] = ()


def examine() -> dict[str, Finding]:
    """Every check's finding by its name; a failure explains those after it."""
    return {name: _look(check) for name, check in CHECKS.items()}


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        return _good(version)
    return _bad(_("%s is too old; 3.12 or newer is needed") % version)


def data_folder() -> Finding:
    """Ours to write, and nobody else's."""
    folder: Path = settings.DATA_DIR
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return _bad(_("%s cannot be written to") % folder)
    if folder.stat().st_mode & WRITE_FOR_OTHERS:
        return _bad(_("others may write to %s; run chmod go-w on it") % folder)
    return _good(_("%s is writable, by its owner only") % folder)


def secret_key() -> Finding:
    """Long enough and, where it lies in a file, readable by its owner only."""
    named = os.environ.get("SECRET_KEY_FILE", "")
    if os.environ.get("SECRET_KEY"):
        words = _("from the environment")
    else:
        path = Path(named) if named else settings.DATA_DIR / KEY_FILE
        if path.stat().st_mode & FOR_OTHERS:
            return _bad(_("others may read %s; run chmod 600 on it") % path)
        words = _("%s, readable by its owner only") % path
    if len(settings.SECRET_KEY) < SHORTEST_KEY:
        return _bad(_("shorter than %d characters, and so can be guessed") % SHORTEST_KEY)
    return _good(words)


def disk() -> Finding:
    free = shutil.disk_usage(settings.DATA_DIR).free
    words = _("%(free).1f GB free") % {"free": free / 1e9}
    if free < LEAST_FREE_BYTES:
        return _bad(_("%(words)s; a month of bars needs 1 GB") % {"words": words})
    return _good(words)


def database() -> Finding:
    """It answers, and has every table and column the code expects."""
    if trouble := health.database_trouble():
        return _bad(trouble)
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return _bad(str(error).strip())
    if missing:
        words = ngettext(
            "%d migration is missing; ./embermap run or manage.py migrate applies it",
            "%d migrations are missing; ./embermap run or manage.py migrate applies them",
            len(missing),
        )
        return _bad(words % len(missing))
    return _good(_("%s answers and is up to date") % connection.display_name)


def redis_compatible() -> Finding:
    """The server that REDIS_URL names answers; without it, there is one that can be started."""
    if settings.REDIS_URL:
        if trouble := health.redis_trouble():
            return _bad(trouble)
        return _good(_("the server that REDIS_URL names answers"))
    try:
        return _good(_("embedded, %s") % redis_server.binary())
    except Refused as refusal:
        return _bad(str(refusal))


def feed() -> Finding:
    """Whether the chosen feed can be had; why not has a line for each venue."""
    try:
        info = parse_feed(settings.FEED, speed=settings.FEED_SPEED).info
    except BadFeed as error:
        first, *others = str(error).splitlines()
        return _bad(first, tuple(others))
    words = _("%(asked)s gives %(label)s (%(kind)s)") % {
        "asked": settings.FEED,
        "label": info.label,
        "kind": info.kind.upper(),
    }
    return _good(words, tuple(info.reason.splitlines()))


def static_files() -> Finding:
    """Everything a page asks for lies where the web server looks."""
    try:
        collected = json.loads((settings.STATIC_ROOT / MANIFEST).read_bytes())["paths"]
    except (OSError, ValueError, KeyError):
        return _bad(_("not collected yet; ./embermap run or manage.py collectstatic does it"))
    present = {
        path.replace(os.sep, "/") for finder in get_finders() for path, _storage in finder.list([])
    }
    lost = [path for path, copy in collected.items() if not (settings.STATIC_ROOT / copy).is_file()]
    missing = sorted(present.difference(collected).union(lost))
    if missing:
        words = _("%(count)d of %(all)d are missing, %(first)s first; collect them again")
        return _bad(words % {"count": len(missing), "all": len(present), "first": missing[0]})
    return _good(_("%d files collected") % len(collected))


def web_address() -> Finding:
    """Phones install a page, and let it notify, over https only."""
    if not settings.PUBLIC_URL:
        return _good(_("PUBLIC_URL is empty: for this machine's own browsers"))
    if settings.PUBLIC_URL.startswith("https:"):
        return _good(settings.PUBLIC_URL)
    return _bad(_("%s is not https, so phones will not install the page") % settings.PUBLIC_URL)


def pushes() -> Finding:
    """A key that only its owner may read, a contact for the push services, and no way inwards."""
    if settings.ALLOW_LOOPBACK and settings.PUBLIC_URL:
        return _bad(_("EMBERMAP_ALLOW_LOOPBACK lets users have requests sent to this machine"))
    if not settings.VAPID_PRIVATE_KEY and not (settings.DATA_DIR / vapid.KEY_FILE).exists():
        return _good(_("the push key is made when the first device subscribes"))
    try:
        key = vapid.current_key()
    except ImproperlyConfigured as error:
        return _bad(str(error).rstrip("."))
    if settings.PUBLIC_URL and vapid.subject() == vapid.NO_SUBJECT:
        return _bad(_("set VAPID_SUBJECT: push services refuse a sender without a contact"))
    if is_key_suspect():
        return _bad(_("most devices refuse push key %s; look at VAPID_SUBJECT") % key.id)
    return _good(_("key %(id)s, contact %(contact)s") % {"id": key.id, "contact": vapid.subject()})


def mail() -> Finding:
    """A public site needs a server for mail: without one a forgotten password has no way back."""
    if settings.EMAIL_URL:
        return _good(_("sent through the server that EMAIL_URL names"))
    words = _("EMAIL_URL is empty: mail is written to files in %s") % (settings.DATA_DIR / "mail")
    return _bad(words) if settings.PUBLIC_URL else _good(words)


CHECKS: dict[str, Callable[[], Finding]] = {
    "python": python,
    "data folder": data_folder,
    "secret key": secret_key,
    "disk": disk,
    "database": database,
    "redis": redis_compatible,
    "static files": static_files,
    "address": web_address,
    "mail": mail,
    "pushes": pushes,
    "feed": feed,
}


def _look(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:  # whatever it is, the other checks still have something to say
        return _bad(_("cannot be looked at (%s)") % (str(error) or type(error).__name__))


def _good(message: str, details: tuple[str, ...] = ()) -> Finding:
    return Finding(True, message, details)


def _bad(message: str, details: tuple[str, ...] = ()) -> Finding:
    return Finding(False, message, details)
