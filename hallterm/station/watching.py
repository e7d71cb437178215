"""What the running station exchanges with a device, shown to a technician of this PC: the port stays where it is.

A socket in the data folder, as :mod:`hallterm.station.cards` has one: the question is a role and a window, the answer a
stream of lines that are redacted already, until the asker goes or the binding changes. Nothing is stored; without an
asker nothing runs but a thread that waits. It may be used by whoever may write to the data folder, and by nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import select
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from devices.bindings import Binding
from devices.technician.monitor import Monitor, MonitorLine
from devices.technician.rig import monitor_for
from devices.technician.tapping import Taps
from hallterm.workflows.technician.station import StationRefused

log = logging.getLogger(__name__)

SOCKET_NAME = "watch.sock"
QUESTION_MOST_BYTES = 200
ANSWER_MOST_BYTES = 262_144
WATCHERS_MOST = 4
LINES_MOST = 40
"""Lines a turn; the rest is counted. Ten turns a second."""
TURN_S = 0.1
SEND_LIMIT_S = 2.0
"""Who does not read for so long is let go: nothing piles up here."""


class Wanted(msgspec.Struct, frozen=True):
    """The question: a window by its code or its painted number, "" for a device of the hall."""

    role: str
    window: str


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was heard since the last one; ``why`` ends the stream with a refusal."""

    lines: tuple[MonitorLine, ...] = ()
    skipped: int = 0
    dropped_bytes: int = 0
    why: str = ""


FindBinding = Callable[[str, str], Binding | None]
PortOf = Callable[[Binding], str]
"""The name of the port that a binding has open now, "" without one."""


async def watch(folder: Path, role: str, window: str, monitor: Monitor) -> None:
    """Feed a monitor with what the station hears, until cancelled or until the station ends it; StationRefused."""
    try:
        with _short_path(folder) as path:
            reader, writer = await asyncio.open_unix_connection(path, limit=ANSWER_MOST_BYTES)
    except (OSError, AttributeError) as error:
        raise StationRefused({"ok": False, "why": "not_watched"}) from error
    try:
        writer.write(msgspec.json.encode(Wanted(role, window)) + b"\n")
        while line := await reader.readline():
            seen = msgspec.json.decode(line, type=Seen)
            if seen.why:
                raise StationRefused({"ok": False, "why": seen.why})
            monitor.relay(seen.lines, seen.skipped, seen.dropped_bytes)
    except (OSError, ValueError) as error:  # it went while it spoke
        raise StationRefused({"ok": False, "why": "not_watched"}) from error
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def serve(folder: Path, taps: Taps, find: FindBinding, port_of: PortOf) -> Callable[[], None]:
    """Begin to answer; what ends it. Where there are no such sockets everything else goes on."""
    if not hasattr(socket, "AF_UNIX"):
        return lambda: None
    try:
        return WatchDesk(folder, taps, find, port_of).close
    except OSError as error:
        log.error("no watching of lines: %s", type(error).__name__)
        return lambda: None


class WatchDesk:
    """A thread that waits for askers, and one for each of them while it watches; ``close`` ends them all."""

    def __init__(self, folder: Path, taps: Taps, find: FindBinding, port_of: PortOf) -> None:
        self._folder, self._path = folder, folder / SOCKET_NAME
        self._taps, self._find, self._port_of = taps, find, port_of
        self._closing = threading.Event()
        self._watchers: set[threading.Thread] = set()
        self._path.unlink(missing_ok=True)  # the station's lock is ours, so nobody answers there
        self._listener = socket.socket(socket.AF_UNIX)
        with _short_path(folder) as path:
            self._listener.bind(path)
        shared = os.stat(folder).st_mode & stat.S_IWGRP
        os.chmod(self._path, 0o660 if shared else 0o600)
        self._listener.listen()
        self._thread = threading.Thread(target=self._accept, name="watching", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """No thread and no socket is left."""
        self._closing.set()
        with contextlib.suppress(OSError), _short_path(self._folder) as path, socket.socket(socket.AF_UNIX) as knock:
            knock.connect(path)
        self._thread.join(SEND_LIMIT_S)
        self._listener.close()
        for watcher in tuple(self._watchers):
            watcher.join(SEND_LIMIT_S)
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            if self._closing.is_set():
                client.close()
                return
            watcher = threading.Thread(target=self._serve, args=(client,), name="watcher", daemon=True)
            self._watchers.add(watcher)
            watcher.start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, contextlib.suppress(OSError, ValueError):
                client.settimeout(SEND_LIMIT_S)
                with client.makefile("rb") as question:
                    wanted = msgspec.json.decode(question.readline(QUESTION_MOST_BYTES), type=Wanted)
                binding = self._find(wanted.role, wanted.window)
                why = "unknown_device" if binding is None else "watched" if len(self._watchers) > WATCHERS_MOST else ""
                if why or binding is None:
                    _send(client, Seen(why=why))
                else:
                    self._show(client, wanted, binding)
        finally:
            self._watchers.discard(threading.current_thread())

    def _show(self, client: socket.socket, wanted: Wanted, binding: Binding) -> None:
        """The same binding may open another port meanwhile: it was plugged in elsewhere."""
        monitor, cursor, port = monitor_for(binding), 0, self._port_of(binding)
        while not self._closing.is_set() and self._find(wanted.role, wanted.window) == binding:
            with self._taps.watching(port, monitor):
                while not self._closing.is_set() and self._port_of(binding) == port:
                    page = monitor.since(cursor, most=LINES_MOST)
                    cursor = page.cursor
                    if page.lines or page.skipped:
                        _send(client, Seen(page.lines, page.skipped, monitor.dropped_bytes))
                    if select.select([client], [], [], TURN_S)[0]:
                        return  # nothing is said to us but that it is over
                    if self._find(wanted.role, wanted.window) != binding:
                        return
            port = self._port_of(binding)


def _send(client: socket.socket, seen: Seen) -> None:
    client.sendall(msgspec.json.encode(seen) + b"\n")


@contextlib.contextmanager
def _short_path(folder: Path) -> Iterator[str]:
    """The socket's path through the open folder: a Unix socket takes 107 bytes at most."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{opened}/{SOCKET_NAME}"
    finally:
        os.close(opened)
