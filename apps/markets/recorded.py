"""What the commands over recordings share: their faults in one sentence, and whose market."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from apps.engine.records import BadBars
from apps.exchanges.recording import Recording
from apps.exchanges.records import BadRecording

WRONG_DATA, WRONG_WORDS = 1, 2  # exit status


@contextmanager
def plain_faults() -> Iterator[None]:
    """Turn what is wrong with a recording, or with an option, into one sentence and an exit."""
    try:
        yield
    except (BadRecording, BadBars) as error:
        raise CommandError(_sentence(error), returncode=WRONG_DATA) from None
    except OSError as error:
        message = f"{error.filename}: {error.strerror}"
        raise CommandError(_sentence(message), returncode=WRONG_DATA) from None
    except ValueError as error:
        raise CommandError(_sentence(error), returncode=WRONG_WORDS) from None


def market_of(recording: Recording, name: str) -> str:
    """The market as the recording writes it; ``ValueError`` when it has none of that name."""
    found = next((base for base in recording.markets if base.upper() == name.upper()), None)
    if found is None:
        known = ", ".join(recording.markets)
        raise ValueError(f"The recording {recording.name} has {known}, but no {name[:40]!r}.")
    return found


def _sentence(message: object) -> str:
    """With a capital (but for the name of a file) and a full stop."""
    text = str(message).rstrip(".") + "."
    is_name = "." in text.split(maxsplit=1)[0].rstrip(".,:")
    return text if is_name else text[:1].upper() + text[1:]
