"""What is true now, derived from facts (peewee models). All of it can be thrown away and rebuilt from the journal.

Every column has a default in the schema, because a fact may arrive before the fact that opened its entity: a stub
row is made and filled later. Truth values are 0 and 1 on both engines. ``*_ord`` columns hold the causal order of the
last fact that set a group of columns (see :mod:`storage.projections`).
"""

from __future__ import annotations

# isort: off
import storage.database  # noqa: F401  (first: it imports peewee the house's way)
from peewee import Model

# isort: on
from storage.tables.assessment import *
from storage.tables.attendance import *
from storage.tables.calendar import *
from storage.tables.cases import *
from storage.tables.claims import *
from storage.tables.counter import *
from storage.tables.devices import *
from storage.tables.dispatch import *
from storage.tables.feed import *
from storage.tables.figure import *
from storage.tables.kept import *
from storage.tables.log import *
from storage.tables.mirror import *
from storage.tables.nodes import *
from storage.tables.outages import *
from storage.tables.reconciliation import *
from storage.tables.reference import *

JOURNAL_MODELS: tuple[type[Model], ...] = (
    NodeMeta,
    Log,
    Event,
    Segment,
    TypedFact,
    EnrolOffer,
    ClockSample,
    Snapshot,
    FeedFact,
    NodeState,
    ChangeCount,
    KeptMonth,
)
DERIVED_MODELS: tuple[type[Model], ...] = (
    *(Quarantine, Hall, Window, Staff, StaffGrant, ServiceType, Setting, Node),
    *(
        Ticket,
        Visit,
        Identification,
        Service,
        ServiceInterval,
        RatingAsk,
        Rating,
        RatingRefused,
        Unrated,
        Punch,
        DeviceState,
        Day,
    ),
    *(DeviceDay, DeviceLock, Carried),
    *(CalendarYear, ClosingDay),
    *(HallWarning, Dispatch, WindowGroups, ProposalAnswered, BreakPlan, BreakAsk),
    *(ScheduleSlot, AttendanceCorrection, OffPost, LeaveRequest, LeaveDecision, Post, Substitution),
    *(Claim, OwnNumber, LanDown, WindowPlace, Double),
    *(HandlingError, Complaint, VoteRound, Ballot, MonthState, MonthFreeze, FrozenPoints, Adjustment),
    *(Outage, PauseWord, LastAnswer, OutageCard, PaperKept, BackEntry, ManualReceipt),
    *(RatingReason, EntryCheck),
    *(RatingCase, CaseStep, Appeal, RevokedRating, RatingCard, WeeklyComment, Reward),
    *(Reconciliation, Verification),
    Figure,
)
