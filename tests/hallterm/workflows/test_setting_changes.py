"""Settings are changed by those who may, from a day on, and taken back within ten seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hallterm.rules.settings_table import SettingName, SettingValue
from hallterm.workflows import hall_settings
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.hall_tv import board_view
from hallterm.workflows.setting_changes import (
    SettingDraft,
    SettingLine,
    change_setting,
    setting_lines,
    take_back,
)
from storage.facts import GrantSet, Role, SettingSet, StaffSet
from tests.hallterm.workflows.founded import ADMIN, HALL, Stores, at
from tests.hallterm.workflows.shift import Shift

CITY = "360600"
DIRECTOR, COLLECTION = "0400", "0700"
TODAY, TOMORROW = "2026-11-24", "2026-11-25"
NOW = at("08:10")
TIMEOUT = SettingName.RATING_TIMEOUT_S


@pytest.fixture
def stores(shift: Shift) -> Stores:
    with shift.stores.journal.write(ADMIN, at("08:05")) as tx:
        for number, role in (("0317", Role.CLERK), (DIRECTOR, Role.HALL_DIRECTOR), ("0500", Role.ADMIN)):
            tx.record(StaffSet(number, "张晓梅", HALL))
            tx.record(GrantSet(number, role, HALL))
    return shift.stores


@contextmanager
def refused(words: str) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert words in caught.value.reason.text()


def director(stores: Stores) -> Desk:
    return stores.desk(staff=DIRECTOR)


def holds(stores: Stores, day: str = TODAY, name: SettingName = TIMEOUT) -> SettingValue:
    return hall_settings.value_on(stores.journal.database, name, HALL, day)


def line_of(stores: Stores, name: SettingName = TIMEOUT, place: str = HALL) -> SettingLine:
    lines = setting_lines(stores.journal.database, place, TODAY)
    return next(line for line in lines if line.setting.name is name)


def set_above(stores: Stores, value: str, *, may_override: bool = False, day: str = "") -> None:
    with stores.journal.write(ADMIN, at("08:06")) as tx:
        tx.record(SettingSet(TIMEOUT, value, CITY, day, may_override))


def test_a_change_holds_from_its_day_and_is_one_fact(stores: Stores) -> None:
    assert line_of(stores) == SettingLine(setting=line_of(stores).setting, value=30, is_set=False, next_value=30)
    done = change_setting(director(stores), SettingDraft(TIMEOUT, "45", "tomorrow"), NOW)
    assert done.words.text() == f"Time to rate: 45 s from {TOMORROW}"
    assert stores.facts("setting.set") == [{"name": TIMEOUT, "value": "45", "scope": HALL, "from_day": TOMORROW}]
    assert (holds(stores), holds(stores, TOMORROW)) == (30, 45)
    line = line_of(stores)
    assert (line.value, line.next_value, line.next_day) == (30, 45, TOMORROW)
    done = change_setting(director(stores), SettingDraft(TIMEOUT, "20"), NOW)
    assert done.words.text() == "Time to rate: 20 s from today"
    assert (holds(stores), holds(stores, TOMORROW)) == (20, 45)
    line = line_of(stores)
    assert (line.value, line.is_set, line.since, line.scope) == (20, True, TODAY, HALL)


def test_the_same_value_is_not_recorded_again(stores: Stores) -> None:
    change_setting(director(stores), SettingDraft(TIMEOUT, "45"), NOW)
    before = stores.kinds()
    done = change_setting(director(stores), SettingDraft(TIMEOUT, "45", "tomorrow"), NOW)
    assert (done.undo, stores.kinds()) == (None, before)
    assert "is 45 s already" in done.words.text()


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (SettingDraft(TIMEOUT, "5"), "whole number from 15 to 60"),
        (SettingDraft("rating_timeout", "30"), "there is no setting rating_timeout;"),
        (SettingDraft(TIMEOUT, "30", "yesterday"), "yesterday is no day"),
        (SettingDraft(TIMEOUT, "30", "2026-11-23"), "2026-11-23 is over"),
        (SettingDraft(TIMEOUT, "30", "2026-02-30"), "2026-02-30 is no day"),
        (SettingDraft(TIMEOUT, "30", scope="360600"), "changed at the centre"),
        (SettingDraft(TIMEOUT, "30", scope=""), "those of the highest centre are changed at the centre"),
        (SettingDraft(TIMEOUT, "30", scope=f"{HALL}-03"), f"not for {HALL}-03"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(stores: Stores, draft: SettingDraft, words: str) -> None:
    before = stores.kinds()
    with refused(words):
        change_setting(director(stores), draft, NOW)
    assert stores.kinds() == before


@pytest.mark.parametrize("staff", ["0317", "0500", "9999", ""])
def test_only_the_director_and_the_collection_department_may(stores: Stores, staff: str) -> None:
    with refused("only the director of the hall"):
        change_setting(stores.desk(staff=staff), SettingDraft(TIMEOUT, "45"), NOW)
    assert stores.facts("setting.set") == []


def test_the_collection_department_of_the_city_may(stores: Stores) -> None:
    with stores.journal.write(ADMIN, at("08:06")) as tx:
        tx.record(GrantSet(COLLECTION, Role.COLLECTION_DEPT, CITY))
    change_setting(stores.desk(staff=COLLECTION), SettingDraft(TIMEOUT, "45"), NOW)
    assert holds(stores) == 45


def test_what_a_higher_place_decided_stays(stores: Stores) -> None:
    set_above(stores, "25")
    assert line_of(stores).decided is not None
    with refused(f"{CITY} decides this for all its halls"):
        change_setting(director(stores), SettingDraft(TIMEOUT, "45"), NOW)
    set_above(stores, "25", may_override=True, day=TODAY)
    assert (line_of(stores).value, line_of(stores).scope, line_of(stores).decided) == (25, CITY, None)
    change_setting(director(stores), SettingDraft(TIMEOUT, "45"), NOW)
    assert (holds(stores), line_of(stores).scope) == (45, HALL)


def test_a_centre_decides_for_a_city_and_its_halls(stores: Stores) -> None:
    centre = Desk(stores.journal, stores.board, "")
    change_setting(centre, SettingDraft(TIMEOUT, "25", scope=CITY, may_override=True), NOW)
    fact = {"name": TIMEOUT, "value": "25", "scope": CITY, "from_day": TODAY, "may_override": True}
    assert stores.facts("setting.set") == [fact]
    assert holds(stores) == 25


def test_taken_back_it_is_exactly_as_before(stores: Stores) -> None:
    set_above(stores, "25", may_override=True)
    before = setting_lines(stores.journal.database, HALL, TODAY)
    done = change_setting(director(stores), SettingDraft(TIMEOUT, "45"), NOW)
    assert done.undo is not None
    assert "is as before" in take_back(director(stores), done.undo, at("08:10", second=9)).words.text()
    assert setting_lines(stores.journal.database, HALL, TODAY) == before
    set_above(stores, "50", may_override=True, day=TODAY)
    assert holds(stores) == 50, "what the hall took back does not hide what the city sets later"


def test_taken_back_the_value_of_the_same_day_is_there_again(stores: Stores) -> None:
    change_setting(director(stores), SettingDraft(TIMEOUT, "45"), NOW)
    done = change_setting(director(stores), SettingDraft(TIMEOUT, "50"), NOW)
    assert done.undo is not None
    take_back(director(stores), done.undo, NOW)
    assert (holds(stores), line_of(stores).since) == (45, TODAY)


def test_ten_seconds_later_or_after_another_change_it_stays(stores: Stores) -> None:
    done = change_setting(director(stores), SettingDraft(TIMEOUT, "45"), NOW)
    assert done.undo is not None
    with refused("more than 10 seconds ago"):
        take_back(director(stores), done.undo, at("08:10", second=10.5))
    change_setting(stores.desk(staff=ADMIN), SettingDraft(TIMEOUT, "50"), at("08:10", second=2))
    with refused("somebody has changed it since"):
        take_back(director(stores), done.undo, at("08:10", second=5))
    assert holds(stores) == 50
    with refused("only the director"):
        take_back(stores.desk(staff="0317"), done.undo, NOW)


@pytest.mark.parametrize("value", ['"x"', "true", "null", "{", "[30]"])
def test_a_value_that_is_not_understood_is_the_default(stores: Stores, value: str) -> None:
    with stores.journal.write(ADMIN, at("08:06")) as tx:
        for name in SettingName:
            if name is not SettingName.HALL_NOTICE or value != '"x"':
                tx.record(SettingSet(name, value if name is TIMEOUT else '{"newer": 1}', HALL))
    lines = setting_lines(stores.journal.database, HALL, TODAY)
    assert all(line.value == line.setting.default for line in lines)
    assert board_view(stores.journal.database, HALL, NOW).notice == ""
