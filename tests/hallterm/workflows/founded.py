"""A founded hall on real files: journal, board and vault in a folder, and moments of a working Tuesday."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from hallterm.locale import use
from hallterm.rules.day import ZONE
from hallterm.workflows.desk import Desk
from hallterm.workflows.setup import FirstRun, WindowSpec, first_run
from storage import clock
from storage.facts import Moment
from storage.journal import Journal
from storage.local import Board
from storage.vault import Vault

HALL = "360600001"
ADMIN = "0001"
PASSWORD = "correct horse"
RUN = FirstRun(
    hall_name="市办税厅",
    hall_code=HALL,
    windows=(WindowSpec(1, ("A", "B"), ("C",)), WindowSpec(2, ("B",)), WindowSpec(3)),
    admin_number=ADMIN,
    admin_name="王建国",
    password=PASSWORD,
)


def at(hh_mm: str, day: str = "2026-11-24", second: float = 0) -> Moment:
    """A moment of this boot at a time of the hall's clocks."""
    wall = datetime.fromisoformat(f"{day}T{hh_mm}").replace(tzinfo=ZONE) + timedelta(seconds=second)
    t = int(wall.timestamp() * 1000)
    return Moment(t=t, m=t - 1_790_000_000_000, boot=clock.BOOT)


class Stores:
    """The three files of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal.open(folder / "hall.db")
        self.board = Board(folder / "local.db")
        self.vault = Vault.open(folder)

    def desk(self, window: int = 0, staff: str = "") -> Desk:
        place = f"{HALL}-{window:02d}" if window else ""
        return Desk(self.journal, self.board, HALL, place, staff, vault=self.vault)

    def kinds(self) -> list[str]:
        """Kinds of all facts, oldest first."""
        import json

        rows = self.journal.database.rows("SELECT line FROM event ORDER BY pos")
        return [json.loads(bytes(row[0]))["k"] for row in rows]

    def facts(self, kind: str) -> list[dict[str, object]]:
        """The data of all facts of a kind."""
        import json

        rows = self.journal.database.rows("SELECT line FROM event ORDER BY pos")
        lines = [json.loads(bytes(row[0])) for row in rows]
        return [line["d"] for line in lines if line["k"] == kind]

    def close(self) -> None:
        self.journal.close()
        self.board.close()
        self.vault.close()


@contextmanager
def founded(folder: Path, run: FirstRun = RUN, day: str = "2026-11-24") -> Iterator[Stores]:
    """Found the hall at eight in the morning of a day."""
    use("en")
    stores = Stores(folder)
    try:
        first_run(stores.journal, stores.vault, run, at("08:00", day))
        yield stores
    finally:
        stores.close()
