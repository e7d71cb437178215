"""The bundle: segments on a stick, sealed for the upstream node; and its receipt, sealed for the sender.

``node-epoch-first-last.hts`` holds waiting lines of one log as segments of the same bytes as over HTTP; ``.htr`` beside it
holds the answers (:mod:`sync.receipt`). Nothing is marked by exporting: a stick that is lost, imported twice, or imported
after an exchange over the line changes nothing. A file is written under another name, flushed, read back, and only then
given its name.

Errors: BundleError; ``code`` is one of CODES.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sync.keys import NodeKey
from sync.seal import NotSealed, seal, unseal
from sync.wire import MAX_PACKED

BUNDLE: Final = ".hts"
RECEIPT: Final = ".htr"
LENGTH_SIZE: Final = 4
MOST_PARTS: Final = 500
MOST_BYTES: Final = MAX_PACKED
"""Of one file: as much as one body over HTTP, so that any PC with a line can forward it."""
PIECE_BYTES: Final = MAX_PACKED // 2
"""A file that has this much is full; the next lines go into another one."""
NAME: Final = re.compile(r"(?P<node>.+)-(?P<epoch>\d+)-(?P<first>\d+)-(?P<last>\d+)\.ht[sr]\Z")
CODES: Final = frozenset(
    {"not-enrolled", "no-box", "not-sealed", "no-bundle", "not-signed", "other-log", "full", "read-only", "gone"}
    | {"not-written"}
)
FAULTS: Final[dict[int | None, str]] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "full"),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "read-only"),
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO, errno.EIO), "gone"),
}
"""What the system says of a stick that is full, locked, or pulled out."""

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
    """The parts, at least one; raises BundleError for anything else."""
    parts: list[bytes] = []
    place = 0
    while place < len(joined) and len(parts) < MOST_PARTS:
        size = int.from_bytes(joined[place : place + LENGTH_SIZE])
        place += LENGTH_SIZE
        part = joined[place : place + size]
        if not 0 < size <= MAX_PACKED or len(part) != size:
            raise BundleError("no-bundle")
        parts.append(part)
        place += size
    if not parts or place != len(joined):
        raise BundleError("no-bundle")
    return parts


def sealed_parts(reader: str, parts: list[bytes]) -> bytes:
    """The bytes of a file for ``reader`` (box key, hex); raises BundleError for a node that has no such key."""
    if not reader:
        raise BundleError("no-box")
    return seal(reader, join_parts(parts))


def opened(sealed: bytes, key: NodeKey) -> list[bytes]:
    """The parts of what was sealed for this node; raises BundleError."""
    try:
        return split_parts(unseal(key.box, sealed))
    except NotSealed as error:
        raise BundleError("not-sealed") from error


def write(path: Path, sealed: bytes) -> None:
    """Write so that the name appears only over a whole file that was read back; raises BundleError."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
            _forget(file.fileno())
        if beside.read_bytes() != sealed:
            raise BundleError("not-written")
        beside.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        raise BundleError(FAULTS.get(error.errno, "not-written")) from error
    finally:
        remove(beside)


def read(path: Path) -> bytes:
    """The bytes of a file; raises BundleError for one that is too large or cannot be read."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BundleError("no-bundle")
        return path.read_bytes()
    except OSError as error:
        raise BundleError("gone") from error


def name_of(node: str, epoch: int, first: int, last: int) -> str:
    """``3301-09-0-1-2400.hts``; sticks know no colon in a name."""
    return f"{node.replace(':', '_')}-{epoch}-{first}-{last}{BUNDLE}"


def is_of(path: Path, node: str) -> bool:
    """Whether a file names this node as its sender."""
    found = NAME.match(path.name)
    return found is not None and found["node"] == node.replace(":", "_")


def files_in(folder: Path, suffix: str) -> Iterator[Path]:
    """The bundles (or receipts) of a stick, each log from its beginning; other files are not looked at."""
    found = (path for path in folder.iterdir() if path.suffix == suffix and not path.name.startswith("."))
    yield from sorted(found, key=_order)


def remove_unfinished(folder: Path, node: str) -> None:
    """What was left when a stick was pulled while it was written; raises BundleError for a folder that is not there."""
    try:
        for path in folder.glob(f".{node.replace(':', '_')}-*.part"):
            remove(path)
        if not folder.is_dir():
            raise BundleError("gone")
    except OSError as error:
        raise BundleError(FAULTS.get(error.errno, "gone")) from error


def _order(path: Path) -> tuple[str, int, int, str]:
    name = NAME.match(path.name)
    return (name["node"], int(name["epoch"]), int(name["first"]), path.name) if name else ("", 0, 0, path.name)


def _forget(handle: int) -> None:
    """What is read back shall come from the stick, where the system can be told so."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


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


def remove(path: Path) -> None:
    """As far as it can be."""
    try:
        path.unlink(missing_ok=True)
    except OSError:  # the stick was pulled: what is left has a name that nobody imports
        return
