"""Pads and presses (menu 38): by window the pad, its lock and line, and how people press. For supervisors; read only."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.events import ScreenResume, ScreenSuspend
from textual.message import Message

from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.rules.day import day_clock_text
from hallterm.rules.device_health import ADVICE
from hallterm.rules.numbers import window_number
from hallterm.screens.sign_on_base import AskingScreen
from hallterm.screens.technician_page import listed, rule
from hallterm.widgets.cells import fit, right, tail
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.health import health_row
from hallterm.widgets.lines import Ink, Lines, Row
from hallterm.workflows.presses import NO_WINDOW, WRONG_PAD, PadRow, PressesLook, presses_look
from storage.facts import Moment

READ_EVERY_S = 60.0
DETAIL_ROWS = 6
PAD = 13
REFUSALS: Mapping[str, str] = {
    WRONG_PAD: N_("from another pad {count}"),
    NO_WINDOW: N_("when nobody was asked {count}"),
    "tamper": N_("with the case open {count}"),
    "late": N_("too late {count}"),
    "late_other_service": N_("after the next call {count}"),
    "second_press": N_("a second time {count}"),
    "dup_retransmit": N_("sent again by the pad {count}"),
    "unknown_key": N_("by a key without a level {count}"),
}
"""Why a press did not count."""


class PressesScreen(AskingScreen):
    """A row a window, and below the line what is to be known of the chosen one; Esc and the menu lead back."""

    DEFAULT_CSS = "PressesScreen #page { height: 1fr; }"

    class Left(Message):
        """Back to where the person came from."""

    def __init__(self) -> None:
        super().__init__(id="presses")
        self.look: PressesLook | None = None
        self._at = 0

    def compose_body(self) -> ComposeResult:
        yield Lines(id="page")

    # what is known

    def on_screen_resume(self, event: ScreenResume) -> None:
        self._forget()
        super().on_screen_resume(event)
        self.read()

    def on_screen_suspend(self, event: ScreenSuspend) -> None:
        self._forget()
        super().on_screen_suspend(event)

    def _forget(self) -> None:
        """Nothing of it stays for who comes next to this screen."""
        self.look, self._at = None, 0
        self._line("page")
        self.say("")

    def read(self) -> None:
        """Ask for the month; refused to who may not see it."""
        self.ask_store(presses_look, self._show, writes=False, refused=self._refuse)

    def _refuse(self, sentence: str) -> None:
        """Also while it is shown, once the right has ended."""
        self._forget()
        self.repaint()
        self.tell(sentence, NOT_DONE)

    def _show(self, look: PressesLook) -> None:
        if self.is_current:
            self.look = look
            self.repaint()

    def second(self) -> None:
        self.read()

    def rest_s(self, now: Moment) -> float:
        return READ_EVERY_S

    # what is drawn

    def paint(self) -> None:
        look = self.look
        self.set_keys([self.slot(Slot.CTRL_P, _("Menu"))])
        self.set_reasons(_("Up and down choose a window; a number is a question to ask, not a judgement"))
        if look is None:
            self.set_title("", "", _("Pads and presses"))
            return
        self.set_title(look.hall_name, look.staff, _("Pads and presses"))
        self.set_health(health_row(look.health, self.host.now().t, self.size.width))
        room = max(1, self.size.height - 6 - DETAIL_ROWS - 2)
        first = max(0, self._at - room + 1)
        rows: list[Row] = [_header()]
        for place, row in enumerate(look.rows[first : first + room], first):
            rows.append(listed(_line_of(row), Ink.RED if row.lock else Ink.PLAIN, chosen=place == self._at))
        rows += [""] * (room + 1 - len(rows))
        self._line("page", *rows, rule(self.size.width), *self._detail(look))

    def _detail(self, look: PressesLook) -> list[Row]:
        if not look.rows:
            return [" " + _("There is no window")]
        row = look.rows[self._at]
        period = _("Window {window}, {since} to {until}: {rated} ratings, {fast} of them fast, {weak} over a weak line")
        values = {"rated": row.sums.rated, "fast": row.sums.fast, "weak": row.sums.weak}
        lines: list[Row] = [
            " "
            + period.format(window=window_number(row.window), since=look.from_day[5:], until=look.to_day[5:], **values),
            " " + _("Pad    {pad}").format(pad=row.pad or "--"),
            " " + _("Not counted: {presses}").format(presses=_refusals(row) or "--"),
            " "
            + _("Days   {days}").format(days="   ".join(f"{one.day[5:]} {percent(one.permille)}" for one in row.link)),
        ]
        if row.lock is not None:
            sentence = _("Locked since {since}: no press counts until a technician has looked at it")
            lines.append(((" " + sentence.format(since=day_clock_text(row.lock.since_t)), Ink.RED),))
        if row.advice:
            advised = _(", ").join(_(ADVICE[one]) for one in row.advice)
            lines.append(((" " + _("What to do: {advice}").format(advice=advised), Ink.YELLOW),))
        return lines

    # keys

    def act(self, action: str) -> None:
        if action in ("back", "menu"):
            self.post_message(self.Left())
        else:
            super().act(action)

    def arrow(self, key: str) -> None:
        step = {"up": -1, "down": 1}.get(key, 0)
        if self.look is not None and self.look.rows and step:
            self._at = min(max(self._at + step, 0), len(self.look.rows) - 1)
            self.repaint()


def _header() -> str:
    return " " + _cells(
        *(_("Win"), _("Pad"), _("Line"), _("Locked"), _("Rated"), _("Fast%"), _("Run")),
        *(_("Wrong"), _("Stray"), _("NoPad%"), _("Link%")),
    )


def _line_of(row: PadRow) -> str:
    sums = row.sums
    return _cells(
        f"{window_number(row.window):02}",
        tail(row.pad, PAD - 1) or "--",
        (_("weak") if sums.weak else _("ok")) if sums.rated else "--",
        day_clock_text(row.lock.since_t) if row.lock else "--",
        *(str(sums.rated), percent(row.fast_permille), str(sums.longest_run)),
        *(str(row.refused_for(WRONG_PAD)), str(row.refused_for(NO_WINDOW)), percent(row.no_pad_permille)),
        percent(row.link[-1].permille if row.link else None),
    )


def _cells(window: str, pad: str, line: str, lock: str, *numbers: str) -> str:
    head = fit(window, 4) + fit(pad, PAD) + fit(line, 5) + fit(lock, 11)
    return head + "".join(right(text, cells) for text, cells in zip(numbers, (7, 6, 5, 6, 7, 7, 7), strict=True))


def percent(permille: int | None) -> str:
    """``98.7``, or ``--`` where there was nothing."""
    return "--" if permille is None else f"{permille // 10}.{permille % 10}"


def _refusals(row: PadRow) -> str:
    return _(", ").join(
        _(REFUSALS[one.why]).format(count=one.presses) if one.why in REFUSALS else f"{one.why} {one.presses}"
        for one in row.refused
    )
