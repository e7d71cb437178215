"""Warnings of the hall: the station records when one begins and ends, leaders say what they did. Business rule 13."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.day import business_day
from hallterm.rules.settings_table import SettingName
from hallterm.rules.warnings import LastRaised, Warned, hall_warnings, may_raise
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Done, Refused
from hallterm.workflows.dispatch_rights import leads
from hallterm.workflows.hall_settings import setting
from hallterm.workflows.hall_state import HallState
from storage import views
from storage.claims import number_host
from storage.facts import Moment, WarningAcknowledged, WarningEnded, WarningKind, WarningRaised
from storage.journal import Journal, Write
from storage.views.dispatch import WarningRow, warning, warnings

SAY_WHAT = Reason(N_("say in a few words what you did"))
GONE = Reason(N_("this warning is not known here any more"))
BY_ANOTHER = N_("{name} has answered for it at {time}: {did}")
ACKNOWLEDGED = Reason(N_("Noted; it does not come again while it lasts"))
LONGEST = 200


def watch(journal: Journal, now: Moment) -> int:
    """Record what began and what ended since the last look; answers how many facts. Looking twice records nothing twice.

    In a hall with several PCs only the number host looks.
    """
    db, code = journal.database, journal.identity.hall
    last = views.last_day(db, code) if code else ""
    hall = views.hall(db, code) if code else None
    if hall is None or not last or business_day(now.t, last) != last or number_host(db, code):
        return 0
    state = HallState(db, hall, last, now)
    holding = hall_warnings(state.load(setting(db, SettingName.HALL_SEATS, code, last)), state.thresholds)
    raised = warnings(db, code, last)
    again_min = state.thresholds.again_min
    if not _news(raised, holding, now, again_min):
        return 0
    with journal.write("-", now) as tx:
        return _record(tx, last, holding, now, again_min)


Subject = tuple[WarningKind, str]


def _open(rows: list[WarningRow]) -> dict[Subject, WarningRow]:
    """The newest warning of each subject that has not ended."""
    return {(one.warning, one.about): one for one in rows if not one.ended_t}


def _last(row: WarningRow | None) -> LastRaised | None:
    return None if row is None else LastRaised(row.raised_t, bool(row.acknowledged_t), bool(row.ended_t))


def _due(rows: list[WarningRow], one: Warned, now: Moment, again_min: int) -> bool:
    of_level = [row for row in rows if (row.warning, row.about, row.level) == (one.kind, one.about, one.level)]
    return may_raise(_last(of_level[-1] if of_level else None), now.t, again_min)


def _ending(rows: list[WarningRow], holding: tuple[Warned, ...]) -> list[WarningRow]:
    """Open warnings that hold no more, at this level at least."""
    levels = {(one.kind, one.about): one.level for one in holding}
    return [row for row in rows if not row.ended_t and levels.get((row.warning, row.about)) is not row.level]


def _news(rows: list[WarningRow], holding: tuple[Warned, ...], now: Moment, again_min: int) -> bool:
    return bool(_ending(rows, holding)) or any(_due(rows, one, now, again_min) for one in holding)


def _record(tx: Write, day: str, holding: tuple[Warned, ...], now: Moment, again_min: int) -> int:
    rows = warnings(tx.database, tx.identity.hall, day)
    ending = _ending(rows, holding)
    for row in ending:
        tx.record(WarningEnded(row.id, day, row.warning, row.about))
    begun = [one for one in holding if _due(rows, one, now, again_min)]
    since = {subject: row.since_t for subject, row in _open(rows).items()}
    for one in begun:
        times = sum((row.warning, row.about, row.level) == (one.kind, one.about, one.level) for row in rows)
        tx.record(
            WarningRaised(
                day=day,
                warning=one.kind,
                level=one.level,
                about=one.about,
                value_milli=None if one.value is None else int(one.value * 1000),
                above_milli=None if one.above is None else one.above * 1000,
                since_t=since.get((one.kind, one.about), now.t),
                nth=times + 1,
            )
        )
    return len(ending) + len(begun)


def acknowledge(desk: Desk, now: Moment, id: str, did: str) -> Done:
    """A leader answers for a warning and says what was done; raises Refused."""
    said = " ".join(did.split())[:LONGEST]
    if not said:
        raise Refused(SAY_WHAT)
    with desk.journal.write(desk.staff, now) as tx:
        leads(desk, tx.database)
        row = warning(tx.database, id)
        if row is None:
            raise Refused(GONE)
        for one in warnings(tx.database, desk.hall, row.day):
            same = (one.warning, one.about) == (row.warning, row.about) and not one.ended_t
            if one.id == id or (same and not one.acknowledged_t):
                tx.record(WarningAcknowledged(one.id, one.day, one.warning, one.about, said))
    return Done(ACKNOWLEDGED)
