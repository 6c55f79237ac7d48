"""Lists of markets that a reader follows, told by a floor above when the site starts."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest

from apps.accounts.models import User
from apps.accounts.readers import reader_of
from apps.markets.models import Market

ALL = "all"


@dataclass(frozen=True, slots=True)
class FollowedList:
    """A list's key in the address, its name, and its markets in the reader's order."""

    key: str
    name: str
    markets: tuple[Market, ...]


Lists = Callable[[User], list[FollowedList]]


def no_lists(_user: User) -> list[FollowedList]:
    return []


_lists: Lists = no_lists


def offer_lists(lists: Lists) -> None:
    """Let the list of markets show these of a reader."""
    global _lists
    _lists = lists


def lists_of(request: HttpRequest) -> list[FollowedList]:
    """The reader's lists; a visitor has none."""
    reader = reader_of(request)
    return _lists(reader) if reader else []


def chosen_list(request: HttpRequest, lists: list[FollowedList]) -> FollowedList | None:
    """The list that ``?list=`` names, else the reader's first; None stands for every market."""
    key = request.GET.get("list", "")
    if key == ALL or not (key or lists):
        return None
    found = next((one for one in lists if one.key == key), None if key else lists[0])
    if found is None:
        raise Http404
    return found
