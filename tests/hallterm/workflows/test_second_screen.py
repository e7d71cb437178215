"""Reasons of a level, and entries that the taxpayer checks: of their own facts, once, at their own window, sealed."""

from __future__ import annotations

import logging
import os
from functools import partial
from pathlib import Path

import pytest

from hallterm.locale import use
from hallterm.reports.make import make
from hallterm.screens.cases_words import options_text, said_text
from hallterm.workflows import counter
from hallterm.workflows.checking import answer, shown_at
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.explaining import Why, explain, why_asked
from hallterm.workflows.look import look
from hallterm.workflows.pads import mirror_name
from hallterm.workflows.ratings_look import own_look
from storage.facts import CounterAction, GrantSet, RatingGiven, Role, Scale
from storage.views import cases as rows
from storage.views import mirror
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import MEI, W1, W2, Shift
from tests.hallterm.workflows.test_identifying import PERSON, holding

ENTRY = "限额 100,000 元 份数 25"


def refused(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.reason.text()


def say(shift: Shift, rating: str, *codes: str, window: str = W1, text: str = "") -> str:
    return explain(shift.stores.journal, rating, codes, shift.clock.after(1), window=window, pad="mirror", text=text)


def rated(shift: Shift, level: int) -> tuple[str, str]:
    """A service and its rating."""
    service = shift.await_rating(shift.open())
    given = shift.rate(service, level)
    assert given is not None
    return service, given


def asked(shift: Shift, service: str) -> Why | None:
    return why_asked(shift.db, shift.service(service), shift.clock())


def test_reasons_follow_a_bad_level_and_reach_its_case_and_report(
    shift: Shift, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    service, given = rated(shift, 2)
    before = (shift.figure("rated"), shift.figure("level_2"))
    why = asked(shift, service)
    assert why is not None
    assert (why.rating, why.level, why.needed, len(why.options)) == (given, 2, False, 4)
    say(shift, given, "attitude", "slow", text="等了\x1b[2J很久\n")
    [fact] = shift.stores.facts("rating.explained")
    assert (fact["rating"], fact["service"], fact["staff"], fact["level"]) == (given, service, MEI, 2)
    assert (fact["codes"], fact["text"], fact["pad"]) == (["attitude", "slow"], "等了[2J很久", "mirror")
    assert (shift.figure("rated"), shift.figure("level_2")) == before
    assert asked(shift, service) is None
    case = rows.case_of_rating(shift.db, given)
    assert case is not None
    assert (case.options, case.text) == ("attitude slow", "等了[2J很久")
    use("zh_CN")
    report = make(shift.db, "R09", "2026-11", HALL, at("17:00"))
    column = [one.key for one in report.columns].index("options")
    assert [row.cells[column] for row in report.rows] == ["态度不好、效率不高"]
    assert (options_text(case), said_text(case)) == ("态度不好、效率不高", "等了[2J很久")
    with shift.stores.journal.write("0001", shift.clock.after(1)) as tx:
        tx.record(GrantSet(MEI, Role.CLERK, HALL))
    [own] = own_look(shift.desk(), at("10:00", "2026-11-25")).lines
    assert own.row.options == "attitude slow"
    assert "很久" not in caplog.text
    shift.check()


def test_reasons_are_taken_once_at_their_window_in_their_time_and_of_their_list(shift: Shift) -> None:
    service, given = rated(shift, 1)
    for wrong in (partial(say, shift, "x", "slow"), partial(say, shift, given, "slow", window=W2)):
        with pytest.raises(Refused, match="no rating to give reasons for"):
            wrong()
    with pytest.raises(Refused) as error:
        say(shift, given, "207")
    assert refused(error) == "207 is no reason of this level"
    say(shift, given, "skill")
    with pytest.raises(Refused, match="noted already"):
        say(shift, given, "slow")
    assert [fact["codes"] for fact in shift.stores.facts("rating.explained")] == [["skill"]]
    assert shift.service(service).rating == "rated"


def test_nobody_asks_why_a_good_level_was_given_nor_later_than_twenty_seconds(shift: Shift) -> None:
    service, _good = rated(shift, 4)
    assert asked(shift, service) is None
    service = shift.await_rating(shift.desk())
    given = shift.rate(service, 2)
    assert given is not None
    assert asked(shift, service) is not None
    shift.clock.after(20)
    assert asked(shift, service) is None
    say(shift, given, "slow")  # chosen in time, recorded a second after
    service = shift.await_rating(shift.desk())
    given = shift.rate(service, 2)
    assert given is not None
    shift.clock.after(24)
    with pytest.raises(Refused, match="time to say why is over"):
        say(shift, given, "slow")


def test_a_level_of_the_national_scale_needs_a_code_of_its_own_list(shift: Shift) -> None:
    body = RatingGiven(
        service="s", visit="v", window=W1, staff=MEI, code="B01", day="2026-11-24", wid=1, pad="P", key=1, level=2,
        scale=Scale.FIVE_NATIONAL, t_ms=1, held_ms=1, map_hash="0", ask="", frees_window=False,
    )  # fmt: skip
    with shift.stores.journal.write("-", shift.clock.after(1)) as tx:
        given = tx.record(body)
    for codes, why in (((), "at least one reason"), (("108",), "108 is no reason"), (("attitude",), "no reason of")):
        with pytest.raises(Refused) as error:
            say(shift, given, *codes)
        assert why in refused(error)
    say(shift, given, "207", "213")
    found = mirror.reason(shift.db, given)
    assert found is not None
    assert found.codes == "207 213"


@pytest.fixture
def desk(shift: Shift) -> Desk:
    """Window 1, somebody is served there, and a second screen with keys of its own is on."""
    desk = shift.open()
    shift.serve(desk)
    shift.stores.board.process_beat(mirror_name(W1), os.getpid(), shift.clock())
    return desk


def test_an_entry_is_shown_checked_and_only_its_reference_is_recorded(
    shift: Shift, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Refused, match="say what is to be checked"):
        shift.do(counter.show_entry, desk, "  ")
    shift.do(counter.identify, desk, PERSON)
    shift.do(counter.show_entry, desk, f" {ENTRY}\x1b ")
    service = shift.serving(desk)
    shown = shown_at(desk, service)
    assert shown is not None
    assert (shown.text, shown.answer) == (ENTRY, "")
    answer(desk, shift.clock.after(1), shown.id, right=False)
    entry = look(desk, shift.clock()).entry
    assert entry is not None
    assert entry.answer == "wrong"
    with pytest.raises(Refused, match="nothing is to be checked"):
        answer(desk, shift.clock.after(1), shown.id, right=True)
    shift.do(counter.show_entry, desk)
    again = shown_at(desk, service)
    assert again is not None
    assert (again.id != shown.id, again.text, again.answer) == (True, "", "")
    with pytest.raises(Refused, match="nothing is to be checked"):
        answer(desk, shift.clock.after(1), shown.id, right=True)
    answer(desk, shift.clock.after(1), again.id, right=True)
    assert [one.answer for one in mirror.checks_of_service(shift.db, service.id)] == ["right", "wrong"]
    kinds = [kind for kind in shift.stores.kinds() if kind.startswith("entry.")]
    assert kinds == ["entry.shown", "entry.disputed", "entry.shown", "entry.confirmed"]
    assert holding(Path(shift.db.where).parent, "100,000", PERSON) == set()
    assert "100,000" not in caplog.text
    shift.check()


def test_what_is_shown_belongs_to_one_person_and_one_running_matter(shift: Shift, desk: Desk) -> None:
    shift.do(counter.show_entry, desk, ENTRY)
    service = shift.serving(desk)
    shown = shown_at(desk, service)
    assert shown is not None
    shift.do(counter.identify, desk, PERSON)
    assert shown_at(desk, service) is None
    with pytest.raises(Refused, match="nothing is to be checked"):
        answer(desk, shift.clock.after(1), shown.id, right=True)
    shift.stores.board.process_beat(mirror_name(W1), os.getpid(), shift.clock())
    shift.do(counter.show_entry, desk, ENTRY)
    shown = shown_at(desk, service)
    assert shown is not None
    shift.do(counter.finish, desk)
    with pytest.raises(Refused, match="nothing is to be checked"):
        answer(desk, shift.clock.after(1), shown.id, right=True)
    assert look(desk, shift.clock()).entry is None


def test_without_a_second_screen_nothing_can_be_shown_and_nothing_is_sealed(shift: Shift) -> None:
    desk = shift.open()
    sealed = "SELECT count(*) FROM identity"
    with pytest.raises(Refused):
        shift.do(counter.show_entry, desk, ENTRY)
    shift.serve(desk)
    with pytest.raises(Refused, match="no second screen") as error:
        shift.do(counter.show_entry, desk, ENTRY)
    said = look(desk, shift.clock()).refusals[CounterAction.SHOW_ENTRY]
    assert said is not None
    assert refused(error) == said.text()
    assert shift.stores.vault.database.value(sealed) == 0
    assert "entry.shown" not in shift.stores.kinds()
