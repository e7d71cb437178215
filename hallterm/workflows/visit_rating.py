"""One rating a visit, where the hall rates so: the service finished last carries it, the others join it. Business rule 8.1.

The sums count what is carried, so that a visit adds one rating, or one missing rating, and never two.
"""

from __future__ import annotations

from msgspec.structs import replace

from hallterm.workflows.hall_settings import per_visit
from storage import views
from storage.claims import is_here
from storage.database import Database
from storage.facts import RatingJoined, RatingMissing, ServiceFinished, UnratedReason
from storage.journal import Write
from storage.views import AskRow, ServiceRow

RATED, UNRATED, WITH_VISIT = "rated", "unrated", "with_visit"
"""What may stand in the rating of a service, besides nothing."""


def visit_is_rated(db: Database, service: ServiceRow) -> bool:
    """Whether an earlier service of the visit has its rating already, and the hall rates whole visits."""
    if not per_visit(db, service.hall, service.day):
        return False
    return any(one.rating == RATED for one in views.services_of_visit(db, service.visit))


def joined(service: ServiceRow, ask: AskRow | None = None) -> RatingJoined:
    """A finished service is not asked for any more; a prompt that runs is cancelled."""
    return RatingJoined(
        service=service.id,
        visit=service.visit,
        window=service.window,
        staff=service.staff,
        code=service.code,
        day=service.day,
        ask=ask.id if ask is not None and ask.state == "open" else "",
        ticket=service.ticket,
    )


def joined_at_once(finished: ServiceFinished) -> RatingJoined:
    """A service that ends in a visit which is rated already: nobody is asked twice, the window is free."""
    return RatingJoined(
        service=finished.service,
        visit=finished.visit,
        window=finished.window,
        staff=finished.staff,
        code=finished.code,
        day=finished.day,
        ticket=finished.ticket,
        frees_window=True,
    )


def carry(tx: Write, service_id: str) -> None:
    """This service has the visit's outcome now: where an earlier one was unrated, that is withdrawn."""
    service = views.service(tx.database, service_id)
    if service is None or not per_visit(tx.database, service.hall, service.day):
        return
    for earlier in views.services_of_visit(tx.database, service.visit):
        missed = views.unrated(tx.database, earlier.id) if earlier.id != service_id else None
        if missed is not None and not missed.undone:
            tx.record(replace(joined(earlier), withdrawn=missed.reason, exempt_withdrawn=missed.exempt))


def settle_left(tx: Write, since_day: str) -> int:
    """Visits that ended without a rating after one was put off (the next matter was never finished): the person has left.

    Recorded once each by the station; answers how many.
    """
    carriers: dict[str, ServiceRow] = {}
    for service in views.visits_without_rating(tx.database, tx.identity.hall, since_day):
        if is_here(tx.database, tx.identity.node, service.window):
            carriers[service.visit] = service
    for service in carriers.values():
        tx.record(
            RatingMissing(
                service=service.id,
                visit=service.visit,
                window=service.window,
                staff=service.staff,
                code=service.code,
                day=service.day,
                reason=UnratedReason.LEFT,
                exempt=False,
                ticket=service.ticket,
                frees_window=False,
            )
        )
    return len(carriers)
