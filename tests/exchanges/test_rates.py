"""What a dollar is worth: three shapes, read strictly, asked in turn."""

from collections.abc import Callable
from datetime import date

import pytest
from aiohttp import web

from apps.exchanges.numbers import BadPayload
from apps.exchanges.rates import (
    DailyRates,
    fetch_rates,
    parse_currency_api,
    parse_ecb,
    parse_frankfurter,
)

# Shapes from documentation.
FRANKFURTER = '{"amount":1,"base":"USD","date":"2026-11-20","rates":{"SGD":1.29,"EUR":0.86}}'
ECB = """<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope><Cube><Cube time='2026-11-19'>
<Cube currency='USD' rate='1.1600'/><Cube currency='JPY' rate='174.0'/>
<Cube currency='SGD' rate='1.4964'/></Cube></Cube></gesmes:Envelope>"""
CURRENCY_API = '{"date":"2026-11-18","usd":{"sgd":1.288,"eur":0.861,"doge":7.5}}'


def test_frankfurter_tells_units_per_dollar() -> None:
    told = parse_frankfurter(FRANKFURTER)
    assert (told.day, dict(told.per_usd)) == (date(2026, 11, 20), {"SGD": 1.29, "EUR": 0.86})


def test_the_ecb_counts_in_euros() -> None:
    told = parse_ecb(ECB)
    assert told.per_usd["SGD"] == pytest.approx(1.29)
    assert told.per_usd["EUR"] == pytest.approx(1 / 1.16)
    assert told.per_usd["JPY"] == pytest.approx(150.0)
    assert told.day == date(2026, 11, 19)


def test_the_currency_api_writes_small_letters_and_knows_too_much() -> None:
    assert dict(parse_currency_api(CURRENCY_API).per_usd) == {"SGD": 1.288, "EUR": 0.861}


@pytest.mark.parametrize("parse", [parse_frankfurter, parse_ecb, parse_currency_api])
@pytest.mark.parametrize(
    "body",
    [
        "", "<html>", "[]", "{}", "null",
        FRANKFURTER.replace("USD", "EUR"),
        '{"base":"USD","date":"soon","rates":{"SGD":1.29}}',
        '{"base":"USD","date":"2026-11-20","rates":{"SGD":-1}}',
        '{"base":"USD","date":"2026-11-20","rates":{"SGD":"1.29"}}',
        '{"date":"2026-11-18","usd":{"sgd":NaN}}',
        '{"date":"2026-11-18","usd":7}',
        "<Cube time='2026-11-19'><Cube currency='SGD' rate='1.4'/></Cube>",
    ],
)  # fmt: skip
def test_nonsense_is_refused(parse: Callable[[str], DailyRates], body: str) -> None:
    with pytest.raises(BadPayload):
        parse(body)


@pytest.mark.parametrize(
    ("away", "source"),
    [
        ((), "Frankfurter (ECB)"),
        (("frankfurter",), "ECB"),
        (("frankfurter", "ecb"), "currency-api"),
        (("frankfurter", "ecb", "currency-api"), None),
    ],
)
async def test_the_next_source_is_asked_when_one_is_away(
    away: tuple[str, ...], source: str | None
) -> None:
    bodies = {"frankfurter": FRANKFURTER, "ecb": ECB, "currency-api": CURRENCY_API}

    async def answer(request: web.Request) -> web.Response:
        name = request.path.split("/")[1]
        return web.Response(status=503) if name in away else web.Response(text=bodies[name])

    app = web.Application()
    app.router.add_get("/{rest:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        told = await fetch_rates(root=f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()
    assert (told.source if told else None) == source
