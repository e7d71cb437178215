"""A second copy of what is in no backup upstream yet: signed segment files in ``spool/`` (another disk, if there is one).

Each file holds lines that no file before it holds; a file whose lines are durable upstream is removed. A file appears
under its name only when it is whole and on the disk.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from storage import outbox
from storage.backup import flush_folder
from storage.errors import translated
from storage.facts import Moment
from storage.journal import Journal
from storage.outbox import Standing
from storage.spooled import SUFFIX
from sync.keys import NodeKey
from sync.outgoing import next_segment
from sync.wire import MAX_EVENTS

EVERY = 500
EVERY_MS = 15 * 60 * 1000
_NAME = re.compile(rf"(?P<log>.+-\d+)-(?P<first>\d+)-(?P<last>\d+){re.escape(SUFFIX)}\Z")


class Spool:
    """Call ``tick`` now and then; it writes when there is enough or when it was long ago."""

    def __init__(self, journal: Journal, folder: Path, key: NodeKey, now: Moment) -> None:
        self._journal = journal
        self._folder = folder
        self._key = key
        self._written_m = now.m

    def tick(self, now: Moment) -> int:
        """Write what is due and remove what is durable; returns the files written. Raises StorageError."""
        is_late = now.m - self._written_m >= EVERY_MS or now.m < self._written_m
        written = 0
        for own in outbox.logs(self._journal):
            last = self._last(own)
            if own.end - last >= EVERY or (is_late and own.end > last):
                written += self._write(own, last, now)
            self._remove_durable(own)
        if written or is_late:
            self._written_m = now.m
        return written

    def _last(self, own: Standing) -> int:
        """The newest line that has a second copy, here or in a backup upstream."""
        return max([own.durable, *(last for _, last in self._files(own))])

    def _files(self, own: Standing) -> list[tuple[Path, int]]:
        found = []
        for path in self._folder.glob(f"*{SUFFIX}") if self._folder.is_dir() else ():
            name = _NAME.match(path.name)
            if name is not None and name["log"] == _log_name(own):
                found.append((path, int(name["last"])))
        return found

    def _write(self, own: Standing, last: int, now: Moment) -> int:
        files = 0
        with translated(str(self._folder)):
            self._folder.mkdir(parents=True, exist_ok=True)
            while last < own.end:
                body, sent = next_segment(self._journal, own._replace(acked=last), self._key, now, MAX_EVENTS)
                if not sent.lines:
                    break
                _put(self._folder / f"{_log_name(own)}-{sent.first}-{sent.last}{SUFFIX}", body)
                last = sent.last
                files += 1
            flush_folder(self._folder)
        return files

    def _remove_durable(self, own: Standing) -> None:
        for path, last in self._files(own):
            if last <= own.durable:
                path.unlink(missing_ok=True)


def _log_name(own: Standing) -> str:
    return f"{own.node.replace(':', '_')}-{own.epoch}"


def _put(path: Path, body: bytes) -> None:
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
