"""Reading at the centre beside a screen: a process of its own speaks HTTP, as a terminal loads no such library.

One JSON line in (the password never stands among the arguments), one out: ``{"token": ...}``, ``{"report": ...}``, or
``{"told": "sentence", "code": ...}``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from hallterm.centre_reading import CannotRead, CentreRequest, read_report, sign_on
from hallterm.config import Settings, load
from hallterm.locale import use
from hallterm.reports.wire import sent


class Given(Struct, frozen=True):
    """Who shows himself (``number``, ``password``), or what is read with a token."""

    number: str = ""
    password: str = ""
    token: str = ""
    asked: CentreRequest | None = None
    names: dict[str, str] = {}


def answer(settings: Settings, given: Given) -> dict[str, object]:
    """What the screen is told."""
    try:
        if given.asked is None:
            return {"token": sign_on(settings, given.number, given.password)}
        return {"report": sent(read_report(settings, given.token, given.asked, given.names))}
    except CannotRead as fault:
        return {"told": fault.reason.text(), "code": fault.code}


def child(config: str, data: str, language: str) -> int:
    """The process itself."""
    settings = load(Path(config) if config else None, data=Path(data))
    use(language)
    given = msgspec.json.decode(sys.stdin.buffer.readline(), type=Given)
    sys.stdout.buffer.write(msgspec.json.encode(answer(settings, given)) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(child(*sys.argv[1:]))
