"""The chosen case below the line: what was rated, who may be called, the four steps with their terms, its course."""

from __future__ import annotations

from collections.abc import Sequence

from hallterm.locale import _
from hallterm.rules.bad_rating import CLASS_RULES, CONTACT_WORDS
from hallterm.rules.day import local
from hallterm.screens.cases_words import (
    ABSENT,
    CLASSES,
    CONTACTS,
    DECISIONS,
    LAMP_INK,
    class_text,
    contact_text,
    course_texts,
    duration,
    level_text,
    options_text,
    result_text,
    said_text,
    term_text,
)
from hallterm.widgets.cells import cut, fit
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.cases_look import CaseDetail, lamp_of
from storage.facts import AppealDecision, BadRatingClass, Moment

LABEL = 9
TERM = 18
ROWS = 11


def number_text(number: str) -> str:
    """``D-202611-0004``: what people call a case."""
    return _("D-{number}").format(number=number)


def numbered(words: Sequence[str]) -> str:
    """``1 reached  2 nobody answered``."""
    return "  ".join(f"{place} {_(word)}" for place, word in enumerate(words, 1))


def detail_rows(detail: CaseDetail, now: Moment, today: str, cells: int, course: int, reminder: str = "") -> list[Row]:
    """The rows below the line; ``course`` of them for what happened, the newest last. ``reminder``: the last one."""
    line, row = detail.line, detail.line.row
    head = _("{number}   rated {at}   reasons {options}   took {counted}   limit {limit}").format(
        number=number_text(row.number),
        at=f"{local(row.opened_t):%m-%d %H:%M}",
        options=options_text(row),
        counted=duration(detail.counted_s),
        limit=duration(detail.limit_s),
    )
    rows: list[Row] = [((" " + cut(head, cells - 1), Ink.BOLD),), " " + cut(_rater(detail), cells - 1)]
    rows.append(" " + fit(_("Reminder"), LABEL) + reminder if reminder else "")
    said = said_text(row)
    if said:
        rows.append(" " + cut(fit(_("Said"), LABEL) + said, cells - 1))
        course = max(1, course - 1)
    rows += [_contact(detail, now, today), _class(detail), _measure(detail, now, today), _told(detail, today)]
    rows.append(_appeal(detail, now, today) if line.appeal is not None else "")
    shown = course_texts(detail.steps, detail.names)[-course:]
    rows += [
        " " + cut(f"{fit(_('Course') if place == 0 else '', LABEL)}{text}", cells - 1)
        for place, text in enumerate(shown)
    ]
    return rows


def _rater(detail: CaseDetail) -> str:
    row = detail.line.row
    if not row.real_name:
        return fit(_("Rater"), LABEL) + _("anonymous: judged by the record, nobody is called")
    who = detail.rater or _("real name")
    hint = "" if detail.rater_refused is not None else _("^R tells the whole number: with a reason, recorded")
    return f"{fit(_('Rater'), LABEL)}{who}   {hint}"


def _step(label: str, term: str, said: str, *, waits: bool, ink: Ink = Ink.PLAIN) -> Row:
    mark = ">" if waits else " "
    return ((f"{mark}{fit(label, LABEL)}", Ink.BOLD if waits else Ink.PLAIN), (fit(term, TERM), ink), (said, Ink.PLAIN))


def _contact(detail: CaseDetail, now: Moment, today: str) -> Row:
    row, waits = detail.line.row, detail.line.todo == "call"
    lamp = lamp_of(row.opened_t, row.contact_by_t, now.t) if waits else None
    said = contact_text(row.contact) if row.contact else ABSENT
    if waits:
        said = _("digits: {list}").format(list=numbered([CONTACT_WORDS[one] for one in CONTACTS]))
    elif row.contact:
        said += "  " + (_("on time") if row.contact_in_time else _("late"))
    ink = LAMP_INK[lamp] if lamp is not None else Ink.PLAIN
    return _step(_("Phone"), term_text(lamp, row.contact_by_t, today), said, waits=waits, ink=ink)


def _class(detail: CaseDetail) -> Row:
    row, waits = detail.line.row, detail.line.todo == "classify"
    said = class_text(row.cls) + (f"  {row.cause}" if row.cause else "")
    if waits:
        said = _("digits: {list}").format(list=numbered([CLASS_RULES[one].label for one in CLASSES]))
    elif not row.cls:
        said = _("after the call-back: clear, complex, unfounded, mistake, malice")
    return _step(_("Cause"), ABSENT, said, waits=waits)


def _measure(detail: CaseDetail, now: Moment, today: str) -> Row:
    row, waits = detail.line.row, detail.line.todo == "measure"
    open_ = not row.measured_t and not row.result
    lamp = lamp_of(row.opened_t, row.correct_by_t, now.t) if open_ else None
    needed = not row.cls or CLASS_RULES[BadRatingClass(row.cls)].measure
    said = row.measure or (ABSENT if needed else _("this class needs no measure"))
    said += f"  {row.plan_day[5:]}" if row.plan_day else ""
    ink = LAMP_INK[lamp] if lamp is not None else Ink.PLAIN
    return _step(_("Measure"), term_text(lamp, row.correct_by_t, today), said, waits=waits, ink=ink)


def _told(detail: CaseDetail, today: str) -> Row:
    line, row = detail.line, detail.line.row
    told = ABSENT if not row.result else f"{result_text(line)}  " + (_("told") if row.told else _("not told"))
    again = level_text(row.scale, row.again_level) if row.again_t else ABSENT
    said = _("second rating {again}  (beside the first, never instead)").format(again=again)
    return _step(_("Told"), told, said, waits=line.todo == "close")


def _appeal(detail: CaseDetail, now: Moment, today: str) -> Row:
    appeal = detail.line.appeal
    if appeal is None:
        return ""
    waits = detail.line.todo in ("forward", "decide")
    if appeal.decision:
        said = f"{_(DECISIONS[AppealDecision(appeal.decision)])}  {appeal.reason}"
    elif appeal.withdrawn_t:
        said = _("withdrawn")
    else:
        said = appeal.text + (
            "  " + _("handed on {note}").format(note=appeal.forward_note) if appeal.forwarded_t else ""
        )
    lamp = lamp_of(appeal.filed_t, appeal.decide_by_t, now.t) if appeal.open else None
    ink = LAMP_INK[lamp] if lamp is not None else Ink.PLAIN
    return _step(_("Appeal"), term_text(lamp, appeal.decide_by_t, today), said, waits=waits, ink=ink)
