"""A month is proposed, frozen, opened again; what would be otherwise afterwards is noted as adjustments. Business rule 9.

The decision is the fact of whoever freezes: what stands in it is never computed anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from hallterm.assessing import Assessed, Assessment, assess, frozen_work
from hallterm.assessing_settings import NAMES, values_at
from hallterm.rules.averages import best_clerk, ranks
from hallterm.rules.day import business_day, day_clock_text
from hallterm.rules.exact import half_up
from hallterm.rules.periods import Period, PeriodKind, period
from hallterm.rules.settings_table import understood
from hallterm.rules.words import Reason
from hallterm.workflows import month_words as words
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.month_words import StillOpen
from hallterm.workflows.rights import refuse_unless_allowed_at
from storage.access import Action
from storage.database import Database
from storage.facts import FrozenScore, FrozenSetting, Moment, MonthFrozen, MonthProposed, MonthReopened, Part
from storage.views import assessment as rows

PEOPLE_A_LINE = 24
"""Even with every count at its largest, so many and the settings stay below 16 KiB."""


class MonthDone(Struct, frozen=True):
    """What was recorded, in words."""

    words: Reason


class MonthLook(Struct, frozen=True):
    """How a month of a hall stands. ``refusal``: why it cannot be frozen now, or opened again."""

    hall: str
    month: str
    is_frozen: bool
    is_proposed: bool
    still_open: tuple[StillOpen, ...]
    refusal: Reason | None


def month_of(text: str) -> Period:
    """A month that a person named; raises Refused."""
    found = period(text)
    if isinstance(found, Reason) or found.kind is not PeriodKind.MONTH:
        raise Refused(Reason(words.NO_MONTH, {"month": text[:10]}))
    return found


def still_open(db: Database, hall: str, month: Period, now: Moment, found: Assessment | None = None) -> list[StillOpen]:
    """What of a month is not done yet."""
    scored = found or assess(db, [hall], month, now, live=True)
    counts = {
        words.RECEIPTS: rows.open_receipts(db, hall, month.last),
        words.BACK_ENTRIES: rows.open_back_entries(db, hall, month.first, month.last),
        words.ATTENDANCE: sum(one.pending for one in scored.people),
        words.PAUSES: rows.open_pauses(db, hall, month.first, month.last),
    }
    return [StillOpen(what, count) for what, count in counts.items() if count]


def look_at_month(db: Database, hall: str, month: Period, now: Moment) -> MonthLook:
    """How it stands, for who may propose or freeze it."""
    key = (hall, month.months[0])
    state, freeze = (
        rows.month_states(db, [hall], month.months).get(key),
        rows.freezes(db, [hall], month.months).get(key),
    )
    found = still_open(db, hall, month, now) if freeze is None else []
    refusal = _refusal(month, now, found, freeze.at_t if freeze else 0)
    proposed = state is not None and state.is_proposed
    return MonthLook(hall, month.months[0], freeze is not None, proposed, tuple(found), refusal)


def _refusal(
    month: Period, now: Moment, found: Sequence[StillOpen], frozen_t: int, *, freezing: bool = True
) -> Reason | None:
    """Why a month cannot be frozen, or proposed, now."""
    code = month.months[0]
    if frozen_t:
        return Reason(words.IS_FROZEN, {"month": code, "at": day_clock_text(frozen_t)})
    if business_day(now.t) <= month.last:
        after = (date.fromisoformat(month.last) + timedelta(days=1)).isoformat()
        return Reason(words.NOT_OVER, {"month": code, "day": after})
    blocking = [one for one in found if one.blocks]
    if blocking and freezing:
        return Reason(words.BLOCKED, {"month": code, "open": words.open_words(blocking)})
    return None


def _frozen_t(db: Database, hall: str, month: Period) -> int:
    freeze = rows.freezes(db, [hall], month.months).get((hall, month.months[0]))
    return freeze.at_t if freeze else 0


def propose_month(desk: Desk, hall: str, text: str, note: str, now: Moment) -> MonthDone:
    """A director hands a month on, naming what is still open; raises Refused."""
    month = month_of(text)
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        refuse_unless_allowed_at(db, desk.staff, Action.PROPOSE_FREEZE, hall)
        found = still_open(db, hall, month, now)
        refused = _refusal(month, now, found, _frozen_t(db, hall, month), freezing=False)
        if refused is not None:
            raise Refused(refused)
        tx.record(MonthProposed(hall, month.months[0], tuple(one.code for one in found), note.strip()))
    if not found:
        return MonthDone(Reason(words.PROPOSED_CLEAN, {"month": month.months[0]}))
    return MonthDone(Reason(words.PROPOSED, {"month": month.months[0], "open": words.open_words(found)}))


def freeze_month(desk: Desk, hall: str, text: str, now: Moment) -> MonthDone:
    """An assessor, or the collection department, freezes a month of a hall; raises Refused."""
    month = month_of(text)
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        refuse_unless_allowed_at(db, desk.staff, Action.FREEZE_MONTH, hall)
        found = assess(db, [hall], month, now, live=True)
        refused = _refusal(month, now, still_open(db, hall, month, now, found), _frozen_t(db, hall, month))
        if refused is not None:
            raise Refused(refused)
        state = rows.month_states(db, [hall], month.months).get((hall, month.months[0]))
        facts = frozen_facts(db, hall, month, found, state.proposal if state and state.is_proposed else "")
        first = ""
        for fact in facts:
            id = tx.record(_with_first(fact, first))
            first = first or id
    best = facts[0].best_clerk or "--"
    return MonthDone(Reason(words.FROZEN, {"month": month.months[0], "count": len(found.people), "best": best}))


def _with_first(fact: MonthFrozen, first: str) -> MonthFrozen:
    return replace(fact, first=first) if first else fact


def frozen_facts(db: Database, hall: str, month: Period, found: Assessment, proposal: str = "") -> list[MonthFrozen]:
    """A month as it stands, in as many lines as a large hall needs."""
    rank = ranks(one.standing for one in found.people)
    scores = [frozen_score_of(one, rank.get(one.staff, 0)) for one in found.people]
    lots = [scores[at : at + PEOPLE_A_LINE] for at in range(0, len(scores), PEOPLE_A_LINE)] or [[]]
    best = best_clerk((one.standing for one in found.people), found.rules[hall].duty_pct)
    settings = frozen_settings(db, hall, month.last)
    return [
        MonthFrozen(
            hall=hall,
            month=month.months[0],
            settings=settings,
            scores=tuple(lot),
            best_clerk=best.staff if best else "",
            proposal=proposal,
            part=part,
            parts=len(lots),
        )
        for part, lot in enumerate(lots, 1)
    ]


def frozen_settings(db: Database, hall: str, day: str) -> tuple[FrozenSetting, ...]:
    """All settings of the assessment as they hold on a day, defaults included: these may be others one day."""
    values = values_at(db, hall, day)
    return tuple(
        FrozenSetting(name.value, json.dumps(understood(name, values.get(name)), ensure_ascii=False)) for name in NAMES
    )


def centi(points: Fraction | None) -> int | None:
    """Points as whole hundredths, rounded once."""
    return None if points is None else int(half_up(points) * 100)


def frozen_score_of(one: Assessed, rank: int) -> FrozenScore:
    """The points of one person, to be frozen."""
    parts = one.score.parts
    return FrozenScore(
        one.staff,
        rating_centi=centi(parts[Part.RATING]),
        business_centi=centi(parts[Part.BUSINESS]),
        efficiency_centi=centi(parts[Part.EFFICIENCY]),
        attendance_centi=centi(parts[Part.ATTENDANCE]),
        total_centi=centi(one.score.total),
        rank=rank,
        work=frozen_work(one.work),
    )


def reopen_month(desk: Desk, hall: str, text: str, reason: str, now: Moment) -> MonthDone:
    """A frozen month is open again, with a reason; raises Refused."""
    month = month_of(text)
    with desk.journal.write(desk.staff, now) as tx:
        refuse_unless_allowed_at(tx.database, desk.staff, Action.FREEZE_MONTH, hall)
        if not reason.strip():
            raise Refused(words.NEEDS_REASON)
        if not _frozen_t(tx.database, hall, month):
            raise Refused(Reason(words.NOT_FROZEN, {"month": month.months[0]}))
        tx.record(MonthReopened(hall, month.months[0], reason.strip()))
    return MonthDone(Reason(words.REOPENED, {"month": month.months[0], "reason": reason.strip()}))
