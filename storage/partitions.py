"""PostgreSQL's partitions of the two tables that grow with every day: segments by month of receipt, typed facts by
province and month. Made as needed, in the transaction that first needs them; SQLite keeps plain tables.

A row whose month no calendar of ours knows (a clock gone wild, a hostile day) rests in a default partition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from storage.database import Database, IntegrityError

BY_RECEIPT: Final = "PARTITION BY RANGE (received_t)"
BY_PROVINCE: Final = "PARTITION BY LIST (province)"
BY_DAY: Final = "PARTITION BY RANGE (day)"
KEYS: Final = {
    "segment": ("node", "epoch", "first", "last", "received_t"),
    "fact": ("province", "day", "hall", "node", "epoch", "seq"),
}
"""Primary keys there: a partitioned table's key holds the columns it is parted by."""
PARTED: Final = {"segment": BY_RECEIPT, "fact": BY_PROVINCE}
KIND: Final = "SELECT relkind::text FROM pg_class WHERE oid = to_regclass(?)"
MONTHS: Final = (
    "SELECT relname::text FROM pg_class WHERE relname ~ '^fact_[0-9]{2}_[0-9]{4}_[0-9]{2}$' AND relkind = 'r'"
)
FIRST_YEAR, LAST_YEAR = 2020, 2099
_MONTH: Final = re.compile(r"(20[2-9][0-9])-(0[1-9]|1[0-2])\Z")
_PROVINCE: Final = re.compile(r"[0-9]{2}")
NO_PROVINCE: Final = "--"


class Month(NamedTuple):
    year: int
    month: int

    @property
    def following(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def began_t(self) -> int:
        """Wall ms UTC."""
        return int(datetime(self.year, self.month, 1, tzinfo=UTC).timestamp() * 1000)

    @property
    def suffix(self) -> str:
        return f"{self.year}_{self.month:02d}"

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"


def province_of(hall: str) -> str:
    """The first two digits of a hall's code (GB/T 2260)."""
    found = _PROVINCE.match(hall)
    return found[0] if found else NO_PROVINCE


def month_of_day(day: str) -> Month | None:
    """Of ``YYYY-MM-DD``; None for anything else."""
    found = _MONTH.match(day[:7])
    return Month(int(found[1]), int(found[2])) if found else None


def month_of_t(t: int) -> Month | None:
    """Of wall ms UTC."""
    try:
        at = datetime.fromtimestamp(t / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return Month(at.year, at.month) if FIRST_YEAR <= at.year <= LAST_YEAR else None


def part(database: Database) -> None:
    """Turn plain tables into parted ones, with what is in them, within a transaction; nothing on SQLite."""
    for table in () if database.sqlite else PARTED:
        if database.value(KIND, (table,)) != "r":
            continue
        database.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_plain"')
        database.execute(
            f'CREATE TABLE "{table}" (LIKE "{table}_plain" INCLUDING DEFAULTS, '
            f"CONSTRAINT {table}_key PRIMARY KEY ({', '.join(KEYS[table])})) {PARTED[table]}"
        )
        database.execute(f'CREATE TABLE "{table}_default" PARTITION OF "{table}" DEFAULT')
        database.execute(f'INSERT INTO "{table}" SELECT * FROM "{table}_plain"')
        database.execute(f'DROP TABLE "{table}_plain"')


def for_segment(database: Database, received_t: int) -> None:
    """A place for what is received now."""
    month = month_of_t(received_t)
    if not database.sqlite and month is not None:
        span = f"FOR VALUES FROM ({month.began_t}) TO ({month.following.began_t})"
        _ensure(database, f"segment_{month.suffix}", f"PARTITION OF segment {span}")


def for_facts(database: Database, places: Iterable[tuple[str, str]]) -> None:
    """Places for facts of these provinces and days."""
    if database.sqlite:
        return
    for province, month in sorted({(province, str(month_of_day(day) or "")) for province, day in places}):
        found = month_of_day(month)
        if province == NO_PROVINCE or found is None:
            continue
        parent = f"fact_{province}"
        if parent not in database.prepared:
            _ensure(database, parent, f"PARTITION OF fact FOR VALUES IN ('{province}') {BY_DAY}")
            _ensure(database, f"{parent}_default", f"PARTITION OF {parent} DEFAULT")
        span = f"FOR VALUES FROM ('{found}') TO ('{found.following}')"
        _ensure(database, f"{parent}_{found.suffix}", f"PARTITION OF {parent} {span}")


def fact_months(database: Database) -> list[tuple[str, str]]:
    """The monthly partitions of facts, each with the first day that is not in it; none on SQLite."""
    rows = [] if database.sqlite else database.rows(MONTHS)
    found = [(str(name), Month(int(name[8:12]), int(name[13:15]))) for (name,) in rows]
    return [(name, f"{month.following}-01") for name, month in found]


def _ensure(database: Database, name: str, what: str) -> None:
    """Make a partition unless it is known to be there. Where rows of its span rest in the default one, they stay there."""
    if name in database.prepared:
        return
    database.execute("SAVEPOINT partition")
    try:
        database.execute(f"CREATE TABLE IF NOT EXISTS {name} {what}")
    except IntegrityError:
        database.execute("ROLLBACK TO SAVEPOINT partition")
    database.execute("RELEASE SAVEPOINT partition")
    database.prepared.add(name)
