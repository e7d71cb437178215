"""Reading an ID card for a terminal of this PC: one question, one answer, through a socket in the data folder.

Name and number pass from the reader's memory to the terminal's; no file, table or log holds them on the way. What a
scanner read at a window is fetched here too. The socket may be used by whoever may write to the data folder, and by
nobody else.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import socketserver
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from devices.card import CardCode, CardReading

log = logging.getLogger(__name__)

SOCKET_NAME = "cards.sock"
QUESTION_MOST_BYTES = 64
ANSWER_MOST_BYTES = 16_384
READ_LIMIT_S = 3.0
ANSWER_LIMIT_S = 4.0
POLL_S = 0.2

ReadCard = Callable[[str, Callable[[CardReading], None]], bool]
"""Takes a window's code and what to call with the reading; False if there is no reader."""

TakeScans = Callable[[str], list[str]]
"""Takes a window's code."""

SCANS = "scans "
"""Before the window's code: not the card is asked for, but what was scanned."""


def read_card(folder: Path, window: str) -> CardReading:
    """The card on the reader of this window (its code), within four seconds; NOT_READY without a station or a reader.

    Never called from a thread that draws.
    """
    try:
        return msgspec.json.decode(_asked(folder, window), type=CardReading)
    except (OSError, msgspec.DecodeError):
        return CardReading(CardCode.NOT_READY)


def take_scans(folder: Path, window: str) -> list[str]:
    """What was scanned at this window (its code) and taken by nobody yet; never called from a thread that draws."""
    try:
        return msgspec.json.decode(_asked(folder, SCANS + window), type=list[str])
    except (OSError, msgspec.DecodeError):
        return []


def _asked(folder: Path, question: str) -> bytes:
    with _short_path(folder) as path, socket.socket(socket.AF_UNIX) as client:
        client.settimeout(ANSWER_LIMIT_S)
        client.connect(path)
        client.sendall(question.encode() + b"\n")
        with client.makefile("rb") as answer:
            return answer.readline(ANSWER_MOST_BYTES)


def serve(folder: Path, read: ReadCard, scans: TakeScans) -> Callable[[], None]:
    """Begin to answer; what ends it. Where there are no such sockets nothing is read, and everything else goes on."""
    if not hasattr(socketserver, "UnixStreamServer"):
        return lambda: None
    try:
        return CardDesk(folder, read, scans).close
    except OSError as error:
        log.error("no ID cards: %s", type(error).__name__)
        return lambda: None


class CardDesk:
    """Answers the terminals on a thread of its own, one after the other; ``close`` ends it."""

    def __init__(self, folder: Path, read: ReadCard, scans: TakeScans) -> None:
        self._path = folder / SOCKET_NAME
        self._path.unlink(missing_ok=True)  # the station's lock is ours, so nobody answers there

        class Handler(socketserver.StreamRequestHandler):
            timeout = ANSWER_LIMIT_S

            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    question = self.rfile.readline(QUESTION_MOST_BYTES).decode("utf-8", "replace").strip()
                    window = question.removeprefix(SCANS)
                    answer = _reading(read, window) if window == question else scans(window)
                    self.wfile.write(msgspec.json.encode(answer) + b"\n")

        class Server(socketserver.UnixStreamServer):
            def handle_error(self, request: object, client_address: object) -> None:
                log.warning("an ID card was read for nobody")  # never what was read

        with _short_path(folder) as path:
            self._server = Server(path, Handler)
        shared = os.stat(folder).st_mode & stat.S_IWGRP
        os.chmod(self._path, 0o660 if shared else 0o600)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_S,), name="cards", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._path.unlink(missing_ok=True)


def _reading(read: ReadCard, window: str) -> CardReading:
    found: list[CardReading] = []
    done = threading.Event()

    def take(reading: CardReading) -> None:
        found.append(reading)
        done.set()

    if not read(window, take) or not done.wait(READ_LIMIT_S):
        return CardReading(CardCode.NOT_READY)
    return found[0]


@contextlib.contextmanager
def _short_path(folder: Path) -> Iterator[str]:
    """The socket's path through the open folder: a Unix socket takes 107 bytes at most."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{opened}/{SOCKET_NAME}"
    finally:
        os.close(opened)
