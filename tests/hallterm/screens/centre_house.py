"""A centre on real files: a city with halls and points, people of every role that sees it, nodes in every trouble."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hallterm.centre import FILE, found
from hallterm.locale import use
from hallterm.workflows.centre_setup import CentreRun, first_administrator
from hallterm.workflows.desk import Desk
from storage import contacts
from storage import facts as f
from storage.contacts import Contact
from storage.facts import HallKind, Role
from storage.journal import Journal
from storage.local import Board
from storage.promises import prepare_store
from storage.vault import Vault
from tests.hallterm.workflows.founded import PASSWORD, at

CITY, CITY_NAME, ADMIN = "360600", "鹰潭市", "0001"
DEPT, LEADER, DIRECTOR, TECHNICIAN, CLERK = "0900", "0800", "0101", "T017", "0317"
PEOPLE = (
    (DEPT, "赵征管", Role.COLLECTION_DEPT, CITY),
    (LEADER, "陈副局长", Role.BUREAU_LEADER, CITY),
    (DIRECTOR, "王建国", Role.HALL_DIRECTOR, "360671001"),
    (TECHNICIAN, "王工", Role.TECHNICIAN, CITY),
    (CLERK, "张晓梅", Role.CLERK, "360600001"),
)
HALLS = (
    ("360600001", "市办税厅", HallKind.HALL, ""),
    ("360603001", "余江", HallKind.HALL, ""),
    ("360671001", "园区", HallKind.HALL, ""),
    ("360671002", "龙虎山", HallKind.HALL, ""),
    ("360681001", "贵溪", HallKind.HALL, ""),
    ("360681902", "金屯点", HallKind.POINT, ""),
)
GB = 1_000_000_000
MINUTE_MS = 60_000
NODES = (
    # node, last contact, backlog, skew in minutes, free of 100 GB, lines here, in a backup
    ("360681902-01", ("09-28", "17:40"), 0, 0, 0, 2210, 2210),
    ("360671002-01", ("11-24", "10:31"), 1164, 6, 29, 8100, 8000),
    ("360603001-02", ("11-24", "10:44"), 0, 0, 36, 9120, 9100),
    ("360671001-01", ("11-24", "10:45"), 0, 0, 42, 7004, 7000),
    ("360681001-03", ("11-24", "10:44"), 0, 0, 4, 5110, 5000),
    ("360600001-03", ("11-24", "10:45"), 0, 0, 38, 10412, 10390),
)


class CentreStores:
    """The three files of a centre's data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal.open(folder / FILE)
        self.board = Board(folder / "local.db")
        self.vault = Vault.open(folder)

    def desk(self, staff: str = "") -> Desk:
        return Desk(self.journal, self.board, "", "", staff, vault=self.vault)

    def kinds(self) -> list[str]:
        """Kinds of all facts, oldest first."""
        import json

        return [
            json.loads(bytes(row[0]))["k"] for row in self.journal.database.rows("SELECT line FROM event ORDER BY pos")
        ]

    def close(self) -> None:
        self.journal.close()
        self.board.close()
        self.vault.close()


@contextmanager
def centre(folder: Path, *, nodes: bool = True) -> Iterator[CentreStores]:
    """A centre with its first administrator, its halls and people; with nodes in every trouble."""
    use("en")
    found(folder)
    stores = CentreStores(folder)
    try:
        prepare_store(stores.journal)
        run = CentreRun(CITY, CITY_NAME, ADMIN, "李管理", PASSWORD)
        first_administrator(stores.journal, stores.vault, run, at("08:00", "2026-11-01"))
        with stores.journal.write(ADMIN, at("08:01", "2026-11-01")) as tx:
            for code, name, kind, parent in HALLS:
                tx.record(f.HallSet(code, name, kind, parent))
            for number, name, role, place in PEOPLE:
                tx.record(f.StaffSet(number, name, place))
                tx.record(f.GrantSet(number, role, place))
        for number in (DEPT, LEADER, DIRECTOR, TECHNICIAN, CLERK):
            stores.vault.set_password(number, PASSWORD)
        if nodes:
            add_nodes(stores)
        yield stores
    finally:
        stores.close()


def add_nodes(stores: CentreStores) -> None:
    """Nodes as they are after weeks: what they said last, and how far their logs are here."""
    with stores.journal.write(ADMIN, at("08:02", "2026-11-01")) as tx:
        for n, (node, *_rest) in enumerate(NODES):
            key = f"{n + 1:02d}" * 32
            tx.record(f.NodeEnrolled(node=node, scope=node[:-3], key=key, box=key, app="1.4.0"))
    for node, (day, clock), backlog, skew_min, free, have, durable in NODES:
        app = "1.3.2" if node == "360681902-01" else "1.5.0" if node == "360671001-01" else "1.4.0"
        size = 100 * GB if free else 0
        contacts.keep(
            stores.journal,
            Contact(
                node,
                at(clock, f"2026-{day}").t,
                0,
                backlog,
                free * GB,
                skew_min * MINUTE_MS,
                "",
                app,
                0,
                disk_size=size,
            ),
        )
        log(stores, node, 0, have, durable)
    log(stores, "360603001-02", 77, 12, 0, opened_t=at("09:12", "2026-10-30").t)
    with stores.journal.transaction() as database:
        for seq in (6001, 6002, 6003):
            values = ("360671001-01", 0, seq, "unknown_kind")
            database.execute("INSERT INTO quarantine (node, epoch, seq, why) VALUES (?, ?, ?, ?)", values)


def log(stores: CentreStores, node: str, epoch: int, have: int, durable: int, *, opened_t: int = 0) -> None:
    """A log as it stands here; one with ``opened_t`` parted from epoch 0."""
    row = (node, epoch, have, "00" * 32, durable, "11" * 32 if opened_t else "", 400 if opened_t else 0)
    with stores.journal.transaction() as database:
        database.execute(
            "INSERT INTO log (node, epoch, have, head, durable, parent, parent_seq, why, opened_t) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, "forked" if opened_t else "", opened_t),
        )
