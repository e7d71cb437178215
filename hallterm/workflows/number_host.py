"""The number host as a terminal sees it: is it there, and what it gives. Asked through the station of this PC.

A terminal loads no HTTP library: its question goes through a socket in the data folder, and whatever is in the way of an
answer (no station, no line, a number host that is away or slow) is the same to it: this window goes on alone.
"""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

import msgspec
from msgspec import Struct

from hallterm.locale import N_
from hallterm.platform import short_path
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk
from storage import claims, clock
from storage.facts import Got, Want
from storage.local import Board

SOCKET_NAME = "numbers.sock"
NUMBER_HOST = "number_host"
"""The name under which the station says on the board how the number host is."""
ANSWER_LIMIT_S = 3.5
SILENT_S = 15.0
"""A station that said nothing for so long is none."""
QUESTION_MOST_BYTES = 1024
ANSWER_MOST_BYTES = 1024

HOST_AWAY = Reason(N_("the number host is away: its numbers cannot be changed now"))
TOO_LATE = Reason(N_("the number host took too long: press again"))


class HostState(Struct, frozen=True):
    """Of a PC whose hall has a number host at another one; ``since_t`` ms UTC since when it is there or away."""

    online: bool
    since_t: int


class Wish(Struct, frozen=True):
    """What a terminal asks for; ``claim`` is the random id of this press."""

    want: Want
    claim: str
    window: str = ""
    staff: str = ""
    prefix: str = ""
    cls: str = ""
    ticket: str = ""


class Answer(Struct, frozen=True):
    """What came of it; ``order`` is the causal counter of the fact behind it."""

    got: Got
    claim: str = ""
    ticket: str = ""
    number: str = ""
    order: int = 0


def has_host(desk: Desk) -> bool:
    """Whether tickets are given out by another PC of this hall."""
    return bool(claims.number_host(desk.journal.database, desk.hall))


def host_state(desk: Desk) -> HostState | None:
    """How the number host is; None where this PC gives out the tickets itself."""
    return state_on(desk.board) if has_host(desk) else None


def state_on(board: Board) -> HostState:
    """What the station says of it; away while no station says anything."""
    word = board.process(NUMBER_HOST)
    if word is None:
        return HostState(False, 0)
    online = bool(word.values.get("online")) and word.is_alive(clock.now(), SILENT_S)
    return HostState(online, int(word.values.get("since_t", 0)))


def taken_elsewhere(board: Board) -> list[tuple[str, str, int]]:
    """Windows with living terminals at other PCs of the hall: code, staff number, since when (ms UTC)."""
    word = board.process(NUMBER_HOST)
    if word is None or not word.is_alive(clock.now(), SILENT_S):
        return []
    return [(str(window), str(staff), int(since_t)) for window, staff, since_t in word.values.get("taken", [])]


def ask(desk: Desk, want: Want, **more: str) -> Answer:
    """Ask and wait, a few seconds at most; ``away`` whatever is in the way of an answer. Never called where keys are read."""
    wish = Wish(want, secrets.token_hex(12), window=desk.window, staff=desk.staff, **more)
    try:
        return msgspec.json.decode(_asked(desk.board.path.parent, msgspec.json.encode(wish)), type=Answer)
    except (OSError, msgspec.DecodeError, AttributeError):
        return Answer(Got.AWAY)


def _asked(folder: Path, question: bytes) -> bytes:
    with short_path(folder, SOCKET_NAME) as path, socket.socket(socket.AF_UNIX) as client:
        client.settimeout(ANSWER_LIMIT_S)
        client.connect(path)
        client.sendall(question + b"\n")
        with client.makefile("rb") as answer:
            return answer.readline(ANSWER_MOST_BYTES)
