"""Founding a hall: everything at once, or nothing and a sentence."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hallterm.config import ConfigError, load
from hallterm.setup_command import SetupOptions, main, window_of
from hallterm.workflows.desk import Refused
from hallterm.workflows.setup import Field, FirstRun, WindowSpec, first_run, needs_setup, problems
from storage import views
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, RUN, Stores, at, founded


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with founded(tmp_path) as made:
        yield made


def test_a_hall_has_all_it_needs_to_open(stores: Stores) -> None:
    db = stores.journal.database
    assert stores.journal.identity.node == f"{HALL}-01"
    assert len(views.matters(db, HALL)) == 73
    assert [one.code for one in views.windows(db, HALL)] == [f"{HALL}-01", f"{HALL}-02", f"{HALL}-03"]
    assert {one.role for one in views.grants(db, ADMIN)} == {"admin", "hall_director"}
    assert views.last_day(db, HALL) == "2026-11-24"
    assert stores.vault.verify(ADMIN, PASSWORD)
    assert not stores.vault.must_change(ADMIN)
    assert not needs_setup(stores.journal)


def test_founding_twice_is_refused_and_changes_nothing(stores: Stores) -> None:
    before = stores.journal.last_pos()
    with pytest.raises(Refused):
        first_run(stores.journal, stores.vault, RUN, at("08:01"))
    with pytest.raises(Refused):
        first_run(stores.journal, stores.vault, msgspec.structs.replace(RUN, hall_code="360600002"), at("08:01"))
    assert stores.journal.last_pos() == before


def test_founding_that_was_cut_off_is_done_again(tmp_path: Path) -> None:
    stores = Stores(tmp_path)
    stores.journal.found(node=f"{HALL}-01", hall=HALL)
    assert needs_setup(stores.journal)
    first_run(stores.journal, stores.vault, RUN, at("08:00"))
    assert not needs_setup(stores.journal)
    stores.close()


@pytest.mark.parametrize(
    ("field", "change"),
    [
        (Field.HALL_NAME, {"hall_name": "  "}),
        (Field.HALL_NAME, {"hall_name": "厅\x1b[31m"}),
        (Field.HALL_CODE, {"hall_code": "36060001"}),
        (Field.HALL_CODE, {"hall_code": "３６０６００００１"}),
        (Field.HOURS, {"hours": ("08:30", "12:00", "11:00", "18:00")}),
        (Field.HOURS, {"hours": ("08:30", "", "14:00", "18:00")}),
        (Field.HOURS, {"hours": ("", "", "", "")}),
        (Field.HOURS, {"hours": ("8:30", "12:00", "14:00", "24:00")}),
        (Field.WINDOWS, {"windows": (WindowSpec(0),)}),
        (Field.WINDOWS, {"windows": (WindowSpec(2), WindowSpec(2))}),
        (Field.WINDOWS, {"windows": (WindowSpec(1, ("I",)),)}),
        (Field.WINDOWS, {"windows": (WindowSpec(1, (), ()),)}),
        (Field.NUMBER, {"admin_number": "王"}),
        (Field.NAME, {"admin_name": ""}),
        (Field.PASSWORD, {"password": "short"}),
    ],
)
def test_each_wrong_field_has_its_sentence_and_nothing_is_recorded(
    tmp_path: Path, field: Field, change: dict[str, object]
) -> None:
    run = msgspec.structs.replace(RUN, **change)
    assert list(problems(run)) == [field]
    assert problems(run)[field].text()
    stores = Stores(tmp_path)
    with pytest.raises(Refused):
        first_run(stores.journal, stores.vault, run, at("08:00"))
    assert needs_setup(stores.journal)
    assert not stores.vault.has_credential(ADMIN)
    stores.close()


def test_half_a_day_and_no_window_are_right() -> None:
    assert not problems(msgspec.structs.replace(RUN, hours=("08:30", "12:00", "", ""), windows=()))


def test_the_command_founds_a_hall_with_a_password_from_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load(environ={"HOME": str(tmp_path)}, data=tmp_path / "new")
    options = SetupOptions(
        hall_name="云岭服务点", hall_code=HALL, windows=("1:A,B/C", "2"), admin=ADMIN, name="李", password_stdin=True,
        open_always=True, point=True,
    )  # fmt: skip
    assert main(settings, options, io.StringIO(f"{PASSWORD}\n")) == 0
    assert HALL in capsys.readouterr().out
    stores = Stores(tmp_path / "new")
    hall = views.hall(stores.journal.database, HALL)
    window = views.window(stores.journal.database, f"{HALL}-01")
    assert hall is not None
    assert hall.open_always
    assert hall.hall_kind == "point"
    assert window is not None
    assert (window.primary, window.secondary) == ("A,B", "C")
    assert stores.vault.verify(ADMIN, PASSWORD)
    stores.close()
    with pytest.raises(ConfigError):
        main(settings, options, io.StringIO(f"{PASSWORD}\n"))


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    settings = load(environ={"HOME": str(tmp_path)}, data=tmp_path)
    with pytest.raises(ConfigError, match="--hall-code"):
        main(settings, SetupOptions(hall_name="x"))


@pytest.mark.parametrize("text", ["", "a", "1:A,", "1:/", "1;A", "100:A"])
def test_a_window_that_is_none_is_told(text: str) -> None:
    with pytest.raises(ConfigError):
        window_of(text)


def test_names_are_kept_as_they_are(tmp_path: Path) -> None:
    run: FirstRun = msgspec.structs.replace(RUN, hall_name="[red]{0}%s'\"厅", admin_name="o'; DROP TABLE staff;--")
    with founded(tmp_path, run) as stores:
        hall, staff = views.hall(stores.journal.database, HALL), views.staff(stores.journal.database, ADMIN)
        assert hall is not None
        assert staff is not None
        assert (hall.name, staff.name) == (run.hall_name, run.admin_name)
