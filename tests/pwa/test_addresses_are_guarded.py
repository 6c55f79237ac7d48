"""Addresses that must open no socket, each written as an attacker would."""

import socket
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from apps.pwa.addresses import ANY_PUBLIC_HOST, PUSH_HOSTS
from apps.pwa.outgoing import Refused, post
from tests.pwa.fake_push import FakePush, Step

NOT_PUSH_SERVICES = [
    "https://127.0.0.1:8080/x.google.com/",
    "https://evil.example/a.apple.com/b",
    "https://user@10.0.0.1/?.mozilla.com/",
    "https://evil.example/",
    "https://evil.example/fcm.googleapis.com/",
    "https://evil.example/?fcm.googleapis.com",
    "https://evil.example/#.push.apple.com",
    "https://fcm.googleapis.com.evil.example/",
    "https://evilfcm.googleapis.com/",
    "https://push.apple.com/",
    "https://.push.apple.com/",
    "https://evilpush.apple.com/",
    "https://web.push.apple.com.evil.example/",
    "https://notify.windows.com/",
    "https://updates.push.services.mozilla.com.evil.example/",
    "https://fcm%2egoogleapis.com/",
    "https://fcm_googleapis.com/",
]
NOWHERE = [
    "",
    "/push/abc",
    "//fcm.googleapis.com/x",
    "fcm.googleapis.com/x",
    "http://fcm.googleapis.com/x",
    "ftp://fcm.googleapis.com/x",
    "file:///etc/passwd",
    "gopher://fcm.googleapis.com/x",
    "javascript:alert(1)",
    "https:///x",
    "https://",
    "https:fcm.googleapis.com/x",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com:80/x",
    "https://fcm.googleapis.com:/x",
    "https://fcm.googleapis.com:99999/x",
    "https://fcm.googleapis.com:443a/x",
    "https://fcm.googleapis.com./x",
    "https://user@fcm.googleapis.com/x",
    "https://user:word@fcm.googleapis.com/x",
    "https://@fcm.googleapis.com/x",
    "https://evil.example@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@evil.example/x",
    "https://evil.example\\@fcm.googleapis.com/x",
    "https://fcm.googleapis.com\\evil.example/x",
    "https://fcm.googleapis.com/x y",
    "https://fcm.googleapis.com/\r\nHost: evil.example",
    "https://fcm.goo\tgleapis.com/x",
    " https://fcm.googleapis.com/x",
    "https://fcm.googleapis.com/\x00",
    "https://fcm。googleapis.com/x",
    "https://ｆcm.googleapis.com/x",
    "https://fcm.googleapis.com/ü",
    "https://xn--/x",
    "https://-fcm.googleapis.com/x",
    "https://fcm..googleapis.com/x",
    "https://" + "a" * 64 + ".push.apple.com/x",
    "https://" + "a." * 130 + "push.apple.com/x",
    "https://fcm.googleapis.com/" + "x" * 2048,
    "https://[fcm.googleapis.com]/x",
    "https://[::1/x",
]
THIS_MACHINE_OR_ITS_NEIGHBOURS = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.168.1.1/",
    "https://localhost/",
    "https://localhost./",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00::1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
]
PRIVATE_ADDRESSES = [
    ["127.0.0.1"],
    ["10.1.2.3"],
    ["172.16.0.1"],
    ["192.168.0.1"],
    ["169.254.169.254"],
    ["100.64.0.1"],
    ["0.0.0.0"],
    ["224.0.0.1"],
    ["255.255.255.255"],
    ["::1"],
    ["::"],
    ["fe80::1"],
    ["fd12::1"],
    ["ff02::1"],
    ["::ffff:127.0.0.1"],
    ["::ffff:10.0.0.1"],
    ["::7f00:1"],
    ["64:ff9b::a00:1"],
    ["2002:7f00:1::"],
    ["2001:0:a00:1::1"],
    ["93.184.216.34", "127.0.0.1"],
    ["2606:4700::1111", "fd00::1"],
    [],
]


