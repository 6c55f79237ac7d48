"""One large order among positions that are known: what the matching engine does, by hand."""

import numpy as np
import pytest

from apps.exchanges.simulated.shock import (
    LEVEL,
    LEVELS,
    Makers,
    draw_book,
    draw_makers,
    shock,
)

BOOK = np.full(LEVELS, 1e5)  # ten millions per percent
STEADY = Makers(refill=0.0, pulled=0.0, mark_follows=1.0)
NOBODY = np.zeros(0)


def test_among_nobody_an_order_eats_what_it_is_worth() -> None:
    outcome = shock(NOBODY, NOBODY, BOOK, 5e6, STEADY)
    assert outcome.reach == pytest.approx(0.005)
    assert (outcome.forced_usd, outcome.is_exhausted) == (0.0, False)


def test_forced_orders_carry_the_price_to_the_next_ones() -> None:
    away, usd = np.array([0.004, 0.010, 0.030]), np.array([8e6, 4e6, 1e6])
    outcome = shock(away, usd, BOOK, 5e6, STEADY)
    assert outcome.reach == pytest.approx(0.017)
    assert outcome.forced_usd == pytest.approx(12e6)


def test_positions_behind_the_price_are_never_closed() -> None:
    outcome = shock(np.array([-0.001, 0.0, 0.5]), np.full(3, 1e9), BOOK, 5e6, STEADY)
    assert outcome.forced_usd == 0.0


def test_makers_who_come_back_shorten_a_chain_and_those_who_run_lengthen_it() -> None:
    away, usd = np.linspace(0.001, 0.03, 60), np.full(60, 4e5)
    plain = shock(away, usd, BOOK, 2e6, STEADY).reach
    patient = shock(away, usd, BOOK, 2e6, Makers(0.5, 0.0, 1.0)).reach
    afraid = shock(away, usd, BOOK, 2e6, Makers(0.0, 0.5, 1.0)).reach
    assert patient < plain < afraid


def test_an_order_larger_than_the_book_exhausts_it() -> None:
    outcome = shock(NOBODY, NOBODY, BOOK, 2 * BOOK.sum(), STEADY)
    assert outcome.is_exhausted
    assert outcome.reach == pytest.approx(LEVELS * LEVEL)


def test_what_is_given_stays_as_it_was() -> None:
    book, away, usd = BOOK.copy(), np.array([0.004]), np.array([8e6])
    shock(away, usd, book, 5e6, Makers(0.1, 0.4, 0.5))
    assert (book == BOOK).all()


def test_a_drawn_book_holds_what_was_asked_for_and_is_thin_at_the_middle() -> None:
    books = np.stack([draw_book(np.random.default_rng(seed), 3e7) for seed in range(40)])
    assert books[:, :100].sum(axis=1) == pytest.approx(3e7)
    assert np.median(books[:, :10]) < np.median(books[:, 200:210])
    assert (books > 0).all()


def test_the_same_seed_draws_the_same_makers() -> None:
    assert draw_makers(np.random.default_rng(5)) == draw_makers(np.random.default_rng(5))
