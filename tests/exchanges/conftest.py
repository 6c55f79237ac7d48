"""A tiny recording that tests may spoil, and the real ones where they are."""

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

FIRST_MS = 1_780_000_200_000
MINUTE_MS = 60_000
REAL_RECORDINGS = Path(__file__).parents[2] / "../shared/data/recordings"

CANDLES = "binance-btcusdt.candles-5m.csv.gz"
OPEN_INTEREST = "binance-btcusdt.open-interest-5m.csv.gz"
MARKS = "binance-btcusdt.marks-5m.csv.gz"
LIQUIDATIONS = "btc.liquidations-1h.csv.gz"
FILES = {
    "candles": CANDLES,
    "open_interest": OPEN_INTEREST,
    "marks": MARKS,
    "liquidations_1h": LIQUIDATIONS,
}
STEPS_MIN = {CANDLES: 5, OPEN_INTEREST: 5, MARKS: 5, LIQUIDATIONS: 60}


def _lines(file: str) -> list[str]:
    times = [FIRST_MS + i * STEPS_MIN[file] * MINUTE_MS for i in range(24)]
    if file == CANDLES:
        header = "ts_ms,open,high,low,close,volume,taker_buy_volume,trades"
        cells = [f"{100 + i},{104 + i},{98 + i},{101 + i},{50 + i},{20 + i},7" for i in range(24)]
    elif file == OPEN_INTEREST:
        header, cells = "ts_ms,open_interest", [f"{1000 + i}.5" for i in range(24)]
    elif file == MARKS:
        header = "ts_ms,mark,index,funding_rate"
        cells = [f"{100 + i}.25,{100 + i},0.00001" for i in range(24)]
    else:
        header, cells = "ts_ms,long_usd,short_usd", [f"{i}.5,0.0" for i in range(24)]
    return [header, *(f"{t},{c}" for t, c in zip(times, cells, strict=True))]


@dataclass
class TinyRecording:
    """Two hours of one instrument in four files; ``lines`` and ``index`` may be spoilt."""

    folder: Path
    lines: dict[str, list[str]] = field(
        default_factory=lambda: {file: _lines(file) for file in FILES.values()}
    )
    index: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        series = {
            name: {
                "file": file,
                "interval_s": STEPS_MIN[file] * 60,
                "rows": 24,
                "first_ms": FIRST_MS,
                "last_ms": FIRST_MS + 23 * STEPS_MIN[file] * MINUTE_MS,
                "venues": ["binance", "okx"],
            }
            for name, file in FILES.items()
        }
        instrument = {
            "venue": "binance", "symbol": "BTCUSDT", "base": "BTC", "quote": "USDT",
            "kind": "linear", "series": series,
        }  # fmt: skip
        self.index = {"format": 1, "name": "tiny", "instruments": [instrument]}

    @property
    def instrument(self) -> dict:
        """The entry of the only instrument."""
        return self.index["instruments"][0]

    def set_cell(self, file: str, row: int, column: str, text: str) -> None:
        """Overwrite a cell; rows are counted with the header as row 1."""
        cells = self.lines[file][row - 1].split(",")
        cells[self.lines[file][0].split(",").index(column)] = text
        self.lines[file][row - 1] = ",".join(cells)

    def write(self) -> Path:
        """Write it out; returns the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for file, lines in self.lines.items():
            text = "".join(line + "\n" for line in lines)
            (self.folder / file).write_bytes(gzip.compress(text.encode(), mtime=0))
        (self.folder / "recording.json").write_text(json.dumps(self.index))
        return self.folder


@pytest.fixture
def tiny(tmp_path: Path) -> TinyRecording:
    """A recording that is in order until a test spoils it."""
    return TinyRecording(tmp_path / "tiny")


@pytest.fixture(scope="session")
def real_recordings() -> Path:
    """The folder of recordings beside the project."""
    if not REAL_RECORDINGS.is_dir():
        pytest.skip("the recordings in ../shared/data are not here")
    return REAL_RECORDINGS
