"""A real journal on a real file, and a small working day in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import facts as f
from storage.facts import Moment
from storage.journal import Journal

HALL = "360602001"
W1 = "360602001-01"
DAY = "2026-03-02"
NOW = Moment(t=1_772_400_000_000, m=50_000_000, boot="0000b007")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them; it is only copied."""
    path = tmp_path_factory.mktemp("new") / "hall.db"
    Journal.open(path).close()
    return path


@pytest.fixture
def journal(new_file: Path, folder: Path) -> Iterator[Journal]:
    shutil.copy(new_file, folder)
    opened = Journal.open(folder / "hall.db")
    opened.found("3606-01", HALL)
    yield opened
    opened.close()


@pytest.fixture
def issue(journal: Journal) -> Callable[[int], list[str]]:
    """Issue tickets, a transaction each; returns their ids."""
    return lambda count: issue_tickets(journal, count)


def issue_tickets(journal: Journal, count: int) -> list[str]:
    ids = []
    for n in range(count):
        with journal.write("-", NOW) as tx:
            ids.append(tx.record(f.TicketIssued(day=DAY, number=f"A{n:03}", prefix="A", service_code="登记")))
    return ids
