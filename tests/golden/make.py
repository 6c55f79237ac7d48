"""The golden frames, read by the Python codec and by its twin in the browser.

``python -m tests.golden.make`` writes them again after a change of the format. The bytes may differ
between zlib versions, so the tests compare what is inside.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from apps.engine.frame import DecodedFrame, decode, encode_full, encode_update, read_header
from apps.engine.records import Picture, PriceGrid

HERE = Path(__file__).parent
CADENCE_MS = 300_000
FIRST_END_MS = 1_780_272_000_000
COLUMNS, BINS = 12, 40
PRICE = 77_000.0
SPEC = "btc 24h live"
SAMPLE_CODES = (0, 1, 2, 128, 254, 255)

META = {
    "market": "btc",
    "version": 7,
    "feed": {"kind": "replay", "label": "Juni ▶", "speed": 60, "state": "running"},
    "change": -0.0123,
    "venues": [
        {"venue": "binance", "name": "Binance", "share": 0.75, "age_s": 2, "state": "live"},
        {"venue": "bybit", "name": "Bybit", "share": 0.25, "age_s": 3, "state": "live"},
    ],
    "clusters": [
        [1, 77_500.5, 77_600.5, 77_550.0, 2.5e8, 0.12],
        [0, 76_400.5, 76_500.5, 76_450.0, 1.5e8, 0.08],
        [0, 76_100.5, 76_200.5, 76_150.0, 0.5e8, 0.02],
    ],
}
UPDATE_META = {
    "version": 8,
    "change": -0.0119,
    "venues": [[1, "live"], [64, "stale"]],
    "clusters": META["clusters"][:2],
}


def picture_after(columns: int) -> Picture:
    """The newest ``COLUMNS`` of ``columns`` columns; the newest of all is brighter while open."""
    grid = PriceGrid(base=int(np.log(PRICE) / 0.0005) - BINS // 2, count=BINS)
    column = np.arange(columns)[:, None]
    bins = np.arange(BINS)[None, :]
    ripple = 1 + np.sin(0.7 * bins + 0.11 * column) ** 2
    growth = np.where(column == columns - 1, 1.2, 1.0) * 1.01**column
    usd = 1e6 * np.exp(0.2 * np.abs(bins - BINS // 2)) * ripple * growth
    candles = PRICE + 40 * np.sin(column) + np.array([0.0, 25.0, -30.0, 5.0])
    candles[3] = np.nan
    newest = slice(columns - COLUMNS, None)
    return Picture(
        grid=grid,
        end_ms=FIRST_END_MS + column[newest, 0] * CADENCE_MS,
        cadence_ms=CADENCE_MS,
        long_usd=np.where(bins < BINS // 2 - 1, usd, 0.0)[newest],
        short_usd=np.where(bins > BINS // 2 + 1, usd, 0.0)[newest],
        candles=candles[newest],
        price=float(candles[-1, 3]),
        parameters_version="golden",
    )


def frames() -> tuple[bytes, bytes]:
    """A full frame, and the update of the moment when one more column had been opened."""
    before, after = picture_after(COLUMNS), picture_after(COLUMNS + 1)
    end_ms = int(before.end_ms[-1])
    full = encode_full(before, sequence=41, as_of_ms=end_ms - 2_000, spec=SPEC, meta=META)
    onto = read_header(full)
    update = encode_update(
        after, onto=onto, since_end_ms=end_ms, sequence=42, as_of_ms=end_ms + 500, meta=UPDATE_META
    )
    assert update is not None
    return full, update


def later_full() -> bytes:
    """The full frame that the golden full and update together amount to."""
    full, _ = frames()
    after = picture_after(COLUMNS + 1)
    meta = META | UPDATE_META
    meta["venues"] = [
        venue | {"age_s": age_s, "state": state}
        for venue, (age_s, state) in zip(META["venues"], UPDATE_META["venues"], strict=True)
    ]
    return encode_full(
        after,
        sequence=42,
        as_of_ms=int(after.end_ms[-2]) + 500,
        spec=SPEC,
        meta=meta,
        scale=read_header(full).scale,
    )


def described(frame: DecodedFrame) -> dict[str, Any]:
    """A frame as JSON: codes in hexadecimal, a gap in the candles as null."""
    header = frame.header
    return {
        "kind": header.kind,
        "isLog": header.grid.is_log,
        "columns": header.columns,
        "bins": header.grid.count,
        "base": header.grid.base,
        "step": header.grid.step,
        "cadenceMs": header.cadence_ms,
        "firstEndMs": header.first_end_ms,
        "lowUsd": header.scale.low_usd,
        "highUsd": header.scale.high_usd,
        "priceUsd": header.price,
        "asOfMs": header.as_of_ms,
        "sequence": header.sequence,
        "pictureId": header.picture_id,
        "meta": frame.meta,
        "codes": frame.codes.tobytes().hex(),
        "candles": [None if np.isnan(x) else x for x in frame.candles.ravel().tolist()],
    }


def expected() -> dict[str, Any]:
    """What both readers must find in the golden frames."""
    full, update = (decode(frame) for frame in frames())
    samples = np.zeros_like(full.codes)
    samples.flat[: len(SAMPLE_CODES)] = SAMPLE_CODES
    usd = replace(full, codes=samples).usd.flat[: len(SAMPLE_CODES)]
    return {
        "full": described(full),
        "update": described(update),
        "merged": described(decode(later_full())),
        "usdOfCode": {str(code): float(x) for code, x in zip(SAMPLE_CODES, usd, strict=True)},
    }


def main() -> None:
    """Write the golden files beside this module."""
    full, update = frames()
    (HERE / "frame_v1_full.bin").write_bytes(full)
    (HERE / "frame_v1_update.bin").write_bytes(update)
    text = json.dumps(expected(), indent=1, ensure_ascii=False)
    (HERE / "frame_v1.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
