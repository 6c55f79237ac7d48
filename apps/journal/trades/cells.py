"""What stands in the cells of a venue's file: numbers, times, sides and symbols, as people and
venues write them. A cell that means nothing is a ``ValueError``.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

from apps.journal.trades.decimals import AVERAGE, EXACT, LARGEST, PLACES, exact

NUMBER = re.compile(r"([+\-−]?)([\d.,'’\s]*\d[\d.,'’\s]*)(?:[eE]([+-]?\d{1,2}))?\s*([A-Za-z$€£]*)")
EMPTY = {"", "-", "--", "—", "n/a", "null", "none"}
COMMA_ENDS = re.compile(r"^[+\-−]?0,\d+$|\d,(?!\d{3}(?!\d))\d+$")  # 0,125 and 1,5; not 1,234
QUOTES = (
    "USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USDE", "DAI", "USD", "EUR", "GBP", "TRY", "BRL",
    "JPY", "AUD", "SGD", "BTC", "ETH", "BNB",
)  # fmt: skip
ENDINGS = ("-SWAP", "_PERP", "-PERP", ".P", "PERP")
SYMBOL = re.compile(r"[A-Z0-9]{1,24}")
FIRST_MS, LAST_MS = 1_230_768_000_000, 4_102_444_800_000  # 2009 to 2100
OFFSET = re.compile(
    r"(?:UTC|GMT)\W*?(?:\+|(-)(?=\d{1,4}(?![\d-])))(\d\d?)(?::?(\d\d))?(?!\d)", re.IGNORECASE
)  # with its sign, and not the beginning of a date
SAME_WAY = re.compile(r"(buy)\s*[/(]\s*long\)?|(sell)\s*[/(]\s*short\)?")  # two words for one
FARTHEST = timedelta(hours=15)
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
CLOCK += r"\s*(?P<half>[AaPp][Mm])?"
ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?"
MOMENTS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<year>\d{{4}}|\d\d)[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)[T,\s]+{CLOCK}{ZONE}",
        rf"{CLOCK}\s+(?P<year>\d{{4}})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?){ZONE}",
        rf"(?P<one>\d\d?)[-/.](?P<two>\d\d?)[-/.](?P<year>\d{{4}})[T,\s]+{CLOCK}{ZONE}",
    )
)


def number(text: str, mark: str = ".") -> Decimal | None:
    """A number with its separators, or None in an empty cell; a currency behind it is ignored.

    >>> number("1,234.50"), number("1.234,50 USDT", ","), number("--")
    (Decimal('1234.50'), Decimal('1234.50'), None)
    """
    stripped = text.strip()
    if stripped.lower() in EMPTY:
        return None
    told = NUMBER.fullmatch(stripped)
    if not told or len(stripped) > 96:
        raise ValueError(text)
    sign, digits, power, _unit = told.groups()
    digits = re.sub(r"['’\s]", "", digits)
    digits = digits.replace("." if mark == "," else ",", "").replace(",", ".")
    found = exact(f"{'-' if sign in '-−' and sign else ''}{digits}{f'e{power}' if power else ''}")
    return _sensible(found)


def unit(text: str) -> str:
    """The currency behind a number, in capitals: ``0.29 usdc`` is ``USDC``."""
    told = NUMBER.fullmatch(text.strip())
    return told[4].upper() if told else ""


def decimal_mark(cells: Iterable[str], delimiter: str = ",") -> str:
    """What stands before the decimals in these cells: a point unless something says a comma."""
    cells = [cell.strip() for cell in cells if "," in cell or "." in cell]
    for cell in cells:
        if "," in cell and "." in cell:
            return "," if cell.rindex(",") > cell.rindex(".") else "."
        if COMMA_ENDS.search(re.sub(r"\s*[A-Za-z]+$", "", cell)):
            return ","
    has_points = any("." in cell for cell in cells)
    return "," if cells and not has_points and delimiter == ";" else "."


def moment(text: str, zone: tzinfo = UTC, *, day_first: bool = True) -> int:
    """Epoch milliseconds of a time as files write it; ``zone`` where it names none.

    >>> moment("2026-03-17T09:34:12Z")
    1773740052000
    """
    stripped = text.strip()
    if re.fullmatch(r"\d{10}|\d{13}|\d{16}", stripped):
        return _possible(int(stripped) * 1000 // 10 ** (len(stripped) - 10))
    for pattern in MOMENTS:
        if told := pattern.fullmatch(stripped):
            return _possible(_instant(told.groupdict(), zone, day_first=day_first))
    raise ValueError(text)


def is_day_first(times: Iterable[str]) -> bool:
    """Whether ``03/04/2026`` is in April here: unless another line's second number is no month."""
    told = (MOMENTS[-1].fullmatch(text.strip()) for text in times)
    return not any(one and int(one["two"]) > 12 for one in told)


