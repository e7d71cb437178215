"""The closed sets of running a hall: schedule and leave, warnings and dispatch, bad ratings, outages, assessment."""

from __future__ import annotations

from enum import StrEnum


class Half(StrEnum):
    """Half a day, the unit of attendance and leave. AM sorts before PM."""

    AM = "AM"
    PM = "PM"


class DaySlot(StrEnum):
    """What a schedule plans: the two half-days, and the noon hours between them (credit for compensatory leave only)."""

    AM = "AM"
    NOON = "NOON"
    PM = "PM"


class Duty(StrEnum):
    """What somebody is scheduled for; ``lunch`` stands at noon only."""

    WINDOW = "window"
    GUIDE = "guide"
    LEADER = "leader"
    LUNCH = "lunch"
    OFF = "off"


class PunchKind(StrEnum):
    """What a correction of attendance says that happened."""

    SIGN_ON = "sign_on"
    SIGN_OFF = "sign_off"
    OFF_POST = "off_post"
    BACK = "back"


class PunchSource(StrEnum):
    TERMINAL = "terminal"
    CORRECTION = "correction"


class LeaveType(StrEnum):
    """``study`` holds training too."""

    ANNUAL = "annual"
    PERSONAL = "personal"
    SICK = "sick"
    COMPENSATORY = "compensatory"
    MARRIAGE = "marriage"
    BEREAVEMENT = "bereavement"
    MATERNITY = "maternity"
    PATERNITY = "paternity"
    WORK_INJURY = "work_injury"
    OFFICIAL_TRIP = "official_trip"
    MEETING = "meeting"
    STUDY = "study"


class LeaveState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    RESUBMITTED = "resubmitted"
    VOID = "void"


class LeaveAction(StrEnum):
    """What moves a leave from one state to the next."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    RESUBMIT = "resubmit"
    VOID = "void"


class SubstitutionReason(StrEnum):
    LEAVE = "leave"
    BREAK = "break"
    ABSENCE = "absence"
    OTHER = "other"


class WarningKind(StrEnum):
    """The nine warnings with three levels, then the alerts beside them: nobody open while people wait, an empty post."""

    SINGLE_WAIT = "single_wait"
    WAITING_OVERTIME = "waiting_overtime"
    WINDOW_SATURATION = "window_saturation"
    HALL_SATURATION = "hall_saturation"
    OVERTIME_SHARE = "overtime_share"
    OVERTIME_COUNT = "overtime_count"
    ABANDON_SHARE = "abandon_share"
    BAD_RATINGS = "bad_ratings"
    NO_BREAK = "no_break"
    NO_OPEN_WINDOW = "no_open_window"
    EMPTY_POST = "empty_post"


class WarningLevel(StrEnum):
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class DispatchKind(StrEnum):
    """What a leader does with the hall, in the order of the dispatch line; ``day_end`` decides on tickets that are left."""

    GROUPS = "groups"
    BREAK = "break"
    CLOSE = "close"
    OPEN_RESERVE = "open_reserve"
    SUBSTITUTE = "substitute"
    MOVE_TICKET = "move_ticket"
    CALL_BACK = "call_back"
    DAY_END = "day_end"
    CROWDING = "crowding"


class CrowdingStep(StrEnum):
    """The checklist of a full hall, in its order."""

    GUIDES = "guides"
    FUNCTIONS = "functions"
    RESERVE = "reserve"
    HOURS = "hours"


class DispatchReason(StrEnum):
    LONG_QUEUE = "long_queue"
    ROTATE = "rotate"
    EMPTY_POST = "empty_post"
    DEVICE_FAULT = "device_fault"
    SKILL = "skill"
    OTHER = "other"
    CLOSING = "closing"
    GONE = "gone"


class ProposalKind(StrEnum):
    """What the program may propose; it never does it by itself."""

    ADD_GROUP = "add_group"
    OPEN_RESERVE = "open_reserve"
    BREAK = "break"
    SUBSTITUTE = "substitute"


class ProposalAnswer(StrEnum):
    DONE = "done"
    DECLINED = "declined"


class FaultKind(StrEnum):
    POWER = "power"
    TAX_CORE = "tax_core"
    NETWORK = "network"
    DEVICE = "device"
    APP = "app"


class LastTransaction(StrEnum):
    """What became of the last service before a failure, in the tax software."""

    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    UNKNOWN = "unknown"


class ContactResult(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"


class BadRatingClass(StrEnum):
    CLEAR = "clear"
    COMPLEX = "complex"
    UNFOUNDED = "unfounded"
    WRONG = "wrong"
    MALICIOUS = "malicious"


class CaseState(StrEnum):
    OPEN = "open"
    CONTACTED = "contacted"
    CLASSIFIED = "classified"
    MEASURED = "measured"
    APPEALED = "appealed"
    CLOSED = "closed"


class CaseResult(StrEnum):
    RECTIFIED = "rectified"
    EXPLAINED = "explained"
    REVOKED = "revoked"


class CaseAction(StrEnum):
    """What moves a bad-rating case on."""

    CONTACT = "contact"
    CLASSIFY = "classify"
    MEASURE = "measure"
    APPEAL = "appeal"
    WITHDRAW_APPEAL = "withdraw_appeal"
    KEEP = "keep"
    REVOKE = "revoke"
    CLOSE = "close"


class AppealDecision(StrEnum):
    KEEP = "keep"
    REVOKE = "revoke"


class RewardKind(StrEnum):
    REWARD = "reward"
    PENALTY = "penalty"


class Part(StrEnum):
    """The four parts of the assessment, in their order."""

    RATING = "rating"
    BUSINESS = "business"
    EFFICIENCY = "efficiency"
    ATTENDANCE = "attendance"


class BusinessMode(StrEnum):
    """What the business part is measured by: a target a half-day, or the hall's own average."""

    TARGET = "target"
    HALL_AVERAGE = "hall_average"


class AdjustmentKind(StrEnum):
    """Why a row of a frozen month is followed by another one."""

    LATE_RATING = "late_rating"
    REVOKED_RATING = "revoked_rating"
    ATTENDANCE = "attendance"
    RECONCILIATION = "reconciliation"
    LATE_DATA = "late_data"
    ERROR = "error"
    OTHER = "other"


class Verified(StrEnum):
    """Whether the tax software knows a service; ``unknown``: its day was not reconciled, ``outside``: it knows no such
    matter.
    """

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    OUTSIDE = "outside"


class DayKind(StrEnum):
    """What a day of the calendar is; a make-up day is a rest day on which people work."""

    WORKDAY = "workday"
    REST = "rest"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
