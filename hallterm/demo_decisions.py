"""What the people of the demonstration hall decided in its past: each step through the workflow that a screen would call."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

from hallterm.demo_cases import Cases
from hallterm.demo_past import OUTAGE_DAY, Past, at_minute
from hallterm.demo_people import (
    ADMIN,
    ASSESSOR,
    AT_WINDOWS,
    AWAY,
    DIRECTOR,
    FLOATING,
    HALL,
    LEADER,
    PLACES,
    Person,
    enter_people,
)
from hallterm.half_days import read_book
from hallterm.rules.day import business_day
from hallterm.rules.leave import Span
from hallterm.workflows import (
    attendance,
    back_entering,
    comments,
    leave,
    leave_deciding,
    months,
    outage_cards,
    outages,
    outstanding,
    reconciling,
    schedule,
)
from hallterm.workflows.adjustments import note_adjustments
from hallterm.workflows.desk import Desk
from hallterm.workflows.errors import ErrorDraft, record_error
from hallterm.workflows.setup import FirstRun, first_run
from storage.facts import (
    DaySlot,
    Duty,
    EntryMode,
    FaultKind,
    Half,
    LastTransaction,
    LeaveType,
    Moment,
    PostSet,
    PunchKind,
    RewardKind,
    SettingSet,
)
from storage.journal import Journal
from storage.local import Board
from storage.vault import Vault
from storage.views.outages import open_outages
from storage.views.outages import outages as of_days

COMMENTS = (
    "办结快, 一次性告知清楚, 保持",
    "高峰时主动分流, 等候时间下降",
    "超时两笔, 资料核对要提前",
    "评价邀请及时, 未评价少",
    "业务差错一笔, 已讲评",
)
FOUNDED_BEFORE_MS = 86_400_000
NOT_FOUND = 29
"""Every so many services the tax software does not know one."""


def tell_past(journal: Journal, vault: Vault, folder: Path, now: Moment, founding: FirstRun) -> None:
    """Found the hall some weeks ago and record what happened since. The files are not flushed to the disk on the way: a
    demonstration that is cut off is begun anew.
    """
    past = Past(journal, vault, business_day(now.t))
    founded = past.moment(past.opens_t - FOUNDED_BEFORE_MS)
    journal.database.execute("PRAGMA synchronous = OFF")
    first_run(journal, vault, founding, founded)
    enter_people(journal, vault, founded)
    with journal.write(ADMIN, founded) as tx:
        tx.record(SettingSet("business_mode", '"hall_average"', HALL))
        for person in AT_WINDOWS:
            tx.record(PostSet(f"{HALL}-{person.window:02d}", person.number, FLOATING))
    decisions = Decisions(past, folder)
    past.draw()
    decisions.put_down()
    past.tell()
    decisions.close()
    journal.database.execute("PRAGMA synchronous = FULL")


class Decisions:
    """Puts down what was decided among the events of the past."""

    def __init__(self, past: Past, folder: Path) -> None:
        self.past = past
        self.board = Board(folder / "past.db")
        self.vault = past.vault

    def close(self) -> None:
        """The board of the past goes away with it: nobody prints its cards now."""
        path = self.board.path
        self.board.close()
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()

    def desk(self, staff: str, window: int = 0) -> Desk:
        place = f"{HALL}-{window:02d}" if window else ""
        return Desk(self.past.journal, self.board, HALL, place, staff, vault=self.vault)

    def put_down(self) -> None:
        """Everything."""
        self.plans()
        self.leaves()
        self.attendance()
        self.power_cut()
        Cases(self.past, self.desk).put_down()
        self.words()
        self.month()
        self.lists()

    # schedule, leave, attendance

    def plans(self) -> None:
        """The week before, the leader plans the week; after the past, the next days from tomorrow on."""
        past = self.past
        weeks = defaultdict(list)
        for nth, day in enumerate(past.days):
            weeks[date.fromisoformat(day).isocalendar()[:2]].append((nth, day))
        for week in weeks.values():
            slots = [slot for nth, day in week for slot in self._slots(nth, day)]
            past.deed(week[0][0], "07:50", partial(self._plan, slots))
        to_come = [date.fromisoformat(past.days[-1]) + timedelta(days=n) for n in range(1, 14)]
        ahead = [day.isoformat() for day in to_come if day.isoweekday() <= 5 and day.isoformat() > past.today]
        slots = [slot for day in ahead[:5] for slot in self._slots(-1, day)]
        past.deed(len(past.days) - 1, "16:50", partial(self._plan, slots))

    def _slots(self, nth: int, day: str) -> list[schedule.Slot]:
        found = []
        for person in AT_WINDOWS:
            window = f"{HALL}-{person.window:02d}"
            for half in Half:
                plan = (DaySlot(half.value), Duty.WINDOW, window)
                found.append(schedule.Slot(person.number, day, *plan))
                if half in AWAY.get((person.number, nth), ()):
                    found.append(schedule.Slot(FLOATING, day, *plan))
        return found

    def _plan(self, slots: list[schedule.Slot], now: Moment) -> None:
        schedule.plan_slots(self.desk(LEADER), slots, now)

    def leaves(self) -> None:
        """Approved, certified, refused, withdrawn; and what waits for a word today."""
        last = len(self.past.days) - 1
        day = self.past.days.__getitem__
        am, pm = Half.AM, Half.PM
        ask = self._leave
        ask(3, "0308", LeaveType.ANNUAL, Span((day(6), am), (day(6), pm)), approved_by=LEADER)
        ask(11, "0311", LeaveType.SICK, Span((day(11), pm), (day(11), pm)), "发热", approved_by=LEADER, certified=True)
        ask(14, "0305", LeaveType.PERSONAL, Span((day(16), am), (day(16), am)), "家长会", approved_by=LEADER)
        ask(13, "0317", LeaveType.PERSONAL, Span((day(15), am), (day(17), pm)), "探亲", rejected="征期, 请改到月底")
        ahead = [(date.fromisoformat(self.past.today) + timedelta(days=n)).isoformat() for n in range(12)]
        ask(last - 2, "0308", LeaveType.OFFICIAL_TRIP, Span((ahead[4], am), (ahead[5], pm)), approved_by=DIRECTOR)
        ask(last - 1, "0317", LeaveType.COMPENSATORY, Span((ahead[3], pm), (ahead[3], pm)), "上周午间值班")
        ask(last - 1, FLOATING, LeaveType.ANNUAL, Span((ahead[7], am), (ahead[9], am)), "回乡")
        ask(last, "0305", LeaveType.PERSONAL, Span((ahead[6], am), (ahead[6], am)), "搬家", withdrawn=True)

    def _leave(
        self,
        nth: int,
        staff: str,
        leave_type: LeaveType,
        span: Span,
        reason: str = "",
        *,
        approved_by: str = "",
        rejected: str = "",
        certified: bool = False,
        withdrawn: bool = False,
    ) -> None:
        def ask(now: Moment) -> None:
            asked.append(leave.ask_leave(self.desk(staff), leave.LeaveDraft(leave_type, span, reason), now).leave)

        asked: list[str] = []
        past = self.past
        past.deed(nth, "11:30", ask)
        if approved_by:
            approver = self.desk(approved_by)
            past.deed(nth, "11:40", lambda now: leave_deciding.approve_leaves(approver, asked, now))
        if rejected:
            director = self.desk(DIRECTOR)
            past.deed(nth, "16:20", lambda now: leave_deciding.reject_leave(director, asked[0], rejected, now))
        if certified:
            seen_by = self.desk(LEADER)
            past.deed(nth + 1, "10:15", lambda now: leave_deciding.certify_leave(seen_by, asked[0], "病假条", now))
        if withdrawn:
            past.deed(nth, "15:15", lambda now: leave.void_leave(self.desk(staff), asked[0], now, "改期"))

    def attendance(self) -> None:
        """Seen away from the post; a punch that was late because the PC was."""
        past = self.past
        away = ("0305", "15:10", "15:24")
        past.deed(7, "15:30", lambda now: attendance.note_off_post(self.desk(LEADER), *away, now, note="未请假离岗"))
        past.deed(14, "15:00", partial(self._correct, "0317", past.days[14]))

    def _correct(self, staff: str, day: str, now: Moment) -> None:
        db = self.past.journal.database
        punch = read_book(db, [HALL], day, day, now, staff=staff).punches[staff, day][0]
        draft = attendance.CorrectionDraft(
            staff, day, Half.AM, PunchKind.SIGN_ON, "08:27", "电脑更新, 到岗未能登录", punch.id
        )
        attendance.correct_attendance(self.desk(DIRECTOR), draft, now)

    # the day without power

    def power_cut(self) -> None:
        """The power is off: a card, kept papers, a matter by hand that is entered afterwards and confirmed, one that is not."""
        past, leader = self.past, self.desk(LEADER)
        clerk, other = self.desk("0317", 3), self.desk("0305", 1)
        told: list[str] = []

        def slip(number: str, code: str, minute: int) -> back_entering.Slip:
            day = past.days[OUTAGE_DAY]
            return back_entering.Slip(number, code, at_minute(day, minute), at_minute(day, minute + 9))

        def open_outage(now: Moment) -> None:
            outages.declare(leader, now, FaultKind.POWER, note="变压器检修")
            told.append(open_outages(past.journal.database, HALL)[0].id)

        def waiting_entry(now: Moment) -> str:
            found = of_days(past.journal.database, (HALL, past.days[OUTAGE_DAY], past.days[OUTAGE_DAY]))
            sql = 'SELECT "id" FROM back_entry WHERE "outage" = ? AND "confirmed_t" = 0 AND "refused_t" = 0'
            return str(past.journal.database.value(sql, (found[0].id,)))

        past.deed(OUTAGE_DAY, "10:05", open_outage)
        past.deed(OUTAGE_DAY, "10:09", lambda now: outage_cards.issue_card(leader, now, "B"))
        past.deed(OUTAGE_DAY, "10:11", lambda now: outage_cards.issue_card(leader, now, "C"))
        past.deed(OUTAGE_DAY, "10:46", lambda now: outages.end(leader, now, told[0], "供电恢复"))
        for person in AT_WINDOWS:
            past.deed(OUTAGE_DAY, "10:52", partial(self._answer, person, told))
        past.deed(OUTAGE_DAY, "11:25", lambda now: back_entering.enter(clerk, now, slip("P001", "B03", 10 * 60 + 15)))
        past.deed(OUTAGE_DAY, "11:32", lambda now: back_entering.confirm_entry(leader, now, waiting_entry(now)))
        past.deed(OUTAGE_DAY, "11:35", lambda now: back_entering.enter(other, now, slip("P002", "A07", 10 * 60 + 20)))
        past.deed(
            OUTAGE_DAY,
            "11:41",
            lambda now: back_entering.refuse_entry(leader, now, waiting_entry(now), "纸条上没有签字"),
        )

    def _answer(self, person: Person, told: list[str], now: Moment) -> None:
        """What became of the last matter before the power went off."""
        window = PLACES[person.number]
        outage_cards.answer_last(self.desk(LEADER), now, told[0], window, LastTransaction.COMPLETED)

    # words, money, months, lists

    def words(self) -> None:
        """On Fridays the leader writes a word on everybody; now and then an error is noted."""
        for nth, day in enumerate(self.past.days):
            year, week, weekday = date.fromisoformat(day).isocalendar()
            if weekday == 5:
                for n, person in enumerate(AT_WINDOWS):
                    text = COMMENTS[(n + week) % len(COMMENTS)]
                    self.past.deed(
                        nth, f"17:{40 + n}", partial(self._comment, person.number, f"{year}-W{week:02}", text)
                    )
        error = ErrorDraft("0308", self.past.days[8], "C01", "附列资料二漏填")
        self.past.deed(9, "16:40", lambda now: record_error(self.desk(DIRECTOR), error, now))

    def _comment(self, staff: str, week: str, text: str, now: Moment) -> None:
        comments.write_comment(self.desk(LEADER), now, staff, week, text)

    def month(self) -> None:
        """The first working day of this month: the vote on the last one, rewards, the freeze; later what is otherwise since."""
        month = self.past.days[0][:7]
        first = next((nth for nth, day in enumerate(self.past.days) if day[:7] > month), None)
        if first is None:
            return
        director, assessor = self.desk(DIRECTOR), self.desk(ASSESSOR)
        past = self.past
        past.deed(first, "08:35", lambda now: outstanding.open_vote(director, month, now))
        for n, (voter, choice) in enumerate((("0305", "0317"), ("0308", "0317"), ("0317", "0311"), ("0311", "0317"))):
            past.deed(first, f"08:{40 + n}", partial(self._vote, voter, month, choice))
        past.deed(first, "09:10", lambda now: outstanding.count_vote(assessor, month, now))
        past.deed(first, "09:15", lambda now: months.propose_month(director, HALL, month, "", now))
        past.deed(first, "09:30", lambda now: months.freeze_month(assessor, HALL, month, now))
        past.deed(first, "09:40", partial(self._reward, month))
        past.deed(first + 2, "18:40", lambda now: note_adjustments(past.journal, [HALL], now))

    def _vote(self, voter: str, month: str, choice: str, now: Moment) -> None:
        outstanding.cast_vote(self.desk(voter), month, choice, now)

    def _reward(self, month: str, now: Moment) -> None:
        director = self.desk(DIRECTOR)
        comments.give_reward(director, now, "0317", month, RewardKind.REWARD, "优秀征收员", 20_000)
        sql = 'SELECT "id" FROM reward WHERE "month" = ?'
        comments.publish_reward(director, now, str(self.past.journal.database.value(sql, (month,))))
        comments.give_reward(director, now, "0308", month, RewardKind.PENALTY, "超时较多", 0, "会上讲评")

    def lists(self) -> None:
        """Every morning the list of the tax software of the day before; the last two are not taken in yet."""
        for nth, day in enumerate(self.past.days[:-2]):
            self.past.deed(nth + 1, "08:50", partial(self._compare, day))

    def _compare(self, day: str, now: Moment) -> None:
        served = [
            one for one in self.past.visits if one.day == day and one.service and one.entry is not EntryMode.BACK_ENTRY
        ]
        lines = [
            reconciling.CoreInput(n, day, f"{day.replace('-', '')}{n:04}", one.staff, one.matter.code, one.end_t, HALL)
            for n, one in enumerate(served, 1)
            if n % NOT_FOUND
        ]
        file_hash = sha256(repr(lines).encode()).hexdigest()
        reconciling.record_day(self.desk(ASSESSOR), now, lines, file_hash, day)
