"""A hall and its centre, both on real files, and a real line between them: what people decide at either of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hallterm.workflows.desk import Desk
from hallterm.workflows.of_a_hall import in_hall
from storage import clock
from storage import facts as f
from storage.database import Database
from storage.doctor import verify_chain
from storage.facts import Moment, Role
from storage.journal import Journal
from storage.local import Board
from storage.promises import prepare_store
from storage.rebuild import compare
from storage.vault import Vault
from sync.client import Result, SyncClient
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import MEI, WEI, Shift
from tests.sync.centres import centre_in_thread
from tests.sync.feeding import client_of, join_hall
from tests.sync.trust import DEVICE_KEY

CITY = "360600"
LEADER, DIRECTOR = "0301", "0302"
BUREAU, ASSESSOR, DEPT = "0304", "0801", "0900"
ABOVE = (
    (BUREAU, "陈局", Role.BUREAU_LEADER),
    (ASSESSOR, "赵敏", Role.ASSESSOR),
    (DEPT, "孙征管", Role.COLLECTION_DEPT),
)
IN_HALL = (
    *((LEADER, "周磊", Role.DUTY_LEADER), (DIRECTOR, "王建", Role.HALL_DIRECTOR)),
    *((MEI, "张晓梅", Role.CLERK), (WEI, "李伟", Role.CLERK)),
)


class Pair:
    """The hall of a shift and its centre; ``exchange`` brings each what the other has."""

    def __init__(self, shift: Shift, centre: Journal, board: Board, vault: Vault, client: SyncClient) -> None:
        self.shift, self.centre, self.client = shift, centre, client
        self._board, self._vault = board, vault

    @property
    def hall(self) -> Database:
        return self.shift.db

    def above(self, staff: str, hall: str = HALL) -> Desk:
        """Somebody at the centre who decides about a hall."""
        return in_hall(Desk(self.centre, self._board, "", "", staff, vault=self._vault), hall)

    def here(self, staff: str) -> Desk:
        return self.shift.stores.desk(0, staff)

    def exchange(self) -> None:
        for _n in range(50):
            outcome = self.client.step(_now())
            assert outcome.result is Result.STORED, outcome
            if outcome.wait_s:
                return
        raise AssertionError("it never ends")

    def check(self) -> None:
        """The tables of both are what their journals say, and every chain holds."""
        for database in (self.hall, self.centre.database):
            assert verify_chain(database).holds
            assert compare(database) == []
            assert database.rows("SELECT why FROM quarantine WHERE why <> 'other_place'") == []


def _now() -> Moment:
    return clock.now()


@contextmanager
def paired(shift: Shift, folder: Path) -> Iterator[Pair]:
    """The hall is enrolled; who stands above it is known at the centre, who works in it in the hall."""
    folder.mkdir()
    path = folder / "centre.db"
    centre = Journal.open(path)
    centre.found("centre-1", "")
    prepare_store(centre)
    join_hall(centre, shift.stores.journal, DEVICE_KEY)
    with centre.write("0001", at("08:05")) as tx:
        for number, name, role in ABOVE:
            tx.record(f.StaffSet(number, name, CITY))
            tx.record(f.GrantSet(number, role, CITY))
    with shift.stores.journal.write("0001", at("08:06")) as tx:
        for number, name, role in IN_HALL:
            tx.record(f.StaffSet(number, name, HALL))
            tx.record(f.GrantSet(number, role, HALL))
    board, vault = Board(folder / "local.db"), Vault.open(folder)
    with centre_in_thread(lambda: Journal.open(path)) as url:
        client = client_of(shift.stores.journal, url)
        try:
            pair = Pair(shift, centre, board, vault, client)
            pair.exchange()
            yield pair
        finally:
            client.close()
            board.close()
            vault.close()
            centre.close()
