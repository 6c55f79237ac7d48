"""Without a network the collector says why of every venue, then shows the simulated market."""

from pathlib import Path

from apps.exchanges.live.venues import QUESTIONS
from tests.faults.collecting import PATIENCE_S, Collecting
from tests.waiting import wait_until

NOWHERE = "http://127.0.0.1:9"  # a proxy that is not there: every venue refuses the connection


def test_each_venue_has_a_line_and_the_market_is_simulated(tmp_path: Path) -> None:
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    collecting = Collecting(tmp_path, "auto", proxies)
    collecting.migrate()
    with collecting.running():
        feeds = "SELECT kind, message FROM markets_feed"
        found = wait_until(lambda: collecting.rows(feeds), "a feed", PATIENCE_S)
    said = collecting.log.splitlines()
    for venue in QUESTIONS:
        assert f"{venue} refused the connection." in said
    ((kind, message),) = found
    assert kind == "simulated"
    assert message.startswith("No venue answers, so this market is simulated.")
