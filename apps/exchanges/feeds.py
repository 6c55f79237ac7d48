"""Which feed a ``--feed`` text asks for.

auto[?markets=10&days=8]  what can be had: live venues, else the simulated market
live[?markets=10&days=8]  the venues themselves
fake[?url=&markets=3&seed=3]  a fake exchange of eight venues, here or at that address
replay:DIR[?loop]         a recording, from about 70 % of it onwards
simulated[?seed=7&days=8] an invented market of which everything is known
"""

import math
from urllib.parse import parse_qsl

from apps.exchanges.live.open import open_fake, open_live
from apps.exchanges.live.probing import NoVenue, grouped
from apps.exchanges.records import BadFeed, BadRecording, Feed
from apps.exchanges.replay import open_replay
from apps.exchanges.simulated.feed import SimulatedFeed

FASTEST = 3600.0
DEFAULT_SEED, LARGEST_SEED = 3, 999_999_999
DEFAULT_DAYS, MOST_DAYS = 8, 60
LEAST_MARKETS, DEFAULT_MARKETS, MOST_MARKETS = 3, 10, 50
DEFAULT_FAKE_MARKETS, MOST_FAKE_MARKETS = 3, 10


def parse_feed(text: str, *, speed: float = 1.0, markets: int = DEFAULT_MARKETS) -> Feed:
    """The feed that ``text`` asks for, ready to tell its history. Raises ``BadFeed``.

    ``markets`` is how many of the real ones are told where the text does not say.
    """
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
        return _auto(chosen, speed, markets)
    if kind == "live":
        return _live("live", chosen, speed, markets)
    if kind == "fake":
        return _fake(chosen, speed)
    raise BadFeed(
        f"There is no feed {kind[:40]!r}; use auto, live, fake, replay:FOLDER or simulated."
    )


def _auto(options: dict[str, str], speed: float, markets: int) -> Feed:
    try:
        return _live("auto", options, speed, markets)
    except NoVenue as none:
        reason = "No venue answers, so this market is simulated."
        return _simulated({}, speed, f"{reason}\n{grouped(none.reasons)}")


def _live(kind: str, options: dict[str, str], speed: float, default: int) -> Feed:
    _refuse_others(kind, options, {"markets", "days"})
    markets = _whole(options, "markets", default, LEAST_MARKETS, MOST_MARKETS)
    days = _whole(options, "days", DEFAULT_DAYS, 1, MOST_DAYS)
    _refuse_speed("live", speed)
    return open_live(markets=markets, days=days)


def _fake(options: dict[str, str], speed: float) -> Feed:
    _refuse_others("fake", options, {"url", "markets", "seed"})
    markets = _whole(options, "markets", DEFAULT_FAKE_MARKETS, LEAST_MARKETS, MOST_FAKE_MARKETS)
    seed = _whole(options, "seed", DEFAULT_SEED, 0, LARGEST_SEED)
    _refuse_speed("fake", speed)
    return open_fake(markets=markets, seed=seed, url=options.get("url", ""))


def _refuse_speed(kind: str, speed: float) -> None:
    if speed != 1:
        raise BadFeed(f"The feed {kind} runs at the speed of the clock, not {speed:g} times it.")


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
