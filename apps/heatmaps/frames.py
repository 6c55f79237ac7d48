"""Frames as bytes: made once per version, and kept in the cache for every process."""

from apps.engine.frame import FrameHeader, encode_full
from apps.heatmaps import shelf
from apps.heatmaps.models import Snapshot
from apps.heatmaps.pictures import Drawing
from apps.heatmaps.spec import PictureSpec

KEPT_FOR_S = 60


def full(drawing: Drawing, onto: FrameHeader | None = None) -> bytes:
    """The whole picture as bytes, on the scale of an earlier frame where it fits."""
    return encode_full(
        drawing.picture,
        sequence=drawing.version,
        as_of_ms=drawing.as_of_ms,
        spec=drawing.name,
        meta=drawing.reading.full_meta,
        scale=onto.scale if onto else None,
    )


def fetch(snapshot: Snapshot, spec: PictureSpec) -> bytes | None:
    """The cached frame of a published version; None when there is none, or no cache."""
    return shelf.take(_key(snapshot, spec))


def keep(snapshot: Snapshot, spec: PictureSpec, frame: bytes) -> None:
    """Put a frame where every process finds it."""
    shelf.keep(_key(snapshot, spec), frame, for_s=KEPT_FOR_S)


def _key(snapshot: Snapshot, spec: PictureSpec) -> str:
    return f"frame.{snapshot.market_id}.{snapshot.feed_id}.{snapshot.version}.{spec.key}"
