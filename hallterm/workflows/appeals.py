"""Appeals of clerks against a bad rating: filed, withdrawn, handed on, decided; and who the rater was. Rules 14 and 18.

The direct director hands an appeal on and never decides on it. A rating that is revoked leaves every figure.
"""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.bad_rating import (
    FORWARDED_BY,
    NO_APPEAL,
    appeal_due,
    appeal_refusal,
    case_refusal,
    decider_refusal,
    decision_due,
    handler_refusal,
)
from hallterm.rules.words import Reason
from hallterm.workflows.bad_ratings import (
    WRITE_SOMETHING,
    CaseDone,
    hours_of,
    plain,
    read,
    refuse_at,
    refused_at,
    state_of,
)
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.of_a_hall import appeals_above
from hallterm.workflows.sign_on import grants_of
from storage import nodes
from storage.access import Action, may
from storage.database import Database
from storage.facts import (
    AdjustmentKind,
    AdjustmentMade,
    AppealDecided,
    AppealDecision,
    AppealFiled,
    AppealForwarded,
    AppealWithdrawn,
    CaseAction,
    CaseClosed,
    CaseResult,
    Moment,
    Part,
    RaterRevealed,
    RatingRevoked,
    Role,
)
from storage.journal import Write
from storage.views import cases as rows
from storage.views.assessment import month_states
from storage.views.cases import AppealRow, CaseRow
from storage.views.identities import identified

FILED = N_("D-{number} appealed; to be decided by {day}")
WITHDRAWN = N_("D-{number} the appeal is withdrawn")
FORWARDED = N_("D-{number} the appeal is handed on")
KEPT = N_("D-{number} decided: the rating stands")
REVOKED = N_("D-{number} decided: the rating is out of every count")
TOLD = N_("D-{number} the rater is {who}; this is recorded with your reason")
FORWARDED_ALREADY = Reason(N_("the appeal was handed on already"))
NOT_FORWARDED = Reason(N_("the director hands the appeal on first"))
ANONYMOUS = Reason(N_("an anonymous rating: nobody is named"))
NOT_OPEN = Reason(N_("the rater is named only while the case is open, and to who handles it"))
KEPT_ELSEWHERE = Reason(N_("the identity rests at the PC that took it"))
BY_REVOCATION = N_("rating revoked")


def file_appeal(desk: Desk, now: Moment, case_id: str, text: str, evidence: tuple[str, ...] = ()) -> CaseDone:
    """The rated clerk objects, within the term of an appeal (K17)."""
    if not plain(text):
        raise Refused(WRITE_SOMETHING)
    with desk.journal.write(desk.staff, now) as tx:
        row, appeal = read(tx.database, case_id)
        own = desk.staff == row.staff
        refuse_at(tx.database, desk, Action.APPEAL, row.hall, own=own)
        hours = hours_of(tx.database, row.hall, now.t)
        until = appeal_due(row.opened_t, hours_of(tx.database, row.hall, row.opened_t))
        refused = appeal_refusal(state_of(row, appeal), desk.staff, now.t, until)
        if refused is not None:
            raise Refused(refused)
        until = decision_due(now.t, hours)
        tx.record(
            AppealFiled(row.id, row.rating, row.staff, plain(text), until.t, evidence, provisional=until.provisional)
        )
    return CaseDone(Reason(FILED, {"number": row.number, "day": until.day}), row.id)


def _standing(tx: Write, case_id: str, action: CaseAction) -> tuple[CaseRow, AppealRow]:
    """The case and its open appeal."""
    row, appeal = read(tx.database, case_id)
    refused = case_refusal(state_of(row, appeal), action)
    if refused is not None or appeal is None:
        raise Refused(refused or NO_APPEAL)
    return row, appeal


def withdraw_appeal(desk: Desk, now: Moment, case_id: str) -> CaseDone:
    """Only who filed it."""
    with desk.journal.write(desk.staff, now) as tx:
        row, appeal = _standing(tx, case_id, CaseAction.WITHDRAW_APPEAL)
        refuse_at(tx.database, desk, Action.APPEAL, row.hall, own=desk.staff == appeal.staff)
        tx.record(AppealWithdrawn(appeal.id, row.id))
    return CaseDone(Reason(WITHDRAWN, {"number": row.number}), row.id)


def forward_appeal(desk: Desk, now: Moment, case_id: str, note: str = "") -> CaseDone:
    """The director hands it on, with his word."""
    with desk.journal.write(desk.staff, now) as tx:
        row, appeal = _standing(tx, case_id, CaseAction.KEEP)
        refuse_at(tx.database, desk, Action.FORWARD_APPEAL, row.hall)
        refused = handler_refusal(state_of(row, appeal), desk.staff)
        if refused is not None or appeal.forwarded_t:
            raise Refused(refused or FORWARDED_ALREADY)
        tx.record(AppealForwarded(appeal.id, row.id, plain(note)))
    return CaseDone(Reason(FORWARDED, {"number": row.number}), row.id)


