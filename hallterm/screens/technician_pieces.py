"""Page 5 for everything that has no keys: what a display, printer, lamp, voice or reader does, tried one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.bindings import Binding
from devices.technician.audible import Strip, scan_strip
from devices.technician.pieces import DISPLAY, VARIANT, Shown, pieces_of, try_piece
from devices.technician.results import Outcome, Tried
from devices.technician.rig import rigged
from devices.technician.showing import Texts
from hallterm.actions import Slot
from hallterm.device_names import code_word
from hallterm.locale import N_, _
from hallterm.rules.day import local
from hallterm.screens.technician_page import Key, listed, rule, told
from hallterm.screens.technician_words import OUTCOMES, place_text
from hallterm.widgets.cells import fit
from hallterm.widgets.frame import ATTENTION, NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.bindings import changed
from hallterm.workflows.technician.strips import with_strip
from hallterm.workflows.technician.visit import at

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

TITLES = {
    f"{DISPLAY}all_on": N_("all lit"),
    f"{DISPLAY}alphabet": N_("alphabet"),
    f"{DISPLAY}red": N_("red"),
    f"{DISPLAY}green": N_("green"),
    f"{DISPLAY}yellow": N_("yellow"),
    f"{DISPLAY}ruler": N_("width ruler"),
    f"{DISPLAY}chinese": N_("Chinese sample"),
    VARIANT: N_("learn check, speed"),
    "slip": N_("slip"),
    "sentence": N_("sentence"),
    "lamp": N_("steady light"),
    "lamp_blink": N_("blinking light"),
    "blink": N_("flash and beep"),
    "card": N_("a card"),
    "scan": N_("a scan"),
}
ANSWERS = {1: Outcome.PASS, 2: Outcome.FAIL, 3: Outcome.SKIPPED}
BEFORE = {
    "card": N_("Put the test card on the reader, then {key} again; nothing of it is kept"),
    "scan": N_("{key} again, then scan any code within 20 s; nothing of it is kept"),
    VARIANT: N_("The strip will show 88, with either check, at up to 7 speeds. {key} again within 3 s"),
}
CHECKS = {"xor": N_("XOR behind the text"), "sum": N_("sum before the text")}
SCAN_BUDGET_S = 12


class Pieces:
    """F5 goes to the next one, F6 twice tries it, then a digit says what was seen; F8 keeps what a strip goes by."""

    def __init__(self, mode: TechnicianScreen) -> None:
        self._mode = mode
        self._of: Binding | None = None
        self._place = 0
        self._asked = ""
        self.strip: Strip | None = None

    def follow(self, binding: Binding | None) -> None:
        """The device under the cursor; another one begins anew."""
        if self._of is None or binding is None or at(self._of) != at(binding):
            self._place, self._asked, self.strip = 0, "", None
        self._of = binding

    @property
    def names(self) -> tuple[str, ...]:
        return pieces_of(self._of) if self._of is not None else ()

    # what is shown

    def rows(self, head: str, cells: int) -> list[Row]:
        rows: list[Row] = [f" {head}", rule(cells)]
        tests = self._mode.visit.of(at(self._of)).tests if self._of is not None else {}
        for place, name in enumerate(self.names):
            done = tests.get(name)
            word, ink = OUTCOMES[done.outcome] if done is not None else ("--", Ink.PLAIN)
            why = code_word(done.code) if done is not None and done.outcome is Outcome.FAIL else self._learnt(name)
            text = f" {fit(_(TITLES[name]), 20)}{fit(_(word), 8)}{why}"
            rows.append(listed(text, ink, chosen=place == self._place))
        if self._asked:
            return [*rows, "", *self.question()]
        return [*rows, "", *told(_("F5 goes to the next one, F6 twice tries it; it is seen, heard or printed."), cells)]

    def question(self) -> list[Row]:
        """What a digit answers now."""
        if not self._asked:
            return []
        question = _("Could it be seen or heard, whole and right?   1 yes   2 no   3 cannot say")
        return [((f" {question}", Ink.BOLD),)]

    def _learnt(self, name: str) -> str:
        if name != VARIANT or self.strip is None:
            return ""
        return f"{_(CHECKS[self.strip.variant])}   {self.strip.line.baud}"

    # keys

    def bar(self, refused: str) -> list[Key]:
        unlearnt = "" if self.strip is not None else _("only what a strip goes by is kept")
        return [
            Key(Slot.F5, _("Next"), self._next),
            Key(Slot.F6, _("Test"), self._ask, refused),
            Key(Slot.F8, _("Keep"), self._keep, unlearnt),
        ]

    def digit(self, digit: int) -> bool:
        """An answer to what was asked; False: nothing is asked."""
        name, binding = self._asked, self._of
        if not name or binding is None:
            return False
        if digit in ANSWERS:
            self._asked = ""
            code = {2: "not_seen", 3: "not_answered"}.get(digit, "")
            self._note(binding, name, ANSWERS[digit], code)
            self._next()
        return True

    def back(self) -> bool:
        """The question goes unanswered."""
        asked, self._asked = self._asked, ""
        return bool(asked)

    def _next(self) -> None:
        self._asked = ""
        self._place = (self._place + 1) % max(1, len(self.names))

    def _ask(self) -> None:
        if self._of is not None and self.names:
            name = self.names[self._place]
            question = _(BEFORE.get(name, N_("{device} will show, print, light or speak. {key} again within 3 s")))
            device = place_text(str(self._of.role), self._of.window)
            self._mode.ask_again(Slot.F6, question, lambda: self.run(name), device=device)

    def run(self, name: str) -> None:
        """Try one of them now."""
        binding, row, mode = self._of, self._mode.chosen, self._mode
        if binding is None or row is None:
            return
        port, shared, texts = row.name, len(row.bound) > 1, self._texts()
        title = _("{device}: {piece}").format(
            device=place_text(str(binding.role), binding.window), piece=_(TITLES[name])
        )
        if name == VARIANT:

            async def scan() -> Strip | None:
                return await scan_strip(port, binding.address, binding.line)

            mode.jobs.start(title, scan, self._scanned, row=row, budget_s=SCAN_BUDGET_S)
            return

        async def work() -> Shown:
            async with rigged(binding, port, shared=shared) as rig:
                if await rig.identify() is None:
                    return Shown(False, "silent")
                return await try_piece(rig, name, texts)

        mode.jobs.start(title, work, lambda shown: self._shown(binding, name, shown), row=row)

    def _texts(self) -> Texts:
        look, now = self._mode.look, self._mode.host.now()
        line = _("Test slip {time}").format(time=f"{local(now.t):%Y-%m-%d %H:%M}")
        return Texts(slip=(look.hall_name if look is not None else "", line), sentence="请到三号窗口")

    def _shown(self, binding: Binding, name: str, shown: Shown) -> None:
        if shown.taken and shown.seen:
            self._asked = name
            return
        self._note(binding, name, Outcome.PASS if shown.taken else Outcome.FAIL, shown.code, shown)
        if not shown.taken:
            self._mode.say(code_word(shown.code), NOT_DONE)

    def _note(self, binding: Binding, name: str, outcome: Outcome, code: str, shown: Shown | None = None) -> None:
        by = self._mode.look.staff if self._mode.look is not None else ""
        figures = shown.figures if shown is not None else {}
        self._mode.visit.tried(at(binding), [Tried(name, outcome, code, figures, by)])

    def _scanned(self, strip: Strip | None) -> None:
        binding, mode = self._of, self._mode
        if binding is None:
            return
        self.strip = strip
        if strip is None:
            self._note(binding, VARIANT, Outcome.FAIL, "silent")
            mode.say(
                _("No strip of address {address} takes a text: power, wires, address").format(address=binding.address),
                NOT_DONE,
            )
            return
        shown = Shown(True, figures={"baud": strip.line.baud, "check": str(strip.variant)})
        self._note(binding, VARIANT, Outcome.PASS, "", shown)
        mode.say(
            _("It goes by {check} at {baud}. F8 keeps it").format(check=_(CHECKS[strip.variant]), baud=strip.line.baud)
        )

    def _keep(self) -> None:
        binding, strip, mode = self._of, self.strip, self._mode
        if binding is None or strip is None:
            return
        after = with_strip(binding, strip)
        if after == binding:
            mode.say(_("The binding has it already"), ATTENTION)
            return
        words = _("{device} goes by {profile} from now on. Backspace takes it back")
        device = place_text(str(binding.role), binding.window)
        mode.binder.put(
            changed(mode.ports.bindings, binding, after), words.format(device=device, profile=after.profile)
        )
