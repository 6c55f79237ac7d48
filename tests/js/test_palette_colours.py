"""The colour gate: every ramp, as seen on its plate, reads as a scale in every kind of sight."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from colorspacious import cspace_convert

from apps.engine.records import FloatArray

PALETTE = Path(__file__).parents[2] / "static/js/heatmap/palette.js"
PRINT_TABLES = """
const { PALETTES } = await import(process.argv[1]);
const plain = ([name, { long, short }]) => [name, { long: [...long], short: [...short] }];
console.log(JSON.stringify(Object.fromEntries(Object.entries(PALETTES).map(plain))));
"""
PLATES = {"dark": "09070D", "paper": "F8F5F0"}
RAMPS = [
    *((name, "long") for name in ("viridis", "cividis", "inferno", "paper")),
    *((name, side) for name in ("net-dark", "net-paper") for side in ("long", "short")),
]
SIGHT = ("normal", "deuteranomaly", "protanomaly", "tritanomaly")
JUST_NOTICEABLE = 1.0  # in CAM02-UCS
LEAST_DISTANCE = 15  # in whole units


@cache
def tables() -> dict[str, dict[str, list[int]]]:
    node = shutil.which("node")
    assert node, "node is needed to read palette.js"
    command = [node, "--input-type=module", "-e", PRINT_TABLES, str(PALETTE)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def as_seen(palette: str, side: str, sight: str) -> FloatArray:
    """The 256 entries on their plate in CAM02-UCS, shape (256, 3); the first axis is lightness."""
    rgba = np.array(tables()[palette][side], float).reshape(256, 4) / 255
    plate = np.frombuffer(bytes.fromhex(PLATES["paper" if "paper" in palette else "dark"]), "u1")
    colours = rgba[:, :3] * rgba[:, 3:] + plate / 255 * (1 - rgba[:, 3:])
    if sight != "normal":
        blindness = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
        colours = np.clip(cspace_convert(colours, blindness, "sRGB1"), 0, 1)
    return cspace_convert(colours, "sRGB1", "CAM02-UCS")


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("palette", "side"), RAMPS)
def test_lightness_goes_one_way(palette, side, sight):
    lightness = as_seen(palette, side, sight)[:, 0]
    rising = lightness if lightness[-1] > lightness[0] else -lightness
    assert np.max(np.maximum.accumulate(rising) - rising) < 2 * JUST_NOTICEABLE


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("palette", "side"), RAMPS)
def test_a_quarter_of_the_ramp_is_a_difference_one_sees(palette, side, sight):
    seen = as_seen(palette, side, sight)
    distances = np.linalg.norm(seen[64:] - seen[:-64], axis=1)
    assert round(distances.min()) >= LEAST_DISTANCE


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("palette", ["net-dark", "net-paper"])
def test_the_sides_of_net_are_never_confused(palette, sight):
    long, short = (as_seen(palette, side, sight)[64:] for side in ("long", "short"))
    assert np.linalg.norm(long - short, axis=1).min() >= LEAST_DISTANCE
