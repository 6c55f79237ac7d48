"""What floors above tell this one when the site starts: choices it cannot know by itself."""

from collections.abc import Callable

Choices = list[tuple[str, str]]

_markets: Callable[[], Choices] = list


def offer_markets(choices: Callable[[], Choices]) -> None:
    """Let preferences choose among these markets, as (slug, name)."""
    global _markets
    _markets = choices


def market_choices() -> Choices:
    return _markets()
