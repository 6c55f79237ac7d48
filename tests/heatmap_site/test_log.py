"""The log tells what broke, and a stranger cannot write lines into it."""

import logging

import pytest
from django.test import Client
from django.urls import path

from heatmap_site.logs import OneLineFormatter


def break_down(request: object) -> None:
    raise ZeroDivisionError("as asked")


urlpatterns = [path("break/", break_down)]


def line(message: str, level: int = logging.WARNING) -> str:
    return OneLineFormatter().format(logging.LogRecord("apps.x", level, "", 1, message, (), None))


def test_news_is_told_plainly_and_trouble_by_its_level_and_place() -> None:
    assert line("30 rows", logging.INFO) == "30 rows"
    assert line("gone") == "WARNING apps.x: gone"


@pytest.mark.parametrize("breaker", ["\n", "\r", "\r\n", "\x1b[2J", "\u2028"])
def test_what_a_stranger_sends_stays_on_its_line(breaker: str) -> None:
    assert len(line(f"Not found: /{breaker}CRITICAL root: all is lost").splitlines()) == 1
    assert "\x1b" not in line(breaker)


@pytest.mark.urls(__name__)
@pytest.mark.filterwarnings("ignore")
def test_a_page_that_breaks_is_in_the_log_with_its_traceback(
    caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    client.raise_request_exception = False
    assert client.get("/break/").status_code == 500
    assert "/break/" in caplog.text
    assert "ZeroDivisionError: as asked" in caplog.text
