"""Numbers of a venue are read strictly: what no market can show is refused, not repaired."""

import math

import pytest

from apps.exchanges.numbers import BadPayload, finite, milliseconds, positive, seconds
from apps.exchanges.payload import Payload

FIELD = "binance: markPrice"


@pytest.mark.parametrize(
    ("written", "number"),
    [("77766.70", 77766.7), ("-0.00001791", -0.00001791), ("1e-10", 1e-10), (5, 5), (0.5, 0.5)],
)
def test_numbers_are_read_from_text_and_from_json_numbers(written: object, number: float) -> None:
    assert finite(written, FIELD) == number


@pytest.mark.parametrize(
    "written",
    [None, True, False, "", "NaN", "inf", "1_000", "0x10", " 7", "١", "1e308", 1e308, 10**400,
     math.nan, -math.inf, [], {}],
)  # fmt: skip
def test_what_is_no_number_of_a_market_is_refused_by_the_name_of_its_field(written: object) -> None:
    with pytest.raises(BadPayload, match=r"^binance: markPrice is .*\.$"):
        finite(written, FIELD)


@pytest.mark.parametrize("written", [0, "-1", "0.000", 5e-324])
def test_prices_and_sizes_are_above_zero_so_that_dividing_by_them_stays_finite(
    written: object,
) -> None:
    with pytest.raises(BadPayload, match="above zero"):
        positive(written, FIELD)


def test_a_time_in_another_unit_is_refused_and_never_guessed() -> None:
    assert milliseconds("1789147104593", FIELD) == seconds(1789147104.593, FIELD) == 1789147104593
    for reading, written in ((milliseconds, 1789147104), (seconds, 1789147104593)):
        with pytest.raises(BadPayload, match="in the unit expected"):
            reading(written, FIELD)


def test_a_refusal_names_the_way_to_the_field() -> None:
    reply = Payload("bybit", {"result": {"list": [{"markPrice": "NaN"}]}})
    with pytest.raises(BadPayload, match=r"bybit: result\.list\.0\.markPrice is 'NaN', not a num"):
        reply["result"]["list"][0].positive("markPrice")
    with pytest.raises(BadPayload, match=r"bybit: result has no 'rows'\."):
        reply["result"]["rows"]


def test_a_blank_is_nothing_said_but_a_garbled_value_is_still_refused() -> None:
    row = Payload("okx", {"empty": "", "null": None, "zero": "0", "garbled": "?"})
    assert [row.positive_or_none(key) for key in ("empty", "null", "absent", "zero")] == [None] * 4
    with pytest.raises(BadPayload, match="okx: garbled"):
        row.positive_or_none("garbled")
