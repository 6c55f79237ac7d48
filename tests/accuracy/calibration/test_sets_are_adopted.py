"""A set stands once adopted, travels with every picture, and can be taken back."""

import io
import json
from datetime import UTC, datetime

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import User
from apps.accuracy.calibration import services
from apps.accuracy.calibration.fitting import Refused, adopted_fit, fit_venue
from apps.accuracy.calibration.gathering import DAY_MS
from apps.accuracy.fitted import scored_from_ms
from apps.accuracy.management.commands.calibrate import Command
from apps.accuracy.models import Scorecard, ScoredHour, ZoneTrial
from apps.engine.parameters import VENUES, default_parameters
from apps.engine.score import EMBARGO_MS
from apps.markets.leverage_sets import bell_curve, parameters_for, with_sets
from apps.markets.models import Feed, LeverageFit, Market
from tests.accuracy.calibration.conftest import OTHERS, SHIPPED, MakeDays

State, By = LeverageFit.State, LeverageFit.By


@pytest.fixture
def candidate(make_days: MakeDays) -> LeverageFit:
    """A set that did better."""
    make_days(40)
    return fit_venue("bybit", now=datetime(2026, 11, 2, tzinfo=UTC))


@pytest.fixture
def newer(candidate: LeverageFit) -> LeverageFit:
    """Another set of the same venue, made a week later by hand."""
    values = {
        field.name: getattr(candidate, field.name)
        for field in LeverageFit._meta.fields
        if field.name not in ("id", "version")
    }
    return LeverageFit.objects.create(**values | {"version": "bybit-2026-11-09"})


@pytest.fixture
def root(administrator: User) -> Client:
    browser = Client()
    browser.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    return browser


def standing() -> str:
    fit = adopted_fit("bybit")
    return fit.version if fit else "as shipped"


def told_by(*words: str) -> str:
    out = io.StringIO()
    call_command("calibrate", *words, stdout=out)
    return out.getvalue()


def test_an_adopted_set_is_what_markets_are_walked_with(candidate: LeverageFit) -> None:
    assert parameters_for("BTC") == default_parameters()
    services.adopt_fit(fit=candidate, by=By.COMMAND)
    walked = parameters_for("BTC")
    assert walked.version == f"{default_parameters().version}+bybit-2026-11-02"
    assert bell_curve(walked, "bybit") == pytest.approx(candidate.shares)
    assert walked.terms_of("binance") == default_parameters().terms_of("binance")


def test_nothing_is_scored_of_the_days_a_set_was_chosen_on(candidate: LeverageFit) -> None:
    services.adopt_fit(fit=candidate, by=By.COMMAND)
    after_ms = (candidate.scored_until_day + 1) * DAY_MS + EMBARGO_MS
    assert scored_from_ms(parameters_for("BTC").version) == after_ms
    assert scored_from_ms(parameters_for("ETH").version) == after_ms


def test_another_coin_keeps_its_own_curve_changed_in_proportion(candidate: LeverageFit) -> None:
    services.adopt_fit(fit=candidate, by=By.COMMAND)
    own = bell_curve(default_parameters(altcoin=True), "bybit")
    changed = bell_curve(parameters_for("ETH"), "bybit")
    offered = SHIPPED > 0
    fitted = np.array(candidate.shares)[offered] / SHIPPED[offered]
    ratio = changed[offered] / own[offered] / fitted
    assert ratio == pytest.approx(ratio[0])
    assert changed.sum() == pytest.approx(1.0)


