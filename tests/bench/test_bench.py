"""The benchmarks measure what they say, and say on what and when. How fast anything is, is no matter here."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from storage.journal import Journal
from tests.bench.__main__ import BENCHES, Bench, main, measured, table
from tests.bench.facts import bare_connection, one_by_one, replay, statements_of
from tests.bench.figure import percentile
from tests.bench.processes import cpu_s, resident_mb
from tests.sync.facts import tables_of


def test_a_run_writes_figures_machine_and_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "new" / "bench.json"
    assert main(["codec", "--json", str(target)]) == 0
    report = json.loads(target.read_text("utf-8"))
    assert datetime.fromisoformat(report["machine"]["date"]).tzinfo is not None
    assert report["machine"]["cores"] >= 1
    assert list(report["figures"]) == ["codec"]
    assert all(figure["value"] > 0 for figure in report["figures"]["codec"])
    assert "HTP/1 decoder" in capsys.readouterr().out


def test_what_fails_is_reported_and_stops_nothing() -> None:
    wrong = Bench("wrong", "nothing", "moving:run_nothing", 5)
    report = measured([wrong, next(bench for bench in BENCHES if bench.name == "codec")])
    assert "run_nothing" in report.failed["wrong"]
    assert report.figures["codec"]
    assert any("HTP/1 decoder" in line for line in table(report))


def test_the_written_down_statements_make_the_same_tables(tmp_path: Path) -> None:
    for name in ("hall.db", "bare.db"):
        journal = Journal.open(tmp_path / name)
        journal.found("bench-1", "360600001")
        journal.close()
    journal, other = Journal.open(tmp_path / "hall.db"), Journal.open(tmp_path / "bare.db")
    before = tables_of(other)
    with statements_of(journal) as statements:
        one_by_one(journal, 3)
    with bare_connection(tmp_path / "bare.db", tmp_path / "hall.db") as connection:
        replay(connection, statements)
    assert tables_of(other) == tables_of(journal) != before
    journal.close()
    other.close()


def test_percentiles() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(list(range(1, 101)), 0.95) == 95
    assert percentile([7], 0.95) == 7


def test_this_process_has_memory_and_used_the_processor() -> None:
    import os

    assert resident_mb(os.getpid()) > 5
    assert cpu_s(os.getpid()) > 0
