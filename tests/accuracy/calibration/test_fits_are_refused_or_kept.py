"""Every refusal is one sentence; what is fitted is kept with its numbers, better or not."""

import numpy as np
import pytest

from apps.accuracy.calibration.fitting import Refused, fit_venue
from apps.markets.models import Instrument, LeverageFit, Liquidation, Market
from tests.accuracy.calibration.conftest import FIRST_DAY, OTHERS, SHIPPED, MakeDays

State = LeverageFit.State


def print_of(venue: str, completeness: str) -> Liquidation:
    instrument = Instrument.objects.get(venue=venue)
    return Liquidation.objects.create(
        instrument=instrument, ts_ms=FIRST_DAY, side="long", size_base=1.0, usd=6e4, price=6e4,
        completeness=completeness,
    )  # fmt: skip


@pytest.mark.parametrize(("venue", "completeness"), [("okx", "sampled"), ("binance", "delayed")])
def test_a_throttled_feed_is_refused(market: Market, venue: str, completeness: str) -> None:
    print_of(venue, completeness)
    with pytest.raises(Refused, match="throttled; weights cannot be fitted on it"):
        fit_venue(venue)
    assert not LeverageFit.objects.exists()


def test_a_few_days_are_refused(make_days: MakeDays) -> None:
    make_days(13)
    with pytest.raises(Refused, match="Bybit has 13 days of complete evidence; 14 are needed"):
        fit_venue("bybit")


def test_a_venue_that_told_nothing_is_refused(market: Market) -> None:
    with pytest.raises(Refused, match="Bybit has 0 days"):
        fit_venue("bybit")


def test_too_few_liquidations_are_refused(make_days: MakeDays) -> None:
    make_days(20, prints=20)
    with pytest.raises(Refused, match="400 liquidations; 500 are needed"):
        fit_venue("bybit")


def test_too_few_dollars_are_refused(make_days: MakeDays) -> None:
    make_days(20, usd=1e-7)
    with pytest.raises(Refused, match="Less than a million dollars"):
        fit_venue("bybit")


def test_days_of_other_leverages_are_no_evidence(make_days: MakeDays) -> None:
    for row in make_days(20):
        row.leverages = [3, 10]
        row.save()
    with pytest.raises(Refused, match="0 days"):
        fit_venue("bybit")


def test_shares_that_do_better_on_later_days_wait_to_be_adopted(make_days: MakeDays) -> None:
    make_days(40)
    fit = fit_venue("bybit")
    assert fit.state == State.CANDIDATE
    assert np.abs(np.array(fit.shares) - OTHERS).max() < 0.05
    assert 0 < fit.gain_low < fit.gain
    assert (fit.fitted_from_day, fit.scored_until_day) == (FIRST_DAY, FIRST_DAY + 39)
    assert fit.scored_from_day - fit.fitted_until_day == 3  # two whole days lie between
    assert (fit.days, fit.prints, fit.markets) == (40, 3600, ["btc"])
    assert (np.array(fit.low) <= np.array(fit.high)).all()


def test_shares_that_are_as_good_are_rejected_with_their_numbers(make_days: MakeDays) -> None:
    make_days(40, shares=SHIPPED)
    fit = fit_venue("bybit")
    assert fit.state == State.REJECTED
    assert fit.gain_low <= 0
    assert fit.log_r2 == pytest.approx(fit.standing_log_r2, abs=0.02)


def test_a_fit_sees_nothing_of_the_days_it_is_judged_on(make_days: MakeDays) -> None:
    rows = make_days(40)
    before = fit_venue("bybit").shares
    for row in rows[-12:]:
        row.realised_usd = rows[0].realised_usd
        row.save()
    assert fit_venue("bybit").shares == before


def test_a_newer_fit_takes_the_place_of_a_candidate(make_days: MakeDays) -> None:
    make_days(30)
    first, second = fit_venue("bybit"), fit_venue("bybit")
    first.refresh_from_db()
    assert (first.state, second.state) == (State.RETIRED, State.CANDIDATE)
    assert first.version != second.version
