"""Whose list it is, and every change to one."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.heatmaps.followed import FollowedList
from apps.markets.models import Market
from apps.watchlists.models import Entry, Watchlist

MOST_LISTS = 10
MOST_ENTRIES = 50


class Refused(ValueError):
    """A change that cannot be made; the message is one sentence for the reader."""


def get_watchlists_for(user: User) -> list[Watchlist]:
    """The person's lists in order; none for a visitor."""
    return list(Watchlist.objects.filter(user=user)) if user.is_authenticated else []


def get_watchlist_for(user: User, public_id: UUID) -> Watchlist:
    """That list if it is the person's own; 404 otherwise."""
    return get_object_or_404(Watchlist, user=user, public_id=public_id)


def get_entry_for(user: User, public_id: UUID, slug: str) -> Entry:
    """That market's entry in that list if the list is the person's own; 404 otherwise."""
    return get_object_or_404(
        Entry.objects.select_related("watchlist", "market"),
        watchlist__user=user,
        watchlist__public_id=public_id,
        market__slug=slug,
    )


def get_watched_markets_for(user: User) -> list[Market]:
    """The markets of all the person's lists in order, each once; none for a visitor."""
    if not user.is_authenticated:
        return []
    entries = Entry.objects.filter(watchlist__user=user).select_related("market")
    entries = entries.order_by("watchlist__position", "watchlist_id", "position", "pk")
    return list({entry.market_id: entry.market for entry in entries}.values())


@transaction.atomic
def make_watchlist(*, user: User, name: str) -> Watchlist:
    """A new list at the end."""
    lists = get_watchlists_for(user)
    if len(lists) >= MOST_LISTS:
        raise Refused(_("You can keep %d lists at most.") % MOST_LISTS)
    last = max((watchlist.position for watchlist in lists), default=-1)
    return Watchlist.objects.create(user=user, name=name, position=last + 1)


@transaction.atomic
def watch_market(*, watchlist: Watchlist, market: Market) -> Entry:
    """The market's entry in the list, at the end when it is new there."""
    entries = list(watchlist.entries.all())
    for entry in entries:
        if entry.market_id == market.pk:
            return entry
    if len(entries) >= MOST_ENTRIES:
        raise Refused(_("A list can hold %d markets at most.") % MOST_ENTRIES)
    last = max((entry.position for entry in entries), default=-1)
    return watchlist.entries.create(market=market, position=last + 1)


def unwatch_market(*, watchlist: Watchlist, market: Market) -> None:
    """Take the market off the list, if it is there."""
    watchlist.entries.filter(market=market).delete()


@transaction.atomic
def order_entries(*, watchlist: Watchlist, slugs: list[str]) -> None:
    """Put the named markets first, in that order; the others follow as they stood."""
    rank = {slug: place for place, slug in reversed(list(enumerate(slugs)))}
    entries = sorted(
        watchlist.entries.select_related("market"),
        key=lambda entry: rank.get(entry.market.slug, len(slugs)),
    )
    for position, entry in enumerate(entries):
        entry.position = position
    Entry.objects.bulk_update(entries, ["position"])


def move_entry(*, watchlist: Watchlist, market: Market, by: int) -> None:
    """Move one market up (negative) or down by that many places."""
    slugs = [entry.market.slug for entry in watchlist.entries.select_related("market")]
    if market.slug not in slugs:
        return
    place = slugs.index(market.slug)
    slugs.insert(max(0, min(len(slugs) - 1, place + by)), slugs.pop(place))
    order_entries(watchlist=watchlist, slugs=slugs)


def lists_with_choices(
    user: User, markets: list[Market]
) -> list[tuple[Watchlist, list[Entry], list[Market]]]:
    """Each list with its entries and the markets that it could still take."""
    lists = Watchlist.objects.filter(user=user).prefetch_related("entries__market")
    rows = []
    for watchlist in lists:
        entries = list(watchlist.entries.all())
        taken = {entry.market_id for entry in entries}
        rows.append((watchlist, entries, [one for one in markets if one.pk not in taken]))
    return rows


def followed_lists(user: User) -> list[FollowedList]:
    """The person's lists as the page of markets shows them."""
    lists = Watchlist.objects.filter(user=user).prefetch_related("entries__market")
    return [
        FollowedList(
            str(watchlist.public_id),
            watchlist.name,
            tuple(entry.market for entry in watchlist.entries.all()),
        )
        for watchlist in lists
    ]


def told_watchlists(user: User) -> list[dict[str, Any]]:
    """The person's lists as plain data, for their own keeping."""
    return [
        {
            "name": watchlist.name,
            "markets": [
                {"market": entry.market.slug, "note": entry.note}
                for entry in watchlist.entries.select_related("market")
            ],
        }
        for watchlist in get_watchlists_for(user)
    ]
