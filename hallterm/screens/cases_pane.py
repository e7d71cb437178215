"""What the lists of page 5 that belong to a day, a week or a month have in common: read, one line chosen, another time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.day import business_day
from hallterm.rules.periods import month_before
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.sync_choice import Choice, Option
from hallterm.widgets.lines import Row
from hallterm.widgets.writing import reason_text
from hallterm.workflows.desk import Desk
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.rules.words import Reason
    from hallterm.screens.cases import CasesScreen

One = TypeVar("One")
OneOf = TypeVar("OneOf", covariant=True)
PAGE = 9
MONTHS = 9


class Listed(Protocol[OneOf]):
    """What was read: its lines."""

    @property
    def lines(self) -> Sequence[OneOf]: ...


Look = TypeVar("Look", bound=Listed[object])


class TimedPane(Pane, Generic[Look, One]):
    """A list of one day, week or month (``when``, empty: the running one). A subclass draws a line and names the columns."""

    screen: CasesScreen

    def __init__(self, screen: CasesScreen) -> None:
        super().__init__(screen)
        self.look: Look | None = None
        self.when = ""
        self._at = self._top = 0

    @abstractmethod
    def ask(self, desk: Desk, now: Moment, when: str) -> Look:
        """Read it; raises Refused for who may not."""

    @abstractmethod
    def columns(self, cells: int) -> str:
        """The head of the list."""

    @abstractmethod
    def line(self, one: One, cells: int, *, chosen: bool) -> Row:
        """One line."""

    @abstractmethod
    def nothing(self) -> str:
        """What stands where there is no line."""

    # read

    def read(self) -> None:
        when = self.when
        self.screen.ask_store(
            lambda desk, now: self.ask(desk, now, when),
            self._show,
            writes=False,
            refused=lambda sentence: self.screen.not_for_you(self, sentence),
        )

    def _show(self, look: Look) -> None:
        if self.screen.is_current and self.screen.pane is self:
            self.look = look
            self._at = max(0, min(self._at, len(look.lines) - 1))
            self.screen.repaint()

    @property
    def is_read(self) -> bool:
        return self.look is not None

    @property
    def lines(self) -> Sequence[One]:
        found: Sequence[One] = self.look.lines if self.look is not None else ()  # type: ignore[assignment]
        return found

    @property
    def chosen(self) -> One | None:
        return self.lines[self._at] if self.lines else None

    # drawn

    def rows(self, cells: int, height: int) -> list[Row]:
        head = self.columns(cells)
        if not self.lines:
            return [head, " " + self.nothing(), *self.screen.why_nothing(cells)]
        room = height - 1
        self._top = window_of(self._at, self._top, len(self.lines), room)
        seen = self.lines[self._top : self._top + room]
        return [head, *(self.line(one, cells, chosen=one is self.chosen) for one in seen)]

    # keys

    @property
    def none(self) -> str:
        """Why nothing can be done with a line: there is none."""
        return "" if self.chosen is not None else _("there is no line")

    def refusal(self, reason: Reason | None) -> str:
        """The words of a refusal, empty where there is none."""
        return reason_text(self.screen, reason) if reason is not None else ""

    def arrow(self, key: str) -> None:
        if self.lines:
            self._at = moved(self._at, key, len(self.lines), PAGE)

    def choose_month(self) -> None:
        """One of the last months."""
        today = business_day(self.screen.host.now().t)
        self.choose_time(_("Which month"), [month_before(today[:7], by) for by in range(MONTHS)])

    def withdraw(self, question: str, work: Callable[[Desk, Moment, str], Reason]) -> None:
        """A line is taken back: first the reason, then the key once more."""

        def entered(reason: str) -> None:
            self.screen.ask_again(
                question, lambda: self.screen.write(lambda desk, now: work(desk, now, reason)), Slot.F9
            )

        self.screen.ask_text(_("Why"), "", 40, entered)

    def choose_time(self, question: str, times: Sequence[str]) -> None:
        """Another day, week or month by a digit."""

        def take(when: str) -> None:
            self.when, self._at = when, 0
            self.read()

        self.screen.choice = Choice(question, [Option(when, partial(take, when)) for when in times])
