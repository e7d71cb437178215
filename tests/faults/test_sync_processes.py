"""T17: many processes write, read and checkpoint one file at once: nothing lost, nothing twice, every chain holds.

``HALLTERM_PROCESS_S`` says how long (0: only so many visits), ``HALLTERM_SEED`` replays what each process does. The library
in use is no older than the first without the WAL-reset bug, and an older one is refused. Mutant: a writer that reads where
the log stands before its transaction.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from storage.database import MIN_SQLITE
from storage.doctor import integrity, library, verify_chain
from storage.journal import Journal
from storage.rebuild import compare

pytestmark = pytest.mark.faults
SEED = int(os.environ.get("HALLTERM_SEED", "20260302"))
LONG_S = float(os.environ.get("HALLTERM_PROCESS_S", "0"))
PROJECT = Path(__file__).parents[2]
PROCESSES, VISITS = (8, 40) if LONG_S else (4, 30)
DEADLINE_S = 120 + LONG_S
OLD = """
import sys
sys.modules["pysqlite3"] = None
from pathlib import Path
from storage.errors import OldLibrary
from storage.journal import Journal
try:
    Journal.open(Path(sys.argv[1]))
except OldLibrary as error:
    print(error.values["needed"])
"""


def together(path: Path, *mutant: str) -> list[tuple[int, list[str], str]]:
    """Exit code, facts said to be committed, and what was said on stderr, of each process."""
    print(f"HALLTERM_SEED={SEED}")
    journal = Journal.open(path)
    journal.found("n1", "3301")
    journal.close()
    command = [sys.executable, "-m", "tests.faults.sync_writer", str(path)]
    started = [
        subprocess.Popen(
            [*command, f"w{n}", str(VISITS), str(LONG_S), str(SEED + n), *mutant],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(PROCESSES)
    ]
    found = []
    for process in started:
        said, error = process.communicate(timeout=DEADLINE_S)
        found.append((process.returncode, said.split(), error))
    return found


def test_nothing_is_lost_or_doubled_among_processes(tmp_path: Path) -> None:
    ended = together(tmp_path / "hall.db")
    assert [(code, error) for code, _facts, error in ended] == [(0, "")] * PROCESSES
    said = [fact for _code, facts, _error in ended for fact in facts]
    journal = Journal.open(tmp_path / "hall.db")
    stored = [str(row[0]) for row in journal.database.rows("SELECT id FROM ticket")]
    assert sorted(said) == sorted(stored)
    assert len(set(stored)) == len(stored) >= 3 * PROCESSES * VISITS
    assert journal.own_seq() == len(stored)
    assert integrity(journal.database) == []
    assert verify_chain(journal.database).holds
    assert compare(journal.database) == []
    journal.close()


def test_the_comparison_can_fail_a_head_read_too_early(tmp_path: Path) -> None:
    ended = together(tmp_path / "hall.db", "stale_head")
    assert any(code for code, _facts, _error in ended)


def test_the_library_in_use_has_no_wal_reset_bug() -> None:
    assert tuple(map(int, library().split("."))) >= MIN_SQLITE == (3, 51, 3)


@pytest.mark.skipif(sqlite3.sqlite_version_info >= MIN_SQLITE, reason="the system's own library is new enough")
def test_an_older_library_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OLD, str(tmp_path / "hall.db")]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60)
    assert (said.stdout.strip(), said.stderr) == ("3.51.3", "")
    assert not (tmp_path / "hall.db").exists()
