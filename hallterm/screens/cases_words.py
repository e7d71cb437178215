"""Words and cells of page 5: terms with their letter, steps of a case, levels and reasons of ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hallterm.locale import N_, _
from hallterm.option_list import long_names, short_names
from hallterm.rules.bad_rating import CLASS_RULES, CONTACT_WORDS, RESULT_WORDS
from hallterm.rules.day import local
from hallterm.rules.lamp import Lamp
from hallterm.rules.ratings import SCALES
from hallterm.widgets.lines import Ink
from hallterm.workflows.cases_look import CaseLine
from storage.facts import AppealDecision, BadRatingClass, CaseResult, ContactResult, Scale
from storage.views.cases import CaseRow, StepRow, unseen

ABSENT = "--"
LAMP_INK: Mapping[Lamp, Ink] = {
    Lamp.GREEN: Ink.GREEN,
    Lamp.YELLOW: Ink.YELLOW,
    Lamp.RED: Ink.RED,
    Lamp.ESCALATE: Ink.ALARM,
}
CONTACTS = tuple(ContactResult)
CLASSES = tuple(BadRatingClass)
STEP_WORDS: Mapping[str, str] = {
    "case.opened": N_("opened by the bad rating itself"),
    "case.contacted": N_("call-back: {word}"),
    "case.classified": N_("it is {word}"),
    "case.measured": N_("measure: {note}"),
    "case.closed": N_("closed: {word}"),
    "case.rated_again": N_("second rating {word}"),
    "rater.revealed": N_("looked who the rater is: {note}"),
    "appeal.filed": N_("appealed: {note}"),
    "appeal.withdrawn": N_("appeal withdrawn"),
    "appeal.forwarded": N_("appeal handed on"),
    "appeal.decided": N_("decided: {word}"),
}
DECISIONS: Mapping[AppealDecision, str] = {
    AppealDecision.KEEP: N_("the rating stands"),
    AppealDecision.REVOKE: N_("the rating is taken out"),
}


def level_text(scale: Scale, level: int) -> str:
    """``Poor 2``."""
    found = next((one for one in SCALES[scale] if one.level == level), None)
    return f"{_(found.label)} {level}" if found else str(level)


def options_text(row: CaseRow) -> str:
    """The rater's reasons, short; codes of the national list stay codes."""
    return short_names(row.options, row.scale, row.day) or ABSENT


def said_text(row: CaseRow) -> str:
    """What the short words leave out: what the codes of the national list mean, and what was written."""
    return _(", ").join(one for one in (long_names(row.options, row.scale, row.day), row.text) if one)


def when_text(t: int, today: str) -> str:
    """``today 18:00``, ``11-30``, ``2027-01-04``."""
    at = local(t)
    day = at.date().isoformat()
    if day == today:
        return _("today {time}").format(time=f"{at:%H:%M}")
    return day[5:] if day[:4] == today[:4] else day


def term_text(lamp: Lamp | None, t: int, today: str) -> str:
    """``[Y] today 18:00``; two strokes where nothing is due."""
    return f"[{lamp.value}] {when_text(t, today)}" if lamp is not None else ABSENT


def duration(seconds: int) -> str:
    """``14:40``."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def result_text(line: CaseLine) -> str:
    """How a closed case ended."""
    return _(RESULT_WORDS[CaseResult(line.row.result)]) if line.row.result else ABSENT


def contact_text(result: str) -> str:
    return _(CONTACT_WORDS[ContactResult(result)]) if result else ABSENT


def class_text(cls: str) -> str:
    return _(CLASS_RULES[BadRatingClass(cls)].label) if cls else ABSENT


UNSEEN = N_("closed ({word}) without seeing step {n}, {what}: open again")


def course_texts(course: Sequence[StepRow], names: Mapping[str, str]) -> list[str]:
    """The course line by line; a closing that had not seen a step says so."""
    missed = unseen(course)
    return [_line(one, names, course[missed[one.id] - 1] if one.id in missed else None, missed) for one in course]


def _line(step: StepRow, names: Mapping[str, str], beside: StepRow | None, missed: Mapping[str, int]) -> str:
    """``11-23 17:05 Zhou Lei call-back: reached``."""
    said = _said(step)
    if beside is not None:
        said = _(UNSEEN).format(word=_word(step), n=missed[step.id], what=_said(beside))
    who = names.get(step.by, "")
    return " ".join(part for part in (f"{local(step.at_t):%m-%d %H:%M}", who, said) if part)


def _said(step: StepRow) -> str:
    return _(STEP_WORDS[step.kind]).format(word=_word(step), note=step.note) if step.kind in STEP_WORDS else step.kind


def _word(step: StepRow) -> str:
    words: Mapping[str, Mapping[str, str]] = {
        "case.contacted": {one.value: _(CONTACT_WORDS[one]) for one in ContactResult},
        "case.classified": {one.value: _(CLASS_RULES[one].label) for one in BadRatingClass},
        "case.closed": {one.value: _(RESULT_WORDS[one]) for one in CaseResult},
        "appeal.decided": {one.value: _(DECISIONS[one]) for one in AppealDecision},
    }
    return words.get(step.kind, {}).get(step.word, step.word)


SHORT: Mapping[str, str] = {
    "call": N_("Phone"),
    "classify": N_("Cause"),
    "measure": N_("Mend"),
    "close": N_("Told"),
    "forward": N_("Refer"),
    "decide": N_("Rule"),
}
"""What a case waits for, for the list and the key F6."""
