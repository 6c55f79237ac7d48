"""A market with a picture, for the pages that teach on it."""

from tests.heatmaps.conftest import fresh_process, make_world, world

__all__ = ["fresh_process", "make_world", "world"]
