"""The recorded replies beside the project, and instruments to read them with."""

import json
from pathlib import Path

import pytest

from apps.exchanges.readings import Instrument

PAYLOADS = Path(__file__).parents[2] / "../shared/data/payloads"


def recorded(venue: str, name: str) -> object:
    """The reply or list of messages in ``<venue>/<name>.json``; skips where it is absent."""
    file = PAYLOADS / venue / f"{name}.json"
    if not file.is_file():
        pytest.skip(f"the recorded reply {venue}/{name} in ../shared/data is not here")
    return json.loads(file.read_text())["payload"]


def linear(venue: str, symbol: str, contract_size: float = 1.0) -> dict[str, Instrument]:
    """One linear instrument by its symbol."""
    instrument = Instrument(venue, symbol, "BTC", "USDT", contract_size=contract_size)
    return {symbol: instrument}


def inverse(venue: str, symbol: str, contract_size: float = 1.0) -> dict[str, Instrument]:
    """One inverse instrument by its symbol; a contract is worth ``contract_size`` USD."""
    instrument = Instrument(venue, symbol, "BTC", "USD", "inverse", contract_size=contract_size)
    return {symbol: instrument}


def by_symbol(instruments: list[Instrument]) -> dict[str, Instrument]:
    """What the parsers look instruments up in."""
    return {instrument.symbol: instrument for instrument in instruments}


def refusal(venue: str, number: int) -> object:
    """The body of the n-th recorded refusal of a venue."""
    return recorded(venue, "errors.rest")[number]["body"]
