"""The service worker as it is served: what this build consists of, then the script itself."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import get_finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

SCRIPT = Path(__file__).with_name("service_worker.js")
SHELL = ("css/", "js/", "vendor/")
KINDS = (".css", ".js", ".mjs")


def worker_script() -> str:
    """The whole script; it differs, and so is a new version, whenever anything it keeps does."""
    build = json.dumps(_build(), separators=(",", ":"))
    return f"const BUILD = {build};\n{_source()}"


def shell_files() -> list[str]:
    """Every script and style of the site by its own name, and the icon that pages show."""
    found = {
        path.replace("\\", "/")
        for finder in get_finders()
        for path, _storage in finder.list([])
        if path.startswith(SHELL) and path.endswith(KINDS)
    }
    return ["icons/favicon.svg", *sorted(found)]


def _build() -> dict[str, Any]:
    with override("en"):  # one text for all, or each language would be a version of its own
        build = {
            "assets": [static(path) for path in shell_files()],
            "shell": reverse("offline"),
            "icon": static("icons/icon-192.png"),
            "badge": static("icons/badge-96.png"),
            "moved": reverse("device-moved"),
            "title": "Embermap",
            "body": _("Something happened. Open the app to see it."),
        }
    text = json.dumps(build) + _source()
    return build | {"version": hashlib.sha256(text.encode()).hexdigest()[:12]}


@lru_cache(maxsize=1)
def _source() -> str:
    return SCRIPT.read_text(encoding="utf-8")
