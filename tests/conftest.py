"""peewee must find psycopg when it is imported, and any test may be the first to import it; what takes long begins first."""

import gc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from storage.postgresql import allow_postgresql
from tests.statements import remember_statements

with suppress(ImportError):
    allow_postgresql()
remember_statements()
gc.disable()  # nothing that is collected becomes garbage: until all is, looking for it is in vain

LONG_FIRST = ("faults", "end_to_end", "sync", "bench")
"""Rooms with long single tests: begun last, one of them would run on alone when the other workers have nothing left."""


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """What a password costs is shown with the vault, and paid by every program that a test starts; here nobody guesses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.vault.PASSES", 1)
        patch.setattr("hallterm.workflows.sign_on.PASSES", 1)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A stable sort: within a room the order stays the random one."""
    items.sort(key=lambda item: _place(item.path))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Thousands of tests stay until the end: from here on garbage is looked for among what came later."""
    gc.freeze()
    gc.enable()


def _place(path: Path) -> int:
    room = path.relative_to(Path(__file__).parent).parts[0]
    return LONG_FIRST.index(room) if room in LONG_FIRST else len(LONG_FIRST)
