"""Sync and centre (page 6): what has not arrived, since when, and what to do. Worst first; F5 goes to the next problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual.app import ComposeResult
from textual.events import ScreenResume, ScreenSuspend

from hallterm.actions import Slot
from hallterm.config import Settings
from hallterm.locale import N_, _
from hallterm.node_words import head_row
from hallterm.screens.mode_screen import InMode
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.screens.sync_choice import Choice
from hallterm.screens.sync_deeds import Deeds
from hallterm.screens.sync_doubles import double_rows, twice_text
from hallterm.screens.sync_rows import arrived_text, below, detail_rows, health_line, list_height, node_row
from hallterm.screens.technician_page import rule
from hallterm.widgets.bars import WIDE_FROM, reasons_text
from hallterm.widgets.cells import spread
from hallterm.widgets.field import Field, RowField
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Lines, Row
from hallterm.workflows.sync_look import (
    NodeDetail,
    NodeLine,
    SyncLook,
    node_detail,
    order_of,
    sync_look,
)
from storage.facts import Moment

READ_EVERY_S = 5.0
GAPS_EVERY_MS = 60_000
ORDERS: tuple[tuple[str, Callable[[NodeLine], Any]], ...] = (
    (N_("worst first"), order_of),
    (N_("by place"), lambda line: (line.scope, line.node)),
    (N_("most waiting first"), lambda line: (-line.backlog, line.scope, line.node)),
)
NONE_AT_PLACE = N_("No PC is enrolled at the place that was chosen. Choose all places to see the others")
STEPS: Mapping[str, int] = {"up": -1, "down": 1}


class SyncScreen(InMode, AskingScreen):
    """The list of PCs, or the detail of one, or a numbered list; rows change cell by cell, at most every five seconds."""

    DEFAULT_CSS = "SyncScreen #page { height: 1fr; } SyncScreen #input { height: 1; }"
    in_mode = "sync"

    def __init__(self, settings: Settings) -> None:
        super().__init__(id="sync-page")
        self.settings = settings
        self.input = RowField(id="input")
        self.deeds = Deeds(self)
        self._entered: Callable[[str], None] | None = None
        self._forget()

    def _forget(self) -> None:
        """Nothing of it stays for who comes next to this screen."""
        self.look: SyncLook | None = None
        self.detail: NodeDetail | None = None
        self.choice: Choice | None = None
        self.scope = self.chosen_node = ""
        self._order = self._top = 0
        self.shows_twice = False
        self._counted: tuple[str, ...] = ()
        self._gaps_m = 0
        self.helping = False
        self.deeds.reason = ""

    def compose_body(self) -> ComposeResult:
        yield Lines(id="page")
        yield self.input

    # what is known

    def on_screen_resume(self, event: ScreenResume) -> None:
        super().on_screen_resume(event)
        self.read()

    def on_screen_suspend(self, event: ScreenSuspend) -> None:
        super().on_screen_suspend(event)
        self._end_text()
        if self.deeds.percent is None:
            self._forget()
            self._line("page")
        self.say("")

    def read(self) -> None:
        """Ask for the rows; refused to who may not see them."""
        scope, counted, now_m = self.scope, self._counted, self.host.now().m
        backups = self.settings.backup.folder
        known = self.look is not None and now_m - self._gaps_m < GAPS_EVERY_MS
        gaps = self.look.gaps if self.look is not None and known else None
        self._gaps_m = self._gaps_m if known else now_m
        self.ask_store(
            lambda desk, now: sync_look(desk, now, scope, counted, gaps, backups),
            self._show,
            writes=False,
            refused=self._refused,
        )

    def _refused(self, sentence: str) -> None:
        self.look = None
        self.repaint()
        self.tell(sentence, NOT_DONE)

    def _show(self, look: SyncLook) -> None:
        if not self.is_current:
            return
        self.look = look
        self.repaint()
        seen = tuple(one.node for one in self._seen())
        if self.size.width >= WIDE_FROM and seen != self._counted:
            self._counted = seen
            self.read()

    def second(self) -> None:
        self.read()

    def rest_s(self, now: Moment) -> float:
        return READ_EVERY_S

    @property
    def lines(self) -> list[NodeLine]:
        """The rows in the order that is on."""
        return sorted(self.look.lines, key=ORDERS[self._order][1]) if self.look else []

    @property
    def chosen(self) -> NodeLine | None:
        """The row under the cursor; it stays with its node when the order changes."""
        lines = self.lines
        return next((one for one in lines if one.node == self.chosen_node), lines[0] if lines else None)

    def _seen(self) -> list[NodeLine]:
        """The rows on the screen, the chosen one among them."""
        lines, room, chosen = self.lines, list_height(self.size.height), self.chosen
        at = lines.index(chosen) if chosen is not None else 0
        self._top = max(0, min(max(self._top, at - room + 1), at, max(0, len(lines) - room)))
        return lines[self._top : self._top + room]

    # what is drawn

    def paint(self) -> None:
        look, cells = self.look, self.size.width
        self._draw_keys()
        if look is None:
            self.title_in_mode("", "", _("Sync and centre"))
            return
        self.title_in_mode(look.place, look.staff, _("Sync and centre"))
        self.set_health(health_line(look, cells))
        height = max(1, self.size.height - 7)
        if self.helping:
            self._line("page", *self.deeds.card(height))
        elif self.choice is not None:
            self._line("page", *self.choice.rows()[:height])
        elif self.shows_twice:
            self._line("page", *double_rows(look, cells, height))
        elif self.detail is not None and self.chosen is not None:
            self._line("page", *detail_rows(self.chosen, self.detail, cells)[:height])
        else:
            self._line("page", *self._list(look)[:height])
        if not self.input.is_field:
            last = arrived_text(look, self.host.now().t) if self._is_list else ""
            self.input.show([spread(f" {last}", f"{self._where()} ", cells)])

    def _list(self, look: SyncLook) -> list[Row]:
        now_t, cells, chosen = self.host.now().t, self.size.width, self.chosen
        seen = self._seen()
        rows: list[Row] = [head_row(cells)]
        rows += [node_row(one, now_t, cells, chosen=one is chosen) for one in seen]
        rows += [""] * (1 + list_height(self.size.height) - len(rows))
        if not seen:
            rows[1] = " " + (_(NONE_AT_PLACE) if self.scope else _("No PC is enrolled here. Ins makes a code for one"))
        return [*rows, rule(cells), *below(look, chosen, now_t, cells, twice_text(look, self.key_name(Slot.F7)))]

    @property
    def _is_list(self) -> bool:
        return not (self.helping or self.shows_twice) and self.choice is None and self.detail is None

    def _where(self) -> str:
        lines = self.lines
        if self.shows_twice:
            return _("done twice")
        if not lines or self.choice is not None or self.detail is not None:
            return ""
        last = min(self._top + list_height(self.size.height), len(lines))
        return f"{_(ORDERS[self._order][0])}  {self._top + 1}-{last}/{len(lines)}"

    def key_name(self, slot: Slot) -> str:
        """The key of a slot as people call it here."""
        return self.key_of(self.slot_action(slot))

    def _draw_keys(self) -> None:
        keys = self.deeds.bar()
        menu = self.slot(Slot.CTRL_P, _("Menu"))
        self.set_keys([*(self.slot(key.slot, key.label, key.refused or None) for key in keys), menu])
        if self.field is None:
            named = [(self.key_name(key.slot), key.refused) for key in keys if key.refused]
            self.set_reasons(reasons_text(named, self.size.width - 2))

    # keys

    def act(self, action: str) -> None:
        keys = {self.slot_action(key.slot): key for key in self.deeds.bar()}
        if action == "back":
            self._back()
        elif action == "menu":
            self.post_message(InMode.Left())
        elif action == "help":
            self.helping = not self.helping
            self.repaint()
        elif action in keys:
            key = keys[action]
            if key.refused:
                self.say(f"{self.key_of(action)}  {key.refused}", NOT_DONE)
            else:
                self._end_text()
                key.do()
                self.repaint()
        else:
            super().act(action)

    def _back(self) -> None:
        if self.field is not None:
            self._end_text()
        elif self.helping:
            self.helping = False
        elif self.choice is not None or self.detail is not None or self.shows_twice:
            self.choice = self.detail = None
            self.shows_twice = False
        else:
            self.post_message(InMode.Left())
            return
        self.repaint()

    def digit(self, digit: int) -> None:
        if self.choice is None:
            super().digit(digit)
            return
        option = self.choice.digit(digit)
        if option is not None:
            self.choice = None
            option.take()
            self.repaint()

    def arrow(self, key: str) -> None:
        lines, chosen = self.lines, self.chosen
        if self.choice is not None:
            self.choice.move(key)
        elif chosen is not None and self.detail is None and not self.shows_twice:
            room, last = list_height(self.size.height), len(lines) - 1
            by = {**STEPS, "pageup": -room, "pagedown": room, "home": -last, "end": last}.get(key, 0)
            self.choose(lines[max(0, min(last, lines.index(chosen) + by))])
        self.repaint()

    def choose(self, line: NodeLine) -> None:
        """Another row; a reason that was written was for the one before."""
        if line.node != self.chosen_node:
            self.chosen_node, self.deeds.reason = line.node, ""

    def enter(self) -> None:
        chosen = self.chosen
        if chosen is not None and self.choice is None and self.detail is None and not self.shows_twice:
            node = chosen.node
            self.choose(chosen)
            self.ask_store(lambda desk, _now: node_detail(desk, node), self._show_detail, writes=False)

    def _show_detail(self, detail: NodeDetail) -> None:
        self.detail = detail
        self.repaint()

    def sort(self) -> None:
        """The next order, after the last one what was done twice."""
        self.shows_twice = not self.shows_twice and self._order == len(ORDERS) - 1
        if not self.shows_twice:
            self._order = (self._order + 1) % len(ORDERS)

    def narrow(self, scope: str) -> None:
        """Only the PCs of a place; empty: all."""
        self.scope, self.chosen_node, self._top, self._gaps_m = scope, "", 0, -GAPS_EVERY_MS
        self.read()

    # the field of row 21

    def ask_text(self, label: str, hint: str, cells: int, entered: Callable[[str], None]) -> None:
        """Ask for a text in row 21; ``entered`` gets it at Enter unless it is empty."""
        self._entered = entered
        self.input.begin(f" {label} ", f" {hint}", cells)
        self.open_field(self.input)
        self.set_reasons(_("Enter takes it over, Esc leaves it as it was"))

    def _end_text(self) -> None:
        if self.field is not None:
            self.close_field()
            self.input.end()
            self._entered = None

    def field_entered(self, field: Field) -> None:
        entered, text = self._entered, field.value.strip()
        self._end_text()
        if entered is not None and text:
            entered(text)
        self.repaint()
