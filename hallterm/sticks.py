"""The sticks that are plugged in: mounted file systems where people's sticks are mounted, with what is free on them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

MOUNTS: Final = Path("/proc/self/mounts")
BELOW: Final = ("/media/", "/run/media/", "/mnt/")
STICKS: Final = "HALLTERM_STICKS"
"""Environment: a folder whose folders count as sticks, where the system mounts them elsewhere."""
MOST: Final = 9


class Stick(Struct, frozen=True):
    """Where it is mounted, its name, and how many bytes are free."""

    path: Path
    name: str
    free: int


def sticks(environ: Mapping[str, str] = os.environ, mounts: Path = MOUNTS) -> list[Stick]:
    """At most nine, by name; one that was just pulled out is left out."""
    found = []
    for path in dict.fromkeys([*_named(environ), *_mounted(mounts)]):
        try:
            found.append(Stick(path, path.name, shutil.disk_usage(path).free))
        except OSError:
            continue
    return sorted(found, key=lambda one: one.name)[:MOST]


def _named(environ: Mapping[str, str]) -> Iterator[Path]:
    folder = environ.get(STICKS)
    if folder and Path(folder).is_dir():
        yield from (one for one in sorted(Path(folder).iterdir()) if one.is_dir())


def _mounted(mounts: Path) -> Iterator[Path]:
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        fields = line.split(" ")
        place = fields[1].encode().decode("unicode_escape") if len(fields) > 1 else ""  # spaces stand as \040
        if place.startswith(BELOW):
            yield Path(place)
