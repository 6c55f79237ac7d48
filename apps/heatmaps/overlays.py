"""What can be laid over the map: realised liquidations, walls of the order book, flow.

    prints ──▶ dots        [instant, side 0|1, price, usd, completeness]
    books  ──▶ walls       [column, step, usd], step k > 0 above the middle and < 0 below it
    bars   ──▶ flow        cumulated taker delta and funding, one value per column

Prices and amounts are US dollars, instants epoch milliseconds, columns those of the picture.
"""

from typing import Any

import numpy as np

from apps.engine.records import FloatArray
from apps.heatmaps import shelf
from apps.heatmaps.models import Snapshot
from apps.heatmaps.pictures import AHEAD
from apps.heatmaps.spec import BadSpec, PictureSpec, Query
from apps.markets.depth import DepthHistory, load_depth_history
from apps.markets.flow import load_flow
from apps.markets.models import Market
from apps.markets.prints import load_prints

LAYERS = ("liq", "depth", "cvd", "funding")
MOST_DOTS = 150
WALL = 3.0  # times the median of its side in that minute
MOST_WALLS = 4  # per side and column
KEPT_FOR_S = 5

type Overlay = dict[str, Any]


def parse_layers(query: Query) -> tuple[str, ...]:
    """The layers an address asks for, each once; ``BadSpec`` for one that does not exist."""
    words = [word for word in query.get("layers", "").split(",") if word]
    for word in words:
        if word not in LAYERS:
            raise BadSpec(f"layers must be one of {', '.join(LAYERS)}.")
    return tuple(layer for layer in LAYERS if layer in words)


def get_overlay(market: Market, spec: PictureSpec, layers: tuple[str, ...]) -> Overlay | None:
    """The layers over the columns of a picture; None before anything was published."""
    snapshot = Snapshot.objects.filter(market=market).defer("frame").first()
    if snapshot is None:
        return None
    key = f"overlay.{market.pk}.{snapshot.feed_id}.{'_'.join(layers)}.{spec.key}"
    if kept := shelf.take(key):
        return kept
    overlay = overlay_at(market, spec, layers, end_ms=_end_ms(snapshot, spec))
    shelf.keep(key, overlay, for_s=KEPT_FOR_S)
    return overlay


def overlay_at(
    market: Market, spec: PictureSpec, layers: tuple[str, ...], *, end_ms: int
) -> Overlay:
    """The layers of the columns of ``spec`` that end by ``end_ms``."""
    cadence_ms = spec.cadence_ms
    last_ms = -(-end_ms // cadence_ms) * cadence_ms
    first_ms = last_ms - (spec.window_ms // cadence_ms - 1) * cadence_ms
    if spec.at_ms is not None:
        first_ms -= int(AHEAD * spec.window_ms)
    since_ms = first_ms - cadence_ms
    overlay: Overlay = {"first": first_ms, "cadence": cadence_ms}
    if "liq" in layers:
        overlay["liq"] = [
            [p.ts_ms, int(p.side == "short"), round(p.price_usd, 4), round(p.usd), p.completeness]
            for p in load_prints(market, since_ms, last_ms, MOST_DOTS)
        ]
    if "depth" in layers:
        history = load_depth_history(market, since_ms, last_ms)
        overlay["depth"] = _walls(history, first_ms, cadence_ms)
    if {"cvd", "funding"} & set(layers):
        flow = load_flow(market, since_ms, last_ms, cadence_ms)
        overlay["cvd"] = [round(float(usd)) for usd in flow.cvd_usd]
        overlay["funding"] = [_rounded(rate) for rate in flow.funding_rate]
        overlay["firstFlow"] = int(flow.end_ms[0]) if len(flow.end_ms) else first_ms
    return overlay


def _end_ms(snapshot: Snapshot, spec: PictureSpec) -> int:
    """The end of the last column shown: of a past picture, with what came after it."""
    if spec.at_ms is None:
        return snapshot.as_of_ms
    return min(snapshot.as_of_ms, spec.at_ms + int(AHEAD * spec.window_ms))


def _walls(history: DepthHistory, first_ms: int, cadence_ms: int) -> Overlay | None:
    """The walls of the last book in each column; None where no book was ever told."""
    if not len(history.times_ms):
        return None
    column = -(-(history.times_ms - first_ms) // cadence_ms)
    last_of_column = np.flatnonzero(np.diff(column, append=column[-1] + 1))
    cells = []
    for minute in last_of_column[column[last_of_column] >= 0]:
        for sign, usd in ((-1, history.bid_usd[minute]), (1, history.ask_usd[minute])):
            cells += [
                [int(column[minute]), sign * (int(step) + 1), round(float(usd[step]))]
                for step in wall_steps(usd)
            ]
    mids = {int(column[m]): round(float(history.mid_usd[m]), 4) for m in last_of_column}
    return {"step": history.step_bps * 1e-4, "mids": mids, "walls": cells}


def wall_steps(usd: FloatArray) -> list[int]:
    """The steps (N,) of one side that hold far more than its median, largest first."""
    told = usd[usd > 0]
    if not len(told):
        return []
    order = np.argsort(-usd, kind="stable")[:MOST_WALLS]
    return [int(step) for step in order if usd[step] >= WALL * np.median(told)]


def _rounded(rate: float) -> float | None:
    return round(float(rate), 7) if np.isfinite(rate) else None
