"""Words of the hall board: states, warnings, proposals, steps of leaders, row 2."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_, _
from hallterm.rules.day import local
from hallterm.rules.exact import half_up, ratio
from hallterm.rules.labels import BREAK_REASONS
from hallterm.rules.numbers import window_number
from hallterm.rules.proposals import Proposal
from hallterm.rules.warnings import WARNINGS, Unit
from hallterm.rules.words import Reason
from hallterm.screens.attendance_words import SHORT_LEAVE
from hallterm.widgets.cells import width
from hallterm.widgets.health import net_piece, station_pieces
from hallterm.widgets.lines import Ink, Piece, Row
from hallterm.workflows.day_end import RESULTS
from hallterm.workflows.dispatch_words import GROUP_TEXT, KINDS, WHY, step_text
from hallterm.workflows.hall_look import AskLine, EventLine, HallBoard, PersonAt, WarningLine, WindowLine
from storage.facts import (
    BreakReason,
    DispatchKind,
    DispatchReason,
    PauseReason,
    ProposalKind,
    TicketResult,
    WarningKind,
    WarningLevel,
    WindowState,
)

ABSENT = "--"
STATES: Mapping[WindowState, str] = {
    WindowState.CLOSED: N_("shut"),
    WindowState.IDLE: N_("free"),
    WindowState.CALLED: N_("called"),
    WindowState.SERVING: N_("serves"),
    WindowState.PAUSED: N_("paused"),
    WindowState.AWAITING_RATING: N_("rating"),
    WindowState.BREAK: N_("break"),
    WindowState.SUBSTITUTED: N_("stood in"),
}
ORDERED: Mapping[DispatchKind, str] = {
    DispatchKind.OPEN_RESERVE: N_("to open"),
    DispatchKind.SUBSTITUTE: N_("to open"),
    DispatchKind.CLOSE: N_("shuts"),
    DispatchKind.BREAK: N_("break+"),
}
"""What a leader ordered and the window has not done yet."""
PAUSES: Mapping[PauseReason, str] = {
    PauseReason.MATERIAL_SUPPLEMENT: N_("papers"),
    PauseReason.TAXPAYER_PAYMENT: N_("payment"),
    PauseReason.TAXPAYER_LEFT: N_("away"),
    PauseReason.SYSTEM_FAULT: N_("tax system"),
    PauseReason.NETWORK_FAULT: N_("network"),
    PauseReason.POWER_FAILURE: N_("power"),
    PauseReason.DEVICE_FAULT: N_("device"),
    PauseReason.INTERNAL_CONSULT: N_("asks"),
    PauseReason.LEADER_APPROVAL: N_("asks leader"),
    PauseReason.OTHER: N_("other"),
    PauseReason.UI_BLOCKED: N_("program"),
    PauseReason.APP_RESTART: N_("restart"),
}
LEVEL_INKS: Mapping[WarningLevel, Ink] = {
    WarningLevel.YELLOW: Ink.YELLOW,
    WarningLevel.ORANGE: Ink.BRIGHT_YELLOW,
    WarningLevel.RED: Ink.RED,
}
LEVEL_HEADS: Mapping[WarningLevel, str] = {
    WarningLevel.YELLOW: N_("yel Y"),
    WarningLevel.ORANGE: N_("org O"),
    WarningLevel.RED: N_("red R"),
}
LEVEL_COUNTS: Mapping[WarningLevel, str] = {
    WarningLevel.RED: N_("Red"),
    WarningLevel.ORANGE: N_("Org"),
    WarningLevel.YELLOW: N_("Yel"),
}
LEVEL_MARKS: Mapping[WarningLevel, str] = {
    WarningLevel.YELLOW: "Y",
    WarningLevel.ORANGE: "O",
    WarningLevel.RED: "R",
}
UNIT_TEXTS: Mapping[Unit, str] = {
    Unit.MINUTES: N_("{value} min (over {above})"),
    Unit.PER_WINDOW: N_("{value} (over {above})"),
    Unit.PERCENT: N_("{value} % (over {above})"),
    Unit.COUNT: N_("{value} (over {above})"),
    Unit.NONE: "",
}
DOES: Mapping[ProposalKind, str] = {
    ProposalKind.ADD_GROUP: N_("give {group} to window {window}?"),
    ProposalKind.OPEN_RESERVE: N_("open window {window}?"),
    ProposalKind.BREAK: N_("break for window {window}?"),
    ProposalKind.SUBSTITUTE: N_("let {name} stand in?"),
}


def hh_mm(t: int) -> str:
    return f"{local(t):%H:%M}" if t else ABSENT


def state_word(line: WindowLine) -> str:
    """What happens at a window, in a word; a leader's order that is not done yet goes before, and before that since when
    nothing was heard of it.
    """
    if line.silent_t:
        return f"{_('gone quiet')} {hh_mm(line.silent_t)}"
    if line.ordered is not None:
        return _(ORDERED[line.ordered])
    if line.post:
        return _("empty")
    if line.stands_in:
        return _(STATES[WindowState.SUBSTITUTED])
    return _(STATES[line.row.state])


def matter_text(line: WindowLine) -> str:
    """What stands in the column of the matter where there is none: the two people of an empty post, a break's end."""
    if line.post:
        return "  ".join(f"{letter} {one.name} {_where(one)}" for letter, one in zip("AB", line.post, strict=False))
    if line.row.state is WindowState.BREAK:
        reason = line.row.reason
        word = _(BREAK_REASONS[BreakReason(reason)]) if reason in BreakReason.__members__.values() else reason
        return _("{reason} until {time}").format(reason=word, time=hh_mm(line.until_t)) if line.until_t else word
    return ABSENT


