"""What a new read expects can be changed for some minutes, but never what has come already."""

import pytest
from django.urls import reverse

from apps.journal.models import Read
from tests.heatmaps.conftest import MINUTE_MS

HOUR_MS = 3_600_000


def expected(**changes: object) -> dict[str, object]:
    told = {"cur": "USD", "kind": "cascade", "horizon_ms": str(72 * HOUR_MS), "entry": "60,000",
            "stop": "60,600", "target": "59,700", "size_usd": "1000"}  # fmt: skip
    return told | changes


def test_what_a_new_read_expects_can_be_changed(published, log, signed_in):
    read = log()
    signed_in.post(reverse("read-amend", args=[read.public]), expected())
    read.refresh_from_db()
    assert (read.kind, read.horizon_ms, read.plan_state) == ("cascade", 72 * HOUR_MS, "waiting")
    assert (read.entry, read.stop, read.target, read.size_usd) == (60_000, 60_600, 59_700, 1000)
    signed_in.post(
        reverse("read-amend", args=[read.public]),
        expected(entry="", stop="", target="", size_usd=""),
    )
    read.refresh_from_db()
    assert (read.entry, read.plan_state) == (None, "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"kind": "luck"}, "luck"), ({"entry": ""}, "needs an entry"),
     ({"target": "60,500"}, "same side"), ({"horizon_ms": "1"}, "1 is not one")],
)  # fmt: skip
def test_a_change_that_makes_no_sense_changes_nothing(log, signed_in, changes, sentence):
    read = log()
    answer = signed_in.post(
        reverse("read-amend", args=[read.public]), expected(**changes), follow=True
    )
    assert sentence in answer.content.decode()
    read.refresh_from_db()
    assert (read.kind, read.entry) == ("magnet", None)


def test_a_changed_read_is_one_made_now_so_that_nothing_past_can_be_planned(
    published, log, signed_in
):
    read = log()
    published.live_until(3)
    published.publish()
    signed_in.post(reverse("read-amend", args=[read.public]), expected())
    changed = Read.objects.get()
    assert changed.at_ms == changed.frozen["as_of_ms"] == read.at_ms + 3 * MINUTE_MS
    assert changed.covered_ms == changed.at_ms
    assert (changed.public, changed.low, changed.high) == (read.public, read.low, read.high)


def test_what_has_come_since_cannot_be_changed_even_before_it_was_judged(published, log, signed_in):
    read = log(away=0.0001)
    published.live_until(5)
    answer = signed_in.post(reverse("read-amend", args=[read.public]), expected(), follow=True)
    assert "first minutes only" in answer.content.decode()
    assert Read.objects.get().kind == "magnet"


def test_after_ten_minutes_or_an_outcome_nothing_can_be_changed_any_more(published, log, signed_in):
    old, reached, said = log(), log(), log()
    Read.objects.filter(pk=reached.pk).update(state=Read.State.REACHED, is_final=True)
    Read.objects.filter(pk=said.pk).update(said_state=Read.State.MISSED)
    Read.objects.filter(pk=old.pk).update(at_ms=old.at_ms - 11 * MINUTE_MS)
    for read in (old, reached, said):
        address = reverse("read-amend", args=[read.public])
        answer = signed_in.post(address, expected(), follow=True)
        assert "first minutes only" in answer.content.decode()
        assert "Change what you expect" not in answer.content.decode()
        read.refresh_from_db()
        assert read.kind == "magnet"
