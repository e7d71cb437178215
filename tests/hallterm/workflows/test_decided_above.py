"""What is decided at the centre about a hall is seen there: leave, months, appeals, errors, votes; once, whoever tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hallterm.assessing import assess
from hallterm.reports.make import make
from hallterm.rules.leave import Span
from hallterm.rules.periods import months_period
from hallterm.screens.cases_words import course_texts
from hallterm.station import faults
from hallterm.workflows import appeals, bad_ratings, counter, outages, pause_words, rating
from hallterm.workflows.adjustments import note_adjustments
from hallterm.workflows.desk import Refused
from hallterm.workflows.errors import ErrorDraft, record_error, withdraw_error
from hallterm.workflows.leave import LeaveDraft, ask_leave
from hallterm.workflows.leave_deciding import approve_leaves, reject_leave, undo_decision
from hallterm.workflows.leave_looking import own_leave_look
from hallterm.workflows.months import freeze_month, look_at_month, reopen_month
from hallterm.workflows.of_a_hall import APPEALS_ABOVE, AT_THE_CENTRE, halls_to_decide
from hallterm.workflows.outstanding import cast_vote, open_vote, vote_look
from storage import feed, snapshots
from storage.access import Action
from storage.database import open_sqlite
from storage.decided import DECIDED, PREFIX
from storage.facts import (
    KINDS,
    AppealDecision,
    BadRatingClass,
    FaultKind,
    Half,
    LeaveState,
    LeaveType,
    Moment,
    StaffSet,
    WindowState,
)
from storage.feed import share
from storage.projections.register import PROJECTIONS
from storage.rebuild import compare, rebuild_into
from storage.tables import DERIVED_MODELS
from storage.views import attendance as leaves
from storage.views import cases as cases
from storage.views import outages as seen
from storage.views.figures import sums
from tests.hallterm.screens.assessed import DAYS, MONTH, month, service
from tests.hallterm.workflows.decided import ASSESSOR, BUREAU, CITY, DEPT, DIRECTOR, LEADER, Pair, paired
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import MEI, WEI, Shift

WED, THU = "2026-11-25", "2026-11-26"
OCTOBER = months_period(MONTH, MONTH)
OTHER = "360681001"


@pytest.fixture
def pair(shift: Shift, tmp_path: Path) -> Iterator[Pair]:
    with paired(shift, tmp_path / "centre") as made:
        yield made


def asked(pair: Pair, staff: str = MEI, day: str = WED) -> str:
    half = (day, Half.AM)
    return ask_leave(pair.here(staff), LeaveDraft(LeaveType.PERSONAL, Span(half, half)), at("10:45")).leave


def state(pair: Pair, leave: str, above: bool = False) -> tuple[LeaveState, str, bool]:
    row = leaves.leave(pair.centre.database if above else pair.hall, leave)
    assert row is not None
    return row.state, row.by, row.contested


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as no:
        work()
    return no.value.reason.msgid


def told(pair: Pair) -> list[str]:
    """The kinds of the decisions that came down."""
    rows = pair.hall.rows("SELECT kind FROM feed WHERE above = 1 AND key LIKE ? ORDER BY rev", (f"{PREFIX}%",))
    return [str(kind) for (kind,) in rows]


def of_tables(pair: Pair) -> dict[str, list[object]]:
    names = [str(model._meta.table_name) for model in DERIVED_MODELS]
    return {name: sorted(pair.hall.rows(f'SELECT * FROM "{name}"'), key=repr) for name in names}


def test_leave_that_was_asked_for_in_the_hall_is_approved_at_the_centre(pair: Pair) -> None:
    leave = asked(pair)
    pair.exchange()
    look = halls_to_decide(pair.above(BUREAU, ""), at("10:50"), {Action.APPROVE_LEAVE})
    assert [(one.code, one.waits) for one in look.halls] == [(HALL, (1, 0))]
    done = approve_leaves(pair.above(BUREAU), [leave], at("10:50"))
    assert state(pair, leave)[0] is LeaveState.SUBMITTED, "not yet"
    pair.exchange()
    assert state(pair, leave) == (LeaveState.APPROVED, BUREAU, False)
    (own,) = own_leave_look(pair.here(MEI), at("10:52")).requests
    assert (own.state, own.by) == (LeaveState.APPROVED, BUREAU), "the clerk's own page"
    assert done.undo is not None
    undo_decision(pair.above(BUREAU), done.undo, at("10:50", second=5))
    pair.exchange()
    assert state(pair, leave)[0] is LeaveState.SUBMITTED
    assert told(pair) == ["leave.approved", "leave.decision_undone"]
    pair.check()


def test_who_stands_below_or_elsewhere_decides_nothing_here(pair: Pair) -> None:
    leave = asked(pair)
    pair.exchange()
    assert "{what} needs" in refused(lambda: approve_leaves(pair.above(ASSESSOR), [leave], at("10:50")))
    assert halls_to_decide(pair.above(ASSESSOR, ""), at("10:50"), {Action.APPROVE_LEAVE}).halls == ()
    assert "not known" in refused(lambda: approve_leaves(pair.above(BUREAU, OTHER), [leave], at("10:50")))


def test_of_two_decisions_that_could_not_know_of_each_other_the_centre_s_holds(pair: Pair) -> None:
    """Both are kept and shown as contested; the same at both places, whichever came first."""
    first, second, third = asked(pair), asked(pair, WEI), asked(pair, MEI, THU)
    pair.exchange()
    approve_leaves(pair.here(LEADER), [first, third], at("10:50"))
    reject_leave(pair.above(BUREAU), first, "人手不够", at("10:49"))
    approve_leaves(pair.above(BUREAU), [second, third], at("10:51"))
    with pair.shift.stores.journal.write("-", at("10:51")) as tx:
        tx.follow(10_000_000)
        tx.record(StaffSet(WEI, "李伟", HALL))  # the hall has seen ever so much more
    reject_leave(pair.here(LEADER), second, "值班", at("10:52"))
    pair.exchange()
    pair.exchange()
    for above in (False, True):
        assert state(pair, first, above) == (LeaveState.REJECTED, BUREAU, True)
        assert state(pair, second, above) == (LeaveState.APPROVED, BUREAU, True)
        assert state(pair, third, above)[0::2] == (LeaveState.APPROVED, False), "they agree"
    row = leaves.leave(pair.hall, first)
    assert row is not None
    assert row.note == "人手不够"
    again = LeaveDraft(LeaveType.PERSONAL, Span((WED, Half.PM), (WED, Half.PM)), again=first)
    ask_leave(pair.here(MEI), again, at("11:00"))
    assert state(pair, first)[0::2] == (LeaveState.RESUBMITTED, False), "asked anew, nothing is contested"
    pair.check()


def test_a_month_frozen_at_the_centre_is_frozen_in_the_hall(pair: Pair) -> None:
    month(pair.shift.stores)
    pair.exchange()
    before = {one.staff: one.score.total for one in assess(pair.hall, [HALL], OCTOBER, at("10:45")).people}
    freeze_month(pair.above(ASSESSOR), HALL, MONTH, at("11:00"))
    pair.exchange()
    look = look_at_month(pair.hall, HALL, OCTOBER, at("11:01"))
    assert look.is_frozen
    found = assess(pair.hall, [HALL], OCTOBER, at("11:01")).people
    assert all(one.frozen for one in found)
    assert {one.staff: round(one.score.total or 0, 1) for one in found} == {
        k: round(v or 0, 1) for k, v in before.items()
    }
    pair.check()
    service(pair.shift.stores, MEI, DAYS[1], "16:30", "B01", 8)
    said = note_adjustments(pair.shift.stores.journal, [HALL], at("11:03")).words.text()
    assert "adjustments" in said, "the hall's own PC notes what comes after"
    assert note_adjustments(pair.shift.stores.journal, [HALL], at("11:04")).words.text().startswith("nothing")
    reopen_month(pair.above(ASSESSOR), HALL, MONTH, "少一张表", at("11:05"))
    pair.exchange()
    assert not look_at_month(pair.hall, HALL, OCTOBER, at("11:06")).is_frozen
    pair.check()


def test_what_is_told_again_counts_once(pair: Pair) -> None:
    """A centre that was put back feeds from the start; a snapshot holds what came before it."""
    month(pair.shift.stores)
    pair.exchange()
    freeze_month(pair.above(ASSESSOR), HALL, MONTH, at("11:00"))
    record_error(pair.above(ASSESSOR), ErrorDraft(MEI, "2026-11-23", "B01", "填错"), at("11:02"))
    pair.exchange()
    before = of_tables(pair)
    with pair.shift.stores.journal.transaction() as database:
        database.execute(feed.SET_META, ("feed_store", "another"))
    pair.exchange()
    assert of_tables(pair) == before
    assert told(pair).count("month.frozen") == 1
    pair.check()
    scratch = Path(pair.hall.where).with_name("scratch.db")
    rebuild_into(pair.hall, scratch)
    tables = open_sqlite(scratch)
    with pair.shift.stores.journal.transaction() as database:
        snapshots.keep(database, tables, pair.shift.stores.journal.last_pos(), feed.last_rev(database))
    tables.close()
    record_error(pair.above(ASSESSOR), ErrorDraft(MEI, "2026-11-24", "B01", "填错"), at("11:03"))
    pair.exchange()
    assert [one.errors for one in sums(pair.hall, ["2026-11"], [HALL], ("staff",)) if one.staff == MEI] == [2]
    assert compare(pair.hall) == []


def test_an_error_is_withdrawn_where_it_was_recorded(pair: Pair) -> None:
    record_error(pair.here(DIRECTOR), ErrorDraft(MEI, "2026-11-23", "B01", "填错"), at("11:00"))
    pair.exchange()
    record_error(pair.above(ASSESSOR), ErrorDraft(MEI, "2026-11-24", "B01", "填错"), at("11:01"))
    pair.exchange()
    rows = pair.hall.rows('SELECT "id" FROM handling_error ORDER BY "day"')
    (mine,), (theirs,) = rows
    assert refused(lambda: withdraw_error(pair.here(DIRECTOR), theirs, "误", at("11:02"))) == AT_THE_CENTRE.msgid
    assert refused(lambda: withdraw_error(pair.above(ASSESSOR), mine, "误", at("11:02"))) == AT_THE_CENTRE.msgid
    withdraw_error(pair.above(ASSESSOR), theirs, "误", at("11:02"))
    pair.exchange()
    assert [one.errors for one in sums(pair.hall, ["2026-11"], [HALL], ())] == [1]
    pair.check()


def bad_rating(pair: Pair) -> str:
    """A citizen presses 2; the case that opens."""
    desk = pair.shift.open(1, MEI)
    pair.shift.serve(desk)
    pair.shift.do(counter.finish, desk, after_s=60)
    service = pair.shift.window(desk).service
    assert rating.ask(pair.shift.stores.journal, service, "HT25A0000001", 30, pair.shift.clock.after(0.1))
    given = pair.shift.rate(service, 2)
    assert given is not None
    row = cases.case_of_rating(pair.hall, given)
    assert row is not None
    return row.id


def test_an_appeal_that_is_upheld_at_the_centre_changes_the_ratings_of_the_hall(pair: Pair) -> None:
    case = bad_rating(pair)
    appeals.file_appeal(pair.here(MEI), _now(pair), case, "按错键")
    appeals.forward_appeal(pair.here(DIRECTOR), _now(pair), case, "属实")
    pair.exchange()
    assert (
        refused(lambda: appeals.decide_appeal(pair.here(DEPT), _now(pair), case, AppealDecision.REVOKE, "属实"))
        == APPEALS_ABOVE.msgid
    )
    (before,) = sums(pair.hall, ["2026-11-24"], [HALL], ())
    appeals.decide_appeal(pair.above(DEPT), _now(pair), case, AppealDecision.REVOKE, "属实")
    pair.exchange()
    (after,) = sums(pair.hall, ["2026-11-24"], [HALL], ())
    assert (before.rated - after.rated, before.level_2 - after.level_2) == (1, 1)
    row = cases.case(pair.hall, case)
    assert row is not None
    assert row.result == "revoked"
    assert told(pair) == ["appeal.decided", "rating.revoked", "case.closed"]
    pair.check()


def test_a_case_that_is_closed_without_seeing_what_another_did_is_open_again(pair: Pair) -> None:
    """The hall closes it while the centre, cut off, calls back once more: whichever arrives first, both see it open."""
    case = bad_rating(pair)
    bad_ratings.classify(pair.here(DIRECTOR), _now(pair), case, BadRatingClass.UNFOUNDED)
    pair.exchange()
    bad_ratings.classify(pair.above(DEPT), _now(pair), case, BadRatingClass.COMPLEX, "系统慢")
    bad_ratings.close(pair.here(DIRECTOR), _now(pair), case, told=False)
    assert case not in {one.id for one in cases.open_cases(pair.hall, HALL)}
    closed = cases.case(pair.hall, case)
    assert closed is not None
    assert closed.result == "explained", "as long as the hall knows of nothing else"
    pair.exchange()
    for database in (pair.hall, pair.centre.database):
        row = cases.case(database, case)
        assert row is not None
        assert (row.result, row.cls) == ("", "complex")
        assert [one.id for one in cases.open_cases(database, HALL)] == [case]
        course = cases.steps(database, case)
        (told_of,) = [line for line in course_texts(course, {}) if "without seeing" in line]
        ((_closing, n),) = cases.unseen(course).items()
        assert (course[n - 1].kind, course[n - 1].word) == ("case.classified", "complex")
        assert f"without seeing step {n}, it is complex: open again" in told_of
        listed = make(database, "R09", row.day[:7], HALL, _now(pair))
        assert (listed.values("result"), listed.sum_of("open")) == ([f"again: step {n}"], 1)
        assert listed.notes[-1].values == {"count": 1}
    bad_ratings.measure(pair.above(DEPT), _now(pair), case, "扩容", "2026-12-01")
    bad_ratings.close(pair.above(DEPT), _now(pair), case, told=False)
    pair.exchange()
    row = cases.case(pair.hall, case)
    assert row is not None
    assert row.result == "rectified"
    assert len(cases.unseen(cases.steps(pair.hall, case))) == 1, "the first closing stays what it was"
    pair.check()


def test_a_fault_that_is_confirmed_at_the_centre_is_confirmed_in_the_hall(pair: Pair) -> None:
    """A clerk reports it at his window; the collection department confirms it for the whole hall."""
    own = pair.shift.open(1, MEI)
    pair.shift.serve(own)
    other = pair.shift.open(2, WEI)
    pair.shift.serve(other)
    outages.declare(own, _now(pair), FaultKind.POWER)
    pair.exchange()
    (declared,) = seen.open_outages(pair.centre.database, HALL)
    outages.confirm(pair.above(DEPT), _now(pair), declared.id, note="全市停电")
    assert (
        pair.centre.database.rows('SELECT 1 FROM service_interval WHERE "outage" <> \'\' AND "staff" = ?', (WEI,)) == []
    )
    pair.exchange()
    row = seen.outage(pair.hall, declared.id)
    assert row is not None
    assert (row.confirmed_by, row.whole, row.is_open) == (DEPT, True, True)
    journal, board = pair.shift.stores.journal, own.board
    faults.each_second(journal, board, _now(pair))
    assert pair.shift.window(other).state is WindowState.PAUSED, "the hall's station pauses its other windows"
    faults.each_minute(journal, _now(pair))
    assert pause_words.waiting_pauses(pair.hall, HALL, at("18:00").t) == []
    written = journal.last_pos()
    faults.each_second(journal, board, _now(pair))
    faults.each_minute(journal, _now(pair))
    assert journal.last_pos() == written, "once"
    outages.end(pair.above(DEPT), _now(pair), declared.id)
    pair.exchange()
    faults.each_second(journal, board, _now(pair))
    assert pair.shift.window(other).state is WindowState.SERVING
    assert told(pair)[0] == "outage.confirmed"
    assert told(pair)[-1] == "outage.ended"
    pair.exchange()
    pair.check()


def _now(pair: Pair) -> Moment:
    return pair.shift.clock.after(1)


def test_a_vote_is_opened_at_the_centre_and_cast_in_the_hall(pair: Pair) -> None:
    open_vote(pair.above(ASSESSOR), MONTH, at("11:00"))
    pair.exchange()
    look = vote_look(pair.here(MEI), MONTH)
    assert (look.is_open, look.refusal) == (True, None)
    cast_vote(pair.here(MEI), MONTH, WEI, at("11:01"))
    pair.exchange()
    assert vote_look(pair.above(ASSESSOR), MONTH).voted == 1
    pair.check()


def test_no_other_hall_is_told_and_none_is_told_its_own(pair: Pair) -> None:
    leave = asked(pair)
    approve_leaves(pair.here(LEADER), [leave], at("10:47"))
    pair.exchange()
    freeze_month(pair.above(ASSESSOR), HALL, MONTH, at("11:00"))
    pair.exchange()

    def kinds(scope: str) -> set[str]:
        return {kind for kind, _one in share(pair.centre.database, "another", scope, 0).facts if kind in DECIDED}

    assert kinds(HALL) == {"month.frozen"}
    assert kinds(OTHER) == set()
    assert kinds(CITY) == {"month.frozen"}, "a centre below passes it on"
    assert told(pair) == ["month.frozen"]


def test_every_decision_is_a_kind_of_the_house_with_a_projection() -> None:
    assert set(DECIDED) <= set(KINDS)
    assert set(DECIDED) <= set(PROJECTIONS)
