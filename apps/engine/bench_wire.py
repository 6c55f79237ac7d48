"""What a heatmap costs on the wire: the first picture of a day, and one update.

The market is synthetic: eight venues around one price with volatility that comes and goes. The
yardstick is the same picture as the JSON that web heatmaps commonly fetch, gzipped:
``{"y": [price…], "liq": [[column, row, usd]…], "prices": [[ms, open, high, low, close]…]}``.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np

from apps.engine.advice import distance_bands
from apps.engine.book import rebuild
from apps.engine.clusters import find
from apps.engine.frame import Meta, encode_full, encode_update, read_header
from apps.engine.parameters import VENUES, default_parameters
from apps.engine.picture import draw
from apps.engine.records import Bars, FloatArray, Picture

MINUTE_MS = 60_000
HISTORY_MINUTES = 7 * 1440
START_MS = 1_780_272_000_000
WINDOW_MS, CADENCE_MS = 86_400_000, 300_000
FULL_BUDGET, UPDATE_BUDGET = 50_000, 1_000
NARROWEST_BIN_USD = 39.0  # about 50 Singapore dollars
REPEATS = 5

Clock = Callable[[], float]
Encode = Callable[[Picture], bytes]


def cases(
    *, rng: np.random.Generator, clock: Clock, minutes: int = HISTORY_MINUTES
) -> dict[str, Any]:
    """The benchmark as JSON-ready cases; ``clock`` tells seconds, ``minutes`` is the history."""
    walk = rebuild(eight_venues(rng, minutes), default_parameters())
    day = {"window_ms": WINDOW_MS, "cadence_ms": CADENCE_MS}
    automatic = draw(walk, **day)
    narrow = draw(walk, **day, bin_width=("usd", NARROWEST_BIN_USD))
    return {"cases": [*_cases_of(automatic, "", clock), *_cases_of(narrow, "_narrow_bins", clock)]}


def _cases_of(picture: Picture, suffix: str, clock: Clock) -> Iterator[dict[str, Any]]:
    yardstick_bytes = len(_common_json(picture))
    plans = (
        ("full_24h_5m", _full, FULL_BUDGET),
        ("update_two_columns", _update_of(picture), UPDATE_BUDGET),
    )
    for name, encode, budget in plans:
        data, seconds = _timed(encode, picture, clock)
        yield {
            "name": name + suffix,
            "columns": len(picture.end_ms),
            "bins": picture.grid.count,
            "bytes": len(data),
            "budget_bytes": budget,
            "ok": len(data) <= budget,
            "seconds": seconds,
            "yardstick": "the whole picture as gzipped JSON of cells",
            "yardstick_bytes": yardstick_bytes,
            "ratio": len(data) / yardstick_bytes,
        }


def _timed(encode: Encode, picture: Picture, clock: Clock) -> tuple[bytes, float]:
    seconds = []
    for _ in range(REPEATS):
        started = clock()
        data = encode(picture)
        seconds.append(clock() - started)
    return data, median(seconds)


def _full(picture: Picture) -> bytes:
    return encode_full(
        picture,
        sequence=1,
        as_of_ms=int(picture.end_ms[-1]),
        spec="bench",
        meta=_full_meta(picture),
    )


def _update_of(picture: Picture) -> Encode:
    """Encodes the column that has just been closed and the one just opened."""
    onto = read_header(_full(picture))

    def update(picture: Picture) -> bytes:
        data = encode_update(
            picture,
            onto=onto,
            since_end_ms=int(picture.end_ms[-2]),
            sequence=2,
            as_of_ms=int(picture.end_ms[-1]),
            meta=_update_meta(picture),
        )
        assert data is not None, "a picture fits the scale of its own full frame"
        return data

    return update


def eight_venues(rng: np.random.Generator, minutes: int) -> Bars:
    """Minute bars of a market that does not exist."""
    venues = tuple(venue for venue, _ in VENUES)
    shape = (len(venues), minutes)
    calm = np.exp(0.6 * _wandering(rng, (1, minutes), memory=0.995))
    moves = 0.0005 * calm * rng.standard_t(4, (1, minutes))
    price = 80_000 * np.exp(np.cumsum(moves, axis=1) + 2e-4 * _wandering(rng, shape, memory=0.98))
    opening = np.concatenate([price[:, :1], price[:, :-1]], axis=1)
    reach = 0.0003 * calm * np.abs(rng.normal(size=(2, *shape)))
    high = np.maximum(opening, price) * (1 + reach[0])
    low = np.minimum(opening, price) * (1 - reach[1])
    size = np.geomspace(1, 0.05, len(venues))[:, None]
    volume = 60 * size * calm * rng.lognormal(0, 0.5, shape)
    unknown = np.full(shape, np.nan)
    return Bars(
        venues=venues,
        end_ms=START_MS + MINUTE_MS * np.arange(1, minutes + 1),
        open=opening,
        high=high,
        low=low,
        close=price,
        volume=volume,
        taker_delta=volume * np.clip(moves * 400, -0.6, 0.6),
        open_interest=90_000 * size * np.exp(0.02 * _wandering(rng, shape, memory=0.999)),
        mark_low=unknown,
        mark_high=unknown,
    )


def _wandering(rng: np.random.Generator, shape: tuple[int, int], *, memory: float) -> FloatArray:
    """Noise of unit variance that remembers: its past, weighted by ``memory`` per step."""
    past = memory ** np.arange(0, int(4 / (1 - memory)), dtype=float)
    noise = rng.normal(size=(shape[0], shape[1] + len(past) - 1))
    smooth = [np.convolve(row, past, "valid") for row in noise]
    return np.array(smooth) * np.sqrt(1 - memory**2)


def _full_meta(picture: Picture) -> Meta:
    count = len(VENUES)
    return {
        "market": "btc",
        "version": 1,
        "feed": {"kind": "live", "label": "", "speed": 1, "state": "running"},
        "reference_venue": VENUES[0][0],
        "change": 0.0123,
        "parameters": picture.parameters_version,
        "venues": [
            {"venue": v, "name": v.title(), "share": 1 / count, "age_s": 2.4, "state": "live"}
            for v, _ in VENUES
        ],
        "brackets": [0.31, 0.22, 0.27, 0.15, 0.05],
        "ages": [0.12, 0.31, 0.29, 0.17, 0.11],
        "bands": distance_bands(picture).tolist(),
        "clusters": _cluster_tuples(picture),
    }


def _update_meta(picture: Picture) -> Meta:
    of_sides = _cluster_tuples(picture)
    nearest = [[cluster for cluster in of_sides if cluster[0] == side][:2] for side in (0, 1)]
    return {
        "version": 2,
        "change": 0.0124,
        "venues": [[1.7, "live"] for _ in VENUES],
        "clusters": nearest[0] + nearest[1],
    }


def _cluster_tuples(picture: Picture) -> list[list[float]]:
    return [[int(c.side), c.low, c.high, c.peak, c.usd, c.share] for c in find(picture)]


def _common_json(picture: Picture) -> bytes:
    usd = picture.long_usd + picture.short_usd
    columns, bins = np.nonzero(usd)
    candles = np.nan_to_num(picture.candles).round(1).tolist()
    text = json.dumps(
        {
            "y": picture.grid.centres().round(1).tolist(),
            "liq": [
                [int(c), int(b), round(float(usd[c, b]), 2)]
                for c, b in zip(columns, bins, strict=True)
            ],
            "prices": [[int(t), *c] for t, c in zip(picture.end_ms, candles, strict=True)],
        },
        separators=(",", ":"),
    )
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)
