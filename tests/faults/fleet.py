"""Many PCs under one centre through weeks of virtual time, with every fault at once: lines that break, disks that are copied,
put back and lost, clocks that jump, PCs that start again, a centre that is backed up and put back, lines that are pruned.

In memory, on the real journal, the real client and the real ingest; drawn from a seed (:mod:`tests.sync.world` is one node
of it).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from storage import nodes, prune
from storage.database import Database
from storage.doctor import verify_chain
from storage.facts import Moment, NodeEnrolled, TicketIssued
from storage.journal import Journal
from storage.nodes import Upstream
from storage.promises import prepare_store
from storage.rebuild import rebuild_in_place
from tests.sync.facts import at
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY
from tests.sync.world import Disk, Template, World, contents, copied

DAY_MS = 86_400_000
MOST_COPIES = 3
JUMPS_MS = (-20 * 365 * DAY_MS, 10 * 365 * DAY_MS, -3_600_000, 3_600_000, 90_000)


class Place:
    """One node: its clocks and its disks; the first disk is the PC's."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.name = name
        self.disks = [disk]
        self.images: list[Database] = []
        self.wall_off_ms = self.booted_ms = 0
        self.boot = "b0"


class Begin(Struct, frozen=True):
    """The disk of each node, by its name, and their centre, before anything happened."""

    disks: dict[str, Database]
    centre: Database


def begin_with(count: int) -> Begin:
    """So many enrolled nodes."""
    centre = Journal.open(Path(":memory:"))
    centre.found("centre-1", "")
    prepare_store(centre)
    empty = Journal.open(Path(":memory:")).database
    disks = {}
    for n in range(count):
        disk = Journal(copied(empty))
        disk.found(f"3301-{n:04d}", "3301")
        nodes.enrolled_with(disk, Upstream("centre-1", CENTRE_KEY.public, CENTRE_KEY.public_box, "3301"))
        disks[disk.identity.node] = disk.database
    with centre.write("-", at(0)) as tx:
        for name in disks:
            tx.record(NodeEnrolled(node=name, scope="3301", key=DEVICE_KEY.public))
    return Begin(disks, centre.database)


class Fleet(World):
    """``elapsed_ms`` is the virtual time since the beginning."""

    def __init__(self, seed: int, begin: Begin) -> None:
        first = next(iter(begin.disks.values()))
        super().__init__(seed, Template(first, begin.centre))
        self.elapsed_ms = 0
        self.places = [Place(name, Disk(self, copied(disk))) for name, disk in begin.disks.items()]
        self._gather()

    def _gather(self) -> None:
        self.disks = [disk for place in self.places for disk in place.disks]

    def moment(self, place: Place) -> Moment:
        """What the clocks of a PC say."""
        t = at(0).t + self.elapsed_ms + place.wall_off_ms
        return Moment(t=t, m=self.elapsed_ms - place.booted_ms + 20_000, boot=place.boot)

    def place_of(self, disk: Disk) -> Place:
        return next(place for place in self.places if disk in place.disks)

    def _any(self) -> tuple[Place, Disk]:
        place = self.random.choice(self.places)
        return place, self.random.choice(place.disks)

    # --- what may happen ---------------------------------------------------------------------------------------------

    def record(self) -> None:
        place, disk = self._any()
        now = self.moment(place)
        for _ in range(self.random.randint(1, 6)):
            self.numbers += 1
            with disk.journal.write("-", now) as tx:
                tx.record(TicketIssued(day="2026-03-02", number=f"A{self.numbers:06d}", prefix="A"))

    def exchange(self) -> None:
        _place, disk = self._any()
        for _ in range(self.random.randint(1, 5)):
            self.step(disk)

    def copy_disk(self) -> None:
        place, disk = self._any()
        if len(place.disks) < MOST_COPIES:
            place.disks.append(Disk(self, copied(disk.journal.database)))
            self._gather()

    def keep_image(self) -> None:
        place, disk = self._any()
        place.images = [*place.images[-1:], copied(disk.journal.database)]

    def put_back_disk(self) -> None:
        place, disk = self._any()
        if place.images:
            place.disks[place.disks.index(disk)] = Disk(self, copied(self.random.choice(place.images)))
            self._gather()

    def lose_disk(self) -> None:
        place, disk = self._any()
        if len(place.disks) > 1:
            place.disks.remove(disk)
            self._gather()

    def set_clock(self) -> None:
        place, _disk = self._any()
        place.wall_off_ms = self.random.choice((0, *JUMPS_MS))

    def start_again(self) -> None:
        place, _disk = self._any()
        place.booted_ms, place.boot = self.elapsed_ms, f"b{self.random.randrange(10**6)}"

    def prune(self) -> None:
        place, disk = self._any()
        database = disk.journal.database
        for span in prune.spans_of(database, place.name, 2**60, 2**60):
            values = (place.name, span.epoch, span.after, span.upto)
            database.execute(prune.BLANK, (b"", *values))
            database.execute(prune.MARK, (span.upto, place.name, span.epoch))

    # --- the end -----------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """What is on any living disk is at the centre, once, in whole chains; a rebuild gives the same tables."""
        database = self.centre.database
        told = {str(row[0]) for row in database.rows("SELECT number FROM ticket")}
        for place in self.places:
            for disk in place.disks:
                assert verify_chain(disk.journal.database).holds
                wanted = {str(row[0]) for row in disk.journal.database.rows("SELECT number FROM ticket")}
                assert wanted <= told, f"lost: {len(wanted - told)} of {len(wanted)} at {place.name}"
        assert verify_chain(database).holds
        assert summed(database) == len(told), "counted twice"
        ids = database.value("SELECT count(DISTINCT id) FROM ticket")
        assert ids == len(told), "one fact under two names"
        before = contents(database)
        rebuild_in_place(database)
        assert contents(database) == before, "a rebuild gives other tables"


def summed(database: Database) -> int:
    return int(
        database.value("SELECT coalesce(sum(tickets), 0) FROM figure WHERE code = 'A' AND length(period) = 10") or 0
    )


EVENTS: tuple[tuple[int, Callable[[Fleet], None]], ...] = (
    (20, Fleet.record),
    (20, Fleet.exchange),
    (1, Fleet.copy_disk),
    (2, Fleet.keep_image),
    (1, Fleet.put_back_disk),
    (1, Fleet.lose_disk),
    (2, Fleet.set_clock),
    (2, Fleet.start_again),
    (2, Fleet.prune),
)
"""Of one PC; the centre is backed up once a day and put back now and then."""


def play(seed: int, begin: Begin, days: int, events_a_day: float, put_backs: int) -> Fleet:
    """So many days; ``events_a_day`` of each PC; raises AssertionError when something is lost or counted twice."""
    fleet = Fleet(seed, begin)
    weights, events = zip(*EVENTS, strict=True)
    a_day = max(1, round(events_a_day * len(fleet.places)))
    put_back_on = set(fleet.random.sample(range(1, days), min(put_backs, days - 1)))
    for day in range(days):
        for event in fleet.random.choices(events, weights, k=a_day):
            fleet.elapsed_ms += DAY_MS // a_day
            event(fleet)
        if day in put_back_on:
            fleet.put_back_centre()
        else:
            fleet.back_up_centre()
    fleet.heal()
    fleet.check()
    return fleet
