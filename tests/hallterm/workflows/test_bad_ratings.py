"""A bad rating opens its case; it is called back, classified, corrected, appealed against, and revoked out of every sum."""

from __future__ import annotations

import pytest

from hallterm.rules import bad_rating as rules
from hallterm.rules.lamp import Lamp
from hallterm.workflows import appeals, bad_ratings, comments, counter, late_ratings, rating
from hallterm.workflows.cases_look import CaseLine, case_detail, cases_look
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.identifying import identify
from storage import views
from storage.facts import (
    AppealDecision,
    BadRatingClass,
    CaseState,
    ContactResult,
    GrantSet,
    Moment,
    MonthFrozen,
    RewardKind,
    Role,
    StaffSet,
    UnratedReason,
)
from storage.views import cases as rows
from storage.views.assessment import adjustments, service_lines
from storage.views.cases import CaseRow
from storage.views.dispatch import bad_ratings as bad_ratings_of_day
from storage.views.reporting_rows import unrated_lines
from tests.hallterm.workflows.founded import HALL, at
from tests.hallterm.workflows.shift import MEI, WEI, Shift

DIRECTOR, LEADER, DEPT, ASSESSOR = "0101", "0201", "0900", "0801"
CITIZEN = "11010519491231002X"
PEOPLE = (
    (DIRECTOR, "赵主任", Role.HALL_DIRECTOR, HALL),
    (LEADER, "李值班", Role.DUTY_LEADER, HALL),
    (DEPT, "孙征管", Role.COLLECTION_DEPT, "360600"),
    (MEI, "张晓梅", Role.CLERK, HALL),
    (WEI, "李伟", Role.CLERK, HALL),
)


@pytest.fixture
def hall(shift: Shift) -> Shift:
    """The shift with a director, a leader, and the collection department above."""
    with shift.stores.journal.write("0001", at("08:10")) as tx:
        for number, name, role, node in PEOPLE:
            tx.record(StaffSet(number, name, HALL))
            tx.record(GrantSet(number, role, node))
    return shift


def rated(shift: Shift, level: int, *, named: bool = True, staff: str = MEI) -> str:
    """A matter that was finished and rated; the rating's id."""
    desk = shift.open(1, staff) if shift.window(shift.desk(1, staff)).staff != staff else shift.desk(1, staff)
    shift.serve(desk)
    if named:
        identify(desk, shift.clock.after(1), CITIZEN)

    shift.do(counter.finish, desk, after_s=60)
    service = shift.window(desk).service
    assert rating.ask(shift.stores.journal, service, "HT25A0000001", 30, shift.clock.after(0.1))
    given = shift.rate(service, level)
    assert given is not None
    return given


def case(shift: Shift, given: str) -> CaseRow:
    row = rows.case_of_rating(shift.db, given)
    assert row is not None
    return row


def person(shift: Shift, staff: str) -> Desk:
    return shift.stores.desk(0, staff)


def next_days(shift: Shift, hh_mm: str, day: str) -> Moment:
    shift.clock.t = at(hh_mm, day).t
    return shift.clock()


def line(shift: Shift, staff: str, id: str) -> CaseLine:
    return next(one for one in cases_look(person(shift, staff), shift.clock()).lines if one.row.id == id)


