"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from datetime import datetime
from pathlib import Path

from msgspec import Struct


class Machine(Struct, frozen=True):
    """``cores`` are those this process may use; ``load`` the run queue of the last minute when the run began."""

    date: str
    cpu: str
    cores: int
    memory_mb: int
    system: str
    python: str
    sqlite: str
    textual: str
    load: float


def this_machine() -> Machine:
    """Read from the system."""
    from importlib.metadata import version

    from pysqlite3 import dbapi2

    return Machine(
        date=datetime.now().astimezone().isoformat(timespec="seconds"),
        cpu=_field(Path("/proc/cpuinfo"), "model name") or platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_mb=int((_field(Path("/proc/meminfo"), "MemTotal") or "0").split()[0]) // 1024,
        system=f"{_release()}, kernel {platform.release()}",
        python=platform.python_version(),
        sqlite=dbapi2.sqlite_version,
        textual=version("textual"),
        load=round(os.getloadavg()[0], 2),
    )


def _release() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _field(path: Path, name: str) -> str:
    if not path.exists():
        return ""
    lines = (line.partition(":") for line in path.read_text("utf-8").splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "")
