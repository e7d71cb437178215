"""What is opened when a matter starts: which starts count, and what a template may hold."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import msgspec
import pytest

from hallterm.catalogue import CatalogueError, read_catalogue
from hallterm.config import ConfigError, load
from hallterm.launch_template import PLACEHOLDERS, Broken, Filled, UnknownPlaceholder, filled, words_of
from hallterm.launching import Launches
from hallterm.rules.reconciliation import NOT_IN_CORE
from hallterm.workflows import counter
from hallterm.workflows.look import look
from hallterm.workflows.reference import as_fact, change_matter
from hallterm.workflows.seen import CounterView
from storage import facts as f
from storage import views
from storage.facts import Role
from tests.hallterm.workflows.conftest import hall_folder as hall_folder
from tests.hallterm.workflows.conftest import shift as shift
from tests.hallterm.workflows.founded import ADMIN, HALL
from tests.hallterm.workflows.shift import MEI, Shift

VALUES = Filled("FP02", "B02", "B001", f"{HALL}-01", MEI)
WAIT_S = 60.0
TOOL = """import json, pathlib, sys
here = pathlib.Path(sys.argv[1])
part = here.with_suffix(".part")
part.write_text(json.dumps(sys.argv[2:]), encoding="utf-8")
part.rename(here)
"""


def test_every_placeholder_is_filled_in_and_stays_within_its_word() -> None:
    words = words_of("taxcore --m={ref} '{code} x' {ticket}{window} {staff} {{ref}}")
    values = msgspec.structs.replace(VALUES, ref="a b; 'c' {staff}")
    assert filled(words, values) == [
        "taxcore",
        "--m=a b; 'c' {staff}",
        "B02 x",
        f"B001{HALL}-01",
        MEI,
        "{ref}",
    ]
    assert len(PLACEHOLDERS) == len(Filled.__struct_fields__)


@pytest.mark.parametrize("command", ["taxcore {password}", "t {}", "t {ref.__class__}", "t {ref!r}", "t {ref:>9}"])
def test_what_nothing_is_filled_in_for_is_refused(command: str) -> None:
    with pytest.raises(UnknownPlaceholder):
        words_of(command)


@pytest.mark.parametrize("command", ["taxcore 'open", "taxcore {ref", "taxcore }", "'' {ref}"])
def test_what_is_no_command_is_refused(command: str) -> None:
    with pytest.raises(Broken):
        words_of(command)


@pytest.mark.parametrize("command", ["taxcore {password}", "taxcore 'open"])
def test_the_configuration_says_where_the_template_is_wrong(tmp_path: Path, command: str) -> None:
    path = tmp_path / "hallterm.toml"
    path.write_text(f'[launch]\ncommand = "{command}"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"hallterm\.toml.*2.*launch"):
        load(path, {})


def test_the_reference_stands_in_the_catalogue_and_is_kept_by_other_changes(shift: Shift) -> None:
    matter = read_catalogue("code,name_zh,limit_min,tax_core_ref\nB02,发票领用,2,FP02\n", "hall.csv")[0]
    assert matter.tax_core_ref == "FP02"
    with pytest.raises(CatalogueError, match="tax_core_ref"):
        read_catalogue(f"code,name_zh,limit_min,tax_core_ref\nB02,发票领用,2,{'x' * 33}\n", "hall.csv")
    admin = shift.stores.desk(staff=ADMIN)
    with shift.stores.journal.write(ADMIN, shift.clock.after(1)) as tx:
        tx.record(f.GrantSet(ADMIN, Role.COLLECTION_DEPT, HALL))
    change_matter(admin, "B02", shift.clock.after(1), tax_core_ref="FP02")
    change_matter(admin, "B02", shift.clock.after(1), limit_min=3)
    found = views.matter(shift.db, HALL, "B02")
    assert found is not None
    assert (found.limit_min, found.tax_core_ref) == (3, "FP02")
    shift.check()


class Seat:
    """A window with what its terminal would open."""

    def __init__(self, shift: Shift, folder: Path) -> None:
        self.shift, self.folder = shift, folder
        tool = folder / "tool.py"
        tool.write_text(TOOL, encoding="utf-8")
        self.told: list[str] = []
        for code, ref in (("B01", "T-B01"), ("B02", "T-B02"), ("B03", NOT_IN_CORE)):
            matter = views.matter(shift.db, HALL, code)
            assert matter is not None
            version = msgspec.structs.replace(as_fact(matter), number=matter.number + 1, tax_core_ref=ref)
            with shift.stores.journal.write(ADMIN, shift.clock.after(1)) as tx:
                tx.record(version)
        self.desk = shift.open(1, MEI)
        command = (
            f"'{sys.executable}' '{tool}' '{folder}/{{code}}-{{ticket}}.json' {{ref}} {{code}} {{window}} {{staff}}"
        )
        self.launches = Launches(command, self.told.append)
        self.launches.seen(self.view())

    def view(self) -> CounterView:
        return look(self.desk, self.shift.clock())

    async def opened(self, count: int) -> list[list[str]]:
        """What was opened, once it is so many."""
        self.launches.seen(self.view())
        async with asyncio.timeout(WAIT_S):
            while len(found := sorted(self.folder.glob("*.json"))) < count:
                await asyncio.sleep(0.01)
        return [json.loads(one.read_text(encoding="utf-8")) for one in found]


async def test_a_start_and_a_change_open_a_module_each_and_nothing_else_does(shift: Shift, tmp_path: Path) -> None:
    seat = Seat(shift, tmp_path)
    shift.serve(seat.desk, "B02")
    assert await seat.opened(1) == [["T-B02", "B02", f"{HALL}-01", MEI]]
    shift.do(counter.pause, seat.desk, f.PauseReason.MATERIAL_SUPPLEMENT)
    seat.launches.seen(seat.view())
    shift.do(counter.resume, seat.desk)
    shift.do(counter.change_service, seat.desk, "B01")
    assert [one[0] for one in await seat.opened(2)] == ["T-B01", "T-B02"]
    shift.do(counter.change_service, seat.desk, "A17")
    seat.launches.seen(seat.view())
    shift.do(counter.change_service, seat.desk, "B03")
    seat.launches.seen(seat.view())
    shift.do(counter.finish, seat.desk)
    seat.launches.seen(seat.view())
    assert len(await seat.opened(2)) == 2, "a matter without a reference, or not done there, opens nothing"
    assert seat.told == []


async def test_what_was_going_on_at_the_sign_on_is_not_opened_again(shift: Shift, tmp_path: Path) -> None:
    seat = Seat(shift, tmp_path)
    shift.serve(seat.desk, "B02")
    await seat.opened(1)
    next(tmp_path.glob("*.json")).unlink()
    again = Launches(f"'{sys.executable}' '{tmp_path}/tool.py' '{tmp_path}/again.json' {{ref}}", seat.told.append)
    again.seen(seat.view())
    shift.do(counter.change_service, seat.desk, "B01")
    again.seen(seat.view())
    async with asyncio.timeout(WAIT_S):
        while not (tmp_path / "again.json").exists():
            await asyncio.sleep(0.01)
    assert json.loads((tmp_path / "again.json").read_text(encoding="utf-8")) == ["T-B01"]


async def test_a_program_that_cannot_be_started_is_one_sentence(shift: Shift, tmp_path: Path) -> None:
    seat = Seat(shift, tmp_path)
    seat.launches = Launches(f"{tmp_path}/nowhere {{ref}}", seat.told.append)
    seat.launches.seen(seat.view())
    shift.serve(seat.desk, "B02")
    seat.launches.seen(seat.view())
    async with asyncio.timeout(WAIT_S):
        while not seat.told:
            await asyncio.sleep(0.01)
    assert seat.told[0].startswith("the tax software was not opened")
