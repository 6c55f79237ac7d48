"""Filling in the scenes of the last week, a stretch at a time, while nothing else is to do."""

from apps.alerts.history import fill_in
from apps.alerts.models import Stream
from apps.heatmaps.looks import look_of
from apps.heatmaps.services import newest_snapshot


def recall_some() -> bool:
    """Work out one missing stretch of one stream; False when every week is complete."""
    for stream in Stream.objects.select_related("market").order_by("market__position", "pk"):
        snapshot = newest_snapshot(stream.market)
        if snapshot is None or snapshot.feed_id != stream.feed_id:
            continue
        look = look_of(stream.market, snapshot)
        if look and fill_in(stream, look):
            return True
    return False
