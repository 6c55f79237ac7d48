"""Pictures of past moments: dear to draw and for ever the same, so drawn once and rationed.

    asked ──▶ kept? ──▶ under way elsewhere? wait ──▶ this reader's ration ──▶ drawn, kept

The map of a moment is causal: nothing later is in it but the candles that say what came of it.
Once those are complete it can only change with a revision of its market, which is in its name.
"""

import json
import time
from dataclasses import dataclass

from apps.heatmaps import frames, shelf
from apps.heatmaps.checkpoints import parameters_of
from apps.heatmaps.models import Snapshot
from apps.heatmaps.pictures import AHEAD, newest_drawing
from apps.heatmaps.rations import NotNow, Ration, spend
from apps.heatmaps.readings import Reading, reading_from_json
from apps.heatmaps.spec import PictureSpec
from apps.markets.models import Market

RATION = Ration("past", most=8, for_s=10)
KEPT_FOR_S = 900
STILL_OPEN_FOR_S = 10  # a picture whose later candles are not complete yet
AWAITED_S = 5.0  # a drawing that is under way
LOOKED_EVERY_S = 0.1
DRAWN_WITHIN_S = 20  # a drawing under way that takes longer has died


@dataclass(frozen=True, slots=True)
class Past:
    """The frame of a past moment and what it says."""

    frame: bytes
    reading: Reading


def get_past(market: Market, spec: PictureSpec, *, reader: str) -> Past | None:
    """The picture as it was at ``spec.at_ms``; None before anything was published.

    ``reader`` names who asks, for the ration. Raises ``NotNow``.
    """
    snapshot = Snapshot.objects.filter(market=market).defer("frame").first()
    if snapshot is None:
        return None
    key, is_over = _key(snapshot, spec)
    if kept := shelf.take(key):
        return _unpacked(kept)
    if not shelf.claim(f"{key}.drawing", for_s=DRAWN_WITHIN_S):
        if kept := _awaited(key):
            return _unpacked(kept)
        raise NotNow(503, retry_after_s=1)
    try:
        spend(RATION, reader)
        drawing = newest_drawing(market, spec)
        if drawing is None:
            return None
        past = Past(frames.full(drawing), drawing.reading)
        shelf.keep(key, _packed(past), for_s=KEPT_FOR_S if is_over else STILL_OPEN_FOR_S)
        return past
    finally:
        shelf.drop(f"{key}.drawing")


def _awaited(key: str) -> bytes | None:
    """What somebody else is drawing, if it is done soon."""
    until_s = time.monotonic() + AWAITED_S
    while time.monotonic() < until_s:
        time.sleep(LOOKED_EVERY_S)
        if kept := shelf.take(key):
            return kept
    return None


def _key(snapshot: Snapshot, spec: PictureSpec) -> tuple[str, bool]:
    """The picture's name, and whether nothing that comes can change it any more."""
    market = Market.objects.get(pk=snapshot.market_id)
    complete_ms = spec.at_ms + int(AHEAD * spec.window_ms) + spec.cadence_ms
    told = f"{market.slug}.{snapshot.feed_id}.{market.revision}.{parameters_of(market).version}"
    return f"past.{told}.{spec.key}", complete_ms <= market.settled_ms


def _packed(past: Past) -> bytes:
    reading = json.dumps(past.reading.to_json()).encode()
    return len(reading).to_bytes(4) + reading + past.frame


def _unpacked(data: bytes) -> Past:
    end = 4 + int.from_bytes(data[:4])
    return Past(data[end:], reading_from_json(json.loads(data[4:end])))
