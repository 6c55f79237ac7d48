"""The sentences that scripts show, from the same catalogue as the pages."""

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def browser_words() -> SafeString:
    """A JSON block with id ``words``; braces are filled in by ``#heatmap/words``."""
    return json_script(
        {
            "longs": _("Longs"),
            "shorts": _("Shorts"),
            "long_lower": _("longs"),
            "short_lower": _("shorts"),
            "now": _("now"),
            "as_of_then": _("map as of then"),
            "what_happened": _("what happened"),
            "loading": _("LOADING"),
            "live": _("LIVE"),
            "stale": _("STALE"),
            "replay": _("REPLAY"),
            "simulated": _("SIMULATED"),
            "ended": _("ENDED"),
            "offline": _("OFFLINE"),
            "reconnecting": _("RECONNECTING"),
            "error": _("ERROR"),
            "seconds": _("{n} s"),
            "minutes": _("{n} min"),
            "hours": _("{n} h"),
            "days": _("{n} d"),
            "building": _("Building the heat."),
            "silent": _("{venue} silent for {age}."),
            "retrying": _("Reconnecting. Map as of {time}."),
            "bad_frame": _("Unreadable data refused. The last good map stays."),
            "no_data": _("No map yet: waiting for the first prices."),
            "refused": _("The server refused this selection. The last good map stays."),
            "nothing_drawn": _("Nothing to draw for this selection. Reset Layers to see all."),
            "retry": _("Retry"),
            "reset": _("Reset"),
            "per_bin": _("est. per {bin}"),
            "net_per_bin": _("net per {bin} · est."),
            "of_max": _("{share} of max"),
            "before": _("bar before"),
            "here": _("here"),
            "next": _("next"),
            "empty_cell": _("no heat here"),
            "off": _("off"),
            "summary": _("{market} {price}. {above} {below}"),
            "summary_above": _("Nearest shorts {distance} above, {amount} estimated."),
            "summary_below": _("Nearest longs {distance} below, {amount} estimated."),
            "none_above": _("No shorts in view."),
            "none_below": _("No longs in view."),
            "cell": _("{price}, {distance}, {amount}, {time}"),
            "hide_below": _("hide below {amount}"),
            "sensitivity": _("{lo} – {hi} %, log"),
            "longs_only": _("longs only"),
            "shorts_only": _("shorts only"),
            "data_time": _("data of {time}"),
            "all": _("all"),
            "all_longs": _("all longs {amount}"),
            "all_shorts": _("all shorts {amount}"),
            "most_here": _("most {amount}"),
            "running_total": _("line: running total"),
            "level_readout": _("{price} · {far} · {amount} here · {total} up to here"),
        },
        "words",
    )
