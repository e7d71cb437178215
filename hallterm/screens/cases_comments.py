"""The week by clerk: figures, and the word of the leader on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.calendar import later
from hallterm.rules.periods import week_of
from hallterm.screens.cases_words import ABSENT
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import cut, fit, right, width
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.writing import reason_text
from hallterm.workflows.comments import week_days, write_comment
from hallterm.workflows.ratings_look import CommentLine, CommentsLook, comments_look

if TYPE_CHECKING:
    from hallterm.screens.cases import CasesScreen

WEEKS = 9
COUNTS = (6, 6, 6, 8, 5)


class CommentsPane(Pane):
    """One row a clerk."""

    screen: CasesScreen

    def __init__(self, screen: CasesScreen) -> None:
        super().__init__(screen)
        self.look: CommentsLook | None = None
        self.week = ""
        self._at = self._top = 0

    def read(self) -> None:
        week = self.week
        self.screen.ask_store(
            lambda desk, now: comments_look(desk, now, week),
            self._show,
            writes=False,
            refused=lambda sentence: self.screen.not_for_you(self, sentence),
        )

    def _show(self, look: CommentsLook) -> None:
        if self.screen.is_current and self.screen.pane is self:
            self.look = look
            self._at = max(0, min(self._at, len(look.lines) - 1))
            self.screen.repaint()

    @property
    def is_read(self) -> bool:
        return self.look is not None

    @property
    def lines(self) -> Sequence[CommentLine]:
        return self.look.lines if self.look else ()

    @property
    def chosen(self) -> CommentLine | None:
        return self.lines[self._at] if self.lines else None

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

    def rows(self, cells: int, height: int) -> list[Row]:
        counts = (_("Served"), _("Over"), _("Rated"), _("Unrated"), _("Bad"))
        head = " " + fit(_("Number"), 7) + fit(_("Clerk"), 9)
        head += "".join(right(text, size) for text, size in zip(counts, COUNTS, strict=True)) + "  " + _("Comment")
        if not self.lines:
            return [head, " " + _("Nobody serves in this hall")]
        room = height - 1
        self._top = window_of(self._at, self._top, len(self.lines), room)
        seen = self.lines[self._top : self._top + room]
        return [head, *(self._row(one, cells, chosen=one is self.chosen) for one in seen)]

    @staticmethod
    def _row(one: CommentLine, cells: int, *, chosen: bool) -> Row:
        sums = one.sums
        counts = (sums.services, sums.overtime, sums.rated, sums.unrated, one.bad)
        text = f"{'>' if chosen else ' '}{fit(one.staff, 7)}{fit(one.name, 9)}"
        text += "".join(right(str(count), size) for count, size in zip(counts, COUNTS, strict=True)) + "  "
        said = one.comment.text if one.comment else ABSENT
        return ((text + cut(said, cells - width(text)), Ink.REVERSE if chosen else Ink.PLAIN),)

    def foot(self, cells: int) -> Row:
        one = self.chosen
        return cut(f" {one.name}  {one.comment.text if one.comment else ABSENT}", cells) if one else ""

    def hint(self) -> str:
        return _("arrows choose a clerk, F6 writes the comment of the week, F7 shows the other lists")

    # keys

    def bar(self) -> list[Key]:
        look = self.look
        refused = look.write_refused if look else None
        none = "" if self.chosen else _("there is no line")
        write = none or (reason_text(self.screen, refused) if refused is not None else "")
        return [
            Key(Slot.F4, _("Week"), self._choose_week),
            Key(Slot.F5, _("Next"), self._next, none),
            Key(Slot.F6, _("Word"), self._write, write),
            Key(Slot.F7, _("View"), self.screen.next_view),
        ]

    def arrow(self, key: str) -> None:
        if self.lines:
            self._at = moved(self._at, key, len(self.lines), 9)

    def _next(self) -> None:
        """The next clerk without a comment."""
        order = [*range(self._at + 1, len(self.lines)), *range(self._at + 1)]
        self._at = next((at for at in order if self.lines[at].comment is None), self._at)

    def _choose_week(self) -> None:
        today = self.look.page.today if self.look else ""

        def take(week: str) -> Callable[[], None]:
            def read() -> None:
                self.week = week
                self.read()

            return read

        weeks = [week_of(later(today, -7 * by)).code for by in range(WEEKS)]
        self.screen.choice = Choice(_("Which week"), [Option(week, take(week)) for week in weeks])

    def _write(self) -> None:
        one, week = self.chosen, self.look.week if self.look else ""
        if one is None:
            return
        staff = one.staff

        def entered(text: str) -> None:
            self.screen.sure(
                _("Write the comment on {name}?").format(name=one.name),
                lambda: self.screen.write(lambda desk, now: write_comment(desk, now, staff, week, text)),
                Slot.F6,
            )

        self.screen.ask_text(_("On {name}").format(name=one.name), "", 56, entered)
