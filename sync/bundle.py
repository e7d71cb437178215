"""The bundle: segments on a stick, sealed for the upstream node; and its receipt, sealed for the sender.

``node-epoch-first-last.hts`` holds the whole waiting log as segments of the same bytes as over HTTP; ``.htr`` beside it
holds the answers. Nothing is marked by exporting: a stick that is lost, imported twice, or imported after an exchange over
the line changes nothing. A file is written under another name, flushed, read back, and only then given its name.

Errors: BundleError; ``code`` is not-enrolled, nothing-waits, not-sealed, no-bundle, not-written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sync.keys import NodeKey
from sync.seal import NotSealed, seal, unseal
from sync.wire import MAX_PACKED

BUNDLE: Final = ".hts"
RECEIPT: Final = ".htr"
LENGTH_SIZE: Final = 4
MOST_BYTES: Final = 256 * 1024 * 1024

Progress = Callable[[int, int], None]
"""Done and all, in parts of the work."""


class BundleError(Exception):
    """``code`` names what is wrong; the sentence is made elsewhere."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def join_parts(parts: list[bytes]) -> bytes:
    """Parts one after the other, each behind its length."""
    return b"".join(len(part).to_bytes(LENGTH_SIZE) + part for part in parts)


def split_parts(joined: bytes) -> list[bytes]:
    """The parts; raises BundleError for anything else."""
    parts: list[bytes] = []
    place = 0
    while place < len(joined):
        size = int.from_bytes(joined[place : place + LENGTH_SIZE])
        place += LENGTH_SIZE
        part = joined[place : place + size]
        if not 0 < size <= MAX_PACKED or len(part) != size:
            raise BundleError("no-bundle")
        parts.append(part)
        place += size
    return parts


def write_sealed(path: Path, reader: str, parts: list[bytes]) -> None:
    """Seal for ``reader`` (box key, hex) and write so that the name appears only over a whole file that was read back."""
    sealed = seal(reader, join_parts(parts))
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        if beside.read_bytes() != sealed:
            raise BundleError("not-written")
        beside.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        raise BundleError("not-written") from error
    finally:
        _remove(beside)


def read_sealed(path: Path, key: NodeKey) -> list[bytes]:
    """The parts of a file that was sealed for this node; raises BundleError, OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise BundleError("no-bundle")
    try:
        return split_parts(unseal(key.box, path.read_bytes()))
    except NotSealed as error:
        raise BundleError("not-sealed") from error


def name_of(node: str, epoch: int, first: int, last: int) -> str:
    """``3301-09-0-1-2400.hts``"""
    return f"{node}-{epoch}-{first}-{last}{BUNDLE}"


def bundles_in(folder: Path) -> Iterator[Path]:
    """The bundles of a stick, oldest name first; other files are not looked at."""
    yield from sorted(path for path in folder.iterdir() if path.suffix == BUNDLE and not path.name.startswith("."))


def _flush_folder(folder: Path) -> None:
    """Some file systems of sticks cannot; the file itself is flushed by then."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # the stick was pulled: what is left has a name that nobody imports
        return
