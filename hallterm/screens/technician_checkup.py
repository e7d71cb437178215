"""Page 7: one key checks all devices of this counter, and ends green, yellow or red."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TYPE_CHECKING

from devices.bindings import Binding
from devices.drivers import PORTLESS
from devices.technician.checks import DeviceCheck, Level, check_device
from devices.technician.findings import of_error
from devices.technician.results import Light, Outcome, light, worst
from devices.technician.showing import Answer, Question, Texts
from hallterm.actions import Slot
from hallterm.device_names import code_word, test_name
from hallterm.locale import N_, _
from hallterm.rules.day import local
from hallterm.screens.technician_jobs import Piece
from hallterm.screens.technician_page import Key, Page, rule
from hallterm.screens.technician_words import LEVELS, LIGHTS, QUESTIONS, place_text
from hallterm.widgets.cells import fit
from hallterm.widgets.frame import ATTENTION
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.look import same_window
from hallterm.workflows.technician.visit import row_of

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

ORDER = tuple(Level)
ANSWERS = {1: Outcome.PASS, 2: Outcome.FAIL, 3: Outcome.SKIPPED}


class CheckPage(Page):
    """F4 chooses how far it goes, F6 begins; where it asks, digits 1-3 answer."""

    title = N_("7Test")

    def __init__(self, mode: TechnicianScreen) -> None:
        super().__init__(mode)
        self.level = Level.INTERNAL
        self.done: list[DeviceCheck] = []
        self._top = 0
        self._question: tuple[Question, Future[Answer]] | None = None

    # drawing

    def rows(self, cells: int, height: int) -> list[Row]:
        rows: list[Row] = [" " + (self.mode.jobs.line() or self._head()), rule(cells)]
        body: list[Row] = []
        for check in self.done:
            body += _device_rows(check, cells)
        asked = self._asked()
        room = height - 3 - len(asked)
        self._top = max(0, min(self._top, len(body) - room))
        rows += body[self._top : self._top + room]
        if self.done and self.mode.jobs.now is None:
            word, ink = LIGHTS[worst(one.light for one in self.done)]
            rows.append((((" " + _("This counter: {light}").format(light=_(word))), ink),))
        return rows + asked

    def _head(self) -> str:
        count = len(self.wanted())
        text = _("Level {number}: {level}   {count} devices")
        return text.format(number=ORDER.index(self.level) + 1, level=_(LEVELS[self.level]), count=count)

    def _asked(self) -> list[Row]:
        if self._question is None:
            return []
        return [((" " + _(QUESTIONS[self._question[0]]), Ink.BOLD),), " " + _("1 yes   2 no   3 cannot say")]

    def wanted(self) -> tuple[Binding, ...]:
        """The devices of this PC's window and of the hall; all there are where the PC has no window of its own."""
        mode = self.mode
        code = mode.place.window
        return tuple(
            one
            for one in mode.ports.bindings
            if one.enabled and one.driver != "null" and (not code or not one.window or same_window(code, one.window))
        )

    # keys

    def bar(self) -> list[Key]:
        none = "" if self.wanted() else _("no device is bound to this counter")
        return [Key(Slot.F4, _("Level"), self._next_level), Key(Slot.F6, _("Test"), self._ask_start, none)]

    def hint(self) -> str:
        if self._question is not None:
            return _("1, 2 or 3 answers; Esc stops the whole test")
        return _("digits change the page; F4 how far, F6 begins, arrows scroll")

    def arrow(self, key: str) -> None:
        self._top += {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}.get(key, 0)

    def digit(self, digit: int) -> bool:
        question = self._question
        if question is None:
            return False
        if digit in ANSWERS and not question[1].done():
            self._question = None
            by = self.mode.look.staff if self.mode.look is not None else ""
            question[1].set_result(Answer(ANSWERS[digit], by))
        return True

    def _next_level(self) -> None:
        self.level = ORDER[(ORDER.index(self.level) + 1) % len(ORDER)]

    def _ask_start(self) -> None:
        if self.level is Level.INTERNAL:
            self._start()
            return
        question = _("It will print, speak, light and flash. {key} again within 3 seconds")
        self.mode.ask_again(Slot.F6, question, self._start)

    def _start(self) -> None:
        mode, level = self.mode, self.level
        self.done, self._top = [], 0
        texts = self._texts()
        ask = self._ask_from(asyncio.get_running_loop()) if level is Level.INTERACTIVE else None
        pieces = []
        for binding in self.wanted():
            row = row_of(mode.ports, binding)
            port = row.name if row is not None and not row.absent else ""
            shared = row is not None and len(row.bound) > 1

            async def work(binding: Binding = binding, port: str = port, shared: bool = shared) -> DeviceCheck:
                return await check_device(binding, port, level, ask=ask, texts=texts, shared=shared)

            borrowed = row if port and binding.driver not in PORTLESS else None
            pieces.append(Piece(place_text(str(binding.role), binding.window), borrowed, work))
        mode.jobs.series(_("Checking"), pieces, self._one, self._all)

    def _ask_from(self, loop: asyncio.AbstractEventLoop):  # type: ignore[no-untyped-def]
        async def ask(question: Question) -> Answer:
            """In the workshop's thread: the person is asked here."""
            answer: Future[Answer] = Future()
            loop.call_soon_threadsafe(self._put, question, answer)
            return await asyncio.wrap_future(answer)

        return ask

    def _put(self, question: Question, answer: Future[Answer]) -> None:
        self._question = (question, answer)
        self.mode.repaint()

    def _texts(self) -> Texts:
        look, now = self.mode.look, self.mode.host.now()
        name = look.hall_name if look is not None else ""
        line = _("Test slip {time}").format(time=f"{local(now.t):%Y-%m-%d %H:%M}")
        return Texts(slip=(name, line), sentence="请到三号窗口")

    def _one(self, check: DeviceCheck) -> None:
        self.done.append(check)
        place = (str(check.role), check.window)
        self.mode.visit.tried(place, check.tests, check.identity)
        if check.error is not None:
            self.mode.visit.fault(place, of_error(check.error))

    def _all(self) -> None:
        self._question = None
        word = LIGHTS[worst(one.light for one in self.done)]
        if worst(one.light for one in self.done) is Light.GREEN:
            self.mode.say(_(word[0]))
        else:
            self.mode.say(_("{light}: the rows above say what to do").format(light=_(word[0])), ATTENTION)

    def leave(self) -> None:
        self._question = None

    def back(self) -> bool:
        """A stopped test asks nothing any more."""
        self._question = None
        return False


def _device_rows(check: DeviceCheck, cells: int) -> list[Row]:
    """One row a device, and one for each test that did not pass."""
    word, ink = LIGHTS[check.light]
    passed = sum(test.outcome is Outcome.PASS for test in check.tests)
    name = fit(place_text(str(check.role), check.window), 20)
    counted = _("{passed} of {count} passed").format(passed=passed, count=len(check.tests))
    rows: list[Row] = [((f" {name}{fit(_(word), 22)}{counted}", ink),)]
    for test in check.tests:
        if test.outcome is Outcome.FAIL:
            why = code_word(test.code)
            rows.append(((f"   {fit(test_name(test.name), 18)}{why}", Ink.RED),))
        elif test.outcome is Outcome.SKIPPED and light([test]) is Light.YELLOW and test.code == "not_answered":
            rows.append(((f"   {fit(test_name(test.name), 18)}{code_word(test.code)}", Ink.YELLOW),))
    return rows
