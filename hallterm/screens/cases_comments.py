"""The week by clerk: figures, and the word of the leader on it."""

from __future__ import annotations

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.calendar import later
from hallterm.rules.periods import week_of
from hallterm.screens.cases_pane import TimedPane
from hallterm.screens.cases_words import ABSENT
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import cut, fit, right, width
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.comments import draft_comment, week_days, write_comment
from hallterm.workflows.desk import Desk
from hallterm.workflows.ratings_look import CommentLine, CommentsLook, comments_look
from storage.facts import Moment

WEEKS = 9
COUNTS = (6, 6, 6, 8, 5)


class CommentsPane(TimedPane[CommentsLook, CommentLine]):
    """One row a clerk."""

    def ask(self, desk: Desk, now: Moment, when: str) -> CommentsLook:
        return comments_look(desk, now, when)

    # drawn

    def head(self, cells: int) -> Row:
        look = self.look
        if look is None:
            return ""
        days = week_days(look.week)
        done = sum(one.comment is not None for one in look.lines)
        text = _("week {week}, {first} to {last}   comments {done}/{all}")
        return " " + text.format(
            week=look.week, first=days.first[5:], last=days.last[5:], done=done, all=len(look.lines)
        )

    def columns(self, cells: int) -> str:
        counts = (_("Served"), _("Over"), _("Rated"), _("Unrated"), _("Bad"))
        head = " " + fit(_("Number"), 7) + fit(_("Clerk"), 9)
        return (
            head + "".join(right(text, size) for text, size in zip(counts, COUNTS, strict=True)) + "  " + _("Comment")
        )

    def nothing(self) -> str:
        return _("Nobody serves in this hall")

    def line(self, one: CommentLine, cells: int, *, chosen: bool) -> Row:
        sums = one.sums
        counts = (sums.services, sums.overtime, sums.rated, sums.unrated, one.bad)
        text = f"{'>' if chosen else ' '}{fit(one.staff, 7)}{fit(one.name, 9)}"
        text += "".join(right(str(count), size) for count, size in zip(counts, COUNTS, strict=True)) + "  "
        said = self._said(one)
        return ((text + cut(said, cells - width(text)), Ink.REVERSE if chosen else Ink.PLAIN),)

    def _said(self, one: CommentLine) -> str:
        """The comment; before it a draft that waits for a leader."""
        said = one.comment.text if one.comment else ""
        if one.draft is None or self.look is None:
            return said or ABSENT
        by = self.look.names.get(one.draft.draft_by, one.draft.draft_by)
        draft = _("draft by {by}: {text}").format(by=by, text=one.draft.draft)
        return f"{draft}   {said}".rstrip()

    def foot(self, cells: int) -> Row:
        one = self.chosen
        return cut(f" {one.name}  {self._said(one)}", cells) if one else ""

    def hint(self) -> str:
        return _("arrows choose a clerk, F6 writes the comment of the week, F7 shows the other lists")

    # keys

    def bar(self) -> list[Key]:
        none, look = self.none, self.look
        leads = self.refusal(look.write_refused if look else None)
        write = none or (self.refusal(look.draft_refused if look else None) if leads else "")
        drafted = "" if self.chosen is not None and self.chosen.draft is not None else _("there is no draft")
        return [
            Key(Slot.F4, _("Week"), self._choose_week),
            Key(Slot.F5, _("Next"), self._next, none),
            Key(Slot.F6, _("Word"), self._write, write),
            Key(Slot.F7, _("View"), self.screen.next_view),
            Key(Slot.F8, _("Keep"), self._adopt, leads or none or drafted),
        ]

    def _next(self) -> None:
        """The next clerk without a comment."""
        order = [*range(self._at + 1, len(self.lines)), *range(self._at + 1)]
        self._at = next((at for at in order if self.lines[at].comment is None), self._at)

    def _choose_week(self) -> None:
        today = self.look.page.today if self.look else ""
        self.choose_time(_("Which week"), [week_of(later(today, -7 * by)).code for by in range(WEEKS)])

    def _write(self) -> None:
        one, week = self.chosen, self.look.week if self.look else ""
        if one is None:
            return
        staff = one.staff
        only_draft = self.look is not None and self.look.write_refused is not None
        record = draft_comment if only_draft else write_comment
        question = _("Draft a comment on {name}?") if only_draft else _("Write the comment on {name}?")

        def entered(text: str) -> None:
            self.screen.sure(
                question.format(name=one.name),
                lambda: self.screen.write(lambda desk, now: record(desk, now, staff, week, text)),
                Slot.F6,
            )

        self.screen.ask_text(_("On {name}").format(name=one.name), "", 56, entered)

    def _adopt(self) -> None:
        """The draft becomes the comment, as it is."""
        one, week = self.chosen, self.look.week if self.look else ""
        if one is None or one.draft is None:
            return
        staff, text = one.staff, one.draft.draft
        self.screen.sure(
            _("Write the comment on {name}?").format(name=one.name),
            lambda: self.screen.write(lambda desk, now: write_comment(desk, now, staff, week, text)),
            Slot.F8,
        )
