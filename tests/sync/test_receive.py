"""T11: the walk along a log: gaps, overlaps, repeats, forks, poison; each fact once, in one transaction."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import outbox
from storage.errors import StorageBusy, StorageDamaged, StorageFull
from storage.journal import MAX_LINE, Journal
from storage.promises import prepare_store
from storage.receive import Batch, BrokenChain, OwnLog, Verdict, accept
from storage.understand import MAX_CAUSAL, Why
from tests.sync.conftest import Opener
from tests.sync.facts import (
    FACTS_OF_A_VISIT,
    assert_same_facts,
    batch_by_hand,
    batch_of,
    has,
    line_by_hand,
    serve_visits,
    tables_of,
)

POISON: dict[Why, tuple[bytes, ...]] = {
    Why.UNREADABLE: (b"", b"not json", b"{}", b"\xff\xfe", b'{"s":"5"}', b"[" * 10_000),
    Why.TOO_LARGE: (line_by_hand(1, a="x" * MAX_LINE),),
    Why.NUL: (line_by_hand(1, a="\0"),),
    Why.OTHER_SEQ: (line_by_hand(99),),
    Why.BAD_ORDER: (line_by_hand(1, n=MAX_CAUSAL + 1), line_by_hand(1, n=5, of=[7, 9, "0" * 64])),
    Why.CARRIED: tuple(
        line_by_hand(1, of=of)
        for of in ([0, 1, "0" * 64], [7, 1, "00"], [7, 0, "0" * 64], [-1, 1, "0" * 64], [7, 1, "G" * 64])
    ),
    Why.UNKNOWN_KIND: (line_by_hand(1, kind="dragon.seen"), line_by_hand(1, v=2)),
    Why.BAD_DATA: (line_by_hand(1, d={"day": 1}), line_by_hand(1, d=[])),
    Why.REFUSED: (line_by_hand(1, t=2**70),),
}
CASES = [(why, line) for why, lines in POISON.items() for line in lines]


@pytest.fixture
def open_centre(tmp_path: Path) -> Opener:
    """A centre's file that holds nothing yet: who may send is asked before anything is received."""
    path = tmp_path / "centre.db"
    journal = Journal.open(path)
    journal.found("centre-1", "")
    prepare_store(journal)
    journal.close()
    return lambda: Journal.open(path)


def reseated(line: bytes, seq: int) -> bytes:
    return line.replace(b'"s": 1,', b'"s": %d,' % seq)


def test_a_batch_is_stored_counted_and_named(device: Journal, centre: Journal) -> None:
    serve_visits(device, 4)
    receipt = accept(centre, batch_of(device, 1, 20), 5)
    assert (receipt.verdict, receipt.have, receipt.common, receipt.rev) == (Verdict.STORED, 20, 20, 20)
    assert receipt.head == outbox.standing(device).head
    assert receipt.store
    assert receipt.quarantined == ()
    assert_same_facts(device, centre)
    assert centre.database.rows("SELECT first, last, received_t FROM segment") == [(1, 20, 5)]
    body = centre.database.value("SELECT body FROM segment")
    assert bytes(body) == batch_of(device, 1, 20).body


def test_a_gap_stores_nothing(device: Journal, centre: Journal) -> None:
    serve_visits(device, 4)
    accept(centre, batch_of(device, 1, 5), 0)
    receipt = accept(centre, batch_of(device, 7, 5), 0)
    assert (receipt.verdict, receipt.have, receipt.common) == (Verdict.GAP, 5, 5)
    assert has(centre, device) == 5


def test_a_heartbeat_stores_nothing_and_answers(device: Journal, centre: Journal) -> None:
    serve_visits(device, 1)
    assert accept(centre, batch_of(device, 1, 0), 0).have == 0
    accept(centre, batch_of(device, 1, 5), 0)
    receipt = accept(centre, batch_of(device, 6, 0), 0)
    assert (receipt.verdict, receipt.have, receipt.common) == (Verdict.STORED, 5, 5)
    assert centre.database.value("SELECT count(*) FROM segment") == 1


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 25)), max_size=15), st.integers(0, 10**9))
def test_any_cuts_in_any_order_give_every_fact_once(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[int, int]], salt: int
) -> None:
    folder = tmp_path_factory.mktemp("walk")
    device, centre = Journal.open(folder / "hall.db"), Journal.open(folder / "centre.db")
    device.found(f"n-{salt}", "3301")
    centre.found("centre-1", "")
    serve_visits(device, 8)
    for first, n in cuts:
        before = has(centre, device)
        receipt = accept(centre, batch_of(device, first, n), 0)
        assert receipt.verdict is (Verdict.GAP if first - 1 > before else Verdict.STORED)
        assert receipt.have == has(centre, device) >= before
    accept(centre, batch_of(device, has(centre, device) + 1, 40), 0)
    assert_same_facts(device, centre)
    device.close()
    centre.close()


def test_a_broken_chain_is_refused(device: Journal, centre: Journal) -> None:
    serve_visits(device, 1)
    batch = batch_of(device, 1, 5)
    swapped = msgspec.structs.replace(batch, lines=(batch.lines[1], batch.lines[0], *batch.lines[2:]))
    with pytest.raises(BrokenChain):
        accept(centre, swapped, 0)
    assert has(centre, device) == 0


def test_nobody_writes_the_centres_own_log(centre: Journal) -> None:
    with pytest.raises(OwnLog):
        accept(centre, batch_by_hand("centre-1", [line_by_hand(1)]), 0)


