"""How a file is to be read: guessed from its headline, remembered, or said by its owner.

Stored wishes are plain JSON: ``columns`` (our field: which column), ``preset``, ``venue``,
``zone`` (an IANA name or minutes east of UTC), ``mark`` (empty: as the file looks), ``day_first``,
``fees_are_negative``, ``in_contracts``, ``contracts`` (text), ``quote``.
"""

import re
from datetime import timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from apps.accounts.models import User
from apps.journal.trades import cells
from apps.journal.trades.delimited import Sheet
from apps.journal.trades.models import ColumnMap, Draft
from apps.journal.trades.presets import (
    BY_NAME,
    CONTRACT_VALUES,
    OPTIONAL,
    PRESETS,
    REQUIRED,
    guess,
    plain,
)
from apps.journal.trades.told import CONTRACTS, Wishes, mark_in

CHOSEN = (*REQUIRED, *(name for name in OPTIONAL if name not in ("kind", "settled_in")))
MINUTES = re.compile(r"[+-]?\d{1,3}")

type Stored = dict[str, Any]


def wishes_for(draft: Draft, sheet: Sheet) -> Stored:
    """What its owner said, else what was said of such a file before, else a guess."""
    if draft.wishes:
        return draft.wishes
    known = ColumnMap.objects.filter(user=draft.user, header=sheet.header_key).first()
    return _guessed(sheet, draft.name) | (known.wishes if known else {})


def remember(user: User, sheet: Sheet, stored: Stored) -> None:
    """Read such files the same way from now on; contracts and the zone are the file's own."""
    kept = {name: value for name, value in stored.items() if name not in ("contracts", "zone")}
    ColumnMap.objects.update_or_create(
        user=user, header=sheet.header_key, defaults={"wishes": kept}
    )


def as_wishes(stored: Stored, sheet: Sheet) -> Wishes | None:
    """How to read the file; None while a column or the zone that must be there is not named."""
    preset = BY_NAME.get(stored["preset"])
    named = {name: at for name, at in stored["columns"].items() if at < len(sheet.header)}
    places = (preset.places(sheet.header) if preset else {}) | named
    if not stored["zone"] or any(name not in places for name in REQUIRED):
        return None
    return Wishes(
        venue=stored["venue"], places=places, zone=zone_of(stored["zone"]),
        mark=stored["mark"] or mark_in(sheet, places), day_first=stored["day_first"],
        fees_are_negative=stored["fees_are_negative"], in_contracts=stored["in_contracts"],
        contracts=contracts_in(stored["contracts"]), quote=stored["quote"], preset=preset,
    )  # fmt: skip


def zone_of(name: str) -> tzinfo:
    """A zone by its IANA name, or by its minutes east of UTC."""
    if MINUTES.fullmatch(name):
        return timezone(timedelta(minutes=int(name)))
    return ZoneInfo(name)


def zone_of_file(sheet: Sheet, name: str) -> tzinfo | None:
    """The zone that the file tells of: at its times, above its headline, or in its name."""
    times = [cell for cell in sheet.header if plain(cell).startswith(("time", "date"))]
    for text in (*times, sheet.above, name):
        if told := cells.zone_told(text):
            return told
    return None


def contracts_in(text: str) -> dict[str, Decimal]:
    """Coins per contract by symbol, from lines such as ``BTC-USDT-SWAP = 0.01``."""
    found = {}
    for symbol, told in re.findall(r"([\w.-]+)[ \t]*[=:][ \t]*([\d.,eE-]+)", text):
        try:
            value = cells.number(told)
        except ValueError:
            continue
        if value and value > 0:
            found[symbol.upper()] = value
    return found


def _guessed(sheet: Sheet, name: str) -> Stored:
    preset = guess(sheet.header)
    zone = zone_of_file(sheet, name)
    columns = {} if preset else _columns_like_any(sheet)
    places = preset.places(sheet.header) if preset else columns
    minutes = round(zone.utcoffset(None).total_seconds() / 60) if zone else 0
    return {
        "preset": preset.name if preset else "", "columns": columns,
        "venue": preset.venue if preset else "", "zone": str(minutes) if zone else "",
        "mark": "", "quote": "",
        "day_first": cells.is_day_first(line.at(places.get("time")) for line in sheet.lines),
        "fees_are_negative": bool(preset and preset.fees_are_negative),
        "in_contracts": bool(preset and preset.in_contracts),
        "contracts": _contracts_of(sheet, places,
                                   everywhere=bool(preset and preset.in_contracts)),
    }  # fmt: skip


def _columns_like_any(sheet: Sheet) -> dict[str, int]:
    """Columns that are called as some export calls them."""
    names = [plain(cell) for cell in sheet.header]
    found: dict[str, int] = {}
    for preset in PRESETS:
        for ours in CHOSEN:
            for theirs in preset.columns.get(ours, ()):
                if ours not in found and theirs in names and names.index(theirs) not in (
                    found.values()
                ):  # fmt: skip
                    found[ours] = names.index(theirs)
    return found


def _contracts_of(sheet: Sheet, places: dict[str, int], *, everywhere: bool) -> str:
    """One line per symbol that is counted in contracts, with the value where we know it."""
    symbols = {
        line.at(places.get("symbol")).upper()
        for line in sheet.lines
        if everywhere or line.at(places.get("unit")).lower() in CONTRACTS
    }
    return "\n".join(f"{one} = {CONTRACT_VALUES.get(one, '')}" for one in sorted(symbols - {""}))
