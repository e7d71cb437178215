"""Only a finished, verified backup of a centre lets its nodes drop their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest

from hallterm import admin_command, backup_command
from hallterm.config import ConfigError, Settings, load
from hallterm.doctor import examine, examine_server, report
from hallterm.locale import use
from hallterm.restore_command import restore
from hallterm.rules.day import business_day
from storage import doctor as storage_doctor
from storage import durable as durable_room
from storage import receive
from storage import reproject as reproject_room
from storage.clock import now
from storage.doctor import verify_chain
from storage.durable import CHAINS_HELD, COPIED, PAGES_READ, back_up
from storage.errors import StorageDamaged
from storage.facts import DayOpened, HallSet
from storage.journal import Journal
from storage.rebuild import differences, rebuild_in_place
from storage.receive import accept
from storage.reproject import Reprojected, reproject
from storage.understand import Why
from tests.sync.facts import at, batch_by_hand, batch_of, line_by_hand, serve_visits, tables_of


@pytest.fixture
def english() -> Iterator[None]:
    use("en")
    yield
    use("en")


def durable(centre: Journal) -> dict[str, int]:
    return dict(centre.database.rows("SELECT node, durable FROM log"))


def grows_everywhere(told: list[int]) -> None:
    """Not the stages alone: within the copying and within the checking something is told."""
    assert told == sorted(set(told))
    assert (told[0], {COPIED, PAGES_READ, CHAINS_HELD} <= set(told)) == (0, True)
    assert [one for one in told if 0 < one < COPIED], told
    assert [one for one in told if PAGES_READ < one < CHAINS_HELD], told


def test_a_backup_makes_durable_what_it_holds(
    device: Journal, centre: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable_room, "LOOK_EVERY", 20)
    monkeypatch.setattr(storage_doctor, "CHUNK", 4)
    serve_visits(device, 4)
    accept(centre, batch_of(device, 1, 10), 0)
    assert accept(centre, batch_of(device, 11, 0), 0).durable == 0
    centre.database.execute("PRAGMA cache_size = 10")  # so that the copy of a small file grows on the disk too
    told: list[int] = []
    made = back_up(centre, tmp_path / "backup", at(0), told.append)
    grows_everywhere(told)
    accept(centre, batch_of(device, 11, 10), 0)
    assert (made.events, made.raised) == (11, 1)
    assert durable(centre) == {"3301-0310-07": 10, "centre-1": 0}
    assert accept(centre, batch_of(device, 21, 0), 0).durable == 10
    copy = Journal.open(made.path)
    assert verify_chain(copy.database).events == 11
    copy.close()
    assert back_up(centre, tmp_path / "backup", at(0)).raised == 1


def test_a_copy_that_does_not_hold_makes_nothing_durable(device: Journal, centre: Journal, tmp_path: Path) -> None:
    serve_visits(device, 1)
    accept(centre, batch_of(device, 1, 5), 0)
    centre.database.execute("UPDATE event SET line = replace(line, 'A0000', 'A0009') WHERE node <> 'centre-1'")
    with pytest.raises(StorageDamaged):
        back_up(centre, tmp_path / "backup", at(0))
    assert durable(centre)["3301-0310-07"] == 0
    assert list((tmp_path / "backup").iterdir()) == []


@pytest.mark.postgresql
def test_postgresql_is_copied_into_a_file_that_gives_the_same_tables(
    device: Journal, postgresql: Callable[..., str], founded_postgresql: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, english: None,
) -> None:  # fmt: skip
    """And the doctor examines the server as it does a file."""
    monkeypatch.setattr(durable_room, "CHUNK", 40)
    monkeypatch.setattr(storage_doctor, "CHUNK", 40)
    url = postgresql(founded_postgresql)
    postgresql_centre = Journal.open(url)
    serve_visits(device, 30)
    accept(postgresql_centre, batch_of(device, 1, 150), 0)
    told: list[int] = []
    made = back_up(postgresql_centre, tmp_path / "backup", at(0), told.append)
    grows_everywhere(told)
    assert (made.events, made.raised, durable(postgresql_centre)["3301-0310-07"]) == (151, 1, 150)
    copy = Journal.open(made.path)
    rebuild_in_place(copy.database)
    assert list(differences(copy.database, postgresql_centre.database)) == []
    copy.close()
    examined_by_the_doctor(url, postgresql_centre, load(environ={}, data=tmp_path))
    postgresql_centre.close()


def examined_by_the_doctor(url: str, centre: Journal, settings: Settings) -> None:
    """What is wrong is found: a figure that its rows do not give, a line that was changed; no server at all."""
    with centre.speaking_of("330103001").write("-", now()) as tx:
        tx.record(HallSet("330103001", "One"))
        tx.record(DayOpened(business_day(now().t)))
    found = examine_server(settings, url)
    assert (found.is_sound, found.sums, found.backups) == (True, (), 1)
    assert "PostgreSQL 1" in next(report(found))
    centre.database.execute("UPDATE figure SET services = services + 1")
    wrong = examine_server(settings, url)
    assert wrong.differences
    assert {one.table for one in wrong.differences} == {"figure"}
    line = bytes(centre.database.value("SELECT line FROM event WHERE node = 'centre-1' AND seq = 1"))
    change = "UPDATE event SET line = ? WHERE node = 'centre-1' AND seq = 1"
    centre.database.execute(change, (line + b" ",))
    broken = examine_server(settings, url).chain
    assert broken is not None
    assert [(one.node, one.seq) for one in broken.breaks] == [("centre-1", 1)]
    centre.database.execute(change, (line,))
    with pytest.raises(ConfigError):
        examine_server(settings, url.replace("dbname=", "dbname=no_") if "dbname=" in url else url + "_not_there")


def understood_later(centre: Journal) -> None:
    """Lines of a kind that is not known yet are kept, and counted once when it is."""
    from storage import facts

    lines = [line_by_hand(1), line_by_hand(2), b"not json", line_by_hand(4)]
    known = facts.KINDS.pop("ticket.issued")
    try:
        receipt = accept(centre, batch_by_hand("n-9", lines), 0)
    finally:
        facts.KINDS["ticket.issued"] = known
    assert [why for _, why in receipt.quarantined] == ["unknown_kind", "unknown_kind", "unreadable", "unknown_kind"]
    assert centre.database.value("SELECT count(*) FROM ticket") == 0
    assert reproject(centre, Why.UNKNOWN_KIND) == Reprojected(3, 3)
    assert centre.database.rows("SELECT seq, why FROM quarantine") == [(3, "unreadable")]
    assert centre.database.value("SELECT max(tickets) FROM figure") == 3
    before = tables_of(centre)
    assert reproject(centre) == Reprojected(1, 0)
    assert tables_of(centre) == before
    rebuild_in_place(centre.database)
    assert tables_of(centre) == before


def test_a_kind_that_is_known_by_now_is_projected(centre: Journal) -> None:
    understood_later(centre)


def releasing_nothing(patch: pytest.MonkeyPatch) -> None:
    """What is understood now stays aside, and is projected again the next time."""
    patch.setattr(reproject_room, "RELEASE", reproject_room.RELEASE.replace("WHERE", "WHERE 1 = 0 AND"))


def forgetting_what_is_not_understood(patch: pytest.MonkeyPatch) -> None:
    """All that was tried is let go."""
    patch.setattr(reproject_room, "RELEASE", "DELETE FROM quarantine WHERE node = ? AND epoch = ? AND seq >= ? - 3")


def projecting_beside_the_rule(patch: pytest.MonkeyPatch) -> None:
    """The lines are let go and their facts are nowhere."""
    patch.setattr(receive, "project_kept", lambda database, placed: [])


@pytest.mark.parametrize("mutant", [releasing_nothing, forgetting_what_is_not_understood, projecting_beside_the_rule])
def test_the_comparison_can_fail_mutants_of_reproject_die(
    mutant: Callable[[pytest.MonkeyPatch], None], centre: Journal
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        with pytest.raises(AssertionError):
            understood_later(centre)


def test_the_commands_say_what_they_did(
    device: Journal, centre: Journal, tmp_path: Path, english: None, capsys: pytest.CaptureFixture[str]
) -> None:
    office = tmp_path / "office"
    office.mkdir()
    settings = load(environ={}, data=office)
    serve_visits(device, 1)
    accept(centre, batch_of(device, 1, 5), 0)
    centre.database.execute("VACUUM INTO ?", (str(office / "centre.db"),))
    assert restore(settings) == 1
    assert "There is no backup in" in capsys.readouterr().err
    assert examine(office).backups == 0
    assert backup_command.main(settings) == 0
    assert "6 lines copied and verified" in capsys.readouterr().out
    assert examine(office).backups == 1
    assert admin_command.reproject(settings, "") == 0
    assert "0 of 0 lines" in capsys.readouterr().out
    assert admin_command.list_copies(settings, "", False) == 0
    assert "No disk of any node was copied" in capsys.readouterr().out
    with closing(Journal.open(office / "centre.db")) as there:
        there.database.execute("UPDATE event SET line = replace(line, 'A0000', 'A0009') WHERE node <> 'centre-1'")
        assert restore(settings) == 1
        assert "is in use: stop hallterm serve" in capsys.readouterr().err
    assert admin_command.back_up(settings, "", None) == 1
    assert "run hallterm doctor" in capsys.readouterr().err
    assert restore(settings, "20200101") == 1
    assert "There is no backup 20200101" in capsys.readouterr().err
    assert restore(settings) == 0
    assert "6 lines are there again: 6 of backup" in capsys.readouterr().out
    with closing(Journal.open(office / "centre.db")) as there:
        assert verify_chain(there.database).events == 6
        assert tables_of(there) == tables_of(centre)
    with pytest.raises(click.exceptions.Exit):
        admin_command.reproject(load(environ={}, data=tmp_path / "nowhere"), "")
