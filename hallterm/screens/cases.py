"""Page 5: bad-rating cases, services without a rating, the week's comments, the month's rewards, founded complaints. F7
goes round.

Whoever may not see one of the views does not come to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hallterm.locale import N_
from hallterm.screens.cases_comments import CommentsPane
from hallterm.screens.cases_complaints import ComplaintsPane
from hallterm.screens.cases_list import CasesPane
from hallterm.screens.cases_rewards import RewardsPane
from hallterm.screens.cases_unrated import UnratedPane
from hallterm.screens.panes import Pane, PaneScreen, void
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.rules.words import Reason
    from hallterm.workflows.desk import Desk

READ_EVERY_S = 30.0


class CasesScreen(PaneScreen):
    """One view at a time; it opens at the cases, else at the first view the person may see."""

    in_mode = "cases"
    heading = N_("Bad ratings")

    def __init__(self) -> None:
        self._views: list[Pane] = []
        super().__init__(id="cases")

    def first_pane(self) -> Pane:
        self.cases, self.unrated = CasesPane(self), UnratedPane(self)
        self.comments, self.rewards = CommentsPane(self), RewardsPane(self)
        self.complaints = ComplaintsPane(self)
        self._views = [self.cases, self.unrated, self.comments, self.rewards, self.complaints]
        return self.cases

    def place(self) -> tuple[str, str]:
        if self.cases.look is not None:
            return self.cases.look.hall_name, self.cases.look.staff
        for look in (self.unrated.look, self.comments.look, self.rewards.look, self.complaints.look):
            if look is not None:
                return look.page.hall_name, look.page.staff
        return "", ""

    def second(self) -> None:
        super().second()
        if self.field is None and self.choice is None and self.pane.is_read:
            self.pane.read()

    def rest_s(self, now: Moment) -> float:
        return READ_EVERY_S

    def not_for_you(self, pane: Pane, sentence: str) -> None:
        """A view that the person may not see: the next one, or the sentence when there is none."""
        if pane not in self._views:
            return
        at = self._views.index(pane)
        self._views.remove(pane)
        if not self._views:
            self.refused(sentence)
        elif self.pane is pane:
            self.turn_to(self._views[at % len(self._views)])

    def next_view(self) -> None:
        """Cases, unrated, comments, rewards, complaints, and round."""
        at = self._views.index(self.pane) if self.pane in self._views else -1
        self.turn_to(self._views[(at + 1) % len(self._views)])

    def write(self, work: Callable[[Desk, Moment], Reason]) -> None:
        """Record something that is not taken back: a later entry corrects it."""
        void(self.ask_store(work, self.wrote))
