"""Small disks for fault tests: a file system of a few megabytes, or a limit on the pages of a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from storage.doctor import verify_chain
from storage.journal import Journal
from storage.rebuild import compare
from tests.end_to_end import small_disk
from tests.end_to_end.small_disk import CannotMount, mounted

SIZE = "6m"
MOST = 2_000
"""So many steps fill any of them."""


class SmallDisk:
    """A file system of a few megabytes; ``fill`` leaves not a byte."""

    def __init__(self, place: Path, disk: small_disk.SmallFileSystem) -> None:
        self.folder = place / "data"
        self.folder.mkdir()
        self._disk = disk

    def fill(self, _journal: Journal) -> None:
        self._disk.fill()

    def free(self, _journal: Journal) -> None:
        self._disk.free()


class PageLimit:
    """SQLite says what it says on a full disk when a file may not grow; for users who may mount nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def fill(self, journal: Journal) -> None:
        self._allow(journal, int(journal.database.value("PRAGMA page_count")))

    def free(self, journal: Journal) -> None:
        self._allow(journal, 2**30)

    @staticmethod
    def _allow(journal: Journal, pages: int) -> None:
        """Also for connections that come after an error."""
        sqlite: Any = journal.database.peewee
        sqlite.pragma("max_page_count", pages, permanent=True)


@contextmanager
def small(place: Path) -> Iterator[SmallDisk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_disk, "SIZE", SIZE)
        try:
            with mounted(place) as found:
                yield SmallDisk(place, found)
        except CannotMount:
            pytest.skip("no file system may be mounted here; the limit of pages shows the same")


@pytest.fixture
def file_system(tmp_path: Path) -> Iterator[SmallDisk]:
    with small(tmp_path / "small") as found:
        yield found


def is_whole(journal: Journal) -> bool:
    """Every fact has all that follows from it, and nothing has less."""
    return verify_chain(journal.database).holds and compare(journal.database, Path("/tmp")) == []
