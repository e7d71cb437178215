"""A shift at the counters of a founded hall on real files, under a clock that the test moves."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hallterm.locale import use
from hallterm.workflows import counter, rating
from hallterm.workflows.desk import Desk, Done, Undoable
from hallterm.workflows.presence import open_window
from hallterm.workflows.ticketing import issue
from storage import views
from storage.doctor import verify_chain
from storage.facts import Moment, Scale, StaffSet, TicketClass
from storage.rebuild import compare
from storage.tables import DERIVED_MODELS
from tests.hallterm.workflows.founded import HALL, Stores, at, founded

MEI, WEI, FANG = "0317", "0318", "0319"
W1, W2, W3 = (f"{HALL}-{n:02d}" for n in (1, 2, 3))
Table = dict[tuple[object, ...], dict[str, object]]
Tables = dict[str, Table]


class Clock:
    """Wall time, CLOCK_BOOTTIME and boot, moved by hand."""

    def __init__(self, start: Moment) -> None:
        self.t, self.m, self.boot = start.t, start.m, start.boot

    def __call__(self) -> Moment:
        return Moment(t=self.t, m=self.m, boot=self.boot)

    def after(self, seconds: float) -> Moment:
        """Time passes."""
        self.t += round(seconds * 1000)
        self.m += round(seconds * 1000)
        return self()

    def jump(self, seconds: float) -> None:
        """Somebody sets the wall clock."""
        self.t += round(seconds * 1000)

    def reboot(self, off_s: float = 60) -> None:
        """The PC is off for a while and counts anew from its start."""
        self.t += round(off_s * 1000)
        self.m, self.boot = 20_000, f"boot{self.t % 9973:04d}"


class Shift:
    """People at windows of one hall; every action happens ``gap_s`` after the one before."""

    def __init__(self, stores: Stores, gap_s: float = 1) -> None:
        self.stores, self.gap_s = stores, gap_s
        self.clock = Clock(at("09:00"))
        self.db = stores.journal.database
        self.pads = True

    def desk(self, window: int = 1, staff: str = MEI) -> Desk:
        return self.stores.desk(window, staff)

    def open(self, window: int = 1, staff: str = MEI) -> Desk:
        """What a sign-on does once the password was right."""
        desk = self.desk(window, staff)
        now = self.clock.after(self.gap_s)
        with desk.journal.write(staff, now) as tx:
            day = views.last_day(tx.database, HALL)
            open_window(tx, desk, day, now)
        return desk

    def issue(self, prefix: str = "B", code: str = "", cls: TicketClass = TicketClass.NORMAL) -> str:
        return issue(self.stores.desk(), self.clock.after(self.gap_s), prefix, cls, code).ticket

    def do(self, action: Callable[..., Done], desk: Desk, *args: Any, after_s: float | None = None) -> Done:
        """One press, ``after_s`` after the last thing that happened."""
        now = self.clock.after(self.gap_s if after_s is None else after_s)
        if self.pads and desk.window:
            self.show_pad(desk.window, "ready")
        return action(desk, now, *args)

    def undo(self, desk: Desk, done: Done, after_s: float = 1) -> Done:
        assert done.undo is not None
        return self.do(self._undo(done.undo), desk, after_s=after_s)

    @staticmethod
    def _undo(last: Undoable) -> Callable[[Desk, Moment], Done]:
        return lambda desk, now: counter.undo(desk, now, last)

    def show_pad(self, window: str, state: str) -> None:
        """What the station posts about the pad and about itself."""
        now = self.clock()
        self.stores.board.set_device("rating_device", window, state, now.t)
        self.stores.board.process_beat("station", 1, now)

    def call(self, desk: Desk, code: str = "B01") -> str:
        """Somebody takes a ticket and is called; the ticket's id."""
        self.issue(code[0], code)
        return self.do(counter.call, desk).ticket

    def serve(self, desk: Desk, code: str = "B01") -> str:
        """Somebody is being served; the ticket's id."""
        ticket = self.call(desk, code)
        self.do(counter.start, desk)
        return ticket

    def await_rating(self, desk: Desk, code: str = "B01", serving_s: float = 60) -> str:
        """A matter is finished and its pad's window open; the service's id."""
        self.serve(desk, code)
        self.do(counter.finish, desk, after_s=serving_s)
        service = self.window(desk).service
        assert rating.ask(self.stores.journal, service, "HT25A0000001", 30, self.clock.after(0.1))
        return service

    def rate(self, service: str, level: int = 5) -> str | None:
        ask = self.db.value('SELECT "id" FROM rating_ask WHERE "service" = ? ORDER BY "ord" DESC', (service,))
        wid = self.db.value('SELECT "wid" FROM rating_ask WHERE "id" = ?', (ask,))
        press = rating.Press(wid, "HT25A0000001", 6 - level, level, 1500, 180, "00000000")
        return rating.give(self.stores.journal, ask, press, Scale.FIVE_SEED, self.clock.after(self.gap_s))

    def window(self, desk: Desk) -> views.WindowRow:
        row = views.window(self.db, desk.window)
        assert row is not None
        return row

    def ticket(self, id: str) -> views.TicketRow:
        row = views.ticket(self.db, id)
        assert row is not None
        return row

    def service(self, id: str) -> views.ServiceRow:
        row = views.service(self.db, id)
        assert row is not None
        return row

    def serving(self, desk: Desk) -> views.ServiceRow:
        """The service at a window."""
        return self.service(self.window(desk).service)

    def intervals(self, service: str) -> list[tuple[str, str, int, int]]:
        """``(kind, reason, excluded, length_ms)`` of a service's intervals that hold, in order."""
        rows = self.db.rows(
            'SELECT "kind", "reason", "excluded", "length_ms" FROM service_interval '
            'WHERE "service" = ? AND "undone" = 0 ORDER BY "from_t", "id"',
            (service,),
        )
        return [(str(kind), str(reason), int(excluded), int(ms)) for kind, reason, excluded, ms in rows]

    def figure(self, column: str) -> int:
        """A sum of today over all clerks and matters."""
        day = views.last_day(self.db, HALL)
        return int(self.db.value(f'SELECT coalesce(sum("{column}"), 0) FROM figure WHERE "period" = ?', (day,)))

    def check(self) -> None:
        """The chain holds, and the tables are what the journal says."""
        assert verify_chain(self.db).holds
        assert compare(self.db) == []


