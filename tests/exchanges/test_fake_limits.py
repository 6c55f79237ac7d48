"""The fake venues count what is asked, and refuse whoever asks for too much, each in its way."""

import pytest

from apps.exchanges.fake.limits import LIMITS, Budget, Verdict

START_MS = 1_780_000_200_000


def spend(budget: Budget, name: str, times: int, *, cost: int = 1, path: str = "/x") -> None:
    for _ in range(times):
        assert budget.charge(START_MS, name, path, cost) is None


def test_binance_refuses_more_than_its_weight_of_a_minute() -> None:
    budget = Budget("binance")
    spend(budget, "weight", 240, cost=10)
    assert budget.charge(START_MS + 1_000, "weight", "/x", 1) == Verdict(429, 59)
    assert budget.charge(START_MS + 60_000, "weight", "/x", 1) is None


def test_binance_bans_whoever_goes_on_asking() -> None:
    budget = Budget("binance")
    spend(budget, "weight", 240, cost=10)
    statuses = [budget.charge(START_MS + 1, "weight", "/x", 1).status for _ in range(7)]
    assert statuses == [429] * 5 + [418] * 2
    assert budget.charge(START_MS + 61_000, "weight", "/x", 1).status == 418
    assert budget.charge(START_MS + 121_000, "weight", "/x", 1) is None


def test_statistics_of_binance_have_a_limit_of_their_own() -> None:
    budget = Budget("binance")
    spend(budget, "statistics", 1000)
    assert budget.charge(START_MS, "statistics", "/x", 1) is not None
    assert budget.report()["limits"].keys() == {"statistics"}


def test_bybit_bans_for_ten_minutes() -> None:
    budget = Budget("bybit")
    spend(budget, "requests", 600)
    assert budget.charge(START_MS, "requests", "/x", 1) == Verdict(403, 600)
    assert budget.charge(START_MS + 599_000, "requests", "/x", 1).status == 403
    assert budget.charge(START_MS + 600_000, "requests", "/x", 1) is None


def test_okx_counts_every_path_apart_and_some_more_strictly() -> None:
    budget = Budget("okx")
    spend(budget, "path:", 20, path="/api/v5/public/open-interest")
    spend(budget, "path:", 40, path="/api/v5/market/candles")
    spend(budget, "path:", 5, path="/api/v5/rubik/stat/taker-volume-contract")
    verdict = budget.charge(START_MS, "path:", "/api/v5/rubik/stat/taker-volume-contract", 1)
    assert verdict == Verdict(429, 2)


def test_windows_slide() -> None:
    budget = Budget("dydx")
    for n in range(100):
        assert budget.charge(START_MS + 90 * n, "requests", "/x", 1) is None
    assert budget.charge(START_MS + 9_999, "requests", "/x", 1) == Verdict(429, 1)
    assert budget.charge(START_MS + 10_000, "requests", "/x", 1) is None


@pytest.mark.parametrize("venue", LIMITS)
def test_the_report_tells_how_near_the_limit_was_come_to(venue: str) -> None:
    budget = Budget(venue)
    name, limit = next(iter(LIMITS[venue].items()))
    spend(budget, name, limit.most // 2)
    report = budget.report()
    assert report["peak_share"] == pytest.approx(limit.most // 2 / limit.most)
    assert (report["requests"], report["refused"]) == (limit.most // 2, 0)
