"""Ratings on paper and late ones, and reasons for none that were wrong: entered by who did not serve. Rules 8.1, K20, K21."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.option_list import shipped_options
from hallterm.rating_scales import scale_at
from hallterm.rules.day import business_day
from hallterm.rules.deadlines import DeadlineId, Due, due
from hallterm.rules.option_codes import codes_refusal, options_on
from hallterm.rules.ratings import level_of, unrated_rule
from hallterm.rules.words import Reason
from hallterm.workflows.appeals import adjustment, is_frozen
from hallterm.workflows.bad_ratings import RatedBadly, hours_of, open_case, plain, refuse_at
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.visit_rating import RATED, visit_is_rated
from storage import views
from storage.access import Action
from storage.facts import (
    AdjustmentKind,
    Moment,
    RatingCardEntered,
    RatingMissingChanged,
    ServiceState,
    UnratedReason,
)
from storage.journal import Write
from storage.views import ServiceRow
from storage.views import cases as rows

ENTERED = N_("card {card} entered: {level}")
CHANGED = N_("the reason is now: {reason}")
NO_SUCH_SERVICE = Reason(N_("this matter is not known here, or not finished"))
RATED_ALREADY = Reason(N_("this matter has its rating already"))
SERVED_IT = Reason(N_("who served does not enter its rating"))
CARD_NUMBER = Reason(N_("give the number on the card"))
CARD_USED = Reason(N_("this card was entered already"))
TOO_LATE = N_("the term is over: this late rating was to be entered by {day}")
NOT_TODAY = N_("the term is over: the reason was to be corrected by {day}")
NOT_UNRATED = Reason(N_("this matter is not unrated"))
PROGRAM_ONLY = Reason(N_("the program gives this reason itself"))
NOTE_NEEDED = Reason(N_("say in a few words what it is"))
BY_CARD = N_("late rating")


def _finished(tx: Write, service_id: str, desk: Desk) -> ServiceRow:
    service = views.service(tx.database, service_id)
    if service is None or service.state is not ServiceState.FINISHED or service.hall != desk.hall:
        raise Refused(NO_SUCH_SERVICE)
    return service


def _refuse_after(until: Due, now: Moment, sentence: str) -> None:
    if now.t > until.t:
        raise Refused(Reason(sentence, {"day": until.day}))


def enter_card(
    desk: Desk, now: Moment, service_id: str, level: int, card: str, options: tuple[str, ...] = ()
) -> Reason:
    """A card from the box, or a late rating; it opens a case like any other. Raises Refused."""
    if not plain(card):
        raise Refused(CARD_NUMBER)
    with desk.journal.write(desk.staff, now) as tx:
        db = tx.database
        refuse_at(db, desk, Action.ENTER_CARD, desk.hall)
        service = _finished(tx, service_id, desk)
        if service.staff == desk.staff:
            raise Refused(SERVED_IT)
        if service.rating == RATED or visit_is_rated(db, service):
            raise Refused(RATED_ALREADY)
        if rows.card_used(db, desk.hall, plain(card)):
            raise Refused(CARD_USED)
        _refuse_after(due(DeadlineId.K21, service.end_t, hours_of(db, desk.hall, service.end_t)), now, TOO_LATE)
        entered = _card(tx, service, level, plain(card), options, now)
        listed = options_on(shipped_options(), entered.scale, level, service.day)
        if options and (unknown := codes_refusal(listed, options)) is not None:
            raise Refused(unknown)
        rated = tx.record(entered)
        if entered.frozen:
            month = service.day[:7]
            tx.record(adjustment(desk.hall, month, service.staff, AdjustmentKind.LATE_RATING, BY_CARD, rated))
        open_case(tx, _rated_badly(rated, service, entered), now)
        label = level_of(entered.scale, level).label
    return Reason(ENTERED, {"card": plain(card), "level": Reason(label)})


def _card(
    tx: Write, service: ServiceRow, level: int, card: str, options: tuple[str, ...], now: Moment
) -> RatingCardEntered:
    missed = views.unrated(tx.database, service.id)
    if missed is None or missed.undone:
        raise Refused(NOT_UNRATED)
    return RatingCardEntered(
        service=service.id,
        visit=service.visit,
        window=service.window,
        staff=service.staff,
        code=service.code,
        day=service.day,
        level=level,
        scale=scale_at(tx.database, service.hall, service.day),
        card=card,
        options=options,
        replaces=missed.reason,
        exempt_withdrawn=missed.exempt,
        late=service.day < business_day(now.t),
        frozen=is_frozen(tx.database, service.hall, service.day[:7]),
    )


def _rated_badly(rating: str, service: ServiceRow, entered: RatingCardEntered) -> RatedBadly:
    return RatedBadly(
        rating=rating,
        service=service.id,
        visit=service.visit,
        window=service.window,
        staff=service.staff,
        code=service.code,
        day=service.day,
        level=entered.level,
        scale=entered.scale,
        ticket=service.ticket,
        options=entered.options,
    )


def correct_unrated(desk: Desk, now: Moment, service_id: str, reason: UnratedReason, note: str = "") -> Reason:
    """A leader corrects why there is no rating, within its term (K20); he may confirm a fault. Raises Refused."""
    rule = unrated_rule(reason)
    if rule.by_program:
        raise Refused(PROGRAM_ONLY)
    if rule.note_required and not plain(note):
        raise Refused(NOTE_NEEDED)
    with desk.journal.write(desk.staff, now) as tx:
        refuse_at(tx.database, desk, Action.NOTE_UNRATED, desk.hall)
        service = _finished(tx, service_id, desk)
        missed = views.unrated(tx.database, service_id)
        if missed is None or missed.undone:
            raise Refused(NOT_UNRATED)
        hours = hours_of(tx.database, desk.hall, service.end_t)
        _refuse_after(due(DeadlineId.K20, service.end_t, hours), now, NOT_TODAY)
        tx.record(
            RatingMissingChanged(
                service=service.id,
                staff=missed.staff,
                code=missed.code,
                day=missed.day,
                reason=reason,
                exempt=rule.exempt,
                exempt_change=int(rule.exempt) - int(missed.exempt),
                note=plain(note),
                by=desk.staff,
            )
        )
    return Reason(CHANGED, {"reason": Reason(rule.label)})
