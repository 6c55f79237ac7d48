"""What to draw: the venues that answered are asked what they trade, and how much of it."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apps.exchanges.live import venues
from apps.exchanges.live.apart import run_apart
from apps.exchanges.live.budget import Budget
from apps.exchanges.live.coins import Traded, by_coin
from apps.exchanges.live.connections import sessions
from apps.exchanges.live.probing import told
from apps.exchanges.live.questions import Questions
from apps.exchanges.live.transport import Rest
from apps.exchanges.live.troubles import Trouble
from apps.exchanges.numbers import BadPayload
from apps.exchanges.readings import Instrument, Mark, OpenInterest

log = logging.getLogger(__name__)

ALWAYS = ("BTC", "ETH", "SOL")
LISTING_S = 30.0

type ByCoin = Mapping[str, Traded]


@dataclass(slots=True)
class Listing:
    """The coins that are drawn, and what each venue trades of them."""

    coins: tuple[str, ...] = ALWAYS
    traded: dict[str, ByCoin] = field(default_factory=dict)  # by venue


def list_venues(
    answered: Iterable[str],
    budgets: Mapping[str, Budget],
    *,
    markets: int = len(ALWAYS),
    root: str | None = None,
    most_s: float = LISTING_S,
) -> Listing:
    """Ask venues what they trade, for at most ``most_s`` seconds; who is late is asked later."""
    found = Listing()
    run_apart(lambda: _list_all(found, answered, budgets, markets, root), most_s=most_s)
    return Listing(found.coins, dict(found.traded))


def usual(questions: Questions, coins: Iterable[str]) -> ByCoin:
    """What a venue that has not answered probably trades of the coins that are everywhere."""
    return {
        coin: Traded(
            Instrument(questions.venue, questions.usual(coin), coin, questions.usual_quote),
            coin,
            1.0,
        )
        for coin in coins
        if coin in ALWAYS
    }


async def _list_all(
    found: Listing,
    answered: Iterable[str],
    budgets: Mapping[str, Budget],
    markets: int,
    root: str | None,
) -> None:
    async with sessions(answered) as opened:
        rests = {
            venue: Rest(venue, session, budgets[venue], clock=time.monotonic, root=root)
            for venue, session in opened.items()
        }
        everything: dict[str, ByCoin] = {}
        await asyncio.gather(*(_list(rest, found, everything) for rest in rests.values()))
        if markets > len(ALWAYS):
            coins = await largest(everything, rests, markets)
            found.traded = {v: _of_coins(traded, coins) for v, traded in everything.items()}
            found.coins = coins


async def _list(rest: Rest, found: Listing, everything: dict[str, ByCoin]) -> None:
    """Keep what a venue trades as soon as it is known."""
    try:
        traded = by_coin(await venues.QUESTIONS[rest.venue].instruments(rest))
    except (Trouble, BadPayload) as trouble:
        log.info("%s does not say what it trades: it %s.", rest.venue, told(trouble))
        return
    everything[rest.venue] = traded
    found.traded[rest.venue] = _of_coins(traded, ALWAYS)


def _of_coins(traded: ByCoin, coins: Iterable[str]) -> ByCoin:
    return {coin: traded[coin] for coin in coins if coin in traded}


async def largest(
    everything: Mapping[str, ByCoin], rests: Mapping[str, Rest], markets: int
) -> tuple[str, ...]:
    """Coins by their open interest over all venues; three are always in.

    Venues that tell all in one call choose twice as many as are wanted; the others, which have to
    be asked once for every coin, are asked about these.
    """
    usd: dict[str, float] = defaultdict(float)
    wanted = max(markets - len(ALWAYS), 0)
    asked = [venue for venue in everything if venues.QUESTIONS[venue].one_call_for_all]
    await asyncio.gather(*(_add(rests[venue], everything[venue], usd) for venue in asked))
    likely = _ranked(usd)[: 2 * wanted]
    await asyncio.gather(
        *(
            _add(rests[venue], _of_coins(traded, likely), usd)
            for venue, traded in everything.items()
            if venue not in asked
        )
    )
    return (*ALWAYS, *_ranked(usd)[:wanted])


def _ranked(usd: Mapping[str, float]) -> list[str]:
    """Coins that are not always in, the largest first."""
    return sorted((coin for coin in usd if coin not in ALWAYS), key=lambda coin: -usd[coin])


async def _add(rest: Rest, traded: ByCoin, usd: dict[str, float]) -> None:
    instruments = {t.instrument.symbol: t.instrument for t in traded.values()}
    coin_by_slug = {t.instrument.slug: coin for coin, t in traded.items()}
    now_ms = int(time.time() * 1000)
    try:
        readings = await venues.QUESTIONS[rest.venue].readings(rest, instruments, now_ms=now_ms)
    except (Trouble, BadPayload) as trouble:
        log.info("%s is not counted when coins are chosen: it %s.", rest.venue, told(trouble))
        return
    price = {r.instrument: r.mark_price or 0.0 for r in readings if isinstance(r, Mark)}
    for reading in readings:
        if isinstance(reading, OpenInterest):
            amount = reading.usd or reading.open_interest * price.get(reading.instrument, 0.0)
            usd[coin_by_slug[reading.instrument]] += amount
