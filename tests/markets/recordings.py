"""A small recording, written where a test wants it."""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

MINUTE_MS = 60_000
FIRST_MS = 1_780_000_200_000
BARS = 600


def write_recording(
    folder: Path, *, bars: int = BARS, interval_min: int = 5, liquidations: bool = True
) -> Path:
    """Binance BTC in five-minute bars, with realised liquidations per half hour if wanted."""
    folder.mkdir()
    interval_ms = interval_min * MINUTE_MS
    opened_ms = FIRST_MS + interval_ms * np.arange(bars)
    path = 60_000 * np.exp(np.cumsum(np.random.default_rng(7).normal(0, 0.003, bars + 1)))
    series = {"candles": (interval_ms, _candles(opened_ms, path))}
    held = 50_000 + 500 * np.sin(np.arange(bars) / 40)
    series["open_interest"] = (
        interval_ms,
        [
            {"ts_ms": int(t), "open_interest": float(h)}
            for t, h in zip(opened_ms, held, strict=True)
        ],
    )
    if liquidations:
        half_hour = 30 * MINUTE_MS
        starts = range(FIRST_MS, int(opened_ms[-1]), half_hour)
        amounts = np.random.default_rng(8).lognormal(12, 1, (len(starts), 2))
        series["liquidations_30m"] = (
            half_hour,
            [
                {"ts_ms": t, "long_usd": float(long), "short_usd": float(short)}
                for t, (long, short) in zip(starts, amounts, strict=True)
            ],
        )
    described = {name: _write(folder, name, *about) for name, about in series.items()}
    instrument = {"venue": "binance", "symbol": "BTCUSDT", "base": "BTC", "quote": "USDT"}
    about = {"format": 1, "name": folder.name, "instruments": [instrument | {"series": described}]}
    (folder / "recording.json").write_text(json.dumps(about))
    return folder


def _candles(opened_ms: np.ndarray, path: np.ndarray) -> list[dict[str, float]]:
    return [
        {
            "ts_ms": int(t),
            "open": before,
            "high": max(before, after) * 1.001,
            "low": min(before, after) * 0.999,
            "close": after,
            "volume": 100.0,
            "taker_buy_volume": 55.0,
        }
        for t, before, after in zip(opened_ms, path[:-1], path[1:], strict=True)
    ]


def _write(
    folder: Path, name: str, interval_ms: int, rows: Iterable[Mapping[str, float]]
) -> dict[str, Any]:
    rows = list(rows)
    with gzip.open(folder / f"{name}.csv.gz", "wt", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return {"file": f"{name}.csv.gz", "interval_s": interval_ms // 1000, "venues": ["binance"]}
