"""A leader gives out a ticket at the board: group, class, done. It is printed as one of the ticket machine is."""

from __future__ import annotations

from hallterm.locale import N_, _
from hallterm.rules.day import local
from hallterm.rules.words import Reason, Value
from hallterm.screens.hall_choices import Ask
from hallterm.screens.hall_dispatch import DispatchForm
from hallterm.workflows.desk import Desk, Refused
from hallterm.workflows.dispatch import Dispatched
from hallterm.workflows.dispatch_rights import ONLY_THERE
from hallterm.workflows.rights import refuse_unless_allowed
from hallterm.workflows.ticketing import issue
from storage.access import Action
from storage.facts import Moment, TicketClass

GIVEN = N_("{time} {number} is given out, {ahead} before it")


class IssueForm(DispatchForm):
    """Two answers instead of a step of dispatch."""

    @property
    def lines(self) -> tuple[Ask, ...]:
        return (Ask.GROUP, Ask.CLASS)

    def subject(self) -> str:
        return _("A new ticket")

    def head(self) -> str:
        return _("a ticket for somebody in the hall; the printer prints it")


def hand_out(desk: Desk, now: Moment, prefix: str, cls: TicketClass) -> Dispatched:
    """Give it out; raises Refused. It cannot be taken back: somebody holds the slip."""
    if desk.journal.identity.hall != desk.hall:
        raise Refused(ONLY_THERE)
    refuse_unless_allowed(desk.journal.database, desk, Action.ISSUE)
    given = issue(desk, now, prefix, cls)
    values: dict[str, Value] = {"time": f"{local(now.t):%H:%M}", "number": given.number, "ahead": given.ahead}
    return Dispatched(Reason(GIVEN, values))
