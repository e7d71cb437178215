"""Keys of the terminal one by one, read as the app reads them, before anything is painted."""

from __future__ import annotations

import codecs
import os
import select
import sys
from collections import deque
from collections.abc import Callable, Generator

from hallterm.key_trial import Arrived
from hallterm.terminal import set_textual_environment

READ_BYTES = 4096


def keys_arriving(due_ms: Callable[[], float | None], fileno: int = 0) -> Generator[Arrived | None, None, None]:
    """Keys of a quiet terminal until it ends; None when ``due_ms()`` has passed without one."""
    if "textual.constants" not in sys.modules:
        set_textual_environment()
    from textual._time import get_time
    from textual._xterm_parser import XTermParser
    from textual.events import Key

    parser = XTermParser(False)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        moments = [at for at in (parser._timeout_time, _seconds(due_ms())) if at is not None]
        wait_s = max(0.0, min(moments) - get_time()) if moments else None
        text = ""
        if select.select([fileno], [], [], wait_s)[0]:
            received = _read(fileno)
            if not received:
                return
            text = decoder.decode(received)
            received[:] = bytes(len(received))  # it may hold a card
        now_ms = get_time() * 1000
        events = deque([*(parser.feed(text) if text else ()), *parser.tick()])
        due = due_ms()
        if not events and due is not None and now_ms >= due:
            yield None
        while events:
            event = events.popleft()
            if isinstance(event, Key):
                yield Arrived(event.key, event.character, now_ms)


def _read(fileno: int) -> bytearray:
    received = bytearray(READ_BYTES)
    try:
        del received[os.readv(fileno, [received]) :]
    except OSError:  # EIO: the other end of the terminal is gone
        received.clear()
    return received


def _seconds(at_ms: float | None) -> float | None:
    return None if at_ms is None else at_ms / 1000
