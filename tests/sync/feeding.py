"""Halls that a centre feeds: how they join, what is told, what came."""

from __future__ import annotations

from pathlib import Path

from storage import facts as f
from storage import feed, nodes
from storage.feed import Origin
from storage.journal import Journal
from storage.vault import Vault
from sync.client import Result, SyncClient
from sync.keys import NodeKey
from tests.sync.facts import at
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY

CITY, HALL, OTHER = "360600", "360600001", "360602001"
NODE = "360600001-01"


def join_hall(centre: Journal, hall: Journal, key: NodeKey) -> None:
    who = hall.identity
    tell(centre, f.NodeEnrolled(node=who.node, scope=who.hall, key=key.public, box=key.public_box))
    nodes.enrolled_with(hall, nodes.Upstream(centre.identity.node, CENTRE_KEY.public, CENTRE_KEY.public_box, who.hall))


def tell(journal: Journal, *facts: f.Fact) -> list[str]:
    with journal.write("-", at(1)) as tx:
        return [tx.record(fact) for fact in facts]


def person(number: str, hall: str = CITY) -> f.StaffSet:
    return f.StaffSet(number, f"name of {number}", hall)


def matter(limit_min: int, number: int = 1, **values: object) -> f.ServiceTypeSet:
    return f.ServiceTypeSet("A01", "登记", "registration", "A", "A", limit_min, number, **values)  # type: ignore[arg-type]


def client_of(hall: Journal, url: str, key: NodeKey = DEVICE_KEY, vault: Path | None = None) -> SyncClient:
    path = Path(hall.database.where)
    return SyncClient(
        lambda: Journal.open(path), url, key, open_vault=(lambda: Vault.open(vault)) if vault else None, app="1.0"
    )


def exchange(client: SyncClient, second: int = 10) -> None:
    """Until nothing waits on either side."""
    for n in range(50):
        outcome = client.step(at(second + n))
        assert outcome.result is Result.STORED, outcome
        if outcome.wait_s:
            return
    raise AssertionError("it never ends")


def lines_of(journal: Journal) -> list[Origin]:
    return feed.stored(journal.database)


def kinds_of(journal: Journal) -> set[str]:
    return {kind for (kind,) in journal.database.rows("SELECT kind FROM feed WHERE above = 1")}
