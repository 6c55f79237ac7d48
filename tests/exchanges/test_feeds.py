"""A feed text becomes a feed, or one sentence that says why not."""

import pytest

from apps.exchanges.feeds import parse_feed
from apps.exchanges.records import BadFeed
from apps.exchanges.simulated.feed import SimulatedFeed
from tests.exchanges.conftest import MARKS, TinyRecording


def test_a_replay_carries_its_name_and_speed(tiny: TinyRecording) -> None:
    feed = parse_feed(f"replay:{tiny.write()}", speed=60)
    assert (feed.info.kind, feed.info.label, feed.info.speed) == ("replay", "tiny", 60)
    assert [instrument.slug for instrument in feed.instruments()] == ["binance-btcusdt"]


def test_a_replay_loops_when_asked(tiny: TinyRecording) -> None:
    folder = tiny.write()
    assert not parse_feed(f"replay:{folder}").is_looping
    assert parse_feed(f"replay:{folder}?loop").is_looping


def test_a_simulated_market_has_a_seed(tiny: TinyRecording) -> None:
    feed = parse_feed("simulated?seed=7&days=2")
    assert isinstance(feed, SimulatedFeed)
    assert (feed.seed, feed.history_days, feed.info.kind) == (7, 2, "simulated")
    assert feed.info.reason == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "There is no feed ''; use auto, live, fake, replay:FOLDER or simulated."),
        ("Live", "There is no feed 'Live'; use auto, live, fake, replay:FOLDER or simulated."),
        ("replay", "The feed replay needs the folder of a recording, as in replay:FOLDER."),
        ("replay:", "The feed replay needs the folder of a recording, as in replay:FOLDER."),
        ("replay:/nowhere", "/nowhere is not a recording: it has no recording.json."),
        ("replay:x?loop=3", "The option loop of the feed replay takes no value."),
        ("replay:x?seed=3", "The feed replay has no option 'seed'."),
        ("simulated:x", "The feed 'simulated' takes no folder, only replay does."),
        ("simulated?loop", "The feed simulated has no option 'loop'."),
        ("simulated?seed=-1", "The option seed is '-1', not a whole number from 0 to 999999999."),
        ("simulated?seed=", "The option seed is '', not a whole number from 0 to 999999999."),
        ("simulated?days=61", "The option days is '61', not a whole number from 1 to 60."),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(BadFeed) as caught:
        parse_feed(text)
    assert str(caught.value) == says


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf"), 1e9])
def test_an_impossible_speed_is_refused(speed: float) -> None:
    with pytest.raises(BadFeed, match="is not between 0 and 3600 times real time."):
        parse_feed("simulated", speed=speed)


def test_a_bad_recording_is_a_bad_feed(tiny: TinyRecording) -> None:
    tiny.set_cell(MARKS, 9, "mark", "-4")
    with pytest.raises(BadFeed, match="row 9: mark is negative"):
        parse_feed(f"replay:{tiny.write()}")
