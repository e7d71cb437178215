"""A centre does not read again what it has just stored, and still misses nothing that travels down."""

from __future__ import annotations

import pytest

from storage.facts import HallSet
from storage.feed_index import FeedIndex
from storage.journal import Journal
from storage.receive import accept
from tests.sync.facts import FACTS_OF_A_VISIT, at, batch_of, serve_visits

KINDS = "SELECT kind FROM feed ORDER BY rev"


class Reading:
    """What the index reads of the journal."""

    def __init__(self, centre: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lines = 0
        read = centre.database.rows

        def counted(sql: str, *params: object) -> list[tuple[object, ...]]:
            found = read(sql, *params)  # type: ignore[arg-type]
            self.lines += len(found) if "FROM event WHERE pos >" in sql else 0
            return found

        monkeypatch.setattr(centre.database, "rows", counted)


def test_lines_of_a_working_day_are_not_read_again(
    device: Journal, centre: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_visits(device, 4)
    index, reading = FeedIndex(centre), Reading(centre, monkeypatch)
    index.catch_up()
    before = reading.lines
    for first in (1, 11):
        receipt = accept(centre, batch_of(device, first, 2 * FACTS_OF_A_VISIT), 9)
        assert (receipt.added, receipt.rev) == (10, centre.last_pos())
        index.pass_over(receipt)
        index.catch_up()
    assert reading.lines == before
    repeated = accept(centre, batch_of(device, 11, 10), 9)
    assert (repeated.added, repeated.kinds) == (0, frozenset())


def test_a_batch_with_something_for_those_below_is_read(device: Journal, centre: Journal) -> None:
    serve_visits(device, 1)
    with device.write("-", at(9)) as tx:
        tx.record(HallSet("3301", "hall"))
    index = FeedIndex(centre)
    index.catch_up()
    index.pass_over(accept(centre, batch_of(device, 1, FACTS_OF_A_VISIT + 1), 9))
    index.catch_up()
    assert centre.database.rows(KINDS) == [(HallSet.kind,)]


def test_what_came_in_between_is_not_passed_over(device: Journal, centre: Journal) -> None:
    """Another process of the centre recorded something before the batch was stored."""
    serve_visits(device, 1)
    index = FeedIndex(centre)
    index.catch_up()
    with centre.write("-", at(9)) as tx:
        tx.record(HallSet("3301", "hall"))
    index.pass_over(accept(centre, batch_of(device, 1, FACTS_OF_A_VISIT), 9))
    index.catch_up()
    assert centre.database.rows(KINDS) == [(HallSet.kind,)]
