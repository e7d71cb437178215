"""Files of ``hallterm.d`` that the program itself writes: replaced at once and durably, the last three kept."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

COPIES_KEPT = 3


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Nobody else who asks for it reads and replaces ``hallterm.d/<name>`` meanwhile; the system frees it with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.name != "posix":
        yield
        return
    import fcntl

    descriptor = os.open(folder / f".{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write_machine_file(folder: Path, name: str, content: Mapping[str, Any]) -> Path:
    """Replace ``hallterm.d/<name>`` at once and durably; the last three stay as ``<name>.1`` (newest) to ``.3``."""
    import tomli_w

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    text = tomli_w.dumps(content).encode()
    if path.is_file() and path.read_bytes() == text:
        return path
    temporary = folder / f".{name}.{os.getpid()}.tmp"
    try:
        _write_durably(temporary, text)
        if path.is_file():
            _keep_copy(path)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(folder)
    return path


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _keep_copy(path: Path) -> None:
    """Shift the older copies by one; ``path`` itself is copied, so that it is never away."""
    copies = [path.with_name(f"{path.name}.{number}") for number in range(1, COPIES_KEPT + 1)]
    for older, newer in reversed(list(zip(copies[1:], copies, strict=False))):
        if newer.exists():
            newer.replace(older)
    _write_durably(copies[0], path.read_bytes())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
