"""Hit rates come with their bounds, beside chance, and say when there are too few to tell."""

from decimal import Decimal, getcontext
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.urls import reverse

from apps.journal.models import Read
from apps.journal.patterns import MILESTONE, patterns_of
from apps.journal.tallies import ENOUGH, mean_r, tally, wilson


def make_reads(count: int, seed: int = 0) -> list[Read]:
    """A journal of the given length, not saved."""
    rng = np.random.default_rng(seed)
    return [
        Read(
            at_ms=1_780_000_200_000 + int(rng.integers(0, 7 * 86_400_000)), market="btc",
            base="BTC", kind=str(rng.choice(Read.Kind.values)),
            side=str(rng.choice(Read.Side.values)), low=99.0 - away, high=100.0 - away,
            price=100.0, usd=float(10 ** rng.uniform(6, 9)) if rng.random() < 0.9 else None,
            chance=float(rng.random()) if rng.random() < 0.97 else None,
            state=str(rng.choice(Read.State.values)),
            said_state=str(rng.choice(["", "", "", "reached", "missed", "open"])),
            result_r=float(rng.normal()) if rng.random() < 0.5 else None,
        )
        for away in rng.uniform(0, 6, count)
    ]  # fmt: skip


def slow_wilson(hits: int, count: int) -> tuple[float, float]:
    getcontext().prec = 40
    z, n, p = Decimal("1.959963984540054"), Decimal(count), Decimal(hits) / Decimal(count)
    middle = p + z * z / (2 * n)
    half = z * ((p * (1 - p) + z * z / (4 * n)) / n).sqrt()
    scale = 1 + z * z / n
    return float((middle - half) / scale), float((middle + half) / scale)


def test_bounds_are_wilsons_for_every_small_journal():
    for count in range(1, 80):
        for hits in range(count + 1):
            assert wilson(hits, count) == pytest.approx(slow_wilson(hits, count), abs=1e-12)
    assert wilson(0, 0) == (0.0, 1.0)


def test_tallies_equal_a_slow_count_on_a_thousand_generated_journals():
    for seed in range(1000):
        reads = make_reads(seed % 60, seed)
        counted = hit = 0
        results = []
        for read in reads:
            outcome = read.said_state if read.said_state else read.state
            if read.result_r is not None:
                results.append(Decimal(read.result_r))
            if outcome == "open":
                continue
            counted += 1
            hit += (outcome == "missed") if read.kind == "none" else (outcome == "reached")
        told = tally("", reads)
        assert (told.count, told.hits) == (counted, hit)
        mean = float(sum(results) / len(results)) if results else None
        assert mean_r(reads) == (mean if mean is None else pytest.approx(mean, abs=1e-12))
        for pattern in patterns_of(reads)[:2]:
            assert sum(one.count for one in pattern.tallies) == counted
            assert sum(one.hits for one in pattern.tallies) == hit
        assert sum(one.count for one in patterns_of(reads)[4].tallies) == counted


def test_too_few_reads_conclude_nothing():
    few = [Read(kind="magnet", state="reached", chance=0.0) for _ in range(ENOUGH - 1)]
    assert tally("", few).verdict == ""
    assert tally("", [*few, few[0]]).verdict == "above"
    assert tally("", [Read(kind="none", state="missed", chance=0.0)] * ENOUGH).verdict == "like"


def test_the_hour_of_a_read_is_the_readers_own():
    read = Read(kind="magnet", side="long", state="reached", low=1, high=2, price=3,
                at_ms=1_774_746_000_000)  # fmt: skip
    utc, berlin = (
        patterns_of([read], zone)[4].tallies[0].label
        for zone in map(ZoneInfo, ("UTC", "Asia/Tokyo"))
    )
    assert (utc, berlin) == ("00–06\u00a0h", "06–12\u00a0h")


def test_before_fifty_reads_the_page_counts_and_after_them_it_concludes(db, user, signed_in):
    reads = [
        Read(user=user, at_ms=i, market="btc", base="BTC", kind="magnet", side="long", low=97,
             high=98, price=100, state="reached", chance=0.1)
        for i in range(MILESTONE)
    ]  # fmt: skip
    Read.objects.bulk_create(reads[:-1])
    page = signed_in.get(reverse("journal-patterns")).content.decode()
    assert "1 to go" in page
    assert "beats chance" not in page
    reads[-1].save()
    page = signed_in.get(reverse("journal-patterns")).content.decode()
    assert "to go" not in page
    assert "beats chance" in page


def test_a_new_journal_says_what_to_do(db, signed_in):
    assert "No reads yet" in signed_in.get(reverse("journal")).content.decode()
    assert "Nothing is resolved yet" in signed_in.get(reverse("journal-patterns")).content.decode()
