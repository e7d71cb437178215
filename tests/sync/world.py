"""A hall's disks, their copies and a centre, all in memory, on the real journal, the real client and the real ingest.

Every history is drawn from a seed. Disks are copied, put back, lost; the centre is put back to its last backup; the line
drops, doubles and repeats. In the end everything that lives exchanges until nothing moves, and then the centre must have
every fact that is on a living disk, once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from storage import nodes, outbox, prune
from storage.database import Database, open_sqlite
from storage.doctor import verify_chain
from storage.facts import NodeEnrolled, TicketIssued
from storage.journal import Journal
from storage.nodes import Upstream
from storage.own_tail import segment_beyond
from storage.promises import prepare_store
from storage.rebuild import rebuild_in_place
from sync.centre import Centre, Settings, Waiting
from sync.client import SyncClient
from sync.limits import Limits, Rate
from sync.metrics import Metrics
from sync.pace import BatchSize
from sync.post import Post, Unreachable
from sync.settle import Result
from sync.wire import SYNC_PATH
from tests.sync.facts import DAY, at
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

NODE = "3301-0310-07"
PASSES = 60
MOST_DISKS = 5


def copied(database: Database) -> Database:
    """Another file with the same content."""
    copy = open_sqlite(Path(":memory:"))
    database.peewee.connection().backup(copy.peewee.connection())
    return copy


class Template(Struct, frozen=True):
    """An enrolled device and its centre before anything happened."""

    disk: Database
    centre: Database


def template() -> Template:
    disk, centre = Journal.open(Path(":memory:")), Journal.open(Path(":memory:"))
    disk.found(NODE, "3301")
    nodes.enrolled_with(disk, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, "3301"))
    centre.found("centre-1", "")
    prepare_store(centre)
    with centre.write("-", at(0)) as tx:
        tx.record(NodeEnrolled(node=NODE, scope="3301", key=DEVICE_KEY.public))
    return Template(disk.database, centre.database)


class Line(Post):
    """What is between a disk and the centre; its faults are drawn."""

    def __init__(self, world: World) -> None:
        super().__init__("http://centre")
        self.world = world

    def send(self, body: bytes, path: str = SYNC_PATH) -> bytes:
        assert path == SYNC_PATH
        world = self.world
        fault = world.random.random() if world.is_faulty else 1.0
        if fault < 0.1:
            raise Unreachable("dropped")
        if fault < 0.2 and world.bodies:
            world.answer(world.random.choice(world.bodies))
        packed = world.answer(body)
        world.bodies.append(body)
        if fault < 0.3:
            raise Unreachable("dropped")
        if fault < 0.35:
            packed = world.answer(body)
        if fault < 0.45 and world.answers:
            return world.random.choice(world.answers)
        world.answers.append(packed)
        return packed

    def fetch(self, target: str, authorization: str) -> bytes | None:
        """A disk that was put back asks for what it lost."""
        if self.world.is_faulty and self.world.random.random() < 0.3:
            raise Unreachable("dropped")
        have = parse_qs(urlsplit(target).query).get("have", [""])[0]
        pairs = (pair.split(":") for pair in have.split(",") if pair)
        node = authorization.removeprefix("Node ").rsplit(":", 2)[0]
        return segment_beyond(self.world.centre.database, node, {int(epoch): int(seq) for epoch, seq in pairs})


class SmallBatches(BatchSize):
    """Always so many, so that a short log is many batches."""

    def __init__(self, events: int) -> None:
        self.events = events

    def succeeded(self) -> None: ...

    def failed(self) -> None: ...


class Disk:
    """One disk with its own sending side."""

    def __init__(self, world: World, database: Database) -> None:
        self.journal = Journal(database)
        self.client = SyncClient(lambda: self.journal, "http://centre", DEVICE_KEY, source=world.random)
        self.client._post = Line(world)
        self.client._size = SmallBatches(world.random.randint(2, 6))


class World:
    def __init__(self, seed: int, begin: Template) -> None:
        self.random = random.Random(seed)
        self.second = 0
        self.numbers = 0
        self.is_faulty = True
        self.bodies: list[bytes] = []
        self.answers: list[bytes] = []
        self.centre = Journal(copied(begin.centre))
        self.room = self._room()
        self.backup = copied(begin.centre)
        self.disks = [Disk(self, copied(begin.disk))]
        self.images: list[Database] = []
        self.results: Counter[Result] = Counter()

    def _room(self) -> Centre:
        settings = Settings(300, lambda: at(self.second), limits=Limits(node=Rate(1e9, 1e9)))
        return Centre(lambda: self.centre, CENTRE_KEY, settings, Metrics())

    def answer(self, body: bytes) -> bytes:
        self.second += 1
        one = Waiting(body)
        if self.second % 2:  # every other segment is read ahead of its turn, as while others are written
            one.prepare(self.room._senders)
        try:
            return self.room._outcome(one)
        except Exception as error:  # no segment of a real journal may be refused
            raise AssertionError(f"the centre refuses: {error!r}") from error

    # --- what may happen ---------------------------------------------------------------------------------------------

    def record(self) -> None:
        journal = self.random.choice(self.disks).journal
        for _ in range(self.random.randint(1, 4)):
            self.numbers += 1
            with journal.write("-", at(self.second)) as tx:
                tx.record(TicketIssued(day=DAY, number=f"A{self.numbers:04d}", prefix="A"))

    def exchange(self) -> None:
        disk = self.random.choice(self.disks)
        for _ in range(self.random.randint(1, 4)):
            self.step(disk)

    def step(self, disk: Disk) -> Result:
        result = disk.client.step(at(self.second)).result
        self.results[result] += 1
        return result

    def copy_disk(self) -> None:
        if len(self.disks) < MOST_DISKS:
            self.disks.append(Disk(self, copied(self.random.choice(self.disks).journal.database)))

    def keep_image(self) -> None:
        self.images.append(copied(self.random.choice(self.disks).journal.database))

    def put_back_disk(self) -> None:
        if self.images:
            n = self.random.randrange(len(self.disks))
            self.disks[n] = Disk(self, copied(self.random.choice(self.images)))

    def lose_disk(self) -> None:
        if len(self.disks) > 1:
            del self.disks[self.random.randrange(len(self.disks))]

    def back_up_centre(self) -> None:
        self.backup = copied(self.centre.database)
        for node, epoch, have in self.backup.rows("SELECT node, epoch, have FROM log"):
            self.centre.database.execute("UPDATE log SET durable = ? WHERE node = ? AND epoch = ?", (have, node, epoch))

    def put_back_centre(self) -> None:
        self.centre = Journal(copied(self.backup))
        self.room = self._room()

    def prune(self) -> None:
        """Drop what the device may drop (the tables of a snapshot are tested elsewhere)."""
        journal = self.random.choice(self.disks).journal
        for span in prune.spans_of(journal.database, NODE, 2**60, 2**60):
            values = (NODE, span.epoch, span.after, span.upto)
            journal.database.execute(prune.BLANK, (b"", *values))
            journal.database.execute(prune.MARK, (span.upto, NODE, span.epoch))

    # --- the end -----------------------------------------------------------------------------------------------------

    def heal(self) -> None:
        """Everything that lives exchanges over a whole line until nothing moves."""
        self.is_faulty = False
        for _ in range(PASSES):
            before = self._moving()
            for disk in self.disks:
                for _ in range(200):
                    result = self.step(disk)
                    own = outbox.next_to_send(disk.journal)
                    if result is Result.STORED and not own.is_closed and not own.waiting:
                        break
                else:
                    raise AssertionError(f"does not come to rest: {result}")
            if self._moving() == before:
                return
        raise AssertionError("does not come to rest")

    def _moving(self) -> list[object]:
        marks = [[(one.epoch, one.acked, one.store) for one in outbox.logs(disk.journal)] for disk in self.disks]
        return [self.centre.last_pos(), *marks]

    def check(self) -> None:
        told = set(self.centre.database.rows("SELECT number FROM ticket"))
        for disk in self.disks:
            assert verify_chain(disk.journal.database).holds
            wanted = set(disk.journal.database.rows("SELECT number FROM ticket"))
            assert wanted <= told, f"lost: {len(wanted - told)} of {len(wanted)}"
            assert len(wanted) == tickets(disk.journal.database)
        assert verify_chain(self.centre.database).holds
        assert tickets(self.centre.database) == len(told), "counted twice"
        ids = set(self.centre.database.rows("SELECT id FROM ticket"))
        assert len(ids) == len(told), "one fact under two names"
        for disk in self.disks:
            assert set(disk.journal.database.rows("SELECT id FROM ticket")) <= ids
        before = contents(self.centre.database)
        rebuild_in_place(self.centre.database)
        assert contents(self.centre.database) == before, "a rebuild gives other tables"


def tickets(database: Database) -> int:
    """How many the sums say."""
    return int(database.value("SELECT tickets FROM figure WHERE period = ? AND code = 'A'", (DAY,)) or 0)


def contents(database: Database) -> list[object]:
    tables = ("ticket", "figure", "carried", "quarantine", "node")
    return [sorted(database.rows(f'SELECT * FROM "{table}"'), key=repr) for table in tables]


EVENTS: tuple[tuple[int, Callable[[World], None]], ...] = (
    (10, World.record),
    (12, World.exchange),
    (2, World.copy_disk),
    (2, World.keep_image),
    (2, World.put_back_disk),
    (1, World.lose_disk),
    (2, World.back_up_centre),
    (2, World.put_back_centre),
    (2, World.prune),
)


def play(seed: int, begin: Template, length: int = 40) -> World:
    """One history; raises AssertionError when something is lost or counted twice."""
    world = World(seed, begin)
    weights, events = zip(*EVENTS, strict=True)
    for event in world.random.choices(events, weights, k=length):
        event(world)
    world.heal()
    world.check()
    return world
