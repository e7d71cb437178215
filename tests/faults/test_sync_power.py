"""T2: the power is cut between any two writes, while facts are recorded, taken in, or come down the feed.

What was said to be saved is on the disk, and nothing else is: each image is the state after the last commit that returned,
or after the one that was under way, whole. ``HALLTERM_CUTS`` says how many images of each kind (20); ``HALLTERM_SEED``
replays. The teeth: with ``synchronous=NORMAL`` facts that were said to be saved are lost, and this test sees it.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from storage import nodes
from storage.database import Database, open_sqlite
from storage.doctor import integrity, verify_chain
from storage.errors import StorageDamaged
from storage.facts import NodeEnrolled, SettingSet
from storage.journal import Journal
from storage.nodes import Upstream
from storage.promises import prepare_store
from storage.receive import accept
from storage.tables import DERIVED_MODELS, JOURNAL_MODELS
from sync.centre import Centre, Settings
from sync.client import Result, SyncClient
from sync.limits import Limits, Rate
from sync.metrics import Metrics
from sync.post import Post
from sync.wire import SYNC_PATH
from tests.faults.power import Disk, Image, Machine, laid_out
from tests.sync.facts import at, batch_of, serve_visits
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

pytestmark = pytest.mark.faults
SEED = int(os.environ.get("HALLTERM_SEED", "20260302"))
CUTS = int(os.environ.get("HALLTERM_CUTS", "20"))
NODE, HALL, CENTRE = "3301-0310-07", "3301", "centre-1"
STEPS = 30
MOST_AT_ONCE = 250
TABLES = tuple(str(model._meta.table_name) for model in (*JOURNAL_MODELS, *DERIVED_MODELS))
Step = Callable[[int], object]


class Job(NamedTuple):
    """What a machine does: its file, who it is, and one commit a step."""

    file: str
    found: Callable[[Journal], None]
    steps: Callable[[Journal, Path], Step]


class Cut(NamedTuple):
    """The steps that had returned when the power went, and what was found afterwards ("" if it cannot be read)."""

    returned: int
    state: str


def found_hall(journal: Journal) -> None:
    journal.found(NODE, HALL)
    nodes.enrolled_with(journal, Upstream(CENTRE, CENTRE_KEY.public, CENTRE_KEY.public_box, HALL))


def found_centre(journal: Journal) -> None:
    journal.found(CENTRE, "")
    prepare_store(journal)
    with journal.write("-", at(0)) as tx:
        tx.record(NodeEnrolled(node=NODE, scope=HALL, key=DEVICE_KEY.public, box=DEVICE_KEY.public_box))


def recording(journal: Journal, _folder: Path) -> Step:
    return lambda n: serve_visits(journal, 1, start=n)


def taking_in(journal: Journal, folder: Path) -> Step:
    device = Journal.open(folder / "device.db")
    found_hall(device)
    serve_visits(device, STEPS)
    return lambda n: accept(journal, batch_of(device, n * 5 + 1, 5), at(n).t)


class Room(Post):
    """The line to a centre in this process."""

    def __init__(self, centre: Centre) -> None:
        super().__init__("http://centre")
        self._centre = centre

    def send(self, body: bytes, path: str = SYNC_PATH) -> bytes:
        assert path == SYNC_PATH
        return self._centre.store(body)


def fed(journal: Journal, folder: Path) -> Step:
    """The centre sets five values, and the answer to some facts brings them: marks, facts and cursor in one commit."""
    centre = Journal.open(folder / "centre.db")
    found_centre(centre)
    limits = Limits(node=Rate(1e9, 1e9))
    client = SyncClient(lambda: journal, "http://centre", DEVICE_KEY, source=random.Random(SEED))
    client._post = Room(Centre(lambda: centre, CENTRE_KEY, Settings(300, lambda: at(0), limits=limits), Metrics()))
    serve_visits(journal, STEPS)

    def step(n: int) -> None:
        with centre.write("-", at(n)) as tx:
            for part in range(5):
                tx.record(SettingSet(name=f"value_{part}", value=str(n), scope=HALL))
        assert client.step(at(n)).result is Result.STORED

    return step


JOBS = {
    "record": Job("hall.db", found_hall, recording),
    "ingest": Job("centre.db", found_centre, taking_in),
    "feed": Job("hall.db", found_hall, fed),
}


def state_of(database: Database) -> str:
    """Every row of every table, as one hash."""
    digest = hashlib.sha256()
    for table in TABLES:
        digest.update(repr((table, sorted(database.rows(f'SELECT * FROM "{table}"'), key=repr))).encode())
    return digest.hexdigest()


def found_after(image: Image, file: str, folder: Path) -> str:
    """What the program finds when the PC starts again, by the library it uses; "" if the file does not hold."""
    laid_out(image, folder)
    try:
        database = open_sqlite(folder / file, synchronous="OFF")
    except StorageDamaged:
        return ""
    try:
        return state_of(database) if not integrity(database) and verify_chain(database).holds else ""
    except StorageDamaged:
        return ""
    finally:
        database.close()


class Play:
    """One job on a disk whose power goes at drawn moments; ``states[n]`` is what there is after ``n`` steps."""

    def __init__(self, job: Job, folder: Path, synchronous: str) -> None:
        self.job, self.folder, self.synchronous = job, folder, synchronous
        for name in ("begin", "side", "after"):
            (folder / name).mkdir(parents=True)
        begin = Journal.open(folder / "begin" / job.file)
        job.found(begin)
        begin.close()
        self.begin = (folder / "begin" / job.file).read_bytes()
        self.plays = 0
        self.states: list[str] = []
        self.cuts: list[Cut] = []

    def run(self, moments: set[int], source: random.Random) -> int:
        """Do all steps; returns the number of changes of the disk meanwhile."""
        self.states.clear()
        self.cuts.clear()
        self.plays += 1
        side = self.folder / "side" / str(self.plays)
        side.mkdir()
        machine = Machine(self.job.file, self.begin, self.synchronous)
        try:
            step = self.job.steps(machine.journal, side)
            machine.disk.flush_all()
            machine.disk.changes = 0
            self.states.append(state_of(machine.journal.database))
            machine.disk.cut = lambda disk: self._cut(disk, source) if disk.changes in moments else None
            for n in range(STEPS):
                step(n)
                self.states.append(state_of(machine.journal.database))
            return machine.disk.changes
        finally:
            machine.close()

    def _cut(self, disk: Disk, source: random.Random) -> None:
        image = disk.image(source)
        self.cuts.append(Cut(len(self.states) - 1, found_after(image, self.job.file, self.folder / "after")))

    def lost(self) -> list[Cut]:
        """Images that are neither the state that was said to be saved nor the one that was under way."""
        return [cut for cut in self.cuts if cut.state not in self.states[cut.returned : cut.returned + 2]]


def played(job: Job, folder: Path, images: int, synchronous: str, at_once: int = MOST_AT_ONCE) -> Play:
    """So many images, or fewer once something is lost."""
    print(f"HALLTERM_SEED={SEED} HALLTERM_CUTS={images}")
    source = random.Random(SEED)
    play = Play(job, folder, synchronous)
    changes = play.run(set(), source)
    while images > 0:
        part = min(images, at_once, changes // 2)
        play.run(set(source.sample(range(1, changes + 1), part)), source)
        images -= part
        if play.lost():
            break
    return play


@pytest.fixture(params=JOBS)
def job(request: pytest.FixtureRequest) -> Job:
    return JOBS[str(request.param)]


def test_a_power_cut_loses_nothing_that_was_said_to_be_saved(job: Job, tmp_path: Path) -> None:
    play = played(job, tmp_path, CUTS, "FULL")
    assert play.cuts
    assert play.lost() == []


def test_the_comparison_can_fail_facts_are_lost_without_a_flush_at_each_commit(job: Job, tmp_path: Path) -> None:
    lost = played(job, tmp_path, 200, "NORMAL", 40).lost()
    assert lost
    assert [cut.state for cut in lost] != [""] * len(lost), "whole, but of an earlier moment: saved facts are gone"


def test_the_comparison_can_fail_a_file_breaks_without_any_flush(tmp_path: Path) -> None:
    assert any(not cut.state for cut in played(JOBS["record"], tmp_path, 200, "OFF", 10).lost())
