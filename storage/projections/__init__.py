"""Facts into tables: for each kind the statements it executes. Any interleaving of logs gives equal tables.

Three kinds of change commute: columns that one fact alone sets (*opening*), sums (*adding*), and groups of columns
where the causally last fact wins (*latest*). The causal order of a fact is its ``n`` (a Lamport counter: larger than that of
every fact its node had seen), then its chain hash; no clock is involved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from storage.database import Database
from storage.facts import KINDS, Fact
from storage.projections import counter, devices, nodes, ratings, reference  # noqa: F401  (they register themselves)
from storage.projections.register import PROJECTIONS, Placed
from storage.statements import Statement, Values, merged
from storage.upcast import upcast

__all__ = ["Placed", "Unknown", "decode", "project", "project_one"]


class Unknown(Exception):
    """A kind or kind version that this program does not know: kept, forwarded, projected after the upgrade."""


def decode(kind: str, version: int, data: bytes | msgspec.Raw) -> Fact:
    """The typed fact of a line; raises Unknown, or msgspec.DecodeError / ValidationError for broken data."""
    known = KINDS.get(kind)
    if known is None or version > known.version:
        raise Unknown(kind)
    if version == known.version:
        return msgspec.json.decode(data, type=known)
    try:
        newer = upcast(kind, msgspec.json.decode(data, type=dict[str, Any]), version, known.version)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise msgspec.ValidationError(f"version {version}") from error
    return msgspec.convert(newer, known)


def project(database: Database, placed: Iterable[Placed]) -> None:
    """Execute the statements of many facts, grouped by statement, one row a key."""
    groups: dict[Statement, dict[Values, Values]] = defaultdict(dict)
    for one in placed:
        function = PROJECTIONS.get(one.fact.kind)
        if function is not None:
            for statement, values in function(one):
                rows = groups[statement]
                key = values[: statement.keys]
                before = rows.get(key)
                rows[key] = values if before is None else merged(statement, before, values)
    for statement, rows in groups.items():
        database.run_many(statement.sql, rows.values())


def project_one(database: Database, placed: Placed) -> None:
    """Execute the statements of one fact."""
    function = PROJECTIONS.get(placed.fact.kind)
    if function is not None:
        for statement, values in function(placed):
            database.execute(statement.sql, values)
