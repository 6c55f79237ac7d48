"""What a phone must know to install the site (Web App Manifest)."""

from typing import Any

from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

COLOUR = "#0c0a10"  # tokens.css, --bg in the dark
SCREENSHOTS = (
    ("icons/screens/heatmap.png", "780x1688", "narrow"),
    ("icons/screens/levels.png", "780x1688", "narrow"),
    ("icons/screens/desktop.png", "1440x900", "wide"),
)


def manifest() -> dict[str, Any]:
    """The manifest in the reader's language, every address in it hashed or fixed."""
    return {
        "id": "/",
        "name": _("Embermap liquidation heatmap"),
        "short_name": "Embermap",
        "description": _("Where the nearest forced exits are, and how big."),
        "lang": get_language() or "en",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": COLOUR,
        "background_color": COLOUR,
        "categories": ["finance"],
        "launch_handler": {"client_mode": "navigate-existing"},
        "icons": [
            _icon("icons/icon-192.png", "192x192", "any"),
            _icon("icons/icon-512.png", "512x512", "any"),
            _icon("icons/icon-maskable-512.png", "512x512", "maskable"),
        ],
        "screenshots": [_screenshot(*one) for one in SCREENSHOTS],
        "shortcuts": shortcuts(),
        "share_target": {
            "action": reverse("share"),
            "method": "GET",
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }


def shortcuts() -> list[dict[str, Any]]:
    """What a long press on the icon offers; a page the site does not have is left out."""
    wished = (
        (_("Heatmap"), "home"),
        (_("Alerts"), "alerts"),
        (_("Add read"), "journal-new"),
    )
    icons = [_icon("icons/icon-192.png", "192x192", "any")]
    return [
        {"name": name, "url": url, "icons": icons}
        for name, view in wished
        if (url := page_url(view))
    ]


def page_url(view: str) -> str:
    """The address of a page by its name; empty when this site has none."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


def _icon(path: str, sizes: str, purpose: str) -> dict[str, str]:
    return {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}


def _screenshot(path: str, sizes: str, form_factor: str) -> dict[str, str]:
    label = _("The heatmap") if "levels" not in path else _("The nearest levels")
    return {
        "src": static(path),
        "sizes": sizes,
        "type": "image/png",
        "form_factor": form_factor,
        "label": label,
    }
