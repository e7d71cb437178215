"""Facts of the calendar, of schedules, attendance and leave, and of posts with two people.

``day`` fields are business days ``YYYY-MM-DD``; lengths of leave are whole half-days.
"""

from __future__ import annotations

from msgspec import Struct

from storage.facts.base import Fact, kind
from storage.facts.hall_sets import DayKind, DaySlot, Duty, Half, LeaveState, LeaveType, PunchKind, SubstitutionReason

# the calendar


class CalendarDay(Struct, frozen=True, omit_defaults=True):
    """One day of an announced calendar that is not what its weekday says, or that has a name."""

    day: str
    day_kind: DayKind
    name: str = ""


@kind("calendar.imported")
class CalendarImported(Fact, frozen=True):
    """The announced days of a year, whole: what was imported for this year and scope before is replaced.

    ``scope`` is a node of the scope tree ("": everywhere), ``file_hash`` the SHA-256 (hex) of the file that was read.
    """

    year: int
    days: tuple[CalendarDay, ...]
    scope: str = ""
    source: str = ""
    file_hash: str = ""


@kind("closing_day.set")
class ClosingDaySet(Fact, frozen=True):
    """A hall is closed on a day of its own choice, or (``closed`` false) no longer is."""

    hall: str
    day: str
    closed: bool
    name: str = ""


# schedule and attendance


@kind("schedule.set")
class ScheduleSet(Fact, frozen=True):
    """What somebody is planned for on one slot of a day; a later one replaces it. ``duty_rota``: begins 15 min earlier."""

    staff: str
    day: str
    slot: DaySlot
    duty: Duty
    window: str = ""
    duty_rota: bool = False


@kind("attendance.corrected")
class AttendanceCorrected(Fact, frozen=True):
    """What really happened in a half-day, said by somebody who may; the punch it corrects stays.

    ``at_t`` is wall ms UTC, ``of`` the punch that no longer counts ("": none). ``withdrawn``: ``of`` never happened,
    and nothing stands in its place.
    """

    staff: str
    day: str
    half: Half
    what: PunchKind
    at_t: int
    reason: str
    of: str = ""
    withdrawn: bool = False


@kind("off_post.noted")
class OffPostNoted(Fact, frozen=True):
    """A leader saw somebody away from the post without leave, from ``from_t`` to ``to_t`` (wall ms UTC)."""

    staff: str
    day: str
    half: Half
    from_t: int
    to_t: int
    window: str = ""
    note: str = ""


# leave


class LeaveSpan(Struct, frozen=True):
    """From one half-day to another, both included; ``half_days`` is the number of working half-days between them.

    ``provisional``: a year is touched whose holidays are not announced.
    """

    from_day: str
    from_half: Half
    to_day: str
    to_half: Half
    half_days: int
    provisional: bool = False


@kind("leave.submitted")
class LeaveSubmitted(Fact, frozen=True):
    """A request. ``afterwards``: it had begun, an explanation is due by ``explain_by_t``; where a certificate is needed,
    it is due by ``certify_by_t`` (both wall ms UTC, 0: nothing is due).
    """

    staff: str
    leave_type: LeaveType
    span: LeaveSpan
    reason: str = ""
    certificate: bool = False
    afterwards: bool = False
    explain_by_t: int = 0
    certify_by_t: int = 0


@kind("leave.resubmitted")
class LeaveResubmitted(Fact, frozen=True):
    """A rejected request comes again; what it says now replaces what it said."""

    leave: str
    staff: str
    leave_type: LeaveType
    span: LeaveSpan
    reason: str = ""
    certificate: bool = False
    afterwards: bool = False
    explain_by_t: int = 0
    certify_by_t: int = 0


@kind("leave.approved")
class LeaveApproved(Fact, frozen=True):
    """The decision, with what was decided on: a later contrary one of another node is kept and marked as contested."""

    leave: str
    staff: str
    leave_type: LeaveType
    span: LeaveSpan


@kind("leave.rejected")
class LeaveRejected(Fact, frozen=True):
    leave: str
    staff: str
    reason: str


@kind("leave.voided")
class LeaveVoided(Fact, frozen=True):
    """Withdrawn before it began."""

    leave: str
    staff: str
    reason: str = ""


@kind("leave.decision_undone")
class LeaveDecisionUndone(Fact, frozen=True):
    """Taken back within 10 s by who decided: the request waits again, in the ``state`` it had."""

    leave: str
    staff: str
    decision: str
    state: LeaveState


@kind("leave.explained")
class LeaveExplained(Fact, frozen=True):
    """The written explanation of a leave that was requested after it had begun. ``in_time``: by its due moment."""

    leave: str
    staff: str
    text: str
    in_time: bool


@kind("leave.certified")
class LeaveCertified(Fact, frozen=True):
    """The certificate of a sick leave was seen; ``note`` names the paper, never the illness."""

    leave: str
    staff: str
    note: str = ""


# posts


@kind("post.set")
class PostSet(Fact, frozen=True):
    """Who stands at a window, and who stands in; ``from_day`` the first day it holds ("": at once)."""

    window: str
    staff_a: str
    staff_b: str = ""
    from_day: str = ""


@kind("substitution.began")
class SubstitutionBegan(Fact, frozen=True):
    """``staff`` stands in for ``staff_a`` at a window; the work counts for whoever does it."""

    window: str
    staff_a: str
    staff: str
    day: str
    reason: SubstitutionReason
    note: str = ""
    leave: str = ""


@kind("substitution.ended")
class SubstitutionEnded(Fact, frozen=True):
    substitution: str
    window: str
    staff: str
    day: str
