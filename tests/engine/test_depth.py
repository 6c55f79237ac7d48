import numpy as np
import pytest

from apps.engine.depth import Depth
from apps.engine.records import Side

BOOK = Depth(100.0, 10.0, np.array([1e6, 2e6, 4e6]), np.array([3e6, 3e6, 3e6]))


def test_bids_meet_longs_and_asks_meet_shorts():
    assert BOOK.usd_within(Side.LONG, 0.002) == pytest.approx(3e6)
    assert BOOK.usd_within(Side.SHORT, np.array([0.0, 0.0015])) == pytest.approx([0, 4.5e6])


def test_beyond_the_known_book_nothing_is_added():
    assert BOOK.reach == pytest.approx(0.003)
    assert BOOK.usd_within(Side.LONG, 0.5) == pytest.approx(7e6)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mid_usd": 0.0}, "mid_usd"),
        ({"step_bps": np.inf}, "step_bps"),
        ({"bid_usd": np.array([1.0, np.nan])}, "bid_usd"),
        ({"ask_usd": np.array([-1.0, 1.0])}, "ask_usd"),
        ({"ask_usd": np.array([1.0])}, "as many steps"),
        ({"step_bps": 6_000.0}, "price of zero"),
    ],
)
def test_an_impossible_book_is_refused(changes, reason):
    book = {"mid_usd": 100.0, "step_bps": 10.0, "bid_usd": np.ones(2), "ask_usd": np.ones(2)}
    with pytest.raises(ValueError, match=reason):
        Depth(**(book | changes))
