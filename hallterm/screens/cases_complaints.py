"""The founded complaints of a month: recorded by the number of their papers, withdrawn after a review."""

from __future__ import annotations

from collections.abc import Callable

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.cases_pane import TimedPane
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import cut, fit, width
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.complaints import (
    ComplaintDraft,
    ComplaintsLook,
    complaints_look,
    record_complaint,
    withdraw_complaint,
)
from hallterm.workflows.desk import Desk
from storage.facts import Moment
from storage.views.assessment import ComplaintRow


class ComplaintsPane(TimedPane[ComplaintsLook, ComplaintRow]):
    """One row a complaint; only for who may record them."""

    def ask(self, desk: Desk, now: Moment, when: str) -> ComplaintsLook:
        return complaints_look(desk, now, when)

    # drawn

    def head(self, cells: int) -> Row:
        look = self.look
        if look is None:
            return ""
        standing = sum(not one.withdrawn_t for one in look.lines)
        return " " + _("founded complaints {month}: {count}").format(month=look.month, count=standing)

    def columns(self, cells: int) -> str:
        head = " " + fit(_("Day"), 12) + fit(_("Number"), 7) + fit(_("Clerk"), 9)
        return head + fit(_("Complaint no."), 22) + _("Note")

    def nothing(self) -> str:
        return _("No founded complaint in this month")

    def line(self, one: ComplaintRow, cells: int, *, chosen: bool) -> Row:
        name = self.look.names.get(one.staff, one.staff) if self.look else one.staff
        text = f"{'>' if chosen else ' '}{fit(one.day, 12)}{fit(one.staff, 7)}{fit(name, 9)}{fit(one.number, 22)}"
        note = " ".join(part for part in (_("withdrawn") if one.withdrawn_t else "", one.note) if part)
        ink = Ink.REVERSE if chosen else Ink.DIM if one.withdrawn_t else Ink.PLAIN
        return ((text + cut(note, cells - width(text)), ink),)

    def foot(self, cells: int) -> Row:
        return " " + _("What a complaint says is not kept here; what it costs is a setting of the assessment")

    def hint(self) -> str:
        return _("Ins records one, F9 withdraws it, F7 shows the other lists")

    # keys

    def bar(self) -> list[Key]:
        one = self.chosen
        gone = self.none or (_("it is withdrawn") if one is not None and one.withdrawn_t else "")
        return [
            Key(Slot.F4, _("Month"), self.choose_month),
            Key(Slot.F5, _("Next"), lambda: self.arrow("down"), self.none),
            Key(Slot.F7, _("View"), self.screen.next_view),
            Key(Slot.F9, _("Undo"), self._withdraw, gone),
            Key(Slot.INSERT, _("New"), self._record),
        ]

    def _record(self) -> None:
        people = self.look.people if self.look else ()
        options = [Option(f"{name} {staff}", self._about(staff, name)) for staff, name in people]
        self.screen.choice = Choice(_("About whom"), options)

    def _about(self, staff: str, name: str) -> Callable[[], None]:
        def entered(typed: str) -> None:
            number, _blank, note = typed.strip().partition(" ")
            draft = ComplaintDraft(staff, "", number, note)
            self.screen.ask_again(
                _("Founded complaint {number} about {name}?").format(number=number, name=name),
                lambda: self.screen.write(lambda desk, now: record_complaint(desk, draft, now).words),
                Slot.INSERT,
            )

        return lambda: self.screen.ask_text(_("Complaint no."), _("number, then a short note"), 40, entered)

    def _withdraw(self) -> None:
        one = self.chosen
        if one is None:
            return
        id = one.id
        self.withdraw(
            _("Withdraw the complaint?"), lambda desk, now, reason: withdraw_complaint(desk, id, reason, now).words
        )
