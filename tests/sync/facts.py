"""A hall's day in facts, batches cut from a log, and what two stores must have in common."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from storage import outbox
from storage.chain import first_hash, next_hash
from storage.database import Row
from storage.facts import Moment, RatingGiven, Scale, ServiceFinished, ServiceStarted, TicketCalled, TicketIssued
from storage.journal import Journal
from storage.receive import Batch
from storage.tables import DERIVED_MODELS

DAY, WINDOW, CLERK, MATTER = "2026-03-02", "3301-03", "1007", "010101"
TABLES = tuple(model._meta.table_name for model in DERIVED_MODELS if model._meta.table_name not in ("node", "carried"))
"""All but the register of nodes and the lines that told a fact first, which are the centre's own."""
LINES = "SELECT seq, line, hash FROM event WHERE node = ? AND epoch = ? ORDER BY pos"
FACTS_OF_A_VISIT = 5


def at(second: int) -> Moment:
    return Moment(t=1_772_400_000_000 + second * 1000, m=second * 1000, boot="b0")


def serve_visits(journal: Journal, visits: int, start: int = 0, window: str = WINDOW) -> None:
    """Record so many whole visits: ticket, call, service, finish, rating."""
    with journal.write(CLERK, at(start)) as tx:
        for n in range(start, start + visits):
            number = f"A{n:04d}"
            ticket = tx.record(TicketIssued(day=DAY, number=number, prefix="A"))
            tx.record(
                TicketCalled(
                    ticket=ticket,
                    number=number,
                    window=window,
                    staff=CLERK,
                    nth=1,
                    day=DAY,
                    prefix="A",
                    wait_s=n % 600,
                )
            )
            service = tx.record(
                ServiceStarted(window=window, staff=CLERK, day=DAY, code=MATTER, number=1, limit_s=600, ticket=ticket)
            )
            tx.record(finished(service, ticket, counted_s=n % 700, window=window))
            tx.record(rated(service, ticket, wid=n + 1, level=n % 5 + 1, window=window))


def finished(service: str, ticket: str, counted_s: int, window: str = WINDOW) -> ServiceFinished:
    return ServiceFinished(
        service=service,
        visit=service,
        window=window,
        staff=CLERK,
        day=DAY,
        code=MATTER,
        number=1,
        quantity=1,
        wall_s=counted_s,
        excluded_s=0,
        counted_s=counted_s,
        limit_s=600,
        overtime=counted_s > 600,
        std_milliminutes=6000,
        ticket=ticket,
    )


def rated(service: str, ticket: str, wid: int, level: int, window: str = WINDOW) -> RatingGiven:
    return RatingGiven(
        service=service,
        visit=service,
        window=window,
        staff=CLERK,
        code=MATTER,
        day=DAY,
        wid=wid,
        pad="pad-1",
        key=level,
        level=level,
        scale=Scale.FIVE_SEED,
        t_ms=900,
        held_ms=120,
        map_hash="00",
        ask="",
        ticket=ticket,
    )


def batch_of(journal: Journal, first: int, n: int) -> Batch:
    """``n`` lines of the own log from ``first`` on."""
    own = outbox.standing(journal)
    rows = outbox.unsent(journal, own._replace(acked=first - 1), n)
    prev = outbox.hash_at(journal, own, first - 1)
    assert prev is not None
    lines = tuple(line for line, _ in rows)
    return Batch(own.node, own.epoch, first, prev, rows[-1][1] if rows else prev, lines, b"\n".join(lines))


def batch_by_hand(node: str, lines: Sequence[bytes]) -> Batch:
    """The beginning of a log that no journal of ours would write."""
    prev = head = first_hash(node, 0)
    for line in lines:
        head = next_hash(head, line)
    return Batch(node, 0, 1, prev, head, tuple(lines), b"\n".join(lines))


def line_by_hand(seq: int, kind: str = "ticket.issued", **changes: object) -> bytes:
    """A line as text, with anything in it."""
    data: dict[str, object] = {"day": DAY, "number": f"B{seq:03d}", "prefix": "B"}
    line: dict[str, object] = {"s": seq, "k": kind, "v": 1, "t": 0, "m": 0, "b": "b", "a": "-", "h": "3301", "d": data}
    return json.dumps(line | changes).encode()


def tables_of(journal: Journal, tables: Iterable[str] = TABLES) -> dict[str, list[Row]]:
    """Everything derived from facts, in an order that does not depend on the engine."""
    rows = {table: journal.database.rows(f'SELECT * FROM "{table}"') for table in tables}
    return {table: sorted(found, key=repr) for table, found in rows.items()}


def assert_same_facts(device: Journal, centre: Journal) -> None:
    """The one thing that must hold: every fact once, in order, byte for byte, and counted once."""
    who = (device.identity.node, device.identity.epoch)
    sent, kept = device.database.rows(LINES, who), centre.database.rows(LINES, who)
    assert [row[0] for row in kept] == list(range(1, len(sent) + 1))
    assert [tuple(map(bytes_or_int, row)) for row in kept] == [tuple(map(bytes_or_int, row)) for row in sent]
    assert tables_of(centre) == tables_of(device)
    tickets = centre.database.value("SELECT tickets FROM figure WHERE period = ? AND code = 'A'", (DAY,))
    assert tickets == len(sent) // FACTS_OF_A_VISIT


def bytes_or_int(value: object) -> object:
    return value if isinstance(value, int) else bytes(value)  # type: ignore[call-overload]


def has(centre: Journal, device: Journal) -> int:
    """The last seq of the device's log that is on the centre's disk."""
    who = (device.identity.node, device.identity.epoch)
    return int(centre.database.value("SELECT have FROM log WHERE node = ? AND epoch = ?", who) or 0)
