"""A person's reads as plain data for their own keeping."""

from typing import Any

from apps.accounts.models import User
from apps.journal.rows import told_of
from apps.journal.saved import get_filters_for
from apps.journal.services import get_reads_for


def told_reads(user: User) -> dict[str, Any]:
    """Every read with its outcome, as the journal's own export has it; and the filters' names."""
    return {
        "reads": [told_of(read) for read in get_reads_for(user)],
        "filters": list(get_filters_for(user).values("public", "name", "query")),
    }
