"""Every closed set of the house: states, reasons, classes, roles, actions of the counter."""

from __future__ import annotations

from enum import StrEnum


class TicketState(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    PAUSED = "paused"
    HELD = "held"
    AWAITING_RATING = "awaiting_rating"
    CLOSED = "closed"


class TicketResult(StrEnum):
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    REBOOKED = "rebooked"


class TicketClass(StrEnum):
    NORMAL = "normal"
    SPECIAL = "special"
    APPOINTMENT = "appointment"
    CREDIT_A = "credit_a"
    RETURNED = "returned"
    OUTAGE_CARD = "outage_card"
    REINSTATED = "reinstated"


class TicketKind(StrEnum):
    ONSITE = "onsite"
    REMOTE = "remote"
    APPOINTMENT = "appointment"


class WindowState(StrEnum):
    CLOSED = "closed"
    IDLE = "idle"
    CALLED = "called"
    SERVING = "serving"
    PAUSED = "paused"
    AWAITING_RATING = "awaiting_rating"
    BREAK = "break"
    SUBSTITUTED = "substituted"


class ServiceState(StrEnum):
    SERVING = "serving"
    PAUSED = "paused"
    FINISHED = "finished"
    RATED = "rated"
    UNRATED = "unrated"
    TRANSFERRED = "transferred"
    HELD = "held"
    CANCELLED = "cancelled"


class PauseReason(StrEnum):
    MATERIAL_SUPPLEMENT = "material_supplement"
    TAXPAYER_PAYMENT = "taxpayer_payment"
    TAXPAYER_LEFT = "taxpayer_left"
    SYSTEM_FAULT = "system_fault"
    NETWORK_FAULT = "network_fault"
    POWER_FAILURE = "power_failure"
    DEVICE_FAULT = "device_fault"
    INTERNAL_CONSULT = "internal_consult"
    LEADER_APPROVAL = "leader_approval"
    OTHER = "other"
    UI_BLOCKED = "ui_blocked"
    APP_RESTART = "app_restart"


class IntervalKind(StrEnum):
    PAUSED = "paused"
    UI_BLOCKED = "ui_blocked"
    HELD = "held"


class HoldReason(StrEnum):
    PAPERS = "papers"
    PAYMENT = "payment"
    INNER_STEP = "inner_step"


class BreakReason(StrEnum):
    ROTATE = "rotate"
    LUNCH = "lunch"
    MEETING = "meeting"
    TRAINING = "training"


class WalkUpReason(StrEnum):
    NO_QUEUE = "no_queue"
    LAN_DOWN = "lan_down"
    POINT = "point"
    CONSULT = "consult"


class EntryMode(StrEnum):
    LIVE = "live"
    WALK_UP = "walk_up"
    BACK_ENTRY = "back_entry"


class UnratedReason(StrEnum):
    NO_RESPONSE = "no_response"
    LEFT = "left"
    REFUSED = "refused"
    DEVICE_FAULT = "device_fault"
    POWER_FAILURE = "power_failure"
    BACK_ENTRY = "back_entry"
    OTHER = "other"


class Role(StrEnum):
    CLERK = "clerk"
    GUIDE = "guide"
    DUTY_LEADER = "duty_leader"
    HALL_DIRECTOR = "hall_director"
    ASSESSOR = "assessor"
    BUREAU_LEADER = "bureau_leader"
    COLLECTION_DEPT = "collection_dept"
    ADMIN = "admin"
    TECHNICIAN = "technician"
    POINT_CLERK = "point_clerk"
    KIOSK = "kiosk"
    STATION = "station"


class HallKind(StrEnum):
    HALL = "hall"
    POINT = "point"


class Scale(StrEnum):
    FIVE_SEED = "five_seed"
    FIVE_NATIONAL = "five_national"
    FOUR = "four"
    THREE = "three"


class RatingUnit(StrEnum):
    PER_SERVICE = "per_service"
    PER_VISIT = "per_visit"


class CounterAction(StrEnum):
    """What a person does at a window; the names of the counter's transitions."""

    OPEN = "open"
    CALL = "call"
    RECALL = "recall"
    NO_SHOW = "no_show"
    START = "start"
    WALK_UP = "walk_up"
    WALK_UP_REASON = "walk_up_reason"
    IDENTIFY = "identify"
    SHOW_ENTRY = "show_entry"
    PAUSE = "pause"
    RESUME = "resume"
    HOLD = "hold"
    TAKE_BACK = "take_back"
    RETURN = "return"
    TRANSFER = "transfer"
    CHANGE_SERVICE = "change_service"
    QUANTITY = "quantity"
    FINISH = "finish"
    UNRATED = "unrated"
    ASK_AGAIN = "ask_again"
    NEXT_SERVICE = "next_service"
    BREAK = "break"
    BACK = "back"
    SIGN_OFF = "sign_off"
    LOCK = "lock"
    UNDO = "undo"
    ISSUE = "issue"
    CANCEL = "cancel"
