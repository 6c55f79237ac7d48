"""Pointing a client at the fake exchange: the venue's own addresses, with another host."""

import re

HOST = re.compile(r"^(https?|wss?)://[^/]+")


def pointed_at(urls: object, base_url: str) -> object:
    """Every address in ``urls``, however deep, moved to ``base_url``; paths stay.

    ``base_url`` is ``http://127.0.0.1:PORT/<venue>``; websocket addresses get ``ws``.

    >>> pointed_at({"ws": "wss://stream.{hostname}/v5"}, "http://127.0.0.1:9/bybit")
    {'ws': 'ws://127.0.0.1:9/bybit/v5'}
    """
    if isinstance(urls, dict):
        return {key: pointed_at(value, base_url) for key, value in urls.items()}
    if isinstance(urls, list):
        return [pointed_at(value, base_url) for value in urls]
    if isinstance(urls, str) and (found := HOST.match(urls)):
        scheme = "ws" if found[1].startswith("ws") else "http"
        return scheme + base_url.removeprefix("http") + urls[found.end() :]
    return urls
