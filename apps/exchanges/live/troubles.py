"""Why a venue did not give what was asked; every message is the end of a sentence about it."""


class Trouble(Exception):
    """A venue did not answer as asked."""


class Unreachable(Trouble):
    """Nothing came, or a server's own error; to be tried again after a pause."""


class Paused(Trouble):
    """The venue wants to be left alone until ``until_s`` of the clock the transport was given."""

    def __init__(self, message: str, until_s: float) -> None:
        super().__init__(message)
        self.until_s = until_s


class Barred(Trouble):
    """The venue will not serve this place at all; to be tried again by nobody."""