def _where(one: PersonAt) -> str:
    if one.leave is not None:
        return _(SHORT_LEAVE[one.leave])
    return _("could come") if one.here else _("not here")


def pause_word(line: WindowLine) -> str:
    """Why the clock of a window stands, in a word; empty: it does not."""
    service, known = line.service, PauseReason.__members__.values()
    if service is None or line.row.state is not WindowState.PAUSED or service.pause_reason not in known:
        return ""
    return _(PAUSES[PauseReason(service.pause_reason)])


def milli(value: int) -> str:
    """Thousandths: whole ones without decimals, else two."""
    return str(value // 1000) if value % 1000 == 0 else str(half_up(ratio(value, 1000) or 0))


def warning_text(line: WarningLine) -> str:
    """``等候最久 31 分(大于 30)  B048 10:14 取号   10:45 起``."""
    row = line.row
    rule = WARNINGS[row.warning]
    parts = [_(rule.label)]
    if row.value_milli is not None and row.above_milli is not None and UNIT_TEXTS[rule.unit]:
        value = str(row.value_milli // 1000) if rule.unit is Unit.MINUTES else milli(row.value_milli)
        parts.append(_(UNIT_TEXTS[rule.unit]).format(value=value, above=milli(row.above_milli)))
    text = " ".join(parts)
    since = _("since {time}").format(time=hh_mm(row.since_t))
    return "  ".join(part for part in (text, subject_text(line), since) if part)


def subject_text(line: WarningLine) -> str:
    """The ticket, the window or the person it is about."""
    if line.row.warning in (WarningKind.OVERTIME_COUNT, WarningKind.EMPTY_POST) and line.subject:
        return _("window {window}").format(window=window_number(line.subject))
    if line.issued_t:
        return _("{number} taken {time}").format(number=line.subject, time=hh_mm(line.issued_t))
    return line.subject


def warning_pieces(line: WarningLine, mark: str) -> list[Piece]:
    """The level in its colour, then the sentence."""
    level = line.row.level
    head = f"{mark}{_(LEVEL_HEADS[level])}"
    return [(head, LEVEL_INKS[level]), (f" {warning_text(line)}", Ink.PLAIN)]


def proposal_text(one: Proposal, names: Mapping[str, str]) -> str:
    """Why, and what to do."""
    name = names.get(one.staff, one.staff)
    values = {**one.why.values, "window": window_number(one.window), "group": one.prefix, "name": name}
    if "staff" in values:
        values["staff"] = name
    return f"{Reason(one.why.msgid, values).text()}: {_(DOES[one.kind]).format(**values)}"


def ask_text(one: AskLine) -> str:
    """A clerk asks for a break."""
    known = one.reason in BreakReason.__members__.values()
    reason = _(BREAK_REASONS[BreakReason(one.reason)]) if known else one.reason
    sentence = _("window {window} {name} asks for a break ({reason}); {waiting} wait, since {time}")
    values = {"window": window_number(one.window), "name": one.name, "reason": reason, "waiting": one.waiting}
    return sentence.format(**values, time=hh_mm(one.asked_t))


def event_text(line: EventLine) -> str:
    """``10:44 1 王芳 改组 B, 轮换, 周磊``."""
    row = line.row
    place = str(window_number(row.window)) if row.window else ""
    what = " ".join(part for part in (place, line.subject, _(KINDS[row.dispatch]), _detail(line)) if part)
    why = row.note if row.reason is DispatchReason.OTHER else _(WHY[row.reason])
    undone = _(" (taken back)") if row.undone_t else ""
    return f"{hh_mm(row.at_t)} {what}, {why}, {line.by}{undone}"


def _detail(line: EventLine) -> str:
    row = line.row
    if row.dispatch in (DispatchKind.GROUPS, DispatchKind.OPEN_RESERVE):
        return " ".join(filter(None, (row.primary.replace(",", " "), row.secondary.replace(",", " "))))
    if row.dispatch is DispatchKind.MOVE_TICKET:
        return place_text(row.to)
    if row.dispatch is DispatchKind.DAY_END:
        return _(RESULTS[TicketResult(row.to)])
    if row.dispatch is DispatchKind.CROWDING:
        return step_text(row.to)
    return hh_mm(row.until_t) if row.until_t else ""


def place_text(to: str) -> str:
    """A window by its number, a group by its letter."""
    if "-" in to:
        return _("window {window}").format(window=window_number(to))
    return _(GROUP_TEXT).format(group=to)


FIGURES = (
    N_("Wait {waiting}  Open {open}/{all}  Each {each}"),
    N_("Wait {waiting}  Open {open}/{all}"),
    N_("Wait {waiting}"),
)
"""The figures of row 2: as many as fit beside what needs somebody."""


def row_2(board: HallBoard, now_t: int, cells: int) -> Row:
    """Network, people waiting, open windows; at the right what needs somebody."""
    waiting, open_now = len(board.waits), board.open_windows
    share = ratio(waiting, open_now)
    each = str(half_up(share)) if share is not None else ABSENT
    start: list[Piece] = [(" ", Ink.PLAIN), net_piece(board.health, now_t)]
    if board.health.host_away_t:
        away = _("numbers away since {time}").format(time=hh_mm(board.health.host_away_t))
        start += [("  ", Ink.PLAIN), (away, Ink.YELLOW)]
    start += station_pieces(board.health)
    values = {"waiting": waiting, "open": open_now, "all": len(board.windows), "each": each}
    texts = [f"  {_(one).format(**values)}" for one in FIGURES]
    tried = [(one, _alerts(board, gap)) for one in texts for gap in (" ", "")]
    used = sum(width(piece) for piece, _ink in start) + 1
    fits = (one for one in tried if used + width(one[0]) + sum(width(piece) for piece, _ink in one[1]) <= cells)
    text, end = next(fits, tried[-1])
    room = cells - used - sum(width(piece) for piece, _ink in end)
    return (*start, (text, Ink.PLAIN), (" " * max(1, room + 1 - width(text)), Ink.PLAIN), *end)


def _alerts(board: HallBoard, gap: str) -> list[Piece]:
    """Empty posts, warnings by level, what people ask for; ``gap`` more between the three where there is room."""
    levels = [(_(word), board.level_count(level), LEVEL_INKS[level]) for level, word in LEVEL_COUNTS.items()]
    asks = board.leaves + len(board.asks)
    counts = [(_("Empty"), board.missing, Ink.RED), *levels, (_("Asks"), asks, Ink.PLAIN)]
    gaps = (gap, "", "", gap, "")
    inked = zip(counts, gaps, strict=True)
    return [(f"{word} {count} {more}", ink if count else Ink.PLAIN) for (word, count, ink), more in inked]
