"""The import map: the names by which JavaScript modules import one another."""

import json

from django import template
from django.contrib.staticfiles.finders import get_finders
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

VENDOR = {
    "#vendor/htmx": "vendor/htmx/htmx.esm.min.js",
    "#vendor/lightweight-charts": "vendor/lightweight-charts/lightweight-charts.mjs",
}


def module_paths() -> dict[str, str]:
    """Every module of ``static/js`` by its import name: ``#heatmap/frame`` and its kin."""
    paths = {
        path.replace("\\", "/")
        for finder in get_finders()
        for path, _storage in finder.list([])
        if path.startswith("js") and path.endswith(".js")
    }
    names = {f"#{path.removeprefix('js/').removesuffix('.js')}": path for path in sorted(paths)}
    return names | VENDOR


@register.simple_tag
def import_map() -> SafeString:
    """The map as JSON, with the hashed addresses that browsers may keep for ever."""
    imports = {name: static(path) for name, path in module_paths().items()}
    return mark_safe(json.dumps({"imports": imports}).replace("<", "\\u003c"))  # noqa: S308
