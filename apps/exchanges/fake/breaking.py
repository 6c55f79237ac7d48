"""Answers that never were: what a fault makes of a reply or a message."""

from random import Random

from apps.exchanges.fake.faults import Failure, Fault

HTML = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
GARBAGE_BYTES = 400
WORDLESS: tuple[Failure, ...] = ("garbage", "html", "truncated")
STATUSES: dict[Failure, int] = {"rate_limited": 429, "server_error": 503, "forbidden": 451}


def first_of(faults: list[Fault], *failures: Failure) -> Fault | None:
    """The first fault of these kinds."""
    return next((fault for fault in faults if fault.failure in failures), None)


def skew_ms(faults: list[Fault]) -> int:
    """How wrong the venue's clock is."""
    return round(1000 * sum(f.strength for f in faults if f.failure == "clock_skew"))


def mangled(body: bytes, fault: Fault) -> bytes:
    """What arrives instead of a reply or message."""
    if fault.failure == "html":
        return HTML.encode()
    if fault.failure == "truncated":
        return body[: len(body) // 2]
    return Random(f"{fault.begins_ms} {len(body)}").randbytes(GARBAGE_BYTES)
