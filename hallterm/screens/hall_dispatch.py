"""Dispatch, line by line: what, to what, why. Only the line under ``>`` has numbers; Up and Esc take an answer back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from hallterm.locale import N_, _
from hallterm.rules.labels import WINDOW_STATES
from hallterm.rules.numbers import window_number
from hallterm.screens.hall_words import ABSENT, hh_mm, place_text
from hallterm.screens.technician_page import choices
from hallterm.widgets.cells import fit, spread
from hallterm.widgets.lines import Row
from hallterm.workflows.dispatch import Order, toggled
from hallterm.workflows.dispatch_words import KINDS, REASONS
from hallterm.workflows.hall_look import HallBoard, WindowLine
from hallterm.workflows.ticketing import group_name
from storage.facts import DispatchKind, DispatchReason, WindowState

LABEL_CELLS = 10
DIGITS = 9
MORE = "more"
BREAKS_MIN = (10, 15, 20, 30, 45, 60)


class Ask(StrEnum):
    """One line of the form."""

    WHAT = "what"
    WINDOW = "window"
    GROUPS = "groups"
    MINUTES = "minutes"
    WHO = "who"
    TICKET = "ticket"
    TO = "to"
    WHY = "why"


LABELS: Mapping[Ask, str] = {
    Ask.WHAT: N_("What"),
    Ask.WINDOW: N_("Window"),
    Ask.GROUPS: N_("Groups"),
    Ask.MINUTES: N_("How long"),
    Ask.WHO: N_("Who"),
    Ask.TICKET: N_("Ticket"),
    Ask.TO: N_("To"),
    Ask.WHY: N_("Reason"),
}
LINES: Mapping[DispatchKind, tuple[Ask, ...]] = {
    DispatchKind.GROUPS: (Ask.WHAT, Ask.GROUPS, Ask.WHY),
    DispatchKind.BREAK: (Ask.WHAT, Ask.MINUTES, Ask.WHY),
    DispatchKind.CLOSE: (Ask.WHAT, Ask.WHY),
    DispatchKind.OPEN_RESERVE: (Ask.WHAT, Ask.WINDOW, Ask.GROUPS, Ask.WHY),
    DispatchKind.SUBSTITUTE: (Ask.WHAT, Ask.WHO, Ask.WHY),
    DispatchKind.MOVE_TICKET: (Ask.WHAT, Ask.TICKET, Ask.TO, Ask.WHY),
    DispatchKind.CALL_BACK: (Ask.WHAT, Ask.WHY),
}


class Option(Struct, frozen=True):
    """One thing to choose: what it stands for, and its words."""

    value: str
    text: str


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
        shut = kind is DispatchKind.OPEN_RESERVE and self._is_shut(self.line)
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

    @staticmethod
    def _is_shut(line: WindowLine | None) -> bool:
        return line is not None and (line.row.state is WindowState.CLOSED or not line.row.primary)

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
            reason=DispatchReason(self.answers[Ask.WHY]),
            note=self.note,
            window=line.row.code if line is not None else "",
            prefixes=self.prefixes,
            staff=self.answers.get(Ask.WHO, ""),
            minutes=int(self.answers.get(Ask.MINUTES, 0)),
            ticket=self.answers.get(Ask.TICKET, ""),
            to=self.answers.get(Ask.TO, ""),
            seen=line.step if line is not None else "",
        )

    # what is drawn

    def subject(self) -> str:
        """The window and its person, or nothing where it is about a ticket."""
        line = self.line
        if line is None or self.kind is DispatchKind.MOVE_TICKET:
            return _("Dispatch")
        return _("window {window}").format(window=window_number(line.row.code)) + f" {line.staff_name}".rstrip()

    def sentence(self) -> str:
        """All answers in a line, for the question."""
        given = [self._shown(one) for one in self.lines]
        return f"{self.subject()}: " + ", ".join(given)

    def rows(self, cells: int, height: int) -> list[Row]:
        """The form: a line an answer, numbers at the one that is asked."""
        head = f" {self.subject()}   {_('reason and your name are kept')}"
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
            return [f"{head}{self._shown(ask)}{more}" if ask in self.answers else head]
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
            return self.note or _(REASONS[DispatchReason.OTHER])
        if ask is Ask.TICKET:
            return next((one.number for one in self.board.waits if one.id == value), ABSENT)
        every = OPTIONS[ask](self)
        return next((one.text for one in every if one.value == value), value)

    def groups_shown(self) -> str:
        """``B C +L -D``: what stays, what comes, what goes."""
        line = self.line
        if line is None or (self.kind is DispatchKind.OPEN_RESERVE):
            return " ".join(self.prefixes)
        have = (*line.row.primary_groups, *line.row.secondary_groups)
        stay = [one for one in have if one not in self.prefixes]
        changes = [f"{'-' if one in have else '+'}{one}" for one in self.prefixes]
        return " ".join((*stay, *changes))

    def after(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Primary and secondary groups as they would be."""
        line = self.line
        row = line.row if line is not None else None
        return toggled(row.primary_groups, row.secondary_groups, self.prefixes) if row is not None else ((), ())


