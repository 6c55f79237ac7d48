"""Filters that somebody gave a name."""

from urllib.parse import parse_qsl
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.journal.filters import Filters
from apps.journal.models import LONGEST_QUERY, SavedFilter
from apps.journal.services import Refused

MOST_FILTERS = 12


def get_filters_for(user: User) -> QuerySet[SavedFilter]:
    """A person's own filters, by name."""
    return SavedFilter.objects.filter(user=user)


def get_filter_for(user: User, public: UUID) -> SavedFilter:
    """That filter if it is the person's own; 404 otherwise."""
    return get_object_or_404(get_filters_for(user), public=public)


def save_filter(*, user: User, name: str, query: str) -> SavedFilter:
    """Keep what of ``query`` chooses something under a name; the same name again replaces it.

    Raises ``Refused`` where nothing is chosen, or there are too many already.
    """
    filters = Filters.of(dict(parse_qsl(query[: 4 * LONGEST_QUERY])))
    if not filters:
        raise Refused(_("Choose something first; then give it a name."))
    if len(filters.address) > LONGEST_QUERY:
        raise Refused(_("These filters are too long to keep."))
    mine = get_filters_for(user)
    if mine.exclude(name=name).count() >= MOST_FILTERS:
        raise Refused(_("You can keep %d filters at most.") % MOST_FILTERS)
    try:
        with transaction.atomic():
            return mine.update_or_create(
                name=name, defaults={"user": user, "query": filters.address}
            )[0]
    except IntegrityError:  # the same name from another window at the same moment
        return mine.get(name=name)
