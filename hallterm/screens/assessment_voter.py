"""The own page of somebody who is not assessed: his vote, while one is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.assessment_look import NOBODY, Ask, AssessmentLook
from hallterm.screens.panes import Pane
from hallterm.screens.technician_page import Key
from hallterm.widgets.lines import Row

if TYPE_CHECKING:
    from hallterm.screens.assessment import AssessmentScreen


class VoterPane(Pane):
    """A leader, a director, an assessor: one of the hall's people, without points of his own."""

    screen: AssessmentScreen

    def __init__(self, screen: AssessmentScreen, ask: Ask, look: AssessmentLook) -> None:
        super().__init__(screen)
        self.ask, self.look = ask, look

    def read(self) -> None:
        self.screen.read(self.ask, self._show)

    def _show(self, look: AssessmentLook) -> None:
        self.look = look

    def head(self, cells: int) -> Row:
        return self.screen.net(self.look.health, f"{self.look.viewer}  {self.look.period.code}", "")

    def rows(self, cells: int, height: int) -> list[Row]:
        return ["", " " + _(NOBODY).format(staff=self.look.viewer), "", *vote_rows(self.look)]

    def bar(self) -> list[Key]:
        return [Key(Slot.INSERT, _("Vote"), self.screen.choose_vote, self.screen.cannot_vote(self.look))]


def vote_rows(look: AssessmentLook) -> list[Row]:
    """The vote that is open, if one is."""
    vote = look.vote
    if vote is None or not vote.is_open:
        return []
    text = _("vote for {month} is open: {voted} of {entitled} have voted")
    return [" " + text.format(month=vote.month, voted=vote.voted, entitled=vote.entitled)]
