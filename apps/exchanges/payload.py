"""A venue's reply, walked field by field; every refusal names the way to the field."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from reprlib import Repr
from reprlib import repr as shortened

from apps.exchanges import numbers
from apps.exchanges.numbers import BadPayload

LARGEST_ID = 10**30
VENUE_WORDS = Repr(maxstring=200)

type Key = str | int
type Reading[T] = Callable[[object, object], T]


@dataclass(frozen=True, slots=True)
class Payload:
    """A part of a reply. Each reader takes a key and raises ``BadPayload`` when it is unfit."""

    venue: str
    value: object
    path: tuple[Key, ...] = ()

    def __str__(self) -> str:
        return f"{self.venue}: {'.'.join(map(str, self.path)) or 'the reply'}"

    def __getitem__(self, key: Key) -> "Payload":
        value = self.value
        if isinstance(value, dict) and key in value:
            return Payload(self.venue, value[key], (*self.path, key))
        if isinstance(value, list) and isinstance(key, int) and key < len(value):
            return Payload(self.venue, value[key], (*self.path, key))
        raise BadPayload(f"{self} has no {key!r}.")

    def rows(self) -> "Iterator[Payload]":
        """The members of a list."""
        if not isinstance(self.value, list):
            raise BadPayload(f"{self} is {shortened(self.value)}, not a list.")
        for i, value in enumerate(self.value):
            yield Payload(self.venue, value, (*self.path, i))

    def members(self) -> "Iterator[tuple[str, Payload]]":
        """Names and values of an object."""
        if not isinstance(self.value, dict):
            raise BadPayload(f"{self} is {shortened(self.value)}, not an object.")
        for key, value in self.value.items():
            yield str(key), Payload(self.venue, value, (*self.path, str(key)))

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.value, list)

    def one_or_more(self) -> "Iterator[Payload]":
        """Itself, or its members when it is a list."""
        return self.rows() if self.is_list else iter((self,))

    def has(self, key: Key) -> bool:
        """Whether something is written there; null and empty text count as nothing."""
        if isinstance(self.value, dict):
            return self.value.get(key) not in (None, "")
        if isinstance(self.value, list) and isinstance(key, int) and key < len(self.value):
            return self.value[key] not in (None, "")
        return False

    def either(self, *keys: Key) -> Key:
        """The first of the names under which something is written: two versions of one reply."""
        for key in keys:
            if self.has(key):
                return key
        raise BadPayload(f"{self} has none of {', '.join(map(str, keys))}.")

    def says(self, key: Key, *wanted: object) -> bool:
        """Whether one of these is written there."""
        return any(self[key].value == value for value in wanted)

    def text(self, key: Key) -> str:
        """Text that is not empty."""
        value = self[key].value
        if not isinstance(value, str) or not value:
            raise BadPayload(f"{self[key]} is {shortened(value)}, not text.")
        return value

    def identity(self, key: Key) -> str:
        """A name the venue gave, written as text or as a whole number."""
        value = self[key].value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_ID:
            return str(value)
        return self.text(key)

    def flag(self, key: Key) -> bool:
        """True or false."""
        value = self[key].value
        if not isinstance(value, bool):
            raise BadPayload(f"{self[key]} is {shortened(value)}, not true or false.")
        return value

    def meaning[T](self, key: Key, meanings: Mapping[str, T]) -> T:
        """What the word written there stands for."""
        word = self.text(key)
        if word not in meanings:
            raise BadPayload(f"{self[key]} is {shortened(word)}, none of {', '.join(meanings)}.")
        return meanings[word]

    def number(self, key: Key) -> float:
        """A finite number."""
        return self._read(key, numbers.finite)

    def positive(self, key: Key) -> float:
        """A number above zero."""
        return self._read(key, numbers.positive)

    def not_negative(self, key: Key) -> float:
        """A number that is zero or more."""
        return self._read(key, numbers.not_negative)

    def milliseconds(self, key: Key) -> int:
        """A time written in milliseconds."""
        return self._read(key, numbers.milliseconds)

    def seconds(self, key: Key) -> int:
        """A time written in seconds, as milliseconds."""
        return self._read(key, numbers.seconds)

    def iso_instant(self, key: Key) -> int:
        """A time written as text, as milliseconds."""
        return self._read(key, numbers.iso_instant)

    def number_or_none(self, key: Key) -> float | None:
        """A finite number, or None where nothing is written."""
        return self.number(key) if self.has(key) else None

    def positive_or_none(self, key: Key) -> float | None:
        """A number above zero; venues write nothing, or zero, where they have none."""
        return self._or_none(key, numbers.positive)

    def milliseconds_or_none(self, key: Key) -> int | None:
        """A time in milliseconds; venues write nothing, or zero, where they have none."""
        return self._or_none(key, numbers.milliseconds)

    def seconds_or_none(self, key: Key) -> int | None:
        """A time in seconds as milliseconds; nothing, or zero, is None."""
        return self._or_none(key, numbers.seconds)

    def expect(self, key: Key, *wanted: str) -> None:
        """Raise ``BadPayload`` unless one of these is written there."""
        if not self.says(key, *wanted):
            value = shortened(self[key].value)
            raise BadPayload(f"{self[key]} is {value}, not {' or '.join(wanted)}.")

    def accept(self, key: str, *codes: object, reason: str) -> None:
        """Raise ``BadPayload`` with the venue's own words unless it says that all is well."""
        if not self.says(key, *codes):
            words = self[reason].value if self.has(reason) else self[key].value
            raise BadPayload(f"{self.venue} refused: {VENUE_WORDS.repr(words)}.")

    def _read[T](self, key: Key, reading: Reading[T]) -> T:
        child = self[key]
        return reading(child.value, child)

    def _or_none[T](self, key: Key, reading: Reading[T]) -> T | None:
        if not self.has(key) or self.number(key) == 0:
            return None
        return self._read(key, reading)