def tables(shift: Shift) -> Tables:
    """All derived rows by key, without the columns that only order facts, and without figures that are all zero."""
    found: Tables = {}
    for model in DERIVED_MODELS:
        meta: Any = model._meta
        keys = [field.column_name for field in meta.get_primary_keys()]
        names = [field.column_name for field in meta.sorted_fields]
        listed = ", ".join(f'"{name}"' for name in names)
        rows = [
            dict(zip(names, row, strict=True)) for row in shift.db.rows(f'SELECT {listed} FROM "{meta.table_name}"')
        ]
        plain = (
            (tuple(row[key] for key in keys), {n: v for n, v in row.items() if n != "ord" and not n.endswith("_ord")})
            for row in rows
        )
        found[meta.table_name] = {key: row for key, row in plain if meta.table_name != "figure" or _counts(row, keys)}
    return found


def _counts(row: dict[str, object], keys: list[str]) -> bool:
    return any(value for name, value in row.items() if name not in keys)


def changed(before: Tables, after: Tables) -> dict[str, list[tuple[object, ...]]]:
    """Keys of rows that differ, by table; a row that only one of them has differs."""
    differing = {
        name: [key for key in {**before[name], **after[name]} if before[name].get(key) != after[name].get(key)]
        for name in before
    }
    return {name: keys for name, keys in differing.items() if keys}


def make_hall(folder: Path) -> None:
    """A founded hall with three clerks, to be copied for each test."""
    folder.mkdir(parents=True)
    with founded(folder) as stores, stores.journal.write("0001", at("08:05")) as tx:
        for number, name in ((MEI, "张晓梅"), (WEI, "李伟"), (FANG, "陈芳")):
            tx.record(StaffSet(number, name, HALL))


@contextmanager
def on_copy(hall: Path, folder: Path) -> Iterator[Shift]:
    """A shift on a copy of the hall in a fresh folder."""
    use("en")
    shutil.copytree(hall, folder)
    stores = Stores(folder)
    try:
        yield Shift(stores)
    finally:
        stores.close()