def zone_told(text: str) -> tzinfo | None:
    """The zone that a headline or a file's name mentions: UTC, UTC+8; None without any."""
    if told := OFFSET.search(text):
        hours = int(told[2]) + int(told[3] or 0) / 60
        return (
            timezone(timedelta(hours=-hours if told[1] == "-" else hours)) if hours < 15 else None
        )
    return UTC if re.search(r"\b(?:UTC|GMT)\b", text, re.IGNORECASE) else None


def is_buy(text: str) -> tuple[bool, str]:
    """Whether it bought, and the book where the venue keeps two: ``Close long`` sold a long.

    >>> is_buy("Close long"), is_buy("Sell/Short"), is_buy("Buy short")
    ((False, 'long'), (False, ''), (True, 'short'))
    """
    words = text.strip().lower()
    if told := SAME_WAY.fullmatch(words):
        words = told[1] or told[2]
    if words in ("buy", "b", "bid"):
        return True, ""
    if words in ("sell", "s", "ask"):
        return False, ""
    for book in ("long", "short"):
        if book in words:
            if "buy" in words or "sell" in words:
                return "buy" in words, book
            is_opening = "open" in words or words == book
            return (book == "long") == is_opening, book
    raise ValueError(text)


def pair(symbol: str, quote: str = "") -> tuple[str, str]:
    """Base and quote of a venue's symbol; ``quote`` where the symbol does not say.

    >>> pair("BTCUSDT_260626"), pair("ETH-USDC-SWAP"), pair("BTCPERP", "USDC")
    (('BTC', 'USDT'), ('ETH', 'USDC'), ('BTC', 'USDC'))
    """
    plain = symbol.strip().upper()
    for ending in ENDINGS:
        plain = plain.removesuffix(ending)
    plain, *more = re.split(r"[-_/:]", plain)
    if more and not re.search(r"\d", more[0]):  # digits are the day on which a future ends
        return _named(plain), _named(more[0])
    if quote and plain.endswith(quote) and plain != quote:
        return _named(plain.removesuffix(quote)), quote
    for known in QUOTES:
        if plain.endswith(known) and plain != known:
            return _named(plain.removesuffix(known)), known
    if not quote:
        raise ValueError(symbol)
    return _named(plain), quote


def _named(word: str) -> str:
    if not SYMBOL.fullmatch(word):
        raise ValueError(word)
    return word


def _sensible(found: Decimal) -> Decimal:
    """Zeros beyond eighteen places are cut; anything else there is refused."""
    cut = EXACT.quantize(found, AVERAGE) if found.as_tuple().exponent < -PLACES else found
    if cut != found or abs(found) > LARGEST:
        raise ValueError(found)
    return cut


def _instant(told: dict[str, str | None], zone: tzinfo, *, day_first: bool) -> int:
    if told.get("one"):
        one, two = int(told["one"]), int(told["two"])
        is_day_first = one > 12 or (day_first and two <= 12)
        day, month = (one, two) if is_day_first else (two, one)
    else:
        day, month = int(told["day"]), int(told["month"])
    year, hour = int(told["year"]), int(told["hour"])
    if half := told["half"]:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    micro = int((told["part"] or "").ljust(6, "0")[:6])
    local = datetime(
        year + 2000 if year < 100 else year, month, day, hour, int(told["minute"]),
        int(told["second"] or 0), micro, tzinfo=_zone(told["zone"]) or zone,
    )  # fmt: skip
    return round(local.timestamp() * 1000)


def _zone(told: str | None) -> tzinfo | None:
    if not told:
        return None
    if told in ("Z", "UTC", "GMT"):
        return UTC
    return datetime.strptime(told.replace(":", ""), "%z").tzinfo


def _possible(ms: int) -> int:
    if not FIRST_MS <= ms < LAST_MS:
        raise ValueError(ms)
    return ms
