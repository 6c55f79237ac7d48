"""Every outcome can be said by hand; what the prices say is kept beside it, and comes back."""

import pytest
from django.urls import reverse

from apps.journal.models import Read
from apps.journal.resolving import resolve_reads
from apps.journal.services import get_reads_for
from apps.journal.tallies import overall_of

SAID = {
    "cur": "USD", "state": "missed", "ran_on": "yes", "overshoot": "1.25",
    "liquidated_usd": "2,500,000", "r": "-0.5", "why": "a bad print",
}  # fmt: skip
TOLD = ("state", "reached_ms", "overshoot", "ran_on_ms", "liquidated_usd", "result_r", "mae", "mfe")


@pytest.fixture
def resolved(published, log) -> Read:
    """A traded read that the market has resolved."""
    read = log(away=0.004, entry=60_000.0, stop=59_000.0, target=60_300.0)
    published.live_until(300)
    resolve_reads()
    read.refresh_from_db()
    assert read.is_final
    return read


def test_each_of_them_counts_and_the_automatic_ones_stay(resolved, signed_in, user):
    before = {name: getattr(resolved, name) for name in TOLD}
    signed_in.post(reverse("read-say", args=[resolved.public]), SAID)
    resolved.refresh_from_db()
    assert (resolved.outcome, resolved.said_ran_on, resolved.said_why) == (
        "missed", "yes", "a bad print",
    )  # fmt: skip
    assert (resolved.said_overshoot, resolved.said_liquidated_usd, resolved.said_r) == (
        0.0125, 2_500_000, -0.5,
    )  # fmt: skip
    resolve_reads()
    resolved.refresh_from_db()
    assert {name: getattr(resolved, name) for name in TOLD} == before
    assert overall_of(get_reads_for(user))[2] == -0.5


def test_the_page_shows_both(resolved, signed_in):
    signed_in.post(reverse("read-say", args=[resolved.public]), SAID)
    for address in ("read", "read-outcome"):
        page = signed_in.get(reverse(address, args=[resolved.public])).content.decode()
        for words in ("yes, after", "by hand: not reached", "by hand: yes", "a bad print",
                      "by hand: 1.25\u00a0%"):  # fmt: skip
            assert words in page, (address, words)
    page = signed_in.get(reverse("read", args=[resolved.public])).content.decode()
    assert "the prices say" in page


def test_taken_back_it_leaves_no_trace(resolved, signed_in):
    address = reverse("read-say", args=[resolved.public])
    signed_in.post(address, SAID)
    form = signed_in.get(reverse("read", args=[resolved.public])).context["say_form"]
    assert {name: str(form[name].value()) for name in ("ran_on", "overshoot", "r")} == {
        "ran_on": "yes", "overshoot": "1.25", "r": "-0.5",
    }  # fmt: skip
    signed_in.post(address, dict.fromkeys(SAID, ""))
    resolved.refresh_from_db()
    assert not resolved.is_said
    assert resolved.said_why == ""


@pytest.mark.parametrize(
    "broken", [{"state": "open"}, {"ran_on": "perhaps"}, {"overshoot": "-1"}, {"overshoot": "nan"},
               {"liquidated_usd": "inf"}, {"r": "1e9"}, {"r": "x"}, {"cur": "XXX"},
               {"why": "x" * 301}],
)  # fmt: skip
def test_what_cannot_be_an_outcome_is_refused_with_a_sentence(resolved, signed_in, broken):
    address = reverse("read-say", args=[resolved.public])
    page = signed_in.post(address, SAID | broken, follow=True).content.decode()
    assert "cannot be an outcome" in page
    resolved.refresh_from_db()
    assert not resolved.is_said
