"""``hallterm sync status`` and ``hallterm admin nodes`` say what the page of the nodes says; halls whose days are missing."""

from __future__ import annotations

import io
import json
from pathlib import Path

import msgspec
import pytest

from hallterm import cli
from hallterm.centre_place import is_centre
from hallterm.node_words import backlog_text, skew_text
from hallterm.workflows.centre_calendar import import_calendar, set_closing_day
from hallterm.workflows.coverage import missing_halls
from hallterm.workflows.sync_look import own_line
from storage import clock, nodes, outbox
from storage.facts import NodeEnrolled, Role
from storage.feed import share
from storage.feed_index import FeedIndex
from storage.views.places import hall_days
from tests.hallterm.screens.centre_house import ADMIN, CITY, centre
from tests.hallterm.workflows.founded import HALL, at, founded


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


def run(folder: Path, *words: str) -> int:
    return cli.main([*words, "--data", str(folder), "--lang", "en"])


def test_the_status_of_a_pc_without_a_centre(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with founded(tmp_path):
        pass
    assert run(tmp_path, "sync", "status", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["node"], row["place"], row["trouble"], row["have"]) == (f"{HALL}-01", "市办税厅", "none", 0)
    assert row["backlog"] > 0
    assert run(tmp_path, "sync", "status") == 0
    assert f"{HALL}-01" in capsys.readouterr().out


def test_a_pc_that_sends_by_stick_was_heard_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def trouble() -> str:
        assert run(tmp_path, "sync", "status", "--json") == 0
        return str(json.loads(capsys.readouterr().out)[0]["trouble"])

    with founded(tmp_path) as stores:
        nodes.enrolled_with(stores.journal, nodes.Upstream("centre-1", "aa", "bb", HALL))
        assert trouble() == "never"
        outbox.note_heard(stores.journal, clock.now().t)
        assert trouble() == "none"
        line = own_line(stores.desk(), clock.now(), {})
        assert [
            backlog_text(msgspec.structs.replace(line, backlog=waiting), clock.now().t)
            for waiting in (9_999, 16_084, 2_000_000)
        ] == ["9999", "16k", "999k"]
    wrong_min = (1, 2, 90, 119, 600, 60 * 24 * 700, -60 * 24 * 7300)
    said = [skew_text(minutes * 60_000) for minutes in wrong_min]
    assert said == ["0", "+2 min", "+90 min", "+2 h", "+10 h", "+700 d", "-20 y"]


def test_a_pc_under_a_number_host_is_listed_once_and_its_colleagues_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It knows their names, but none of them ever comes to it; the number host lists them."""

    def listed() -> list[str]:
        assert run(tmp_path, "sync", "status", "--json") == 0
        return sorted(row["node"] for row in json.loads(capsys.readouterr().out))

    with founded(tmp_path) as stores:
        with stores.journal.write("-", clock.now()) as tx:
            for number in ("02", "03"):
                tx.record(NodeEnrolled(node=f"{HALL}-{number}", scope=HALL, key="aa", box="bb"))
        assert listed() == [f"{HALL}-01", f"{HALL}-02", f"{HALL}-03"]
        nodes.enrolled_with(stores.journal, nodes.Upstream(f"{HALL}-09", "aa", "bb", HALL))
        assert listed() == [f"{HALL}-01"]


def test_an_empty_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "sync", "status") == 1
    assert "no hall and no centre" in capsys.readouterr().err


def test_a_centre_tells_the_same_by_both_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with centre(tmp_path):
        pass
    listed = []
    for words in (("sync", "status", "--json"), ("admin", "nodes", "--json")):
        assert run(tmp_path, *words) == 0
        listed.append(json.loads(capsys.readouterr().out))
    assert listed[0] == listed[1]
    # by the clock of today every node was last heard of long ago or will be: what does not depend on it is the same
    assert {row["node"]: (row["clones"], row["aside"]) for row in listed[0] if row["clones"] or row["aside"]} == {
        "360603001-02": (1, 0),
        "360671001-01": (0, 3),
    }
    assert run(tmp_path, "admin", "nodes") == 0
    text = capsys.readouterr().out
    assert "360681902-01" in text
    assert "Days not in of 6 halls" in text


def test_halls_whose_days_are_missing_are_named_since_when(tmp_path: Path) -> None:
    with centre(tmp_path, nodes=False) as stores:
        db = stores.journal.database
        assert {one.closed for one in hall_days(db)} == {""}
        with stores.journal.transaction() as database:
            for hall, day, closed in (
                ("360600001", "2026-11-23", 1),
                ("360600001", "2026-11-24", 0),
                ("360671001", "2026-11-20", 1),
                ("360681902", "2026-09-28", 1),
            ):
                values = (hall, day, at("08:00", day).t, at("18:00", day).t if closed else 0)
                database.execute("INSERT INTO day (hall, day, opened_t, closed_t) VALUES (?, ?, ?, ?)", values)
        found = {gap.name: gap.since for gap in missing_halls(db, CITY, "2026-11-23")}
        assert found == {"余江": "", "龙虎山": "", "贵溪": "", "园区": "2026-11-23", "金屯点": "2026-09-29"}
        assert [gap.name for gap in missing_halls(db, "360671", "2026-11-23")] == ["龙虎山", "园区"]


def test_a_hall_that_never_sent_is_missing_and_one_that_began_today_is_not(tmp_path: Path) -> None:
    with centre(tmp_path, nodes=False) as stores:
        with stores.journal.write("-", at("08:00")) as tx:
            tx.record(NodeEnrolled(node="360600777-01", scope="360600777", key="aa", box="bb"))
        db = stores.journal.database
        with stores.journal.transaction() as database:
            for day in ("2026-11-23", "2026-11-24"):
                values = ("360600001", day, at("08:00", day).t)
                database.execute("INSERT INTO day (hall, day, opened_t) VALUES (?, ?, ?)", values)
        found = {gap.hall: gap.since for gap in missing_halls(db, CITY, "2026-11-24")}
        assert (found["360600777"], found["360600001"]) == ("", "2026-11-23")
        assert "360600001" not in {gap.hall for gap in missing_halls(db, CITY, "2026-11-22")}


def test_what_screens_may_commands_may_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with centre(tmp_path, nodes=False) as stores:
        assert run(tmp_path, "admin", "hall", "set", "360602001", "--name", "月湖") == 0
        assert run(tmp_path, "admin", "grant", "set", "0101", "admin", CITY) == 0
        assert run(tmp_path, "admin", "grant", "end", ADMIN, "admin", CITY) == 0
        assert run(tmp_path, "admin", "grant", "end", "0101", "admin", CITY) == 2
        assert "only administrator" in capsys.readouterr().err
        held = stores.journal.database.rows(
            "SELECT staff FROM staff_grant WHERE role = ? AND active = 1", (Role.ADMIN,)
        )
        assert held == [("0101",)]


def test_a_centre_is_set_up_by_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("setup", "--centre", "--hall-name", "City", "--hall-code", CITY, "--admin", "0001", "--name", "Wang")
    for code, said in ((0, "is a centre"), (2, "an administrator already")):
        monkeypatch.setattr("sys.stdin", io.StringIO("one two three four\n"))
        assert run(tmp_path, *words, "--password-stdin") == code
        assert said in "".join(capsys.readouterr())
    assert is_centre(tmp_path)
    assert run(tmp_path, "sync", "status") == 0


def test_the_calendar_goes_down_to_the_halls_it_is_for(tmp_path: Path) -> None:
    with centre(tmp_path, nodes=False) as stores:
        table = tmp_path / "2027.csv"
        table.write_text("day,kind,name\n2027-02-17,holiday,x\n", encoding="utf-8")
        import_calendar(stores.journal, table, "360671", at("09:00"))
        set_closing_day(stores.journal, "360671001", "2026-12-01", at("09:01"))
        FeedIndex(stores.journal).catch_up()
        sent = {
            hall: {kind for kind, _origin in share(stores.journal.database, "somebody", hall, 0).facts}
            & {"calendar.imported", "closing_day.set"}
            for hall in ("360671001", "360671002", "360600001")
        }
        assert sent == {
            "360671001": {"calendar.imported", "closing_day.set"},
            "360671002": {"calendar.imported"},
            "360600001": set(),
        }
