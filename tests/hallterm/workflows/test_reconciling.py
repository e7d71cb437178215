"""The comparison with the tax software on real files: matched, previewed, recorded once; credit and shares follow."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from openpyxl import Workbook

from hallterm.core_file import CoreFile, FileError, read_core_file
from hallterm.reconciling import inputs
from hallterm.reports.make import make
from hallterm.rules.day import day_clock_text
from hallterm.rules.reconciliation import NOT_IN_CORE
from hallterm.workflows.desk import Refused
from hallterm.workflows.reconciling import (
    HAS_FAULTS,
    CoreInput,
    Preview,
    Recorded,
    compared_days,
    preview,
    record_day,
)
from hallterm.workflows.reference import as_fact
from storage import facts as f
from storage import views
from storage.facts import Role
from storage.rebuild import compare
from storage.views.assessment import service_lines
from storage.views.reconciliation import services_to_verify
from tests.hallterm.workflows.founded import ADMIN, HALL, at
from tests.hallterm.workflows.shift import MEI, Shift

DIRECTOR = "0101"
DAY, NEXT = "2026-11-24", "2026-11-25"
HEADER = "日期,办税厅,流水号,工号,事项,时间,票号\n"


@pytest.fixture
def worked(shift: Shift) -> Shift:
    """Ten services of one clerk in a row, and a director."""
    with shift.stores.journal.write(ADMIN, at("08:10")) as tx:
        tx.record(f.StaffSet(DIRECTOR, "赵主任", HALL))
        tx.record(f.GrantSet(DIRECTOR, Role.HALL_DIRECTOR, HALL))
    desk = shift.open(1, MEI)
    for _nth in range(10):
        shift.rate(shift.await_rating(desk, "B02", 120))
    return shift


def table(shift: Shift, *, count: int = 8, by_ticket: bool = False) -> str:
    """What the tax software would export of the first ``count`` services."""
    lines = []
    for nth, one in enumerate(services_to_verify(shift.db, HALL, DAY)[:count]):
        clock = day_clock_text(one.end_t)[-5:]
        ticket = one.number if by_ticket else ""
        lines.append(f"{DAY},{HALL},SW{nth:04d},{one.staff},{one.code},{clock},{ticket}")
    return HEADER + "\n".join(lines) + "\n"


def written(folder: Path, text: str, name: str = "list.csv") -> CoreFile:
    path = folder / name
    path.write_text(text, encoding="utf-8-sig")
    return read_core_file(path)


def looked(shift: Shift, file: CoreFile, day: str = NEXT) -> Preview:
    return preview(shift.stores.desk(staff=DIRECTOR), at("09:00", day), inputs(file), file.file_hash)


def recorded(shift: Shift, file: CoreFile, day: str = NEXT) -> Recorded:
    return record_day(shift.stores.desk(staff=DIRECTOR), at("09:00", day), inputs(file), file.file_hash, DAY)


def test_ten_services_of_which_eight_match(worked: Shift, tmp_path: Path) -> None:
    credit = worked.figure("std_milliminutes")
    file = written(tmp_path, table(worked))
    before = worked.stores.kinds()
    found = looked(worked, file).days[0]
    assert (found.services, found.yes, found.no, found.losses) == (10, 8, 2, 2)
    assert found.share == Decimal("80.00")
    assert worked.stores.kinds() == before, "a preview records nothing"
    assert recorded(worked, file).changed == 10
    assert (worked.figure("verified_yes"), worked.figure("verified_no")) == (8, 2)
    assert worked.figure("std_milliminutes") * 10 == credit * 8, "two are not credited"
    worked.check()


def test_a_matter_that_is_not_done_in_the_tax_software_is_left_out_of_the_share(worked: Shift, tmp_path: Path) -> None:
    """Two more services, of another matter: credited as before, in no share; found after all, they are verified."""
    desk, advice = worked.desk(1, MEI), views.matter(worked.db, HALL, "B03")
    assert advice is not None
    with worked.stores.journal.write(ADMIN, at("08:11")) as tx:
        tx.record(msgspec.structs.replace(as_fact(advice), number=advice.number + 1, tax_core_ref=NOT_IN_CORE))
    for _nth in range(2):
        worked.rate(worked.await_rating(desk, "B03", 120))
    credit = worked.figure("std_milliminutes")
    found = looked(worked, written(tmp_path, table(worked))).days[0]
    assert (found.services, found.yes, found.no, found.losses) == (10, 8, 2, 2)
    assert found.share == Decimal("80.00")
    recorded(worked, written(tmp_path, table(worked)))
    assert [worked.figure(f"verified_{said}") for said in ("yes", "no", "outside")] == [8, 2, 2]
    lost = credit - worked.figure("std_milliminutes")
    assert lost == 2 * 1200, "the two that were not found, not the other matter"
    made = make(worked.db, "R03", DAY, HALL, at("09:00", NEXT), by="hall")
    assert made.sum_of("verified_share") == Decimal("80.00")
    lines = {one.code: one.verified for one in service_lines(worked.db, (HALL, DAY, DAY), MEI)}
    assert lines["B03"] == "outside"
    recorded(worked, written(tmp_path, table(worked, count=12), "all.csv"))
    assert [worked.figure(f"verified_{said}") for said in ("yes", "no", "outside")] == [12, 0, 0]
    worked.check()
    assert compare(worked.db) == []


def test_the_same_file_again_changes_nothing(worked: Shift, tmp_path: Path) -> None:
    file = written(tmp_path, table(worked))
    recorded(worked, file)
    before = worked.stores.kinds()
    assert looked(worked, file).days[0].known
    assert recorded(worked, file).changed == 0
    assert worked.stores.kinds() == before


def test_a_fuller_list_of_the_day_gives_the_credit_back(worked: Shift, tmp_path: Path) -> None:
    credit = worked.figure("std_milliminutes")
    recorded(worked, written(tmp_path, table(worked)))
    fuller = written(tmp_path, table(worked, count=10), "fuller.csv")
    assert looked(worked, fuller).days[0].gains == 2
    recorded(worked, fuller)
    assert worked.figure("std_milliminutes") == credit
    assert (worked.figure("verified_yes"), worked.figure("verified_no")) == (10, 0)
    worked.check()
    assert compare(worked.db) == []


def test_a_ticket_number_matches_whatever_the_time(worked: Shift, tmp_path: Path) -> None:
    lines = table(worked, by_ticket=True).splitlines()
    late = [line.split(",") for line in lines[1:]]
    for line in late:
        line[5] = "17:29"
    file = written(tmp_path, "\n".join([lines[0], *(",".join(line) for line in late)]))
    found = looked(worked, file).days[0]
    assert (found.yes, found.by_number) == (8, 8)


def test_a_matter_may_be_named_as_the_tax_software_names_it(worked: Shift, tmp_path: Path) -> None:
    matter = views.matter(worked.db, HALL, "B02")
    assert matter is not None
    version = msgspec.structs.replace(as_fact(matter), number=matter.number + 1, tax_core_ref="fp-Lingyong")
    with worked.stores.journal.write(ADMIN, at("17:00")) as tx:
        tx.record(version)
    file = written(tmp_path, table(worked).replace(",B02,", ",FP-lingyong,"))
    assert looked(worked, file).days[0].yes == 8


def test_lines_that_nothing_matches_and_lines_that_come_twice_are_named(worked: Shift, tmp_path: Path) -> None:
    text = table(worked)
    first = text.splitlines()[1]
    file = written(tmp_path, f"{text}{first}\n{DAY},{HALL},SW9999,0999,B02,09:00,\n")
    found = looked(worked, file)
    assert [one.line for one in found.remarks] == [10]
    assert found.days[0].only_core == (11,)


def test_every_fault_is_told_with_its_line_and_nothing_is_recorded(worked: Shift, tmp_path: Path) -> None:
    file = written(tmp_path, HEADER + f"24.11.2026,{HALL},1,0317,B02,09:00,\n{DAY},{HALL},2,,B02,25:00,\n")
    assert [one.line for one in file.problems] == [2, 3, 3]
    assert file.lines == ()
    other = written(tmp_path, HEADER + f"{DAY},360600002,1,0317,B02,09:00,\n{NEXT},{HALL},2,0317,B02,09:00,\n")
    assert [one.line for one in looked(worked, other).faults] == [2, 3]
    with pytest.raises(Refused) as refusal:
        recorded(worked, other)
    assert refusal.value.reason == HAS_FAULTS


def test_a_workbook_with_real_days_and_times_reads_the_same(worked: Shift, tmp_path: Path) -> None:
    plain = written(tmp_path, table(worked))
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.strip().split(","))
    for line in table(worked).splitlines()[1:]:
        _day, hall, number, staff, code, clock, _ticket = line.split(",")
        sheet.append([date(2026, 11, 24), int(hall), number, staff, code, time.fromisoformat(clock), None])
    book.save(tmp_path / "list.xlsx")
    assert read_core_file(tmp_path / "list.xlsx").lines == plain.lines
    sheet.cell(2, 6).value = datetime(2026, 11, 24, 9, 2, 30)
    book.save(tmp_path / "other.xlsx")
    assert read_core_file(tmp_path / "other.xlsx").lines[0].at_t == at("09:02", DAY, 30).t


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.xlsx", b"no workbook at all", "is no XLSX workbook"),
        ("list.csv", b"\xff\xfea\x00", "UTF-16"),
        ("list.csv", None, "cannot be read"),
    ],
)
def test_what_is_no_table_is_told_in_one_sentence(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=said):
        read_core_file(tmp_path / name)


def test_a_header_that_lacks_a_column_is_one_fault(tmp_path: Path) -> None:
    file = written(tmp_path, f"日期,流水号\n{DAY},1\n")
    assert [one.line for one in file.problems] == [1]


def test_who_may_not_import_is_refused(worked: Shift, tmp_path: Path) -> None:
    file = written(tmp_path, table(worked))
    with pytest.raises(Refused):
        preview(worked.stores.desk(staff=MEI), at("09:00", NEXT), inputs(file), file.file_hash)
    with pytest.raises(Refused):
        record_day(worked.stores.desk(staff=MEI), at("09:00", NEXT), inputs(file), file.file_hash, DAY)


def test_a_list_that_comes_too_late_is_marked(worked: Shift, tmp_path: Path) -> None:
    file = written(tmp_path, table(worked))
    assert looked(worked, file).days[0].in_time
    recorded(worked, file, day="2026-11-27")
    row = compared_days(worked.stores.desk(staff=DIRECTOR), at("09:00", NEXT))[0]
    assert (row.day, row.lines, row.matched, row.in_time, row.by) == (DAY, 8, 8, False, DIRECTOR)


def test_two_hundred_lines_of_one_day_fit_their_facts(worked: Shift) -> None:
    lines = [
        CoreInput(nth, DAY, f"长编号{nth:028d}", "人" * 32, "事" * 32, at("09:00").t, "", "票" * 32)
        for nth in range(200)
    ]
    done = record_day(worked.stores.desk(staff=DIRECTOR), at("09:00", NEXT), lines, "ff" * 32, DAY)
    assert done.changed == 10
    assert worked.figure("verified_no") == 10
    worked.check()
