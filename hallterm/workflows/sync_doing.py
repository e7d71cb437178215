"""What is done about the nodes: one-time codes, revoking, putting off, sending now. Who may work on devices at a place may."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.rules.day import business_day
from hallterm.rules.words import Reason
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.sign_on import grants_of
from hallterm.workflows.sync_look import DAY_MS, PUT_OFF, put_off_until
from storage import nodes
from storage.access import Action, may
from storage.database import Database
from storage.facts import Moment, NodeRevoked
from storage.views.node_logs import logs

MAY_NOT = N_("codes and revoking at {place} need the administrator or a technician of that place")
NO_NODE = N_("{node} is not enrolled here")
REVOKED_ALREADY = N_("{node} is revoked already")
WHY_NEEDED = Reason(N_("first write the reason"))
REVOKED = N_("{node} is revoked: {have} lines of it stay here, nothing more is taken")
UNTIL_TOMORROW = N_("{node} is put off until tomorrow: it stands behind the others")
AGAIN = N_("{node} stands in its place again")
NOBODY_SENDS = Reason(N_("the station of this PC does not run: it sends once it is there again"))
SENDS = Reason(N_("The station sends now"))


def _manage(desk: Desk, db: Database, place: str) -> None:
    if not may(grants_of(db, desk.staff), Action.DEVICES, place, parents=nodes.parents(db)):
        raise Refused(Reason(MAY_NOT, {"place": place}))


def make_code(desk: Desk, place: str, now: Moment, replaces: str = "") -> str:
    """A one-time code for one PC of a place, good for seven days; shown once. ``replaces``: for a new PC that goes on under
    the name of this one. Raises Refused.
    """
    from sync.enrol import make_offer

    _manage(desk, desk.journal.database, place)
    return make_offer(desk.journal, place, now, replaces)


def revoke(desk: Desk, node: str, reason: str, now: Moment) -> Reason:
    """Take nothing more of a node; what it sent stays. Raises Refused."""
    if not reason.strip():
        raise Refused(WHY_NEEDED)
    with desk.journal.write(desk.staff, now) as tx:
        known = nodes.registered(tx.database, node)
        if known is None:
            raise Refused(Reason(NO_NODE, {"node": node}))
        _manage(desk, tx.database, known.scope)
        if known.revoked_t:
            raise Refused(Reason(REVOKED_ALREADY, {"node": node}))
        tx.record(NodeRevoked(node=node, reason=reason.strip()))
        have = sum(one.have for one in logs(tx.database, node))
    return Reason(REVOKED, {"node": node, "have": have})


def put_off(desk: Desk, node: str, now: Moment) -> Reason:
    """The trouble of a node is known until tomorrow, or at once again; on the bulletin board, no fact of anybody."""
    today, known = business_day(now.t), put_off_until(desk)
    kept = {name: day for name, day in known.items() if day > today and name != node}
    if known.get(node, "") > today:
        desk.board.process_beat(PUT_OFF, 0, now, dict(kept))
        return Reason(AGAIN, {"node": node})
    desk.board.process_beat(PUT_OFF, 0, now, {**kept, node: business_day(now.t + DAY_MS)})
    return Reason(UNTIL_TOMORROW, {"node": node})


def send_now(desk: Desk, now: Moment) -> Reason:
    """Ask the station to exchange at once; raises Refused when there is none."""
    from hallterm.workflows.pads import station_alive

    if not station_alive(desk, now):
        raise Refused(NOBODY_SENDS)
    desk.board.request("send", now=now)
    return SENDS