@pytest.fixture
def no_sockets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loopback is not allowed, and whatever is opened is counted: nothing may be."""
    settings.ALLOW_LOOPBACK = False
    opened: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *given, **_more: opened.append(given))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **_more: opened.append(given))
    yield
    assert opened == []


def public(_host: str, _port: int) -> list[str]:
    return ["93.184.216.34"]


@pytest.mark.parametrize("url", NOT_PUSH_SERVICES)
def test_no_socket_opens_for_a_host_that_is_no_push_service(url: str, no_sockets: None) -> None:
    with pytest.raises(Refused):
        post(url, b"", {}, hosts=PUSH_HOSTS)


@pytest.mark.parametrize("url", [*NOWHERE, *THIS_MACHINE_OR_ITS_NEIGHBOURS])
@pytest.mark.parametrize("hosts", [PUSH_HOSTS, ANY_PUBLIC_HOST], ids=["push", "webhook"])
def test_no_socket_opens_for_an_address_that_is_none(
    url: str, hosts: tuple[str, ...], no_sockets: None
) -> None:
    with pytest.raises(Refused):
        post(url, b"", {}, hosts=hosts)


@pytest.mark.parametrize("addresses", PRIVATE_ADDRESSES, ids=str)
def test_no_socket_opens_when_a_good_name_leads_to_a_private_address(
    addresses: list[str], no_sockets: None
) -> None:
    with pytest.raises(Refused):
        post(
            "https://hook.example.org/x",
            b"",
            {},
            hosts=ANY_PUBLIC_HOST,
            resolve=lambda *_asked: addresses,
        )


def test_a_name_is_resolved_once_and_the_address_that_was_judged_is_called(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when judged and private when called never gets its second answer."""
    settings.ALLOW_LOOPBACK = False
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    called: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], **_more: object) -> None:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Exception, match="refused"):
        post(
            "https://web.push.apple.com/x",
            b"",
            {},
            hosts=PUSH_HOSTS,
            resolve=lambda *_asked: answers.pop(0),
        )
    assert called == [("93.184.216.34", 443)]
    assert answers == [["127.0.0.1"]]


@pytest.mark.parametrize(
    "url",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-by3p.notify.windows.com/w/?token=abc%2f",
        "https://FCM.googleapis.com:443/x",
    ],
)
def test_the_known_push_services_are_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same door as above opens for these, so the refusals are for the right reason."""
    called: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], **_more: object) -> None:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Exception, match="refused"):
        post(url, b"", {}, hosts=PUSH_HOSTS, resolve=public)
    assert called == [("93.184.216.34", 443)]


def test_a_redirect_is_not_followed(
    push_service: FakePush, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def redirect(path: str, *_rest: object) -> Step:
        asked.append(path)
        return Step(307, headers={"Location": push_service.url + "/push/inside"})

    monkeypatch.setattr(push_service, "answer", redirect)
    assert post(push_service.url + "/push/x", b"", {}, hosts=PUSH_HOSTS).status == 307
    assert asked == ["/push/x"]


def test_a_proxy_of_the_environment_is_not_used(
    push_service: FakePush, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    reply = post(push_service.url + "/push/nobody", b"", {}, hosts=PUSH_HOSTS)
    assert reply.status == 410


def test_a_header_cannot_break_out_of_its_line(push_service: FakePush) -> None:
    with pytest.raises(Refused):
        post(push_service.url + "/push/x", b"", {"X": "a\r\nHost: b"}, hosts=PUSH_HOSTS)


def test_an_endless_answer_is_cut_off(
    push_service: FakePush, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = Step(200, "x" * 3_000_000)
    monkeypatch.setattr(push_service, "answer", lambda *_given: endless)
    reply = post(push_service.url + "/push/x", b"", {}, hosts=PUSH_HOSTS)
    assert len(reply.body) == 4096
