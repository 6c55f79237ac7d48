"""A fake exchange of its own: ``python -m apps.exchanges.fake --port 8700 --hours 26``.

It listens on loopback, prints where, runs on the clock of the wall, and stops by itself.
"""

import argparse
import asyncio
import time

from apps.exchanges.fake.faults import FaultSchedule, drawn
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.server import FakeExchange
from apps.exchanges.fake.venues import VENUES

HOUR_MS = 3_600_000


def now_ms() -> int:
    """The time of the wall."""
    return time.time_ns() // 1_000_000


async def run(options: argparse.Namespace) -> None:
    """Serve for as long as was asked."""
    began_ms = now_ms()
    market = FakeMarket(
        options.seed,
        first_ms=began_ms - options.hours * HOUR_MS,
        markets=options.markets,
        keep_hours=options.hours + 2,
    )
    until_ms = began_ms + round(1000 * options.lasts)
    schedule = FaultSchedule()
    if options.faults is not None:
        schedule = drawn(options.faults, began_ms, until_ms)
    exchange = FakeExchange(market, now_ms, faults=schedule)
    await exchange.start(options.port)
    try:
        for venue in VENUES:
            print(f"{venue}: {exchange.url(venue)}", flush=True)
        await asyncio.sleep(options.lasts)
    finally:
        await exchange.stop()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m apps.exchanges.fake", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of loopback; any free one if 0")
    parser.add_argument("--seed", type=int, default=3, help="of the market")
    parser.add_argument("--hours", type=int, default=26, help="of history")
    parser.add_argument("--markets", type=int, default=10, help="coins, up to ten")
    parser.add_argument("--faults", type=int, help="seed of what goes wrong; nothing unless given")
    parser.add_argument("--lasts", type=float, default=3600.0, help="seconds until it stops")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
