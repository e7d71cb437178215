"""Dispatch, line by line: what, to what, why. Only the line under ``>`` has numbers; Up and Esc take an answer back."""

from __future__ import annotations

from collections.abc import Sequence

from hallterm.locale import _
from hallterm.rules.numbers import window_number
from hallterm.screens.hall_choices import ALL, LABELS, LINES, OPTIONS, Ask, Option, is_shut
from hallterm.screens.hall_words import ABSENT
from hallterm.screens.technician_page import choices
from hallterm.widgets.cells import fit, spread, width
from hallterm.widgets.lines import Row
from hallterm.workflows.dispatch import Order, toggled
from hallterm.workflows.dispatch_words import KINDS, WHY
from hallterm.workflows.hall_look import HallBoard, WindowLine
from storage.facts import DispatchKind, DispatchReason

LABEL_CELLS = 9
DIGITS = 9
SHOWN_CELLS = 8
MORE = "more"
OF_NO_WINDOW = (DispatchKind.MOVE_TICKET, DispatchKind.DAY_END, DispatchKind.CROWDING)
"""Steps that are about tickets or the whole hall."""


class DispatchForm:
    """The answers so far. ``effect`` is what the groups would change, read by the screen."""

    def __init__(self, board: HallBoard, window: str, *, ticket: str = "") -> None:
        self.board = board
        self.window = window
        self.answers: dict[Ask, str] = {}
        self.prefixes: tuple[str, ...] = ()
        self.note = ""
        self.effect = ""
        self._page = 0
        if ticket:
            self.answers = {Ask.WHAT: DispatchKind.MOVE_TICKET.value, Ask.TICKET: ticket}

    # what is asked

    @property
    def kind(self) -> DispatchKind | None:
        what = self.answers.get(Ask.WHAT)
        return DispatchKind(what) if what else None

    @property
    def lines(self) -> tuple[Ask, ...]:
        """The lines of this kind of step."""
        kind = self.kind
        if kind is None:
            return (Ask.WHAT,)
        shut = kind is DispatchKind.OPEN_RESERVE and is_shut(self.line)
        return tuple(one for one in LINES[kind] if not (shut and one is Ask.WINDOW))

    @property
    def asked(self) -> Ask | None:
        """The line that waits for its digit; None when all are answered."""
        return next((one for one in self.lines if one not in self.answers), None)

    @property
    def line(self) -> WindowLine | None:
        """The window it is about."""
        code = self.answers.get(Ask.WINDOW, self.window)
        return next((one for one in self.board.windows if one.row.code == code), None)

    def options(self) -> list[Option]:
        """What the digits stand for now: at most nine, and ``0`` for the next ones or for another reason."""
        asked = self.asked
        every = OPTIONS[asked](self) if asked is not None else []
        if len(every) <= DIGITS:
            return every
        first = self._page * DIGITS % (-(-len(every) // DIGITS) * DIGITS)
        return [*every[first : first + DIGITS], Option(MORE, _("others"))]

    # keys

    def digit(self, digit: int) -> bool:
        """Answer the line; True: a text must be asked for. A digit without an option does nothing."""
        options, asked = self.options(), self.asked
        place = len(options) - 1 if digit == 0 and _zero_is_last(asked, options) else digit - 1
        if asked is None or not 0 <= place < len(options) or (digit and place == DIGITS):
            return False
        value = options[place].value
        if value == MORE:
            self._page += 1
            return False
        self._page = 0
        if asked is Ask.GROUPS:
            self._toggle(value)
            return False
        self.answers[asked] = value
        return asked is Ask.WHY and value == DispatchReason.OTHER

    def _toggle(self, prefix: str) -> None:
        chosen = tuple(one for one in self.prefixes if one != prefix)
        self.prefixes = chosen if prefix in self.prefixes else (*chosen, prefix)
        self.answers.pop(Ask.GROUPS, None)
        if self.prefixes:
            self.answers[Ask.GROUPS] = ",".join(self.prefixes)

    def step_back(self) -> bool:
        """Take the last answer back; False: there is none, the form closes. Groups stay chosen: one more may follow."""
        given = [one for one in self.lines if one in self.answers]
        if not given:
            return False
        self._page = 0
        del self.answers[given[-1]]
        if given[-1] is Ask.WHAT:
            self.prefixes = ()
        if given[-1] is Ask.WHY:
            self.note = ""
        return True

    def missing(self) -> str:
        """What keeps it from being done; empty: nothing."""
        asked = self.asked
        if asked is not None:
            return _("first answer: {line}").format(line=_(LABELS[asked]))
        if self.answers.get(Ask.WHY) == DispatchReason.OTHER and not self.note.strip():
            return _("say in a few words why")
        return ""

    def order(self) -> Order:
        """What was answered, as the workflow takes it; ask :meth:`missing` first."""
        kind, line = self.kind, self.line
        assert kind is not None
        return Order(
            dispatch=kind,
            reason=DispatchReason(self.answers.get(Ask.WHY, DispatchReason.LONG_QUEUE)),
            note=self.note,
            window=line.row.code if line is not None else "",
            prefixes=self.prefixes,
            staff=self.answers.get(Ask.WHO, ""),
            minutes=int(self.answers.get(Ask.MINUTES, 0)),
            ticket=self.answers.get(Ask.TICKET, ""),
            to=self.answers.get(Ask.TO, self.answers.get(Ask.STEP, "")),
            seen=line.step if line is not None else "",
        )

    @property
    def tickets(self) -> tuple[str, ...]:
        """The tickets whose day ends."""
        which = self.answers.get(Ask.WHICH, "")
        return tuple(one.id for one in self.board.undecided) if which == ALL else (which,)

    # what is drawn

    def subject(self) -> str:
        """The window and its person, or nothing where it is about a ticket."""
        line = self.line
        if line is None or self.kind in OF_NO_WINDOW:
            return _("Dispatch")
        return _("window {window}").format(window=window_number(line.row.code)) + f" {line.staff_name}".rstrip()

    def head(self) -> str:
        """What stands beside it."""
        return _("reason and your name are kept")

    def sentence(self) -> str:
        """All answers in a line, for the question."""
        given = [self._shown(one) for one in self.lines]
        return f"{self.subject()}: " + ", ".join(given)

    def rows(self, cells: int, height: int) -> list[Row]:
        """The form: a line an answer, numbers at the one that is asked."""
        head = f" {self.subject()}   {self.head()}"
        rows: list[Row] = [spread(head, _("Esc one step back") + " ", cells)]
        for one in self.lines:
            rows += self._line(one, cells)
        if self.effect:
            rows.append(f" {fit(_('Effect'), LABEL_CELLS)}{self.effect}")
        return [*rows, *[""] * (height - len(rows))][:height]

    def _line(self, ask: Ask, cells: int) -> list[Row]:
        mark = ">" if ask is self.asked else " "
        head = f"{mark}{fit(_(LABELS[ask]), LABEL_CELLS)}"
        if ask is not self.asked:
            more = "   " + _("Up: one more group") if ask is Ask.GROUPS and ask in self.answers else ""
            if ask is Ask.WHAT:
                more = f"   ({' '.join(_(words) for words in KINDS.values())})"
            shown = self._shown(ask) + " " * (SHOWN_CELLS - width(self._shown(ask)) if more else 0)
            return [f"{head}{shown}{more}" if ask in self.answers else head]
        options = self.options()
        texts = [one.text for one in options]
        if not texts:
            return [f"{head}{_('nothing to choose: Esc')}"]
        if _zero_is_last(ask, options):
            lines = choices(texts[:-1], cells - LABEL_CELLS - 2)
            last = f" 0 {texts[-1]}"
            if len(lines[-1]) + len(last) + LABEL_CELLS + 2 > cells - 8:
                lines.append(last)
            else:
                lines[-1] += last
        else:
            lines = choices(texts, cells - LABEL_CELLS - 2)
        return [(head if place == 0 else " " * (LABEL_CELLS + 1)) + line.lstrip() for place, line in enumerate(lines)]

    def _shown(self, ask: Ask) -> str:
        value = self.answers.get(ask, "")
        if ask is Ask.GROUPS:
            return self.groups_shown()
        if ask is Ask.WHY and value == DispatchReason.OTHER:
            return self.note or _(WHY[DispatchReason.OTHER])
        if ask in (Ask.TICKET, Ask.WHICH) and value != ALL:
            return next((one.number for one in self.board.undecided if one.id == value), ABSENT)
        every = OPTIONS[ask](self)
        return next((one.text for one in every if one.value == value), value)

    def groups_shown(self) -> str:
        """``main B  also C +L``: what stays, what comes, what goes."""
        line = self.line
        if line is None or (self.kind is DispatchKind.OPEN_RESERVE):
            return " ".join(self.prefixes)
        primary, secondary = line.row.primary_groups, line.row.secondary_groups
        stay = [" ".join(one for one in have if one not in self.prefixes) for have in (primary, secondary)]
        changes = [f"{'-' if one in (*primary, *secondary) else '+'}{one}" for one in self.prefixes]
        named = (_("main {groups}"), _("also {groups}"))
        kept = [words.format(groups=groups) for words, groups in zip(named, stay, strict=True) if groups]
        return " ".join(("  ".join(kept), *changes)).strip()

    def after(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Primary and secondary groups as they would be."""
        line = self.line
        row = line.row if line is not None else None
        return toggled(row.primary_groups, row.secondary_groups, self.prefixes) if row is not None else ((), ())


def _zero_is_last(asked: Ask | None, options: Sequence[Option]) -> bool:
    """The last option is chosen by ``0``: others, or a reason in one's own words."""
    return asked is Ask.WHY or bool(options and options[-1].value == MORE)
