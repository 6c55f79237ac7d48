"""How mail leaves this site."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

BACKENDS = "django.core.mail.backends"
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mailers(url: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Django's MAILERS for an ``smtp[+tls|s]://user:password@host:port`` address.

    Without an address every message is written to a file in ``folder`` instead.
    """
    if not url:
        files = {"BACKEND": f"{BACKENDS}.filebased.EmailBackend", "OPTIONS": {"file_path": folder}}
        return {"default": files}
    parts = urlsplit(url)
    options = {
        "host": parts.hostname or "localhost",
        "port": parts.port or PORTS[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtps",
        "timeout": 10,
    }
    return {"default": {"BACKEND": f"{BACKENDS}.smtp.EmailBackend", "OPTIONS": options}}
