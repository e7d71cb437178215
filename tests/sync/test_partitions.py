"""A centre on PostgreSQL parts what grows by month (and province); its figures are those of a centre on SQLite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from storage import partitions, typed
from storage.facts import FiguresAdded, ServiceFinished, SumsOfMatter
from storage.journal import Journal
from storage.receive import accept
from tests.sync.facts import CLERK, at, batch_of, finished, tables_of

pytestmark = pytest.mark.postgresql
HALLS = ("360600001", "360600001", "440100002", "rural-7")
DAYS = ("2026-03-30", "2026-03-31", "2026-04-01", "2027-01-02", "no day")
RECEIVED = {
    1_772_400_000_000: "segment_2026_03",
    1_775_200_000_000: "segment_2026_04",
    10**17: "segment_default",
}
PARTITIONS = (
    "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
    "JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname = ? ORDER BY 1"
)
_TWO = "CAST(sum(services) AS BIGINT), CAST(sum(counted_s) AS BIGINT)"
SUMS = f"SELECT day, hall, {_TWO} FROM fact {{}} GROUP BY day, hall"
FIGURES = f"SELECT period, hall, {_TWO} FROM figure {{}} GROUP BY period, hall"


@pytest.fixture
def halls(tmp_path: Path) -> Iterator[list[Journal]]:
    """Some halls, each with a finished service on every day there is."""
    made = []
    for n, hall in enumerate(HALLS):
        journal = Journal.open(tmp_path / f"hall{n}.db")
        journal.found(f"n{n}", hall)
        with journal.write(CLERK, at(n)) as tx:
            for m, day in enumerate(DAYS):
                tx.record(_on(day, finished(f"n{n}/0/{m}/00000000", "", counted_s=100 * n + m)))
        made.append(journal)
    yield made
    for journal in made:
        journal.close()


def _on(day: str, fact: ServiceFinished) -> ServiceFinished:
    return msgspec.structs.replace(fact, day=day)


def test_rows_are_where_they_belong_and_the_figures_are_the_same(
    halls: list[Journal], centre: Journal, postgresql_centre: Journal
) -> None:
    for hall, received_t in zip(halls, [*RECEIVED, *RECEIVED], strict=False):
        for journal in (centre, postgresql_centre):
            receipt = accept(journal, batch_of(hall, 1, len(DAYS)), received_t)
            assert (receipt.have, receipt.quarantined) == (len(DAYS), ())
    database = postgresql_centre.database
    assert tables_of(postgresql_centre) == tables_of(centre)
    for sql in (SUMS.format(""), FIGURES.format("")):
        assert sorted(database.rows(sql)) == sorted(centre.database.rows(sql))
    days = "WHERE length({}) = 10"
    assert sorted(database.rows(SUMS.format(days.format("day")))) == sorted(
        database.rows(FIGURES.format(days.format("period")))
    )
    assert {name for (name,) in database.rows(PARTITIONS, ("segment",))} == set(RECEIVED.values())
    for received_t, name in RECEIVED.items():
        found = database.rows(
            "SELECT DISTINCT tableoid::regclass::text FROM segment WHERE received_t = ?", (received_t,)
        )
        assert found == [(name,)]
    assert {name for (name,) in database.rows(PARTITIONS, ("fact",))} == {"fact_36", "fact_44", "fact_default"}
    assert {name for (name,) in database.rows(PARTITIONS, ("fact_36",))} == {
        *("fact_36_2026_03", "fact_36_2026_04", "fact_36_2027_01", "fact_36_default")
    }


def test_a_question_about_a_month_of_a_province_reads_one_partition(
    halls: list[Journal], postgresql_centre: Journal
) -> None:
    for hall in halls:
        accept(postgresql_centre, batch_of(hall, 1, len(DAYS)), 1_772_400_000_000)
    plan = postgresql_centre.database.rows(
        "EXPLAIN SELECT sum(counted_s) FROM fact WHERE province = '36' AND day BETWEEN '2026-03-01' AND '2026-03-31'"
    )
    read = set(re.findall(r"on (fact\w*)", "\n".join(line for (line,) in plan)))
    assert read == {"fact_36_2026_03"}
    plan = postgresql_centre.database.rows("EXPLAIN SELECT body FROM segment WHERE received_t = 1772400000000")
    assert set(re.findall(r"on (segment\w*)", "\n".join(line for (line,) in plan))) == {"segment_2026_03"}


def test_old_months_go_at_once_and_late_facts_of_them_still_find_a_place(
    halls: list[Journal], postgresql_centre: Journal, centre: Journal
) -> None:
    for journal in (postgresql_centre, centre):
        accept(journal, batch_of(halls[0], 1, len(DAYS)), 1_772_400_000_000)
        before = tables_of(journal)
        with journal.transaction() as database:
            typed.drop_before(database, "2026-04-01")
        assert journal.database.rows("SELECT day FROM fact ORDER BY day") == [(day,) for day in sorted(DAYS[2:])]
        accept(journal, batch_of(halls[1], 1, len(DAYS)), 1_772_400_000_000)
        assert journal.database.value("SELECT count(*) FROM fact") == 2 * len(DAYS) - 2
        assert tables_of(journal) != before
    assert tables_of(postgresql_centre) == tables_of(centre)


def test_a_place_that_was_made_in_vain_is_made_again(halls: list[Journal], postgresql_centre: Journal) -> None:
    class Broken(Exception):
        pass

    with pytest.raises(Broken), postgresql_centre.transaction() as database:  # noqa: PT012
        partitions.for_segment(database, 1_772_400_000_000)
        raise Broken
    accept(postgresql_centre, batch_of(halls[0], 1, 5), 1_772_400_000_000)
    names = postgresql_centre.database.rows("SELECT DISTINCT tableoid::regclass::text FROM segment")
    assert names == [("segment_2026_03",)]


def test_sums_told_by_a_lower_centre_add_on_both_engines(
    tmp_path: Path, centre: Journal, postgresql_centre: Journal
) -> None:
    city = Journal.open(tmp_path / "city.db")
    city.found("city-1", "360600")
    with city.write("-", at(0)) as tx:
        for tickets in (5, -2):
            tx.record(FiguresAdded(day=DAYS[0], hall=HALLS[0], matters=(SumsOfMatter("A", {"tickets": tickets}),)))
    for journal in (centre, postgresql_centre):
        accept(journal, batch_of(city, 1, 2), 0)
        assert journal.database.value("SELECT sum(tickets) FROM figure WHERE period = ?", (DAYS[0],)) == 3
    assert tables_of(centre) == tables_of(postgresql_centre)
    city.close()
