"""What the engine's tests share."""

from pathlib import Path

import pytest

from apps.engine.parameters import Parameters, default_parameters

RECORDINGS = Path(__file__).parents[2].parent / "shared" / "data" / "recordings"


@pytest.fixture
def parameters() -> Parameters:
    return default_parameters()


@pytest.fixture
def recordings() -> Path:
    if not RECORDINGS.is_dir():
        pytest.skip("the recordings folder ../shared/data/recordings is not there")
    return RECORDINGS
