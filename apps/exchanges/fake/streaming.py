"""What the streams of all venues share: topics, beats, and the throttling of liquidations."""

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from apps.exchanges.fake.asking import Ask
from apps.exchanges.fake.listings import minute_of
from apps.exchanges.readings import Instrument
from apps.exchanges.records import BarRow, LiquidationRow

SECOND_MS = 1000
CANDLE_BEAT_MS = 2 * SECOND_MS
MARK_BEAT_MS = SECOND_MS
MOST_TOPICS = 1024

type Message = dict | list | str
"""What is pushed: text goes as it is, anything else as JSON."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One subscription: what it tells, about whom, and how the venue calls it."""

    kind: str
    instruments: tuple[Instrument, ...]
    name: str
    label: object = None  # what the venue repeats in its messages


@dataclass(slots=True)
class Line:
    """One connection: where it came in, and what it asked for."""

    path: str
    streams: str = ""  # of the address, where the venue takes them there
    topics: dict[str, Topic] = field(default_factory=dict)
    messages: int = 0
    unanswered: int = 0  # pings of the venue

    def add(self, topic: Topic) -> None:
        """Subscribe, unless there are too many already."""
        if len(self.topics) < MOST_TOPICS:
            self.topics[topic.name] = topic


type Greet = Callable[[Line, Ask], list[Message]]
type Hear = Callable[[Line, Message, Ask], list[Message]]
type Tell = Callable[[Line, Topic, Ask, int], list[Message]]


@dataclass(frozen=True, slots=True)
class Stream:
    """A venue's handshake and pushes.

    ``greet`` opens a line, ``hear`` answers a client's message, ``tell`` gives what happened to a
    topic after an instant. A venue with ``ping_every_ms`` pings and wants an answer; one with
    ``idle_ms`` hangs up on whoever says nothing for so long.
    """

    greet: Greet
    hear: Hear
    tell: Tell
    is_gzipped: bool = False
    ping: Callable[[Line, Ask], Message] | None = None
    ping_every_ms: int = 20 * SECOND_MS
    idle_ms: int | None = None


def no_greeting(line: Line, ask: Ask) -> list[Message]:
    """Most venues say nothing until asked."""
    return []


def encoded(message: Message, *, is_gzipped: bool) -> str | bytes:
    """As it travels."""
    text = message if isinstance(message, str) else json.dumps(message, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0) if is_gzipped else text


def decoded(text: str) -> Message | None:
    """A client's message; None where it is neither JSON nor a bare word."""
    try:
        value = json.loads(text)
    except ValueError:
        return text if text.isalpha() else None
    return value if isinstance(value, dict) else None


def beats(after_ms: int, now_ms: int, every_ms: int) -> bool:
    """Whether a multiple of ``every_ms`` lies in ``(after_ms, now_ms]``."""
    return now_ms // every_ms > after_ms // every_ms


def fresh_bars(ask: Ask, i: Instrument, after_ms: int) -> list[BarRow]:
    """The bar under way, after any that has ended since; nothing between two beats."""
    if not beats(after_ms, ask.now_ms, CANDLE_BEAT_MS):
        return []
    return ask.source.bars(i, minute_of(after_ms), ask.now_ms, ask.now_ms)


def dead_since(ask: Ask, i: Instrument | None, after_ms: int) -> list[LiquidationRow]:
    """Every liquidation since."""
    return ask.source.liquidations(ask.venue, i, after_ms + 1, ask.now_ms)


def largest_per_second(
    ask: Ask, i: Instrument | None, after_ms: int, key: Callable[[LiquidationRow], object]
) -> list[LiquidationRow]:
    """Of the seconds that are over since, the largest liquidation of each ``key``."""
    first = after_ms // SECOND_MS * SECOND_MS
    last = ask.now_ms // SECOND_MS * SECOND_MS - 1
    if last < first:
        return []
    largest: dict[tuple[int, object], LiquidationRow] = {}
    for row in ask.source.liquidations(ask.venue, i, first, last):
        place = row.ts_ms // SECOND_MS, key(row)
        if place not in largest or row.size_base > largest[place].size_base:
            largest[place] = row
    return sorted(largest.values(), key=lambda row: row.ts_ms)


def by_instrument(row: LiquidationRow) -> object:
    """One a second and contract."""
    return row.instrument


def by_instrument_and_side(row: LiquidationRow) -> object:
    """One a second, contract and side."""
    return row.instrument, row.side


def one_each(
    topic: Topic, rows: Iterable[LiquidationRow]
) -> list[tuple[Instrument, LiquidationRow]]:
    """Rows with their instruments."""
    by_slug = {i.slug: i for i in topic.instruments}
    return [(by_slug[row.instrument], row) for row in rows if row.instrument in by_slug]
