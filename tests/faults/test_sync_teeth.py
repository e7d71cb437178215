"""The fault tests T3, T7, T10, T11, T15, T16 against broken variants: each of them fails there, so each of them can fail.

(T1, T2, T4, T5, T6, T8, T9, T12-T14, T17, T18 hold their mutants themselves.)
"""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any

import pytest
from peewee import DatabaseError

from storage import doctor, migrating, receive, salvage
from storage.clock import now
from storage.errors import StorageError
from storage.facts import TicketIssued
from storage.journal import Journal
from storage.understand import Said, Why, understood
from sync import receipt
from sync.centre import Centre
from tests.storage import test_backup, test_chain, test_migrations
from tests.storage.conftest import HALL
from tests.sync import test_bundle, test_receive
from tests.sync.facts import DAY

pytestmark = pytest.mark.faults
SEED = int(os.environ.get("HALLTERM_SEED", "20260302"))
HASTY, PLAIN = 30, 12
"""Kills until a fact that was said too early must be missing; kills of the real writer."""


# --- T3 ---------------------------------------------------------------------------------------------------------------


def write_until_killed(path: Path, said: int, *, hasty: bool) -> None:
    """A writer that says each fact after its commit, or before it."""
    journal = Journal.open(path)
    number = journal.own_seq()
    while True:
        number += 1
        with journal.write("-", now()) as tx:
            tx.record(TicketIssued(day=DAY, number=f"A{number}", prefix="A"))
            if hasty:
                os.write(said, f"{tx.recorded[0]}\n".encode())
        if not hasty:
            os.write(said, f"{tx.recorded[0]}\n".encode())


def missing_after_kills(path: Path, kills: int, *, hasty: bool) -> int:
    """Facts that were said to be recorded and are not there."""
    print(f"HALLTERM_SEED={SEED}")
    source = random.Random(SEED)
    journal = Journal.open(path)
    journal.found("n1", "3301")
    journal.close()
    heard: list[str] = []
    for _ in range(kills):
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(ours)
                write_until_killed(path, theirs, hasty=hasty)
            finally:
                os._exit(1)
        os.close(theirs)
        with os.fdopen(ours, "rb") as lines:
            heard += [lines.readline().decode().strip() for _ in range(source.randint(1, 6))]
            os.kill(child, signal.SIGKILL)
            assert os.waitpid(child, 0)[1] == signal.SIGKILL
            heard += [line.decode().strip() for line in lines if line.endswith(b"\n")]
    journal = Journal.open(path)
    stored = {str(row[0]) for row in journal.database.rows("SELECT id FROM ticket")}
    holds = doctor.verify_chain(journal.database).holds
    journal.close()
    assert holds
    return len(set(heard) - stored)


def test_t3_a_writer_that_is_killed_loses_nothing_it_said(tmp_path: Path) -> None:
    assert missing_after_kills(tmp_path / "hall.db", PLAIN, hasty=False) == 0


def test_t3_a_writer_that_speaks_before_its_commit_is_caught(tmp_path: Path) -> None:
    assert missing_after_kills(tmp_path / "hall.db", HASTY, hasty=True) > 0


# --- T7 ---------------------------------------------------------------------------------------------------------------


def test_t7_a_salvage_that_proves_nothing_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: whatever looks like the next line is taken."""

    monkeypatch.setattr(salvage.Remains, "line_after", first_of)
    journal = Journal.open(tmp_path / "hall.db")
    journal.found(test_chain.NODE, HALL)
    with pytest.raises((AssertionError, StorageError)):
        test_backup.test_salvage_ends_where_the_chain_breaks_and_says_what_is_lost(journal, tmp_path)


def first_of(remains: Any, at: Any) -> tuple[bytes, bytes] | None:
    for found in (remains._by_sqlite(at), remains._by_bytes(at.seq + 1), remains._by_spool(at)):
        for line, digest in found:
            return line, digest
    return None


# --- T10 --------------------------------------------------------------------------------------------------------------


def test_t10_an_upgrade_that_adds_no_columns_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "_add_columns", lambda db, model: None)
    with pytest.raises((AssertionError, StorageError, DatabaseError)):
        test_migrations.test_a_file_of_an_older_program_is_brought_up_to_date(test_migrations.RELEASES[0], tmp_path)


# --- T11 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", [Why.UNREADABLE, Why.UNKNOWN_KIND, Why.NUL])
def test_t11_a_centre_that_drops_what_it_cannot_read_is_caught(
    why: Why, centre: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutant: a line that is not understood is taken for one that needs no further word."""

    def dropping(*line: Any) -> Said | Why:
        found = understood(*line)
        return Why.BAD_DATA if found is why or (isinstance(found, Said) and found.placed is None) else found

    monkeypatch.setattr(receive, "understood", dropping)
    with pytest.raises(AssertionError):
        test_receive.test_poison_is_kept_and_stops_nothing(centre, why, test_receive.POISON[why][0])


def test_t11_a_centre_that_stops_at_poison_is_caught(centre: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopping(*line: Any) -> Said:
        found = understood(*line)
        if isinstance(found, Why):
            raise ValueError(found)
        return found

    monkeypatch.setattr(receive, "understood", stopping)
    with pytest.raises(ValueError, match=Why.UNREADABLE):
        test_receive.test_poison_is_kept_and_stops_nothing(centre, Why.UNREADABLE, b"not json")


# --- T15 --------------------------------------------------------------------------------------------------------------


def test_t15_a_pc_that_believes_any_receipt_is_caught(
    device: Journal, office: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipt, "holds", lambda *_signed: True)
    (tmp_path / "stick").mkdir()
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_bundle.test_only_the_right_keys_open_and_only_the_right_centre_is_believed(
            device, office, tmp_path / "stick"
        )


# --- T16 --------------------------------------------------------------------------------------------------------------


def test_t16_a_chain_that_nobody_walks_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutant: a line that does not fit is passed over like one that made room."""

    def believing(walk: Any, seq: int, _line: object, digest: object) -> bool:
        walk.seq, walk.digest = seq, digest
        return True

    monkeypatch.setattr(doctor._Walk, "skips", believing)
    with pytest.raises(AssertionError):
        test_chain.test_the_bit_that_sqlite_does_not_miss_is_found(tmp_path)
