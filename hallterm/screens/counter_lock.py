"""The locked counter: rows 4-6, the rest blank because a citizen may look."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from hallterm.locale import _
from hallterm.screens.counter_words import hh_mm
from hallterm.widgets.field import Field
from hallterm.widgets.lines import Lines
from hallterm.workflows.seen import CounterView


class LockPane(Vertical):
    """Who locked the window and since when, and the password field."""

    def __init__(self) -> None:
        super().__init__(id="lock")
        self.field = Field(18, secret=True, id="password")

    def compose(self) -> ComposeResult:
        yield Lines(id="locked-by", classes="one")
        with Horizontal(classes="one"):
            yield self.field
            yield Lines(id="unlock-hint")
        yield Lines(id="lock-rest")

    def show(self, view: CounterView, since_t: int, no_key: str) -> None:
        """Draw it for the person who is signed on."""
        who = f"{view.staff.name} {view.staff.number}"
        text = _("Locked  {who}  since {time}    other windows call its tickets")
        self.query_one("#locked-by", Lines).show((" " + text.format(who=who, time=hh_mm(since_t)),))
        self.field.relabel(f"     {_('Password')}  ")
        self.query_one("#unlock-hint", Lines).show(("    " + _("Enter unlocks"),))
        leave = _("Another person: {key} twice, no password, signs {number} off (nothing held)")
        row = "     " + leave.format(key=no_key, number=view.staff.number)
        self.query_one("#lock-rest", Lines).show((row,))
