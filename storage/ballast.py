"""Half a megabyte of a data folder that is kept for the day on which its disk is full: given back, the day can be closed
and sent.

The file stays, empty, after it was given back: that is how everybody sees that the reserve is in use. It is filled again
once there is room.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

FILE = "ballast"
SIZE_BYTES = 512 * 1024
COMFORT_BYTES = 16 * 1024 * 1024
"""Only a disk with so much room beside it is asked to keep a reserve."""


def keep(folder: Path, comfort_bytes: int = COMFORT_BYTES) -> bool:
    """Fill the reserve if it is not there and the disk has room; whether it is there now. Raises OSError."""
    path = folder / FILE
    if _size(path) == SIZE_BYTES:
        return True
    if shutil.disk_usage(folder).free < SIZE_BYTES + comfort_bytes:
        return False
    with path.open("wb") as file:
        file.write(os.urandom(SIZE_BYTES))  # nothing that a file system could leave out or squeeze
        file.flush()
        os.fsync(file.fileno())
    return True


def release(folder: Path) -> bool:
    """Give the room back; False if there was none to give. Never raises: it is called where something failed already."""
    path = folder / FILE
    if not _size(path):
        return False
    try:
        os.truncate(path, 0)
    except OSError:
        return False
    return True


def is_in_use(folder: Path) -> bool:
    """Whether the reserve was given back and there was no room for it since."""
    return _size(folder / FILE) == 0


def _size(path: Path) -> int:
    """Bytes; -1 when there is no such file."""
    try:
        return path.stat().st_size
    except OSError:
        return -1
