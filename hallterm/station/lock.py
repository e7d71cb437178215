"""Which process is the station of a data folder: whoever holds the lock file. Terminals start one if there is none."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from hallterm.config import Settings

LOCK_NAME = "station.lock"
SERVING = "serve.lock"
"""Held by ``hallterm serve`` while it runs in this folder."""
NO_STATION = "HALLTERM_NO_STATION"
"""Environment: do not start a station (a service manager does, or a test)."""


class StationLock:
    """The lock of one data folder; the system frees it when its process ends, however it ends."""

    def __init__(self, folder: Path, name: str = LOCK_NAME) -> None:
        self._path = folder / name
        self._file: int | None = None

    def take(self) -> bool:
        """True if this process is the station now."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._file = descriptor
        return True

    def free(self) -> None:
        """Let another process be the station."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[None]:
    """While ``hallterm serve`` runs; several may, on other addresses."""
    lock = StationLock(folder, SERVING)
    lock.take()
    try:
        yield
    finally:
        lock.free()


def is_served(folder: Path) -> bool:
    """Whether some process serves this folder."""
    lock = StationLock(folder, SERVING)
    if lock.take():
        lock.free()
        return False
    return True


def station_runs(folder: Path) -> bool:
    """Whether some process holds the lock."""
    lock = StationLock(folder)
    if lock.take():
        lock.free()
        return False
    return True


def seize(folder: Path, limit_s: float = 10) -> StationLock | None:
    """End the station of a folder, if one runs, and keep others from starting until the lock is freed; None if it is
    still there after the limit.
    """
    lock, until = StationLock(folder), time.monotonic() + limit_s
    while not lock.take():
        if time.monotonic() > until:
            return None
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((folder / LOCK_NAME).read_text(encoding="ascii")), signal.SIGTERM)
        time.sleep(0.2)
    return lock


def start_station(folder: Path, *options: str) -> bool:
    """Start a detached station unless one runs; True if one was started."""
    if station_runs(folder):
        return False
    subprocess.Popen(
        [sys.executable, "-m", "hallterm", "station", "--data", str(folder), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
    return True


def start_for(settings: Settings) -> bool:
    """Start the station of these settings' data folder unless one runs, or the environment says not to."""
    if os.environ.get(NO_STATION):
        return False
    options = ("--config", str(settings.file.absolute())) if settings.file else ()
    return start_station(settings.data.path, *options)
