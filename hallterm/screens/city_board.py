"""Page 1 at a centre: every hall of the grant with its people, windows and warnings; Enter looks into one of them.

What is known of a hall is as old as its last contact, and that is said. Nothing is dispatched from here.
"""

from __future__ import annotations

from functools import partial

from textual.events import ScreenResume

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.reports.model import Missing
from hallterm.reports.nothing import why_missing
from hallterm.rules.day import day_clock_text, local
from hallterm.screens.hall_board import HallBoardScreen
from hallterm.screens.hall_views import View
from hallterm.screens.hall_words import ABSENT, hh_mm
from hallterm.screens.mode_screen import InMode
from hallterm.widgets.cells import fit, right, spread
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.health import net_piece
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.city_halls import CityHalls, HallLine, city_halls, hall_of_city
from hallterm.workflows.hall_look import HallBoard
from storage.facts import Moment

READ_EVERY_S = 15.0
OLD_MS = 10 * 60_000
"""What is older than this is marked."""


class CityBoardScreen(HallBoardScreen):
    """The list of halls; with a hall chosen it is that hall's board, read only."""

    in_mode = "city_board"
    hall = ""
    halls: CityHalls | None = None
    _place = 0

    def on_screen_resume(self, event: ScreenResume) -> None:
        self.hall, self.halls, self._place = "", None, 0
        super().on_screen_resume(event)
        self.read()

    def read(self) -> None:
        """The list, or the hall that is looked into."""
        if self.hall:
            work = partial(hall_of_city, hall=self.hall)
            self.ask_store(work, partial(self._show_hall, self.hall), writes=False, refused=self._refuse)
        else:
            self.ask_store(city_halls, self._show_halls, writes=False, refused=self._refuse)

    def _refuse(self, sentence: str) -> None:
        self.hall, self.halls, self.board = "", None, None
        self.repaint()
        self.tell(sentence, NOT_DONE)

    def _show_halls(self, halls: CityHalls) -> None:
        self.halls = halls
        self._place = max(0, min(self._place, len(halls.halls) - 1))
        if self.is_current and not self.hall:
            self.repaint()

    def _show_hall(self, hall: str, board: HallBoard) -> None:
        if hall == self.hall:
            self.show_view(board)

    # what is drawn

    def paint(self) -> None:
        if self.hall:
            super().paint()
            return
        halls, cells = self.halls, self.size.width
        self.set_class(True, "-full")
        self.set_keys([self.slot(Slot.CTRL_P, _("Menu"))])
        self.title_in_mode(halls.staff if halls is not None else "", "", _("Halls now"))
        if halls is not None:
            self.set_health(((" ", Ink.PLAIN), net_piece(halls.health, self.host.now().t)))
        self.set_reasons(
            _why_nothing(halls) or _("Enter looks into a hall; what is known is as old as its last contact")
        )
        self.input.show([""])
        room = max(1, self.size.height - 9 - self.window_rows)
        rows = self._listed(halls, cells) if halls is not None else []
        top = max(0, min(self._place - self.window_rows - room + 2, len(rows) - 1))
        shown = rows[top : top + self.window_rows + room]
        self._line("head", _header())
        self._line("full", *shown[: self.window_rows])
        self._line(
            "below", *shown[self.window_rows :], "-" * cells, _sum_row(halls, cells) if halls is not None else ""
        )

    def _listed(self, halls: CityHalls, cells: int) -> list[Row]:
        now_t = self.host.now().t
        if not halls.halls:
            return [" " + _("No hall has sent anything yet")]
        return [_row(one, now_t, cells, chosen=place == self._place) for place, one in enumerate(halls.halls)]

    # keys

    def only_hall(self) -> str:
        return ""

    def leave_hall(self) -> None:
        self.hall, self.board = "", None
        self.view = View.WINDOWS
        self.say("")
        self.read()

    def second(self) -> None:
        super().second()
        self.read()

    def rest_s(self, now: Moment) -> float:
        return min(READ_EVERY_S, super().rest_s(now)) if self.hall else READ_EVERY_S

    def act(self, action: str) -> None:
        if self.hall:
            super().act(action)
        elif action in ("back", "menu"):
            self.post_message(InMode.Left())
        elif action not in {self.slot_action(slot) for slot in Slot}:
            super().act(action)

    def _back(self) -> None:
        if self.hall and self.view is View.WINDOWS and self.deeds.form is None:
            self.leave_hall()
            self.repaint()
        else:
            super()._back()

    def arrow(self, key: str) -> None:
        if self.hall:
            super().arrow(key)
            return
        last = len(self.halls.halls) - 1 if self.halls is not None else 0
        self._place = max(0, min(last, self._place + self._step(key, last)))
        self.repaint()

    def enter(self) -> None:
        halls = self.halls
        if not self.hall and halls is not None and halls.halls:
            chosen = halls.halls[self._place]
            self.hall = chosen.code
            when = day_clock_text(chosen.contact_t) if chosen.contact_t else ABSENT
            self.say(_("As of {time}, the last contact of this hall; only read").format(time=when))
            self.read()


