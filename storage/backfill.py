"""Sums that came with a later version of the tables, made from what is stored already.

Sums of finished services follow from their rows; what has no row is read from the lines. The same is done where a
snapshot of an older version is loaded, so that a rebuild gives the migrated tables.
"""

from __future__ import annotations

from typing import Any, Final

from storage.database import Database
from storage.projections import project
from storage.snapshots import position
from storage.tables import Figure
from storage.understand import Said, understood

OF_TIMED: Final = ("timed_wall_s", "timed_counted_s", "timed_limit_s", "timed_std_milliminutes")
SUMS: Final = (*OF_TIMED, "back_entries")
TIMED: Final = '"entry_mode" <> \'back_entry\' AND "suspicious" = 0'
BACK_ENTRY: Final = '"entry_mode" = \'back_entry\' AND "suspicious" = 0'
JUMPS: Final = (
    "SELECT e.node, e.epoch, e.seq, e.line, e.hash FROM event e WHERE e.pos > ? AND {told} > 0 "
    "AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.node = e.node AND q.epoch = e.epoch AND q.seq = e.seq)"
)
KIND: Final = '\'"k":"clock.jumped"\''
PERIODS: Final = ('"day"', 'substr("day", 1, 7)', 'substr("day", 1, 4)')


def backfill_services(database: Database) -> None:
    """Set the sums of timed services and back-entries from the rows of finished services."""
    database.execute('UPDATE service SET "counted_ord" = "end_ord" WHERE "counted_ord" = \'\'')
    parts = [f'sum(CASE WHEN {TIMED} THEN "{name.removeprefix("timed_")}" ELSE 0 END)' for name in OF_TIMED]
    parts.append(f"sum(CASE WHEN {BACK_ENTRY} THEN 1 ELSE 0 END)")
    sums = ", ".join(f'CAST({part} AS BIGINT) AS "{name}"' for part, name in zip(parts, SUMS, strict=True))
    changes = ", ".join(f'"{name}" = f."{name}"' for name in SUMS)
    for period in PERIODS:
        database.execute(
            f'UPDATE figure SET {changes} FROM (SELECT {period} AS period, "hall", "staff", "code", {sums} FROM service '
            f'WHERE "state" = \'finished\' GROUP BY {period}, "hall", "staff", "code") f WHERE figure.period = f.period '
            'AND figure."hall" = f."hall" AND figure."staff" = f."staff" AND figure."code" = f."code"'
        )


def backfill_years(database: Database) -> None:
    """Set the sums of years from those of their months."""
    meta: Any = Figure._meta
    keys = [field.column_name for field in meta.get_primary_keys()]
    names = [field.column_name for field in meta.sorted_fields if field.column_name not in keys]
    sums = ", ".join(f'CAST(sum("{name}") AS BIGINT)' for name in names)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in names)
    columns = ", ".join(f'"{name}"' for name in (*keys, *names))
    database.execute(
        f'INSERT INTO figure ({columns}) SELECT substr("period", 1, 4), "hall", "staff", "code", {sums} FROM figure '
        'WHERE length("period") = 7 GROUP BY 1, "hall", "staff", "code" '
        f'ON CONFLICT ("period", "hall", "staff", "code") DO UPDATE SET {changes}'
    )


def backfill_lines(database: Database) -> None:
    """Count the jumps of clocks that the lines after the snapshot tell of, each once however often it was carried."""
    text = "instr(CAST(e.line AS TEXT), {})" if database.sqlite else "strpos(convert_from(e.line, 'UTF8'), {})"
    said = (
        understood(node, int(epoch), int(seq), bytes(raw), bytes(digest))
        for node, epoch, seq, raw, digest in database.rows(JUMPS.format(told=text.format(KIND)), (position(database),))
    )
    found = (one.placed for one in said if isinstance(one, Said))
    jumps = {one.id: one for one in found if one is not None and one.fact.kind == "clock.jumped"}
    project(database, jumps.values())