def test_two_writers_of_one_log_are_seen_where_they_part(device: Journal, centre: Journal, tmp_path: Path) -> None:
    serve_visits(device, 2)
    device.database.execute("VACUUM INTO ?", (str(tmp_path / "clone.db"),))
    clone = Journal.open(tmp_path / "clone.db")
    serve_visits(device, 1, start=2)
    serve_visits(clone, 2, start=500)
    accept(centre, batch_of(device, 1, 15), 0)
    before = tables_of(centre)
    overlapping = accept(centre, batch_of(clone, 6, 15), 0)
    assert (overlapping.verdict, overlapping.common, overlapping.have) == (Verdict.FORK, 10, 15)
    beyond = accept(centre, batch_of(clone, 16, 5), 0)
    assert (beyond.verdict, beyond.common, beyond.have) == (Verdict.FORK, 0, 15)
    assert tables_of(centre) == before
    assert has(centre, device) == 15
    clone.close()


@pytest.mark.parametrize(("why", "line"), CASES, ids=[f"{why}-{n}" for n, (why, _) in enumerate(CASES)])
def test_poison_is_kept_and_stops_nothing(centre: Journal, why: Why, line: bytes) -> None:
    lines = [line_by_hand(1), reseated(line, 2), line_by_hand(3)]
    receipt = accept(centre, batch_by_hand("n-9", lines), 0)
    assert (receipt.verdict, receipt.have) == (Verdict.STORED, 3)
    assert receipt.quarantined == ((2, str(why)),)
    assert [bytes(row[0]) for row in centre.database.rows("SELECT line FROM event ORDER BY pos")] == lines
    assert centre.database.rows("SELECT number FROM ticket ORDER BY number") == [("B001",), ("B003",)]
    assert centre.database.value("SELECT max(tickets) FROM figure") == 2
    assert accept(centre, batch_by_hand("n-9", lines), 0).quarantined == receipt.quarantined


def test_an_escaped_backslash_is_not_a_nul(centre: Journal) -> None:
    assert accept(centre, batch_by_hand("n-9", [line_by_hand(1, a="\\u0000")]), 0).quarantined == ()


@pytest.mark.postgresql
def test_poison_is_poison_on_both_engines(centre: Journal, postgresql_centre: Journal) -> None:
    lines = [reseated(line, seq) for seq, (_, line) in enumerate(CASES, 1)]
    batch = batch_by_hand("n-9", [*lines, line_by_hand(len(lines) + 1, a='"{,}\\ NULL 税')])
    receipts = [accept(journal, batch, 0) for journal in (centre, postgresql_centre)]
    assert receipts[0].quarantined == receipts[1].quarantined
    assert [why for _, why in receipts[0].quarantined] == [str(why) for why, _ in CASES]
    assert tables_of(centre) == tables_of(postgresql_centre)


def test_own_facts_and_received_ones_share_one_order(device: Journal, centre: Journal) -> None:
    serve_visits(device, 2)
    accept(centre, batch_of(device, 1, 10), 0)
    serve_visits(centre, 1, start=900)
    serve_visits(device, 1, start=2)
    accept(centre, batch_of(device, 11, 5), 0)
    rows = centre.database.rows("SELECT node, seq FROM event ORDER BY pos")
    assert [row[1] for row in rows] == [*range(1, 11), *range(1, 6), *range(11, 16)]
    own = centre.database.value("SELECT line FROM event WHERE node = 'centre-1' AND seq = 1")
    assert msgspec.json.decode(bytes(own))["n"] == 11
    assert centre.database.value("SELECT value FROM meta WHERE name = 'causal'") == "15"


def test_a_full_store_keeps_nothing_and_goes_on_when_there_is_room(device: Journal, centre: Journal) -> None:
    serve_visits(device, 100)
    pages = centre.database.value("PRAGMA page_count")
    centre.database.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StorageFull):
        accept(centre, batch_of(device, 1, 500), 0)
    centre.database.execute("PRAGMA max_page_count = 1000000")
    assert has(centre, device) == 0
    accept(centre, batch_of(device, 1, 500), 0)
    assert_same_facts(device, centre)


def test_a_locked_store_is_busy(device: Journal, centre: Journal, open_centre: Opener) -> None:
    serve_visits(device, 1)
    other = open_centre()
    centre.database.execute("PRAGMA busy_timeout = 20")
    with other.transaction(), pytest.raises(StorageBusy):
        accept(centre, batch_of(device, 1, 5), 0)
    other.close()
    assert accept(centre, batch_of(device, 1, 5), 0).have == FACTS_OF_A_VISIT


def test_a_missing_line_of_the_centre_is_said(device: Journal, centre: Journal) -> None:
    serve_visits(device, 2)
    accept(centre, batch_of(device, 1, 10), 0)
    centre.database.execute("DELETE FROM event WHERE seq = 5")
    with pytest.raises(StorageDamaged):
        accept(centre, batch_of(device, 1, 5), 0)


def test_an_interrupted_transaction_leaves_nothing(device: Journal, centre: Journal) -> None:
    serve_visits(device, 1)
    whole: Batch = batch_of(device, 1, 5)
    centre.database.execute(
        "CREATE TRIGGER late BEFORE INSERT ON log BEGIN SELECT raise(ABORT, 'database is locked'); END"
    )
    with pytest.raises(StorageBusy):
        accept(centre, whole, 0)
    counts = [
        centre.database.value(f"SELECT count(*) FROM {table}") for table in ("event", "segment", "ticket", "figure")
    ]
    assert counts == [0, 0, 0, 0]
