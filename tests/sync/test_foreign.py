"""Provinces as foreign partitions: what is asked above is summed where the rows are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.journal import Journal
from storage.receive import accept
from tests.sync import debian_postgresql
from tests.sync.facts import CLERK, DAY, at, batch_of, finished

pytestmark = pytest.mark.postgresql
PROVINCES = {"36": "360600001", "44": "440100002"}
ATTACH = """
CREATE EXTENSION IF NOT EXISTS postgres_fdw;
CREATE SERVER province_{p} FOREIGN DATA WRAPPER postgres_fdw
  OPTIONS (host '{host}', port '{port}', dbname 'province_{p}', async_capable 'true', use_remote_estimate 'true');
CREATE USER MAPPING FOR CURRENT_USER SERVER province_{p} OPTIONS (user 'hallterm');
CREATE FOREIGN TABLE fact_{p} PARTITION OF fact FOR VALUES IN ('{p}') SERVER province_{p} OPTIONS (table_name 'fact')
"""
MANY = (
    "INSERT INTO fact (province, day, hall, node, epoch, seq, services) "
    "SELECT '{p}', ?, ?, 'more', 0, n, 1 FROM generate_series(1, 5000) n"
)
"""So many that it pays to sum them where they are."""
ASKED = "SELECT province, sum(services), sum(counted_s) FROM fact WHERE day = ? GROUP BY province ORDER BY province"


@pytest.fixture(scope="module")
def servers() -> Iterator[Path]:
    pytest.importorskip("psycopg")
    with debian_postgresql.server() as folder:
        yield folder


def _new(folder: Path, name: str) -> Journal:
    import psycopg

    with psycopg.connect(debian_postgresql.url(folder, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    journal = Journal.open(debian_postgresql.url(folder, name))
    journal.found(name.replace("_", "-"), "")
    return journal


def test_the_nation_asks_two_provinces_at_once(servers: Path, tmp_path: Path) -> None:
    nation = _new(servers, "nation")
    for province, hall in PROVINCES.items():
        device = Journal.open(tmp_path / f"{hall}.db")
        device.found(f"hall-{province}", hall)
        with device.write(CLERK, at(1)) as tx:
            for n in range(3):
                tx.record(finished(f"hall-{province}/0/{n}/00000000", "", counted_s=int(province)))
        below = _new(servers, f"province_{province}")
        accept(below, batch_of(device, 1, 3), at(2).t)
        below.database.execute(MANY.format(p=province), (DAY, hall))
        below.database.execute("ANALYZE fact")
        attach = ATTACH.format(p=province, host=servers, port=debian_postgresql.PORT)
        nation.database.execute("ALTER TABLE fact DROP CONSTRAINT IF EXISTS fact_key")
        for statement in attach.split(";"):
            nation.database.execute(statement)
        below.close()
        device.close()
    nation.database.execute("SET enable_partitionwise_aggregate = on")
    assert [tuple(map(int, row)) for row in nation.database.rows(ASKED, (DAY,))] == [(36, 5003, 108), (44, 5003, 132)]
    plan = "\n".join(line for (line,) in nation.database.rows("EXPLAIN (VERBOSE) " + ASKED, (DAY,)))
    assert plan.count("Foreign Scan") == len(PROVINCES)
    assert "Async Foreign Scan" in plan
    assert len(re.findall(r"Remote SQL: SELECT .*sum\(services\), sum\(counted_s\)", plan)) == len(PROVINCES)
    one = nation.database.rows("EXPLAIN " + ASKED.replace("WHERE", "WHERE province = '36' AND"), (DAY,))
    assert "fact_44" not in "\n".join(line for (line,) in one)
    nation.close()
