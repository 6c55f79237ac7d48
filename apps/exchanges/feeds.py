"""Which feed a ``--feed`` text asks for.

auto                      what can be had: live venues, else the simulated market
live                      the venues themselves
replay:DIR[?loop]         a recording, from about 70 % of it onwards
simulated[?seed=7&days=8] an invented market of which everything is known
"""

import math
from urllib.parse import parse_qsl

from apps.exchanges.records import BadFeed, BadRecording, Feed
from apps.exchanges.replay import open_replay
from apps.exchanges.simulated.feed import SimulatedFeed

FASTEST = 3600.0
DEFAULT_SEED, LARGEST_SEED = 3, 999_999_999
DEFAULT_DAYS, MOST_DAYS = 8, 60
NO_LIVE_VENUES = "Live venues are not built in yet"


def parse_feed(text: str, *, speed: float = 1.0) -> Feed:
    """The feed that ``text`` asks for, ready to tell its history. Raises ``BadFeed``."""
    if not (math.isfinite(speed) and 0 < speed <= FASTEST):
        raise BadFeed(f"The speed {speed:g} is not between 0 and {FASTEST:g} times real time.")
    asked, _, options = text.strip().partition("?")
    kind, _, place = asked.partition(":")
    chosen = dict(parse_qsl(options, keep_blank_values=True))
    if kind != "replay" and place:
        raise BadFeed(f"The feed {kind!r} takes no folder, only replay does.")
    if kind == "replay":
        return _replay(place, chosen, speed)
    if kind == "simulated":
        return _simulated(chosen, speed)
    if kind == "auto":
        return _simulated(chosen, speed, f"{NO_LIVE_VENUES}, so this market is simulated.")
    if kind == "live":
        raise BadFeed(f"{NO_LIVE_VENUES}; use replay:FOLDER or simulated.")
    raise BadFeed(f"There is no feed {kind[:40]!r}; use auto, live, replay:FOLDER or simulated.")


def _replay(folder: str, options: dict[str, str], speed: float) -> Feed:
    _refuse_others("replay", options, {"loop"})
    if options.get("loop"):
        raise BadFeed("The option loop of the feed replay takes no value.")
    if not folder:
        raise BadFeed("The feed replay needs the folder of a recording, as in replay:FOLDER.")
    try:
        return open_replay(folder, speed=speed, is_looping="loop" in options)
    except BadRecording as error:
        raise BadFeed(str(error)) from error


def _simulated(options: dict[str, str], speed: float, reason: str = "") -> Feed:
    _refuse_others("simulated", options, {"seed", "days"})
    seed = _whole(options, "seed", DEFAULT_SEED, 0, LARGEST_SEED)
    days = _whole(options, "days", DEFAULT_DAYS, 1, MOST_DAYS)
    return SimulatedFeed(seed, history_days=days, speed=speed, reason=reason)


def _refuse_others(kind: str, options: dict[str, str], known: set[str]) -> None:
    for name in options:
        if name not in known:
            raise BadFeed(f"The feed {kind} has no option {name[:40]!r}.")


def _whole(options: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    text = options.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most):
        raise BadFeed(
            f"The option {name} is {text[:40]!r}, not a whole number from {least} to {most}."
        )
    return int(text)
