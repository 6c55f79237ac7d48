"""The journal's tasks: a name and one service call each."""

from celery import shared_task
from django.utils import timezone

from apps.journal.resolving import resolve_reads as resolve_open_reads
from apps.journal.trades.importing import forget_drafts as forget_old_drafts


@shared_task(name="journal.resolve_reads")
def resolve_reads() -> None:
    """Look what became of the reads that are still open."""
    resolve_open_reads()


@shared_task(name="journal.forget_drafts")
def forget_drafts() -> None:
    """Delete files of trades that were brought, and never taken in."""
    forget_old_drafts(now=timezone.now())