def test_settings_cost_one_query(
    candidate: LeverageFit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    services.adopt_fit(fit=candidate, by=By.COMMAND)
    with django_assert_num_queries(1):
        parameters_for("BTC")


@pytest.mark.parametrize("model", [ScoredHour, Scorecard, ZoneTrial])
def test_scores_have_room_for_a_set_of_every_venue(model: type[Model]) -> None:
    longest = "x" * LeverageFit._meta.get_field("version").max_length
    ones = (1.0,) * len(SHIPPED)
    adopted = tuple((venue, longest, ones) for venue, _ in VENUES)
    walked = with_sets(default_parameters(altcoin=True), adopted)
    assert len(walked.version) <= model._meta.get_field("parameters").max_length


def test_a_set_of_another_feed_does_not_stand(candidate: LeverageFit) -> None:
    services.adopt_fit(fit=candidate, by=By.COMMAND)
    Feed.objects.update(source="simulated 3")
    assert parameters_for("BTC") == default_parameters()
    with pytest.raises(Refused, match="another feed"):
        services.adopt_fit(fit=candidate, by=By.COMMAND)
    Feed.objects.update(source="live three")
    assert parameters_for("BTC").version.endswith(candidate.version)


def test_a_set_of_other_leverages_is_left_out(candidate: LeverageFit) -> None:
    services.adopt_fit(fit=candidate, by=By.COMMAND)
    LeverageFit.objects.update(leverages=[2, 3])
    assert parameters_for("BTC") == default_parameters()


def test_a_rejected_set_cannot_be_adopted(candidate: LeverageFit) -> None:
    candidate.state = State.REJECTED
    candidate.save()
    with pytest.raises(Refused, match="did not do better"):
        services.adopt_fit(fit=candidate, by=By.COMMAND)
    assert standing() == "as shipped"


def test_going_back_goes_further_each_time(candidate: LeverageFit, newer: LeverageFit) -> None:
    services.adopt_fit(fit=candidate, by=By.COMMAND)
    services.adopt_fit(fit=newer, by=By.COMMAND)
    candidate.refresh_from_db()
    assert (standing(), candidate.state) == (newer.version, State.RETIRED)
    services.roll_back(venue="bybit", by=By.COMMAND)
    assert standing() == candidate.version
    services.roll_back(venue="bybit", by=By.COMMAND)
    assert standing() == "as shipped"
    with pytest.raises(Refused, match="Bybit stands as shipped"):
        services.roll_back(venue="bybit", by=By.COMMAND)


def test_any_earlier_set_can_stand_again(candidate: LeverageFit, newer: LeverageFit) -> None:
    for fit in (candidate, newer):
        services.adopt_fit(fit=fit, by=By.COMMAND)
    candidate.refresh_from_db()
    services.adopt_fit(fit=candidate, by=By.COMMAND)
    assert standing() == candidate.version


def test_one_command_fits_adopts_and_goes_back(make_days: MakeDays) -> None:
    make_days(40)
    told = json.loads(told_by("--venue", "bybit", "--json"))["venues"][0]
    assert told["state"] == "candidate"
    assert [group["name"] for group in told["groups"]][0] == "≤ 5×"
    assert sum(group["fitted"] for group in told["groups"]) == pytest.approx(1.0)
    assert standing() == "as shipped"
    assert told["version"] in told_by("--adopt", told["version"])
    assert standing() == told["version"]
    assert "as shipped" in told_by("--venue", "bybit", "--roll-back")
    assert standing() == "as shipped"


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        Command().run_from_argv(["manage.py", "calibrate", "--help"])
    assert "Nothing changes on the map until a set is adopted" in " ".join(
        capsys.readouterr().out.split()
    )


def test_the_command_says_why_a_venue_is_refused(market: Market) -> None:
    assert "Binance has 0 days of complete evidence; 14 are needed." in told_by()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--venue", "nowhere"], "There is no venue 'nowhere'; there are binance, bybit, okx."),
        (["--adopt", "nothing"], "There is no set 'nothing'."),
        (["--roll-back"], "Say with --venue whose set to go back from."),
        (["--venue", "bybit", "--roll-back"], "Bybit stands as shipped"),
    ],
)
def test_nonsense_gets_one_sentence(market: Market, words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        told_by(*words)


@pytest.mark.parametrize(
    ("setting", "state"), [("off", None), ("propose", "candidate"), ("adopt", "adopted")]
)
def test_the_weekly_task_does_what_the_settings_allow(
    make_days: MakeDays, setting: str, state: str | None
) -> None:
    make_days(40)
    with override_settings(CALIBRATE=setting):
        services.calibrate_venues()
    assert list(LeverageFit.objects.values_list("state", flat=True)) == ([state] if state else [])


def test_everybody_sees_what_stands_and_why(client: Client, candidate: LeverageFit) -> None:
    page = client.get(reverse("calibration")).content.decode()
    assert f"{candidate.version} did better on later days" in page
    assert "3,600 liquidations" in page
    assert "Binance has 0 days of complete evidence" in page
    assert "<form" not in page
    assert "style=" not in page


def test_the_page_asks_the_database_as_often_however_many_days_there_are(
    client: Client, make_days: MakeDays, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_days(150)
    with django_assert_max_num_queries(30) as captured:
        client.get(reverse("calibration"))
    assert not [q for q in captured if "reached_usd" in q["sql"]]


def test_an_administrator_adopts_and_goes_back_with_one_click(
    root: Client, candidate: LeverageFit
) -> None:
    page = root.get(reverse("calibration")).content.decode()
    assert 'class="button button-primary">Adopt' in page
    root.post(reverse("calibration-adopt"), {"version": candidate.version})
    assert standing() == candidate.version
    page = root.get(reverse("calibration")).content.decode()
    assert "adopted by an administrator" in page
    root.post(reverse("calibration-roll-back"), {"venue": "bybit"})
    assert standing() == "as shipped"
    page = root.post(reverse("calibration-roll-back"), {"venue": "bybit"}, follow=True)
    assert "nothing to go back to" in page.content.decode()


@pytest.mark.parametrize("name", ["calibration-adopt", "calibration-roll-back"])
def test_somebody_who_is_no_administrator_changes_nothing(
    signed_in: Client, candidate: LeverageFit, name: str
) -> None:
    told = {"version": candidate.version, "venue": "bybit"}
    assert signed_in.post(reverse(name), told).status_code == 404
    services.adopt_fit(fit=candidate, by=By.COMMAND)
    assert signed_in.post(reverse(name), told).status_code == 404
    assert standing() == candidate.version


def test_an_administrators_nonsense_is_not_there(root: Client, market: Market) -> None:
    assert root.post(reverse("calibration-adopt"), {"version": "nothing"}).status_code == 404
    assert root.post(reverse("calibration-roll-back"), {"venue": "nowhere"}).status_code == 404


def test_a_click_needs_the_forms_own_token(administrator: User, candidate: LeverageFit) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    told = {"version": candidate.version}
    assert browser.post(reverse("calibration-adopt"), told).status_code == 403
    assert standing() == "as shipped"


def test_the_fitted_shares_lie_between_the_shipped_and_the_true(candidate: LeverageFit) -> None:
    fitted = np.array(candidate.shares)
    assert np.abs(fitted - OTHERS).sum() < 0.3 * np.abs(SHIPPED - OTHERS).sum()
