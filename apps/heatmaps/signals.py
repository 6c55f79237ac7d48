"""The one signal: news for the floors above the map.

``snapshot_published`` is sent inside the transaction that stores a snapshot, with ``look``: what
the snapshot was drawn of. Whatever a receiver writes is stored with the snapshot or not at all.
"""

from django.dispatch import Signal

snapshot_published = Signal()
