"""A number host passes on to the centre what its PCs sent: byte for byte, each fact once, and nobody else's word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import clock, contacts, relays
from storage.facts import (
    CommentWritten,
    FaultKind,
    HallSet,
    NodeEnrolled,
    OutageConfirmed,
    OutageDeclared,
    TicketIssued,
)
from storage.journal import Journal
from storage.promises import prepare_store
from storage.rebuild import compare
from storage.views.outages import outage
from sync.client import SyncClient
from sync.keys import NodeKey
from sync.post import Post, Refused
from sync.relay import pass_on
from tests.sync.centres import centre_in_thread
from tests.sync.trust import CENTRE_KEY, DEVICE_KEY, enrolled

HALL = "360600001"
HOST_KEY = NodeKey.make()
LINES = "SELECT node, seq, line FROM event WHERE node = ? ORDER BY seq"


def opened(path: Path, node: str, hall: str) -> Journal:
    journal = Journal.open(path)
    journal.found(node, hall)
    return journal


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[Journal, Journal, Journal]]:
    """A centre, the number host of a hall, a PC of it; the PC has sent three tickets to the number host."""
    centre = opened(tmp_path / "centre.db", "centre-1", "")
    host, pc = opened(tmp_path / "host.db", f"{HALL}-01", HALL), opened(tmp_path / "pc.db", f"{HALL}-02", HALL)
    enrolled(host, centre, HOST_KEY, CENTRE_KEY)
    enrolled(pc, host, DEVICE_KEY, CENTRE_KEY)
    prepare_store(host)
    with pc.write("-", clock.now()) as tx:
        for number in range(1, 4):
            tx.record(TicketIssued("2026-11-24", f"B00{number}", "B"))
    with centre_in_thread(lambda: Journal.open(tmp_path / "host.db")) as url:
        send(tmp_path / "pc.db", url, DEVICE_KEY)
    yield centre, host, pc
    for journal in (centre, host, pc):
        journal.close()


def send(path: Path, url: str, key: NodeKey) -> None:
    client = SyncClient(lambda: Journal.open(path), url, key)
    assert client.step(clock.now()).waiting == 0
    client.close()


def test_what_pcs_sent_arrives_once_and_as_it_was_signed(
    files: tuple[Journal, Journal, Journal], tmp_path: Path
) -> None:
    centre, host, pc = files
    with centre_in_thread(lambda: Journal.open(tmp_path / "centre.db")) as url:
        post = Post(url)
        with pytest.raises(Refused):  # the centre does not know that PC before its number host says so
            pass_on(host, post)
        send(tmp_path / "host.db", url, HOST_KEY)
        assert pass_on(host, post) == 1
        assert pass_on(host, post) == 0
        assert relays.waiting(host) == []
        relays.passed_on(host, relays.Waiting(f"{HALL}-02", 0, 3), 0, 0)  # the mark was lost: nothing is counted twice
        assert pass_on(host, post) == 1
        post.close()
    node = (f"{HALL}-02",)
    assert centre.database.rows(LINES, node) == pc.database.rows(LINES, node)
    assert centre.database.value("SELECT count(*) FROM ticket") == 3
    assert not centre.database.rows("SELECT * FROM quarantine")
    heard = contacts.kept(centre.database)[f"{HALL}-02"]  # it never comes itself, and is not silent for that
    assert (heard.contact_t > 0, heard.app, heard.feed_rev) == (True, "", 0)


def test_what_the_centre_decided_arrives_through_the_number_host_at_its_pcs(
    files: tuple[Journal, Journal, Journal], tmp_path: Path
) -> None:
    """About a fault that the PC itself reported, and once, however often all of them ask."""
    centre, host, pc = files
    with pc.write("0301", clock.now()) as tx:
        fault = tx.record(OutageDeclared(FaultKind.POWER, "2026-11-24", clock.now().t))
    with centre_in_thread(lambda: Journal.open(tmp_path / "host.db")) as url:
        send(tmp_path / "pc.db", url, DEVICE_KEY)
    with centre_in_thread(lambda: Journal.open(tmp_path / "centre.db")) as url:
        send(tmp_path / "host.db", url, HOST_KEY)
        post = Post(url)
        while pass_on(host, post):
            pass
        post.close()
        with centre.speaking_of(HALL).write("0900", clock.now()) as tx:
            tx.record(OutageConfirmed(fault, "2026-11-24", whole=True))
            tx.record(CommentWritten("0301", "2026-W48", "稳"))
        for _again in range(2):
            send(tmp_path / "host.db", url, HOST_KEY)
    with centre_in_thread(lambda: Journal.open(tmp_path / "host.db")) as url:
        for _again in range(2):
            send(tmp_path / "pc.db", url, DEVICE_KEY)
    for journal in (centre, host, pc):
        row = outage(journal.database, fault)
        assert row is not None
        assert (row.confirmed_by, row.whole) == ("0900", True), journal.identity.node
        assert compare(journal.database) == []
        assert not journal.database.rows("SELECT * FROM quarantine")
    told = pc.database.rows("SELECT kind, node FROM feed WHERE above = 1 AND key LIKE 'decided/%' ORDER BY rev")
    assert told == [("outage.confirmed", "centre-1"), ("comment.written", "centre-1")]


def test_only_the_first_node_of_a_hall_takes_others_in_and_only_there(
    files: tuple[Journal, Journal, Journal], tmp_path: Path
) -> None:
    centre, host, pc = files
    key = NodeKey.make().public
    with host.write("-", clock.now()) as tx:
        tx.record(NodeEnrolled(node="360600002-05", scope="360600002", key=key))
        tx.record(NodeEnrolled(node="360600002-05", scope=HALL, key=key))
        tx.record(NodeEnrolled(node=f"{HALL}-01", scope=HALL, key=key))
        tx.record(HallSet(HALL, "市办税厅"))
    with pc.write("-", clock.now()) as tx:
        tx.record(NodeEnrolled(node=f"{HALL}-09", scope=HALL, key=key))
    with centre_in_thread(lambda: Journal.open(tmp_path / "host.db")) as url:
        send(tmp_path / "pc.db", url, DEVICE_KEY)
    with centre_in_thread(lambda: Journal.open(tmp_path / "centre.db")) as url:
        send(tmp_path / "host.db", url, HOST_KEY)
        post = Post(url)
        while pass_on(host, post):
            pass
        post.close()
    aside = centre.database.rows("SELECT node, count(*) FROM quarantine GROUP BY node ORDER BY node")
    assert aside == [(f"{HALL}-01", 3), (f"{HALL}-02", 1)]
