"""Two PCs and a number host as files: logs meet when the test says so, claims go through the real socket."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from hallterm.station import hub_desk
from hallterm.workflows.claiming import NumberHost
from hallterm.workflows.desk import Desk
from hallterm.workflows.number_host import NUMBER_HOST, Answer, Wish
from hallterm.workflows.presence import open_window
from storage import clock, hall_logs, nodes, views
from storage.facts import Got, SignOnDone
from storage.journal import Journal
from storage.local import Board
from storage.nodes import Upstream
from sync.hub_wire import ClaimQuestion
from tests.faults.clerk import HALL
from tests.faults.halls import make_hall, staff_of, window_of

HOST = f"{HALL}-01"


def asked(node: str, wish: Wish) -> ClaimQuestion:
    return ClaimQuestion(node=node, **{name: getattr(wish, name) for name in wish.__struct_fields__})


def make_template(folder: Path) -> None:
    """A hall of three windows where five people wait, and an empty file of a PC; only copied."""
    make_hall(folder / "hub", windows=3, tickets=5)
    Journal.open(folder / "empty.db").close()


class Hall:
    """The number host's file, and the PCs that were made."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(template, folder, dirs_exist_ok=True)
        self.journal = Journal.open(folder / "hub" / "hall.db")
        self.host = NumberHost()
        self.pcs: dict[int, Pc] = {}
        self.desk = Desk(self.journal, Board(folder / "hub" / "local.db"), HALL, window_of(1), staff_of(1))

    def pc(self, number: int) -> Pc:
        self.pcs[number] = Pc(self, number)
        return self.pcs[number]

    def meet(self) -> None:
        """Everybody's logs are known everywhere."""
        for _round in range(3):
            for pc in self.pcs.values():
                give(pc.journal, self.journal)
                give(self.journal, pc.journal)

    def decide(self, node: str, wish: Wish) -> Answer:
        found = self.host.decide(self.journal, asked(node, wish), clock.now())
        return Answer(found.got, found.claim, found.ticket, found.number, found.order)

    def tidy(self) -> None:
        self.host = NumberHost()  # looks again at once
        self.host.tidy(self.journal, clock.now())

    def state(self, number: str, journal: Journal | None = None) -> tuple[str, str]:
        rows = (journal or self.journal).database.rows("SELECT state, result FROM ticket WHERE number = ?", (number,))
        return str(rows[0][0]), str(rows[0][1])

    def calls(self) -> list[str]:
        """Tickets of all calls that the number host knows."""
        sql = "SELECT line FROM event WHERE line LIKE ?"
        return [bytes(line).split(b'"ticket":"')[1].split(b'"')[0].decode() for (line,) in
                self.journal.database.rows(sql, (b'%"k":"ticket.called"%',))]  # fmt: skip

    def close(self) -> None:
        for pc in self.pcs.values():
            pc.end()
            pc.journal.close()
        self.journal.close()


class Pc:
    """A counter PC with one window; ``answer`` is what its station does with a wish."""

    def __init__(self, hall: Hall, number: int) -> None:
        folder = hall.folder / f"pc{number}"
        folder.mkdir()
        shutil.copy(hall.folder / "empty.db", folder / "hall.db")
        self.journal = Journal.open(folder / "hall.db")
        self.node = f"{HALL}-{number:02d}"
        self.journal.found(self.node, HALL)
        nodes.enrolled_with(self.journal, Upstream(HOST, "00", "00", HALL))
        self.board = Board(folder / "local.db")
        self.desk = Desk(self.journal, self.board, HALL, window_of(number), staff_of(number))
        self.answer: Callable[[Wish], Answer] = lambda wish: hall.decide(self.node, wish)
        self.end = hub_desk.serve(folder, lambda wish: self.answer(wish))
        self.says(online=True)
        give(hall.journal, self.journal)
        with self.journal.write(self.desk.staff, clock.now()) as tx:
            day = views.last_day(tx.database, HALL)
            open_window(tx, self.desk, day, clock.now())
            tx.record(SignOnDone(self.desk.staff, day, self.desk.window, True))

    def says(self, *, online: bool, taken: list[list[object]] | None = None) -> None:
        """What the station posts on the board."""
        values = {"online": online, "since_t": 1, "taken": taken or []}
        self.board.process_beat(NUMBER_HOST, 1, clock.now(), values)

    def cut_off(self) -> None:
        self.says(online=False)
        self.answer = lambda wish: Answer(Got.AWAY)


def give(source: Journal, target: Journal) -> None:
    """What ``target`` has not seen of the logs that ``source`` knows."""
    more = True
    while more:
        pieces, more = hall_logs.news(source.database, target.identity.node, hall_logs.known(target))
        for piece in pieces:
            hall_logs.keep(target, HOST, piece, clock.now().t)
