"""The address is checked before anything starts, and told in a form one can open."""

import socket

import pytest

from heatmap_site.supervisor import web
from heatmap_site.supervisor.run_folder import Refused


def test_a_taken_port_is_refused_with_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = rf"^Embermap cannot listen on 127.0.0.1 port {port} \(Address already in use\);"
        with pytest.raises(Refused, match=sentence):
            web.require_free("127.0.0.1", port)


def test_a_free_port_is_fine_and_stays_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    web.require_free("127.0.0.1", port)
    web.require_free("127.0.0.1", port)


@pytest.mark.parametrize("host", ["256.1.1.1", "not a host"])
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises(Refused, match=f"cannot listen on {host} port 8000"):
        web.require_free(host, 8000)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),
        ("::", "http://[::1]:8000/"),
        ("localhost", "http://localhost:8000/"),
    ],
)
def test_the_url_can_be_opened_on_this_machine(host: str, url: str) -> None:
    assert web.page_url(host, 8000) == url