def _zero_is_last(asked: Ask | None, options: Sequence[Option]) -> bool:
    """The last option is chosen by ``0``: others, or a reason in one's own words."""
    return asked is Ask.WHY or bool(options and options[-1].value == MORE)


# what may be chosen


def _what(_form: DispatchForm) -> list[Option]:
    return [Option(kind.value, _(words)) for kind, words in KINDS.items()]


def _window(form: DispatchForm) -> list[Option]:
    shut = [one for one in form.board.windows if DispatchForm._is_shut(one)]
    return [Option(one.row.code, str(window_number(one.row.code))) for one in shut]


def _groups(form: DispatchForm) -> list[Option]:
    """All groups by their letter; ``-`` before those that the window has."""
    line = form.line
    have = (*line.row.primary_groups, *line.row.secondary_groups) if line is not None else ()
    new = form.kind is DispatchKind.OPEN_RESERVE
    return [
        Option(one.prefix, f"{'-' if one.prefix in have and not new else '+'}{one.prefix}{group_name(one.prefix)}")
        for one in form.board.groups
    ]


def _minutes(_form: DispatchForm) -> list[Option]:
    return [Option(str(minutes), _("{minutes} min").format(minutes=minutes)) for minutes in BREAKS_MIN]


def _who(form: DispatchForm) -> list[Option]:
    """B of the post first, then who is free, then everybody else of the hall."""
    line, names = form.line, form.board.names
    at = {one.row.staff: one for one in form.board.windows if one.row.staff}
    second = [one for one in form.board.able if line is not None and names.get(one, "") in _second_of(line)]
    others = [one for one in form.board.able if one not in second]
    others.sort(key=lambda number: (number in at, number))
    return [Option(one, _person(names.get(one, one), at.get(one))) for one in (*second, *others)]


def _second_of(line: WindowLine) -> tuple[str, ...]:
    return tuple(one.name for one in line.post[1:])


def _person(name: str, at: WindowLine | None) -> str:
    if at is None:
        return name
    return f"{name}({window_number(at.row.code)} {_(WINDOW_STATES[at.row.state])})"


def _ticket(form: DispatchForm) -> list[Option]:
    """Those that wait for the chosen window first."""
    mine = [one for one in form.board.waits if form.window in one.windows]
    rest = [one for one in form.board.waits if form.window not in one.windows]
    return [Option(one.id, f"{one.number} {hh_mm(one.issued_t)}") for one in (*mine, *rest)]


def _to(form: DispatchForm) -> list[Option]:
    """Open windows, then groups."""
    ticket = next((one for one in form.board.waits if one.id == form.answers.get(Ask.TICKET)), None)
    here = (ticket.to or ticket.prefix) if ticket is not None else ""
    windows = [one.row.code for one in form.board.windows if one.row.state is not WindowState.CLOSED]
    served = {group for one in form.board.windows for group in (*one.row.primary_groups, *one.row.secondary_groups)}
    places = [*windows, *sorted(served)]
    return [Option(one, place_text(one)) for one in places if one != here]


def _why(_form: DispatchForm) -> list[Option]:
    return [Option(reason.value, _(words)) for reason, words in REASONS.items()]


OPTIONS: Mapping[Ask, Callable[[DispatchForm], list[Option]]] = {
    Ask.WHAT: _what,
    Ask.WINDOW: _window,
    Ask.GROUPS: _groups,
    Ask.MINUTES: _minutes,
    Ask.WHO: _who,
    Ask.TICKET: _ticket,
    Ask.TO: _to,
    Ask.WHY: _why,
}
