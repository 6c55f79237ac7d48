"""Who is there? All venues are asked for the time at once, for a few seconds and without ccxt."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from apps.exchanges.live import venues
from apps.exchanges.live.apart import run_apart
from apps.exchanges.live.budget import LIMITS, Budget
from apps.exchanges.live.connections import sessions
from apps.exchanges.live.transport import Rest
from apps.exchanges.live.troubles import Trouble
from apps.exchanges.numbers import BadPayload
from apps.exchanges.records import BadFeed

log = logging.getLogger(__name__)

PROBE_S = 5.0
GRACE_S = 0.5  # so that a request's own timeout comes first, with a reason
NO_ANSWER = "did not answer in time"


class NoVenue(BadFeed):
    """No venue answers: a sentence, then a line for each venue; ``reasons`` holds the same."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        lines = (f"{venue}: {reason}" for venue, reason in reasons.items())
        super().__init__("\n".join(("No venue answers.", *lines)))


@dataclass(slots=True)
class Probed:
    """Who answered, why the others did not, and what asking has used up."""

    budgets: dict[str, Budget]
    answered: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Which venues are missing and why; empty when all are there."""
        return f"Not all venues answer.\n{grouped(self.reasons)}" if self.reasons else ""


def probe_venues(*, root: str | None = None, most_s: float = PROBE_S) -> Probed:
    """Ask all venues at once. Raises ``NoVenue`` when none answers within ``most_s`` seconds."""
    found = Probed(new_budgets(time.monotonic), reasons=dict.fromkeys(venues.QUESTIONS, NO_ANSWER))
    run_apart(lambda: _probe_all(found, root, most_s), most_s=most_s + GRACE_S)
    probed = Probed(found.budgets, list(found.answered), dict(found.reasons))
    for venue, reason in probed.reasons.items():
        log.info("%s %s.", venue, reason)
    if not probed.answered:
        raise NoVenue(probed.reasons)
    return probed


def new_budgets(
    clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> dict[str, Budget]:
    """An unspent budget for every venue."""
    return {name: Budget(limit, clock=clock, sleep=sleep) for name, limit in LIMITS.items()}


def grouped(reasons: Mapping[str, str]) -> str:
    """A line for each reason, naming the venues that have it.

    >>> grouped({"okx": "is away", "gate": "is away", "htx": "is slow"})
    'okx, gate: is away\\nhtx: is slow'
    """
    venues_of: dict[str, list[str]] = defaultdict(list)
    for venue, reason in reasons.items():
        venues_of[reason].append(venue)
    return "\n".join(f"{', '.join(names)}: {reason}" for reason, names in venues_of.items())


def told(trouble: Exception) -> str:
    """A failure as the end of a sentence about the venue."""
    return str(trouble) if isinstance(trouble, Trouble) else f"told nonsense ({trouble})"


async def _probe_all(found: Probed, root: str | None, most_s: float) -> None:
    async with sessions(venues.QUESTIONS) as opened:
        rests = (
            Rest(
                venue,
                session,
                found.budgets[venue],
                clock=time.monotonic,
                root=root,
                timeout_s=most_s,
            )
            for venue, session in opened.items()
        )
        await asyncio.gather(*(_probe(rest, found) for rest in rests))


async def _probe(rest: Rest, found: Probed) -> None:
    """Note whether a venue tells the time, as soon as it is known."""
    questions = venues.QUESTIONS[rest.venue]
    body = questions.probe_body or None
    try:
        await rest.ask(
            "POST" if body else "GET",
            questions.time_url,
            body=body,
            headers={"Content-Type": "application/json"} if body else None,
            cost=questions.probe_cost,
        )
    except (Trouble, BadPayload) as trouble:
        found.reasons[rest.venue] = told(trouble)
    except Exception as error:
        found.reasons[rest.venue] = f"could not be asked ({type(error).__name__})"
    else:
        del found.reasons[rest.venue]
        found.answered.append(rest.venue)
