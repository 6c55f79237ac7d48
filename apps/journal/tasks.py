"""The journal's task: a name and one service call."""

from celery import shared_task

from apps.journal.resolving import resolve_reads as resolve_open_reads


@shared_task(name="journal.resolve_reads")
def resolve_reads() -> None:
    """Look what became of the reads that are still open."""
    resolve_open_reads()
