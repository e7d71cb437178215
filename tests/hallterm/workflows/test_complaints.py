"""A founded complaint is recorded by the number of its papers, costs what the setting says, and can be seen behind it."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from hallterm.assessing import assess
from hallterm.complaint_command import Who, list_complaints, record, withdraw
from hallterm.config import ConfigError, load
from hallterm.own_assessment import person_look
from hallterm.rules.averages import best_clerk
from hallterm.rules.periods import months_period
from hallterm.screens.assessment_words import counts
from hallterm.workflows.complaints import (
    ABOUT_ONESELF,
    GONE,
    NO_NUMBER,
    ComplaintDraft,
    complaints_look,
    record_complaint,
    withdraw_complaint,
)
from hallterm.workflows.desk import Refused
from hallterm.workflows.months import freeze_month, reopen_month
from storage.facts import GrantSet, Role, SettingSet
from storage.views import assessment as rows
from tests.hallterm.screens.assessed import DAYS, MONTH, month
from tests.hallterm.workflows.crew import ASSESSOR, DIRECTOR, LEADER
from tests.hallterm.workflows.decided import ASSESSOR as CITY_ASSESSOR
from tests.hallterm.workflows.decided import paired
from tests.hallterm.workflows.founded import ADMIN, HALL, PASSWORD, at
from tests.hallterm.workflows.shift import FANG, MEI, Shift

OCTOBER = months_period(MONTH, MONTH)
NOW = at("10:45")
DRAFT = ComplaintDraft(MEI, DAYS[1], "TS-2026-017", "态度")


@pytest.fixture
def hall(shift: Shift) -> Shift:
    month(shift.stores)
    with shift.stores.journal.write(ADMIN, at("08:30", "2026-09-30")) as tx:
        tx.record(SettingSet("complaint_deduction", "5", HALL, "2026-10-01"))
    return shift


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as no:
        work()
    return no.value.reason.msgid


def total(hall: Shift, staff: str = MEI) -> Fraction:
    found = next(one for one in assess(hall.db, [HALL], OCTOBER, NOW).people if one.staff == staff)
    assert found.score.total is not None
    return found.score.total


def recorded(hall: Shift) -> str:
    record_complaint(hall.desk(0, ASSESSOR), DRAFT, NOW)
    (row,) = rows.complaints(hall.db, [HALL], DAYS[0], DAYS[-1])
    return row.id


def test_it_takes_points_off_the_total_and_is_named_beside_them(hall: Shift) -> None:
    before, other = total(hall), total(hall, FANG)
    id = recorded(hall)
    assert before - total(hall) == 5
    assert total(hall, FANG) == other
    look = person_look(hall.db, MEI, [HALL], OCTOBER, NOW, own=True)
    assert look is not None
    assert look.one.score.deducted == 5
    assert counts(look, 78)[-1] == "Complaints founded 1 x 5.00: 10-09 TS-2026-017"
    best = best_clerk(one.standing for one in assess(hall.db, [HALL], OCTOBER, NOW).people)
    assert best is None or best.staff != MEI
    withdraw_complaint(hall.desk(0, ASSESSOR), id, "复核不实", NOW)
    assert total(hall) == before
    look = person_look(hall.db, MEI, [HALL], OCTOBER, NOW, own=True)
    assert look is not None
    assert len(counts(look, 78)) == 4
    assert refused(lambda: withdraw_complaint(hall.desk(0, ASSESSOR), id, "再", NOW)) == GONE.msgid
    hall.check()


def test_a_frozen_month_keeps_it_and_one_that_comes_later_changes_no_point(hall: Shift) -> None:
    recorded(hall)
    with_one = total(hall)
    freeze_month(hall.desk(0, ASSESSOR), HALL, MONTH, NOW)
    record_complaint(hall.desk(0, ASSESSOR), ComplaintDraft(MEI, DAYS[2], "TS-018"), NOW)
    frozen = total(hall)
    assert abs(frozen - with_one) < Fraction(1, 100)
    reopen_month(hall.desk(0, ASSESSOR), HALL, MONTH, "新的投诉", NOW)
    assert with_one - total(hall) == 5
    hall.check()


@pytest.mark.parametrize("staff", [MEI, LEADER, DIRECTOR])
def test_who_serves_or_leads_records_none(hall: Shift, staff: str) -> None:
    assert "{what} needs" in refused(lambda: record_complaint(hall.desk(0, staff), DRAFT, NOW))
    assert "{what} needs" in refused(lambda: complaints_look(hall.desk(0, staff), NOW))


def test_what_cannot_be_is_refused(hall: Shift) -> None:
    def said(draft: ComplaintDraft) -> str:
        return refused(lambda: record_complaint(hall.desk(0, ASSESSOR), draft, NOW))

    with hall.stores.journal.write(ADMIN, at("08:40")) as tx:
        tx.record(GrantSet(ASSESSOR, Role.CLERK, HALL))
    assert said(ComplaintDraft(ASSESSOR, "", "TS-1")) == ABOUT_ONESELF.msgid
    assert "not worked" in said(ComplaintDraft("9999", "", "TS-1"))
    for number, note in (("", ""), ("1" * 21, ""), ("TS-1", "x" * 41), ("TS-1", "a\x1bb")):
        assert said(ComplaintDraft(MEI, "", number, note)) == NO_NUMBER.msgid
    assert "no past day" in said(ComplaintDraft(MEI, "2026-11-25", "TS-1"))
    recorded(hall)
    assert "already" in said(DRAFT)


def test_what_the_centre_records_counts_in_the_hall(hall: Shift, tmp_path: Path) -> None:
    with paired(hall, tmp_path / "centre") as pair:
        pair.exchange()
        before = total(hall)
        record_complaint(pair.above(CITY_ASSESSOR), DRAFT, NOW)
        assert [one.number for one in complaints_look(pair.above(CITY_ASSESSOR), NOW, MONTH).lines] == ["TS-2026-017"]
        pair.exchange()
        assert before - total(hall) == 5
        pair.check()


def test_by_command_who_shows_who_he_is(
    hall: Shift, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("storage.vault.PASSES", 1)
    monkeypatch.setattr("hallterm.workflows.sign_on.PASSES", 1)
    for number in (ASSESSOR, DIRECTOR):
        hall.stores.vault.set_password(number, PASSWORD)
    settings = load(None, {}, data=Path(hall.db.where).parent)

    def run(command: Callable[..., int], *given: object, staff: str = ASSESSOR, scope: str = "") -> str:
        capsys.readouterr()
        assert command(settings, *given, Who(scope, staff, password_stdin=True), io.StringIO(PASSWORD)) == 0
        return capsys.readouterr().out

    assert "TS-9" in run(record, (MEI, DAYS[0], "TS-9", ""))
    listed = run(list_complaints, MONTH)
    assert f"{DAYS[0]}  {MEI}  TS-9" in listed
    with pytest.raises(ConfigError):
        run(record, (MEI, DAYS[0], "TS-10", ""), staff=DIRECTOR)
    with pytest.raises(ConfigError):
        run(list_complaints, MONTH, scope="360681001")
    assert "withdrawn" in run(withdraw, listed.split()[-1], "复核不实")
    assert "withdrawn" in run(list_complaints, MONTH)
