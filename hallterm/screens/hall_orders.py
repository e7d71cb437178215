"""The forms of the hall board: dispatch, a ticket that waits elsewhere, a ticket that is given out, the end of the day."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.hall_choices import Ask
from hallterm.screens.hall_dispatch import DispatchForm
from hallterm.screens.hall_issue import IssueForm, hand_out
from hallterm.screens.hall_views import View
from hallterm.screens.hall_writes import Work, Writes
from hallterm.widgets.frame import NOT_DONE
from hallterm.workflows.day_end import settle_tickets
from hallterm.workflows.dispatch import Dispatched, dispatch
from hallterm.workflows.dispatch_effect import Effect, effect_of
from storage.facts import DispatchKind, DispatchReason, TicketClass, TicketResult

if TYPE_CHECKING:
    from hallterm.screens.hall_board import HallBoardScreen

NOTE_CELLS = 48


class Orders:
    """The open form, its digits, and what F8 makes of it."""

    def __init__(self, screen: HallBoardScreen, writes: Writes) -> None:
        self.screen, self.writes = screen, writes
        self.form: DispatchForm | None = None

    # opening

    def open(self, ticket: str = "") -> None:
        """Dispatch of the chosen window, or of a ticket."""
        board, chosen = self.screen.board, self.screen.chosen
        if board is not None:
            self.form = DispatchForm(board, chosen.row.code if chosen is not None else "", ticket=ticket)
            self.screen.say("")

    def move(self) -> None:
        """The chosen ticket of the order, else one of those that wait."""
        screen, board = self.screen, self.screen.board
        assert board is not None
        ticket = board.waits[screen.at].id if screen.view is View.ORDER and screen.at < len(board.waits) else ""
        self.open(ticket)
        self._begin(DispatchKind.MOVE_TICKET)

    def day_end(self) -> None:
        """What becomes of all that are left."""
        self.open()
        self._begin(DispatchKind.DAY_END)

    def plan(self) -> None:
        """The next thing that is done against too many people."""
        self.open()
        self._begin(DispatchKind.CROWDING)

    def _begin(self, kind: DispatchKind) -> None:
        if self.form is not None:
            self.form.answers[Ask.WHAT] = kind.value

    def issue(self) -> None:
        """A ticket for somebody in the hall."""
        board = self.screen.board
        if board is not None:
            self.form = IssueForm(board, "")
            self.screen.say("")

    # answering

    def back(self) -> bool:
        """An answer back, or out of the form; False: none is open."""
        form = self.form
        if form is None:
            return False
        if not form.step_back():
            self.form = None
        self._effect()
        return True

    def leave_text(self) -> None:
        """A reason in one's own words that was not given is no answer."""
        form = self.form
        if form is not None and form.answers.get(Ask.WHY) == DispatchReason.OTHER and not form.note:
            form.step_back()

    def digit(self, digit: int) -> bool:
        """A digit of the form; False: none is open."""
        form = self.form
        if form is None:
            return False
        asked = form.asked
        if form.digit(digit):
            self.screen.ask_text(_("Reason:"), "", NOTE_CELLS)
        if asked is Ask.GROUPS:
            self._effect()
        return True

    def _effect(self) -> None:
        """What the groups would change, as soon as it is read."""
        form = self.form
        if form is None or not form.prefixes or Ask.GROUPS not in form.answers or form.line is None:
            if form is not None:
                form.effect = ""
            return
        work = partial(effect_of, window=form.line.row.code, groups=form.after())
        self.screen.ask_store(work, partial(self._show_effect, form), writes=False)

    def _show_effect(self, form: DispatchForm, effects: tuple[Effect, ...]) -> None:
        if form is self.form:
            form.effect = "; ".join(_effect_text(one) for one in effects)
            self.screen.repaint()

    # doing

    def send(self) -> None:
        """F8: at the hall at once, from afar by a second press."""
        form = self.form
        assert form is not None
        if self.screen.field is not None:
            form.note = self.screen.input.value
            self.screen.end_text()
        missing = form.missing()
        if missing:
            self.screen.say(missing, NOT_DONE)
            if form.answers.get(Ask.WHY) == DispatchReason.OTHER:
                self.screen.ask_text(_("Reason:"), "", NOTE_CELLS)
            return
        question = form.sentence() + "? " + _("{key} again within 3 seconds")
        if form.kind is DispatchKind.DAY_END:  # nobody calls these people again: asked twice at the hall too
            self.writes.asked(Slot.F8, question, partial(self.writes.write, _work(form), self._sent))
        else:
            self.writes.confirmed(Slot.F8, question, _work(form), self._sent)

    def _sent(self, done: Dispatched) -> None:
        self.form = None
        self.writes.done(done)


def _work(form: DispatchForm) -> Work:
    answers = form.answers
    if isinstance(form, IssueForm):
        return partial(hand_out, prefix=answers[Ask.GROUP], cls=TicketClass(answers[Ask.CLASS]))
    if form.kind is DispatchKind.DAY_END:
        result, reason = TicketResult(answers[Ask.RESULT]), DispatchReason(answers[Ask.WHY])
        return partial(settle_tickets, tickets=form.tickets, result=result, reason=reason, note=form.note)
    return partial(dispatch, order=form.order())


def _effect_text(one: Effect) -> str:
    minutes = ["--" if value is None else _("{minutes} min").format(minutes=value) for value in (one.before, one.after)]
    sentence = _("group {group}: {waiting} wait, {before} becomes {after}")
    return sentence.format(group=one.prefix, waiting=one.waiting, before=minutes[0], after=minutes[1])
