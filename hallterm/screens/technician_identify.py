"""Page 2: what is behind the chosen port. Listens, then asks what harms nobody; at its end a digit binds the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.bindings import Binding
from devices.events import Role
from devices.technician.findings import of_identification
from devices.technician.identify import BAUDS, BUDGET_S, TRIALS, Heard, Identification, Step, Verdict, identify
from devices.technician.listing import PortRow
from devices.technician.probes import Trial
from hallterm.actions import Slot
from hallterm.device_names import ROLES, role_name
from hallterm.locale import N_, _
from hallterm.screens.technician_byhand import ByHand
from hallterm.screens.technician_page import Key, Page, choices, rule
from hallterm.screens.technician_sentences import finding_sentence
from hallterm.screens.technician_words import HEARD, place_text, port_name
from hallterm.screens.technician_words import TRIALS as TRIAL_NAMES
from hallterm.widgets.cells import cut
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.technician.named import replaced_by

if TYPE_CHECKING:
    from hallterm.screens.technician import TechnicianScreen

NAME_CELLS = 22


class IdentifyPage(Page):
    """One line changes while it runs: the question, the step and the seconds; a finished trial is a row."""

    title = N_("2ID")

    def __init__(self, mode: TechnicianScreen) -> None:
        super().__init__(mode)
        self._asking: Step | None = None
        self._steps: tuple[Step, ...] = ()
        self._shown: tuple[Step, ...] = ()
        self._port = ""
        self._role: Role | None = None
        self._picking = False
        self._old: Binding | None = None
        self._instead: Binding | None = None
        self.by_hand = ByHand(mode)

    def replace(self, binding: Binding) -> None:
        """Who stands in the place of this device; at the end a digit says whether it replaced the bound one."""
        self._instead = binding
        self._begin()

    # running

    def _begin(self, trials: tuple[Trial, ...] = TRIALS) -> None:
        row, mode = self.row, self.mode
        refused = self.port_refused()
        if row is None or refused:
            mode.say(refused or _("there is no port"), NOT_DONE)
            return
        self._steps, self._shown, self._asking = (), (), None
        self._pick_nothing()
        self.by_hand.close()
        self._port = port = row.name
        name = _("Identify {port}").format(port=port_name(row))
        mode.jobs.start(
            name,
            lambda: identify(port, progress=self._told, trials=trials),
            self._done,
            row=row,
            budget_s=int(BUDGET_S),
        )

    def _told(self, step: Step) -> None:
        """From the workshop's thread: only kept; the second draws it."""
        self._asking = step
        if step.heard is not Heard.ASKING:
            self._steps = (*self._steps, step)

    def second(self) -> None:
        """A trial appears when it is over: a row that changes for every speed would cost a line a question."""
        asking, job = self._asking, self.mode.jobs.now
        over = [step for step in self._steps if asking is None or step.trial is not asking.trial]
        self._shown = tuple(over)
        if asking is not None and job is not None:
            text = _("step {number} of {of}  {question} {baud}")
            name = _(TRIAL_NAMES[asking.trial])
            job.stage = text.format(number=asking.number, of=asking.of, question=name, baud=asking.baud)

    def _done(self, found: Identification) -> None:
        self._shown = self._steps = found.steps
        self.mode.visit.found[found.port] = found
        self._picking = found.answered is not None
        finding = of_identification(found)
        if finding is not None:
            self.mode.say(finding_sentence(finding), NOT_DONE)
        else:
            self.mode.say(_("Found. A digit binds it; F5 looks for another one on the same line"))
            instead, self._instead = self._instead, None
            if instead is not None and found.answered is not None and instead.role in found.answered.roles:
                self._bind(found, instead.role, instead.window)

    # drawing

    def rows(self, cells: int, height: int) -> list[Row]:
        if self.by_hand.open and self.mode.jobs.now is None:
            return self.by_hand.rows(self.row, cells)
        head = self.mode.jobs.line() or self._result()
        rows: list[Row] = [f" {head}", rule(cells)]
        for trial in (Trial.LISTEN, *TRIALS):
            steps = [step for step in self._shown if step.trial is trial]
            if steps:
                rows.append(_trial_row(trial, steps, cells))
        rows += [""] * (10 - len(rows))
        rows += self._found()
        return rows

    def _result(self) -> str:
        row, found = self.row, self.found
        if row is None:
            return _("there is no port")
        if found is None:
            return _("{port}   F6 identifies it: no sound, print or light, at most 25 s").format(port=port_name(row))
        text = _("{port}   asked for {seconds} s, {count} questions")
        return text.format(port=port_name(row), seconds=found.spent_ms // 1000, count=len(found.steps))

    @property
    def found(self) -> Identification | None:
        """What is known of the chosen port."""
        return self.mode.visit.found.get(self.row.name) if self.row is not None else None

    def _found(self) -> list[Row]:
        found = self.found
        if found is None or found.verdict is not Verdict.FOUND or found.answered is None:
            return (
                []
                if found is None or self.mode.jobs.now
                else [" " + _("Relays, FF68 pads and scanners cannot be asked: Ins binds them")]
            )
        answered = found.answered
        identity = answered.identity
        known = "  ".join(part for part in (identity.model, identity.serial, identity.firmware) if part)
        text = _("It is {driver}   {known}   {baud} {format}")
        line = {"baud": found.line.baud, "format": found.line.format}
        rows: list[Row] = [((" " + text.format(driver=answered.driver, known=known, **line), Ink.GREEN),)]
        rows.append(" " + _("Answer {bytes}   check right").format(bytes=cut(answered.evidence.hex(" ").upper(), 50)))
        return [*rows, "", *self._picks()]

    def _picks(self) -> list[Row]:
        if not self._picking:
            return []
        if self._old is not None:
            return _replaced(self._old)
        if self._role is not None:
            windows = self.mode.binder.windows_of(self._role)
            names = [_("window {number}").format(number=number) for number in windows[:9]]
            return [" " + _("For which window?"), *choices(names, 78)]
        roles = self.found.answered.roles if self.found is not None and self.found.answered is not None else ()
        names = [_(name) if role in roles else f"-{_(name)}" for role, name in ROLES.items()]
        return [" " + _("Bind it to"), *choices(names, 78)]

    # keys

    def bar(self) -> list[Key]:
        identify_key = Key(Slot.F6, _("Ident"), self._begin, self.port_refused())
        if self.by_hand.open and self.mode.jobs.now is None:
            return [identify_key, *self.by_hand.bar(self.row)]
        found = self.found
        known = found is not None and found.answered is not None
        first = _("first identify it with F6")
        more = "" if known and found is not None and found.trial in TRIALS[:-1] else first
        return [
            Key(Slot.F5, _("Next"), self._other, more),
            identify_key,
            Key(Slot.F8, _("Bind"), self._pick, "" if known else first),
            Key(Slot.INSERT, _("Hand"), self.by_hand.begin),
        ]

    def hint(self) -> str:
        if self.by_hand.open:
            return self.by_hand.hint()
        return _("a digit binds; Esc goes back to the digits of the pages") if self._picking else super().hint()

    def arrow(self, key: str) -> None:
        if self.by_hand.open:
            self.by_hand.arrow(key)
        else:
            super().arrow(key)

    def enter(self) -> None:
        """Page 1 hands over with its F6."""
        self._instead = None
        if self.by_hand.open:
            self.by_hand.change()
        elif self.mode.jobs.now is None:
            self._begin()

    def _other(self) -> None:
        found = self.found
        if found is not None and found.trial in TRIALS:
            self._begin(TRIALS[TRIALS.index(found.trial) + 1 :])

    def _pick(self) -> None:
        self._pick_nothing()
        self._picking = True

    def _pick_nothing(self) -> None:
        self._picking, self._role, self._old = False, None, None

    def digit(self, digit: int) -> bool:
        found, row = self.found, self.row
        if self.by_hand.open:
            return self.by_hand.digit(digit)
        if not self._picking or found is None or found.answered is None or row is None:
            return False
        if self._old is not None:
            self._answered(digit, found, row, self._old)
        elif self._role is None:
            self._pick_role(digit, found)
        else:
            windows = self.mode.binder.windows_of(self._role)[:9]
            if 1 <= digit <= len(windows):
                self._bind(found, self._role, windows[digit - 1])
        return True

    def _answered(self, digit: int, found: Identification, row: PortRow, old: Binding) -> None:
        """Whether the part that had this place was replaced."""
        if digit not in (1, 2, 3):
            self.mode.say(_("There is no row {digit} in the list").format(digit=digit), NOT_DONE)
            return
        self._pick_nothing()
        if digit in (1, 2):
            instead = old if digit == 1 else None
            self.mode.binder.bind(found, old.role, old.window, row, instead=instead)

    def _pick_role(self, digit: int, found: Identification) -> None:
        roles = list(ROLES)
        if not 1 <= digit <= len(roles):
            self.mode.say(_("There is no row {digit} in the list").format(digit=digit), NOT_DONE)
            return
        role = roles[digit - 1]
        if found.answered is None or role not in found.answered.roles:
            self.mode.say(_("This device cannot be a {role}").format(role=role_name(role)), NOT_DONE)
            return
        windows = self.mode.binder.windows_of(role)
        if len(windows) == 1:
            self._bind(found, role, windows[0])
        else:
            self._role = role

    def _bind(self, found: Identification, role: Role, window: str) -> None:
        row = self.row
        if row is None:
            return
        old = replaced_by(self.mode.ports.bindings, found, role, window, row)
        if old is not None:
            self._old = old
            return
        self._pick_nothing()
        self.mode.binder.bind(found, role, window, row)

    def back(self) -> bool:
        """Out of the list of roles, or of the form."""
        if self.by_hand.open:
            return self.by_hand.back()
        was = self._picking
        self._pick_nothing()
        return was

    def shown(self) -> None:
        self._pick_nothing()
        self.by_hand.close()
        self._picking = self.found is not None and self.found.answered is not None
        known = self.found
        self._shown = known.steps if known is not None else ()

    def leave(self) -> None:
        self._pick_nothing()
        self.by_hand.close()


def _replaced(old: Binding) -> list[Row]:
    """What became of the part that had this place."""
    text = _("{device} was {serial}. What became of it?")
    known = old.identity.serial or old.port.usb_serial or old.port.location or "--"
    answers = [_("replaced by this one"), _("only bound anew"), _("leave it as it was")]
    return [" " + text.format(device=place_text(str(old.role), old.window), serial=known), *choices(answers, 78)]


def _trial_row(trial: Trial, steps: list[Step], cells: int) -> Row:
    name = _(TRIAL_NAMES[trial])
    found = any(step.heard is Heard.FOUND for step in steps)
    if trial is Trial.LISTEN:
        word = _(HEARD[steps[0].heard]) if steps[0].heard_bytes else _("no sound")
        return f" {_fit_name(name)}{word}"
    parts = "  ".join(f"{step.baud} {_(HEARD[step.heard])}" for step in steps if step.baud in BAUDS)
    if not found and len({step.heard for step in steps}) == 1:
        parts = _("{count} speeds: {word}").format(count=len(steps), word=_(HEARD[steps[0].heard]))
    return ((f"{'>' if found else ' '}{_fit_name(name)}{parts}", Ink.GREEN if found else Ink.PLAIN),)


def _fit_name(name: str) -> str:
    from hallterm.widgets.cells import fit

    return fit(name, NAME_CELLS)
