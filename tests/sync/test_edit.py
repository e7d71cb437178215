"""What a centre decides by ``hallterm admin`` flows down to every hall of its scope, with the checks of a hall's editor."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hallterm import cli
from hallterm.centre import FILE, found
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.reference import change_matter
from hallterm.workflows.setting_changes import today_of
from hallterm.workflows.sign_on import sign_on
from storage import nodes, views
from storage.clock import now as read_clock
from storage.facts import Fact, GrantSet, HallSet, NodeEnrolled, Role, ServiceTypeSet, StaffSet
from storage.journal import Journal
from storage.local import Board
from storage.promises import prepare_store
from storage.vault import Vault
from sync.client import Result, SyncClient
from sync.keys import NodeKey, load_or_make
from tests.sync.centres import CentreProcess
from tests.sync.facts import at

CITY, PASSWORD = "360600", "first password"
HALLS = ("360600001", "360602001")
DAY, LATER, FAR = "2026-11-24", "2098-12-01", "2099-01-01"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "centre"
    found(folder)
    return folder


@pytest.fixture
def journal(folder: Path) -> Iterator[Journal]:
    journal = Journal.open(folder / FILE)
    prepare_store(journal)
    yield journal
    journal.close()


def admin(folder: Path, *words: str) -> int:
    return cli.main(["admin", *words, "--data", str(folder), "--lang", "en"])


def node(journal: Journal, folder: Path, hall: str, tmp_path: Path) -> tuple[Path, NodeKey]:
    """A hall PC that is enrolled at the centre."""
    place = tmp_path / hall
    place.mkdir()
    key, own = NodeKey.make(), load_or_make(folder)
    hall_journal = Journal.open(place / "hall.db")
    hall_journal.found(f"{hall}-01", hall)
    with journal.write("-", at(0)) as tx:
        tx.record(NodeEnrolled(node=f"{hall}-01", scope=hall, key=key.public, box=key.public_box))
    nodes.enrolled_with(hall_journal, nodes.Upstream(journal.identity.node, own.public, own.public_box, hall))
    hall_journal.close()
    return place, key


def exchange(place: Path, key: NodeKey, url: str) -> None:
    client = SyncClient(
        lambda: Journal.open(place / "hall.db"), url, key, open_vault=lambda: Vault.open(place), app="1.0"
    )
    while True:
        outcome = client.step(read_clock())
        assert outcome.result is Result.STORED
        if outcome.wait_s:
            break
    client.close()


def test_edits_of_the_city_reach_every_hall_and_people_sign_on_there(
    journal: Journal, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    halls = [node(journal, folder, hall, tmp_path) for hall in HALLS]
    table = tmp_path / "matters.csv"
    table.write_text("code,name_zh,limit_min\nA01,税务登记,8\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert admin(folder, "staff", "set", "3003", "--name", "王五", "--hall", CITY, "--password-stdin") == 0
    assert admin(folder, "grant", "set", "3003", "hall_director", HALLS[0]) == 0
    assert admin(folder, "setting", "set", "rating_timeout_s", "40", "--scope", CITY) == 0
    assert admin(folder, "setting", "set", "auto_recall", "true", "--scope", CITY, "--from", LATER) == 0
    assert admin(folder, "catalogue", "set", str(table), "--scope", CITY) == 0
    assert admin(folder, "catalogue", "set", str(table), "--scope", CITY) == 0
    assert "0 matters are new or changed for 360600, 1 as before" in capsys.readouterr().out
    table.write_text("code,name_zh,limit_min\nA01,税务登记,9\n", encoding="utf-8")
    assert admin(folder, "catalogue", "set", str(table), "--scope", CITY, "--from", FAR) == 0
    assert admin(folder, "catalogue", "set", str(table), "--scope", CITY, "--from", "2020-01-01") == 2
    assert admin(folder, "hall", "set", HALLS[0], "--name", "市办税厅") == 0
    process = CentreProcess(folder)
    process.start()
    try:
        for place, key in halls:
            exchange(place, key, process.url)
    finally:
        process.stop()
    today = today_of(journal.database, "", read_clock())
    for place, _key in halls:
        hall = Journal.open(place / "hall.db")
        name = hall.identity.hall
        assert views.setting(hall.database, "rating_timeout_s", name, today) == "40"
        assert views.setting(hall.database, "auto_recall", name, today) is None
        assert views.setting(hall.database, "auto_recall", name, LATER) == "true"
        assert [(one.code, one.limit_min) for one in views.matters(hall.database, name, DAY)] == [("A01", 8)]
        assert [(one.code, one.limit_min) for one in views.matters(hall.database, name, FAR)] == [("A01", 9)]
        vault, board = Vault.open(place), Board(place / "local.db")
        if name == HALLS[0]:
            signed = sign_on(Desk(hall, board, name), vault, "3003", PASSWORD, read_clock())
            assert (signed.roles, signed.must_change) == ((Role.HALL_DIRECTOR,), True)
        else:
            assert not vault.has_credential("3003")
        for one in (vault, board, hall):
            one.close()
    assert admin(folder, "nodes", "--json") == 0
    listed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(one["node"], one["app"], one["contact_t"] > 0, one["feed_rev"]) for one in listed] == [
        (f"{hall}-01", "1.0", True, 0) for hall in HALLS
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("staff", "set", "中文", "--name", "x", "--hall", CITY), "staff number"),
        (("staff", "set", "77", "--name", "x", "--hall", "a b"), "place"),
        (("staff", "set", "77", "--name", "x"), "belongs to"),
        (("grant", "set", "77", "clerk", HALLS[0]), "nobody with number 77"),
        (("grant", "set", "1007", "king", HALLS[0]), "no such role"),
        (("grant", "end", "1007", "clerk", HALLS[0]), "has no role"),
        (("setting", "set", "rating_timeout_s", "4000", "--scope", CITY), "from 15 to 60"),
        (("setting", "set", "nonsense", "4", "--scope", CITY), "no setting nonsense"),
        (("setting", "set", "auto_recall", "true", "--scope", CITY, "--from", "2020-01-01"), "is over"),
        (("setting", "set", "auto_recall", "true", "--scope", CITY, "--from", "soon"), "is no day"),
        (("setting", "set", "weights", "40/20/20/30", "--scope", CITY), "add to 100"),
        (("hall", "set", HALLS[0], "--name", " "), "name of 1 to 30"),
        (("hall", "set", "36060000x", "--name", "x"), "what it stands under"),
        (("staff", "set", "77", "--name", "x", "--hall", "36060001"), "360600001 市办税厅"),
        (("grant", "set", "1007", "clerk", "360600009"), "near it: 360600001 市办税厅"),
        (("code", "36060001"), "below nothing that is known here; near it: 360600001 市办税厅"),
        (("code", "3606 0001"), "a place is a code"),
        (("code", HALLS[0], "--replaces", "nobody"), "no such node"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    journal: Journal, folder: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with journal.write("-", at(0)) as tx:
        tx.record(StaffSet("1007", "somebody", CITY))
        tx.record(HallSet(HALLS[0], "市办税厅"))
    before = journal.last_pos()
    assert admin(folder, *words) == 2
    told = capsys.readouterr().err
    assert (told.count("\n"), said in told) == (1, True), told
    assert journal.last_pos() == before


def test_the_same_again_records_nothing(journal: Journal, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert admin(folder, "staff", "set", "1007", "--name", "王五", "--hall", CITY) == 0
        assert admin(folder, "grant", "set", "1007", "clerk", HALLS[0]) == 0
    assert journal.last_pos() == 2
    assert capsys.readouterr().out.count("nothing was recorded") == 2


def test_a_hall_may_get_its_code_before_it_is_known(
    journal: Journal, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a note; before anything is known without one, and so is a grant."""
    assert admin(folder, "code", HALLS[0]) == 0
    assert capsys.readouterr().err == ""
    with journal.write("-", at(0)) as tx:
        tx.record(HallSet(HALLS[0], "市办税厅"))
    for place in (HALLS[0], CITY, "360699", "440000"):
        assert admin(folder, "code", place) == 0
        assert ("not known here yet" in capsys.readouterr().err) == (place not in (HALLS[0], CITY))
    assert admin(folder, "code", "360600009") == 0
    said = capsys.readouterr()
    assert ("good once" in said.out, "360600009 is not known here yet; near it: 360600001" in said.err) == (True, True)