def directors(db: Database, hall: str) -> frozenset[str]:
    """Who directs this very hall."""
    sql = 'SELECT "staff" FROM staff_grant WHERE "role" = ? AND "node" = ? AND "active" = 1'
    return frozenset(str(staff) for (staff,) in db.rows(sql, (Role.HALL_DIRECTOR.value, hall)))


def decision_refused(db: Database, desk: Desk, row: CaseRow, appeal: AppealRow | None) -> Reason | None:
    """Why the person at the desk may not decide on the appeal of a case."""
    refused = refused_at(db, desk, Action.DECIDE_APPEAL, row.hall) or appeals_above(db, desk)
    if refused is not None:
        return refused
    forwarded_by = appeal.forwarded_by if appeal is not None else ""
    refused = decider_refusal(state_of(row, appeal), desk.staff, directors(db, row.hall), forwarded_by)
    if refused is not None:
        return refused
    return None if appeal is not None and appeal.forwarded_t else NOT_FORWARDED


def decide_appeal(desk: Desk, now: Moment, case_id: str, decision: AppealDecision, reason: str) -> CaseDone:
    """The rating stands, or leaves every count; in a frozen month that is an adjustment beside it."""
    if not plain(reason):
        raise Refused(WRITE_SOMETHING)
    with desk.journal.write(desk.staff, now) as tx:
        row, appeal = read(tx.database, case_id)
        refused = decision_refused(tx.database, desk, row, appeal)
        if refused is not None or appeal is None:
            raise Refused(refused or FORWARDED_BY)
        tx.record(AppealDecided(appeal.id, row.id, row.rating, decision, plain(reason)))
        if decision is AppealDecision.REVOKE:
            _revoke(tx, row, appeal, plain(reason), now)
    return CaseDone(Reason(REVOKED if decision is AppealDecision.REVOKE else KEPT, {"number": row.number}), row.id)


def _revoke(tx: Write, row: CaseRow, appeal: AppealRow, reason: str, now: Moment) -> None:
    revoked = tx.record(
        RatingRevoked(
            rating=row.rating,
            service=row.service,
            visit=row.visit,
            window=row.window,
            staff=row.staff,
            hall=row.hall,
            code=row.code,
            day=row.day,
            level=row.level,
            scale=row.scale,
            appeal=appeal.id,
            reason=reason,
            counted=not rows.in_no_figure(tx.database, row.rating),
        )
    )
    tx.record(CaseClosed(row.id, CaseResult.REVOKED, now.t <= row.correct_by_t, note=reason))
    if is_frozen(tx.database, row.hall, row.day[:7]):
        tx.record(adjustment(row.hall, row.day[:7], row.staff, AdjustmentKind.REVOKED_RATING, BY_REVOCATION, revoked))


def is_frozen(db: Database, hall: str, month: str) -> bool:
    """Whether the points of a month stand already."""
    found = month_states(db, [hall], [month]).get((hall, month))
    return found is not None and found.state == "frozen"


def adjustment(hall: str, month: str, staff: str, why: AdjustmentKind, reason: str, of: str) -> AdjustmentMade:
    """What a rating that came or went would change in a frozen month."""
    return AdjustmentMade(hall=hall, month=month, staff=staff, adjustment=why, reason=reason, part=Part.RATING, of=of)


# who the rater is


def rater_refused(db: Database, desk: Desk, row: CaseRow, appeal: AppealRow | None) -> Reason | None:
    """Why the rater's identity is not told: to the director for an open case, to who decides for an open appeal."""
    if not row.real_name:
        return ANONYMOUS
    appealed = appeal is not None and appeal.open
    grants = grants_of(db, desk.staff)
    if not appealed:
        grants = [grant for grant in grants if grant.role is not Role.COLLECTION_DEPT]
    is_open = appealed or not row.result
    if desk.staff == row.staff or not may(grants, Action.SEE_RATER, row.hall, case=is_open, parents=nodes.parents(db)):
        return NOT_OPEN
    return None


def reveal_rater(desk: Desk, now: Moment, case_id: str, reason: str) -> CaseDone:
    """Tell who the rater is; that it was told, to whom and why, is recorded first."""
    if not plain(reason):
        raise Refused(WRITE_SOMETHING)
    with desk.journal.write(desk.staff, now) as tx:
        row, appeal = read(tx.database, case_id)
        refused = rater_refused(tx.database, desk, row, appeal)
        if refused is not None:
            raise Refused(refused)
        service = tx.database.rows('SELECT "ticket" FROM service WHERE "id" = ?', (row.service,))
        ref = identified(tx.database, str(service[0][0]) if service else "", row.visit).ref
        code = desk.vault.reveal(ref) if desk.vault is not None and ref else None
        if code is None:
            raise Refused(KEPT_ELSEWHERE)
        tx.record(RaterRevealed(row.id, plain(reason)))
    return CaseDone(Reason(TOLD, {"number": row.number, "who": code}), row.id)
