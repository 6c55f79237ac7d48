"""Reads come back from a file: all of them or none, and each only once."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.journal.models import Read
from apps.journal.rows import BadRow, read_of
from apps.journal.services import MOST_READS, get_reads_for
from apps.journal.sheets import rows_in
from apps.markets.tables import BadFile


@dataclass(frozen=True, slots=True)
class Imported:
    """How many reads came, and how many were here already and stayed as they are."""

    added: int
    known: int


@transaction.atomic
def import_reads(*, user: User, data: bytes) -> Imported:
    """Add the reads of a file that are not here yet; ``BadFile`` says which line is wrong."""
    reads = []
    for number, row in enumerate(rows_in(data), 1):
        try:
            reads.append(read_of(row, user))
        except BadRow as error:
            told = {"number": number, "reason": str(error)}
            raise BadFile(_("Read %(number)d: %(reason)s Nothing was imported.") % told) from error
    here = set(get_reads_for(user).values_list("public", flat=True))
    fresh = {read.public: read for read in reads if read.public not in here}
    if len(here) + len(fresh) > MOST_READS:
        raise BadFile(_("You can keep %d reads at most.") % MOST_READS)
    Read.objects.bulk_create([*reversed(fresh.values())])  # files begin with the newest
    return Imported(len(fresh), len(reads) - len(fresh))
