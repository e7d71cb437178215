"""Facts into tables: for each kind the statements it executes. Any interleaving of logs gives equal tables.

Three kinds of change commute: columns that one fact alone sets (*opening*), sums (*adding*), and groups of columns
where the causally last fact wins (*latest*). The causal order of a fact is its ``n`` (a Lamport counter: larger than that of
every fact its node had seen), then its chain hash; no clock is involved.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from storage.database import Database
from storage.facts import KINDS, Fact
from storage.folding import Batch, Change
from storage.projections import (  # noqa: F401  (they register themselves)
    assessment,
    attendance,
    calendar,
    cases,
    claims,
    counter,
    devices,
    dispatch,
    mirror,
    nodes,
    outages,
    quality,
    ratings,
    reconciliation,
    reference,
    rollup,
)
from storage.projections.register import PROJECTIONS, Placed
from storage.statements import whole
from storage.upcast import upcast

__all__ = ["Placed", "Unknown", "changes_of", "decode", "project", "project_one"]


class Unknown(Exception):
    """A kind or kind version that this program does not know: kept, forwarded, projected after the upgrade."""


def decode(kind: str, version: int, data: bytes | msgspec.Raw) -> Fact:
    """The typed fact of a line; raises Unknown, or msgspec.DecodeError / ValidationError for broken data."""
    known = KINDS.get(kind)
    if known is None or version > known.version:
        raise Unknown(kind)
    if version == known.version:
        return _decoder(kind).decode(data)
    try:
        newer = upcast(kind, msgspec.json.decode(data, type=dict[str, Any]), version, known.version)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise msgspec.ValidationError(f"version {version}") from error
    return msgspec.convert(newer, known)


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[Fact]:
    return msgspec.json.Decoder(KINDS[kind])


def project(database: Database, placed: Iterable[Placed]) -> None:
    """Execute what many facts change: one row a key, however many facts change it (:mod:`storage.folding`)."""
    for change in changes_of(placed):
        database.run_many(change.sql, change.rows)


def changes_of(placed: Iterable[Placed]) -> list[Change]:
    """What many facts change."""
    batch = Batch()
    for one in placed:
        function = PROJECTIONS.get(one.fact.kind)
        if function is not None:
            batch.add(one.hall, function(one))
    return list(batch.folded())


def project_one(database: Database, placed: Placed) -> None:
    """Execute the statements of one fact."""
    function = PROJECTIONS.get(placed.fact.kind)
    if function is not None:
        for step in function(placed):
            statement = step.statement
            every = whole(statement, step.values, placed.hall)
            if statement.also is None:
                database.execute(statement.sql, every)
            else:
                database.run_few(statement.sql, (every, *statement.also(every)))
