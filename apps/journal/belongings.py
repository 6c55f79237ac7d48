"""A person's reads as plain data for their own keeping."""

from typing import Any

from apps.accounts.models import User
from apps.journal.rows import row_of
from apps.journal.services import get_reads_for


def told_reads(user: User) -> list[dict[str, Any]]:
    """Every read with its outcome; the journal's own export takes them back."""
    return [row_of(read) | {"frozen": read.frozen} for read in get_reads_for(user)]