def matter(limit_min: int, number: int, scope: str = "", *, may_override: bool = False) -> ServiceTypeSet:
    return ServiceTypeSet(
        "A01", "税务登记", "registration", "A", "A", limit_min, number, scope=scope, may_override=may_override
    )


def test_a_hall_is_told_who_decides_a_matter(device: Journal, tmp_path: Path) -> None:
    board = Board(tmp_path / "local.db")
    desk = Desk(device, board, "3301", staff="1")

    def tell(*facts: Fact) -> None:
        with device.write("-", at(0)) as tx:
            for fact in facts:
                tx.record(fact)

    def limit_min() -> int:
        found = views.matter(device.database, "3301", "A01")
        return found.limit_min if found else 0

    tell(StaffSet("1", "admin", "3301"), GrantSet("1", Role.ADMIN, "3301"), HallSet("3301", "hall", parent=CITY))
    tell(matter(8, 1))
    change_matter(desk, "A01", at(1), limit_min=9)
    assert limit_min() == 9
    tell(matter(5, 3, CITY, may_override=True))
    change_matter(desk, "A01", at(2), limit_min=10)
    assert limit_min() == 10
    tell(matter(6, 5, CITY))
    with pytest.raises(Refused, match="decided by"):
        change_matter(desk, "A01", at(3), limit_min=11)
    assert limit_min() == 6
    board.close()