def _why_nothing(halls: CityHalls | None) -> str:
    """Why no hall has a figure of today."""
    if halls is None or not halls.halls or any(one.today for one in halls.halls):
        return ""
    return why_missing([Missing(one.code, one.name, one.last_day) for one in halls.halls]).text()


WIDTHS = (16, 8, 8, 8, 6, 6, 6)


def _header() -> str:
    words = (_("Hall"), _("Waiting"), _("Longest"), _("Windows"), _("Red"), _("Org"), _("Yel"))
    return " " + fit(words[0], WIDTHS[0]) + _figures(words[1:]) + right(_("Known as of"), 15)


def _figures(values: tuple[str, ...]) -> str:
    return "".join(right(value, cells) for value, cells in zip(values, WIDTHS[1:], strict=True))


def _row(one: HallLine, now_t: int, cells: int, *, chosen: bool) -> Row:
    counts = (str(one.waiting), hh_mm(one.oldest_t), f"{one.open_windows}/{one.windows}")
    levels = tuple(str(count) for count in (one.red, one.orange, one.yellow))
    figures = (*counts, *levels) if one.today else (ABSENT,) * 6
    text = fit(one.name, WIDTHS[0]) + _figures(figures) + right(_known(one, now_t), 15)
    if chosen:
        return ((fit(f">{text}", cells), Ink.REVERSE),)
    return ((f" {text}", Ink.RED if one.red and one.today else Ink.PLAIN),)


def _known(one: HallLine, now_t: int) -> str:
    """The time of the last contact; another day carries its date; ``!``: old."""
    if not one.contact_t:
        return f"{ABSENT} "
    same = local(one.contact_t).date() == local(now_t).date()
    old = "!" if now_t - one.contact_t > OLD_MS else " "
    return (hh_mm(one.contact_t) if same else day_clock_text(one.contact_t)) + old


def _sum_row(halls: CityHalls, cells: int) -> str:
    """One line of sums over the halls that are known today."""
    known = [one for one in halls.halls if one.today]
    counts = (
        sum(one.waiting for one in known),
        sum(one.open_windows for one in known),
        sum(one.windows for one in known),
    )
    oldest = min((one.oldest_t for one in known if one.oldest_t), default=0)
    levels = tuple(str(sum(getattr(one, name) for one in known)) for name in ("red", "orange", "yellow"))
    figures = (str(counts[0]), hh_mm(oldest), f"{counts[1]}/{counts[2]}", *levels)
    missing = len(halls.halls) - len(known)
    end = _("{count} halls not in").format(count=missing) if missing else ""
    return spread(" " + fit(_("All"), WIDTHS[0]) + _figures(figures), end + " ", cells)