def refusal(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.reason.text()


def test_a_bad_rating_opens_its_case_once_and_a_good_one_none(hall: Shift) -> None:
    good, first, second = rated(hall, 4), rated(hall, 2), rated(hall, 1, named=False)
    assert rows.case_of_rating(hall.db, good) is None
    one, two = case(hall, first), case(hall, second)
    assert (one.number, two.number) == ("202611-0001", "202611-0002")
    assert (one.staff, one.level, one.real_name, two.real_name) == (MEI, 2, True, False)
    assert one.contact_by_t == at("18:00", "2026-11-25").t or one.contact_by_t > at("16:00", "2026-11-25").t
    assert two.contact_by_t == 0
    assert hall.stores.kinds().count("case.opened") == 2
    hall.check()


def test_a_case_from_call_to_second_rating(hall: Shift) -> None:
    one = case(hall, rated(hall, 2))
    director = person(hall, DIRECTOR)
    with pytest.raises(Refused) as too_early:
        bad_ratings.classify(director, hall.clock(), one.id, BadRatingClass.CLEAR)
    assert too_early.value.reason == rules.CALL_FIRST
    bad_ratings.contact(director, hall.clock.after(1), one.id, ContactResult.NO_ANSWER)
    bad_ratings.contact(director, hall.clock.after(1), one.id, ContactResult.REACHED, "  waited\n long ")
    bad_ratings.classify(director, hall.clock.after(1), one.id, BadRatingClass.COMPLEX, "skill")
    assert case(hall, one.rating).correct_by_t > one.measure_by_t
    bad_ratings.measure(director, hall.clock.after(1), one.id, "training", "2026-12-01")
    with pytest.raises(Refused) as untold:
        bad_ratings.close(director, hall.clock.after(1), one.id, told=False)
    assert untold.value.reason == bad_ratings.TELL_FIRST
    bad_ratings.rate_again(director, hall.clock.after(1), one.id, 4, "better now")
    done = bad_ratings.close(director, hall.clock.after(1), one.id, told=True)
    assert done.words.text() == "D-202611-0001 closed: corrected"
    found = case(hall, one.rating)
    assert (found.result, found.again_level, found.level, found.closed_in_time) == ("rectified", 4, 2, True)
    assert line(hall, DIRECTOR, one.id).state is CaseState.CLOSED
    assert hall.figure("level_2") == 1
    assert hall.figure("level_4") == 0
    assert [step.kind for step in rows.steps(hall.db, one.id)] == [
        *("case.opened", "case.contacted", "case.contacted", "case.classified", "case.measured"),
        *("case.rated_again", "case.closed"),
    ]
    assert rows.steps(hall.db, one.id)[2].note == "waited long"
    hall.check()


def test_an_appeal_takes_its_way_and_the_revoked_rating_leaves_every_sum(hall: Shift) -> None:
    good, bad = rated(hall, 5), rated(hall, 1)
    one = case(hall, bad)
    clerk, director, dept = person(hall, MEI), person(hall, DIRECTOR), person(hall, DEPT)
    for wrong in (WEI, DIRECTOR):
        with pytest.raises(Refused):
            appeals.file_appeal(person(hall, wrong), hall.clock.after(1), one.id, "not me")
    appeals.file_appeal(clerk, hall.clock.after(1), one.id, "he pressed for his child", ("video",))
    with pytest.raises(Refused) as not_yet:
        appeals.decide_appeal(dept, hall.clock.after(1), one.id, AppealDecision.REVOKE, "seen")
    assert not_yet.value.reason == appeals.NOT_FORWARDED
    with pytest.raises(Refused):
        appeals.forward_appeal(clerk, hall.clock.after(1), one.id)
    assert line(hall, DIRECTOR, one.id).todo == "forward"
    appeals.forward_appeal(director, hall.clock.after(1), one.id, "true")
    assert line(hall, DEPT, one.id).todo == "decide"
    with pytest.raises(Refused) as own:
        appeals.decide_appeal(director, hall.clock.after(1), one.id, AppealDecision.KEEP, "no")
    assert "collection department" in refusal(own)
    before = {name: hall.figure(name) for name in ("rated", "level_5", "level_1")}
    appeals.decide_appeal(dept, hall.clock.after(1), one.id, AppealDecision.REVOKE, "the video shows it")
    after = {name: hall.figure(name) for name in ("rated", "level_5", "level_1")}
    assert (before, after) == ({"rated": 2, "level_5": 1, "level_1": 1}, {"rated": 1, "level_5": 1, "level_1": 0})
    month = hall.db.value('SELECT sum("level_1") FROM figure WHERE "period" = ?', ("2026-11",))
    assert int(month) == 0
    assert rows.is_revoked(hall.db, bad)
    assert not rows.is_revoked(hall.db, good)
    assert case(hall, bad).result == "revoked"
    with pytest.raises(Refused) as twice:
        appeals.decide_appeal(dept, hall.clock.after(1), one.id, AppealDecision.REVOKE, "again")
    assert twice.value.reason == rules.NO_APPEAL
    look = cases_look(director, hall.clock())
    assert (look.loop.bad, look.loop.counted_bad, look.open) == (1, 0, 0)
    hall.check()


def test_an_appeal_that_is_withdrawn_can_be_filed_again_in_its_term_only(hall: Shift) -> None:
    one = case(hall, rated(hall, 2))
    clerk = person(hall, MEI)
    appeals.file_appeal(clerk, hall.clock.after(1), one.id, "no")
    with pytest.raises(Refused) as open_already:
        appeals.file_appeal(clerk, hall.clock.after(1), one.id, "no")
    assert open_already.value.reason == rules.APPEAL_OPEN
    bad_ratings.contact(person(hall, DIRECTOR), hall.clock(), one.id, ContactResult.REACHED)
    bad_ratings.classify(person(hall, DIRECTOR), hall.clock(), one.id, BadRatingClass.UNFOUNDED)
    with pytest.raises(Refused) as stands:
        bad_ratings.close(person(hall, DIRECTOR), hall.clock(), one.id, told=True)
    assert stands.value.reason == rules.APPEAL_OPEN
    appeals.withdraw_appeal(clerk, hall.clock.after(1), one.id)
    appeals.file_appeal(clerk, hall.clock.after(1), one.id, "after all")
    appeals.withdraw_appeal(clerk, hall.clock.after(1), one.id)
    with pytest.raises(Refused) as late:
        appeals.file_appeal(clerk, next_days(hall, "09:00", "2026-11-30"), one.id, "too late")
    assert late.value.reason.msgid == rules.APPEAL_LATE
    hall.check()


def test_nobody_handles_a_case_about_himself_and_a_clerk_none(hall: Shift) -> None:
    with hall.stores.journal.write("0001", hall.clock()) as tx:
        tx.record(GrantSet(MEI, Role.HALL_DIRECTOR, HALL))
    one = case(hall, rated(hall, 2))
    with pytest.raises(Refused) as himself:
        bad_ratings.contact(person(hall, MEI), hall.clock(), one.id, ContactResult.REACHED)
    assert himself.value.reason == rules.RATED_HIMSELF
    for nobody in (WEI, LEADER):
        with pytest.raises(Refused):
            bad_ratings.contact(person(hall, nobody), hall.clock(), one.id, ContactResult.REACHED)
        with pytest.raises(Refused):
            cases_look(person(hall, nobody), hall.clock())


def test_the_rater_is_named_for_an_open_case_with_a_reason_that_is_kept(hall: Shift) -> None:
    one, silent = case(hall, rated(hall, 2)), case(hall, rated(hall, 1, named=False))
    director, dept = person(hall, DIRECTOR), person(hall, DEPT)
    assert case_detail(director, hall.clock(), one.id).rater == "110***002X"
    assert case_detail(dept, hall.clock(), one.id).rater == ""
    with pytest.raises(Refused) as why:
        appeals.reveal_rater(director, hall.clock.after(1), one.id, " ")
    assert why.value.reason == bad_ratings.WRITE_SOMETHING
    told = appeals.reveal_rater(director, hall.clock.after(1), one.id, "to call back")
    assert CITIZEN in told.words.text()
    assert [step.note for step in rows.steps(hall.db, one.id) if step.kind == "rater.revealed"] == ["to call back"]
    for desk, which, reason in ((dept, one, appeals.NOT_OPEN), (director, silent, appeals.ANONYMOUS)):
        with pytest.raises(Refused) as no:
            appeals.reveal_rater(desk, hall.clock(), which.id, "curious")
        assert no.value.reason == reason
    lines = b"".join(bytes(row[0]) for row in hall.db.rows("SELECT line FROM event"))
    assert CITIZEN.encode() not in lines
    bad_ratings.contact(director, hall.clock.after(1), one.id, ContactResult.REACHED)
    bad_ratings.classify(director, hall.clock.after(1), one.id, BadRatingClass.UNFOUNDED)
    bad_ratings.close(director, hall.clock.after(1), one.id, told=True)
    with pytest.raises(Refused) as closed:
        appeals.reveal_rater(director, hall.clock.after(1), one.id, "once more")
    assert closed.value.reason == appeals.NOT_OPEN


def test_the_lamp_of_a_case_is_worked_out_when_it_is_read(hall: Shift) -> None:
    one = case(hall, rated(hall, 2))
    assert line(hall, DIRECTOR, one.id).lamp is Lamp.GREEN
    next_days(hall, "09:30", "2026-11-25")
    assert line(hall, DIRECTOR, one.id).lamp is Lamp.YELLOW
    next_days(hall, "09:30", "2026-11-26")
    look = cases_look(person(hall, DIRECTOR), hall.clock())
    assert (look.overdue, look.due_today, look.lines[0].todo) == (1, 0, "call")
    assert look.reminded[0].reminder.kind.value == "overdue"
    assert hall.stores.kinds().count("case.opened") == 1


def unrated(shift: Shift) -> str:
    """A matter whose time to rate ran out."""
    desk = shift.desk(1, MEI)
    if shift.window(desk).staff != MEI:
        shift.open(1, MEI)
    service = shift.await_rating(desk)
    assert rating.miss(shift.stores.journal, service, UnratedReason.NO_RESPONSE, shift.clock.after(31))
    return service


def test_a_card_from_the_box_replaces_the_missing_rating_once(hall: Shift) -> None:
    service = unrated(hall)
    leader = person(hall, LEADER)
    assert (hall.figure("unrated"), hall.figure("rated")) == (1, 0)
    with pytest.raises(Refused) as unknown:
        late_ratings.enter_card(leader, hall.clock.after(1), service, 2, "K-0012", ("207",))
    assert refusal(unknown) == "207 is no reason of this level"
    late_ratings.enter_card(leader, hall.clock.after(1), service, 2, "K-0012", ("slow",))
    assert (hall.figure("unrated"), hall.figure("rated"), hall.figure("level_2")) == (0, 1, 1)
    opened = rows.open_cases(hall.db, HALL)[0]
    assert (opened.service, opened.options) == (service, "slow")
    with pytest.raises(Refused) as again:
        late_ratings.enter_card(leader, hall.clock.after(1), service, 5, "K-0013")
    assert again.value.reason == late_ratings.RATED_ALREADY
    assert hall.rate(service, 5) is None
    hall.check()


def test_who_served_enters_no_card_and_a_late_one_has_five_days(hall: Shift) -> None:
    with hall.stores.journal.write("0001", hall.clock()) as tx:
        tx.record(GrantSet(MEI, Role.DUTY_LEADER, HALL))
    first, second = unrated(hall), unrated(hall)
    with pytest.raises(Refused) as served:
        late_ratings.enter_card(person(hall, MEI), hall.clock(), first, 5, "K-1")
    assert served.value.reason == late_ratings.SERVED_IT
    late_ratings.enter_card(person(hall, LEADER), next_days(hall, "09:00", "2026-12-01"), first, 5, "K-1")
    assert rows.cards(hall.db, HALL, "2026-11-24", "2026-11-24")[0].late
    with pytest.raises(Refused) as used:
        late_ratings.enter_card(person(hall, LEADER), hall.clock(), second, 5, "K-1")
    assert used.value.reason == late_ratings.CARD_USED
    with pytest.raises(Refused) as late:
        late_ratings.enter_card(person(hall, LEADER), next_days(hall, "09:00", "2026-12-02"), second, 5, "K-2")
    assert late.value.reason.msgid == late_ratings.TOO_LATE
    hall.check()


def test_a_leader_corrects_the_reason_on_the_same_day(hall: Shift) -> None:
    service = unrated(hall)
    late_ratings.correct_unrated(person(hall, LEADER), hall.clock.after(1), service, UnratedReason.DEVICE_FAULT)
    assert (hall.figure("unrated"), hall.figure("exempt")) == (1, 1)
    missed = views.unrated(hall.db, service)
    assert missed is not None
    assert missed.exempt
    with pytest.raises(Refused) as late:
        late_ratings.correct_unrated(
            person(hall, LEADER), next_days(hall, "08:30", "2026-11-25"), service, UnratedReason.LEFT
        )
    assert late.value.reason.msgid == late_ratings.NOT_TODAY
    hall.check()


def test_an_assessor_drafts_and_leaders_decide(hall: Shift) -> None:
    with hall.stores.journal.write("0001", hall.clock()) as tx:
        tx.record(StaffSet(ASSESSOR, "钱考核", HALL))
        tx.record(GrantSet(ASSESSOR, Role.ASSESSOR, HALL))
    rated(hall, 5)
    leader, director = person(hall, LEADER), person(hall, DIRECTOR)
    comments.write_comment(leader, hall.clock.after(1), MEI, "2026-W48", "fast")
    assessor, week = person(hall, ASSESSOR), "2026-W48"
    with pytest.raises(Refused):
        comments.write_comment(assessor, hall.clock(), MEI, week, "slow")
    comments.draft_comment(assessor, hall.clock.after(1), MEI, week, "slow with C11")
    comments.draft_comment(assessor, hall.clock.after(1), WEI, week, "steady")
    assert [(row.staff, row.draft) for row in rows.drafts(hall.db, HALL, week)] == [
        (MEI, "slow with C11"),
        (WEI, "steady"),
    ]
    assert [row.staff for row in rows.comments(hall.db, [HALL], week)] == [MEI], "a draft is no comment"
    assert rows.own_comments(hall.db, HALL, WEI, 4) == []
    comments.write_comment(leader, hall.clock.after(1), MEI, week, "C11 again")
    assert [row.staff for row in rows.drafts(hall.db, HALL, week)] == [WEI], "what a leader wrote upon it is done"
    with pytest.raises(Refused):
        comments.draft_comment(person(hall, MEI), hall.clock(), WEI, week, "x")
    comments.give_reward(assessor, hall.clock.after(1), WEI, "2026-11", RewardKind.REWARD, "calm", 0, "praised")
    draft = rows.rewards(hall.db, [HALL], "2026-11", "2026-11")[-1]
    with pytest.raises(Refused):
        comments.publish_reward(assessor, hall.clock(), draft.id)
    comments.give_reward(director, hall.clock.after(1), MEI, "2026-11", RewardKind.REWARD, "best clerk", 20_000)
    others = next(row for row in rows.rewards(hall.db, [HALL], "2026-11", "2026-11") if row.by == DIRECTOR)
    with pytest.raises(Refused):
        comments.withdraw_reward(assessor, hall.clock(), others.id, "not his")
    comments.withdraw_reward(assessor, hall.clock.after(1), draft.id, "too early")
    hall.check()


def test_comments_and_rewards(hall: Shift) -> None:
    rated(hall, 5)
    leader, director = person(hall, LEADER), person(hall, DIRECTOR)
    comments.write_comment(leader, hall.clock.after(1), MEI, "2026-W48", "fast")
    comments.write_comment(director, hall.clock.after(1), MEI, "2026-W48", "fast and friendly")
    assert [row.text for row in rows.comments(hall.db, [HALL], "2026-W48")] == ["fast and friendly"]
    for wrong, who in (("2026-W49", director), ("2026-11", director), ("2026-W48", person(hall, WEI))):
        with pytest.raises(Refused):
            comments.write_comment(who, hall.clock(), MEI, wrong, "x")
    with pytest.raises(Refused):
        comments.give_reward(leader, hall.clock(), MEI, "2026-11", RewardKind.REWARD, "best clerk", 20_000)
    comments.give_reward(director, hall.clock.after(1), MEI, "2026-11", RewardKind.REWARD, "best clerk", 20_000)
    given = rows.rewards(hall.db, [HALL], "2026-11", "2026-11")[0]
    assert (given.amount_fen, given.published_t) == (20_000, 0)
    comments.publish_reward(director, hall.clock.after(1), given.id)
    with pytest.raises(Refused) as twice:
        comments.publish_reward(director, hall.clock.after(1), given.id)
    assert twice.value.reason == comments.PUBLISHED_ALREADY
    comments.withdraw_reward(director, hall.clock.after(1), given.id, "wrong person")
    assert rows.rewards(hall.db, [HALL], "2026-11", "2026-11")[0].withdrawn_reason == "wrong person"
    assert comments.fen("200.50") == 20_050
    for wrong in ("", "abc", "-1", "0", "1.005", "nan", "1e20"):
        with pytest.raises(Refused):
            comments.fen(wrong)
    hall.check()


def test_what_is_read_of_single_ratings_follows_a_card_and_a_revocation(hall: Shift) -> None:
    service = unrated(hall)
    assert views.level(hall.db, service) == 0
    late_ratings.enter_card(person(hall, LEADER), hall.clock.after(1), service, 1, "K-7")
    assert views.level(hall.db, service) == 1
    assert bad_ratings_of_day(hall.db, HALL, "2026-11-24", 2) == {MEI: 1}
    assert [one.level for one in service_lines(hall.db, (HALL, "2026-11-24", "2026-11-24"), MEI)] == [1]
    one = rows.open_cases(hall.db, HALL)[0]
    appeals.file_appeal(person(hall, MEI), hall.clock.after(1), one.id, "wrong box")
    appeals.forward_appeal(person(hall, DIRECTOR), hall.clock.after(1), one.id)
    appeals.decide_appeal(person(hall, DEPT), hall.clock.after(1), one.id, AppealDecision.REVOKE, "seen")
    assert views.level(hall.db, service) == 0
    assert bad_ratings_of_day(hall.db, HALL, "2026-11-24", 2) == {}
    assert [one.level for one in service_lines(hall.db, (HALL, "2026-11-24", "2026-11-24"), MEI)] == [0]
    assert (hall.figure("rated"), hall.figure("unrated"), hall.figure("level_1")) == (0, 0, 0)


def test_a_rating_of_a_frozen_month_is_an_adjustment_beside_it(hall: Shift) -> None:
    one = case(hall, rated(hall, 1))
    service = unrated(hall)
    with hall.stores.journal.write("0900", hall.clock.after(1)) as tx:
        tx.record(MonthFrozen(HALL, "2026-11", (), ()))
    appeals.file_appeal(person(hall, MEI), hall.clock.after(1), one.id, "no")
    appeals.forward_appeal(person(hall, DIRECTOR), hall.clock.after(1), one.id)
    appeals.decide_appeal(person(hall, DEPT), hall.clock.after(1), one.id, AppealDecision.REVOKE, "seen")
    late_ratings.enter_card(person(hall, LEADER), hall.clock.after(1), service, 1, "K-9")
    assert (hall.figure("rated"), hall.figure("unrated")) == (0, 1), "the card is in no figure"
    card = next(row for row in rows.open_cases(hall.db, HALL) if row.service == service)
    appeals.file_appeal(person(hall, MEI), hall.clock.after(1), card.id, "no")
    appeals.forward_appeal(person(hall, DIRECTOR), hall.clock.after(1), card.id)
    appeals.decide_appeal(person(hall, DEPT), hall.clock.after(1), card.id, AppealDecision.REVOKE, "seen")
    assert (hall.figure("rated"), hall.figure("level_1")) == (0, 0), "and leaves none"
    assert len(unrated_lines(hall.db, (HALL, "2026-11-24", "2026-11-24"))) == 1
    made = adjustments(hall.db, [HALL], ["2026-11"])
    assert [(row.staff, row.adjustment) for row in made] == [
        *((MEI, "revoked_rating"), (MEI, "late_rating"), (MEI, "revoked_rating"))
    ]
    hall.check()
