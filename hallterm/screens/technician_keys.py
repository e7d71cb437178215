"""Page 5: which key means which level, asked for in turn and put in force by F8; and the key of a POS that types."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.events import Key as KeyEvent
from textual.timer import Timer

from devices.bindings import Binding
from devices.events import Role
from devices.technician.keytest import Excuse, KeyLesson, Press, Stage, lesson_for
from devices.technician.results import Outcome
from devices.technician.rig import Rig, rigged
from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.rules.ratings import SCALES
from hallterm.screens.technician_page import Key, Page, rule, told
from hallterm.screens.technician_pieces import Pieces
from hallterm.screens.technician_reader import ReaderLesson
from hallterm.screens.technician_words import OUTCOMES
from hallterm.widgets.cells import fit
from hallterm.widgets.frame import ATTENTION, NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.bindings import with_keys
from hallterm.workflows.technician.visit import at
from storage.facts import Scale

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

STAGES = {
    Stage.CHORD: N_("Press two keys at once"),
    Stage.HOLD: N_("Hold one key for 8 seconds"),
    Stage.RELEASE: N_("Let the key go"),
    Stage.DONE: N_("All keys were asked for"),
}
EXCUSES = {
    1: (Excuse.NOT_REPORTED, N_("this pad does not report it")),
    2: (Excuse.NOT_WANTED, N_("not needed at this site")),
}
"""Digits that skip two keys at once or a held key with a reason, which leaves the report green."""

POLL_S = 0.1
SILENT_S = 300.0
NOTHING_SEEN = (False, 0, 0)


class KeysPage(Page):
    """F6 begins, F5 skips, F7 learns a reader's key, F8 keeps what was learnt; Esc stops and keeps nothing."""

    title = N_("5Keys")

    def __init__(self, mode: TechnicianScreen) -> None:
        super().__init__(mode)
        self.lesson: KeyLesson | None = None
        self.reader = ReaderLesson(mode)
        self._binding: Binding | None = None
        self._seen = NOTHING_SEEN
        self._timer: Timer | None = None
        self.ready = False
        self.pieces = Pieces(mode)

    @property
    def _other(self) -> bool:
        """The device has no keys: what it shows or says is tried instead."""
        device = self.device
        return device is not None and device.role is not Role.RATING_DEVICE and not self.reader.open

    @property
    def running(self) -> bool:
        """The pad is ours and its keys are being learnt."""
        return self.mode.jobs.now is not None and self.lesson is not None

    def rows(self, cells: int, height: int) -> list[Row]:
        lesson = self.lesson
        head = self.mode.jobs.line() or self.subject()
        if self._other:
            self.pieces.follow(self.device)
            return [*self.pieces.rows(head, cells), "", *self._reader(cells)]
        if lesson is None:
            intro = told("" if self.mode.jobs.now else self._intro(), cells)
            return [f" {head}", rule(cells), *intro, "", *self.pieces.question(), *self._reader(cells)]
        head = (
            self._result(lesson) if not self.running else self._asked(lesson) if self.ready else self.mode.jobs.line()
        )
        rows: list[Row] = [f" {head}", rule(cells)]
        for place, level in enumerate(lesson.levels):
            rows.append(self._level(lesson, place, level))
        for test in lesson.results()[len(lesson.learned) :]:
            word, ink = OUTCOMES[test.outcome]
            asked = not self.running or lesson.stage is not Stage.LEVEL
            name = _("two keys at once") if test.name.endswith("chord") else _("a key held for 8 s")
            why = next((f"   {_(text)}" for code, text in EXCUSES.values() if code == test.code), "")
            text = f"   {fit(name, 24)}{_(word) + why if asked else '--'}"
            rows.append(((text, Ink.PLAIN if why or not asked else ink),))
        rows += ["", *self._last(lesson), *self._excuses(cells), *self._reader(cells)]
        return rows

    def _excuses(self, cells: int) -> list[Row]:
        if not self._excusable:
            return []
        reasons = "  ".join(f"{digit} {_(text)}" for digit, (_code, text) in EXCUSES.items())
        return told(_("skip with a reason: {reasons}").format(reasons=reasons), cells)

    def _reader(self, cells: int) -> list[Row]:
        line, problems = self.reader.line(), self.reader.problems
        return [*([f" {line}"] if line else []), *(row for one in problems for row in told(one, cells))]

    def _intro(self) -> str:
        refused = self._refused()
        text = _("F6 asks for the key of each level in turn.  No rating is open meanwhile, so no press counts.")
        return refused or text

    def _asked(self, lesson: KeyLesson) -> str:
        if lesson.stage is Stage.LEVEL:
            text = _("Keys of {device}   press the key for: {level}   {number} of {of}   F5 skips")
            number = len(lesson.learned) + 1
            return text.format(
                device=self.subject(), level=self._level_name(lesson.asked), number=number, of=len(lesson.levels)
            )
        return _("Keys of {device}   {what}   F5 skips").format(device=self.subject(), what=_(STAGES[lesson.stage]))

    def _result(self, lesson: KeyLesson) -> str:
        if lesson.complete:
            return _("Every level has its key. F8 puts them in force")
        return _("Not every level has a key: F6 asks again")

    def _level(self, lesson: KeyLesson, place: int, level: int) -> Row:
        name = fit(self._level_name(level), 12)
        if place >= len(lesson.learned):
            mark = ">" if lesson.stage is Stage.LEVEL and place == len(lesson.learned) else " "
            return f"{mark}{level}  {name}{_('not pressed yet')}"
        one = lesson.learned[place]
        if not one.key:
            return ((f" {level}  {name}{_('skipped')}", Ink.YELLOW),)
        words = _("key {key}   {held} ms").format(key=one.key, held=one.held_ms)
        bounce = _("bounced {count} times").format(count=one.bounces) if one.bounces else _("no bounce")
        return ((f" {level}  {name}{fit(words, 24)}{bounce}", Ink.RED if one.bounces else Ink.PLAIN),)

    def _last(self, lesson: KeyLesson) -> list[Row]:
        if not lesson.heard:
            return []
        last = lesson.heard[-1]
        if last.press is Press.TAKEN:
            return [
                ((" " + _("Key {key} is taken already: press the one asked for").format(key=last.key), Ink.YELLOW),)
            ]
        if last.press is Press.BOUNCED:
            return [((" " + _("Key {key} came twice at once: it bounces").format(key=last.key), Ink.RED),)]
        return []

    def second(self) -> None:
        """Presses are drawn as they come; nothing ticks here."""

    # keys

    def _refused(self) -> str:
        device = self.device
        if device is not None and device.role is not Role.RATING_DEVICE:
            return _("only a pad has keys")
        return self.device_refused()

    def bar(self) -> list[Key]:
        lesson = self.lesson
        pos = Key(Slot.F7, "POS", self.reader.begin, _("the pad's keys are being learnt") if self.mode.jobs.now else "")
        if self._other:
            self.pieces.follow(self.device)
            return [*self.pieces.bar(self.device_refused()), pos]
        learnt = lesson is not None and lesson.complete and not self.running
        return [
            Key(Slot.F5, _("Skip"), self._skip, "" if self.running else _("no key is asked for")),
            Key(Slot.F6, _("Back") if self.running else _("Start"), self._start, self._refused()),
            pos,
            Key(Slot.F8, _("Keep"), self._keep, "" if learnt else _("first every level needs a key")),
            Key(Slot.INSERT, _("Beep"), self._ask_blink, self._refused() or self._no_blink()),
        ]

    @property
    def _excusable(self) -> bool:
        return self.running and self.lesson is not None and self.lesson.stage in (Stage.CHORD, Stage.HOLD)

    def _no_blink(self) -> str:
        self.pieces.follow(self.device)
        return "" if self.pieces.names else _("this device can neither flash nor beep")

    def _ask_blink(self) -> None:
        question = _("{device} will flash, beep or switch. {key} again within 3 seconds")
        self.mode.ask_again(Slot.INSERT, question, lambda: self.pieces.run("blink"), device=self.subject())

    def back(self) -> bool:
        return self.pieces.back()

    def digit(self, digit: int) -> bool:
        if self.pieces.digit(digit):
            return True
        if not self._excusable or self.lesson is None or digit not in EXCUSES:
            return False
        self.lesson.skip(EXCUSES[digit][0])
        return True

    def hint(self) -> str:
        return _("Esc stops and keeps nothing") if self.running or self.learning else super().hint()

    def shown(self) -> None:
        if self._binding is not None and self._binding != self.device:
            self.lesson = None

    def raw(self, event: KeyEvent) -> bool:
        if self.reader.open:
            self.reader.key(event)
            return True
        return False

    @property
    def learning(self) -> bool:
        return self.reader.open

    def leave(self) -> None:
        self.reader.end()
        if not self.running:
            return
        self.mode.jobs.stop()

    @property
    def _scale(self) -> Scale:
        return self.mode.look.scale if self.mode.look is not None else Scale.FIVE_SEED

    def _wanted(self, binding: Binding) -> list[int]:
        """The levels a pad is taught: those of the hall's scale; by the usual one a pad with fewer keys has the best."""
        taught = sorted(set(binding.keys.values()), reverse=True)
        levels = [one.level for one in SCALES[self._scale]]
        return taught if taught and self._scale is Scale.FIVE_SEED else levels

    def _level_name(self, level: int) -> str:
        return next((_(one.label) for one in SCALES[self._scale] if one.level == level), str(level))

    def _start(self) -> None:
        if self.running and self.lesson is not None:
            self.lesson.back()
            return
        binding, row = self.device, self.row
        if binding is None or row is None:
            return
        lesson = lesson_for(binding.driver, self._wanted(binding))
        shared, port = len(row.bound) > 1, row.name

        async def work() -> bool:
            async with rigged(binding, port, shared=shared) as rig:
                if await rig.identify() is None:
                    return False
                await rig.work()
                self.ready = True
                await _lesson(rig, lesson)
                return True

        name = _("Keys of {device}").format(device=self.subject())
        self.ready = False
        if self.mode.jobs.start(name, work, self._over, row=row) is not None:
            self.lesson, self._binding, self._seen = lesson, binding, NOTHING_SEEN
            self._timer = self.mode.set_interval(POLL_S, self._poll)

    def _poll(self) -> None:
        """A press is on the screen within a tenth of a second; without one nothing is painted."""
        lesson = self.lesson
        if lesson is None or not self.running:
            if self._timer is not None:
                self._timer.stop()
            return
        seen = (self.ready, len(lesson.heard), len(lesson.learned))
        if seen != self._seen:
            self._seen = seen
            self.mode.draw()

    def _skip(self) -> None:
        if self.lesson is not None:
            self.lesson.skip()

    def _over(self, answered: bool) -> None:
        lesson, binding, mode = self.lesson, self._binding, self.mode
        if lesson is None or binding is None:
            return
        if not answered:
            self.lesson = None
            mode.say(
                _("{device} does not answer: check its power and its cable").format(device=self.subject()), NOT_DONE
            )
            return
        staff = mode.look.staff if mode.look is not None else ""
        tests = lesson.results(staff)
        mode.visit.tried(at(binding), tests)
        failed = sum(test.outcome is Outcome.FAIL for test in tests)
        if failed:
            mode.say(_("{count} keys bounce: clean or replace them").format(count=failed), ATTENTION)

    def _keep(self) -> None:
        lesson, binding, mode = self.lesson, self._binding, self.mode
        if lesson is None or binding is None:
            return
        words = _("The keys of {device} are in force. Backspace takes it back").format(device=self.subject())
        mode.binder.put(with_keys(mode.ports.bindings, binding, lesson.keys), words)
        self.lesson = None


async def _lesson(rig: Rig, lesson: KeyLesson) -> None:
    """Feeds the presses of the pad to the lesson until it is done; what is silent for minutes is given up."""
    async with asyncio.timeout(SILENT_S):
        while lesson.stage is not Stage.DONE:
            try:
                async with asyncio.timeout(POLL_S):
                    lesson.event(await rig.events.get())
            except TimeoutError:
                if not rig.working:
                    await rig.rest()
                    await rig.identify()
                    await rig.work()
    await rig.rest()
