"""Hit rates come with their bounds, beside chance, and say when there are too few to tell."""

from decimal import Decimal
from itertools import chain
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.urls import reverse

from apps.journal.course import course_of
from apps.journal.models import Read
from apps.journal.patterns import MILESTONE, patterns_of
from apps.journal.tallies import ENOUGH, Tally, overall_of


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
            said_r=float(rng.normal()) if rng.random() < 0.1 else None,
            fresh=float(rng.random()) if rng.random() < 0.8 else None,
            unrest=float(rng.lognormal(0, 0.4)) if rng.random() < 0.8 else None,
            trend=float(rng.normal(0, 1.5)) if rng.random() < 0.8 else None,
        )
        for away in rng.uniform(0, 6, count)
    ]  # fmt: skip


def hit_of(read: Read) -> bool:
    outcome = read.said_state or read.state
    return (outcome == "missed") if read.kind == "none" else (outcome == "reached")


def slow_count(reads: list[Read]) -> dict[str, object]:
    """All that a tally says of reads, and their mean result, by hand."""
    known = hits = compared = compared_hits = 0
    chances, results = Decimal(0), []
    for read in reads:
        result = read.result_r if read.said_r is None else read.said_r
        if result is not None:
            results.append(Decimal(result))
        if (read.said_state or read.state) == "open":
            continue
        known += 1
        hits += hit_of(read)
        if read.chance is not None:
            compared += 1
            compared_hits += hit_of(read)
            chances += 1 - Decimal(read.chance) if read.kind == "none" else Decimal(read.chance)
    return {
        "count": known, "hits": hits, "compared": compared, "compared_hits": compared_hits,
        "chance": float(chances / compared) if compared else None,
        "mean_r": float(sum(results) / len(results)) if results else None,
    }  # fmt: skip


def as_told(one: Tally, mean_r: float | None) -> dict[str, object]:
    names = ("count", "hits", "compared", "compared_hits", "chance")
    return {name: getattr(one, name) for name in names} | {"mean_r": mean_r}


def near(told: dict[str, object]) -> dict[str, object]:
    return {name: pytest.approx(value, abs=1e-12) if isinstance(value, float) else value
            for name, value in told.items()}  # fmt: skip


def test_a_thousand_generated_journals_are_counted_as_a_slow_count_counts(db, user):
    journals = [make_reads(1 + seed % 22, seed) for seed in range(1000)]
    for read in chain(*journals):
        read.user = user
    Read.objects.bulk_create(list(chain(*journals)))
    for reads in journals:
        mine = Read.objects.filter(pk__range=(reads[0].pk, reads[-1].pk))
        count, overall, mean_r = overall_of(mine)
        slow = slow_count(reads)
        assert count == len(reads)
        assert as_told(overall, mean_r) == near(slow)
        patterns = patterns_of(reads)
        for parts in (patterns[index].tallies for index in (0, 1, 4)):
            for name in ("count", "hits", "compared", "compared_hits"):
                assert sum(getattr(one, name) for one in parts) == slow[name]
    assert as_told(*overall_of(Read.objects.none())[1:]) == slow_count([])


def test_too_few_reads_conclude_nothing():
    few = ENOUGH - 1
    assert Tally("", few, few, 0.0, few, few).verdict == ""
    assert Tally("", ENOUGH, ENOUGH, 0.0, ENOUGH, ENOUGH).verdict == "above"
    assert Tally("", ENOUGH, 0, 0.9, ENOUGH, 0).verdict == "below"
    assert Tally("", ENOUGH, ENOUGH, 0.9, ENOUGH, ENOUGH).verdict == "like"


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


PLAIN = {
    "By age of the cluster: opened within 4\u00a0h": {
        "<\u00a010\u00a0%": lambda r: r.fresh is not None and r.fresh < 0.1,
        "10–30\u00a0%": lambda r: r.fresh is not None and 0.1 <= r.fresh < 0.3,
        ">\u00a030\u00a0%": lambda r: r.fresh is not None and r.fresh >= 0.3,
    },
    "By the day before: how restless": {
        "Calmer than the week before": lambda r: r.unrest is not None and r.unrest < 0.8,
        "As usual": lambda r: r.unrest is not None and 0.8 <= r.unrest < 1.25,
        "More restless": lambda r: r.unrest is not None and r.unrest >= 1.25,
    },
    "By the day before: where it went": {
        "Towards the zone": lambda r: r.trend is not None and (
            r.trend <= -1 if r.high <= r.price else r.trend >= 1),
        "Sideways": lambda r: r.trend is not None and -1 < r.trend < 1,
        "Away from the zone": lambda r: r.trend is not None and (
            r.trend > 1 if r.high <= r.price else r.trend < -1),
    },
}  # fmt: skip


@pytest.mark.parametrize("title", PLAIN)
def test_ages_and_regimes_divide_reads_as_their_names_say(title):
    reads = make_reads(400, 7)
    told = {
        one.label: one for one in next(p for p in patterns_of(reads) if p.title == title).tallies
    }
    assert set(told) == set(PLAIN[title])
    for label, rule in PLAIN[title].items():
        group = [read for read in reads if (read.said_state or read.state) != "open" and rule(read)]
        assert (told[label].count, told[label].hits) == (len(group), sum(map(hit_of, group)))


def test_a_read_without_a_chance_counts_but_is_not_compared():
    def magnets(count: int, *, state: str, chance: float | None) -> list[Read]:
        return [Read(at_ms=0, kind="magnet", side="long", low=97, high=98, price=100, state=state,
                     chance=chance) for _ in range(count)]  # fmt: skip

    known, unknown = (magnets(ENOUGH, state="reached", chance=0.5),
                      magnets(5, state="missed", chance=None))  # fmt: skip
    told = patterns_of([*known, *unknown])[0].tallies[0]
    assert (told.count, told.hits, told.compared, told.chance) == (ENOUGH + 5, ENOUGH, ENOUGH, 0.5)
    assert (told.verdict, told.is_partly_compared) == ("above", True)
    assert patterns_of([*known[1:], *unknown])[0].tallies[0].verdict == ""


def test_the_course_adds_up_hits_and_chances_in_the_order_of_time():
    reads = make_reads(300, 3)
    told = course_of(reads)
    known = sorted(
        (r for r in reads if (r.said_state or r.state) != "open" and r.chance is not None),
        key=lambda read: read.at_ms,
    )
    chances = [1 - r.chance if r.kind == "none" else r.chance for r in known]
    assert (told.count, told.hits) == (len(known), sum(map(hit_of, known)))
    assert told.expected == pytest.approx(sum(chances))
    places = [tuple(map(float, one.split(","))) for one in told.hits_line.split()]
    assert places[0] == (0.0, 100.0)
    assert places[-1] == pytest.approx((100.0, 100 - told.hits / told.most * 100), abs=0.01)
    heights = [y for _x, y in places]
    assert heights == sorted(heights, reverse=True)
    assert all(0 <= float(one.split(",")[1]) <= 100 for one in told.band.split())
    assert course_of(known[:1]) is None


def test_the_page_shows_age_regime_and_the_course(db, user, signed_in):
    reads = make_reads(120, 11)
    for read in reads:
        read.user = user
    Read.objects.bulk_create(reads)
    page = signed_in.get(reverse("journal-patterns")).content.decode()
    for words in ("Hits over time", *PLAIN, "too few to tell", "like chance"):
        assert words in page
    assert '"nan' not in page
