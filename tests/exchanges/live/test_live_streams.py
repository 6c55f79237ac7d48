"""A stream that fell silent is stale after three intervals, though not before ten seconds."""

import pytest

from apps.exchanges.live.streams import Streams
from tests.exchanges.live.venue_of_one import VirtualTime


@pytest.mark.parametrize(("every_s", "stale_after_s"), [(1.0, 10.0), (4.0, 12.0), (60.0, 180.0)])
def test_silence_makes_a_stream_stale(every_s: float, stale_after_s: float) -> None:
    time = VirtualTime()
    streams = Streams(time)
    stream = streams.expect("okx", "candles", every_s, "okx-btc-usdt-swap")
    assert streams.now()[0].state == "waiting"
    stream.heard()
    time.now_s += stale_after_s
    assert streams.now()[0].state == "live"
    time.now_s += 0.1
    (state,) = streams.now()
    assert (state.state, round(state.age_s or 0, 1)) == ("stale", round(stale_after_s + 0.1, 1))
    stream.heard()
    assert streams.now()[0].state == "live"


def test_a_stream_that_never_began_is_stale_too() -> None:
    time = VirtualTime()
    streams = Streams(time)
    streams.expect("okx", "open interest", 4.0)
    time.now_s += 13
    (state,) = streams.now()
    assert (state.state, state.age_s) == ("stale", None)


def test_one_silent_stream_leaves_the_others_alone() -> None:
    time = VirtualTime()
    streams = Streams(time)
    quiet, talking = (streams.expect("okx", kind, 1.0) for kind in ("trades", "candles"))
    quiet.heard()
    time.now_s += 20
    talking.heard()
    assert [(s.kind, s.state) for s in streams.now()] == [("trades", "stale"), ("candles", "live")]


def test_a_barred_venue_says_why() -> None:
    streams = Streams(VirtualTime())
    stream = streams.expect("bybit", "candles", 1.0)
    stream.is_barred, stream.trouble = True, "may not serve the place this computer is in (451)"
    (state,) = streams.now()
    assert (state.state, state.trouble) == ("barred", stream.trouble)
