"""The options of ``run``, checked before anything is installed or started.

Standard library only: the bootstrap runs this file with a bare Python, and it then prints the
absolute data folder, so that the environment is right before the settings are read.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

SLOWEST, FASTEST = 0.1, 3600.0
FEEDS = "auto, live, fake, simulated or replay:DIR"


class Nonsense(argparse.ArgumentTypeError):
    """A value that cannot be meant; the message goes on after the option's name."""


def feed(value: str) -> str:
    """The feed as given, with a recording's folder made absolute."""
    source, mark, query = value.partition("?")
    kind, _, folder = source.partition(":")
    if kind == "replay" and folder:
        path = Path(folder).expanduser().resolve()
        if not path.is_dir():
            raise Nonsense(f"there is no recording folder {path}")
        return f"replay:{path}{mark}{query}"
    if source in ("auto", "live", "fake", "simulated"):
        return value
    raise Nonsense(f"must be {FEEDS}, not {value!r}")


def port(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise Nonsense(f"must be a whole number from 1 to 65535, not {value!r}")
    return int(value)


def speed(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not SLOWEST <= number <= FASTEST:
        raise Nonsense(f"must be a number from {SLOWEST:g} to {FASTEST:g}, not {value!r}")
    return number


def data_folder(value: str) -> Path:
    """An absolute folder that exists and can be written, or can be made."""
    path = Path(value).expanduser().resolve()
    standing = next(folder for folder in (path, *path.parents) if folder.exists())
    if not standing.is_dir():
        raise Nonsense(f"{standing} is a file, not a folder")
    if not os.access(standing, os.W_OK | os.X_OK):
        raise Nonsense(f"{standing} cannot be written to")
    return path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--feed", type=feed, help=f"{FEEDS} (default: EMBERMAP_FEED or auto)")
    parser.add_argument("--speed", type=speed, help="how many times faster than life a replay runs")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=port, default=8000, help="port to listen on")
    parser.add_argument("--data", type=data_folder, help="folder for the database, keys, sockets")


class OneSentenceParser(argparse.ArgumentParser):
    """Refuses with one sentence and status 2, without the usage text."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"embermap run: {message}.\n")


def main(arguments: list[str]) -> None:
    parser = OneSentenceParser(add_help=False, allow_abbrev=False)
    add_arguments(parser)
    chosen = parser.parse_args(arguments)
    if chosen.data:
        print(chosen.data)


if __name__ == "__main__":
    main(sys.argv[1:])
