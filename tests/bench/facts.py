"""Facts recorded a second, as a ratio to bare SQLite that executes the same statements with the same durability.

One pass through the journal writes down every statement that reaches SQLite. The same work is then timed through the
journal, and the statements alone on a connection with the same pragmas, in turns, on copies of one file. The tables of
both must be equal at the end, or the figures mean nothing.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2

from storage.facts import Fact, Moment, ServiceStarted, TicketCalled, TicketIssued
from storage.journal import Journal
from tests.bench.figure import Figure
from tests.sync.facts import CLERK, DAY, MATTER, WINDOW, at, finished, rated, tables_of

ROUNDS = 25
VISITS = 8
FACTS_OF_A_VISIT = 5
PRAGMAS = ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "cache_size")

Statement = tuple[str, Sequence[Any]]
Work = Callable[[Journal, int], None]


def facts_of_a_visit(record: Callable[[Fact], str], n: int) -> None:
    """Ticket, call, service, finish, rating."""
    number = f"A{n:05d}"
    ticket = record(TicketIssued(day=DAY, number=number, prefix="A"))
    called = TicketCalled(
        ticket=ticket, number=number, window=WINDOW, staff=CLERK, nth=1, day=DAY, prefix="A", wait_s=9
    )
    record(called)
    service = record(
        ServiceStarted(window=WINDOW, staff=CLERK, day=DAY, code=MATTER, number=1, limit_s=600, ticket=ticket)
    )
    record(finished(service, ticket, counted_s=n % 700))
    record(rated(service, ticket, wid=n + 1, level=n % 5 + 1))


def one_by_one(journal: Journal, n: int) -> None:
    """A visit whose facts are committed one by one, as at a counter."""

    def record(fact: Fact) -> str:
        with journal.write(CLERK, moment(n)) as tx:
            return tx.record(fact)

    facts_of_a_visit(record, n)


def together(journal: Journal, n: int) -> None:
    """A visit in one transaction: how much the commit costs."""
    with journal.write(CLERK, moment(n)) as tx:
        facts_of_a_visit(tx.record, n)


def moment(n: int) -> Moment:
    """A minute a visit."""
    return at(n * 60)


def run() -> list[Figure]:
    """Both ways of committing."""
    figures = []
    for name, work in (("one fact a commit", one_by_one), ("five facts a commit", together)):
        house, bare, ratio = rates(work)
        figures += [
            Figure(f"facts/s, {name}", round(house), "1/s"),
            Figure(f"facts/s of bare SQLite, {name}", round(bare), "1/s", note="same statements, same pragmas"),
            Figure(f"ratio, {name}", round(ratio, 2), "", note="1 = as fast as bare SQLite"),
        ]
    return figures


def rates(work: Work) -> tuple[float, float, float]:
    """Facts a second through the journal and bare, and the first by the second; medians of the rounds.

    Rounds are short and in turns, so that whatever else the machine does falls on both.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        statements = recorded(folder, work)
        journal = Journal.open(folder / "timed.db")
        with bare_connection(folder / "bare.db", folder / "timed.db") as connection:
            house, bare = [], []
            for turn in range(ROUNDS):
                house.append(seconds(lambda turn=turn: visits(journal, work, turn)))  # type: ignore[misc]
                bare.append(seconds(lambda turn=turn: replay(connection, statements[turn])))  # type: ignore[misc]
        replayed = Journal.open(folder / "bare.db")
        if tables_of(journal) != tables_of(replayed):
            raise AssertionError("the replayed statements did not make the same tables")
        journal.close()
        replayed.close()
    facts = VISITS * FACTS_OF_A_VISIT
    ratio = statistics.median(alone / whole for alone, whole in zip(bare, house, strict=True))
    return facts / statistics.median(house), facts / statistics.median(bare), ratio


def recorded(folder: Path, work: Work) -> list[list[Statement]]:
    """The statements of each round; leaves two untouched copies of the file, to be timed."""
    journal = Journal.open(folder / "hall.db")
    journal.found("bench-1", "360600001")
    journal.close()
    for copy in ("timed.db", "bare.db"):
        shutil.copy(folder / "hall.db", folder / copy)
    journal = Journal.open(folder / "hall.db")
    journal.identity  # noqa: B018  (read once a process, not once a write)
    rounds = []
    for turn in range(ROUNDS):
        with statements_of(journal) as statements:
            visits(journal, work, turn)
        rounds.append(statements)
    journal.close()
    return rounds


@contextmanager
def statements_of(journal: Journal) -> Iterator[list[Statement]]:
    """Everything that reaches SQLite meanwhile; SQLite's own count of statements must agree."""
    database: Any = journal.database.peewee
    execute = database.execute_sql
    found: list[Statement] = []
    traced: list[str] = []

    def writing_down(sql: str, params: Sequence[Any] | None = None, *rest: Any, **options: Any) -> Any:
        found.append((sql, tuple(params or ())))
        return execute(sql, params, *rest, **options)

    database.execute_sql = writing_down
    database.connection().set_trace_callback(traced.append)
    try:
        yield found
    finally:
        database.connection().set_trace_callback(None)
        del database.execute_sql
    if len(found) != len(traced):
        raise AssertionError(f"{len(traced)} statements ran, {len(found)} were written down")


def visits(journal: Journal, work: Work, turn: int) -> None:
    for n in range(turn * VISITS, (turn + 1) * VISITS):
        work(journal, n)


@contextmanager
def bare_connection(path: Path, like: Path) -> Iterator[Any]:
    """A connection of the driver alone, with the pragmas that the house gives its own."""
    house = Journal.open(like)
    wanted = {name: house.database.value(f"PRAGMA {name}") for name in PRAGMAS}
    house.close()
    connection = dbapi2.connect(str(path), isolation_level=None)
    for name, value in wanted.items():
        connection.execute(f"PRAGMA {name} = {value}")
    try:
        yield connection
    finally:
        connection.close()


def replay(connection: Any, statements: Sequence[Statement]) -> None:
    """Execute, and read what is to be read."""
    for sql, params in statements:
        connection.execute(sql, params).fetchall()


def seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
